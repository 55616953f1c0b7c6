/* SPDX-License-Identifier: Apache-2.0 */
/* One SSH connection to one box, from the first octet to the last.
 *
 * It has a thread of its own, so that key arithmetic never holds up the loop; what
 * the fleet has to say it asks the loop's thread for (`ask`). */
#ifndef LAB_SSH_VISIT_H
#define LAB_SSH_VISIT_H

#include <stdatomic.h>

#include "cli.h"
#include "ssh_room.h"

struct lab_visit {
    const struct lab_device *device; /* its name, address and login never change */
    struct lab_ssh_room *room;
    int fd;           /* the connection; closed by lab_visit_serve */
    int record_fd;    /* takes every octet the client sends; -1: none */
    bool hang;        /* take the connection, and never answer */
    atomic_bool over; /* set from outside, before the connection is shut down */

    /* Append the answer to `out`, true at that instant. False: the box is gone. */
    bool (*ask)(struct lab_visit *visit, const struct lab_command *command,
                struct gv_text argument, struct gv_buf *out);
};

/* Serve the connection until it ends. */
void lab_visit_serve(struct lab_visit *visit);

#endif
