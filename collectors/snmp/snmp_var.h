/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded SNMP: what the driver hands to the walk. No library type in it. */
#ifndef GV_SNMP_VAR_H
#define GV_SNMP_VAR_H

#include <stddef.h>
#include <stdint.h>

enum gv_snmp_kind {
    GV_SNMP_OTHER,  /* noSuchObject, noSuchInstance, NULL, a negative or odd value */
    GV_SNMP_NUMBER, /* INTEGER, Unsigned32, Gauge32, Counter32, Counter64 */
    GV_SNMP_TICKS,
    GV_SNMP_OCTETS, /* OCTET STRING, IpAddress */
    GV_SNMP_OID,
    GV_SNMP_END /* endOfMibView */
};

struct gv_snmp_var {
    const uint32_t *oid;
    size_t oid_n;
    enum gv_snmp_kind kind;
    uint64_t number;       /* GV_SNMP_NUMBER, GV_SNMP_TICKS */
    const uint8_t *octets; /* GV_SNMP_OCTETS */
    size_t octets_n;
    const uint32_t *arcs; /* GV_SNMP_OID */
    size_t arcs_n;
};

/* RFC 3416, 3: the error-status values that the walk tells apart. */
enum {
    GV_SNMP_NO_ERROR = 0,
    GV_SNMP_TOO_BIG = 1,
    GV_SNMP_NO_SUCH_NAME = 2,
    GV_SNMP_NO_ACCESS = 6,
    GV_SNMP_AUTHORIZATION_ERROR = 16
};

struct gv_snmp_answer {
    uint32_t error_status;
    uint32_t error_index; /* of the varbind concerned, from 1; 0 for none */
    const struct gv_snmp_var *vars;
    size_t n;
};

#endif
