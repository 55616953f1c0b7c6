/* SPDX-License-Identifier: Apache-2.0 */
/* Merge: one observation of a device out of those of its collectors.
 *
 * Pure. Per field the best source, by a table (merge.c); a told value before an inferred
 * one; what the best does not tell from the next. Nothing is invented: a field no source has
 * stays absent. What sources contradict each other in: disagree.h. */
#ifndef GV_MODEL_MERGE_H
#define GV_MODEL_MERGE_H

#include "observation.h"

/* At most this many groups of one device are followed. */
enum { GV_GROUPS_PER_DEVICE = 64 };

/* The collectors whose observations are merged, the most detailed first. */
enum gv_source { GV_SOURCE_SSH, GV_SOURCE_RESTCONF, GV_SOURCE_SNMP, GV_SOURCE_COUNT };

/* "ssh", "restconf", "snmp": the collector label. */
const char *gv_source_name(enum gv_source source);

struct gv_merge_in {
    enum gv_source source;
    const struct gv_observation *obs;
};

/* At most so many sources: a complete and a later partial poll of each collector. */
enum { GV_MERGE_MOST = 2 * GV_SOURCE_COUNT };

/* Merge `count` (1..GV_MERGE_MOST) observations; of equally good ones the younger counts, of
 * equally young ones the first. The result shares strings and lists with them: release it
 * before any of them. NULL without memory. */
struct gv_observation *gv_merge(const struct gv_merge_in *sources, size_t count);

#endif
