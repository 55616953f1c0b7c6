/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <stdio.h>

#include "check.h"
#include "model/merge.h"
#include "scene.h"

static const struct gv_snmp_credential snmp = {.version = GV_SNMP_V2C};
static const struct gv_ssh_credential ssh = {.user = "u"};
static const struct gv_target ks = {.name = "ks1",
                                    .address = "10.0.0.1",
                                    .snmp = &snmp,
                                    .ssh = &ssh,
                                    .ssh_profile = GV_SSH_LEGACY};
static const struct gv_target gm = {.name = "gm1", .address = "10.0.1.1", .snmp = &snmp};
static const struct gv_target gm_ssh = {.name = "gm1", .address = "10.0.1.7", .ssh = &ssh};
static const struct gv_store_policy policy = {.stale_after = {300000}};

static struct gv_store *store_of(const struct gv_target *a, const struct gv_target *b)
{
    const struct gv_target *list[] = {a, b};
    struct gv_store *store = gv_store_new(&policy);

    CHECK_INT("targets", gv_store_set_targets(store, list, b != NULL ? 2 : 1, &policy), GV_OK);
    return store;
}

static struct gv_observation *see_ks(int64_t at_s, uint8_t spi, uint32_t remaining_s)
{
    struct gv_observation *obs = scene_new(at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");

    scene_ks(obs, group, GV_KS_PRIMARY, "1.0.27");
    scene_kek(obs, group, spi, 1200, remaining_s);
    return obs;
}

static struct gv_observation *see_gm(int64_t at_s)
{
    struct gv_observation *obs = scene_new(at_s);

    scene_gm(obs, scene_group(obs, "G1", "7"), "10.0.1.1", "1.0.26");
    return obs;
}

static void feed(struct gv_store *store, const char *target, const char *collector,
                 enum gv_err err, struct gv_observation *obs, int64_t at_s)
{
    struct gv_poll_result result = {.err = err, .observation = obs, .duration = gv_secs(1)};

    if (err != GV_OK)
        (void)snprintf(result.detail, sizeof(result.detail), "no answer within 2 s");
    gv_store_feed(store, target, collector, &result, scene_at(at_s));
    CHECK("taken over", result.observation == NULL);
}

static const struct gv_device_verdict *device(struct gv_store *store, size_t i, int64_t at_s)
{
    return &gv_store_snapshot(store, scene_at(at_s))->devices[i];
}

static void test_lookups(void)
{
    struct gv_store *store = store_of(&ks, &gm);
    const struct gv_observation *obs;

    CHECK("nothing yet", gv_store_observation(store, "ks1", "snmp") == NULL &&
                             gv_store_merged(store, "ks1") == NULL);
    CHECK("nobody", gv_store_merged(store, "nobody") == NULL &&
                        gv_store_observation(store, "nobody", "snmp") == NULL);
    feed(store, "nobody", "snmp", GV_OK, see_gm(0), 0);
    feed(store, "gm1", "ssh", GV_OK, see_gm(0), 0); /* not configured */
    CHECK("not taken", gv_store_merged(store, "gm1") == NULL);
    feed(store, "ks1", "snmp", GV_OK, see_ks(0, 1, 1100), 0);
    obs = gv_store_observation(store, "ks1", "snmp");
    CHECK("one source is the merged one", obs != NULL && gv_store_merged(store, "ks1") == obs);
    feed(store, "ks1", "ssh", GV_OK, see_ks(10, 1, 1090), 10);
    CHECK("two are merged", gv_store_merged(store, "ks1") != NULL &&
                                gv_store_merged(store, "ks1") != obs &&
                                gv_store_observation(store, "ks1", "snmp") == obs);
    gv_store_free(store);
    gv_store_free(NULL);
}

/* One rekey, seen by both collectors, counts once. */
static void test_rekey_once(void)
{
    struct gv_store *store = store_of(&ks, NULL);

    feed(store, "ks1", "snmp", GV_OK, see_ks(200, 1, 1100), 200);
    feed(store, "ks1", "ssh", GV_OK, see_ks(210, 1, 1090), 210);
    feed(store, "ks1", "snmp", GV_OK, see_ks(1100, 2, 1175), 1100);
    feed(store, "ks1", "ssh", GV_OK, see_ks(1110, 2, 1165), 1110);
    feed(store, "ks1", "snmp", GV_OK, see_ks(1160, 2, 1115), 1160);
    CHECK_INT("once", device(store, 0, 1161)->memberships[0].rekey.counts[GV_REKEY_ON_TIME], 1);
    gv_store_free(store);
}

/* While a rekey is under way, SNMP still calls the old KEK in use and lists the new
 * one beside it, and the show output has the new one alone: their polls take turns,
 * and the rekey is one all the same. */
static struct gv_observation *see_both(int64_t at_s, bool over)
{
    struct gv_observation *obs = see_ks(at_s, 1, (uint32_t)(1300 - at_s));
    struct gv_group_obs *group = obs->groups;

    group->keks->status = over ? GV_KEK_OLD : GV_KEK_IN_USE;
    scene_kek(obs, group, 2, 1200, (uint32_t)(2275 - at_s))->status =
        over ? GV_KEK_IN_USE : GV_KEK_NEW;
    return obs;
}

static void test_two_views(void)
{
    struct gv_store *store = store_of(&ks, NULL);

    feed(store, "ks1", "snmp", GV_OK, see_ks(1060, 1, 240), 1060);
    for (int64_t at = 1080; at < 1120; at += 10) {
        const struct gv_membership *row;

        feed(store, "ks1", "ssh", GV_OK, see_ks(at, 2, (uint32_t)(2275 - at)), at);
        feed(store, "ks1", "snmp", GV_OK, see_both(at + 5, at == 1110), at + 5);
        row = &device(store, 0, at + 6)->memberships[0];
        CHECK_INT("one rekey", row->rekey.counts[GV_REKEY_ON_TIME], 1);
        CHECK_INT("and no way back", row->ks_kek.expiry.at.ms, scene_at(2275).ms);
        CHECK_INT("its schedule", row->rekey.expected_at.at.ms, scene_at(2050).ms);
    }
    gv_store_free(store);
}

static void test_staleness(void)
{
    struct gv_store *store = store_of(&ks, &gm);

    feed(store, "ks1", "snmp", GV_OK, see_ks(0, 1, 1100), 0);
    feed(store, "ks1", "ssh", GV_OK, see_ks(100, 1, 1000), 100);
    CHECK("up", device(store, 0, 300)->up);
    CHECK("never polled is not up", !device(store, 1, 300)->up);
    CHECK("snmp fresh", device(store, 0, 300)->collectors[1].observed_at.known);
    CHECK("snmp stale", !device(store, 0, 301)->collectors[1].observed_at.known);
    CHECK("ssh alone is merged",
          gv_store_merged(store, "ks1") == gv_store_observation(store, "ks1", "ssh"));
    CHECK_INT("still there", device(store, 0, 400)->membership_count, 1);
    CHECK_INT("dropped, not frozen", device(store, 0, 401)->membership_count, 0);
    CHECK("down", !device(store, 0, 401)->up);
    CHECK("kept for people", gv_store_observation(store, "ks1", "ssh") != NULL);
    gv_store_free(store);
}

static void test_failures(void)
{
    struct gv_store *store = store_of(&ks, NULL);
    const struct gv_collector_verdict *c;

    c = &device(store, 0, 0)->collectors[0];
    CHECK_STR("the configured collectors", c->name, "ssh");
    CHECK("no failure yet, no counter", c->failures == NULL && !c->polled && c->detail == NULL);
    CHECK_STR("profile", device(store, 0, 0)->ssh_profile, "legacy");
    feed(store, "ks1", "ssh", GV_ERR_TIMEOUT, NULL, 10);
    feed(store, "ks1", "ssh", GV_ERR_TIMEOUT, NULL, 20);
    feed(store, "ks1", "ssh", GV_ERR_AUTHENTICATION, NULL, 30);
    feed(store, "ks1", "ssh", GV_ERR_CANCELLED, see_ks(31, 1, 1100), 31);
    c = &device(store, 0, 31)->collectors[0];
    CHECK("counted by reason", c->failures != NULL && c->failures[GV_ERR_TIMEOUT] == 2 &&
                                   c->failures[GV_ERR_AUTHENTICATION] == 1 &&
                                   c->failures[GV_ERR_CANCELLED] == 0);
    CHECK_INT("the last outcome", c->err, GV_ERR_AUTHENTICATION);
    CHECK_STR("detail", c->detail, "no answer within 2 s");
    CHECK_INT("duration", c->duration.ms, 1000);
    feed(store, "ks1", "ssh", GV_OK, see_ks(40, 1, 1100), 40);
    c = &device(store, 0, 40)->collectors[0];
    CHECK("well again",
          c->err == GV_OK && c->detail == NULL && c->failures[GV_ERR_TIMEOUT] == 2);
    CHECK("up", device(store, 0, 40)->up);
    feed(store, "ks1", "ssh", GV_ERR_TIMEOUT, NULL, 50);
    CHECK("the last poll gave nothing", !device(store, 0, 50)->up);
    CHECK_INT("what was seen holds until stale", device(store, 0, 50)->membership_count, 1);
    gv_store_free(store);
}

/* A poll that ended early stands beside the last complete one. */
static void test_partial(void)
{
    struct gv_store *store = store_of(&ks, NULL);
    struct gv_observation *partial = scene_new(1000);

    feed(store, "ks1", "ssh", GV_OK, see_ks(900, 1, 300), 900);
    partial->device.version = "15.2(4)M6";
    feed(store, "ks1", "ssh", GV_ERR_TIMEOUT, partial, 1000);
    CHECK("up", device(store, 0, 1000)->up);
    CHECK_STR("the new", device(store, 0, 1000)->version, "15.2(4)M6");
    CHECK("and the old", device(store, 0, 1000)->memberships[0].ks_kek.present);
    feed(store, "ks1", "ssh", GV_ERR_TIMEOUT, see_ks(1100, 2, 1190), 1100);
    CHECK("a rekey in it counts",
          device(store, 0, 1100)->memberships[0].rekey.verdict != GV_REKEY_UNKNOWN);
    CHECK_INT("the old is stale", device(store, 0, 1201)->membership_count, 1);
    feed(store, "ks1", "ssh", GV_OK, see_ks(1210, 2, 1080), 1210);
    CHECK("complete again",
          gv_store_merged(store, "ks1") == gv_store_observation(store, "ks1", "ssh"));
    gv_store_free(store);
}

static void test_reload(void)
{
    const struct gv_target *swapped[] = {&gm_ssh, &ks};
    const struct gv_group_override override = {.group = "G1",
                                               .has_retransmits = true,
                                               .retransmits = 5,
                                               .has_interval = true,
                                               .interval_s = 10};
    const struct gv_store_policy other = {gv_secs(60), &override, 1};
    struct gv_store *store = store_of(&ks, &gm);
    const struct gv_device_verdict *d;

    feed(store, "ks1", "snmp", GV_OK, see_ks(200, 1, 1100), 200);
    feed(store, "ks1", "snmp", GV_OK, see_ks(1100, 2, 1175), 1100);
    feed(store, "gm1", "snmp", GV_OK, see_gm(1100), 1100);
    CHECK_INT("reload", gv_store_set_targets(store, swapped, 2, &other), GV_OK);
    d = device(store, 1, 1101);
    CHECK_STR("the new order", d->name, "ks1");
    CHECK_INT("everything kept", d->memberships[0].rekey.counts[GV_REKEY_ON_TIME], 1);
    CHECK_INT("the new policy", d->memberships[0].rekey.lead_expected_s.n, 255);
    d = device(store, 0, 1101);
    CHECK_STR("the new address", d->address, "10.0.1.7");
    CHECK_INT("a collector that is gone tells nothing", d->membership_count, 0);
    CHECK_INT("one collector", d->collector_count, 1);
    CHECK_INT("the new age", device(store, 1, 1161)->membership_count, 0);
    CHECK_INT("nobody", gv_store_set_targets(store, NULL, 0, &policy), GV_OK);
    CHECK_INT("empty", gv_store_snapshot(store, scene_at(1200))->device_count, 0);
    CHECK("forgotten", gv_store_merged(store, "ks1") == NULL);
    gv_store_free(store);
}

static void test_rebuild(void)
{
    struct gv_store *store = store_of(&ks, NULL);
    const struct gv_snapshot *a = gv_store_snapshot(store, scene_at(0));
    struct gv_time at = a->at;

    CHECK("within a second the same",
          gv_store_snapshot(store, (struct gv_time){at.ms + 999})->at.ms == at.ms);
    CHECK("then a new one",
          gv_store_snapshot(store, (struct gv_time){at.ms + 1000})->at.ms == at.ms + 1000);
    feed(store, "ks1", "snmp", GV_ERR_TIMEOUT, NULL, 1);
    CHECK("at once after a feed",
          gv_store_snapshot(store, (struct gv_time){at.ms + 1001})->at.ms == at.ms + 1001);
    CHECK("an earlier instant is another one", gv_store_snapshot(store, at)->at.ms == at.ms);
    gv_store_free(store);
}

static void test_many_groups(void)
{
    struct gv_store *store = store_of(&gm, NULL);
    struct gv_observation *obs = scene_new(0);

    for (unsigned i = 0; i < GV_GROUPS_PER_DEVICE + 3; i++) {
        char id[16];

        (void)snprintf(id, sizeof(id), "%u", i);
        scene_gm(obs, scene_group(obs, NULL, id), NULL, NULL);
    }
    feed(store, "gm1", "snmp", GV_OK, obs, 0);
    CHECK_INT("as many as are followed", device(store, 0, 0)->membership_count,
              GV_GROUPS_PER_DEVICE);
    CHECK_INT("the rest is counted", gv_store_groups_dropped(store), 3);
    gv_store_free(store);
}

/* The id of a group is learnt later than its name: one track all the same. */
static void test_late_id(void)
{
    struct gv_store *store = store_of(&ks, NULL);
    struct gv_observation *obs = scene_new(200);
    struct gv_group_obs *group = scene_group(obs, "G1", NULL);

    scene_ks(obs, group, GV_KS_PRIMARY, NULL);
    scene_kek(obs, group, 1, 1200, 1100);
    feed(store, "ks1", "ssh", GV_OK, obs, 200);
    feed(store, "ks1", "snmp", GV_OK, see_ks(1100, 2, 1175), 1100);
    CHECK_INT("one rekey",
              device(store, 0, 1100)->memberships[0].rekey.counts[GV_REKEY_ON_TIME], 1);
    gv_store_free(store);
}

/* A member that a KS lists is a target where any address that is known of one is its own, even
 * if that target is silent now. */
static void test_unmonitored(void)
{
    struct gv_store *store = store_of(&ks, &gm);
    struct gv_observation *obs = see_ks(1000, 1, 1100), *member = scene_new(0);
    struct gv_ks_obs *side = obs->groups->ks;
    const struct gv_snapshot *snapshot;

    scene_gm(member, scene_group(member, "G2", "8"), "10.9.9.1", NULL);
    feed(store, "gm1", "snmp", GV_OK, member, 0);
    scene_member(obs, side, "10.0.1.1", NULL); /* polled there */
    scene_member(obs, side, "10.9.9.1", NULL); /* its address as a member of another group */
    scene_member(obs, side, "10.9.9.2", NULL);
    scene_member(obs, side, "10.9.9.2", NULL); /* listed twice */
    scene_member(obs, side, "10.9.9.3", NULL);
    feed(store, "ks1", "snmp", GV_OK, obs, 1000);
    snapshot = gv_store_snapshot(store, scene_at(1000));
    CHECK_INT("the member is stale", snapshot->devices[1].membership_count, 0);
    CHECK("two", snapshot->groups[0].unmonitored.known);
    CHECK_INT("two", snapshot->groups[0].unmonitored.n, 2);
    CHECK("said of each", snapshot->devices[0].memberships[0].members[1].monitored &&
                              !snapshot->devices[0].memberships[0].members[2].monitored);
    gv_store_free(store);
}

static void test_unmonitored_unknown(void)
{
    struct gv_store *store = store_of(&gm, NULL);

    feed(store, "gm1", "snmp", GV_OK, see_gm(0), 0);
    CHECK("without a KS nobody knows",
          !gv_store_snapshot(store, scene_at(0))->groups[0].unmonitored.known);
    gv_store_free(store);
}

/* ---- what outlives the process ---- */

struct memory {
    struct gv_store *store;
    char log[256];
    struct gv_group_track kept;
    size_t visits;
};

static void note(struct memory *memory, const char *what, const char *name)
{
    size_t n = strlen(memory->log);

    (void)snprintf(memory->log + n, sizeof(memory->log) - n, "%s %s;", what, name);
}

static void on_learnt(void *arg, const struct gv_learnt *learnt)
{
    note(arg, learnt->carries ? "carries" : "learnt", learnt->device);
}

static void on_recall(void *arg, const char *name)
{
    struct memory *memory = arg;

    note(memory, "recall", name);
    if (strcmp(name, "ks1") == 0 && memory->kept.name != NULL)
        CHECK("restored", gv_store_restore(memory->store, name, &memory->kept));
}

static void on_track(void *arg, const char *name, const struct gv_group_track *track)
{
    struct memory *memory = arg;

    (void)name;
    memory->kept = *track;
    memory->visits++;
}

static size_t visits(struct gv_store *store, bool all)
{
    struct memory memory = {.visits = 0};

    gv_store_tracks(store, all, on_track, &memory);
    return memory.visits;
}

static void test_memory(void)
{
    struct gv_store *store = store_of(&gm, NULL);
    struct memory memory = {.store = store};
    const struct gv_target *both[] = {&gm, &ks};

    gv_store_remember(store, &(struct gv_store_memory){on_learnt, on_recall, &memory});
    CHECK_STR("who is there", memory.log, "recall gm1;");
    CHECK_INT("reload", gv_store_set_targets(store, both, 2, &policy), GV_OK);
    CHECK_STR("who is new", memory.log, "recall gm1;recall ks1;");
    memory.log[0] = '\0';
    feed(store, "gm1", "snmp", GV_OK, see_gm(0), 0);
    CHECK_STR("no KS is known", memory.log, "carries gm1;");
    feed(store, "ks1", "snmp", GV_OK, see_ks(0, 1, 1100), 0);
    feed(store, "gm1", "snmp", GV_OK, see_gm(60), 60);
    CHECK_STR("now one is", memory.log, "carries gm1;carries ks1;learnt gm1;");
    CHECK_INT("what was fed", visits(store, false), 2);
    CHECK_INT("once", visits(store, false), 0);
    CHECK_INT("all", visits(store, true), 2);
    gv_store_remember(store, NULL);
    feed(store, "ks1", "snmp", GV_OK, see_ks(60, 1, 1040), 60);
    CHECK_STR("not told any more", memory.log, "carries gm1;carries ks1;learnt gm1;");
    gv_store_free(store);
}

/* Tells of the group's id where it was learnt later than the name: what is kept under the
 * name alone is to be found again. */
static void on_late_id(void *arg, const struct gv_learnt *learnt)
{
    size_t *told = arg;

    *told += learnt->before->name != NULL && learnt->before->id == NULL &&
             learnt->after->id != NULL && strcmp(learnt->after->id, "7") == 0;
}

static void test_late_id_told(void)
{
    static const char *const rows[] = {"by a poll", "by an event"};
    const struct gv_event event = {.kind = GV_EVENT_GM_KEK_EXPIRED,
                                   .has = GV_EVENT_HAS_AT,
                                   .at = scene_at(260),
                                   .group = "G1",
                                   .group_id = "7"};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_store *store = store_of(&ks, NULL);
        struct gv_observation *obs = scene_new(200);
        size_t told = 0;

        scene_ks(obs, scene_group(obs, "G1", NULL), GV_KS_PRIMARY, NULL);
        gv_store_remember(store, &(struct gv_store_memory){on_late_id, NULL, &told});
        feed(store, "ks1", "snmp", GV_OK, obs, 200);
        CHECK_INT("not yet", (int)told, 0);
        if (i == 1)
            gv_store_event(store, "ks1", &event);
        else
            feed(store, "ks1", "snmp", GV_OK, see_ks(260, 1, 1040), 260);
        CHECK_INT(rows[i], (int)told, 1);
        feed(store, "ks1", "snmp", GV_OK, see_ks(320, 1, 980), 320);
        CHECK_INT("once", (int)told, 1);
        gv_store_free(store);
    }
}

/* The process ends after the first sight, and begins again after the rekey. */
static void test_restore(void)
{
    struct gv_store *store = store_of(&ks, NULL);
    struct memory memory = {.store = store};
    struct gv_store *next;

    feed(store, "ks1", "snmp", GV_OK, see_ks(200, 1, 1100), 200);
    gv_store_tracks(store, true, on_track, &memory);
    next = store_of(&ks, NULL);
    memory.store = next;
    gv_store_remember(next, &(struct gv_store_memory){on_learnt, on_recall, &memory});
    CHECK("followed already", !gv_store_restore(next, "ks1", &memory.kept));
    CHECK("nobody", !gv_store_restore(next, "nobody", &memory.kept));
    CHECK("of no group", !gv_store_restore(next, "ks1", &(struct gv_group_track){.id = NULL}));
    feed(next, "ks1", "snmp", GV_OK, see_ks(1100, 2, 1175), 1100);
    CHECK_INT("the rekey is judged",
              device(next, 0, 1100)->memberships[0].rekey.counts[GV_REKEY_ON_TIME], 1);
    gv_store_free(store);
    gv_store_free(next);
}

/* After our own host rebooted, nobody is accused by the clocks of both. */
static void test_doubt(void)
{
    static const struct {
        const char *name;
        bool doubt;
        enum gv_rekey_verdict verdict;
    } rows[] = {
        {"the same boot", false, GV_REKEY_TOO_LATE},
        {"another boot", true, GV_REKEY_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_store *store = store_of(&ks, NULL), *next = store_of(&ks, NULL);
        struct memory memory = {.store = store};

        feed(store, "ks1", "snmp", GV_OK, see_ks(900, 1, 400), 900);
        gv_store_tracks(store, true, on_track, &memory);
        if (rows[i].doubt)
            gv_track_doubt(&memory.kept.track);
        CHECK(rows[i].name, gv_store_restore(next, "ks1", &memory.kept));
        feed(next, "ks1", "snmp", GV_OK, see_ks(1210, 2, 1190), 1210);
        CHECK_INT(rows[i].name, device(next, 0, 1210)->memberships[0].rekey.verdict,
                  rows[i].verdict);
        feed(next, "ks1", "snmp", GV_OK, see_ks(2100, 2, 300), 2100);
        feed(next, "ks1", "snmp", GV_OK, see_ks(2310, 3, 1190), 2310);
        CHECK_INT("the next one is judged", device(next, 0, 2310)->memberships[0].rekey.verdict,
                  GV_REKEY_TOO_LATE);
        gv_store_free(store);
        gv_store_free(next);
    }
}

/* A sign of one key server is one for all of its group; of members it takes several. */
static void test_storm(void)
{
    static const struct gv_target ks2 = {.name = "ks2", .address = "10.0.0.2", .snmp = &snmp};
    static const struct gv_target more[] = {
        {.name = "gm1", .address = "10.0.1.1", .snmp = &snmp},
        {.name = "gm2", .address = "10.0.1.2", .snmp = &snmp},
        {.name = "gm3", .address = "10.0.1.3", .snmp = &snmp}};
    const struct gv_target *list[] = {&ks, &ks2, &more[0], &more[1], &more[2]};
    struct gv_store *store = gv_store_new(&policy);
    const char *why = "";
    struct gv_observation *obs;

    CHECK_INT("targets", gv_store_set_targets(store, list, 5, &policy), GV_OK);
    feed(store, "ks1", "snmp", GV_OK, see_ks(100, 1, 900), 100);
    feed(store, "ks2", "snmp", GV_OK, see_ks(100, 1, 900), 100);
    for (int64_t at_s = 110; at_s <= 200; at_s += 90)
        for (size_t i = 0; i < 3; i++) {
            obs = see_gm(at_s);
            obs->groups->gm->has |= GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
            obs->groups->gm->registrations_succeeded = at_s > 110 && i < 2 ? 2 : 1;
            feed(store, more[i].name, "snmp", GV_OK, obs, at_s);
            if (at_s > 110 && i == 0)
                CHECK("one member alone is no storm",
                      gv_store_busy_until(store, "ks1", &why).ms == INT64_MIN);
        }
    CHECK_INT("two are", gv_store_busy_until(store, "ks2", &why).ms, scene_at(200 + 900).ms);
    CHECK("why", strstr(why, "registered again") != NULL);
    obs = see_ks(400, 1, 600);
    obs->groups->ks->role = GV_KS_SECONDARY;
    feed(store, "ks1", "snmp", GV_OK, obs, 400);
    CHECK_INT("its own sign", gv_store_busy_until(store, "ks1", &why).ms,
              scene_at(400 + 900).ms);
    CHECK_INT("its neighbour's", gv_store_busy_until(store, "ks2", &why).ms,
              scene_at(400 + 900).ms);
    CHECK("why", strstr(why, "role") != NULL);
    CHECK("no key server", gv_store_busy_until(store, "gm1", &why).ms == INT64_MIN);
    CHECK("nobody", gv_store_busy_until(store, "ks9", &why).ms == INT64_MIN);
    gv_store_free(store);
}

int main(void)
{
    test_storm();
    test_lookups();
    test_rekey_once();
    test_two_views();
    test_staleness();
    test_failures();
    test_partial();
    test_reload();
    test_rebuild();
    test_many_groups();
    test_late_id();
    test_unmonitored();
    test_unmonitored_unknown();
    test_memory();
    test_late_id_told();
    test_restore();
    test_doubt();
    return check_end();
}
