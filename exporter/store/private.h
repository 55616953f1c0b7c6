/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the store share: store.c keeps observations and builds the snapshot,
 * store/tracks.c what is learnt across polls, store/events.c what devices told by themselves,
 * store/storm.c knows which key servers have their hands full. */
#ifndef GV_STORE_PRIVATE_H
#define GV_STORE_PRIVATE_H

#include "model/fleet.h"
#include "model/index.h"
#include "store/slot.h"
#include "store/store.h"

struct device {
    char *name, *address;
    const char *ssh_profile;
    const struct gv_observation *merged; /* a source, or `own`; NULL: nothing fresh */
    struct gv_observation *own;          /* merged from several sources */
    unsigned sources;                    /* which: two bits for each slot */
    struct gv_group_track *tracks;
    size_t track_count;
    size_t event_track;           /* of the last event, from 1; 0: none yet */
    bool is_new;                  /* not recalled yet */
    struct gv_observation *heard; /* what the events told; only where nobody asks the device */
    struct gv_disagreements *disagreements; /* NULL: none seen, or too long ago */
    size_t slot_count;
    struct slot slots[]; /* of the collectors that are configured, in their order */
};

struct gv_store {
    struct gv_dur stale_after;
    struct gv_group_override *overrides;
    size_t override_count;
    const struct gv_probe_seen *const *probes; /* the caller's */
    size_t probe_count;
    struct device **devices;
    size_t device_count;
    struct gv_arena index_arena;
    struct gv_index by_name;
    uint64_t seed;
    uint64_t groups_dropped;
    struct gv_store_memory memory; /* all NULL: none */
    struct gv_snapshot snapshot;
    bool built, fed; /* fed: something came since the snapshot was built */
};

/* The device of that name; NULL where there is none. */
struct device *gv_store_find(const struct gv_store *store, const char *name);

/* No collector: what it tells by itself is all. */
bool gv_store_events_only(const struct device *device);

/* The track of that group, made where there is none yet; NULL at the bound, or without
 * memory. Where `group` has the name or the id that was not known, the memory is told. */
struct gv_group_track *gv_store_track_of(struct gv_store *store, struct device *device,
                                         const struct gv_group_obs *group);

/* What the events told becomes what is seen of `device`, where nobody asks it. */
void store_observe_heard(struct device *device, struct gv_time now);

/* Teach the tracks of `device` what it shows; ask the memory for those of devices that are new;
 * release them. */
void store_feed_tracks(struct gv_store *store, struct device *device);
void store_recall(struct gv_store *store);
void store_tracks_clear(struct device *device);

/* That group had a sign at that instant (model/storm.h): its key servers have one as well. */
void gv_store_storm(struct gv_store *store, const struct gv_group_track *source,
                    struct gv_time at);

#endif
