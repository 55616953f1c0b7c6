/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_floor.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>

struct gdoi_floor {
    bool curve;
    EVP_PKEY *params, *peer;
    EVP_PKEY *signer; /* NULL: no certificates */
    uint8_t value[32], sig[256];
    size_t sig_n;
};

static void need(bool ok)
{
    if (!ok)
        abort();
}

static EVP_PKEY *group_params(enum gdoi_group group)
{
    EVP_PKEY_CTX *ctx =
        EVP_PKEY_CTX_new_from_name(NULL, group == GDOI_ECP256 ? "EC" : "DH", NULL);
    BIGNUM *p = BN_get_rfc2409_prime_1024(NULL), *g = BN_new();
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    EVP_PKEY *made = NULL;
    OSSL_PARAM *list;

    need(ctx != NULL && bld != NULL && p != NULL && BN_set_word(g, 2) == 1);
    if (group == GDOI_MODP1024)
        need(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
             OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g) == 1);
    else
        need(OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME,
                                             group == GDOI_ECP256 ? "P-256" : "modp_2048",
                                             0) == 1);
    list = OSSL_PARAM_BLD_to_param(bld);
    need(EVP_PKEY_fromdata_init(ctx) == 1 &&
         EVP_PKEY_fromdata(ctx, &made, EVP_PKEY_KEY_PARAMETERS, list) == 1);
    OSSL_PARAM_free(list);
    OSSL_PARAM_BLD_free(bld);
    BN_free(p);
    BN_free(g);
    EVP_PKEY_CTX_free(ctx);
    return made;
}

static EVP_PKEY *key_pair(EVP_PKEY *params)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
    EVP_PKEY *key = NULL;

    need(ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_keygen(ctx, &key) == 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static void agree(const struct gdoi_floor *f, EVP_PKEY *own)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    uint8_t shared[GDOI_GROUP_OCTETS_MOST];
    size_t n = sizeof(shared);

    need(ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
         (f->curve || EVP_PKEY_CTX_set_dh_pad(ctx, 1) == 1) &&
         EVP_PKEY_derive_set_peer(ctx, f->peer) == 1 && EVP_PKEY_derive(ctx, shared, &n) == 1);
    EVP_PKEY_CTX_free(ctx);
}

static void sign(struct gdoi_floor *f)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, f->signer, NULL);

    f->sig_n = sizeof(f->sig);
    need(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_sign(ctx, f->sig, &f->sig_n, f->value, sizeof(f->value)) == 1);
    EVP_PKEY_CTX_free(ctx);
}

static void verify(const struct gdoi_floor *f)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, f->signer, NULL);

    need(ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_verify(ctx, f->sig, f->sig_n, f->value, sizeof(f->value)) == 1);
    EVP_PKEY_CTX_free(ctx);
}

struct gdoi_floor *gdoi_floor_new(enum gdoi_group group, bool certificates)
{
    struct gdoi_floor *f = calloc(1, sizeof(*f));

    need(f != NULL);
    f->curve = group == GDOI_ECP256;
    f->params = group_params(group);
    f->peer = key_pair(f->params);
    if (certificates)
        need((f->signer = EVP_RSA_gen(2048)) != NULL);
    return f;
}

void gdoi_floor_free(struct gdoi_floor *floor)
{
    EVP_PKEY_free(floor->params);
    EVP_PKEY_free(floor->peer);
    EVP_PKEY_free(floor->signer);
    free(floor);
}

void gdoi_floor_run(struct gdoi_floor *floor)
{
    EVP_PKEY *own = key_pair(floor->params);

    agree(floor, own);
    EVP_PKEY_free(own);
    if (floor->signer == NULL)
        return;
    sign(floor);
    verify(floor);
    verify(floor);
}
