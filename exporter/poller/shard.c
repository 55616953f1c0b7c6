/* SPDX-License-Identifier: Apache-2.0 */
#include "poller/shard.h"

#include "poller/schedule.h"

bool gv_shard_read(struct gv_text text, struct gv_shard *out)
{
    size_t slash = gv_text_index(text, '/');
    struct gv_shard shard;

    if (!gv_text_u32(gv_text_head(text, slash), &shard.index) ||
        !gv_text_u32(gv_text_from(text, slash + 1), &shard.count))
        return false;
    if (shard.index >= shard.count || shard.count > GV_SHARDS_MOST)
        return false;
    *out = shard;
    return true;
}

bool gv_shard_holds(struct gv_shard shard, const char *name)
{
    return gv_schedule_mix(gv_schedule_hash(name)) % shard.count == shard.index;
}
