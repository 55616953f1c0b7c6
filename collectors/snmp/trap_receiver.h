/* SPDX-License-Identifier: Apache-2.0 */
/* Trap receiver: SNMP notifications, by traps and informs of v1, v2c and v3.
 *
 * Whoever sends is told by its address, and has to know what its target's credential holds: the
 * community, or for SNMPv3 the user's authentication password. Everything else is refused and
 * counted. */
#ifndef GV_SNMP_TRAP_RECEIVER_H
#define GV_SNMP_TRAP_RECEIVER_H

#include "events/event.h"
#include "io/loop.h"
#include "target.h"

struct gv_trap_receiver;

struct gv_trap_hooks {
    void *arg;
    /* The target with that address as text, if its budget allows a message more; else NULL. */
    const struct gv_target *(*sender)(void *arg, const char *address);
    void (*event)(void *arg, const struct gv_target *target, const struct gv_event *event);
};

struct gv_trap_stats {
    uint64_t received; /* of senders that proved themselves */
    uint64_t refused;  /* of targets, without the right community, user or level; malformed */
};

/* Listen on "ADDRESS:PORT", "[V6]:PORT" or ":PORT" (all IPv4 addresses) over UDP. Names are not
 * looked up. On failure `why` says what failed. */
enum gv_err gv_trap_receiver_start(struct gv_loop *loop, const char *listen,
                                   const struct gv_trap_hooks *hooks,
                                   struct gv_trap_receiver **out, char *why,
                                   size_t why_size) GV_MUST_CHECK;
void gv_trap_receiver_stop(struct gv_trap_receiver *receiver); /* NULL is fine */

/* The targets have changed: forget those that have sent something. */
void gv_trap_receiver_forget(struct gv_trap_receiver *receiver);

unsigned gv_trap_receiver_port(const struct gv_trap_receiver *receiver);
struct gv_trap_stats gv_trap_receiver_stats(const struct gv_trap_receiver *receiver);

#endif
