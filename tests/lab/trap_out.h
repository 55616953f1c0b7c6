/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications of CISCO-GDOI-MIB as the boxes send them: an SNMPv2 trap for each thing that
 * has one, from the box's own address, with its own community. */
#ifndef LAB_TRAP_OUT_H
#define LAB_TRAP_OUT_H

#include "fleet.h"

struct lab_trap_out;

/* Send to "ADDRESS:PORT" for a fleet of that size. NULL where that is no address, or without
 * memory. */
struct lab_trap_out *lab_trap_out_open(const char *to, size_t device_count);
void lab_trap_out_close(struct lab_trap_out *out); /* NULL is fine */

/* What the box has to notify of that line of its log, at that instant of the fleet: perhaps
 * nothing. A box without SNMP, or with SNMPv3, notifies of nothing. */
void lab_trap_out_send(struct lab_trap_out *out, const struct lab_device *device,
                       struct gv_time at, const char *line);

#endif
