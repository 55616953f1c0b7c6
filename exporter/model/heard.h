/* SPDX-License-Identifier: Apache-2.0 */
/* Heard: what the events of one group on one device told, kept without any poll.
 *
 * Pure. Begins zeroed. Source: the notes on syslog. */
#ifndef GV_MODEL_HEARD_H
#define GV_MODEL_HEARD_H

#include "model/signature.h"

struct gv_heard {
    struct gv_signature signature; /* as a GM */
    bool as_gm, as_ks;
    bool registration_told, registered; /* as a GM; told: anything of that */
    char ks_address[GV_EVENT_ADDRESS];  /* as a KS: its own, as in its rekeys */
    struct gv_when newer_gm;            /* as a KS: a GM newer than itself registered */
    char newer_gm_address[GV_EVENT_ADDRESS];
    struct gv_when logged; /* the last event out of the device's log */
    uint32_t counts[GV_EVENT_KIND_COUNT];
    struct gv_time last[GV_EVENT_KIND_COUNT]; /* where the count is not 0 */
};

/* Learn from one more event; `at` is there also where the event has no instant: then it is that
 * of its arrival, and the event is only counted. */
void gv_heard_feed(struct gv_heard *heard, const struct gv_event *event);

/* When the last of them came; they are some. */
struct gv_time gv_heard_latest(const struct gv_heard *heard);

/* What these events say as an observation: the group of that name or id (either may be NULL) in
 * *obs, with the sides that the device told of. False without memory. */
bool gv_heard_observe(const struct gv_heard *heard, const char *name, const char *id,
                      struct gv_observation *obs);

/* True where the events prove, at `now`, that this GM is new and its KS old. The proof
 * holds for two more KEK lives without another pair; how long one lives shows when a pair comes
 * again, and until then it is taken for the longest that can be configured. */
bool gv_heard_pair(const struct gv_heard *heard, struct gv_time now);

/* The same, as long, for what a KS said itself. */
bool gv_heard_newer_gm(const struct gv_heard *heard, struct gv_time now);

#endif
