/* SPDX-License-Identifier: Apache-2.0 */
/* Keep: a struct as lines of text, and back, by a table of its fields, so that what was
 * learnt outlives the process.
 *
 * Pure. A line is "NAME VALUE"; a field that is zero has none. A name that the table does not
 * know is passed over, and a field without a line is zero, so that older and newer programs
 * read each other's text. */
#ifndef GV_MODEL_KEEP_H
#define GV_MODEL_KEEP_H

#include "base/buf.h"
#include "base/time.h"

enum gv_keep_kind {
    GV_KEEP_BOOL,
    GV_KEEP_ENUM, /* any enum; `most` is its highest value */
    GV_KEEP_U32,
    GV_KEEP_U64,
    GV_KEEP_I64,
    GV_KEEP_TIME,   /* struct gv_time */
    GV_KEEP_DUR,    /* struct gv_dur */
    GV_KEEP_OCTETS, /* uint8_t[most] */
    GV_KEEP_TEXT,   /* char[most], its NUL included; one line */
    GV_KEEP_KINDS
};

struct gv_keep_field {
    const char *name; /* without blanks */
    enum gv_keep_kind kind;
    size_t offset, most;
};

/* Append the fields of `row`. `shift` is added to each instant: the wall clock minus the boot
 * clock. */
void gv_keep_write(const struct gv_keep_field *fields, size_t count, const void *row,
                   struct gv_dur shift, struct gv_buf *out);

/* Fill the zeroed `row` from `text`; `shift` is taken from each instant. False where a value
 * is none of its field: then `row` holds some of the fields only. */
bool gv_keep_read(const struct gv_keep_field *fields, size_t count, struct gv_text text,
                  struct gv_dur shift, void *row) GV_MUST_CHECK;

#endif
