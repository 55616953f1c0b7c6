/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of what the configuration says of groups, for who keeps it longer. */
#ifndef GV_OVERRIDES_H
#define GV_OVERRIDES_H

#include "model/policy.h"

/* A copy of the list and its names; never NULL but without memory. */
struct gv_group_override *gv_overrides_copy(const struct gv_group_override *list, size_t count);
void gv_overrides_free(struct gv_group_override *list, size_t count); /* NULL is fine */

#endif
