/* SPDX-License-Identifier: Apache-2.0 */
/* What is judged over the devices of one group: policy, TEKs, COOP, sync; and
 * the index that joins them. */
#include "check.h"
#include "model/coop.h"
#include "model/index.h"
#include "model/policy.h"
#include "model/sync.h"
#include "model/tek.h"
#include "scene.h"

static void test_policy(void)
{
    static const struct gv_group_override overrides[] = {
        {.group = "7", .has_retransmits = true, .retransmits = 4},
        {.group = "G2",
         .has_interval = true,
         .interval_s = 20,
         .transport = GV_REKEY_MULTICAST},
    };
    struct gv_rekey_told told = {.has_retransmits = false};
    struct gv_ks_obs ks = {.has = GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL,
                           .retransmits = 3,
                           .retransmit_interval_s = 15};
    struct gv_group_obs group = {.transport = GV_REKEY_UNICAST};
    struct gv_rekey_policy p;

    CHECK("by id", gv_group_override_find(overrides, 2, "G9", "7") == &overrides[0]);
    CHECK("by name", gv_group_override_find(overrides, 2, "G2", NULL) == &overrides[1]);
    CHECK("none", gv_group_override_find(overrides, 2, NULL, "8") == NULL);

    p = gv_rekey_policy_of(&group, &told, NULL);
    CHECK("nothing told: defaults, and said so", p.retransmits == 2 && p.interval.ms == 10000 &&
                                                     p.retransmits_assumed &&
                                                     p.members_assumed);
    p = gv_rekey_policy_of(&group, &told, &overrides[0]);
    CHECK("half by hand is still half assumed", p.retransmits == 4 && p.retransmits_assumed);
    p = gv_rekey_policy_of(&group, &told, &overrides[1]);
    CHECK("a told transport is not overridden", p.transport == GV_REKEY_UNICAST);
    group.transport_inferred = true;
    p = gv_rekey_policy_of(&group, &told, &overrides[1]);
    CHECK("an inferred one is", p.transport == GV_REKEY_MULTICAST && p.interval.ms == 20000);
    gv_rekey_told_feed(&told, &ks);
    gv_rekey_told_feed(&told, &(struct gv_ks_obs){.has = 0});
    p = gv_rekey_policy_of(&group, &told, &overrides[0]);
    CHECK("once told, it stays",
          p.retransmits == 3 && p.interval.ms == 15000 && !p.retransmits_assumed);
}

static void test_members(void)
{
    static const struct {
        const char *name;
        uint32_t has, registered, total;
        bool peer;
        uint32_t members, uncertain;
        bool assumed;
    } rows[] = {
        {"nothing", 0, 0, 0, false, 0, 0, true},
        {"registered here", GV_KS_HAS_MEMBERS_REGISTERED, 30, 0, false, 30, 0, false},
        {"a peer counts more", GV_KS_HAS_MEMBERS_REGISTERED, 30, 0, true, 30, 70, false},
        {"the group's total", GV_KS_HAS_MEMBERS_REGISTERED | GV_KS_HAS_GROUP_MEMBERS, 30, 100,
         true, 100, 70, false},
        {"a total below the local count",
         GV_KS_HAS_MEMBERS_REGISTERED | GV_KS_HAS_GROUP_MEMBERS, 30, 20, false, 20, 10, false},
    };
    struct gv_rekey_told told = {.has_retransmits = false};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_peer_obs peer = {.has_members_registered = true, .members_registered = 70};
        struct gv_ks_obs ks = {.has = rows[i].has,
                               .members_registered = rows[i].registered,
                               .group_members = rows[i].total,
                               .peers = rows[i].peer ? &peer : NULL};
        struct gv_group_obs group = {.ks = &ks};
        struct gv_rekey_policy p = gv_rekey_policy_of(&group, &told, NULL);

        CHECK_INT(rows[i].name, p.members, rows[i].members);
        CHECK_INT(rows[i].name, p.members_uncertain, rows[i].uncertain);
        CHECK_INT(rows[i].name, p.members_assumed, rows[i].assumed);
    }
}

static void test_listed_members(void)
{
    struct gv_observation *obs = scene_new(0);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_ks_obs *ks = scene_ks(obs, group, GV_KS_PRIMARY, NULL);
    struct gv_rekey_told told = {.has_retransmits = false};

    scene_member(obs, ks, "10.0.1.1", NULL);
    scene_member(obs, ks, "10.0.1.2", NULL);
    CHECK_INT("a list is a count", gv_rekey_policy_of(group, &told, NULL).members, 2);
    CHECK("told", !gv_rekey_policy_of(group, &told, NULL).members_assumed);
    gv_observation_free(obs);
}

static void test_teks(void)
{
    struct gv_observation *obs = scene_new(0);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_tek_verdict v = gv_tek_judge(NULL, scene_at(0));
    struct gv_tek_obs *tek;

    CHECK("none", !v.present && v.count == 0 && v.successor_present == GV_UNKNOWN);
    tek = scene_tek(obs, group, 1, 100);
    scene_tek(obs, group, 1, 101); /* the other direction */
    tek->has |= GV_TEK_HAS_TO_REKEY;
    tek->to_rekey_s = 29;
    v = gv_tek_judge(group->teks, scene_at(10));
    CHECK("one SPI is one TEK", v.present && v.count == 1);
    CHECK_INT("no successor", v.successor_present, GV_NO);
    CHECK_INT("expiry", v.expiry.at.ms, scene_at(101).ms);
    CHECK_INT("its schedule, shown 1 s low", v.rekey_at.at.ms, scene_at(30).ms);
    scene_tek(obs, group, 2, 600);
    scene_tek(obs, group, 3, 0); /* superseded */
    scene_tek(obs, group, 4, 700)->status = GV_TEK_NOT_IN_USE;
    gv_group_add_tek(obs, group); /* tells nothing */
    v = gv_tek_judge(group->teks, scene_at(10));
    CHECK_INT("alive", v.count, 3);
    CHECK_INT("a successor", v.successor_present, GV_YES);
    CHECK_INT("traffic stops", v.expiry.at.ms, scene_at(600).ms);
    CHECK_INT("the first to die", v.next_expiry.at.ms, scene_at(100).ms);
    v = gv_tek_judge(group->teks, scene_at(650));
    CHECK("all have expired", v.present && v.count == 1 && !v.expiry.known);
    for (int i = 0; i < 100; i++)
        scene_tek(obs, group, (uint8_t)(10 + i), 900);
    CHECK_INT("many", gv_tek_judge(group->teks, scene_at(650)).count, 101);
    gv_observation_free(obs);
}

/* A KS as primary or not since `since_s`, last seen `seen_s`. */
static struct gv_track role_of(enum gv_ks_role role, int64_t since_s, int64_t seen_s)
{
    return (struct gv_track){.side = GV_TRACK_KS,
                             .role = role,
                             .role_since = scene_at(since_s),
                             .role_seen = scene_at(seen_s)};
}

enum { NO_COUNT = 99 };

static const struct {
    const char *name;
    struct {
        enum gv_ks_role role;
        int64_t since_s, seen_s;
        const char *peer; /* address of the KS it knows of */
        enum gv_ks_role claim;
    } ks[3];
    size_t count;
    size_t primaries;
    enum gv_tri split;
} primary_rows[] = {
    {"no KS", {{0}}, 0, NO_COUNT, GV_UNKNOWN},
    {"one primary", {{GV_KS_PRIMARY, 0, 50, "2", GV_KS_SECONDARY}}, 1, 1, GV_NO},
    {"primary and secondary",
     {{GV_KS_PRIMARY, 0, 50, "2", GV_KS_SECONDARY},
      {GV_KS_SECONDARY, 5, 55, "1", GV_KS_PRIMARY}},
     2,
     1,
     GV_NO},
    {"two primaries",
     {{GV_KS_PRIMARY, 0, 50, "2", GV_KS_SECONDARY},
      {GV_KS_PRIMARY, 5, 55, "1", GV_KS_SECONDARY}},
     2,
     2,
     GV_YES},
    {"a fail-over between two polls is no split",
     {{GV_KS_PRIMARY, 0, 50, "2", GV_KS_SECONDARY},
      {GV_KS_PRIMARY, 55, 55, "1", GV_KS_SECONDARY}},
     2,
     1,
     GV_NO},
    {"no primary",
     {{GV_KS_SECONDARY, 0, 50, "2", GV_KS_SECONDARY},
      {GV_KS_SECONDARY, 5, 55, "1", GV_KS_SECONDARY}},
     2,
     0,
     GV_NO},
    {"demoted, the other not polled since: unknown",
     {{GV_KS_SECONDARY, 60, 60, "2", GV_KS_PRIMARY},
      {GV_KS_SECONDARY, 5, 55, "1", GV_KS_PRIMARY}},
     2,
     NO_COUNT,
     GV_NO},
    {"one secondary alone knows no better",
     {{GV_KS_SECONDARY, 0, 50, NULL, GV_KS_ROLE_UNSAID}},
     1,
     NO_COUNT,
     GV_NO},
    {"one has not told its role",
     {{GV_KS_SECONDARY, 0, 50, "2", GV_KS_SECONDARY},
      {GV_KS_ROLE_UNSAID, 0, 55, "1", GV_KS_SECONDARY}},
     2,
     NO_COUNT,
     GV_NO},
    {"one witness is none", {{GV_KS_SECONDARY, 0, 50, "9", GV_KS_PRIMARY}}, 1, NO_COUNT, GV_NO},
    {"two witnesses",
     {{GV_KS_SECONDARY, 0, 50, "9", GV_KS_PRIMARY},
      {GV_KS_SECONDARY, 0, 55, "9", GV_KS_PRIMARY}},
     2,
     1,
     GV_NO},
    {"a liar's second primary does not count",
     {{GV_KS_PRIMARY, 0, 50, "9", GV_KS_SECONDARY},
      {GV_KS_SECONDARY, 0, 55, "9", GV_KS_PRIMARY}},
     2,
     1,
     GV_NO},
    {"a claim about a polled KS does not count",
     {{GV_KS_SECONDARY, 0, 50, "2", GV_KS_PRIMARY},
      {GV_KS_SECONDARY, 0, 55, "1", GV_KS_PRIMARY}},
     2,
     0,
     GV_NO},
};

static void test_primaries(void)
{
    static const char *const addresses[] = {"1", "2", "3"};

    for (size_t i = 0; i < sizeof(primary_rows) / sizeof(primary_rows[0]); i++) {
        struct gv_track tracks[3];
        struct gv_peer_obs peers[3];
        struct gv_coop_ks list[3];
        struct gv_count n;

        for (size_t k = 0; k < primary_rows[i].count; k++) {
            tracks[k] = role_of(primary_rows[i].ks[k].role, primary_rows[i].ks[k].since_s,
                                primary_rows[i].ks[k].seen_s);
            peers[k] = (struct gv_peer_obs){.address = primary_rows[i].ks[k].peer,
                                            .role = primary_rows[i].ks[k].claim};
            list[k] =
                (struct gv_coop_ks){.address = k == 1 ? addresses[k] : NULL,
                                    .target_address = addresses[k],
                                    .track = &tracks[k],
                                    .peers = primary_rows[i].ks[k].peer ? &peers[k] : NULL};
        }
        n = gv_coop_primaries(list, primary_rows[i].count);
        CHECK_INT(primary_rows[i].name, n.known ? n.n : NO_COUNT, primary_rows[i].primaries);
        CHECK_INT(primary_rows[i].name, gv_coop_split(list, primary_rows[i].count),
                  primary_rows[i].split);
    }
}

static void test_unseen(void)
{
    struct gv_track track = role_of(GV_KS_PRIMARY, 0, 50);
    struct gv_peer_obs second = {.address = "2"}, first = {.address = "1"}, nameless = {0};
    struct gv_coop_ks list[] = {
        {.target_address = "1", .track = &track, .peers = &second},
        {.target_address = "x", .address = "2", .track = &track, .peers = &first},
    };

    CHECK("each is there, by one address or the other", !gv_coop_unseen(list, 2));
    CHECK("the second is not", gv_coop_unseen(list, 1));
    list[0].peers = &nameless;
    CHECK("one that has no address", gv_coop_unseen(list, 2));
    list[0].peers = NULL;
    CHECK("alone", !gv_coop_unseen(list, 1));
    CHECK("nobody", !gv_coop_unseen(list, 0));
}

static struct gv_kek_life life_of(uint8_t spi, int64_t birth_s, int64_t first_s, int64_t last_s)
{
    struct gv_kek_life life = {.known = spi != 0,
                               .has_spi = spi != 0,
                               .birth = gv_when(scene_at(birth_s)),
                               .expiry = gv_when(scene_at(birth_s + 1200)),
                               .first_seen = scene_at(first_s),
                               .last_seen = scene_at(last_s),
                               .spi_seen = scene_at(first_s)};

    memset(life.spi, spi, sizeof(life.spi));
    return life;
}

static void test_two_keks(void)
{
    struct {
        const char *name;
        struct gv_kek_life a, b;
        enum gv_tri split;
    } rows[] = {
        {"the same KEK", life_of(1, 0, 0, 500), life_of(1, 0, 0, 500), GV_NO},
        {"two for long", life_of(1, 0, 0, 500), life_of(2, 100, 100, 500), GV_YES},
        {"whichever is named first", life_of(2, 100, 100, 500), life_of(1, 0, 0, 500), GV_YES},
        {"a rekey between two polls", life_of(1, 0, 0, 500), life_of(2, 510, 520, 520), GV_NO},
        {"a rekey that is on its way", life_of(1, 0, 0, 560), life_of(2, 510, 520, 580), GV_NO},
        {"its last copy", life_of(1, 0, 0, 589), life_of(2, 510, 520, 580), GV_NO},
        {"and did not arrive", life_of(1, 0, 0, 591), life_of(2, 510, 520, 580), GV_YES},
        {"a KS without KEK", life_of(1, 0, 0, 500), life_of(0, 0, 0, 0), GV_NO},
        {"one still calls the other's new", life_of(1, 0, 0, 800), life_of(9, 510, 520, 800),
         GV_NO},
        {"either way", life_of(9, 510, 520, 800), life_of(1, 0, 0, 800), GV_NO},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track a = role_of(GV_KS_PRIMARY, 0, 600),
                        b = role_of(GV_KS_SECONDARY, 0, 600);
        struct gv_coop_ks list[] = {{.track = &a}, {.track = &b}};

        a.kek = rows[i].a;
        b.kek = rows[i].b;
        a.next = b.next = life_of(9, 510, 520, 800);
        CHECK_INT(rows[i].name, gv_coop_split(list, 2), rows[i].split);
    }
    struct gv_track a = role_of(GV_KS_PRIMARY, 0, 600), b = role_of(GV_KS_SECONDARY, 0, 600);
    struct gv_coop_ks list[] = {{.track = &a}, {.track = &b}};

    a.previous = life_of(1, 0, 0, 500);
    a.kek = life_of(2, 510, 590, 590);
    b.kek = life_of(1, 511, 511, 511); /* first seen just after it was over */
    CHECK_INT("one that was the other's before is no second one", gv_coop_split(list, 2),
              GV_NO);
    a = role_of(GV_KS_PRIMARY, 0, 600);
    a.kek = life_of(1, 0, 0, 591);
    b.kek = life_of(2, 510, 520, 580);
    a.partly = true;
    CHECK_INT("a poll that ended early may have left out the other's", gv_coop_split(list, 2),
              GV_NO);
}

/* One KEK by when two devices say that it ends, where one shows no SPI: a slow answer makes it
 * seem to end later than it does. */
static void test_same_kek(void)
{
    static const struct {
        const char *name;
        int64_t a_s, b_s, a_waited_s, b_waited_s;
        enum gv_tri same;
    } rows[] = {
        {"at one instant", 500, 500, 0, 0, GV_YES},
        {"by rounding", 500, 510, 0, 0, GV_YES},
        {"further apart", 500, 511, 0, 0, GV_NO},
        {"the later one was slow", 500, 514, 0, 4, GV_UNKNOWN},
        {"not so slow", 500, 515, 0, 4, GV_NO},
        {"the earlier one was", 500, 514, 4, 0, GV_NO},
        {"the other way round", 514, 500, 4, 0, GV_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_kek_life a = {.known = true,
                                .expiry = gv_when(scene_at(rows[i].a_s)),
                                .waited = gv_secs(rows[i].a_waited_s)},
                           b = {.known = true,
                                .expiry = gv_when(scene_at(rows[i].b_s)),
                                .waited = gv_secs(rows[i].b_waited_s)};

        CHECK_INT(rows[i].name, gv_kek_same(&a, &b), rows[i].same);
    }
}

static struct gv_kek_life with_spi_since(struct gv_kek_life life, int64_t since_s)
{
    life.spi_seen = scene_at(since_s);
    return life;
}

static struct gv_kek_life without_spi(struct gv_kek_life life)
{
    life.has_spi = false;
    return life;
}

/* The KS: KEK 2 born at 1000 after KEK 1 (born 0), last polled at 1050; a rekey
 * takes at most 65 s to reach a GM. */
static void test_sync(void)
{
    struct {
        const char *name;
        struct gv_kek_life gm;
        bool frozen;
        enum gv_tri sync;
    } rows[] = {
        {"the same SPI", life_of(2, 1000, 1010, 1060), false, GV_YES},
        {"nothing known", life_of(0, 0, 0, 0), false, GV_UNKNOWN},
        {"polled before the rekey", life_of(1, 0, 10, 990), false, GV_YES},
        {"the rekey is on its way", life_of(1, 0, 10, 1075), false, GV_YES},
        {"it did not arrive", life_of(1, 0, 10, 1076), false, GV_NO},
        {"another KEK while a rekey is on its way", life_of(3, 0, 10, 1060), false, GV_NO},
        {"and for long", life_of(3, 0, 10, 1100), false, GV_NO},
        {"ahead of the KS's last poll", life_of(4, 1060, 1070, 1070), false, GV_YES},
        {"the one that the KS shows as new", life_of(6, 1040, 1045, 1200), false, GV_YES},
        {"the same by its end", without_spi(life_of(0, 1042, 1045, 1200)), false, GV_YES},
        {"new to us, but it ends before the KS's: a shorter life may have been configured",
         life_of(3, 500, 1070, 1070), false, GV_UNKNOWN},
        {"of the other side of a split, and the KS came to its own at 1010 at the latest",
         life_of(3, 995, 1000, 1070), false, GV_UNKNOWN},
        {"new to us and frozen: who knows", life_of(4, 1060, 1070, 1070), true, GV_UNKNOWN},
        {"frozen, and known from before", life_of(1, 0, 10, 1100), true, GV_NO},
        {"by its end", without_spi(life_of(0, 1003, 1010, 1060)), false, GV_YES},
        {"frozen without SPI", without_spi(life_of(0, 1003, 1010, 1060)), true, GV_UNKNOWN},
        {"the KS went back to an older one", life_of(4, 1020, 1030, 1040), false, GV_UNKNOWN},
        {"with time to follow", life_of(4, 1020, 1030, 1695), false, GV_UNKNOWN},
        {"and it did not", life_of(4, 1020, 1030, 1696), false, GV_NO},
        {"frozen: an SPI that it shows only since",
         with_spi_since(life_of(3, 0, 10, 1100), 1051), true, GV_UNKNOWN},
        {"by its end: the one before", without_spi(life_of(0, 3, 10, 1100)), false, GV_NO},
    };
    struct gv_track ks = role_of(GV_KS_PRIMARY, 0, 1050), fresh;
    struct gv_kek_life early;
    struct gv_sync_ks list[] = {{&ks, gv_secs(65)}, {&fresh, gv_secs(65)}};

    ks.kek = life_of(2, 1000, 1010, 1050);
    ks.previous = life_of(1, 0, 10, 990);
    ks.next = life_of(6, 1040, 1050, 1050);
    fresh = ks;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        rows[i].gm.known = i != 1;
        CHECK_INT(rows[i].name, gv_sync_judge(&rows[i].gm, rows[i].frozen, list, 1, false),
                  rows[i].sync);
    }
    CHECK_INT("no KS", gv_sync_judge(&rows[0].gm, false, list, 0, false), GV_UNKNOWN);
    fresh.kek = life_of(3, 1000, 1010, 1050);
    CHECK_INT("a split group: in sync with one",
              gv_sync_judge(&rows[6].gm, false, list, 2, false), GV_YES);
    fresh.kek.known = fresh.next.known = false;
    CHECK_INT("one KS is silent", gv_sync_judge(&rows[6].gm, false, list, 2, false),
              GV_UNKNOWN);
    early = life_of(1, 0, 10, 1065);
    ks.previous.known = false;
    CHECK_INT("the exporter began after the rekey: no claim while it is on its way",
              gv_sync_judge(&early, false, list, 1, false), GV_UNKNOWN);
    ks.previous = life_of(5, 980, 985, 990);
    CHECK_INT("two rekeys in a row", gv_sync_judge(&rows[2].gm, false, list, 1, false),
              GV_UNKNOWN);
}

/* The same KS, if only polls that ended early have shown KEK 2, or if another KS of the group
 * is not seen. */
static void test_sync_in_part(void)
{
    struct {
        const char *name;
        struct gv_kek_life gm;
        bool partly, unseen;
        enum gv_tri sync;
    } rows[] = {
        {"a KEK of the GM's own", life_of(4, 995, 1020, 1100), false, false, GV_NO},
        {"a poll that ended early may have left it out", life_of(4, 995, 1020, 1100), true,
         false, GV_UNKNOWN},
        {"a KS that is not seen may have it", life_of(4, 995, 1020, 1100), false, true,
         GV_UNKNOWN},
        {"the one before is over at all of them", life_of(1, 0, 10, 1076), false, true, GV_NO},
        {"the one before, in part", life_of(1, 0, 10, 1076), true, false, GV_NO},
        {"an older one, not seen", life_of(3, -500, 10, 1100), false, true, GV_NO},
        {"an older one, in part", life_of(3, -500, 10, 1100), true, false, GV_NO},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track ks = role_of(GV_KS_PRIMARY, 0, 1050);
        struct gv_sync_ks one = {&ks, gv_secs(65)};

        ks.kek = life_of(2, 1000, 1010, 1050);
        ks.previous = life_of(1, 0, 10, 990);
        ks.partly = rows[i].partly;
        CHECK_INT(rows[i].name, gv_sync_judge(&rows[i].gm, false, &one, 1, rows[i].unseen),
                  rows[i].sync);
    }
}

static void test_index(void)
{
    enum { MANY = 5000 };
    static char names[MANY][8];
    struct gv_arena arena = gv_arena(8 << 20), tiny = gv_arena(100);
    struct gv_index index = gv_index(&arena, 42), none = gv_index(&tiny, 42);

    CHECK("empty", gv_index_find(&index, "a", NULL) == NULL);
    for (size_t i = 0; i < MANY; i++) {
        size_t *value;

        for (size_t k = 0; k < 4; k++)
            names[i][k] = (char)('a' + (i >> 4 * k) % 16);
        value = gv_index_add(&index, names[i], i % 2 ? "x" : NULL);
        CHECK("new", value != NULL && *value == GV_INDEX_NEW);
        *value = i;
    }
    for (size_t i = 0; i < MANY; i++) {
        const size_t *value = gv_index_find(&index, names[i], i % 2 ? "x" : NULL);

        CHECK("found", value != NULL && *value == i);
    }
    CHECK("the second part counts", gv_index_find(&index, names[1], NULL) == NULL);
    CHECK("so does where it stands", gv_index_find(&index, NULL, names[1]) == NULL);
    CHECK_INT("added once", *gv_index_add(&index, names[7], "x"), 7);
    CHECK("no memory", gv_index_add(&none, "a", NULL) == NULL);
    gv_arena_clear(&arena);
    gv_arena_clear(&tiny);
}

int main(void)
{
    test_policy();
    test_members();
    test_listed_members();
    test_teks();
    test_primaries();
    test_unseen();
    test_two_keks();
    test_same_kek();
    test_sync();
    test_sync_in_part();
    test_index();
    return check_end();
}
