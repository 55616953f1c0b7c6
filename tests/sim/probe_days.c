/* SPDX-License-Identifier: Apache-2.0 */
/* What befalls probes and key servers in some days, drawn from a seed. */
#include <stdio.h>
#include <string.h>

#include "probe_world.h"

/* In one of so many minutes, on the average. */
enum {
    KILL = 300,
    RELOAD = 240,
    SILENCE = 500,
    RESTART = 900,
    LOSE_PHASE_1 = 400,
    REFUSE = 900,
    WEATHER = 120,
    STEP = 600,
    SLEEP = 2000
};

struct days {
    struct world *w;
    size_t probe_count;
    int64_t down_until_s; /* the process */
    bool kill_at_begin;
    size_t begins;
    int64_t silent_until_s[WORLD_SERVERS_MOST], refuse_until_s[WORLD_SERVERS_MOST];
    int64_t now_s;
};

static bool one_in(struct world *w, uint64_t minutes)
{
    return world_draw(w, minutes) == 0;
}

static void populate(struct days *d)
{
    struct world *w = d->w;
    size_t servers = 1 + world_draw(w, 4);

    for (size_t i = 0; i < servers; i++) {
        struct lab_gdoi_policy policy = world_policy(w, 1234);
        uint32_t retransmits = (uint32_t)world_draw(w, 4);

        policy.old = world_draw(w, 2) == 0;
        policy.kek_life = gv_secs(600 + (int64_t)world_draw(w, 20000));
        policy.tek_life = gv_secs(1800 + (int64_t)world_draw(w, 7200));
        policy.retransmits = retransmits;
        if (world_draw(w, 3) == 0)
            policy.rekey_to = (struct gdoi_endpoint){4, {239, 1, 1, (uint8_t)(i + 1)}, 848};
        world_server(w, &policy);
        for (size_t k = 1 + world_draw(w, 3); k > 0; k--)
            world_probe(w, i, gv_secs(300 + (int64_t)world_draw(w, 7200)));
    }
    d->probe_count = w->set;
}

/* ---- what happens ---- */

static void strike_servers(struct days *d)
{
    struct world *w = d->w;

    for (size_t i = 0; i < w->server_count; i++) {
        struct world_server *s = &w->servers[i];

        if (one_in(w, SILENCE))
            d->silent_until_s[i] = d->now_s + (int64_t)world_draw(w, 30000);
        if (one_in(w, REFUSE))
            d->refuse_until_s[i] = d->now_s + (int64_t)world_draw(w, 30000);
        s->silent = d->now_s < d->silent_until_s[i];
        world_refuse(w, i, d->now_s < d->refuse_until_s[i]);
        if (one_in(w, RESTART)) {
            lab_gdoi_restart(s->lab, gv_loop_now(w->loop));
            net_stir(i);
        }
        if (one_in(w, LOSE_PHASE_1)) {
            lab_gdoi_drop_phase1(s->lab, world_draw(w, 2) == 0);
            net_stir(i);
        }
    }
}

/* A reload with some probes less, or other intervals. */
static void reload(struct days *d)
{
    struct world *w = d->w;

    for (size_t i = 0; i < d->probe_count; i++)
        if (world_draw(w, 4) == 0)
            w->specs[i].interval = gv_secs(300 + (int64_t)world_draw(w, 7200));
    world_set(w, 1 + world_draw(w, d->probe_count));
}

static void kill_for_a_while(struct days *d)
{
    world_kill(d->w);
    d->kill_at_begin = false;
    d->down_until_s = d->now_s + (int64_t)world_draw(d->w, 600);
}

static void strike_process(struct days *d)
{
    struct world *w = d->w;

    if (w->probes == NULL && d->now_s >= d->down_until_s)
        world_start(w);
    if (w->probes == NULL)
        return;
    if (one_in(w, KILL))
        kill_for_a_while(d);
    else if (one_in(w, KILL))
        d->kill_at_begin = true;
    else if (one_in(w, RELOAD))
        reload(d);
}

static void strike_the_rest(struct days *d)
{
    struct world *w = d->w;

    if (one_in(w, WEATHER))
        w->lost_per_mille = (uint32_t)(world_draw(w, 3) == 0 ? world_draw(w, 600) : 5);
    if (one_in(w, WEATHER))
        w->slowest_ms = (uint32_t)(1 + world_draw(w, 900));
    if (one_in(w, WEATHER))
        w->forge = world_draw(w, 5) == 0;
    if (one_in(w, STEP))
        world_step_clock(w, (int64_t)world_draw(w, 7200) - 3600);
    if (one_in(w, SLEEP))
        gv_virtual_sleep(w->loop, gv_secs((int64_t)world_draw(w, 3600)));
}

/* Second by second where the process is to be killed in the middle of a registration. */
static void pass_minute(struct days *d)
{
    struct world *w = d->w;

    for (unsigned i = 0; i < 60; i++) {
        world_run(w, (struct gv_dur){900 + (int64_t)world_draw(w, 100)});
        d->now_s++;
        if (d->kill_at_begin && w->probes != NULL && w->watch.begins > d->begins)
            kill_for_a_while(d);
        d->begins = w->watch.begins;
    }
}

/* ---- what is concluded ---- */

static const struct world_server *server_of(const struct world *w, size_t probe)
{
    return &w->servers[w->specs[probe].client.remote.address[3] - 1];
}

static void check_conclusions(struct days *d)
{
    struct world *w = d->w;

    for (size_t i = 0; w->probes != NULL && i < gv_probes_count(w->probes); i++) {
        struct gv_probe_evidence evidence = world_seen(w, i)->evidence;
        struct gv_behaviour_verdict verdict = gv_probe_judge(&evidence);
        enum gv_behaviour truth = server_of(w, i)->old ? GV_BEHAVIOUR_OLD : GV_BEHAVIOUR_NEW;

        if (verdict.behaviour == GV_BEHAVIOUR_UNKNOWN || verdict.confidence != GV_CERTAIN ||
            verdict.behaviour == truth)
            continue;
        w->watch.breaches++;
        printf("FAIL seed %llu, second %lld, probe %zu: wrong: %s\n",
               (unsigned long long)w->seed, (long long)d->now_s, i, verdict.evidence[0].text);
    }
}

void world_live(uint64_t seed, int64_t seconds)
{
    struct days d = {.w = world_new(seed, 50)};

    populate(&d);
    world_start(d.w);
    while (d.now_s < seconds) {
        strike_servers(&d);
        strike_process(&d);
        strike_the_rest(&d);
        pass_minute(&d);
        check_conclusions(&d);
    }
    world_note(d.w);
    world_free(d.w);
}
