/* SPDX-License-Identifier: Apache-2.0 */
#include "model/track_parts.h"

#include <string.h>

#include "base/hash.h"

/* After expiry a KS gets this long before the rekey counts as missed. */
enum { MISSED_GRACE_S = 30 };

/* Chapter 4, item 1: a new KS has always made the successor by then. */
enum { NO_SUCCESSOR_BELOW_S = 195 };

static bool vendor_is_cisco(const struct gv_device_obs *device)
{
    return device->vendor != GV_VENDOR_JUNIPER;
}

bool gv_ks_leads(const struct gv_ks_obs *ks)
{
    if (ks->role != GV_KS_ROLE_UNSAID)
        return ks->role == GV_KS_PRIMARY;
    if (ks->redundancy_said)
        return !ks->redundancy_configured;
    return ks->peers == NULL;
}

static bool shows(const struct gv_kek_obs *row, const struct gv_kek_life *life)
{
    struct gv_kek_life shown = gv_kek_life_of(row);

    return life->known && gv_kek_same(&shown, life) == GV_YES;
}

/* It is another KEK, and was made before the one that is known. */
static bool elder(const struct gv_track *track, const struct gv_kek_obs *row)
{
    struct gv_kek_life life = gv_kek_life_of(row);

    return !shows(row, &track->kek) && gv_when_before(life.birth, track->kek.birth);
}

const struct gv_kek_obs *gv_track_in_use(const struct gv_track *track,
                                         const struct gv_kek_obs *rows)
{
    const struct gv_kek_obs *told = gv_kek_in_use(rows);

    if (told == NULL || !shows(told, &track->previous))
        return told;
    for (; rows != NULL; rows = rows->next)
        if (rows->status != GV_KEK_OLD && shows(rows, &track->kek))
            return rows;
    return told->status != GV_KEK_OLD ? told : NULL;
}

struct gv_time gv_track_last_known(const struct gv_track *track)
{
    return gv_time_before(track->kek.last_seen, track->listed) ? track->listed
                                                               : track->kek.last_seen;
}

const struct gv_kek_obs *gv_track_shown(const struct gv_track *track,
                                        const struct gv_kek_obs *rows)
{
    const struct gv_kek_obs *told = gv_track_in_use(track, rows);

    return told != NULL && elder(track, told) ? NULL : told;
}

/* The end moved later, although a countdown only falls: by more than display rounding and a
 * slow answer allow, and the countdown rose; by more than TRACK_SURELY_LATER_S even if it did
 * not. */
static bool ends_later(const struct gv_kek_life *old, const struct gv_kek_life *fresh)
{
    struct gv_when old_end = old->expiry.known ? old->expiry : old->ended_by;
    int64_t later;

    if (!old_end.known || !fresh->expiry.known)
        return false;
    later = gv_time_diff(fresh->expiry.at, old_end.at).ms - fresh->waited.ms;
    if (later > gv_secs(TRACK_SURELY_LATER_S).ms)
        return true;
    return later > gv_secs(TRACK_ROUNDING_S).ms && old->has_remaining &&
           fresh->remaining_s > old->remaining_s;
}

static bool same_kek(const struct gv_track *track, const struct gv_kek_life *fresh)
{
    const struct gv_kek_life *old = &track->kek;

    if (old->has_spi && fresh->has_spi)
        return memcmp(old->spi, fresh->spi, sizeof(old->spi)) == 0;
    if (old->has_index && fresh->has_index)
        return old->index == fresh->index;
    /* An old GM's value stands still, so its end seems to move. */
    if (track->side == GV_TRACK_GM && track->timing.proof != GV_PROOF_GM_COUNTS_DOWN &&
        old->remaining_s == fresh->remaining_s)
        return true;
    return !ends_later(old, fresh);
}

/* One TEK interval: as configured, else the longest lifetime that a TEK shows. */
static struct gv_dur tek_interval(const struct gv_group_obs *group)
{
    uint32_t longest = 0;

    if (group->ks != NULL && (group->ks->has & GV_KS_HAS_TEK_LIFETIME))
        return gv_secs(group->ks->tek_lifetime_s);
    for (const struct gv_tek_obs *tek = group->teks; tek != NULL; tek = tek->next)
        if ((tek->has & GV_TEK_HAS_LIFETIME) && tek->lifetime_s > longest)
            longest = tek->lifetime_s;
    return gv_secs(longest);
}

/* What a judged rekey of a KS proves (chapter 4, item 1). Far earlier ones are manual or policy
 * rekeys and prove nothing, nor do those that come when an old KS would long have rekeyed; one
 * that comes too late, and still before the expiry, refutes that there was none to come. */
static void prove_by_rekey(struct gv_track *track, struct gv_dur lead,
                           const struct gv_rekey_policy *policy, const struct gv_track_in *in)
{
    struct gv_dur formula = gv_rekey_lead(policy);
    struct gv_dur most = gv_dur_add(gv_rekey_tolerance(policy, gv_secs(0)).formula,
                                    gv_dur_add(formula, tek_interval(in->group)));

    if (track->verdict == GV_REKEY_TOO_LATE && track->timing.proof == GV_PROOF_KS_NO_SUCCESSOR)
        track->timing = (struct gv_timing){.proof = GV_PROOF_NONE};
    else if (track->verdict == GV_REKEY_AFTER_EXPIRY && lead.ms >= -gv_secs(MISSED_GRACE_S).ms)
        track_prove(track, GV_PROOF_KS_AFTER_EXPIRY, lead.ms < 0 ? -lead.ms / 1000 : 0, 0,
                    in->seen_at);
    else if (lead.ms >= gv_secs(GV_REKEY_GUARANTEE_S - TRACK_ROUNDING_S).ms &&
             lead.ms <= most.ms)
        track_prove(track,
                    track->verdict == GV_REKEY_EARLY ? GV_PROOF_KS_REKEYED_EARLY
                                                     : GV_PROOF_KS_REKEYED_AHEAD,
                    lead.ms / 1000, formula.ms / 1000, in->seen_at);
}

/* Only the KS that leads its group is judged, and no KS by a KEK that it made
 * because it had rebooted. Cisco's formula is not Juniper's (chapter 6). */
static bool judged(const struct gv_track *track, const struct gv_track_in *in)
{
    if (!vendor_is_cisco(in->device))
        return false;
    if (track->side == GV_TRACK_GM)
        return true;
    return track->role == GV_KS_PRIMARY && !track->rebooted;
}

/* Two KSs merged: a KEK that is older, or was made at the same instant, is no rekey of this. */
static bool another_ones(const struct gv_kek_life *old, const struct gv_kek_life *fresh)
{
    return fresh->birth.known && old->birth.known &&
           (gv_time_before(fresh->birth.at, old->birth.at) ||
            gv_kek_ends_together(fresh->birth.at, old->birth.at));
}

/* It made this KEK without a rekey: because it has started. Where SNMP has told since, its
 * uptime shows that; and then the CLI's count may be older than the KEK. */
static bool never_sent(const struct gv_kek_life *fresh, const struct gv_track_in *in)
{
    const struct gv_device_obs *device = in->device;
    const struct gv_ks_obs *ks = in->group->ks;
    bool told =
        device->has_uptime && (device->uptime_at.ms == 0 ||
                               !gv_time_before(device->uptime_at, gv_kek_life_since(fresh)));

    return ks != NULL && !told && (ks->has & GV_KS_HAS_REKEYS_SENT) && ks->rekeys_sent == 0;
}

/* The KEK before, where it is listed still, may end later than it did: the device's clock was
 * stepped since. Earlier it ends only if it is cut. */
static void see_end_again(struct gv_kek_life *old, const struct gv_kek_obs *rows)
{
    for (; rows != NULL; rows = rows->next) {
        struct gv_kek_life shown = gv_kek_life_of(rows);

        if (old->has_spi && gv_kek_same(&shown, old) == GV_YES &&
            gv_when_before(old->expiry, shown.expiry))
            old->expiry = shown.expiry;
    }
}

static void rekeyed(struct gv_track *track, const struct gv_kek_life *fresh,
                    const struct track_past *past, const struct gv_track_in *in)
{
    struct gv_rekey_policy policy = gv_rekey_policy_of(in->group, &track->told, in->override);
    struct track_birth birth =
        track_birth_of(track, fresh, track->side == GV_TRACK_GM ? in->group->gm : NULL);
    struct gv_when old_end;

    if (!judged(track, in))
        return;
    if (another_ones(&track->kek, fresh) || never_sent(fresh, in))
        return;
    if (track->side == GV_TRACK_KS)
        see_end_again(&track->kek, in->group->keks);
    track->verdict = track_judge(track, fresh, &policy, in, past, birth, &old_end);
    track->judged_at = gv_when(birth.at);
    track->lead_expected = gv_rekey_lead(&policy);
    track->lead_known = old_end.known && track->verdict != GV_REKEY_UNKNOWN;
    if (track->lead_known)
        track->lead = gv_time_diff(old_end.at, birth.at);
    if (!track->missed) /* else it is counted as missed already */
        track->counts[track->verdict]++;
    /* A birth that polls could not tell proves nothing, nor one that the clock moved. */
    if (track->side == GV_TRACK_KS && track->lead_known && !track->clock_doubt &&
        birth.unresolved.ms <= gv_secs(TRACK_SURELY_LATER_S).ms)
        prove_by_rekey(track, track->lead, &policy, in);
}

static struct gv_kek_life next_of(const struct gv_group_obs *group)
{
    for (const struct gv_kek_obs *kek = group->keks; kek != NULL; kek = kek->next)
        if (kek->status == GV_KEK_NEW)
            return gv_kek_life_of(kek);
    return (struct gv_kek_life){.known = false};
}

/* A KEK seen before, nearly over, and no successor: only the old behaviour (on a
 * sound configuration, where the lead fits into the lifetime). */
static void prove_by_no_successor(struct gv_track *track, const struct gv_kek_life *fresh,
                                  const struct gv_track_in *in)
{
    struct gv_rekey_policy policy = gv_rekey_policy_of(in->group, &track->told, in->override);

    if (in->cut || !fresh->has_remaining || fresh->remaining_s >= NO_SUCCESSOR_BELOW_S ||
        track->next.known)
        return;
    if (fresh->has_lifetime && gv_rekey_plan(gv_secs(fresh->lifetime_s), &policy).unsound)
        return;
    track_prove(track, GV_PROOF_KS_NO_SUCCESSOR, fresh->remaining_s, 0, in->seen_at);
}

/* The KEK's end, exact or the latest it can have been, has passed for long. */
static bool overdue(const struct gv_track *track, struct gv_time seen_at)
{
    const struct gv_kek_life *kek = &track->kek;
    struct gv_when end = kek->expiry.known ? kek->expiry : kek->ended_by;

    return kek->known && end.known &&
           gv_time_before(gv_time_add(end.at, gv_secs(MISSED_GRACE_S)), seen_at);
}

/* Of a KS that does not lead any more, or that has a KEK again without a rekey, the
 * last verdict is history: it counts, but does not stand. */
static void withdraw(struct gv_track *track)
{
    track->verdict = GV_REKEY_UNKNOWN;
    track->lead_known = false;
    track->judged_at.known = false;
}

static void check_missed(struct gv_track *track, const struct gv_track_in *in)
{
    if (track->side != GV_TRACK_KS || track->missed || !judged(track, in) ||
        !overdue(track, in->seen_at))
        return;
    track->missed = true;
    track->verdict = GV_REKEY_MISSED;
    track->judged_at = track->kek.birth;
    track->counts[GV_REKEY_MISSED]++;
}

/* A slow answer that shows the KEK before may be older than the sight of the present one. */
static bool overtaken(const struct gv_track *track, const struct gv_kek_life *fresh)
{
    return track->kek.known && track->previous.known &&
           gv_time_before(gv_time_sub(fresh->last_seen, fresh->waited),
                          track->kek.first_seen) &&
           gv_kek_same(fresh, &track->previous) == GV_YES;
}

/* The count is told, and the same. */
static bool unchanged(uint32_t has, uint32_t bit, uint32_t now, uint32_t before)
{
    return (has & bit) && now == before;
}

/* A member that shows no SPI, and a value that stands still, cannot show that its KEK is
 * another: unless there was no rekey and no registration, it may be. */
static bool maybe_another(const struct gv_track *track, const struct gv_kek_life *fresh,
                          const struct gv_gm_obs *gm)
{
    return track->side == GV_TRACK_GM && !fresh->has_spi && track->mark.known &&
           track->timing.proof != GV_PROOF_GM_COUNTS_DOWN &&
           !(unchanged(gm->has, GV_GM_HAS_REKEYS_RECEIVED, gm->rekeys_received,
                       track->mark.rekeys) &&
             unchanged(gm->has, GV_GM_HAS_REGISTRATIONS_SUCCEEDED, gm->registrations_succeeded,
                       track->mark.registrations));
}

/* What a KS shows as the lifetime of a KEK may be that of the next one, as configured since:
 * how long this one lives was told first. */
static void keep_lifetime(struct gv_kek_life *fresh, const struct gv_kek_life *old)
{
    if (!old->has_lifetime || !fresh->has_lifetime || old->lifetime_s == fresh->lifetime_s)
        return;
    fresh->lifetime_s = old->lifetime_s;
    if (fresh->expiry.known)
        fresh->birth = gv_when(gv_time_sub(fresh->expiry.at, gv_secs(old->lifetime_s)));
}

static void feed_kek(struct gv_track *track, const struct gv_kek_obs *kek,
                     const struct track_past *past, const struct gv_track_in *in)
{
    struct gv_kek_life fresh = gv_kek_life_of(kek);
    bool leads = track->side == GV_TRACK_KS && judged(track, in);
    bool nameless = maybe_another(track, &fresh, in->group->gm);

    if (track->kek.known && !gv_time_before(track->kek.last_seen, fresh.last_seen))
        return;
    if (overtaken(track, &fresh))
        return;
    if (track->kek.known && same_kek(track, &fresh)) {
        if (track->side == GV_TRACK_GM && vendor_is_cisco(in->device))
            track_gm_compare(track, &fresh, in->group->gm);
        if (track->side == GV_TRACK_KS)
            keep_lifetime(&fresh, &track->kek);
        if (leads)
            prove_by_no_successor(track, &fresh, in);
        gv_kek_life_see_again(&track->kek, &fresh);
        track->kek.has_spi = track->kek.has_spi && !nameless;
        track->rebooted = false;
        track->clock_doubt = false;
        track->partly = track->partly && in->cut;
        return;
    }
    if (past->next.known && gv_kek_same(&past->next, &fresh) == GV_YES)
        keep_lifetime(&fresh, &past->next);
    if (track->kek.known)
        rekeyed(track, &fresh, past, in);
    if (track->verdict == GV_REKEY_MISSED)
        withdraw(track);
    track->previous = track->kek;
    track->kek = fresh;
    track->missed = false;
    track->rebooted = false;
    track->clock_doubt = false;
    track->partly = in->cut;
    if (track->side == GV_TRACK_GM)
        track_gm_mark(track, &fresh, in->group->gm);
}

/* 0 where there is no text. */
static uint64_t hash_of(const char *text)
{
    return text != NULL ? gv_hash(GV_HASH_BEGIN, text, strlen(text)) : 0;
}

static bool fell_back(struct gv_track *track, const struct gv_device_obs *device)
{
    bool fell = device->has_uptime && track->has_uptime && device->uptime_ms < track->uptime_ms;

    if (device->has_uptime) {
        track->has_uptime = true;
        track->uptime_ms = device->uptime_ms;
    }
    return fell;
}

static bool other_software(struct gv_track *track, const struct gv_device_obs *device)
{
    uint64_t software = hash_of(device->version);
    bool other = software != 0 && track->software != 0 && software != track->software;

    if (software != 0)
        track->software = software;
    return other;
}

/* The CLI tells no uptime that is fresh: there, a count that begins anew shows the reboot. */
static bool counts_anew(struct gv_track *track, const struct gv_group_obs *group)
{
    bool anew;

    if (group->ks != NULL) {
        if (!(group->ks->has & GV_KS_HAS_REKEYS_SENT))
            return false;
        anew = group->ks->rekeys_sent < track->rekeys_sent;
        track->rekeys_sent = group->ks->rekeys_sent;
        return anew;
    }
    return (group->gm->has & GV_GM_HAS_REGISTRATIONS_SUCCEEDED) && track->registrations.known &&
           gv_time_before(track->registrations.seen_at, group->gm->seen_at) &&
           group->gm->registrations_succeeded < track->registrations.succeeded;
}

/* Nothing to come is compared with what a GM counted until now. */
static void forget_counts(struct gv_track *track)
{
    track->mark.known = false;
    track->registrations.known = false;
    track->registrations.first_pending = track->registrations.second_pending = false;
}

/* A device that rebooted may have other software: what its timing proved is void, and what
 * it counted begins anew. */
static void feed_boot(struct gv_track *track, const struct gv_track_in *in)
{
    bool fell = fell_back(track, in->device);
    bool other = other_software(track, in->device);

    if (!counts_anew(track, in->group) && !fell && !other)
        return;
    track->rebooted = track->kek.known;
    track->booted = gv_when(in->seen_at);
    track->timing = (struct gv_timing){.proof = GV_PROOF_NONE};
    forget_counts(track);
}

static void feed_role(struct gv_track *track, const struct gv_track_in *in)
{
    const struct gv_ks_obs *ks = in->group->ks;
    enum gv_ks_role role = gv_ks_leads(ks) ? GV_KS_PRIMARY : ks->role;
    bool assumed = ks->role == GV_KS_ROLE_UNSAID && !ks->redundancy_said;
    struct gv_time told_at = ks->role_at.ms != 0 ? ks->role_at : in->seen_at;

    /* One that was told stays, when only the collector that cannot tell it answers, or the poll
     * was cut before it. */
    if ((assumed || role == GV_KS_ROLE_UNSAID) && track->role != GV_KS_ROLE_UNSAID &&
        !track->role_assumed)
        return;
    if (gv_time_before(told_at, track->role_seen))
        return;
    if (track->role != role)
        track->role_since = told_at;
    track->role = role;
    track->role_assumed = assumed;
    track->role_seen = told_at;
    if (role != GV_KS_PRIMARY)
        withdraw(track);
}

/* The side this observation speaks for: a KS's where there is one. What a KS
 * says in part, without its KS side, must not be taken for a GM's view. */
static bool set_side(struct gv_track *track, const struct gv_track_in *in)
{
    enum gv_track_side side = in->group->ks != NULL ? GV_TRACK_KS : GV_TRACK_GM;

    if (in->group->ks == NULL && in->group->gm == NULL)
        return false;
    if (track->side == GV_TRACK_KS && side == GV_TRACK_GM && !in->whole)
        return false;
    if (track->side != side)
        *track = (struct gv_track){.side = side};
    return true;
}

void gv_track_doubt(struct gv_track *track)
{
    track->clock_doubt = track->kek.known;
    forget_counts(track);
    track->registrations.last_at.known = false;
}

/* It shows another KEK since it told its role: it may have got it from the one that leads now.
 * The next word of its role decides whose rekey that was. */
static bool awaits_role(const struct gv_track *track, const struct gv_ks_obs *ks,
                        const struct gv_kek_obs *kek)
{
    return ks != NULL && kek != NULL && ks->role != GV_KS_ROLE_UNSAID && ks->role_at.ms != 0 &&
           gv_time_before(ks->role_at, kek->seen_at) && track->kek.known &&
           !shows(kek, &track->kek);
}

/* Part of an answer shows nothing by what it leaves out: the KEK after it may be there, and a
 * row that was not read to its end may be that of one that is over. False where it is not to be
 * taken for the one in use. */
static bool feed_cut(struct gv_track *track, const struct gv_kek_obs *kek,
                     const struct gv_track_in *in)
{
    struct gv_rekey_policy policy = gv_rekey_policy_of(in->group, &track->told, in->override);

    if ((kek->has & GV_KEK_HAS_REMAINING) == 0 || shows(kek, &track->previous))
        return false;
    if (!shows(kek, &track->kek))
        return !elder(track, kek);
    /* From when its rekey is due on, it may be in use no more. */
    if (gv_secs(kek->remaining_s).ms > gv_rekey_lead(&policy).ms &&
        gv_time_before(track->listed, kek->seen_at))
        track->listed = kek->seen_at;
    return false;
}

void gv_track_feed(struct gv_track *track, const struct gv_track_in *in)
{
    const struct gv_group_obs *group = in->group;
    const struct gv_kek_obs *kek;
    const struct track_past past = {track->next, track->rekeys_sent};
    struct gv_kek_life next;
    struct gv_when end;
    struct gv_time first_seen;
    bool waits;

    if (!set_side(track, in))
        return;
    feed_boot(track, in);
    if (group->ks != NULL) {
        gv_rekey_told_feed(&track->told, group->ks);
        feed_role(track, in);
    }
    kek = gv_track_in_use(track, group->keks);
    waits = awaits_role(track, group->ks, kek);
    if (waits)
        kek = NULL;
    end = track->kek.expiry;
    first_seen = track->kek.first_seen;
    if (kek != NULL && in->cut && !feed_cut(track, kek, in))
        kek = NULL;
    next = next_of(group);
    if (group->ks != NULL &&
        (next.known || !in->cut || gv_kek_same(&track->next, &track->kek) == GV_YES))
        track->next = next;
    if (kek != NULL)
        feed_kek(track, kek, &past, in);
    /* As it was when the KEK to come was made, which may be in use much later. */
    if (kek != NULL && !track->next.known) {
        track->policy = gv_rekey_policy_of(group, &track->told, in->override);
        track->policy_known = true;
    }
    if (!in->cut && !waits && (kek != NULL || in->whole))
        check_missed(track, in);
    if (track->side == GV_TRACK_GM && (group->gm->has & GV_GM_HAS_REGISTRATIONS_SUCCEEDED))
        track_gm_registrations(track, group->gm, end,
                               first_seen.ms != track->kek.first_seen.ms);
}
