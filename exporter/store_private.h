/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the store share: store.c keeps observations and builds the snapshot,
 * store_storm.c knows which key servers have their hands full. */
#ifndef GV_STORE_PRIVATE_H
#define GV_STORE_PRIVATE_H

#include "model/fleet.h"
#include "model/index.h"
#include "store.h"

enum { COLLECTORS = 2 };

/* What one collector brought of one device. */
struct slot {
    bool configured, polled, gave; /* gave: the last poll brought an observation */
    bool cut;                      /* `partial` ended before the device had told all */
    enum gv_err err;
    char *detail; /* NULL: none */
    struct gv_dur duration;
    struct gv_observation *whole;   /* of the last complete poll */
    struct gv_observation *partial; /* of a later poll that ended early */
    uint64_t *failures;             /* GV_ERR_COUNT counters, from the first failure on */
};

struct device {
    char *name, *address;
    const char *ssh_profile;
    struct slot slots[COLLECTORS];
    const struct gv_observation *merged; /* a source, or `own`; NULL: nothing fresh */
    struct gv_observation *own;          /* merged from several sources */
    unsigned sources;                    /* which: two bits for each collector */
    struct gv_group_track *tracks;
    size_t track_count;
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
    struct gv_snapshot snapshot;
    bool built, fed; /* fed: something came since the snapshot was built */
};

/* The device of that name; NULL where there is none. */
struct device *gv_store_find(const struct gv_store *store, const char *name);

/* That group had a sign at that instant (model/storm.h): its key servers have one as well. */
void gv_store_storm(struct gv_store *store, const struct gv_group_track *source,
                    struct gv_time at);

#endif
