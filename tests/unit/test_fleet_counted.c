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
        struct gv_observation *of_ks = scene_new(990), *of_gm = scene_new(cases[i].counted_s);
        struct gv_group_obs *at_ks = scene_group(of_ks, "G1", NULL),
                            *at_gm = scene_group(of_gm, "G1", NULL);
        struct gv_gm_obs *gm = scene_gm(of_gm, at_gm, "10.0.1.1", "1.0.26");
        struct gv_group_track learnt[2] = {{.name = "G1"}, {.name = "G1"}};
        const struct gv_fleet_device devices[] = {
            {.name = "ks1",
             .address = "10.0.0.1",
             .up = true,
             .observation = of_ks,
             .tracks = &learnt[0],
             .track_count = 1,
             .stale_before = scene_at(700)},
            {.name = "gm1",
             .address = "10.0.1.1",
             .up = true,
             .observation = of_gm,
             .tracks = &learnt[1],
             .track_count = 1,
             .stale_before = scene_at(700)},
        };
        const struct gv_fleet_in in = {
            .devices = devices, .device_count = 2, .now = scene_at(1000), .seed = 7};
        struct gv_track *track = &learnt[1].track;
        struct gv_snapshot snapshot;

        (void)scene_ks(of_ks, at_ks, GV_KS_PRIMARY, "1.0.27");
        (void)scene_kek(of_ks, at_ks, 1, 3600, 2000);
        learnt[0].track.side = GV_TRACK_KS;
        learnt[0].track.kek = gv_kek_life_of(at_ks->keks);
        learnt[0].track.kek.first_seen = scene_at(-500);
        (void)scene_kek(of_gm, at_gm, 9, 3600, 1000);
        track->side = GV_TRACK_GM;
        track->kek = gv_kek_life_of(at_gm->keks);
        track->kek.first_seen = track->kek.spi_seen = scene_at(-900);
        track->kek.last_seen = scene_at(cases[i].seen_s);
        track->mark.rekeys = 5;
        track->mark.registrations = 2;
        gm->has = GV_GM_HAS_REKEYS_RECEIVED | GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
        gm->rekeys_received = cases[i].rekeys;
        gm->registrations_succeeded = cases[i].registrations;
        CHECK_INT(cases[i].name, gv_fleet_build(&in, &snapshot), GV_OK);
        CHECK_INT(cases[i].name, snapshot.devices[1].memberships[0].kek_in_sync, cases[i].sync);
        gv_arena_clear(&snapshot.arena);
        gv_observation_free(of_ks);
        gv_observation_free(of_gm);
    }
}

int main(void)
{
    test_out_of_sync();
    test_counted();
    test_members();
    return check_end();
}
