/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_key_pair.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

enum { RSA_OCTETS_MOST = 2048, COORDINATE_MOST = 66, DER_MOST = 160 };

struct lab_gdoi_signer {
    EVP_PKEY *key;
    enum gdoi_sig kind;
    unsigned bits;
};

static EVP_PKEY *make(enum gdoi_sig kind, unsigned bits)
{
    switch (kind) {
    case GDOI_SIG_RSA:
        return EVP_RSA_gen(bits);
    case GDOI_SIG_ECDSA_256:
        return EVP_EC_gen("P-256");
    case GDOI_SIG_ECDSA_384:
        return EVP_EC_gen("P-384");
    case GDOI_SIG_ECDSA_521:
        return EVP_EC_gen("P-521");
    default:
        return NULL;
    }
}

struct lab_gdoi_signer *lab_gdoi_signer_new(enum gdoi_sig kind, unsigned bits)
{
    EVP_PKEY *key = make(kind, bits);
    struct lab_gdoi_signer *signer = key != NULL ? malloc(sizeof(*signer)) : NULL;

    if (signer == NULL) {
        EVP_PKEY_free(key);
        return NULL;
    }
    *signer = (struct lab_gdoi_signer){key, kind, (unsigned)EVP_PKEY_get_bits(key)};
    return signer;
}

void lab_gdoi_signer_free(struct lab_gdoi_signer *signer)
{
    if (signer == NULL)
        return;
    EVP_PKEY_free(signer->key);
    free(signer);
}

enum gdoi_sig lab_gdoi_signer_kind(const struct lab_gdoi_signer *signer)
{
    return signer->kind;
}

unsigned lab_gdoi_signer_bits(const struct lab_gdoi_signer *signer)
{
    return signer->bits;
}

void lab_gdoi_signer_public(const struct lab_gdoi_signer *signer, struct gv_buf *out)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(signer->key, &der);

    if (n > 0)
        gv_buf_add(out, der, (size_t)n);
    OPENSSL_free(der);
}

/* RFC 8017, 9.2, note 1: what stands ahead of the hash. */
static const struct prefix {
    uint8_t n, octets[19];
} prefixes[GDOI_HASH_COUNT] = {
    [GDOI_MD5] = {18,
                  {0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02,
                   0x05, 0x05, 0x00, 0x04, 0x10}},
    [GDOI_SHA1] = {15,
                   {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05,
                    0x00, 0x04, 0x14}},
    [GDOI_SHA256] = {19,
                     {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                      0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}},
    [GDOI_SHA384] = {19,
                     {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                      0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30}},
    [GDOI_SHA512] = {19,
                     {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                      0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40}},
};

/* 00 01 FF.. 00 T (RFC 8017, 9.2), and the key's exponentiation alone. */
static bool sign_rsa(EVP_PKEY *key, const struct prefix *prefix, const uint8_t *value,
                     size_t value_n, struct gv_buf *out)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    uint8_t block[RSA_OCTETS_MOST], sig[RSA_OCTETS_MOST];
    size_t n = (size_t)EVP_PKEY_get_size(key), sig_n = sizeof(sig);
    size_t tail = prefix->n + value_n;
    bool ok = ctx != NULL && n <= sizeof(block) && tail + 11 <= n;

    if (ok) {
        memset(block, 0xff, n);
        block[0] = 0;
        block[1] = 1;
        block[n - tail - 1] = 0;
        memcpy(block + n - tail, prefix->octets, prefix->n);
        memcpy(block + n - value_n, value, value_n);
        ok = EVP_PKEY_sign_init(ctx) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
             EVP_PKEY_sign(ctx, sig, &sig_n, block, n) == 1;
    }
    if (ok)
        gv_buf_add(out, sig, sig_n);
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

/* RFC 4754, 7: r and s, each as long as the curve's order. */
static bool sign_ec(const struct lab_gdoi_signer *signer, const uint8_t *value, size_t value_n,
                    struct gv_buf *out)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(signer->key, NULL);
    int half = (int)(signer->bits + 7) / 8;
    uint8_t der[DER_MOST], rs[2 * COORDINATE_MOST];
    const unsigned char *at = der;
    size_t der_n = sizeof(der);
    ECDSA_SIG *sig = NULL;
    bool ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
              EVP_PKEY_sign(ctx, der, &der_n, value, value_n) == 1 &&
              (sig = d2i_ECDSA_SIG(NULL, &at, (long)der_n)) != NULL &&
              BN_bn2binpad(ECDSA_SIG_get0_r(sig), rs, half) == half &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), rs + half, half) == half;

    if (ok)
        gv_buf_add(out, rs, 2 * (size_t)half);
    ECDSA_SIG_free(sig);
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

enum gv_err lab_gdoi_sign(const struct lab_gdoi_signer *signer, enum gdoi_hash hash, bool bare,
                          const uint8_t *value, struct gv_buf *out)
{
    static const struct prefix none = {0, {0}};
    size_t n = gdoi_hash_size(hash);
    bool ok = signer->kind == GDOI_SIG_RSA
                  ? sign_rsa(signer->key, bare ? &none : &prefixes[hash], value, n, out)
                  : sign_ec(signer, value, n, out);

    return ok ? out->err : GV_ERR_SYSTEM;
}
