/* SPDX-License-Identifier: Apache-2.0 */
/* Days of the exporter's probes at key servers of the lab: exporter/probes/probes.c with the
 * real driver and clients, on the virtual clock.
 *
 * Whatever happens, what probe_watch.c says holds; and what is concluded of a key server is
 * never wrong. Each seed is another fate; a breach names it. */
#include <stdlib.h>

#include "check.h"
#include "io/log.h"
#include "probe_watch.h"
#include "probe_world.h"

enum { DAY_S = 86400 };

/* ---- old and new ---- */

struct behaviour_row {
    const char *name;
    bool old, multicast, deaf; /* deaf: no rekey arrives */
    int64_t kek_life_s, tek_life_s;
};

static const struct behaviour_row behaviour_rows[] = {
    {"new", false, false, false, 3600, 3600},
    {"old", true, false, false, 3600, 3600},
    {"new, a short KEK", false, false, false, 300, 3600},
    {"old, a short KEK", true, false, false, 300, 3600},
    {"new, a day", false, false, false, DAY_S, 7200},
    {"old, a day", true, false, false, DAY_S, 7200},
    {"new, multicast", false, true, false, 7200, 3600},
    {"old, multicast", true, true, false, 7200, 3600},
    {"new, no rekey arrives", false, false, true, 7200, 3600},
    {"old, no rekey arrives", true, false, true, 7200, 3600},
};

/* Within the KEK's life after the first registration, and the time that a rekey takes. */
static void test_behaviour(const struct behaviour_row *row)
{
    struct world *w = world_new(1, 1);
    struct lab_gdoi_policy policy = world_policy(w, 1234);
    enum gv_behaviour truth = row->old ? GV_BEHAVIOUR_OLD : GV_BEHAVIOUR_NEW;
    int64_t known_s = -1, registered_s = -1;

    policy.old = row->old;
    policy.kek_life = gv_secs(row->kek_life_s);
    policy.tek_life = gv_secs(row->tek_life_s);
    if (row->multicast)
        policy.rekey_to = (struct gdoi_endpoint){4, {239, 1, 1, 1}, 848};
    w->deaf = row->deaf;
    world_server(w, &policy);
    world_probe(w, 0, gv_secs(3600));
    world_start(w);
    for (int64_t s = 0; s < 3 * row->kek_life_s; s += 10) {
        world_run(w, gv_secs(10));
        if (registered_s < 0 && world_seen(w, 0)->success)
            registered_s = s;
        if (known_s < 0 && world_behaviour(w, 0) != GV_BEHAVIOUR_UNKNOWN)
            known_s = s;
        CHECK(row->name, known_s < 0 || world_behaviour(w, 0) == truth);
    }
    CHECK(row->name, registered_s >= 0 && known_s >= registered_s);
    CHECK(row->name, known_s - registered_s <= row->kek_life_s + 60);
    CHECK(row->name, world_seen(w, 0)->rekeys > 0 || row->deaf);
    world_free(w);
}

/* A member whose rekeys never arrive registers once more for each KEK, and not once oftener. */
static void test_one_extra(bool old)
{
    struct world *w = world_new(old ? 12 : 13, 20);
    struct lab_gdoi_policy policy = world_policy(w, 1234);
    const struct watch_server *s = &w->watch.servers[0];
    size_t early = 0;

    policy.old = old;
    policy.kek_life = gv_secs(1200);
    w->deaf = true;
    world_server(w, &policy);
    world_probe(w, 0, gv_secs(3600));
    world_start(w);
    world_run(w, gv_secs(2 * DAY_S));
    for (size_t i = 1; i < s->begin_count; i++)
        early += gv_time_diff(s->begins[i], s->begins[i - 1]).ms < gv_secs(2880).ms;
    CHECK("some", early > 10);
    CHECK("one for each KEK", early <= 2 * DAY_S / (old ? 1200 : 975));
    for (size_t i = 2; i < s->begin_count; i++)
        CHECK("no three for one KEK",
              gv_time_diff(s->begins[i], s->begins[i - 2]).ms > gv_secs(900).ms);
    world_free(w);
}

/* ---- failures ---- */

static int64_t gap_s(const struct world *w, size_t i)
{
    const struct watch_server *s = &w->watch.servers[0];

    return i + 1 < s->begin_count ? gv_time_diff(s->begins[i + 1], s->begins[i]).ms / 1000 : -1;
}

static bool about(int64_t s, int64_t want)
{
    return s >= want * 4 / 5 && s <= want * 6 / 5 + 1;
}

/* A key server that is away for two days: 1 h, 2 h, 4 h, then 6 h. */
static void test_silent(void)
{
    static const int64_t want_s[] = {7200, 14400, 21600, 21600, 21600};
    struct world *w = world_usual(2);

    w->servers[0].silent = true;
    world_run(w, gv_secs(2 * DAY_S));
    for (size_t i = 0; i < sizeof(want_s) / sizeof(want_s[0]); i++)
        CHECK("the pause doubles", about(gap_s(w, i), want_s[i]));
    CHECK("says why", strstr(world_seen(w, 0)->reason, "no answer to message 1") != NULL);
    w->servers[0].silent = false;
    world_run(w, gv_secs(DAY_S));
    CHECK("it is back", world_seen(w, 0)->success && world_seen(w, 0)->reason[0] == '\0');
    world_free(w);
}

static void test_refused(void)
{
    struct world *w = world_usual(3);
    size_t begun;

    world_refuse(w, 0, true);
    world_run(w, gv_secs(DAY_S));
    CHECK("says why", strstr(world_seen(w, 0)->reason, "NO_PROPOSAL_CHOSEN (14)") != NULL);
    CHECK("and what was offered", strstr(world_seen(w, 0)->reason, "aes128-sha256") != NULL);
    for (size_t i = 0; i + 1 < w->watch.servers[0].begin_count; i++)
        CHECK("six hours", about(gap_s(w, i), 21600));
    begun = w->watch.servers[0].begin_count;
    CHECK("and no more", begun >= 3 && begun <= 6);
    for (unsigned i = 0; i < 60; i++) {
        world_kill(w);
        world_start(w);
        world_run(w, gv_secs(60));
    }
    CHECK("a restart does not end the pause", w->watch.servers[0].begin_count <= begun + 1);
    begun = w->watch.servers[0].begin_count;
    world_refuse(w, 0, false);
    world_run(w, gv_secs(300));
    gv_probes_resume(w->probes);
    world_run(w, gv_secs(400));
    CHECK("an operator does", w->watch.servers[0].begin_count > begun);
    CHECK("and it is well", world_seen(w, 0)->success);
    world_free(w);
}

/* Somebody says no ahead of the key server. */
static void test_forged_notify(void)
{
    struct world *w = world_usual(4);

    w->forge = true;
    world_run(w, gv_secs(3 * 3600));
    CHECK("the genuine answer wins", world_seen(w, 0)->success);
    CHECK("forged ones came", w->forged > 0);
    w->servers[0].silent = true;
    world_run(w, gv_secs(DAY_S));
    CHECK("alone it is believed",
          strstr(world_seen(w, 0)->reason, "NO_PROPOSAL_CHOSEN") != NULL);
    world_free(w);
}

/* Nothing at all while the key server has its hands full, the KEK's last 190 s included. */
static void test_storm(void)
{
    struct world *w = world_usual(10);
    const struct watch_server *s = &w->watch.servers[0];
    size_t begun;

    w->deaf = true; /* so that there is a window */
    world_run(w, gv_secs(3600));
    begun = s->begin_count;
    w->busy_until = gv_time_add(gv_loop_now(w->loop), gv_secs(8 * 3600));
    world_run(w, gv_secs(8 * 3600 - 1));
    CHECK_INT("not one", s->begin_count, begun);
    world_run(w, gv_secs(120));
    CHECK("then again", s->begin_count == begun + 1 && world_seen(w, 0)->success);
    world_free(w);
}

/* A key server that has lost our phase 1: what it took is the second one's time alone. */
static void test_phase1_anew(void)
{
    struct world *w = world_usual(11);
    uint64_t before;

    world_run(w, gv_secs(600));
    CHECK("registered", world_seen(w, 0)->phase1.ms > 0 && world_seen(w, 0)->phase1.ms < 1000);
    before = world_seen(w, 0)->registrations;
    lab_gdoi_restart(w->servers[0].lab, gv_loop_now(w->loop));
    net_stir(0);
    world_run(w, gv_secs(5400));
    CHECK("again", world_seen(w, 0)->registrations > before);
    CHECK("no waiting counted",
          world_seen(w, 0)->phase1.ms > 0 && world_seen(w, 0)->phase1.ms < 1000);
    world_free(w);
}

/* ---- the process ---- */

/* Killed 500 times in ten minutes: one registration, and one more for the KEK. */
static void test_crash_loop(void)
{
    struct world *w = world_usual(5);

    world_run(w, gv_secs(61)); /* the first one was made */
    CHECK_INT("one", w->watch.servers[0].begin_count, 1);
    for (unsigned i = 0; i < 500; i++) {
        world_run(w, (struct gv_dur){1200});
        world_kill(w);
        if (i % 50 == 49) /* no clock decides */
            world_step_clock(w, i % 100 == 49 ? 7200 : -7200);
        world_start(w);
    }
    CHECK("no more than 2", w->watch.servers[0].begin_count <= 2);
    world_free(w);
}

static void test_unwritable(void)
{
    struct world *w = world_usual(6);
    size_t begun;

    world_run(w, gv_secs(3600));
    begun = w->watch.begins;
    world_state_away(w, true);
    world_run(w, gv_secs(DAY_S));
    CHECK_INT("nothing is sent that is not written", w->watch.begins, begun);
    CHECK("says why", strstr(world_seen(w, 0)->reason, "state file") != NULL);
    world_state_away(w, false);
    world_run(w, gv_secs(3600));
    CHECK("then it is", w->watch.begins > begun);
    world_free(w);
}

/* A key server that is taken out of the configuration is not forgotten. */
static void test_flapping(void)
{
    struct world *w = world_usual(7);

    for (unsigned i = 0; i < 200; i++) {
        world_set(w, i % 2);
        if (i % 5 == 0) {
            world_kill(w);
            world_start(w);
        }
        world_run(w, gv_secs(30));
    }
    CHECK("an hour between two", w->watch.servers[0].begin_count <= 4);
    world_free(w);
}

/* Forty key servers: nobody in step with anybody. */
static void test_spread(void)
{
    struct world *w = world_new(8, 1);
    struct lab_gdoi_policy policy = world_policy(w, 1234);
    unsigned bins[24 * 12] = {0}, most = 0;

    policy.kek_life = gv_secs(30 * DAY_S);
    policy.tek_life = gv_secs(30 * DAY_S);
    for (size_t i = 0; i < 40; i++) {
        world_server(w, &policy);
        world_probe(w, i, gv_secs(3600));
    }
    world_start(w);
    world_run(w, gv_secs(DAY_S));
    for (size_t i = 0; i < w->watch.count; i++) {
        const struct watch_server *s = &w->watch.servers[i];

        CHECK("each goes on", s->begin_count >= 20 && s->begin_count <= 30);
        for (size_t k = 0; k < s->begin_count; k++)
            bins[gv_time_diff(s->begins[k], w->begun).ms / 300000 % (24 * 12)]++;
    }
    for (size_t i = 12 * 12; i < 24 * 12; i++)
        most = bins[i] > most ? bins[i] : most;
    CHECK("no crowd after half a day", most <= 12); /* the mean is 3.3 in five minutes */
    world_free(w);
}

/* More probes than the whole budget allows: each has its turn. */
static void test_fair(void)
{
    struct world *w = world_new(9, 1);
    struct lab_gdoi_policy policy = world_policy(w, 1234);

    world_server(w, &policy);
    for (size_t i = 0; i < 30; i++)
        world_probe(w, 0, gv_secs(300));
    world_start(w);
    world_run(w, gv_secs(6 * 3600));
    for (size_t i = 0; i < 30; i++)
        CHECK("none waits for ever", world_seen(w, i)->registrations > 0);
    world_free(w);
}

int main(void)
{
    unsigned seeds = 12;

    gv_log_setup(GV_LOG_ERROR, GV_LOG_LOGFMT);
    for (size_t i = 0; i < sizeof(behaviour_rows) / sizeof(behaviour_rows[0]); i++)
        test_behaviour(&behaviour_rows[i]);
    test_one_extra(true);
    test_one_extra(false);
    test_silent();
    test_refused();
    test_forged_notify();
    test_storm();
    test_phase1_anew();
    test_crash_loop();
    test_unwritable();
    test_flapping();
    test_spread();
    test_fair();
    for (unsigned i = 0; i < seeds; i++)
        world_live(100 + i, 3 * DAY_S);
    CHECK_INT("no breach anywhere", world_breaches(), 0);
    return check_end();
}
