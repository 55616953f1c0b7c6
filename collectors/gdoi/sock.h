/* SPDX-License-Identifier: Apache-2.0 */
/* UDP sockets of probes: bound, joined, read without waiting. */
#ifndef GV_GDOI_SOCK_H
#define GV_GDOI_SOCK_H

#include "gdoi/client.h"

/* Open a socket bound to `local` (port 0: any free one, written back). -1 with a sentence in
 * `why`. It never blocks, has a large receive buffer, and is closed on exec. */
int gdoi_sock_open(struct gdoi_endpoint *local, char *why, size_t why_n);

/* Open a socket that hears a multicast group at its port, joined on `interface`, or where that
 * is empty on the one that has the address `local`. -1 as above. */
int gdoi_sock_join(const struct gdoi_endpoint *group, const char *interface,
                   const struct gdoi_endpoint *local, char *why, size_t why_n);

/* The address that datagrams to `remote` would leave from; the port is 0. False where there is
 * no route. */
bool gdoi_sock_route(const struct gdoi_endpoint *remote, struct gdoi_endpoint *out);

/* One datagram; its size, or -1 where none is there. */
long gdoi_sock_receive(int fd, void *octets, size_t room, struct gdoi_endpoint *from);

/* True where the system took it. */
bool gdoi_sock_send(int fd, const void *octets, size_t n, const struct gdoi_endpoint *to);

/* "192.0.2.1" or "[2001:db8::1]:848", an address alone gets `port`. False for other text. */
bool gdoi_endpoint_read(const char *text, uint16_t port, struct gdoi_endpoint *out);

/* Its text, with the port. */
enum { GDOI_ENDPOINT_TEXT = 64 };
void gdoi_endpoint_text(const struct gdoi_endpoint *endpoint, char out[GDOI_ENDPOINT_TEXT]);

bool gdoi_endpoint_is_multicast(const struct gdoi_endpoint *endpoint);

#endif
