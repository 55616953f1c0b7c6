/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of the server: certificate, authorities and rules for one generation of the web
 * configuration. Connections hold the generation that they began with. */
#ifndef GV_HTTP_TLS_H
#define GV_HTTP_TLS_H

#include <gnutls/gnutls.h>

#include "base/error.h"
#include "http/web.h"

struct gv_tls;

/* What one connection adds. */
struct gv_tls_session {
    struct gv_tls *tls; /* NULL: in the clear */
    int fd;
    bool heard;    /* an octet came */
    bool secured;  /* the handshake is over, the client's certificate as it should be */
    bool verified; /* it showed a certificate, and that was verified */
};

/* Take `spec`, which is not needed afterwards. On failure *out is untouched, and `why` says
 * what is wrong: unreadable PEM, key of another certificate. */
enum gv_err gv_tls_new(const struct gv_tls_spec *spec, struct gv_tls **out, char *why,
                       size_t why_size) GV_MUST_CHECK;
struct gv_tls *gv_tls_share(struct gv_tls *tls);
void gv_tls_free(struct gv_tls *tls); /* one holder; NULL is fine */

/* Unix times between which the server's certificate is valid. */
void gv_tls_validity(const struct gv_tls *tls, int64_t *from_s, int64_t *to_s);

/* Make `session`, which libmicrohttpd has just begun on the socket `fd`, one of `tls`. *state
 * lives until the session ends, and holds `tls` until gv_tls_session_clear. A client that
 * speaks in the clear is told so. False: it cannot be, and the connection must be ended. */
bool gv_tls_session_begin(struct gv_tls *tls, gnutls_session_t session, int fd,
                          struct gv_tls_session *state) GV_MUST_CHECK;
/* After GnuTLS has let go of the session. */
void gv_tls_session_clear(struct gv_tls_session *state);

#endif
