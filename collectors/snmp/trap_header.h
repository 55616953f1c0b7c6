/* SPDX-License-Identifier: Apache-2.0 */
/* The outside of an SNMP message: its version, and for SNMPv3 the engine that it names, before
 * anything is known that could check or decrypt it. Pure. RFC 3412, 6; RFC 3414, 2.4. */
#ifndef GV_SNMP_TRAP_HEADER_H
#define GV_SNMP_TRAP_HEADER_H

#include "base/error.h"
#include "base/reader.h"

struct gv_trap_header {
    uint32_t version;      /* 0: v1, 1: v2c, 3: v3 */
    const uint8_t *engine; /* in the message; v3 only */
    size_t engine_n;       /* 0 in a discovery */
};

/* GV_ERR_MALFORMED where the octets are no such message. */
enum gv_err gv_trap_header_read(const void *octets, size_t n,
                                struct gv_trap_header *out) GV_MUST_CHECK;

#endif
