/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd in our loop: started for external polling, without a socket to
 * listen on. Its epoll descriptor is watched; it runs when that is readable, and
 * again while it says that there is more to do. */
#include "http/server.h"

#include <gnutls/abstract.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

static void run(void *arg)
{
    struct gv_http_server *server = arg;
    MHD_UNSIGNED_LONG_LONG after_ms;

    server->again = NULL;
    (void)MHD_run(server->mhd);
    if (server->again == NULL && MHD_get_timeout(server->mhd, &after_ms) == MHD_YES)
        server->again =
            gv_timer_start(server->loop, (struct gv_dur){(int64_t)after_ms}, run, server);
}

static void readable(void *arg, unsigned events)
{
    struct gv_http_server *server = arg;

    (void)events;
    gv_timer_stop(server->again);
    run(server);
}

void gv_http_server_run(struct gv_http_server *server)
{
    gv_timer_stop(server->again);
    server->again = gv_timer_start(server->loop, (struct gv_dur){0}, run, server);
}

/* Never asked: each session gets the credentials of its generation before it begins. */
/* The signature is GnuTLS'. NOLINTNEXTLINE(readability-function-size) */
static int no_certificate(gnutls_session_t session, const gnutls_datum_t *request, int count,
                          const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                          gnutls_pcert_st **chain, unsigned *chain_count, gnutls_privkey_t *key)
{
    (void)session;
    (void)request;
    (void)count;
    (void)algorithms;
    (void)algorithm_count;
    (void)chain;
    (void)chain_count;
    (void)key;
    return -1;
}

static struct MHD_Daemon *start_mhd(struct gv_http_server *server)
{
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)no_certificate},
        {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    bool secure = server->tls != NULL;

    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET |
            (secure ? (unsigned)MHD_USE_TLS : 0),
        0, NULL, NULL, gv_http_request_handle, server, MHD_OPTION_CONNECTION_LIMIT,
        server->connections + GV_HTTP_CLOSING_MOST, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)GV_HTTP_CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_CONNECTION, gv_http_conn_notify, server, MHD_OPTION_URI_LOG_CALLBACK,
        gv_http_request_begin, server, MHD_OPTION_NOTIFY_COMPLETED, gv_http_request_end, server,
        MHD_OPTION_ARRAY, secure ? tls : none, MHD_OPTION_END);
}

static bool watch_mhd(struct gv_http_server *server)
{
    const union MHD_DaemonInfo *info;

    server->mhd = start_mhd(server);
    if (server->mhd == NULL)
        return false;
    info = MHD_get_daemon_info(server->mhd, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL)
        return false;
    server->watch = gv_watch_start(server->loop, info->epoll_fd, GV_READABLE, readable, server);
    return server->watch != NULL;
}

static struct gv_http_server *new_server(struct gv_loop *loop,
                                         const struct gv_http_policy *policy,
                                         const struct gv_http_hooks *hooks)
{
    struct gv_http_server *server = calloc(1, sizeof(*server));

    if (server == NULL)
        return NULL;
    server->loop = loop;
    server->hooks = *hooks;
    server->connections = policy->connections;
    server->connections_per_address = policy->connections_per_address;
    server->request_deadline = policy->request_deadline;
    server->response_deadline = policy->response_deadline;
    server->reserve_fd = -1;
    server->has_admin = policy->admin_count > 0;
    server->telemetry_path = strdup(policy->telemetry_path);
    if (server->telemetry_path != NULL)
        return server;
    gv_http_server_stop(server);
    return NULL;
}

/* Those for everybody, then those for admins. */
static enum gv_err add_listeners(struct gv_http_server *server,
                                 const struct gv_http_policy *policy, char *why,
                                 size_t why_size)
{
    size_t all = policy->listen_count + policy->admin_count;
    size_t first = policy->inherit ? policy->listen_count : 0;
    enum gv_err err =
        policy->inherit ? gv_http_listeners_inherit(server, why, why_size) : GV_OK;

    for (size_t i = first; i < all && err == GV_OK; i++) {
        bool admin = i >= policy->listen_count;
        const char *spec =
            admin ? policy->admin_listen[i - policy->listen_count] : policy->listen[i];

        err = gv_http_listeners_add(server, i, admin, spec, why, why_size);
    }
    return err;
}

enum gv_err gv_http_server_start(struct gv_loop *loop, const struct gv_http_policy *policy,
                                 const struct gv_http_hooks *hooks, struct gv_http_server **out,
                                 char *why, size_t why_size)
{
    struct gv_http_server *server = new_server(loop, policy, hooks);
    enum gv_err err = GV_OK;

    (void)snprintf(why, why_size, "cannot serve: out of memory or descriptors");
    if (server == NULL)
        return GV_ERR_NO_MEMORY;
    if (policy->web != NULL)
        err = gv_http_server_set_web(server, policy->web, 0, why, why_size);
    if (err == GV_OK && !watch_mhd(server))
        err = GV_ERR_NO_MEMORY;
    if (err == GV_OK)
        err = add_listeners(server, policy, why, why_size);
    if (err == GV_OK)
        *out = server;
    else
        gv_http_server_stop(server);
    return err;
}

void gv_http_server_stop(struct gv_http_server *server)
{
    if (server == NULL)
        return;
    gv_http_listeners_clear(server);
    gv_http_probes_abandon(server);
    gv_http_users_free(server);
    gv_watch_stop(server->watch);
    if (server->mhd != NULL)
        MHD_stop_daemon(server->mhd);
    gv_timer_stop(server->again);
    gv_timer_stop(server->shared_end);
    gv_http_shared_clear(server);
    gv_http_web_clear(server);
    gv_gzip_free(server->gzip);
    free(server->spare);
    free(server->telemetry_path);
    free(server);
}

struct gv_http_stats gv_http_server_stats(const struct gv_http_server *server)
{
    return server->stats;
}

int64_t gv_http_server_certificate_end(const struct gv_http_server *server)
{
    int64_t from_s = 0, to_s = 0;

    if (server->tls != NULL)
        gv_tls_validity(server->tls, &from_s, &to_s);
    return to_s;
}
