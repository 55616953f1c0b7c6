/* SPDX-License-Identifier: Apache-2.0 */
/* Rekey signatures: RSA and ECDSA, each in both forms that are in use. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>

#include "gdoi/crypto_part.h"

enum {
    RSA_BITS_LEAST = 1024,
    RSA_BITS_MOST = 16384,
    EXPONENT_LEAST = 3,
    EXPONENT_BITS_MOST = 64,
    COORDINATE_MOST = 66
};

struct gdoi_verifier {
    EVP_PKEY *key;
    enum gdoi_key_kind kind;
    bool info; /* it came as SubjectPublicKeyInfo */
    unsigned bits;
    unsigned holders;
};

bool gdoi_rsa_fit(const EVP_PKEY *key, int bits_least, unsigned long exponent_least)
{
    int bits = EVP_PKEY_get_bits(key);
    BIGNUM *e = NULL;
    bool fit = EVP_PKEY_is_a(key, "RSA") && bits >= bits_least && bits <= RSA_BITS_MOST &&
               EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(e) &&
               BN_num_bits(e) <= EXPONENT_BITS_MOST && BN_get_word(e) >= exponent_least;

    BN_free(e);
    return fit;
}

/* One of RFC 4754's curves: others have their sizes, too. */
static bool curve_fit(const EVP_PKEY *key)
{
    static const char *const curves[] = {SN_X9_62_prime256v1, SN_secp384r1, SN_secp521r1};
    char name[64];
    size_t n;

    if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_group_name(key, name, sizeof(name), &n) != 1)
        return false;
    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
        if (strcmp(name, curves[i]) == 0)
            return true;
    return false;
}

/* The key server chooses its key: what cannot verify a rekey, or would take long, is refused.
 */
static bool acceptable(const EVP_PKEY *key)
{
    return gdoi_rsa_fit(key, RSA_BITS_LEAST, EXPONENT_LEAST) || curve_fit(key);
}

struct gdoi_verifier *gdoi_verifier_new(const uint8_t *octets, size_t n)
{
    EVP_PKEY *key = gdoi_info_key(octets, n);
    bool info = key != NULL;
    struct gdoi_verifier *verifier = NULL;

    if (!info)
        key = gdoi_odd_key(octets, n);
    if (key != NULL && acceptable(key))
        verifier = OPENSSL_zalloc(sizeof(*verifier));
    if (verifier == NULL) {
        EVP_PKEY_free(key);
        return NULL;
    }
    verifier->key = key;
    verifier->info = info;
    verifier->holders = 1;
    verifier->kind = EVP_PKEY_is_a(key, "RSA") ? GDOI_KEY_RSA : GDOI_KEY_EC;
    verifier->bits = (unsigned)EVP_PKEY_get_bits(key);
    return verifier;
}

struct gdoi_verifier *gdoi_verifier_share(struct gdoi_verifier *verifier)
{
    if (verifier != NULL)
        verifier->holders++;
    return verifier;
}

void gdoi_verifier_free(struct gdoi_verifier *verifier)
{
    if (verifier == NULL || --verifier->holders > 0)
        return;
    EVP_PKEY_free(verifier->key);
    OPENSSL_free(verifier);
}

enum gdoi_key_kind gdoi_verifier_kind(const struct gdoi_verifier *verifier)
{
    return verifier->kind;
}

unsigned gdoi_verifier_bits(const struct gdoi_verifier *verifier)
{
    return verifier->bits;
}

bool gdoi_verifier_is_info(const struct gdoi_verifier *verifier)
{
    return verifier->info;
}

/* ---- signatures ---- */

/* r and s side by side as the library's DER; its length, 0 on failure. */
static int rs_to_der(const uint8_t *sig, size_t sig_n, unsigned char **out)
{
    ECDSA_SIG *rs = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(sig, (int)(sig_n / 2), NULL);
    BIGNUM *s = BN_bin2bn(sig + sig_n / 2, (int)(sig_n / 2), NULL);
    int n = 0;

    if (rs != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(rs, r, s) == 1) {
        r = s = NULL;
        n = i2d_ECDSA_SIG(rs, out);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(rs);
    return n > 0 ? n : 0;
}

static bool verify_ec(const struct gdoi_verifier *verifier, EVP_PKEY_CTX *ctx,
                      enum gdoi_sig_form form, const uint8_t *value, size_t value_n,
                      const uint8_t *sig, size_t sig_n)
{
    size_t coordinate = (verifier->bits + 7) / 8;
    unsigned char *der = NULL;
    int n;
    bool ok;

    if (form == GDOI_SIG_DER)
        return EVP_PKEY_verify(ctx, sig, sig_n, value, value_n) == 1;
    if (sig_n != 2 * coordinate || coordinate > COORDINATE_MOST)
        return false;
    n = rs_to_der(sig, sig_n, &der);
    ok = n > 0 && EVP_PKEY_verify(ctx, der, (size_t)n, value, value_n) == 1;
    OPENSSL_free(der);
    return ok;
}

bool gdoi_verify(const struct gdoi_verifier *verifier, enum gdoi_hash hash,
                 enum gdoi_sig_form form, const uint8_t *value, const uint8_t *sig,
                 size_t sig_n)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, verifier->key, NULL);
    size_t value_n = gdoi_hash_size(hash);
    bool ok = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1;

    if (form == GDOI_SIG_DER && verifier->kind == GDOI_KEY_RSA)
        ok = false;
    if (ok && verifier->kind == GDOI_KEY_RSA) {
        ok =
            EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
            (form == GDOI_SIG_BARE || EVP_PKEY_CTX_set_signature_md(ctx, gdoi_md(hash)) == 1) &&
            EVP_PKEY_verify(ctx, sig, sig_n, value, value_n) == 1;
    } else if (ok) {
        ok = verify_ec(verifier, ctx, form, value, value_n, sig, sig_n);
    }
    EVP_PKEY_CTX_free(ctx);
    return ok;
}
