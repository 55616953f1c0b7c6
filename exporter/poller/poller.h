/* SPDX-License-Identifier: Apache-2.0 */
/* Poller: asks every target when it is due, within budgets, and hands each
 * result to the store.
 *
 * Never more than one request to a device: its collectors take turns. Polls are
 * spread over the interval with jitter; failures back off. A poll that does not
 * end by its own deadline is cancelled. Where logins cost something (SSH), they
 * are paced over the whole fleet, and after two refusals in a row a target is
 * not logged in to for six hours: routers lock accounts out. */
#ifndef GV_POLLER_H
#define GV_POLLER_H

#include "collector.h"
#include "events/event.h"
#include "store/store.h"

struct gv_poller;

enum { GV_TRANSPORTS_MOST = 4 };
enum { GV_HINT_SETTLE_S = 2, GV_HINT_EVERY_S = 60, GV_HINTS_A_SECOND = 10 };

/* One transport: its collector, and what the poller must know of it. */
struct gv_poller_transport {
    const struct gv_collector *collector;
    /* Is the target polled by it? */
    bool (*selected)(const struct gv_target *target);
    /* Will the next start on that session cost no login? NULL: none ever does. */
    bool (*connected)(const struct gv_session *session);
};

struct gv_poller_budget {
    unsigned in_flight;         /* most polls under way at once; at least 1 */
    unsigned logins_per_minute; /* fleet-wide, evenly paced; where logins cost: at least 1 */
};

struct gv_poller_policy {
    struct gv_poller_budget budgets[GV_TRANSPORTS_MOST]; /* in the order of the transports */
    struct gv_dur backoff_most;                          /* longest pause after failures */
    bool when_asked; /* nothing by the clock: only what gv_poller_poll_now asks for */
};

/* What the poller tells of itself, for getvpn_exporter_polls_*. */
struct gv_poller_stats {
    uint64_t polls;
    unsigned in_flight;
    struct gv_dur queue_delay; /* of the last poll begun: how long after it was due */
    size_t unpolled;           /* collectors of targets whose first poll has not ended */
};

/* One target with its interval, as the configuration gives it. */
struct gv_poll_target {
    const struct gv_target *target;
    struct gv_dur interval;
};

/* A poller that polls nothing yet; `seed` draws phases and jitter. The transports
 * (at most GV_TRANSPORTS_MOST) outlive it, the policy is copied. NULL without
 * memory. */
struct gv_poller *gv_poller_new(struct gv_loop *loop, struct gv_store *store,
                                const struct gv_poller_transport *transports, size_t count,
                                const struct gv_poller_policy *policy, uint64_t seed);

/* Cancels what is under way and releases. Waiters of gv_poller_poll_now get
 * GV_ERR_CANCELLED from inside. NULL is fine. */
void gv_poller_free(struct gv_poller *poller);

/* Budgets for the polls to come. */
void gv_poller_set_policy(struct gv_poller *poller, const struct gv_poller_policy *policy);

/* Make the set of targets that of `targets`, which are copied; their names are
 * unique. A target with the same name and equal settings keeps its schedule and
 * sessions, and a poll of it goes on; a poll under way of a changed or dropped
 * one is cancelled, its waiters get GV_ERR_CANCELLED from inside. GV_ERR_NO_MEMORY leaves
 * everything as it was. */
enum gv_err gv_poller_set_targets(struct gv_poller *poller,
                                  const struct gv_poll_target *targets,
                                  size_t count) GV_MUST_CHECK;

/* End the pauses after refused logins, and forget the SNMP engines that are no longer those
 * of their targets: the operator says it is worth a try. */
void gv_poller_resume(struct gv_poller *poller);

/* Poll one target now (or join the poll under way, or take one that ended less
 * than a second ago); `done(arg, worst)` comes once, when every collector of it
 * has ended, never from inside; `worst` is GV_OK or the first failure. A collector paused
 * after refused logins is not asked: its part is GV_ERR_AUTHENTICATION. The
 * result is in the store. GV_ERR_NOT_FOUND for a name that is not configured,
 * GV_ERR_NO_MEMORY: then `done` never comes. */
enum gv_err gv_poller_poll_now(struct gv_poller *poller, const char *name,
                               void (*done)(void *arg, enum gv_err worst),
                               void *arg) GV_MUST_CHECK;

/* The same, and append to `said`, which lasts until `done`, what each collector was answered,
 * without secrets. A poll that ended less than a second ago is not taken: the next comes a
 * second after it. One under way is joined, and `said` tells that its answers were not kept. */
enum gv_err gv_poller_record_now(struct gv_poller *poller, const char *name,
                                 struct gv_buf *said,
                                 void (*done)(void *arg, enum gv_err worst),
                                 void *arg) GV_MUST_CHECK;

/* Who wants the events that stand in the logs of devices. */
struct gv_poller_hooks {
    void *arg;
    int64_t (*unix_ms)(void *arg); /* the wall clock, for their stamps */
    void (*logged)(void *arg, const char *name, const struct gv_event *event);
};

/* Call the hooks for each line of a log that was not there at the poll before, in order, before
 * the poll's result goes to the store. */
void gv_poller_listen(struct gv_poller *poller, const struct gv_poller_hooks *hooks);

/* Something happened on that target: poll it early, GV_HINT_SETTLE_S from now, so that one poll
 * sees what comes in a burst. At most once in GV_HINT_EVERY_S for each target and ten a second
 * in all, within the budgets; a collector that failed keeps its pause. Unknown names are passed
 * over. */
void gv_poller_hint(struct gv_poller *poller, const char *name);

struct gv_poller_stats gv_poller_stats(const struct gv_poller *poller);

#endif
