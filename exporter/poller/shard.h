/* SPDX-License-Identifier: Apache-2.0 */
/* Shards: one fleet over several processes, each target in exactly one of them
 * by its name, whatever else is configured. */
#ifndef GV_SHARD_H
#define GV_SHARD_H

#include "base/text.h"

enum { GV_SHARDS_MOST = 1000 };

struct gv_shard {
    uint32_t index, count; /* this process: index, from 0, of count */
};

/* "I/N" with I < N <= GV_SHARDS_MOST. False, and *out untouched, for anything else. */
bool gv_shard_read(struct gv_text text, struct gv_shard *out);

/* Does the target of that name belong to this process? */
bool gv_shard_holds(struct gv_shard shard, const char *name);

#endif
