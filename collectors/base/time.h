/* SPDX-License-Identifier: Apache-2.0 */
/* Instants and spans: two types, so that they cannot be mixed up.
 *
 * An instant counts milliseconds of the boot clock (it goes on during suspend
 * and never steps); wall-clock time exists only where something is shown. */
#ifndef GV_BASE_TIME_H
#define GV_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct gv_time {
    int64_t ms;
};
struct gv_dur {
    int64_t ms;
};

static inline struct gv_dur gv_secs(int64_t s)
{
    return (struct gv_dur){s * 1000};
}
static inline struct gv_time gv_time_add(struct gv_time t, struct gv_dur d)
{
    return (struct gv_time){t.ms + d.ms};
}
static inline struct gv_time gv_time_sub(struct gv_time t, struct gv_dur d)
{
    return (struct gv_time){t.ms - d.ms};
}
/* How long after `from` is `to`; negative where it is earlier. */
static inline struct gv_dur gv_time_diff(struct gv_time to, struct gv_time from)
{
    return (struct gv_dur){to.ms - from.ms};
}
static inline bool gv_time_before(struct gv_time a, struct gv_time b)
{
    return a.ms < b.ms;
}
static inline struct gv_dur gv_dur_add(struct gv_dur a, struct gv_dur b)
{
    return (struct gv_dur){a.ms + b.ms};
}

#endif
