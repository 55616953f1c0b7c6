/* SPDX-License-Identifier: Apache-2.0 */
/* The table of labels: which field of the observation a label fills, in which block. */
#ifndef GV_SSH_SHOW_FIELDS_H
#define GV_SSH_SHOW_FIELDS_H

#include "ssh/show_state.h"

struct gv_show_field;

/* The row of `label` in the block that `s` is in; NULL where it says nothing there. */
const struct gv_show_field *gv_show_field_find(const struct gv_show *s,
                                               const struct gv_label *label);

/* True if the value is a group's name: it may hold anything, up to the end of the line. */
bool gv_show_field_is_name(const struct gv_show_field *field);

/* Put `value`, as printed, where it belongs; what cannot be read stays absent. */
void gv_show_field_fill(struct gv_show *s, const struct gv_show_field *field,
                        struct gv_text value);

/* The key of the i-th row, NULL past the end: for the test that rows are sorted. */
const char *gv_show_field_key(size_t i);

#endif
