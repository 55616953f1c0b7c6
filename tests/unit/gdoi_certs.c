/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_certs.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 128, DAY_S = 86400 };

static const char *const files[] = {
    "ca.pem",  "none.crl", "ks.crl",    "gm.pem",    "gm.key",       "ks.pem",      "ks.key",
    "old.pem", "old.key",  "short.pem", "short.key", "stranger.pem", "stranger.key"};

static const char *path(const struct certs *certs, const char *name, const char *end,
                        char out[PATH_SIZE])
{
    (void)snprintf(out, PATH_SIZE, "%s/%s%s", certs->dir, name, end);
    return out;
}

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    assert(extension != NULL && X509_add_ext(cert, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/* A certificate for `key`, signed by the issuer; by itself where that is NULL. */
static X509 *make(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
                  long days)
{
    static long serial = 100;
    X509 *cert = X509_new();
    X509_NAME *subject = X509_get_subject_name(cert);
    char names[PATH_SIZE];

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(cert), -2L * DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(cert), days * DAY_S);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
                               0);
    X509_set_issuer_name(cert, issuer != NULL ? X509_get_subject_name(issuer) : subject);
    X509_set_pubkey(cert, key);
    add_extension(cert, NID_basic_constraints,
                  issuer != NULL ? "CA:FALSE" : "critical,CA:TRUE");
    (void)snprintf(names, sizeof(names), "DNS:%s.example,IP:127.7.0.9", name);
    add_extension(cert, NID_subject_alt_name, names);
    assert(X509_sign(cert, issuer_key != NULL ? issuer_key : key, EVP_sha256()) > 0);
    return cert;
}

static void write_cert(const struct certs *certs, const char *name, X509 *cert)
{
    char file[PATH_SIZE];
    FILE *f = fopen(path(certs, name, ".pem", file), "w");

    assert(f != NULL && PEM_write_X509(f, cert) == 1);
    assert(fclose(f) == 0);
}

static void write_key(const struct certs *certs, const char *name, EVP_PKEY *key)
{
    char file[PATH_SIZE];
    FILE *f = fopen(path(certs, name, ".key", file), "w");

    assert(f != NULL && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1);
    assert(fclose(f) == 0);
}

/* A key and its certificate; the certificate is the caller's. */
static X509 *issue(const struct certs *certs, const char *name, unsigned bits, X509 *ca,
                   EVP_PKEY *ca_key, long days)
{
    EVP_PKEY *key = EVP_RSA_gen(bits);
    X509 *cert = make(name, key, ca, ca_key, days);

    write_cert(certs, name, cert);
    write_key(certs, name, key);
    EVP_PKEY_free(key);
    return cert;
}

static void write_crl(const struct certs *certs, const char *name, X509 *ca, EVP_PKEY *ca_key,
                      X509 *revoked)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *now = ASN1_TIME_new();
    char file[PATH_SIZE];
    FILE *f = fopen(path(certs, name, ".crl", file), "w");

    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca));
    X509_gmtime_adj(now, -DAY_S);
    X509_CRL_set1_lastUpdate(crl, now);
    if (revoked != NULL) {
        X509_REVOKED *entry = X509_REVOKED_new();

        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked));
        X509_REVOKED_set_revocationDate(entry, now);
        X509_CRL_add0_revoked(crl, entry);
    }
    X509_gmtime_adj(now, DAY_S);
    X509_CRL_set1_nextUpdate(crl, now);
    assert(X509_CRL_sign(crl, ca_key, EVP_sha256()) > 0);
    assert(f != NULL && PEM_write_X509_CRL(f, crl) == 1);
    assert(fclose(f) == 0);
    ASN1_TIME_free(now);
    X509_CRL_free(crl);
}

void certs_make(struct certs *certs)
{
    EVP_PKEY *ca_key = EVP_RSA_gen(2048), *other_key = EVP_RSA_gen(2048);
    X509 *ca = make("ca", ca_key, NULL, NULL, 9),
         *other = make("other", other_key, NULL, NULL, 9);
    X509 *ks;

    memcpy(certs->dir, "/tmp/gdoi-certs-XXXXXX", sizeof("/tmp/gdoi-certs-XXXXXX"));
    assert(mkdtemp(certs->dir) != NULL);
    write_cert(certs, "ca", ca);
    X509_free(issue(certs, "gm", 2048, ca, ca_key, 9));
    X509_free(issue(certs, "old", 2048, ca, ca_key, -1));
    X509_free(issue(certs, "short", 1024, ca, ca_key, 9));
    X509_free(issue(certs, "stranger", 2048, other, other_key, 9));
    ks = issue(certs, "ks", 2048, ca, ca_key, 9);
    write_crl(certs, "none", ca, ca_key, NULL);
    write_crl(certs, "ks", ca, ca_key, ks);
    X509_free(ks);
    X509_free(ca);
    X509_free(other);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(other_key);
}

void certs_remove(struct certs *certs)
{
    char file[PATH_SIZE];

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        (void)unlink(path(certs, files[i], "", file));
    (void)rmdir(certs->dir);
}

struct gdoi_credential *certs_load(const struct certs *certs, const char *name, const char *crl)
{
    char cert[PATH_SIZE], key[PATH_SIZE], ca[PATH_SIZE], list[PATH_SIZE], why[256];
    struct gdoi_credential *credential = gdoi_credential_load(
        path(certs, name, ".pem", cert), path(certs, name, ".key", key),
        path(certs, "ca", ".pem", ca), crl != NULL ? path(certs, crl, ".crl", list) : NULL, why,
        sizeof(why));

    if (credential == NULL)
        printf("%s\n", why);
    assert(credential != NULL);
    return credential;
}
