/* SPDX-License-Identifier: Apache-2.0 */
/* Two key servers and a member that registered around the end of its KEK with the second: which
 * of the two is old? */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "model/fleet.h"
#include "scene.h"

/* One key server as polled. */
struct server {
    enum gv_ks_role role;
    bool assumed;      /* its role is not told */
    int64_t since_s;   /* of its role; the pair began at 800, the snapshot is of 1000 */
    const char *image; /* its version */
    uint64_t software; /* 0: no version is told */
    bool proved_old;   /* by its timing, if it leads */
    int64_t booted_s;  /* 0: not seen to start */
};

struct row {
    const char *name;
    struct server ks[2];
    size_t count;
    const char *registered_with;
    enum gv_behaviour behaviour[2];
};

#define OLD GV_BEHAVIOUR_OLD
#define NEW GV_BEHAVIOUR_NEW
#define UNK GV_BEHAVIOUR_UNKNOWN
#define P   GV_KS_PRIMARY
#define S   GV_KS_SECONDARY

#define MUTE "15.2(1)GC2" /* tells neither */
#define NEWS "15.2(4)M6"

static const struct row rows[] = {
    {"the primary, not the one it registered with",
     {{P, false, 0, MUTE, 1, false, 0}, {S, false, 0, MUTE, 2, false, 0}},
     2,
     "10.0.0.2",
     {OLD, UNK}},
    {"who took over since is not to blame",
     {{P, false, 900, MUTE, 1, false, 0}, {S, false, 0, MUTE, 2, false, 0}},
     2,
     "10.0.0.2",
     {UNK, UNK}},
    {"started since: that was other software",
     {{P, false, 0, MUTE, 1, false, 850}},
     1,
     "10.0.0.1",
     {UNK, UNK}},
    {"started before", {{P, false, 0, MUTE, 1, false, 700}}, 1, "10.0.0.1", {OLD, UNK}},
    {"started since, its role not told",
     {{P, true, 0, MUTE, 1, false, 850}, {P, true, 0, NEWS, 2, false, 0}},
     2,
     "10.0.0.1",
     {UNK, NEW}},
    {"a lone primary led before it was seen, too",
     {{P, false, 900, MUTE, 1, false, 0}},
     1,
     "10.0.0.1",
     {OLD, UNK}},
    {"two primaries",
     {{P, false, 0, MUTE, 1, false, 0}, {P, false, 0, MUTE, 2, false, 0}},
     2,
     "10.0.0.2",
     {UNK, UNK}},
    {"all that are polled follow: the one at that address",
     {{S, false, 0, MUTE, 1, false, 0}, {S, false, 0, MUTE, 2, false, 0}},
     2,
     "10.0.0.9",
     {UNK, UNK}},
    {"no role is told: one is known to be new",
     {{P, true, 0, MUTE, 1, false, 0}, {P, true, 0, NEWS, 2, false, 0}},
     2,
     "10.0.0.2",
     {OLD, NEW}},
    {"no role is told: either may be old",
     {{P, true, 0, MUTE, 1, false, 0}, {P, true, 0, MUTE, 2, false, 0}},
     2,
     "10.0.0.2",
     {UNK, UNK}},
    {"no role is told: both have the same software",
     {{P, true, 0, MUTE, 1, false, 0}, {P, true, 0, MUTE, 1, false, 0}},
     2,
     "10.0.0.2",
     {UNK, OLD}},
    {"its timing, if it leads: the other is known to be new",
     {{P, true, 0, MUTE, 1, true, 0}, {P, true, 0, NEWS, 2, true, 0}},
     2,
     NULL,
     {OLD, NEW}},
    {"its timing, if it leads: it may be the other's",
     {{P, true, 0, MUTE, 1, true, 0}, {P, true, 0, MUTE, 2, true, 0}},
     2,
     NULL,
     {UNK, UNK}},
    {"its timing, if it leads: the other is the same",
     {{P, true, 0, MUTE, 1, true, 0}, {P, true, 0, MUTE, 1, true, 0}},
     2,
     NULL,
     {OLD, OLD}},
};

enum { DEVICES = 3 };

static void add_server(const struct server *server, struct gv_observation *obs,
                       struct gv_group_track *learnt)
{
    struct gv_group_obs *group = scene_group(obs, "G1", "7");

    scene_ks(obs, group, server->assumed ? GV_KS_ROLE_UNSAID : server->role, NULL);
    obs->device.version = server->image;
    learnt->track.side = GV_TRACK_KS;
    learnt->track.role = server->role;
    learnt->track.role_assumed = server->assumed;
    learnt->track.role_since = scene_at(server->since_s);
    learnt->track.software = server->software;
    learnt->track.booted = (struct gv_when){server->booted_s != 0, scene_at(server->booted_s)};
    if (server->proved_old)
        learnt->track.timing = (struct gv_timing){GV_PROOF_KS_NO_SUCCESSOR, 120, 0,
                                                  scene_at(900), server->assumed};
}

static void add_member(const char *ks, struct gv_observation *obs,
                       struct gv_group_track *learnt, struct gv_heard *heard)
{
    scene_gm(obs, scene_group(obs, "G1", "7"), "10.0.1.1", NULL);
    learnt->track.side = GV_TRACK_GM;
    if (ks == NULL)
        return;
    heard->as_gm = true;
    heard->signature.doubles = 1;
    (void)snprintf(heard->signature.ks, sizeof(heard->signature.ks), "%s", ks);
    heard->signature.last_double = (struct gv_finding){
        .kind = GV_FINDING_DOUBLE,
        .first = gv_when(scene_at(800)),
        .expired = gv_when(scene_at(900)),
        .second = gv_when(scene_at(920)),
    };
    learnt->heard = heard;
}

/* The group's word on that key server. */
static enum gv_behaviour in_group(const struct gv_group_verdict *group, const char *ks)
{
    for (size_t i = 0; i < group->interop_count; i++)
        if (strcmp(group->interop[i].ks, ks) == 0)
            return group->interop[i].ks_behaviour;
    return GV_BEHAVIOUR_UNKNOWN;
}

/* `silent`: the first key server was polled once, and does not answer any more. */
static void judge(const struct row *row, bool silent)
{
    static const char *const names[DEVICES] = {"gm1", "ks1", "ks2"};
    static const char *const addresses[DEVICES] = {"10.0.1.1", "10.0.0.1", "10.0.0.2"};
    struct gv_group_track learnt[DEVICES] = {
        {.name = "G1", .id = "7"}, {.name = "G1", .id = "7"}, {.name = "G1", .id = "7"}};
    struct gv_fleet_device devices[DEVICES];
    struct gv_observation *obs[DEVICES];
    struct gv_heard heard = {.as_gm = false};
    struct gv_snapshot snapshot;
    const struct gv_fleet_in in = {
        .devices = devices, .device_count = row->count + 1, .now = scene_at(1000), .seed = 7};

    for (size_t i = 0; i <= row->count; i++) {
        obs[i] = scene_new(990);
        if (i == 0)
            add_member(row->registered_with, obs[0], &learnt[0], &heard);
        else
            add_server(&row->ks[i - 1], obs[i], &learnt[i]);
        devices[i] = (struct gv_fleet_device){.name = names[i],
                                              .address = addresses[i],
                                              .up = true,
                                              .observation = silent && i == 1 ? NULL : obs[i],
                                              .last = obs[i],
                                              .tracks = &learnt[i],
                                              .track_count = 1};
    }
    CHECK_INT(row->name, gv_fleet_build(&in, &snapshot), GV_OK);
    for (size_t i = 0; i < row->count; i++) {
        CHECK_STR(row->name, gv_behaviour_name(in_group(&snapshot.groups[0], names[i + 1])),
                  gv_behaviour_name(row->behaviour[i]));
        if (!silent || i > 0)
            CHECK_STR(row->name,
                      gv_behaviour_name(snapshot.devices[i + 1].ks_behaviour.behaviour),
                      gv_behaviour_name(row->behaviour[i]));
    }
    gv_arena_clear(&snapshot.arena);
    for (size_t i = 0; i <= row->count; i++)
        gv_observation_free(obs[i]);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        judge(&rows[i], false);
    judge(&rows[0], true);
    return check_end();
}
