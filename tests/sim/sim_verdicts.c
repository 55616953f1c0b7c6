/* SPDX-License-Identifier: Apache-2.0 */
/* A virtual day of one group, polled every minute, in many scenarios: what the
 * store must conclude, and what it must never claim on the way. */
#include "../unit/check.h"
#include "store/store.h"
#include "world.h"

enum { DAY_S = 86400, POLL_S = 60, DEVICES = WORLD_KSS + WORLD_GMS };

enum action {
    NOTHING,
    REKEY_NOW, /* a manual rekey, or one merged with a TEK rekey */
    LOSE_NEXT, /* the next rekey reaches no GM */
    STALL,     /* the primary stops rekeying */
    UNSTALL,
    REBOOT_KS1,
    FAIL_OVER, /* KS 1 falls silent, KS 2 takes over */
    SPLIT,     /* both primary, each with its KEK */
    POLLS_OFF,
    POLLS_ON,
    EXPORTER_RESTART,
    GROW,      /* 48 to 52 members within a KEK's life */
    UPGRADE_KS /* the KSs reboot with the new behaviour */
};

struct event {
    int64_t at_s;
    enum action action;
};

struct scenario {
    const char *name;
    int64_t lead_s; /* 0: old KSs */
    uint32_t members, lifetime_s;
    bool cli_gms, ks2_down;
    bool both; /* the KSs are polled by CLI too, in turns */
    struct event events[6];
    /* Rekeys by verdict over both KSs: at least, at most. */
    uint64_t count[GV_REKEY_VERDICT_COUNT][2];
    enum gv_behaviour ks, gm_new, gm_old;
    uint64_t doubles[2];
    enum gv_interop interop;
    bool may_be_out_of_sync, may_split;
};

#define OLD GV_BEHAVIOUR_OLD
#define NEW GV_BEHAVIOUR_NEW
#define UNK GV_BEHAVIOUR_UNKNOWN

/* A KEK of 3600 s is replaced every 3365 s: 25 rekeys a day; an old one 23. */
static const struct scenario scenarios[] = {
    {.name = "a healthy day",
     .lead_s = 235,
     .count = {[GV_REKEY_ON_TIME] = {25, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "a healthy day, members polled by CLI",
     .lead_s = 235,
     .cli_gms = true,
     .count = {[GV_REKEY_ON_TIME] = {25, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "a healthy day, key servers polled by both collectors",
     .lead_s = 235,
     .both = true,
     .count = {[GV_REKEY_ON_TIME] = {25, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "old key servers",
     .lead_s = 0,
     .count = {[GV_REKEY_AFTER_EXPIRY] = {23, 24}},
     .ks = OLD,
     .gm_new = NEW,
     .gm_old = OLD,
     .doubles = {22, 24},
     .interop = GV_INTEROP_MISMATCH},
    {.name = "old key servers, members polled by CLI",
     .lead_s = 0,
     .cli_gms = true,
     .count = {[GV_REKEY_AFTER_EXPIRY] = {23, 24}},
     .ks = OLD,
     .gm_new = NEW,
     .gm_old = OLD,
     .doubles = {22, 24},
     .interop = GV_INTEROP_MISMATCH},
    {.name = "one rekey merged with a TEK rekey 15 s earlier",
     .lead_s = 235,
     .events = {{2 * 3365 - 15, REKEY_NOW}},
     .count = {[GV_REKEY_ON_TIME] = {24, 24}, [GV_REKEY_EARLY] = {1, 1}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "manual rekeys at any time",
     .lead_s = 235,
     .events = {{5000, REKEY_NOW}, {5100, REKEY_NOW}, {50000, REKEY_NOW}},
     .count = {[GV_REKEY_ON_TIME] = {23, 24}, [GV_REKEY_EARLY] = {3, 3}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "a rekey lost on the way: the members recover, nothing is the KS's fault",
     .lead_s = 235,
     .events = {{7000, LOSE_NEXT}},
     .count = {[GV_REKEY_ON_TIME] = {25, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL,
     .may_be_out_of_sync = true},
    {.name = "the primary stalls until after expiry, then rekeys",
     .lead_s = 235,
     .events = {{7200, STALL}, {10800, UNSTALL}},
     .count = {[GV_REKEY_ON_TIME] = {23, 24}, [GV_REKEY_MISSED] = {1, 1}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .doubles = {0, 1},
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "a lead of 215 s is late within the guarantee",
     .lead_s = 215,
     .count = {[GV_REKEY_LATE] = {25, 26}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "a lead of 150 s is too late, and looks like an old KS",
     .lead_s = 150,
     .count = {[GV_REKEY_TOO_LATE] = {24, 25}},
     .ks = OLD,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_MISMATCH},
    {.name = "a lone KS reboots and makes a new KEK: no rekey",
     .lead_s = 235,
     .ks2_down = true,
     .events = {{8000, REBOOT_KS1}},
     .count = {[GV_REKEY_ON_TIME] = {24, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL,
     .may_be_out_of_sync = true},
    {.name = "one of two KSs reboots: the KEK stays",
     .lead_s = 235,
     .events = {{8000, REBOOT_KS1}},
     .count = {[GV_REKEY_ON_TIME] = {25, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "fail-over: the verdicts go on at the new primary",
     .lead_s = 235,
     .events = {{40000, FAIL_OVER}},
     .count = {[GV_REKEY_ON_TIME] = {13, 25}},
     .ks = UNK,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_UNKNOWN},
    {.name = "split brain",
     .lead_s = 235,
     .events = {{40000, SPLIT}},
     .count = {[GV_REKEY_ON_TIME] = {25, 40}, [GV_REKEY_EARLY] = {1, 1}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL,
     .may_split = true},
    {.name = "no polls for 40 minutes: every rekey is still exact",
     .lead_s = 235,
     .events = {{2000, POLLS_OFF}, {4400, POLLS_ON}, {20000, POLLS_OFF}, {22400, POLLS_ON}},
     .count = {[GV_REKEY_ON_TIME] = {25, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "no polls for five hours: what nobody saw is not judged",
     .lead_s = 235,
     .events = {{20000, POLLS_OFF}, {38000, POLLS_ON}},
     .count = {[GV_REKEY_ON_TIME] = {19, 20}, [GV_REKEY_UNKNOWN] = {1, 1}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "the member count passes 50 within a KEK's life",
     .lead_s = 235,
     .members = 48,
     .events = {{20000, GROW}},
     .count = {[GV_REKEY_ON_TIME] = {25, 25}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "the exporter restarts just before and just after a rekey",
     .lead_s = 235,
     .events = {{3300, EXPORTER_RESTART}, {3400, EXPORTER_RESTART}},
     .count = {[GV_REKEY_ON_TIME] = {24, 24}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "old key servers are upgraded",
     .lead_s = 0,
     .events = {{30000, UPGRADE_KS}},
     .count = {[GV_REKEY_AFTER_EXPIRY] = {8, 9},
               [GV_REKEY_ON_TIME] = {15, 17},
               [GV_REKEY_EARLY] = {0, 1}},
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .doubles = {7, 9},
     .interop = GV_INTEROP_INFORMATIONAL},
    {.name = "the shortest KEK: 300 s, replaced every 65 s",
     .lead_s = 235,
     .lifetime_s = 300,
     .count = {[GV_REKEY_ON_TIME] = {600, 1330},
               [GV_REKEY_UNKNOWN] = {0, 1329},
               [GV_REKEY_EARLY] = {0, 1}}, /* the first replaces a KEK of 3600 s */
     .ks = NEW,
     .gm_new = NEW,
     .gm_old = OLD,
     .interop = GV_INTEROP_INFORMATIONAL},
};

static const struct gv_target targets[DEVICES] = {
    {.name = "ks1", .address = "10.0.0.1", .snmp = &(struct gv_snmp_credential){.user = ""}},
    {.name = "ks2", .address = "10.0.0.2", .snmp = &(struct gv_snmp_credential){.user = ""}},
    {.name = "gm-new", .address = "10.0.1.1", .snmp = &(struct gv_snmp_credential){.user = ""}},
    {.name = "gm-old", .address = "10.0.1.2", .snmp = &(struct gv_snmp_credential){.user = ""}},
};

static struct gv_store *store_new(const struct scenario *s)
{
    static const struct gv_ssh_credential ssh = {.user = ""};
    struct gv_target with_ssh[WORLD_KSS] = {targets[0], targets[1]};
    static const struct gv_store_policy policy = {.stale_after = {300000}};
    const struct gv_target *list[DEVICES];
    struct gv_store *store = gv_store_new(&policy);

    for (size_t i = 0; i < DEVICES; i++)
        list[i] = s->both && i < WORLD_KSS ? &with_ssh[i] : &targets[i];
    for (size_t i = 0; i < WORLD_KSS; i++)
        with_ssh[i].ssh = &ssh;
    CHECK("store",
          store != NULL && gv_store_set_targets(store, list, DEVICES, &policy) == GV_OK);
    return store;
}

struct run {
    const struct scenario *scenario;
    struct world world;
    struct gv_store *store;
    bool polling;
    size_t claims; /* wrong ones */
};

static void act(struct run *run, enum action action)
{
    struct world *world = &run->world;

    switch (action) {
    case NOTHING:
        return;
    case REKEY_NOW:
        world_rekey(world);
        return;
    case LOSE_NEXT:
        world->lose_next = true;
        return;
    case STALL:
    case UNSTALL:
        world->stalled = action == STALL;
        return;
    case REBOOT_KS1:
        world_reboot(world, 0);
        return;
    case FAIL_OVER:
        world->ks[0].down = true;
        world->ks[1].primary = true;
        return;
    case SPLIT:
        world->split = true;
        world->ks[1].primary = true;
        world->ks[1].before.id = 0;
        world->ks[1].kek.id = world->next_id++;
        world->ks[1].kek.born_ms = world->now_ms;
        world->ks[1].kek.ends_ms = world->now_ms + 3600000;
        return;
    case POLLS_OFF:
    case POLLS_ON:
        run->polling = action == POLLS_ON;
        return;
    case EXPORTER_RESTART:
        gv_store_free(run->store);
        run->store = store_new(run->scenario);
        return;
    case GROW:
        world->members = 52;
        world->lead_s += 5;
        return;
    case UPGRADE_KS:
        world->ks[0].booted_ms = world->ks[1].booted_ms = world->now_ms;
        world->lead_s = 235;
        return;
    }
}

static void poll(struct run *run, size_t i, bool cli)
{
    const struct world *world = &run->world;
    bool ks = i < WORLD_KSS;
    bool down = ks ? world->ks[i].down : world->gm[i - WORLD_KSS].down;
    struct gv_poll_result result = {.err = down ? GV_ERR_TIMEOUT : GV_OK};

    if (!down)
        result.observation =
            ks ? world_see_ks(world, i, cli) : world_see_gm(world, i - WORLD_KSS);
    gv_store_feed(run->store, targets[i].name, cli ? "ssh" : "snmp", &result,
                  (struct gv_time){world->now_ms});
}

/* What must never be claimed, whatever the phase of the polls. */
static void watch(struct run *run)
{
    const struct scenario *s = run->scenario;
    const struct gv_snapshot *snapshot =
        gv_store_snapshot(run->store, (struct gv_time){run->world.now_ms});
    bool wrong = false;

    for (size_t i = 0; i < snapshot->group_count; i++)
        wrong = wrong || (!s->may_split && (snapshot->groups[i].split == GV_YES ||
                                            (snapshot->groups[i].primaries.known &&
                                             snapshot->groups[i].primaries.n != 1)));
    for (size_t i = 0; i < snapshot->device_count; i++)
        for (size_t k = 0; k < snapshot->devices[i].membership_count; k++)
            wrong = wrong || (!s->may_be_out_of_sync &&
                              snapshot->devices[i].memberships[k].kek_in_sync == GV_NO);
    if (wrong && run->claims++ < 3)
        printf("    at %lld s\n", (long long)(run->world.now_ms - 1000000137) / 1000);
}

static void live(struct run *run)
{
    for (int64_t second = 0; second < DAY_S; second++) {
        for (size_t i = 0; i < sizeof(run->scenario->events) / sizeof(struct event); i++)
            if (run->scenario->events[i].at_s == second)
                act(run, run->scenario->events[i].action);
        world_second(&run->world);
        for (size_t i = 0; run->polling && i < DEVICES; i++) {
            int64_t phase = (second + (int64_t)i * 17 + second / 3600) % POLL_S;

            if (phase == 0)
                poll(run, i, false);
            if (phase == 7 && run->scenario->both && i < WORLD_KSS)
                poll(run, i, true);
        }
        if (second % 13 == 0)
            watch(run);
    }
}

static void check_counts(const struct scenario *s, const struct gv_snapshot *snapshot)
{
    for (size_t verdict = 0; verdict < GV_REKEY_VERDICT_COUNT; verdict++) {
        uint64_t n = 0;

        for (size_t i = 0; i < WORLD_KSS; i++)
            if (snapshot->devices[i].membership_count > 0)
                n += snapshot->devices[i].memberships[0].rekey.counts[verdict];
        if (n < s->count[verdict][0] || n > s->count[verdict][1])
            printf("    %s: %llu\n", gv_rekey_verdict_name((enum gv_rekey_verdict)verdict),
                   (unsigned long long)n);
        CHECK(s->name, n >= s->count[verdict][0] && n <= s->count[verdict][1]);
    }
}

static void check_end_of_day(const struct scenario *s, const struct gv_snapshot *snapshot)
{
    const struct gv_device_verdict *devices = snapshot->devices;
    uint64_t doubles = devices[WORLD_KSS].memberships[0].double_registrations.n;

    check_counts(s, snapshot);
    CHECK_STR(s->name, gv_behaviour_name(devices[0].ks_behaviour.behaviour),
              gv_behaviour_name(s->ks));
    CHECK_STR(s->name, gv_behaviour_name(devices[WORLD_KSS].gm_behaviour.behaviour),
              gv_behaviour_name(s->gm_new));
    CHECK_STR(s->name, gv_behaviour_name(devices[WORLD_KSS + 1].gm_behaviour.behaviour),
              gv_behaviour_name(s->gm_old));
    if (doubles < s->doubles[0] || doubles > s->doubles[1])
        printf("    doubles: %llu\n", (unsigned long long)doubles);
    CHECK(s->name, doubles >= s->doubles[0] && doubles <= s->doubles[1]);
    CHECK_INT(s->name, snapshot->group_count, 1);
    if (s->interop != GV_INTEROP_UNKNOWN)
        CHECK_STR(s->name, gv_interop_name(snapshot->groups[0].interop[0].outcome),
                  gv_interop_name(s->interop));
    CHECK_INT(s->name, snapshot->groups[0].split, s->may_split ? GV_YES : GV_NO);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        struct run run = {.scenario = &scenarios[i], .polling = true};

        world_start(&run.world, 1000 + i);
        run.world.lead_s = scenarios[i].lead_s;
        run.world.cli_gms = scenarios[i].cli_gms;
        run.world.ks[1].down = scenarios[i].ks2_down;
        if (scenarios[i].members != 0)
            run.world.members = scenarios[i].members;
        if (scenarios[i].lifetime_s != 0) {
            run.world.lifetime_s = scenarios[i].lifetime_s;
            world_rekey(&run.world);
        }
        run.store = store_new(&scenarios[i]);
        live(&run);
        CHECK_INT(scenarios[i].name, run.claims, 0);
        check_end_of_day(&scenarios[i],
                         gv_store_snapshot(run.store, (struct gv_time){run.world.now_ms}));
        gv_store_free(run.store);
    }
    return check_end();
}
