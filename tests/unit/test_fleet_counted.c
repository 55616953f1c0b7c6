/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "model/fleet.h"
#include "scene.h"

/* A key server that nobody polls, and what a member's registrations say of it. */
static void test_counted(void)
{
    static const struct {
        const char *name;
        bool doubled;
        int64_t doubled_at_s; /* seen then; the snapshot is of 1000 */
        enum gv_rekey_verdict verdict;
        int64_t judged_at_s;
        const char *outcome; /* NULL: no row */
    } cases[] = {
        {"none", false, 0, GV_REKEY_AFTER_EXPIRY, 0, NULL},
        {"two registrations around the end of a KEK", true, 900, GV_REKEY_UNKNOWN, 0,
         "mismatch"},
        {"... and its rekey after expiry", true, 900, GV_REKEY_AFTER_EXPIRY, 890, "mismatch"},
        {"a rekey in time since", true, 900, GV_REKEY_ON_TIME, 950, NULL},
        {"a rekey in time before", true, 900, GV_REKEY_ON_TIME, 100, "mismatch"},
        {"many lives ago", true, -20000, GV_REKEY_UNKNOWN, 0, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct gv_observation *obs = scene_new(0);
        struct gv_group_obs *group = scene_group(obs, "G1", NULL);
        struct gv_gm_obs *gm = scene_gm(obs, group, "10.0.1.1", "1.0.26");
        struct gv_group_track learnt = {.name = "G1"};
        const struct gv_fleet_device device = {.name = "gm1",
                                               .address = "10.0.1.1",
                                               .up = true,
                                               .observation = obs,
                                               .tracks = &learnt,
                                               .track_count = 1};
        const struct gv_fleet_in in = {
            .devices = &device, .device_count = 1, .now = scene_at(1000), .seed = 7};
        struct gv_track *track = &learnt.track;
        struct gv_snapshot snapshot;

        gm->registered_with = "10.0.0.1";
        track->side = GV_TRACK_GM;
        track->registrations.doubles = cases[i].doubled;
        track->registrations.doubled_at.known = cases[i].doubled;
        track->registrations.doubled_at.at = scene_at(cases[i].doubled_at_s);
        track->verdict = cases[i].verdict;
        track->judged_at = gv_when(scene_at(cases[i].judged_at_s));
        track->kek.has_lifetime = true;
        track->kek.lifetime_s = 3600;
        CHECK_INT(cases[i].name, gv_fleet_build(&in, &snapshot), GV_OK);
        CHECK_INT(cases[i].name, snapshot.groups[0].interop_count,
                  cases[i].outcome != NULL ? 1 : 0);
        if (cases[i].outcome != NULL && snapshot.groups[0].interop_count == 1) {
            const struct gv_interop_verdict *v = &snapshot.groups[0].interop[0];

            CHECK_STR(cases[i].name, gv_interop_name(v->outcome), cases[i].outcome);
            CHECK_STR(cases[i].name, v->ks, "10.0.0.1");
            CHECK_INT(cases[i].name, v->ks_verdict->evidence_count, 1);
        }
        gv_arena_clear(&snapshot.arena);
        gv_observation_free(obs);
    }
}

/* How many members a key server has: its own by the MIB, the group's by the CLI, in turns. */
static void test_members(void)
{
    static const struct {
        const char *name;
        bool has_own, has_total;
        uint32_t own, total;
        unsigned listed;
        int64_t members; /* -1: not told */
    } cases[] = {
        {"nothing is told", false, false, 0, 0, 2, -1},
        {"one count", true, false, 3, 0, 0, 3},
        {"none at all", true, false, 0, 0, 0, 0},
        {"its own, and the group's", true, true, 1, 3, 0, 3},
        {"the group's alone", false, true, 0, 3, 0, 3},
        {"its own, and a list of the group's", true, false, 1, 0, 3, 3},
        {"the group's, and a list that was cut", true, false, 5, 0, 3, 5},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct gv_observation *obs = scene_new(0);
        struct gv_group_obs *group = scene_group(obs, "G1", NULL);
        struct gv_ks_obs *ks = scene_ks(obs, group, GV_KS_PRIMARY, "1.0.27");
        const struct gv_fleet_device device = {
            .name = "ks1", .address = "10.0.0.1", .up = true, .observation = obs};
        const struct gv_fleet_in in = {
            .devices = &device, .device_count = 1, .now = scene_at(10), .seed = 7};
        struct gv_snapshot snapshot;
        struct gv_count seen;

        ks->has = (cases[i].has_own ? GV_KS_HAS_MEMBERS_REGISTERED : 0u) |
                  (cases[i].has_total ? GV_KS_HAS_GROUP_MEMBERS : 0u);
        ks->members_registered = cases[i].own;
        ks->group_members = cases[i].total;
        for (unsigned m = 0; m < cases[i].listed; m++)
            scene_member(obs, ks, "10.0.1.1", "1.0.27");
        CHECK_INT(cases[i].name, gv_fleet_build(&in, &snapshot), GV_OK);
        seen = snapshot.devices[0].memberships[0].members_registered;
        CHECK_INT(cases[i].name, seen.known ? (int64_t)seen.n : -1, cases[i].members);
        gv_arena_clear(&snapshot.arena);
        gv_observation_free(obs);
    }
}

/* A device of the scene below; nothing of before 700 counts. */
static struct gv_fleet_device device_of(const char *name, const char *address,
                                        const struct gv_observation *obs,
                                        const struct gv_group_track *learnt)
{
    return (struct gv_fleet_device){.name = name,
                                    .address = address,
                                    .up = true,
                                    .observation = obs,
                                    .tracks = learnt,
                                    .track_count = 1,
                                    .stale_before = scene_at(700)};
}

/* A key server's KEK 1, and what is learnt of it. */
static struct gv_group_track of_a_ks(struct gv_observation *obs)
{
    struct gv_group_obs *group = scene_group(obs, "G1", NULL);
    struct gv_group_track learnt = {.name = "G1"};

    (void)scene_ks(obs, group, GV_KS_PRIMARY, "1.0.27");
    learnt.track.side = GV_TRACK_KS;
    learnt.track.kek = gv_kek_life_of(scene_kek(obs, group, 1, 3600, 2000));
    learnt.track.kek.first_seen = scene_at(-500);
    return learnt;
}

/* A member's KEK 9, seen last at `seen_s` with 5 rekeys and 2 registrations. */
static struct gv_group_track of_a_gm(struct gv_observation *obs, int64_t seen_s)
{
    struct gv_group_obs *group = scene_group(obs, "G1", NULL);
    struct gv_group_track learnt = {.name = "G1"};
    struct gv_track *track = &learnt.track;

    track->side = GV_TRACK_GM;
    track->kek = gv_kek_life_of(scene_kek(obs, group, 9, 3600, 1000));
    track->kek.first_seen = track->kek.spi_seen = scene_at(-900);
    track->kek.last_seen = scene_at(seen_s);
    track->mark.rekeys = 5;
    track->mark.registrations = 2;
    return learnt;
}

/* A member that holds another KEK than its key server: as long as that is what was seen last,
 * and nothing was counted since that may have changed it. */
static void test_out_of_sync(void)
{
    static const struct {
        const char *name;
        int64_t seen_s, counted_s; /* its KEK, and its counts; the snapshot is of 1000 */
        uint32_t rekeys, registrations;
        enum gv_tri sync;
    } cases[] = {
        {"another KEK", 900, 900, 5, 2, GV_NO},
        {"counted since: the same", 900, 950, 5, 2, GV_NO},
        {"a rekey since", 900, 950, 6, 2, GV_UNKNOWN},
        {"a registration since", 900, 950, 5, 3, GV_UNKNOWN},
        {"counted before it was seen", 900, 850, 6, 2, GV_NO},
        {"seen long ago", 600, 600, 5, 2, GV_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct gv_observation *ks = scene_new(990), *gm = scene_new(cases[i].counted_s);
        const struct gv_group_track learnt[] = {of_a_ks(ks), of_a_gm(gm, cases[i].seen_s)};
        const struct gv_fleet_device devices[] = {device_of("ks1", "10.0.0.1", ks, &learnt[0]),
                                                  device_of("gm1", "10.0.1.1", gm, &learnt[1])};
        const struct gv_fleet_in in = {
            .devices = devices, .device_count = 2, .now = scene_at(1000), .seed = 7};
        struct gv_gm_obs *counts = scene_gm(gm, gm->groups, "10.0.1.1", "1.0.26");
        struct gv_snapshot snapshot;

        counts->has = GV_GM_HAS_REKEYS_RECEIVED | GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
        counts->rekeys_received = cases[i].rekeys;
        counts->registrations_succeeded = cases[i].registrations;
        CHECK_INT(cases[i].name, gv_fleet_build(&in, &snapshot), GV_OK);
        CHECK_INT(cases[i].name, snapshot.devices[1].memberships[0].kek_in_sync, cases[i].sync);
        gv_arena_clear(&snapshot.arena);
        gv_observation_free(ks);
        gv_observation_free(gm);
    }
}

int main(void)
{
    test_out_of_sync();
    test_counted();
    test_members();
    return check_end();
}
