/* SPDX-License-Identifier: Apache-2.0 */
/* Dial: from a host name to a connected TCP socket, without blocking the loop.
 *
 * The name is looked up in a worker thread; the addresses are tried in the
 * resolver's order. No time limit of its own: cancel it. */
#ifndef GV_SSH_DIAL_H
#define GV_SSH_DIAL_H

#include <sys/socket.h>

#include "io/loop.h"

enum { GV_DIAL_ADDRESSES = 4 };

/* The addresses of the last look-up that worked; start with all zero. */
struct gv_addresses {
    size_t count;
    struct {
        struct sockaddr_storage at;
        socklen_t n;
    } list[GV_DIAL_ADDRESSES];
};

struct gv_dial; /* opaque */

/* fd: connected, not blocking, close-on-exec, now the callee's; -1 on failure,
 * with a detail for people. */
typedef void gv_dial_done(void *arg, enum gv_err err, int fd, const char *detail);

/* Begin. `known` outlives the dial: updated by a look-up that works, used instead
 * of one that fails. `done` comes once, never from inside, unless cancelled;
 * the dial is gone then. NULL without memory. */
struct gv_dial *gv_dial_start(struct gv_loop *loop, const char *host, uint16_t port,
                              struct gv_addresses *known, gv_dial_done *done, void *arg);
void gv_dial_cancel(struct gv_dial *dial); /* NULL is fine */

#endif
