/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is handed out piece by piece and released in one call.
 *
 * Born with a ceiling, so hostile input cannot make it grow without end. The
 * pure codecs build an observation in one; they have no heap of their own. */
#ifndef GV_BASE_ARENA_H
#define GV_BASE_ARENA_H

#include <stddef.h>

#include "base/text.h"

struct gv_arena_block;

struct gv_arena {
    struct gv_arena_block *blocks;
    size_t used;    /* octets handed out */
    size_t ceiling; /* most octets it will ever hand out */
};

/* An empty arena; allocates nothing yet. */
struct gv_arena gv_arena(size_t ceiling);

/* n zeroed octets, aligned for any type, valid until gv_arena_clear. NULL at
 * the ceiling or when the system has no memory. */
void *gv_arena_alloc(struct gv_arena *arena, size_t n);

/* A NUL-terminated copy of `t`; NULL as above. A NUL inside ends the copy. */
const char *gv_arena_text(struct gv_arena *arena, struct gv_text t);

/* Release everything. The arena is empty and usable again. */
void gv_arena_clear(struct gv_arena *arena);

#endif
