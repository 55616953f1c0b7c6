/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/coop.h"
#include "model/fleet_parts.h"
#include "model/sync.h"
#include "model/version.h"

/* The polled KSs of a group, as the judgements want them. */
struct ks_list {
    size_t all;   /* polled */
    size_t count; /* of them compared */
    bool unseen;  /* a peer of theirs is not among them */
    struct gv_coop_ks coop[GV_COOP_MOST];
    struct gv_sync_ks sync[GV_COOP_MOST];
};

const struct fleet_member *fleet_at(const struct fleet *fleet, const char *label,
                                    const char *address)
{
    const size_t *number =
        address != NULL ? gv_index_find(&fleet->by_address, label, address) : NULL;

    return number != NULL ? &fleet->members[*number] : NULL;
}

static void note_address(struct fleet *fleet, const char *label, const char *address,
                         const struct fleet_member *member)
{
    size_t *number;

    if (address == NULL)
        return;
    number = gv_index_add(&fleet->by_address, label, address);
    if (number == NULL)
        fleet->failed = true;
    else if (*number == GV_INDEX_NEW)
        *number = (size_t)(member - fleet->members);
}

/* A device answers to the address it is polled at, and to those it has as GM and
 * as KS. */
static void note_addresses(struct fleet *fleet, const struct fleet_group *group)
{
    for (const struct fleet_member *m = group->members; m != NULL; m = m->next) {
        note_address(fleet, group->label, m->device->address, m);
        if (m->obs->gm != NULL && m->obs->gm->address != NULL &&
            strcmp(m->obs->gm->address, m->device->address) != 0)
            note_address(fleet, group->label, m->obs->gm->address, m);
        if (m->obs->ks != NULL)
            note_address(fleet, group->label, m->obs->ks->address, m);
    }
}

static const char *label_at(struct fleet *fleet, const char *label, const char *address)
{
    const struct fleet_member *member = fleet_at(fleet, label, address);

    return member != NULL ? member->verdict->name : address;
}

static struct ks_list list_ks(const struct fleet_group *group)
{
    struct ks_list list = {.count = 0};

    for (const struct fleet_member *m = group->members; m != NULL; m = m->next) {
        if (m->obs->ks == NULL || list.all++ >= GV_COOP_MOST)
            continue;
        list.coop[list.count] = (struct gv_coop_ks){
            .address = m->obs->ks->address,
            .target_address = m->device->address,
            .track = &m->learnt->track,
            .peers = m->obs->ks->peers,
        };
        list.sync[list.count] = (struct gv_sync_ks){
            .track = &m->learnt->track,
            .distribution = gv_rekey_distribution(&m->row->rekey.policy),
        };
        list.count++;
    }
    list.unseen = list.all > list.count || gv_coop_unseen(list.coop, list.count);
    return list;
}

static enum gv_tri in_sync(const struct fleet_member *member, const struct ks_list *ks)
{
    const struct gv_membership *row = member->row;
    const struct gv_track *track = &member->learnt->track;
    enum gv_tri answer;
    /* Of a member that is neither old nor new yet, the value may stand still. */
    bool frozen =
        row->gm_kek.frozen || member->verdict->gm_behaviour.behaviour == GV_BEHAVIOUR_UNKNOWN;

    if (!row->has_gm || row->has_ks || ks->count == 0)
        return GV_UNKNOWN;
    if (!row->gm_kek.present && row->registered == GV_NO)
        return GV_NO;
    /* What is fresh of it may be all but its KEK. */
    if (!row->gm_kek.present ||
        gv_time_before(gv_track_last_known(track), member->device->stale_before))
        return GV_UNKNOWN;
    answer = gv_sync_judge(&track->kek, frozen, ks->sync, ks->count, ks->unseen);
    return answer == GV_NO && gv_track_moved_on(track, member->obs->gm) ? GV_UNKNOWN : answer;
}

static void fill_rows(struct fleet *fleet, const struct fleet_group *group,
                      const struct ks_list *ks)
{
    for (const struct fleet_member *m = group->members; m != NULL; m = m->next) {
        struct gv_membership *row = m->row;

        row->group = group->label;
        row->kek_in_sync = in_sync(m, ks);
        row->rekey.published =
            m->device->observation->device.vendor != GV_VENDOR_JUNIPER &&
            !m->device->events_only &&
            (row->has_ks || (row->has_gm && ks->all == 0 && !group->ks_known));
        for (size_t i = 0; i < row->peer_count; i++)
            row->peers[i].ks = label_at(fleet, group->label, row->peers[i].address);
    }
}

/* A GM listed by a KS and polled by us is one GM: what polling knows of it counts,
 * with the KS's word where that is not enough. */
static void name_listed(struct fleet *fleet, const struct fleet_group *group,
                        const struct fleet_member *ks, struct gv_member_verdict *listed)
{
    const struct fleet_member *polled = fleet_at(fleet, group->label, listed->id);

    listed->gm = listed->id;
    listed->monitored =
        listed->id != NULL && gv_index_find(&fleet->by_target, listed->id, NULL) != NULL;
    if (polled == NULL)
        return;
    listed->gm = polled->verdict->name;
    if (polled->row->has_gm)
        fleet_listed(fleet, polled, ks->verdict->name, listed->version);
    if (polled->verdict->gm_behaviour.behaviour != GV_BEHAVIOUR_UNKNOWN)
        listed->behaviour = polled->verdict->gm_behaviour.behaviour;
}

static void count_one(struct gv_interop_members *members, enum gv_behaviour behaviour)
{
    if (behaviour == GV_BEHAVIOUR_NEW)
        members->fresh++;
    else if (behaviour == GV_BEHAVIOUR_OLD)
        members->old++;
    else
        members->unknown++;
}

/* Count the GMs that KSs list and nobody polls, each once; of them into *unmonitored those
 * that are no target at all. */
static void count_listed(struct fleet *fleet, const struct fleet_group *group,
                         const struct fleet_member *ks, struct gv_index *seen,
                         struct gv_interop_members *members, uint64_t *unmonitored)
{
    for (size_t i = 0; i < ks->row->member_count && !fleet->failed; i++) {
        struct gv_member_verdict *listed = &ks->row->members[i];
        const struct fleet_member *polled = fleet_at(fleet, group->label, listed->id);
        size_t *place;

        name_listed(fleet, group, ks, listed);
        if (listed->id == NULL || (polled != NULL && polled->row->has_gm))
            continue;
        place = gv_index_add(seen, listed->id, NULL);
        if (place == NULL) {
            fleet->failed = true;
            return;
        }
        if (*place == GV_INDEX_NEW) {
            count_one(members, listed->behaviour);
            *unmonitored += !listed->monitored;
        }
        *place = 0;
    }
}

static struct gv_interop_members
count_members(struct fleet *fleet, const struct fleet_group *group, uint64_t *unmonitored)
{
    struct gv_interop_members members = {0, 0, 0};
    struct gv_index seen = gv_index(&fleet->scratch, fleet->in->seed);

    for (const struct fleet_member *m = group->members; m != NULL; m = m->next)
        count_listed(fleet, group, m, &seen, &members, unmonitored);
    for (const struct fleet_member *m = group->members; m != NULL; m = m->next)
        if (m->row->has_gm)
            count_one(&members, m->verdict->gm_behaviour.behaviour);
    return members;
}

/* The mismatch in two sentences, with the size of the storm. */
static const char *mismatch_text(struct fleet *fleet, const struct gv_interop_members *members)
{
    gv_buf_reset(&fleet->text);
    gv_buf_add_str(&fleet->text, "Members with the new behaviour: ");
    gv_buf_add_u64(&fleet->text, members->fresh);
    gv_buf_add_str(&fleet->text, "; this key server rekeys only when the KEK expires, so they "
                                 "cause ");
    gv_buf_add_u64(&fleet->text, gv_interop_storm(members->fresh));
    gv_buf_add_str(&fleet->text, " registrations within about 270 s in every KEK lifetime. "
                                 "Upgrade the key servers to 15.2(1)T, 15.2(1)S or IOS-XE 3.5S "
                                 "or later.");
    return fleet_sentence(fleet);
}

static struct gv_interop_verdict interop_of(struct fleet *fleet, const char *ks,
                                            const struct gv_behaviour_verdict *behaviour,
                                            const struct gv_interop_members *members)
{
    enum gv_behaviour told = behaviour->behaviour;
    struct gv_interop_verdict verdict = {
        .ks = ks,
        .outcome = gv_interop_judge_group(told, members),
        .ks_behaviour = told,
        .ks_verdict = behaviour,
        .members_new = members->fresh,
        .members_old = members->old,
        .members_unknown = members->unknown,
    };

    if (verdict.outcome == GV_INTEROP_MISMATCH) {
        verdict.registrations_per_cycle = gv_interop_storm(members->fresh);
        verdict.text = mismatch_text(fleet, members);
        return verdict;
    }
    verdict.text = gv_interop_text(told, verdict.outcome == GV_INTEROP_OK ? GV_BEHAVIOUR_NEW
                                         : verdict.outcome == GV_INTEROP_INFORMATIONAL
                                             ? GV_BEHAVIOUR_OLD
                                             : GV_BEHAVIOUR_UNKNOWN);
    return verdict;
}

/* The target at that address, else the address. */
static const char *ks_label(const struct fleet *fleet, const struct fleet_group *group,
                            const char *address)
{
    const struct fleet_member *member = fleet_at(fleet, group->label, address);

    if (member != NULL)
        return member->verdict->name;
    for (size_t i = 0; i < fleet->in->device_count; i++)
        if (strcmp(fleet->in->devices[i].address, address) == 0)
            return fleet->in->devices[i].name;
    return address;
}

static bool listed(const struct gv_group_verdict *out, const char *ks)
{
    for (size_t i = 0; i < out->interop_count; i++)
        if (strcmp(out->interop[i].ks, ks) == 0)
            return true;
    return false;
}

/* A key server that told us nothing, where a member or a probe tells of it; gm: whose count of
 * registrations says something of it, or NULL. */
static void add_silent_ks(struct fleet *fleet, const char *name, const char *address,
                          const struct fleet_member *gm,
                          const struct gv_interop_members *members,
                          struct gv_group_verdict *out)
{
    struct gv_behaviour_verdict *behaviour;

    if (listed(out, name) || out->interop_count == out->ks_count + GV_COOP_MOST)
        return;
    behaviour = fleet_alloc(fleet, 1, sizeof(*behaviour));
    if (behaviour == NULL)
        return;
    *behaviour = fleet_silent_behaviour(fleet, name, address, gm);
    if (behaviour->behaviour != GV_BEHAVIOUR_UNKNOWN)
        out->interop[out->interop_count++] = interop_of(fleet, name, behaviour, members);
}

static void add_blamed(struct fleet *fleet, const struct fleet_group *group,
                       struct fleet_blame blame, const struct fleet_member *gm,
                       const struct gv_interop_members *members, struct gv_group_verdict *out)
{
    if (blame.device != NULL)
        add_silent_ks(fleet, blame.device->name, blame.device->address, gm, members, out);
    else if (blame.address != NULL)
        add_silent_ks(fleet, ks_label(fleet, group, blame.address), blame.address, gm, members,
                      out);
}

/* The key servers whose doing it is what this member counts of its registrations, and what its
 * events tell. */
static void add_ks_of(struct fleet *fleet, const struct fleet_group *group,
                      const struct fleet_member *gm, const struct gv_interop_members *members,
                      struct gv_group_verdict *out)
{
    const char *address = gm->row->registered_with;
    const struct gv_when doubled_at = gm->learnt->track.registrations.doubled_at;

    if (address != NULL && doubled_at.known)
        add_blamed(fleet, group, fleet_blame(fleet, gm->learnt, address, doubled_at), gm,
                   members, out);
    add_blamed(fleet, group, fleet_heard_blame(fleet, gm->learnt), NULL, members, out);
}

static void fill_interop(struct fleet *fleet, const struct fleet_group *group,
                         struct gv_group_verdict *out)
{
    uint64_t unmonitored = 0;
    struct gv_interop_members members = count_members(fleet, group, &unmonitored);

    out->unmonitored = (struct gv_count){out->ks_count > 0, unmonitored};
    out->gm_count = members.fresh + members.old + members.unknown;
    out->interop = fleet_alloc(fleet, out->ks_count + GV_COOP_MOST, sizeof(*out->interop));
    if (out->interop == NULL)
        return;
    for (const struct fleet_member *m = group->members; m != NULL; m = m->next)
        if (m->obs->ks != NULL)
            out->interop[out->interop_count++] =
                interop_of(fleet, m->verdict->name, &m->verdict->ks_behaviour, &members);
    for (const struct fleet_member *m = group->members; m != NULL; m = m->next)
        add_ks_of(fleet, group, m, &members, out);
    for (const struct fleet_probe *p = group->probes; p != NULL; p = p->next)
        add_silent_ks(fleet, ks_label(fleet, group, p->address), p->address, NULL, &members,
                      out);
}

void fleet_group(struct fleet *fleet, struct fleet_group *group, struct gv_group_verdict *out)
{
    struct ks_list ks = list_ks(group);

    out->group = group->label;
    out->name = group->name;
    out->group_id = group->id;
    out->ks_count = ks.all;
    out->primaries = gv_coop_primaries(ks.coop, ks.count);
    out->split = gv_coop_split(ks.coop, ks.count);
    note_addresses(fleet, group);
    fill_rows(fleet, group, &ks);
    fill_interop(fleet, group, out);
}
