/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/credential.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "gdoi/crypto_part.h"
#include "gdoi/payload.h"

enum { PEER_BITS_LEAST = 2048, EXPONENT_LEAST = 65537, CHAIN_MOST = 5 };

struct gdoi_credential {
    X509 *cert;
    EVP_PKEY *key;
    X509_STORE *store;
    unsigned char *cert_der, *subject_der;
    int cert_n, subject_n;
    unsigned holders;
};

static bool complain(char *why, size_t why_n, const char *what, const char *path)
{
    (void)snprintf(why, why_n, "%s: %s", path, what);
    return false;
}

/* No passphrase is asked for at the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)arg;
    return -1;
}

static bool load_own(struct gdoi_credential *c, const char *cert, const char *key, char *why,
                     size_t why_n)
{
    FILE *file = fopen(cert, "r");

    c->cert = file != NULL ? PEM_read_X509(file, NULL, no_passphrase, NULL) : NULL;
    if (file != NULL)
        (void)fclose(file);
    if (c->cert == NULL)
        return complain(why, why_n, "expected a certificate in PEM", cert);
    file = fopen(key, "r");
    c->key = file != NULL ? PEM_read_PrivateKey(file, NULL, no_passphrase, NULL) : NULL;
    if (file != NULL)
        (void)fclose(file);
    if (c->key == NULL || !EVP_PKEY_is_a(c->key, "RSA"))
        return complain(why, why_n, "expected an RSA private key in PEM, without a passphrase",
                        key);
    if (X509_check_private_key(c->cert, c->key) != 1)
        return complain(why, why_n, "is not the key of that certificate", key);
    c->cert_n = i2d_X509(c->cert, &c->cert_der);
    c->subject_n = i2d_X509_NAME(X509_get_subject_name(c->cert), &c->subject_der);
    if (c->cert_n <= 0 || c->subject_n <= 0)
        return complain(why, why_n, "cannot be encoded", cert);
    return true;
}

static bool load_trust(struct gdoi_credential *c, const char *ca, const char *crl, char *why,
                       size_t why_n)
{
    c->store = X509_STORE_new();
    if (c->store == NULL || X509_STORE_load_file(c->store, ca) != 1)
        return complain(why, why_n, "expected certificates of authorities in PEM", ca);
    if (crl == NULL)
        return true;
    if (X509_STORE_load_file(c->store, crl) != 1)
        return complain(why, why_n, "expected revocation lists in PEM", crl);
    return X509_STORE_set_flags(c->store, X509_V_FLAG_CRL_CHECK) == 1;
}

struct gdoi_credential *gdoi_credential_load(const char *cert, const char *key, const char *ca,
                                             const char *crl, char *why, size_t why_n)
{
    struct gdoi_credential *c = OPENSSL_zalloc(sizeof(*c));

    if (c == NULL) {
        (void)snprintf(why, why_n, "no memory");
        return NULL;
    }
    c->holders = 1;
    if (load_own(c, cert, key, why, why_n) && load_trust(c, ca, crl, why, why_n))
        return c;
    gdoi_credential_free(c);
    return NULL;
}

struct gdoi_credential *gdoi_credential_share(struct gdoi_credential *credential)
{
    if (credential != NULL)
        credential->holders++;
    return credential;
}

void gdoi_credential_free(struct gdoi_credential *credential)
{
    if (credential == NULL || --credential->holders > 0)
        return;
    X509_free(credential->cert);
    EVP_PKEY_free(credential->key);
    X509_STORE_free(credential->store);
    OPENSSL_free(credential->cert_der);
    OPENSSL_free(credential->subject_der);
    OPENSSL_free(credential);
}

const uint8_t *gdoi_credential_cert(const struct gdoi_credential *credential, size_t *n)
{
    *n = (size_t)credential->cert_n;
    return credential->cert_der;
}

const uint8_t *gdoi_credential_subject(const struct gdoi_credential *credential, size_t *n)
{
    *n = (size_t)credential->subject_n;
    return credential->subject_der;
}

const uint8_t *gdoi_credential_authority(const struct gdoi_credential *credential, size_t i,
                                         size_t *n)
{
    const STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(credential->store);
    const unsigned char *der;

    for (int at = 0; at < sk_X509_OBJECT_num(objects); at++) {
        X509 *cert = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, at));

        if (cert == NULL || i-- > 0) /* revocation lists are among them */
            continue;
        return X509_NAME_get0_der(X509_get_subject_name(cert), &der, n) == 1 ? der : NULL;
    }
    return NULL;
}

enum gv_err gdoi_credential_sign(const struct gdoi_credential *credential, const uint8_t *value,
                                 size_t n, struct gv_buf *out)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, credential->key, NULL);
    size_t sig_n = (size_t)EVP_PKEY_get_size(credential->key);
    char *room = gv_buf_room(out, sig_n);
    bool ok = ctx != NULL && room != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
              EVP_PKEY_sign(ctx, (unsigned char *)room, &sig_n, value, n) == 1;

    EVP_PKEY_CTX_free(ctx);
    if (!ok)
        return out->err != GV_OK ? out->err : GV_ERR_SYSTEM;
    gv_buf_grew(out, sig_n);
    return GV_OK;
}

/* ---- the peer ---- */

static bool is_subject(X509 *cert, const uint8_t *id, size_t n)
{
    unsigned char *der = NULL;
    int der_n = i2d_X509_NAME(X509_get_subject_name(cert), &der);
    bool same = der_n > 0 && (size_t)der_n == n && memcmp(der, id, n) == 0;

    OPENSSL_free(der);
    return same;
}

/* The library takes a size of 0 for that of a C string, drops a NUL at the end, and lets a dot
 * at the beginning stand for any subdomain. */
static bool is_plain(const uint8_t *id, size_t n)
{
    return n > 0 && id[0] != '.' && memchr(id, '\0', n) == NULL;
}

/* The identity is the subject, or one of the alternative names (RFC 4945, 3.1). */
static bool names_identity(X509 *cert, uint8_t type, const uint8_t *id, size_t n)
{
    const unsigned flags = X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

    if ((type == GDOI_ID_FQDN || type == GDOI_ID_USER_FQDN) && !is_plain(id, n))
        return false;
    switch (type) {
    case GDOI_ID_IPV4:
    case GDOI_ID_IPV6:
        return n > 0 && X509_check_ip(cert, id, n, 0) == 1;
    case GDOI_ID_FQDN:
        return X509_check_host(cert, (const char *)id, n, flags, NULL) == 1;
    case GDOI_ID_USER_FQDN:
        return X509_check_email(cert, (const char *)id, n, 0) == 1;
    case GDOI_ID_DN:
        return is_subject(cert, id, n);
    default:
        return false;
    }
}

static bool is_trusted(const struct gdoi_credential *credential, X509 *cert,
                       STACK_OF(X509) * others, const char **why)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool ok = ctx != NULL && X509_STORE_CTX_init(ctx, credential->store, cert, others) == 1;

    if (ok) {
        X509_STORE_CTX_set_depth(ctx, CHAIN_MOST);
        ok = X509_verify_cert(ctx) == 1;
        if (!ok)
            *why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
    }
    X509_STORE_CTX_free(ctx);
    return ok;
}

static bool signature_holds(EVP_PKEY *key, const uint8_t *value, size_t value_n,
                            const uint8_t *sig, size_t sig_n)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool ok = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
              EVP_PKEY_verify(ctx, sig, sig_n, value, value_n) == 1;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

/* Certificates one behind the other; NULL where one cannot be read, or they are too many. */
static STACK_OF(X509) * read_chain(const uint8_t *octets, size_t n)
{
    const unsigned char *at = octets, *end = octets + n;
    STACK_OF(X509) *chain = sk_X509_new_null();

    while (chain != NULL && at < end) {
        X509 *cert = n <= INT32_MAX && sk_X509_num(chain) < CHAIN_MOST
                         ? d2i_X509(NULL, &at, (long)(end - at))
                         : NULL;

        if (cert != NULL && sk_X509_push(chain, cert) > 0)
            continue;
        X509_free(cert);
        sk_X509_pop_free(chain, X509_free);
        chain = NULL;
    }
    return chain;
}

/* Mostly the first; some send their authority's ahead. NULL where there is none. */
static X509 *find_own(STACK_OF(X509) * chain, uint8_t id_type, const uint8_t *id, size_t id_n)
{
    for (int i = 0; i < sk_X509_num(chain); i++)
        if (names_identity(sk_X509_value(chain, i), id_type, id, id_n))
            return sk_X509_value(chain, i);
    return sk_X509_value(chain, 0);
}

enum gv_err gdoi_credential_check(const struct gdoi_credential *credential, const uint8_t *cert,
                                  size_t cert_n, uint8_t id_type, const uint8_t *id,
                                  size_t id_n, const uint8_t *value, size_t value_n,
                                  const uint8_t *sig, size_t sig_n, const char **why)
{
    STACK_OF(X509) *chain = read_chain(cert, cert_n);
    X509 *peer = find_own(chain, id_type, id, id_n);
    EVP_PKEY *key = peer != NULL ? X509_get0_pubkey(peer) : NULL;
    bool ok = false;

    *why = "the certificate cannot be read";
    if (peer != NULL) {
        *why = "the certificate's key is not RSA of 2048 bits or more, with an exponent of "
               "65537 or more";
        ok = key != NULL && gdoi_rsa_fit(key, PEER_BITS_LEAST, EXPONENT_LEAST);
    }
    if (ok) {
        *why = "the certificate does not name the key server's identity";
        ok = names_identity(peer, id_type, id, id_n);
    }
    ok = ok && is_trusted(credential, peer, chain, why);
    if (ok) {
        *why = "the signature is not that of the certificate's key";
        ok = signature_holds(key, value, value_n, sig, sig_n);
    }
    sk_X509_pop_free(chain, X509_free);
    if (!ok)
        return GV_ERR_AUTHENTICATION;
    *why = "";
    return GV_OK;
}
