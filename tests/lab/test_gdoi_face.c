/* SPDX-License-Identifier: Apache-2.0 */
/* The GDOI face in real time, over loopback: a probe registers, and hears the fleet's KEK rekey
 * within ten seconds, by unicast and multicast, from an old key server and a new one. */
#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "face.h"
#include "gdoi/client.h"
#include "scenario.h"
#include "unit/check.h"

enum { LIMIT_S = 60, PORT = 0, REKEY_PORT = 28848 };

struct row {
    const char *name, *behaviour, *group; /* further keys of the group */
    bool multicast;
    int64_t lead_s;
};

static const struct row rows[] = {
    {"new, unicast", "new", "", false, 225},
    {"old, unicast", "old", "", false, 0},
    {"new, multicast", "new", ", transport: multicast, multicast_to: 239.7.7.7", true, 220},
};

struct test {
    struct lab_fleet fleet;
    struct lab_world world;
    struct lab_stand stand;
    struct gdoi_client *client;
    struct gdoi_client_config config;
    struct gdoi_suite suite;
    struct gv_watch *watches[2];
    int fds[2]; /* of the registration; of the multicast group */
    struct gv_timer *timer;
    struct gdoi_event registered, rekeyed;
};

/* ---- a probe's driver, as small as it gets ---- */

static void settle(struct test *t, const struct gdoi_event *event)
{
    struct gdoi_event more = {GDOI_NOTHING};
    struct gdoi_datagram d;

    if (event->kind == GDOI_REGISTERED)
        t->registered = *event;
    if (event->kind == GDOI_REKEYED)
        t->rekeyed = *event;
    while (gdoi_client_work(t->client)) {
        gdoi_client_run(t->client);
        gdoi_client_ran(t->client, gv_loop_now(t->world.loop), &more);
    }
    while (gdoi_client_next(t->client, &d)) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(d.to.port)};

        memcpy(&to.sin_addr, d.to.address, 4);
        (void)!sendto(t->fds[0], d.octets, d.n, 0, (const struct sockaddr *)&to, sizeof(to));
    }
    if (t->rekeyed.kind == GDOI_REKEYED || event->kind == GDOI_FAILED)
        gv_loop_stop(t->world.loop);
}

static void receive(struct test *t, int fd)
{
    static uint8_t octets[GDOI_DATAGRAM_MOST];
    struct gdoi_event event;
    ssize_t n;

    while ((n = recv(fd, octets, sizeof(octets), MSG_DONTWAIT)) >= 0) {
        gdoi_client_feed(t->client, octets, (size_t)n, &t->config.remote,
                         gv_loop_now(t->world.loop), &event);
        settle(t, &event);
    }
}

static void ready(void *arg, unsigned events)
{
    struct test *t = arg;

    (void)events;
    receive(t, t->fds[0]);
    if (t->fds[1] >= 0)
        receive(t, t->fds[1]);
}

static void give_up(void *arg)
{
    struct test *t = arg;

    t->timer = NULL;
    gv_loop_stop(t->world.loop);
}

static int bound(const char *address, uint16_t port, struct gdoi_endpoint *out)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t n = sizeof(at);

    assert(fd >= 0 && inet_pton(AF_INET, address, &at.sin_addr) == 1);
    assert(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0);
    assert(bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0);
    assert(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    *out = (struct gdoi_endpoint){.size = 4, .port = ntohs(at.sin_port)};
    memcpy(out->address, &at.sin_addr, 4);
    return fd;
}

static void join_group(struct test *t)
{
    struct gdoi_endpoint at;
    struct ip_mreq group;

    t->fds[1] = bound("239.7.7.7", REKEY_PORT, &at);
    assert(inet_pton(AF_INET, "239.7.7.7", &group.imr_multiaddr) == 1);
    assert(inet_pton(AF_INET, "127.7.1.2", &group.imr_interface) == 1);
    assert(setsockopt(t->fds[1], IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)) == 0);
    t->watches[1] = gv_watch_start(t->world.loop, t->fds[1], GV_READABLE, ready, t);
}

/* ---- the fleet ---- */

static void read_scenario(struct test *t, const struct row *row)
{
    char path[] = "/tmp/gdoi-face-XXXXXX", error[LAB_SCENARIO_ERROR_SIZE];
    int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    uint64_t seed;
    enum gv_err err;

    assert(f != NULL);
    fprintf(f, "groups:\n  - {name: G, id: 1234, kek_lifetime: 7200, rekey_in: 10%s}\n",
            row->group);
    fprintf(f,
            "devices:\n  - {name: ks, address: 127.7.1.1, ks: G, behaviour: %s,\n"
            "     gdoi: {psk: mekmitasdigoat, kek: aes128%s}}\n",
            row->behaviour, row->multicast ? ", rekey_port: 28848" : "");
    assert(fclose(f) == 0);
    err = lab_scenario_read(path, &t->fleet, &seed, error);
    if (err != GV_OK)
        printf("%s\n", error);
    assert(err == GV_OK && unlink(path) == 0);
    assert(lab_fleet_start(&t->fleet, seed));
}

static void begin(struct test *t, const struct row *row, const struct gv_secret *psk)
{
    char error[LAB_ERROR_SIZE] = "";
    bool standing;

    *t = (struct test){.fds = {-1, -1}};
    read_scenario(t, row);
    t->fleet.devices[0].gdoi.port = PORT;
    t->world = (struct lab_world){.loop = gv_loop_new(), .fleet = &t->fleet};
    assert(t->world.loop != NULL);
    t->world.started = gv_loop_now(t->world.loop);
    standing =
        lab_stand_start(&t->stand, &lab_gdoi_face, &t->world, &t->fleet.devices[0], error);
    CHECK_STR(row->name, error + (standing ? strlen(error) : 0), "");
    assert(standing && gdoi_suite_read(gv_text("aes256-sha384-modp2048"), &t->suite));
    t->config = (struct gdoi_client_config){
        .suites = &t->suite,
        .suite_count = 1,
        .psk = psk,
        .identity = {GDOI_ID_IPV4, 4, {127, 7, 1, 2}},
        .group = {GDOI_ID_KEY_ID, 4, {0, 0, 4, 210}},
        .remote = {4, {127, 7, 1, 1}, t->fleet.devices[0].gdoi.port},
        .step_timeout = gv_secs(30)};
    t->fds[0] = bound("127.7.1.2", 0, &t->config.local);
    t->watches[0] = gv_watch_start(t->world.loop, t->fds[0], GV_READABLE, ready, t);
    if (row->multicast)
        join_group(t);
    t->client = gdoi_client_new(&t->config);
    t->timer = gv_timer_start(t->world.loop, gv_secs(LIMIT_S), give_up, t);
    assert(t->client != NULL && t->watches[0] != NULL && t->timer != NULL);
}

static void end(struct test *t)
{
    gdoi_client_free(t->client);
    gv_timer_stop(t->timer);
    for (size_t i = 0; i < 2; i++) {
        gv_watch_stop(t->watches[i]);
        if (t->fds[i] >= 0)
            close(t->fds[i]);
    }
    lab_stand_stop(&t->stand);
    gv_loop_free(t->world.loop);
    lab_fleet_clear(&t->fleet);
}

int main(void)
{
    struct gv_secret *psk = gv_secret_new("mekmitasdigoat", 14);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gdoi_event event;
        struct test t;

        begin(&t, &rows[i], psk);
        gdoi_client_register(t.client, gv_loop_now(t.world.loop), &event);
        settle(&t, &event);
        gv_loop_run(t.world.loop);
        CHECK_INT(rows[i].name, t.registered.kind, GDOI_REGISTERED);
        CHECK(rows[i].name, t.rekeyed.valid && t.rekeyed.brings_kek);
        /* Old with old or new with new: seconds of a busy machine do not blur it. */
        CHECK(rows[i].name, t.rekeyed.lead.ms / 1000 > rows[i].lead_s - 20 &&
                                t.rekeyed.lead.ms / 1000 < rows[i].lead_s + 20);
        end(&t);
    }
    gv_secret_free(psk);
    return check_end();
}
