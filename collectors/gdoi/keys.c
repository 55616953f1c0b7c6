/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/keys.h"

#include <string.h>

enum { CHUNKS_MOST = 4, COOKIES = 2 * ISAKMP_COOKIE_SIZE };

/* The layout of the secret. */
struct key_octets {
    uint8_t skeyid[GDOI_HASH_MOST], skeyid_a[GDOI_HASH_MOST], cipher[GDOI_KEY_MOST];
};

static const struct key_octets *reveal(const struct gdoi_keys *keys)
{
    return (const void *)gv_secret_reveal(keys->octets);
}

static struct gdoi_chunk secret_chunk(const struct gv_secret *secret)
{
    return (struct gdoi_chunk){gv_secret_reveal(secret), gv_secret_size(secret)};
}

/* SKEYID_x = prf(SKEYID, [before |] g^xy | CKY-I | CKY-R | number). */
static enum gv_err derive_one(const struct gdoi_suite *suite, const uint8_t *skeyid,
                              struct gdoi_chunk before, const struct gv_secret *shared,
                              const uint8_t *cookies, uint8_t number,
                              uint8_t out[GDOI_HASH_MOST])
{
    const struct gdoi_chunk chunks[] = {
        before, secret_chunk(shared), {cookies, COOKIES}, {&number, 1}};

    return gdoi_prf(suite->hash, skeyid, gdoi_hash_size(suite->hash), chunks, CHUNKS_MOST, out);
}

/* Where SKEYID_e is too short, K1 = prf(SKEYID_e, 0), K2 = prf(SKEYID_e, K1), ... (RFC 2409,
 * appendix B). */
static enum gv_err stretch(const struct gdoi_suite *suite, const uint8_t *skeyid_e,
                           uint8_t out[GDOI_KEY_MOST])
{
    size_t size = gdoi_hash_size(suite->hash);
    uint8_t piece[GDOI_HASH_MOST], zero = 0;
    struct gdoi_chunk from = {&zero, 1};
    enum gv_err err = GV_OK;

    if (size >= suite->key_n) {
        memcpy(out, skeyid_e, suite->key_n);
        return GV_OK;
    }
    for (size_t done = 0; err == GV_OK && done < suite->key_n; done += size) {
        size_t n = suite->key_n - done < size ? suite->key_n - done : size;

        err = gdoi_prf(suite->hash, skeyid_e, size, &from, 1, piece);
        memcpy(out + done, piece, n);
        from = (struct gdoi_chunk){piece, size};
    }
    gv_wipe(piece, sizeof(piece));
    return err;
}

static enum gv_err skeyid(const struct gdoi_suite *suite, const struct gdoi_clear *clear,
                          const struct gv_secret *psk, const struct gv_secret *shared,
                          uint8_t out[GDOI_HASH_MOST])
{
    uint8_t nonces[2 * 256];
    struct gdoi_chunk key, chunks[] = {clear->nonce_i, clear->nonce_r};

    if (psk != NULL) {
        key = secret_chunk(psk);
        return gdoi_prf(suite->hash, key.at, key.n, chunks, 2, out);
    }
    if (clear->nonce_i.n + clear->nonce_r.n > sizeof(nonces))
        return GV_ERR_RANGE;
    memcpy(nonces, clear->nonce_i.at, clear->nonce_i.n);
    memcpy(nonces + clear->nonce_i.n, clear->nonce_r.at, clear->nonce_r.n);
    key = secret_chunk(shared);
    return gdoi_prf(suite->hash, nonces, clear->nonce_i.n + clear->nonce_r.n, &key, 1, out);
}

static enum gv_err derive_all(const struct gdoi_suite *suite, const struct gdoi_clear *clear,
                              const struct gv_secret *psk, const struct gv_secret *shared,
                              struct key_octets *k)
{
    size_t size = gdoi_hash_size(suite->hash);
    uint8_t d[GDOI_HASH_MOST], e[GDOI_HASH_MOST];
    enum gv_err err = skeyid(suite, clear, psk, shared, k->skeyid);

    if (err == GV_OK)
        err = derive_one(suite, k->skeyid, (struct gdoi_chunk){"", 0}, shared, clear->cookies,
                         0, d);
    if (err == GV_OK)
        err = derive_one(suite, k->skeyid, (struct gdoi_chunk){d, size}, shared, clear->cookies,
                         1, k->skeyid_a);
    if (err == GV_OK)
        err = derive_one(suite, k->skeyid, (struct gdoi_chunk){k->skeyid_a, size}, shared,
                         clear->cookies, 2, e);
    if (err == GV_OK)
        err = stretch(suite, e, k->cipher);
    gv_wipe(d, sizeof(d));
    gv_wipe(e, sizeof(e));
    return err;
}

enum gv_err gdoi_keys_derive(const struct gdoi_suite *suite, const struct gdoi_clear *clear,
                             const struct gv_secret *psk, const struct gv_secret *shared,
                             struct gdoi_keys *out)
{
    struct key_octets k = {{0}, {0}, {0}};
    struct gv_secret *octets = NULL;
    enum gv_err err;

    if (suite->key_n > GDOI_KEY_MOST)
        return GV_ERR_RANGE;
    err = derive_all(suite, clear, psk, shared, &k);
    if (err == GV_OK && (octets = gv_secret_new(&k, sizeof(k))) == NULL)
        err = GV_ERR_NO_MEMORY;
    gv_wipe(&k, sizeof(k));
    if (err == GV_OK)
        *out = (struct gdoi_keys){*suite, octets};
    return err;
}

void gdoi_keys_clear(struct gdoi_keys *keys)
{
    gv_secret_free(keys->octets);
    keys->octets = NULL;
}

enum gv_err gdoi_keys_hash_id(const struct gdoi_keys *keys, const struct gdoi_clear *clear,
                              bool initiator, struct gdoi_chunk id_body,
                              uint8_t out[GDOI_HASH_MOST])
{
    struct gdoi_chunk own = initiator ? clear->ke_i : clear->ke_r;
    struct gdoi_chunk other = initiator ? clear->ke_r : clear->ke_i;
    const uint8_t *first = clear->cookies + (initiator ? 0 : ISAKMP_COOKIE_SIZE);
    const uint8_t *second = clear->cookies + (initiator ? ISAKMP_COOKIE_SIZE : 0);
    const struct gdoi_chunk chunks[] = {
        own,         other,  {first, ISAKMP_COOKIE_SIZE}, {second, ISAKMP_COOKIE_SIZE},
        clear->sa_i, id_body};

    return gdoi_prf(keys->suite.hash, reveal(keys)->skeyid, gdoi_hash_size(keys->suite.hash),
                    chunks, sizeof(chunks) / sizeof(chunks[0]), out);
}

static void number_octets(uint32_t n, uint8_t out[4])
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(n >> (24 - 8 * i));
}

enum gv_err gdoi_keys_hash(const struct gdoi_keys *keys, uint32_t message_id,
                           const struct gdoi_chunk *chunks, size_t count,
                           uint8_t out[GDOI_HASH_MOST])
{
    struct gdoi_chunk all[1 + CHUNKS_MOST];
    uint8_t id[4];

    if (count > CHUNKS_MOST)
        return GV_ERR_RANGE;
    number_octets(message_id, id);
    all[0] = (struct gdoi_chunk){id, sizeof(id)};
    memcpy(all + 1, chunks, count * sizeof(chunks[0]));
    return gdoi_prf(keys->suite.hash, reveal(keys)->skeyid_a, gdoi_hash_size(keys->suite.hash),
                    all, count + 1, out);
}

/* The first block of a hash of two pieces. */
static enum gv_err iv_from(const struct gdoi_keys *keys, struct gdoi_chunk a,
                           struct gdoi_chunk b, uint8_t iv[GDOI_BLOCK_MOST])
{
    const struct gdoi_chunk chunks[] = {a, b};
    uint8_t value[GDOI_HASH_MOST];
    enum gv_err err = gdoi_hash(keys->suite.hash, chunks, 2, value);

    if (err == GV_OK)
        memcpy(iv, value, gdoi_block_size(keys->suite.cipher));
    return err;
}

enum gv_err gdoi_keys_iv(const struct gdoi_keys *keys, const struct gdoi_clear *clear,
                         uint8_t iv[GDOI_BLOCK_MOST])
{
    return iv_from(keys, clear->ke_i, clear->ke_r, iv);
}

enum gv_err gdoi_keys_iv_of(const struct gdoi_keys *keys, const uint8_t last[GDOI_BLOCK_MOST],
                            uint32_t message_id, uint8_t iv[GDOI_BLOCK_MOST])
{
    uint8_t id[4];

    number_octets(message_id, id);
    return iv_from(keys, (struct gdoi_chunk){last, gdoi_block_size(keys->suite.cipher)},
                   (struct gdoi_chunk){id, sizeof(id)}, iv);
}

enum gv_err gdoi_keys_cbc(const struct gdoi_keys *keys, bool encrypt,
                          uint8_t iv[GDOI_BLOCK_MOST], uint8_t *octets, size_t n)
{
    return gdoi_cbc(keys->suite.cipher, encrypt, reveal(keys)->cipher, keys->suite.key_n, iv,
                    octets, n);
}
