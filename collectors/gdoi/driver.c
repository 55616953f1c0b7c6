/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gdoi/endpoint.h"
#include "gdoi/port.h"

enum {
    BUCKETS = 1024,
    KEY_SIZE = 8,
    KEYS_MOST = 1 + GDOI_KEKS_MOST, /* of a probe: its cookie, and an SPI for each KEK */
    EXCHANGE_AT = 18,
    MARKER = 4,       /* zero octets ahead of IKE where a NAT is (RFC 3948, 2.2) */
    KEEPALIVE_S = 20, /* RFC 3948, 4 */
};

/* By what a datagram finds its probe. */
struct key {
    struct key *next;
    struct gdoi_probe *probe;
    uint8_t octets[KEY_SIZE];
    bool on;
};

struct gdoi_probe {
    struct gdoi_probe *next; /* of the driver */
    struct gdoi_driver *driver;
    struct gdoi_client *client;
    struct gdoi_probe_config config;
    struct gdoi_port *port, *nat_port, *rekey_port;
    struct gdoi_endpoint rekey_to; /* what the SAK names; size 0: nothing yet */
    bool listening;
    char why[GDOI_WHY_SIZE];
    struct key keys[KEYS_MOST];
    struct gv_timer *timer, *keepalive;
    bool floated;              /* what was last sent to the key server went by the NAT ports */
    struct gdoi_event pending; /* of a registration that failed as it began */
    bool work_out, closed;
    struct gdoi_traffic traffic;
    enum gdoi_step step; /* when it was last looked at */
    uint64_t part_began_ns;
    struct gdoi_timing timing;
};

struct gdoi_driver {
    struct gv_loop *loop;
    struct gdoi_ports ports;
    struct gdoi_probe *probes;
    struct key *buckets[BUCKETS];
    struct gdoi_probe **found; /* for the datagram at hand */
    size_t found_count, found_room;
    uint8_t copy[GDOI_DATAGRAM_MOST];
};

static void turn(struct gdoi_probe *probe, const struct gdoi_event *event);
static void heard(void *arg, uint8_t *octets, size_t n, const struct gdoi_endpoint *from);

struct gdoi_driver *gdoi_driver_new(struct gv_loop *loop)
{
    struct gdoi_driver *driver = calloc(1, sizeof(*driver));

    if (driver == NULL)
        return NULL;
    driver->loop = loop;
    driver->ports = (struct gdoi_ports){.loop = loop, .heard = heard, .arg = driver};
    return driver;
}

void gdoi_driver_free(struct gdoi_driver *driver)
{
    if (driver == NULL)
        return;
    free(driver->found);
    free(driver);
}

/* ---- keys ---- */

static struct key **bucket_of(struct gdoi_driver *driver, const uint8_t *octets)
{
    uint32_t h = 0;

    for (size_t i = 0; i < KEY_SIZE; i++)
        h = h * 31 + octets[i];
    return &driver->buckets[h % BUCKETS];
}

static void key_off(struct gdoi_driver *driver, struct key *key)
{
    struct key **at = bucket_of(driver, key->octets);

    while (key->on && *at != key)
        at = &(*at)->next;
    if (key->on)
        *at = key->next;
    key->on = false;
}

static void key_on(struct gdoi_probe *probe, struct key *key, const uint8_t *octets)
{
    struct key **at;

    if (key->on && memcmp(key->octets, octets, KEY_SIZE) == 0)
        return;
    key_off(probe->driver, key);
    at = bucket_of(probe->driver, octets);
    *key = (struct key){.next = *at, .probe = probe, .on = true};
    memcpy(key->octets, octets, KEY_SIZE);
    *at = key;
}

static void keys_refresh(struct gdoi_probe *probe)
{
    const struct gdoi_group_state *group = gdoi_client_group(probe->client);

    key_on(probe, &probe->keys[0], gdoi_client_cookie(probe->client));
    for (size_t i = 0; i < GDOI_KEKS_MOST; i++) {
        if (i < group->kek_count)
            key_on(probe, &probe->keys[1 + i], group->keks[i].kek.spi);
        else
            key_off(probe->driver, &probe->keys[1 + i]);
    }
}

/* ---- sockets ---- */

static bool remember(struct gdoi_driver *driver, struct gdoi_probe *probe)
{
    if (driver->found_count == driver->found_room) {
        size_t room = driver->found_room > 0 ? 2 * driver->found_room : 16;
        struct gdoi_probe **grown = realloc(driver->found, room * sizeof(*grown));

        if (grown == NULL)
            return false;
        driver->found = grown;
        driver->found_room = room;
    }
    driver->found[driver->found_count++] = probe;
    return true;
}

static bool comes_from(const struct gdoi_probe *probe, const struct gdoi_endpoint *from)
{
    const struct gdoi_endpoint *remote = &probe->config.client.remote;

    return remote->size == from->size &&
           memcmp(remote->address, from->address, remote->size) == 0;
}

/* A rekey may come from another key server of the group than the one that we registered at: the
 * primary sends it. So any key server that a probe is configured for will do. */
static bool is_key_server(const struct gdoi_driver *driver, const struct gdoi_endpoint *from)
{
    for (const struct gdoi_probe *probe = driver->probes; probe != NULL; probe = probe->next)
        if (comes_from(probe, from))
            return true;
    return false;
}

/* Whose is it? A rekey may be several probes' of one group; nothing counts that comes from
 * elsewhere. Owners may free probes while it is handed round, so they are noted first. */
static void find(struct gdoi_driver *driver, const uint8_t *octets, bool push,
                 const struct gdoi_endpoint *from)
{
    driver->found_count = 0;
    for (struct key *key = *bucket_of(driver, octets); key != NULL; key = key->next) {
        bool is_push = key != &key->probe->keys[0];

        if (is_push == push && memcmp(key->octets, octets, KEY_SIZE) == 0 &&
            (comes_from(key->probe, from) || (push && is_key_server(driver, from))) &&
            !remember(driver, key->probe))
            return;
    }
}

static void hand_round(struct gdoi_driver *driver, const uint8_t *octets, size_t n,
                       const struct gdoi_endpoint *from)
{
    struct gv_time now = gv_loop_now(driver->loop);

    for (size_t i = 0; i < driver->found_count; i++) {
        struct gdoi_probe *probe = driver->found[i];
        struct gdoi_event event;

        if (probe == NULL)
            continue;
        probe->traffic.received++;
        memcpy(driver->copy, octets, n);
        gdoi_client_feed(probe->client, driver->copy, n, from, now, &event);
        turn(probe, &event);
    }
    driver->found_count = 0;
}

static void heard(void *arg, uint8_t *octets, size_t n, const struct gdoi_endpoint *from)
{
    struct gdoi_driver *driver = arg;

    if (n > MARKER && memcmp(octets, "\0\0\0\0", MARKER) == 0) {
        octets += MARKER;
        n -= MARKER;
    }
    if (n < ISAKMP_HEADER_SIZE)
        return;
    find(driver, octets, octets[EXCHANGE_AT] == GDOI_PUSH, from);
    hand_round(driver, octets, n, from);
}

/* ---- a probe's turn ---- */

static struct gdoi_port *port_get(struct gdoi_probe *probe, const struct gdoi_endpoint *asked)
{
    return gdoi_port_get(&probe->driver->ports, asked, probe->config.interface,
                         &probe->config.client.local, probe->why, sizeof(probe->why));
}

/* Where another program has that port, the registration's does as well: a key server answers to
 * wherever the marked datagrams come from (RFC 3947, 4). */
static struct gdoi_port *nat_port(struct gdoi_probe *probe)
{
    struct gdoi_endpoint local = probe->config.client.local;

    local.port = probe->config.nat_port;
    if (probe->nat_port == NULL)
        probe->nat_port = port_get(probe, &local);
    if (probe->nat_port == NULL)
        probe->nat_port = port_get(probe, &probe->port->asked);
    return probe->nat_port;
}

static bool send_octets(struct gdoi_probe *probe, const struct gdoi_port *port,
                        const uint8_t *octets, size_t n, const struct gdoi_endpoint *to)
{
    bool ok = port != NULL && gdoi_sock_send(port->fd, octets, n, to);

    probe->traffic.sent += ok;
    probe->traffic.send_errors += !ok;
    return ok;
}

static struct gdoi_endpoint nat_remote(const struct gdoi_probe *probe)
{
    struct gdoi_endpoint to = probe->config.client.remote;

    to.port = probe->config.nat_port_remote;
    return to;
}

/* RFC 3948, 4: a NAT forgets who is silent, and no rekey would come through any more. */
static void keep_alive(void *arg)
{
    struct gdoi_probe *probe = arg;
    const struct gdoi_endpoint to = nat_remote(probe);
    static const uint8_t octet = 0xff;

    probe->keepalive = NULL;
    if (!probe->floated || gdoi_client_group(probe->client)->kek_count == 0)
        return;
    (void)send_octets(probe, probe->nat_port, &octet, sizeof(octet), &to);
    probe->keepalive =
        gv_timer_start(probe->driver->loop, gv_secs(KEEPALIVE_S), keep_alive, probe);
}

/* From NAT port to NAT port, behind the marker. */
static void send_marked(struct gdoi_probe *probe, const struct gdoi_datagram *d,
                        struct gdoi_endpoint to)
{
    uint8_t *marked = probe->driver->copy;

    if (d->n + MARKER > sizeof(probe->driver->copy))
        return;
    memset(marked, 0, MARKER);
    memcpy(marked + MARKER, d->octets, d->n);
    (void)send_octets(probe, nat_port(probe), marked, d->n + MARKER, &to);
    gv_timer_stop(probe->keepalive);
    probe->keepalive =
        gv_timer_start(probe->driver->loop, gv_secs(KEEPALIVE_S), keep_alive, probe);
}

/* What the client wants marked, and what goes to where a marked rekey came from. */
static void send_one(struct gdoi_probe *probe, const struct gdoi_datagram *d)
{
    const struct gdoi_endpoint *remote = &probe->config.client.remote;
    uint16_t nat = probe->config.nat_port_remote;
    struct gdoi_endpoint to = d->to;

    if (d->to.port == remote->port)
        probe->floated = d->marked;
    if (d->marked)
        to.port = nat;
    if (d->marked || (to.port == nat && nat != remote->port))
        send_marked(probe, d, to);
    else
        (void)send_octets(probe, probe->port, d->octets, d->n, &to);
}

/* The multicast group that the SAK names; its size is 0 where it names none. */
static struct gdoi_endpoint named_group(const struct gdoi_address *named, uint16_t port)
{
    struct gdoi_endpoint group = {.size = named->n, .port = port};

    if (named->n == 4 || named->n == 16)
        memcpy(group.address, named->octets, named->n);
    return gdoi_endpoint_is_multicast(&group) ? group : (struct gdoi_endpoint){.size = 0};
}

static void deaf(struct gdoi_probe *probe, const char *why)
{
    probe->listening = false;
    (void)snprintf(probe->why, sizeof(probe->why), "%s", why);
}

/* Where the SAK says that rekeys go (RFC 6407, 5.3): our socket, another port, a multicast
 * group. */
static void listen_for_rekeys(struct gdoi_probe *probe)
{
    const struct gdoi_group_state *state = gdoi_client_group(probe->client);
    struct gdoi_endpoint to = probe->port->bound, group;
    const struct gdoi_address *named;

    if (state->kek_count == 0) {
        deaf(probe, "the group has no rekey SA");
        return;
    }
    named = &state->keks[0].sak.destination;
    if (named->port != 0)
        to.port = named->port;
    group = named_group(named, to.port);
    if (group.size > 0 &&
        group.size != to.size) { /* its source could not be the key server's */
        deaf(probe, "rekeys go to a group of the other version of IP");
        return;
    }
    if (group.size > 0)
        to = group;
    if (probe->listening && gdoi_endpoint_equal(&to, &probe->rekey_to))
        return;
    gdoi_port_put(probe->rekey_port);
    probe->rekey_to = to;
    probe->rekey_port = port_get(probe, &to);
    probe->listening = probe->rekey_port != NULL;
}

static void due(void *arg)
{
    struct gdoi_probe *probe = arg;
    struct gdoi_event event = probe->pending;

    probe->timer = NULL;
    probe->pending.kind = GDOI_NOTHING;
    if (event.kind == GDOI_NOTHING)
        gdoi_client_expire(probe->client, gv_loop_now(probe->driver->loop), &event);
    turn(probe, &event);
}

static void rearm(struct gdoi_probe *probe)
{
    struct gv_time now = gv_loop_now(probe->driver->loop);
    struct gv_time expiry = gdoi_client_expiry(probe->client);

    gv_timer_stop(probe->timer);
    probe->timer = NULL;
    if (probe->pending.kind != GDOI_NOTHING)
        expiry = now;
    if (expiry.ms != INT64_MAX)
        probe->timer =
            gv_timer_start(probe->driver->loop, gv_time_diff(expiry, now), due, probe);
}

static void work(void *arg)
{
    gdoi_client_run(((struct gdoi_probe *)arg)->client);
}

static void probe_release(struct gdoi_probe *probe)
{
    gdoi_client_free(probe->client);
    free(probe);
}

static void worked(void *arg)
{
    struct gdoi_probe *probe = arg;
    struct gdoi_event event;

    probe->work_out = false;
    gdoi_client_ran(probe->client, gv_loop_now(probe->driver->loop), &event);
    if (probe->closed)
        probe_release(probe);
    else
        turn(probe, &event);
}

static void start_work(struct gdoi_probe *probe)
{
    struct gdoi_event event;

    while (gdoi_client_work(probe->client)) {
        if (gv_loop_work(probe->driver->loop, work, worked, probe) == GV_OK) {
            probe->work_out = true;
            return;
        }
        /* No thread to be had: here, then. */
        gdoi_client_run(probe->client);
        gdoi_client_ran(probe->client, gv_loop_now(probe->driver->loop), &event);
        if (event.kind != GDOI_NOTHING)
            probe->pending = event;
    }
}

static uint64_t monotonic_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A part of a registration has begun, or ended. */
static void take_time(struct gdoi_probe *probe)
{
    enum gdoi_step step = gdoi_client_step(probe->client), before = probe->step;
    uint64_t now = monotonic_ns();

    if (step == before)
        return;
    probe->step = step;
    if (before >= GDOI_PULL_2 && step == GDOI_IDLE)
        probe->timing.pull_ns = now - probe->part_began_ns;
    if (before < GDOI_PULL_2 && step >= GDOI_PULL_2)
        probe->timing.phase1_ns = before == GDOI_IDLE ? 0 : now - probe->part_began_ns;
    /* Backwards: the key server had lost an earlier phase 1, and another one begins. */
    if (before == GDOI_IDLE || step < before || (before < GDOI_PULL_2 && step >= GDOI_PULL_2))
        probe->part_began_ns = now;
}

/* After each call of the client: what it wants sent, done, or told. */
static void turn(struct gdoi_probe *probe, const struct gdoi_event *event)
{
    struct gdoi_datagram datagram;

    take_time(probe);
    start_work(probe);
    while (gdoi_client_next(probe->client, &datagram))
        send_one(probe, &datagram);
    keys_refresh(probe);
    if (event->kind == GDOI_REGISTERED || (event->kind == GDOI_REKEYED && event->brings_kek))
        listen_for_rekeys(probe);
    rearm(probe);
    if (event->kind != GDOI_NOTHING) /* last: the owner may free the probe */
        probe->config.event(probe->config.arg, probe, event);
}

/* ---- probes ---- */

static bool place(struct gdoi_probe *probe, char why[GDOI_WHY_SIZE])
{
    struct gdoi_client_config *config = &probe->config.client;
    uint16_t port = config->local.port;

    if (config->local.size == 0 && !gdoi_sock_route(&config->remote, &config->local)) {
        (void)snprintf(why, GDOI_WHY_SIZE, "no route to the key server");
        return false;
    }
    config->local.port = port;
    probe->port = port_get(probe, &config->local);
    if (probe->port == NULL) {
        (void)memcpy(why, probe->why, GDOI_WHY_SIZE);
        return false;
    }
    config->local.port = probe->port->bound.port;
    if (config->identity.type == 0) {
        config->identity.type = config->local.size == 4 ? GDOI_ID_IPV4 : GDOI_ID_IPV6;
        config->identity.n = config->local.size;
        memcpy(config->identity.octets, config->local.address, config->local.size);
    }
    return true;
}

struct gdoi_probe *gdoi_probe_new(struct gdoi_driver *driver,
                                  const struct gdoi_probe_config *config,
                                  char why[GDOI_WHY_SIZE])
{
    struct gdoi_probe *probe = calloc(1, sizeof(*probe));

    (void)snprintf(why, GDOI_WHY_SIZE, "no memory");
    if (probe == NULL)
        return NULL;
    probe->driver = driver;
    probe->config = *config;
    if (probe->config.nat_port == 0)
        probe->config.nat_port = GDOI_NAT_PORT;
    if (probe->config.nat_port_remote == 0)
        probe->config.nat_port_remote = GDOI_NAT_PORT;
    if (place(probe, why))
        probe->client = gdoi_client_new(&probe->config.client);
    if (probe->client != NULL) {
        probe->next = driver->probes;
        driver->probes = probe;
        return probe;
    }
    gdoi_port_put(probe->port);
    free(probe);
    return NULL;
}

void gdoi_probe_free(struct gdoi_probe *probe)
{
    struct gdoi_probe **at;

    if (probe == NULL)
        return;
    for (at = &probe->driver->probes; *at != probe; at = &(*at)->next)
        continue;
    *at = probe->next;
    for (size_t i = 0; i < KEYS_MOST; i++)
        key_off(probe->driver, &probe->keys[i]);
    for (size_t i = 0; i < probe->driver->found_count; i++)
        if (probe->driver->found[i] == probe)
            probe->driver->found[i] = NULL;
    gv_timer_stop(probe->timer);
    gv_timer_stop(probe->keepalive);
    gdoi_port_put(probe->port);
    gdoi_port_put(probe->nat_port);
    gdoi_port_put(probe->rekey_port);
    if (probe->work_out)
        probe->closed = true;
    else
        probe_release(probe);
}

void gdoi_probe_register(struct gdoi_probe *probe)
{
    struct gdoi_event none = {GDOI_NOTHING};

    gdoi_client_register(probe->client, gv_loop_now(probe->driver->loop), &probe->pending);
    turn(probe, &none);
}

bool gdoi_probe_listening(const struct gdoi_probe *probe, const char **why)
{
    if (why != NULL)
        *why = probe->listening ? "" : probe->why;
    return probe->listening;
}

const struct gdoi_client *gdoi_probe_client(const struct gdoi_probe *probe)
{
    return probe->client;
}

const struct gdoi_timing *gdoi_probe_timing(const struct gdoi_probe *probe)
{
    return &probe->timing;
}

const struct gdoi_traffic *gdoi_probe_traffic(const struct gdoi_probe *probe)
{
    return &probe->traffic;
}
