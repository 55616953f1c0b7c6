/* SPDX-License-Identifier: Apache-2.0 */
/* A whole group member, and a key server that says what the input tells it to
 * (gdoi_client_script.h). Cookies, HASH, signature, encryption and IV are made here over
 * whatever the messages hold, so the input gets behind the cryptography. Diffie-Hellman is
 * done with key pairs made once, and a shared secret that is agreed beforehand, unless a record
 * asks for the real arithmetic. */
#include "gdoi_client_script.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gdoi_signer.h"

enum { SUITES = 3, STEP_S = 30, CALLS_MOST = 300, SIGNATURE_SIZE = 64, DATAGRAMS_MOST = 20 };

struct record {
    unsigned kind, flags;
    uint8_t first;
    uint16_t number;
    const uint8_t *octets;
    size_t n;      /* of octets */
    size_t used;   /* up to the end of the last payload, if it is a chain */
    size_t last;   /* where that begins; SIZE_MAX: it is none */
    unsigned from; /* 0: the first record */
};

struct life {
    struct gdoi_client *c;
    struct gv_time now;
    bool out; /* arithmetic is */
    struct gdoi_event event;
};

/* ---- made once ---- */

static struct gdoi_client_config config;
static struct gdoi_suite suites[SUITES];
static struct gdoi_signer *signer;
static struct gv_secret *psk, *agreed;
static struct {
    enum gdoi_group group;
    struct gdoi_dh *dh;
} pairs[SUITES];

static void make_once(void)
{
    static const char *const names[SUITES] = {"aes128-sha256-ecp256", "3des-sha1-modp1024",
                                              "aes256-sha384-ecp384"};
    const struct gdoi_endpoint local = {4, {127, 7, 0, 1}, 848},
                               remote = {4, {127, 7, 0, 9}, 848};

    if (signer != NULL)
        return;
    signer = gdoi_signer_fixed(SCRIPT_SIGNER);
    psk = gv_secret_new("mekmitasdigoat", 14);
    agreed = gv_secret_new("what both sides have found, as it were", 32);
    for (size_t i = 0; i < SUITES; i++) {
        bool known = gdoi_suite_read(gv_text(names[i]), &suites[i]);

        assert(known);
        pairs[i].group = suites[i].group;
        pairs[i].dh = gdoi_dh_new(suites[i].group);
        assert(pairs[i].dh != NULL);
        (void)known;
    }
    config = (struct gdoi_client_config){.suites = suites,
                                         .suite_count = SUITES,
                                         .psk = psk,
                                         .identity = {GDOI_ID_IPV4, 4, {127, 7, 0, 1}},
                                         .group = {GDOI_ID_KEY_ID, 4, {0, 0, 4, 0xd2}},
                                         .local = local,
                                         .remote = remote,
                                         .step_timeout = gv_secs(STEP_S),
                                         .ack = true};
}

/* ---- the member's surroundings ---- */

static void drain(struct life *l)
{
    struct gdoi_datagram d;

    while (gdoi_client_next(l->c, &d)) {
        struct gv_reader r = gv_reader(d.octets, d.n);
        struct isakmp_header header;
        enum gv_err err = isakmp_header_decode(&r, &header);

        assert(err == GV_OK && header.length == d.n);
        (void)err;
    }
    assert(l->c->datagrams <= DATAGRAMS_MOST);
    assert(l->c->group.kek_count <= GDOI_KEKS_MOST && l->c->group.tek_count <= GDOI_TEKS_MOST);
}

/* What the worker thread does: the same, but for the arithmetic. */
static void work_quickly(struct branch *b)
{
    struct gdoi_clear clear = branch_clear(b);

    if (b->step == GDOI_MAIN_4) {
        size_t i = 0;

        while (pairs[i].group != b->suite.group)
            i++;
        b->dh = gdoi_dh_share(pairs[i].dh);
        b->work_err = gdoi_dh_public(b->dh, b->ke_i);
        return;
    }
    b->work_err = gdoi_keys_derive(&b->suite, &clear, config.psk, agreed, &b->keys);
    if (b->work_err == GV_OK)
        b->work_err = branch_say_5(&config, b);
}

static void arithmetic(struct life *l, bool real)
{
    while (l->out || gdoi_client_work(l->c)) {
        l->out = false;
        if (real)
            gdoi_client_run(l->c);
        else
            work_quickly(l->c->working);
        gdoi_client_ran(l->c, l->now, &l->event);
        drain(l);
    }
}

static void wait(struct life *l, int64_t seconds)
{
    struct gv_time end = gv_time_add(l->now, gv_secs(seconds));

    for (unsigned calls = 0;; calls++) {
        struct gv_time due = gdoi_client_expiry(l->c);
        struct gdoi_event event;

        assert(calls < CALLS_MOST);
        if (gv_time_before(end, due))
            break;
        if (gv_time_before(l->now, due))
            l->now = due;
        gdoi_client_expire(l->c, l->now, &event);
        drain(l);
    }
    l->now = end;
}

static void deliver(struct life *l, const struct gv_buf *message)
{
    uint8_t *copy = malloc(message->n > 0 ? message->n : 1);

    assert(copy != NULL);
    if (message->n > 0)
        memcpy(copy, message->at, message->n);
    gdoi_client_feed(l->c, copy, message->n, &config.remote, l->now, &l->event);
    free(copy);
    drain(l);
}

/* ---- messages ---- */

/* RFC 2409, 5.7 and RFC 6407, 3.2: HASH over the chunks and the record's payloads. */
static bool protect(const struct gdoi_keys *keys, uint32_t id, const struct gdoi_chunk *before,
                    size_t count, const struct record *r, struct gv_buf *out)
{
    struct gdoi_chunk chunks[3];
    uint8_t hash[GDOI_HASH_MOST];
    size_t link = ISAKMP_LINK;

    for (size_t i = 0; i < count; i++)
        chunks[i] = before[i];
    chunks[count] = (struct gdoi_chunk){r->octets, r->used};
    if (gdoi_keys_hash(keys, id, chunks, count + 1, hash) != GV_OK)
        return false;
    hash[0] ^= r->flags & SCRIPT_WRONG ? 1 : 0;
    client_payload(out, &link, ISAKMP_HASH, hash, gdoi_hash_size(keys->suite.hash));
    if (out->err != GV_OK)
        return false;
    out->at[link] = (char)r->first;
    gv_buf_add(out, r->octets, r->used);
    return true;
}

static bool say_clear(const struct life *l, const struct record *r, struct gv_buf *out)
{
    const struct branch *b = script_branch(l->c, GDOI_MAIN_4);
    uint8_t cookies[2 * ISAKMP_COOKIE_SIZE];
    bool info = r->kind == SCRIPT_NOTICE;

    memcpy(cookies, l->c->cookies, sizeof(cookies));
    if (r->kind == SCRIPT_MAIN_2)
        memset(cookies + ISAKMP_COOKIE_SIZE, (int)(1 + r->from), ISAKMP_COOKIE_SIZE);
    else if (b != NULL)
        memcpy(cookies, b->cookies, sizeof(cookies));
    cookies[r->from % sizeof(cookies)] ^= r->flags & SCRIPT_ODD ? 1 : 0;
    client_header(out, cookies, info ? ISAKMP_INFORMATIONAL : ISAKMP_MAIN_MODE, 0,
                  info ? r->number : 0);
    if (out->err == GV_OK)
        out->at[ISAKMP_LINK] = (char)r->first;
    gv_buf_add(out, r->octets, r->n);
    isakmp_message_end(out);
    return true;
}

/* HASH_R, where there are an ID and room for it. */
static void prove(const struct branch *b, const struct record *r, uint8_t *octets, size_t n)
{
    static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};
    struct gdoi_clear clear = branch_clear(b);
    const struct isakmp_payload *id, *hash;
    size_t size = gdoi_hash_size(b->suite.hash);
    uint8_t value[GDOI_HASH_MOST];
    struct isakmp_chain chain;

    if (isakmp_chain_decode(gv_reader(octets, n), r->first, any, &chain) != GV_OK ||
        (id = isakmp_find(&chain, ISAKMP_ID)) == NULL ||
        (hash = isakmp_find(&chain, ISAKMP_HASH)) == NULL || hash->body.left != size ||
        gdoi_keys_hash_id(&b->keys, &clear, false,
                          (struct gdoi_chunk){id->body.at, id->body.left}, value) != GV_OK)
        return;
    value[0] ^= r->flags & SCRIPT_WRONG ? 1 : 0;
    memcpy(octets + (hash->body.at - octets), value, size);
}

static bool say_main_6(const struct life *l, const struct record *r, struct gv_buf *out)
{
    const struct branch *b = script_branch(l->c, GDOI_MAIN_6);
    uint8_t iv[GDOI_BLOCK_MOST];

    if (b == NULL)
        return false;
    client_header(out, b->cookies, ISAKMP_MAIN_MODE, ISAKMP_ENCRYPTED, 0);
    gv_buf_add(out, r->octets, r->used);
    if (out->err != GV_OK)
        return false;
    out->at[ISAKMP_LINK] = (char)r->first;
    prove(b, r, (uint8_t *)out->at + ISAKMP_HEADER_SIZE, r->used);
    out->at[r->from % ISAKMP_LINK] ^= r->flags & SCRIPT_ODD ? 1 : 0;
    memcpy(iv, b->iv, sizeof(iv));
    return client_seal(&b->keys, out, iv) == GV_OK;
}

static bool say_pull(const struct life *l, const struct record *r, struct gv_buf *out)
{
    const struct gdoi_client *c = l->c;
    const struct gdoi_chunk before[] = {{c->nonce_i, NONCE_SIZE}, {c->nonce_r, c->nonce_r_n}};
    uint8_t iv[GDOI_BLOCK_MOST];

    if (c->keys.octets == NULL)
        return false;
    client_header(out, c->cookies, GDOI_PULL, ISAKMP_ENCRYPTED, c->pull_id);
    memcpy(iv, c->pull_iv, sizeof(iv));
    return protect(&c->keys, c->pull_id, before, c->step == GDOI_PULL_4 ? 2 : 1, r, out) &&
           client_seal(&c->keys, out, iv) == GV_OK;
}

static bool say_info(const struct life *l, const struct record *r, struct gv_buf *out)
{
    const struct gdoi_client *c = l->c;
    const struct branch *b = script_branch(c, GDOI_MAIN_6);
    const struct gdoi_keys *keys = b != NULL ? &b->keys : &c->keys;
    uint8_t iv[GDOI_BLOCK_MOST];
    uint32_t id = 0x1000 + r->from;

    if (keys->octets == NULL ||
        gdoi_keys_iv_of(keys, b != NULL ? b->iv : c->last_block, id, iv) != GV_OK)
        return false;
    client_header(out, b != NULL ? b->cookies : c->cookies, ISAKMP_INFORMATIONAL,
                  ISAKMP_ENCRYPTED, id);
    return protect(keys, id, NULL, 0, r, out) && client_seal(keys, out, iv) == GV_OK;
}

static bool say_raw(const struct life *l, const struct record *r, struct gv_buf *out)
{
    gv_buf_add(out, r->octets, r->n);
    if (out->err == GV_OK && r->n >= ISAKMP_COOKIE_SIZE && !(r->flags & SCRIPT_OTHER))
        memcpy(out->at, l->c->cookies, ISAKMP_COOKIE_SIZE);
    return true;
}

/* ---- rekeys ---- */

/* SIG over "rekey", the header and the payloads (RFC 6407, 4.2); `bare` octets are in no
 * padding. */
static void sign(const struct gdoi_kek *kek, const struct record *r, size_t bare,
                 struct gv_buf *out)
{
    const uint8_t length[] = {(uint8_t)(bare >> 24), (uint8_t)(bare >> 16),
                              (uint8_t)(bare >> 8), (uint8_t)bare};
    const struct gdoi_chunk chunks[] = {
        {"rekey", 5},
        {out->at, ISAKMP_HEADER_SIZE - sizeof(length)},
        {r->flags & SCRIPT_ODD ? (const void *)length : out->at + ISAKMP_HEADER_SIZE - 4, 4},
        {out->at + ISAKMP_HEADER_SIZE, r->used}};
    uint8_t value[GDOI_HASH_MOST], sig[SIGNER_OCTETS_MOST];
    enum gv_err err = gdoi_hash(kek->hash, chunks, 4, value);

    assert(err == GV_OK);
    (void)err;
    gdoi_signer_sign(signer, kek->hash, GDOI_SIG_DIGEST_INFO, value, sig);
    sig[SIGNATURE_SIZE / 2] ^= r->flags & SCRIPT_WRONG ? 1 : 0;
    memcpy(out->at + bare - SIGNATURE_SIZE, sig, SIGNATURE_SIZE);
}

static bool say_push(const struct life *l, const struct record *r, struct gv_buf *out)
{
    static const uint8_t room[SIGNATURE_SIZE];
    const struct gdoi_group_state *g = &l->c->group;
    const struct gdoi_kek_life *life =
        &g->keks[r->flags & SCRIPT_OTHER && g->kek_count > 0 ? g->kek_count - 1 : 0];
    size_t block, bare, link = ISAKMP_HEADER_SIZE + r->last;
    uint8_t iv[GDOI_BLOCK_MOST];
    const uint8_t *key;

    if (g->kek_count == 0)
        return false;
    block = gdoi_block_size(life->kek.cipher);
    client_header(out, life->kek.spi, GDOI_PUSH, ISAKMP_ENCRYPTED, 0);
    gv_buf_add(out, r->octets, r->used);
    if (out->err != GV_OK)
        return false;
    out->at[ISAKMP_LINK] = (char)r->first;
    for (size_t i = 4; r->flags & SCRIPT_REAL && i < 8 && i < r->used; i++)
        out->at[ISAKMP_HEADER_SIZE + i] = (char)((life->sequence + 1) >> (56 - 8 * i));
    if (r->last != SIZE_MAX)
        client_payload(out, &link, ISAKMP_SIG, room, sizeof(room));
    bare = out->n;
    while (out->err == GV_OK && (out->n - ISAKMP_HEADER_SIZE) % block != 0)
        gv_buf_add_char(out, 0);
    isakmp_message_end(out);
    if (out->err != GV_OK || out->n == ISAKMP_HEADER_SIZE)
        return false;
    if (r->last != SIZE_MAX && life->kek.verifier != NULL)
        sign(&life->kek, r, bare, out);
    if (life->kek.octets == NULL)
        return true; /* one that the member cannot use */
    key = (const uint8_t *)gv_secret_reveal(life->kek.octets);
    memcpy(iv, key, block);
    return gdoi_cbc(life->kek.cipher, true, key + block, life->kek.key_n, iv,
                    (uint8_t *)out->at + ISAKMP_HEADER_SIZE,
                    out->n - ISAKMP_HEADER_SIZE) == GV_OK;
}

/* ---- records ---- */

typedef bool say(const struct life *l, const struct record *r, struct gv_buf *out);

static say *const sayings[SCRIPT_KINDS] = {
    [SCRIPT_MAIN_2] = say_clear, [SCRIPT_MAIN_4] = say_clear, [SCRIPT_MAIN_6] = say_main_6,
    [SCRIPT_PULL] = say_pull,    [SCRIPT_PUSH] = say_push,    [SCRIPT_INFO] = say_info,
    [SCRIPT_RAW] = say_raw,      [SCRIPT_NOTICE] = say_clear,
};

/* Nobody takes what has another HASH or signature. */
static void check_wrong(const struct life *l, const struct record *r, enum gdoi_step before)
{
    bool hashed = r->kind == SCRIPT_MAIN_6 || r->kind == SCRIPT_PULL;

    if (!(r->flags & SCRIPT_WRONG))
        return;
    if (hashed)
        assert(l->event.kind == GDOI_NOTHING && l->c->step == before);
    if (r->kind == SCRIPT_PUSH)
        assert(l->event.kind == GDOI_NOTHING ||
               (l->event.kind == GDOI_REKEYED && !l->event.valid));
}

static void happen(struct life *l, const struct record *r)
{
    struct gv_buf out = gv_buf(MESSAGE_CEILING);
    enum gdoi_step before = l->c->step;

    if (r->kind == SCRIPT_WAIT) {
        wait(l, r->number);
    } else if (r->kind == SCRIPT_REGISTER) {
        gdoi_client_register(l->c, l->now, &l->event);
        drain(l);
    } else if (sayings[r->kind] != NULL && sayings[r->kind](l, r, &out)) {
        deliver(l, &out);
        check_wrong(l, r, before);
    }
    gv_buf_clear(&out);
    if (!(r->flags & SCRIPT_OTHER && r->kind <= SCRIPT_MAIN_4))
        arithmetic(l, r->flags & SCRIPT_REAL && r->kind == SCRIPT_MAIN_4);
    else
        l->out = l->out || gdoi_client_work(l->c);
}

static bool read_record(struct gv_reader *in, unsigned from, struct record *r)
{
    static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};
    struct isakmp_chain chain;
    uint32_t head;

    if (in->left < SCRIPT_HEAD || from == SCRIPT_RECORDS_MOST)
        return false;
    head = gv_reader_uint(in, 1);
    *r = (struct record){.kind = head % SCRIPT_KINDS, .flags = head, .from = from};
    r->first = (uint8_t)gv_reader_uint(in, 1);
    r->number = (uint16_t)gv_reader_uint(in, 2);
    if (r->kind < SCRIPT_WAIT)
        r->n = r->number < in->left ? r->number : in->left;
    r->octets = gv_reader_take(in, r->n);
    r->used = r->n;
    r->last = SIZE_MAX;
    if (isakmp_chain_decode(gv_reader(r->octets, r->n), r->first, any, &chain) == GV_OK) {
        r->used = r->n - chain.padding;
        if (chain.count > 0)
            r->last = (size_t)(chain.payload[chain.count - 1].whole - r->octets);
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is said, a registration ends within twice the time of a step (contract), here after
 * another one that was built on an old phase 1. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct life l = {.now = gv_time_add((struct gv_time){0}, gv_secs(1000))};
    struct gv_reader in = gv_reader(data, size);
    struct record r;

    make_once();
    l.c = gdoi_client_new(&config);
    assert(l.c != NULL);
    gdoi_client_register(l.c, l.now, &l.event);
    drain(&l);
    for (unsigned i = 0; read_record(&in, i, &r); i++)
        happen(&l, &r);
    arithmetic(&l, false);
    wait(&l, 4 * STEP_S);
    assert(gdoi_client_step(l.c) == GDOI_IDLE);
    gdoi_client_free(l.c);
    return 0;
}
