/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gdoi_signer {
    EVP_PKEY *key;
};

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "gdoi_signer: %s failed\n", what);
    exit(2);
}

static EVP_PKEY_CTX *generator(const char *kind, unsigned bits, unsigned exponent)
{
    bool rsa = strncmp(kind, "RSA", 3) == 0, edwards = strcmp(kind, "ED25519") == 0;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, rsa || edwards ? kind : "EC", NULL);
    BIGNUM *e = BN_new();

    need(ctx != NULL && e != NULL && EVP_PKEY_keygen_init(ctx) == 1, kind);
    if (rsa)
        need(BN_set_word(e, exponent) == 1 &&
                 EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) == 1 &&
                 EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) == 1,
             kind);
    else if (!edwards)
        need(EVP_PKEY_CTX_set_group_name(ctx, kind) == 1, kind);
    BN_free(e);
    return ctx;
}

struct gdoi_signer *gdoi_signer_new(const char *kind, unsigned bits, unsigned exponent)
{
    struct gdoi_signer *signer = calloc(1, sizeof(*signer));
    EVP_PKEY_CTX *ctx = generator(kind, bits, exponent);

    need(signer != NULL && EVP_PKEY_keygen(ctx, &signer->key) == 1, kind);
    EVP_PKEY_CTX_free(ctx);
    return signer;
}

struct gdoi_signer *gdoi_signer_fixed(unsigned long number)
{
    struct gdoi_signer *signer = calloc(1, sizeof(*signer));
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group != NULL ? EC_POINT_new(group) : NULL;
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    BIGNUM *secret = BN_new();
    OSSL_PARAM *params;
    uint8_t octets[65];

    need(signer != NULL && ctx != NULL && point != NULL && bld != NULL &&
             BN_set_word(secret, number) == 1 &&
             EC_POINT_mul(group, point, secret, NULL, NULL, NULL) == 1 &&
             EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, octets,
                                sizeof(octets), NULL) == sizeof(octets) &&
             OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ==
                 1 &&
             OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, octets,
                                              sizeof(octets)) == 1 &&
             OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1,
         "the fixed key");
    params = OSSL_PARAM_BLD_to_param(bld);
    need(EVP_PKEY_fromdata_init(ctx) == 1 &&
             EVP_PKEY_fromdata(ctx, &signer->key, EVP_PKEY_KEYPAIR, params) == 1,
         "the fixed key");
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    BN_free(secret);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    EVP_PKEY_CTX_free(ctx);
    return signer;
}

void gdoi_signer_free(struct gdoi_signer *signer)
{
    if (signer == NULL)
        return;
    EVP_PKEY_free(signer->key);
    free(signer);
}

enum gdoi_sig gdoi_signer_kind(const struct gdoi_signer *signer)
{
    unsigned bits = gdoi_signer_bits(signer);

    if (!EVP_PKEY_is_a(signer->key, "EC"))
        return GDOI_SIG_RSA;
    return bits == 256   ? GDOI_SIG_ECDSA_256
           : bits == 384 ? GDOI_SIG_ECDSA_384
                         : GDOI_SIG_ECDSA_521;
}

unsigned gdoi_signer_bits(const struct gdoi_signer *signer)
{
    return (unsigned)EVP_PKEY_get_bits(signer->key);
}

static size_t public_of(EVP_PKEY *key, uint8_t out[SIGNER_OCTETS_MOST])
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);

    need(n > 0 && n <= SIGNER_OCTETS_MOST, "i2d_PUBKEY");
    memcpy(out, der, (size_t)n);
    OPENSSL_free(der);
    return (size_t)n;
}

size_t gdoi_signer_public(const struct gdoi_signer *signer, uint8_t out[SIGNER_OCTETS_MOST])
{
    return public_of(signer->key, out);
}

static int certificate_of(EVP_PKEY *key, unsigned char **der)
{
    X509 *cert = X509_new();
    int n;

    need(cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
             X509_set_pubkey(cert, key) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(cert), 0) != NULL &&
             X509_gmtime_adj(X509_getm_notAfter(cert), 3600) != NULL &&
             X509_sign(cert, key, EVP_sha256()) > 0,
         "the certificate");
    n = i2d_X509(cert, der);
    X509_free(cert);
    return n;
}

size_t gdoi_signer_public_as(const struct gdoi_signer *signer, enum gdoi_signer_form form,
                             uint8_t out[SIGNER_OCTETS_MOST])
{
    unsigned char *der = NULL;
    size_t skip = form == GDOI_SIGNER_COORDINATES ? 1 : 0, n;
    int der_n = form == GDOI_SIGNER_CERTIFICATE ? certificate_of(signer->key, &der)
                                                : i2d_PublicKey(signer->key, &der);

    need(der_n > 1 && der_n <= SIGNER_OCTETS_MOST, "the public key");
    n = (size_t)der_n - skip;
    memcpy(out, der + skip, n);
    OPENSSL_free(der);
    return n;
}

size_t gdoi_signer_odd_public(unsigned bits, const uint8_t *exponent, size_t n,
                              uint8_t out[SIGNER_OCTETS_MOST])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_new(), *e = BN_bin2bn(exponent, (int)n, NULL);
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;
    size_t der_n;

    need(ctx != NULL && bld != NULL && BN_set_bit(modulus, (int)bits - 1) == 1 &&
             BN_set_bit(modulus, 0) == 1 &&
             OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
             OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1,
         "the odd key");
    params = OSSL_PARAM_BLD_to_param(bld);
    need(EVP_PKEY_fromdata_init(ctx) == 1 &&
             EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1,
         "the odd key");
    der_n = public_of(key, out);
    EVP_PKEY_free(key);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    BN_free(modulus);
    BN_free(e);
    EVP_PKEY_CTX_free(ctx);
    return der_n;
}

static const EVP_MD *md_of(enum gdoi_hash hash)
{
    return hash == GDOI_MD5      ? EVP_md5()
           : hash == GDOI_SHA1   ? EVP_sha1()
           : hash == GDOI_SHA256 ? EVP_sha256()
           : hash == GDOI_SHA384 ? EVP_sha384()
                                 : EVP_sha512();
}

/* DER to r and s side by side (RFC 4754, 7). */
static size_t side_by_side(const EVP_PKEY *key, uint8_t *sig, size_t n)
{
    int coordinate = (EVP_PKEY_get_bits(key) + 7) / 8;
    const unsigned char *at = sig;
    ECDSA_SIG *rs = d2i_ECDSA_SIG(NULL, &at, (long)n);

    need(rs != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(rs), sig, coordinate) == coordinate &&
             BN_bn2binpad(ECDSA_SIG_get0_s(rs), sig + coordinate, coordinate) == coordinate,
         "r and s");
    ECDSA_SIG_free(rs);
    return 2 * (size_t)coordinate;
}

size_t gdoi_signer_sign(const struct gdoi_signer *signer, enum gdoi_hash hash,
                        enum gdoi_sig_form form, const uint8_t *value,
                        uint8_t out[SIGNER_OCTETS_MOST])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, signer->key, NULL);
    const EVP_MD *md = md_of(hash);
    bool rsa = EVP_PKEY_is_a(signer->key, "RSA");
    size_t n = SIGNER_OCTETS_MOST;

    need(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1, "signing");
    if (rsa)
        need(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1, "padding");
    if (rsa && form == GDOI_SIG_DIGEST_INFO)
        need(EVP_PKEY_CTX_set_signature_md(ctx, md) == 1, "DigestInfo");
    need(EVP_PKEY_sign(ctx, out, &n, value, (size_t)EVP_MD_get_size(md)) == 1, "signing");
    EVP_PKEY_CTX_free(ctx);
    return rsa || form == GDOI_SIG_DER ? n : side_by_side(signer->key, out, n);
}

size_t gdoi_signer_raw(const struct gdoi_signer *signer, const uint8_t *block, size_t n,
                       uint8_t out[SIGNER_OCTETS_MOST])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, signer->key, NULL);
    size_t out_n = SIGNER_OCTETS_MOST;

    need(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
             EVP_PKEY_sign(ctx, out, &out_n, block, n) == 1,
         "the raw operation");
    EVP_PKEY_CTX_free(ctx);
    return out_n;
}
