/* SPDX-License-Identifier: Apache-2.0 */
/* UDP sockets of probes: bound, joined, read without waiting. */
#ifndef GV_GDOI_SOCK_H
#define GV_GDOI_SOCK_H

#include "gdoi/endpoint.h"

/* Open a socket bound to `local` (port 0: any free one, written back). -1 with a sentence in
 * `why`. It never blocks, has a large receive buffer, and is closed on exec. */
int gdoi_sock_open(struct gdoi_endpoint *local, char *why, size_t why_n);

/* The index of the interface that is called `name`, or where that is empty of the one that has
 * the address `local`; 0 where no interface is or has. */
unsigned gdoi_sock_interface(const char *name, const struct gdoi_endpoint *local);

/* Open a socket that hears a multicast group at its port, joined (IGMP, MLD) on that interface
 * and hearing it there alone; 0: the one of the system's choice. -1 as above. */
int gdoi_sock_join(const struct gdoi_endpoint *group, unsigned interface, char *why,
                   size_t why_n);

/* The address that datagrams to `remote` would leave from; the port is 0. False where there is
 * no route. */
bool gdoi_sock_route(const struct gdoi_endpoint *remote, struct gdoi_endpoint *out);

/* One datagram; its size, or -1 where none is there. */
long gdoi_sock_receive(int fd, void *octets, size_t room, struct gdoi_endpoint *from);

/* True where the system took it. */
bool gdoi_sock_send(int fd, const void *octets, size_t n, const struct gdoi_endpoint *to);

#endif
