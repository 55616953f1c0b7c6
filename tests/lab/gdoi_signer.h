/* SPDX-License-Identifier: Apache-2.0 */
/* A key server's signing key, made by OpenSSL alone, without the code under test. */
#ifndef GDOI_SIGNER_H
#define GDOI_SIGNER_H

#include <stddef.h>
#include <stdint.h>

#include "gdoi/crypto.h"
#include "gdoi/payload.h"

struct gdoi_signer;

enum { SIGNER_OCTETS_MOST = 4096 };

/* A new key: "RSA" with `bits` and public exponent `exponent`, "RSA-PSS", "ED25519", or the
 * name of a curve, for which the numbers count for nothing. Ends the program on failure. */
struct gdoi_signer *gdoi_signer_new(const char *kind, unsigned bits, unsigned exponent);
/* The P-256 key with that private number, the same in every run. */
struct gdoi_signer *gdoi_signer_fixed(unsigned long number);
void gdoi_signer_free(struct gdoi_signer *signer); /* NULL is fine */

/* What an SA says of it: RSA, or ECDSA on which curve; and its size. */
enum gdoi_sig gdoi_signer_kind(const struct gdoi_signer *signer);
unsigned gdoi_signer_bits(const struct gdoi_signer *signer);

/* Its public half in DER; returns the octets. */
size_t gdoi_signer_public(const struct gdoi_signer *signer, uint8_t out[SIGNER_OCTETS_MOST]);

/* The same as something else than a SubjectPublicKeyInfo. */
enum gdoi_signer_form {
    GDOI_SIGNER_PKCS1,       /* RSAPublicKey */
    GDOI_SIGNER_CERTIFICATE, /* signed by itself */
    GDOI_SIGNER_POINT,       /* 4, x, y */
    GDOI_SIGNER_COORDINATES  /* x, y */
};
size_t gdoi_signer_public_as(const struct gdoi_signer *signer, enum gdoi_signer_form form,
                             uint8_t out[SIGNER_OCTETS_MOST]);

/* The DER of an RSA public key that nobody has: an odd modulus of `bits`, and an exponent of
 * n octets, big-endian. */
size_t gdoi_signer_odd_public(unsigned bits, const uint8_t *exponent, size_t n,
                              uint8_t out[SIGNER_OCTETS_MOST]);

/* A signature of the hash value, as in a SIG payload. */
size_t gdoi_signer_sign(const struct gdoi_signer *signer, enum gdoi_hash hash,
                        enum gdoi_sig_form form, const uint8_t *value,
                        uint8_t out[SIGNER_OCTETS_MOST]);

/* RSA's private operation on a block of the modulus' size, whatever it holds. */
size_t gdoi_signer_raw(const struct gdoi_signer *signer, const uint8_t *block, size_t n,
                       uint8_t out[SIGNER_OCTETS_MOST]);

#endif
