/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the fleet: what devices tell without being asked, each by the target it is of.
 *
 * A message is of the target that has its sender's address; others are counted and forgotten.
 * Nobody proves to be the sender of a datagram, so what is said here never makes a key server
 * work: it is a hint to look, and evidence that polls outrank. */
#ifndef GV_EVENTS_H
#define GV_EVENTS_H

#include "events/event.h"
#include "io/loop.h"

struct gv_events;

enum {
    GV_EVENTS_LISTEN_MOST = 8,
    GV_EVENTS_A_SECOND = 100, /* messages of one sender, in the long run */
    GV_EVENTS_BURST = 2000    /* ... and at once */
};

/* A sender that is known. */
struct gv_event_source {
    const char *target, *address; /* an IPv4 or IPv6 address; a name sends nothing */
};

struct gv_events_spec {
    const char *const *listen; /* "ADDRESS:PORT" for syslog over UDP and TCP */
    size_t listen_count;
    const struct gv_event_source *sources;
    size_t source_count;
};

struct gv_events_stats {
    uint64_t messages; /* of known senders */
    uint64_t events;   /* of them those that mean something to us */
    uint64_t unknown;  /* messages of unknown senders */
    uint64_t refused;  /* too many, too long, cut off; connections not taken */
};

/* Nothing is listened to yet. `event(arg, target, event)` is called for each event, whose
 * instant is that of its arrival. NULL without memory. */
struct gv_events *gv_events_new(struct gv_loop *loop,
                                void (*event)(void *arg, const char *target,
                                              const struct gv_event *event),
                                void *arg, uint64_t seed);
void gv_events_free(struct gv_events *events); /* NULL is fine */

/* Listen to these addresses, for these senders; all is copied. What is listened to already goes
 * on. An address that cannot be is logged, and tried again by the next call. GV_ERR_NO_MEMORY
 * leaves all as it was. */
enum gv_err gv_events_set(struct gv_events *events,
                          const struct gv_events_spec *spec) GV_MUST_CHECK;

struct gv_events_stats gv_events_stats(const struct gv_events *events);

/* The port of the i-th address; 0 where nothing listens there. */
unsigned gv_events_port(const struct gv_events *events, size_t i);

#endif
