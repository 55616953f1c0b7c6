/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#include "gdoi/crypto_part.h"

/* ---- what the library calls them ---- */

/* Looking one up by name costs more than a hash; so each is looked up once in a program's
 * life. */
static struct {
    char name[8];
    size_t size;
    EVP_MD *md;
    EVP_MAC_CTX *hmac; /* with a key that serves nothing: to be copied, and keyed */
} hashes[GDOI_HASH_COUNT] = {
    [GDOI_MD5] = {"MD5", 16, NULL, NULL},       [GDOI_SHA1] = {"SHA1", 20, NULL, NULL},
    [GDOI_SHA256] = {"SHA256", 32, NULL, NULL}, [GDOI_SHA384] = {"SHA384", 48, NULL, NULL},
    [GDOI_SHA512] = {"SHA512", 64, NULL, NULL},
};

static struct {
    enum gdoi_cipher cipher;
    size_t key_n;
    const char *name;
    EVP_CIPHER *cbc;
} ciphers[] = {
    {GDOI_3DES, 24, "DES-EDE3-CBC", NULL},
    {GDOI_AES, 16, "AES-128-CBC", NULL},
    {GDOI_AES, 24, "AES-192-CBC", NULL},
    {GDOI_AES, 32, "AES-256-CBC", NULL},
};

static EVP_MAC_CTX *hmac_with(EVP_MAC *mac, char *hash)
{
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0), OSSL_PARAM_END};
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    const uint8_t nothing = 0;

    if (ctx != NULL && EVP_MAC_init(ctx, &nothing, sizeof(nothing), params) == 1)
        return ctx;
    EVP_MAC_CTX_free(ctx);
    return NULL;
}

static void look_up(void)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);

    for (size_t i = 0; i < GDOI_HASH_COUNT; i++) {
        hashes[i].md = EVP_MD_fetch(NULL, hashes[i].name, NULL);
        hashes[i].hmac = mac != NULL ? hmac_with(mac, hashes[i].name) : NULL;
    }
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
        ciphers[i].cbc = EVP_CIPHER_fetch(NULL, ciphers[i].name, NULL);
    EVP_MAC_free(mac);
}

/* Threads may come first at the same time. */
static bool looked_up(void)
{
    static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

    return CRYPTO_THREAD_run_once(&once, look_up) == 1;
}

const EVP_MD *gdoi_md(enum gdoi_hash hash)
{
    return looked_up() ? hashes[hash].md : NULL;
}

size_t gdoi_hash_size(enum gdoi_hash hash)
{
    return hashes[hash].size;
}

size_t gdoi_block_size(enum gdoi_cipher cipher)
{
    return cipher == GDOI_3DES ? 8 : 16;
}

/* ---- hashes ---- */

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
    const EVP_MAC_CTX *blank = looked_up() ? hashes[hash].hmac : NULL;
    EVP_MAC_CTX *ctx = blank != NULL ? EVP_MAC_CTX_dup(blank) : NULL;
    bool ok = ctx != NULL && EVP_MAC_init(ctx, key, key_n, NULL) == 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = EVP_MAC_update(ctx, chunks[i].at, chunks[i].n) == 1;
    ok = ok && EVP_MAC_final(ctx, out, NULL, GDOI_HASH_MOST) == 1;
    EVP_MAC_CTX_free(ctx);
    return ok ? GV_OK : GV_ERR_SYSTEM;
}

bool gdoi_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

/* ---- the cipher ---- */

static const EVP_CIPHER *cbc_of(enum gdoi_cipher cipher, size_t key_n)
{
    for (size_t i = 0; looked_up() && i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
        if (ciphers[i].cipher == cipher && ciphers[i].key_n == key_n)
            return ciphers[i].cbc;
    return NULL;
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
