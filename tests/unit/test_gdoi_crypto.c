/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, HMAC and CBC against published vectors; Diffie-Hellman in every group. */
#include <openssl/bn.h>

#include "check.h"
#include "gdoi/crypto.h"
#include "gdoi_wire.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct wire w, want;

static bool is_hex(const void *octets, size_t n, const char *hex)
{
    want.n = 0;
    wire_hex(&want, hex);
    return n == want.n && memcmp(octets, want.at, n) == 0;
}

/* ---- hashes ---- */

/* FIPS 180-4's "abc" (RFC 1321 for MD5), and "Jefe" of RFC 2202 and RFC 4231. */
static const struct hash_row {
    const char *name;
    enum gdoi_hash hash;
    size_t size;
    const char *abc, *jefe;
} hash_rows[] = {
    {"md5", GDOI_MD5, 16, "900150983cd24fb0d6963f7d28e17f72",
     "750c783e6ab0b503eaa86e310a5db738"},
    {"sha1", GDOI_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d",
     "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {"sha256", GDOI_SHA256, 32,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"sha384", GDOI_SHA384, 48,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
     "8e2240ca5e69e2c78b3239ecfab21649"},
    {"sha512", GDOI_SHA512, 64,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
};

static void test_hashes(void)
{
    static const struct gdoi_chunk abc[] = {{"a", 1}, {"", 0}, {"bc", 2}};
    static const struct gdoi_chunk jefe[] = {{"what do ya ", 11}, {"want for nothing?", 17}};
    uint8_t out[GDOI_HASH_MOST];

    for (size_t i = 0; i < COUNT(hash_rows); i++) {
        const struct hash_row *row = &hash_rows[i];

        CHECK_INT(row->name, gdoi_hash_size(row->hash), row->size);
        CHECK_INT(row->name, gdoi_hash(row->hash, abc, 3, out), GV_OK);
        CHECK(row->name, is_hex(out, row->size, row->abc));
        CHECK_INT(row->name, gdoi_prf(row->hash, "Jefe", 4, jefe, 2, out), GV_OK);
        CHECK(row->name, is_hex(out, row->size, row->jefe));
    }
}

/* Keys longer than the hash's block, and of no octet. */
static void test_prf_keys(void)
{
    static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    static const struct gdoi_chunk chunk = {text, sizeof(text) - 1};
    uint8_t out[GDOI_HASH_MOST], key[131];

    memset(key, 0xaa, sizeof(key));
    CHECK_INT("131 octets", gdoi_prf(GDOI_SHA256, key, sizeof(key), &chunk, 1, out), GV_OK);
    CHECK("RFC 4231, test case 6",
          is_hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
    CHECK_INT("no octet", gdoi_prf(GDOI_SHA256, "", 0, NULL, 0, out), GV_OK);
    CHECK("no octet",
          is_hex(out, 32, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

static void test_equal(void)
{
    CHECK("the same", gdoi_equal("abc", "abc", 3));
    CHECK("the last octet", !gdoi_equal("abc", "abd", 3));
    CHECK("no octet", gdoi_equal("a", "b", 0));
}

/* ---- CBC ---- */

/* RFC 3602, 4; NIST SP 800-38A, F.2; 3DES by the openssl program. */
static const struct cbc_row {
    const char *name;
    enum gdoi_cipher cipher;
    const char *key, *iv, *clear, *sealed;
} cbc_rows[] = {
    {"aes128, one block", GDOI_AES, "06a9214036b8a15b512e03d534120006",
     "3dafba429d9eb430b422da802c9fac41", "53696e676c6520626c6f636b206d7367",
     "e353779c1079aeb82708942dbe77181a"},
    {"aes128, two blocks", GDOI_AES, "c286696d887c9aa0611bbb3e2025a45a",
     "562e17996d093d28ddb3ba695a2e6f58",
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1"},
    {"aes192", GDOI_AES, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
     "000102030405060708090a0b0c0d0e0f", "6bc1bee22e409f96e93d7e117393172a",
     "4f021db243bc633d7178183a9fa071e8"},
    {"aes256", GDOI_AES, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "000102030405060708090a0b0c0d0e0f", "6bc1bee22e409f96e93d7e117393172a",
     "f58c4c04d6e5f1ba779eabfb5f7bfbd6"},
    {"3des", GDOI_3DES, "0123456789abcdef23456789abcdef01456789abcdef0123", "f69f2445df4f9b17",
     "6bc1bee22e409f96e93d7e117393172a", "2079c3d53aa763e193b79e2569ab5262"},
};

/* The row's text in pieces of `piece` octets, each with the IV that the one before left. */
static void check_cbc(const struct cbc_row *row, bool encrypt, size_t piece)
{
    static struct wire key, iv;
    size_t block = gdoi_block_size(row->cipher);
    const char *from = encrypt ? row->clear : row->sealed;
    const char *to = encrypt ? row->sealed : row->clear;

    key.n = iv.n = w.n = 0;
    wire_hex(&key, row->key);
    wire_hex(&iv, row->iv);
    wire_hex(&w, from);
    for (size_t at = 0; at < w.n; at += piece)
        CHECK_INT(row->name,
                  gdoi_cbc(row->cipher, encrypt, key.at, key.n, iv.at, w.at + at, piece),
                  GV_OK);
    CHECK(row->name, is_hex(w.at, w.n, to));
    want.n = 0;
    wire_hex(&want, row->sealed);
    CHECK(row->name, memcmp(iv.at, want.at + want.n - block, block) == 0);
}

static void test_cbc(void)
{
    for (size_t i = 0; i < COUNT(cbc_rows); i++) {
        const struct cbc_row *row = &cbc_rows[i];

        check_cbc(row, true, strlen(row->clear) / 2);
        check_cbc(row, false, strlen(row->clear) / 2);
        check_cbc(row, true, gdoi_block_size(row->cipher));
        check_cbc(row, false, gdoi_block_size(row->cipher));
    }
}

static void test_cbc_sizes(void)
{
    static const struct {
        const char *name;
        enum gdoi_cipher cipher;
        size_t key_n, n;
        enum gv_err err;
    } rows[] = {
        {"nothing", GDOI_AES, 16, 0, GV_ERR_RANGE},
        {"15 octets", GDOI_AES, 16, 15, GV_ERR_RANGE},
        {"8 octets of AES", GDOI_AES, 16, 8, GV_ERR_RANGE},
        {"17 octets", GDOI_AES, 16, 17, GV_ERR_RANGE},
        {"8 octets of 3DES", GDOI_3DES, 24, 8, GV_OK},
        {"7 octets of 3DES", GDOI_3DES, 24, 7, GV_ERR_RANGE},
        {"no key", GDOI_AES, 0, 16, GV_ERR_RANGE},
        {"a key of 17 octets", GDOI_AES, 17, 16, GV_ERR_RANGE},
        {"a key of 33 octets", GDOI_AES, 33, 16, GV_ERR_RANGE},
        {"3DES with 16 octets", GDOI_3DES, 16, 16, GV_ERR_RANGE},
    };
    uint8_t key[40] = {0}, iv[GDOI_BLOCK_MOST], octets[32];

    for (size_t i = 0; i < COUNT(rows); i++) {
        memset(iv, 5, sizeof(iv));
        memset(octets, 6, sizeof(octets));
        CHECK_INT(rows[i].name,
                  gdoi_cbc(rows[i].cipher, true, key, rows[i].key_n, iv, octets, rows[i].n),
                  rows[i].err);
        CHECK_INT(rows[i].name, iv[0] == 5 && octets[0] == 6, rows[i].err != GV_OK);
    }
}

static void test_random(void)
{
    uint8_t a[32] = {0}, b[32] = {0};

    CHECK_INT("random", gdoi_random(a, sizeof(a)), GV_OK);
    CHECK_INT("random", gdoi_random(b, sizeof(b)), GV_OK);
    CHECK("twice the same", memcmp(a, b, sizeof(a)) != 0);
}

/* ---- Diffie-Hellman ---- */

/* The generator of each group as a public value: 2, or the base point (RFC 5903, 3). */
static const struct group_row {
    const char *name;
    enum gdoi_group group;
    size_t size;                 /* of a public value */
    BIGNUM *(*prime)(BIGNUM *p); /* NULL: a curve */
    const char *base;
} group_rows[] = {
    {"modp768", GDOI_MODP768, 96, BN_get_rfc2409_prime_768, NULL},
    {"modp1024", GDOI_MODP1024, 128, BN_get_rfc2409_prime_1024, NULL},
    {"modp1536", GDOI_MODP1536, 192, BN_get_rfc3526_prime_1536, NULL},
    {"modp2048", GDOI_MODP2048, 256, BN_get_rfc3526_prime_2048, NULL},
    {"modp3072", GDOI_MODP3072, 384, BN_get_rfc3526_prime_3072, NULL},
    {"modp4096", GDOI_MODP4096, 512, BN_get_rfc3526_prime_4096, NULL},
    {"ecp256", GDOI_ECP256, 64, NULL,
     "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"},
    {"ecp384", GDOI_ECP384, 96, NULL,
     "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c"
     "3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0"
     "0a60b1ce1d7e819d7a431d7c90ea0e5f"},
    {"ecp521", GDOI_ECP521, 132, NULL,
     "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe7"
     "5928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66011839296a789a3bc0045c8a5fb4"
     "2c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086"
     "a272c24088be94769fd16650"},
};

static void base_of(const struct group_row *row, struct wire *out)
{
    out->n = 0;
    if (row->base != NULL) {
        wire_hex(out, row->base);
        return;
    }
    wire_fill(out, 0, row->size - 1);
    wire_uint(out, 2, 1);
}

/* What a peer that said n octets would share with us; -1 where it is refused. */
static int derive(const struct gdoi_dh *dh, const void *peer, size_t n, uint8_t *out)
{
    struct gv_secret *shared = NULL;
    enum gv_err err = gdoi_dh_derive(dh, peer, n, &shared);
    int size;

    if (err != GV_OK) {
        CHECK_INT("why a public value is refused", err, GV_ERR_MALFORMED);
        CHECK("nothing is given out", shared == NULL);
        return -1;
    }
    size = (int)gv_secret_size(shared);
    memcpy(out, gv_secret_reveal(shared), (size_t)size);
    gv_secret_free(shared);
    return size;
}

/* g^x of the group's own generator is our public value: an independent check of both. */
static void check_agreement(const struct group_row *row, const struct gdoi_dh *a,
                            const struct gdoi_dh *b)
{
    uint8_t pub_a[GDOI_GROUP_OCTETS_MOST], pub_b[GDOI_GROUP_OCTETS_MOST];
    uint8_t ab[GDOI_GROUP_OCTETS_MOST], ba[GDOI_GROUP_OCTETS_MOST];
    int n = (int)(row->base != NULL ? row->size / 2 : row->size);

    CHECK_INT(row->name, gdoi_dh_public_size(row->group), row->size);
    CHECK_INT(row->name, gdoi_dh_public(a, pub_a), GV_OK);
    CHECK_INT(row->name, gdoi_dh_public(b, pub_b), GV_OK);
    CHECK(row->name, memcmp(pub_a, pub_b, row->size) != 0);
    CHECK_INT(row->name, derive(a, pub_b, row->size, ab), n);
    CHECK_INT(row->name, derive(b, pub_a, row->size, ba), n);
    CHECK(row->name, memcmp(ab, ba, (size_t)n) == 0);
    base_of(row, &w);
    CHECK_INT(row->name, derive(a, w.at, w.n, ab), n);
    CHECK(row->name, memcmp(ab, pub_a, (size_t)n) == 0);
}

/* 0, 1, p-1, p, p+1. */
static void check_modp_refused(const struct group_row *row, const struct gdoi_dh *dh)
{
    static const struct {
        const char *name;
        bool prime;
        int offset;
    } rows[] = {
        {"0", false, 0}, {"1", false, 1}, {"p-1", true, -1}, {"p", true, 0}, {"p+1", true, 1}};
    uint8_t value[GDOI_GROUP_OCTETS_MOST], out[GDOI_GROUP_OCTETS_MOST];

    for (size_t i = 0; i < COUNT(rows); i++) {
        BIGNUM *n = BN_new();

        if (rows[i].prime)
            (void)row->prime(n);
        CHECK(rows[i].name, rows[i].offset < 0 ? BN_sub_word(n, 1)
                                               : BN_add_word(n, (BN_ULONG)rows[i].offset));
        CHECK_INT(rows[i].name, BN_bn2binpad(n, value, (int)row->size), row->size);
        CHECK_INT(rows[i].name, derive(dh, value, row->size, out), -1);
        BN_free(n);
    }
}

static void check_curve_refused(const struct group_row *row, const struct gdoi_dh *dh)
{
    uint8_t out[GDOI_GROUP_OCTETS_MOST];

    base_of(row, &w);
    w.at[w.n - 1] ^= 1;
    CHECK_INT("off the curve", derive(dh, w.at, w.n, out), -1);
    base_of(row, &w);
    memset(w.at + w.n / 2, 0, w.n / 2);
    CHECK_INT("y of 0", derive(dh, w.at, w.n, out), -1);
    memset(w.at, 0, w.n);
    CHECK_INT("0, 0", derive(dh, w.at, w.n, out), -1);
    memset(w.at, 0xff, w.n);
    CHECK_INT("coordinates over p", derive(dh, w.at, w.n, out), -1);
}

static void check_sizes(const struct group_row *row, const struct gdoi_dh *dh)
{
    uint8_t out[GDOI_GROUP_OCTETS_MOST];

    base_of(row, &w);
    CHECK_INT(row->name, derive(dh, w.at, w.n - 1, out), -1);
    CHECK_INT(row->name, derive(dh, w.at, w.n + 1, out), -1);
    CHECK_INT(row->name, derive(dh, w.at, 0, out), -1);
    CHECK_INT(row->name, derive(dh, w.at, 2 * w.n, out), -1);
}

static void test_groups(void)
{
    for (size_t i = 0; i < COUNT(group_rows); i++) {
        const struct group_row *row = &group_rows[i];
        struct gdoi_dh *a = gdoi_dh_new(row->group), *b = gdoi_dh_new(row->group);

        CHECK(row->name, a != NULL && b != NULL && gdoi_dh_known(row->group));
        check_agreement(row, a, b);
        check_sizes(row, a);
        if (row->prime != NULL)
            check_modp_refused(row, a);
        else
            check_curve_refused(row, a);
        gdoi_dh_free(a);
        gdoi_dh_free(b);
    }
}

/* A public value that begins with 0, and the secret that equals it: one key pair in 256. */
static void test_leading_zeros(void)
{
    static const enum gdoi_group groups[] = {GDOI_MODP768, GDOI_ECP256};

    for (size_t i = 0; i < COUNT(groups); i++) {
        const struct group_row *row = &group_rows[i == 0 ? 0 : 6];
        uint8_t pub[GDOI_GROUP_OCTETS_MOST], shared[GDOI_GROUP_OCTETS_MOST];
        struct gdoi_dh *dh = NULL;
        int n = row->base != NULL ? 32 : 96;

        base_of(row, &w);
        for (unsigned turns = 0; turns < 10000; turns++) {
            gdoi_dh_free(dh);
            dh = gdoi_dh_new(groups[i]);
            if (gdoi_dh_public(dh, pub) == GV_OK && pub[0] == 0)
                break;
        }
        CHECK_INT(row->name, pub[0], 0);
        CHECK_INT(row->name, derive(dh, w.at, w.n, shared), n);
        CHECK(row->name, memcmp(shared, pub, (size_t)n) == 0);
        gdoi_dh_free(dh);
    }
}

static void test_unknown_groups(void)
{
    static const uint32_t numbers[] = {0, 3, 4, 6, 13, 17, 18, 22, 31, 65535, UINT32_MAX};

    for (size_t i = 0; i < COUNT(numbers); i++) {
        CHECK("an unknown group", !gdoi_dh_known(numbers[i]));
        CHECK_INT("its size", gdoi_dh_public_size((enum gdoi_group)numbers[i]), 0);
        CHECK("its pair", gdoi_dh_new((enum gdoi_group)numbers[i]) == NULL);
    }
}

static void test_share(void)
{
    struct gdoi_dh *dh = gdoi_dh_new(GDOI_ECP256), *other = gdoi_dh_share(dh);
    uint8_t pub[GDOI_GROUP_OCTETS_MOST];

    gdoi_dh_free(dh);
    CHECK_INT("the other holder", gdoi_dh_public(other, pub), GV_OK);
    gdoi_dh_free(other);
    gdoi_dh_free(NULL);
    CHECK("nothing is shared", gdoi_dh_share(NULL) == NULL);
}

int main(void)
{
    test_hashes();
    test_prf_keys();
    test_equal();
    test_cbc();
    test_cbc_sizes();
    test_random();
    test_groups();
    test_leading_zeros();
    test_unknown_groups();
    test_share();
    return check_end();
}
