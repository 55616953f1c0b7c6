/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the probes, judged as their key servers would: how often, how many at once, and
 * what was written down before.
 *
 * A registration begins with the first datagram of a main mode, or of a PULL that is not the
 * first on its own main mode. Each breach is counted, and printed with seed and instant. */
#ifndef PROBE_WATCH_H
#define PROBE_WATCH_H

#include "sock_virtual.h"

enum { WATCH_SERVERS_MOST = 64, WATCH_BEGINS_MOST = 4096, WATCH_KEKS_MOST = 8 };

/* A KEK that the key server had, and whether a registration in its last 190 s has come. */
struct watch_kek {
    struct gv_time expiry;
    bool excepted;
};

struct watch_server {
    struct gdoi_endpoint at;
    const struct lab_gdoi_group *group;
    struct watch_kek keks[WATCH_KEKS_MOST]; /* the newest first */
    size_t kek_count;

    /* The registration that began last. */
    bool open; /* not ended well yet */
    struct gv_time began;
    uint8_t cookie[8];
    uint32_t pull;     /* message id; 0: none yet */
    uint64_t pull_sum; /* of its first message */
    bool asked;        /* its second one was seen */
    bool reused;       /* it began with a PULL on an earlier phase 1 */
    unsigned life;     /* of the exporter */
    uint16_t port;     /* whose */
    unsigned datagrams;
    size_t octets;

    struct gv_time begins[WATCH_BEGINS_MOST];
    bool exceptional[WATCH_BEGINS_MOST];
    size_t begin_count;
    unsigned exceptions; /* begun within 300 s of the one before */
};

struct watch {
    struct gv_loop *loop;
    const char *directory; /* of the state */
    uint64_t seed;
    unsigned life;
    int64_t (*unix_s)(void);
    struct watch_server servers[WATCH_SERVERS_MOST];
    size_t count;
    struct gv_time last; /* begun anywhere */
    size_t begins;
    unsigned breaches;
    unsigned most_datagrams; /* of one registration */
    size_t most_octets;
    struct gv_dur closest; /* of two at one key server that are no exception */
};

/* A key server whose KEKs are those of `group`. */
void watch_add(struct watch *w, const struct gdoi_endpoint *at,
               const struct lab_gdoi_group *group);

/* A datagram of either direction, before its fate. */
void watch_take(struct watch *w, const struct net_datagram *d);

#endif
