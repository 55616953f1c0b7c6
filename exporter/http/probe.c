/* SPDX-License-Identifier: Apache-2.0 */
/* /probe: poll one target, or an address that the configuration allows, now, and answer when it
 * has answered.
 *
 * The connection is suspended meanwhile. Two things end that: the poll, or the
 * scrape's time running out. The poll cannot be called back, so what waits for
 * it outlives its request, and the server. */
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

struct gv_http_probe {
    struct gv_http_probe *prev, *next;
    struct gv_http_server *server;
    struct gv_http_request *request; /* NULL: nobody waits any longer */
    struct gv_timer *deadline;
    char *name;         /* of the target */
    struct gv_buf said; /* debug: what it answered */
    bool debug;         /* plain text instead of metrics */
    bool answered;      /* the poll is over */
    enum gv_err worst;
};

static void free_probe(struct gv_http_probe *p)
{
    gv_timer_stop(p->deadline);
    if (p->server != NULL) {
        *(p->prev != NULL ? &p->prev->next : &p->server->probes) = p->next;
        if (p->next != NULL)
            p->next->prev = p->prev;
    }
    free(p->name);
    gv_buf_clear(&p->said);
    free(p);
}

static void resume(struct gv_http_probe *p)
{
    gv_timer_stop(p->deadline);
    p->deadline = NULL;
    gv_http_conn_enter(p->request->conn, GV_CONN_BUSY);
    MHD_resume_connection(p->request->mhd);
    gv_http_server_run(p->server);
}

/* The poll is over: the hook's done. */
static void polled(void *arg, enum gv_err worst)
{
    struct gv_http_probe *p = arg;

    p->answered = true;
    p->worst = worst;
    if (p->request == NULL)
        free_probe(p);
    else if (p->deadline != NULL)
        resume(p);
}

static void time_is_over(void *arg)
{
    struct gv_http_probe *p = arg;

    p->deadline = NULL;
    resume(p);
}

void gv_http_probe_leave(struct gv_http_request *r)
{
    struct gv_http_probe *p = r->probe;

    r->probe = NULL;
    p->request = NULL;
    gv_timer_stop(p->deadline);
    p->deadline = NULL;
    if (p->answered)
        free_probe(p);
}

void gv_http_probes_abandon(struct gv_http_server *server)
{
    struct gv_http_probe *p = server->probes;

    server->probes = NULL;
    while (p != NULL) {
        struct gv_http_probe *next = p->next;

        if (p->deadline != NULL)
            MHD_resume_connection(p->request->mhd);
        if (p->request != NULL)
            p->request->probe = NULL;
        gv_timer_stop(p->deadline);
        p->deadline = NULL;
        p->request = NULL;
        p->server = NULL;
        if (p->answered)
            free_probe(p);
        p = next;
    }
}

/* How long the client will wait, less what the answer itself needs. */
static struct gv_dur patience(struct gv_http_request *r)
{
    const char *header = MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND,
                                                     "X-Prometheus-Scrape-Timeout-Seconds");
    struct gv_dur timeout = {GV_HTTP_PROBE_MS};

    if (header != NULL && gv_accept_seconds(gv_text(header), &timeout)) {
        bool short_one = timeout.ms / 2 < GV_HTTP_PROBE_MARGIN_MS;

        timeout.ms = short_one ? timeout.ms / 2 : timeout.ms - GV_HTTP_PROBE_MARGIN_MS;
    }
    if (timeout.ms > GV_HTTP_PROBE_MOST_MS)
        timeout.ms = GV_HTTP_PROBE_MOST_MS;
    return timeout;
}

static struct gv_http_probe *new_probe(struct gv_http_request *r, bool debug)
{
    struct gv_http_probe *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    p->server = r->server;
    p->request = r;
    p->debug = debug;
    p->said = gv_buf(GV_HTTP_SAID_MOST);
    p->next = r->server->probes;
    if (p->next != NULL)
        p->next->prev = p;
    r->server->probes = p;
    r->probe = p;
    return p;
}

/* Give up a probe whose poll never began. */
static enum MHD_Result refuse(struct gv_http_request *r, unsigned status, const char *text)
{
    r->probe->answered = true;
    gv_http_probe_leave(r);
    return gv_http_answer_text(r, status, text);
}

static enum MHD_Result begin(struct gv_http_request *r, const char *target, bool debug)
{
    struct gv_http_server *server = r->server;
    struct gv_http_probe *p = new_probe(r, debug);
    const char *name = NULL;
    enum gv_err err;

    if (p == NULL)
        return gv_http_answer_text(r, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory");
    err = server->hooks.probe(server->hooks.arg, target, &name, debug ? &p->said : NULL, polled,
                              p);
    if (err == GV_ERR_NOT_FOUND)
        return refuse(r, MHD_HTTP_NOT_FOUND, "no such target is configured or allowed");
    if (err != GV_OK)
        return refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, gv_err_name(err));
    p->name = strdup(name);
    p->deadline = gv_timer_start(server->loop, patience(r), time_is_over, p);
    if (p->name == NULL || p->deadline == NULL) {
        gv_http_probe_leave(r);
        return gv_http_answer_text(r, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory");
    }
    gv_http_conn_wait(r->conn);
    MHD_suspend_connection(r->mhd);
    return MHD_YES;
}

/* The second call, after the resume. */
static enum MHD_Result show(struct gv_http_request *r)
{
    struct gv_http_server *server = r->server;
    struct gv_http_probe *p = r->probe;
    struct gv_render_in in = {.now = {0}};
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);
    enum gv_exposition format =
        p->debug ? GV_PROMETHEUS_TEXT : gv_accept_exposition(&r->accept);
    const char *type = p->debug ? gv_http_type_text : gv_http_type_exposition(format);

    if (!server->hooks.probe_view(server->hooks.arg, p->name, &in))
        return gv_http_answer_text(r, MHD_HTTP_SERVICE_UNAVAILABLE, "no snapshot yet");
    in.device = p->name;
    in.self = NULL;
    in.unanswered = !p->answered;
    if (p->debug) {
        gv_render_probe_text(&in, p->worst, (struct gv_text){p->said.at, p->said.n}, &body);
        gv_buf_add_char(&body, '\n');
    }
    gv_render_metrics(format, &in, &body);
    gv_http_probe_leave(r);
    return gv_http_answer(r, MHD_HTTP_OK, type, &body);
}

enum MHD_Result gv_http_probe(struct gv_http_request *r)
{
    const struct gv_text *target = gv_http_request_param(r, "target");
    const struct gv_text *debug = gv_http_request_param(r, "debug");
    char name[GV_HTTP_NAME_MOST + 1] = "";

    if (r->probe != NULL)
        return show(r);
    if (target == NULL)
        return gv_http_answer_text(r, MHD_HTTP_BAD_REQUEST, "the parameter target is missing");
    if (debug != NULL && !gv_text_is(*debug, "true") && !gv_text_is(*debug, "false"))
        return gv_http_answer_text(r, MHD_HTTP_BAD_REQUEST, "debug is true or false");
    if (target->n == 0 || target->n > GV_HTTP_NAME_MOST ||
        memchr(target->at, '\0', target->n) != NULL)
        return gv_http_answer_text(r, MHD_HTTP_NOT_FOUND,
                                   "no such target is configured or allowed");
    memcpy(name, target->at, target->n);
    return begin(r, name, debug != NULL && gv_text_is(*debug, "true"));
}
