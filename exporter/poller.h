/* SPDX-License-Identifier: Apache-2.0 */
/* Poller: asks every target when it is due, within budgets, and hands each
 * result to the store.
 *
 * Never more than one request to a device: its collectors take turns. Polls are
 * spread over the interval with jitter; failures back off. */
#ifndef GV_POLLER_H
#define GV_POLLER_H

#include "collector.h"
#include "store.h"

struct gv_poller;

struct gv_poller_policy {
    unsigned in_flight;         /* most polls under way at once, SNMP */
    unsigned ssh_in_flight;     /* most SSH polls under way at once */
    unsigned logins_per_minute; /* SSH logins, fleet-wide */
    struct gv_dur backoff_most; /* longest pause after failures */
};

/* What the poller tells of itself, for getvpn_exporter_polls_*. */
struct gv_poller_stats {
    uint64_t polls;
    unsigned in_flight;
    struct gv_dur queue_delay; /* of the last poll begun: how long after it was due */
};

/* One target with its interval, as the configuration gives it. */
struct gv_poll_target {
    const struct gv_target *target;
    struct gv_dur interval;
};

/* A poller that polls nothing yet; `seed` draws the jitter. NULL without memory. */
struct gv_poller *gv_poller_new(struct gv_loop *loop, struct gv_store *store,
                                const struct gv_poller_policy *policy, uint64_t seed);
void gv_poller_free(struct gv_poller *poller); /* cancels what is under way */

/* Make the set of targets that of `targets`, copied as pointers: the targets
 * outlive the poller or the next call. A target with the same name and equal
 * settings keeps its schedule and sessions; a poll under way of a changed or
 * dropped one is cancelled. */
enum gv_err gv_poller_set_targets(struct gv_poller *poller, const struct gv_poll_target *targets,
                                  size_t count) GV_MUST_CHECK;

/* Poll one target now (or join the poll under way); `done(arg, worst)` comes
 * once, when every collector of it has ended, never from inside. The result is in the
 * store. GV_ERR_NOT_FOUND for a name that is not configured: then `done` never
 * comes. */
enum gv_err gv_poller_poll_now(struct gv_poller *poller, const char *name,
                               void (*done)(void *arg, enum gv_err worst), void *arg) GV_MUST_CHECK;

struct gv_poller_stats gv_poller_stats(const struct gv_poller *poller);

#endif
