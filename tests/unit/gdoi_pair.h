/* SPDX-License-Identifier: Apache-2.0 */
/* A probe and a key server of the lab in one memory, on a virtual clock: what each sends
 * reaches the other ten milliseconds later, unless a filter has its way. */
#ifndef GDOI_PAIR_H
#define GDOI_PAIR_H

#include "gdoi_server.h"

enum {
    PAIR_PACKETS_MOST = 64,
    PAIR_LOG_MOST = 512,
    PAIR_EVENTS_MOST = 128,
    PAIR_DELAY_MS = 10
};

struct pair_packet {
    bool to_server;
    struct gv_time at;
    uint8_t *octets;
    size_t n;
    bool marked;
    struct gdoi_endpoint to;
};

/* What was sent, whether it arrived or not. */
struct pair_sent {
    bool to_server, marked;
    struct gv_time at;
    uint8_t exchange, flags;
    uint32_t message_id;
    size_t n;
    uint64_t sum; /* of its octets: equal ones are copies */
};

struct pair;
/* A datagram on its way, which it may change; `index` counts those of its direction from 1.
 * False: it is lost. */
typedef bool pair_filter(struct pair *p, bool to_server, unsigned index, uint8_t *octets,
                         size_t *n, void *arg);

struct pair {
    /* Set by pair_defaults; to be changed before pair_open. */
    struct gdoi_suite suite;
    struct gv_secret *psk, *server_psk;
    struct gdoi_client_config client_config;
    struct lab_gdoi_config server_config;
    struct lab_gdoi_policy policy;
    pair_filter *filter;
    void *arg;
    /* Something else that lives on the same clock; NULL: nothing. */
    struct gv_time (*others_due)(void *others);
    void (*others_live)(void *others, struct gv_time now);
    void *others;

    bool hold; /* arithmetic goes out, and does not come back ... */
    bool held; /* ... until pair_release, where some is out */
    struct gdoi_client *client;
    struct lab_gdoi *server;
    struct lab_gdoi_group *group; /* of our own server */
    struct gv_time now;
    struct pair_packet packets[PAIR_PACKETS_MOST];
    size_t packet_count;
    struct pair_sent log[PAIR_LOG_MOST];
    size_t log_count;
    unsigned to_server, to_client; /* sent so far */
    struct gdoi_event events[PAIR_EVENTS_MOST];
    size_t event_count;
};

/* Both ends as they usually are: aes128-sha256-ecp256, one pre-shared key, group 1234 with an
 * ECDSA-256 signer. */
void pair_defaults(struct pair *p);
void pair_suite(struct pair *p, const char *name);
void pair_open(struct pair *p);
/* The same with a server that is the caller's: `group` stays NULL. */
void pair_open_with(struct pair *p, struct lab_gdoi *server);
void pair_close(struct pair *p);

/* Live for so long. */
void pair_run(struct pair *p, struct gv_dur span);
/* Begin a registration. */
void pair_begin(struct pair *p);
/* Register, and live until that has ended; its event, which is the last one. */
struct gdoi_event pair_register(struct pair *p);
/* Put a datagram on the way: it arrives after so long. */
void pair_inject(struct pair *p, bool to_server, const uint8_t *octets, size_t n,
                 struct gv_dur after);
/* A rekey of our own server (bits of enum lab_gdoi_rekey), and a second; the last such event.
 */
struct gdoi_event pair_rekey(struct pair *p, unsigned what);
/* The KEK in use, as the probe has it. */
const struct gdoi_kek_life *pair_kek(const struct pair *p);
/* Pushes that came again, and those with a number that was had before. */
uint32_t pair_duplicates(const struct pair *p);
uint32_t pair_replays(const struct pair *p);
/* That one and the server's own are the same, and the server's TEK is known. */
bool pair_in_step(const struct pair *p);
/* The held arithmetic is done. */
void pair_release(struct pair *p);
/* How many events of that kind there were. */
size_t pair_events(const struct pair *p, enum gdoi_event_kind kind);
/* The last event of that kind; of kind GDOI_NOTHING where there was none. */
struct gdoi_event pair_last(const struct pair *p, enum gdoi_event_kind kind);

/* A signer of that kind, made once in a program's life. */
const struct gdoi_signer *pair_signer(enum gdoi_sig kind, unsigned bits);
/* Drop what pair_signer made. */
void pair_end(void);

#endif
