/* SPDX-License-Identifier: Apache-2.0 */
/* gdoi/sock.h in one memory: the sockets of probes, and the key servers of the lab that they
 * reach, on the virtual clock. So the real driver and the real clients run unchanged.
 *
 * One network a program: sock.h knows no other. */
#ifndef SOCK_VIRTUAL_H
#define SOCK_VIRTUAL_H

#include "gdoi_server.h"
#include "virtual.h"

/* A datagram that is about to leave; `server`: which key server's, or whose answer it is. */
struct net_datagram {
    bool to_server;
    size_t server;
    struct gdoi_endpoint from, to;
    const uint8_t *octets;
    size_t n;
};

/* What becomes of it: how long it takes; negative: it is lost. */
typedef struct gv_dur net_fate(void *arg, const struct net_datagram *datagram);

/* A network without key servers; `fate` is asked for each datagram. */
void net_begin(struct gv_loop *loop, net_fate *fate, void *arg);
void net_end(void);

/* The key servers' clock is so far ahead of the loop's. */
void net_clock(struct gv_dur ahead);

/* Put a key server, which stays the caller's, at its address; its number, from 0. */
size_t net_attach(struct lab_gdoi *server, const struct gdoi_endpoint *at);

/* Something was done to that key server: send what it wants to say, and wake it in time. */
void net_stir(size_t server);

/* Put a datagram on its way to a probe's socket: forged, or a copy. */
void net_send(const struct net_datagram *datagram, struct gv_dur after);

#endif
