/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_ca.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "gdoi_ca: %s failed\n", what);
    exit(2);
}

EVP_PKEY *ca_key(unsigned bits, unsigned exponent)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, exponent > 0 ? "RSA" : "EC", NULL);
    EVP_PKEY *key = NULL;
    BIGNUM *e = BN_new();

    need(ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1, "key");
    if (exponent > 0)
        need(BN_set_word(e, exponent) == 1 &&
                 EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) == 1 &&
                 EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) == 1,
             "key");
    else
        need(EVP_PKEY_CTX_set_group_name(ctx, "P-256") == 1, "key");
    need(EVP_PKEY_keygen(ctx, &key) == 1, "key");
    BN_free(e);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509_EXTENSION *ext;
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    need(ext != NULL && X509_add_ext(cert, ext, -1) == 1, value);
    X509_EXTENSION_free(ext);
}

struct ca_pair ca_issue(const struct ca_spec *spec)
{
    static long serial = 1000;
    struct ca_pair made = {X509_new(), spec->key};
    const struct ca_pair *by = spec->issuer != NULL ? spec->issuer : &made;
    X509_NAME *name = X509_get_subject_name(made.cert);

    need(EVP_PKEY_up_ref(spec->key) == 1 && X509_set_version(made.cert, 2) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(made.cert), serial++) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(made.cert), spec->from_s) != NULL &&
             X509_gmtime_adj(X509_getm_notAfter(made.cert), spec->to_s) != NULL &&
             X509_set_pubkey(made.cert, spec->key) == 1 &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                        (const unsigned char *)spec->name, -1, -1, 0) == 1 &&
             X509_set_issuer_name(made.cert, X509_get_subject_name(by->cert)) == 1,
         spec->name);
    if (spec->issuer == NULL || spec->authority)
        extend(made.cert, by->cert, NID_basic_constraints, "critical,CA:TRUE");
    if (spec->alternatives != NULL)
        extend(made.cert, by->cert, NID_subject_alt_name, spec->alternatives);
    need(X509_sign(made.cert, by->key, EVP_sha256()) > 0, "signing a certificate");
    return made;
}

void ca_clear(struct ca_pair *pair)
{
    X509_free(pair->cert);
    EVP_PKEY_free(pair->key);
    *pair = (struct ca_pair){NULL, NULL};
}

static FILE *open_file(const char *path)
{
    FILE *file = fopen(path, "w");

    need(file != NULL, path);
    return file;
}

void ca_write_crl(const struct ca_pair *ca, const struct ca_pair *revoked, const char *path)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -60), *next = X509_gmtime_adj(NULL, 3600);
    X509_REVOKED *entry = X509_REVOKED_new();
    FILE *file = open_file(path);

    need(X509_CRL_set_version(crl, 1) == 1 &&
             X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert)) == 1 &&
             X509_CRL_set1_lastUpdate(crl, now) == 1 &&
             X509_CRL_set1_nextUpdate(crl, next) == 1,
         "a revocation list");
    if (revoked != NULL)
        need(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->cert)) == 1 &&
                 X509_REVOKED_set_revocationDate(entry, now) == 1 &&
                 X509_CRL_add0_revoked(crl, entry) == 1,
             "a revocation");
    else
        X509_REVOKED_free(entry);
    need(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0 && PEM_write_X509_CRL(file, crl) == 1,
         path);
    (void)fclose(file);
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
    X509_CRL_free(crl);
}

void ca_write_cert(const struct ca_pair *pair, const char *path)
{
    FILE *file = open_file(path);

    need(PEM_write_X509(file, pair->cert) == 1, path);
    (void)fclose(file);
}

void ca_write_key(const struct ca_pair *pair, const char *passphrase, const char *path)
{
    FILE *file = open_file(path);

    need(PEM_write_PKCS8PrivateKey(
             file, pair->key, passphrase != NULL ? EVP_aes_128_cbc() : NULL, passphrase,
             passphrase != NULL ? (int)strlen(passphrase) : 0, NULL, NULL) == 1,
         path);
    (void)fclose(file);
}
