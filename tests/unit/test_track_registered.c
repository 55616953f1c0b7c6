/* SPDX-License-Identifier: Apache-2.0 */
/* When a GM registered last, as its count tells. */
#include "check.h"
#include "model/track.h"
#include "scene.h"

/* Polls of one GM, the seconds and the count; then when it is said to have registered last. */
static const struct {
    const char *name;
    int64_t at_s;
    uint32_t count;
    uint64_t uptime_s;
    bool doubt;     /* our own host rebooted before it */
    int64_t last_s; /* 0: not known */
} rows[] = {
    {"the first count tells of none", 1000, 3, 5000, false, 0},
    {"nor does the same", 1060, 3, 5060, false, 0},
    {"one more", 1120, 4, 5120, false, 1120},
    {"it stays", 1180, 4, 5180, false, 1120},
    {"two more", 1240, 6, 5240, false, 1240},
    {"a count that fell", 1300, 1, 5300, false, 1300},
    {"the device began anew", 1360, 1, 30, false, 1360},
    {"after a reboot of our own nothing is known", 1420, 2, 90, true, 0},
    {"but then again", 1480, 3, 150, false, 1480},
};

static void feed(struct gv_track *track, size_t i)
{
    struct gv_observation *obs = scene_new(rows[i].at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_gm_obs *gm = scene_gm(obs, group, "10.0.1.1", NULL);
    const struct gv_track_in in = {&obs->device, group, obs->seen_at, true, NULL, false};

    obs->device.has_uptime = true;
    obs->device.uptime_ms = rows[i].uptime_s * 1000;
    gm->has = GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
    gm->registrations_succeeded = rows[i].count;
    (void)scene_kek(obs, group, 1, 3600, (uint32_t)(4000 - rows[i].at_s));
    gv_track_feed(track, &in);
    gv_observation_free(obs);
}

int main(void)
{
    struct gv_track track = {.side = GV_TRACK_NONE};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct gv_when *last = &track.registrations.last_at;

        if (rows[i].doubt)
            gv_track_doubt(&track);
        feed(&track, i);
        CHECK_INT(rows[i].name, last->known, rows[i].last_s != 0);
        if (last->known)
            CHECK_INT(rows[i].name, last->at.ms, scene_at(rows[i].last_s).ms);
    }
    return check_end();
}
