/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_certs.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gdoi_ca.h"

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

static struct ca_pair make(const char *name, unsigned bits, const struct ca_pair *issuer,
                           long days)
{
    char names[PATH_SIZE];
    EVP_PKEY *key = ca_key(bits, 65537);
    struct ca_pair made;

    (void)snprintf(names, sizeof(names), "DNS:%s.example,IP:127.7.0.9", name);
    made =
        ca_issue(&(struct ca_spec){name, names, key, issuer, -2L * DAY_S, days * DAY_S, false});
    EVP_PKEY_free(key);
    return made;
}

/* The same, in files. */
static struct ca_pair issue(const struct certs *certs, const char *name, unsigned bits,
                            const struct ca_pair *issuer, long days)
{
    struct ca_pair made = make(name, bits, issuer, days);
    char file[PATH_SIZE];

    ca_write_cert(&made, path(certs, name, ".pem", file));
    ca_write_key(&made, NULL, path(certs, name, ".key", file));
    return made;
}

void certs_make(struct certs *certs)
{
    struct ca_pair ca = make("ca", 2048, NULL, 9), other = make("other", 2048, NULL, 9);
    struct ca_pair made[5];
    char file[PATH_SIZE];

    memcpy(certs->dir, "/tmp/gdoi-certs-XXXXXX", sizeof("/tmp/gdoi-certs-XXXXXX"));
    assert(mkdtemp(certs->dir) != NULL);
    ca_write_cert(&ca, path(certs, "ca", ".pem", file));
    made[0] = issue(certs, "ks", 2048, &ca, 9);
    made[1] = issue(certs, "gm", 2048, &ca, 9);
    made[2] = issue(certs, "old", 2048, &ca, -1);
    made[3] = issue(certs, "short", 1024, &ca, 9);
    made[4] = issue(certs, "stranger", 2048, &other, 9);
    ca_write_crl(&ca, NULL, path(certs, "none", ".crl", file));
    ca_write_crl(&ca, &made[0], path(certs, "ks", ".crl", file));
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
        ca_clear(&made[i]);
    ca_clear(&ca);
    ca_clear(&other);
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
