/* SPDX-License-Identifier: Apache-2.0 */
/* Observations for tests, a line for each thing a device says. Memory that runs
 * out in a test may crash it. */
#ifndef SCENE_H
#define SCENE_H

#include <string.h>

#include "observation.h"

static inline struct gv_time scene_at(int64_t s)
{
    return (struct gv_time){1000000 + s * 1000};
}

static inline struct gv_observation *scene_new(int64_t at_s)
{
    return gv_observation_new(scene_at(at_s));
}

static inline struct gv_group_obs *scene_group(struct gv_observation *obs, const char *name,
                                               const char *id)
{
    return gv_observation_group(obs, gv_text(name), gv_text(id));
}

/* A KEK row: `spi` 0 is none, `lifetime_s` 0 is not told. */
static inline struct gv_kek_obs *scene_kek(struct gv_observation *obs,
                                           struct gv_group_obs *group, uint8_t spi,
                                           uint32_t lifetime_s, uint32_t remaining_s)
{
    struct gv_kek_obs *kek = gv_group_add_kek(obs, group);

    kek->has = GV_KEK_HAS_REMAINING;
    kek->has |= spi != 0 ? GV_KEK_HAS_SPI : 0u;
    kek->has |= lifetime_s != 0 ? GV_KEK_HAS_LIFETIME : 0u;
    memset(kek->spi, spi, sizeof(kek->spi));
    kek->lifetime_s = lifetime_s;
    kek->remaining_s = remaining_s;
    return kek;
}

static inline struct gv_tek_obs *scene_tek(struct gv_observation *obs,
                                           struct gv_group_obs *group, uint8_t spi,
                                           uint32_t remaining_s)
{
    struct gv_tek_obs *tek = gv_group_add_tek(obs, group);

    tek->has = GV_TEK_HAS_REMAINING | (spi != 0 ? GV_TEK_HAS_SPI : 0u);
    memset(tek->spi, spi, sizeof(tek->spi));
    tek->remaining_s = remaining_s;
    return tek;
}

static inline struct gv_ks_obs *scene_ks(struct gv_observation *obs, struct gv_group_obs *group,
                                         enum gv_ks_role role, const char *version)
{
    struct gv_ks_obs *ks = gv_group_ks(obs, group);

    ks->role = role;
    ks->version = version;
    return ks;
}

static inline struct gv_gm_obs *scene_gm(struct gv_observation *obs, struct gv_group_obs *group,
                                         const char *address, const char *version)
{
    struct gv_gm_obs *gm = gv_group_gm(obs, group);

    gm->address = address;
    gm->version = version;
    return gm;
}

static inline struct gv_peer_obs *scene_peer(struct gv_observation *obs, struct gv_ks_obs *ks,
                                             const char *address, enum gv_ks_role role)
{
    struct gv_peer_obs *peer = gv_ks_add_peer(obs, ks);

    peer->address = address;
    peer->role = role;
    peer->status = GV_KS_ALIVE;
    return peer;
}

static inline struct gv_member_obs *scene_member(struct gv_observation *obs,
                                                 struct gv_ks_obs *ks, const char *id,
                                                 const char *version)
{
    struct gv_member_obs *member = gv_ks_add_member(obs, ks);

    ks->members_listed = true;
    member->id = id;
    member->version = version;
    return member;
}

#endif
