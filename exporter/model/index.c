/* SPDX-License-Identifier: Apache-2.0 */
#include "model/index.h"

#include <string.h>

#include "base/hash.h"

enum { FIRST_ROOM = 64 };

struct gv_index_slot {
    uint64_t hash; /* 0: free */
    const char *a, *b;
    size_t value;
};

struct gv_index gv_index(struct gv_arena *arena, uint64_t seed)
{
    return gv_index_for(arena, seed, FIRST_ROOM / 2);
}

struct gv_index gv_index_for(struct gv_arena *arena, uint64_t seed, size_t count)
{
    struct gv_index index = {.arena = arena, .seed = seed, .first = FIRST_ROOM};

    while (index.first / 2 < count)
        index.first *= 2;
    return index;
}

/* 0xff ends each string and is no character of UTF-8 or ASCII. */
static uint64_t add_string(uint64_t hash, const char *s)
{
    if (s == NULL)
        return gv_hash(hash, "\xfe", 1);
    return gv_hash(gv_hash(hash, s, strlen(s)), "\xff", 1);
}

static uint64_t hash_of(uint64_t seed, const char *a, const char *b)
{
    uint64_t hash = add_string(add_string(GV_HASH_BEGIN ^ seed, a), b);

    hash ^= hash >> 32;
    return hash != 0 ? hash : 1;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The slot of the key, or the free one where it belongs. */
static struct gv_index_slot *place(const struct gv_index *index, uint64_t hash, const char *a,
                                   const char *b)
{
    size_t at = (size_t)hash & (index->room - 1);

    while (index->slots[at].hash != 0 &&
           (index->slots[at].hash != hash || !same(index->slots[at].a, a) ||
            !same(index->slots[at].b, b)))
        at = (at + 1) & (index->room - 1);
    return &index->slots[at];
}

/* Double the room; the old slots stay behind in the arena. */
static bool grow(struct gv_index *index)
{
    struct gv_index bigger = *index;

    bigger.room = index->room == 0 ? index->first : 2 * index->room;
    bigger.slots = gv_arena_alloc(index->arena, bigger.room * sizeof(*bigger.slots));
    if (bigger.slots == NULL)
        return false;
    for (size_t i = 0; i < index->room; i++) {
        const struct gv_index_slot *slot = &index->slots[i];

        if (slot->hash != 0)
            *place(&bigger, slot->hash, slot->a, slot->b) = *slot;
    }
    *index = bigger;
    return true;
}

size_t *gv_index_find(const struct gv_index *index, const char *a, const char *b)
{
    struct gv_index_slot *slot;

    if (index->room == 0)
        return NULL;
    slot = place(index, hash_of(index->seed, a, b), a, b);
    return slot->hash != 0 ? &slot->value : NULL;
}

size_t *gv_index_add(struct gv_index *index, const char *a, const char *b)
{
    uint64_t hash = hash_of(index->seed, a, b);
    struct gv_index_slot *slot;

    if (2 * (index->used + 1) > index->room && !grow(index))
        return NULL;
    slot = place(index, hash, a, b);
    if (slot->hash == 0) {
        *slot = (struct gv_index_slot){hash, a, b, GV_INDEX_NEW};
        index->used++;
    }
    return &slot->value;
}
