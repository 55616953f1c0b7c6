/* SPDX-License-Identifier: Apache-2.0 */
/* Rekey signatures: which keys are taken, which signatures hold, which forgeries do not. */
#include "check.h"
#include "gdoi/crypto.h"
#include "gdoi_signer.h"
#include "gdoi_wire.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct wire w;

static const struct gdoi_chunk text = {"what is signed", 14};

/* ---- keys ---- */

static const struct key_row {
    const char *kind;
    unsigned bits, exponent;
    bool taken;
    enum gdoi_key_kind want;
} key_rows[] = {
    {"RSA", 512, 65537, false, GDOI_KEY_RSA},
    {"RSA", 1023, 65537, false, GDOI_KEY_RSA},
    {"RSA", 1024, 65537, true, GDOI_KEY_RSA},
    {"RSA", 1024, 3, true, GDOI_KEY_RSA},
    {"RSA", 2048, 65537, true, GDOI_KEY_RSA},
    {"RSA-PSS", 2048, 65537, false, GDOI_KEY_RSA},
    {"P-256", 256, 0, true, GDOI_KEY_EC},
    {"P-384", 384, 0, true, GDOI_KEY_EC},
    {"P-521", 521, 0, true, GDOI_KEY_EC},
    {"P-224", 224, 0, false, GDOI_KEY_EC},
    {"secp256k1", 256, 0, false, GDOI_KEY_EC},
    {"brainpoolP256r1", 256, 0, false, GDOI_KEY_EC},
    {"brainpoolP384r1", 384, 0, false, GDOI_KEY_EC},
    {"ED25519", 0, 0, false, GDOI_KEY_EC},
};

static void test_keys(void)
{
    for (size_t i = 0; i < COUNT(key_rows); i++) {
        const struct key_row *row = &key_rows[i];
        struct gdoi_signer *signer = gdoi_signer_new(row->kind, row->bits, row->exponent);
        uint8_t der[SIGNER_OCTETS_MOST];
        size_t n = gdoi_signer_public(signer, der);
        struct gdoi_verifier *verifier = gdoi_verifier_new(der, n);

        CHECK_INT(row->kind, verifier != NULL, row->taken);
        if (verifier != NULL) {
            CHECK_INT(row->kind, gdoi_verifier_kind(verifier), row->want);
            CHECK_INT(row->kind, gdoi_verifier_bits(verifier), row->bits);
        }
        gdoi_verifier_free(verifier);
        gdoi_signer_free(signer);
    }
}

/* An exponent of 1 signs anything; a long one costs as much as a private operation. */
static void test_odd_keys(void)
{
    static const struct {
        const char *name;
        unsigned bits;
        const char *exponent;
        bool taken;
    } rows[] = {
        {"65537", 2048, "010001", true},
        {"64 bits", 2048, "ffffffffffffffff", true},
        {"65 bits", 2048, "010000000000000001", false},
        {"255 bits", 2048, "7f00000000000000000000000000000000000000000000000000000000000001",
         false},
        {"1", 2048, "01", false},
        {"0", 2048, "00", false},
        {"2, which is even", 2048, "02", false},
        {"65536, which is even", 2048, "010000", false},
        {"a modulus of 16384 bits", 16384, "010001", true},
        {"a modulus of 16385 bits", 16385, "010001", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t der[SIGNER_OCTETS_MOST];
        struct gdoi_verifier *verifier;
        size_t n;

        w.n = 0;
        wire_hex(&w, rows[i].exponent);
        n = gdoi_signer_odd_public(rows[i].bits, w.at, w.n, der);
        verifier = gdoi_verifier_new(der, n);
        CHECK_INT(rows[i].name, verifier != NULL, rows[i].taken);
        gdoi_verifier_free(verifier);
    }
}

static void test_octets(void)
{
    struct gdoi_signer *signer = gdoi_signer_new("RSA", 1024, 65537);
    uint8_t der[SIGNER_OCTETS_MOST];
    struct gdoi_verifier *verifier;

    w.n = 0;
    wire_octets(&w, der, gdoi_signer_public(signer, der));
    for (size_t n = w.n; w.n > 0; w.n--) {
        verifier = gdoi_verifier_new(wire_reader(&w).at, w.n);
        CHECK_INT("every truncation", verifier != NULL, w.n == n);
        gdoi_verifier_free(verifier);
    }
    CHECK("nothing", gdoi_verifier_new(der, 0) == NULL);
    w.n = 0;
    wire_octets(&w, der, gdoi_signer_public(signer, der));
    wire_uint(&w, 0, 1);
    CHECK("an octet behind it", gdoi_verifier_new(wire_reader(&w).at, w.n) == NULL);
    memset(der, 0x30, sizeof(der));
    CHECK("nested without end", gdoi_verifier_new(der, sizeof(der)) == NULL);
    gdoi_signer_free(signer);
}

/* RFC 6407 does not say how a public key is encoded. */
static void test_forms(void)
{
    static const struct {
        const char *name, *kind;
        unsigned bits;
        enum gdoi_signer_form form;
        bool taken;
    } rows[] = {
        {"PKCS #1", "RSA", 2048, GDOI_SIGNER_PKCS1, true},
        {"PKCS #1, 1023 bits", "RSA", 1023, GDOI_SIGNER_PKCS1, false},
        {"a certificate of RSA", "RSA", 1024, GDOI_SIGNER_CERTIFICATE, true},
        {"a certificate of P-256", "P-256", 256, GDOI_SIGNER_CERTIFICATE, true},
        {"a certificate of P-224", "P-224", 224, GDOI_SIGNER_CERTIFICATE, false},
        {"a point of P-256", "P-256", 256, GDOI_SIGNER_POINT, true},
        {"a point of P-384", "P-384", 384, GDOI_SIGNER_POINT, true},
        {"a point of P-521", "P-521", 521, GDOI_SIGNER_POINT, true},
        {"coordinates of P-256", "P-256", 256, GDOI_SIGNER_COORDINATES, true},
        {"coordinates of P-384", "P-384", 384, GDOI_SIGNER_COORDINATES, true},
        {"coordinates of P-521", "P-521", 521, GDOI_SIGNER_COORDINATES, true},
        {"a point of P-224", "P-224", 224, GDOI_SIGNER_POINT, false},
        {"a point of another curve", "secp256k1", 256, GDOI_SIGNER_POINT, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gdoi_signer *signer = gdoi_signer_new(rows[i].kind, rows[i].bits, 65537);
        uint8_t der[SIGNER_OCTETS_MOST];
        size_t n = gdoi_signer_public_as(signer, rows[i].form, der);
        struct gdoi_verifier *verifier = gdoi_verifier_new(der, n);

        CHECK_INT(rows[i].name, verifier != NULL, rows[i].taken);
        if (verifier != NULL) {
            CHECK_INT(rows[i].name, gdoi_verifier_bits(verifier), rows[i].bits);
            CHECK(rows[i].name, !gdoi_verifier_is_info(verifier));
        }
        gdoi_verifier_free(verifier);
        CHECK("one octet short", gdoi_verifier_new(der, n - 1) == NULL);
        gdoi_signer_free(signer);
    }
}

#define P256_OID "06072a8648ce3d0201 06082a8648ce3d030107"
#define P384_OID "06072a8648ce3d0201 06052b81040022"
#define RSA_OID  "06092a864886f70d010101"
#define BASE_X   "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define BASE_Y   "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define FF32     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define FF128    FF32 FF32 FF32 FF32

/* RFC 5480, RFC 3279: how a key may be written down, and how not. */
static void test_encodings(void)
{
    static const struct {
        const char *name, *der;
        bool taken;
    } rows[] = {
        {"a point", "3059 3013" P256_OID "0342 00 04" BASE_X BASE_Y, true},
        {"a compressed point", "3039 3013" P256_OID "0322 00 03" BASE_X, true},
        {"the point at infinity", "3019 3013" P256_OID "0302 00 00", false},
        {"no point", "3018 3013" P256_OID "0301 00", false},
        {"off the curve", "3059 3013" P256_OID "0342 00 04" BASE_Y BASE_X, false},
        {"another curve's", "3056 3010" P384_OID "0342 00 04" BASE_X BASE_Y, false},
        {"bits unused", "3059 3013" P256_OID "0342 01 04" BASE_X BASE_Y, false},
        {"no octet for unused bits", "3017 3013" P256_OID "0300", false},
        {"an indefinite length", "3080 3013" P256_OID "0342 00 04" BASE_X BASE_Y "0000", false},
        {"a set, not a sequence", "3159 3013" P256_OID "0342 00 04" BASE_X BASE_Y, false},
        {"something behind the point", "305b 3013" P256_OID "0342 00 04" BASE_X BASE_Y "0500",
         false},
        {"RSA", "30819f 300d" RSA_OID "0500 03818d 00 308189 028181 00" FF128 "0203 010001",
         true},
        {"RSA, its NULL forgotten",
         "30819d 300b" RSA_OID "03818d 00 308189 028181 00" FF128 "0203 010001", true},
        {"RSA, a negative modulus",
         "30819e 300d" RSA_OID "0500 03818c 00 308188 028180" FF128 "0203 010001", false},
        {"RSA, a negative exponent",
         "30819d 300d" RSA_OID "0500 03818b 00 308187 028181 00" FF128 "0201 83", false},
        {"RSA, a third number",
         "3081a2 300d" RSA_OID "0500 038190 00 30818c 028181 00" FF128 "0203 010001 020103",
         false},
        {"RSA, no exponent", "30819a 300d" RSA_OID "0500 038188 00 308184 028181 00" FF128,
         false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gdoi_verifier *verifier;

        w.n = 0;
        wire_hex(&w, rows[i].der);
        verifier = gdoi_verifier_new(w.at, w.n);
        CHECK_INT(rows[i].name, verifier != NULL, rows[i].taken);
        gdoi_verifier_free(verifier);
    }
}

static void test_share(void)
{
    struct gdoi_signer *signer = gdoi_signer_new("RSA", 1024, 65537);
    uint8_t der[SIGNER_OCTETS_MOST];
    size_t n = gdoi_signer_public(signer, der);
    struct gdoi_verifier *a = gdoi_verifier_new(der, n), *b = gdoi_verifier_share(a);

    gdoi_verifier_free(a);
    CHECK_INT("the other holder", gdoi_verifier_bits(b), 1024);
    gdoi_verifier_free(b);
    gdoi_verifier_free(NULL);
    CHECK("nothing is shared", gdoi_verifier_share(NULL) == NULL);
    gdoi_signer_free(signer);
}

/* ---- signatures ---- */

static const struct sig_row {
    const char *name, *kind;
    unsigned bits, exponent;
    enum gdoi_hash hash;
    enum gdoi_sig_form form;
} sig_rows[] = {
    {"RSA, MD5", "RSA", 1024, 65537, GDOI_MD5, GDOI_SIG_DIGEST_INFO},
    {"RSA, SHA-1", "RSA", 1024, 3, GDOI_SHA1, GDOI_SIG_DIGEST_INFO},
    {"RSA, SHA-256", "RSA", 2048, 65537, GDOI_SHA256, GDOI_SIG_DIGEST_INFO},
    {"RSA, SHA-384", "RSA", 2048, 65537, GDOI_SHA384, GDOI_SIG_DIGEST_INFO},
    {"RSA, SHA-512", "RSA", 1024, 65537, GDOI_SHA512, GDOI_SIG_DIGEST_INFO},
    {"RSA, the bare SHA-1", "RSA", 1024, 65537, GDOI_SHA1, GDOI_SIG_BARE},
    {"RSA, the bare SHA-512", "RSA", 2048, 65537, GDOI_SHA512, GDOI_SIG_BARE},
    {"ECDSA-256", "P-256", 0, 0, GDOI_SHA256, GDOI_SIG_DIGEST_INFO},
    {"ECDSA-384", "P-384", 0, 0, GDOI_SHA384, GDOI_SIG_DIGEST_INFO},
    {"ECDSA-521", "P-521", 0, 0, GDOI_SHA512, GDOI_SIG_DIGEST_INFO},
    {"ECDSA-256 with SHA-512", "P-256", 0, 0, GDOI_SHA512, GDOI_SIG_DIGEST_INFO},
    {"ECDSA-256 in DER", "P-256", 0, 0, GDOI_SHA256, GDOI_SIG_DER},
    {"ECDSA-521 in DER", "P-521", 0, 0, GDOI_SHA512, GDOI_SIG_DER},
};

static struct gdoi_verifier *verifier_of(const struct gdoi_signer *signer)
{
    uint8_t der[SIGNER_OCTETS_MOST];

    return gdoi_verifier_new(der, gdoi_signer_public(signer, der));
}

static void check_spoilt(const struct sig_row *row, const struct gdoi_verifier *verifier,
                         const uint8_t *value, uint8_t *sig, size_t n)
{
    uint8_t other[GDOI_HASH_MOST];

    memcpy(other, value, sizeof(other));
    other[0] ^= 1;
    CHECK(row->name, !gdoi_verify(verifier, row->hash, row->form, other, sig, n));
    CHECK(row->name, !gdoi_verify(verifier, row->hash, row->form, value, sig, n - 1));
    CHECK(row->name, !gdoi_verify(verifier, row->hash, row->form, value, sig, n + 1));
    CHECK(row->name, !gdoi_verify(verifier, row->hash, row->form, value, sig, 0));
    for (size_t i = 0; i < n; i += n / 7) {
        sig[i] ^= 0x10;
        CHECK(row->name, !gdoi_verify(verifier, row->hash, row->form, value, sig, n));
        sig[i] ^= 0x10;
    }
    memset(sig, 0, n);
    CHECK(row->name, !gdoi_verify(verifier, row->hash, row->form, value, sig, n));
    memset(sig, 0xff, n);
    CHECK(row->name, !gdoi_verify(verifier, row->hash, row->form, value, sig, n));
}

static void test_signatures(void)
{
    for (size_t i = 0; i < COUNT(sig_rows); i++) {
        const struct sig_row *row = &sig_rows[i];
        struct gdoi_signer *signer = gdoi_signer_new(row->kind, row->bits, row->exponent);
        struct gdoi_signer *another = gdoi_signer_new(row->kind, row->bits, row->exponent);
        struct gdoi_verifier *verifier = verifier_of(signer), *stranger = verifier_of(another);
        uint8_t value[GDOI_HASH_MOST] = {0}, sig[SIGNER_OCTETS_MOST] = {0};
        size_t n;

        CHECK_INT(row->name, gdoi_hash(row->hash, &text, 1, value), GV_OK);
        n = gdoi_signer_sign(signer, row->hash, row->form, value, sig);
        CHECK(row->name, gdoi_verify(verifier, row->hash, row->form, value, sig, n));
        CHECK(row->name, !gdoi_verify(stranger, row->hash, row->form, value, sig, n));
        if (gdoi_verifier_kind(verifier) == GDOI_KEY_RSA)
            CHECK(row->name, !gdoi_verify(verifier, row->hash,
                                          row->form == GDOI_SIG_BARE ? GDOI_SIG_DIGEST_INFO
                                                                     : GDOI_SIG_BARE,
                                          value, sig, n));
        else
            CHECK(row->name,
                  !gdoi_verify(verifier, row->hash,
                               row->form == GDOI_SIG_DER ? GDOI_SIG_DIGEST_INFO : GDOI_SIG_DER,
                               value, sig, n));
        check_spoilt(row, verifier, value, sig, n);
        gdoi_verifier_free(verifier);
        gdoi_verifier_free(stranger);
        gdoi_signer_free(signer);
        gdoi_signer_free(another);
    }
}

/* ---- forged RSA blocks ---- */

#define INFO_SHA256 "3031300d060960864801650304020105000420"
#define INFO_SHA1   "3021300906052b0e03021a05000414"

/* A block of 256 octets: head, `fill` octets ff (0: up to the end), 0, `before`, the hash,
 * `after`, then zeros up to the end. Signed with the true key, as a forger with e=3 would
 * manage. */
static const struct block_row {
    const char *name, *head;
    size_t fill;
    const char *before;
    size_t hash_n;
    const char *after;
    bool info, bare; /* does it hold in that form? */
} block_rows[] = {
    {"as it should be, with DigestInfo", "0001", 0, "00" INFO_SHA256, 32, "", true, false},
    {"as it should be, the bare hash", "0001", 0, "00", 32, "", false, true},
    {"garbage behind the hash", "0001", 8, "00" INFO_SHA256, 32, "a5a5a5a5", false, false},
    {"zeros behind the hash", "0001", 8, "00" INFO_SHA256, 32, "", false, false},
    {"garbage behind the bare hash", "0001", 8, "00", 32, "a5a5a5a5", false, false},
    {"one octet behind the hash", "0001", 201, "00" INFO_SHA256, 32, "a5", false, false},
    {"block type 2", "0002", 0, "00" INFO_SHA256, 32, "", false, false},
    {"block type 0", "0000", 0, "00" INFO_SHA256, 32, "", false, false},
    {"a first octet that is not 0", "0101", 0, "00" INFO_SHA256, 32, "", false, false},
    {"padding that is not all ones", "0001fffffffffffffffffe", 0, "00" INFO_SHA256, 32, "",
     false, false},
    {"no padding", "0001", 0, "00" INFO_SHA256, 32, NULL, false, false},
    {"no 0 behind the padding", "0001", 0, "ff" INFO_SHA256, 32, "", false, false},
    {"DigestInfo of SHA-1", "0001", 0, "00" INFO_SHA1, 32, "", false, false},
    {"DigestInfo without parameters", "0001", 0,
     "00302f300b0609608648016503040201"
     "0420",
     32, "", false, false},
    {"garbage in DigestInfo's parameters", "0001", 0,
     "003035301106096086480165030402010404a5a5a5a5"
     "0420",
     32, "", false, false},
    {"half of the hash", "0001", 0, "00" INFO_SHA256, 16, "", false, false},
    {"half of the bare hash", "0001", 0, "00", 16, "", false, false},
};

static void block_of(const struct block_row *row, const uint8_t *value, uint8_t block[256])
{
    size_t before, rest;

    w.n = 0;
    wire_hex(&w, row->head);
    rest = w.n;
    wire_hex(&w, row->before);
    before = w.n - rest;
    w.n = rest;
    if (row->after != NULL)
        wire_fill(&w, 0xff, row->fill > 0 ? row->fill : 256 - w.n - before - row->hash_n);
    wire_hex(&w, row->before);
    wire_octets(&w, value, row->hash_n);
    wire_hex(&w, row->after != NULL ? row->after : "");
    wire_fill(&w, 0, 256 - w.n);
    memcpy(block, w.at, 256);
}

static void test_blocks(void)
{
    static const unsigned exponents[] = {3, 65537};

    for (size_t e = 0; e < COUNT(exponents); e++) {
        struct gdoi_signer *signer = gdoi_signer_new("RSA", 2048, exponents[e]);
        struct gdoi_verifier *verifier = verifier_of(signer);
        uint8_t value[GDOI_HASH_MOST], block[256], sig[SIGNER_OCTETS_MOST];

        CHECK_INT("hash", gdoi_hash(GDOI_SHA256, &text, 1, value), GV_OK);
        value[0] &= 0x7f;
        for (size_t i = 0; i < COUNT(block_rows); i++) {
            const struct block_row *row = &block_rows[i];
            size_t n;

            block_of(row, value, block);
            if (block[0] != 0) /* over the modulus, perhaps: as it is, it is no signature */
                memcpy(sig, block, n = sizeof(block));
            else
                n = gdoi_signer_raw(signer, block, sizeof(block), sig);
            CHECK_INT(row->name,
                      gdoi_verify(verifier, GDOI_SHA256, GDOI_SIG_DIGEST_INFO, value, sig, n),
                      row->info);
            CHECK_INT(row->name,
                      gdoi_verify(verifier, GDOI_SHA256, GDOI_SIG_BARE, value, sig, n),
                      row->bare);
        }
        gdoi_verifier_free(verifier);
        gdoi_signer_free(signer);
    }
}

int main(void)
{
    test_keys();
    test_odd_keys();
    test_octets();
    test_forms();
    test_encodings();
    test_share();
    test_signatures();
    test_blocks();
    wire_clear(&w);
    return check_end();
}
