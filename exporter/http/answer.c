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
    {"Referrer-Policy", "no-referrer"},
    {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
    {MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding"},
};

/* Gzip, where the body is worth it and there is memory. */
static bool pack(struct gv_http_server *server, struct gv_buf *body)
{
    if (body->n < GV_HTTP_GZIP_LEAST)
        return false;
    if (server->gzip == NULL)
        server->gzip = gv_gzip_new();
    return gv_gzip_pack(server->gzip, body);
}

/* Give back the room that a finished body does not need. */
static void trim(struct gv_buf *body)
{
    char *at = realloc(body->at, body->n + 1);

    if (at != NULL)
        body->at = at;
}

struct MHD_Response *gv_http_response(struct gv_http_server *server, const char *type,
                                      bool gzip, struct gv_buf *body)
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
    trim(body);
    response = MHD_create_response_from_buffer(body->n, body->at, MHD_RESPMEM_MUST_FREE);
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
        whole = whole &&
                MHD_add_response_header(response, headers[i].name, headers[i].value) == MHD_YES;
    if (whole)
        return response;
    MHD_destroy_response(response);
    return NULL;
}

enum MHD_Result gv_http_queue(struct gv_http_request *r, unsigned status,
                              struct MHD_Response *response)
{
    r->server->stats.requests++;
    return MHD_queue_response(r->mhd, status, response);
}

enum MHD_Result gv_http_answer(struct gv_http_request *r, unsigned status, const char *type,
                               struct gv_buf *body)
{
    enum MHD_Result queued;
    struct MHD_Response *response =
        gv_http_response(r->server, type, gv_accept_gzip(&r->accept), body);

    if (response == NULL)
        return MHD_NO;
    queued = gv_http_queue(r, status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result gv_http_answer_with(struct gv_http_request *r, unsigned status,
                                    const char *text, const char *header, const char *value)
{
    struct gv_buf body = gv_buf(GV_HTTP_CONNECTION_MEMORY);
    struct MHD_Response *response;
    enum MHD_Result queued = MHD_NO;

    gv_buf_add_str(&body, text);
    gv_buf_add_char(&body, '\n');
    response = gv_http_response(r->server, gv_http_type_text, false, &body);
    if (response == NULL)
        return MHD_NO;
    if (header == NULL || MHD_add_response_header(response, header, value) == MHD_YES)
        queued = gv_http_queue(r, status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result gv_http_answer_text(struct gv_http_request *r, unsigned status,
                                    const char *text)
{
    return gv_http_answer_with(r, status, text, NULL, NULL);
}
