/* SPDX-License-Identifier: Apache-2.0 */
/* KEKs from policy and download; rekeys opened and verified: RFC 6407, chapter 4. */
#include "check.h"
#include "gdoi_push.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct wire w;

/* ---- making ---- */

static const struct make_row {
    const char *name;
    uint32_t algorithm, key_bits, sig_hash, sig_algorithm;
    size_t download_n;
    enum gv_err err;
    enum gdoi_cipher cipher;
    size_t key_n;
    enum gdoi_hash hash;
} make_rows[] = {
    {"AES-128", 3, 128, 3, 1, 32, GV_OK, GDOI_AES, 16, GDOI_SHA256},
    {"AES-192", 3, 192, 4, 1, 40, GV_OK, GDOI_AES, 24, GDOI_SHA384},
    {"AES-256", 3, 256, 5, 1, 48, GV_OK, GDOI_AES, 32, GDOI_SHA512},
    {"AES, bits not said", 3, 0, 2, 1, 48, GV_OK, GDOI_AES, 32, GDOI_SHA1},
    {"3DES", 2, 0, 2, 1, 32, GV_OK, GDOI_3DES, 24, GDOI_SHA1},
    {"3DES with its bits", 2, 192, 1, 1, 32, GV_OK, GDOI_3DES, 24, GDOI_MD5},
    {"3DES with its bits without parity", 2, 168, 2, 1, 32, GV_OK, GDOI_3DES, 24, GDOI_SHA1},
    {"ECDSA-256 tells the hash", 3, 128, 0, 4, 32, GV_OK, GDOI_AES, 16, GDOI_SHA256},
    {"ECDSA-384 tells the hash", 3, 128, 0, 5, 32, GV_OK, GDOI_AES, 16, GDOI_SHA384},
    {"ECDSA-521 tells the hash", 3, 128, 0, 6, 32, GV_OK, GDOI_AES, 16, GDOI_SHA512},
    {"ECDSA-256 with another hash", 3, 128, 5, 4, 32, GV_OK, GDOI_AES, 16, GDOI_SHA512},
    {"ECDSS implies SHA-1", 3, 128, 0, 3, 32, GV_OK, GDOI_AES, 16, GDOI_SHA1},
    {"DSS implies SHA-1", 3, 128, 0, 2, 32, GV_OK, GDOI_AES, 16, GDOI_SHA1},
    {"DES", 1, 0, 3, 1, 16, GV_OK, GDOI_3DES, 8, GDOI_SHA256},
    {"DES with its bits without parity", 1, 56, 3, 1, 16, GV_OK, GDOI_3DES, 8, GDOI_SHA256},
    {"DES of 7 octets", 1, 56, 3, 1, 15, GV_ERR_MALFORMED, 0, 0, 0},
    {"no download", 3, 128, 3, 1, 0, GV_ERR_MALFORMED, 0, 0, 0},
    {"no download, bits not said", 3, 0, 3, 1, 0, GV_ERR_MALFORMED, 0, 0, 0},
    {"an IV alone", 3, 0, 3, 1, 16, GV_ERR_MALFORMED, 0, 0, 0},
    {"a download one octet short", 3, 128, 3, 1, 31, GV_ERR_MALFORMED, 0, 0, 0},
    {"a download one octet too long", 3, 128, 3, 1, 33, GV_ERR_MALFORMED, 0, 0, 0},
    {"AES of 136 bits", 3, 136, 3, 1, 33, GV_ERR_MALFORMED, 0, 0, 0},
    {"AES of 8 bits", 3, 8, 3, 1, 17, GV_ERR_MALFORMED, 0, 0, 0},
    {"AES of 384 bits", 3, 384, 3, 1, 64, GV_ERR_MALFORMED, 0, 0, 0},
    {"AES of 129 bits", 3, 129, 3, 1, 32, GV_ERR_MALFORMED, 0, 0, 0},
    {"AES of 17 octets, bits not said", 3, 0, 3, 1, 33, GV_ERR_MALFORMED, 0, 0, 0},
    {"AES of 65535 bits", 3, 65535, 3, 1, 64, GV_ERR_MALFORMED, 0, 0, 0},
    {"3DES of 16 octets", 2, 128, 3, 1, 24, GV_ERR_MALFORMED, 0, 0, 0},
};

static void test_make(void)
{
    for (size_t i = 0; i < COUNT(make_rows); i++) {
        const struct make_row *row = &make_rows[i];
        struct gdoi_sak sak = {.algorithm = row->algorithm,
                               .key_bits = row->key_bits,
                               .sig_hash = row->sig_hash,
                               .sig_algorithm = row->sig_algorithm,
                               .spi = {1, 2, 3}};
        uint8_t octets[64] = {0};
        struct gdoi_kd kd = {.has_kek = true};
        struct gdoi_kek kek = {.key_n = 99};

        if (row->download_n > 0)
            kd.kek = gv_secret_new(octets, row->download_n);
        CHECK_INT(row->name, gdoi_kek_make(&sak, &kd, NULL, &kek), row->err);
        if (row->err == GV_OK) {
            CHECK_INT(row->name, kek.cipher, row->cipher);
            CHECK_INT(row->name, kek.key_n, row->key_n);
            CHECK_INT(row->name, kek.hash, row->hash);
            CHECK(row->name, kek.spi[0] == 1 && kek.spi[2] == 3 && kek.verifier == NULL);
            gdoi_kek_clear(&kek);
            CHECK(row->name, kek.octets == NULL);
        } else {
            CHECK_INT(row->name, kek.key_n, 99);
        }
        gdoi_kd_clear(&kd);
    }
}

/* A KEK that cannot be used has an end all the same, which is what a monitor is after. */
static void test_unusable(void)
{
    static const struct {
        const char *name;
        struct gdoi_sak sak;
        bool packet, key, lkh, usable;
    } rows[] = {
        {"an unknown cipher", {.algorithm = 4, .sig_hash = 3}, true, true, false, false},
        {"LKH alone", {.algorithm = 3, .sig_hash = 3}, false, false, true, false},
        {"LKH, and a packet without a key",
         {.algorithm = 3, .sig_hash = 3},
         true,
         false,
         true,
         false},
        {"LKH, and the key itself", {.algorithm = 3, .sig_hash = 3}, true, true, true, true},
        {"RSA without a hash", {.algorithm = 3, .sig_algorithm = 1}, true, true, false, true},
        {"an unknown hash", {.algorithm = 3, .sig_hash = 6}, true, true, false, true},
        {"a hash of 2^32-1", {.algorithm = 3, .sig_hash = UINT32_MAX}, true, true, false, true},
    };
    uint8_t octets[32] = {0}, der[SIGNER_OCTETS_MOST];
    struct gdoi_signer *signer = gdoi_signer_new("P-256", 0, 0);
    size_t n = gdoi_signer_public(signer, der);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gdoi_kd kd = {.has_kek = rows[i].packet, .lkh_count = rows[i].lkh};
        struct gdoi_sak sak = rows[i].sak;
        struct gdoi_kek kek;

        sak.spi[0] = 7;
        kd.sig_key = der;
        kd.sig_key_n = n;
        if (rows[i].key)
            kd.kek = gv_secret_new(octets, sizeof(octets));
        CHECK_INT(rows[i].name, gdoi_kek_make(&sak, &kd, NULL, &kek), GV_OK);
        CHECK(rows[i].name, kek.spi[0] == 7 && (kek.octets != NULL) == rows[i].usable);
        CHECK(rows[i].name, (kek.verifier != NULL) == (sak.sig_hash == 3));
        gdoi_kek_clear(&kek);
        gdoi_kd_clear(&kd);
    }
    gdoi_signer_free(signer);
}

/* ---- key servers ---- */

static const struct ks_row {
    const char *name;
    enum gdoi_cipher cipher;
    size_t key_n;
    enum gdoi_hash hash;
    const char *kind;
    unsigned bits;
    struct gdoi_sig_variant variant;
} ks_rows[] = {
    {"AES-128, RSA", GDOI_AES, 16, GDOI_SHA256, "RSA", 2048, {GDOI_SIG_DIGEST_INFO, true}},
    {"AES-192, RSA", GDOI_AES, 24, GDOI_SHA384, "RSA", 1024, {GDOI_SIG_DIGEST_INFO, false}},
    {"AES-256, bare RSA", GDOI_AES, 32, GDOI_SHA512, "RSA", 1024, {GDOI_SIG_BARE, true}},
    {"3DES, bare RSA", GDOI_3DES, 24, GDOI_SHA1, "RSA", 1024, {GDOI_SIG_BARE, false}},
    {"3DES, RSA, MD5", GDOI_3DES, 24, GDOI_MD5, "RSA", 1024, {GDOI_SIG_DIGEST_INFO, true}},
    {"ECDSA-256", GDOI_AES, 16, GDOI_SHA256, "P-256", 0, {GDOI_SIG_DIGEST_INFO, true}},
    {"ECDSA-384, short", GDOI_AES, 32, GDOI_SHA384, "P-384", 0, {GDOI_SIG_DIGEST_INFO, false}},
    {"ECDSA-521", GDOI_3DES, 24, GDOI_SHA512, "P-521", 0, {GDOI_SIG_DIGEST_INFO, true}},
};

static struct push_ks ks_of(const struct ks_row *row)
{
    struct push_ks ks = {.cipher = row->cipher,
                         .key_n = row->key_n,
                         .hash = row->hash,
                         .signer = gdoi_signer_new(row->kind, row->bits, 65537),
                         .variant = row->variant};

    for (size_t i = 0; i < sizeof(ks.octets); i++)
        ks.octets[i] = (uint8_t)(7 * i + row->key_n);
    for (size_t i = 0; i < GDOI_SPI_SIZE; i++)
        ks.spi[i] = (uint8_t)(0xa0 + i);
    return ks;
}

/* The same KEK at the member. */
static struct gdoi_kek kek_of(const struct push_ks *ks)
{
    uint8_t der[SIGNER_OCTETS_MOST];
    struct gdoi_kek kek = {.cipher = ks->cipher, .key_n = ks->key_n, .hash = ks->hash};

    memcpy(kek.spi, ks->spi, GDOI_SPI_SIZE);
    kek.octets = gv_secret_new(ks->octets, gdoi_block_size(ks->cipher) + ks->key_n);
    kek.verifier = gdoi_verifier_new(der, gdoi_signer_public(ks->signer, der));
    return kek;
}

/* ---- opening ---- */

/* The chain in hexadecimal, from SEQ up to SIG; its SIG is not a signature. */
#define SEQ(next)      next "000008 00000007 "
#define SIG            "00000006 abcd "
#define DELETE(next)   next "000010 00000002 01 04 0001 00000101 "
#define EMPTY_SA(next) next "000010 00000002 00000000 0000 0000 "
#define EMPTY_KD(next) next "000008 0000 0000 "

static const struct open_row {
    const char *name;
    uint8_t first;
    const char *hex;
    enum gv_err err;
} open_rows[] = {
    {"SEQ, SIG", 18, SEQ("09") SIG, GV_OK},
    {"SEQ, SA, KD, SIG", 18, SEQ("01") EMPTY_SA("11") EMPTY_KD("09") SIG, GV_OK},
    {"SEQ, D, SIG", 18, SEQ("0c") DELETE("09") SIG, GV_OK},
    {"SEQ, D, SA, KD, SIG", 18, SEQ("0c") DELETE("01") EMPTY_SA("11") EMPTY_KD("09") SIG,
     GV_OK},
    {"a certificate before SIG", 18, SEQ("06") "09000005 04 " SIG, GV_OK},
    {"an unknown payload", 18, SEQ("c8") "09000004 " SIG, GV_OK},
    {"no SIG", 18, SEQ("00"), GV_ERR_MALFORMED},
    {"no SEQ", 9, SIG, GV_ERR_MALFORMED},
    {"nothing", 0, "00000000", GV_ERR_MALFORMED},
    {"SIG before SEQ", 9, "12000006 abcd " SEQ("00"), GV_ERR_MALFORMED},
    {"something before SEQ", 13, "12000004 " SEQ("09") SIG, GV_ERR_MALFORMED},
    {"something behind SIG", 18, SEQ("09") "0d000006 abcd 00000004", GV_ERR_MALFORMED},
    {"two SEQs", 18, SEQ("12") SEQ("09") SIG, GV_ERR_MALFORMED},
    {"two SIGs", 18, SEQ("09") "09000006 abcd " SIG, GV_ERR_MALFORMED},
    {"two SAs", 18, SEQ("01") EMPTY_SA("01") EMPTY_SA("09") SIG, GV_ERR_MALFORMED},
    {"two KDs", 18, SEQ("11") EMPTY_KD("11") EMPTY_KD("09") SIG, GV_ERR_MALFORMED},
    {"a SEQ of 3 octets", 18, "09000007 000007 " SIG, GV_ERR_TRUNCATED},
    {"a SEQ of length 0", 18, "09000000 00000007 " SIG, GV_ERR_MALFORMED},
    {"SIG past the end", 18, SEQ("09") "000000ff abcd", GV_ERR_TRUNCATED},
    {"a KD that is broken", 18, SEQ("11") "09000008 0001 0000 " SIG, GV_ERR_TRUNCATED},
    {"an SA that is broken", 18, SEQ("01") "09000010 00000002 00000000 0010 0000 " SIG,
     GV_ERR_TRUNCATED},
};

static void test_open(void)
{
    struct push_ks ks = ks_of(&ks_rows[0]);
    struct gdoi_kek kek = kek_of(&ks);

    for (size_t i = 0; i < COUNT(open_rows); i++) {
        const struct open_row *row = &open_rows[i];
        static struct gdoi_push push;

        push_begin(&w, &ks, row->first);
        wire_hex(&w, row->hex);
        push_seal(&w, &ks);
        (void)wire_reader(&w);
        CHECK_INT(row->name, gdoi_push_open(&kek, w.exact, w.n, &push), row->err);
        if (row->err == GV_OK) {
            CHECK_INT(row->name, push.sequence, 7);
            CHECK_INT(row->name, push.signature.left, 2);
        }
        gdoi_push_clear(&push);
    }
    gdoi_kek_clear(&kek);
    gdoi_signer_free(ks.signer);
}

/* `count` deletes. */
static enum gv_err deletes(unsigned count, const struct push_ks *ks, const struct gdoi_kek *kek)
{
    static struct gdoi_push push;
    enum gv_err err;

    push_begin(&w, ks, GDOI_SEQ);
    push_seq(&w, ISAKMP_DELETE, 1);
    for (unsigned i = 0; i + 1 < count; i++)
        wire_hex(&w, DELETE("0c"));
    wire_hex(&w, DELETE("09") SIG);
    push_seal(&w, ks);
    err = gdoi_push_open(kek, w.at, w.n, &push);
    if (err == GV_OK)
        CHECK_INT("deletes", push.delete_count, count);
    gdoi_push_clear(&push);
    return err;
}

static const struct header_row {
    const char *name;
    size_t at; /* an octet of the message that becomes `octet` */
    uint8_t octet;
    enum gv_err err;
} header_rows[] = {
    {"another SPI", 15, 0, GV_ERR_NOT_FOUND},
    {"IKEv2", 17, 0x20, GV_ERR_NOT_SUPPORTED},
    {"a PULL", 18, GDOI_PULL, GV_ERR_MALFORMED},
    {"flags without E", 19, 0, GV_ERR_MALFORMED},
    {"a message id", 23, 1, GV_ERR_MALFORMED},
    {"a length without the padding", 27, 0x2a, GV_OK},
    {"a length without some of the padding", 27, 0x2b, GV_ERR_MALFORMED},
    {"a length that ends in the last payload", 27, 0x29, GV_ERR_MALFORMED},
    {"a length of the header alone", 27, 0x1c, GV_ERR_RANGE},
    {"a length under the header's", 27, 0x1b, GV_ERR_MALFORMED},
    {"a length past the end", 27, 0xff, GV_ERR_TRUNCATED},
};

static void test_headers(void)
{
    struct push_ks ks = ks_of(&ks_rows[0]);
    struct gdoi_kek kek = kek_of(&ks);

    for (size_t i = 0; i < COUNT(header_rows); i++) {
        const struct header_row *row = &header_rows[i];
        static struct gdoi_push push;

        push_begin(&w, &ks, GDOI_SEQ);
        wire_hex(&w, SEQ("09") SIG);
        push_seal(&w, &ks);
        w.at[row->at] = row->octet;
        (void)wire_reader(&w);
        CHECK_INT(row->name, gdoi_push_open(&kek, w.exact, w.n, &push), row->err);
        gdoi_push_clear(&push);
    }
    CHECK_INT("8 deletes", deletes(8, &ks, &kek), GV_OK);
    CHECK_INT("9 deletes", deletes(9, &ks, &kek), GV_ERR_MALFORMED);
    gdoi_kek_clear(&kek);
    gdoi_signer_free(ks.signer);
}

/* 64 KiB of payloads, and of one. */
static void test_large(void)
{
    struct push_ks ks = ks_of(&ks_rows[0]);
    struct gdoi_kek kek = kek_of(&ks);
    static struct gdoi_push push;

    push_begin(&w, &ks, GDOI_SEQ);
    push_seq(&w, ISAKMP_VENDOR_ID, 1);
    for (unsigned i = 0; i < 16000; i++)
        wire_hex(&w, "0d000004");
    push_seal(&w, &ks);
    CHECK_INT("16,001 payloads", gdoi_push_open(&kek, w.at, w.n, &push), GV_ERR_TOO_LARGE);
    gdoi_push_clear(&push);

    push_begin(&w, &ks, GDOI_SEQ);
    push_seq(&w, ISAKMP_SIG, 1);
    wire_open(&w, ISAKMP_NONE);
    wire_fill(&w, 0xaa, 65400);
    wire_close(&w, ISAKMP_HEADER_SIZE + 8);
    push_seal(&w, &ks);
    CHECK_INT("a SIG of 64 KiB", gdoi_push_open(&kek, w.at, w.n, &push), GV_OK);
    CHECK_INT("a SIG of 64 KiB", push.signature.left, 65400);
    gdoi_push_clear(&push);
    gdoi_kek_clear(&kek);
    gdoi_signer_free(ks.signer);
}

/* ---- verifying ---- */

/* A TEK rekey. */
static void tek_rekey(const struct push_ks *ks, uint32_t sequence)
{
    push_begin(&w, ks, GDOI_SEQ);
    push_seq(&w, ISAKMP_SA, sequence);
    wire_hex(&w, EMPTY_SA("11") "09000019 0001 0000 01 00 0011 04 00000101 0001 0004 a1a2a3a4");
    push_end(&w, ks);
}

/* Opened and verified; *variant only where it holds. */
static bool holds(const struct gdoi_kek *kek, const uint8_t *message, size_t n,
                  struct gdoi_sig_variant *variant)
{
    static uint8_t copy[WIRE_MOST];
    static struct gdoi_push push;
    bool ok;

    memcpy(copy, message, n);
    ok = gdoi_push_open(kek, copy, n, &push) == GV_OK && gdoi_push_verify(kek, &push, variant);
    gdoi_push_clear(&push);
    return ok;
}

static void check_strangers(const struct ks_row *row, const struct push_ks *ks,
                            const struct gdoi_kek *kek)
{
    struct gdoi_sig_variant variant;
    struct push_ks other = ks_of(row);
    struct gdoi_kek mute = *kek;

    mute.verifier = NULL;
    CHECK(row->name, !holds(&mute, w.at, w.n, &variant));
    tek_rekey(&other, 7); /* the KEK is right, the signature is another's */
    CHECK(row->name, !holds(kek, w.at, w.n, &variant));
    gdoi_signer_free(other.signer);
    other = *ks;
    other.octets[0] ^= 1; /* another IV spoils the first block: SEQ */
    tek_rekey(&other, 7);
    CHECK(row->name, !holds(kek, w.at, w.n, &variant));
    other = *ks;
    other.octets[gdoi_block_size(ks->cipher)] ^= 2; /* another key */
    tek_rekey(&other, 7);
    CHECK(row->name, !holds(kek, w.at, w.n, &variant));
}

/* Nobody signs the padding: the octets ahead of the block that holds some. */
static size_t signed_octets(const struct gdoi_kek *kek)
{
    static uint8_t copy[WIRE_MOST];
    static struct gdoi_push push;
    size_t n = w.n;

    memcpy(copy, w.at, w.n);
    if (gdoi_push_open(kek, copy, w.n, &push) == GV_OK && push.padding > 0)
        n -= gdoi_block_size(kek->cipher);
    gdoi_push_clear(&push);
    return n;
}

/* None of these octets may change. */
static void check_flips(const struct ks_row *row, const struct gdoi_kek *kek)
{
    const size_t n = signed_octets(kek);
    struct gdoi_sig_variant variant;
    size_t held = 0;

    for (size_t i = 0; i < n; i++) {
        w.at[i] ^= (uint8_t)(1u << i % 8);
        held += holds(kek, w.at, w.n, &variant);
        w.at[i] ^= (uint8_t)(1u << i % 8);
    }
    CHECK_INT(row->name, held, 0);
}

static void test_verify(void)
{
    for (size_t i = 0; i < COUNT(ks_rows); i++) {
        const struct ks_row *row = &ks_rows[i];
        struct push_ks ks = ks_of(row);
        struct gdoi_kek kek = kek_of(&ks);
        struct gdoi_sig_variant variant = {GDOI_SIG_BARE, false};

        tek_rekey(&ks, 7);
        CHECK(row->name, holds(&kek, w.at, w.n, &variant));
        CHECK_INT(row->name, variant.form, row->variant.form);
        CHECK_INT(row->name, variant.padded_length, row->variant.padded_length);
        check_flips(row, &kek);
        check_strangers(row, &ks, &kek);
        gdoi_kek_clear(&kek);
        gdoi_signer_free(ks.signer);
    }
}

/* SEQ and SIG alone fill the blocks: with padding and without, the length is the same. */
static void test_no_padding(void)
{
    const struct ks_row *row = &ks_rows[COUNT(ks_rows) - 1];
    struct push_ks ks = ks_of(row), other = ks_of(row);
    struct gdoi_kek kek = kek_of(&ks);
    struct gdoi_sig_variant variant = {GDOI_SIG_BARE, false};

    push_begin(&w, &ks, GDOI_SEQ);
    push_seq(&w, ISAKMP_SIG, 9);
    push_end(&w, &ks);
    CHECK_INT("no padding", w.n, 28 + 8 + 4 + 132);
    CHECK("no padding", holds(&kek, w.at, w.n, &variant) && variant.padded_length);
    push_begin(&w, &other, GDOI_SEQ);
    push_seq(&w, ISAKMP_SIG, 9);
    push_end(&w, &other);
    CHECK("no padding, forged", !holds(&kek, w.at, w.n, &variant));
    gdoi_kek_clear(&kek);
    gdoi_signer_free(ks.signer);
    gdoi_signer_free(other.signer);
}

/* ---- a rekey that brings another KEK ---- */

/* SAK and KD of a KEK of AES-128; the public key only where der_n > 0. */
static void kek_rekey(const struct push_ks *ks, const uint8_t *der, size_t der_n)
{
    uint8_t octets[32];
    size_t sa, part, kd;

    memset(octets, 0x5a, sizeof(octets));
    push_begin(&w, ks, GDOI_SEQ);
    push_seq(&w, ISAKMP_SA, 8);
    sa = wire_open(&w, GDOI_KD);
    wire_hex(&w, "00000002 00000000 000f 0000");
    part = wire_open(&w, ISAKMP_NONE);
    wire_hex(&w, "11 01 0000 04 0a000001 01 0350 04 e8000001"
                 "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf 00000000"
                 "8002 0003 8003 0080 0004 0004 00015180 8005 0003 8006 0001");
    wire_close(&w, part);
    wire_close(&w, sa);
    kd = wire_open(&w, ISAKMP_SIG);
    wire_hex(&w, "0001 0000");
    part = w.n;
    wire_hex(&w, "02 00 0000 10 b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
    wire_tlv(&w, 1, octets, sizeof(octets));
    if (der_n > 0)
        wire_tlv(&w, 2, der, der_n);
    wire_close(&w, part);
    wire_close(&w, kd);
    push_end(&w, ks);
}

/* The public key goes on where the download has none, and gives way where it has one. */
static void test_follow(void)
{
    struct push_ks ks = ks_of(&ks_rows[0]);
    struct gdoi_kek kek = kek_of(&ks), fresh;
    struct gdoi_signer *next = gdoi_signer_new("RSA", 1024, 65537);
    uint8_t der[SIGNER_OCTETS_MOST];
    static struct gdoi_push push;

    kek_rekey(&ks, NULL, 0);
    CHECK_INT("a KEK rekey", gdoi_push_open(&kek, w.at, w.n, &push), GV_OK);
    CHECK("with SA and KD", push.has_sa && push.sa.has_sak && push.has_kd && push.kd.has_kek);
    CHECK_INT("the KEK after it", gdoi_kek_make(&push.sa.sak, &push.kd, &kek, &fresh), GV_OK);
    CHECK("keeps the public key", fresh.verifier == kek.verifier && fresh.spi[0] == 0xb0);
    gdoi_push_clear(&push);
    gdoi_kek_clear(&fresh);

    kek_rekey(&ks, der, gdoi_signer_public(next, der));
    CHECK_INT("with a public key", gdoi_push_open(&kek, w.at, w.n, &push), GV_OK);
    CHECK_INT("the KEK after it", gdoi_kek_make(&push.sa.sak, &push.kd, &kek, &fresh), GV_OK);
    CHECK("has it", fresh.verifier != NULL && gdoi_verifier_bits(fresh.verifier) == 1024);
    gdoi_push_clear(&push);
    gdoi_kek_clear(&fresh);

    kek_rekey(&ks, (const uint8_t *)"none", 4);
    CHECK_INT("with octets that are no key", gdoi_push_open(&kek, w.at, w.n, &push), GV_OK);
    CHECK_INT("the KEK after it", gdoi_kek_make(&push.sa.sak, &push.kd, &kek, &fresh), GV_OK);
    CHECK("proves nothing", fresh.verifier == NULL);
    gdoi_push_clear(&push);
    gdoi_kek_clear(&fresh);
    gdoi_kek_clear(&kek);
    gdoi_signer_free(next);
    gdoi_signer_free(ks.signer);
}

int main(void)
{
    test_make();
    test_unusable();
    test_open();
    test_headers();
    test_large();
    test_verify();
    test_no_padding();
    test_follow();
    wire_clear(&w);
    return check_end();
}
