/* SPDX-License-Identifier: Apache-2.0 */
/* One rekey judged, and everything for which it is not: whoever is accused did it. */
#include "model/track_parts.h"

/* What a slow answer leaves open; display rounding is counted already. */
static struct gv_dur slow(const struct gv_kek_life *life)
{
    return life->waited.ms > gv_secs(TRACK_ROUNDING_S).ms ? life->waited : gv_secs(0);
}

struct track_birth track_birth_of(const struct gv_track *track, const struct gv_kek_life *fresh,
                                  const struct gv_gm_obs *gm)
{
    struct gv_dur half = {gv_time_diff(fresh->first_seen, track->kek.last_seen).ms / 2};
    struct track_birth birth = {gv_time_sub(fresh->first_seen, half), half};

    if (fresh->birth.known)
        return (struct track_birth){fresh->birth.at, slow(fresh)};
    /* A GM without a lifetime may tell how long ago the one rekey came. */
    if (gm != NULL && track->mark.known && (gm->has & GV_GM_HAS_LAST_REKEY_AGE) &&
        (gm->has & GV_GM_HAS_REKEYS_RECEIVED) && gm->rekeys_received == track->mark.rekeys + 1)
        return (struct track_birth){gv_time_sub(gm->seen_at, gv_secs(gm->last_rekey_age_s)),
                                    gv_secs(1)};
    return birth;
}

/* Another KEK may have lived unseen between the two for longer than `span`: none did where the
 * fresh one is told to be the next. */
static bool unseen_for(const struct gv_track *track, const struct gv_kek_life *fresh,
                       struct gv_time birth, struct gv_dur span)
{
    const struct gv_kek_life *old = &track->kek;

    if (old->has_index && fresh->has_index && fresh->index == old->index + 1)
        return false;
    return gv_time_diff(birth, gv_track_last_known(track)).ms > span.ms;
}

/* How long one between lives until it is rekeyed by the formula, at least: the lifetime may
 * have been configured anew before it or after. Where none is told, it is at least what was
 * seen to be left. */
static struct gv_dur between_lives(const struct gv_track *track,
                                   const struct gv_kek_life *fresh,
                                   const struct gv_rekey_policy *policy)
{
    const struct gv_kek_life *old = &track->kek;
    uint32_t left_s =
        old->remaining_s > fresh->remaining_s ? old->remaining_s : fresh->remaining_s;
    uint32_t lifetime_s = fresh->has_lifetime ? fresh->lifetime_s : left_s;

    if (old->has_lifetime && fresh->has_lifetime && old->lifetime_s < lifetime_s)
        lifetime_s = old->lifetime_s;
    return gv_rekey_plan(gv_secs(lifetime_s), policy).rekey_at;
}

/* True where one may have: then the distance of the two is no lead. It may have been there for
 * all retransmissions while the old one was still called the one in use. */
static bool skipped_one(const struct gv_track *track, const struct gv_kek_life *fresh,
                        struct gv_time birth, const struct gv_rekey_policy *policy)
{
    return unseen_for(track, fresh, birth,
                      (struct gv_dur){between_lives(track, fresh, policy).ms -
                                      policy->interval.ms * policy->retransmits -
                                      gv_rekey_tolerance(policy, gv_secs(0)).base.ms});
}

/* The device still lists a KEK that lived between the two, and is no elder one. */
static bool lists_another(const struct gv_kek_life *old, const struct gv_kek_life *fresh,
                          const struct gv_kek_obs *rows)
{
    for (; rows != NULL; rows = rows->next) {
        struct gv_kek_life life = gv_kek_life_of(rows);

        if (gv_kek_same(&life, old) == GV_NO && gv_kek_same(&life, fresh) == GV_NO &&
            gv_when_before(life.expiry, fresh->expiry) &&
            !gv_when_before(life.birth, old->birth))
            return true;
    }
    return false;
}

/* A registration makes a KEK look younger than it is, never older: so a GM's
 * view clears its KS, but accuses it only where no registration came between. */
static bool gm_may_accuse(const struct gv_track *track, const struct gv_kek_life *fresh,
                          const struct gv_gm_obs *gm)
{
    if (track->registrations.known && (gm->has & GV_GM_HAS_REGISTRATIONS_SUCCEEDED))
        return gm->registrations_succeeded == track->registrations.succeeded;
    return track->kek.has_lifetime && fresh->has_lifetime &&
           track->kek.lifetime_s == fresh->lifetime_s;
}

/* False where a KS may rekey behind the formula as we know it, within the guarantee: N and R
 * are IOS's defaults for lack of any word, or the lead is longer than the life. */
static bool bound_by_formula(const struct gv_kek_life *old,
                             const struct gv_rekey_policy *policy)
{
    return !policy->retransmits_assumed &&
           !(old->has_lifetime && gv_rekey_plan(gv_secs(old->lifetime_s), policy).unsound);
}

/* It sent more than the rekey that brought this KEK: one of them may have brought another. */
static bool sent_more(const struct track_past *past, const struct gv_ks_obs *ks)
{
    return ks != NULL && (ks->has & GV_KS_HAS_REKEYS_SENT) && past->rekeys_sent > 0 &&
           ks->rekeys_sent > past->rekeys_sent + 1;
}

/* It would be older than the KEK before it was in use, with all retransmissions, and was not
 * seen beside it: a lifetime that was configured since is shown as its own, or the clock was
 * stepped. */
static bool looks_older(const struct gv_track *track, const struct gv_kek_life *fresh,
                        const struct gv_kek_life *next)
{
    const struct gv_rekey_policy *policy = &track->policy;
    int64_t beside_ms = policy->interval.ms * policy->retransmits +
                        gv_rekey_tolerance(policy, slow(fresh)).base.ms;

    return track->side == GV_TRACK_KS && track->policy_known && !policy->retransmits_assumed &&
           fresh->birth.known && !(next->known && gv_kek_same(next, fresh) == GV_YES) &&
           gv_time_diff(track->kek.last_seen, fresh->birth.at).ms > beside_ms;
}

/* It took over, as far as its role was told, when that KEK may have been there already: whose
 * it is cannot be known. */
static bool maybe_inherited(const struct gv_track *track, struct track_birth birth)
{
    struct gv_time earliest = gv_time_sub(birth.at, birth.unresolved);

    return track->side == GV_TRACK_KS &&
           gv_time_before(gv_time_add(earliest, gv_secs(TRACK_ROUNDING_S)), track->role_since);
}

/* Nothing tells that it is the next one, and polls were missing for half of a KEK's life: then
 * the rekey that was due may have been in time, and a later one by hand. */
static bool maybe_by_hand(const struct gv_track *track, const struct gv_kek_life *fresh,
                          struct gv_time birth, const struct gv_rekey_policy *policy,
                          const struct track_past *past, const struct gv_ks_obs *ks)
{
    if (ks == NULL || !fresh->has_lifetime ||
        ((ks->has & GV_KS_HAS_REKEYS_SENT) && (past->rekeys_sent > 0 || ks->rekeys_sent <= 1)))
        return false;
    return unseen_for(track, fresh, birth,
                      (struct gv_dur){between_lives(track, fresh, policy).ms / 2});
}

/* A poll that ended early left out the count that would show that it has booted, and made its
 * KEK for that. */
static bool maybe_booted(const struct track_past *past, const struct gv_track_in *in)
{
    const struct gv_ks_obs *ks = in->group->ks;

    return ks != NULL && in->cut && past->rekeys_sent > 0 && !in->device->has_uptime &&
           (ks->has & GV_KS_HAS_REKEYS_SENT) == 0;
}

/* Bounds that are wide for lack of polls clear no key server, and accuse nobody of more than
 * holds at both of them. */
static bool sure(const struct gv_track *track, struct gv_dur lead, struct gv_dur unresolved,
                 const struct gv_rekey_policy *policy, enum gv_rekey_verdict verdict)
{
    struct gv_dur slowness = slow(&track->kek);

    if (verdict == GV_REKEY_ON_TIME)
        return track->side == GV_TRACK_GM;
    return gv_rekey_judge((struct gv_dur){lead.ms - unresolved.ms}, policy, slowness) ==
           gv_rekey_judge(gv_dur_add(lead, unresolved), policy, slowness);
}

/* The policy may have changed between the rekey and now. What was uncertain in it calls nothing
 * in time that came early. */
static bool was_on_time(const struct gv_track *track, struct gv_dur lead,
                        struct gv_dur unresolved, enum gv_rekey_verdict verdict)
{
    struct gv_rekey_policy before = track->policy;

    if (!track->policy_known)
        return false;
    if (verdict == GV_REKEY_LATE)
        return gv_rekey_harmless(gv_rekey_judge(lead, &before, unresolved));
    if (verdict != GV_REKEY_EARLY || before.retransmits_assumed || before.members_assumed)
        return false;
    before.members_uncertain = 0;
    return gv_rekey_judge(lead, &before, unresolved) == GV_REKEY_ON_TIME;
}

enum gv_rekey_verdict track_judge(const struct gv_track *track, const struct gv_kek_life *fresh,
                                  const struct gv_rekey_policy *policy,
                                  const struct gv_track_in *in, const struct track_past *past,
                                  struct track_birth birth, struct gv_when *old_end)
{
    enum gv_rekey_verdict verdict;
    const struct gv_gm_obs *gm = track->side == GV_TRACK_GM ? in->group->gm : NULL;
    struct gv_dur lead;

    *old_end = track->kek.expiry;
    if (track_frozen(track) || maybe_inherited(track, birth) ||
        looks_older(track, fresh, &past->next) || skipped_one(track, fresh, birth.at, policy) ||
        lists_another(&track->kek, fresh, in->group->keks))
        return GV_REKEY_UNKNOWN;
    if (!old_end->known && !track->kek.ended_by.known)
        return GV_REKEY_UNKNOWN;
    lead = gv_time_diff(old_end->known ? old_end->at : track->kek.ended_by.at, birth.at);
    verdict = gv_rekey_judge(lead, policy, gv_dur_add(birth.unresolved, slow(&track->kek)));
    if (birth.unresolved.ms > gv_secs(TRACK_SURELY_LATER_S).ms &&
        !sure(track, lead, birth.unresolved, policy, verdict))
        return GV_REKEY_UNKNOWN;
    if (was_on_time(track, lead, birth.unresolved, verdict))
        verdict = GV_REKEY_ON_TIME;
    if (verdict == GV_REKEY_LATE && !bound_by_formula(&track->kek, policy))
        verdict = GV_REKEY_ON_TIME;
    if (verdict != GV_REKEY_ON_TIME && maybe_booted(past, in))
        return GV_REKEY_UNKNOWN;
    /* Without the exact end, the lead is only known to be no longer than this. */
    if (!old_end->known && verdict != GV_REKEY_AFTER_EXPIRY)
        return GV_REKEY_UNKNOWN;
    if (gm != NULL && !gv_rekey_harmless(verdict) && !gm_may_accuse(track, fresh, gm))
        return GV_REKEY_UNKNOWN;
    if (!gv_rekey_harmless(verdict) &&
        (track->clock_doubt || sent_more(past, in->group->ks) ||
         maybe_by_hand(track, fresh, birth.at, policy, past, in->group->ks)))
        return GV_REKEY_UNKNOWN;
    return verdict;
}
