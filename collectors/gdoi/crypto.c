/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/crypto_part.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <string.h>

static const struct {
    const EVP_MD *(*md)(void);
    size_t size;
} hashes[GDOI_HASH_COUNT] = {
    [GDOI_MD5] = {EVP_md5, 16},       [GDOI_SHA1] = {EVP_sha1, 20},
    [GDOI_SHA256] = {EVP_sha256, 32}, [GDOI_SHA384] = {EVP_sha384, 48},
    [GDOI_SHA512] = {EVP_sha512, 64},
};

const EVP_MD *gdoi_md(enum gdoi_hash hash)
{
    return hashes[hash].md();
}

size_t gdoi_hash_size(enum gdoi_hash hash)
{
    return hashes[hash].size;
}

size_t gdoi_block_size(enum gdoi_cipher cipher)
{
    return cipher == GDOI_3DES ? 8 : 16;
}

enum gv_err gdoi_hash(enum gdoi_hash hash, const struct gdoi_chunk *chunks, size_t count,
                      uint8_t out[GDOI_HASH_MOST])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, gdoi_md(hash), NULL) == 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = EVP_DigestUpdate(ctx, chunks[i].at, chunks[i].n) == 1;
    ok = ok && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return ok ? GV_OK : GV_ERR_SYSTEM;
}

enum gv_err gdoi_prf(enum gdoi_hash hash, const void *key, size_t key_n,
                     const struct gdoi_chunk *chunks, size_t count, uint8_t out[GDOI_HASH_MOST])
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, key, key_n);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = GDOI_HASH_MOST;
    bool ok = pkey != NULL && ctx != NULL &&
              EVP_DigestSignInit(ctx, NULL, gdoi_md(hash), NULL, pkey) == 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = EVP_DigestSignUpdate(ctx, chunks[i].at, chunks[i].n) == 1;
    ok = ok && EVP_DigestSignFinal(ctx, out, &n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return ok ? GV_OK : GV_ERR_SYSTEM;
}

bool gdoi_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

static const EVP_CIPHER *cbc_of(enum gdoi_cipher cipher, size_t key_n)
{
    if (cipher == GDOI_3DES)
        return key_n == 24 ? EVP_des_ede3_cbc() : NULL;
    return key_n == 16   ? EVP_aes_128_cbc()
           : key_n == 24 ? EVP_aes_192_cbc()
           : key_n == 32 ? EVP_aes_256_cbc()
                         : NULL;
}

enum gv_err gdoi_cbc(enum gdoi_cipher cipher, bool encrypt, const uint8_t *key, size_t key_n,
                     uint8_t iv[GDOI_BLOCK_MOST], uint8_t *octets, size_t n)
{
    const EVP_CIPHER *kind = cbc_of(cipher, key_n);
    size_t block = gdoi_block_size(cipher);
    uint8_t next_iv[GDOI_BLOCK_MOST];
    EVP_CIPHER_CTX *ctx;
    int done = 0;
    bool ok;

    if (kind == NULL || n == 0 || n % block != 0 || n > INT32_MAX)
        return GV_ERR_RANGE;
    memcpy(next_iv, octets + n - block, block);
    ctx = EVP_CIPHER_CTX_new();
    ok = ctx != NULL && EVP_CipherInit_ex(ctx, kind, NULL, key, iv, encrypt) == 1 &&
         EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
         EVP_CipherUpdate(ctx, octets, &done, octets, (int)n) == 1 && (size_t)done == n;
    EVP_CIPHER_CTX_free(ctx);
    if (!ok)
        return GV_ERR_SYSTEM;
    memcpy(iv, encrypt ? octets + n - block : next_iv, block);
    return GV_OK;
}

enum gv_err gdoi_random(void *octets, size_t n)
{
    return n <= INT32_MAX && RAND_bytes(octets, (int)n) == 1 ? GV_OK : GV_ERR_SYSTEM;
}

/* ---- Diffie-Hellman ---- */

struct group {
    uint32_t number;
    const char *name;           /* as the library calls it; NULL: given by its prime */
    BIGNUM *(*prime)(BIGNUM *); /* modp */
    size_t octets;              /* of the prime, or of a coordinate */
    bool curve;
};

/* RFC 2409, 6; RFC 3526; RFC 5903. Generator 2 throughout. */
static const struct group groups[] = {
    {GDOI_MODP768, NULL, BN_get_rfc2409_prime_768, 96, false},
    {GDOI_MODP1024, NULL, BN_get_rfc2409_prime_1024, 128, false},
    {GDOI_MODP1536, "modp_1536", BN_get_rfc3526_prime_1536, 192, false},
    {GDOI_MODP2048, "modp_2048", BN_get_rfc3526_prime_2048, 256, false},
    {GDOI_MODP3072, "modp_3072", BN_get_rfc3526_prime_3072, 384, false},
    {GDOI_MODP4096, "modp_4096", BN_get_rfc3526_prime_4096, 512, false},
    {GDOI_ECP256, "P-256", NULL, 32, true},
    {GDOI_ECP384, "P-384", NULL, 48, true},
    {GDOI_ECP521, "P-521", NULL, 66, true},
};

struct gdoi_dh {
    const struct group *group;
    EVP_PKEY *key;
    unsigned holders;
};

static const struct group *group_find(uint32_t number)
{
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        if (groups[i].number == number)
            return &groups[i];
    return NULL;
}

bool gdoi_dh_known(uint32_t group)
{
    return group_find(group) != NULL;
}

size_t gdoi_dh_public_size(enum gdoi_group group)
{
    const struct group *g = group_find(group);

    return g == NULL ? 0 : g->curve ? 2 * g->octets : g->octets;
}

/* The group's parameters, and a public value where `pub` is not NULL, as the library's own
 * list; NULL on failure. */
static OSSL_PARAM *group_params(const struct group *group, const uint8_t *pub, size_t pub_n)
{
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    BIGNUM *p = group->name == NULL ? group->prime(NULL) : NULL;
    BIGNUM *g = BN_new(), *y = pub != NULL ? BN_bin2bn(pub, (int)pub_n, NULL) : NULL;
    OSSL_PARAM *params = NULL;
    bool ok = bld != NULL && g != NULL && BN_set_word(g, 2) == 1;

    if (ok && group->name != NULL)
        ok = OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group->name, 0) ==
             1;
    else if (ok)
        ok = p != NULL && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
             OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g) == 1;
    if (ok && pub != NULL)
        ok = group->curve
                 ? OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, pub, pub_n) ==
                       1
                 : y != NULL && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PUB_KEY, y) == 1;
    if (ok)
        params = OSSL_PARAM_BLD_to_param(bld);
    OSSL_PARAM_BLD_free(bld);
    BN_free(p);
    BN_free(g);
    BN_free(y);
    return params;
}

/* A key object of the group: its parameters only, or with a public value. */
static EVP_PKEY *group_key(const struct group *group, const uint8_t *pub, size_t pub_n)
{
    OSSL_PARAM *params = group_params(group, pub, pub_n);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, group->curve ? "EC" : "DH", NULL);
    EVP_PKEY *key = NULL;
    int selection = pub != NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEY_PARAMETERS;

    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, selection, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return key;
}

struct gdoi_dh *gdoi_dh_new(enum gdoi_group number)
{
    const struct group *group = group_find(number);
    struct gdoi_dh *dh = group != NULL ? OPENSSL_zalloc(sizeof(*dh)) : NULL;
    EVP_PKEY *params = dh != NULL ? group_key(group, NULL, 0) : NULL;
    EVP_PKEY_CTX *ctx = params != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL) : NULL;

    if (dh != NULL)
        *dh = (struct gdoi_dh){.group = group, .holders = 1};
    if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_keygen(ctx, &dh->key) != 1)
        dh->key = NULL;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(params);
    if (dh != NULL && dh->key != NULL)
        return dh;
    gdoi_dh_free(dh);
    return NULL;
}

struct gdoi_dh *gdoi_dh_share(struct gdoi_dh *dh)
{
    if (dh != NULL)
        dh->holders++;
    return dh;
}

void gdoi_dh_free(struct gdoi_dh *dh)
{
    if (dh == NULL || --dh->holders > 0)
        return;
    EVP_PKEY_free(dh->key);
    OPENSSL_free(dh);
}

enum gv_err gdoi_dh_public(const struct gdoi_dh *dh, uint8_t out[GDOI_GROUP_OCTETS_MOST])
{
    const struct group *group = dh->group;
    uint8_t point[1 + 2 * 66];
    BIGNUM *y = NULL;
    size_t n = 0;
    bool ok;

    if (group->curve) { /* 4, x, y: the leading octet is not sent */
        ok = EVP_PKEY_get_octet_string_param(dh->key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                             sizeof(point), &n) == 1 &&
             n == 1 + 2 * group->octets;
        if (ok)
            memcpy(out, point + 1, n - 1);
        return ok ? GV_OK : GV_ERR_SYSTEM;
    }
    ok = EVP_PKEY_get_bn_param(dh->key, OSSL_PKEY_PARAM_PUB_KEY, &y) == 1 &&
         BN_bn2binpad(y, out, (int)group->octets) == (int)group->octets;
    BN_free(y);
    return ok ? GV_OK : GV_ERR_SYSTEM;
}

static EVP_PKEY *peer_key(const struct group *group, const uint8_t *peer, size_t n)
{
    uint8_t point[1 + 2 * 66] = {4};

    if (!group->curve)
        return group_key(group, peer, n);
    memcpy(point + 1, peer, n);
    return group_key(group, point, n + 1);
}

enum gv_err gdoi_dh_derive(const struct gdoi_dh *dh, const uint8_t *peer, size_t n,
                           struct gv_secret **out)
{
    uint8_t shared[GDOI_GROUP_OCTETS_MOST];
    size_t shared_n = sizeof(shared);
    EVP_PKEY *other;
    EVP_PKEY_CTX *ctx;
    struct gv_secret *secret = NULL;
    bool ok;

    if (n != gdoi_dh_public_size(dh->group->number))
        return GV_ERR_MALFORMED;
    other = peer_key(dh->group, peer, n);
    ctx = other != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, dh->key, NULL) : NULL;
    ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
         (dh->group->curve || EVP_PKEY_CTX_set_dh_pad(ctx, 1) == 1) &&
         EVP_PKEY_derive_set_peer(ctx, other) == 1 && /* checks the peer's value */
         EVP_PKEY_derive(ctx, shared, &shared_n) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(other);
    if (ok)
        secret = gv_secret_new(shared, shared_n);
    gv_wipe(shared, sizeof(shared));
    if (!ok)
        return GV_ERR_MALFORMED;
    if (secret == NULL)
        return GV_ERR_NO_MEMORY;
    *out = secret;
    return GV_OK;
}
