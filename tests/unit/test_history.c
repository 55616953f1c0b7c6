/* SPDX-License-Identifier: Apache-2.0 */
/* The history where the disk does not play along: everything goes on, nothing is kept without
 * bound, and what can be saved is saved as soon as it can. (Restarts: sim_history.c.) */
#include "history/history.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "scene.h"
#include "virtual.h"

static char dir[] = "/dev/shm/gv-history-XXXXXX";
static char inner[64], path[80];

static const struct gv_target ks = {.name = "ks1",
                                    .address = "10.0.0.1",
                                    .snmp =
                                        &(struct gv_snmp_credential){.version = GV_SNMP_V2C}};
static const struct gv_store_policy policy = {.stale_after = {300000}};

struct scene {
    struct gv_loop *loop;
    struct gv_store *store;
    struct gv_history *history;
    uint8_t spi;
};

static int64_t unix_ms(void *arg)
{
    const struct scene *scene = arg;

    return gv_loop_now(scene->loop).ms + INT64_C(1762000000000);
}

static struct scene begin(void)
{
    const struct gv_target *list[] = {&ks};
    struct scene scene = {.loop = gv_loop_new(), .store = gv_store_new(&policy), .spi = 1};

    CHECK("targets", gv_store_set_targets(scene.store, list, 1, &policy) == GV_OK);
    return scene;
}

static void keep(struct scene *scene)
{
    const struct gv_history_settings settings = {path, 30, 16 << 20};

    scene->history = gv_history_new(scene->loop, scene->store, &settings,
                                    &(struct gv_history_clock){unix_ms, scene, "boot"});
    CHECK("made", scene->history != NULL && gv_history_is(scene->history, &settings));
}

static void end(struct scene *scene)
{
    gv_history_free(scene->history);
    gv_store_free(scene->store);
    gv_loop_free(scene->loop);
}

static void see(struct scene *scene, uint32_t remaining_s)
{
    struct gv_poll_result result = {
        .err = GV_OK, .observation = gv_observation_new(gv_loop_now(scene->loop))};
    struct gv_group_obs *group = scene_group(result.observation, "G1", "7");

    scene_ks(result.observation, group, GV_KS_PRIMARY, "1.0.27");
    scene_kek(result.observation, group, scene->spi, 1200, remaining_s);
    gv_store_feed(scene->store, "ks1", "snmp", &result, gv_loop_now(scene->loop));
}

/* A KEK lives 975 s; the next one is made in time. */
static void rekey(struct scene *scene)
{
    see(scene, 1200);
    gv_virtual_advance(scene->loop, gv_secs(900));
    see(scene, 300);
    gv_virtual_advance(scene->loop, gv_secs(75));
    scene->spi++;
}

static uint64_t on_time(struct scene *scene)
{
    const struct gv_snapshot *s = gv_store_snapshot(scene->store, gv_loop_now(scene->loop));

    return s->devices[0].memberships[0].rekey.counts[GV_REKEY_ON_TIME];
}

static size_t rekeys(struct scene *scene)
{
    size_t count;

    (void)gv_history_rekeys(scene->history, &count);
    return count;
}

/* No directory: verdicts go on, the queue is bounded; once it is there, all states are saved.
 */
static void test_no_disk(void)
{
    struct scene scene = begin();
    struct gv_history_stats stats;

    keep(&scene);
    CHECK("it cannot be written", !gv_history_stats(scene.history).success);
    for (int i = 0; i < 20; i++)
        rekey(&scene);
    see(&scene, 1200);
    stats = gv_history_stats(scene.history);
    CHECK_INT("the verdicts go on", on_time(&scene), 20);
    CHECK_INT("told without a disk", rekeys(&scene), 20);
    CHECK("nothing is written", stats.records == 0 && !stats.success);
    CHECK("made", mkdir(inner, 0700) == 0);
    gv_virtual_advance(scene.loop, gv_secs(30));
    stats = gv_history_stats(scene.history);
    CHECK("as soon as it can be", stats.success && stats.records > 0 && stats.size > 0);
    end(&scene);
    scene = begin();
    keep(&scene);
    CHECK_INT("all rekeys were kept until then", rekeys(&scene), 20);
    see(&scene, 1170);
    CHECK_INT("and the counters", on_time(&scene), 20);
    end(&scene);
}

/* The file is damaged while it is in use: it is set aside, and the new one has every state. */
static void test_damaged(void)
{
    struct scene scene = begin();
    char garbage[8192];
    FILE *file;

    keep(&scene);
    rekey(&scene);
    see(&scene, 1200);
    end(&scene);
    memset(garbage, 'g', sizeof(garbage));
    file = fopen(path, "r+b");
    CHECK("damaged", file != NULL && fwrite(garbage, 1, sizeof(garbage), file) == 8192 &&
                         fclose(file) == 0);
    scene = begin();
    keep(&scene);
    CHECK_INT("set aside", gv_history_stats(scene.history).set_aside, 1);
    CHECK("a new one", gv_history_stats(scene.history).success);
    CHECK_INT("it knows nothing", rekeys(&scene), 0);
    rekey(&scene);
    see(&scene, 1200);
    gv_virtual_advance(scene.loop, gv_secs(30));
    end(&scene);
    scene = begin();
    keep(&scene);
    see(&scene, 1170);
    CHECK_INT("it learns anew", on_time(&scene), 1);
    end(&scene);
}

/* A history that is configured later, by a reload. */
static void test_without_history(void)
{
    struct scene scene = begin();

    rekey(&scene);
    see(&scene, 1200);
    CHECK_INT("a store goes without", on_time(&scene), 1);
    keep(&scene);
    CHECK_INT("what it knows counts", on_time(&scene), 1);
    end(&scene);
}

/* A group of one key server and one member, seen each ten seconds; the key server has the old
 * behaviour, leads, and gives the lead up in the end. */
static void see_both(struct scene *scene, int64_t at_s)
{
    enum { LIFE_S = 1200, FIRST_S = 1100, SECOND_S = 1230 };
    bool fresh = at_s >= LIFE_S;
    uint32_t left = (uint32_t)(LIFE_S - at_s % LIFE_S);

    for (unsigned i = 0; i < 2; i++) {
        struct gv_time now = gv_loop_now(scene->loop);
        struct gv_poll_result result = {.err = GV_OK, .observation = gv_observation_new(now)};
        struct gv_group_obs *group = scene_group(result.observation, "G1", "7");
        bool second = i == 0 ? fresh : at_s >= SECOND_S;

        if (i == 0) {
            scene_ks(result.observation, group,
                     at_s < LIFE_S + 100 ? GV_KS_PRIMARY : GV_KS_SECONDARY, "1.0.1");
        } else {
            struct gv_gm_obs *gm = scene_gm(result.observation, group, "10.0.1.1", "1.0.16");

            gm->has |= GV_GM_HAS_REGISTRATIONS_SUCCEEDED;
            gm->registrations_succeeded = at_s < FIRST_S ? 1 : at_s < SECOND_S ? 2 : 3;
        }
        if (i == 0 || !fresh || second)
            scene_kek(result.observation, group, second ? 2 : 1, LIFE_S, left);
        gv_store_feed(scene->store, i == 0 ? "ks1" : "gm1", "snmp", &result, now);
    }
}

/* Kinds of rows in `events`, sorted, with their number. */
static void check_kinds(const char *want)
{
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READONLY, NULL);

    CHECK_INT("opened", rc, SQLITE_OK);
    rc = sqlite3_prepare_v2(sqlite,
                            "SELECT group_concat(row, ', ') FROM (SELECT device || ' ' || kind "
                            "|| ' ' || ifnull(before, '') || '>' || ifnull(after, '') AS row "
                            "FROM events ORDER BY device, kind, id)",
                            -1, &statement, NULL);
    CHECK_INT("asked", rc, SQLITE_OK);
    CHECK_INT("told", sqlite3_step(statement), SQLITE_ROW);
    CHECK_STR("events", (const char *)sqlite3_column_text(statement, 0), want);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(sqlite);
}

static void test_kinds(void)
{
    static const struct gv_snmp_credential community = {.version = GV_SNMP_V2C};
    static const struct gv_target gm = {
        .name = "gm1", .address = "10.0.1.1", .snmp = &community};
    const struct gv_target *list[] = {&ks, &gm};
    struct scene scene = {.loop = gv_loop_new(), .store = gv_store_new(&policy)};

    CHECK("targets", gv_store_set_targets(scene.store, list, 2, &policy) == GV_OK);
    keep(&scene);
    for (int64_t s = 600; s < 1400; s += 10) {
        see_both(&scene, s);
        gv_virtual_advance(scene.loop, gv_secs(10));
    }
    end(&scene);
    check_kinds("gm1 double_registration 0>1, gm1 evidence unknown>new, gm1 registration 1>2, "
                "gm1 registration 2>3, ks1 evidence unknown>old, ks1 evidence old>old, ks1 "
                "role >primary, ks1 role primary>secondary");
}

static void remove_all(void)
{
    char command[96];

    (void)snprintf(command, sizeof(command), "rm -rf %s", inner);
    CHECK("removed", system(command) == 0);
}

int main(void)
{
    CHECK("directory", mkdtemp(dir) != NULL);
    (void)snprintf(inner, sizeof(inner), "%s/state", dir);
    (void)snprintf(path, sizeof(path), "%s/history.db", inner);
    test_no_disk();
    remove_all();
    CHECK("made", mkdir(inner, 0700) == 0);
    test_damaged();
    remove_all();
    CHECK("made", mkdir(inner, 0700) == 0);
    test_without_history();
    remove_all();
    CHECK("made", mkdir(inner, 0700) == 0);
    test_kinds();
    remove_all();
    (void)rmdir(dir);
    return check_end();
}
