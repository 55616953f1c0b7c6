/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers of one device on the wire: one UDP socket, at most one
 * request outstanding. Nothing in it blocks. */
#ifndef GV_SNMP_WIRE_H
#define GV_SNMP_WIRE_H

#include "snmp/address.h"
#include "snmp/walk.h"
#include "target.h"

struct gv_wire;

/* Nothing is opened yet. The target outlives it. NULL without memory. */
struct gv_wire *gv_wire_new(const struct gv_target *target);
void gv_wire_free(struct gv_wire *wire); /* NULL is fine */

/* Open a socket to `address` that hears that address only; an open one is shut
 * first. What is known of the SNMPv3 engine stays. */
enum gv_err gv_wire_open(struct gv_wire *wire, const struct gv_address *address) GV_MUST_CHECK;
void gv_wire_shut(struct gv_wire *wire);

/* The descriptor to watch; -1 while shut. */
int gv_wire_fd(const struct gv_wire *wire);

/* A new poll: one resynchronisation of the SNMPv3 clock is allowed again. */
void gv_wire_begin(struct gv_wire *wire);

/* Send the walk's current request; `again` repeats it with the same request id,
 * so that an answer to either counts. Where the SNMPv3 engine is not known, its
 * discovery goes first. GV_ERR_UNREACHABLE where the system cannot send. */
enum gv_err gv_wire_send(struct gv_wire *wire, const struct gv_walk *walk,
                         const struct gv_walk_request *request, bool again) GV_MUST_CHECK;

/* No answer is waited for any more. */
void gv_wire_drop(struct gv_wire *wire);

enum gv_wire_news {
    GV_WIRE_NOTHING,  /* wait on */
    GV_WIRE_ANSWERED, /* `accept` took the answer */
    GV_WIRE_RESEND,   /* the engine, or its clock, is known now: send again */
    GV_WIRE_DOUBTFUL, /* *why is what the device seems to say, but it proves nothing: the
                       * genuine answer may still come */
    GV_WIRE_FAILED    /* *why for certain */
};

/* Read one datagram. An answer that passes (source, request id, version,
 * community or SNMPv3 security) goes to `accept`, which says GV_OK if it answers
 * the request, and takes it. */
enum gv_wire_news gv_wire_read(struct gv_wire *wire,
                               enum gv_err (*accept)(void *arg,
                                                     const struct gv_snmp_answer *answer),
                               void *arg, enum gv_err *why);

#endif
