/* SPDX-License-Identifier: Apache-2.0 */
/* COOP: how many primaries a group has, and whether it has split.
 *
 * Pure. Polls of several KSs are never simultaneous: a failover or a rekey that
 * happened between two of them must not look like a split, so roles and KEKs
 * count together only where they were seen to overlap. Source: rekey-behaviour,
 * chapter 6; operations. */
#ifndef GV_MODEL_COOP_H
#define GV_MODEL_COOP_H

#include "model/track.h"

/* One polled KS of the group. */
struct gv_coop_ks {
    const char *address; /* as its peers call it; may be NULL */
    const char *target_address;
    const struct gv_track *track;
    const struct gv_peer_obs *peers;
};

/* At most this many KSs of one group, and peers of one KS, are compared; a real
 * group has up to 8. */
enum { GV_COOP_MOST = 32 };

/* Primaries among the polled KSs, plus KSs that are not polled but called a
 * living primary by at least two of them. "None" is said only where the polls
 * overlap and every KS that they know of is among them; else it is unknown. */
struct gv_count gv_coop_primaries(const struct gv_coop_ks *list, size_t count);

/* True where one of them knows a peer that is not among them. */
bool gv_coop_unseen(const struct gv_coop_ks *list, size_t count);

/* Two primaries, or two KEKs in use at one instant. Unknown without a KS. */
enum gv_tri gv_coop_split(const struct gv_coop_ks *list, size_t count);

#endif
