/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted SNMPv1/v2c device on loopback, in the loop of the test: it answers
 * from a made-up MIB, and misbehaves as told. Its BER is its own, so that the
 * library is not tested against itself. */
#ifndef SNMP_RESPONDER_H
#define SNMP_RESPONDER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_mib.h"
#include "io/loop.h"

enum { PACKET = 65507, SMALL_PACKET = 4096, MOST_VARS = 128 };

enum script {
    HONEST,
    SILENT,
    FORGED_SOURCE,    /* first an answer from another port, the genuine one 30 ms later */
    FORGED_COMMUNITY, /* first an answer with another community, ... */
    FORGED_OID,
    FORGED_REQUEST_ID,
    FORGED_VERSION,
    FORGED_PDU_TYPE,
    FORGED_ALL,
    ONLY_FORGED_OID, /* and nothing else */
    TRUNCATED,       /* first 64 beginnings of the answer, other ones each time */
    GARBAGE,         /* first octets that are no BER */
    OVERSIZED,       /* a varbind of 65,000 octets beside the right ones */
    DUPLICATES,
    STALE,     /* first the answer to the request before, as if it had been late */
    BIT_FLIPS, /* first 64 copies with one bit turned, other ones each time */
    SLOW,      /* 50 ms later */
    FIRST_LOST /* the first try of each request is not answered */
};

struct responder {
    struct gv_loop *loop;
    struct gv_watch *watch;
    struct fake_mib *mib;
    enum script script;
    int fd, other_fd;
    uint16_t port;
    unsigned requests, overlaps; /* overlaps: asked something else before the answer */
    unsigned near_ids;           /* request ids that could be guessed from the one before */
    int32_t last_id;
    void (*seen)(void *arg); /* called for each request before it is answered */
    void *seen_arg;
    struct sockaddr_storage peer;
    socklen_t peer_size;
    /* The genuine answer, sent later. */
    struct gv_timer *later;
    uint8_t answer[PACKET];
    size_t answer_n;
    uint8_t previous[SMALL_PACKET]; /* STALE */
    size_t previous_n;
    size_t damaged; /* BIT_FLIPS, TRUNCATED: so many so far */
};

/* ---- BER -------------------------------------------------------------------------------- */

struct writer {
    uint8_t *at; /* filled from the end: lengths are known when they are written */
    size_t left, room;
};

static inline void w_octets(struct writer *w, const void *octets, size_t n)
{
    if (n > w->left)
        abort();
    w->left -= n;
    memcpy(w->at + w->left, octets, n);
}

/* Tag and length before what was written since `end`. */
static inline void w_wrap(struct writer *w, uint8_t tag, size_t end)
{
    size_t n = end - w->left;
    uint8_t head[4] = {tag, 0x82, (uint8_t)(n >> 8), (uint8_t)n};

    if (n < 128) {
        head[1] = (uint8_t)n;
        w_octets(w, head, 2);
    } else {
        w_octets(w, head, 4);
    }
}

static inline void w_number(struct writer *w, uint8_t tag, uint64_t v)
{
    size_t end = w->left;

    do {
        uint8_t octet = (uint8_t)v;

        w_octets(w, &octet, 1);
        v >>= 8;
    } while (v > 0 || (w->at[w->left] & 0x80));
    w_wrap(w, tag, end);
}

static inline void w_oid(struct writer *w, const uint32_t *oid, size_t n)
{
    uint8_t packed[1024], first = (uint8_t)(oid[0] * 40 + oid[1]);
    size_t end = w->left, packed_n = gv_oid_pack(oid + 2, n - 2, packed, sizeof(packed));

    w_octets(w, packed, packed_n);
    w_octets(w, &first, 1);
    w_wrap(w, 6, end);
}

struct reader {
    const uint8_t *at;
    size_t left;
};

static inline uint8_t r_head(struct reader *r, struct reader *in)
{
    size_t n, used = 2;

    if (r->left < 2)
        abort();
    n = r->at[1];
    if (n == 0x81) {
        n = r->at[2];
        used = 3;
    } else if (n == 0x82) {
        n = (size_t)r->at[2] << 8 | r->at[3];
        used = 4;
    }
    *in = (struct reader){r->at + used, n};
    r->left -= used + n;
    r->at += used + n;
    return in->at[-(ptrdiff_t)used];
}

static inline int32_t r_number(struct reader *r)
{
    struct reader in;
    int32_t v = 0;

    (void)r_head(r, &in);
    for (size_t i = 0; i < in.left; i++)
        v = v << 8 | in.at[i];
    return v;
}

struct request {
    int32_t version, id, first, second;
    uint8_t type;
    size_t n;
    struct {
        uint32_t oid[GV_OID_ARCS];
        size_t n;
    } vars[MOST_VARS];
};

static inline void read_request(const uint8_t *packet, size_t n, struct request *q)
{
    struct reader all = {packet, n}, message, in, pdu, vars, var;

    q->n = 0;
    (void)r_head(&all, &message);
    q->version = r_number(&message);
    (void)r_head(&message, &in);
    q->type = r_head(&message, &pdu);
    q->id = r_number(&pdu);
    q->first = r_number(&pdu);
    q->second = r_number(&pdu);
    (void)r_head(&pdu, &vars);
    while (vars.left > 0 && q->n < MOST_VARS) {
        (void)r_head(&vars, &var);
        (void)r_head(&var, &in);
        q->vars[q->n].oid[0] = in.at[0] / 40;
        q->vars[q->n].oid[1] = in.at[0] % 40;
        q->vars[q->n].n =
            2 + gv_oid_unpack(in.at + 1, in.left - 1, q->vars[q->n].oid + 2, GV_OID_ARCS - 2);
        q->n++;
    }
}

/* ---- Answers ---------------------------------------------------------------------------- */

/* How an answer differs from the genuine one. */
struct forgery {
    const char *community;
    int32_t id_offset, version;
    uint8_t type;
    uint32_t oid_offset;
    size_t ballast; /* octets of one more value */
};

static inline void w_value(struct writer *w, const struct fake_object *o)
{
    static const uint32_t cisco[] = {1, 3, 6, 1, 4, 1, 9, 1, 2068};
    static const uint8_t end_of_mib[] = {0x82, 0};

    if (o == NULL)
        w_octets(w, end_of_mib, 2);
    else if (o->kind == GV_SNMP_OCTETS) {
        size_t end = w->left;

        w_octets(w, o->octets, o->octets_n);
        w_wrap(w, 4, end);
    } else if (o->kind == GV_SNMP_OID)
        w_oid(w, cisco, 9);
    else
        w_number(w, o->kind == GV_SNMP_TICKS ? 0x43 : 0x42, o->number);
}

struct found {
    const struct fake_object *object; /* NULL: end of the MIB */
    const uint32_t *oid;
    size_t n;
};

static inline struct found find(struct fake_mib *mib, const uint32_t *oid, size_t n)
{
    const struct fake_object *o = fake_next(mib, oid, n);

    return o != NULL ? (struct found){o, o->oid, o->oid_n} : (struct found){NULL, oid, n};
}

static inline size_t find_all(struct fake_mib *mib, const struct request *q, struct found *out)
{
    bool bulk = q->type == 0xa5;
    size_t once = bulk ? (size_t)q->first : q->n, n = 0, repeaters;

    for (; n < once && n < q->n; n++)
        out[n] = find(mib, q->vars[n].oid, q->vars[n].n);
    repeaters = q->n - n;
    for (int32_t r = 0; bulk && r < q->second; r++)
        for (size_t i = 0; i < repeaters && n < MOST_VARS; i++, n++)
            out[n] = r == 0 ? find(mib, q->vars[once + i].oid, q->vars[once + i].n)
                            : find(mib, out[n - repeaters].oid, out[n - repeaters].n);
    return n;
}

/* The answer to `q`, at the end of packet[size]. Its length. */
static inline size_t write_answer(struct fake_mib *mib, const struct request *q,
                                  const struct forgery *forge, uint8_t *packet, size_t size)
{
    static uint8_t ballast[PACKET];
    struct found all[MOST_VARS];
    struct writer w = {packet, size, size};
    size_t n = find_all(mib, q, all), end, message = w.left, pdu = w.left, list = w.left;

    if (forge->ballast > 0) {
        static const uint32_t oid[] = {1, 3, 6, 1, 9, 9};

        end = w.left;
        w_octets(&w, ballast, forge->ballast);
        w_wrap(&w, 4, end);
        w_oid(&w, oid, 6);
        w_wrap(&w, 0x30, end);
    }
    while (n-- > 0) {
        uint32_t oid[GV_OID_ARCS];

        end = w.left;
        w_value(&w, all[n].object);
        memcpy(oid, all[n].oid, all[n].n * sizeof(*oid));
        oid[all[n].n - 1] += forge->oid_offset;
        w_oid(&w, oid, all[n].n);
        w_wrap(&w, 0x30, end);
    }
    w_wrap(&w, 0x30, list);
    w_number(&w, 2, 0);
    w_number(&w, 2, 0);
    w_number(&w, 2, (uint32_t)(q->id + forge->id_offset) & INT32_MAX);
    w_wrap(&w, forge->type, pdu);
    end = w.left;
    w_octets(&w, forge->community, strlen(forge->community));
    w_wrap(&w, 4, end);
    w_number(&w, 2, (uint32_t)(q->version ^ forge->version));
    w_wrap(&w, 0x30, message);
    n = w.room - w.left;
    memmove(packet, packet + w.left, n);
    return n;
}

/* ---- The device ------------------------------------------------------------------------- */

static inline void reply(struct responder *r, int fd, const void *packet, size_t n)
{
    (void)sendto(fd, packet, n, 0, (const struct sockaddr *)&r->peer, r->peer_size);
}

static inline void reply_later(void *arg)
{
    struct responder *r = arg;

    r->later = NULL;
    reply(r, r->fd, r->answer, r->answer_n);
}

static const struct forgery genuine = {.community = "public", .type = 0xa2};

static const struct forgery forgeries[] = {
    [FORGED_SOURCE] = {.community = "public", .type = 0xa2},
    [FORGED_COMMUNITY] = {.community = "PUBLIC", .type = 0xa2},
    [FORGED_OID] = {.community = "public", .type = 0xa2, .oid_offset = 1},
    [FORGED_REQUEST_ID] = {.community = "public", .type = 0xa2, .id_offset = 1},
    [FORGED_VERSION] = {.community = "public", .type = 0xa2, .version = 1},
    [FORGED_PDU_TYPE] = {.community = "public", .type = 0xa0},
    [FORGED_ALL] = {.community = "x", .type = 0xa2, .oid_offset = 1, .id_offset = 1},
    [ONLY_FORGED_OID] = {.community = "public", .type = 0xa2, .oid_offset = 1},
};

/* The step is a prime, so that all bits and lengths have their turn, in no order. */
static inline void send_damaged(struct responder *r)
{
    static uint8_t packet[PACKET];
    size_t n = r->answer_n, step = r->damaged * 7919;

    for (int i = 0; i < 64; i++, step += 7919) {
        memcpy(packet, r->answer, n);
        if (r->script == BIT_FLIPS)
            packet[step / 8 % n] ^= (uint8_t)(1u << step % 8);
        reply(r, r->fd, packet, r->script == TRUNCATED ? step % n : n);
    }
    r->damaged += 64;
}

static inline void send_stale(struct responder *r)
{
    if (r->previous_n > 0)
        reply(r, r->fd, r->previous, r->previous_n);
    r->previous_n = r->answer_n <= sizeof(r->previous) ? r->answer_n : 0;
    memcpy(r->previous, r->answer, r->previous_n);
}

/* What comes before the genuine answer. */
static inline void send_forged(struct responder *r, const struct request *q)
{
    static uint8_t packet[PACKET];
    struct fake_mib lies = {0};
    size_t n;

    if (r->script == STALE || r->script == BIT_FLIPS || r->script == TRUNCATED) {
        (r->script == STALE ? send_stale : send_damaged)(r);
        return;
    }
    if (r->script == GARBAGE) {
        static const uint8_t bad[][8] = {{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1},
                                         {0x30, 0x80, 0x30, 0x80, 0x30, 0x80, 0, 0},
                                         {0x30, 6, 2, 1, 1, 4, 0x7f, 0x41},
                                         {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

        for (size_t i = 0; i < 4; i++)
            reply(r, r->fd, bad[i], 8);
        reply(r, r->fd, bad, 0);
        return;
    }
    /* The forged ones tell of a KEK that the device does not have. */
    for (size_t i = 0; i < r->mib->n; i++) {
        struct fake_object *o = fake_add(&lies, "1");

        *o = r->mib->objects[i];
        if (o->kind == GV_SNMP_NUMBER)
            o->number = 666;
    }
    n = write_answer(&lies, q, &forgeries[r->script], packet, sizeof(packet));
    reply(r, r->script == FORGED_SOURCE || r->script == FORGED_ALL ? r->other_fd : r->fd,
          packet, n);
    fake_free(&lies);
}

static inline void answer(struct responder *r, const struct request *q)
{
    bool first = q->id != r->last_id;
    int64_t delay_ms = 30;

    r->overlaps += first && r->later != NULL;
    r->near_ids += first && llabs((long long)q->id - r->last_id) < 16;
    r->last_id = q->id;
    r->answer_n = write_answer(r->mib, q, &genuine, r->answer, sizeof(r->answer));
    switch (r->script) {
    case HONEST:
        reply(r, r->fd, r->answer, r->answer_n);
        return;
    case SILENT:
        return;
    case DUPLICATES:
        for (int i = 0; i < 10; i++)
            reply(r, r->fd, r->answer, r->answer_n);
        return;
    case FIRST_LOST:
        if (!first)
            reply(r, r->fd, r->answer, r->answer_n);
        return;
    case OVERSIZED: {
        struct forgery huge = genuine;

        huge.ballast = 63000;
        r->answer_n = write_answer(r->mib, q, &huge, r->answer, sizeof(r->answer));
        reply(r, r->fd, r->answer, r->answer_n);
        return;
    }
    case SLOW:
        delay_ms = 50;
        break;
    case ONLY_FORGED_OID:
        send_forged(r, q);
        return;
    default:
        send_forged(r, q);
        break;
    }
    gv_timer_stop(r->later);
    r->later = gv_timer_start(r->loop, (struct gv_dur){delay_ms}, reply_later, r);
}

static inline void responder_readable(void *arg, unsigned events)
{
    static struct request q;
    struct responder *r = arg;
    uint8_t packet[SMALL_PACKET];
    ssize_t n;

    (void)events;
    r->peer_size = sizeof(r->peer);
    n = recvfrom(r->fd, packet, sizeof(packet), 0, (struct sockaddr *)&r->peer, &r->peer_size);
    if (n <= 0)
        return;
    r->requests++;
    read_request(packet, (size_t)n, &q);
    if (r->seen != NULL)
        r->seen(r->seen_arg);
    answer(r, &q);
}

static inline int bound_socket(bool v6, uint16_t *port)
{
    struct sockaddr_in6 at6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = v6 ? sizeof(at6) : sizeof(at);
    int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, v6 ? (struct sockaddr *)&at6 : (struct sockaddr *)&at, size) != 0 ||
        getsockname(fd, v6 ? (struct sockaddr *)&at6 : (struct sockaddr *)&at, &size) != 0) {
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    *port = ntohs(v6 ? at6.sin6_port : at.sin_port);
    return fd;
}

/* False where this machine has no such loopback address. */
static inline bool responder_start(struct responder *r, struct gv_loop *loop,
                                   struct fake_mib *mib, bool v6)
{
    uint16_t other;

    memset(r, 0, sizeof(*r));
    r->loop = loop;
    r->mib = mib;
    r->fd = bound_socket(v6, &r->port);
    r->other_fd = bound_socket(v6, &other);
    if (r->fd < 0 || r->other_fd < 0)
        return false;
    r->watch = gv_watch_start(loop, r->fd, GV_READABLE, responder_readable, r);
    return true;
}

static inline void responder_stop(struct responder *r)
{
    gv_watch_stop(r->watch);
    gv_timer_stop(r->later);
    if (r->fd >= 0)
        (void)close(r->fd);
    if (r->other_fd >= 0)
        (void)close(r->other_fd);
}

#endif
