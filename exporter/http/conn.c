/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: how many, from where, for how long.
 *
 * libmicrohttpd's own time-out starts anew with every octet, so a client that
 * sends one a second is never ended by it. Each connection therefore has a
 * deadline of ours, for each state as a whole; when it comes, the socket is shut
 * down and libmicrohttpd cleans up. A connection without a request under way
 * gives way to a new one when there are too many. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "http/internal.h"

static struct in6_addr address_of(const struct sockaddr *from)
{
    struct in6_addr address = {{{0}}};

    if (from->sa_family == AF_INET6)
        return ((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
    address.s6_addr[10] = address.s6_addr[11] = 0xff;
    memcpy(address.s6_addr + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr,
           4);
    return address;
}

static bool same_address(const struct in6_addr *a, const struct in6_addr *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

bool gv_http_conn_local(const struct gv_http_conn *conn)
{
    const struct in6_addr *a = &conn->address;

    return IN6_IS_ADDR_LOOPBACK(a) || (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127);
}

static void stop_deadline(struct gv_http_conn *conn)
{
    gv_timer_stop(conn->deadline);
    conn->deadline = NULL;
}

/* Shut down: libmicrohttpd sees the end of the stream and closes. To end one that
 * rests between two requests refuses nobody. */
static void end(struct gv_http_conn *conn)
{
    conn->server->stats.refused += conn->state != GV_CONN_IDLE ? 1 : 0;
    stop_deadline(conn);
    conn->state = GV_CONN_CLOSING;
    (void)shutdown(conn->fd, SHUT_RDWR);
}

static void deadline_due(void *arg)
{
    struct gv_http_conn *conn = arg;

    conn->deadline = NULL;
    end(conn);
}

void gv_http_conn_wait(struct gv_http_conn *conn)
{
    if (conn->state == GV_CONN_CLOSING)
        return;
    stop_deadline(conn);
    conn->state = GV_CONN_BUSY;
}

void gv_http_conn_enter(struct gv_http_conn *conn, enum gv_http_conn_state state)
{
    struct gv_http_server *server = conn->server;
    const struct gv_dur deadlines[] = {
        [GV_CONN_HEADER] = server->request_deadline,
        [GV_CONN_BUSY] = server->response_deadline,
        [GV_CONN_IDLE] = {GV_HTTP_IDLE_MS},
    };

    if (conn->state == GV_CONN_CLOSING)
        return;
    stop_deadline(conn);
    conn->state = state;
    conn->since = gv_loop_now(server->loop);
    conn->large = false;
    conn->deadline = gv_timer_start(server->loop, deadlines[state], deadline_due, conn);
    if (conn->deadline == NULL) /* no memory: what has no deadline is not served */
        end(conn);
}

/* Its request may be there already, just not read yet. */
static bool unread(const struct gv_http_conn *conn)
{
    int octets = 0;

    return ioctl(conn->fd, FIONREAD, &octets) == 0 && octets > 0;
}

/* Connections open from there (NULL: from anywhere), and the oldest of them
 * that may be ended for another; NULL: none. */
static unsigned count(const struct gv_http_server *server, const struct in6_addr *from,
                      struct gv_http_conn **ended)
{
    unsigned n = 0;

    *ended = NULL;
    for (struct gv_http_conn *c = server->oldest; c != NULL; c = c->next) {
        if (c->state == GV_CONN_CLOSING || (from != NULL && !same_address(&c->address, from)))
            continue;
        n++;
        if (*ended == NULL && c->state != GV_CONN_BUSY && !unread(c))
            *ended = c;
    }
    return n;
}

/* Room for one more, if need be by ending one. */
static bool make_room(struct gv_http_server *server, const struct in6_addr *from, unsigned most)
{
    struct gv_http_conn *ended;

    if (count(server, from, &ended) < most)
        return true;
    if (ended == NULL)
        return false;
    end(ended);
    return true;
}

bool gv_http_conn_admit(struct gv_http_server *server, const struct sockaddr *from)
{
    struct in6_addr address = address_of(from);

    if (make_room(server, &address, server->connections_per_address) &&
        make_room(server, NULL, server->connections))
        return true;
    server->stats.refused++;
    return false;
}

void gv_http_conn_shed(struct gv_http_server *server)
{
    struct gv_http_conn *ended;

    (void)count(server, NULL, &ended);
    if (ended != NULL)
        end(ended);
}

void gv_http_conn_shed_reader(struct gv_http_server *server)
{
    struct gv_http_conn *slowest = NULL;

    for (struct gv_http_conn *c = server->oldest; c != NULL; c = c->next) {
        if (!c->large)
            continue;
        if (c->state == GV_CONN_CLOSING)
            return;
        if (slowest == NULL || gv_time_before(c->since, slowest->since))
            slowest = c;
    }
    if (slowest != NULL)
        end(slowest);
}

/* Make the session one of ours, where the server speaks TLS. */
static bool secure(struct gv_http_conn *conn, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info;

    if (conn->server->tls == NULL)
        return true;
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info != NULL && info->tls_session != NULL &&
           gv_tls_session_begin(conn->server->tls, info->tls_session, conn->fd, &conn->tls);
}

static struct gv_http_conn *open_conn(struct gv_http_server *server, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *from =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct gv_http_conn *conn = calloc(1, sizeof(*conn));

    if (conn == NULL) {
        (void)shutdown(fd->connect_fd, SHUT_RDWR);
        return NULL;
    }
    conn->server = server;
    conn->fd = fd->connect_fd;
    conn->address = address_of(from->client_addr);
    conn->admin = server->taking != NULL && gv_http_listener_admin(server->taking);
    conn->prev = server->newest;
    *(conn->prev != NULL ? &conn->prev->next : &server->oldest) = conn;
    server->newest = conn;
    if (secure(conn, mhd))
        gv_http_conn_enter(conn, GV_CONN_HEADER);
    else
        end(conn);
    return conn;
}

static void close_conn(struct gv_http_conn *conn)
{
    struct gv_http_server *server = conn->server;

    gv_timer_stop(conn->deadline);
    if (conn->tls.tls != NULL) {
        server->stats.failed_handshakes += conn->tls.heard && !conn->tls.secured ? 1 : 0;
        gv_tls_session_clear(&conn->tls);
    }
    *(conn->prev != NULL ? &conn->prev->next : &server->oldest) = conn->next;
    *(conn->next != NULL ? &conn->next->prev : &server->newest) = conn->prev;
    free(conn);
}

void gv_http_conn_notify(void *server, struct MHD_Connection *mhd, void **context,
                         enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *context = open_conn(server, mhd);
    else if (*context != NULL)
        close_conn(*context);
}
