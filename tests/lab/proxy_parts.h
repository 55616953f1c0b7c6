/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the proxy: what its UDP and its TCP half share. */
#ifndef LAB_PROXY_PARTS_H
#define LAB_PROXY_PARTS_H

#include "proxy.h"

enum gv_proxy_direction { GV_PROXY_TOWARD, GV_PROXY_BACK, GV_PROXY_DIRECTIONS };

struct gv_proxy {
    struct gv_loop *loop;
    struct gv_proxy_config config;
    struct gv_proxy_stats stats;
    int fd; /* listens, or receives the clients' datagrams */
    struct gv_watch *watch;
    uint64_t clients;            /* seen so far: the number of the next one's dice */
    struct gv_proxy_flow *flows; /* UDP: one per client, latest user first */
    size_t flow_count;
    int forger_fd[2];               /* UDP: sources of forged answers; -1 is none */
    struct gv_proxy_line *lines; /* TCP: one per connection */
    size_t line_count;
};

/* The impairment of one direction. */
static inline const struct gv_impair *gv_proxy_impair(const struct gv_proxy *proxy,
                                                      enum gv_proxy_direction direction)
{
    return direction == GV_PROXY_TOWARD ? &proxy->config.toward : &proxy->config.back;
}

/* The dice of client number `client` in one direction. */
static inline struct gv_dice gv_proxy_dice(const struct gv_proxy *proxy, uint64_t client,
                                           enum gv_proxy_direction direction)
{
    return gv_dice(proxy->config.seed, client * GV_PROXY_DIRECTIONS + direction);
}

/* The two halves: called when the listening socket is readable, and at the end. */
void gv_proxy_udp_readable(void *arg, unsigned events);
void gv_proxy_udp_clear(struct gv_proxy *proxy);
void gv_proxy_tcp_readable(void *arg, unsigned events);
void gv_proxy_tcp_clear(struct gv_proxy *proxy);

#endif
