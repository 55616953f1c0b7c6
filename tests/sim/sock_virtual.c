/* SPDX-License-Identifier: Apache-2.0 */
#include "sock_virtual.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdoi/sock.h"

enum { SOCKETS_MOST = 1024, SERVERS_MOST = 64, FIRST_PORT = 20000 };

/* A datagram on its way, or waiting in a socket. */
struct letter {
    struct letter *next;
    struct gv_timer *timer; /* on its way */
    struct net_datagram what;
    uint8_t octets[];
};

/* By descriptor. Closed by the driver as any other: so they are real ones, of /dev/null. */
struct sock {
    struct gdoi_endpoint at;
    struct letter *first;
};

struct node {
    struct lab_gdoi *server;
    struct gdoi_endpoint at;
    struct gv_timer *timer;
};

static struct {
    struct gv_loop *loop;
    net_fate *fate;
    void *arg;
    struct sock socks[SOCKETS_MOST];
    struct node nodes[SERVERS_MOST];
    size_t node_count;
    struct letter *under_way;
    uint16_t next_port;
    struct gv_dur ahead;
} net;

static struct gv_time server_now(void)
{
    return gv_time_add(gv_loop_now(net.loop), net.ahead);
}

/* ---- letters ---- */

static struct letter *letter_new(const struct net_datagram *what)
{
    struct letter *letter = malloc(sizeof(*letter) + what->n);

    assert(letter != NULL);
    *letter = (struct letter){.what = *what};
    memcpy(letter->octets, what->octets, what->n);
    letter->what.octets = letter->octets;
    return letter;
}

static void letters_free(struct letter **first)
{
    while (*first != NULL) {
        struct letter *letter = *first;

        *first = letter->next;
        gv_timer_stop(letter->timer);
        free(letter);
    }
}

/* Into every socket that has the address: of one probe, or of a multicast group. */
static void to_sockets(const struct letter *letter)
{
    for (int fd = 0; fd < SOCKETS_MOST; fd++) {
        struct sock *sock = &net.socks[fd];

        if (sock->at.size == 0 || !gdoi_endpoint_equal(&sock->at, &letter->what.to))
            continue;
        sock->first = letter_new(&letter->what);
        if (!gv_virtual_readable(net.loop, fd))
            sock->at.size = 0; /* closed meanwhile */
        letters_free(&sock->first);
    }
}

static void arrived(void *arg)
{
    struct letter *letter = arg, **at = &net.under_way;

    letter->timer = NULL;
    while (*at != letter)
        at = &(*at)->next;
    *at = letter->next;
    if (letter->what.to_server) {
        lab_gdoi_feed(net.nodes[letter->what.server].server, letter->octets, letter->what.n,
                      &letter->what.from, false, server_now());
        net_stir(letter->what.server);
    } else {
        to_sockets(letter);
    }
    free(letter);
}

void net_send(const struct net_datagram *datagram, struct gv_dur after)
{
    struct letter *letter = letter_new(datagram);

    letter->timer = gv_timer_start(net.loop, after, arrived, letter);
    assert(letter->timer != NULL);
    letter->next = net.under_way;
    net.under_way = letter;
}

static void post(const struct net_datagram *datagram)
{
    struct gv_dur after = net.fate(net.arg, datagram);

    if (after.ms >= 0)
        net_send(datagram, after);
}

/* ---- key servers ---- */

void net_begin(struct gv_loop *loop, net_fate *fate, void *arg)
{
    net.loop = loop;
    net.fate = fate;
    net.arg = arg;
    net.node_count = 0;
    net.next_port = FIRST_PORT;
    net.ahead = (struct gv_dur){0};
}

void net_clock(struct gv_dur ahead)
{
    net.ahead = ahead;
}

void net_end(void)
{
    letters_free(&net.under_way);
    for (size_t i = 0; i < net.node_count; i++)
        gv_timer_stop(net.nodes[i].timer);
    net.node_count = 0;
    for (int fd = 0; fd < SOCKETS_MOST; fd++)
        net.socks[fd] = (struct sock){.first = NULL};
}

size_t net_attach(struct lab_gdoi *server, const struct gdoi_endpoint *at)
{
    assert(net.node_count < SERVERS_MOST);
    net.nodes[net.node_count] = (struct node){.server = server, .at = *at};
    net_stir(net.node_count);
    return net.node_count++;
}

static void expired(void *arg)
{
    struct node *node = arg;

    node->timer = NULL;
    lab_gdoi_expire(node->server, server_now());
    net_stir((size_t)(node - net.nodes));
}

void net_stir(size_t server)
{
    struct node *node = &net.nodes[server];
    struct gv_time expiry = lab_gdoi_expiry(node->server);
    struct gdoi_datagram d;

    while (lab_gdoi_next(node->server, &d))
        post(&(struct net_datagram){false, server, node->at, d.to, d.octets, d.n});
    gv_timer_stop(node->timer);
    node->timer = NULL;
    if (expiry.ms != INT64_MAX)
        node->timer =
            gv_timer_start(net.loop, gv_time_diff(expiry, server_now()), expired, node);
}

/* ---- gdoi/sock.h ---- */

int gdoi_sock_open(struct gdoi_endpoint *local, char *why, size_t why_n)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert(fd < SOCKETS_MOST);
    if (fd < 0) {
        (void)snprintf(why, why_n, "no descriptor");
        return -1;
    }
    if (local->port == 0)
        local->port = net.next_port++;
    net.socks[fd] = (struct sock){.at = *local};
    return fd;
}

unsigned gdoi_sock_interface(const char *name, const struct gdoi_endpoint *local)
{
    (void)name;
    (void)local;
    return 1;
}

int gdoi_sock_join(const struct gdoi_endpoint *group, unsigned interface, char *why,
                   size_t why_n)
{
    struct gdoi_endpoint at = *group;

    (void)interface;
    return gdoi_sock_open(&at, why, why_n);
}

bool gdoi_sock_route(const struct gdoi_endpoint *remote, struct gdoi_endpoint *out)
{
    *out = (struct gdoi_endpoint){.size = remote->size, .address = {127, 7, 0, 1}};
    return true;
}

long gdoi_sock_receive(int fd, void *octets, size_t room, struct gdoi_endpoint *from)
{
    struct letter *letter = net.socks[fd].first;
    size_t n;

    if (letter == NULL)
        return -1;
    n = letter->what.n < room ? letter->what.n : room;
    memcpy(octets, letter->octets, n);
    *from = letter->what.from;
    net.socks[fd].first = letter->next;
    free(letter);
    return (long)n;
}

bool gdoi_sock_send(int fd, const void *octets, size_t n, const struct gdoi_endpoint *to)
{
    for (size_t i = 0; i < net.node_count; i++)
        if (gdoi_endpoint_equal(&net.nodes[i].at, to))
            post(&(struct net_datagram){true, i, net.socks[fd].at, *to, octets, n});
    return true;
}
