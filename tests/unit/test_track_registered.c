/* SPDX-License-Identifier: Apache-2.0 */
/* When a GM registered last, as its count tells; and two registrations between two counts. */
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

struct sight {
    int64_t at_s;
    uint32_t count;
    uint64_t uptime_s;
    uint8_t spi;
    int64_t ends_s;
};

static void see(struct gv_track *track, const struct sight *sight)
{
    struct gv_observation *obs = scene_new(sight->at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_gm_obs *gm = scene_gm(obs, group, "10.0.1.1", NULL);
    const struct gv_track_in in = {&obs->device, group, obs->seen_at, true, NULL, false};

    obs->device.has_uptime = sight->uptime_s != 0;
    obs->device.uptime_ms = sight->uptime_s * 1000;
    gm->has = GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
    gm->registrations_succeeded = sight->count;
    (void)scene_kek(obs, group, sight->spi, 1200, (uint32_t)(sight->ends_s - sight->at_s));
    gv_track_feed(track, &in);
    gv_observation_free(obs);
}

/* KEK 1 of 1200 s ends at 1300; the next one was made just then, and is there when the count
 * has risen by two. */
static void test_pair(void)
{
    static const struct {
        const char *name;
        int64_t from_s, to_s;
        uint64_t doubles;
    } pairs[] = {
        {"a pair", 1000, 1580, 1},
        {"so far apart they may be of two rekeys that were lost", 1000, 1620, 0},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};

        see(&track, &(struct sight){pairs[i].from_s, 1, 0, 1, 1300});
        see(&track, &(struct sight){pairs[i].to_s, 3, 0, 2, 2500});
        CHECK_INT(pairs[i].name, track.registrations.doubles, pairs[i].doubles);
    }
}

static void test_last(void)
{
    struct gv_track track = {.side = GV_TRACK_NONE};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct gv_when *last = &track.registrations.last_at;

        if (rows[i].doubt)
            gv_track_doubt(&track);
        see(&track, &(struct sight){rows[i].at_s, rows[i].count, rows[i].uptime_s, 1, 4000});
        CHECK_INT(rows[i].name, last->known, rows[i].last_s != 0);
        if (last->known)
            CHECK_INT(rows[i].name, last->at.ms, scene_at(rows[i].last_s).ms);
    }
}

int main(void)
{
    test_last();
    test_pair();
    return check_end();
}
