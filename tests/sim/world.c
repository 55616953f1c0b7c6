/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

static uint32_t draw(struct world *world, uint32_t below)
{
    world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(world->seed >> 33) % below;
}

static struct world_kek kek_new(struct world *world)
{
    struct world_kek kek = {.id = world->next_id++, .born_ms = world->now_ms};

    kek.ends_ms = kek.born_ms + (int64_t)world->lifetime_s * 1000;
    return kek;
}

static uint32_t left_s(const struct world *world, const struct world_kek *kek)
{
    return kek->ends_ms > world->now_ms ? (uint32_t)((kek->ends_ms - world->now_ms) / 1000) : 0;
}

static struct world_ks *primary(struct world *world)
{
    for (size_t i = 0; i < WORLD_KSS; i++)
        if (world->ks[i].primary)
            return &world->ks[i];
    return NULL;
}

/* A GM holds `kek` from now on; `life` is the lifetime it was told. */
static void gm_take(struct world *world, struct world_gm *gm, const struct world_kek *kek,
                    uint32_t life)
{
    gm->kek = *kek;
    gm->lifetime_s = life;
    gm->frozen_s = left_s(world, kek);
    gm->second_at = 0;
    gm->first_at = kek->ends_ms - 190000 + draw(world, 150000);
}

static void gm_register(struct world *world, struct world_gm *gm)
{
    struct world_ks *ks = primary(world);
    bool same;

    if (ks == NULL || ks->kek.id == 0)
        return;
    same = gm->kek.id == ks->kek.id;
    gm->registrations++;
    gm_take(world, gm, &ks->kek, left_s(world, &ks->kek));
    if (!same)
        return;
    gm->first_at = 0;
    gm->second_at = ks->kek.ends_ms + draw(world, 80000);
}

void world_start(struct world *world, uint64_t seed)
{
    *world = (struct world){.now_ms = 1000000137,
                            .seed = seed,
                            .next_id = 1,
                            .lifetime_s = 3600,
                            .retransmits = 3,
                            .interval_s = 10,
                            .members = 2,
                            .lead_s = 235};
    world->gm[1].old = true;
    world->ks[0].primary = true;
    world->ks[0].kek = kek_new(world);
    world->ks[1].kek = world->ks[0].kek;
    for (size_t i = 0; i < WORLD_GMS; i++)
        gm_register(world, &world->gm[i]);
}

static void share(struct world *world, struct world_ks *from)
{
    for (size_t i = 0; i < WORLD_KSS; i++) {
        if (world->ks[i].kek.id != from->kek.id)
            world->ks[i].before = world->ks[i].kek;
        world->ks[i].kek = from->kek;
    }
}

static void rekey(struct world *world, struct world_ks *ks)
{
    ks->before = ks->kek;
    ks->kek = kek_new(world);
    share(world, ks);
    for (size_t i = 0; i < WORLD_GMS; i++) {
        struct world_gm *gm = &world->gm[i];

        /* A new GM has deleted an expired KEK: it cannot read this rekey. */
        if (!gm->old && gm->kek.ends_ms <= world->now_ms)
            continue;
        gm_take(world, gm, &ks->kek, world->lifetime_s);
        gm->rekeys++;
        gm->rekeyed_ms = world->now_ms;
    }
}

void world_rekey(struct world *world)
{
    struct world_ks *ks = primary(world);

    if (ks != NULL)
        rekey(world, ks);
}

static void gm_second(struct world *world, struct world_gm *gm)
{
    const struct world_ks *ks = primary(world);

    if (ks == NULL)
        return;
    if (gm->old) {
        /* An old GM notices nothing until its TEKs run out. */
        if (gm->kek.id != ks->kek.id && world->now_ms > ks->kek.born_ms + 600000)
            gm_register(world, gm);
        return;
    }
    if (gm->first_at != 0 && world->now_ms >= gm->first_at)
        gm_register(world, gm);
    else if (gm->second_at != 0 && world->now_ms >= gm->second_at)
        gm_register(world, gm);
}

void world_second(struct world *world)
{
    world->now_ms += 1000;
    for (size_t i = 0; i < WORLD_KSS && !world->stalled; i++) {
        struct world_ks *ks = &world->ks[i];

        if (ks->primary && world->now_ms >= ks->kek.ends_ms - world->lead_s * 1000)
            rekey(world, ks);
    }
    for (size_t i = 0; i < WORLD_GMS; i++)
        gm_second(world, &world->gm[i]);
}

static struct gv_group_obs *group_of(struct gv_observation *obs)
{
    struct gv_group_obs *group = gv_observation_group(obs, gv_text("G1"), gv_text("7"));

    if (group != NULL)
        group->transport = GV_REKEY_UNICAST;
    return group;
}

static void show_kek(struct gv_observation *obs, struct gv_group_obs *group,
                     const struct world *world, const struct world_kek *kek,
                     uint32_t lifetime_s, enum gv_kek_status status)
{
    struct gv_kek_obs *row = gv_group_add_kek(obs, group);

    if (row == NULL)
        return;
    row->has = GV_KEK_HAS_SPI | GV_KEK_HAS_LIFETIME | GV_KEK_HAS_REMAINING;
    memcpy(row->spi, &kek->id, sizeof(kek->id));
    row->lifetime_s = lifetime_s;
    row->remaining_s = left_s(world, kek);
    row->status = status;
}

/* A rekey takes its retransmissions; a KEK that has expired is replaced at once. */
static bool rekeying(const struct world *world, const struct world_ks *ks)
{
    int64_t takes_ms = (int64_t)world->retransmits * world->interval_s * 1000;

    return ks->before.id != 0 && ks->before.ends_ms > world->now_ms &&
           world->now_ms < ks->kek.born_ms + takes_ms;
}

static void show_keks(struct gv_observation *obs, struct gv_group_obs *group,
                      const struct world *world, const struct world_ks *ks)
{
    enum gv_kek_status status = GV_KEK_IN_USE;

    if (rekeying(world, ks)) {
        show_kek(obs, group, world, &ks->before, world->lifetime_s, GV_KEK_IN_USE);
        status = GV_KEK_NEW;
    }
    show_kek(obs, group, world, &ks->kek, world->lifetime_s, status);
}

static void show_peer(struct gv_observation *obs, struct gv_ks_obs *side,
                      const struct world *world, size_t i)
{
    static const char *const addresses[WORLD_KSS] = {"10.0.0.1", "10.0.0.2"};
    struct gv_peer_obs *peer = gv_ks_add_peer(obs, side);

    if (peer == NULL)
        return;
    peer->address = addresses[i];
    peer->role = world->ks[i].primary ? GV_KS_PRIMARY : GV_KS_SECONDARY;
    peer->status = GV_KS_ALIVE;
}

struct gv_observation *world_see_ks(const struct world *world, size_t i)
{
    const struct world_ks *ks = &world->ks[i];
    struct gv_observation *obs = gv_observation_new((struct gv_time){world->now_ms});
    struct gv_group_obs *group = obs ? group_of(obs) : NULL;
    struct gv_ks_obs *side = group ? gv_group_ks(obs, group) : NULL;

    if (side == NULL)
        return obs;
    obs->device.has_uptime = true;
    obs->device.uptime_ms = (uint64_t)world->now_ms;
    side->role = ks->primary ? GV_KS_PRIMARY : GV_KS_SECONDARY;
    side->has = GV_KS_HAS_MEMBERS_REGISTERED | GV_KS_HAS_RETRANSMITS |
                GV_KS_HAS_RETRANSMIT_INTERVAL | GV_KS_HAS_TEK_LIFETIME;
    side->members_registered = world->members;
    side->retransmits = world->retransmits;
    side->retransmit_interval_s = world->interval_s;
    side->tek_lifetime_s = 900;
    show_peer(obs, side, world, 1 - i);
    show_keks(obs, group, world, ks);
    return obs;
}

/* As CLI output: no SPI, and one value, which counts down or not. */
static void show_cli(struct gv_observation *obs, struct gv_group_obs *group,
                     const struct world *world, const struct world_gm *gm)
{
    struct gv_kek_obs *row = gv_group_add_kek(obs, group);

    group->gm->has |= GV_GM_HAS_REKEYS_RECEIVED;
    group->gm->rekeys_received = gm->rekeys;
    if (gm->rekeyed_ms != 0) {
        group->gm->has |= GV_GM_HAS_LAST_REKEY_AGE;
        group->gm->last_rekey_age_s = (uint32_t)((world->now_ms - gm->rekeyed_ms) / 1000);
    }
    group->gm->version_line_absent = gm->old;
    if (row == NULL)
        return;
    row->has = GV_KEK_HAS_REMAINING;
    row->remaining_s = gm->old ? gm->frozen_s : left_s(world, &gm->kek);
}

struct gv_observation *world_see_gm(const struct world *world, size_t i)
{
    const struct world_gm *gm = &world->gm[i];
    struct gv_observation *obs = gv_observation_new((struct gv_time){world->now_ms});
    struct gv_group_obs *group = obs ? group_of(obs) : NULL;
    struct gv_gm_obs *side = group ? gv_group_gm(obs, group) : NULL;
    struct world_kek shown = gm->kek;

    if (side == NULL)
        return obs;
    side->has = GV_GM_HAS_REGISTERED | GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
    side->registered = true;
    side->registrations_succeeded = gm->registrations;
    /* A new GM deletes its KEK at expiry. */
    if (!gm->old && gm->kek.ends_ms <= world->now_ms)
        return obs;
    if (world->cli_gms) {
        show_cli(obs, group, world, gm);
        return obs;
    }
    if (gm->old)
        shown.ends_ms = world->now_ms + (int64_t)gm->frozen_s * 1000;
    show_kek(obs, group, world, &shown, gm->lifetime_s, GV_KEK_IN_USE);
    return obs;
}
