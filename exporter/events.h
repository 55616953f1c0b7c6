/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the fleet: what devices tell without being asked, each by the target it is of.
 *
 * A message is of the target that has its sender's address, or leads to it by its name; others
 * are counted and forgotten. Nobody proves to be the sender of a datagram, so what is said here
 * never makes a key server work: it is a hint to look, and evidence that polls outrank. */
#ifndef GV_EVENTS_H
#define GV_EVENTS_H

#include "events/event.h"
#include "io/loop.h"
#include "target.h"

struct gv_events;

enum {
    GV_EVENTS_LISTEN_MOST = 8,
    GV_EVENTS_A_SECOND = 100, /* messages of one sender, in the long run */
    GV_EVENTS_BURST = 2000    /* ... and at once */
};

struct gv_events_spec {
    const char *const *syslog; /* "ADDRESS:PORT", for UDP and TCP */
    size_t syslog_count;
    const char *const *traps; /* "ADDRESS:PORT", for UDP */
    size_t trap_count;
    /* Who may send: from the target's address or where its name leads (asked again every five
     * minutes), and from its event addresses. They stay the caller's, and stay until the next
     * call. */
    const struct gv_target *const *targets;
    size_t target_count;
};

struct gv_events_stats {
    uint64_t messages;      /* of syslog, of known senders */
    uint64_t notifications; /* of SNMP, of senders that proved themselves */
    uint64_t events;        /* of both those that mean something to us */
    uint64_t unknown;       /* messages of unknown senders */
    uint64_t refused;       /* too many, too long, cut off; connections not taken; notifications
                             * without proof */
};

/* Nothing is listened to yet. `event(arg, target, event)` is called for each event, whose
 * instant is that of its arrival. NULL without memory. */
struct gv_events *gv_events_new(struct gv_loop *loop,
                                void (*event)(void *arg, const char *target,
                                              const struct gv_event *event),
                                void *arg, uint64_t seed);
void gv_events_free(struct gv_events *events); /* NULL is fine */

/* Listen to these addresses, for these senders. What is listened to already goes
 * on. An address that cannot be is logged, and tried again by the next call. GV_ERR_NO_MEMORY
 * leaves all as it was. */
enum gv_err gv_events_set(struct gv_events *events,
                          const struct gv_events_spec *spec) GV_MUST_CHECK;

/* True if that target has sent syslog messages since the senders were last set. */
bool gv_events_sends(const struct gv_events *events, const char *target);

struct gv_events_stats gv_events_stats(const struct gv_events *events);

/* The port of the i-th address, first those of syslog; 0 where nothing listens there. */
unsigned gv_events_port(const struct gv_events *events, size_t i);

#endif
