/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates made by the test that needs them. Everything ends the program on failure. */
#ifndef GDOI_CA_H
#define GDOI_CA_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

struct ca_pair {
    X509 *cert;
    EVP_PKEY *key;
};

struct ca_spec {
    const char *name;             /* common name */
    const char *alternatives;     /* as in "DNS:a.example,IP:192.0.2.1"; NULL: none */
    EVP_PKEY *key;                /* another holder of it is made */
    const struct ca_pair *issuer; /* NULL: itself, as an authority */
    long from_s, to_s;            /* from now */
    bool authority;               /* it may sign others */
};

/* A new RSA key; `exponent` 0: one on P-256. */
EVP_PKEY *ca_key(unsigned bits, unsigned exponent);

struct ca_pair ca_issue(const struct ca_spec *spec);
void ca_clear(struct ca_pair *pair);

/* A revocation list that names `revoked`; NULL: nobody. */
void ca_write_crl(const struct ca_pair *ca, const struct ca_pair *revoked, const char *path);
void ca_write_cert(const struct ca_pair *pair, const char *path);
/* `passphrase` NULL: in the clear. */
void ca_write_key(const struct ca_pair *pair, const char *passphrase, const char *path);

#endif
