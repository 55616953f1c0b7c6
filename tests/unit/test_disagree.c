/* SPDX-License-Identifier: Apache-2.0 */
/* Which differences between two collectors stand, and which are only polls in turns. */
#include "model/disagree.h"

#include "check.h"
#include "scene.h"

/* What a collector shows of one group, at `at_s`. */
struct view {
    int64_t at_s;
    uint8_t spi;          /* of its KEK; 0: none is told */
    uint32_t remaining_s; /* of that KEK */
    uint32_t to_rekey_s;  /* 0: not told */
    uint32_t retransmits; /* 0: not told */
    enum gv_ks_role role; /* UNSAID: a member instead */
    uint32_t registrations;
    const char *with; /* registered with; NULL: not told */
    enum gv_rekey_transport transport;
    bool inferred;
    uint8_t old_spi; /* a second row; 0: none */
};

static struct gv_observation *show(const struct view *v)
{
    struct gv_observation *obs = scene_new(v->at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", NULL);
    struct gv_kek_obs *kek;

    group->transport = v->transport;
    group->transport_inferred = v->inferred;
    if (v->role != GV_KS_ROLE_UNSAID) {
        struct gv_ks_obs *ks = scene_ks(obs, group, v->role, NULL);

        ks->retransmits = v->retransmits;
        ks->has |= v->retransmits > 0 ? GV_KS_HAS_RETRANSMITS : 0u;
    } else {
        struct gv_gm_obs *gm = scene_gm(obs, group, NULL, NULL);

        gm->registered_with = v->with;
        gm->registrations_succeeded = v->registrations;
        gm->has |= v->registrations > 0 ? GV_GM_HAS_REGISTRATIONS_SUCCEEDED : 0u;
    }
    if (v->remaining_s > 0) {
        kek = scene_kek(obs, group, v->spi, 0, v->remaining_s);
        kek->to_rekey_s = v->to_rekey_s;
        kek->has |= v->to_rekey_s > 0 ? GV_KEK_HAS_TO_REKEY : 0u;
    }
    if (v->old_spi != 0)
        (void)scene_kek(obs, group, v->old_spi, 0, v->remaining_s);
    return obs;
}

enum { ROUNDS = 3 };

#define P GV_KS_PRIMARY
#define S GV_KS_SECONDARY

/* Two collectors poll in turns, a before b, each ROUNDS times; "" where nothing stands. */
static const struct {
    const char *name;
    struct view a[ROUNDS], b[ROUNDS];
    const char *stands[2 * ROUNDS]; /* after each poll */
} rows[] = {
    {"all the same",
     {{0, 1, 900, .role = P}, {60, 1, 840, .role = P}, {120, 1, 780, .role = P}},
     {{30, 1, 870, .role = P}, {90, 1, 810, .role = P}, {150, 1, 750, .role = P}},
     {"", "", "", "", "", ""}},
    {"a rekey, seen in turns",
     {{0, 1, 300, .role = P}, {60, 1, 240, .role = P}, {120, 2, 7180, .role = P}},
     {{30, 1, 270, .role = P}, {90, 2, 7210, .role = P}, {150, 2, 7150, .role = P}},
     {"", "", "", "", "", ""}},
    {"a rekey at every second poll, never seen by both before the next",
     {{0, 1, 300, .role = P}, {60, 2, 300, .role = P}, {120, 3, 300, .role = P}},
     {{30, 1, 270, .role = P}, {90, 2, 270, .role = P}, {150, 3, 270, .role = P}},
     {"", "", "", "", "", ""}},
    {"the new KEK beside the old one in one list",
     {{0, 2, 300, .role = P, .old_spi = 1},
      {60, 2, 240, .role = P, .old_spi = 1},
      {120, 2, 180, .role = P}},
     {{30, 1, 270, .role = P}, {90, 1, 210, .role = P}, {150, 2, 150, .role = P}},
     {"", "", "", "", "", ""}},
    {"two KEKs for good",
     {{0, 1, 900, .role = P}, {60, 1, 840, .role = P}, {120, 1, 780, .role = P}},
     {{30, 9, 870, .role = P}, {90, 9, 810, .role = P}, {150, 9, 750, .role = P}},
     {"", "", "", "kek_spi", "kek_spi", "kek_spi"}},
    {"one KEK, two ends",
     {{0, 1, 900, .role = P}, {60, 1, 840, .role = P}, {120, 1, 780, .role = P}},
     {{30, 1, 800, .role = P}, {90, 1, 740, .role = P}, {150, 1, 680, .role = P}},
     {"", "", "", "kek_expiry", "kek_expiry", "kek_expiry"}},
    {"ends that rounding and a slow answer may set apart",
     {{0, 1, 900, .role = P}, {60, 1, 840, .role = P}, {120, 1, 780, .role = P}},
     {{30, 1, 861, .role = P}, {90, 1, 801, .role = P}, {150, 1, 741, .role = P}},
     {"", "", "", "", "", ""}},
    {"an old member's value stands still",
     {{0, 1, 900, .with = NULL}, {60, 1, 900, .with = NULL}, {120, 1, 900, .with = NULL}},
     {{30, 1, 900, .with = NULL}, {90, 1, 900, .with = NULL}, {150, 1, 900, .with = NULL}},
     {"", "", "", "", "", ""}},
    {"KEKs without an SPI are not compared",
     {{0, 0, 900, .role = P}, {60, 0, 840, .role = P}, {120, 0, 780, .role = P}},
     {{30, 1, 100, .role = P}, {90, 1, 40, .role = P}, {150, 2, 7000, .role = P}},
     {"", "", "", "", "", ""}},
    {"two schedules of one rekey",
     {{0, 1, 900, 700, .role = P}, {60, 1, 840, 640, .role = P}, {120, 1, 780, 580, .role = P}},
     {{30, 1, 870, 600, .role = P},
      {90, 1, 810, 540, .role = P},
      {150, 1, 750, 480, .role = P}},
     {"", "", "", "kek_rekey", "kek_rekey", "kek_rekey"}},
    {"retransmissions",
     {{0, 1, 900, .retransmits = 2, .role = P},
      {60, 1, 840, .retransmits = 2, .role = P},
      {120, 1, 780, .retransmits = 3, .role = P}},
     {{30, 1, 870, .retransmits = 3, .role = P},
      {90, 1, 810, .retransmits = 3, .role = P},
      {150, 1, 750, .retransmits = 3, .role = P}},
     {"", "", "", "retransmits", "", ""}},
    {"retransmissions changed in between",
     {{0, 1, 900, .retransmits = 2, .role = P},
      {60, 1, 840, .retransmits = 3, .role = P},
      {120, 1, 780, .retransmits = 3, .role = P}},
     {{30, 1, 870, .retransmits = 3, .role = P},
      {90, 1, 810, .retransmits = 3, .role = P},
      {150, 1, 750, .retransmits = 3, .role = P}},
     {"", "", "", "", "", ""}},
    {"only one tells them",
     {{0, 1, 900, .retransmits = 2, .role = P},
      {60, 1, 840, .retransmits = 2, .role = P},
      {120, 1, 780, .retransmits = 2, .role = P}},
     {{30, 1, 870, .role = P}, {90, 1, 810, .role = P}, {150, 1, 750, .role = P}},
     {"", "", "", "", "", ""}},
    {"a failover, seen in turns",
     {{0, 1, 900, .role = P}, {60, 1, 840, .role = P}, {120, 1, 780, .role = S}},
     {{30, 1, 870, .role = P}, {90, 1, 810, .role = S}, {150, 1, 750, .role = S}},
     {"", "", "", "", "", ""}},
    {"roles for good",
     {{0, 1, 900, .role = P}, {60, 1, 840, .role = P}, {120, 1, 780, .role = P}},
     {{30, 1, 870, .role = S}, {90, 1, 810, .role = S}, {150, 1, 750, .role = S}},
     {"", "", "", "role", "role", "role"}},
    {"a counter that rises from poll to poll",
     {{0, .registrations = 1}, {60, .registrations = 3}, {120, .registrations = 5}},
     {{30, .registrations = 2}, {90, .registrations = 4}, {150, .registrations = 6}},
     {"", "", "", "", "", ""}},
    {"a counter that is behind",
     {{0, .registrations = 7}, {60, .registrations = 7}, {120, .registrations = 7}},
     {{30, .registrations = 2}, {90, .registrations = 2}, {150, .registrations = 2}},
     {"", "", "", "registrations_succeeded", "registrations_succeeded",
      "registrations_succeeded"}},
    {"a reboot, seen in turns",
     {{0, .registrations = 7}, {60, .registrations = 1}, {120, .registrations = 1}},
     {{30, .registrations = 7}, {90, .registrations = 1}, {150, .registrations = 1}},
     {"", "", "", "", "", ""}},
    {"registered with",
     {{0, .with = "10.0.0.1"}, {60, .with = "10.0.0.1"}, {120, .with = "10.0.0.2"}},
     {{30, .with = "10.0.0.2"}, {90, .with = "10.0.0.2"}, {150, .with = "10.0.0.2"}},
     {"", "", "", "registered_with", "", ""}},
    {"an inferred transport claims nothing",
     {{0, .transport = GV_REKEY_UNICAST},
      {60, .transport = GV_REKEY_UNICAST},
      {120, .transport = GV_REKEY_UNICAST}},
     {{30, .transport = GV_REKEY_MULTICAST, .inferred = true},
      {90, .transport = GV_REKEY_MULTICAST, .inferred = true},
      {150, .transport = GV_REKEY_MULTICAST}},
     {"", "", "", "", "", ""}},
};

static const char *standing(const struct gv_disagreements *known)
{
    for (size_t i = 0; i < known->count; i++)
        if (gv_disagreement_stands(known, &known->list[i]))
            return gv_disagreement_field(known->list[i].field);
    return "";
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_disagreements known = {.count = 0};
        struct gv_said said[2] = {{"ssh", NULL}, {"restconf", NULL}};

        for (int turn = 0; turn < 2 * ROUNDS; turn++) {
            const struct view *view = &(turn % 2 == 0 ? rows[i].a : rows[i].b)[turn / 2];

            gv_observation_free((struct gv_observation *)said[turn % 2].obs);
            said[turn % 2].obs = show(view);
            gv_disagreements_feed(&known, said, turn == 0 ? 1 : 2, scene_at(view->at_s));
            CHECK_STR(rows[i].name, standing(&known), rows[i].stands[turn]);
        }
        gv_observation_free((struct gv_observation *)said[0].obs);
        gv_observation_free((struct gv_observation *)said[1].obs);
    }
}

/* Both values and both sources; what stood once is remembered. */
static void test_claims(void)
{
    static const struct view a = {0, 1, 900, .retransmits = 2, .role = P};
    static const struct view b = {30, 1, 870, .retransmits = 5, .role = P};
    static const struct view agrees = {90, 1, 810, .retransmits = 2, .role = P};
    struct view later_a = a, later_b = b;
    struct gv_observation *x = show(&a), *y = show(&b), *z;
    struct gv_said said[] = {{"ssh", x}, {"restconf", y}};
    struct gv_disagreements known = {.count = 0};

    gv_disagreements_feed(&known, said, 2, scene_at(30));
    CHECK_INT("not yet", known.ever, 0);
    later_a.at_s = 60;
    later_a.remaining_s = 840;
    later_b.at_s = 90;
    later_b.remaining_s = 810;
    gv_observation_free(x);
    gv_observation_free(y);
    said[0].obs = x = show(&later_a);
    said[1].obs = y = show(&later_b);
    gv_disagreements_feed(&known, said, 2, scene_at(90));
    CHECK_INT("one", known.count, 1);
    CHECK_STR("group", known.list[0].group, "G1");
    CHECK_INT("kind", known.list[0].kind, GV_CLAIM_NUMBER);
    CHECK_STR("source", known.list[0].claims[0].collector, "ssh");
    CHECK_STR("other source", known.list[0].claims[1].collector, "restconf");
    CHECK_INT("value", known.list[0].claims[0].value.number, 2);
    CHECK_INT("other value", known.list[0].claims[1].value.number, 5);
    CHECK_INT("instant", known.list[0].claims[1].seen_at.ms, scene_at(90).ms);
    CHECK("has stood", known.ever != 0);
    said[1].obs = z = show(&agrees);
    gv_disagreements_feed(&known, said, 2, scene_at(91));
    CHECK("over, and remembered", known.count == 0 && known.ever != 0);
    gv_observation_free(x);
    gv_observation_free(y);
    gv_observation_free(z);
}

int main(void)
{
    test_rows();
    test_claims();
    return check_end();
}
