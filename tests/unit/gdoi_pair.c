/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_pair.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static struct {
    enum gdoi_sig kind;
    unsigned bits;
    struct gdoi_signer *signer;
} signers[8];

const struct gdoi_signer *pair_signer(enum gdoi_sig kind, unsigned bits)
{
    static const char *const names[] = {[GDOI_SIG_RSA] = "RSA",
                                        [GDOI_SIG_ECDSA_256] = "P-256",
                                        [GDOI_SIG_ECDSA_384] = "P-384",
                                        [GDOI_SIG_ECDSA_521] = "P-521"};
    size_t i = 0;

    while (signers[i].signer != NULL && (signers[i].kind != kind || signers[i].bits != bits))
        i++;
    assert(i < sizeof(signers) / sizeof(signers[0]) - 1);
    if (signers[i].signer == NULL) {
        signers[i].kind = kind;
        signers[i].bits = bits;
        signers[i].signer = gdoi_signer_new(names[kind], bits, 65537);
    }
    return signers[i].signer;
}

void pair_end(void)
{
    for (size_t i = 0; signers[i].signer != NULL; i++)
        gdoi_signer_free(signers[i].signer);
}

static struct gdoi_identity address_id(const struct gdoi_endpoint *e)
{
    struct gdoi_identity id = {.type = GDOI_ID_IPV4, .n = e->size};

    memcpy(id.octets, e->address, e->size);
    return id;
}

void pair_defaults(struct pair *p)
{
    const struct gdoi_endpoint member = {4, {127, 7, 0, 1}, 8848};
    const struct gdoi_endpoint server = {4, {127, 7, 0, 9}, 848};

    *p = (struct pair){.psk = gv_secret_new("mekmitasdigoat", 14)};
    p->server_psk = gv_secret_share(p->psk);
    p->policy = lab_gdoi_policy(1234, pair_signer(GDOI_SIG_ECDSA_256, 256));
    p->client_config = (struct gdoi_client_config){.suites = &p->suite,
                                                   .suite_count = 1,
                                                   .psk = p->psk,
                                                   .identity = address_id(&member),
                                                   .group = p->policy.group,
                                                   .local = member,
                                                   .remote = server,
                                                   .step_timeout = gv_secs(30)};
    p->server_config = (struct lab_gdoi_config){.suites = &p->suite,
                                                .suite_count = 1,
                                                .psk = p->server_psk,
                                                .identity = address_id(&server),
                                                .local = server};
    p->now = gv_time_add((struct gv_time){0}, gv_secs(1000));
    pair_suite(p, "aes128-sha256-ecp256");
}

void pair_suite(struct pair *p, const char *name)
{
    bool known = gdoi_suite_read(gv_text(name), &p->suite);

    assert(known);
    (void)known;
}

void pair_open(struct pair *p)
{
    p->client = gdoi_client_new(&p->client_config);
    p->server = lab_gdoi_new(&p->server_config);
    assert(p->client != NULL && p->server != NULL);
    p->group = lab_gdoi_group_add(p->server, &p->policy, p->now);
    assert(p->group != NULL);
}

void pair_open_with(struct pair *p, struct lab_gdoi *server)
{
    p->client = gdoi_client_new(&p->client_config);
    p->server = server;
    assert(p->client != NULL && p->server != NULL);
}

void pair_close(struct pair *p)
{
    gdoi_client_free(p->client);
    if (p->group != NULL)
        lab_gdoi_free(p->server);
    gv_secret_free(p->psk);
    gv_secret_free(p->server_psk);
    while (p->packet_count > 0)
        free(p->packets[--p->packet_count].octets);
}

/* ---- datagrams ---- */

static struct pair_packet *put(struct pair *p, bool to_server, const uint8_t *octets, size_t n,
                               struct gv_dur after)
{
    struct pair_packet *packet = &p->packets[p->packet_count++];

    assert(p->packet_count <= PAIR_PACKETS_MOST);
    *packet =
        (struct pair_packet){.to_server = to_server, .at = gv_time_add(p->now, after), .n = n};
    packet->octets = malloc(n > 0 ? n : 1);
    assert(packet->octets != NULL);
    if (n > 0)
        memcpy(packet->octets, octets, n);
    return packet;
}

void pair_inject(struct pair *p, bool to_server, const uint8_t *octets, size_t n,
                 struct gv_dur after)
{
    put(p, to_server, octets, n, after);
}

static void note(struct pair *p, bool to_server, const struct gdoi_datagram *d)
{
    struct pair_sent *sent = &p->log[p->log_count++];
    struct gv_reader r = gv_reader(d->octets, d->n);
    struct isakmp_header header;
    uint64_t sum = gv_hash(GV_HASH_BEGIN, d->octets, d->n);

    assert(p->log_count <= PAIR_LOG_MOST);
    assert(isakmp_header_decode(&r, &header) == GV_OK);
    assert(header.length == d->n || header.exchange == GDOI_PUSH);
    *sent = (struct pair_sent){to_server,    d->marked,         p->now, header.exchange,
                               header.flags, header.message_id, d->n,   sum};
}

static void send(struct pair *p, bool to_server, const struct gdoi_datagram *d)
{
    uint8_t copy[GDOI_DATAGRAM_MOST];
    unsigned index = to_server ? ++p->to_server : ++p->to_client;
    size_t n = d->n;
    struct pair_packet *packet;

    note(p, to_server, d);
    memcpy(copy, d->octets, n);
    if (p->filter != NULL && !p->filter(p, to_server, index, copy, &n, p->arg))
        return;
    packet = put(p, to_server, copy, n, (struct gv_dur){PAIR_DELAY_MS});
    packet->marked = d->marked;
}

static void keep(struct pair *p, const struct gdoi_event *event)
{
    if (event->kind == GDOI_NOTHING)
        return;
    assert(p->event_count < PAIR_EVENTS_MOST);
    p->events[p->event_count++] = *event;
}

/* Everything that wants to happen now, arithmetic included. */
static void flush(struct pair *p)
{
    struct gdoi_event event;
    struct gdoi_datagram d;

    for (bool busy = true; busy;) {
        busy = false;
        while (!p->held && gdoi_client_work(p->client)) {
            p->held = p->hold;
            busy = true;
            if (p->held)
                break;
            gdoi_client_run(p->client);
            gdoi_client_ran(p->client, p->now, &event);
            keep(p, &event);
        }
        for (; gdoi_client_next(p->client, &d); busy = true)
            send(p, true, &d);
        for (; lab_gdoi_next(p->server, &d); busy = true)
            send(p, false, &d);
    }
}

void pair_release(struct pair *p)
{
    struct gdoi_event event;

    p->hold = false;
    if (!p->held)
        return;
    p->held = false;
    gdoi_client_run(p->client);
    gdoi_client_ran(p->client, p->now, &event);
    keep(p, &event);
    flush(p);
}

static void deliver(struct pair *p, size_t i)
{
    struct pair_packet packet = p->packets[i];
    struct gdoi_event event;

    p->packet_count--;
    memmove(p->packets + i, p->packets + i + 1, (p->packet_count - i) * sizeof(p->packets[0]));
    if (packet.to_server) {
        lab_gdoi_feed(p->server, packet.octets, packet.n, &p->client_config.local,
                      packet.marked, p->now);
    } else {
        gdoi_client_feed(p->client, packet.octets, packet.n, &p->client_config.remote, p->now,
                         &event);
        keep(p, &event);
    }
    free(packet.octets);
}

/* The earliest packet on its way; packet_count where there is none. Equal ones keep order. */
static size_t next_packet(const struct pair *p)
{
    size_t first = 0;

    for (size_t i = 1; i < p->packet_count; i++)
        if (gv_time_before(p->packets[i].at, p->packets[first].at))
            first = i;
    return first;
}

/* One thing that happens until `end`; false where nothing does. */
static bool step(struct pair *p, struct gv_time end)
{
    struct gv_time client = gdoi_client_expiry(p->client), server = lab_gdoi_expiry(p->server);
    struct gv_time packet = {INT64_MAX}, first;
    size_t i = next_packet(p);
    struct gdoi_event event;

    if (i < p->packet_count)
        packet = p->packets[i].at;
    first = gv_time_before(client, server) ? client : server;
    if (p->others_due != NULL && gv_time_before(p->others_due(p->others), first))
        first = p->others_due(p->others);
    if (!gv_time_before(first, packet))
        first = packet;
    if (gv_time_before(end, first))
        return false;
    if (gv_time_before(p->now, first))
        p->now = first;
    if (!gv_time_before(first, packet)) {
        deliver(p, i);
    } else {
        gdoi_client_expire(p->client, p->now, &event);
        keep(p, &event);
        lab_gdoi_expire(p->server, p->now);
        if (p->others_live != NULL)
            p->others_live(p->others, p->now);
    }
    flush(p);
    return true;
}

void pair_run(struct pair *p, struct gv_dur span)
{
    struct gv_time end = gv_time_add(p->now, span);

    flush(p);
    while (step(p, end))
        ;
    p->now = end;
}

void pair_begin(struct pair *p)
{
    struct gdoi_event event;

    gdoi_client_register(p->client, p->now, &event);
    flush(p);
}

struct gdoi_event pair_register(struct pair *p)
{
    const struct gv_time end = {INT64_MAX - 1};

    pair_begin(p);
    while (gdoi_client_step(p->client) != GDOI_IDLE && step(p, end))
        ;
    flush(p);
    return p->event_count > 0 ? p->events[p->event_count - 1]
                              : (struct gdoi_event){GDOI_NOTHING};
}

size_t pair_events(const struct pair *p, enum gdoi_event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < p->event_count; i++)
        count += p->events[i].kind == kind;
    return count;
}

struct gdoi_event pair_last(const struct pair *p, enum gdoi_event_kind kind)
{
    for (size_t i = p->event_count; i > 0; i--)
        if (p->events[i - 1].kind == kind)
            return p->events[i - 1];
    return (struct gdoi_event){GDOI_NOTHING};
}

struct gdoi_event pair_rekey(struct pair *p, unsigned what)
{
    lab_gdoi_rekey(p->group, what, NULL, p->now);
    pair_run(p, gv_secs(1));
    return pair_last(p, GDOI_REKEYED);
}

const struct gdoi_kek_life *pair_kek(const struct pair *p)
{
    return &gdoi_client_group(p->client)->keks[0];
}

uint32_t pair_duplicates(const struct pair *p)
{
    return gdoi_client_counts(p->client)->duplicates;
}

uint32_t pair_replays(const struct pair *p)
{
    return gdoi_client_counts(p->client)->replays;
}

bool pair_in_step(const struct pair *p)
{
    const struct gdoi_group_state *state = gdoi_client_group(p->client);
    struct lab_gdoi_view view = lab_gdoi_view(p->group);
    bool tek = false;

    for (size_t i = 0; i < state->tek_count; i++)
        tek |= state->teks[i].spi == view.tek_spi;
    return tek && state->kek_count > 0 &&
           memcmp(pair_kek(p)->kek.spi, view.kek_spi, GDOI_SPI_SIZE) == 0;
}
