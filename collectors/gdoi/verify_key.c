/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of rekeys: a SubjectPublicKeyInfo mostly; but RFC 6407, 5.6.2 does not say how
 * one is encoded. */
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/reader.h"
#include "gdoi/crypto_part.h"

enum {
    DER_BAD = 0x80, /* as ASN1_get_object tells it */
    DER_INDEFINITE = 1,
    SIGN = 0x80
};

#define RSA_OID 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1
#define EC_OID  6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1

/* ---- SubjectPublicKeyInfo ---- */

/* The next value of that tag; another one, or a length that is indefinite or too large, makes
 * the reader bad. */
static struct gv_reader der_take(struct gv_reader *r, int tag)
{
    const unsigned char *at = r->at;
    long n = 0;
    int found = 0, class = 0;
    int form = !r->bad && r->left <= INT32_MAX
                   ? ASN1_get_object(&at, &n, &found, &class, (long)r->left)
                   : DER_BAD;

    if (form & (DER_BAD | DER_INDEFINITE) || class != V_ASN1_UNIVERSAL || found != tag) {
        gv_reader_take(r, SIZE_MAX);
        return gv_reader(r->at, 0);
    }
    gv_reader_take(r, (size_t)(at - r->at));
    return gv_reader_sub(r, (size_t)n);
}

/* RFC 8017, A.1.1: modulus and public exponent. */
static EVP_PKEY *info_rsa(enum gdoi_group group, struct gv_reader r)
{
    struct gv_reader key = der_take(&r, V_ASN1_SEQUENCE);
    struct gv_reader n = der_take(&key, V_ASN1_INTEGER), e = der_take(&key, V_ASN1_INTEGER);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_bin2bn(n.at, (int)n.left, NULL);
    BIGNUM *exponent = BN_bin2bn(e.at, (int)e.left, NULL);
    OSSL_PARAM *list = NULL;
    EVP_PKEY *out = NULL;

    (void)group;
    if (!key.bad && key.left == 0 && r.left == 0 && !(n.at[0] & SIGN) && !(e.at[0] & SIGN) &&
        bld != NULL && modulus != NULL && exponent != NULL &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        list = OSSL_PARAM_BLD_to_param(bld);
    if (list == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_PUBLIC_KEY, list) != 1)
        out = NULL;
    OSSL_PARAM_free(list);
    OSSL_PARAM_BLD_free(bld);
    BN_free(modulus);
    BN_free(exponent);
    EVP_PKEY_CTX_free(ctx);
    return out;
}

/* RFC 5480, 2.2: a point; but not the one at infinity, under which anything is signed. */
static EVP_PKEY *info_ec(enum gdoi_group group, struct gv_reader r)
{
    return r.left > 1 ? gdoi_group_key(group, r.at, r.left) : NULL;
}

/* The AlgorithmIdentifiers that are known, RFC 3279, 2.3.1 and RFC 5480, 2.1.1, as the content
 * of their sequence: RFC 4754's curves by name, and RSA, whose parameters are a NULL that some
 * forget. */
static const struct algorithm {
    EVP_PKEY *(*read)(enum gdoi_group group, struct gv_reader key);
    enum gdoi_group group;
    uint8_t n;
    uint8_t octets[20];
} algorithms[] = {
    {info_rsa, 0, 13, {RSA_OID, 5, 0}},
    {info_rsa, 0, 11, {RSA_OID}},
    {info_ec, GDOI_ECP256, 19, {EC_OID, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}},
    {info_ec, GDOI_ECP384, 16, {EC_OID, 6, 5, 0x2b, 0x81, 4, 0, 0x22}},
    {info_ec, GDOI_ECP521, 16, {EC_OID, 6, 5, 0x2b, 0x81, 4, 0, 0x23}},
};

static const struct algorithm *algorithm_find(struct gv_reader octets)
{
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
        if (octets.left == algorithms[i].n &&
            memcmp(octets.at, algorithms[i].octets, octets.left) == 0)
            return &algorithms[i];
    return NULL;
}

/* The library's own reader of this structure tries so many formats that it takes longer than
 * much of a registration; so those that are wanted are told apart here. */
EVP_PKEY *gdoi_info_key(const uint8_t *der, size_t n)
{
    struct gv_reader r = gv_reader(der, n), info = der_take(&r, V_ASN1_SEQUENCE);
    struct gv_reader name = der_take(&info, V_ASN1_SEQUENCE);
    struct gv_reader key = der_take(&info, V_ASN1_BIT_STRING);
    uint32_t unused_bits = gv_reader_uint(&key, 1);
    const struct algorithm *algorithm;

    if (r.bad || r.left > 0 || info.bad || info.left > 0 || key.bad || unused_bits != 0)
        return NULL;
    algorithm = algorithm_find(name);
    return algorithm != NULL ? algorithm->read(algorithm->group, key) : NULL;
}

/* ---- other forms ---- */

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

/* A point with the octet 4 ahead (SEC 1) or without (RFC 5903, 7); its size tells the curve. */
static EVP_PKEY *read_point(const unsigned char **at, long n)
{
    static const enum gdoi_group curves[] = {GDOI_ECP256, GDOI_ECP384, GDOI_ECP521};
    uint8_t point[1 + 132] = {4};
    size_t size = (size_t)n;

    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        size_t octets = gdoi_dh_public_size(curves[i]);
        bool bare = size == octets;

        if (!bare && (size != octets + 1 || **at != 4))
            continue;
        memcpy(point + bare, *at, size);
        *at += n;
        return gdoi_group_key(curves[i], point, octets + 1);
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
