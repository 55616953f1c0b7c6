/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of one poll as an observation. */
#ifndef GV_SNMP_GDOI_ROWS_H
#define GV_SNMP_GDOI_ROWS_H

#include "snmp/gdoi_store.h"

/* Put into `obs` what the device told in this poll: only cells that are fresh,
 * so that a poll which ended early shows what was read and nothing older.
 *
 * A registration is inferred: a KS is set, the active KEK is not zero, and TEKs
 * are active (the MIB has no flag for it). The transport is inferred from the
 * KEK's destination. A TEK that stands in many rows, one an ACE, is one TEK. */
void gv_gdoi_observe(const struct gv_gdoi_store *store, struct gv_observation *obs);

#endif
