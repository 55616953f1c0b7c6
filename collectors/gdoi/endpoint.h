/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, ports and identities as people write them. */
#ifndef GV_GDOI_ENDPOINT_H
#define GV_GDOI_ENDPOINT_H

#include "gdoi/client.h"

/* "192.0.2.1" or "[2001:db8::1]:848", an address alone gets `port`. False for other text. */
bool gdoi_endpoint_read(const char *text, uint16_t port, struct gdoi_endpoint *out);

/* Its text, with the port. */
enum { GDOI_ENDPOINT_TEXT = 64 };
void gdoi_endpoint_text(const struct gdoi_endpoint *endpoint, char out[GDOI_ENDPOINT_TEXT]);

bool gdoi_endpoint_is_multicast(const struct gdoi_endpoint *endpoint);

/* The same address and port. */
bool gdoi_endpoint_equal(const struct gdoi_endpoint *a, const struct gdoi_endpoint *b);

/* How the octets of a group's number are sent: RFC 6407, 2.1 asks for the network's order; the
 * reference implementation sends its host's (notes on the protocol, 12.8). */
enum gdoi_number { GDOI_NO_NUMBER, GDOI_BIG_ENDIAN, GDOI_LITTLE_ENDIAN };

/* An identity: a number of 32 bits where `number` allows one (KEY_ID), an address, user@name,
 * or a name. False for an empty or too long text. */
bool gdoi_identity_read(const char *text, enum gdoi_number number, struct gdoi_identity *out);

/* The subject of our certificate as identity, where *out is none yet (type 0). */
void gdoi_identity_of_subject(const struct gdoi_credential *credential,
                              struct gdoi_identity *out);

#endif
