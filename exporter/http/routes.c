/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes, and the handlers that are a few lines. */
#include <string.h>

#include "http/internal.h"

/* ADMIN, beside the methods of a route: it makes the exporter work, or tells its configuration,
 * and is answered at an admin listener only, where there is one. */
enum { ROUTE_PARAMS_MOST = 2, ADMIN = 1 << 8 };

static enum MHD_Result no_memory(struct gv_http_request *r, struct gv_buf *body)
{
    gv_buf_clear(body);
    return gv_http_answer_text(r, MHD_HTTP_INTERNAL_SERVER_ERROR,
                               "the answer could not be made: out of memory or too large");
}

static enum MHD_Result no_snapshot(struct gv_http_request *r)
{
    return gv_http_answer_text(r, MHD_HTTP_SERVICE_UNAVAILABLE, "no snapshot yet");
}

static enum MHD_Result landing(struct gv_http_request *r)
{
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);

    gv_http_page(r->server->telemetry_path, GV_VERSION, &body);
    return gv_http_answer(r, MHD_HTTP_OK, gv_http_type_html, &body);
}

static enum MHD_Result healthy(struct gv_http_request *r)
{
    return gv_http_answer_text(r, MHD_HTTP_OK, "healthy");
}

static enum MHD_Result ready(struct gv_http_request *r)
{
    if (r->server->hooks.ready(r->server->hooks.arg))
        return gv_http_answer_text(r, MHD_HTTP_OK, "ready");
    return gv_http_answer_text(r, MHD_HTTP_SERVICE_UNAVAILABLE,
                               "not ready: the first round of polls is under way");
}

/* A document that a hook or a renderer appended, or why there is none. */
static enum MHD_Result document(struct gv_http_request *r, enum gv_err err, const char *type,
                                struct gv_buf *body)
{
    if (err == GV_OK && body->err == GV_OK)
        return gv_http_answer(r, MHD_HTTP_OK, type, body);
    if (err != GV_ERR_NOT_FOUND)
        return no_memory(r, body);
    gv_buf_clear(body);
    return gv_http_answer_text(r, MHD_HTTP_NOT_FOUND, "not found");
}

static enum MHD_Result fleet(struct gv_http_request *r)
{
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);
    struct gv_render_in in = {.now = {0}};

    if (!r->server->hooks.view(r->server->hooks.arg, &in))
        return no_snapshot(r);
    return document(r, gv_render_fleet_json(&in, &body), gv_http_type_json, &body);
}

static enum MHD_Result rekeys(struct gv_http_request *r)
{
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);
    struct gv_render_in in = {.now = {0}};

    if (!r->server->hooks.view(r->server->hooks.arg, &in))
        return no_snapshot(r);
    return document(r, gv_render_rekeys_json(&in, &body), gv_http_type_json, &body);
}

/* A document about the group or device that the rest of the path names. */
static enum MHD_Result named(struct gv_http_request *r,
                             enum gv_err (*render)(const struct gv_render_in *in,
                                                   const char *name, struct gv_buf *out))
{
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);
    struct gv_render_in in = {.now = {0}};
    char name[GV_HTTP_NAME_MOST + 1] = "";

    if (r->rest.n == 0 || r->rest.n > GV_HTTP_NAME_MOST ||
        memchr(r->rest.at, '\0', r->rest.n) != NULL)
        return gv_http_answer_text(r, MHD_HTTP_NOT_FOUND, "not found");
    memcpy(name, r->rest.at, r->rest.n);
    if (!r->server->hooks.view(r->server->hooks.arg, &in))
        return no_snapshot(r);
    return document(r, render(&in, name, &body), gv_http_type_json, &body);
}

static enum MHD_Result group(struct gv_http_request *r)
{
    return named(r, gv_render_group_json);
}

static enum MHD_Result device(struct gv_http_request *r)
{
    return named(r, gv_render_device_json);
}

static enum MHD_Result service_discovery(struct gv_http_request *r)
{
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);
    enum gv_err err = r->server->hooks.service_discovery(r->server->hooks.arg, &body);

    return document(r, err, gv_http_type_json, &body);
}

static enum MHD_Result config(struct gv_http_request *r)
{
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);
    enum gv_err err = r->server->hooks.config(r->server->hooks.arg, &body);

    return document(r, err, gv_http_type_text, &body);
}

/* From this machine, or by whoever proved or was let in where only admins come. */
static bool may_reload(const struct gv_http_request *r)
{
    return r->conn->admin || r->who == GV_WHO_USER || r->conn->tls.verified ||
           gv_http_conn_local(r->conn);
}

/* Not more often than every ten seconds: whoever reaches the port may make the exporter read
 * files, so not much and not often. */
static enum MHD_Result reload(struct gv_http_request *r)
{
    struct gv_http_server *server = r->server;
    struct gv_time now = gv_loop_now(server->loop);
    struct gv_buf why = gv_buf(GV_HTTP_CONNECTION_MEMORY);
    enum MHD_Result queued;

    if (!may_reload(r))
        return gv_http_answer_text(r, MHD_HTTP_FORBIDDEN,
                                   "reload is for this machine and for users only");
    if (server->reloaded && gv_time_diff(now, server->reloaded_at).ms < GV_HTTP_RELOAD_EVERY_MS)
        return gv_http_answer_with(r, MHD_HTTP_TOO_MANY_REQUESTS,
                                   "at most one reload in 10 seconds",
                                   MHD_HTTP_HEADER_RETRY_AFTER, "10");
    server->reloaded = true;
    server->reloaded_at = now;
    if (server->hooks.reload(server->hooks.arg, &why) == GV_OK)
        queued = gv_http_answer_text(r, MHD_HTTP_OK, "reloaded");
    else
        queued = gv_http_answer_text(r, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                     why.n > 0 ? why.at : "the configuration was refused");
    gv_buf_clear(&why);
    return queued;
}

/* A path that ends with '/' stands for everything below it; NULL is the telemetry
 * path. The first row that fits answers. A parameter that the row does not list
 * is refused: no client may believe that it chose a credential. */
static const struct route {
    const char *path;
    unsigned methods;
    const char *params[ROUTE_PARAMS_MOST];
    enum MHD_Result (*handle)(struct gv_http_request *r);
} routes[] = {
    {NULL, GV_GET | GV_HEAD, {NULL}, gv_http_scrape},
    {"/", GV_GET | GV_HEAD, {NULL}, landing},
    {"/probe", GV_GET | GV_HEAD | ADMIN, {"target", "debug"}, gv_http_probe},
    {"/api/v1/fleet", GV_GET | GV_HEAD, {NULL}, fleet},
    {"/api/v1/groups/", GV_GET | GV_HEAD, {NULL}, group},
    {"/api/v1/devices/", GV_GET | GV_HEAD, {NULL}, device},
    {"/api/v1/rekeys", GV_GET | GV_HEAD, {NULL}, rekeys},
    {"/sd", GV_GET | GV_HEAD, {NULL}, service_discovery},
    {"/config", GV_GET | GV_HEAD | ADMIN, {NULL}, config},
    {"/-/healthy", GV_GET | GV_HEAD, {NULL}, healthy},
    {"/-/ready", GV_GET | GV_HEAD, {NULL}, ready},
    {"/-/reload", GV_POST | GV_PUT | ADMIN, {NULL}, reload},
};

static bool fits(struct gv_http_request *r, const struct route *route)
{
    const char *path = route->path != NULL ? route->path : r->server->telemetry_path;
    size_t n = strlen(path);
    struct gv_text asked = r->url.path;

    if (n > 1 && path[n - 1] == '/' && asked.n >= n && memcmp(asked.at, path, n) == 0) {
        r->rest = gv_text_from(asked, n);
        return true;
    }
    return gv_text_is(asked, path);
}

static bool listed(const struct route *route, struct gv_text name)
{
    for (size_t i = 0; i < ROUTE_PARAMS_MOST && route->params[i] != NULL; i++)
        if (gv_text_is(name, route->params[i]))
            return true;
    return false;
}

/* Every parameter is one of the route's, and there once. */
static bool params_ok(const struct gv_url *url, const struct route *route)
{
    for (size_t i = 0; i < url->param_count; i++) {
        struct gv_text name = url->params[i].name;

        if (!listed(route, name))
            return false;
        for (size_t j = 0; j < i; j++)
            if (name.n == url->params[j].name.n &&
                memcmp(name.at, url->params[j].name.at, name.n) == 0)
                return false;
    }
    return true;
}

static enum MHD_Result wrong_method(struct gv_http_request *r, unsigned methods)
{
    return gv_http_answer_with(r, MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed",
                               MHD_HTTP_HEADER_ALLOW,
                               methods & GV_GET ? "GET, HEAD" : "POST, PUT");
}

enum MHD_Result gv_http_route(struct gv_http_request *r, enum gv_http_method method)
{
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (!fits(r, &routes[i]))
            continue;
        if ((routes[i].methods & ADMIN) && r->server->has_admin && !r->conn->admin)
            return gv_http_answer_text(r, MHD_HTTP_FORBIDDEN,
                                       "this is answered at --web.admin-address only");
        if (!(routes[i].methods & method))
            return wrong_method(r, routes[i].methods);
        if (!params_ok(&r->url, &routes[i]))
            return gv_http_answer_text(r, MHD_HTTP_BAD_REQUEST,
                                       "a parameter is unknown here, or there twice");
        if (!gv_http_memory(r->server))
            return gv_http_answer_text(r, MHD_HTTP_SERVICE_UNAVAILABLE,
                                       "too many answers are being read slowly");
        return routes[i].handle(r);
    }
    return gv_http_answer_text(r, MHD_HTTP_NOT_FOUND, "not found");
}
