/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter ends and begins again at each second around a rekey: with its history, the
 * verdicts and the counters are those of an exporter that never ended. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/check.h"
#include "history/history.h"
#include "virtual.h"
#include "world.h"

enum {
    POLL_S = 20,
    DEVICES = WORLD_KSS + WORLD_GMS,
    LIFE_S = 900,
    LEAD_S = 235,
    /* Polls begin this long before the first restart, and go on this long after the last. */
    BEFORE_S = 260,
    AFTER_S = 150,
    /* Each second is tried this close to a rekey; what is older than a batch is never lost. */
    CLOSE_S = 10,
    BATCH_S = 2,
    WATCHED_S = 45 /* two polls of each device */
};

/* Unix time minus the first boot clock. */
static const int64_t wall_ms = INT64_C(1762000000000);

enum manner {
    STOPPED,     /* by SIGTERM: everything is written */
    KILLED,      /* by SIGKILL: what was not in a batch yet is lost */
    CLOCK_AHEAD, /* stopped; the wall clock is stepped by an hour meanwhile */
    CLOCK_BACK,
    REBOOTED,       /* our host restarts: another boot clock */
    REBOOTED_AHEAD, /* ... and its wall clock is an hour wrong afterwards */
    REBOOTED_BACK,
    NEVER, /* it polls as little in that time, and goes on */
    MANNERS
};

static const struct manner_row {
    const char *name;
    int64_t step_s;
    bool same;       /* the same as without: else never worse */
    bool kill, boot; /* boot: a new one */
    int64_t every_s; /* of the seconds, how many are tried */
} manners[MANNERS] = {
    [STOPPED] = {"stopped", 0, true, false, false, 7},
    [KILLED] = {"killed", 0, true, true, false, 5},
    [CLOCK_AHEAD] = {"stopped, the clock set ahead", 3600, true, false, false, 29},
    [CLOCK_BACK] = {"stopped, the clock set back", -3600, true, false, false, 29},
    [REBOOTED] = {"rebooted", 0, false, false, true, 29},
    [REBOOTED_AHEAD] = {"rebooted, the clock ahead", 3600, false, false, true, 29},
    [REBOOTED_BACK] = {"rebooted, the clock back", -3600, false, false, true, 29},
};

static const struct scenario {
    const char *name;
    int64_t lead_s;
    bool cli_gms;
    int64_t stall_from_s, stall_to_s, manual_s;
    int64_t from_s, to_s; /* the seconds at which it may end */
    int64_t down_s;       /* how long it is away */
    int64_t rekey_s;      /* 0: none */
} scenarios[] = {
    {"a rekey in time", LEAD_S, false, 0, 0, 0, 640, 700, 1, 665},
    {"a rekey in time, away for five minutes", LEAD_S, false, 0, 0, 0, 420, 700, 300, 665},
    {"a rekey in time, members polled by CLI", LEAD_S, true, 0, 0, 0, 640, 700, 1, 665},
    {"a late rekey", 215, false, 0, 0, 0, 660, 720, 1, 685},
    {"an old key server", 0, false, 0, 0, 0, 870, 990, 1, 900},
    {"an old key server, members polled by CLI", 0, true, 0, 0, 0, 870, 990, 1, 900},
    {"a missed rekey", LEAD_S, false, 600, 1000, 0, 880, 1060, 1, 0},
    {"a manual rekey", LEAD_S, false, 0, 0, 300, 290, 330, 1, 300},
};

static const struct gv_target targets[DEVICES] = {
    {.name = "ks1", .address = "10.0.0.1", .snmp = &(struct gv_snmp_credential){.user = ""}},
    {.name = "ks2", .address = "10.0.0.2", .snmp = &(struct gv_snmp_credential){.user = ""}},
    {.name = "gm-new", .address = "10.0.1.1", .snmp = &(struct gv_snmp_credential){.user = ""}},
    {.name = "gm-old", .address = "10.0.1.2", .snmp = &(struct gv_snmp_credential){.user = ""}},
};

/* In memory: nothing here is about the disk. */
static char dir[] = "/dev/shm/gv-history-XXXXXX";
static char path[64], copy[64];

/* What a device has counted: rekeys by verdict, and double registrations. */
struct counted {
    uint64_t n[GV_REKEY_VERDICT_COUNT + 1];
};

struct run {
    const struct scenario *scenario;
    /* Of the last seconds, the latest in front; then, after the restart, the most so far. */
    struct counted counted[BATCH_S + 1][DEVICES];
    bool restarted;
    unsigned lost; /* times that a counter went down */
    struct world world;
    struct gv_loop *loop;
    struct gv_store *store;
    struct gv_history *history;
    int64_t boot_ms; /* the world's clock minus the boot clock */
    int64_t step_ms; /* of the wall clock */
    const char *boot;
};

static int64_t unix_ms(void *arg)
{
    const struct run *run = arg;

    return run->world.now_ms + wall_ms + run->step_ms;
}

/* With the history in `file`; NULL: without any. */
static void begin(struct run *run, const char *file)
{
    static const struct gv_store_policy policy = {.stale_after = {300000}};
    const struct gv_target *list[DEVICES];
    const struct gv_history_settings settings = {file, 90, 64 << 20};

    for (size_t i = 0; i < DEVICES; i++)
        list[i] = &targets[i];
    run->loop = gv_loop_new();
    gv_virtual_advance(run->loop,
                       gv_time_diff((struct gv_time){run->world.now_ms - run->boot_ms},
                                    gv_loop_now(run->loop)));
    run->store = gv_store_new(&policy);
    CHECK("targets", gv_store_set_targets(run->store, list, DEVICES, &policy) == GV_OK);
    run->history = NULL;
    if (file == NULL)
        return;
    run->history = gv_history_new(run->loop, run->store, &settings,
                                  &(struct gv_history_clock){unix_ms, run, run->boot});
    CHECK("history", run->history != NULL && gv_history_stats(run->history).success);
}

static void end(struct run *run)
{
    gv_history_free(run->history);
    gv_store_free(run->store);
    gv_loop_free(run->loop);
}

/* Instants of what was seen, by the boot clock of the process that sees it. */
static void shift(struct gv_observation *obs, int64_t ms)
{
    obs->seen_at.ms -= ms;
    for (struct gv_group_obs *group = obs->groups; group != NULL; group = group->next) {
        if (group->gm != NULL)
            group->gm->seen_at.ms -= ms;
        for (struct gv_kek_obs *kek = group->keks; kek != NULL; kek = kek->next)
            kek->seen_at.ms -= ms;
    }
}

static void poll(struct run *run, size_t i)
{
    struct gv_poll_result result = {.err = GV_OK};

    result.observation =
        i < WORLD_KSS ? world_see_ks(&run->world, i) : world_see_gm(&run->world, i - WORLD_KSS);
    shift(result.observation, run->boot_ms);
    gv_store_feed(run->store, targets[i].name, "snmp", &result, gv_loop_now(run->loop));
}

static struct counted count(const struct gv_membership *row)
{
    struct counted c;

    for (size_t v = 0; v < GV_REKEY_VERDICT_COUNT; v++)
        c.n[v] = v == GV_REKEY_UNKNOWN ? 0 : row->rekey.counts[v];
    c.n[GV_REKEY_VERDICT_COUNT] = row->double_registrations.n;
    return c;
}

/* Before the restart, counts are remembered until they are sure to be on the disk; from then on
 * none is ever less. A device without an answer yet shows none. */
static void watch(struct run *run)
{
    const struct gv_snapshot *snapshot = gv_store_snapshot(run->store, gv_loop_now(run->loop));

    if (!run->restarted)
        memmove(run->counted[1], run->counted[0],
                sizeof(run->counted) - sizeof(run->counted[0]));
    for (size_t i = 0; i < DEVICES; i++) {
        struct counted *last = &run->counted[run->restarted ? BATCH_S : 0][i], now;

        if (snapshot->devices[i].membership_count == 0)
            continue;
        now = count(&snapshot->devices[i].memberships[0]);
        for (size_t v = 0; run->restarted && v <= GV_REKEY_VERDICT_COUNT; v++)
            run->lost += now.n[v] < last->n[v];
        *last = now;
    }
}

static void second(struct run *run, int64_t at, bool away)
{
    const struct scenario *s = run->scenario;

    if (at == s->stall_from_s && at != 0)
        run->world.stalled = true;
    if (at == s->stall_to_s)
        run->world.stalled = false;
    if (at == s->manual_s && at != 0)
        world_rekey(&run->world);
    world_second(&run->world);
    if (away)
        return;
    gv_virtual_advance(run->loop, gv_secs(1));
    for (size_t i = 0; i < DEVICES; i++)
        if ((at + (int64_t)i * 7) % POLL_S == 0)
            poll(run, i);
}

static void copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    char octets[1 << 16];
    size_t n;

    while (in != NULL && out != NULL && (n = fread(octets, 1, sizeof(octets), in)) > 0)
        CHECK("copied", fwrite(octets, 1, n, out) == n);
    if (in != NULL)
        (void)fclose(in);
    CHECK("copied", out != NULL && fclose(out) == 0);
}

static void remove_files(const char *file)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[80];

    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(name, sizeof(name), "%s%s", file, endings[i]);
        (void)unlink(name);
    }
}

/* What a killed process leaves: the file and its log as they are now. */
static void restart(struct run *run, enum manner manner)
{
    const char *file = path;

    if (manners[manner].kill) {
        char from[80], to[80];

        copy_file(path, copy);
        (void)snprintf(from, sizeof(from), "%s-wal", path);
        (void)snprintf(to, sizeof(to), "%s-wal", copy);
        copy_file(from, to);
        file = copy;
    }
    end(run);
    run->restarted = true;
    run->step_ms = manners[manner].step_s * 1000;
    if (manners[manner].boot) {
        run->boot = "second";
        run->boot_ms = run->world.now_ms - 1000000137;
    }
    begin(run, file);
}

/* What is concluded in the end, as text. An unknown verdict is about some time around the
 * polls, and one of them fell into the restart. */
static void conclude(struct run *run, char *out, size_t n)
{
    const struct gv_snapshot *snapshot = gv_store_snapshot(run->store, gv_loop_now(run->loop));
    size_t at = 0;

    for (size_t i = 0; i < DEVICES; i++) {
        const struct gv_device_verdict *device = &snapshot->devices[i];
        const struct gv_membership *row = &device->memberships[0];
        const struct gv_rekey_verdict_row *rekey = &row->rekey;
        const struct gv_behaviour_verdict *behaviour =
            i < WORLD_KSS ? &device->ks_behaviour : &device->gm_behaviour;
        bool judged = rekey->verdict != GV_REKEY_UNKNOWN && rekey->judged_at.known;

        at += (size_t)snprintf(out + at, n - at, "%s %s", device->name,
                               gv_behaviour_name(behaviour->behaviour));
        for (size_t v = 0; v < GV_REKEY_VERDICT_COUNT; v++)
            at += (size_t)snprintf(out + at, n - at, " %d", (int)rekey->counts[v]);
        at += (size_t)snprintf(out + at, n - at, " %s %lld %lld doubles %d; ",
                               gv_rekey_verdict_name(rekey->verdict),
                               (long long)rekey->lead_observed.ms,
                               (long long)(judged ? rekey->judged_at.at.ms + run->boot_ms : 0),
                               (int)row->double_registrations.n);
    }
}

/* Rekeys that somebody is blamed for. */
static uint64_t blamed(struct run *run)
{
    const struct gv_snapshot *snapshot = gv_store_snapshot(run->store, gv_loop_now(run->loop));
    uint64_t n = 0;

    for (size_t i = 0; i < WORLD_KSS; i++)
        for (unsigned v = GV_REKEY_LATE; v < GV_REKEY_VERDICT_COUNT; v++)
            n += snapshot->devices[i].memberships[0].rekey.counts[v];
    return n;
}

/* Live through the scenario; `at` is the second before the restart. */
static uint64_t live(const struct scenario *scenario, enum manner manner, int64_t at, char *out,
                     size_t n)
{
    struct run run = {.scenario = scenario, .boot = "first"};
    uint64_t faults;
    const int64_t back_at = at + scenario->down_s;

    remove_files(path);
    remove_files(copy);
    world_start(&run.world, 7);
    run.world.lead_s = scenario->lead_s;
    run.world.cli_gms = scenario->cli_gms;
    run.world.lifetime_s = LIFE_S;
    world_rekey(&run.world);
    for (int64_t i = 0; i < scenario->to_s + scenario->down_s + AFTER_S; i++) {
        bool away = i < scenario->from_s - BEFORE_S || (i > at && i <= at + scenario->down_s);

        if (i == scenario->from_s - BEFORE_S)
            begin(&run, manner == NEVER ? NULL : path);
        if (manner != NEVER && i == at + scenario->down_s + 1)
            restart(&run, manner);
        second(&run, i, away);
        if (manner != NEVER &&
            ((i > at - WATCHED_S && i <= at) || (i > back_at && i <= back_at + WATCHED_S)))
            watch(&run);
    }
    conclude(&run, out, n);
    faults = blamed(&run);
    if (run.lost > 0)
        (void)snprintf(out, n, "%u counters went down", run.lost);
    end(&run);
    return faults;
}

static void check(const struct scenario *scenario, enum manner manner)
{
    const struct manner_row *row = &manners[manner];
    char name[160], got[1024], want[1024];

    for (int64_t at = scenario->from_s; at < scenario->to_s;
         at += row->kill && llabs(at + 1 - scenario->rekey_s) <= CLOSE_S ? 1 : row->every_s) {
        uint64_t faults = live(scenario, NEVER, at, want, sizeof(want));
        uint64_t n = live(scenario, manner, at, got, sizeof(got));

        (void)snprintf(name, sizeof(name), "%s, %s at %d s", scenario->name, row->name,
                       (int)at);
        if (row->same)
            CHECK_STR(name, got, want);
        else
            CHECK(name, n <= faults);
        if (check_failed > 20)
            return;
    }
}

int main(int argc, char **argv)
{
    size_t only = argc > 1 ? (size_t)(argv[1][0] - '0') : SIZE_MAX;

    CHECK("directory", mkdtemp(dir) != NULL);
    (void)snprintf(path, sizeof(path), "%s/history.db", dir);
    (void)snprintf(copy, sizeof(copy), "%s/copy.db", dir);
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
        for (unsigned manner = 0; manner < NEVER && (only == SIZE_MAX || only == i); manner++)
            check(&scenarios[i], (enum manner)manner);
    remove_files(path);
    remove_files(copy);
    (void)rmdir(dir);
    return check_end();
}
