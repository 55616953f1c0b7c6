/* SPDX-License-Identifier: Apache-2.0 */
#include "model/track_parts.h"

/* Chapter 4, item 1: two sights of a GM's KEK compare from this distance on. */
enum { COMPARE_AFTER_S = 10 };

/* By so much a slow answer may make a countdown look faster. */
enum { SLOW_ANSWER_S = 30, FALLEN_S = 5 };

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
    track->mark.known = life->has_remaining && life->remaining_s > 0 && !life->aged;
    track->mark.at = life->last_seen;
    track->mark.remaining_s = life->remaining_s;
    track->mark.lifetime_s = life->has_lifetime ? life->lifetime_s : 0;
    /* Counts that were told later may have risen since. */
    if (gv_time_before(life->last_seen, gm->seen_at))
        return;
    track->mark.rekeys = rekeys_of(gm);
    track->mark.registrations = registrations_of(gm);
}

bool gv_track_moved_on(const struct gv_track *track, const struct gv_gm_obs *gm)
{
    return gv_time_before(track->kek.last_seen, gm->seen_at) &&
           (((gm->has & GV_GM_HAS_REKEYS_RECEIVED) &&
             gm->rekeys_received != track->mark.rekeys) ||
            ((gm->has & GV_GM_HAS_REGISTRATIONS_SUCCEEDED) &&
             gm->registrations_succeeded != track->mark.registrations));
}

/* Can this sight be compared with the mark? A registration brings the same KEK again, with what
 * is left as its lifetime: then even a value that stands still falls, once; but it has not
 * fallen since. */
static bool same_life(const struct gv_track *track, const struct gv_kek_life *fresh,
                      const struct gv_gm_obs *gm)
{
    uint32_t lifetime_s = fresh->has_lifetime ? fresh->lifetime_s : 0;
    bool registered = registrations_of(gm) != track->mark.registrations;

    if (!fresh->has_spi)
        return !registered && rekeys_of(gm) == track->mark.rekeys;
    if (fresh->has_lifetime && fresh->remaining_s + FALLEN_S < lifetime_s)
        return true;
    return !registered && lifetime_s == track->mark.lifetime_s;
}

void track_gm_compare(struct gv_track *track, const struct gv_kek_life *fresh,
                      const struct gv_gm_obs *gm)
{
    int64_t apart_s = gv_time_diff(fresh->last_seen, track->mark.at).ms / 1000;
    int64_t less_s = (int64_t)track->mark.remaining_s - fresh->remaining_s;
    bool same = same_life(track, fresh, gm);

    if (fresh->aged)
        return; /* our own arithmetic: it would make any value count down */
    if (!track->mark.known || !same || !fresh->has_remaining || fresh->remaining_s == 0) {
        track_gm_mark(track, fresh, gm);
        return;
    }
    if (apart_s < COMPARE_AFTER_S)
        return;
    if (less_s == 0)
        track_prove(track, GV_PROOF_GM_FROZEN, fresh->remaining_s, apart_s, fresh->last_seen);
    else if (less_s >= apart_s / 2 && less_s <= apart_s + SLOW_ANSWER_S)
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

enum {
    WINDOW_SLACK_S = 5,
    MADE_AT_END_S = 10, /* at expiry, as whole seconds and slow answers show it */
    FORGET = 64         /* with each KEK that part of the longest life */
};

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

/* Two counts that are further apart leave room for more than one cycle; so do two with a poll
 * missing between, when the member may have been cut off from its key servers too. */
static bool counts_are_close(const struct gv_track *track, struct gv_dur apart)
{
    enum { MOST_S = 900, SLACK_S = 60 };
    int64_t before_ms = track->registrations.apart.ms;

    return apart.ms <= gv_secs(MOST_S).ms &&
           (before_ms == 0 || 2 * apart.ms <= 3 * before_ms + gv_secs(SLACK_S).ms);
}

static void count_double(struct gv_track *track, struct gv_time seen_at)
{
    track->registrations.doubles++;
    track->registrations.doubled_at = gv_when(seen_at);
}

/* The KEK that is seen now was made before `end`, that of the one before it: it ends less than
 * a KEK's life later. Then the key server rekeys ahead, and nothing around `end` was a pair. */
static bool made_ahead(const struct gv_track *track, struct gv_time end)
{
    return track->kek.expiry.known &&
           gv_time_diff(track->kek.expiry.at, end).ms <
               gv_secs((int64_t)track->registrations.longest_s - MADE_AT_END_S).ms;
}

/* A registration shortens what is shown of a KEK's life, so the longest of all counts; and a
 * shorter one that was configured since comes to count as well. */
static void learn_longest(struct gv_track *track, bool changed)
{
    uint32_t shown_s = track->kek.has_lifetime ? track->kek.lifetime_s : track->kek.remaining_s;

    if (changed)
        track->registrations.longest_s -= track->registrations.longest_s / FORGET;
    if (shown_s > track->registrations.longest_s)
        track->registrations.longest_s = shown_s;
}

/* When the GM got the KEK that is seen now, at the latest: a registration brings what is left
 * as its lifetime. */
static struct gv_time came_at(const struct gv_kek_life *kek)
{
    return kek->birth.known ? kek->birth.at : kek->first_seen;
}

/* The counts are no further apart than half of a KEK's life: else registrations for other
 * reasons have room between them. */
static bool one_cycle(const struct gv_track *track, struct gv_time from, struct gv_time to)
{
    return 2 * gv_time_diff(to, from).ms <= gv_secs(track->registrations.longest_s).ms;
}

/* What `more` registrations between two counts say of the pair around `end`. */
static void pair_up(struct gv_track *track, struct gv_when end, bool changed, uint32_t more,
                    struct gv_time from, struct gv_time to)
{
    bool first = in_first_window(end.at, from, to), second = in_second_window(end.at, from, to);
    bool pending = track->registrations.first_pending;
    bool both = more >= 2 && first && one_cycle(track, from, to);

    if (changed) {
        /* The next KEK came before the expiry: then no second registration brought it. */
        bool early =
            gv_time_before(came_at(&track->kek), gv_time_sub(end.at, gv_secs(WINDOW_SLACK_S)));

        if (second && !early && !made_ahead(track, end.at) && (pending || both))
            count_double(track, to);
        track->registrations.first_pending = false;
    } else if (pending && second) {
        track->registrations.second_pending = true;
    } else if (first) {
        track->registrations.first_pending = true;
        track->registrations.expiry = end;
    }
}

/* Came the KEK that is seen now with the second registration, and not long after it? A key
 * server that has nothing else hands out the one that has expired. */
static bool came_with_second(const struct gv_track *track)
{
    const struct gv_kek_life *kek = &track->kek;
    struct gv_time at = kek->birth.known
                            ? kek->birth.at
                            : gv_time_sub(kek->first_seen, track->registrations.apart);
    int64_t after_ms = gv_time_diff(at, track->registrations.expiry.at).ms;

    /* Before the expiry: a registration for a rekey that was lost brought it. */
    if (kek->birth.known && after_ms < -gv_secs(WINDOW_SLACK_S).ms)
        return false;
    return after_ms <= gv_secs(GV_GM_SECOND_REGISTRATION_TO_S + WINDOW_SLACK_S).ms;
}

/* Another KEK is seen: of two collectors, one may show it before or after the other has
 * counted the registration that brought it. */
static void note_change(struct gv_track *track, struct gv_when end)
{
    track->registrations.changed = true;
    track->registrations.end = end;
    /* Before its expiry: then the registration in the window brought the next one. */
    if (track->registrations.first_pending &&
        gv_time_before(track->kek.first_seen, track->registrations.expiry.at))
        track->registrations.first_pending = track->registrations.second_pending = false;
    if (!track->registrations.second_pending)
        return;
    if (came_with_second(track) && !made_ahead(track, track->registrations.expiry.at))
        count_double(track, track->registrations.seen_at);
    track->registrations.first_pending = track->registrations.second_pending = false;
}

void track_gm_registrations(struct gv_track *track, const struct gv_gm_obs *gm,
                            struct gv_when end, bool changed)
{
    struct gv_time from = track->registrations.seen_at;
    uint32_t more = gm->registrations_succeeded - track->registrations.succeeded;
    struct gv_dur apart = gv_time_diff(gm->seen_at, from);
    bool known = track->registrations.known &&
                 gm->registrations_succeeded >= track->registrations.succeeded &&
                 counts_are_close(track, apart);

    if (changed)
        note_change(track, end);
    learn_longest(track, changed);
    if (track->registrations.known && !gv_time_before(from, gm->seen_at))
        return;
    changed = track->registrations.changed;
    end = track->registrations.first_pending ? track->registrations.expiry
          : changed                          ? track->registrations.end
                                             : end;
    track->registrations.changed = false;
    /* A count that fell, or is forgotten since the device began anew, begins with one. */
    if (track->registrations.known ? more != 0 : track->registrations.last_at.known)
        track->registrations.last_at = gv_when(gm->seen_at);
    track->registrations.apart = track->registrations.known ? apart : gv_secs(0);
    track->registrations.known = true;
    track->registrations.succeeded = gm->registrations_succeeded;
    track->registrations.seen_at = gm->seen_at;
    if (!known)
        track->registrations.first_pending = track->registrations.second_pending = false;
    if (known && more > 0 && end.known && !track_frozen(track))
        pair_up(track, end, changed, more, from, gm->seen_at);
}
