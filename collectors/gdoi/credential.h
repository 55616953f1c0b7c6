/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for phase 1 with RSA signatures (RFC 2409, 5.1).
 *
 * Our own certificate with its private key, the authorities that key servers are checked
 * against, and revocation lists. Loaded once; shared by all probes that name the same files. */
#ifndef GV_GDOI_CREDENTIAL_H
#define GV_GDOI_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct gdoi_credential;

/* Read PEM files; `crl` may be NULL. NULL on failure, with a sentence in `why` that names the
 * file. The private key never leaves the library. */
struct gdoi_credential *gdoi_credential_load(const char *cert, const char *key, const char *ca,
                                             const char *crl, char *why, size_t why_n);
/* Another holder of the same credential; NULL stays NULL. */
struct gdoi_credential *gdoi_credential_share(struct gdoi_credential *credential);
void gdoi_credential_free(struct gdoi_credential *credential); /* NULL is fine */

/* Our certificate in DER, and its subject's name in DER (for an ID payload of type 9). Valid
 * while the credential lives. */
const uint8_t *gdoi_credential_cert(const struct gdoi_credential *credential, size_t *n);
const uint8_t *gdoi_credential_subject(const struct gdoi_credential *credential, size_t *n);

/* The name in DER of the authority number i, for a certificate request; NULL where there are no
 * more. Valid while the credential lives. */
const uint8_t *gdoi_credential_authority(const struct gdoi_credential *credential, size_t i,
                                         size_t *n);

/* Sign value[n] as phase 1 asks: PKCS#1 block type 1 over the bare hash (RFC 2409, 5.1).
 * Appended to `out`. */
enum gv_err gdoi_credential_sign(const struct gdoi_credential *credential, const uint8_t *value,
                                 size_t n, struct gv_buf *out) GV_MUST_CHECK;

/* Is the peer's certificate (DER; its authorities' may stand behind it or ahead, five in all)
 * good: signed by one of our authorities or one that they signed, in date, not revoked,
 * RSA of 2048 bits or more with an exponent of 65537 or more, naming the identity (type and
 * octets of its ID payload) as subject or alternative name? And is `sig` its signature of
 * value[value_n]? GV_ERR_AUTHENTICATION where not; `why`, a static text, says which. */
enum gv_err gdoi_credential_check(const struct gdoi_credential *credential, const uint8_t *cert,
                                  size_t cert_n, uint8_t id_type, const uint8_t *id,
                                  size_t id_n, const uint8_t *value, size_t value_n,
                                  const uint8_t *sig, size_t sig_n,
                                  const char **why) GV_MUST_CHECK;

#endif
