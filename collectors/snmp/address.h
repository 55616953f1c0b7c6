/* SPDX-License-Identifier: Apache-2.0 */
/* From a target's address, a literal or a name, to an address of numbers, in a
 * worker thread where that may block. */
#ifndef GV_SNMP_ADDRESS_H
#define GV_SNMP_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "io/loop.h"

struct gv_address {
    /* Without port. No sockaddr_storage: ten thousand sessions keep one each. */
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    socklen_t size;
};

struct gv_lookup; /* one under way */

typedef void gv_lookup_done(void *arg, enum gv_err err, const struct gv_address *address);

/* Read an IPv4 or IPv6 literal. False for anything else; *out untouched. */
bool gv_address_read(const char *text, struct gv_address *out);

bool gv_address_same(const struct gv_address *a, const struct gv_address *b);

/* Look `name` up; the system's first choice counts. `done` comes exactly once,
 * unless cancelled: GV_OK with the address, or GV_ERR_NAME_LOOKUP with NULL.
 * NULL, and no `done`, without memory. */
struct gv_lookup *gv_lookup_start(struct gv_loop *loop, const char *name, gv_lookup_done *done,
                                  void *arg);

/* `done` will not come. NULL is fine. The worker may go on for a while. */
void gv_lookup_cancel(struct gv_lookup *lookup);

#endif
