/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that know OpenSSL only. */
#ifndef GV_GDOI_CRYPTO_PART_H
#define GV_GDOI_CRYPTO_PART_H

#include <openssl/evp.h>

#include "gdoi/crypto.h"

/* The library's own; NULL where it has none. */
const EVP_MD *gdoi_md(enum gdoi_hash hash);

/* A public key in that group, from the library's encoding: the padded value, or a point of the
 * curve. NULL for what is none. */
EVP_PKEY *gdoi_group_key(enum gdoi_group group, const uint8_t *octets, size_t n);

/* Is this a public key of RSA that can be computed with: of bits_least to 16384 bits, with an
 * odd exponent of exponent_least or more and at most 64 bits? An exponent of 1 proves nothing,
 * a long one costs the time of a private key (threats, row 70). */
bool gdoi_rsa_fit(const EVP_PKEY *key, int bits_least, unsigned long exponent_least);

/* A public key from its SubjectPublicKeyInfo: RSA, or ECDSA on a curve of RFC 4754. NULL for
 * anything else. */
EVP_PKEY *gdoi_info_key(const uint8_t *der, size_t n);

/* A public key in one of the other forms that are seen or thought of: RSAPublicKey of PKCS #1,
 * a certificate, a point of a curve; which has to take all of the octets. NULL where it is
 * none. */
EVP_PKEY *gdoi_odd_key(const uint8_t *octets, size_t n);

#endif
