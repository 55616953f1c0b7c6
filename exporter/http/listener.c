/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets in our loop: accept, and hand over to libmicrohttpd.
 *
 * We accept ourselves, so that limits hold before libmicrohttpd spends anything,
 * and that a process without descriptors still answers: one is kept in reserve.
 * When that is used up too, listening pauses, and the CPU stays idle. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/inherit.h"
#include "http/internal.h"
#include "http/listen.h"

enum { ACCEPT_MOST = 64 }; /* in one turn of the loop: others want their turn too */

struct gv_http_listener {
    struct gv_http_listener *next;
    struct gv_http_server *server;
    size_t index; /* of policy.listen, then of policy.admin_listen */
    bool admin;
    int fd;
    struct gv_watch *watch;
    struct gv_timer *pause;
};

static void refill_reserve(struct gv_http_server *server)
{
    if (server->reserve_fd < 0)
        server->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Free a descriptor for one more connection. */
static bool spend_reserve(struct gv_http_server *server)
{
    gv_http_conn_shed(server);
    if (server->reserve_fd < 0)
        return false;
    (void)close(server->reserve_fd);
    server->reserve_fd = -1;
    return true;
}

/* A connection waits. accept(2) tells that there is no descriptor before it looks. */
static bool waiting(int fd)
{
    struct pollfd ask = {.fd = fd, .events = POLLIN};

    return poll(&ask, 1, 0) == 1;
}

/* In words where the client reads words. */
static void refuse(const struct gv_http_server *server, int fd)
{
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                                 "Retry-After: 1\r\nContent-Length: 0\r\n\r\n";

    if (server->tls == NULL)
        (void)send(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)close(fd);
}

bool gv_http_listener_admin(const struct gv_http_listener *l)
{
    return l->admin;
}

static void take(struct gv_http_listener *l, int fd, const struct sockaddr *from,
                 socklen_t from_n)
{
    const int buffer = GV_HTTP_SEND_BUFFER;
    struct gv_http_server *server = l->server;

    if (!gv_http_conn_admit(server, from)) {
        refuse(server, fd);
        return;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    if (server->hooks.look != NULL)
        server->hooks.look(server->hooks.arg);
    server->taking = l;
    (void)MHD_add_connection(server->mhd, fd, from, from_n); /* closes it on failure */
    server->taking = NULL;
    gv_http_server_run(server);
}

static void pause_over(void *arg)
{
    struct gv_http_listener *l = arg;

    l->pause = NULL;
    gv_watch_change(l->watch, GV_READABLE);
}

static void pause_listening(struct gv_http_listener *l)
{
    l->pause =
        gv_timer_start(l->server->loop, (struct gv_dur){GV_HTTP_PAUSE_MS}, pause_over, l);
    if (l->pause != NULL)
        gv_watch_change(l->watch, 0);
}

static void readable(void *arg, unsigned events)
{
    struct gv_http_listener *l = arg;

    (void)events;
    refill_reserve(l->server);
    for (int i = 0; i < ACCEPT_MOST; i++) {
        struct sockaddr_storage from = {0};
        socklen_t from_n = sizeof(from);
        int fd =
            accept4(l->fd, (struct sockaddr *)&from, &from_n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        bool exhausted = fd < 0 && (errno == EMFILE || errno == ENFILE);

        if (fd >= 0) {
            take(l, fd, (const struct sockaddr *)&from, from_n);
        } else if (exhausted ? !waiting(l->fd) : errno != EINTR && errno != ECONNABORTED) {
            return;
        } else if (exhausted && !spend_reserve(l->server)) {
            pause_listening(l);
            return;
        }
    }
}

static void free_listener(struct gv_http_listener *l)
{
    gv_timer_stop(l->pause);
    gv_watch_stop(l->watch);
    (void)close(l->fd);
    free(l);
}

/* Serve on the listening socket `fd`, which is taken over. */
static bool add_listener(struct gv_http_server *server, size_t index, bool admin, int fd)
{
    struct gv_http_listener *l = calloc(1, sizeof(*l));

    if (l == NULL) {
        (void)close(fd);
        return false;
    }
    l->server = server;
    l->index = index;
    l->admin = admin;
    l->fd = fd;
    l->watch = gv_watch_start(server->loop, fd, GV_READABLE, readable, l);
    if (l->watch == NULL) {
        free_listener(l);
        return false;
    }
    l->next = server->listeners;
    server->listeners = l;
    return true;
}

/* Serve on all of them; on failure all are closed. */
static bool add_all(struct gv_http_server *server, size_t index, bool admin, const int *fds,
                    size_t count)
{
    size_t added = 0;

    refill_reserve(server);
    while (added < count && add_listener(server, index, admin, fds[added]))
        added++;
    for (size_t i = added + 1; i < count; i++)
        (void)close(fds[i]);
    return added == count;
}

enum gv_err gv_http_listeners_add(struct gv_http_server *server, size_t index, bool admin,
                                  const char *spec, char *why, size_t why_size)
{
    int fds[GV_HTTP_ADDRESSES_MOST];
    size_t count = 0;
    enum gv_err err = gv_http_listen(spec, fds, &count, why, why_size);

    if (err != GV_OK)
        return err;
    if (add_all(server, index, admin, fds, count))
        return GV_OK;
    (void)snprintf(why, why_size, "cannot serve on '%s': out of memory", spec);
    return GV_ERR_NO_MEMORY;
}

enum gv_err gv_http_listeners_inherit(struct gv_http_server *server, char *why, size_t why_size)
{
    int fds[GV_HTTP_ADDRESSES_MOST];
    size_t count = 0;
    enum gv_err err = gv_http_inherit(fds, &count, why, why_size);

    if (err != GV_OK)
        return err;
    if (add_all(server, 0, false, fds, count))
        return GV_OK;
    (void)snprintf(why, why_size, "cannot serve on the sockets of systemd: out of memory");
    return GV_ERR_NO_MEMORY;
}

void gv_http_listeners_clear(struct gv_http_server *server)
{
    while (server->listeners != NULL) {
        struct gv_http_listener *next = server->listeners->next;

        free_listener(server->listeners);
        server->listeners = next;
    }
    if (server->reserve_fd >= 0)
        (void)close(server->reserve_fd);
    server->reserve_fd = -1;
}

unsigned gv_http_server_port(const struct gv_http_server *server, size_t i)
{
    for (const struct gv_http_listener *l = server->listeners; l != NULL; l = l->next)
        if (l->index == i)
            return gv_http_socket_port(l->fd);
    return 0;
}
