/* SPDX-License-Identifier: Apache-2.0 */
/* The web configuration in force: taken as a whole or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

static void free_headers(char *headers[GV_WEB_HEADER_COUNT])
{
    for (size_t i = 0; i < GV_WEB_HEADER_COUNT; i++)
        free(headers[i]);
}

static bool copy_headers(const struct gv_web *web, char *to[GV_WEB_HEADER_COUNT])
{
    for (size_t i = 0; i < GV_WEB_HEADER_COUNT; i++) {
        if (web->headers[i] == NULL)
            continue;
        to[i] = strdup(web->headers[i]);
        if (to[i] == NULL) {
            free_headers(to);
            return false;
        }
    }
    return true;
}

/* Tokens of before stay, cut to what may be there now: a reload gives no new burst. */
static void set_rate(struct gv_http_server *server, const struct gv_web *web)
{
    bool was = server->rate_interval_ns > 0;
    double most = web->rate_burst;

    server->rate_interval_ns = web->rate_interval_ns;
    server->rate_burst = web->rate_burst;
    if (!was || server->rate_tokens > most)
        server->rate_tokens = most;
    if (!was)
        server->rate_at = gv_loop_now(server->loop);
}

bool gv_http_rate_take(struct gv_http_server *server)
{
    struct gv_time now = gv_loop_now(server->loop);
    double most = server->rate_burst;

    if (server->rate_interval_ns == 0)
        return true;
    server->rate_tokens +=
        (double)gv_time_diff(now, server->rate_at).ms * 1e6 / (double)server->rate_interval_ns;
    server->rate_at = now;
    if (server->rate_tokens > most)
        server->rate_tokens = most;
    if (server->rate_tokens < 1)
        return false;
    server->rate_tokens -= 1;
    return true;
}

/* An invalid certificate takes no valid one's place; it may well be the first. */
static enum gv_err make_tls(const struct gv_http_server *server, const struct gv_tls_spec *spec,
                            int64_t now_s, struct gv_tls **out, char *why, size_t why_size)
{
    struct gv_tls *tls = NULL;
    enum gv_err err = gv_tls_new(spec, &tls, why, why_size);
    int64_t from_s = 0, to_s = 0;

    if (err != GV_OK)
        return err;
    gv_tls_validity(tls, &from_s, &to_s);
    if (server->tls != NULL && (now_s < from_s || now_s > to_s)) {
        (void)snprintf(why, why_size, "the certificate %s",
                       now_s > to_s ? "has expired" : "is not valid yet");
        gv_tls_free(tls);
        return GV_ERR_RANGE;
    }
    *out = tls;
    return GV_OK;
}

enum gv_err gv_http_server_set_web(struct gv_http_server *server, const struct gv_web *web,
                                   int64_t now_s, char *why, size_t why_size)
{
    char *headers[GV_WEB_HEADER_COUNT] = {NULL};
    struct gv_tls *tls = NULL;
    enum gv_err err = GV_OK;

    if (server->mhd != NULL && web->has_tls != (server->tls != NULL)) {
        (void)snprintf(why, why_size, "TLS is switched on and off by a restart only");
        return GV_ERR_NOT_SUPPORTED;
    }
    if (web->has_tls)
        err = make_tls(server, &web->tls, now_s, &tls, why, why_size);
    if (err != GV_OK)
        return err;
    if (!copy_headers(web, headers) ||
        gv_http_users_set(server, web->users, web->user_count) != GV_OK) {
        (void)snprintf(why, why_size, "out of memory");
        free_headers(headers);
        gv_tls_free(tls);
        return GV_ERR_NO_MEMORY;
    }
    gv_tls_free(server->tls);
    server->tls = tls;
    server->clients_verified = web->has_tls && web->tls.client_auth == GV_CLIENT_VERIFY;
    free_headers(server->headers);
    memcpy(server->headers, headers, sizeof(headers));
    set_rate(server, web);
    gv_http_shared_clear(server); /* their headers are of before */
    return GV_OK;
}

enum gv_err gv_http_web_check(const struct gv_web *web, char *why, size_t why_size)
{
    struct gv_tls *tls = NULL;
    enum gv_err err = web->has_tls ? gv_tls_new(&web->tls, &tls, why, why_size) : GV_OK;

    gv_tls_free(tls);
    return err;
}

void gv_http_web_clear(struct gv_http_server *server)
{
    gv_http_users_free(server);
    gv_tls_free(server->tls);
    free_headers(server->headers);
}

const char *gv_http_header(const struct gv_http_server *server, const char *name,
                           const char *ours)
{
    for (size_t i = 0; i < GV_WEB_HEADER_COUNT; i++)
        if (strcmp(gv_web_header_names[i], name) == 0)
            return server->headers[i] != NULL ? server->headers[i] : ours;
    return ours;
}
