/* SPDX-License-Identifier: Apache-2.0 */
/* What polls that ended early prove: a KEK that they list was there, and what they leave out
 * may have been. */
#include "model/track.h"

#include "check.h"
#include "scene.h"

/* A primary's sight of one KEK of 1200 s; by a poll that ended early, or not. */
struct sight {
    int64_t at_s;
    uint8_t spi;
    uint32_t remaining_s;
    int64_t sent, uptime_s; /* -1: not told */
    bool cut;
};

static void feed(struct gv_track *track, const struct sight *sight)
{
    struct gv_observation *obs = scene_new(sight->at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_ks_obs *ks = scene_ks(obs, group, GV_KS_PRIMARY, NULL);
    struct gv_track_in in = {
        .device = &obs->device, .group = group, .seen_at = obs->seen_at, .cut = sight->cut};

    ks->has =
        GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL | GV_KS_HAS_MEMBERS_REGISTERED;
    if (sight->sent >= 0) {
        ks->has |= GV_KS_HAS_REKEYS_SENT;
        ks->rekeys_sent = (uint32_t)sight->sent;
    }
    if (sight->uptime_s >= 0) {
        obs->device.has_uptime = true;
        obs->device.uptime_ms = (uint64_t)sight->uptime_s * 1000;
    }
    ks->retransmits = 3;
    ks->retransmit_interval_s = 10;
    group->transport = GV_REKEY_UNICAST;
    scene_kek(obs, group, sight->spi, 1200, sight->remaining_s);
    gv_track_feed(track, &in);
    gv_observation_free(obs);
}

static void see(struct gv_track *track, int64_t at_s, uint8_t spi, uint32_t remaining_s,
                bool cut)
{
    feed(track, &(struct sight){at_s, spi, remaining_s, -1, -1, cut});
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
        {"when its rekey was due, it may have been over", 1000, 1300, GV_REKEY_UNKNOWN},
        {"but not so long before", 100, 1090, GV_REKEY_UNKNOWN},
        {"after half a life, one may have come in time", 500, 1190, GV_REKEY_UNKNOWN},
        {"within half a life, none did", 900, 1190, GV_REKEY_TOO_LATE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};
        int64_t seen_s = rows[i].born_s + 10;

        see(&track, 10, 1, 1190, false);
        if (rows[i].listed_s > 0)
            see(&track, rows[i].listed_s, 1, (uint32_t)(1200 - rows[i].listed_s), true);
        CHECK_INT("a cut poll is no sight of the one in use", track.kek.last_seen.ms,
                  scene_at(10).ms);
        see(&track, seen_s, 3, 1190, true);
        CHECK_INT(rows[i].name, track.kek.spi[0], 3);
        CHECK_INT(rows[i].name, track.verdict, rows[i].verdict);
    }
}

/* The count that shows a reboot was left out: what the KEK was made for is not known. */
static void test_booted(void)
{
    static const struct {
        const char *name;
        int64_t sent; /* rekeys, as the cut poll counts them; -1: it was left out */
        int64_t uptime_s;
        int64_t born_s;
        enum gv_rekey_verdict verdict;
    } rows[] = {
        {"it counts the rekey", 8, -1, 300, GV_REKEY_EARLY},
        {"it has sent none: booted", 0, -1, 300, GV_REKEY_UNKNOWN},
        {"the count was left out", -1, -1, 300, GV_REKEY_UNKNOWN},
        {"but it is up for long", -1, 9000, 300, GV_REKEY_EARLY},
        {"in time is in time", -1, -1, 965, GV_REKEY_ON_TIME},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};

        feed(&track, &(struct sight){.at_s = rows[i].born_s - 50,
                                     .spi = 1,
                                     .remaining_s = (uint32_t)(1250 - rows[i].born_s),
                                     .sent = 7,
                                     .uptime_s = -1});
        feed(&track, &(struct sight){.at_s = rows[i].born_s + 10,
                                     .spi = 2,
                                     .remaining_s = 1190,
                                     .sent = rows[i].sent,
                                     .uptime_s = rows[i].uptime_s,
                                     .cut = true});
        CHECK_INT(rows[i].name, track.kek.spi[0], 2);
        CHECK_INT(rows[i].name, track.verdict, rows[i].verdict);
    }
}

/* A cut poll that lists the KEK before says nothing of either. */
static void test_before(void)
{
    struct gv_track track = {.side = GV_TRACK_NONE};

    see(&track, 900, 1, 300, false);
    see(&track, 980, 2, 1185, false);
    see(&track, 1000, 1, 200, true);
    CHECK_INT("it stays at the newer one", track.kek.spi[0], 2);
    CHECK_INT("which was not listed", track.listed.ms, 0);
    see(&track, 1010, 2, 1155, true);
    CHECK_INT("now it is", track.listed.ms, scene_at(1010).ms);
    CHECK("seen whole before", !track.partly);
    see(&track, 1005, 2, 1160, true);
    CHECK_INT("and no late answer takes that back", track.listed.ms, scene_at(1010).ms);
}

static bool shown(const struct gv_track *track, int64_t at_s, uint8_t spi, uint32_t remaining_s)
{
    struct gv_observation *obs = scene_new(at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    bool is = gv_track_shown(track, scene_kek(obs, group, spi, 1200, remaining_s)) != NULL;

    gv_observation_free(obs);
    return is;
}

/* A cut poll that lists a KEK from before the one we know, which we had not seen, is no step
 * back: but a whole one is. */
static void test_elder(void)
{
    struct gv_track track = {.side = GV_TRACK_NONE};

    see(&track, 1000, 2, 1190, true);
    CHECK("by a cut poll alone", track.partly);
    see(&track, 1020, 1, 200, true);
    CHECK_INT("it stays", track.kek.spi[0], 2);
    CHECK("nor is it shown", !shown(&track, 1020, 1, 200));
    CHECK("a newer one is", shown(&track, 2300, 3, 1200));
    see(&track, 1040, 2, 1150, false);
    CHECK("now by a whole one", !track.partly);
    see(&track, 1060, 1, 160, false);
    CHECK_INT("it went back", track.kek.spi[0], 1);
}

int main(void)
{
    test_listed();
    test_booted();
    test_elder();
    test_before();
    return check_end();
}
