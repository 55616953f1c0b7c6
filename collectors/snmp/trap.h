/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications of the GDOI MIBs as events: all 15 of CISCO-GDOI-MIB, all 5 of JNX-GDOI-MIB.
 *
 * Pure. The identities of group, KS and GM stand in the instances of the varbinds, and in the
 * varbinds themselves where the MIB of 2015 made objects for them; some notifications carry
 * none. */
#ifndef GV_SNMP_TRAP_H
#define GV_SNMP_TRAP_H

#include "events/event.h"
#include "snmp/oid.h"
#include "snmp/snmp_var.h"

/* Read the notification of that snmpTrapOID, with the varbinds behind sysUpTime and
 * snmpTrapOID. GV_ERR_NO_DATA for a notification of another MIB. Varbinds that make no sense
 * are passed over. */
enum gv_err gv_trap_read(const uint32_t *trap, size_t trap_n, const struct gv_snmp_var *vars,
                         size_t var_n, struct gv_event *event) GV_MUST_CHECK;

/* The snmpTrapOID of an SNMPv1 trap (RFC 3584, 3.1) in out[GV_OID_ARCS]; its arcs, 0 where it
 * would have too many. `generic` is 6 for an enterprise's own. */
size_t gv_trap_v1_oid(const uint32_t *enterprise, size_t n, uint32_t generic, uint32_t specific,
                      uint32_t *out);

#endif
