/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams in and out of the key server, and its deadlines. */
#include "gdoi_server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gdoi_parts.h"

enum { NONCE_USUAL = 20 };

struct lab_gdoi *lab_gdoi_new(const struct lab_gdoi_config *config)
{
    struct lab_gdoi *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->config = *config;
    s->handed_out = lab_gdoi_body();
    return s;
}

static void forget_phases(struct lab_gdoi *s)
{
    for (size_t i = 0; i < PHASES_MOST; i++)
        phase_clear(&s->phases[i]);
}

static void forget_queue(struct lab_gdoi *s)
{
    while (s->queue_count > 0)
        gv_buf_clear(&s->queue[--s->queue_count].octets);
}

void lab_gdoi_free(struct lab_gdoi *server)
{
    if (server == NULL)
        return;
    forget_phases(server);
    forget_queue(server);
    gv_buf_clear(&server->handed_out);
    for (size_t i = 0; i < server->group_count; i++) {
        gv_buf_clear(&server->groups[i]->push);
        free(server->groups[i]);
    }
    free(server);
}

struct lab_gdoi_group *lab_gdoi_group_add(struct lab_gdoi *server,
                                          const struct lab_gdoi_policy *policy,
                                          struct gv_time now)
{
    struct lab_gdoi_group *g =
        server->group_count < LAB_GDOI_GROUPS_MOST ? calloc(1, sizeof(*g)) : NULL;

    if (g == NULL)
        return NULL;
    g->server = server;
    g->policy = *policy;
    g->push = lab_gdoi_body();
    group_born(g, now);
    server->groups[server->group_count++] = g;
    return g;
}

void lab_gdoi_restart(struct lab_gdoi *server, struct gv_time now)
{
    forget_phases(server);
    forget_queue(server);
    for (size_t i = 0; i < server->group_count; i++)
        group_born(server->groups[i], now);
}

void lab_gdoi_drop_phase1(struct lab_gdoi *server, bool tell)
{
    for (size_t i = 0; tell && i < PHASES_MOST; i++)
        if (server->phases[i].used && server->phases[i].done)
            info_delete(server, &server->phases[i]);
    forget_phases(server);
}

void lab_gdoi_dpd(struct lab_gdoi *server)
{
    for (size_t i = 0; i < PHASES_MOST; i++)
        if (server->phases[i].used && server->phases[i].done)
            info_are_you_there(server, &server->phases[i]);
}

struct lab_gdoi_faults *lab_gdoi_faults(struct lab_gdoi *server)
{
    return &server->faults;
}

const struct lab_gdoi_counts *lab_gdoi_counts(const struct lab_gdoi *server)
{
    return &server->counts;
}

/* ---- out ---- */

void server_random(void *octets, size_t n)
{
    enum gv_err err = gdoi_random(octets, n);

    assert(err == GV_OK);
    (void)err;
}

void server_nonce(const struct lab_gdoi *s, uint8_t nonce[NONCE_MOST], size_t *n)
{
    *n = s->faults.nonce_n > 0 ? s->faults.nonce_n : NONCE_USUAL;
    assert(*n <= NONCE_MOST);
    server_random(nonce, *n);
}

enum lab_gdoi_form server_form(const struct lab_gdoi *s, enum lab_gdoi_message message,
                               uint8_t payload)
{
    bool struck = s->faults.message == message && s->faults.payload == payload;

    return struck ? s->faults.form : LAB_GDOI_WHOLE;
}

void server_edit(const struct lab_gdoi *s, enum lab_gdoi_message message,
                 struct lab_gdoi_chain *chain)
{
    if (s->faults.edit != NULL && message != LAB_GDOI_NONE && chain->octets.n > 0)
        s->faults.edit(s->faults.edit_arg, message, (uint8_t *)chain->octets.at,
                       chain->octets.n);
}

void server_send(struct lab_gdoi *s, const struct gv_buf *message,
                 const struct gdoi_endpoint *to, bool marked)
{
    if (s->faults.lose_nth > 0 && --s->faults.lose_nth == 0)
        return;
    if (s->queue_count == QUEUE_MOST)
        return;
    s->queue[s->queue_count++] =
        (struct queued){lab_gdoi_octets(message->at, message->n), *to, marked};
}

bool server_answer(struct lab_gdoi *s, struct phase *p, struct answered *slot,
                   const struct request *q, enum lab_gdoi_message kind, struct gv_buf message)
{
    if (s->faults.silent_at != LAB_GDOI_NONE && kind >= s->faults.silent_at) {
        gv_buf_clear(&message);
        return false;
    }
    memcpy(slot->request, q->digest, sizeof(slot->request));
    gv_buf_clear(&slot->answer);
    slot->answer = message;
    server_send(s, &message, &p->peer, p->marked);
    return true;
}

bool lab_gdoi_next(struct lab_gdoi *server, struct gdoi_datagram *out)
{
    if (server->queue_count == 0)
        return false;
    gv_buf_clear(&server->handed_out);
    server->handed_out = server->queue[0].octets;
    *out = (struct gdoi_datagram){(const uint8_t *)server->handed_out.at, server->handed_out.n,
                                  server->queue[0].to, server->queue[0].marked};
    server->queue_count--;
    memmove(server->queue, server->queue + 1, server->queue_count * sizeof(server->queue[0]));
    return true;
}

/* ---- in ---- */

bool server_parse(struct request *q)
{
    static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};

    return isakmp_chain_decode(gv_reader(q->octets, q->n), q->header.next, any, &q->chain) ==
               GV_OK &&
           q->chain.count > 0;
}

static struct phase *find(struct lab_gdoi *s, const uint8_t *cookies)
{
    for (size_t i = 0; i < PHASES_MOST; i++)
        if (s->phases[i].used && memcmp(s->phases[i].cookies, cookies, COOKIES_SIZE) == 0)
            return &s->phases[i];
    return NULL;
}

/* A member behind a NAT may come from another port by now (RFC 3947, 4). */
static void follow(struct phase *p, const struct request *q)
{
    p->peer = q->from;
    p->marked = q->marked;
}

static void dispatch(struct lab_gdoi *s, struct request *q)
{
    struct phase *p = find(s, q->header.cookies);

    if (q->header.exchange == ISAKMP_MAIN_MODE)
        main_feed(s, q);
    else if (q->header.exchange == GDOI_PUSH_ACK)
        ack_feed(s, q);
    else if (p != NULL && p->done && q->header.exchange == GDOI_PULL)
        pull_feed(s, p, q);
    else if (p != NULL && p->done && q->header.exchange == ISAKMP_INFORMATIONAL)
        info_feed(s, p, q);
    else
        s->counts.ignored++;
    if (p != NULL && p->used)
        follow(p, q);
}

void lab_gdoi_feed(struct lab_gdoi *server, const uint8_t *octets, size_t n,
                   const struct gdoi_endpoint *from, bool marked, struct gv_time now)
{
    struct gv_reader r = gv_reader(octets, n);
    struct request q = {.from = *from, .marked = marked, .now = now};
    const struct gdoi_chunk whole = {octets, n};
    uint8_t value[GDOI_HASH_MOST];

    if (isakmp_header_decode(&r, &q.header) != GV_OK || r.left > sizeof(q.octets) ||
        gdoi_hash(GDOI_SHA256, &whole, 1, value) != GV_OK) {
        server->counts.ignored++;
        return;
    }
    memcpy(q.digest, value, sizeof(q.digest));
    q.n = r.left;
    memcpy(q.octets, gv_reader_take(&r, q.n), q.n);
    dispatch(server, &q);
}

/* ---- time ---- */

struct gv_time lab_gdoi_expiry(const struct lab_gdoi *server)
{
    struct gv_time first = {INT64_MAX};

    for (size_t i = 0; i < server->group_count; i++) {
        struct gv_time t = group_expiry(server->groups[i]);

        if (gv_time_before(t, first))
            first = t;
    }
    return first;
}

void lab_gdoi_expire(struct lab_gdoi *server, struct gv_time now)
{
    for (size_t i = 0; i < server->group_count; i++)
        group_expire(server->groups[i], now);
}
