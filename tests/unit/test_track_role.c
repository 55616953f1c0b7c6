/* SPDX-License-Identifier: Apache-2.0 */
/* Who leads, whose rekey a new KEK is, and which one is in use. */
#include "model/track.h"

#include "check.h"
#include "scene.h"

static void test_leads(void)
{
    struct gv_peer_obs peer = {.role = GV_KS_PRIMARY};
    struct gv_ks_obs ks = {.role = GV_KS_ROLE_UNSAID};

    CHECK("alone", gv_ks_leads(&ks));
    ks.peers = &peer;
    CHECK("with peers, role unsaid", !gv_ks_leads(&ks));
    ks.redundancy_said = true;
    CHECK("no redundancy configured", gv_ks_leads(&ks));
    ks.redundancy_configured = true;
    CHECK("redundancy configured, role unsaid", !gv_ks_leads(&ks));
    ks.role = GV_KS_PRIMARY;
    CHECK("primary", gv_ks_leads(&ks));
    ks.role = GV_KS_ROLE_UNKNOWN;
    CHECK("role unknown", !gv_ks_leads(&ks));
}

/* A key server's sight of a KEK of 1200 s, with the role that it told at that instant. */
static void feed(struct gv_track *track, int64_t at_s, uint8_t spi, uint32_t remaining_s,
                 enum gv_ks_role role, int64_t role_at_s)
{
    struct gv_observation *obs = scene_new(at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_ks_obs *ks = scene_ks(obs, group, role, NULL);
    struct gv_track_in in = {&obs->device, group, obs->seen_at, true, NULL, false};

    ks->has =
        GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL | GV_KS_HAS_MEMBERS_REGISTERED;
    ks->retransmits = 3;
    ks->retransmit_interval_s = 10;
    ks->role_at = scene_at(role_at_s);
    group->transport = GV_REKEY_UNICAST;
    scene_kek(obs, group, spi, 1200, remaining_s);
    gv_track_feed(track, &in);
    gv_observation_free(obs);
}

/* KEK 1 ends at 1200, KEK 2 was made at 965, by the formula; two collectors tell of them. */
static void test_awaits_role(void)
{
    static const struct {
        const char *name;
        enum gv_ks_role role; /* when it is told again */
        enum gv_rekey_verdict verdict;
    } rows[] = {
        {"it leads: its rekey", GV_KS_PRIMARY, GV_REKEY_ON_TIME},
        {"it follows: another's", GV_KS_SECONDARY, GV_REKEY_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};

        feed(&track, 100, 1, 1100, GV_KS_PRIMARY, 100);
        feed(&track, 990, 2, 1175, GV_KS_PRIMARY, 940);
        CHECK_INT("its role is older than its KEK: wait", track.kek.spi[0], 1);
        CHECK_INT("nothing is said", track.verdict, GV_REKEY_UNKNOWN);
        feed(&track, 1000, 2, 1165, rows[i].role, 1000);
        CHECK_INT(rows[i].name, track.kek.spi[0], 2);
        CHECK_INT(rows[i].name, track.verdict, rows[i].verdict);
        CHECK_INT(rows[i].name, track.counts[GV_REKEY_ON_TIME],
                  rows[i].verdict == GV_REKEY_ON_TIME);
    }
}

/* One sight after another; the role stays where none is told, or only an older word of it. */
static void test_role_kept(void)
{
    static const struct {
        const char *name;
        enum gv_ks_role role;
        bool redundant; /* it says that redundancy is configured */
        int64_t role_at_s;
        enum gv_ks_role kept;
        int64_t since_s;
    } rows[] = {
        {"told again", GV_KS_PRIMARY, true, 160, GV_KS_PRIMARY, 100},
        {"told anew", GV_KS_SECONDARY, true, 160, GV_KS_SECONDARY, 160},
        {"older than what is known", GV_KS_SECONDARY, true, 90, GV_KS_PRIMARY, 100},
        {"cut before the role", GV_KS_ROLE_UNSAID, true, 160, GV_KS_PRIMARY, 100},
        {"a collector that cannot tell", GV_KS_ROLE_UNSAID, false, 160, GV_KS_PRIMARY, 100},
        {"told as unknown", GV_KS_ROLE_UNKNOWN, true, 160, GV_KS_ROLE_UNKNOWN, 160},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};
        struct gv_observation *obs = scene_new(160);
        struct gv_group_obs *group = scene_group(obs, "G1", "7");
        struct gv_ks_obs *ks = scene_ks(obs, group, rows[i].role, NULL);
        struct gv_track_in in = {&obs->device, group, obs->seen_at, true, NULL, false};

        feed(&track, 100, 1, 1100, GV_KS_PRIMARY, 100);
        ks->redundancy_said = ks->redundancy_configured = rows[i].redundant;
        ks->role_at = scene_at(rows[i].role_at_s);
        gv_track_feed(&track, &in);
        CHECK_INT(rows[i].name, track.role, rows[i].kept);
        CHECK_INT(rows[i].name, track.role_since.ms, scene_at(rows[i].since_s).ms);
        gv_observation_free(obs);
    }
}

/* KEK 1 ends at 1200, KEK 2 was made at 965; this one followed, and took over. */
static void test_inherited(void)
{
    static const struct {
        const char *name;
        int64_t leads_s; /* seen to lead first; with the KEK before, if before 990 */
        enum gv_rekey_verdict verdict;
    } rows[] = {
        {"it led already", 900, GV_REKEY_ON_TIME},
        {"as rounding has it", 967, GV_REKEY_ON_TIME},
        {"it took over with the KEK before still in use", 980, GV_REKEY_UNKNOWN},
        {"it took over with the new KEK", 990, GV_REKEY_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};

        feed(&track, 100, 1, 1100, GV_KS_SECONDARY, 100);
        if (rows[i].leads_s < 990)
            feed(&track, rows[i].leads_s, 1, (uint32_t)(1200 - rows[i].leads_s), GV_KS_PRIMARY,
                 rows[i].leads_s);
        feed(&track, 990, 2, 1175, GV_KS_PRIMARY, 990);
        CHECK_INT(rows[i].name, track.verdict, rows[i].verdict);
        CHECK_INT(rows[i].name, track.timing.proof,
                  rows[i].verdict == GV_REKEY_ON_TIME ? GV_PROOF_KS_REKEYED_AHEAD
                                                      : GV_PROOF_NONE);
    }
}

/* A track that went from KEK 1 to KEK 2, both of 1200 s, born at 0 and at 965. */
static void test_in_use(void)
{
    static const struct {
        const char *name;
        struct {
            uint8_t spi;
            uint32_t remaining_s;
            enum gv_kek_status status;
        } row[2];
        uint8_t spi; /* of the one in use; 0: none */
    } rows[] = {
        {"none listed", {{0}}, 0},
        {"one collector is behind", {{1, 200, GV_KEK_IN_USE}, {2, 1165, GV_KEK_NEW}}, 2},
        {"nobody says which",
         {{1, 200, GV_KEK_STATUS_UNSAID}, {2, 1165, GV_KEK_STATUS_UNSAID}},
         2},
        {"the next", {{2, 1165, GV_KEK_OLD}, {3, 1200, GV_KEK_IN_USE}}, 3},
        {"the second is gone", {{1, 200, GV_KEK_IN_USE}}, 1},
        {"the second is over: two key servers merged",
         {{1, 200, GV_KEK_IN_USE}, {2, 1165, GV_KEK_OLD}},
         1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.side = GV_TRACK_NONE};
        struct gv_observation *obs = scene_new(1000);
        struct gv_group_obs *group = scene_group(obs, "G1", "7");
        const struct gv_kek_obs *kek;

        feed(&track, 100, 1, 1100, GV_KS_PRIMARY, 100);
        feed(&track, 990, 2, 1175, GV_KS_PRIMARY, 990);
        for (size_t k = 0; k < 2 && rows[i].row[k].spi != 0; k++)
            scene_kek(obs, group, rows[i].row[k].spi, 1200, rows[i].row[k].remaining_s)
                ->status = rows[i].row[k].status;
        kek = gv_track_in_use(&track, group->keks);
        CHECK_INT(rows[i].name, kek != NULL ? kek->spi[0] : 0, rows[i].spi);
        gv_observation_free(obs);
    }
}

int main(void)
{
    test_leads();
    test_awaits_role();
    test_role_kept();
    test_inherited();
    test_in_use();
    return check_end();
}
