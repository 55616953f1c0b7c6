/* SPDX-License-Identifier: Apache-2.0 */
/* Numeric socket addresses: "127.1.0.1:22", "[::1]:161". Never a name look-up. */
#ifndef LAB_ADDRESS_H
#define LAB_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/text.h"

/* An address and its length, ready for bind and sendto. */
struct gv_address {
    struct sockaddr_storage at;
    socklen_t n;
};

/* Read `t`; false, and *out untouched, where it is no address with a port. */
bool gv_address_read(struct gv_text t, struct gv_address *out);

/* The port, in host order. */
uint16_t gv_address_port(const struct gv_address *address);
void gv_address_set_port(struct gv_address *address, uint16_t port);

/* Same family, address and port. */
bool gv_address_equal(const struct gv_address *a, const struct gv_address *b);

/* A non-blocking socket of `type` (SOCK_DGRAM, or SOCK_STREAM, which listens)
 * bound to *address; port 0 takes a free one, and *address says which. -1 with
 * errno where the system refuses. The caller closes it. */
int gv_address_bind(int type, struct gv_address *address);

#endif
