/* SPDX-License-Identifier: Apache-2.0 */
/* Networks of addresses that may be asked; never those that lead back to us, or elsewhere. */
#ifndef GV_NETWORK_H
#define GV_NETWORK_H

#include "base/buf.h"

/* IPv4 as ::ffff:a.b.c.d. */
struct gv_literal {
    unsigned char octets[16];
};

struct gv_network {
    struct gv_literal first;
    unsigned bits; /* of 128 */
};

/* A literal IPv4 or IPv6 address, without scope; IPv4 written as IPv6 is none, and neither is a
 * number that only resolvers would take for an address. */
bool gv_literal_read(const char *text, struct gv_literal *out);

/* It as the system writes it, so that one address has one name. Appends. */
void gv_literal_name(const struct gv_literal *address, struct gv_buf *out);

/* "192.0.2.0/24", "2001:db8::/32", or an address alone. NULL: *out is that network; else what
 * is wrong with it, static. Link-local, multicast and reserved networks are refused (RFC 6890),
 * and so are those that hold an IPv4 address within an IPv6 one. */
const char *gv_network_read(const char *text, struct gv_network *out);

/* The network as text. Appends. */
void gv_network_name(const struct gv_network *network, struct gv_buf *out);

/* Whether one of the networks opens `address`: it holds it, and the address is no special one.
 * Loopback is opened only by a network of loopback addresses alone. */
bool gv_networks_open(const struct gv_network *networks, size_t count,
                      const struct gv_literal *address);

#endif
