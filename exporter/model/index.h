/* SPDX-License-Identifier: Apache-2.0 */
/* Index: a hash table from one or two strings to a number, so that ten thousand
 * devices are joined without comparing each with each.
 *
 * Lives in an arena; its keys stay the caller's. The seed keeps devices from
 * choosing names that fall into one place. */
#ifndef GV_MODEL_INDEX_H
#define GV_MODEL_INDEX_H

#include "base/arena.h"

struct gv_index_slot;

struct gv_index {
    struct gv_arena *arena;
    uint64_t seed;
    struct gv_index_slot *slots;
    size_t used, room; /* room is 0 or a power of two */
    size_t first;      /* room to begin with */
};

/* What an entry holds until its finder sets it. */
#define GV_INDEX_NEW SIZE_MAX

/* An empty index; allocates nothing yet. */
struct gv_index gv_index(struct gv_arena *arena, uint64_t seed);

/* The same, for about `count` entries: it will not grow through smaller sizes, which stay
 * behind in the arena. */
struct gv_index gv_index_for(struct gv_arena *arena, uint64_t seed, size_t count);

/* The number under (a, b), either of which may be NULL, to read or to set. NULL
 * where there is none. Valid until the next gv_index_add. */
size_t *gv_index_find(const struct gv_index *index, const char *a, const char *b);

/* As gv_index_find, with a new entry of GV_INDEX_NEW where there was none. NULL
 * when the arena is exhausted. */
size_t *gv_index_add(struct gv_index *index, const char *a, const char *b);

#endif
