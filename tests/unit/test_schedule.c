/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "check.h"
#include "poller/schedule.h"

static const struct {
    const char *name;
    int64_t interval_s;
    unsigned failures;
    int64_t most_s, extra_s;
} backoff_rows[] = {
    {"none", 60, 0, 300, 0},
    {"one", 60, 1, 300, 60},
    {"two", 60, 2, 300, 180},
    {"ceiling", 60, 3, 300, 240},
    {"very many", 60, 4000000000u, 300, 240},
    {"interval beyond the ceiling", 600, 5, 300, 0},
};

static void test_backoff(void)
{
    for (size_t i = 0; i < sizeof(backoff_rows) / sizeof(backoff_rows[0]); i++)
        CHECK_INT(backoff_rows[i].name,
                  gv_schedule_backoff(gv_secs(backoff_rows[i].interval_s),
                                      backoff_rows[i].failures, gv_secs(backoff_rows[i].most_s))
                      .ms,
                  backoff_rows[i].extra_s * 1000);
}

static void test_next(void)
{
    struct gv_dur interval = gv_secs(60), none = {0};

    for (uint64_t i = 0; i < 2000; i++) {
        uint64_t key = gv_schedule_mix(i);
        struct gv_time now = {(int64_t)(gv_schedule_mix(i + 7) % 1000000)};
        struct gv_time due = gv_schedule_next(key, interval, now, none), again, later;

        CHECK("after now", gv_time_before(now, due));
        CHECK("within an interval and its jitter", gv_time_diff(due, now).ms <= 63000);
        again = gv_schedule_next(key, interval, due, none);
        CHECK("an interval apart",
              gv_time_diff(again, due).ms >= 57000 - 1 && gv_time_diff(again, due).ms <= 63000);
        later = gv_schedule_next(key, interval, now, gv_secs(120));
        CHECK("the pause comes on top",
              gv_time_diff(later, due).ms >= 117000 && gv_time_diff(later, due).ms <= 123000);
    }
    CHECK_INT("shortest interval",
              gv_schedule_next(5, (struct gv_dur){1}, (struct gv_time){9}, none).ms, 10);
}

enum { ENTRIES = 500 };

static void test_heap(void)
{
    struct gv_schedule sched = {0};
    struct gv_schedule_entry *entries = calloc(ENTRIES, sizeof(*entries));
    struct gv_time last = {0};
    size_t seen = 0;

    CHECK("memory", entries != NULL && gv_schedule_reserve(&sched, ENTRIES) == GV_OK);
    CHECK("empty", gv_schedule_first(&sched) == NULL);
    gv_schedule_remove(&sched, &entries[0]);
    for (uint64_t i = 0; i < ENTRIES; i++)
        gv_schedule_add(&sched, &entries[i],
                        (struct gv_time){(int64_t)(gv_schedule_mix(i) % 1000)});
    for (size_t i = 0; i < ENTRIES; i += 3)
        gv_schedule_remove(&sched, &entries[i]);
    while (gv_schedule_first(&sched) != NULL) {
        struct gv_schedule_entry *first = gv_schedule_first(&sched);

        CHECK("in order", !gv_time_before(first->due, last));
        CHECK("not a removed one", (first - entries) % 3 != 0);
        last = first->due;
        gv_schedule_remove(&sched, first);
        seen++;
    }
    CHECK_INT("all", seen, ENTRIES - (ENTRIES + 2) / 3);
    gv_schedule_clear(&sched);
    free(entries);
}

int main(void)
{
    test_backoff();
    test_next();
    test_heap();
    CHECK("stable hash", gv_schedule_hash("ks-1") == gv_schedule_hash("ks-1") &&
                             gv_schedule_hash("ks-1") != gv_schedule_hash("ks-2"));
    return check_end();
}
