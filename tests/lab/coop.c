/* SPDX-License-Identifier: Apache-2.0 */
/* COOP: the key servers of a group announce themselves, elect a primary, share keys. */
#include <string.h>

#include "machine.h"

enum {
    ANNOUNCE_S = 20, /* rekey-behaviour, chapter 6 */
    DEAD_AFTER_S = 30,
};

bool lab_coop_split(const struct lab_group *group, struct gv_time now)
{
    return !gv_time_before(now, group->split_from) && gv_time_before(now, group->split_until);
}

bool lab_coop_linked(const struct lab_ks *a, const struct lab_ks *b, struct gv_time now)
{
    return !lab_coop_split(a->group, now) && !lab_device_silent(a->device, now) &&
           !lab_device_silent(b->device, now);
}

void lab_coop_sync(const struct lab_ks *from, struct lab_ks *to)
{
    memcpy(to->keks, from->keks, sizeof(to->keks));
    memcpy(to->teks, from->teks, sizeof(to->teks));
    to->kek_count = from->kek_count;
    to->tek_count = from->tek_count;
    to->promote_at = from->promote_at;
    to->rekey_sequence = from->rekey_sequence;
    lab_ks_schedule(to);
}

void lab_coop_share(struct lab_ks *ks, struct gv_time now)
{
    const struct lab_group *group = ks->group;

    for (size_t i = 0; i < group->server_count; i++) {
        struct lab_ks *other = group->servers[i];
        if (other != ks && other->role != LAB_PRIMARY && lab_coop_linked(ks, other, now))
            lab_coop_sync(ks, other);
    }
}

static struct lab_peer *peer_of(struct lab_ks *ks, const struct lab_ks *other)
{
    for (size_t i = 0; i < ks->peer_count; i++)
        if (ks->peers[i].ks == other)
            return &ks->peers[i];
    return NULL;
}

static void announce(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now)
{
    for (size_t i = 0; i < ks->group->server_count; i++) {
        struct lab_ks *other = ks->group->servers[i];
        struct lab_peer *theirs = peer_of(other, ks), *ours = peer_of(ks, other);
        if (other == ks)
            continue;
        ours->announcements_sent++;
        if (!lab_coop_linked(ks, other, now))
            continue;
        if (!theirs->alive)
            lab_say(fleet, other->device,
                    "%%GDOI-5-COOP_KS_REACH: Reachability restored with "
                    "Cooperative KS %s in group %s.",
                    lab_dotted(ks->address).text, ks->group->name);
        theirs->alive = true;
        theirs->role = ks->role;
        theirs->heard_at = now;
        theirs->announcements_received++;
    }
}

static struct gv_time lost_at(const struct lab_peer *peer)
{
    return peer->alive ? lab_after_s(peer->heard_at, DEAD_AFTER_S) : LAB_NEVER;
}

struct gv_time lab_coop_due(const struct lab_ks *ks)
{
    struct gv_time due = ks->announce_at;

    for (size_t i = 0; i < ks->peer_count; i++)
        due = lab_earlier(due, lost_at(&ks->peers[i]));
    return due;
}

static void take_role(struct lab_fleet *fleet, struct lab_ks *ks, enum lab_ks_role role,
                      struct gv_time now)
{
    ks->role = role;
    if (role == LAB_PRIMARY) {
        lab_say(fleet, ks->device,
                "%%GDOI-5-COOP_KS_TRANS_TO_PRI: KS %s in group %s "
                "transitioned to Primary",
                lab_dotted(ks->address).text, ks->group->name);
        if (ks->kek_count == 0)
            lab_ks_first_keys(fleet, ks, now, true);
        lab_ks_schedule(ks);
    }
    announce(fleet, ks, now);
}

/* Two primaries see each other again: the lower one sends the winner's keys to its own
 * members, under the KEK that they know, and steps back (chapter 6, split brain). */
static void yield_to(struct lab_fleet *fleet, struct lab_ks *ks, struct lab_ks *winner,
                     struct gv_time now)
{
    const struct lab_kek *newest = lab_ks_newest_kek(ks);
    struct lab_kek under = newest != NULL ? *newest : (struct lab_kek){.index = 0};
    bool other_kek = newest != NULL && lab_ks_newest_kek(winner) != NULL &&
                     memcmp(under.spi, lab_ks_newest_kek(winner)->spi, LAB_KEK_SPI_LEN) != 0;

    lab_coop_sync(winner, ks);
    if (other_kek)
        lab_ks_push(fleet, ks, &under, true, now);
    take_role(fleet, ks, LAB_SECONDARY, now);
}

/* `a` outranks `b`: by priority, then by address. */
static bool outranks(const struct lab_ks *a, const struct lab_ks *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return a->address > b->address;
}

static void elect(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now)
{
    struct lab_ks *best = ks;

    for (size_t i = 0; i < ks->peer_count; i++) {
        const struct lab_peer *peer = &ks->peers[i];
        if (!peer->alive)
            continue;
        if (peer->role == LAB_PRIMARY && ks->role != LAB_PRIMARY)
            return;
        if (outranks(peer->ks, best) && (ks->role != LAB_PRIMARY || peer->role == LAB_PRIMARY))
            best = peer->ks;
    }
    if (best == ks && ks->role != LAB_PRIMARY)
        take_role(fleet, ks, LAB_PRIMARY, now);
    else if (best != ks && ks->role == LAB_PRIMARY)
        yield_to(fleet, ks, best, now);
}

void lab_coop_run(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now)
{
    if (!gv_time_before(now, ks->announce_at)) {
        announce(fleet, ks, now);
        ks->announce_at = lab_after_s(now, ANNOUNCE_S);
    }
    for (size_t i = 0; i < ks->peer_count; i++) {
        struct lab_peer *peer = &ks->peers[i];
        if (gv_time_before(now, lost_at(peer)))
            continue;
        peer->alive = false;
        peer->role = LAB_ROLE_UNKNOWN;
        lab_say(fleet, ks->device,
                "%%GDOI-3-COOP_KS_UNREACH: Cooperative KS %s Unreachable "
                "in group %s",
                lab_dotted(peer->ks->address).text, ks->group->name);
    }
    elect(fleet, ks, now);
}
