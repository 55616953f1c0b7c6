/* SPDX-License-Identifier: Apache-2.0 */
/* One group member: what it holds, when it registers again, what it takes of a rekey. */
#include <string.h>

#include "machine.h"

enum {
    WINDOW_OPEN_S = 190, /* rekey-behaviour, chapter 2: [expiry-190, expiry-40], */
    WINDOW_SPAN_S = 150,
    AFTER_SPAN_S = 80, /* then [expiry, expiry+80] */
    TEK_LEAD_LEAST_S = 60,
    TEK_LEAD_PERCENT = 5,
    TEK_JITTER_S = 4,
    RETRY_LEAST_S = 10, /* after a registration that no KS answered */
    RETRY_SPAN_S = 10,
};

/* first + 0..span seconds, in steps of a millisecond. */
static struct gv_time within(struct lab_fleet *fleet, struct gv_time first, uint32_t span_s)
{
    return (struct gv_time){first.ms + lab_random(fleet, span_s * 1000)};
}

static const struct lab_tek *last_tek(const struct lab_gm *gm)
{
    return gm->tek_count > 0 ? &gm->teks[gm->tek_count - 1] : NULL;
}

/* Chapter 2, rules 2 and 3. Old members keep no KEK timer at all. */
static void schedule_kek(struct lab_fleet *fleet, struct lab_gm *gm, struct gv_time now)
{
    struct gv_time open = gv_time_sub(gm->kek.expiry, gv_secs(WINDOW_OPEN_S));

    if (gm->device->behaviour == LAB_OLD)
        gm->kek_register_at = LAB_NEVER;
    else if (gv_time_before(now, open))
        gm->kek_register_at = within(fleet, open, WINDOW_SPAN_S);
    else if (!gv_time_before(now, gm->kek.expiry)) /* its server gives what is over */
        gm->kek_register_at = within(fleet, lab_after_s(now, RETRY_LEAST_S), RETRY_SPAN_S);
    else
        gm->kek_register_at = within(fleet, gm->kek.expiry, AFTER_SPAN_S);
}

static void schedule_tek(struct lab_fleet *fleet, struct lab_gm *gm, struct gv_time now)
{
    const struct lab_tek *tek = last_tek(gm);
    struct gv_time at;
    int64_t lead_s;

    gm->tek_register_at = LAB_NEVER;
    if (tek == NULL)
        return;
    lead_s = (int64_t)tek->lifetime_s * TEK_LEAD_PERCENT / 100;
    if (lead_s < TEK_LEAD_LEAST_S)
        lead_s = TEK_LEAD_LEAST_S;
    at = gv_time_sub(tek->expiry, gv_secs(lead_s + TEK_JITTER_S));
    if (!gv_time_before(now, tek->expiry)) /* clocks were stepped: its server gives no other */
        at = lab_after_s(now, RETRY_LEAST_S);
    else if (!gv_time_before(now, at))
        at = tek->expiry;
    gm->tek_register_at = within(fleet, at, TEK_JITTER_S);
}

static void forget_first_tek(struct lab_gm *gm)
{
    gm->tek_count--;
    memmove(&gm->teks[0], &gm->teks[1], gm->tek_count * sizeof(gm->teks[0]));
}

static void take_tek(struct lab_gm *gm, const struct lab_tek *theirs, struct gv_time now)
{
    for (size_t i = 0; i < gm->tek_count; i++)
        if (memcmp(gm->teks[i].spi, theirs->spi, LAB_TEK_SPI_LEN) == 0)
            return;
    if (!gv_time_before(now, theirs->expiry))
        return;
    if (gm->tek_count == LAB_MAX_TEKS)
        forget_first_tek(gm);
    gm->teks[gm->tek_count] = *theirs;
    gm->teks[gm->tek_count].born = now;
    gm->teks[gm->tek_count].lifetime_s = lab_left_s(theirs->expiry, now);
    gm->tek_count++;
    gm->dark_since = LAB_NEVER;
}

/* Install the KEK with the life it has left; the one before it stays until it expires. */
static void take_kek(struct lab_gm *gm, const struct lab_kek *theirs, struct gv_time now)
{
    bool same = gm->has_kek && memcmp(gm->kek.spi, theirs->spi, LAB_KEK_SPI_LEN) == 0;

    if (gm->has_kek && !same) {
        gm->previous = gm->kek;
        gm->previous.status = LAB_KEK_OLD;
        gm->has_previous = gv_time_before(now, gm->previous.expiry);
    }
    gm->kek = *theirs;
    gm->kek.born = now;
    gm->kek.lifetime_s = lab_left_s(theirs->expiry, now);
    gm->kek.status = LAB_KEK_IN_USE;
    gm->has_kek = true;
    gm->kek_expired = false;
}

static void take_all(struct lab_fleet *fleet, struct lab_gm *gm, const struct lab_ks *ks,
                     bool with_kek, struct gv_time now)
{
    if (with_kek) {
        take_kek(gm, lab_ks_newest_kek(ks), now);
        schedule_kek(fleet, gm, now);
    }
    for (size_t i = 0; i < ks->tek_count; i++)
        take_tek(gm, &ks->teks[i], now);
    schedule_tek(fleet, gm, now);
}

/* The KS notes the member; its linked peers learn it by COOP. */
static void enlist(struct lab_gm *gm, struct lab_ks *ks, struct gv_time now)
{
    const struct lab_group *group = ks->group;

    for (size_t i = 0; i < group->server_count; i++) {
        struct lab_ks *at = group->servers[i];
        if (at != ks && !lab_coop_linked(ks, at, now))
            continue;
        struct lab_member *member = lab_ks_member(at, gm->address, true);
        if (member == NULL)
            continue;
        member->version = gm->device->gdoi_version;
        member->gm = gm;
        member->registered_with = ks;
        member->registered_at = now;
        member->missed_in_row = 0;
        lab_ks_schedule(at);
    }
    ks->registrations++;
}

void lab_gm_begin(struct lab_fleet *fleet, struct lab_gm *gm, struct lab_ks *ks,
                  struct gv_time now)
{
    enlist(gm, ks, now);
    gm->registered_with = ks;
    gm->registrations_attempted = gm->registrations_succeeded = 1;
    gm->last_rekey_at = gm->dark_since = LAB_NEVER;
    take_all(fleet, gm, ks, true, now);
    gm->kek.lifetime_s = ks->group->kek_lifetime_s;
    for (size_t i = 0; i < gm->tek_count; i++)
        gm->teks[i].lifetime_s = ks->group->tek_lifetime_s;
}

/* What a member logs of a registration that was answered. */
static void say_registered(struct lab_fleet *fleet, const struct lab_gm *gm,
                           const struct lab_ks *ks)
{
    struct lab_dotted server = lab_dotted(ks->address), own = lab_dotted(gm->address);

    lab_say(fleet, gm->device, "%%GDOI-5-SA_KEK_UPDATED: SA KEK was updated");
    lab_say(fleet, gm->device, "%%GDOI-5-SA_TEK_UPDATED: SA TEK was updated");
    lab_say(fleet, gm->device,
            "%%GDOI-5-GM_REGS_COMPL: Registration to KS %s complete for group %s using address "
            "%s fvrf default ivrf default",
            server.text, gm->group->name, own.text);
    lab_say(fleet, gm->device,
            "%%GDOI-5-GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation of Reg/Rekey policies "
            "from KS %s for group %s & gm identity %s fvrf default ivrf default",
            server.text, gm->group->name, own.text);
}

static bool try_server(struct lab_fleet *fleet, struct lab_gm *gm, struct lab_ks *ks,
                       struct gv_time now)
{
    struct lab_dotted server = lab_dotted(ks->address), own = lab_dotted(gm->address);

    gm->registrations_attempted++;
    lab_say(fleet, gm->device,
            "%%CRYPTO-5-GM_REGISTER: Start registration to KS %s for group %s using address %s "
            "fvrf default ivrf default",
            server.text, gm->group->name, own.text);
    if (lab_device_silent(ks->device, now) || ks->kek_count == 0)
        return false;
    gm->registrations_succeeded++;
    gm->registered_with = ks;
    enlist(gm, ks, now);
    take_all(fleet, gm, ks, true, now);
    say_registered(fleet, gm, ks);
    return true;
}

/* The servers in turn, the last used one first; again in a while where none answers. */
static void register_again(struct lab_fleet *fleet, struct lab_gm *gm, struct gv_time now)
{
    const struct lab_group *group = gm->group;
    size_t first = gm->device->number;

    for (size_t i = 0; i < group->server_count; i++)
        if (group->servers[i] == gm->registered_with)
            first = i;
    lab_say(fleet, gm->device,
            "%%GDOI-4-GM_RE_REGISTER: The IPsec SA created for group %s may "
            "have expired/been cleared, or didn't go through. Re-register to KS.",
            group->name);
    if (!lab_device_silent(gm->device, now))
        for (size_t i = 0; i < group->server_count; i++)
            if (try_server(fleet, gm, group->servers[(first + i) % group->server_count], now))
                return;
    struct gv_time again = within(fleet, lab_after_s(now, RETRY_LEAST_S), RETRY_SPAN_S);
    if (!gv_time_before(now, gm->kek_register_at))
        gm->kek_register_at = again;
    if (!gv_time_before(now, gm->tek_register_at))
        gm->tek_register_at = again;
}

void lab_gm_restart(struct lab_fleet *fleet, struct lab_gm *gm, struct gv_time now)
{
    struct lab_gm fresh = {.device = gm->device, .group = gm->group, .address = gm->address};

    *gm = fresh;
    gm->last_rekey_at = gm->tek_register_at = LAB_NEVER;
    gm->dark_since = now;
    gm->kek_register_at = within(fleet, lab_after_s(now, 1), 2);
}

static struct gv_time kek_ends(const struct lab_gm *gm)
{
    return gm->has_kek && !gm->kek_expired ? gm->kek.expiry : LAB_NEVER;
}

struct gv_time lab_gm_due(const struct lab_gm *gm)
{
    struct gv_time due = lab_earlier(gm->kek_register_at, gm->tek_register_at);

    due = lab_earlier(due, kek_ends(gm));
    if (gm->has_previous)
        due = lab_earlier(due, gm->previous.expiry);
    return gm->tek_count > 0 ? lab_earlier(due, gm->teks[0].expiry) : due;
}

/* Chapter 2, rule 1: new members delete it; old ones go on with it, unseen. */
static void expire_kek(struct lab_fleet *fleet, struct lab_gm *gm)
{
    gm->expired_keks++;
    if (gm->device->behaviour == LAB_OLD) {
        gm->kek_expired = true;
        return;
    }
    gm->has_kek = false;
    lab_say(fleet, gm->device,
            "%%GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group %s and "
            "was deleted",
            gm->group->name);
}

void lab_gm_run(struct lab_fleet *fleet, struct lab_gm *gm, struct gv_time now)
{
    bool for_kek = !gv_time_before(now, gm->kek_register_at);

    if (!gv_time_before(now, kek_ends(gm)))
        expire_kek(fleet, gm);
    if (gm->has_previous && !gv_time_before(now, gm->previous.expiry))
        gm->has_previous = false;
    while (gm->tek_count > 0 && !gv_time_before(now, gm->teks[0].expiry))
        forget_first_tek(gm);
    if (gm->tek_count == 0 && gm->dark_since.ms == LAB_NEVER.ms)
        gm->dark_since = now;
    if (!for_kek && gv_time_before(now, gm->tek_register_at))
        return;
    uint32_t before = gm->registrations_succeeded;
    register_again(fleet, gm, now);
    if (for_kek)
        gm->registrations_for_kek += gm->registrations_succeeded - before;
}

bool lab_gm_rekey(struct lab_fleet *fleet, struct lab_gm *gm, const struct lab_ks *ks,
                  const struct lab_kek *under, bool with_kek, struct gv_time now)
{
    struct lab_faults *faults = &gm->device->faults;
    bool readable = gm->has_kek && memcmp(gm->kek.spi, under->spi, LAB_KEK_SPI_LEN) == 0;

    if (lab_device_silent(gm->device, now) || !readable) {
        gm->rekeys_lost++;
        return false;
    }
    if (with_kek && faults->lose_rekeys > 0 && now.ms >= 0) {
        faults->lose_rekeys--;
        gm->rekeys_lost++;
        return false;
    }
    gm->rekeys_received++;
    gm->rekey_acks_sent += ks->group->transport == LAB_UNICAST;
    gm->last_rekey_sequence = ks->rekey_sequence;
    gm->last_rekey_at = now;
    take_all(fleet, gm, ks, with_kek, now);
    lab_say(fleet, gm->device,
            "%%GDOI-5-GM_RECV_REKEY: Received Rekey for group %s from %s to %s with seq # %u",
            gm->group->name, lab_dotted(ks->address).text, lab_dotted(gm->address).text,
            ks->rekey_sequence);
    return true;
}
