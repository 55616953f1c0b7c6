/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: routes as a table, limits, content negotiation. Decides
 * nothing about the fleet: whatever is shown comes through the hooks. */
#ifndef GV_HTTP_SERVER_H
#define GV_HTTP_SERVER_H

#include "http/web.h"
#include "io/loop.h"
#include "render/render.h"

struct gv_http_server;

/* What the server asks of the program; every hook runs in the loop's thread. */
struct gv_http_hooks {
    void *arg;
    /* Fill `in` for now. False where there is no snapshot yet. */
    bool (*view)(void *arg, struct gv_render_in *in);
    /* Poll the target of that name or address now; done(done_arg, worst) once,
     * later. *name: its target name, valid until done has come. Where `said` is not NULL, what
     * the device answered is appended until then, without secrets. GV_ERR_NOT_FOUND: neither
     * configured nor allowed, nothing is sent. */
    enum gv_err (*probe)(void *arg, const char *target, const char **name, struct gv_buf *said,
                         void (*done)(void *done_arg, enum gv_err worst), void *done_arg);
    /* As view, with what the probe of that target name brought. */
    bool (*probe_view)(void *arg, const char *name, struct gv_render_in *in);
    /* The names of the targets of this shard: http_sd. Appends JSON. */
    enum gv_err (*service_discovery)(void *arg, struct gv_buf *out);
    /* The effective configuration, secrets masked. Appends YAML. */
    enum gv_err (*config)(void *arg, struct gv_buf *out);
    /* Re-read the configuration. On failure the reason is in `why`. */
    enum gv_err (*reload)(void *arg, struct gv_buf *why);
    /* The first round of polls is over (or nothing is configured). */
    bool (*ready)(void *arg);
    /* A connection or a request came: the moment to look whether the web configuration
     * changed, and to call gv_http_server_set_web then. NULL: there is none. */
    void (*look)(void *arg);
};

struct gv_http_policy {
    const char *const *listen; /* "HOST:PORT", ":PORT", "[::1]:PORT" */
    size_t listen_count;
    bool inherit; /* in place of listening there, take the sockets of the service manager; then
                   * `listen` has one name for all of them */
    const char *const *admin_listen; /* of the same form; where there is one, what makes the */
    size_t admin_count;         /* exporter work or tells its configuration is only there */
    const struct gv_web *web;   /* NULL: in the clear, for everybody */
    const char *telemetry_path; /* "/metrics" */
    unsigned connections, connections_per_address;
    struct gv_dur request_deadline;  /* from accept to the end of the request */
    struct gv_dur response_deadline; /* from there to the end of the answer */
};

/* Listen. On failure *out is untouched and `why` (of `why_size`) says which
 * address failed and what to do. The policy and hooks are copied. */
enum gv_err gv_http_server_start(struct gv_loop *loop, const struct gv_http_policy *policy,
                                 const struct gv_http_hooks *hooks, struct gv_http_server **out,
                                 char *why, size_t why_size) GV_MUST_CHECK;

/* Take another web configuration for the connections and requests to come; `web` is not needed
 * afterwards. On failure the old one stays, and `why` says what is wrong: TLS switched on or
 * off, a key of another certificate, a certificate that is not valid at the Unix time `now_s`.
 */
enum gv_err gv_http_server_set_web(struct gv_http_server *server, const struct gv_web *web,
                                   int64_t now_s, char *why, size_t why_size) GV_MUST_CHECK;

/* Whether a server would take it: PEM, key of the certificate, authorities. */
enum gv_err gv_http_web_check(const struct gv_web *web, char *why,
                              size_t why_size) GV_MUST_CHECK;

/* Unix time at which the certificate in force ends; 0: none. */
int64_t gv_http_server_certificate_end(const struct gv_http_server *server);

/* Stop listening, end every connection, release. NULL is fine. */
void gv_http_server_stop(struct gv_http_server *server);

struct gv_http_stats {
    uint64_t requests;          /* answered, whatever the status */
    uint64_t refused;           /* connections refused or ended at one of our limits */
    uint64_t unauthorized;      /* requests without a right password */
    uint64_t password_checks;   /* hashes worked out */
    uint64_t failed_handshakes; /* TLS connections that came to nothing */
};

/* Counters since the start, for gv_self. */
struct gv_http_stats gv_http_server_stats(const struct gv_http_server *server);

/* Port of the i-th listening address (where ":0" was asked for), 0 past the end; those for
 * admins come after the others. */
unsigned gv_http_server_port(const struct gv_http_server *server, size_t i);

#endif
