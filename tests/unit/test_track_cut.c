/* SPDX-License-Identifier: Apache-2.0 */
/* What polls that ended early prove: a KEK that they list was there, and what they leave out
 * may have been. */
#include "model/track.h"

#include "check.h"
#include "scene.h"

/* A primary's sight of one KEK of 1200 s; by a poll that ended early, or not. */
static void feed(struct gv_track *track, int64_t at_s, uint8_t spi, uint32_t remaining_s,
                 bool cut)
{
    struct gv_observation *obs = scene_new(at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_ks_obs *ks = scene_ks(obs, group, GV_KS_PRIMARY, NULL);
    struct gv_track_in in = {
        .device = &obs->device, .group = group, .seen_at = obs->seen_at, .cut = cut};

    ks->has =
        GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL | GV_KS_HAS_MEMBERS_REGISTERED;
    ks->retransmits = 3;
    ks->retransmit_interval_s = 10;
    group->transport = GV_REKEY_UNICAST;
    scene_kek(obs, group, spi, 1200, remaining_s);
    gv_track_feed(track, &in);
    gv_observation_free(obs);
}

/* KEK 1 ends at 1200, and is rekeyed at 965 by the formula; KEK 3 is born where the row says,
 * and seen 10 s later. The last whole poll with KEK 1 was at 10. */
static void test_listed(void)
{
    static const struct {
        const char *name;
        int64_t listed_s; /* 0: no cut poll */
        int64_t born_s;
        enum gv_rekey_verdict verdict;
    } rows[] = {
        {"unseen for most of its life: another may have been there", 0, 965, GV_REKEY_UNKNOWN},
        {"a cut poll lists it: none was", 900, 965, GV_REKEY_ON_TIME},
        {"and it is late", 900, 1300, GV_REKEY_AFTER_EXPIRY},
        {"but not so long before", 100, 1090, GV_REKEY_UNKNOWN},
        {"after half a life, one may have come in time", 500, 1190, GV_REKEY_UNKNOWN},
        {"within half a life, none did", 900, 1190, GV_REKEY_TOO_LATE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};
        int64_t seen_s = rows[i].born_s + 10;

        feed(&track, 10, 1, 1190, false);
        if (rows[i].listed_s > 0)
            feed(&track, rows[i].listed_s, 1, (uint32_t)(1200 - rows[i].listed_s), true);
        CHECK_INT("a cut poll is no sight of the one in use", track.kek.last_seen.ms,
                  scene_at(10).ms);
        feed(&track, seen_s, 3, 1190, true);
        CHECK_INT(rows[i].name, track.kek.spi[0], 3);
        CHECK_INT(rows[i].name, track.verdict, rows[i].verdict);
    }
}

/* A cut poll that lists the KEK before says nothing of either. */
static void test_before(void)
{
    struct gv_track track = {.side = GV_TRACK_NONE};

    feed(&track, 900, 1, 300, false);
    feed(&track, 980, 2, 1185, false);
    feed(&track, 1000, 1, 200, true);
    CHECK_INT("it stays at the newer one", track.kek.spi[0], 2);
    CHECK_INT("which was not listed", track.listed.ms, 0);
    feed(&track, 1010, 2, 1155, true);
    CHECK_INT("now it is", track.listed.ms, scene_at(1010).ms);
    feed(&track, 1005, 2, 1160, true);
    CHECK_INT("and no late answer takes that back", track.listed.ms, scene_at(1010).ms);
}

int main(void)
{
    test_listed();
    test_before();
    return check_end();
}
