/* SPDX-License-Identifier: Apache-2.0 */
/* The group member and damaged answers: every bit flipped, every length cut, of each message of
 * one whole exchange, ahead of the genuine one; and payloads that a key server should not send
 * (omitted, empty, zero, huge, twice) under a right HASH or signature. */
#include "check.h"
#include "gdoi_pair.h"

enum { MESSAGES = 5 };

static bool knows_all(const struct pair *p)
{
    const struct gdoi_group_state *state = gdoi_client_group(p->client);
    struct lab_gdoi_view view = lab_gdoi_view(p->group);

    return state->tek_count == 1 && state->teks[0].spi == view.tek_spi &&
           state->teks[0].sat.lifetime_s == 3600 && state->kek_count == 1 &&
           memcmp(state->keks[0].kek.spi, view.kek_spi, GDOI_SPI_SIZE) == 0 &&
           state->keks[0].sak.lifetime_s == 86400 && state->keks[0].sequence == view.sequence;
}

/* ---- damaged copies ---- */

struct damage {
    unsigned index;     /* of the key server's message */
    size_t bit, copies; /* so many copies, each with one bit flipped, from that one on */
    size_t cut;         /* or one of so many octets; SIZE_MAX: whole */
    size_t n;           /* out: octets of the genuine one */
    struct gv_time due; /* out: when that one arrives */
};

static bool damage(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                   void *arg)
{
    struct damage *d = arg;
    uint8_t copy[2048];

    if (to_server || index != d->index)
        return true;
    d->n = *n;
    d->due = gv_time_add(p->now, (struct gv_dur){PAIR_DELAY_MS});
    if (*n > sizeof(copy))
        return false;
    if (d->cut < *n)
        pair_inject(p, false, octets, d->cut, (struct gv_dur){PAIR_DELAY_MS / 2});
    for (size_t bit = d->bit; bit < d->bit + d->copies && bit / 8 < *n; bit++) {
        memcpy(copy, octets, *n);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        pair_inject(p, false, copy, *n, (struct gv_dur){PAIR_DELAY_MS / 2});
    }
    return true;
}

/* Registers, once, with the right keys. *early: by a damaged copy, so that those behind it were
 * not looked at; which may be where what differs is in no hash (padding, unused flags). */
static bool survives(struct damage *d, bool *early)
{
    struct gdoi_event event;
    struct pair p;
    bool ok;

    pair_defaults(&p);
    p.filter = damage;
    p.arg = d;
    pair_open(&p);
    event = pair_register(&p);
    ok = event.kind == GDOI_REGISTERED && p.event_count == 1 && knows_all(&p) &&
         p.to_server <= 20;
    for (size_t i = 0; i < p.log_count; i++)
        if (p.log[i].to_server && gv_time_before(p.log[i].at, d->due) && i >= 2 * d->index)
            *early = true;
    *early |= gv_time_before(event.at, d->due);
    pair_close(&p);
    return ok;
}

/* Answers in the clear open branches: one at a time. Of the others a handful. */
static void test_bits(struct damage *d)
{
    const size_t handful = d->index <= 2 ? 1 : 16;
    bool early;

    d->cut = SIZE_MAX;
    for (size_t bit = 0; bit < 8 * d->n; bit += handful) {
        d->bit = bit;
        d->copies = handful;
        early = false;
        CHECK_INT("these bits", survives(d, &early) ? bit : SIZE_MAX, bit);
        for (d->copies = 1; early && handful > 1 && d->bit < bit + handful; d->bit++)
            CHECK_INT("this bit", survives(d, &early) ? d->bit : SIZE_MAX, d->bit);
    }
}

static void test_damage(void)
{
    for (unsigned index = 1; index <= MESSAGES; index++) {
        struct damage d = {.index = index, .cut = SIZE_MAX};
        bool early = false;

        CHECK("nothing", survives(&d, &early) && !early);
        for (d.cut = 0; d.cut < d.n; d.cut++)
            CHECK_INT("cut to so many octets", survives(&d, &early) ? d.cut : SIZE_MAX, d.cut);
        CHECK("nothing cut is taken", !early || index <= 2);
        test_bits(&d);
    }
}

/* ---- a damaged rekey ---- */

static void open_rekey(struct pair *p, size_t aces)
{
    pair_defaults(p);
    p->policy.aces = aces;
    pair_open(p);
    pair_register(p);
    lab_gdoi_rekey(p->group, LAB_GDOI_KEK, NULL, p->now);
}

/* Padding is not signed: so many octets of it. */
static size_t padding_of(const struct pair *p, const struct gdoi_datagram *d)
{
    uint8_t copy[2048];
    struct gdoi_push push;
    size_t padding = SIZE_MAX;

    memcpy(copy, d->octets, d->n);
    if (gdoi_push_open(&gdoi_client_group(p->client)->keks[0].kek, copy, d->n, &push) == GV_OK)
        padding = push.padding;
    gdoi_push_clear(&push);
    return padding;
}

static enum gdoi_event_kind feed(struct pair *p, const uint8_t *octets, size_t n,
                                 struct gdoi_event *event)
{
    uint8_t copy[2048];

    memcpy(copy, octets, n);
    gdoi_client_feed(p->client, copy, n, &p->client_config.remote, p->now, event);
    return event->kind;
}

static void test_push(void)
{
    struct gdoi_datagram d = {.n = 0};
    struct gdoi_event event;
    uint8_t copy[2048];
    struct pair p;
    size_t aces = 1;

    open_rekey(&p, aces);
    while (lab_gdoi_next(p.server, &d) && padding_of(&p, &d) != 0 && aces++ < 16) {
        pair_close(&p);
        open_rekey(&p, aces);
    }
    CHECK("a rekey without padding", d.n > 0 && d.n <= sizeof(copy) && aces <= 16);
    for (size_t cut = 0; cut < d.n; cut++)
        CHECK("cut", feed(&p, d.octets, cut, &event) == GDOI_NOTHING || !event.valid);
    for (size_t bit = 0; bit < 8 * d.n; bit++) {
        memcpy(copy, d.octets, d.n);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        p.now.ms += 10; /* the rate of verification is bounded */
        CHECK("one bit", feed(&p, copy, d.n, &event) == GDOI_NOTHING || !event.valid);
    }
    CHECK_INT("one KEK still", gdoi_client_group(p.client)->kek_count, 1);
    CHECK_INT("its sequence number", gdoi_client_group(p.client)->keks[0].sequence, 0);
    CHECK("the genuine one",
          feed(&p, d.octets, d.n, &event) == GDOI_REKEYED && event.valid && event.brings_kek);
    pair_close(&p);
}

/* ---- a key server that lies ---- */

struct edit {
    enum lab_gdoi_message message;
    size_t bit;
    size_t n; /* out: octets of the payloads */
};

static void flip(void *arg, enum lab_gdoi_message message, uint8_t *octets, size_t n)
{
    struct edit *e = arg;

    if (message != e->message)
        return;
    e->n = n;
    if (e->bit / 8 < n)
        octets[e->bit / 8] ^= (uint8_t)(1u << e->bit % 8);
}

/* Every bit of the payloads flipped, under a right HASH: whatever it says, there is one
 * outcome, and nothing goes wrong later. */
static void test_lies(void)
{
    static const enum lab_gdoi_message messages[] = {LAB_GDOI_PULL_2, LAB_GDOI_PULL_4};

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        struct edit e = {.message = messages[i], .n = 1};

        for (e.bit = 0; e.bit < 8 * e.n; e.bit++) {
            struct pair p;

            pair_defaults(&p);
            pair_open(&p);
            lab_gdoi_faults(p.server)->edit = flip;
            lab_gdoi_faults(p.server)->edit_arg = &e;
            pair_register(&p);
            CHECK_INT("one outcome", p.event_count, 1);
            lab_gdoi_rekey(p.group, LAB_GDOI_KEK, NULL, p.now);
            pair_run(&p, gv_secs(1));
            pair_close(&p);
        }
    }
}

/* ... under a right signature: a rekey is taken once, or not at all. */
static void test_lying_push(void)
{
    struct edit e = {.message = LAB_GDOI_PUSH, .n = 1};
    struct pair p;

    pair_defaults(&p);
    p.policy.retransmits = 0;
    pair_open(&p);
    lab_gdoi_faults(p.server)->edit_arg = &e;
    for (e.bit = 0; e.bit < 8 * e.n; e.bit++) {
        lab_gdoi_faults(p.server)->edit = NULL;
        p.event_count = p.log_count = 0;
        CHECK_INT("registered", pair_register(&p).kind, GDOI_REGISTERED);
        p.event_count = 0;
        lab_gdoi_faults(p.server)->edit = flip;
        lab_gdoi_delete(p.group, LAB_GDOI_TEK, e.bit % 2 == 0, p.now);
        lab_gdoi_rekey(p.group, LAB_GDOI_KEK | LAB_GDOI_TEK, NULL, p.now);
        pair_run(&p, gv_secs(1));
        CHECK("two at most", p.event_count <= 2);
        CHECK("bounded", gdoi_client_group(p.client)->kek_count <= GDOI_KEKS_MOST &&
                             gdoi_client_group(p.client)->tek_count <= GDOI_TEKS_MOST);
    }
    pair_close(&p);
}

/* ---- payloads as they should not be ---- */

struct impair {
    enum lab_gdoi_message message;
    uint8_t payload;
    const char *good; /* which forms still register, or are a valid rekey */
};

/* Forms: o omitted, e empty, z zero, h huge, t twice. */
static const struct impair impairs[] = {
    {LAB_GDOI_MAIN_2, ISAKMP_SA, ""},
    {LAB_GDOI_MAIN_4, ISAKMP_KE, ""},
    {LAB_GDOI_MAIN_4, ISAKMP_NONCE, ""},
    {LAB_GDOI_MAIN_6, ISAKMP_ID, ""},
    {LAB_GDOI_MAIN_6, ISAKMP_HASH, ""},
    {LAB_GDOI_PULL_2, ISAKMP_HASH, ""},
    {LAB_GDOI_PULL_2, ISAKMP_NONCE, ""},
    {LAB_GDOI_PULL_2, ISAKMP_SA, ""},
    {LAB_GDOI_PULL_2, GDOI_SAK, "o"}, /* a group without KEK */
    {LAB_GDOI_PULL_2, GDOI_SAT, "ozt"},
    /* zero: another protocol's, counted */ {LAB_GDOI_PULL_4, ISAKMP_HASH, ""},
    {LAB_GDOI_PULL_4, GDOI_SEQ, "oz"}, /* 0 is what it has to be here */
    {LAB_GDOI_PULL_4, GDOI_KD, ""},
    {LAB_GDOI_PUSH, GDOI_SEQ, ""},
    {LAB_GDOI_PUSH, ISAKMP_SA, "o"},
    {LAB_GDOI_PUSH, GDOI_SAK, "o"},
    {LAB_GDOI_PUSH, GDOI_SAT, "ozt"},
    {LAB_GDOI_PUSH, GDOI_KD, "o"},
    {LAB_GDOI_PUSH, ISAKMP_DELETE, "ot"},
    {LAB_GDOI_PUSH, ISAKMP_SIG, ""},
};

static const char letters[] = {[LAB_GDOI_OMITTED] = 'o',
                               [LAB_GDOI_EMPTY] = 'e',
                               [LAB_GDOI_ZERO] = 'z',
                               [LAB_GDOI_HUGE] = 'h',
                               [LAB_GDOI_TWICE] = 't'};

static bool is_taken(const struct impair *i, struct pair *p)
{
    struct gdoi_event event = pair_register(p);

    if (i->message != LAB_GDOI_PUSH)
        return event.kind == GDOI_REGISTERED;
    if (i->payload == ISAKMP_DELETE)
        lab_gdoi_delete(p->group, LAB_GDOI_TEK, true, p->now);
    else
        lab_gdoi_rekey(p->group, LAB_GDOI_KEK, NULL, p->now);
    pair_run(p, gv_secs(60));
    return pair_last(p, GDOI_REKEYED).valid;
}

static void test_impaired(void)
{
    for (size_t i = 0; i < sizeof(impairs) / sizeof(impairs[0]); i++)
        for (enum lab_gdoi_form form = LAB_GDOI_OMITTED; form <= LAB_GDOI_TWICE; form++) {
            bool good = strchr(impairs[i].good, letters[form]) != NULL;
            struct lab_gdoi_faults *faults;
            struct pair p;
            char row[64];

            (void)snprintf(row, sizeof(row), "message %d, payload %u, form %c",
                           (int)impairs[i].message, impairs[i].payload, letters[form]);
            pair_defaults(&p);
            pair_open(&p);
            faults = lab_gdoi_faults(p.server);
            faults->message = impairs[i].message;
            faults->payload = impairs[i].payload;
            faults->form = form;
            CHECK(row, is_taken(&impairs[i], &p) == good);
            CHECK(row, gv_time_diff(p.now, p.log[0].at).ms < 121000);
            pair_close(&p);
        }
}

int main(void)
{
    test_damage();
    test_push();
    test_lies();
    test_lying_push();
    test_impaired();
    pair_end();
    return check_end();
}
