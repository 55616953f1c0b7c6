/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd in our loop: started for external polling, without a socket to
 * listen on. Its epoll descriptor is watched; it runs when that is readable, and
 * again while it says that there is more to do. */
#include "http/server.h"

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

static struct MHD_Daemon *start_mhd(struct gv_http_server *server)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL,
        gv_http_request_handle, server, MHD_OPTION_CONNECTION_LIMIT,
        server->connections + GV_HTTP_CLOSING_MOST, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)GV_HTTP_CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_CONNECTION, gv_http_conn_notify, server, MHD_OPTION_URI_LOG_CALLBACK,
        gv_http_request_begin, server, MHD_OPTION_NOTIFY_COMPLETED, gv_http_request_end, server,
        MHD_OPTION_END);
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
    server->telemetry_path = strdup(policy->telemetry_path);
    if (server->telemetry_path != NULL && watch_mhd(server))
        return server;
    gv_http_server_stop(server);
    return NULL;
}

enum gv_err gv_http_server_start(struct gv_loop *loop, const struct gv_http_policy *policy,
                                 const struct gv_http_hooks *hooks, struct gv_http_server **out,
                                 char *why, size_t why_size)
{
    struct gv_http_server *server = new_server(loop, policy, hooks);

    if (server == NULL) {
        (void)snprintf(why, why_size, "cannot serve: out of memory or descriptors");
        return GV_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < policy->listen_count; i++) {
        enum gv_err err = gv_http_listeners_add(server, i, policy->listen[i], why, why_size);

        if (err != GV_OK) {
            gv_http_server_stop(server);
            return err;
        }
    }
    *out = server;
    return GV_OK;
}

void gv_http_server_stop(struct gv_http_server *server)
{
    if (server == NULL)
        return;
    gv_http_listeners_clear(server);
    gv_http_probes_abandon(server);
    gv_watch_stop(server->watch);
    if (server->mhd != NULL)
        MHD_stop_daemon(server->mhd);
    gv_timer_stop(server->again);
    gv_timer_stop(server->shared_end);
    gv_http_shared_clear(server);
    gv_gzip_free(server->gzip);
    free(server->spare);
    free(server->telemetry_path);
    free(server);
}

struct gv_http_stats gv_http_server_stats(const struct gv_http_server *server)
{
    return server->stats;
}
