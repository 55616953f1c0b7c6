/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the walk share: planning a request, taking an answer. */
#ifndef GV_SNMP_WALK_PART_H
#define GV_SNMP_WALK_PART_H

#include "snmp/walk.h"

/* The system group, RFC 3418. */
enum gv_scalar { GV_SYS_UPTIME, GV_SYS_DESCR, GV_SYS_OBJECT_ID, GV_SYS_NAME, GV_SYS_SCALARS };

enum { GV_SCALAR_ARCS = 9, GV_SYS_DESCR_OCTETS = 255 };

/* Each scalar's instance. */
extern const uint32_t gv_scalar_oids[GV_SYS_SCALARS][GV_SCALAR_ARCS];

/* The table `table` of the root that the device has. */
const struct gv_gdoi_table *gv_walk_table(const struct gv_walk *walk, size_t table);

/* The columns, a bit each by place, that stay the same while the row's SPI does. */
uint16_t gv_walk_fixed_columns(const struct gv_gdoi_table *table);

/* Arc of the column at that place; 0, for the entry, where `column` is -1. */
uint32_t gv_walk_column_arc(const struct gv_walk *walk, size_t table, int column);

/* Fill walk->asks for the next request; nothing but sysUpTime where all is asked. */
void gv_walk_plan(struct gv_walk *walk);

/* Take one varbind of an answer, which arrived at `now`. True if it shows that
 * the tables have to be walked anew. */
bool gv_walk_take(struct gv_walk *walk, const struct gv_walk_ask *ask,
                  const struct gv_snmp_var *var, struct gv_time now);

/* End the poll early. */
void gv_walk_stop(struct gv_walk *walk, enum gv_err err);

#endif
