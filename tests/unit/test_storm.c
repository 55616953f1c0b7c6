/* SPDX-License-Identifier: Apache-2.0 */
/* Signs that a key server has its hands full. */
#include "check.h"
#include "model/storm.h"

static bool feed_ks(struct gv_storm *storm, int64_t at_s, enum gv_ks_role role,
                    uint64_t uptime_ms, uint32_t members)
{
    struct gv_ks_obs ks = {
        .has = GV_KS_HAS_MEMBERS_REGISTERED, .members_registered = members, .role = role};
    struct gv_group_obs group = {.ks = &ks};
    struct gv_device_obs device = {.has_uptime = true, .uptime_ms = uptime_ms};

    return gv_storm_feed(
        storm,
        &(struct gv_track_in){.device = &device, .group = &group, .seen_at = {at_s * 1000}});
}

static void test_key_server(void)
{
    static const struct {
        const char *row;
        enum gv_ks_role role;
        uint64_t uptime_ms;
        uint32_t members;
        bool sign;
        const char *word;
    } rows[] = {
        {"as before", GV_KS_PRIMARY, 61000, 1000, false, ""},
        {"more members", GV_KS_PRIMARY, 61000, 1001, false, ""},
        {"5 % less", GV_KS_PRIMARY, 61000, 950, false, ""},
        {"more than that", GV_KS_PRIMARY, 61000, 949, true, "5 %"},
        {"none left", GV_KS_PRIMARY, 61000, 0, true, "5 %"},
        {"another role", GV_KS_SECONDARY, 61000, 1000, true, "role"},
        {"the role is not told", GV_KS_ROLE_UNSAID, 61000, 1000, false, ""},
        {"restarted", GV_KS_PRIMARY, 500, 1000, true, "restarted"},
        {"restarted, empty", GV_KS_SECONDARY, 500, 0, true, "restarted"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_storm storm = {.has_members = false};

        CHECK(rows[i].row, !feed_ks(&storm, 100, GV_KS_PRIMARY, 1000, 1000));
        CHECK(rows[i].row, feed_ks(&storm, 160, rows[i].role, rows[i].uptime_ms,
                                   rows[i].members) == rows[i].sign);
        CHECK(rows[i].row, storm.at.known == rows[i].sign);
        if (rows[i].sign)
            CHECK(rows[i].row,
                  storm.at.at.ms == 160000 && strstr(storm.why, rows[i].word) != NULL);
    }
}

/* The MIB counts a key server's own members, the CLI the group's: asked in turns, nobody is
 * gone. */
static void test_asked_in_turns(void)
{
    struct gv_storm storm = {.has_members = false};
    struct gv_ks_obs ks = {.has = GV_KS_HAS_MEMBERS_REGISTERED | GV_KS_HAS_GROUP_MEMBERS,
                           .group_members = 12};
    struct gv_group_obs group = {.ks = &ks};
    struct gv_device_obs device = {.has_uptime = false};
    struct gv_track_in in = {.device = &device, .group = &group};

    for (int64_t at_s = 60; at_s <= 240; at_s += 60) {
        ks.members_registered = at_s % 120 == 0 ? 12 : 4;
        in.seen_at = gv_time_add((struct gv_time){0}, gv_secs(at_s));
        CHECK("nobody is gone", !gv_storm_feed(&storm, &in));
    }
    ks.members_registered = 4;
    ks.group_members = 6;
    CHECK("six are", gv_storm_feed(&storm, &in));
}

/* What is not told changes nothing, and is no zero. */
static void test_absent(void)
{
    struct gv_storm storm = {.has_members = false};
    struct gv_ks_obs ks = {.has = 0};
    struct gv_group_obs group = {.ks = &ks};
    struct gv_device_obs device = {.has_uptime = false};
    struct gv_track_in in = {.device = &device, .group = &group, .seen_at = {200000}};

    (void)feed_ks(&storm, 100, GV_KS_PRIMARY, 1000000, 1000);
    CHECK("nothing told", !gv_storm_feed(&storm, &in));
    CHECK("then a drop", feed_ks(&storm, 300, GV_KS_PRIMARY, 1200000, 900));
}

static bool feed_gm(struct gv_storm *storm, int64_t at_s, uint32_t succeeded)
{
    struct gv_gm_obs gm = {.has = GV_GM_HAS_REGISTRATIONS_SUCCEEDED,
                           .registrations_succeeded = succeeded};
    struct gv_group_obs group = {.gm = &gm};
    struct gv_device_obs device = {.has_uptime = false};

    return gv_storm_feed(
        storm,
        &(struct gv_track_in){.device = &device, .group = &group, .seen_at = {at_s * 1000}});
}

static void test_member(void)
{
    struct gv_storm storm = {.has_members = false};

    CHECK("first sight", !feed_gm(&storm, 100, 7));
    CHECK("the same", !feed_gm(&storm, 160, 7));
    CHECK("again", feed_gm(&storm, 220, 8));
    CHECK("when", storm.moved_at.known && storm.moved_at.at.ms == 220000 && !storm.at.known);
    CHECK("a counter that begins anew", !feed_gm(&storm, 280, 1));
    CHECK("1 of 10 is none", !gv_storm_of_members(1, 10));
    CHECK("2 of 10", gv_storm_of_members(2, 10));
    CHECK("1 %", !gv_storm_of_members(10, 1000));
    CHECK("more", gv_storm_of_members(11, 1000));
}

static void test_sign(void)
{
    struct gv_storm storm = {.has_members = false};

    gv_storm_sign(&storm, (struct gv_time){5000}, "b");
    gv_storm_sign(&storm, (struct gv_time){4000}, "a");
    CHECK("the latest counts", storm.at.at.ms == 5000);
    CHECK_STR("its word", storm.why, "b");
}

int main(void)
{
    test_key_server();
    test_asked_in_turns();
    test_absent();
    test_member();
    test_sign();
    return check_end();
}
