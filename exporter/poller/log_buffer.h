/* SPDX-License-Identifier: Apache-2.0 */
/* Log buffer: which lines of a router's log are new since it was last read, as events.
 *
 * Pure. Each poll reads the same buffer again. It loses lines at its beginning when it is full,
 * and all of them at a reload or when it is cleared. */
#ifndef GV_LOG_BUFFER_H
#define GV_LOG_BUFFER_H

#include "events/event.h"

enum {
    GV_LOG_LINES = 512
}; /* of GDOI, CRYPTO and PKI; older ones of one buffer are passed over */

/* What was read last. Begins zeroed. */
struct gv_log_buffer {
    uint64_t lines[GV_LOG_LINES]; /* hashes, oldest first */
    size_t count;
    bool read; /* at least once */
    struct gv_time read_at;
    /* From the router's clock to UTC, as far as the lines show that it goes wrong: in
     * milliseconds, added to its stamps. */
    int64_t shift_ms;
};

/* The two clocks at the moment the log arrived. */
struct gv_log_clock {
    struct gv_time now;
    int64_t unix_ms;
};

/* Call `event(arg, event)` for each line of `log` that was not there the last time, oldest
 * first. Its instant is that of its stamp, put right where that would be in the future, or
 * before the last reading although it was not there then. It is absent where the line has no
 * date (`service timestamps log uptime`). At the first reading lines without a date, and those
 * of a clock that was never set, are only remembered: nobody knows how old they are. */
void gv_log_buffer_feed(struct gv_log_buffer *buffer, struct gv_text log,
                        struct gv_log_clock clock,
                        void (*event)(void *arg, const struct gv_event *event), void *arg);

#endif
