/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Small first, for the ten thousand targets that say little; smaller still where little
 * is the most that will come. */
enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 65536, CEILING_PART = 128 };

struct gv_arena_block {
    struct gv_arena_block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char octets[];
};

struct gv_arena gv_arena(size_t ceiling)
{
    return (struct gv_arena){NULL, 0, ceiling};
}

static struct gv_arena_block *grow(struct gv_arena *arena, size_t n)
{
    size_t part = arena->ceiling / CEILING_PART;
    size_t first = part < FIRST_BLOCK ? part : FIRST_BLOCK;
    size_t size = arena->blocks ? arena->blocks->size * 2 : first;
    struct gv_arena_block *block;

    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < n)
        size = n;
    block = calloc(1, sizeof(*block) + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *gv_arena_alloc(struct gv_arena *arena, size_t n)
{
    const size_t align = alignof(max_align_t);
    struct gv_arena_block *block = arena->blocks;
    void *at;

    if (n > arena->ceiling - arena->used)
        return NULL;
    n = n == 0 ? align : (n + align - 1) / align * align;
    if (n > arena->ceiling - arena->used)
        return NULL;
    if (block == NULL || block->size - block->used < n)
        block = grow(arena, n);
    if (block == NULL)
        return NULL;
    at = block->octets + block->used;
    block->used += n;
    arena->used += n;
    return at;
}

const char *gv_arena_text(struct gv_arena *arena, struct gv_text t)
{
    char *copy = t.n < SIZE_MAX ? gv_arena_alloc(arena, t.n + 1) : NULL;

    if (copy != NULL && t.n > 0)
        memcpy(copy, t.at, t.n);
    return copy;
}

void gv_arena_clear(struct gv_arena *arena)
{
    while (arena->blocks != NULL) {
        struct gv_arena_block *next = arena->blocks->next;

        free(arena->blocks);
        arena->blocks = next;
    }
    arena->used = 0;
}
