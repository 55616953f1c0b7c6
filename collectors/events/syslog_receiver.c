/* SPDX-License-Identifier: Apache-2.0 */
#include "events/syslog_receiver.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events/sock.h"

/* UDP: read so many before others have their turn. */
enum {
    DATAGRAMS_A_TURN = 256,
    PORT_TURNS = 16,
    RECEIVE_BUFFER = 4 << 20,
    BACKLOG = 64,
    DATAGRAM_MOST = 65536
};

struct connection {
    struct connection *next;
    struct gv_syslog_receiver *receiver;
    struct gv_watch *watch;
    int fd;
    char sender[GV_SENDER_TEXT];
    struct gv_frames frames;
};

struct gv_syslog_receiver {
    struct gv_loop *loop;
    struct gv_syslog_hooks hooks;
    int udp, tcp;
    struct gv_watch *udp_watch, *tcp_watch;
    struct gv_timer *pause; /* no descriptor was left: connections wait */
    struct connection *connections;
    size_t connection_count;
    struct gv_syslog_receiver_stats stats;
    char datagram[DATAGRAM_MOST];
};

static void on_datagrams(void *arg, unsigned events)
{
    struct gv_syslog_receiver *receiver = arg;
    char sender[GV_SENDER_TEXT];

    (void)events;
    for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
        long n = gv_event_sock_receive(receiver->udp, receiver->datagram,
                                       sizeof(receiver->datagram), sender);

        if (n < 0)
            return;
        if (n > GV_FRAME_MOST)
            receiver->stats.refused++;
        else
            receiver->hooks.line(receiver->hooks.arg, sender,
                                 (struct gv_text){receiver->datagram, (size_t)n});
    }
}

static void disconnect(struct connection *connection)
{
    struct gv_syslog_receiver *receiver = connection->receiver;
    struct connection **at = &receiver->connections;

    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
    receiver->connection_count--;
    /* What a half-sent message would have said, nobody knows. */
    receiver->stats.refused += connection->frames.n > 0 || connection->frames.skipping;
    gv_watch_stop(connection->watch);
    (void)close(connection->fd);
    free(connection);
}

static void on_stream(void *arg, unsigned events)
{
    struct connection *connection = arg;
    struct gv_syslog_receiver *receiver = connection->receiver;
    uint64_t dropped = connection->frames.dropped;
    ssize_t n = recv(connection->fd, receiver->datagram, sizeof(receiver->datagram), 0);
    struct gv_text in = {receiver->datagram, n > 0 ? (size_t)n : 0}, frame;

    (void)events;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        disconnect(connection);
        return;
    }
    while (gv_frames_next(&connection->frames, &in, &frame))
        receiver->hooks.line(receiver->hooks.arg, connection->sender, frame);
    receiver->stats.refused += connection->frames.dropped - dropped;
}

static bool room_for(const struct gv_syslog_receiver *receiver, const char *sender)
{
    size_t same = 0;

    for (const struct connection *c = receiver->connections; c != NULL; c = c->next)
        same += strcmp(c->sender, sender) == 0;
    return receiver->connection_count < GV_SYSLOG_CONNECTIONS &&
           same < GV_SYSLOG_CONNECTIONS_OF_SENDER;
}

/* A router that is gone without a word must not hold a place for ever. */
static void keep_alive(int fd)
{
    const int on = 1, idle_s = 60, interval_s = 20, count = 3;

    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
}

static struct connection *connection_new(struct gv_syslog_receiver *receiver, int fd,
                                         const char sender[GV_SENDER_TEXT])
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (connection == NULL)
        return NULL;
    connection->receiver = receiver;
    connection->fd = fd;
    memcpy(connection->sender, sender, sizeof(connection->sender));
    connection->watch = gv_watch_start(receiver->loop, fd, GV_READABLE, on_stream, connection);
    if (connection->watch == NULL) {
        free(connection);
        return NULL;
    }
    keep_alive(fd);
    connection->next = receiver->connections;
    receiver->connections = connection;
    receiver->connection_count++;
    return connection;
}

static void resume(void *arg)
{
    struct gv_syslog_receiver *receiver = arg;

    receiver->pause = NULL;
    gv_watch_change(receiver->tcp_watch, GV_READABLE);
}

/* Without a descriptor the socket would stay readable, and we would do nothing else. */
static void pause_on(struct gv_syslog_receiver *receiver, int failure)
{
    if (failure != EMFILE && failure != ENFILE && failure != ENOBUFS && failure != ENOMEM)
        return;
    receiver->pause = gv_timer_start(receiver->loop, gv_secs(1), resume, receiver);
    if (receiver->pause != NULL)
        gv_watch_change(receiver->tcp_watch, 0);
}

static void on_connections(void *arg, unsigned events)
{
    struct gv_syslog_receiver *receiver = arg;
    char sender[GV_SENDER_TEXT];

    (void)events;
    for (int i = 0; i < BACKLOG; i++) {
        int fd = gv_event_sock_accept(receiver->tcp, sender);

        if (fd < 0) {
            pause_on(receiver, errno);
            return;
        }
        if (receiver->hooks.known(receiver->hooks.arg, sender) && room_for(receiver, sender) &&
            connection_new(receiver, fd, sender) != NULL)
            continue;
        receiver->stats.refused++;
        (void)close(fd);
    }
}

/* One port for UDP and for TCP. What the system chooses for one may be taken for the other:
 * then it chooses again. */
static bool open_both(struct gv_syslog_receiver *receiver,
                      const struct gv_event_address *wanted, char *why, size_t why_size)
{
    bool any = wanted->any.sa_family == AF_INET6 ? wanted->v6.sin6_port == 0
                                                 : wanted->v4.sin_port == 0;

    receiver->udp = receiver->tcp = -1;
    for (int turn = 0; turn < (any ? PORT_TURNS : 1) && receiver->tcp < 0; turn++) {
        struct gv_event_address address = *wanted;

        if (receiver->udp >= 0)
            (void)close(receiver->udp);
        receiver->udp = gv_event_sock_open(&address, SOCK_DGRAM, RECEIVE_BUFFER, why, why_size);
        if (receiver->udp < 0)
            return false;
        receiver->tcp = gv_event_sock_open(&address, SOCK_STREAM, 0, why, why_size);
    }
    return receiver->tcp >= 0;
}

enum gv_err gv_syslog_receiver_start(struct gv_loop *loop, const char *listen,
                                     const struct gv_syslog_hooks *hooks,
                                     struct gv_syslog_receiver **out, char *why,
                                     size_t why_size)
{
    struct gv_syslog_receiver *receiver = calloc(1, sizeof(*receiver));
    struct gv_event_address address;

    if (receiver == NULL || !gv_event_address_read(listen, &address)) {
        (void)snprintf(why, why_size, receiver == NULL ? "no memory" : "%s is no ADDRESS:PORT",
                       listen);
        free(receiver);
        return receiver == NULL ? GV_ERR_NO_MEMORY : GV_ERR_MALFORMED;
    }
    receiver->loop = loop;
    receiver->hooks = *hooks;
    if (open_both(receiver, &address, why, why_size)) {
        receiver->udp_watch =
            gv_watch_start(loop, receiver->udp, GV_READABLE, on_datagrams, receiver);
        receiver->tcp_watch =
            gv_watch_start(loop, receiver->tcp, GV_READABLE, on_connections, receiver);
        if (receiver->udp_watch != NULL && receiver->tcp_watch != NULL) {
            *out = receiver;
            return GV_OK;
        }
        (void)snprintf(why, why_size, "the event loop takes no more descriptors");
    }
    gv_syslog_receiver_stop(receiver);
    return GV_ERR_SYSTEM;
}

void gv_syslog_receiver_stop(struct gv_syslog_receiver *receiver)
{
    if (receiver == NULL)
        return;
    while (receiver->connections != NULL)
        disconnect(receiver->connections);
    gv_timer_stop(receiver->pause);
    gv_watch_stop(receiver->udp_watch);
    gv_watch_stop(receiver->tcp_watch);
    if (receiver->udp >= 0)
        (void)close(receiver->udp);
    if (receiver->tcp >= 0)
        (void)close(receiver->tcp);
    free(receiver);
}

unsigned gv_syslog_receiver_port(const struct gv_syslog_receiver *receiver)
{
    return gv_event_sock_port(receiver->udp);
}

struct gv_syslog_receiver_stats
gv_syslog_receiver_stats(const struct gv_syslog_receiver *receiver)
{
    return receiver->stats;
}
