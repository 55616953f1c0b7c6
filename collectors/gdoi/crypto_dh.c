/* SPDX-License-Identifier: Apache-2.0 */
/* Diffie-Hellman in the groups of RFC 2409, 6; RFC 3526; RFC 5903. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/dh.h>
#include <openssl/param_build.h>
#include <string.h>

#include "gdoi/crypto_part.h"

enum { GENERATOR = 2, UNCOMPRESSED = 4 /* ahead of a point: not sent */ };

struct group {
    uint32_t number;
    const char *name;           /* as the library calls it; NULL: given by its prime */
    BIGNUM *(*prime)(BIGNUM *); /* modp */
    size_t octets;              /* of the prime, or of a coordinate */
    bool curve;
    EVP_PKEY *params; /* a key object without a key, made once in a program's life */
};

static struct group groups[] = {
    {GDOI_MODP768, NULL, BN_get_rfc2409_prime_768, 96, false, NULL},
    {GDOI_MODP1024, NULL, BN_get_rfc2409_prime_1024, 128, false, NULL},
    {GDOI_MODP1536, "modp_1536", NULL, 192, false, NULL},
    {GDOI_MODP2048, "modp_2048", NULL, 256, false, NULL},
    {GDOI_MODP3072, "modp_3072", NULL, 384, false, NULL},
    {GDOI_MODP4096, "modp_4096", NULL, 512, false, NULL},
    {GDOI_ECP256, "P-256", NULL, 32, true, NULL},
    {GDOI_ECP384, "P-384", NULL, 48, true, NULL},
    {GDOI_ECP521, "P-521", NULL, 66, true, NULL},
};

enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

struct gdoi_dh {
    const struct group *group;
    EVP_PKEY *key;
    unsigned holders;
};

/* ---- groups ---- */

/* The group as the library's list of parameters; NULL on failure. */
static OSSL_PARAM *group_list(const struct group *group)
{
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    BIGNUM *p = group->name == NULL ? group->prime(NULL) : NULL, *g = BN_new();
    OSSL_PARAM *list = NULL;
    bool ok = bld != NULL && g != NULL && BN_set_word(g, GENERATOR) == 1;

    if (ok && group->name != NULL)
        ok = OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group->name, 0) ==
             1;
    else if (ok)
        ok = p != NULL && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
             OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g) == 1;
    if (ok)
        list = OSSL_PARAM_BLD_to_param(bld);
    OSSL_PARAM_BLD_free(bld);
    BN_free(p);
    BN_free(g);
    return list;
}

static void make_groups(void)
{
    for (size_t i = 0; i < GROUPS; i++) {
        struct group *group = &groups[i];
        OSSL_PARAM *list = group_list(group);
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, group->curve ? "EC" : "DH", NULL);

        if (list == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
            EVP_PKEY_fromdata(ctx, &group->params, EVP_PKEY_KEY_PARAMETERS, list) != 1)
            group->params = NULL;
        EVP_PKEY_CTX_free(ctx);
        OSSL_PARAM_free(list);
    }
}

static const struct group *group_find(uint32_t number)
{
    for (size_t i = 0; i < GROUPS; i++)
        if (groups[i].number == number)
            return &groups[i];
    return NULL;
}

/* NULL where the library has no such group. Threads may come first at the same time. */
static EVP_PKEY *params_of(const struct group *group)
{
    static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

    return CRYPTO_THREAD_run_once(&once, make_groups) == 1 ? group->params : NULL;
}

EVP_PKEY *gdoi_group_key(enum gdoi_group number, const uint8_t *octets, size_t n)
{
    const struct group *group = group_find(number);
    EVP_PKEY *params = group != NULL ? params_of(group) : NULL;
    EVP_PKEY *key = params != NULL ? EVP_PKEY_new() : NULL;

    if (key != NULL && EVP_PKEY_copy_parameters(key, params) == 1 &&
        EVP_PKEY_set1_encoded_public_key(key, octets, n) == 1)
        return key;
    EVP_PKEY_free(key);
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

/* ---- key pairs ---- */

struct gdoi_dh *gdoi_dh_new(enum gdoi_group number)
{
    const struct group *group = group_find(number);
    struct gdoi_dh *dh = group != NULL ? OPENSSL_zalloc(sizeof(*dh)) : NULL;
    EVP_PKEY *params = dh != NULL ? params_of(group) : NULL;
    EVP_PKEY_CTX *ctx = params != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL) : NULL;

    if (dh != NULL)
        *dh = (struct gdoi_dh){.group = group, .holders = 1};
    if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_keygen(ctx, &dh->key) != 1)
        dh->key = NULL;
    EVP_PKEY_CTX_free(ctx);
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
    uint8_t octets[1 + GDOI_GROUP_OCTETS_MOST];
    size_t ahead = dh->group->curve ? 1 : 0, n = gdoi_dh_public_size(dh->group->number), got;

    if (EVP_PKEY_get_octet_string_param(dh->key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, octets,
                                        sizeof(octets), &got) != 1 ||
        got != ahead + n)
        return GV_ERR_SYSTEM;
    memcpy(out, octets + ahead, n);
    return GV_OK;
}

static EVP_PKEY *peer_key(const struct group *group, const uint8_t *peer, size_t n)
{
    uint8_t octets[1 + GDOI_GROUP_OCTETS_MOST] = {UNCOMPRESSED};
    size_t ahead = group->curve ? 1 : 0;

    memcpy(octets + ahead, peer, n);
    return gdoi_group_key(group->number, octets, ahead + n);
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
