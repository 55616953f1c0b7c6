/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of show output: "Re-registers in : 449 sec" taken apart.
 *
 * A label is known by its letters and digits in lower case: "Re-registers in"
 * and "Reregisters in" are both "reregistersin". So white space, hyphens and
 * brackets may differ between releases (show-commands, "Differences"). */
#ifndef GV_SSH_SHOW_LABEL_H
#define GV_SSH_SHOW_LABEL_H

#include "base/text.h"

enum { GV_LABEL_MAX = 48 };

struct gv_label {
    size_t n; /* 0: no label */
    char key[GV_LABEL_MAX];
};

/* The key of `raw`; empty where it has no letter or digit, or too many. */
struct gv_label gv_label_read(struct gv_text raw);

/* Put `first` in front of `label`: a label broken over two lines. */
void gv_label_join(const struct gv_label *first, struct gv_label *label);

bool gv_label_is(const struct gv_label *label, const char *key);

/* <0, 0, >0: the label sorts before, at, after `key`. */
int gv_label_compare(const struct gv_label *label, const char *key);

/* Offset of the colon that ends the label of `line`: the first one outside round
 * brackets, as in "Rekey Rcvd(hh:mm:ss) : 00:01:30"; line.n where there is none. */
size_t gv_label_colon(struct gv_text line);

/* A word and what it stands for; a table of them ends with a NULL word. */
struct gv_label_word {
    const char *word;
    int value;
};

/* What the first word of `words` that begins `value`, in any case, stands for; 0
 * where there is none. */
int gv_label_word(struct gv_text value, const struct gv_label_word *words);

#endif
