/* SPDX-License-Identifier: Apache-2.0 */
/* What the library decoded, in our own terms. */
#ifndef GV_SNMP_LIBRARY_PDU_H
#define GV_SNMP_LIBRARY_PDU_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "base/secret.h"
#include "snmp/snmp_var.h"

/* The answer points into the PDU and the library's one answer room: valid until either is
 * gone. */
struct gv_snmp_answer gv_library_decode(const netsnmp_pdu *pdu);

/* True where the message came with that community, in time that depends on its length only. */
bool gv_library_community_is(const netsnmp_pdu *pdu, const struct gv_secret *community);

#endif
