/* SPDX-License-Identifier: Apache-2.0 */
/* The group member against the lab's key server: rekeys of every kind, good and bad. */
#include "check.h"
#include "gdoi_pair.h"

/* ---- every cipher and signature, every deviation ---- */

struct kind {
    const char *row;
    enum gdoi_kek_cipher cipher;
    uint32_t bits;
    enum gdoi_sig sig;
    unsigned sig_bits;
    enum gdoi_sig_hash hash;
    uint32_t deviations;
    enum gdoi_sig_form form;
    bool padded;
};

static const struct kind kinds[] = {
    {"aes128, rsa2048, sha256", GDOI_KEK_AES, 128, GDOI_SIG_RSA, 2048, GDOI_SIG_SHA256, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"3des, rsa1024, sha1", GDOI_KEK_3DES, 0, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA1, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"aes192, rsa1024, sha384", GDOI_KEK_AES, 192, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA384, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"aes256, rsa1024, sha512", GDOI_KEK_AES, 256, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA512, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"aes256, rsa1024, md5", GDOI_KEK_AES, 256, GDOI_SIG_RSA, 1024, GDOI_SIG_MD5, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"ecdsa256", GDOI_KEK_AES, 128, GDOI_SIG_ECDSA_256, 256, GDOI_SIG_SHA256, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"ecdsa384", GDOI_KEK_AES, 256, GDOI_SIG_ECDSA_384, 384, GDOI_SIG_SHA384, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"ecdsa521", GDOI_KEK_AES, 256, GDOI_SIG_ECDSA_521, 521, GDOI_SIG_SHA512, 0,
     GDOI_SIG_DIGEST_INFO, true},
    {"bare signature", GDOI_KEK_AES, 128, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA1, LAB_GDOI_SIG_BARE,
     GDOI_SIG_BARE, true},
    {"length without padding", GDOI_KEK_AES, 128, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA1,
     LAB_GDOI_LENGTH_UNPADDED, GDOI_SIG_DIGEST_INFO, false},
    {"both", GDOI_KEK_AES, 128, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA1,
     LAB_GDOI_SIG_BARE | LAB_GDOI_LENGTH_UNPADDED, GDOI_SIG_BARE, false},
    {"as the reference implementation", GDOI_KEK_3DES, 0, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA1,
     LAB_GDOI_REFERENCE, GDOI_SIG_BARE, false},
    {"no public key in a rekey", GDOI_KEK_AES, 128, GDOI_SIG_ECDSA_256, 256, GDOI_SIG_SHA256,
     LAB_GDOI_NO_PUBLIC_KEY, GDOI_SIG_DIGEST_INFO, true},
    {"other padding", GDOI_KEK_AES, 128, GDOI_SIG_RSA, 1024, GDOI_SIG_SHA256,
     LAB_GDOI_OTHER_PADDING, GDOI_SIG_DIGEST_INFO, true},
    {"unknown parts", GDOI_KEK_AES, 128, GDOI_SIG_ECDSA_256, 256, GDOI_SIG_SHA256,
     LAB_GDOI_UNKNOWN_PARTS, GDOI_SIG_DIGEST_INFO, true},
};

static void open_kind(struct pair *p, const struct kind *k)
{
    pair_defaults(p);
    p->policy.signer = pair_signer(k->sig, k->sig_bits);
    p->policy.kek_cipher = k->cipher;
    p->policy.kek_bits = k->bits;
    p->policy.sig_hash = k->hash;
    p->policy.deviations = k->deviations;
    p->policy.kek_life = gv_secs(7200);
    pair_open(p);
}

/* TEK, TEK, KEK, then TEK under the new KEK. */
static void test_kinds(void)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct kind *k = &kinds[i];
        uint8_t first[GDOI_SPI_SIZE];
        struct gdoi_event event;
        struct pair p;

        open_kind(&p, k);
        CHECK_INT(k->row, pair_register(&p).kind, GDOI_REGISTERED);
        memcpy(first, pair_kek(&p)->kek.spi, sizeof(first));
        pair_rekey(&p, LAB_GDOI_TEK);
        event = pair_rekey(&p, LAB_GDOI_TEK);
        CHECK(k->row, event.valid && !event.brings_kek && pair_in_step(&p));
        CHECK_INT(k->row, event.sequence, 2);
        if (k->sig == GDOI_SIG_RSA)
            CHECK_INT(k->row, event.variant.form, k->form);
        event = pair_rekey(&p, LAB_GDOI_KEK);
        CHECK(k->row, event.valid && event.brings_kek && pair_in_step(&p));
        CHECK_INT(k->row, event.sequence, 3);
        CHECK(k->row, memcmp(event.kek_spi, first, sizeof(first)) == 0);
        CHECK(k->row, memcmp(event.new_kek_spi, pair_kek(&p)->kek.spi, sizeof(first)) == 0);
        event = pair_rekey(&p, LAB_GDOI_TEK);
        CHECK(k->row, event.valid && !event.brings_kek && pair_in_step(&p));
        CHECK_INT(k->row, event.sequence, k->deviations & LAB_GDOI_SEQ_GOES_ON ? 4 : 1);
        CHECK(k->row, memcmp(event.kek_spi, pair_kek(&p)->kek.spi, sizeof(first)) == 0);
        CHECK_INT(k->row, pair_events(&p, GDOI_REKEYED), 4);
        CHECK_INT(k->row, gdoi_client_counts(p.client)->malformed, 0);
        pair_close(&p);
    }
}

/* Whether the signed length counts the padding shows only where there is some. */
static void test_length_variant(void)
{
    for (int unpadded = 0; unpadded < 2; unpadded++) {
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        p.policy.signer = pair_signer(GDOI_SIG_RSA, 1024);
        p.policy.deviations = unpadded ? LAB_GDOI_LENGTH_UNPADDED : 0;
        for (p.policy.aces = 1; p.policy.aces < 4; p.policy.aces++) {
            struct pair *q = &p;

            q->client = NULL;
            pair_open(q);
            pair_register(q);
            event = pair_rekey(q, LAB_GDOI_TEK);
            CHECK("valid", event.valid);
            CHECK("which length", event.variant.padded_length == !unpadded);
            gdoi_client_free(q->client);
            lab_gdoi_free(q->server);
        }
        p.client = NULL;
        p.server = NULL;
        pair_close(&p);
    }
}

/* ---- group without KEK, LKH, SIDs ---- */

static void test_policies(void)
{
    struct pair p;

    pair_defaults(&p);
    p.policy.signer = NULL;
    pair_open(&p);
    CHECK_INT("no KEK", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK_INT("no KEK", gdoi_client_group(p.client)->kek_count, 0);
    CHECK_INT("a TEK", gdoi_client_group(p.client)->tek_count, 1);
    pair_close(&p);

    pair_defaults(&p);
    p.policy.gap = p.policy.lkh = p.policy.sids = true;
    p.policy.transform = 20; /* a counter mode: the member asks for a SID */
    p.policy.aces = 100;
    pair_open(&p);
    CHECK_INT("GAP, LKH, SID, 100 lines", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK("and its rekeys",
          pair_rekey(&p, LAB_GDOI_KEK | LAB_GDOI_TEK).valid && pair_in_step(&p));
    pair_close(&p);
}

/* ---- old and new behaviour, by their own timers ---- */

static void run_cycle(struct pair *p, bool old, bool unicast)
{
    pair_defaults(p);
    p->policy.timers = true;
    p->policy.old = old;
    p->policy.kek_life = gv_secs(1200);
    p->policy.tek_life = gv_secs(7000);
    p->policy.retransmits = 3;
    if (!unicast)
        p->policy.rekey_to = (struct gdoi_endpoint){4, {239, 1, 1, 1}, 848};
    pair_open(p);
    pair_register(p);
    pair_run(p, gv_secs(1300));
}

static void test_behaviours(void)
{
    static const struct {
        const char *row;
        bool old, unicast;
        int64_t lead_s;
    } rows[] = {{"new, unicast: 200 + 3*10 + 5", false, true, 235},
                {"new, multicast: 200 + 3*10", false, false, 230},
                {"old, unicast: at expiry", true, true, 0},
                {"old, multicast", true, false, 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gdoi_event event;
        struct pair p;

        run_cycle(&p, rows[i].old, rows[i].unicast);
        event = pair_last(&p, GDOI_REKEYED);
        CHECK_INT(rows[i].row, pair_events(&p, GDOI_REKEYED), 1);
        CHECK(rows[i].row, event.valid && event.brings_kek);
        /* A tenth of a second for the registration's own way and the rekey's. */
        CHECK(rows[i].row, event.lead.ms > rows[i].lead_s * 1000 - 200 &&
                               event.lead.ms < rows[i].lead_s * 1000 + 200);
        CHECK(rows[i].row, pair_kek(&p)->by_rekey);
        CHECK_INT(rows[i].row, pair_kek(&p)->sak.lifetime_s, 1200);
        pair_close(&p);
    }
}

/* The reference implementation: the first keys live from the first registration on. */
static void test_born_late(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.policy.timers = p.policy.old = true;
    p.policy.kek_life = gv_secs(600);
    p.policy.tek_life = gv_secs(7000);
    p.policy.deviations = LAB_GDOI_REFERENCE | LAB_GDOI_BORN_LATE;
    p.policy.signer = pair_signer(GDOI_SIG_RSA, 1024);
    pair_open(&p);
    pair_run(&p, gv_secs(5000));
    pair_register(&p);
    CHECK_INT("its whole life", pair_kek(&p)->sak.lifetime_s, 600);
    pair_run(&p, gv_secs(700));
    event = pair_last(&p, GDOI_REKEYED);
    CHECK_INT("one rekey", pair_events(&p, GDOI_REKEYED), 1);
    CHECK("at its expiry",
          event.valid && event.brings_kek && event.lead.ms > -200 && event.lead.ms < 200);
    pair_close(&p);
}

/* A TEK's rekey that the KEK's, due soon, rides along with. */
static void test_merged(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.policy.timers = true;
    p.policy.kek_life = gv_secs(1000);
    p.policy.tek_life = gv_secs(870);
    p.policy.merge = gv_secs(60);
    pair_open(&p);
    pair_register(&p);
    pair_run(&p, gv_secs(800));
    event = pair_last(&p, GDOI_REKEYED);
    CHECK_INT("one rekey", pair_events(&p, GDOI_REKEYED), 1);
    CHECK("with a KEK", event.valid && event.brings_kek && pair_in_step(&p));
    CHECK_INT("25 s ahead of the formula", (event.lead.ms + 500) / 1000, 250);
    pair_close(&p);
}

/* Retransmissions are counted, not told. */
static void test_retransmissions(void)
{
    struct pair p;

    pair_defaults(&p);
    p.policy.retransmits = 3;
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
    pair_run(&p, gv_secs(100));
    CHECK_INT("told once", pair_events(&p, GDOI_REKEYED), 1);
    CHECK_INT("three more", pair_duplicates(&p), 3);
    CHECK_INT("no replay", pair_replays(&p), 0);
    lab_gdoi_repeat(p.group);
    pair_run(&p, gv_secs(1));
    CHECK_INT("and one", pair_duplicates(&p), 4);
    pair_close(&p);
}

/* ---- what is wrong with a push ---- */

static void test_push_faults(void)
{
    static const struct {
        const char *row;
        enum lab_gdoi_push_fault fault;
        size_t events; /* invalid ones */
        uint32_t bad, replays, unknown, malformed;
    } rows[] = {{"lost", LAB_GDOI_PUSH_LOST, 0, 0, 0, 0, 0},
                {"bad signature", LAB_GDOI_PUSH_BAD_SIGNATURE, 1, 1, 0, 0, 0},
                {"replay", LAB_GDOI_PUSH_REPLAY, 0, 0, 3, 0, 0},
                {"wrong SPI", LAB_GDOI_PUSH_WRONG_SPI, 0, 0, 0, 3, 0},
                {"wrong KEK", LAB_GDOI_PUSH_WRONG_KEK, 0, 0, 0, 0, 3}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct gdoi_counts *counts;
        struct gdoi_event event;
        uint32_t sequence;
        struct pair p;

        pair_defaults(&p);
        pair_open(&p);
        pair_register(&p);
        pair_rekey(&p, LAB_GDOI_TEK);
        pair_run(&p, gv_secs(60));
        sequence = pair_kek(&p)->sequence;
        lab_gdoi_faults(p.server)->push = rows[i].fault;
        lab_gdoi_faults(p.server)->push_count = 1;
        lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
        pair_run(&p, gv_secs(60));
        counts = gdoi_client_counts(p.client);
        CHECK_INT(rows[i].row, pair_events(&p, GDOI_REKEYED), 1 + rows[i].events);
        CHECK_INT(rows[i].row, counts->bad_signatures, rows[i].bad);
        CHECK_INT(rows[i].row, pair_replays(&p), rows[i].replays);
        CHECK_INT(rows[i].row, counts->unknown_spi, rows[i].unknown);
        CHECK_INT(rows[i].row, counts->malformed, rows[i].malformed);
        CHECK(rows[i].row, !pair_in_step(&p));
        CHECK_INT(rows[i].row, pair_kek(&p)->sequence, sequence);
        event = pair_rekey(&p, LAB_GDOI_TEK);
        CHECK(rows[i].row, event.valid && pair_in_step(&p));
        pair_close(&p);
    }
}

/* A copy with a spoilt signature does not stand in the way of the genuine one. */
static bool spoil_first(struct pair *p, bool to_server, unsigned index, uint8_t *octets,
                        size_t *n, void *arg)
{
    (void)arg;
    if (!to_server && index == 6) {
        uint8_t copy[4096];

        memcpy(copy, octets, *n);
        copy[*n - 40] ^= 1; /* SIG is 64 octets, and stands at the end */
        pair_inject(p, false, copy, *n, (struct gv_dur){PAIR_DELAY_MS / 2});
    }
    return true;
}

static void test_spoilt_copy(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.filter = spoil_first;
    pair_open(&p);
    pair_register(&p);
    event = pair_rekey(&p, LAB_GDOI_KEK);
    CHECK_INT("one bad, one good", pair_events(&p, GDOI_REKEYED), 2);
    CHECK_INT("one bad", gdoi_client_counts(p.client)->bad_signatures, 1);
    CHECK("the genuine one is taken", event.valid && pair_in_step(&p));
    pair_close(&p);
}

/* The first copy is lost, the retransmission comes. */
static void test_lost_copy(void)
{
    struct gdoi_event event;
    struct pair p;
    int64_t began;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_faults(p.server)->lose_nth = 1;
    began = p.now.ms;
    lab_gdoi_rekey(p.group, LAB_GDOI_KEK, NULL, p.now);
    pair_run(&p, gv_secs(60));
    event = pair_last(&p, GDOI_REKEYED);
    CHECK("heard", event.valid && pair_in_step(&p));
    CHECK_INT("ten seconds later", event.at.ms - began, 10000 + PAIR_DELAY_MS);
    CHECK_INT("one duplicate", pair_duplicates(&p), 1);
    pair_close(&p);
}

/* Forgeries by one who holds the KEK: so many in one second, then the genuine rekey. */
static void test_flood(void)
{
    static const struct {
        const char *row;
        unsigned forgeries;
        bool heard;
    } rows[] = {{"500 forgeries", 500, true},
                {"2,500 forgeries", 2500, false},
                {"10,000 forgeries", 10000, false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gdoi_datagram d;
        struct gdoi_event event;
        uint8_t copy[2048];
        struct pair p;

        pair_defaults(&p);
        pair_open(&p);
        pair_register(&p);
        lab_gdoi_faults(p.server)->push = LAB_GDOI_PUSH_BAD_SIGNATURE;
        lab_gdoi_faults(p.server)->push_count = rows[i].forgeries;
        for (unsigned k = 0; k <= rows[i].forgeries; k++) {
            lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
            CHECK(rows[i].row, lab_gdoi_next(p.server, &d) && d.n <= sizeof(copy));
            memcpy(copy, d.octets, d.n);
            gdoi_client_feed(p.client, copy, d.n, &p.client_config.remote, p.now, &event);
        }
        CHECK(rows[i].row, (event.kind == GDOI_REKEYED && event.valid) == rows[i].heard);
        CHECK_INT(rows[i].row, gdoi_client_counts(p.client)->bad_signatures,
                  rows[i].heard ? rows[i].forgeries : 2000);
        CHECK_INT(rows[i].row, gdoi_client_counts(p.client)->limited,
                  rows[i].heard ? 0 : rows[i].forgeries - 2000 + 1);
        pair_run(&p, gv_secs(15)); /* its retransmission */
        CHECK(rows[i].row, pair_last(&p, GDOI_REKEYED).valid == !rows[i].heard);
        CHECK(rows[i].row, pair_in_step(&p));
        pair_close(&p);
    }
}

/* Who stands outside knows the SPI, which is on the wire, and no KEK: nothing is verified, and
 * the genuine rekey is heard in the same second. */
static void test_flood_outside(void)
{
    enum { FORGERIES = 10000, SIZE = ISAKMP_HEADER_SIZE + 320 };
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    for (unsigned k = 0; k < FORGERIES; k++) {
        uint8_t octets[SIZE];

        memcpy(octets, pair_kek(&p)->kek.spi, GDOI_SPI_SIZE);
        memcpy(octets + GDOI_SPI_SIZE, "\x12\x10\x21\x01\0\0\0\0\0\0\x01\x5c", 12);
        for (size_t i = ISAKMP_HEADER_SIZE; i < SIZE; i++)
            octets[i] = (uint8_t)(i * k + (k >> 8));
        gdoi_client_feed(p.client, octets, SIZE, &p.client_config.remote, p.now, &event);
        CHECK_INT("a forgery", event.kind, GDOI_NOTHING);
    }
    CHECK_INT("counted", gdoi_client_counts(p.client)->malformed, FORGERIES);
    CHECK_INT("none verified", gdoi_client_counts(p.client)->bad_signatures, 0);
    CHECK("the genuine one", pair_rekey(&p, LAB_GDOI_TEK).valid && pair_in_step(&p));
    pair_close(&p);
}

/* A KEK that a bad signature brings is not believed. */
static void test_forged_kek(void)
{
    uint8_t before[GDOI_SPI_SIZE];
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    memcpy(before, pair_kek(&p)->kek.spi, sizeof(before));
    lab_gdoi_faults(p.server)->push = LAB_GDOI_PUSH_BAD_SIGNATURE;
    lab_gdoi_faults(p.server)->push_count = 1;
    event = pair_rekey(&p, LAB_GDOI_KEK);
    CHECK("told as invalid", event.kind == GDOI_REKEYED && !event.valid && !event.brings_kek);
    CHECK("the KEK stays", memcmp(before, pair_kek(&p)->kek.spi, sizeof(before)) == 0);
    CHECK_INT("one KEK", gdoi_client_group(p.client)->kek_count, 1);
    pair_close(&p);
}

/* ---- expiry, restart, deletes ---- */

/* A rekey at so many seconds after the KEK's expiry. */
static void test_kept(void)
{
    static const struct {
        const char *row;
        int64_t after_s;
        bool heard;
    } rows[] = {{"29 s after expiry", 29, true}, {"31 s", 31, false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        p.policy.kek_life = gv_secs(300);
        pair_open(&p);
        pair_register(&p);
        pair_run(&p, gv_secs(300 + rows[i].after_s));
        event = pair_rekey(&p, LAB_GDOI_KEK);
        CHECK(rows[i].row, event.valid == rows[i].heard);
        if (rows[i].heard)
            CHECK_INT(rows[i].row, event.lead.ms / 1000, -rows[i].after_s);
        else
            CHECK_INT(rows[i].row, gdoi_client_counts(p.client)->unknown_spi, 1);
        pair_close(&p);
    }
}

static void test_restart(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_restart(p.server, p.now);
    event = pair_rekey(&p, LAB_GDOI_TEK);
    CHECK_INT("it forgot us: nothing is sent", event.kind, GDOI_NOTHING);
    CHECK_INT("registered anew", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK("and heard", pair_rekey(&p, LAB_GDOI_TEK).valid && pair_in_step(&p));
    pair_close(&p);
}

static void test_deletes(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.policy.retransmits = 0;
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_delete(p.group, LAB_GDOI_TEK | LAB_GDOI_KEK, false, p.now);
    pair_run(&p, gv_secs(1));
    event = pair_last(&p, GDOI_DELETED);
    CHECK("deleted", event.kind == GDOI_DELETED && event.valid);
    CHECK_INT("no KEK", gdoi_client_group(p.client)->kek_count, 0);
    CHECK_INT("no TEK", gdoi_client_group(p.client)->tek_count, 0);
    CHECK_INT("registered anew", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK("with what there is now", pair_in_step(&p));
    pair_close(&p);
}

/* A change of policy: the old keys deleted, new ones brought, in one push. */
static void test_replaced(void)
{
    static const unsigned whats[] = {LAB_GDOI_TEK, LAB_GDOI_KEK, LAB_GDOI_TEK | LAB_GDOI_KEK};

    for (size_t i = 0; i < sizeof(whats) / sizeof(whats[0]); i++) {
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        pair_open(&p);
        pair_register(&p);
        lab_gdoi_delete(p.group, whats[i], true, p.now);
        pair_run(&p, gv_secs(1));
        event = pair_last(&p, GDOI_REKEYED);
        CHECK("a rekey", event.kind == GDOI_REKEYED && event.valid);
        CHECK("that brings a KEK", event.brings_kek == ((whats[i] & LAB_GDOI_KEK) != 0));
        CHECK("what it brought is known", pair_in_step(&p));
        CHECK_INT("and nothing else", gdoi_client_group(p.client)->kek_count, 1);
        CHECK("heard later", pair_rekey(&p, LAB_GDOI_TEK).valid && pair_in_step(&p));
        pair_close(&p);
    }
}

int main(void)
{
    test_kinds();
    test_length_variant();
    test_policies();
    test_behaviours();
    test_born_late();
    test_merged();
    test_retransmissions();
    test_push_faults();
    test_spoilt_copy();
    test_lost_copy();
    test_flood();
    test_flood_outside();
    test_forged_kek();
    test_kept();
    test_restart();
    test_deletes();
    test_replaced();
    pair_end();
    return check_end();
}
