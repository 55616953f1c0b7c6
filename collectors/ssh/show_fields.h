/* SPDX-License-Identifier: Apache-2.0 */
/* The table of labels, for its test: rows are found by halving, so it has to be sorted. */
#ifndef GV_SSH_SHOW_FIELDS_H
#define GV_SSH_SHOW_FIELDS_H

#include <stddef.h>

/* The key of the i-th row; NULL past the end. */
const char *gv_show_field_key(size_t i);

#endif
