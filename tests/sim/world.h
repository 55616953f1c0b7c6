/* SPDX-License-Identifier: Apache-2.0 */
/* A small GETVPN group that lives by the rules of rekey-behaviour, second by
 * second, and what its devices would show when polled. Two key servers share the
 * KEK (COOP); two members, one new and one old. */
#ifndef WORLD_H
#define WORLD_H

#include "observation.h"

enum { WORLD_KSS = 2, WORLD_GMS = 2 };

struct world_kek {
    uint32_t id; /* 0: none */
    int64_t born_ms, ends_ms;
};

struct world_ks {
    struct world_kek kek, before; /* before: the one that this KEK replaced */
    bool primary;
};

struct world_gm {
    bool old;
    struct world_kek kek;
    uint32_t lifetime_s; /* as it learnt it: what was left at a registration */
    uint32_t frozen_s;   /* an old GM shows this for ever */
    uint32_t registrations, rekeys;
    int64_t rekeyed_ms;
    int64_t first_at, second_at; /* planned registrations; 0: none */
};

struct world {
    int64_t now_ms;
    uint64_t seed;
    uint32_t next_id, lifetime_s, retransmits, interval_s, members;
    int64_t lead_s; /* of the KSs; 0: the old behaviour */
    bool stalled;   /* the primary does not rekey at all */
    bool cli_gms;   /* members are polled by CLI: no SPI, no lifetime */
    struct world_ks ks[WORLD_KSS];
    struct world_gm gm[WORLD_GMS];
};

/* A healthy group: 3600 s KEK, N = 3, R = 10 s, two members, new behaviour. */
void world_start(struct world *world, uint64_t seed);

/* Live for one second. */
void world_second(struct world *world);

/* The primary makes a new KEK now, for whatever reason. */
void world_rekey(struct world *world);

/* What KS or GM `i` shows now, as SNMP would tell it (the GMs as CLI would, with
 * cli_gms). While its rekey is under way, a KS calls the KEK before still in use. NULL
 * without memory. */
struct gv_observation *world_see_ks(const struct world *world, size_t i);
struct gv_observation *world_see_gm(const struct world *world, size_t i);

#endif
