/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets of a GDOI key server: its port, and where it knows RFC 3947 its NAT port. */
#ifndef LAB_GDOI_SOCKET_H
#define LAB_GDOI_SOCKET_H

#include "gdoi_server.h"

enum { LAB_GDOI_SOCKETS = 2, LAB_GDOI_NO_NAT = -1 };

struct lab_gdoi_socket {
    int fds[LAB_GDOI_SOCKETS]; /* without and with the non-ESP marker; -1: not open */
    struct gdoi_endpoint at;   /* of the first */
    uint16_t nat_port;
};

/* Bound to `at` and to the NAT port of the same address (0 each: any free one). Rekeys to a
 * group leave by the interface of that address. False with a sentence in `why`. */
bool lab_gdoi_socket_open(struct lab_gdoi_socket *s, const struct gdoi_endpoint *at,
                          int nat_port, char *why, size_t why_n);
void lab_gdoi_socket_close(struct lab_gdoi_socket *s);

/* Feed what has come, a turn's worth at most; a NULL server does not hear it. */
void lab_gdoi_socket_read(const struct lab_gdoi_socket *s, struct lab_gdoi *server,
                          struct gv_time now);
/* Send what the server wants sent; `drop`: it gets lost. */
void lab_gdoi_socket_flush(const struct lab_gdoi_socket *s, struct lab_gdoi *server, bool drop);

#endif
