/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd in our loop: one daemon for each listening socket, started for
 * external polling. Its epoll descriptor is watched; it runs when that is
 * readable, and again while it says that there is more to do. */
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/internal.h"
#include "http/listen.h"

static void run(struct gv_http_daemon *d);

static void run_again(void *arg)
{
    struct gv_http_daemon *d = arg;

    d->again = NULL;
    run(d);
}

static void run(struct gv_http_daemon *d)
{
    MHD_UNSIGNED_LONG_LONG after_ms;

    (void)MHD_run(d->mhd);
    if (d->again == NULL && MHD_get_timeout(d->mhd, &after_ms) == MHD_YES)
        d->again =
            gv_timer_start(d->server->loop, (struct gv_dur){(int64_t)after_ms}, run_again, d);
}

static void readable(void *arg, unsigned events)
{
    (void)events;
    run(arg);
}

void gv_http_server_run(struct gv_http_server *server)
{
    for (struct gv_http_daemon *d = server->daemons; d != NULL; d = d->next)
        if (d->again == NULL)
            d->again = gv_timer_start(server->loop, (struct gv_dur){0}, run_again, d);
}

static struct MHD_Daemon *start_mhd(struct gv_http_server *server, int fd)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, gv_http_conn_admit, server,
        gv_http_request_handle, server, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd,
        MHD_OPTION_CONNECTION_LIMIT, server->connections + GV_HTTP_CLOSING_MOST,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)GV_HTTP_CONNECTION_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION, gv_http_conn_notify,
        server, MHD_OPTION_URI_LOG_CALLBACK, gv_http_request_begin, server,
        MHD_OPTION_NOTIFY_COMPLETED, gv_http_request_end, server, MHD_OPTION_END);
}

static int epoll_of(struct MHD_Daemon *mhd)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_EPOLL_FD);

    return info != NULL ? info->epoll_fd : -1;
}

static void free_daemon(struct gv_http_daemon *d)
{
    gv_timer_stop(d->again);
    gv_watch_stop(d->watch);
    if (d->mhd != NULL)
        MHD_stop_daemon(d->mhd); /* closes the listening socket too */
    free(d);
}

/* Serve on the listening socket `fd`, which is taken over. */
static bool start_daemon(struct gv_http_server *server, size_t listen_index, int fd)
{
    struct gv_http_daemon *d = calloc(1, sizeof(*d));

    if (d != NULL) {
        d->server = server;
        d->listen_index = listen_index;
        d->port = gv_http_socket_port(fd);
        d->mhd = start_mhd(server, fd);
    }
    if (d == NULL || d->mhd == NULL) {
        (void)close(fd);
        free(d);
        return false;
    }
    d->watch = gv_watch_start(server->loop, epoll_of(d->mhd), GV_READABLE, readable, d);
    if (d->watch == NULL) {
        free_daemon(d);
        return false;
    }
    d->next = server->daemons;
    server->daemons = d;
    return true;
}

static enum gv_err start_listening(struct gv_http_server *server, size_t listen_index,
                                   const char *spec, char *why, size_t why_size)
{
    int fds[GV_HTTP_ADDRESSES_MOST];
    size_t count = 0, started = 0;
    enum gv_err err = gv_http_listen(spec, fds, &count, why, why_size);

    if (err != GV_OK)
        return err;
    while (started < count && start_daemon(server, listen_index, fds[started]))
        started++;
    if (started == count)
        return GV_OK;
    for (size_t i = started + 1; i < count; i++)
        (void)close(fds[i]);
    (void)snprintf(why, why_size, "cannot serve on '%s': out of descriptors or memory", spec);
    return GV_ERR_SYSTEM;
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
    server->listen_count = policy->listen_count;
    server->telemetry_path = strdup(policy->telemetry_path);
    if (server->telemetry_path != NULL)
        return server;
    free(server);
    return NULL;
}

enum gv_err gv_http_server_start(struct gv_loop *loop, const struct gv_http_policy *policy,
                                 const struct gv_http_hooks *hooks, struct gv_http_server **out,
                                 char *why, size_t why_size)
{
    struct gv_http_server *server = new_server(loop, policy, hooks);

    if (server == NULL) {
        (void)snprintf(why, why_size, "out of memory");
        return GV_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < policy->listen_count; i++) {
        enum gv_err err = start_listening(server, i, policy->listen[i], why, why_size);

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
    gv_http_probes_abandon(server);
    while (server->daemons != NULL) {
        struct gv_http_daemon *next = server->daemons->next;

        free_daemon(server->daemons);
        server->daemons = next;
    }
    gv_timer_stop(server->shared_end);
    gv_http_shared_clear(server);
    gv_gzip_free(server->gzip);
    free(server->telemetry_path);
    free(server);
}

struct gv_http_stats gv_http_server_stats(const struct gv_http_server *server)
{
    return server->stats;
}

unsigned gv_http_server_port(const struct gv_http_server *server, size_t i)
{
    for (const struct gv_http_daemon *d = server->daemons; d != NULL; d = d->next)
        if (d->listen_index == i)
            return d->port;
    return 0;
}
