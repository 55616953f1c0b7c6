/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of rekeys that are no SubjectPublicKeyInfo: RFC 6407, 5.6.2 does not say how one
 * is encoded. */
#include <openssl/core_names.h>
#include <openssl/x509.h>
#include <string.h>

#include "gdoi/crypto_part.h"

enum { CURVE_NAME_SIZE = sizeof("P-256") };

/* PKCS #1. */
static EVP_PKEY *read_rsa(const unsigned char **at, long n)
{
    return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, n);
}

/* Nobody vouches for it: the key server that sends it is who we believe. */
static EVP_PKEY *read_certificate(const unsigned char **at, long n)
{
    X509 *cert = d2i_X509(NULL, at, n);
    EVP_PKEY *key = cert != NULL ? X509_get_pubkey(cert) : NULL;

    X509_free(cert);
    return key;
}

/* `octets` is an uncompressed point: 4, x, y. The library checks that it is on the curve. */
static EVP_PKEY *point_key(const char curve[CURVE_NAME_SIZE], uint8_t *octets, size_t n)
{
    char name[CURVE_NAME_SIZE];
    OSSL_PARAM params[3];
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    memcpy(name, curve, sizeof(name)); /* the library wants one that it might write to */
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets, n);
    params[2] = OSSL_PARAM_construct_end();
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* A point with the octet 4 ahead (SEC 1) or without (RFC 5903, 7); its size tells the curve. */
static EVP_PKEY *read_point(const unsigned char **at, long n)
{
    static const struct {
        char name[CURVE_NAME_SIZE];
        size_t octets;
    } curves[] = {{"P-256", 64}, {"P-384", 96}, {"P-521", 132}};
    uint8_t point[1 + 132] = {4};
    size_t size = (size_t)n;

    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        bool bare = size == curves[i].octets;

        if (!bare && (size != curves[i].octets + 1 || **at != 4))
            continue;
        memcpy(point + bare, *at, size);
        *at += n;
        return point_key(curves[i].name, point, curves[i].octets + 1);
    }
    return NULL;
}

EVP_PKEY *gdoi_odd_key(const uint8_t *octets, size_t n)
{
    static EVP_PKEY *(*const forms[])(const unsigned char **at,
                                      long n) = {read_rsa, read_certificate, read_point};

    for (size_t i = 0; n <= INT32_MAX && i < sizeof(forms) / sizeof(forms[0]); i++) {
        const unsigned char *at = octets;
        EVP_PKEY *key = forms[i](&at, (long)n);

        if (key != NULL && at == octets + n)
            return key;
        EVP_PKEY_free(key);
    }
    return NULL;
}
