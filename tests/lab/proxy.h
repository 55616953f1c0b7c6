/* SPDX-License-Identifier: Apache-2.0 */
/* The impairment proxy: a bad line in front of one server, UDP or TCP.
 *
 * In the loop, in user space, without privileges; with the same seed and the
 * same traffic it does the same things. Every client of a UDP proxy (every
 * connection of a TCP proxy) has dice of its own, numbered as they come. */
#ifndef LAB_PROXY_H
#define LAB_PROXY_H

#include "address.h"
#include "impair.h"
#include "io/loop.h"

struct lab_proxy;

struct lab_proxy_config {
    bool tcp; /* else UDP */
    uint64_t seed;
    struct lab_address listen; /* port 0 takes a free one */
    struct lab_address to;     /* the server */
    struct lab_impair toward;  /* client to server */
    struct lab_impair back;    /* server to client */
};

/* What it did so far; for TCP `passed` counts octets, `dropped` connections. */
struct lab_proxy_stats {
    uint64_t passed, dropped, duplicated, reordered, corrupted, truncated, spoofed, cut;
};

/* Listen and forward. NULL, with errno, where the system refuses. */
struct lab_proxy *lab_proxy_start(struct gv_loop *loop, const struct lab_proxy_config *config);

/* Close everything; what is still delayed is lost. NULL is fine. */
void lab_proxy_stop(struct lab_proxy *proxy);

/* The address it listens on. */
struct lab_address lab_proxy_address(const struct lab_proxy *proxy);
struct lab_proxy_stats lab_proxy_stats(const struct lab_proxy *proxy);

#endif
