/* SPDX-License-Identifier: Apache-2.0 */
/* Numeric socket addresses: "127.1.0.1:22", "[::1]:161". Never a name look-up. */
#ifndef LAB_ADDRESS_H
#define LAB_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/text.h"

/* An address and its length, ready for bind and sendto. */
struct lab_address {
    struct sockaddr_storage at;
    socklen_t n;
};

/* Read `t`; false, and *out untouched, where it is no address with a port. */
bool lab_address_read(struct gv_text t, struct lab_address *out);

/* The port, in host order. */
uint16_t lab_address_port(const struct lab_address *address);
void lab_address_set_port(struct lab_address *address, uint16_t port);

/* Same family, address and port. */
bool lab_address_equal(const struct lab_address *a, const struct lab_address *b);

/* A non-blocking socket of `type` (SOCK_DGRAM, or SOCK_STREAM, which listens)
 * bound to *address; port 0 takes a free one, and *address says which. -1 with
 * errno where the system refuses. The caller closes it. */
int lab_address_bind(int type, struct lab_address *address);

/* A socket for datagrams from `address` (without port), and a free port. As above. */
int lab_address_bind_from(const char *address);

#endif
