/* SPDX-License-Identifier: Apache-2.0 */
/* The driver of probes over real sockets, against key servers of the lab in the same loop:
 * probes that share a socket, a key server that falls silent at each step or restarts, and
 * forged rekeys at 10,000 a second.
 *
 * usage: gdoi_driver_test [flood]: with `flood` the floods alone, with signatures of
 * 2048 bits: what they cost. */
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gdoi/driver.h"
#include "gdoi/sock.h"
#include "gdoi_socket.h"
#include "unit/check.h"

enum { LIMIT_S = 60, TICK_MS = 10, GROUP = 1234, STEP_S = 2, PROBES_MOST = 5 };

/* A key server with one group. */
struct peer {
    struct gv_loop *loop;
    struct lab_gdoi *server;
    struct lab_gdoi_group *group;
    struct lab_gdoi_socket socket;
    struct gv_watch *watches[LAB_GDOI_SOCKETS];
    struct gv_timer *timer;
};

/* What a probe has told. */
struct seen {
    struct scene *scene;
    struct gdoi_probe *probe;
    struct gdoi_event registered, failed;
    unsigned registrations, rekeys; /* rekeys with a valid signature */
    bool leaves;                    /* freed by its owner at its next rekey */
};

/* All that is there; the loop runs until `enough`. */
struct scene {
    struct gv_loop *loop;
    struct gdoi_driver *driver;
    struct gdoi_suite suite;
    struct gv_secret *psk;
    struct gdoi_signer *signer;
    struct peer peers[PROBES_MOST];
    size_t peer_count;
    struct seen seen[PROBES_MOST];
    size_t seen_count;
    bool (*enough)(const struct scene *scene);
    struct gv_timer *timer;
    struct gv_time end;
};

/* ---- key servers ---- */

static void due(void *arg);

/* Up to the present, and awake again when something is due. */
static void peer_live(struct peer *p)
{
    struct gv_time now = gv_loop_now(p->loop), next;

    lab_gdoi_expire(p->server, now);
    lab_gdoi_socket_flush(&p->socket, p->server, false);
    next = lab_gdoi_expiry(p->server);
    gv_timer_stop(p->timer);
    p->timer =
        next.ms != INT64_MAX ? gv_timer_start(p->loop, gv_time_diff(next, now), due, p) : NULL;
}

static void due(void *arg)
{
    struct peer *p = arg;

    p->timer = NULL;
    peer_live(p);
}

static void ready(void *arg, unsigned events)
{
    struct peer *p = arg;

    (void)events;
    lab_gdoi_socket_read(&p->socket, p->server, gv_loop_now(p->loop));
    peer_live(p);
}

static struct peer *peer_add_as(struct scene *scene, bool nat)
{
    struct peer *p = &scene->peers[scene->peer_count++];
    struct gdoi_endpoint at = {.size = 4, .address = {127, 38, 0, (uint8_t)scene->peer_count}};
    struct lab_gdoi_config config = {.suites = &scene->suite,
                                     .suite_count = 1,
                                     .psk = scene->psk,
                                     .nat_known = nat,
                                     .nat = nat};
    struct lab_gdoi_policy policy = lab_gdoi_policy(GROUP, scene->signer);
    char why[GDOI_WHY_SIZE];
    bool open =
        lab_gdoi_socket_open(&p->socket, &at, nat ? 0 : LAB_GDOI_NO_NAT, why, sizeof(why));

    assert(open);
    config.local = p->socket.at;
    config.identity = (struct gdoi_identity){.type = GDOI_ID_IPV4, .n = 4};
    memcpy(config.identity.octets, at.address, 4);
    policy.retransmits = 100;
    policy.interval = (struct gv_dur){500};
    p->loop = scene->loop;
    p->server = lab_gdoi_new(&config);
    assert(p->server != NULL);
    p->group = lab_gdoi_group_add(p->server, &policy, gv_loop_now(p->loop));
    for (size_t i = 0; i < LAB_GDOI_SOCKETS; i++)
        if (p->socket.fds[i] >= 0)
            p->watches[i] = gv_watch_start(p->loop, p->socket.fds[i], GV_READABLE, ready, p);
    assert(p->group != NULL && p->watches[0] != NULL && (!nat || p->watches[1] != NULL));
    return p;
}

static struct peer *peer_add(struct scene *scene)
{
    return peer_add_as(scene, false);
}

static void peer_rekey(struct peer *p, unsigned what)
{
    lab_gdoi_rekey(p->group, what, NULL, gv_loop_now(p->loop));
    peer_live(p);
}

static void peer_end(struct peer *p)
{
    gv_timer_stop(p->timer);
    for (size_t i = 0; i < LAB_GDOI_SOCKETS; i++)
        gv_watch_stop(p->watches[i]);
    lab_gdoi_socket_close(&p->socket);
    lab_gdoi_free(p->server);
}

/* ---- probes ---- */

static void on_event(void *arg, struct gdoi_probe *probe, const struct gdoi_event *event)
{
    struct seen *seen = arg;

    if (event->kind == GDOI_REGISTERED)
        seen->registered = *event;
    if (event->kind == GDOI_FAILED)
        seen->failed = *event;
    seen->registrations += event->kind == GDOI_REGISTERED;
    seen->rekeys += event->kind == GDOI_REKEYED && event->valid;
    if (seen->leaves && event->kind == GDOI_REKEYED) {
        gdoi_probe_free(probe);
        seen->probe = NULL;
    }
}

/* From 127.38.0.100, as all others; behind a NAT from the port `nat`, or where 0 from 4500. */
static struct seen *probe_add_at(struct scene *scene, const struct peer *peer, uint16_t nat)
{
    struct seen *seen = &scene->seen[scene->seen_count++];
    struct gdoi_probe_config config = {
        .client = {.suites = &scene->suite,
                   .suite_count = 1,
                   .psk = scene->psk,
                   .group = {GDOI_ID_KEY_ID, 4, {0, 0, GROUP >> 8, GROUP & 255}},
                   .local = {4, {127, 38, 0, 100}, 0},
                   .remote = peer->socket.at,
                   .step_timeout = gv_secs(STEP_S)},
        .nat_port = nat,
        .nat_port_remote = peer->socket.nat_port,
        .event = on_event,
        .arg = seen};
    char why[GDOI_WHY_SIZE];

    *seen = (struct seen){.scene = scene};
    seen->probe = gdoi_probe_new(scene->driver, &config, why);
    assert(seen->probe != NULL);
    gdoi_probe_register(seen->probe);
    return seen;
}

static struct seen *probe_add(struct scene *scene, const struct peer *peer)
{
    return probe_add_at(scene, peer, 0);
}

/* ---- the scene ---- */

static void tick(void *arg)
{
    struct scene *scene = arg;

    scene->timer = NULL;
    if (scene->enough(scene) || !gv_time_before(gv_loop_now(scene->loop), scene->end))
        gv_loop_stop(scene->loop);
    else
        scene->timer = gv_timer_start(scene->loop, (struct gv_dur){TICK_MS}, tick, scene);
}

/* False where it did not come to that. */
static bool run_until(struct scene *scene, bool (*enough)(const struct scene *scene))
{
    scene->enough = enough;
    scene->end = gv_time_add(gv_loop_now(scene->loop), gv_secs(LIMIT_S));
    tick(scene);
    if (scene->timer != NULL)
        gv_loop_run(scene->loop);
    return enough(scene);
}

static unsigned signer_bits = 1024; /* cheap, so that the rate is what bounds the work */

static void begin(struct scene *scene)
{
    *scene = (struct scene){.loop = gv_loop_new()};
    assert(scene->loop != NULL);
    scene->driver = gdoi_driver_new(scene->loop);
    scene->psk = gv_secret_new("mekmitasdigoat", 14);
    scene->signer = gdoi_signer_new("RSA", signer_bits, 65537);
    assert(scene->driver != NULL && scene->psk != NULL && scene->signer != NULL &&
           gdoi_suite_read(gv_text("aes128-sha256-ecp256"), &scene->suite));
}

static void end(struct scene *scene)
{
    for (size_t i = 0; i < scene->seen_count; i++)
        gdoi_probe_free(scene->seen[i].probe);
    for (size_t i = 0; i < scene->peer_count; i++)
        peer_end(&scene->peers[i]);
    gdoi_driver_free(scene->driver);
    gdoi_signer_free(scene->signer);
    gv_secret_free(scene->psk);
    gv_loop_free(scene->loop);
}

static bool all_ended(const struct scene *scene)
{
    for (size_t i = 0; i < scene->seen_count; i++)
        if (scene->seen[i].registrations == 0 && scene->seen[i].failed.kind == GDOI_NOTHING)
            return false;
    return true;
}

static bool all_rekeyed(const struct scene *scene)
{
    for (size_t i = 0; i < scene->seen_count; i++)
        if (scene->seen[i].rekeys == 0)
            return false;
    return true;
}

/* ---- many probes, one socket ---- */

static bool second_rekeyed_twice(const struct scene *scene)
{
    return scene->seen[1].rekeys >= 2;
}

/* Two in one group. The key server sees one place, so they have one socket; it sends one copy,
 * which both hear. The first one's owner frees it while it is told. */
static void test_shared(void)
{
    struct scene scene;
    struct peer *peer;

    begin(&scene);
    peer = peer_add(&scene);
    for (size_t i = 0; i < 2; i++)
        (void)probe_add(&scene, peer);
    CHECK("shared: registered", run_until(&scene, all_ended));
    CHECK_INT("shared: registrations", lab_gdoi_counts(peer->server)->registrations, 2);
    CHECK_INT("shared: one place", lab_gdoi_view(peer->group).members, 1);
    scene.seen[0].leaves = true;
    peer_rekey(peer, LAB_GDOI_KEK | LAB_GDOI_TEK);
    CHECK("shared: both hear", run_until(&scene, all_rekeyed));
    CHECK("shared: one is gone", scene.seen[0].probe == NULL);
    peer_rekey(peer, LAB_GDOI_TEK);
    CHECK("shared: the other one goes on", run_until(&scene, second_rekeyed_twice));
    CHECK_INT("shared: the one hears no more", scene.seen[0].rekeys, 1);
    end(&scene);
}

/* ---- a NAT ---- */

/* The port that NATs let through is another program's. */
static void test_nat_taken(void)
{
    struct gdoi_endpoint taken = {.size = 4, .address = {127, 38, 0, 100}};
    char why[GDOI_WHY_SIZE];
    int fd = gdoi_sock_open(&taken, why, sizeof(why));
    struct scene scene;
    struct peer *peer;

    assert(fd >= 0);
    begin(&scene);
    peer = peer_add_as(&scene, true);
    (void)probe_add_at(&scene, peer, taken.port);
    CHECK("NAT port taken: registered", run_until(&scene, all_ended));
    CHECK_INT("NAT port taken", scene.seen[0].registrations, 1);
    peer_rekey(peer, LAB_GDOI_KEK | LAB_GDOI_TEK);
    CHECK("NAT port taken: rekeyed", run_until(&scene, all_rekeyed));
    end(&scene);
    (void)close(fd);
}

/* ---- silence, restart ---- */

static void test_silent(void)
{
    static const struct {
        enum lab_gdoi_message at;
        enum gdoi_step step;
        bool answered;
    } rows[] = {{LAB_GDOI_MAIN_2, GDOI_MAIN_2, false},
                {LAB_GDOI_MAIN_4, GDOI_MAIN_4, true},
                {LAB_GDOI_MAIN_6, GDOI_MAIN_6, true},
                {LAB_GDOI_PULL_2, GDOI_PULL_2, true},
                {LAB_GDOI_PULL_4, GDOI_PULL_4, true}};
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    struct scene scene;

    begin(&scene);
    for (size_t i = 0; i < ROWS; i++) {
        struct peer *peer = peer_add(&scene);

        lab_gdoi_faults(peer->server)->silent_at = rows[i].at;
        (void)probe_add(&scene, peer);
    }
    CHECK("silent: all end", run_until(&scene, all_ended));
    for (size_t i = 0; i < ROWS; i++) {
        const struct gdoi_event *failed = &scene.seen[i].failed;
        const char *row = gdoi_step_name(rows[i].step);

        CHECK_INT(row, failed->kind, GDOI_FAILED);
        CHECK_INT(row, failed->step, rows[i].step);
        CHECK_INT(row, failed->err, GV_ERR_TIMEOUT);
        CHECK_INT(row, failed->answered, rows[i].answered);
        CHECK(row, !gdoi_probe_listening(scene.seen[i].probe, NULL));
    }
    end(&scene);
}

static bool registered_twice(const struct scene *scene)
{
    return scene->seen[0].registrations == 2;
}

/* Between registration and rekey. It knows neither phase 1 nor member any more. */
static void test_restart(void)
{
    uint8_t spi[GDOI_SPI_SIZE];
    struct scene scene;
    struct peer *peer;
    struct seen *seen;

    begin(&scene);
    peer = peer_add(&scene);
    seen = probe_add(&scene, peer);
    CHECK("restart: registered", run_until(&scene, all_ended));
    lab_gdoi_restart(peer->server, gv_loop_now(scene.loop));
    peer_rekey(peer, LAB_GDOI_KEK | LAB_GDOI_TEK);
    gdoi_probe_register(seen->probe);
    CHECK("restart: registered again", run_until(&scene, registered_twice));
    CHECK_INT("restart: no rekey in between", seen->rekeys, 0);
    CHECK("restart: the KEK is another one",
          seen->registered.had_kek && seen->registered.other_kek);
    CHECK("restart: no earlier phase 1 was used",
          gdoi_probe_timing(seen->probe)->phase1_ns > 0);
    memcpy(spi, lab_gdoi_view(peer->group).kek_spi, sizeof(spi));
    CHECK("restart: the KEK that it has now",
          memcmp(gdoi_client_group(gdoi_probe_client(seen->probe))->keks[0].kek.spi, spi,
                 sizeof(spi)) == 0);
    peer_rekey(peer, LAB_GDOI_KEK);
    CHECK("restart: and its rekeys are heard", run_until(&scene, all_rekeyed));
    end(&scene);
}

/* ---- floods ---- */

enum { FORGERIES = 16, FORGED_MOST = 4096, RATE = 10000, BURST = 10, LEAST = 30000 };

/* Sends forgeries in turn from the key server's address, in a thread of its own. */
struct flood {
    int fd;
    struct sockaddr_in to;
    uint8_t octets[FORGERIES][FORGED_MOST];
    size_t n[FORGERIES];
    atomic_bool stop;
    atomic_uint sent;
    pthread_t thread;
};

static void *pour(void *arg)
{
    struct flood *flood = arg;
    struct timespec next;

    (void)clock_gettime(CLOCK_MONOTONIC, &next);
    for (unsigned i = 0; !flood->stop; i++) {
        (void)sendto(flood->fd, flood->octets[i % FORGERIES], flood->n[i % FORGERIES], 0,
                     (const struct sockaddr *)&flood->to, sizeof(flood->to));
        flood->sent++;
        if (i % BURST != BURST - 1)
            continue;
        next.tv_nsec += 1000000000L / RATE * BURST;
        next.tv_sec += next.tv_nsec / 1000000000L;
        next.tv_nsec %= 1000000000L;
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    return NULL;
}

static void flood_start(struct flood *flood, struct peer *peer, enum lab_gdoi_push_fault fault)
{
    struct gdoi_datagram d;

    *flood = (struct flood){.fd = peer->socket.fds[0]};
    lab_gdoi_faults(peer->server)->push = fault;
    lab_gdoi_faults(peer->server)->push_count = FORGERIES;
    for (size_t i = 0; i < FORGERIES; i++) {
        bool made;

        lab_gdoi_rekey(peer->group, LAB_GDOI_TEK, NULL, gv_loop_now(peer->loop));
        made = lab_gdoi_next(peer->server, &d);
        assert(made && d.n <= FORGED_MOST);
        memcpy(flood->octets[i], d.octets, d.n);
        flood->n[i] = d.n;
        flood->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(d.to.port)};
        memcpy(&flood->to.sin_addr, d.to.address, 4);
    }
    if (pthread_create(&flood->thread, NULL, pour, flood) != 0)
        abort();
}

static void flood_end(struct flood *flood)
{
    flood->stop = true;
    (void)pthread_join(flood->thread, NULL);
}

/* CPU of this thread, which is the one of the loop. */
static double cpu_s(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_THREAD, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static struct flood flood;

static const struct gdoi_counts *counts_of(const struct scene *scene)
{
    return gdoi_client_counts(gdoi_probe_client(scene->seen[0].probe));
}

static bool under_way(const struct scene *scene)
{
    (void)scene;
    return flood.sent >= LEAST / 3;
}

static bool poured(const struct scene *scene)
{
    (void)scene;
    return flood.sent >= LEAST;
}

static void tell(const char *name, const struct scene *scene, double cpu, int64_t ms)
{
    const struct gdoi_counts *c = counts_of(scene);
    uint64_t received = gdoi_probe_traffic(scene->seen[0].probe)->received;

    printf("%s: %u forgeries a second for %.1f s, %llu heard; undecodable %u, signatures "
           "verified %u, beyond the rate %u; CPU %.3f s a second, %.1f us a datagram\n",
           name, (unsigned)((uint64_t)flood.sent * 1000 / (uint64_t)ms), (double)ms / 1000,
           (unsigned long long)received, c->malformed, c->bad_signatures, c->limited,
           cpu * 1000 / (double)ms, cpu * 1e6 / (double)received);
}

/* By one who does not hold the KEK: no signature is looked at, and what is genuine is heard
 * amid the flood. */
static void test_outsider(void)
{
    struct scene scene;
    struct gv_time began;
    struct peer *peer;
    double cpu;

    begin(&scene);
    peer = peer_add(&scene);
    (void)probe_add(&scene, peer);
    CHECK("outsider: registered", run_until(&scene, all_ended));
    flood_start(&flood, peer, LAB_GDOI_PUSH_WRONG_KEK);
    began = gv_loop_now(scene.loop);
    cpu = cpu_s();
    CHECK("outsider: a flood", run_until(&scene, under_way));
    peer_rekey(peer, LAB_GDOI_KEK);
    CHECK("outsider: what is genuine is heard amid it", run_until(&scene, all_rekeyed));
    CHECK("outsider: all of it", run_until(&scene, poured));
    tell("outsider", &scene, cpu_s() - cpu, gv_time_diff(gv_loop_now(scene.loop), began).ms);
    flood_end(&flood);
    CHECK("outsider: came here", counts_of(&scene)->malformed > 0);
    CHECK_INT("outsider: no signature was verified", counts_of(&scene)->bad_signatures, 0);
    CHECK_INT("outsider: nor was the rate used up", counts_of(&scene)->limited, 0);
    end(&scene);
}

/* By one who does: at most 2,000 signatures a second, and what is genuine is heard behind it.
 */
static void test_insider(void)
{
    struct scene scene;
    struct gv_time began;
    struct peer *peer;
    uint32_t seconds;
    int64_t ms;
    double cpu;

    begin(&scene);
    peer = peer_add(&scene);
    (void)probe_add(&scene, peer);
    CHECK("insider: registered", run_until(&scene, all_ended));
    flood_start(&flood, peer, LAB_GDOI_PUSH_BAD_SIGNATURE);
    began = gv_loop_now(scene.loop);
    cpu = cpu_s();
    CHECK("insider: a flood", run_until(&scene, poured));
    ms = gv_time_diff(gv_loop_now(scene.loop), began).ms;
    tell("insider", &scene, cpu_s() - cpu, ms);
    flood_end(&flood);
    seconds = (uint32_t)(ms / 1000 + 1);
    CHECK("insider: bounded work", counts_of(&scene)->bad_signatures <= 2000 * seconds);
    CHECK_INT("insider: nothing believed", scene.seen[0].rekeys, 0);
    peer_rekey(peer, LAB_GDOI_KEK);
    CHECK("insider: what is genuine is heard", run_until(&scene, all_rekeyed));
    end(&scene);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "flood") == 0) {
        signer_bits = 2048;
    } else {
        test_shared();
        test_nat_taken();
        test_silent();
        test_restart();
    }
    test_outsider();
    test_insider();
    return check_end();
}
