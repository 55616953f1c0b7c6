/* SPDX-License-Identifier: Apache-2.0 */
/* Cryptography by OpenSSL's EVP: the one place of a probe that knows the library.
 *
 * Everything here works on octets in memory; nothing blocks, nothing is logged. Hash values
 * may be secret: what a caller is done with it wipes (gv_wipe). Source: RFC 2409, chapter 5
 * and appendix A; RFC 3526; RFC 5903; RFC 4754; RFC 6407, 5.3.6.1. */
#ifndef GV_GDOI_CRYPTO_H
#define GV_GDOI_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"

enum gdoi_hash { GDOI_MD5, GDOI_SHA1, GDOI_SHA256, GDOI_SHA384, GDOI_SHA512, GDOI_HASH_COUNT };
enum { GDOI_HASH_MOST = 64, GDOI_BLOCK_MOST = 16, GDOI_KEY_MOST = 32 };

enum gdoi_cipher { GDOI_3DES, GDOI_AES };

/* Diffie-Hellman groups, by their IANA numbers. */
enum gdoi_group {
    GDOI_MODP768 = 1,
    GDOI_MODP1024 = 2,
    GDOI_MODP1536 = 5,
    GDOI_MODP2048 = 14,
    GDOI_MODP3072 = 15,
    GDOI_MODP4096 = 16,
    GDOI_ECP256 = 19,
    GDOI_ECP384 = 20,
    GDOI_ECP521 = 21
};
enum { GDOI_GROUP_OCTETS_MOST = 512 };

/* A piece of what is hashed or keyed; several stand for their concatenation. */
struct gdoi_chunk {
    const void *at;
    size_t n;
};

/* Octets of the hash's value. */
size_t gdoi_hash_size(enum gdoi_hash hash);

/* Octets of the cipher's block: also of its IV. */
size_t gdoi_block_size(enum gdoi_cipher cipher);

/* The hash of `count` chunks. GV_ERR_SYSTEM where the library refuses. */
enum gv_err gdoi_hash(enum gdoi_hash hash, const struct gdoi_chunk *chunks, size_t count,
                      uint8_t out[GDOI_HASH_MOST]) GV_MUST_CHECK;

/* prf of RFC 2409: HMAC with that hash, keyed with key[key_n]. */
enum gv_err gdoi_prf(enum gdoi_hash hash, const void *key, size_t key_n,
                     const struct gdoi_chunk *chunks, size_t count,
                     uint8_t out[GDOI_HASH_MOST]) GV_MUST_CHECK;

/* Equal, in time that depends on n only. */
bool gdoi_equal(const void *a, const void *b, size_t n);

/* CBC over n octets in place, n a multiple of the block, without padding. `key` has 24
 * octets for 3DES, 16, 24 or 32 for AES. `iv` becomes the last ciphertext block.
 * GV_ERR_RANGE for other sizes. */
enum gv_err gdoi_cbc(enum gdoi_cipher cipher, bool encrypt, const uint8_t *key, size_t key_n,
                     uint8_t iv[GDOI_BLOCK_MOST], uint8_t *octets, size_t n) GV_MUST_CHECK;

/* Fill with random octets. */
enum gv_err gdoi_random(void *octets, size_t n) GV_MUST_CHECK;

/* ---- Diffie-Hellman ---- */

struct gdoi_dh; /* a key pair of ours */

/* Is the group one that we have? */
bool gdoi_dh_known(uint32_t group);

/* Octets of its public values: the prime's size, or both coordinates (RFC 5903, 7). */
size_t gdoi_dh_public_size(enum gdoi_group group);

/* A new key pair; takes milliseconds in the larger groups. NULL on failure. */
struct gdoi_dh *gdoi_dh_new(enum gdoi_group group);
/* Another holder of the same pair; NULL stays NULL. */
struct gdoi_dh *gdoi_dh_share(struct gdoi_dh *dh);
void gdoi_dh_free(struct gdoi_dh *dh); /* NULL is fine */

/* Our public value, of gdoi_dh_public_size octets, with leading zeros. */
enum gv_err gdoi_dh_public(const struct gdoi_dh *dh,
                           uint8_t out[GDOI_GROUP_OCTETS_MOST]) GV_MUST_CHECK;

/* The shared secret g^xy with leading zeros (ECP: the x coordinate, RFC 5903, 9).
 * GV_ERR_MALFORMED for a public value that is 0, 1, p-1 or beyond, off the curve, or of
 * another size. */
enum gv_err gdoi_dh_derive(const struct gdoi_dh *dh, const uint8_t *peer, size_t n,
                           struct gv_secret **out) GV_MUST_CHECK;

/* ---- rekey signatures ---- */

struct gdoi_verifier; /* a key server's public key */

enum gdoi_key_kind { GDOI_KEY_RSA, GDOI_KEY_EC };

/* Read a public key: a SubjectPublicKeyInfo, an RSAPublicKey of PKCS #1 or a certificate in
 * DER, or a point of a curve. RSA from 1024 bits to 16384 with an odd exponent from 3 to 64
 * bits, or ECDSA on P-256, P-384, P-521. NULL for anything else. */
struct gdoi_verifier *gdoi_verifier_new(const uint8_t *octets, size_t n);
/* Another holder of the same key; NULL stays NULL. */
struct gdoi_verifier *gdoi_verifier_share(struct gdoi_verifier *verifier);
void gdoi_verifier_free(struct gdoi_verifier *verifier); /* NULL is fine */
enum gdoi_key_kind gdoi_verifier_kind(const struct gdoi_verifier *verifier);
unsigned gdoi_verifier_bits(const struct gdoi_verifier *verifier);
/* Did the key come as SubjectPublicKeyInfo, which is what known key servers send? */
bool gdoi_verifier_is_info(const struct gdoi_verifier *verifier);

/* How an RSA signature is padded: with DigestInfo as RFC 6407, 5.3.6.1 asks, or over the
 * bare hash as the reference implementation does (notes on the protocol, 12.3). How an ECDSA
 * signature is written: r and s as RFC 4754 asks, or in DER as libraries give it. */
enum gdoi_sig_form { GDOI_SIG_DIGEST_INFO, GDOI_SIG_BARE, GDOI_SIG_DER };

/* Is `sig` a signature of the hash value in that form? r and s are each padded to the curve's
 * size; for ECDSA every form but DER means those. */
bool gdoi_verify(const struct gdoi_verifier *verifier, enum gdoi_hash hash,
                 enum gdoi_sig_form form, const uint8_t *value, const uint8_t *sig,
                 size_t sig_n);

#endif
