/* SPDX-License-Identifier: Apache-2.0 */
/* Which key servers have their hands full: signs of one device, told to its neighbours. */
#include "store/private.h"

static struct gv_group_track *same_group(const struct device *device,
                                         const struct gv_group_track *source)
{
    const struct gv_group_track *found =
        gv_group_track_find(device->tracks, device->track_count, source->name, source->id);

    return found != NULL ? &device->tracks[found - device->tracks] : NULL;
}

static bool moved_lately(const struct gv_storm *storm, struct gv_time at)
{
    return storm->moved_at.known &&
           gv_time_diff(at, storm->moved_at.at).ms <= gv_secs(GV_STORM_MOVED_WITHIN_S).ms;
}

/* More than 1 % of the members registered again. The key servers' own count of members, where
 * it is the larger one: not every member is polled. */
static bool members_move(const struct gv_store *store, const struct gv_group_track *source,
                         struct gv_time at)
{
    size_t polled = 0, told = 0, moved = 0;

    for (size_t i = 0; i < store->device_count; i++) {
        const struct gv_group_track *track = same_group(store->devices[i], source);

        if (track == NULL)
            continue;
        polled += track->track.side == GV_TRACK_GM;
        moved += moved_lately(&track->storm, at);
        if (track->storm.has_members && track->storm.members > told)
            told = track->storm.members;
    }
    return gv_storm_of_members(moved, told > polled ? told : polled);
}

void gv_store_storm(struct gv_store *store, const struct gv_group_track *source,
                    struct gv_time at)
{
    const char *why = source->storm.why;

    if (source->track.side == GV_TRACK_GM) {
        if (!members_move(store, source, at))
            return;
        why = "more than 1 % of the group's members registered again";
    }
    for (size_t i = 0; i < store->device_count; i++) {
        struct gv_group_track *track = same_group(store->devices[i], source);

        if (track != NULL && track->track.side == GV_TRACK_KS)
            gv_storm_sign(&track->storm, at, why);
    }
}

struct gv_time gv_store_busy_until(const struct gv_store *store, const char *ks,
                                   const char **why)
{
    const struct device *device = gv_store_find(store, ks);
    struct gv_time until = {INT64_MIN};

    for (size_t i = 0; device != NULL && i < device->track_count; i++) {
        const struct gv_storm *storm = &device->tracks[i].storm;
        struct gv_time end = gv_time_add(storm->at.at, gv_secs(GV_STORM_LASTS_S));

        if (!storm->at.known || !gv_time_before(until, end))
            continue;
        until = end;
        *why = storm->why;
    }
    return until;
}
