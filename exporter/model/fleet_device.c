/* SPDX-License-Identifier: Apache-2.0 */
#include "model/fleet_parts.h"

#include "model/merge.h"
#include "model/version.h"

size_t fleet_groups_of(const struct gv_fleet_device *device)
{
    size_t n = 0;

    if (device->observation == NULL)
        return 0;
    for (const struct gv_group_obs *g = device->observation->groups;
         g != NULL && n < GV_GROUPS_PER_DEVICE; g = g->next)
        n++;
    return n;
}

static struct gv_count number(uint32_t has, uint32_t bit, uint64_t n)
{
    return (has & bit) ? gv_count(n) : (struct gv_count){.known = false};
}

/* The show output of a member tells no lifetime, and may be the first to show a KEK:
 * until it is told, the KEK is taken to live as long as the one before it. */
static struct gv_count lifetime_of(const struct gv_kek_obs *kek, const struct gv_track *track)
{
    if (kek->has & GV_KEK_HAS_LIFETIME)
        return gv_count(kek->lifetime_s);
    if (track->kek.has_lifetime)
        return gv_count(track->kek.lifetime_s);
    return (struct gv_count){track->previous.has_lifetime, track->previous.lifetime_s};
}

/* A poll that ended early listed only the KEK before the one that is known. */
static struct gv_kek_verdict kek_known(const struct gv_kek_life *life, bool frozen)
{
    struct gv_kek_verdict verdict = {
        .present = true,
        .has_spi = life->has_spi,
        .lifetime_s = {life->has_lifetime, life->lifetime_s},
        .frozen = frozen,
    };

    for (size_t i = 0; i < GV_KEK_SPI_LEN; i++)
        verdict.spi[i] = life->spi[i];
    if (frozen)
        verdict.frozen_remaining_s = (struct gv_count){life->has_remaining, life->remaining_s};
    else
        verdict.expiry = life->expiry.known ? life->expiry : life->ended_by;
    return verdict;
}

static struct gv_kek_verdict kek_of(const struct gv_group_obs *obs,
                                    const struct gv_track *track, bool frozen)
{
    const struct gv_kek_obs *kek = gv_track_shown(track, obs->keks);
    struct gv_kek_verdict verdict = {.present = kek != NULL};

    if (kek == NULL)
        return obs->keks != NULL ? kek_known(&track->kek, frozen) : verdict;
    verdict.has_spi = (kek->has & GV_KEK_HAS_SPI) != 0;
    for (size_t i = 0; i < GV_KEK_SPI_LEN; i++)
        verdict.spi[i] = kek->spi[i];
    verdict.lifetime_s = lifetime_of(kek, track);
    verdict.key_bits = number(kek->has, GV_KEK_HAS_KEY_BITS, kek->key_bits);
    verdict.sig_key_bits = number(kek->has, GV_KEK_HAS_SIG_KEY_BITS, kek->sig_key_bits);
    verdict.cipher = kek->cipher;
    verdict.sig_hash = kek->sig_hash;
    verdict.frozen = frozen;
    if (frozen) {
        verdict.frozen_remaining_s = number(kek->has, GV_KEK_HAS_REMAINING, kek->remaining_s);
        return verdict;
    }
    verdict.expiry.known = gv_kek_expiry(kek, &verdict.expiry.at);
    /* A slow answer makes it end later than it does; the track has heard quicker ones. */
    if (kek->waited.ms > gv_secs(2).ms && verdict.expiry.known && track->kek.expiry.known &&
        !gv_time_before(track->kek.expiry.at, gv_time_sub(verdict.expiry.at, kek->waited)))
        verdict.expiry = track->kek.expiry;
    verdict.saturated = (kek->has & GV_KEK_HAS_REMAINING) && kek->remaining_s == 0;
    if (!verdict.saturated)
        return verdict;
    /* 0 only says "some time ago": earlier polls may know when. */
    verdict.expiry = gv_when(kek->seen_at);
    if (track->kek.known)
        verdict.expiry = track->kek.expiry.known ? track->kek.expiry : track->kek.ended_by;
    return verdict;
}

/* A new GM deletes its KEK at expiry and registers again within 80 s (chapter 2,
 * item 3): until then it is between two KEKs, and the last one is known to be over. */
static struct gv_kek_verdict between_keks(const struct gv_track *track, struct gv_time seen_at)
{
    enum { SLACK_S = 10, MOST_S = GV_GM_SECOND_REGISTRATION_TO_S + SLACK_S };
    const struct gv_kek_life *last = &track->kek;

    if (!last->known || !last->expiry.known || gv_time_before(seen_at, last->expiry.at) ||
        gv_time_before(gv_time_add(last->expiry.at, gv_secs(MOST_S)), seen_at))
        return (struct gv_kek_verdict){.present = false};
    return (struct gv_kek_verdict){
        .present = true,
        .saturated = true,
        .lifetime_s = {last->has_lifetime, last->lifetime_s},
        .expiry = last->expiry,
    };
}

/* The old GM's lifetime stands still (chapter 1): by proof, or by what is known
 * of the device as long as nothing proves that it counts. */
static bool frozen(const struct gv_track *track, const struct gv_behaviour_verdict *gm)
{
    if (track->timing.proof == GV_PROOF_GM_COUNTS_DOWN)
        return false;
    return track->timing.proof == GV_PROOF_GM_FROZEN || gm->behaviour == GV_BEHAVIOUR_OLD;
}

static void fill_peers(struct fleet *fleet, struct gv_membership *row,
                       const struct gv_ks_obs *ks)
{
    size_t n = 0;

    for (const struct gv_peer_obs *p = ks->peers; p != NULL; p = p->next)
        n++;
    row->peers = fleet_alloc(fleet, n, sizeof(*row->peers));
    if (row->peers == NULL)
        return;
    for (const struct gv_peer_obs *p = ks->peers; p != NULL; p = p->next)
        row->peers[row->peer_count++] = (struct gv_peer_verdict){
            .address = p->address,
            .version = p->version,
            .role = p->role,
            .status = p->status,
            .priority = {p->has_priority, p->priority},
            .members_registered = {p->has_members_registered, p->members_registered},
        };
}

static void fill_members(struct fleet *fleet, struct gv_membership *row,
                         const struct gv_ks_obs *ks)
{
    row->members = fleet_alloc(fleet, gv_ks_members_listed(ks), sizeof(*row->members));
    if (row->members == NULL)
        return;
    for (const struct gv_member_obs *m = ks->members; m != NULL; m = m->next)
        row->members[row->member_count++] = (struct gv_member_verdict){
            .id = m->id,
            .version = m->version,
            .state = m->state,
            .ks = m->ks,
            .behaviour = gv_gdoi_version_judge(gv_text(m->version)).behaviour,
            .rekeys_sent = number(m->has, GV_MEMBER_HAS_REKEYS_SENT, m->rekeys_sent),
            .rekey_retries = number(m->has, GV_MEMBER_HAS_REKEY_RETRIES, m->rekey_retries),
            .acks_received = number(m->has, GV_MEMBER_HAS_ACKS_RECEIVED, m->acks_received),
            .acks_missed = number(m->has, GV_MEMBER_HAS_ACKS_MISSED, m->acks_missed),
        };
}

static void fill_ks(struct fleet *fleet, struct gv_membership *row, const struct gv_ks_obs *ks)
{
    row->has_ks = true;
    row->role = ks->role;
    row->status = ks->status;
    row->ks_version = ks->version;
    row->ks_address = ks->address;
    row->priority = number(ks->has, GV_KS_HAS_PRIORITY, ks->priority);
    fill_peers(fleet, row, ks);
    fill_members(fleet, row, ks);
    row->members_registered.known = gv_ks_most_members(ks, &row->members_registered.n);
}

static void fill_gm(struct gv_membership *row, const struct gv_gm_obs *gm)
{
    row->has_gm = true;
    if (gm->has & GV_GM_HAS_REGISTERED)
        row->registered = gm->registered ? GV_YES : GV_NO;
    row->registered_inferred = gm->registered_inferred;
    row->gm_version = gm->version;
    row->gm_address = gm->address;
    row->registered_with = gm->registered_with;
    if (gm->has & GV_GM_HAS_REREGISTERS_IN)
        row->reregistration_at =
            gv_when(gv_time_add(gm->seen_at, gv_secs(gm->reregisters_in_s)));
    if (gm->has & GV_GM_HAS_LAST_REKEY_AGE)
        row->last_rekey_at = gv_when(gv_time_sub(gm->seen_at, gv_secs(gm->last_rekey_age_s)));
    row->registrations_attempted =
        number(gm->has, GV_GM_HAS_REGISTRATIONS_ATTEMPTED, gm->registrations_attempted);
    row->registrations_succeeded =
        number(gm->has, GV_GM_HAS_REGISTRATIONS_SUCCEEDED, gm->registrations_succeeded);
    row->rekeys_received = number(gm->has, GV_GM_HAS_REKEYS_RECEIVED, gm->rekeys_received);
}

/* When the next rekey is due: the KS's own schedule, else the formula; an old KS
 * rekeys at expiry (chapter 1). A lead longer than the life is due at birth; a GM
 * shows the life that was left at its registration, which says nothing of that. */
static struct gv_when expected_at(const struct fleet_member *member,
                                  const struct gv_kek_verdict *kek,
                                  const struct gv_rekey_policy *policy)
{
    const struct gv_kek_obs *row = gv_track_shown(&member->learnt->track, member->obs->keks);
    enum gv_behaviour ks = member->verdict->ks_behaviour.behaviour;
    struct gv_dur lead = gv_rekey_lead(policy);

    if (row != NULL && (row->has & GV_KEK_HAS_TO_REKEY))
        return gv_when(gv_time_add(row->seen_at, gv_secs(row->to_rekey_s)));
    if (!kek->expiry.known || kek->saturated || ks == GV_BEHAVIOUR_OLD)
        return kek->expiry;
    if (member->row->rekey.unsound)
        lead = gv_secs((int64_t)kek->lifetime_s.n);
    return gv_when(gv_time_sub(kek->expiry.at, lead));
}

static void fill_rekey(struct fleet *fleet, struct gv_membership *row,
                       const struct fleet_member *member)
{
    const struct gv_track *track = &member->learnt->track;
    const struct gv_kek_verdict *kek = row->has_ks ? &row->ks_kek : &row->gm_kek;
    struct gv_rekey_verdict_row *rekey = &row->rekey;

    if (member->device->observation->device.vendor == GV_VENDOR_JUNIPER)
        return;
    rekey->policy = gv_rekey_policy_of(
        member->obs, &track->told,
        gv_group_override_find(fleet->in->overrides, fleet->in->override_count,
                               member->obs->name, member->obs->id));
    rekey->lead_expected_s = gv_count((uint64_t)gv_rekey_lead(&rekey->policy).ms / 1000);
    rekey->unsound = row->has_ks && kek->lifetime_s.known &&
                     gv_rekey_plan(gv_secs((int64_t)kek->lifetime_s.n), &rekey->policy).unsound;
    rekey->expected_at = expected_at(member, kek, &rekey->policy);
    rekey->verdict = track->verdict;
    rekey->lead_observed_known = track->lead_known;
    rekey->lead_observed = track->lead;
    rekey->judged_at = track->judged_at;
    for (size_t i = 0; i < GV_REKEY_VERDICT_COUNT; i++)
        rekey->counts[i] = track->counts[i];
}

/* The same pair may be seen by polls and told by events: it is one. */
static void fill_registrations(struct gv_membership *row, const struct gv_track *track,
                               const struct gv_heard *heard)
{
    uint64_t seen = track->registrations.doubles;
    uint64_t told = heard != NULL ? heard->signature.doubles : 0;

    row->last_registration_at = track->registrations.last_at;
    row->double_registrations = gv_count(seen > told ? seen : told);
    row->double_registrations.known =
        track->registrations.known || (heard != NULL && heard->as_gm);
    if (heard != NULL && heard->as_gm)
        row->missed_rekeys = gv_count(heard->signature.missed);
}

static void fill_membership(struct fleet *fleet, const struct fleet_member *member)
{
    const struct gv_group_obs *obs = member->obs;
    const struct gv_track *track = &member->learnt->track;
    struct gv_device_verdict *device = member->verdict;
    struct gv_membership *row = member->row;
    struct gv_tek_verdict tek = gv_tek_judge(obs->teks, fleet->in->now);

    row->heard = member->learnt->heard;
    row->name = obs->name;
    row->group_id = obs->id;
    row->type = obs->type;
    row->transport = obs->transport;
    row->transport_inferred = obs->transport_inferred;
    if (obs->gm != NULL) {
        fill_gm(row, obs->gm);
        if (!tek.present && (obs->gm->has & GV_GM_HAS_ACTIVE_TEKS))
            tek = (struct gv_tek_verdict){.present = true, .count = obs->gm->active_teks};
        fill_registrations(row, track, row->heard);
    }
    if (obs->ks != NULL) {
        fill_ks(fleet, row, obs->ks);
        row->ks_kek = kek_of(obs, track, false);
        row->ks_tek = tek;
    } else if (obs->gm != NULL) {
        row->gm_kek = kek_of(obs, track, frozen(track, &device->gm_behaviour));
        if (!row->gm_kek.present)
            row->gm_kek = between_keks(track, member->device->observation->seen_at);
        row->gm_tek = tek;
    }
    fill_rekey(fleet, row, member);
}

/* A group that was never fed to a track: nothing is known of its past. */
static const struct gv_group_track nothing_learnt;

static void fill_memberships(struct fleet *fleet, const struct gv_fleet_device *device,
                             struct gv_device_verdict *out, struct fleet_member *members)
{
    const struct gv_group_obs *obs = device->observation->groups;

    for (size_t i = 0; i < out->membership_count; i++, obs = obs->next) {
        const struct gv_group_track *learnt =
            gv_group_track_find(device->tracks, device->track_count, obs->name, obs->id);

        members[i] = (struct fleet_member){
            .device = device,
            .obs = obs,
            .learnt = learnt != NULL ? learnt : &nothing_learnt,
            .verdict = out,
            .row = &out->memberships[i],
        };
        fill_membership(fleet, &members[i]);
    }
}

static void fill_identity(struct gv_device_verdict *out, const struct gv_observation *obs)
{
    const struct gv_device_obs *device = &obs->device;
    const char *ks_version = fleet_gdoi_version(obs, true);

    out->hostname = device->hostname;
    out->version = device->version;
    out->gdoi_version = ks_version != NULL ? ks_version : fleet_gdoi_version(obs, false);
    out->vendor = device->vendor;
    out->os = device->os;
    for (const struct gv_group_obs *g = obs->groups; g != NULL; g = g->next) {
        out->is_ks = out->is_ks || g->ks != NULL;
        out->is_gm = out->is_gm || g->gm != NULL;
    }
}

static void fill_collectors(struct fleet *fleet, struct gv_device_verdict *out,
                            const struct gv_fleet_device *device)
{
    out->collectors = fleet_alloc(fleet, device->collector_count, sizeof(*out->collectors));
    if (out->collectors == NULL)
        return;
    out->collector_count = device->collector_count;
    for (size_t i = 0; i < device->collector_count; i++)
        out->collectors[i] = device->collectors[i];
}

/* What stands, and is not too old; a field that has ever done so keeps its row. */
static void fill_disagreements(struct fleet *fleet, struct gv_device_verdict *out,
                               const struct gv_fleet_device *device)
{
    const struct gv_disagreements *known = device->disagreements;
    uint32_t standing = 0;

    if (known == NULL || known->ever == 0)
        return;
    out->disagreements = fleet_alloc(fleet, known->count, sizeof(*out->disagreements));
    out->disagreed = fleet_alloc(fleet, GV_DISAGREEMENT_FIELDS, sizeof(*out->disagreed));
    if (out->disagreements == NULL || out->disagreed == NULL)
        return;
    for (size_t i = 0; i < known->count; i++) {
        const struct gv_disagreement *one = &known->list[i];

        if (!gv_disagreement_stands(known, one) ||
            gv_time_before(one->claims[0].seen_at, device->stale_before) ||
            gv_time_before(one->claims[1].seen_at, device->stale_before))
            continue;
        standing |= 1u << one->field;
        out->disagreements[out->disagreement_count++] = *one;
    }
    for (unsigned i = 0; i < GV_DISAGREEMENT_FIELDS; i++)
        if (known->ever >> i & 1)
            out->disagreed[out->disagreed_count++] =
                (struct gv_disagreed){gv_disagreement_field(i), (standing >> i & 1) != 0};
}

void fleet_device(struct fleet *fleet, const struct gv_fleet_device *device,
                  struct gv_device_verdict *out, struct fleet_member *members)
{
    out->name = device->name;
    out->address = device->address;
    out->ssh_profile = device->ssh_profile;
    out->up = device->up;
    out->events_only = device->events_only;
    fill_collectors(fleet, out, device);
    fill_disagreements(fleet, out, device);
    if (device->observation == NULL) {
        /* What a probe saw is known of a key server that tells nothing, too. */
        out->ks_behaviour = fleet_silent_behaviour(fleet, device->name, NULL, NULL);
        out->is_ks = out->ks_behaviour.evidence_count > 0;
        return;
    }
    fill_identity(out, device->observation);
    if (out->is_ks)
        out->ks_behaviour = fleet_behaviour(fleet, device, true);
    if (out->is_gm)
        out->gm_behaviour = fleet_behaviour(fleet, device, false);
    out->memberships = fleet_alloc(fleet, fleet_groups_of(device), sizeof(*out->memberships));
    if (out->memberships == NULL)
        return;
    out->membership_count = fleet_groups_of(device);
    fill_memberships(fleet, device, out, members);
}
