/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe costs: registrations beside the arithmetic that they cannot do without, rekeys
 * verified, memory of those that listen. The key server of the lab answers in the same memory,
 * and its time is not counted.
 *
 * usage: bench_gdoi [REGISTRATIONS [PROBES [REKEYS]]] */
#include <assert.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gdoi/endpoint.h"
#include "gdoi_certs.h"
#include "gdoi_floor.h"
#include "gdoi_pair.h"

enum { REGISTRATIONS = 500, ROUNDS = 10, PROBES = 1000, REKEYS = 3000, DATAGRAM = 8192 };

static double cpu_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One client and one server that talk at once. */
struct talk {
    struct pair pair; /* configurations and clock */
    struct gdoi_client *client;
    struct lab_gdoi *server;
    struct lab_gdoi_group *group;
    double client_s; /* CPU of the client alone */
    unsigned registered, rekeyed;
};

static void begin(struct talk *t)
{
    t->server = lab_gdoi_new(&t->pair.server_config);
    assert(t->server != NULL);
    t->group = lab_gdoi_group_add(t->server, &t->pair.policy, t->pair.now);
}

static void note(struct talk *t, const struct gdoi_event *event)
{
    t->registered += event->kind == GDOI_REGISTERED;
    t->rekeyed += event->kind == GDOI_REKEYED && event->valid;
}

/* The client's turn: arithmetic, then what it has to say; false where it had nothing. */
static bool client_turn(struct talk *t)
{
    struct gdoi_datagram d;
    struct gdoi_event event;
    double since = cpu_s();
    bool busy = false;

    for (; gdoi_client_work(t->client); busy = true) {
        gdoi_client_run(t->client);
        gdoi_client_ran(t->client, t->pair.now, &event);
        note(t, &event);
    }
    while (gdoi_client_next(t->client, &d)) {
        busy = true;
        t->client_s += cpu_s() - since;
        lab_gdoi_feed(t->server, d.octets, d.n, &t->pair.client_config.local, false,
                      t->pair.now);
        since = cpu_s();
    }
    t->client_s += cpu_s() - since;
    return busy;
}

static bool server_turn(struct talk *t)
{
    uint8_t copy[DATAGRAM];
    struct gdoi_datagram d;
    struct gdoi_event event;
    bool busy = false;

    for (; lab_gdoi_next(t->server, &d); busy = true) {
        double since;

        assert(d.n <= sizeof(copy));
        memcpy(copy, d.octets, d.n);
        since = cpu_s();
        gdoi_client_feed(t->client, copy, d.n, &t->pair.server_config.local, t->pair.now,
                         &event);
        t->client_s += cpu_s() - since;
        note(t, &event);
    }
    return busy;
}

static void talk(struct talk *t)
{
    for (bool busy = true; busy;) {
        busy = client_turn(t);
        busy |= server_turn(t);
    }
}

static void register_once(struct talk *t)
{
    struct gdoi_event event;
    double since = cpu_s();

    t->client = gdoi_client_new(&t->pair.client_config);
    assert(t->client != NULL);
    gdoi_client_register(t->client, t->pair.now, &event);
    t->client_s += cpu_s() - since;
    talk(t);
}

static double floor_s(struct gdoi_floor *floor, unsigned count)
{
    double since = cpu_s();

    for (unsigned i = 0; i < count; i++)
        gdoi_floor_run(floor);
    return cpu_s() - since;
}

static double client_s(struct talk *t, unsigned count)
{
    t->client_s = 0;
    for (unsigned i = 0; i < count; i++) {
        begin(t);
        register_once(t);
        gdoi_client_free(t->client);
        lab_gdoi_free(t->server);
        t->pair.now = gv_time_add(t->pair.now, gv_secs(1));
    }
    return t->client_s;
}

/* Both sides by certificates. */
static void by_certificate(struct pair *p, const struct gdoi_credential *member,
                           const struct gdoi_credential *server)
{
    p->client_config.psk = p->server_config.psk = NULL;
    p->client_config.credential = member;
    p->server_config.credential = server;
    p->client_config.identity.type = p->server_config.identity.type = 0;
    gdoi_identity_of_subject(member, &p->client_config.identity);
    gdoi_identity_of_subject(server, &p->server_config.identity);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* In turns with the floor; of several rounds the least disturbed one counts, on both sides. */
static int registrations(const char *suite, const struct certs *certs, unsigned count)
{
    struct gdoi_credential *member = certs != NULL ? certs_load(certs, "gm", NULL) : NULL;
    struct gdoi_credential *server = certs != NULL ? certs_load(certs, "ks", NULL) : NULL;
    unsigned each = count > ROUNDS ? count / ROUNDS : 1;
    struct talk t = {.registered = 0};
    double ours = INFINITY, bare = INFINITY;
    struct gdoi_floor *floor;

    pair_defaults(&t.pair);
    pair_suite(&t.pair, suite);
    if (certs != NULL)
        by_certificate(&t.pair, member, server);
    floor = gdoi_floor_new(t.pair.suite.group, certs != NULL);
    for (unsigned i = 0; i < ROUNDS; i++) {
        ours = least(ours, client_s(&t, each));
        bare = least(bare, floor_s(floor, each));
    }
    (void)printf(
        "%s%s: %u registrations, %.0f a CPU second; bare arithmetic %.0f; ratio %.2f\n", suite,
        certs != NULL ? " with certificates" : "", t.registered, each / ours, each / bare,
        ours / bare);
    gdoi_floor_free(floor);
    gdoi_credential_free(member);
    gdoi_credential_free(server);
    pair_close(&t.pair);
    return t.registered == each * ROUNDS ? 0 : 1;
}

/* ---- rekeys and memory ---- */

static int rekeys(unsigned count)
{
    struct talk t = {.registered = 0};

    pair_defaults(&t.pair);
    t.pair.policy = lab_gdoi_policy(1234, pair_signer(GDOI_SIG_RSA, 2048));
    begin(&t);
    register_once(&t);
    t.client_s = 0;
    for (unsigned i = 0; i < count; i++) {
        t.pair.now = gv_time_add(t.pair.now, (struct gv_dur){2});
        lab_gdoi_rekey(t.group, LAB_GDOI_TEK, NULL, t.pair.now);
        talk(&t);
    }
    (void)printf("RSA-2048: %u rekeys verified, %.0f a CPU second\n", t.rekeyed,
                 t.rekeyed / t.client_s);
    gdoi_client_free(t.client);
    lab_gdoi_free(t.server);
    pair_close(&t.pair);
    return t.rekeyed == count ? 0 : 1;
}

static size_t resident(void)
{
    size_t total = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    (void)malloc_trim(0);
    if (file == NULL || fscanf(file, "%zu %zu", &total, &pages) != 2)
        abort();
    (void)fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* What falls away when those that listen are freed. */
static int memory(unsigned count)
{
    struct gdoi_client **clients = calloc(count, sizeof(*clients));
    struct talk t = {.registered = 0};
    size_t with, without;

    pair_defaults(&t.pair);
    for (unsigned i = 0; clients != NULL && i < count; i++) {
        begin(&t);
        register_once(&t);
        clients[i] = t.client;
        lab_gdoi_free(t.server);
    }
    with = resident();
    for (unsigned i = 0; clients != NULL && i < count; i++)
        gdoi_client_free(clients[i]);
    without = resident();
    (void)printf("listening: %u probes, %.1f KiB each\n", t.registered,
                 (double)(with - without) / 1024 / count);
    free(clients);
    pair_close(&t.pair);
    return t.registered == count ? 0 : 1;
}

static unsigned argument(int argc, char **argv, int i, unsigned otherwise)
{
    uint32_t n;

    return i < argc && gv_text_u32(gv_text(argv[i]), &n) ? n : otherwise;
}

int main(int argc, char **argv)
{
    static const char *const suites[] = {"3des-sha1-modp1024", "aes128-sha256-modp2048",
                                         "aes256-sha256-ecp256"};
    unsigned count = argument(argc, argv, 1, REGISTRATIONS);
    struct certs certs;
    int failed = 0;

    failed |= memory(argument(argc, argv, 2, PROBES));
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        failed |= registrations(suites[i], NULL, count);
    certs_make(&certs);
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        failed |= registrations(suites[i], &certs, count);
    certs_remove(&certs);
    failed |= rekeys(argument(argc, argv, 3, REKEYS));
    pair_end();
    return failed;
}
