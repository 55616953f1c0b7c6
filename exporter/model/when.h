/* SPDX-License-Identifier: Apache-2.0 */
/* Instants and numbers that may be unknown, and the three-valued answer. */
#ifndef GV_MODEL_WHEN_H
#define GV_MODEL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

/* An instant that may be unknown. */
struct gv_when {
    bool known;
    struct gv_time at;
};

/* A number that may be unknown. */
struct gv_count {
    bool known;
    uint64_t n;
};

enum gv_tri { GV_UNKNOWN, GV_NO, GV_YES };

static inline struct gv_when gv_when(struct gv_time at)
{
    return (struct gv_when){true, at};
}

/* Both are known, and `a` is the earlier one. */
static inline bool gv_when_before(struct gv_when a, struct gv_when b)
{
    return a.known && b.known && gv_time_before(a.at, b.at);
}

static inline struct gv_count gv_count(uint64_t n)
{
    return (struct gv_count){true, n};
}

#endif
