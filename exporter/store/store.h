/* SPDX-License-Identifier: Apache-2.0 */
/* Store: the latest observations of every device, what was learnt across polls
 * (KEK lives, rekeys, behaviour), and the snapshot built from them.
 *
 * It keeps a device's memory across reloads by target name. The model (pure)
 * decides; the store only keeps and feeds it. */
#ifndef GV_STORE_H
#define GV_STORE_H

#include "collector.h"
#include "model/fleet.h"
#include "model/policy.h"
#include "model/probe.h"
#include "model/snapshot.h"
#include "model/track_news.h"

struct gv_store;

struct gv_store_policy {
    struct gv_dur stale_after; /* an observation older than this is dropped */
    const struct gv_group_override *overrides;
    size_t override_count;
};

/* An empty store. `policy` and what it points to is copied. NULL without memory. */
struct gv_store *gv_store_new(const struct gv_store_policy *policy);
void gv_store_free(struct gv_store *store);

/* Make the set of devices that of `targets` (their order is the snapshot's):
 * new names begin empty, known names keep everything, the rest is dropped.
 * Names, addresses and collector sets are copied. GV_ERR_NO_MEMORY leaves the
 * store as it was. */
enum gv_err gv_store_set_targets(struct gv_store *store, const struct gv_target *const *targets,
                                 size_t count,
                                 const struct gv_store_policy *policy) GV_MUST_CHECK;

/* Take the result of one poll of `collector` ("snmp", "ssh", "restconf") on the device
 * `target`, at `now`. Takes result->observation over, whatever happens; an unknown target's is
 * freed. */
void gv_store_feed(struct gv_store *store, const char *target, const char *collector,
                   struct gv_poll_result *result, struct gv_time now);

/* Take an event of the device `target`; its instant is of the boot clock. An unknown target's
 * is forgotten, and so is one without a group where the device told of none yet. */
void gv_store_event(struct gv_store *store, const char *target, const struct gv_event *event);

/* What the probes have seen, for the snapshots to come; the list and its rows stay the
 * caller's. Call it again whenever something in them has changed. */
void gv_store_probes(struct gv_store *store, const struct gv_probe_seen *const *probes,
                     size_t count);

/* What one feed taught of a group of a device, or its other name: before->name or ->id is then
 * NULL. The track before is all zero for a new group. */
struct gv_learnt {
    const char *device;
    const struct gv_group_track *before, *after;
    struct gv_track_news news; /* between the two tracks */
    bool carries; /* the group's KEKs and rekeys are this device's: it is a KS, or none is
                   * known; told of a GM only where there is news */
};

/* Where what was learnt outlives the process. */
struct gv_store_memory {
    /* After each group that was fed, and where a group's other name was learnt. */
    void (*learnt)(void *arg, const struct gv_learnt *learnt);
    /* A device is new: give back what is remembered of it, by gv_store_restore. */
    void (*recall)(void *arg, const char *device);
    void *arg;
};

/* Remember in `memory` from now on, and recall every device. NULL: remember nothing more. */
void gv_store_remember(struct gv_store *store, const struct gv_store_memory *memory);

/* Go on from `track`, as an earlier process left it, and what its events told (copied). False
 * where the device or its group is followed already, or not at all; and without memory. */
bool gv_store_restore(struct gv_store *store, const char *device,
                      const struct gv_group_track *track);

/* Visit the tracks that were fed since they were last visited; with `all`, every one. */
void gv_store_tracks(struct gv_store *store, bool all,
                     void (*visit)(void *arg, const char *device,
                                   const struct gv_group_track *track),
                     void *arg);

/* Until when the key server of that name has its hands full (model/storm.h), an instant that
 * has passed where it has not; `why` is then untouched, else static text. */
struct gv_time gv_store_busy_until(const struct gv_store *store, const char *ks,
                                   const char **why);

/* The verdicts at `now`. Rebuilt only when something was fed or the last one is
 * a second old (so no expiry and no staleness is told later than that); else the
 * same pointer. Valid until anything else is done to the store but reading; NULL without
 * memory. */
const struct gv_snapshot *gv_store_snapshot(struct gv_store *store, struct gv_time now);

/* The last observation of that collector, stale or not; NULL where there is
 * none. Valid until the next feed. */
const struct gv_observation *gv_store_observation(const struct gv_store *store,
                                                  const char *target, const char *collector);

/* The latest whole or partial merged observation of the device; NULL as above. */
const struct gv_observation *gv_store_merged(const struct gv_store *store, const char *target);

/* Groups that were not followed because their device showed more than
 * GV_GROUPS_PER_DEVICE, so far. */
uint64_t gv_store_groups_dropped(const struct gv_store *store);

#endif
