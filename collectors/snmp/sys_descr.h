/* SPDX-License-Identifier: Apache-2.0 */
/* sysDescr: which software a device runs. */
#ifndef GV_SNMP_SYS_DESCR_H
#define GV_SNMP_SYS_DESCR_H

#include "observation.h"

/* Read vendor, OS, version and the software line from sysDescr and the
 * enterprise arc of sysObjectID (0: not told) into obs->device. Of IOS-XE,
 * sysDescr tells the IOS train only. What it does not tell stays absent. */
void gv_sys_descr_read(struct gv_observation *obs, struct gv_text descr, uint32_t enterprise);

#endif
