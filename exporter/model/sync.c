/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sync.h"

/* Between two sights of a KS, with one poll missed at the longest usual interval. */
enum { TWO_POLLS_S = 600 };

/* Since when the GM is known to hold that KEK: it is compared by its SPI where it shows one. */
static struct gv_time since(const struct gv_kek_life *gm)
{
    return gm->has_spi ? gm->spi_seen : gm->first_seen;
}

/* A KEK of the GM's that was first seen after the KS's last whole poll may be one that its next
 * will show too: surely where it ends later than what the KS showed, and else where the
 * lifetime was made shorter meanwhile. */
static enum gv_tri ahead_of(const struct gv_kek_life *gm, const struct gv_track *track)
{
    const struct gv_kek_life *ks = &track->kek, *told = track->partly ? &track->previous : ks;

    if (!gv_time_before(told->last_seen, since(gm)))
        return GV_NO;
    if (!gm->expiry.known || !ks->expiry.known)
        return GV_UNKNOWN;
    return gv_time_before(ks->expiry.at, gm->expiry.at) ? GV_YES : GV_UNKNOWN;
}

/* It was handed out from `from` on, long enough before the GM was last seen. */
static bool reached(const struct gv_kek_life *gm, struct gv_time from,
                    struct gv_dur distribution)
{
    return gv_time_before(gv_time_add(from, distribution), gm->last_seen);
}

/* It may be one that the KS had between two polls: it came after the one before, which is
 * called the one in use until all have the next. */
static bool between(const struct gv_kek_life *gm, const struct gv_kek_life *previous,
                    struct gv_dur distribution)
{
    if (gm->expiry.known && previous->expiry.known)
        return gv_time_before(previous->expiry.at, gm->expiry.at);
    return gv_time_before(gv_time_sub(previous->last_seen, distribution), since(gm));
}

/* A KEK that is newer than the KS's, and was not there before it: when two halves of a group
 * merge, a KS goes back to the older one, maybe having had this one between two polls only.
 * Then its members have it until they are told, and that is not after this. */
static bool gone_back(const struct gv_kek_life *gm, const struct gv_kek_life *ks,
                      struct gv_dur distribution)
{
    bool newer = gm->expiry.known && ks->expiry.known
                     ? gv_time_before(ks->expiry.at, gm->expiry.at)
                     : gv_time_before(ks->first_seen, since(gm));
    struct gv_dur most = gv_dur_add(distribution, gv_secs(TWO_POLLS_S));

    return newer && gv_time_diff(gm->last_seen, since(gm)).ms <= most.ms;
}

static enum gv_tri with_one(const struct gv_kek_life *gm, const struct gv_sync_ks *one,
                            bool unseen)
{
    const struct gv_kek_life *ks = &one->track->kek, *previous = &one->track->previous;
    /* A KS may come to a KEK long after that was made, when two halves of a group merge, or it
     * returns: who was seen with another before has had it since its first sight. */
    struct gv_time from = previous->known ? ks->first_seen : gv_kek_life_since(ks);
    enum gv_tri same = ks->known ? gv_kek_same(gm, ks) : GV_UNKNOWN, ahead;

    if (same != GV_NO)
        return same;
    /* While a rekey is under way, a KS may call the KEK before still in use. */
    if (one->track->next.known && gv_kek_same(gm, &one->track->next) == GV_YES)
        return GV_YES;
    ahead = ahead_of(gm, one->track);
    if (ahead != GV_NO)
        return ahead;
    if (gone_back(gm, ks, one->distribution))
        return GV_UNKNOWN;
    if (unseen && previous->known && gv_kek_same(gm, previous) == GV_NO &&
        between(gm, previous, one->distribution))
        return GV_UNKNOWN;
    if (reached(gm, from, one->distribution))
        return GV_NO;
    /* A rekey is under way: then the KEK before it is as good. */
    if (!previous->known)
        return GV_UNKNOWN;
    same = gv_kek_same(gm, previous);
    if (same != GV_NO || !reached(gm, gv_kek_life_since(previous), one->distribution))
        return same == GV_NO ? GV_UNKNOWN : same;
    return between(gm, previous, one->distribution) ? GV_UNKNOWN : GV_NO;
}

enum gv_tri gv_sync_judge(const struct gv_kek_life *gm, bool frozen,
                          const struct gv_sync_ks *list, size_t count, bool unseen)
{
    struct gv_kek_life held = *gm;
    enum gv_tri answer = GV_UNKNOWN;

    if (!gm->known)
        return GV_UNKNOWN;
    if (frozen)
        held.expiry.known = false;
    for (size_t i = 0; i < count; i++) {
        enum gv_tri one = with_one(&held, &list[i], unseen);

        if (one == GV_YES)
            return GV_YES;
        if (i == 0 || one == GV_UNKNOWN)
            answer = one;
    }
    return answer;
}
