/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the proxy: what its UDP and its TCP half share. */
#ifndef LAB_PROXY_PARTS_H
#define LAB_PROXY_PARTS_H

#include "proxy.h"

enum lab_proxy_direction { LAB_PROXY_TOWARD, LAB_PROXY_BACK, LAB_PROXY_DIRECTIONS };

struct lab_proxy {
    struct gv_loop *loop;
    struct lab_proxy_config config;
    struct lab_proxy_stats stats;
    int fd; /* listens, or receives the clients' datagrams */
    struct gv_watch *watch;
    uint64_t clients;             /* seen so far: the number of the next one's dice */
    struct lab_proxy_flow *flows; /* UDP: one per client, latest user first */
    size_t flow_count;
    int forger_fd[2];             /* UDP: sources of forged answers; -1 is none */
    struct lab_proxy_line *lines; /* TCP: one per connection */
    size_t line_count;
};

/* The impairment of one direction. */
static inline const struct lab_impair *lab_proxy_impair(const struct lab_proxy *proxy,
                                                        enum lab_proxy_direction direction)
{
    return direction == LAB_PROXY_TOWARD ? &proxy->config.toward : &proxy->config.back;
}

/* The dice of client number `client` in one direction. */
static inline struct lab_dice lab_proxy_dice(const struct lab_proxy *proxy, uint64_t client,
                                             enum lab_proxy_direction direction)
{
    return lab_dice(proxy->config.seed, client * LAB_PROXY_DIRECTIONS + direction);
}

/* The two halves: called when the listening socket is readable, and at the end. */
void lab_proxy_udp_readable(void *arg, unsigned events);
void lab_proxy_udp_clear(struct lab_proxy *proxy);
void lab_proxy_tcp_readable(void *arg, unsigned events);
void lab_proxy_tcp_clear(struct lab_proxy *proxy);

#endif
