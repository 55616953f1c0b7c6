/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of phase 1: which files are taken, which peers are believed. */
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "gdoi/credential.h"
#include "gdoi/payload.h"
#include "gdoi_ca.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { DAY_S = 86400 };

static const uint8_t hash[32] = "what both sides agree on........";

/* ---- who is who ---- */

enum key { KEY_CA, KEY_OTHER_CA, KEY_OWN, KEY_PEER, KEY_1024, KEY_E3, KEY_EC, KEY_COUNT };
static EVP_PKEY *keys[KEY_COUNT];
static struct ca_pair ca, other_ca, own;

static struct ca_pair issue(const char *name, const char *alternatives, enum key key,
                            const struct ca_pair *issuer, long from_s, long to_s)
{
    const struct ca_spec spec = {name, alternatives, keys[key], issuer, from_s, to_s, false};

    return ca_issue(&spec);
}

/* ---- files ---- */

static char dir[] = "/tmp/gdoi-credential-XXXXXX";
static const char *const files[] = {"cert",       "key",    "ca",   "crl",   "other-key",
                                    "sealed-key", "ec-key", "junk", "empty", "other-crl"};
static char paths[COUNT(files)][64];

static const char *path(const char *name)
{
    static char absent[64];

    for (size_t i = 0; i < COUNT(files); i++)
        if (strcmp(files[i], name) == 0)
            return paths[i];
    (void)snprintf(absent, sizeof(absent), "%s/%s", dir, name);
    return absent;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path(name), "w");

    if (file == NULL)
        exit(2);
    (void)fputs(text, file);
    (void)fclose(file);
}

static void write_files(void)
{
    const struct ca_pair ec = {NULL, keys[KEY_EC]}, other = {NULL, keys[KEY_PEER]};

    if (mkdtemp(dir) == NULL)
        exit(2);
    for (size_t i = 0; i < COUNT(files); i++)
        (void)snprintf(paths[i], sizeof(paths[i]), "%s/%s", dir, files[i]);
    ca_write_cert(&own, path("cert"));
    ca_write_key(&own, NULL, path("key"));
    ca_write_key(&other, NULL, path("other-key"));
    ca_write_key(&own, "open sesame", path("sealed-key"));
    ca_write_key(&ec, NULL, path("ec-key"));
    ca_write_cert(&ca, path("ca"));
    ca_write_crl(&ca, NULL, path("crl"));
    ca_write_crl(&other_ca, NULL, path("other-crl"));
    write_text("junk",
               "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n");
    write_text("empty", "");
}

static const struct load_row {
    const char *name, *cert, *key, *ca, *crl;
    const char *blames; /* the file; NULL: it loads */
} load_rows[] = {
    {"good", "cert", "key", "ca", NULL, NULL},
    {"good, with a revocation list", "cert", "key", "ca", "crl", NULL},
    {"no certificate", "absent", "key", "ca", NULL, "absent"},
    {"an empty certificate", "empty", "key", "ca", NULL, "empty"},
    {"a certificate that is none", "junk", "key", "ca", NULL, "junk"},
    {"a key as certificate", "key", "key", "ca", NULL, "key"},
    {"no key", "cert", "absent", "ca", NULL, "absent"},
    {"an empty key", "cert", "empty", "ca", NULL, "empty"},
    {"a certificate as key", "cert", "cert", "ca", NULL, "cert"},
    {"an encrypted key", "cert", "sealed-key", "ca", NULL, "sealed-key"},
    {"another's key", "cert", "other-key", "ca", NULL, "other-key"},
    {"a key that is not RSA", "cert", "ec-key", "ca", NULL, "ec-key"},
    {"no authority", "cert", "key", "absent", NULL, "absent"},
    {"an empty authority", "cert", "key", "empty", NULL, "empty"},
    {"an authority that is none", "cert", "key", "junk", NULL, "junk"},
    {"no revocation list", "cert", "key", "ca", "absent", "absent"},
    {"an empty revocation list", "cert", "key", "ca", "empty", "empty"},
};

static void test_load(void)
{
    for (size_t i = 0; i < COUNT(load_rows); i++) {
        const struct load_row *row = &load_rows[i];
        char why[256] = "";
        char cert[64], key[64], authority[64], crl[64];
        struct gdoi_credential *c;

        (void)snprintf(cert, sizeof(cert), "%s", path(row->cert));
        (void)snprintf(key, sizeof(key), "%s", path(row->key));
        (void)snprintf(authority, sizeof(authority), "%s", path(row->ca));
        (void)snprintf(crl, sizeof(crl), "%s", row->crl != NULL ? path(row->crl) : "");
        c = gdoi_credential_load(cert, key, authority, row->crl != NULL ? crl : NULL, why,
                                 sizeof(why));
        CHECK_INT(row->name, c != NULL, row->blames == NULL);
        if (row->blames != NULL) {
            const char *blamed = path(row->blames);

            CHECK(why, strncmp(why, blamed, strlen(blamed)) == 0 && why[strlen(blamed)] == ':');
            CHECK(why, strlen(why) > strlen(blamed) + 10);
        }
        gdoi_credential_free(c);
    }
    gdoi_credential_free(NULL);
}

/* ---- ours ---- */

static struct gdoi_credential *load(const char *crl)
{
    char why[256], cert[64], key[64], authority[64];

    (void)snprintf(cert, sizeof(cert), "%s", path("cert"));
    (void)snprintf(key, sizeof(key), "%s", path("key"));
    (void)snprintf(authority, sizeof(authority), "%s", path("ca"));
    return gdoi_credential_load(cert, key, authority, crl, why, sizeof(why));
}

static size_t der_of(X509 *cert, uint8_t out[4096])
{
    unsigned char *at = out;

    return i2d_X509(cert, NULL) > 4096 ? 0 : (size_t)i2d_X509(cert, &at);
}

static void test_own(void)
{
    struct gdoi_credential *c = load(path("crl"));
    struct gv_buf sig = gv_buf(4096), small = gv_buf(100);
    uint8_t der[4096], clear[4096];
    const uint8_t *got;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(keys[KEY_OWN], NULL);
    size_t n, der_n = der_of(own.cert, der), clear_n = sizeof(clear);
    unsigned char *subject = der;

    got = gdoi_credential_cert(c, &n);
    CHECK("our certificate", n == der_n && memcmp(got, der, n) == 0);
    der_n = (size_t)i2d_X509_NAME(X509_get_subject_name(own.cert), &subject);
    got = gdoi_credential_subject(c, &n);
    CHECK("our subject", n == der_n && memcmp(got, der, n) == 0);
    subject = der;
    der_n = (size_t)i2d_X509_NAME(X509_get_subject_name(ca.cert), &subject);
    got = gdoi_credential_authority(c, 0, &n);
    CHECK("our authority", got != NULL && n == der_n && memcmp(got, der, n) == 0);
    CHECK("the only one, beside a revocation list",
          gdoi_credential_authority(c, 1, &n) == NULL);
    CHECK_INT("a signature", gdoi_credential_sign(c, hash, sizeof(hash), &sig), GV_OK);
    CHECK("is of the bare hash",
          EVP_PKEY_verify_recover_init(ctx) == 1 &&
              EVP_PKEY_verify_recover(ctx, clear, &clear_n, (unsigned char *)sig.at, sig.n) ==
                  1 &&
              clear_n == sizeof(hash) && memcmp(clear, hash, clear_n) == 0);
    CHECK_INT("a ceiling", gdoi_credential_sign(c, hash, sizeof(hash), &small),
              GV_ERR_TOO_LARGE);
    EVP_PKEY_CTX_free(ctx);
    gv_buf_clear(&sig);
    gv_buf_clear(&small);
    gdoi_credential_free(c);
}

/* ---- the peer ---- */

static size_t sign(EVP_PKEY *key, uint8_t out[4096])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t n = 4096;

    if (EVP_PKEY_sign_init(ctx) != 1 || EVP_PKEY_sign(ctx, out, &n, hash, sizeof(hash)) != 1)
        exit(2);
    EVP_PKEY_CTX_free(ctx);
    return n;
}

#define NAMES "DNS:ks1.example,DNS:*.wild.example,IP:192.0.2.1,IP:2001:db8::1,email:ks@example"

enum issuer { BY_CA, BY_OTHER_CA, BY_ITSELF };

static const struct peer_row {
    const char *name, *alternatives;
    enum key key;
    enum issuer issuer;
    long from_s, to_s;
    uint8_t id_type;
    const char *id;
    size_t id_n;
    const char *why; /* part of it; NULL: the peer is believed */
} peer_rows[] = {
    {"FQDN", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN, "ks1.example", 11, NULL},
    {"address", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_IPV4, "\300\0\2\1", 4, NULL},
    {"IPv6 address", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_IPV6,
     "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16, NULL},
    {"user FQDN", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_USER_FQDN, "ks@example", 10,
     NULL},
    {"expired", NAMES, KEY_PEER, BY_CA, -DAY_S, -60, GDOI_ID_FQDN, "ks1.example", 11,
     "expired"},
    {"not yet valid", NAMES, KEY_PEER, BY_CA, 3600, DAY_S, GDOI_ID_FQDN, "ks1.example", 11,
     "not yet valid"},
    {"another authority", NAMES, KEY_PEER, BY_OTHER_CA, -60, DAY_S, GDOI_ID_FQDN, "ks1.example",
     11, "issuer"},
    {"signed by itself", NAMES, KEY_PEER, BY_ITSELF, -60, DAY_S, GDOI_ID_FQDN, "ks1.example",
     11, "self"},
    {"1024 bits", NAMES, KEY_1024, BY_CA, -60, DAY_S, GDOI_ID_FQDN, "ks1.example", 11,
     "2048 bits"},
    {"exponent 3", NAMES, KEY_E3, BY_CA, -60, DAY_S, GDOI_ID_FQDN, "ks1.example", 11,
     "exponent"},
    {"not RSA", NAMES, KEY_EC, BY_CA, -60, DAY_S, GDOI_ID_FQDN, "ks1.example", 11, "RSA"},
    {"another FQDN", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN, "ks2.example", 11,
     "identity"},
    {"the beginning of an FQDN", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN, "ks1", 3,
     "identity"},
    {"an FQDN with a NUL behind it", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN,
     "ks1.example\0", 12, "identity"},
    {"an FQDN that begins with a dot", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN,
     ".example", 8, "identity"},
    {"an FQDN of no octet", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN, "", 0,
     "identity"},
    {"an FQDN under a wildcard", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN,
     "a.wild.example", 14, "identity"},
    {"an FQDN that is the subject only", NULL, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_FQDN,
     "subject.example", 15, "identity"},
    {"another address", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_IPV4, "\300\0\2\2", 4,
     "identity"},
    {"an address of no octet", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_IPV4, "", 0,
     "identity"},
    {"an address of 3 octets", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_IPV4, "\300\0\2", 3,
     "identity"},
    {"another user FQDN", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_USER_FQDN, "kx@example",
     10, "identity"},
    {"a user FQDN of no octet", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_USER_FQDN, "", 0,
     "identity"},
    {"a DN that is none", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_DN, "0\0", 2, "identity"},
    {"a DN of no octet", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_DN, "", 0, "identity"},
    {"a group's number", NAMES, KEY_PEER, BY_CA, -60, DAY_S, GDOI_ID_KEY_ID, "\0\0\4\xd2", 4,
     "identity"},
};

/* The identity in a room of just its size, so that a sanitizer sees a read past its end. */
static enum gv_err check(const struct gdoi_credential *c, X509 *cert, uint8_t type,
                         const void *id, size_t id_n, const uint8_t *sig, size_t sig_n,
                         const char **why)
{
    uint8_t der[4096], *exact = malloc(id_n > 0 ? id_n : 1);
    size_t n = der_of(cert, der);
    enum gv_err err;

    if (exact == NULL)
        exit(2);
    exact[0] = 'k';
    memcpy(exact, id, id_n);
    err = gdoi_credential_check(c, der, n, type, exact, id_n, hash, sizeof(hash), sig, sig_n,
                                why);
    free(exact);
    return err;
}

static void check_verdict(const char *name, enum gv_err err, const char *why, const char *want)
{
    CHECK_INT(name, err, want == NULL ? GV_OK : GV_ERR_AUTHENTICATION);
    CHECK(why, want == NULL ? why[0] == '\0' : strstr(why, want) != NULL);
}

static void test_peers(void)
{
    struct gdoi_credential *c = load(NULL);

    for (size_t i = 0; i < COUNT(peer_rows); i++) {
        const struct peer_row *row = &peer_rows[i];
        const struct ca_pair *by = row->issuer == BY_CA         ? &ca
                                   : row->issuer == BY_OTHER_CA ? &other_ca
                                                                : NULL;
        struct ca_pair peer =
            issue("subject.example", row->alternatives, row->key, by, row->from_s, row->to_s);
        uint8_t sig[4096];
        size_t n = sign(keys[row->key], sig);
        const char *why = NULL;
        enum gv_err err = check(c, peer.cert, row->id_type, row->id, row->id_n, sig, n, &why);

        check_verdict(row->name, err, why, row->why);
        ca_clear(&peer);
    }
    gdoi_credential_free(c);
}

/* Some send their authorities' certificates, too: behind their own, or ahead of it. */
static void test_chain(void)
{
    static const struct {
        const char *name, *order; /* p: the peer's, m: of the authority between, c: ours */
        const char *why;
    } rows[] = {
        {"its own, then the one between", "pm", NULL},
        {"the one between ahead", "mp", NULL},
        {"up to our authority", "pmc", NULL},
        {"its own four times, then the one between", "ppppm", NULL},
        {"six of them", "pppppm", "cannot be read"},
        {"its own alone", "p", "unable to get"},
        {"the one between alone", "m", "identity"},
    };
    struct gdoi_credential *c = load(NULL);
    struct ca_pair middle = ca_issue(&(struct ca_spec){"between", NULL, keys[KEY_OTHER_CA], &ca,
                                                       -60, DAY_S, .authority = true});
    struct ca_pair peer = issue("subject.example", NAMES, KEY_PEER, &middle, -60, DAY_S);
    uint8_t sig[4096], der[6 * 4096];
    size_t sig_n = sign(keys[KEY_PEER], sig);

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why = NULL;
        enum gv_err err;
        size_t n = 0;

        for (const char *at = rows[i].order; *at != '\0'; at++)
            n += der_of(*at == 'p' ? peer.cert : *at == 'm' ? middle.cert : ca.cert, der + n);
        err = gdoi_credential_check(c, der, n, GDOI_ID_FQDN, (const uint8_t *)"ks1.example", 11,
                                    hash, sizeof(hash), sig, sig_n, &why);
        check_verdict(rows[i].name, err, why, rows[i].why);
    }
    ca_clear(&peer);
    ca_clear(&middle);
    gdoi_credential_free(c);
}

static void test_subject(void)
{
    struct gdoi_credential *c = load(NULL);
    struct ca_pair peer = issue("subject.example", NULL, KEY_PEER, &ca, -60, DAY_S);
    unsigned char *dn = NULL;
    uint8_t sig[4096];
    size_t n = sign(keys[KEY_PEER], sig);
    size_t dn_n = (size_t)i2d_X509_NAME(X509_get_subject_name(peer.cert), &dn);
    const char *why;
    enum gv_err err = check(c, peer.cert, GDOI_ID_DN, dn, dn_n, sig, n, &why);

    check_verdict("DN", err, why, NULL);
    dn[dn_n - 1] ^= 1;
    err = check(c, peer.cert, GDOI_ID_DN, dn, dn_n, sig, n, &why);
    check_verdict("another DN", err, why, "identity");
    dn[dn_n - 1] ^= 1;
    err = check(c, peer.cert, GDOI_ID_DN, dn, dn_n - 1, sig, n, &why);
    check_verdict("a DN one octet short", err, why, "identity");
    OPENSSL_free(dn);
    ca_clear(&peer);
    gdoi_credential_free(c);
}

static void test_signatures(void)
{
    struct gdoi_credential *c = load(NULL);
    struct ca_pair peer = issue("subject.example", NAMES, KEY_PEER, &ca, -60, DAY_S);
    uint8_t sig[4096] = {0};
    size_t n = sign(keys[KEY_OWN], sig);
    const char *why;
    enum gv_err err = check(c, peer.cert, GDOI_ID_FQDN, "ks1.example", 11, sig, n, &why);

    check_verdict("another key's", err, why, "signature");
    n = sign(keys[KEY_PEER], sig);
    for (size_t cut = 0; cut < n; cut += 51) {
        err = check(c, peer.cert, GDOI_ID_FQDN, "ks1.example", 11, sig, cut, &why);
        check_verdict("cut", err, why, "signature");
    }
    err = check(c, peer.cert, GDOI_ID_FQDN, "ks1.example", 11, sig, n + 1, &why);
    check_verdict("an octet more", err, why, "signature");
    sig[100] ^= 1;
    err = check(c, peer.cert, GDOI_ID_FQDN, "ks1.example", 11, sig, n, &why);
    check_verdict("one bit", err, why, "signature");
    ca_clear(&peer);
    gdoi_credential_free(c);
}

static void test_octets(void)
{
    struct gdoi_credential *c = load(NULL);
    struct ca_pair peer = issue("subject.example", NAMES, KEY_PEER, &ca, -60, DAY_S);
    uint8_t sig[4096], der[4096];
    size_t n = sign(keys[KEY_PEER], sig), der_n = der_of(peer.cert, der);
    const char *why = "";

    for (size_t cut = 0; cut < der_n; cut += 7) {
        uint8_t *exact = malloc(cut > 0 ? cut : 1);

        if (exact == NULL)
            exit(2);
        memcpy(exact, der, cut);
        CHECK_INT("a certificate that is cut",
                  gdoi_credential_check(c, exact, cut, GDOI_ID_FQDN,
                                        (const uint8_t *)"ks1.example", 11, hash, sizeof(hash),
                                        sig, n, &why),
                  GV_ERR_AUTHENTICATION);
        CHECK_STR("a certificate that is cut", why, "the certificate cannot be read");
        free(exact);
    }
    ca_clear(&peer);
    gdoi_credential_free(c);
}

static void test_revocation(void)
{
    struct ca_pair peer = issue("subject.example", NAMES, KEY_PEER, &ca, -60, DAY_S);
    struct gdoi_credential *c = load(path("crl"));
    uint8_t sig[4096];
    size_t n = sign(keys[KEY_PEER], sig);
    const char *why;
    enum gv_err err = check(c, peer.cert, GDOI_ID_FQDN, "ks1.example", 11, sig, n, &why);

    check_verdict("not on the list", err, why, NULL);
    gdoi_credential_free(c);
    ca_write_crl(&ca, &peer, path("crl"));
    c = load(path("crl"));
    err = check(c, peer.cert, GDOI_ID_FQDN, "ks1.example", 11, sig, n, &why);
    check_verdict("on the list", err, why, "revoked");
    gdoi_credential_free(c);
    c = load(path("other-crl"));
    err = check(c, peer.cert, GDOI_ID_FQDN, "ks1.example", 11, sig, n, &why);
    check_verdict("no list of this authority", err, why, "CRL");
    gdoi_credential_free(c);
    ca_clear(&peer);
}

int main(void)
{
    static const struct {
        unsigned bits, exponent;
    } specs[KEY_COUNT] = {
        [KEY_CA] = {2048, 65537},   [KEY_OTHER_CA] = {2048, 65537}, [KEY_OWN] = {2048, 65537},
        [KEY_PEER] = {2048, 65537}, [KEY_1024] = {1024, 65537},     [KEY_E3] = {2048, 3},
        [KEY_EC] = {0, 0}};

    for (size_t i = 0; i < KEY_COUNT; i++)
        keys[i] = ca_key(specs[i].bits, specs[i].exponent);
    ca = issue("Authority", NULL, KEY_CA, NULL, -60, DAY_S);
    other_ca = issue("Another", NULL, KEY_OTHER_CA, NULL, -60, DAY_S);
    own = issue("gm1.example", "DNS:gm1.example", KEY_OWN, &ca, -60, DAY_S);
    write_files();
    test_load();
    test_own();
    test_peers();
    test_chain();
    test_subject();
    test_signatures();
    test_octets();
    test_revocation();
    for (size_t i = 0; i < COUNT(files); i++)
        (void)unlink(paths[i]);
    (void)rmdir(dir);
    ca_clear(&ca);
    ca_clear(&other_ca);
    ca_clear(&own);
    for (size_t i = 0; i < KEY_COUNT; i++)
        EVP_PKEY_free(keys[i]);
    return check_end();
}
