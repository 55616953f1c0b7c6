/* SPDX-License-Identifier: Apache-2.0 */
/* Rekeys as a key server makes them, for tests. */
#ifndef GDOI_PUSH_H
#define GDOI_PUSH_H

#include "gdoi/kek.h"
#include "gdoi_signer.h"
#include "gdoi_wire.h"

/* A key server's side of one KEK. */
struct push_ks {
    enum gdoi_cipher cipher;
    size_t key_n;
    enum gdoi_hash hash;
    struct gdoi_signer *signer;
    struct gdoi_sig_variant variant;
    uint8_t spi[GDOI_SPI_SIZE];
    uint8_t octets[GDOI_BLOCK_MOST + GDOI_KEY_MOST]; /* IV, then key */
};

/* A SEQ payload; `next` is the type of what stands behind it. */
static inline void push_seq(struct wire *w, uint8_t next, uint32_t sequence)
{
    size_t begin = wire_open(w, next);

    wire_uint(w, sequence, 4);
    wire_close(w, begin);
}

static inline void push_begin(struct wire *w, const struct push_ks *ks, uint8_t first)
{
    w->n = 0;
    wire_header(w, ks->spi, first, GDOI_PUSH, ISAKMP_ENCRYPTED, 0);
}

/* The signature of what stands in `w`, as the last payload: its length is told to be
 * `length`. */
static inline void push_sign(struct wire *w, const struct push_ks *ks, size_t length)
{
    uint8_t value[GDOI_HASH_MOST], sig[SIGNER_OCTETS_MOST];
    struct gdoi_chunk chunks[] = {{"rekey", 5}, {w->at, w->n}};
    size_t n = w->n, begin;

    w->n = 24;
    wire_uint(w, (uint32_t)length, 4);
    w->n = n;
    if (gdoi_hash(ks->hash, chunks, 2, value) != GV_OK)
        abort();
    begin = wire_open(w, ISAKMP_NONE);
    wire_octets(w, sig, gdoi_signer_sign(ks->signer, ks->hash, ks->variant.form, value, sig));
    wire_close(w, begin);
}

/* Pad and encrypt what stands behind the header. */
static inline void push_seal(struct wire *w, const struct push_ks *ks)
{
    size_t block = gdoi_block_size(ks->cipher);
    uint8_t iv[GDOI_BLOCK_MOST];

    while ((w->n - ISAKMP_HEADER_SIZE) % block != 0)
        wire_uint(w, 0, 1);
    wire_end(w);
    memcpy(iv, ks->octets, block);
    if (w->n > ISAKMP_HEADER_SIZE &&
        gdoi_cbc(ks->cipher, true, ks->octets + block, ks->key_n, iv,
                 w->at + ISAKMP_HEADER_SIZE, w->n - ISAKMP_HEADER_SIZE) != GV_OK)
        abort();
}

/* Sign, pad and encrypt: the octets of the signature are known only when it is made, so it is
 * made once to learn them. */
static inline void push_end(struct wire *w, const struct push_ks *ks)
{
    size_t block = gdoi_block_size(ks->cipher), n = w->n, clear_n, padded_n;

    push_sign(w, ks, 0);
    clear_n = w->n;
    padded_n = ISAKMP_HEADER_SIZE + (clear_n - ISAKMP_HEADER_SIZE + block - 1) / block * block;
    w->n = n;
    push_sign(w, ks, ks->variant.padded_length ? padded_n : clear_n);
    push_seal(w, ks);
}

#endif
