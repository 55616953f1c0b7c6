/* SPDX-License-Identifier: Apache-2.0 */
#include "model/track_parts.h"

/* Chapter 4, item 1: two sights of a GM's KEK compare from this distance on. */
enum { COMPARE_AFTER_S = 10 };

static uint32_t rekeys_of(const struct gv_gm_obs *gm)
{
    return (gm->has & GV_GM_HAS_REKEYS_RECEIVED) ? gm->rekeys_received : 0;
}

static uint32_t registrations_of(const struct gv_gm_obs *gm)
{
    return (gm->has & GV_GM_HAS_REGISTRATIONS_SUCCEEDED) ? gm->registrations_succeeded : 0;
}

void track_gm_mark(struct gv_track *track, const struct gv_kek_life *life,
                   const struct gv_gm_obs *gm)
{
    track->mark.known = life->has_remaining && life->remaining_s > 0;
    track->mark.at = life->last_seen;
    track->mark.remaining_s = life->remaining_s;
    track->mark.rekeys = rekeys_of(gm);
    track->mark.registrations = registrations_of(gm);
}

void track_gm_compare(struct gv_track *track, const struct gv_kek_life *fresh,
                      const struct gv_gm_obs *gm)
{
    int64_t apart_s = gv_time_diff(fresh->last_seen, track->mark.at).ms / 1000;
    int64_t less_s = (int64_t)track->mark.remaining_s - fresh->remaining_s;
    bool same = fresh->has_spi || (rekeys_of(gm) == track->mark.rekeys &&
                                   registrations_of(gm) == track->mark.registrations);

    if (!track->mark.known || !same || !fresh->has_remaining || fresh->remaining_s == 0) {
        track_gm_mark(track, fresh, gm);
        return;
    }
    if (apart_s < COMPARE_AFTER_S)
        return;
    if (less_s == 0)
        track_prove(track, GV_PROOF_GM_FROZEN, fresh->remaining_s, apart_s, fresh->last_seen);
    else if (less_s >= apart_s / 2)
        track_prove(track, GV_PROOF_GM_COUNTS_DOWN, less_s, apart_s, fresh->last_seen);
    track_gm_mark(track, fresh, gm);
}

/* True where [from, to] and [expiry + early_s, expiry + late_s] share an instant. */
static bool around(struct gv_time expiry, int64_t early_s, int64_t late_s, struct gv_time from,
                   struct gv_time to)
{
    return !gv_time_before(to, gv_time_add(expiry, gv_secs(early_s))) &&
           !gv_time_before(gv_time_add(expiry, gv_secs(late_s)), from);
}

enum { WINDOW_SLACK_S = 5 };

static bool in_first_window(struct gv_time expiry, struct gv_time from, struct gv_time to)
{
    return around(expiry, -GV_GM_REREGISTER_FROM_S - WINDOW_SLACK_S,
                  -GV_GM_REREGISTER_TO_S + WINDOW_SLACK_S, from, to);
}

static bool in_second_window(struct gv_time expiry, struct gv_time from, struct gv_time to)
{
    return around(expiry, -WINDOW_SLACK_S, GV_GM_SECOND_REGISTRATION_TO_S + WINDOW_SLACK_S,
                  from, to);
}

void track_gm_registrations(struct gv_track *track, const struct gv_gm_obs *gm,
                            struct gv_when end, bool changed)
{
    struct gv_time from = track->registrations.seen_at;
    uint32_t more = gm->registrations_succeeded - track->registrations.succeeded;
    bool known = track->registrations.known &&
                 gm->registrations_succeeded >= track->registrations.succeeded;

    if (track->registrations.known && !gv_time_before(from, gm->seen_at))
        return;
    track->registrations.known = true;
    track->registrations.succeeded = gm->registrations_succeeded;
    track->registrations.seen_at = gm->seen_at;
    if (!known || more == 0 || track_frozen(track))
        return;
    if (track->registrations.first_pending)
        end = track->registrations.expiry;
    if (!end.known)
        return;
    if (changed && in_second_window(end.at, from, gm->seen_at) &&
        (track->registrations.first_pending ||
         (more >= 2 && in_first_window(end.at, from, gm->seen_at)))) {
        track->registrations.doubles++;
        track->registrations.doubled_at = gv_when(gm->seen_at);
        track->registrations.first_pending = false;
    } else if (!changed && in_first_window(end.at, from, gm->seen_at)) {
        track->registrations.first_pending = true;
        track->registrations.expiry = end;
    } else if (changed) {
        track->registrations.first_pending = false;
    }
}
