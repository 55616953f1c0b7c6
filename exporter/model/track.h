/* SPDX-License-Identifier: Apache-2.0 */
/* Track: what is learnt of one group on one device across polls: the life of its
 * KEK, each rekey and its verdict, and what the timing proves of old and new.
 *
 * Pure: no clock and no memory of its own; instants come from the observations,
 * so late, far and missing polls change nothing but what could be seen. A track
 * begins zeroed. Source: rekey-behaviour, chapters 1, 2 and 4. */
#ifndef GV_MODEL_TRACK_H
#define GV_MODEL_TRACK_H

#include "model/kek_life.h"
#include "model/policy.h"
#include "model/timing.h"

enum gv_track_side { GV_TRACK_NONE, GV_TRACK_KS, GV_TRACK_GM };

struct gv_track {
    enum gv_track_side side;
    struct gv_kek_life kek, previous;
    struct gv_kek_life next; /* KS: made, and not in use yet; known only as long as shown */
    struct gv_time listed; /* its KEK, by a poll that ended early, and its rekey was not due */
    bool partly;           /* its KEK was seen by such polls only: the next may be there */
    struct gv_timing timing;
    struct gv_rekey_told told;
    bool policy_known;
    struct gv_rekey_policy policy; /* as it was at the feed before */

    /* The last rekey that was judged, or the one that is missed. */
    enum gv_rekey_verdict verdict;
    bool lead_known;
    struct gv_dur lead;
    struct gv_dur lead_expected; /* by the formula, as it was at that rekey */
    struct gv_when judged_at;
    uint64_t counts[GV_REKEY_VERDICT_COUNT];
    bool missed;           /* the KEK now tracked ended without a successor, and is counted */
    bool rebooted;         /* since the KEK now tracked was last seen: its end proves nothing */
    struct gv_when booted; /* seen then: what is told of before may be of other software */
    bool clock_doubt; /* our own host has rebooted since it was last seen: see gv_track_doubt */

    bool has_uptime;
    uint64_t uptime_ms;
    uint64_t software;    /* of its version, hashed; 0: not told */
    uint32_t rekeys_sent; /* KS: as last counted */

    /* KS: its role, as told at role_seen, unchanged since role_since. */
    enum gv_ks_role role;
    bool role_assumed; /* not told: it leads if it is alone */
    struct gv_time role_since, role_seen;

    /* GM: the sight that later ones of the same KEK are compared with. */
    struct {
        bool known;
        struct gv_time at;
        uint32_t remaining_s, lifetime_s, rekeys, registrations;
    } mark;

    /* GM: registrations, and the first of a pair around an expiry. */
    struct {
        bool known;
        uint32_t succeeded;
        struct gv_time seen_at;
        struct gv_dur apart;   /* the last two counts; 0: there were no two */
        bool first_pending;    /* the same KEK came back shortly before its expiry */
        bool second_pending;   /* and one more came just after; the next KEK is not seen yet */
        uint32_t longest_s;    /* life of a KEK that it showed */
        struct gv_when expiry; /* ... which is this */
        bool changed;       /* another KEK was seen since the last count, and the one before */
        struct gv_when end; /* ends here */
        uint64_t doubles;
        struct gv_when doubled_at; /* the last of them was seen */
        struct gv_when last_at;    /* the last registration was seen, by the count */
    } registrations;
};
/* A field more? It needs a row in track_keep.c. */

/* One group of an observation, as the track is fed with it. */
struct gv_track_in {
    const struct gv_device_obs *device;
    const struct gv_group_obs *group;
    struct gv_time seen_at; /* of the observation */
    bool whole; /* the last poll of each collector was complete: what is absent is not there */
    const struct gv_group_override *override; /* NULL: none */
    bool cut; /* a poll that it is made of ended early: a KEK that is absent may be there */
};

/* Learn from one more observation. Anything not newer than what is known is
 * ignored, so the same rekey told by SNMP and by SSH counts once. */
void gv_track_feed(struct gv_track *track, const struct gv_track_in *in);

/* The track was learnt before our own host rebooted, so its instants and those to come are
 * joined by the wall clock, which may have been stepped: until its KEK is seen again, nobody is
 * accused, and nothing proved, by comparing them. */
void gv_track_doubt(struct gv_track *track);

/* Of a device's KEK rows the one in use: as gv_kek_in_use, but who has moved on to a
 * KEK is not taken back to the one before it as long as that KEK is listed and not
 * called old. Collectors do not notice a rekey at one instant, nor in the same words.
 * NULL without a row, and where only the KEK before it is listed, as old: of a poll that ended
 * early. */
const struct gv_kek_obs *gv_track_in_use(const struct gv_track *track,
                                         const struct gv_kek_obs *rows);

/* The one of them to show as in use: as gv_track_in_use, and NULL where that is elder than the
 * KEK that is known. */
const struct gv_kek_obs *gv_track_shown(const struct gv_track *track,
                                        const struct gv_kek_obs *rows);

/* When its KEK was last known to be there: seen as the one in use, or listed by a poll that
 * ended early. */
struct gv_time gv_track_last_known(const struct gv_track *track);

/* A rekey or a registration was counted since this GM's KEK was seen: it may have another now.
 */
bool gv_track_moved_on(const struct gv_track *track, const struct gv_gm_obs *gm);

/* True where this KS decides when its group rekeys: it is primary, or alone. */
bool gv_ks_leads(const struct gv_ks_obs *ks);

#endif
