/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for tests, made at each run in a directory of their own: an authority, what it
 * signed ("gm", "ks", "old": expired, "short": 1024 bits), and a "stranger" of another one. */
#ifndef GDOI_CERTS_H
#define GDOI_CERTS_H

#include "gdoi/credential.h"

struct certs {
    char dir[64];
};

void certs_make(struct certs *certs);
void certs_remove(struct certs *certs);

/* What that name needs to take part, the authority trusted; `crl` names whom its revocation
 * list revokes ("none", "ks"); NULL: no list. */
struct gdoi_credential *certs_load(const struct certs *certs, const char *name,
                                   const char *crl);

#endif
