/* SPDX-License-Identifier: Apache-2.0 */
/* Object identifiers: comparing them, and keeping them small.
 *
 * Packed is BER's own way: base 128, most significant digit first, the high bit
 * on all but the last octet of an arc. */
#ifndef GV_SNMP_OID_H
#define GV_SNMP_OID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GV_OID_ARCS = 128 }; /* RFC 2578, 3.5: the longest OID */

/* Lexicographic order: negative, 0 or positive as a is before, equal to or after b. */
int gv_oid_compare(const uint32_t *a, size_t a_n, const uint32_t *b, size_t b_n);

/* True if `oid` begins with `prefix` and goes on. */
bool gv_oid_under(const uint32_t *oid, size_t oid_n, const uint32_t *prefix, size_t prefix_n);

/* Octets of the packed form of n arcs; written to out[room] where they fit, else 0. */
size_t gv_oid_pack(const uint32_t *arcs, size_t n, uint8_t *out, size_t room);

/* Arcs of our own packed form, written to out[room]. */
size_t gv_oid_unpack(const uint8_t *packed, size_t n, uint32_t *out, size_t room);

#endif
