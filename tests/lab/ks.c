/* SPDX-License-Identifier: Apache-2.0 */
/* One key server: its keys, its rekeys, its list of members. */
#include <string.h>

#include "machine.h"

enum {
    KEK_GUARANTEE_S = 200, /* NOTE: at least so long before expiry */
    TEK_BASE_S = 90, /* fits the published outputs; of long lives it is a part, since ... */
    TEK_BASE_PERCENT = 5,   /* ... else all members register before the rekey comes */
    MEMBER_STEP = 50,       /* each 50 members ... */
    MEMBER_STEP_S = 5,      /* ... take 5 s of sending */
    MERGE_WITHIN_S = 30,    /* a KEK rekey due so soon rides along with a TEK rekey */
    REKEY_GAP_S = 30,       /* least time between two KEK rekeys of an unsound policy */
    SEND_MS_PER_MEMBER = 4, /* shown as the duration of a rekey */
};

static uint32_t member_term_s(size_t members)
{
    return MEMBER_STEP_S * (1 + (uint32_t)(members / MEMBER_STEP));
}

uint32_t lab_kek_lead_s(const struct lab_group *group, size_t members)
{
    uint32_t lead_s = KEK_GUARANTEE_S + group->retransmits * group->interval_s;

    return group->transport == LAB_UNICAST ? lead_s + member_term_s(members) : lead_s;
}

uint32_t lab_tek_lead_s(const struct lab_group *group, size_t members)
{
    uint32_t part_s = group->tek_lifetime_s * TEK_BASE_PERCENT / 100;
    uint32_t lead_s = (part_s > TEK_BASE_S ? part_s : TEK_BASE_S) +
                      group->retransmits * group->interval_s + member_term_s(members);

    return lead_s < group->tek_lifetime_s / 2 ? lead_s : group->tek_lifetime_s / 2;
}

static struct lab_kek *last_kek(struct lab_ks *ks)
{
    return ks->kek_count > 0 ? &ks->keks[ks->kek_count - 1] : NULL;
}

static struct lab_tek *last_tek(struct lab_ks *ks)
{
    return ks->tek_count > 0 ? &ks->teks[ks->tek_count - 1] : NULL;
}

static void drop_first_kek(struct lab_ks *ks)
{
    ks->kek_count--;
    memmove(&ks->keks[0], &ks->keks[1], ks->kek_count * sizeof(ks->keks[0]));
}

static void drop_first_tek(struct lab_ks *ks)
{
    ks->tek_count--;
    memmove(&ks->teks[0], &ks->teks[1], ks->tek_count * sizeof(ks->teks[0]));
}

static void make_kek(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time expiry)
{
    if (ks->kek_count == LAB_MAX_KEKS)
        drop_first_kek(ks);
    struct lab_kek *kek = &ks->keks[ks->kek_count++];
    *kek = (struct lab_kek){.index = ++ks->group->next_kek_index,
                            .born = gv_time_sub(expiry, gv_secs(ks->group->kek_lifetime_s)),
                            .expiry = expiry,
                            .lifetime_s = ks->group->kek_lifetime_s,
                            .status = LAB_KEK_IN_USE};
    lab_random_octets(fleet, kek->spi, sizeof(kek->spi));
}

static void make_tek(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time expiry)
{
    if (ks->tek_count == LAB_MAX_TEKS)
        drop_first_tek(ks);
    struct lab_tek *tek = &ks->teks[ks->tek_count++];
    *tek = (struct lab_tek){.born = gv_time_sub(expiry, gv_secs(ks->group->tek_lifetime_s)),
                            .expiry = expiry,
                            .rekey_at = LAB_NEVER,
                            .lifetime_s = ks->group->tek_lifetime_s};
    lab_random_octets(fleet, tek->spi, sizeof(tek->spi));
}

void lab_ks_first_keys(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now,
                       bool fresh)
{
    const struct lab_group *group = ks->group;
    struct gv_time start = fresh ? now : (struct gv_time){0};

    ks->kek_count = ks->tek_count = 0;
    make_kek(fleet, ks, lab_after_s(start, fresh ? group->kek_lifetime_s : group->kek_left_s));
    make_tek(fleet, ks, lab_after_s(start, fresh ? group->tek_lifetime_s : group->tek_left_s));
    ks->rekey_sequence = 0;
    ks->promote_at = ks->last_rekey_at = LAB_NEVER;
    lab_ks_schedule(ks);
}

/* When the successor of `kek` is due: by the formula, or at expiry (chapter 1). */
static struct gv_time kek_rekey_at(const struct lab_ks *ks, const struct lab_kek *kek)
{
    struct gv_time at, earliest = lab_after_s(kek->born, REKEY_GAP_S);
    uint32_t late_s = ks->device->faults.late_s;

    if (ks->device->behaviour == LAB_OLD)
        return lab_after_s(kek->expiry, late_s);
    at = gv_time_sub(kek->expiry, gv_secs(lab_kek_lead_s(ks->group, ks->member_count)));
    return lab_after_s(gv_time_before(at, earliest) ? earliest : at, late_s);
}

void lab_ks_schedule(struct lab_ks *ks)
{
    struct lab_kek *kek = last_kek(ks);
    struct lab_tek *tek = last_tek(ks);
    int64_t lead_s = lab_tek_lead_s(ks->group, ks->member_count);

    for (size_t i = 0; i < ks->tek_count; i++)
        ks->teks[i].rekey_at = LAB_NEVER;
    ks->kek_rekey_at = kek != NULL ? kek_rekey_at(ks, kek) : LAB_NEVER;
    if (tek != NULL)
        tek->rekey_at = gv_time_sub(tek->expiry, gv_secs(lead_s));
}

struct gv_time lab_ks_due(const struct lab_ks *ks)
{
    struct gv_time due = ks->promote_at;

    if (ks->role == LAB_PRIMARY) {
        due = lab_earlier(due, ks->kek_rekey_at);
        if (ks->tek_count > 0)
            due = lab_earlier(due, ks->teks[ks->tek_count - 1].rekey_at);
    }
    if (ks->kek_count > 1)
        due = lab_earlier(due, ks->keks[0].expiry);
    if (ks->tek_count > 1)
        due = lab_earlier(due, ks->teks[0].expiry);
    return lab_earlier(due, lab_coop_due(ks));
}

struct lab_member *lab_ks_member(struct lab_ks *ks, uint32_t address, bool make)
{
    size_t low = 0, high = ks->member_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ks->members[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < ks->member_count && ks->members[low].address == address)
        return &ks->members[low];
    if (!make || ks->member_count == ks->member_room)
        return NULL;
    memmove(&ks->members[low + 1], &ks->members[low],
            (ks->member_count - low) * sizeof(ks->members[0]));
    ks->member_count++;
    ks->members[low] = (struct lab_member){.address = address};
    return &ks->members[low];
}

/* How many transmissions get lost before one arrives, all of them where none does. */
static uint32_t copies_lost(struct lab_fleet *fleet, const struct lab_group *group,
                            const struct lab_gm *gm)
{
    const struct lab_faults *faults = &gm->device->faults;
    uint32_t lost = faults->lose_copies;

    while (faults->lose_ppm > 0 && lost <= group->retransmits &&
           lab_random(fleet, LAB_IMPAIR_ALWAYS - 1) < faults->lose_ppm)
        lost++;
    return lost;
}

/* One member gets the rekey, or does not: what both sides then count. */
static void push_to(struct lab_fleet *fleet, struct lab_ks *ks, struct lab_member *member,
                    const struct lab_kek *under, bool with_kek, struct gv_time now)
{
    const struct lab_group *group = ks->group;
    struct lab_gm *gm = member->gm;
    uint32_t lost_copies = gm != NULL ? copies_lost(fleet, group, gm) : 0;
    bool taken = !lab_device_silent(ks->device, now) && lost_copies <= group->retransmits &&
                 (gm == NULL || lab_gm_rekey(fleet, gm, ks, under, with_kek, now));
    uint32_t retries = taken ? lost_copies : group->retransmits;

    member->rekeys_sent++;
    if (group->transport == LAB_MULTICAST)
        return; /* no acknowledgements, and nothing known of the single member */
    member->rekey_retries += retries;
    ks->rekey_retransmits += retries;
    if (retries > ks->last_rekey_retransmits)
        ks->last_rekey_retransmits = retries;
    if (taken) {
        member->acks_received++;
        member->missed_in_row = 0;
        return;
    }
    member->acks_missed++;
    member->missed_in_row++;
}

/* rekey-behaviour, chapter 6: out after three rekeys without an acknowledgement. */
static void eject(struct lab_fleet *fleet, struct lab_ks *ks)
{
    size_t kept = 0;

    for (size_t i = 0; i < ks->member_count; i++) {
        if (ks->members[i].missed_in_row < LAB_MISSED_ACKS_TO_EJECT) {
            ks->members[kept++] = ks->members[i];
            continue;
        }
        lab_say(fleet, ks->device, "%%GDOI-4-KS_GM_EJECTED: member of group %s ejected",
                ks->group->name);
    }
    ks->member_count = kept;
}

void lab_ks_push(struct lab_fleet *fleet, struct lab_ks *ks, const struct lab_kek *under,
                 bool with_kek, struct gv_time now)
{
    bool split = lab_coop_split(ks->group, now);

    ks->rekeys_sent++;
    ks->last_rekey_at = now;
    ks->last_rekey_retransmits = 0;
    for (size_t i = 0; i < ks->member_count; i++)
        if (!split || ks->members[i].registered_with == ks)
            push_to(fleet, ks, &ks->members[i], under, with_kek, now);
    ks->last_rekey_duration_ms = ks->last_rekey_retransmits * ks->group->interval_s * 1000 +
                                 (uint32_t)ks->member_count * SEND_MS_PER_MEMBER;
    lab_say(
        fleet, ks->device,
        "%%GDOI-5-KS_SEND_%s_REKEY: Sending %s Rekey for group %s from address %s with seq # "
        "%u, %s",
        ks->group->transport == LAB_UNICAST ? "UNICAST" : "MCAST",
        ks->group->transport == LAB_UNICAST ? "Unicast" : "Multicast", ks->group->name,
        lab_dotted(ks->address).text, ks->rekey_sequence, with_kek ? "KEK" : "TEK");
    eject(fleet, ks);
}

/* The new KEK stands beside the old one until the last retransmission is out (new
 * behaviour), or takes the place of the one that has just expired (old behaviour). */
static void put_kek_beside(struct lab_ks *ks, struct gv_time now)
{
    const struct lab_group *group = ks->group;

    if (ks->device->behaviour == LAB_OLD) {
        while (ks->kek_count > 1)
            drop_first_kek(ks);
        return;
    }
    last_kek(ks)->status = LAB_KEK_NEW;
    ks->promote_at = lab_after_s(now, group->retransmits * group->interval_s + 1);
}

static void promote_kek(struct lab_ks *ks)
{
    for (size_t i = 0; i < ks->kek_count; i++)
        ks->keks[i].status = i + 1 < ks->kek_count ? LAB_KEK_OLD : LAB_KEK_IN_USE;
    ks->promote_at = LAB_NEVER;
}

/* Both kinds merge where they fall due close together (chapter 2, "merge"). */
static void rekey(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now)
{
    struct gv_time soon = lab_after_s(now, MERGE_WITHIN_S);
    bool with_kek =
        !gv_time_before(ks->device->behaviour == LAB_OLD ? now : soon, ks->kek_rekey_at);
    struct lab_tek *tek = last_tek(ks);
    bool with_tek = tek != NULL && !gv_time_before(soon, tek->rekey_at);
    struct lab_kek under = *last_kek(ks);

    if (ks->promote_at.ms != LAB_NEVER.ms)
        promote_kek(ks);
    if (with_tek)
        make_tek(fleet, ks, lab_after_s(now, ks->group->tek_lifetime_s));
    if (with_kek) {
        make_kek(fleet, ks, lab_after_s(now, ks->group->kek_lifetime_s));
        put_kek_beside(ks, now);
    }
    ks->rekey_sequence = with_kek ? 0 : ks->rekey_sequence + 1;
    lab_ks_push(fleet, ks, &under, with_kek, now);
    lab_ks_schedule(ks);
    lab_coop_share(ks, now);
}

void lab_ks_rekey(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now)
{
    if (ks->kek_count == 0)
        return;
    ks->kek_rekey_at = now;
    rekey(fleet, ks, now);
}

void lab_ks_run(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now)
{
    const struct lab_tek *tek = last_tek(ks);

    if (!gv_time_before(now, lab_coop_due(ks)))
        lab_coop_run(fleet, ks, now);
    if (!gv_time_before(now, ks->promote_at))
        promote_kek(ks);
    if (ks->role == LAB_PRIMARY && (!gv_time_before(now, ks->kek_rekey_at) ||
                                    (tek != NULL && !gv_time_before(now, tek->rekey_at))))
        rekey(fleet, ks, now);
    while (ks->kek_count > 1 && !gv_time_before(now, ks->keks[0].expiry))
        drop_first_kek(ks);
    while (ks->tek_count > 1 && !gv_time_before(now, ks->teks[0].expiry))
        drop_first_tek(ks);
}
