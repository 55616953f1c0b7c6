/* SPDX-License-Identifier: Apache-2.0 */
#include "poller/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { JITTER_PART = 20 };

enum gv_err gv_schedule_reserve(struct gv_schedule *sched, size_t count)
{
    struct gv_schedule_entry **grown;

    if (count <= sched->room)
        return GV_OK;
    grown = realloc(sched->heap, count * sizeof(struct gv_schedule_entry *));
    if (grown == NULL)
        return GV_ERR_NO_MEMORY;
    sched->heap = grown;
    sched->room = count;
    return GV_OK;
}

static void put(struct gv_schedule *sched, size_t at, struct gv_schedule_entry *entry)
{
    sched->heap[at] = entry;
    entry->place = at + 1;
}

static void rise(struct gv_schedule *sched, size_t at, struct gv_schedule_entry *entry)
{
    while (at > 0 && gv_time_before(entry->due, sched->heap[(at - 1) / 2]->due)) {
        put(sched, at, sched->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(sched, at, entry);
}

static void sink(struct gv_schedule *sched, size_t at, struct gv_schedule_entry *entry)
{
    for (;;) {
        size_t child = at * 2 + 1;

        if (child + 1 < sched->count &&
            gv_time_before(sched->heap[child + 1]->due, sched->heap[child]->due))
            child++;
        if (child >= sched->count || !gv_time_before(sched->heap[child]->due, entry->due))
            break;
        put(sched, at, sched->heap[child]);
        at = child;
    }
    put(sched, at, entry);
}

void gv_schedule_add(struct gv_schedule *sched, struct gv_schedule_entry *entry,
                     struct gv_time due)
{
    entry->due = due;
    sched->count++;
    rise(sched, sched->count - 1, entry);
}

void gv_schedule_remove(struct gv_schedule *sched, struct gv_schedule_entry *entry)
{
    size_t at = entry->place;
    struct gv_schedule_entry *last;

    if (at == 0)
        return;
    entry->place = 0;
    last = sched->heap[--sched->count];
    if (last == entry)
        return;
    rise(sched, at - 1, last);
    sink(sched, last->place - 1, last);
}

struct gv_schedule_entry *gv_schedule_first(const struct gv_schedule *sched)
{
    return sched->count > 0 ? sched->heap[0] : NULL;
}

void gv_schedule_clear(struct gv_schedule *sched)
{
    free(sched->heap);
    *sched = (struct gv_schedule){0};
}

/* https://prng.di.unimi.it/splitmix64.c */
uint64_t gv_schedule_mix(uint64_t key)
{
    key = (key ^ (key >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ (key >> 27)) * UINT64_C(0x94d049bb133111eb);
    return key ^ (key >> 31);
}

struct gv_time gv_schedule_next(uint64_t key, struct gv_dur interval, struct gv_time now,
                                struct gv_dur extra)
{
    int64_t phase = (int64_t)(key % (uint64_t)interval.ms);
    int64_t jitter_most = interval.ms / JITTER_PART;
    int64_t after = now.ms + extra.ms - phase;
    int64_t point = after / interval.ms;

    if (after % interval.ms >= 0)
        point++;
    if (jitter_most > 0)
        phase += (int64_t)(gv_schedule_mix(key + (uint64_t)point) % (uint64_t)jitter_most);
    return (struct gv_time){point * interval.ms + phase};
}

struct gv_dur gv_schedule_backoff(struct gv_dur interval, unsigned failures, struct gv_dur most)
{
    int64_t pause = interval.ms;

    while (failures-- > 0 && pause < most.ms)
        pause *= 2;
    if (pause > most.ms)
        pause = most.ms > interval.ms ? most.ms : interval.ms;
    return (struct gv_dur){pause - interval.ms};
}

uint64_t gv_schedule_hash(const char *name)
{
    return gv_hash(GV_HASH_BEGIN, name, strlen(name));
}
