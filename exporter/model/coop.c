/* SPDX-License-Identifier: Apache-2.0 */
#include "model/coop.h"

#include <string.h>

#include "model/sync.h"

/* A claim about a device that we do not poll needs this many that make it. */
enum { WITNESSES = 2 };

/* Within this time of its birth every living KS of the group has a KEK: the COOP
 * refresh (20 s), the secondaries' timer (30 s), and slack. */
enum { COOP_SYNC_S = 60 };

static size_t most(size_t count)
{
    return count < GV_COOP_MOST ? count : GV_COOP_MOST;
}

static bool polled(const struct gv_coop_ks *list, size_t count, const char *address)
{
    for (size_t i = 0; i < count; i++)
        if ((list[i].address != NULL && strcmp(list[i].address, address) == 0) ||
            (list[i].target_address != NULL && strcmp(list[i].target_address, address) == 0))
            return true;
    return false;
}

static bool claims(const struct gv_coop_ks *ks, const char *address)
{
    size_t left = GV_COOP_MOST;

    for (const struct gv_peer_obs *peer = ks->peers; peer != NULL && left > 0;
         peer = peer->next, left--)
        if (peer->role == GV_KS_PRIMARY && peer->status != GV_KS_DEAD &&
            peer->address != NULL && strcmp(peer->address, address) == 0)
            return true;
    return false;
}

/* How many of the KSs from `first` on call the device at `address` primary; 0
 * where an earlier one does, and it has been counted there. */
static size_t witnesses(const struct gv_coop_ks *list, size_t count, size_t first,
                        const char *address)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (!claims(&list[i], address))
            continue;
        if (i < first)
            return 0;
        n++;
    }
    return n;
}

/* Primaries that only peers' words know, proven by enough of them. */
static size_t claimed_primaries(const struct gv_coop_ks *list, size_t count)
{
    size_t proven = 0;

    for (size_t i = 0; i < count; i++) {
        size_t left = GV_COOP_MOST;

        for (const struct gv_peer_obs *peer = list[i].peers; peer != NULL && left > 0;
             peer = peer->next, left--)
            if (peer->address != NULL && claims(&list[i], peer->address) &&
                !polled(list, count, peer->address) &&
                witnesses(list, count, i, peer->address) >= WITNESSES)
                proven++;
    }
    return proven;
}

/* The latest instant at which one of the KSs took its present role. */
static struct gv_time last_change(const struct gv_coop_ks *list, size_t count)
{
    struct gv_time last = list[0].track->role_since;

    for (size_t i = 1; i < count; i++)
        if (gv_time_before(last, list[i].track->role_since))
            last = list[i].track->role_since;
    return last;
}

bool gv_coop_unseen(const struct gv_coop_ks *list, size_t count)
{
    for (size_t i = 0; i < most(count); i++) {
        size_t left = GV_COOP_MOST;

        for (const struct gv_peer_obs *peer = list[i].peers; peer != NULL && left > 0;
             peer = peer->next, left--)
            if (peer->address == NULL || !polled(list, most(count), peer->address))
                return true;
    }
    return false;
}

/* Every KS that these know of is among them, and told its role: only then "no primary" can be
 * said. */
static bool complete(const struct gv_coop_ks *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].peers == NULL || list[i].track->role == GV_KS_ROLE_UNSAID)
            return false;
    return !gv_coop_unseen(list, count);
}

/* An image that tells no roles is taken to lead, which can be true of one KS only. */
static bool roles_told(const struct gv_coop_ks *list, size_t count)
{
    for (size_t i = 0; i < count && count > 1; i++)
        if (list[i].track->role_assumed)
            return false;
    return true;
}

struct gv_count gv_coop_primaries(const struct gv_coop_ks *list, size_t count)
{
    size_t primaries = 0, latest = 0;
    bool any = false, overlapping = true;
    struct gv_time change;

    count = most(count);
    if (count == 0 || !roles_told(list, count))
        return (struct gv_count){.known = false};
    change = last_change(list, count);
    for (size_t i = 0; i < count; i++) {
        const struct gv_track *track = list[i].track;

        if (gv_time_before(track->role_seen, change))
            overlapping = false;
        if (track->role != GV_KS_PRIMARY)
            continue;
        if (!any || gv_time_before(list[latest].track->role_since, track->role_since))
            latest = i;
        any = true;
    }
    /* Of the primaries, those still seen as such when the latest one took over. */
    for (size_t i = 0; any && i < count; i++)
        primaries += list[i].track->role == GV_KS_PRIMARY &&
                     !gv_time_before(list[i].track->role_seen, list[latest].track->role_since);
    primaries += claimed_primaries(list, count);
    if (primaries == 0 && (!overlapping || !complete(list, count)))
        return (struct gv_count){.known = false};
    return gv_count(primaries);
}

static bool next_is(const struct gv_track *track, const struct gv_kek_life *kek)
{
    return track->next.known && gv_kek_same(&track->next, kek) == GV_YES;
}

/* Since when that KS has its KEK, which came after the one before was last seen: a lifetime
 * that was configured since makes it look older. */
static struct gv_time had_since(const struct gv_track *track)
{
    struct gv_time since = gv_kek_life_since(&track->kek);

    if (track->previous.known && gv_time_before(since, track->previous.last_seen))
        return track->kek.first_seen;
    return since;
}

/* Who has the elder of two KEKs: the one that the other had before, else by when they came. */
static bool has_elder(const struct gv_track *a, const struct gv_track *b)
{
    if (b->previous.known && gv_kek_same(&a->kek, &b->previous) == GV_YES)
        return true;
    if (a->previous.known && gv_kek_same(&b->kek, &a->previous) == GV_YES)
        return false;
    return !gv_time_before(had_since(b), had_since(a));
}

/* For so long after a KEK was made a KS may call the one before it in use: until all KSs know
 * it, and all members were told. */
static struct gv_dur beside(const struct gv_track *track)
{
    const struct gv_rekey_policy policy =
        track->policy_known ? track->policy : gv_rekey_policy_default();

    return gv_dur_add(gv_secs(COOP_SYNC_S),
                      (struct gv_dur){(int64_t)policy.retransmits * policy.interval.ms});
}

/* Both KEKs were in use at one instant: the elder was still seen when the
 * younger had been there for long enough to reach every KS. A KS that shows the
 * other's KEK as new is not split from it, whichever it still calls in use; nor is one of whom
 * no poll came to its end since, which may have left that out. */
static bool two_keks(const struct gv_track *a, const struct gv_track *b)
{
    const struct gv_track *elder, *younger;

    if (!a->kek.known || !b->kek.known || gv_kek_same(&a->kek, &b->kek) != GV_NO ||
        next_is(a, &b->kek) || next_is(b, &a->kek))
        return false;
    elder = has_elder(a, b) ? a : b;
    younger = elder == a ? b : a;
    return !elder->partly && gv_time_before(gv_time_add(had_since(younger), beside(younger)),
                                            elder->kek.last_seen);
}

enum gv_tri gv_coop_split(const struct gv_coop_ks *list, size_t count)
{
    struct gv_count primaries = gv_coop_primaries(list, count);

    count = most(count);
    if (count == 0)
        return GV_UNKNOWN;
    if (primaries.known && primaries.n > 1)
        return GV_YES;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            if (two_keks(list[i].track, list[k].track))
                return GV_YES;
    return GV_NO;
}
