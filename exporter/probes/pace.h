/* SPDX-License-Identifier: Apache-2.0 */
/* When a probe may register: seldom, and never in step with others.
 *
 * Pure: `now` is an argument. A registration costs a production key server work, so the floor
 * is compiled in. Source: the notes on threats, 2.9; rekey-behaviour, chapter 2. */
#ifndef GV_PROBE_PACE_H
#define GV_PROBE_PACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"

enum {
    GV_PROBE_FLOOR_S = 300,       /* between two registrations at one key server */
    GV_PROBE_INTERVAL_S = 3600,   /* where the configuration says nothing */
    GV_PROBE_PAUSE_MOST_S = 21600 /* after failures in a row, and after a refusal */
};

/* One probe's. Begin with {interval, key}: the interval is not under the floor, the key is any
 * number of its own, well mixed. */
struct gv_probe_pace {
    struct gv_dur interval;
    uint64_t key;
    bool attempted;
    struct gv_time last; /* when the last registration began */
    unsigned failures;   /* in a row */
    bool refused;        /* the last one: another try soon would be refused as well */
    bool has_kek;
    struct gv_time kek_expiry;
    bool window_used; /* for this KEK: the one exception to the interval is spent */
};

/* The earliest instant for the next registration:
 * - the first one within a minute of `start`;
 * - then an interval after the last, a fifth more or less;
 * - after failures twice as long for each, after a refusal the longest pause;
 * - once in each KEK's life, where it is well and no rekey came, at an instant of its own
 * within 190 to 40 s before expiry, as a new member does. */
struct gv_time gv_probe_pace_due(const struct gv_probe_pace *pace, struct gv_time start);

/* Is `now` in that exception? Then the key server's floor does not hold it back. */
bool gv_probe_pace_in_window(const struct gv_probe_pace *pace, struct gv_time now);

/* A registration begins. */
void gv_probe_pace_began(struct gv_probe_pace *pace, struct gv_time now);

/* It ended well; kek_expiry NULL: the group has no KEK. */
void gv_probe_pace_registered(struct gv_probe_pace *pace, const struct gv_time *kek_expiry,
                              struct gv_time now);

/* It failed. */
void gv_probe_pace_failed(struct gv_probe_pace *pace, bool refused);

/* The KEK in force after a rekey or a delete; NULL: none. The same one changes nothing. */
void gv_probe_pace_kek(struct gv_probe_pace *pace, const struct gv_time *kek_expiry);

/* An operator says that it is worth a try: the pause after failures is over. */
void gv_probe_pace_resume(struct gv_probe_pace *pace);

/* While it fails, a line for a file, with its end: the pause, and when the last registration
 * began, which is `written` there. And back: true where the line is about this pace. */
void gv_probe_pace_text(const struct gv_probe_pace *pace, int64_t written, struct gv_buf *out);
bool gv_probe_pace_read(struct gv_text line, struct gv_probe_pace *pace, int64_t *written);

#endif
