/* SPDX-License-Identifier: Apache-2.0 */
/* One request: is it well formed, and what may it want?
 *
 * libmicrohttpd reads more than RFC 9112 allows. Whatever two programs on one
 * path might read differently is refused here, and the connection closed. */
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

/* What the header fields of one request add up to. */
struct fields {
    struct gv_http_request *request;
    unsigned hosts, lengths, encodings, authorizations;
    bool malformed, has_body;
};

/* A character of a field name: RFC 9110, 5.6.2. */
static bool is_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool name_ok(struct gv_text name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!is_token(name.at[i]))
            return false;
    return name.n > 0;
}

static bool value_ok(struct gv_text value)
{
    for (size_t i = 0; i < value.n; i++)
        if (((unsigned char)value.at[i] < 0x20 && value.at[i] != '\t') || value.at[i] == 0x7f)
            return false;
    return true;
}

static void read_length(struct fields *f, struct gv_text value)
{
    uint64_t length;

    f->lengths++;
    if (!gv_text_u64(value, &length))
        f->malformed = true;
    else if (length > 0)
        f->has_body = true;
}

static enum MHD_Result read_field(void *arg, enum MHD_ValueKind kind, const char *name_at,
                                  size_t name_n, const char *value_at, size_t value_n)
{
    struct fields *f = arg;
    struct gv_text name = {name_at, name_n}, value = {value_at, value_n};

    (void)kind;
    if (!name_ok(name) || !value_ok(value))
        f->malformed = true;
    if (gv_text_is_nocase(name, "host"))
        f->hosts++;
    else if (gv_text_is_nocase(name, "content-length"))
        read_length(f, value);
    else if (gv_text_is_nocase(name, "transfer-encoding"))
        f->encodings++;
    else if (gv_text_is_nocase(name, "authorization"))
        f->authorizations++;
    else if (gv_text_is_nocase(name, "accept"))
        gv_accept_feed(&f->request->accept, GV_ACCEPT, value);
    else if (gv_text_is_nocase(name, "accept-encoding"))
        gv_accept_feed(&f->request->accept, GV_ACCEPT_ENCODING, value);
    return MHD_YES;
}

/* Status of a request that is not well formed; 0: it is. */
static unsigned fault(struct gv_http_request *r, const char *version)
{
    struct fields f = {.request = r};
    bool one_one = strcmp(version, MHD_HTTP_VERSION_1_1) == 0;

    if (!one_one && strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
        return MHD_HTTP_BAD_REQUEST;
    (void)MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, read_field, &f);
    if (f.malformed || f.hosts > 1 || (one_one && f.hosts == 0) || f.lengths > 1 ||
        f.authorizations > 1 || (f.encodings > 0 && (f.lengths > 0 || !one_one)))
        return MHD_HTTP_BAD_REQUEST;
    if (f.has_body || f.encodings > 0)
        return MHD_HTTP_CONTENT_TOO_LARGE;
    if (gv_url_read(r->raw, r->raw_n, &r->url) != GV_OK)
        return MHD_HTTP_BAD_REQUEST;
    return 0;
}

void *gv_http_request_begin(void *server, const char *raw, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *context =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    size_t n = strlen(raw);
    struct gv_http_request *r = calloc(1, sizeof(*r) + n + 1);

    if (r == NULL || context == NULL || context->socket_context == NULL) {
        free(r);
        return NULL;
    }
    r->server = server;
    r->mhd = mhd;
    r->conn = context->socket_context;
    r->raw_n = n;
    memcpy(r->raw, raw, n + 1);
    if (r->conn->state == GV_CONN_IDLE)
        gv_http_conn_enter(r->conn, GV_CONN_HEADER);
    return r;
}

static enum gv_http_method method_of(const char *name)
{
    static const struct {
        const char *name;
        enum gv_http_method method;
    } methods[] = {{"GET", GV_GET}, {"HEAD", GV_HEAD}, {"POST", GV_POST}, {"PUT", GV_PUT}};

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (strcmp(methods[i].name, name) == 0)
            return methods[i].method;
    return GV_OTHER_METHOD;
}

/* The header has arrived: refuse, or go on to the second call. */
static enum MHD_Result check(struct gv_http_request *r, const char *version)
{
    unsigned status;

    if (r->server->hooks.look != NULL)
        r->server->hooks.look(r->server->hooks.arg);
    status = fault(r, version);
    r->begun = true;
    gv_http_conn_enter(r->conn, GV_CONN_BUSY);
    if (status == 0)
        return MHD_YES;
    return gv_http_answer_with(r, status,
                               status == MHD_HTTP_BAD_REQUEST
                                   ? "malformed request"
                                   : "a request with a body is not expected here",
                               MHD_HTTP_HEADER_CONNECTION, "close");
}

/* Who may ask may go on to the route. */
static enum MHD_Result admit(struct gv_http_request *r, enum gv_http_method method)
{
    struct gv_http_server *server = r->server;

    if (r->who == GV_WHO_UNKNOWN && !gv_http_rate_take(server))
        return gv_http_answer_text(r, MHD_HTTP_TOO_MANY_REQUESTS, "Too Many Requests");
    if (r->who == GV_WHO_UNKNOWN && gv_http_users_asked(server))
        gv_http_users_ask(r);
    else if (r->who == GV_WHO_UNKNOWN)
        r->who = GV_WHO_ANYONE;
    if (r->who == GV_WHO_UNKNOWN)
        return MHD_YES; /* suspended */
    if (r->who == GV_WHO_BUSY)
        return gv_http_answer_with(r, MHD_HTTP_SERVICE_UNAVAILABLE,
                                   "too many passwords are being checked",
                                   MHD_HTTP_HEADER_RETRY_AFTER, "1");
    if (r->who != GV_WHO_NOBODY)
        return gv_http_route(r, method);
    server->stats.unauthorized++;
    return gv_http_answer_with(r, MHD_HTTP_UNAUTHORIZED, "Unauthorized",
                               MHD_HTTP_HEADER_WWW_AUTHENTICATE,
                               "Basic realm=\"getvpn_exporter\"");
}

/* The signature is libmicrohttpd's. NOLINTNEXTLINE(readability-function-size) */
enum MHD_Result gv_http_request_handle(void *server, struct MHD_Connection *mhd,
                                       const char *url, const char *method, const char *version,
                                       const char *upload, size_t *upload_n, void **request)
{
    struct gv_http_request *r = *request;

    (void)server;
    (void)mhd;
    (void)url;
    (void)upload;
    if (r == NULL || *upload_n > 0)
        return MHD_NO;
    if (!r->begun)
        return check(r, version);
    return admit(r, method_of(method));
}

void gv_http_request_end(void *server, struct MHD_Connection *mhd, void **request,
                         enum MHD_RequestTerminationCode how)
{
    struct gv_http_request *r = *request;

    (void)server;
    (void)mhd;
    (void)how;
    if (r == NULL)
        return;
    if (r->probe != NULL)
        gv_http_probe_leave(r);
    if (r->check != NULL)
        gv_http_users_leave(r);
    if (r->conn->state == GV_CONN_BUSY)
        gv_http_conn_enter(r->conn, GV_CONN_IDLE);
    free(r);
    *request = NULL;
}

const struct gv_text *gv_http_request_param(const struct gv_http_request *r, const char *name)
{
    for (size_t i = 0; i < r->url.param_count; i++)
        if (gv_text_is(r->url.params[i].name, name))
            return &r->url.params[i].value;
    return NULL;
}
