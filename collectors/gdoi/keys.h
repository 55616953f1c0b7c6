/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of phase 1, and the hashes made with them.
 *
 * No clock, no socket; the cryptography is crypto.h's. Source: RFC 2409, chapter 5 and
 * appendix B; notes on the protocol, chapters 4 and 5. */
#ifndef GV_GDOI_KEYS_H
#define GV_GDOI_KEYS_H

#include "gdoi/crypto.h"
#include "gdoi/isakmp.h"

/* What phase 1 agreed on. */
struct gdoi_suite {
    enum gdoi_cipher cipher;
    size_t key_n; /* octets of the cipher's key */
    enum gdoi_hash hash;
    enum gdoi_group group;
};

/* What both sides said in the clear; points to their octets. */
struct gdoi_clear {
    const uint8_t *cookies;             /* 16: initiator's, responder's */
    struct gdoi_chunk ke_i, ke_r;       /* public values */
    struct gdoi_chunk nonce_i, nonce_r; /* bodies */
    struct gdoi_chunk sa_i;             /* body of the initiator's SA, as sent */
};

/* SKEYID, SKEYID_a and the cipher key, in one secret. SKEYID_d serves nothing in GDOI and is
 * not kept. */
struct gdoi_keys {
    struct gdoi_suite suite;
    struct gv_secret *octets;
};

/* Derive from a pre-shared key, or from the nonces where `psk` is NULL (signatures).
 * On success *out owns a secret: gdoi_keys_clear. */
enum gv_err gdoi_keys_derive(const struct gdoi_suite *suite, const struct gdoi_clear *clear,
                             const struct gv_secret *psk, const struct gv_secret *shared,
                             struct gdoi_keys *out) GV_MUST_CHECK;
void gdoi_keys_clear(struct gdoi_keys *keys);

/* HASH_I or HASH_R over the body of that side's ID payload. */
enum gv_err gdoi_keys_hash_id(const struct gdoi_keys *keys, const struct gdoi_clear *clear,
                              bool initiator, struct gdoi_chunk id_body,
                              uint8_t out[GDOI_HASH_MOST]) GV_MUST_CHECK;

/* HASH of a PULL or an Informational: prf(SKEYID_a, M-ID | chunks), at most four chunks. */
enum gv_err gdoi_keys_hash(const struct gdoi_keys *keys, uint32_t message_id,
                           const struct gdoi_chunk *chunks, size_t count,
                           uint8_t out[GDOI_HASH_MOST]) GV_MUST_CHECK;

/* The first IV of phase 1, and of an exchange after it whose id is message_id, given the last
 * ciphertext block of phase 1. */
enum gv_err gdoi_keys_iv(const struct gdoi_keys *keys, const struct gdoi_clear *clear,
                         uint8_t iv[GDOI_BLOCK_MOST]) GV_MUST_CHECK;
enum gv_err gdoi_keys_iv_of(const struct gdoi_keys *keys, const uint8_t last[GDOI_BLOCK_MOST],
                            uint32_t message_id, uint8_t iv[GDOI_BLOCK_MOST]) GV_MUST_CHECK;

/* Encrypt or decrypt n octets in place; `iv` moves on. */
enum gv_err gdoi_keys_cbc(const struct gdoi_keys *keys, bool encrypt,
                          uint8_t iv[GDOI_BLOCK_MOST], uint8_t *octets, size_t n) GV_MUST_CHECK;

#endif
