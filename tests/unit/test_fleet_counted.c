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

int main(void)
{
    test_counted();
    return check_end();
}
