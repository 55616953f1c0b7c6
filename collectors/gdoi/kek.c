/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/kek.h"

#include <string.h>

enum { LENGTH_AT = 24, DES_KEY_SIZE = 8 };

/* RFC 6407, 5.3.2. The download holds an IV and the key; a length that is told has to be the
 * key's, but for DES and 3DES, where some count the parity and some do not. */
static enum gv_err cipher_of(const struct gdoi_sak *sak, size_t download_n,
                             struct gdoi_kek *out)
{
    static const struct {
        uint32_t algorithm, key_bits;
        enum gdoi_cipher cipher;
        size_t key_n;
    } rows[] = {
        {GDOI_KEK_DES, 0, GDOI_3DES, DES_KEY_SIZE}, /* which is 3DES with one key, thrice */
        {GDOI_KEK_3DES, 0, GDOI_3DES, 24},          {GDOI_KEK_AES, 128, GDOI_AES, 16},
        {GDOI_KEK_AES, 192, GDOI_AES, 24},          {GDOI_KEK_AES, 256, GDOI_AES, 32},
    };
    enum gv_err err = GV_ERR_NOT_SUPPORTED;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool told = sak->key_bits > 0 && rows[i].key_bits > 0;

        if (rows[i].algorithm != sak->algorithm)
            continue;
        err = GV_ERR_MALFORMED;
        if ((told && rows[i].key_bits != sak->key_bits) ||
            download_n != gdoi_block_size(rows[i].cipher) + rows[i].key_n)
            continue;
        out->cipher = rows[i].cipher;
        out->key_n = rows[i].key_n;
        return GV_OK;
    }
    return err;
}

/* RFC 6407, 5.3.5; where the signature's own number tells the hash, that (RFC 4754, 7; RFC
 * 3547, 5.3.6: DSS and ECDSS imply SHA-1). */
static bool hash_of(const struct gdoi_sak *sak, enum gdoi_hash *out)
{
    static const enum gdoi_hash hashes[] = {[GDOI_SIG_MD5] = GDOI_MD5,
                                            [GDOI_SIG_SHA1] = GDOI_SHA1,
                                            [GDOI_SIG_SHA256] = GDOI_SHA256,
                                            [GDOI_SIG_SHA384] = GDOI_SHA384,
                                            [GDOI_SIG_SHA512] = GDOI_SHA512};

    if (sak->sig_hash >= GDOI_SIG_MD5 && sak->sig_hash <= GDOI_SIG_SHA512)
        *out = hashes[sak->sig_hash];
    else if (sak->sig_algorithm == GDOI_SIG_ECDSA_256)
        *out = GDOI_SHA256;
    else if (sak->sig_algorithm == GDOI_SIG_ECDSA_384)
        *out = GDOI_SHA384;
    else if (sak->sig_algorithm == GDOI_SIG_ECDSA_521)
        *out = GDOI_SHA512;
    else if (sak->sig_algorithm == GDOI_SIG_DSS || sak->sig_algorithm == GDOI_SIG_ECDSS)
        *out = GDOI_SHA1;
    else
        return false;
    return true;
}

enum gv_err gdoi_kek_make(const struct gdoi_sak *sak, const struct gdoi_kd *kd,
                          const struct gdoi_kek *before, struct gdoi_kek *out)
{
    struct gdoi_kek kek = {.octets = NULL};
    size_t n = kd->kek != NULL ? gv_secret_size(kd->kek) : 0;
    enum gv_err err = cipher_of(sak, n, &kek);
    bool unusable =
        (kd->has_kek && err == GV_ERR_NOT_SUPPORTED) || (kd->kek == NULL && kd->lkh_count > 0);

    if (err != GV_OK && !unusable)
        return err;
    memcpy(kek.spi, sak->spi, sizeof(kek.spi));
    if (!unusable)
        kek.octets = gv_secret_share(kd->kek);
    if (!hash_of(sak, &kek.hash)) {
        *out = kek; /* nothing to verify by */
        return GV_OK;
    }
    if (kd->sig_key != NULL)
        kek.verifier = gdoi_verifier_new(kd->sig_key, kd->sig_key_n);
    else if (before != NULL)
        kek.verifier = gdoi_verifier_share(before->verifier);
    *out = kek;
    return GV_OK;
}

void gdoi_kek_clear(struct gdoi_kek *kek)
{
    gv_secret_free(kek->octets);
    gdoi_verifier_free(kek->verifier);
    *kek = (struct gdoi_kek){.octets = NULL};
}

/* ---- pushes ---- */

/* RFC 6407, 4.2: SEQ, [D,] SA, KD, SIG, or SEQ, D, SIG. */
static const struct isakmp_rule push_rules[] = {
    {GDOI_SEQ, 1, 1},   {ISAKMP_DELETE, 0, GDOI_DELETES_MOST},
    {ISAKMP_SA, 0, 1},  {GDOI_KD, 0, 1},
    {ISAKMP_SIG, 1, 1}, {ISAKMP_NONE, 0, 0},
};

static enum gv_err read_payload(const struct isakmp_payload *p, struct gdoi_push *out)
{
    switch (p->type) {
    case GDOI_SEQ:
        return gdoi_seq_decode(p->body, &out->sequence);
    case ISAKMP_DELETE:
        return gdoi_delete_decode(p->body, &out->deletes[out->delete_count++]);
    case ISAKMP_SA:
        out->has_sa = true;
        return gdoi_sa_decode(p->body, &out->sa);
    case GDOI_KD:
        out->has_kd = true;
        return gdoi_kd_decode(p->body, &out->kd);
    default:
        return GV_OK;
    }
}

static enum gv_err read_push(struct gv_reader r, struct gdoi_push *out)
{
    struct isakmp_chain chain;
    enum gv_err err = isakmp_chain_decode(r, out->header.next, push_rules, &chain);
    const struct isakmp_payload *last;

    if (err != GV_OK)
        return err;
    last = &chain.payload[chain.count - 1];
    if (last->type != ISAKMP_SIG || chain.payload[0].type != GDOI_SEQ)
        return GV_ERR_MALFORMED;
    out->signature = last->body;
    out->signed_n = (size_t)(last->whole - out->message);
    out->padding = chain.padding;
    gv_reader_take(&r, r.left - chain.padding);
    while (r.left > 0)
        out->odd_padding |= gv_reader_uint(&r, 1) != 0;
    for (size_t i = 0; err == GV_OK && i < chain.count; i++)
        err = read_payload(&chain.payload[i], out);
    return err;
}

/* The IV is the KEK's own, the same for every push (RFC 6407, 5.6.2.1). */
static enum gv_err decrypt(const struct gdoi_kek *kek, uint8_t *octets, size_t n)
{
    const uint8_t *key = (const uint8_t *)gv_secret_reveal(kek->octets);
    size_t block = gdoi_block_size(kek->cipher);
    uint8_t iv[GDOI_BLOCK_MOST], thrice[3 * DES_KEY_SIZE];
    enum gv_err err;

    memcpy(iv, key, block);
    key += block;
    if (kek->key_n != DES_KEY_SIZE)
        return gdoi_cbc(kek->cipher, false, key, kek->key_n, iv, octets, n);
    for (size_t i = 0; i < sizeof(thrice); i++)
        thrice[i] = key[i % DES_KEY_SIZE];
    err = gdoi_cbc(kek->cipher, false, thrice, sizeof(thrice), iv, octets, n);
    gv_wipe(thrice, sizeof(thrice));
    return err;
}

/* Whether HDR.Length counts the padding is not stated (notes on the protocol, 8): where it does
 * not, the datagram does, which has n octets behind the header. */
static void reach_padding(const struct gdoi_kek *kek, struct gv_reader *r, size_t n)
{
    size_t block = gdoi_block_size(kek->cipher);

    if (r->left % block != 0 && n % block == 0 && n > r->left && n - r->left < block)
        r->left = n;
}

enum gv_err gdoi_push_open(const struct gdoi_kek *kek, uint8_t *message, size_t n,
                           struct gdoi_push *out)
{
    struct gv_reader r = gv_reader(message, n);
    enum gv_err err;

    *out = (struct gdoi_push){.message = message};
    err = isakmp_header_decode(&r, &out->header);
    if (err != GV_OK)
        return err;
    if (out->header.exchange != GDOI_PUSH || !(out->header.flags & ISAKMP_ENCRYPTED) ||
        out->header.message_id != 0)
        return GV_ERR_MALFORMED;
    if (memcmp(out->header.cookies, kek->spi, GDOI_SPI_SIZE) != 0)
        return GV_ERR_NOT_FOUND;
    if (kek->octets == NULL)
        return GV_ERR_NOT_SUPPORTED;
    reach_padding(kek, &r, n - ISAKMP_HEADER_SIZE);
    out->whole_n = ISAKMP_HEADER_SIZE + r.left;
    err = decrypt(kek, message + ISAKMP_HEADER_SIZE, r.left);
    if (err == GV_OK)
        err = read_push(r, out);
    out->short_length = out->header.length < out->whole_n;
    if (err == GV_OK && out->short_length && out->header.length != out->whole_n - out->padding)
        return GV_ERR_MALFORMED;
    return err;
}

void gdoi_push_clear(struct gdoi_push *push)
{
    gdoi_kd_clear(&push->kd);
}

/* "rekey", the header, all payloads before SIG (RFC 6407, 4.2); the header's length once as it
 * came, once without the padding (notes on the protocol, 11.3). */
static enum gv_err signed_hash(const struct gdoi_kek *kek, const struct gdoi_push *push,
                               bool padded_length, uint8_t out[GDOI_HASH_MOST])
{
    uint32_t length = (uint32_t)(push->whole_n - (padded_length ? 0 : push->padding));
    const uint8_t octets[] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16),
                              (uint8_t)(length >> 8), (uint8_t)length};
    const struct gdoi_chunk chunks[] = {
        {"rekey", 5},
        {push->message, LENGTH_AT},
        {octets, sizeof(octets)},
        {push->message + ISAKMP_HEADER_SIZE, push->signed_n - ISAKMP_HEADER_SIZE},
    };

    return gdoi_hash(kek->hash, chunks, sizeof(chunks) / sizeof(chunks[0]), out);
}

bool gdoi_push_verify(const struct gdoi_kek *kek, const struct gdoi_push *push,
                      struct gdoi_sig_variant *variant)
{
    static const struct gdoi_sig_variant variants[] = {
        {GDOI_SIG_DIGEST_INFO, true}, {GDOI_SIG_BARE, false}, {GDOI_SIG_DER, true},
        {GDOI_SIG_DER, false},        {GDOI_SIG_BARE, true},  {GDOI_SIG_DIGEST_INFO, false},
    };
    enum gdoi_sig_form others;
    uint8_t value[GDOI_HASH_MOST];

    if (kek->verifier == NULL)
        return false;
    others = gdoi_verifier_kind(kek->verifier) == GDOI_KEY_RSA ? GDOI_SIG_DER : GDOI_SIG_BARE;
    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        if (variants[i].form == others || (push->short_length && variants[i].padded_length) ||
            (i > 2 && push->padding == 0))
            continue; /* another kind of key's; without padding both lengths are the same */
        if (signed_hash(kek, push, variants[i].padded_length, value) == GV_OK &&
            gdoi_verify(kek->verifier, kek->hash, variants[i].form, value, push->signature.at,
                        push->signature.left)) {
            *variant = variants[i];
            return true;
        }
    }
    return false;
}
