/* SPDX-License-Identifier: Apache-2.0 */
/* Stamps: the dates and times that routers and syslog servers put before a message.
 *
 * Pure. Forms: RFC 3164 ("Nov 25 10:00:00"), RFC 5424 and RFC 3339 ("2026-11-25T10:00:00.1Z",
 * also with a blank in place of the T), and those of IOS `service timestamps log datetime
 * [msec] [year] [show-timezone]`, with `*` (clock never set) or `.` (time source lost) before
 * them, and the year before or after the day. Without a zone, or with one that nobody here
 * knows, UTC. */
#ifndef GV_EVENTS_STAMP_H
#define GV_EVENTS_STAMP_H

#include "base/text.h"

struct gv_stamp {
    bool known;
    bool unset;     /* `*`: the device's clock was never set */
    uint32_t year;  /* 0: not told */
    uint32_t month; /* 1..12 */
    uint32_t day;   /* 1..31 */
    int64_t ms;     /* since midnight, less the zone's offset: of the day in UTC, and so
                     * perhaps before or after it */
};

/* Cut a stamp, with its zone and the colon behind it, off *rest. False where none begins
 * there: then *rest is untouched. */
bool gv_stamp_read(struct gv_text *rest, struct gv_stamp *stamp);

/* Cut a time since boot ("00:01:12:", "1w2d:"), as IOS prints it by default, off *rest. */
bool gv_stamp_skip_uptime(struct gv_text *rest);

/* The instant in Unix milliseconds. Without a year it is the year that puts it last before
 * `now`. False where there is no such day. */
bool gv_stamp_unix_ms(const struct gv_stamp *stamp, int64_t now_ms, int64_t *ms);

#endif
