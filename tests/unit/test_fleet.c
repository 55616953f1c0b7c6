/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots of small fleets. */
#include "model/fleet.h"

#include "check.h"
#include "scene.h"

enum { MOST = 6 };

struct fleet_scene {
    struct gv_observation *obs[MOST];
    struct gv_group_track tracks[MOST];
    struct gv_fleet_device devices[MOST];
    size_t count;
    struct gv_group_override overrides[1];
    size_t override_count;
    struct gv_snapshot snapshot;
};

/* A polled device; its one group is to be made by the caller. */
static struct gv_observation *add(struct fleet_scene *scene, const char *name,
                                  const char *address)
{
    size_t i = scene->count++;

    scene->obs[i] = scene_new(0);
    scene->obs[i]->device.vendor = GV_VENDOR_CISCO;
    scene->devices[i] = (struct gv_fleet_device){
        .name = name, .address = address, .up = true, .observation = scene->obs[i]};
    return scene->obs[i];
}

/* Let each device's tracks see its observation, then build. */
static void build(struct fleet_scene *scene, int64_t now_s)
{
    struct gv_fleet_in in = {.devices = scene->devices,
                             .device_count = scene->count,
                             .overrides = scene->overrides,
                             .override_count = scene->override_count,
                             .now = scene_at(now_s),
                             .seed = 7};

    for (size_t i = 0; i < scene->count; i++) {
        struct gv_group_obs *group = scene->obs[i] ? scene->obs[i]->groups : NULL;
        struct gv_track_in track_in = {.group = group, .whole = true};

        if (group == NULL)
            continue;
        track_in.device = &scene->obs[i]->device;
        track_in.seen_at = scene->obs[i]->seen_at;
        scene->tracks[i].name = group->name;
        scene->tracks[i].id = group->id;
        gv_track_feed(&scene->tracks[i].track, &track_in);
        scene->devices[i].tracks = &scene->tracks[i];
        scene->devices[i].track_count = 1;
    }
    CHECK_INT("build", gv_fleet_build(&in, &scene->snapshot), GV_OK);
}

static void clear(struct fleet_scene *scene)
{
    gv_arena_clear(&scene->snapshot.arena);
    for (size_t i = 0; i < scene->count; i++)
        gv_observation_free(scene->obs[i]);
}

static const struct gv_membership *row(const struct fleet_scene *scene, size_t device)
{
    return &scene->snapshot.devices[device].memberships[0];
}

/* "Groups are the same where name and id agree" (contract, metrics). */
static void test_labels(void)
{
    static const struct {
        const char *name;
        const char *told[MOST][2]; /* name, id of each device's group */
        const char *labels[MOST];
        size_t groups;
    } rows[] = {
        {"the same", {{"G1", "7"}, {"G1", "7"}}, {"G1", "G1"}, 1},
        {"two ids under one name", {{"G1", "7"}, {"G1", "8"}}, {"G1/7", "G1/8"}, 2},
        {"in turns", {{"G1", "7"}, {"G1", "8"}, {"G1", "7"}}, {"G1/7", "G1/8", "G1/7"}, 2},
        {"two names of one id", {{"G1", "7"}, {"G2", "7"}}, {"G1", "G2"}, 2},
        {"a name alone joins", {{"G1", NULL}, {"G1", "7"}}, {"G1", "G1"}, 1},
        {"an id alone joins", {{NULL, "7"}, {"G1", "7"}}, {"G1", "G1"}, 1},
        {"a name alone that could be two stays apart",
         {{"G1", NULL}, {"G1", "7"}, {"G1", "8"}},
         {"G1", "G1/7", "G1/8"},
         3},
        {"an id alone that could be two stays apart",
         {{NULL, "7"}, {"G1", "7"}, {"G2", "7"}},
         {"7", "G1", "G2"},
         3},
        {"two names alone are one group", {{"G1", NULL}, {"G1", NULL}}, {"G1", "G1"}, 1},
        {"an id alone", {{NULL, "7"}, {NULL, "7"}}, {"7", "7"}, 1},
        {"a name that is another's id", {{"7", "1"}, {NULL, "7"}}, {"7", "7#2"}, 2},
        {"a name that looks like NAME/ID",
         {{"G1/7", "9"}, {"G1", "7"}, {"G1", "8"}},
         {"G1/7", "G1/7#2", "G1/8"},
         3},
        {"blanks, quotes, UTF-8", {{"a \"b\\ \xc3\xa9", "1"}}, {"a \"b\\ \xc3\xa9"}, 1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fleet_scene s = {.count = 0};

        for (size_t k = 0; k < MOST && (rows[i].told[k][0] || rows[i].told[k][1]); k++) {
            struct gv_observation *obs = add(&s, "d", "a");

            scene_gm(obs, scene_group(obs, rows[i].told[k][0], rows[i].told[k][1]), NULL, NULL);
        }
        build(&s, 0);
        CHECK_INT(rows[i].name, s.snapshot.group_count, rows[i].groups);
        for (size_t k = 0; k < s.count; k++)
            CHECK_STR(rows[i].name, row(&s, k)->group, rows[i].labels[k]);
        for (size_t k = 1; k < s.snapshot.group_count; k++)
            CHECK(rows[i].name,
                  strcmp(s.snapshot.groups[k - 1].group, s.snapshot.groups[k].group) < 0);
        clear(&s);
    }
}

/* One device that tells a group twice, in halves, is in it once. */
static void test_twice(void)
{
    struct fleet_scene s = {.count = 0};
    struct gv_observation *obs = add(&s, "a", "1");

    scene_gm(obs, scene_group(obs, "G1", NULL), NULL, NULL);
    scene_gm(obs, scene_group(obs, NULL, "7"), NULL, NULL);
    obs = add(&s, "b", "2");
    scene_gm(obs, scene_group(obs, "G1", "7"), NULL, NULL);
    build(&s, 0);
    CHECK_INT("two memberships", s.snapshot.devices[0].membership_count, 2);
    CHECK("under two labels", strcmp(s.snapshot.devices[0].memberships[0].group,
                                     s.snapshot.devices[0].memberships[1].group) != 0);
    clear(&s);
}

/* A KS with its version, and a member list. */
static struct gv_ks_obs *add_ks(struct fleet_scene *s, const char *name, const char *address,
                                enum gv_ks_role role, const char *version)
{
    struct gv_observation *obs = add(s, name, address);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_ks_obs *ks = scene_ks(obs, group, role, version);

    ks->address = address;
    ks->has = GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL;
    ks->retransmits = 3;
    ks->retransmit_interval_s = 10;
    group->transport = GV_REKEY_UNICAST;
    scene_kek(obs, group, 1, 1200, 787);
    return ks;
}

static struct gv_gm_obs *add_gm(struct fleet_scene *s, const char *name, const char *address,
                                const char *version, uint8_t spi)
{
    struct gv_observation *obs = add(s, name, address);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_gm_obs *gm = scene_gm(obs, group, address, version);

    if (spi != 0)
        scene_kek(obs, group, spi, 1200, 787);
    return gm;
}

static void test_rekey_row(void)
{
    struct fleet_scene s = {.count = 0};
    struct gv_ks_obs *ks = add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, "1.0.27");
    const struct gv_rekey_verdict_row *rekey;

    ks->has |= GV_KS_HAS_MEMBERS_REGISTERED;
    ks->members_registered = 2;
    add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 1);
    build(&s, 5);
    rekey = &row(&s, 0)->rekey;
    CHECK("on the KS", rekey->published);
    CHECK("not on its GM", !row(&s, 1)->rekey.published);
    CHECK_INT("lead", rekey->lead_expected_s.n, 235);
    CHECK_INT("by the formula", rekey->expected_at.at.ms, scene_at(787 - 235).ms);
    CHECK("told", !rekey->policy.retransmits_assumed && !rekey->policy.members_assumed);
    CHECK_INT("members", rekey->policy.members, 2);
    CHECK_INT("expiry", row(&s, 0)->ks_kek.expiry.at.ms, scene_at(787).ms);
    CHECK_INT("no rekey yet", rekey->verdict, GV_REKEY_UNKNOWN);
    clear(&s);

    s = (struct fleet_scene){.count = 0};
    (void)add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, "1.0.27");
    s.obs[0]->groups->keks->has |= GV_KEK_HAS_TO_REKEY;
    s.obs[0]->groups->keks->to_rekey_s = 552;
    build(&s, 5);
    CHECK_INT("the KS's own schedule", row(&s, 0)->rekey.expected_at.at.ms, scene_at(552).ms);
    clear(&s);

    s = (struct fleet_scene){.count = 0};
    (void)add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, NULL);
    s.obs[0]->device.version = "15.1(4)M6";
    build(&s, 5);
    CHECK_INT("an old KS rekeys at expiry", row(&s, 0)->rekey.expected_at.at.ms,
              scene_at(787).ms);
    clear(&s);

    s = (struct fleet_scene){.count = 0};
    (void)add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, "1.0.27");
    s.obs[0]->groups->keks->lifetime_s = 230;
    s.obs[0]->groups->keks->remaining_s = 220;
    build(&s, 5);
    CHECK("unsound", row(&s, 0)->rekey.unsound);
    CHECK_INT("due at its birth", row(&s, 0)->rekey.expected_at.at.ms, scene_at(-10).ms);
    clear(&s);
}

static void test_published_on_gm(void)
{
    struct fleet_scene s = {.count = 0, .override_count = 1};
    struct gv_ks_obs *ks;

    s.overrides[0] = (struct gv_group_override){.group = "G1",
                                                .has_retransmits = true,
                                                .retransmits = 3,
                                                .has_interval = true,
                                                .interval_s = 10};
    add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 1);
    build(&s, 5);
    CHECK("no KS polled", row(&s, 0)->rekey.published);
    CHECK_INT("by the configuration", row(&s, 0)->rekey.lead_expected_s.n, 235);
    CHECK("not assumed", !row(&s, 0)->rekey.policy.retransmits_assumed);
    CHECK_INT("no KS, no word on sync", row(&s, 0)->kek_in_sync, GV_UNKNOWN);
    CHECK("no word on primaries", !s.snapshot.groups[0].primaries.known);
    clear(&s);

    s = (struct fleet_scene){.count = 0};
    ks = add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, NULL);
    (void)ks;
    add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 1);
    build(&s, 5);
    gv_arena_clear(&s.snapshot.arena);
    s.devices[0].observation = NULL; /* silent now */
    s.devices[0].up = false;
    build(&s, 400);
    CHECK("a silent KS is still the group's KS", !row(&s, 1)->rekey.published);
    CHECK_INT("and tells nothing", s.snapshot.devices[0].membership_count, 0);
    CHECK("down", !s.snapshot.devices[0].up && s.snapshot.devices[1].up);
    clear(&s);

    s = (struct fleet_scene){.count = 0};
    add_gm(&s, "gm1", "10.0.1.1", NULL, 1);
    s.obs[0]->device.vendor = GV_VENDOR_JUNIPER;
    s.obs[0]->device.version = "15.1(4)M6";
    build(&s, 5);
    CHECK("Cisco's formula is not Juniper's",
          !row(&s, 0)->rekey.published && !row(&s, 0)->rekey.lead_expected_s.known);
    CHECK_INT("nor its versions", s.snapshot.devices[0].gm_behaviour.behaviour,
              GV_BEHAVIOUR_UNKNOWN);
    clear(&s);
}

static void test_interop(void)
{
    struct fleet_scene s = {.count = 0};
    struct gv_ks_obs *ks = add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, NULL);
    const struct gv_group_verdict *group;

    s.obs[0]->device.version = "15.1(4)M10";
    scene_member(s.obs[0], ks, "10.0.1.1", "1.0.26"); /* polled too */
    scene_member(s.obs[0], ks, "10.0.1.9", "1.0.4");
    scene_member(s.obs[0], ks, "10.0.1.8", "1.0.1");
    ks = add_ks(&s, "ks2", "10.0.0.2", GV_KS_SECONDARY, "1.0.27");
    scene_member(s.obs[1], ks, "10.0.1.9", "1.0.4"); /* listed twice */
    add_gm(&s, "gm1", "10.0.1.1", NULL, 1);          /* its version only the KS tells */
    build(&s, 5);
    group = &s.snapshot.groups[0];
    CHECK_INT("each GM once", group->gm_count, 3);
    CHECK_INT("KSs", group->ks_count, 2);
    CHECK_INT("a verdict for each KS", group->interop_count, 2);
    CHECK_STR("KS by target", group->interop[0].ks, "ks1");
    CHECK_INT("the old one", group->interop[0].outcome, GV_INTEROP_MISMATCH);
    CHECK_INT("new GMs", group->interop[0].members_new, 2);
    CHECK_INT("the storm", group->interop[0].registrations_per_cycle, 4);
    CHECK("the number in the text", strstr(group->interop[0].text, " 4 registrations") != NULL);
    CHECK_INT("the new one", group->interop[1].outcome, GV_INTEROP_OK);
    CHECK_INT("no storm there", group->interop[1].registrations_per_cycle, 0);
    CHECK_STR("a polled GM by its target", row(&s, 0)->members[0].gm, "gm1");
    CHECK_STR("another by its address", row(&s, 0)->members[1].gm, "10.0.1.9");
    CHECK_INT("behaviour", row(&s, 0)->members[1].behaviour, GV_BEHAVIOUR_NEW);
    CHECK_STR("the KS's word is evidence for the polled GM",
              s.snapshot.devices[2].gm_behaviour.evidence[0].text,
              "ks1 lists it with GDOI 1.0.26: GDOI 1.0.4 and later have the new behaviour");
    clear(&s);
}

static void test_behaviour(void)
{
    struct fleet_scene s = {.count = 0};
    const struct gv_behaviour_verdict *v;
    struct gv_gm_obs *gm;

    (void)add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, "1.0.3");
    s.obs[0]->device.version = "15.1(4)M10";
    gm = add_gm(&s, "gm1", "10.0.1.1", NULL, 0);
    gm->version_line_absent = true;
    scene_kek(s.obs[1], s.obs[1]->groups, 0, 0, 86399);
    add_gm(&s, "gm2", "10.0.1.2", NULL, 1);
    s.obs[2]->device.version = "V169_5_SR1";
    s.obs[2]->device.train = "15.3(2)S1";
    s.obs[2]->device.gdoi_version = "1.0.26";
    build(&s, 5);
    v = &s.snapshot.devices[0].ks_behaviour;
    CHECK_INT("certain before likely", v->behaviour, GV_BEHAVIOUR_OLD);
    CHECK("contradicted", v->contradicted && v->evidence_count == 2);
    CHECK_STR("evidence with its number", v->evidence[0].text,
              "GDOI 1.0.3: GDOI 1.0.2 and 1.0.3 likely have the new behaviour");
    v = &s.snapshot.devices[1].gm_behaviour;
    CHECK("no version line: likely old",
          v->behaviour == GV_BEHAVIOUR_OLD && v->confidence == GV_LIKELY);
    CHECK("so its value is not counted down",
          row(&s, 1)->gm_kek.frozen && !row(&s, 1)->gm_kek.expiry.known &&
              row(&s, 1)->gm_kek.frozen_remaining_s.n == 86399);
    CHECK_INT("and says nothing of sync", row(&s, 1)->kek_in_sync, GV_UNKNOWN);
    v = &s.snapshot.devices[2].gm_behaviour;
    CHECK("the box's GDOI version, then the train",
          v->evidence_count == 2 && v->behaviour == GV_BEHAVIOUR_NEW);
    CHECK("a GM is no KS", s.snapshot.devices[2].ks_behaviour.evidence_count == 0 &&
                               !s.snapshot.devices[2].is_ks && s.snapshot.devices[2].is_gm);
    CHECK_STR("GDOI version of the device", s.snapshot.devices[2].gdoi_version, "1.0.26");
    clear(&s);
}

static void test_timing_evidence(void)
{
    struct fleet_scene s = {.count = 0};
    const struct gv_behaviour_verdict *v;

    (void)add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, "1.0.27");
    s.tracks[0].track.side = GV_TRACK_KS;
    s.tracks[0].track.timing =
        (struct gv_timing){GV_PROOF_KS_AFTER_EXPIRY, 1, 0, scene_at(-60), false};
    build(&s, 5);
    v = &s.snapshot.devices[0].ks_behaviour;
    CHECK_INT("what was seen outranks what is printed", v->behaviour, GV_BEHAVIOUR_OLD);
    CHECK("and the contradiction shows", v->contradicted);
    s.tracks[0].track.timing.assumed = true;
    gv_arena_clear(&s.snapshot.arena);
    build(&s, 5);
    v = &s.snapshot.devices[0].ks_behaviour;
    CHECK_INT("but only of one that says it is the primary", v->behaviour, GV_BEHAVIOUR_NEW);
    CHECK("and this contradiction shows", v->contradicted);
    CHECK("with the number",
          strstr(v->evidence[0].text, "1 s after the old one had expired") != NULL);
    clear(&s);
}

static void test_sync_rows(void)
{
    struct fleet_scene s = {.count = 0};
    struct gv_gm_obs *gm;

    (void)add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, "1.0.27");
    add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 1);
    add_gm(&s, "gm2", "10.0.1.2", "1.0.26", 9);
    gm = add_gm(&s, "gm3", "10.0.1.3", "1.0.26", 0);
    gm->has = GV_GM_HAS_REGISTERED | GV_GM_HAS_ACTIVE_TEKS;
    add_gm(&s, "gm4", "10.0.1.4", "1.0.26", 0);
    build(&s, 5);
    CHECK_INT("in sync", row(&s, 1)->kek_in_sync, GV_YES);
    CHECK_INT("another KEK", row(&s, 2)->kek_in_sync, GV_NO);
    CHECK_INT("not registered, no KEK", row(&s, 3)->kek_in_sync, GV_NO);
    CHECK_INT("not registered", row(&s, 3)->registered, GV_NO);
    CHECK("TEKs counted without rows",
          row(&s, 3)->gm_tek.present && row(&s, 3)->gm_tek.count == 0);
    CHECK_INT("no KEK told", row(&s, 4)->kek_in_sync, GV_UNKNOWN);
    CHECK_INT("of a KS there is no sync", row(&s, 0)->kek_in_sync, GV_UNKNOWN);
    clear(&s);
}

static void test_gm_row(void)
{
    struct fleet_scene s = {.count = 0};
    struct gv_gm_obs *gm = add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 1);
    struct gv_ks_obs *ks;

    gm->has = GV_GM_HAS_REGISTERED | GV_GM_HAS_REREGISTERS_IN | GV_GM_HAS_LAST_REKEY_AGE |
              GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
    gm->registered = true;
    gm->reregisters_in_s = 81;
    gm->last_rekey_age_s = 90;
    gm->registrations_succeeded = 1;
    gm->registered_with = "10.0.0.1";
    scene_tek(s.obs[0], s.obs[0]->groups, 1, 188);
    ks = add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, NULL);
    scene_peer(s.obs[1], ks, "10.0.0.2", GV_KS_SECONDARY)->version = "1.0.27";
    (void)add_ks(&s, "ks2", "10.0.0.2", GV_KS_SECONDARY, NULL);
    build(&s, 5);
    CHECK_INT("re-registration", row(&s, 0)->reregistration_at.at.ms, scene_at(81).ms);
    CHECK_INT("last rekey", row(&s, 0)->last_rekey_at.at.ms, scene_at(-90).ms);
    CHECK_INT("registered", row(&s, 0)->registered, GV_YES);
    CHECK_INT("TEK", row(&s, 0)->gm_tek.expiry.at.ms, scene_at(188).ms);
    CHECK("doubles known", row(&s, 0)->double_registrations.known);
    CHECK_STR("a peer by its target", row(&s, 1)->peers[0].ks, "ks2");
    CHECK_INT("one primary", s.snapshot.groups[0].primaries.n, 1);
    CHECK_INT("no split", s.snapshot.groups[0].split, GV_NO);
    clear(&s);
}

static void test_saturated(void)
{
    struct fleet_scene s = {.count = 0};

    (void)add_ks(&s, "ks1", "10.0.0.1", GV_KS_PRIMARY, NULL);
    s.obs[0]->groups->keks->remaining_s = 0;
    build(&s, 100);
    CHECK("saturated", row(&s, 0)->ks_kek.saturated);
    CHECK_INT("the latest it can have ended", row(&s, 0)->ks_kek.expiry.at.ms, scene_at(0).ms);
    clear(&s);
}

/* Chapter 2, item 3: at expiry a new member deletes its KEK, and registers again
 * within 80 s. Its series must not die meanwhile. */
static void test_between_keks(void)
{
    static const struct {
        const char *name;
        int64_t seen_s; /* without a KEK; the one before ended at 50 */
        bool present;
    } rows[] = {
        {"deleted before its end", 20, false},
        {"at its end", 50, true},
        {"on the way to the next", 130, true},
        {"late", 140, true},
        {"none came", 141, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fleet_scene s = {.count = 0};
        const struct gv_kek_verdict *kek;

        (void)add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 1);
        s.obs[0]->groups->keks->remaining_s = 50;
        build(&s, 0);
        clear(&s);
        s.count = 0;
        (void)add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 0);
        s.obs[0]->seen_at = scene_at(rows[i].seen_s);
        build(&s, rows[i].seen_s);
        kek = &row(&s, 0)->gm_kek;
        CHECK_INT(rows[i].name, kek->present, rows[i].present);
        CHECK_INT(rows[i].name, kek->saturated, rows[i].present);
        CHECK_INT(rows[i].name, kek->lifetime_s.n, rows[i].present ? 1200 : 0);
        CHECK(rows[i].name, !kek->has_spi && kek->expiry.known == rows[i].present);
        clear(&s);
    }
}

/* The collector that tells no lifetime may be the first to see the next KEK. */
static void test_lifetime_not_told(void)
{
    static const struct {
        const char *name;
        uint8_t spi;
        uint32_t told_before, remaining, lifetime;
    } rows[] = {
        {"the same KEK", 1, 1200, 700, 1200},
        {"the next one", 2, 1200, 1190, 1200},
        {"never told", 2, 0, 1190, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fleet_scene s = {.count = 0};

        (void)add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 0);
        scene_kek(s.obs[0], s.obs[0]->groups, 1, rows[i].told_before, 787);
        build(&s, 0);
        clear(&s);
        s.count = 0;
        (void)add_gm(&s, "gm1", "10.0.1.1", "1.0.26", 0);
        s.obs[0]->seen_at = scene_at(87);
        scene_kek(s.obs[0], s.obs[0]->groups, rows[i].spi, 0, rows[i].remaining);
        build(&s, 87);
        CHECK_INT(rows[i].name, row(&s, 0)->gm_kek.lifetime_s.n, rows[i].lifetime);
        CHECK_INT(rows[i].name, row(&s, 0)->gm_kek.lifetime_s.known, rows[i].lifetime != 0);
        clear(&s);
    }
}

static void test_find_track(void)
{
    static const struct gv_group_track tracks[] = {
        {.name = "G1", .id = "7"}, {.name = "G1", .id = "8"}, {.name = "G2"}, {.id = "9"}};
    static const struct {
        const char *label, *name, *id;
        int found;
    } rows[] = {
        {"exact", "G1", "8", 1},
        {"ambiguous", "G1", NULL, -1},
        {"by id", NULL, "7", 0},
        {"the id is learnt later", "G2", "5", 2},
        {"the name is learnt later", "G3", "9", 3},
        {"neither", "G4", "4", -1},
        {"nothing told", NULL, NULL, -1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct gv_group_track *t =
            gv_group_track_find(tracks, 4, rows[i].name, rows[i].id);

        CHECK(rows[i].label, t == (rows[i].found < 0 ? NULL : &tracks[rows[i].found]));
    }
}

static void test_empty(void)
{
    struct fleet_scene s = {.count = 0};

    build(&s, 0);
    CHECK("nothing", s.snapshot.device_count == 0 && s.snapshot.group_count == 0);
    clear(&s);
}

/* What is known of a neighbour's release is used again, for the same release alone. */
static void test_neighbours(void)
{
    static const struct {
        const char *name, *version, *software;
        enum gv_behaviour behaviour;
    } rows[] = {
        {"new", "15.2(4)M3", NULL, GV_BEHAVIOUR_NEW},
        {"the same", "15.2(4)M3", NULL, GV_BEHAVIOUR_NEW},
        {"old", "12.4(24)T", NULL, GV_BEHAVIOUR_OLD},
        {"new again", "15.2(4)M3", NULL, GV_BEHAVIOUR_NEW},
        {"told by the software line", NULL, "Version 12.4(24)T", GV_BEHAVIOUR_OLD},
        {"nothing told", NULL, NULL, GV_BEHAVIOUR_UNKNOWN},
    };
    struct fleet_scene s = {.count = 0};
    const struct gv_device_verdict *d;

    for (size_t i = 0; i < MOST; i++) {
        struct gv_observation *obs = add(&s, "d", "a");

        obs->device.version = rows[i].version;
        obs->device.software = rows[i].software;
        scene_gm(obs, scene_group(obs, "G1", "7"), NULL, NULL);
    }
    build(&s, 0);
    d = s.snapshot.devices;
    for (size_t i = 0; i < MOST; i++) {
        const struct gv_behaviour_verdict *v = &d[i].gm_behaviour;

        CHECK_INT(rows[i].name, v->behaviour, rows[i].behaviour);
        CHECK_INT(rows[i].name, v->evidence_count, v->behaviour != GV_BEHAVIOUR_UNKNOWN);
        if (v->evidence_count == 1)
            CHECK(rows[i].name,
                  strstr(v->evidence[0].text, v->behaviour == GV_BEHAVIOUR_NEW
                                                  ? "IOS 15.2(4)M3: "
                                                  : "IOS 12.4(24)T: ") == v->evidence[0].text);
    }
    CHECK("one sentence for both",
          d[0].gm_behaviour.evidence[0].text == d[1].gm_behaviour.evidence[0].text);
    CHECK("names are not copied", d[0].version == rows[0].version);
    clear(&s);
}

int main(void)
{
    test_labels();
    test_twice();
    test_rekey_row();
    test_published_on_gm();
    test_interop();
    test_behaviour();
    test_timing_evidence();
    test_neighbours();
    test_sync_rows();
    test_gm_row();
    test_saturated();
    test_between_keks();
    test_lifetime_not_told();
    test_find_track();
    test_empty();
    return check_end();
}
