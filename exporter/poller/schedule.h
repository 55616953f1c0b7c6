/* SPDX-License-Identifier: Apache-2.0 */
/* Who is due next, and when again after that. Pure: `now` is an argument.
 *
 * Each entry has a phase of its own within its interval, and every due time is
 * on that grid. So polls are spread from the first round on, and stay spread
 * after a reload, a mass outage or a suspended host. */
#ifndef GV_SCHEDULE_H
#define GV_SCHEDULE_H

#include <stddef.h>

#include "base/error.h"
#include "base/time.h"

/* Part of the caller's own structure. */
struct gv_schedule_entry {
    struct gv_time due;
    size_t place; /* in the heap, from 1; 0: not scheduled */
};

/* A binary heap, earliest first. Begin with {0}. */
struct gv_schedule {
    struct gv_schedule_entry **heap;
    size_t count, room;
};

/* Make room for `count` entries in all, so that adding them cannot fail.
 * GV_ERR_NO_MEMORY changes nothing. */
enum gv_err gv_schedule_reserve(struct gv_schedule *sched, size_t count) GV_MUST_CHECK;

/* Schedule an entry that is not scheduled. Room must have been reserved. */
void gv_schedule_add(struct gv_schedule *sched, struct gv_schedule_entry *entry,
                     struct gv_time due);

/* Take an entry out; one that is not scheduled is fine. */
void gv_schedule_remove(struct gv_schedule *sched, struct gv_schedule_entry *entry);

/* The entry that is due first; NULL where none is scheduled. */
struct gv_schedule_entry *gv_schedule_first(const struct gv_schedule *sched);

void gv_schedule_clear(struct gv_schedule *sched);

/* A good mixture of the key's bits (SplitMix64's finalizer). */
uint64_t gv_schedule_mix(uint64_t key);

/* The first due time after `now` + `extra` for an entry with that key (any
 * number of its own, well mixed): its grid point, and up to a twentieth of the
 * interval of jitter, drawn anew for each point. `extra` is the pause beyond
 * the interval, 0 normally. */
struct gv_time gv_schedule_next(uint64_t key, struct gv_dur interval, struct gv_time now,
                                struct gv_dur extra);

/* The extra pause after `failures` failures in a row: the interval doubles with
 * each up to `most` (or stays where it is longer already). */
struct gv_dur gv_schedule_backoff(struct gv_dur interval, unsigned failures,
                                  struct gv_dur most);

/* FNV-1a of a name: stable across processes and versions. */
uint64_t gv_schedule_hash(const char *name);

#endif
