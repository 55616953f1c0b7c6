/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd begins each session with rules of its daemon, which cannot change. So the
 * daemon has none, and each session gets ours before its first octet: then a renewed
 * certificate is there for the next connection, and nothing else is disturbed. */
#include "http/tls.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http/tls_names.h"

enum { PRIORITY_SIZE = 2048, SAN_SIZE = 512, DRAIN_MOST = 16 };

struct gv_tls {
    unsigned holders;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    enum gv_client_auth client_auth;
    char **sans, **suites; /* NULL-ended copies; NULL: any */
    int64_t from_s, to_s;
};

static const gnutls_certificate_request_t requests[] = {
    [GV_CLIENT_NONE] = GNUTLS_CERT_IGNORE,          [GV_CLIENT_REQUEST] = GNUTLS_CERT_REQUEST,
    [GV_CLIENT_ANY] = GNUTLS_CERT_REQUIRE,          [GV_CLIENT_VERIFY] = GNUTLS_CERT_REQUIRE,
    [GV_CLIENT_VERIFY_GIVEN] = GNUTLS_CERT_REQUEST,
};

static void free_list(char **list)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        free(list[i]);
    free(list);
}

/* A copy of a NULL-ended list; NULL stays NULL. False without memory. */
static bool copy_list(const char *const *list, char ***out)
{
    size_t n = 0;

    if (list == NULL)
        return true;
    while (list[n] != NULL)
        n++;
    *out = calloc(n + 1, sizeof(**out));
    for (size_t i = 0; *out != NULL && i < n; i++) {
        (*out)[i] = strdup(list[i]);
        if ((*out)[i] == NULL)
            return false;
    }
    return *out != NULL;
}

static bool listed(char *const *list, const char *name)
{
    for (size_t i = 0; list[i] != NULL; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static gnutls_datum_t datum(struct gv_text text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text.at, (unsigned)text.n};
}

static enum gv_err fail(const char *what, int code, char *why, size_t why_size)
{
    (void)snprintf(why, why_size, "%s: %s", what, gnutls_strerror(code));
    return code == GNUTLS_E_MEMORY_ERROR ? GV_ERR_NO_MEMORY : GV_ERR_MALFORMED;
}

static enum gv_err set_certificate(struct gv_tls *tls, const struct gv_tls_spec *spec,
                                   char *why, size_t why_size)
{
    const gnutls_datum_t cert = datum(spec->cert), key = datum(spec->key);
    gnutls_x509_crt_t *chain = NULL;
    unsigned n = 0;
    int code = gnutls_certificate_set_x509_key_mem2(tls->credentials, &cert, &key,
                                                    GNUTLS_X509_FMT_PEM, NULL, 0);

    if (code < 0)
        return fail("certificate and key", code, why, why_size);
    code = gnutls_certificate_get_x509_crt(tls->credentials, 0, &chain, &n);
    if (code < 0 || n == 0)
        return fail("certificate", code, why, why_size);
    tls->from_s = gnutls_x509_crt_get_activation_time(chain[0]);
    tls->to_s = gnutls_x509_crt_get_expiration_time(chain[0]);
    for (unsigned i = 0; i < n; i++)
        gnutls_x509_crt_deinit(chain[i]);
    gnutls_free(chain);
    return GV_OK;
}

static enum gv_err set_authorities(struct gv_tls *tls, const struct gv_tls_spec *spec,
                                   char *why, size_t why_size)
{
    const gnutls_datum_t ca = datum(spec->client_ca);
    bool verified =
        spec->client_auth == GV_CLIENT_VERIFY || spec->client_auth == GV_CLIENT_VERIFY_GIVEN;
    int code = 1;

    if (spec->client_ca.at != NULL)
        code =
            gnutls_certificate_set_x509_trust_mem(tls->credentials, &ca, GNUTLS_X509_FMT_PEM);
    else if (verified)
        code = gnutls_certificate_set_x509_system_trust(tls->credentials);
    if (code > 0)
        return GV_OK;
    return fail(spec->client_ca.at != NULL ? "client_ca holds no certificate"
                                           : "the system has no certificate authorities",
                code, why, why_size);
}

static enum gv_err set_priority(struct gv_tls *tls, const struct gv_tls_spec *spec, char *why,
                                size_t why_size)
{
    struct gv_buf words = gv_buf(PRIORITY_SIZE);
    int code = GNUTLS_E_MEMORY_ERROR;

    gv_tls_priority(spec, &words);
    if (words.err == GV_OK)
        code = gnutls_priority_init(&tls->priority, words.at, NULL);
    gv_buf_clear(&words);
    return code == 0 ? GV_OK : fail("versions, suites and curves", code, why, why_size);
}

enum gv_err gv_tls_new(const struct gv_tls_spec *spec, struct gv_tls **out, char *why,
                       size_t why_size)
{
    struct gv_tls *tls = calloc(1, sizeof(*tls));
    enum gv_err err = GV_ERR_NO_MEMORY;

    if (tls == NULL)
        return err;
    tls->holders = 1;
    tls->client_auth = spec->client_auth;
    if (copy_list(spec->sans, &tls->sans) && copy_list(spec->suites, &tls->suites) &&
        gnutls_certificate_allocate_credentials(&tls->credentials) == 0)
        err = set_certificate(tls, spec, why, why_size);
    else
        (void)snprintf(why, why_size, "out of memory");
    if (err == GV_OK)
        err = set_authorities(tls, spec, why, why_size);
    if (err == GV_OK)
        err = set_priority(tls, spec, why, why_size);
    if (err == GV_OK)
        *out = tls;
    else
        gv_tls_free(tls);
    return err;
}

struct gv_tls *gv_tls_share(struct gv_tls *tls)
{
    tls->holders++;
    return tls;
}

void gv_tls_free(struct gv_tls *tls)
{
    if (tls == NULL || --tls->holders > 0)
        return;
    if (tls->credentials != NULL)
        gnutls_certificate_free_credentials(tls->credentials);
    if (tls->priority != NULL)
        gnutls_priority_deinit(tls->priority);
    free_list(tls->sans);
    free_list(tls->suites);
    free(tls);
}

void gv_tls_validity(const struct gv_tls *tls, int64_t *from_s, int64_t *to_s)
{
    *from_s = tls->from_s;
    *to_s = tls->to_s;
}

/* The name as the toolkit compares it: an address in its usual text. */
static bool san_text(unsigned type, const unsigned char *octets, size_t n, char *to,
                     size_t to_size)
{
    int family = n == sizeof(struct in_addr) ? AF_INET : AF_INET6;

    if (type == GNUTLS_SAN_IPADDRESS)
        return (n == sizeof(struct in_addr) || n == sizeof(struct in6_addr)) &&
               inet_ntop(family, octets, to, (socklen_t)to_size) != NULL;
    if (n >= to_size || memchr(octets, '\0', n) != NULL)
        return false;
    memcpy(to, octets, n);
    to[n] = '\0';
    return type == GNUTLS_SAN_DNSNAME || type == GNUTLS_SAN_RFC822NAME ||
           type == GNUTLS_SAN_URI;
}

/* One of the names of the certificate is in the list. */
static bool san_listed(char *const *sans, gnutls_x509_crt_t certificate)
{
    unsigned char octets[SAN_SIZE];
    char name[SAN_SIZE];

    for (unsigned i = 0;; i++) {
        size_t n = sizeof(octets);
        unsigned type;
        int code =
            gnutls_x509_crt_get_subject_alt_name2(certificate, i, octets, &n, &type, NULL);

        if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            return false;
        if (code >= 0 && san_text((unsigned)code, octets, n, name, sizeof(name)) &&
            listed(sans, name))
            return true;
    }
}

static bool sans_ok(const struct gv_tls *tls, const gnutls_datum_t *certificate)
{
    gnutls_x509_crt_t parsed = NULL;
    bool ok;

    if (tls->sans == NULL)
        return true;
    if (gnutls_x509_crt_init(&parsed) != 0)
        return false;
    ok = gnutls_x509_crt_import(parsed, certificate, GNUTLS_X509_FMT_DER) == 0 &&
         san_listed(tls->sans, parsed);
    gnutls_x509_crt_deinit(parsed);
    return ok;
}

static bool chain_ok(gnutls_session_t session)
{
    gnutls_typed_vdata_st purpose = {GNUTLS_DT_KEY_PURPOSE_OID,
                                     (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT, 0};
    unsigned status = 0;

    return gnutls_certificate_verify_peers(session, &purpose, 1, &status) == 0 && status == 0;
}

/* The client's certificate is there, or should be: 0 lets it in. */
static int verify_client(gnutls_session_t session)
{
    struct gv_tls_session *state = gnutls_session_get_ptr(session);
    const struct gv_tls *tls = state->tls;
    unsigned n = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);
    bool verify =
        tls->client_auth == GV_CLIENT_VERIFY || tls->client_auth == GV_CLIENT_VERIFY_GIVEN;

    if (chain == NULL || n == 0)
        return requests[tls->client_auth] == GNUTLS_CERT_REQUIRE ? -1 : 0;
    if ((!verify || chain_ok(session)) && sans_ok(tls, chain)) {
        state->verified = verify;
        return 0;
    }
    (void)gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
    return -1;
}

/* The suite that was chosen is one that the configuration names; exchange and cipher tell those
 * of our table apart. */
static bool suite_ok(gnutls_session_t session, const struct gv_tls *tls)
{
    const char *exchange = gnutls_kx_get_name(gnutls_kx_get(session));
    const char *cipher = gnutls_cipher_get_name(gnutls_cipher_get(session));

    if (tls->suites == NULL || gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3)
        return true;
    for (size_t i = 0; tls->suites[i] != NULL; i++) {
        const struct gv_tls_suite *suite = gv_tls_suite_find(tls->suites[i]);

        if (!suite->tls13 && exchange != NULL && cipher != NULL &&
            strcmp(suite->exchange, exchange) == 0 && strcmp(suite->cipher, cipher) == 0)
            return true;
    }
    return false;
}

/* After the client's Finished all is known, and nothing of either side has been said yet. */
static int on_handshake(gnutls_session_t session, unsigned type, unsigned when,
                        unsigned incoming, const gnutls_datum_t *message)
{
    struct gv_tls_session *state = gnutls_session_get_ptr(session);

    (void)type;
    (void)when;
    (void)message;
    if (incoming == 0)
        return 0;
    if (!suite_ok(session, state->tls))
        return GNUTLS_E_NO_CIPHER_SUITES;
    state->secured = true;
    return 0;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* As the toolkit's server answers; what is unread would turn our answer into a reset. */
static void tell_in_clear(int fd)
{
    static const char answer[] = "HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n"
                                 "Client sent an HTTP request to an HTTPS server.\n";
    char rest[1024];

    for (int i = 0; i < DRAIN_MOST && recv(fd, rest, sizeof(rest), MSG_DONTWAIT) > 0; i++)
        continue;
    (void)send(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)shutdown(fd, SHUT_WR);
}

static ssize_t pull(gnutls_transport_ptr_t arg, void *to, size_t n)
{
    struct gv_tls_session *state = arg;
    ssize_t got = recv(state->fd, to, n, 0);

    if (got <= 0 || state->heard)
        return got;
    state->heard = true;
    if (!is_letter(*(const char *)to))
        return got;
    tell_in_clear(state->fd);
    return 0;
}

bool gv_tls_session_begin(struct gv_tls *tls, gnutls_session_t session, int fd,
                          struct gv_tls_session *state)
{
    *state = (struct gv_tls_session){.tls = gv_tls_share(tls), .fd = fd};
    gnutls_session_set_ptr(session, state);
    gnutls_transport_set_ptr2(session, state, (void *)(intptr_t)fd);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
                                       on_handshake);
    gnutls_certificate_server_set_request(session, requests[tls->client_auth]);
    if (tls->client_auth != GV_CLIENT_NONE)
        gnutls_session_set_verify_function(session, verify_client);
    return gnutls_priority_set(session, tls->priority) == 0 &&
           gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->credentials) == 0;
}

void gv_tls_session_clear(struct gv_tls_session *state)
{
    gv_tls_free(state->tls);
    state->tls = NULL;
}
