/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "http/internal.h"

const char gv_http_type_text[] = "text/plain; charset=utf-8";
const char gv_http_type_html[] = "text/html; charset=utf-8";
const char gv_http_type_json[] = "application/json";

const char *gv_http_type_exposition(enum gv_exposition format)
{
    return format == GV_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

/* On every answer: no page of ours runs anything, is framed, or is kept. */
static const struct {
    const char *name, *value;
} headers[] = {
    {MHD_HTTP_HEADER_X_CONTENT_TYPE_OPTIONS, "nosniff"},
    {MHD_HTTP_HEADER_X_FRAME_OPTIONS, "DENY"},
    {MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY,
     "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
    {"X-XSS-Protection", ""}, /* these two where the web configuration has them */
    {"Strict-Transport-Security", ""},
    {"Referrer-Policy", "no-referrer"},
    {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
    {MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding"},
};

/* Give back the room that a finished body does not need. */
static void trim(struct gv_buf *body)
{
    char *at = realloc(body->at, body->n + 1);

    if (at == NULL)
        return;
    body->at = at;
    body->room = body->n + 1;
}

struct gv_buf gv_http_body_new(struct gv_http_server *server)
{
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);

    body.at = server->spare;
    body.room = server->spare_room;
    if (body.at != NULL)
        gv_buf_reset(&body);
    server->spare = NULL;
    server->spare_room = 0;
    return body;
}

void gv_http_body_keep(struct gv_http_server *server, char *at, size_t room)
{
    if (room > GV_HTTP_SPARE_MOST || room <= server->spare_room) {
        free(at);
        return;
    }
    free(server->spare);
    server->spare = at;
    server->spare_room = room;
}

/* Gzip, where the body is worth it and there is memory. */
static bool pack(struct gv_http_server *server, struct gv_buf *body)
{
    struct gv_buf packed;

    if (body->n < GV_HTTP_GZIP_LEAST)
        return false;
    if (server->gzip == NULL)
        server->gzip = gv_gzip_new();
    if (!gv_gzip_pack(server->gzip, body, &packed))
        return false;
    trim(&packed);
    gv_http_body_keep(server, body->at, body->room);
    *body = packed;
    return true;
}

/* A large body that is being read, and who counts it. */
struct large_body {
    struct gv_http_server *server;
    char *at;
    size_t n, room;
};

static void free_large(void *arg)
{
    struct large_body *large = arg;

    large->server->body_octets -= large->n;
    gv_http_body_keep(large->server, large->at, large->room);
    free(large);
}

/* A response that owns the body; NULL, and the body is the caller's, without memory. */
static struct MHD_Response *new_response(struct gv_http_server *server, struct gv_buf *body)
{
    struct MHD_Response *response;
    struct large_body *large;

    if (body->n < GV_HTTP_BODY_LARGE)
        return MHD_create_response_from_buffer(body->n, body->at, MHD_RESPMEM_MUST_FREE);
    large = malloc(sizeof(*large));
    if (large == NULL)
        return NULL;
    *large = (struct large_body){server, body->at, body->n, body->room};
    response = MHD_create_response_from_buffer_with_free_callback_cls(body->n, body->at,
                                                                      free_large, large);
    if (response == NULL)
        free(large);
    else
        server->body_octets += body->n;
    return response;
}

bool gv_http_memory(struct gv_http_server *server)
{
    if (server->body_octets > GV_HTTP_BODIES_SOFT)
        gv_http_conn_shed_reader(server);
    return server->body_octets <= GV_HTTP_BODIES_MOST;
}

/* Unless the web configuration says otherwise; "" is left out. */
static bool add_header(const struct gv_http_server *server, struct MHD_Response *response,
                       const char *name, const char *ours)
{
    const char *value = gv_http_header(server, name, ours);

    return value[0] == '\0' || MHD_add_response_header(response, name, value) == MHD_YES;
}

struct MHD_Response *gv_http_response(struct gv_http_server *server, const char *type,
                                      bool gzip, struct gv_buf *body, size_t *n)
{
    struct MHD_Response *response;
    bool packed = gzip && pack(server, body);
    bool whole;

    if (body->at == NULL)
        gv_buf_add(body, "", 0);
    if (body->err != GV_OK) {
        gv_buf_clear(body);
        return NULL;
    }
    if (body->n < GV_HTTP_BODY_LARGE)
        trim(body); /* a large one is kept for the next scrape, as it is */
    response = new_response(server, body);
    *n = body->n;
    if (response == NULL) {
        gv_buf_clear(body);
        return NULL;
    }
    *body = gv_buf(body->ceiling);
    whole = MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) == MHD_YES;
    if (packed)
        whole = whole && MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING,
                                                 "gzip") == MHD_YES;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        whole = whole && add_header(server, response, headers[i].name, headers[i].value);
    if (whole)
        return response;
    MHD_destroy_response(response);
    return NULL;
}

enum MHD_Result gv_http_queue(struct gv_http_request *r, unsigned status,
                              struct MHD_Response *response, size_t n)
{
    r->server->stats.requests++;
    r->conn->large = n >= GV_HTTP_BODY_LARGE;
    return MHD_queue_response(r->mhd, status, response);
}

enum MHD_Result gv_http_answer(struct gv_http_request *r, unsigned status, const char *type,
                               struct gv_buf *body)
{
    enum MHD_Result queued;
    size_t n;
    struct MHD_Response *response =
        gv_http_response(r->server, type, gv_accept_gzip(&r->accept), body, &n);

    if (response == NULL)
        return MHD_NO;
    queued = gv_http_queue(r, status, response, n);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result gv_http_answer_with(struct gv_http_request *r, unsigned status,
                                    const char *text, const char *header, const char *value)
{
    struct gv_buf body = gv_buf(GV_HTTP_CONNECTION_MEMORY);
    struct MHD_Response *response;
    enum MHD_Result queued = MHD_NO;
    size_t n;

    gv_buf_add_str(&body, text);
    gv_buf_add_char(&body, '\n');
    response = gv_http_response(r->server, gv_http_type_text, false, &body, &n);
    if (response == NULL)
        return MHD_NO;
    if (header == NULL || MHD_add_response_header(response, header, value) == MHD_YES)
        queued = gv_http_queue(r, status, response, n);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result gv_http_answer_text(struct gv_http_request *r, unsigned status,
                                    const char *text)
{
    return gv_http_answer_with(r, status, text, NULL, NULL);
}
