/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets of a driver: who asks for the same address, port and group shares one. */
#ifndef GV_GDOI_PORT_H
#define GV_GDOI_PORT_H

#include "gdoi/sock.h"
#include "io/loop.h"

/* A datagram has come; it may be changed. */
typedef void gdoi_port_heard(void *arg, uint8_t *octets, size_t n,
                             const struct gdoi_endpoint *from);

/* All of them. Zeroed but for `loop`, `heard` and `arg`. */
struct gdoi_ports {
    struct gv_loop *loop;
    gdoi_port_heard *heard;
    void *arg;
    struct gdoi_port *first;
    uint8_t datagram[GDOI_DATAGRAM_MOST];
};

struct gdoi_port {
    struct gdoi_port *next;
    struct gdoi_ports *ports;
    struct gdoi_endpoint asked, bound;
    unsigned interface; /* where a multicast group is joined; else 0 */
    int fd;
    struct gv_watch *watch;
    unsigned users;
};

/* A socket on `asked` (port 0: any free one); for a multicast group, joined on `interface`, or
 * where that is empty on the one that has the address `local`. NULL with a sentence in `why`.
 * Each one that is got is put. */
struct gdoi_port *gdoi_port_get(struct gdoi_ports *ports, const struct gdoi_endpoint *asked,
                                const char *interface, const struct gdoi_endpoint *local,
                                char *why, size_t why_n);
void gdoi_port_put(struct gdoi_port *port); /* NULL is fine; also from inside `heard` */

#endif
