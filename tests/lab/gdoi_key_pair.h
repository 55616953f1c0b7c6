/* SPDX-License-Identifier: Apache-2.0 */
/* Signs rekeys as key servers do: RSA with PKCS#1 blocks made by hand, ECDSA as r and s. */
#ifndef LAB_GDOI_KEY_PAIR_H
#define LAB_GDOI_KEY_PAIR_H

#include "base/buf.h"
#include "gdoi/crypto.h"
#include "gdoi/payload.h"

struct lab_gdoi_signer;

/* A new key pair of that kind and size: RSA from 1024 bits, or ECDSA on P-256, P-384, P-521.
 * NULL where there is none. */
struct lab_gdoi_signer *lab_gdoi_signer_new(enum gdoi_sig kind, unsigned bits);
void lab_gdoi_signer_free(struct lab_gdoi_signer *signer); /* NULL is fine */

enum gdoi_sig lab_gdoi_signer_kind(const struct lab_gdoi_signer *signer);
unsigned lab_gdoi_signer_bits(const struct lab_gdoi_signer *signer);

/* Append its public key as a DER SubjectPublicKeyInfo. */
void lab_gdoi_signer_public(const struct lab_gdoi_signer *signer, struct gv_buf *out);

/* Append a signature of the hash value; `bare` leaves out the DigestInfo (RSA). */
enum gv_err lab_gdoi_sign(const struct lab_gdoi_signer *signer, enum gdoi_hash hash, bool bare,
                          const uint8_t *value, struct gv_buf *out) GV_MUST_CHECK;

#endif
