/* SPDX-License-Identifier: Apache-2.0 */
/* Has a key server its hands full? Then nobody should register there without need.
 *
 * Pure. Source: the notes on threats, 2.9, "storm guard". The load of its CPU would be a sign
 * as well, but no collector reads it. */
#ifndef GV_MODEL_STORM_H
#define GV_MODEL_STORM_H

#include "model/track.h"

enum {
    GV_STORM_LASTS_S = 900,       /* after the last sign */
    GV_STORM_MOVED_WITHIN_S = 300 /* members that registered again count for so long */
};

/* Of one group on one device. Begin with {0}. */
struct gv_storm {
    enum gv_ks_role role;
    bool has_uptime, has_members, has_registrations;
    uint64_t uptime_ms;
    uint64_t members;
    uint32_t registrations;
    struct gv_when moved_at; /* GM: when it was last seen to have registered again */
    struct gv_when at;       /* KS: the last sign, and which: static text */
    const char *why;
};

/* One more observation. True where it is a sign: of a key server one that its role in COOP
 * changed, that it was restarted, or that more than 5 % of its members are gone; of a member
 * that it registered again, which alone is not one yet. */
bool gv_storm_feed(struct gv_storm *storm, const struct gv_track_in *in);

/* Do so many re-registrations make a storm in a group of so many members? More than 1 %, and
 * two at least. */
bool gv_storm_of_members(size_t moved, size_t members);

/* A sign, also of a neighbour in the group: its members come here next. */
void gv_storm_sign(struct gv_storm *storm, struct gv_time at, const char *why);

#endif
