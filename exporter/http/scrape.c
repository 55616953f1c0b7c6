/* SPDX-License-Identifier: Apache-2.0 */
/* The telemetry path. Scrapes within GV_HTTP_SHARE_MS share one body, so that a
 * hundred at once cost the memory and the time of one; remaining times are then
 * late by that much at most. */
#include "http/internal.h"

/* Room beyond the last exposition, so that a grown fleet copies nothing. */
enum { BODY_SLACK = 65536 };

void gv_http_shared_clear(struct gv_http_server *server)
{
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < 2; j++) {
            if (server->shared[i][j].response != NULL)
                MHD_destroy_response(server->shared[i][j].response);
            server->shared[i][j].response = NULL;
        }
    }
}

static void shared_due(void *arg)
{
    struct gv_http_server *server = arg;

    server->shared_end = NULL;
    gv_http_shared_clear(server);
}

/* Render into the slot, in place of what was there. False without memory. */
static bool render(struct gv_http_server *server, enum gv_exposition format, bool gzip,
                   const struct gv_render_in *in, struct gv_http_shared *slot)
{
    struct gv_buf body;

    if (slot->response != NULL)
        MHD_destroy_response(slot->response);
    body = gv_http_body_new(server);
    (void)gv_buf_room(&body, server->body_guess + BODY_SLACK);
    gv_render_metrics(format, in, &body);
    server->body_guess = body.n < GV_HTTP_BODY_MOST / 2 ? body.n : 0;
    slot->response =
        gv_http_response(server, gv_http_type_exposition(format), gzip, &body, &slot->n);
    slot->made_at = gv_loop_now(server->loop);
    return slot->response != NULL;
}

/* So that a body is not kept longer than it may be shared. */
static void start_end(struct gv_http_server *server)
{
    if (server->shared_end == NULL)
        server->shared_end =
            gv_timer_start(server->loop, (struct gv_dur){GV_HTTP_SHARE_MS}, shared_due, server);
}

enum MHD_Result gv_http_scrape(struct gv_http_request *r)
{
    struct gv_http_server *server = r->server;
    enum gv_exposition format = gv_accept_exposition(&r->accept);
    bool gzip = gv_accept_gzip(&r->accept);
    struct gv_http_shared *slot = &server->shared[format][gzip];
    struct gv_dur age = gv_time_diff(gv_loop_now(server->loop), slot->made_at);
    struct gv_render_in in = {.now = {0}};

    if (slot->response != NULL && age.ms < GV_HTTP_SHARE_MS)
        return gv_http_queue(r, MHD_HTTP_OK, slot->response, slot->n);
    if (!server->hooks.view(server->hooks.arg, &in))
        return gv_http_answer_text(r, MHD_HTTP_SERVICE_UNAVAILABLE, "no snapshot yet");
    if (!render(server, format, gzip, &in, slot))
        return gv_http_answer_text(r, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                   "the exposition is too large, or memory is short");
    start_end(server);
    return gv_http_queue(r, MHD_HTTP_OK, slot->response, slot->n);
}
