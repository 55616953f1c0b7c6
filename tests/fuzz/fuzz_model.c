/* SPDX-License-Identifier: Apache-2.0 */
/* Observations of any content, in any order, through tracks, merging and the
 * fleet: no verdict is promised, only that there is one, and that labels differ. */
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "model/disagree.h"
#include "model/fleet.h"
#include "model/merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEVICES = 3, ROUNDS = 6 };

static const char *const names[] = {NULL, "G1", "G2", "7", "G1/7"};
static const char *const addresses[] = {NULL, "10.0.0.1", "10.0.0.2", "10.0.1.1"};
static const char *const versions[] = {NULL, "1.0.1", "1.0.4", "15.1(4)M", "15.2(1)T"};

#define PICK(r, list) (list)[gv_reader_uint(r, 1) % (sizeof(list) / sizeof((list)[0]))]

static void add_keys(struct gv_reader *r, struct gv_observation *obs,
                     struct gv_group_obs *group)
{
    for (unsigned n = gv_reader_uint(r, 1) % 3; n > 0; n--) {
        struct gv_kek_obs *kek = gv_group_add_kek(obs, group);

        kek->has = gv_reader_uint(r, 1);
        kek->lifetime_s = gv_reader_uint(r, 2);
        kek->remaining_s = gv_reader_uint(r, 2);
        kek->to_rekey_s = gv_reader_uint(r, 2);
        kek->index = gv_reader_uint(r, 1);
        kek->spi[0] = (uint8_t)gv_reader_uint(r, 1);
        kek->status = (enum gv_kek_status)(gv_reader_uint(r, 1) % 4);
    }
    for (unsigned n = gv_reader_uint(r, 1) % 3; n > 0; n--) {
        struct gv_tek_obs *tek = gv_group_add_tek(obs, group);

        tek->has = gv_reader_uint(r, 1);
        tek->remaining_s = gv_reader_uint(r, 2);
        tek->spi[0] = (uint8_t)gv_reader_uint(r, 1);
    }
}

static void add_ks(struct gv_reader *r, struct gv_observation *obs, struct gv_group_obs *group)
{
    struct gv_ks_obs *ks = gv_group_ks(obs, group);

    ks->has = gv_reader_uint(r, 2);
    ks->role = (enum gv_ks_role)(gv_reader_uint(r, 1) % 4);
    ks->retransmits = gv_reader_uint(r, 1);
    ks->retransmit_interval_s = gv_reader_uint(r, 1);
    ks->members_registered = gv_reader_uint(r, 4);
    ks->group_members = gv_reader_uint(r, 4);
    ks->version = PICK(r, versions);
    ks->address = PICK(r, addresses);
    for (unsigned n = gv_reader_uint(r, 1) % 3; n > 0; n--) {
        struct gv_peer_obs *peer = gv_ks_add_peer(obs, ks);

        peer->address = PICK(r, addresses);
        peer->role = (enum gv_ks_role)(gv_reader_uint(r, 1) % 4);
        peer->has_members_registered = true;
        peer->members_registered = gv_reader_uint(r, 4);
    }
    for (unsigned n = gv_reader_uint(r, 1) % 3; n > 0; n--) {
        struct gv_member_obs *member = gv_ks_add_member(obs, ks);

        member->id = PICK(r, addresses);
        member->version = PICK(r, versions);
    }
}

static void add_gm(struct gv_reader *r, struct gv_observation *obs, struct gv_group_obs *group)
{
    struct gv_gm_obs *gm = gv_group_gm(obs, group);

    gm->has = gv_reader_uint(r, 2);
    gm->registered = gv_reader_uint(r, 1) & 1;
    gm->registrations_succeeded = gv_reader_uint(r, 1);
    gm->rekeys_received = gv_reader_uint(r, 1);
    gm->last_rekey_age_s = gv_reader_uint(r, 4);
    gm->version = PICK(r, versions);
    gm->address = PICK(r, addresses);
}

static struct gv_observation *make(struct gv_reader *r, struct gv_time at)
{
    struct gv_observation *obs = gv_observation_new(at);
    unsigned bits = gv_reader_uint(r, 1);

    obs->device.has_uptime = bits & 1;
    obs->device.uptime_ms = gv_reader_uint(r, 1);
    obs->device.vendor = (enum gv_vendor)(bits >> 1 & 1);
    obs->device.version = PICK(r, versions);
    for (unsigned n = gv_reader_uint(r, 1) % 3; n > 0; n--) {
        const char *name = PICK(r, names), *id = PICK(r, names);
        struct gv_group_obs *group =
            name == NULL && id == NULL ? NULL
                                       : gv_observation_group(obs, gv_text(name), gv_text(id));
        unsigned sides = gv_reader_uint(r, 1);

        if (group == NULL)
            continue;
        group->transport = (enum gv_rekey_transport)(sides >> 2 & 1);
        if (sides & 1)
            add_ks(r, obs, group);
        if (sides & 2)
            add_gm(r, obs, group);
        add_keys(r, obs, group);
    }
    return obs;
}

/* One device: two collectors' observations in each round, merged and tracked. */
static struct gv_observation *live(struct gv_reader *r, struct gv_observation *sources[2],
                                   struct gv_group_track *track)
{
    struct gv_observation *merged = NULL;
    struct gv_disagreements known = {.count = 0};
    struct gv_time at = {0};

    for (size_t round = 0; round < ROUNDS; round++) {
        gv_observation_free(merged);
        at = gv_time_add(at, gv_secs(gv_reader_uint(r, 2)));
        gv_observation_free(sources[round % 2]);
        sources[round % 2] = make(r, at);
        {
            const struct gv_merge_in in[] = {{GV_SOURCE_SSH, sources[0]},
                                             {GV_SOURCE_RESTCONF, sources[1]}};
            const struct gv_said said[] = {{"ssh", sources[0]}, {"restconf", sources[1]}};

            merged = gv_merge(in, round == 0 ? 1 : 2);
            gv_disagreements_feed(&known, said, round == 0 ? 1 : 2, at);
        }
        for (const struct gv_group_obs *g = merged->groups; g != NULL; g = g->next) {
            struct gv_track_in in = {&merged->device, g,    merged->seen_at,
                                     round % 2 == 0,  NULL, round % 3 == 0};

            gv_track_feed(&track->track, &in);
            track->name = g->name != NULL ? "G1" : NULL;
            track->id = g->id != NULL ? "7" : NULL;
        }
    }
    return merged;
}

static void check(const struct gv_snapshot *snapshot)
{
    for (size_t i = 1; i < snapshot->group_count; i++)
        if (strcmp(snapshot->groups[i - 1].group, snapshot->groups[i].group) >= 0)
            abort();
    for (size_t i = 0; i < snapshot->device_count; i++)
        for (size_t k = 0; k < snapshot->devices[i].membership_count; k++)
            if (snapshot->devices[i].memberships[k].group == NULL)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const targets[DEVICES] = {"a", "b", "c"};
    struct gv_reader r = gv_reader(data, size);
    struct gv_observation *sources[DEVICES][2] = {{NULL}}, *merged[DEVICES];
    struct gv_group_track tracks[DEVICES] = {{.name = NULL}};
    struct gv_fleet_device devices[DEVICES];
    struct gv_fleet_in in = {.devices = devices, .device_count = DEVICES};
    struct gv_snapshot snapshot;

    for (size_t i = 0; i < DEVICES; i++) {
        merged[i] = live(&r, sources[i], &tracks[i]);
        devices[i] = (struct gv_fleet_device){.name = targets[i],
                                              .address = addresses[i + 1],
                                              .observation = merged[i],
                                              .tracks = &tracks[i],
                                              .track_count = 1};
    }
    in.now = merged[0]->seen_at;
    if (gv_fleet_build(&in, &snapshot) == GV_OK) {
        check(&snapshot);
        gv_arena_clear(&snapshot.arena);
    }
    for (size_t i = 0; i < DEVICES; i++) {
        gv_observation_free(merged[i]);
        gv_observation_free(sources[i][0]);
        gv_observation_free(sources[i][1]);
    }
    return 0;
}
