/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proxy_parts.h"

enum {
    FLOWS_MAX = 1024, /* clients; the one longest silent is forgotten */
    HELD_MAX = 4096,  /* datagrams on their way per client; more are lost */
    DATAGRAM_MAX = 65536,
    BATCH = 64,            /* datagrams read before others get their turn */
    REORDER_WAIT_MS = 100, /* a datagram held for the next one goes alone after this */
};

enum source { GENUINE, FORGED_PORT, FORGED_ADDRESS };

/* One datagram on its way. */
struct held {
    struct held *next, **link;
    struct lab_proxy_flow *flow;
    struct gv_timer *timer;
    enum lab_proxy_direction direction;
    enum source source;
    size_t n;
    uint8_t octets[];
};

/* One client: the socket toward the server, and what is under way. */
struct lab_proxy_flow {
    struct lab_proxy_flow *next;
    struct lab_proxy *proxy;
    struct lab_address client;
    int fd;
    struct gv_watch *watch;
    struct held *held;
    size_t held_count;
    struct held *waiting[LAB_PROXY_DIRECTIONS]; /* reordered: goes after the next one */
    struct lab_dice dice[LAB_PROXY_DIRECTIONS];
};

static void held_free(struct held *held)
{
    struct lab_proxy_flow *flow = held->flow;

    gv_timer_stop(held->timer);
    if (flow->waiting[held->direction] == held)
        flow->waiting[held->direction] = NULL;
    *held->link = held->next;
    if (held->next != NULL)
        held->next->link = held->link;
    flow->held_count--;
    free(held);
}

static void flow_free(struct lab_proxy_flow *flow)
{
    struct held *next;

    for (struct held *held = flow->held; held != NULL; held = next) {
        next = held->next;
        held_free(held);
    }
    gv_watch_stop(flow->watch);
    if (flow->fd >= 0)
        (void)close(flow->fd);
    free(flow);
}

/* Put a datagram on the wire. A full socket buffer loses it, as a line would. */
static void emit(struct lab_proxy_flow *flow, enum lab_proxy_direction direction,
                 enum source source, const uint8_t *octets, size_t n)
{
    struct lab_proxy *proxy = flow->proxy;
    int fd = source == GENUINE ? proxy->fd : proxy->forger_fd[source - FORGED_PORT];

    proxy->stats.passed++;
    if (direction == LAB_PROXY_TOWARD)
        (void)send(flow->fd, octets, n, MSG_NOSIGNAL);
    else if (fd >= 0)
        (void)sendto(fd, octets, n, MSG_NOSIGNAL, (const struct sockaddr *)&flow->client.at,
                     flow->client.n);
}

static void held_due(void *arg)
{
    struct held *held = arg;

    held->timer = NULL;
    emit(held->flow, held->direction, held->source, held->octets, held->n);
    held_free(held);
}

static struct held *hold(struct lab_proxy_flow *flow, enum lab_proxy_direction direction,
                         struct gv_dur wait, const uint8_t *octets, size_t n)
{
    struct held *held = NULL;

    if (flow->held_count < HELD_MAX)
        held = malloc(sizeof(*held) + n);
    if (held == NULL)
        return NULL;
    *held = (struct held){.next = flow->held, .link = &flow->held, .flow = flow, .n = n};
    held->direction = direction;
    memcpy(held->octets, octets, n);
    if (held->next != NULL)
        held->next->link = &held->next;
    flow->held = held;
    flow->held_count++;
    held->timer = gv_timer_start(flow->proxy->loop, wait, held_due, held);
    if (held->timer == NULL) {
        held_free(held);
        return NULL;
    }
    return held;
}

static void send_after(struct lab_proxy_flow *flow, enum lab_proxy_direction direction,
                       struct gv_dur wait, const uint8_t *octets, size_t n)
{
    if (wait.ms > 0)
        (void)hold(flow, direction, wait, octets, n);
    else
        emit(flow, direction, GENUINE, octets, n);
}

/* A copy from another source, ahead of the genuine one. Its last bit is
 * flipped, so that whoever believes it shows another value. */
static void forge(struct lab_proxy_flow *flow, const struct lab_fate *fate, uint8_t *octets,
                  size_t n)
{
    enum source source = fate->spoof_address ? FORGED_ADDRESS : FORGED_PORT;

    if (n == 0)
        return;
    flow->proxy->stats.spoofed++;
    octets[n - 1] ^= 1;
    emit(flow, LAB_PROXY_BACK, source, octets, n);
    octets[n - 1] ^= 1;
}

/* Shorten and damage in place; the octets left. */
static size_t damage(struct lab_proxy_stats *stats, const struct lab_fate *fate,
                     uint8_t *octets, size_t n)
{
    if (fate->keep < n)
        stats->truncated++;
    if (fate->corrupt) {
        stats->corrupted++;
        octets[fate->corrupt_bit / 8] ^= (uint8_t)(1u << fate->corrupt_bit % 8);
    }
    return fate->keep;
}

static void pass(struct lab_proxy_flow *flow, enum lab_proxy_direction direction,
                 uint8_t *octets, size_t n)
{
    struct lab_proxy_stats *stats = &flow->proxy->stats;
    struct lab_fate fate =
        lab_impair_next(lab_proxy_impair(flow->proxy, direction), &flow->dice[direction], n);
    struct held *before = flow->waiting[direction];

    if (fate.spoof && direction == LAB_PROXY_BACK)
        forge(flow, &fate, octets, n);
    if (fate.drop) {
        stats->dropped++;
        return;
    }
    n = damage(stats, &fate, octets, n);
    if (fate.duplicate) {
        stats->duplicated++;
        send_after(flow, direction, fate.second_delay, octets, n);
    }
    if (fate.reorder && before == NULL) {
        stats->reordered++;
        flow->waiting[direction] =
            hold(flow, direction, (struct gv_dur){REORDER_WAIT_MS}, octets, n);
        return;
    }
    send_after(flow, direction, fate.delay, octets, n);
    if (before != NULL) {
        send_after(flow, direction, fate.delay, before->octets, before->n);
        held_free(before);
    }
}

static void answer_readable(void *arg, unsigned events)
{
    static uint8_t octets[DATAGRAM_MAX];
    struct lab_proxy_flow *flow = arg;

    (void)events;
    for (unsigned i = 0; i < BATCH; i++) {
        ssize_t n = recv(flow->fd, octets, sizeof(octets), 0);

        if (n < 0)
            return;
        pass(flow, LAB_PROXY_BACK, octets, (size_t)n);
    }
}

static void forget_oldest(struct lab_proxy *proxy)
{
    struct lab_proxy_flow **last = &proxy->flows, *oldest = proxy->flows;

    if (oldest == NULL)
        return;
    while (oldest->next != NULL) {
        last = &oldest->next;
        oldest = oldest->next;
    }
    *last = NULL;
    proxy->flow_count--;
    flow_free(oldest);
}

static struct lab_proxy_flow *flow_new(struct lab_proxy *proxy,
                                       const struct lab_address *client)
{
    struct lab_proxy_flow *flow = calloc(1, sizeof(*flow));
    const struct lab_address *to = &proxy->config.to;

    if (flow == NULL)
        return NULL;
    flow->proxy = proxy;
    flow->client = *client;
    flow->fd = socket(to->at.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (flow->fd >= 0 && connect(flow->fd, (const struct sockaddr *)&to->at, to->n) == 0)
        flow->watch = gv_watch_start(proxy->loop, flow->fd, GV_READABLE, answer_readable, flow);
    if (flow->watch == NULL) {
        flow_free(flow);
        return NULL;
    }
    for (int d = 0; d < LAB_PROXY_DIRECTIONS; d++)
        flow->dice[d] = lab_proxy_dice(proxy, proxy->clients, (enum lab_proxy_direction)d);
    proxy->clients++;
    proxy->flow_count++;
    return flow;
}

/* The client's flow, moved to the front; a new one for a new client. */
static struct lab_proxy_flow *flow_of(struct lab_proxy *proxy, const struct lab_address *client)
{
    struct lab_proxy_flow **at = &proxy->flows, *flow;

    while (*at != NULL && !lab_address_equal(&(*at)->client, client))
        at = &(*at)->next;
    flow = *at;
    if (flow != NULL) {
        *at = flow->next;
    } else {
        if (proxy->flow_count == FLOWS_MAX)
            forget_oldest(proxy);
        flow = flow_new(proxy, client);
    }
    if (flow != NULL) {
        flow->next = proxy->flows;
        proxy->flows = flow;
    }
    return flow;
}

void lab_proxy_udp_readable(void *arg, unsigned events)
{
    static uint8_t octets[DATAGRAM_MAX];
    struct lab_proxy *proxy = arg;

    (void)events;
    for (unsigned i = 0; i < BATCH; i++) {
        struct lab_address from = {.n = sizeof(from.at)};
        ssize_t n = recvfrom(proxy->fd, octets, sizeof(octets), 0, (struct sockaddr *)&from.at,
                             &from.n);
        struct lab_proxy_flow *flow;

        if (n < 0)
            return;
        flow = flow_of(proxy, &from);
        if (flow != NULL)
            pass(flow, LAB_PROXY_TOWARD, octets, (size_t)n);
    }
}

void lab_proxy_udp_clear(struct lab_proxy *proxy)
{
    while (proxy->flows != NULL) {
        struct lab_proxy_flow *flow = proxy->flows;

        proxy->flows = flow->next;
        flow_free(flow);
    }
}
