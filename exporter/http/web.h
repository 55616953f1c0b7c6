/* SPDX-License-Identifier: Apache-2.0 */
/* What the web configuration says, as the server takes it: TLS, users, headers, rate.
 * Plain data; whoever reads the file (exporter/web/config.c) owns it. */
#ifndef GV_HTTP_WEB_H
#define GV_HTTP_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Whether a client shows a certificate, and whether it is verified. */
enum gv_client_auth {
    GV_CLIENT_NONE,         /* not asked for one */
    GV_CLIENT_REQUEST,      /* asked; need not, not verified */
    GV_CLIENT_ANY,          /* must; not verified */
    GV_CLIENT_VERIFY_GIVEN, /* need not; verified where it does */
    GV_CLIENT_VERIFY        /* must, and it is verified */
};

/* Lists are NULL-ended; NULL: not configured. */
struct gv_tls_spec {
    struct gv_text cert, key; /* PEM, as the files hold it */
    struct gv_text client_ca; /* PEM; at NULL: the system's authorities */
    enum gv_client_auth client_auth;
    const char *const *sans; /* one of them must be in the client's certificate */
    const char *const *suites, *const *curves; /* known to tls_names.h, the preferred first */
    uint32_t min_version, max_version;         /* minor number of TLS 1.x */
};

/* A user, and the bcrypt hash of the password. */
struct gv_web_user {
    const char *name, *hash;
};

/* The headers that may be set. Nothing else may: an exporter looks like the others. */
enum gv_web_header {
    GV_WEB_CSP,
    GV_WEB_FRAME_OPTIONS,
    GV_WEB_CONTENT_TYPE_OPTIONS,
    GV_WEB_XSS_PROTECTION,
    GV_WEB_TRANSPORT_SECURITY,
    GV_WEB_HEADER_COUNT
};
extern const char *const gv_web_header_names[GV_WEB_HEADER_COUNT + 1]; /* NULL-ended */

struct gv_web {
    bool has_tls;
    struct gv_tls_spec tls;
    const struct gv_web_user *users;
    size_t user_count;
    const char *headers[GV_WEB_HEADER_COUNT]; /* NULL: ours stays; "": is left out */
    uint64_t rate_interval_ns;                /* of one request; 0: no limit */
    uint32_t rate_burst;
};

#endif
