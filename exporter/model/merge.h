/* SPDX-License-Identifier: Apache-2.0 */
/* Merge: one observation of a device out of those of its collectors.
 *
 * Pure. Per field the best source: lifetimes and roles from the freshest, joined
 * by SPI; what SNMP cannot tell from the CLI; a told value before an inferred
 * one. Nothing is invented: a field no source has stays absent. */
#ifndef GV_MODEL_MERGE_H
#define GV_MODEL_MERGE_H

#include "observation.h"

/* At most this many groups of one device are followed. */
enum { GV_GROUPS_PER_DEVICE = 64 };

/* Merge `count` (at least 1) observations, the most detailed collector's first.
 * The result shares strings and lists with them: release it before any of them.
 * NULL without memory. */
struct gv_observation *gv_merge(const struct gv_observation *const *sources, size_t count);

#endif
