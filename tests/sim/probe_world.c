/* SPDX-License-Identifier: Apache-2.0 */
#include "probe_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gdoi/endpoint.h"
#include "poller/schedule.h"

enum { GROUP = 1234, GROUP_TEXT_MOST = 16 };

static const struct gdoi_endpoint member = {4, {127, 7, 0, 1}, 0};

/* ---- clocks ---- */

/* The wall clock of the process under test: the loop's, and whatever it was stepped by. */
static struct gv_loop *clock_loop;
static int64_t wall_offset_ms = 1900000000000;

int __wrap_clock_gettime(clockid_t id, struct timespec *out);

int __wrap_clock_gettime(clockid_t id, struct timespec *out)
{
    int64_t ms = gv_loop_now(clock_loop).ms + (id == CLOCK_REALTIME ? wall_offset_ms : 0);

    *out = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    return 0;
}

static int64_t wall_s(void)
{
    return (gv_loop_now(clock_loop).ms + wall_offset_ms) / 1000;
}

uint64_t world_draw(struct world *w, uint64_t limit)
{
    return gv_schedule_mix(gv_schedule_mix(w->seed) ^ ++w->draws) % limit;
}

/* ---- the way ---- */

/* NO_PROPOSAL_CHOSEN in the clear, as anybody can say it who has seen message 1. */
static void forge_refusal(struct world *w, const struct net_datagram *d)
{
    uint8_t octets[40] = {0};
    struct gv_reader r = gv_reader(d->octets, d->n);
    struct isakmp_header h;

    if (isakmp_header_decode(&r, &h) != GV_OK || h.exchange != ISAKMP_MAIN_MODE)
        return;
    memcpy(octets, h.cookies, 8);
    memset(octets + 8, 7, 8);
    octets[16] = ISAKMP_NOTIFY;
    octets[17] = 0x10;
    octets[18] = ISAKMP_INFORMATIONAL;
    octets[27] = sizeof(octets);
    octets[31] = 12; /* the payload: DOI 1, protocol 1, no SPI, type 14 */
    octets[35] = 1;
    octets[36] = 1;
    octets[39] = 14;
    w->forged++;
    net_send(&(struct net_datagram){false, d->server, d->to, d->from, octets, sizeof(octets)},
             (struct gv_dur){0});
}

static struct gv_dur fate(void *arg, const struct net_datagram *d)
{
    struct world *w = arg;
    bool is_push = d->n > 18 && d->octets[18] == GDOI_PUSH;
    bool lost = world_draw(w, 1000) < w->lost_per_mille;

    watch_take(&w->watch, d);
    if (d->to_server && w->forge)
        forge_refusal(w, d);
    if (lost || w->servers[d->server].silent || (is_push && w->deaf))
        return (struct gv_dur){-1};
    return (struct gv_dur){1 + (int64_t)world_draw(w, w->slowest_ms)};
}

/* ---- the world ---- */

struct world *world_new(uint64_t seed, uint32_t slowest_ms)
{
    struct world *w = calloc(1, sizeof(*w));
    bool known = w != NULL && gdoi_suite_read(gv_text("aes128-sha256-ecp256"), &w->suite);

    assert(known);
    (void)known;
    w->seed = seed;
    w->slowest_ms = slowest_ms;
    w->loop = clock_loop = gv_loop_new();
    w->psk = gv_secret_new("mekmitasdigoat-of-the-lab", 25);
    w->signer = gdoi_signer_new("P-256", 256, 65537);
    (void)snprintf(w->directory, sizeof(w->directory), "%s/sim_probes.XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (w->loop == NULL || w->signer == NULL || mkdtemp(w->directory) == NULL)
        abort();
    w->begun = gv_loop_now(w->loop);
    w->watch = (struct watch){
        .loop = w->loop, .directory = w->directory, .seed = seed, .unix_s = wall_s};
    net_begin(w->loop, fate, w);
    return w;
}

static void forget_directory(const struct world *w)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/probes", w->directory);
    (void)unlink(path);
    (void)rmdir(w->directory);
}

static unsigned breaches;

unsigned world_breaches(void)
{
    return breaches;
}

void world_free(struct world *w)
{
    breaches += w->watch.breaches;
    gv_probes_free(w->probes);
    gv_virtual_advance(w->loop, gv_secs(0)); /* work that is out comes back */
    net_end();
    for (size_t i = 0; i < w->server_count; i++)
        lab_gdoi_free(w->servers[i].lab);
    gdoi_signer_free(w->signer);
    gv_secret_free(w->psk);
    forget_directory(w);
    gv_loop_free(w->loop);
    free(w);
}

struct lab_gdoi_policy world_policy(const struct world *w, uint32_t group)
{
    struct lab_gdoi_policy policy = lab_gdoi_policy(group, w->signer);

    policy.timers = true;
    return policy;
}

void world_server(struct world *w, const struct lab_gdoi_policy *policy)
{
    struct world_server *s = &w->servers[w->server_count];
    struct lab_gdoi_config config = {.suites = &s->suite,
                                     .suite_count = 1,
                                     .psk = w->psk,
                                     .identity = {.type = GDOI_ID_IPV4, .n = 4}};

    s->at = (struct gdoi_endpoint){4, {127, 7, 1, (uint8_t)(w->server_count + 1)}, 848};
    s->suite = w->suite;
    s->old = policy->old;
    memcpy(config.identity.octets, s->at.address, 4);
    config.local = s->at;
    s->lab = lab_gdoi_new(&config);
    assert(s->lab != NULL);
    s->group = lab_gdoi_group_add(s->lab, policy, gv_loop_now(w->loop));
    assert(s->group != NULL);
    w->server_count++;
    watch_add(&w->watch, &s->at, s->group);
    (void)net_attach(s->lab, &s->at);
}

void world_probe(struct world *w, size_t server, struct gv_dur interval)
{
    struct gv_probe_spec *spec = &w->specs[w->set];
    struct lab_gdoi_policy policy = lab_gdoi_policy(GROUP, w->signer);

    (void)snprintf(w->names[w->set], sizeof(w->names[0]), "p%zu", w->set);
    gdoi_endpoint_text(&w->servers[server].at, w->ks[w->set]);
    *spec = (struct gv_probe_spec){.name = w->names[w->set],
                                   .ks = w->ks[w->set],
                                   .group = "1234",
                                   .interval = interval,
                                   .psk = w->psk,
                                   .client = {.suites = &w->suite,
                                              .suite_count = 1,
                                              .psk = w->psk,
                                              .group = policy.group,
                                              .local = member,
                                              .remote = w->servers[server].at,
                                              .step_timeout = gv_secs(30)}};
    w->set++;
}

struct world *world_usual(uint64_t seed)
{
    struct world *w = world_new(seed, 20);
    struct lab_gdoi_policy policy = world_policy(w, GROUP);

    policy.kek_life = gv_secs(7200);
    world_server(w, &policy);
    world_probe(w, 0, gv_secs(3600));
    world_start(w);
    return w;
}

/* ---- the process ---- */

static void changed(void *arg)
{
    (void)arg;
}

static struct gv_time busy_until(void *arg, const struct gv_probe_spec *spec, const char **why)
{
    const struct world *w = arg;

    (void)spec;
    *why = "a storm";
    return w->busy_until;
}

void world_set(struct world *w, size_t count)
{
    enum gv_err err = gv_probes_set(w->probes, w->specs, count);

    assert(err == GV_OK);
    (void)err;
    w->set = count;
}

void world_start(struct world *w)
{
    w->watch.life++;
    w->probes =
        gv_probes_new(w->loop, w->directory, &(struct gv_probes_owner){changed, busy_until, w});
    assert(w->probes != NULL);
    world_set(w, w->set);
}

void world_kill(struct world *w)
{
    gv_probes_free(w->probes);
    w->probes = NULL;
}

void world_run(struct world *w, struct gv_dur span)
{
    gv_virtual_advance(w->loop, span);
}

void world_refuse(struct world *w, size_t server, bool refuse)
{
    bool known =
        gdoi_suite_read(gv_text(refuse ? "aes256-sha512-ecp521" : "aes128-sha256-ecp256"),
                        &w->servers[server].suite);

    assert(known);
    (void)known;
}

void world_state_away(struct world *w, bool away)
{
    char there[80];
    int failed;

    (void)snprintf(there, sizeof(there), "%s.away", w->directory);
    failed = away ? rename(w->directory, there) : rename(there, w->directory);
    assert(failed == 0);
    (void)failed;
}

const struct gv_probe_seen *world_seen(const struct world *w, size_t probe)
{
    return gv_probes_seen(w->probes)[probe];
}

enum gv_behaviour world_behaviour(const struct world *w, size_t probe)
{
    struct gv_probe_evidence evidence = world_seen(w, probe)->evidence;

    return gv_probe_judge(&evidence).behaviour;
}

void world_step_clock(struct world *w, int64_t seconds)
{
    (void)w;
    wall_offset_ms += seconds * 1000;
}

void world_note(const struct world *w)
{
    unsigned exceptions = 0;

    for (size_t i = 0; i < w->watch.count; i++)
        exceptions += w->watch.servers[i].exceptions;
    printf("seed %llu: %zu key servers, %u lives, %zu registrations, %u within 300 s of "
           "another; else %.1f s at least; %u datagrams and %zu octets at most\n",
           (unsigned long long)w->seed, w->server_count, w->watch.life, w->watch.begins,
           exceptions, (double)w->watch.closest.ms / 1000, w->watch.most_datagrams,
           w->watch.most_octets);
}
