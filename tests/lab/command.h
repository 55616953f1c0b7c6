/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that a box knows, and how a typed line finds one.
 *
 * As IOS does: every word may be cut short as long as it stays unambiguous, case
 * does not matter, and a word that fits nothing is pointed at. */
#ifndef LAB_COMMAND_H
#define LAB_COMMAND_H

#include "show_print.h"

enum lab_action {
    LAB_DO_SHOW, /* print */
    LAB_DO_ENABLE,
    LAB_DO_DISABLE,
    LAB_DO_EXIT,
    LAB_DO_LENGTH, /* "terminal length N" */
    LAB_DO_NOTHING,
};

struct lab_command {
    const char *words; /* "show crypto gdoi|gkm ks policy"; WORD stands for any word */
    unsigned formats;  /* bit 1 << enum lab_format: which releases know it */
    bool privileged;   /* only after `enable` */
    enum lab_action action;
    void (*print)(const struct lab_show *show);
};

enum lab_match {
    LAB_MATCH_FOUND,
    LAB_MATCH_INVALID,
    LAB_MATCH_AMBIGUOUS,
    LAB_MATCH_INCOMPLETE
};

struct lab_matched {
    enum lab_match how;
    const struct lab_command *command; /* found only */
    struct gv_text argument;           /* what stood for WORD; empty where nothing did */
    size_t caret;                      /* invalid only: offset of the word that fits nothing */
};

/* Find what `line` (without a filter) means on a box of that format and mode. */
struct lab_matched lab_command_find(struct gv_text line, enum lab_format format,
                                    bool privileged);

/* Cut the filter off *line: "show run | section gdoi". *filter is empty where
 * there is none. */
void lab_filter_cut(struct gv_text *line, struct gv_text *filter);

/* Apply the filter `text`, "section X", "include X", "exclude X" or "begin X" (X is
 * plain text, not a pattern, but for | between alternatives), to `output` in place. False where
 * it is none of these. */
bool lab_filter_apply(struct gv_text text, struct gv_buf *output);

#endif
