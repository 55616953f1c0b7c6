/* SPDX-License-Identifier: Apache-2.0 */
/* The responder's SNMPv3 face: one user, HMAC-SHA-1-96 and AES-128 (RFC 3414, RFC 3826),
 * an engine of its own for each address. It does not verify what it is asked. */
#ifndef BENCH_SNMP_USM_H
#define BENCH_SNMP_USM_H

#include "snmp_answer.h"

/* Derive the user's key from its password; once, at start. */
void snmp_v3_init(void);

/* Append the answer to `message` (after its version) of the engine at `address`. */
bool snmp_v3_answer(struct gv_reader message, uint32_t address, struct ber_out *out,
                    uint32_t elapsed);

#endif
