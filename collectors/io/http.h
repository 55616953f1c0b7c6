/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP client in the event loop: the one home of libcurl. GET only; every request has a
 * ceiling on time and size. */
#ifndef GV_IO_HTTP_H
#define GV_IO_HTTP_H

#include "base/buf.h"
#include "base/secret.h"
#include "base/time.h"
#include "io/loop.h"

struct gv_http_client; /* its connections are used again by later requests */

/* What is asked of whom. Nothing in it is needed after gv_http_get. */
struct gv_http_ask {
    const char *url;    /* https:// */
    bool plain;         /* http:// too */
    bool environment;   /* by the proxy that the environment names; else by none */
    unsigned redirects; /* followed at most; 0: a redirect is an answer like any other */
    const char *accept; /* media type; NULL: any */

    /* Basic authentication; user NULL: none. */
    const char *user;
    const struct gv_secret *password;

    /* Who the server has to be: one that these authorities (PEM; NULL: the system's) vouch
     * for by that name, or one with this public key ("sha256//" and base64), or, where both
     * are given, both. */
    const char *ca_file, *pin;

    /* Who we are to the server: certificates (PEM, ours first) and the key of the first. NULL:
     * nobody, or in one file. */
    const char *cert_file, *key_file;

    struct gv_dur connect_limit, limit;
    size_t most; /* octets of the body */
};

struct gv_http_answer {
    enum gv_err err; /* GV_OK: there is an answer, whatever its status */
    unsigned status;
    bool has_date;
    int64_t date_unix_ms; /* the server's clock when it answered */
    struct gv_text body;  /* valid during the call */
    const char *detail;   /* for people, what failed; no secret. Valid during the call */
};

typedef void gv_http_done(void *arg, const struct gv_http_answer *answer);

/* NULL without memory. Freeing cancels what is under way and closes the connections; allowed
 * from inside of a done-callback. NULL is fine. */
struct gv_http_client *gv_http_client_new(struct gv_loop *loop);
void gv_http_client_free(struct gv_http_client *client);

/* Begin a request; `done` comes once, never from inside. False without memory: then it never
 * comes. GV_ERR_HOST_KEY_UNKNOWN: a certificate that nobody vouches for;
 * GV_ERR_HOST_KEY_CHANGED: another key than the pinned one; GV_ERR_KEY_EXCHANGE: no TLS;
 * GV_ERR_TOO_LARGE: more than `most` octets, or headers without end. */
bool gv_http_get(struct gv_http_client *client, const struct gv_http_ask *ask,
                 gv_http_done *done, void *arg) GV_MUST_CHECK;

#endif
