/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines by a table: `--name=value`, `--name value`, `--flag`, and
 * positional arguments; `--` ends the options, `-` alone is an argument. */
#ifndef GV_OPTIONS_H
#define GV_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { GV_OPTION_TEXTS_MOST = 1024 };

/* Values in the order of the command line; they point into argv. */
struct gv_option_texts {
    const char *at[GV_OPTION_TEXTS_MOST];
    size_t count;
};

enum gv_option_kind {
    GV_OPTION_FLAG,  /* bool */
    GV_OPTION_TEXT,  /* const char *; the last one counts */
    GV_OPTION_TEXTS, /* struct gv_option_texts */
};

struct gv_option {
    const char *name; /* "--config.file"; NULL: the positional arguments, GV_OPTION_TEXTS */
    enum gv_option_kind kind;
    size_t offset;     /* of the field in the row */
    const char *value; /* "FILE": for the help; NULL for flags */
    const char *help;  /* NULL: not in the help */
};

/* Fill `row` from argv[1..]. False with one sentence in `why` where something
 * is unknown, without its value, or too much. */
bool gv_options_read(const struct gv_option *options, size_t count, int argc,
                     const char *const *argv, void *row, struct gv_buf *why);

/* A line for each option. Appends. */
void gv_options_help(const struct gv_option *options, size_t count, struct gv_buf *out);

#endif
