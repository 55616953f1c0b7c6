/* SPDX-License-Identifier: Apache-2.0 */
/* Fleet: the snapshot of every verdict, out of all devices' observations and
 * tracks at one instant.
 *
 * Pure; time and memory grow with the sum of what the devices said, never with a
 * product of it. */
#ifndef GV_MODEL_FLEET_H
#define GV_MODEL_FLEET_H

#include "model/disagree.h"
#include "model/heard.h"
#include "model/probe.h"
#include "model/snapshot.h"
#include "model/storm.h"
#include "model/track.h"

/* What was learnt of one group of a device. */
struct gv_group_track {
    const char *name, *id; /* either may be NULL */
    struct gv_track track;
    struct gv_storm storm;
    struct gv_heard *heard; /* NULL: no event yet */
    bool unsaved;           /* fed since the history had it: see gv_store_tracks */
};

/* The track of the group of that name and id; where one of the two is not known
 * on one side, the only track that can be meant. NULL without one. */
const struct gv_group_track *gv_group_track_find(const struct gv_group_track *tracks,
                                                 size_t count, const char *name,
                                                 const char *id);

struct gv_fleet_device {
    const char *name, *address;
    const char *ssh_profile; /* NULL: no SSH */
    const struct gv_collector_verdict *collectors;
    size_t collector_count;
    bool up;          /* at least one collector's last poll gave an observation that is fresh */
    bool events_only; /* nobody asks it: its observation is what its events told */
    const struct gv_observation *observation; /* merged, nothing stale; NULL: nothing fresh */
    const struct gv_observation *last;        /* the same, but stale where nothing is fresh */
    const struct gv_group_track *tracks;      /* also of groups that are stale now */
    size_t track_count;
    const struct gv_disagreements *disagreements; /* NULL: none */
    struct gv_time stale_before;                  /* older claims are no longer told */
};

struct gv_fleet_in {
    const struct gv_fleet_device *devices;
    size_t device_count;
    const struct gv_group_override *overrides;
    size_t override_count;
    const struct gv_probe_seen *const *probes;
    size_t probe_count;
    struct gv_time now;
    uint64_t seed; /* of the hash tables: anything that devices cannot know */
};

/* Most memory one snapshot may take. */
enum { GV_SNAPSHOT_CEILING = 1 << 30 };

/* Build the snapshot in *out, whose arena is made here; release it with
 * gv_arena_clear. Names, versions and addresses are not copied: it is valid as long as
 * what `in` points to, but for the arrays of `in` itself and its probes. GV_ERR_NO_MEMORY
 * leaves nothing behind. */
enum gv_err gv_fleet_build(const struct gv_fleet_in *in, struct gv_snapshot *out) GV_MUST_CHECK;

#endif
