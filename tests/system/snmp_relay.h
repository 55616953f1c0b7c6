/* SPDX-License-Identifier: Apache-2.0 */
/* A relay on loopback between the collector and an SNMPv3 agent, in the loop of the test:
 * someone on the path, who reads and changes what USM does not protect, the Reports of a
 * discovery, and sends Reports of his own. */
#ifndef SNMP_RELAY_H
#define SNMP_RELAY_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "snmp_responder.h"

enum relay_script {
    RELAY_HONEST,
    RELAY_OTHER_REPORT, /* the first discovery is answered by a Report of another kind */
    RELAY_OTHER_BOOTS,  /* the first discovery tells of many boots more */
    RELAY_OTHER_ENGINE, /* the first discovery tells another engine id */
    RELAY_FORGED_USER,  /* "unknown user name" ahead of each genuine answer */
    RELAY_FORGED_CLOCK, /* "not in time window" ahead of each, not authenticated */
};

struct relay {
    int fd, agent_fd; /* towards the collector; towards the agent */
    uint16_t port;
    struct gv_watch *watch, *agent_watch;
    struct sockaddr_storage peer;
    socklen_t peer_size;
    enum relay_script script;
    unsigned requests, discoveries;
    uint8_t report[256]; /* the last Report of a discovery, and what forgeries are made of */
    size_t report_n;
    uint8_t engine[32]; /* the agent's */
    size_t engine_n;
};

/* Where `what` begins in the packet; NULL for nowhere. */
static inline uint8_t *relay_find(uint8_t *packet, size_t n, const void *what, size_t what_n)
{
    for (size_t i = 0; i + what_n <= n; i++)
        if (memcmp(packet + i, what, what_n) == 0)
            return packet + i;
    return NULL;
}

/* RFC 3414, 5: usmStatsUnknownEngineIDs.0 and its kin but for the last two arcs. */
static const uint8_t usm_stats[] = {0x2b, 6, 1, 6, 3, 15, 1, 1};
enum { STATS_TIME_WINDOW = 2, STATS_USER_NAME = 3, STATS_ENGINE_ID = 4, STATS_DECRYPTION = 6 };

/* The arc that says what kind of Report this is; NULL where it is none in clear. */
static inline uint8_t *relay_kind(uint8_t *packet, size_t n)
{
    uint8_t *at = relay_find(packet, n, usm_stats, sizeof(usm_stats));

    return at != NULL ? at + sizeof(usm_stats) : NULL;
}

/* The message id: 4 octets at a fixed place in a message of less than 64 KiB; NULL where it
 * is written in fewer. */
static inline uint8_t *relay_message_id(uint8_t *packet, size_t n)
{
    static const uint8_t version3[] = {2, 1, 3, 0x30};
    uint8_t *at = relay_find(packet, n, version3, sizeof(version3));

    return at != NULL && at[5] == 2 && at[6] == 4 ? at + 7 : NULL;
}

static inline void relay_back(const struct relay *r, const void *packet, size_t n)
{
    (void)sendto(r->fd, packet, n, 0, (const struct sockaddr *)&r->peer, r->peer_size);
}

static inline void relay_spoil(struct relay *r, uint8_t *packet, size_t n)
{
    uint8_t *engine = relay_find(packet, n, r->engine, r->engine_n);

    if (r->script == RELAY_OTHER_REPORT)
        *relay_kind(packet, n) = STATS_DECRYPTION;
    if (r->script == RELAY_OTHER_BOOTS)
        engine[r->engine_n + 2] = 0x7f;
    while (r->script == RELAY_OTHER_ENGINE && engine != NULL) {
        engine[r->engine_n - 1] ^= 1;
        engine = relay_find(packet, n, r->engine, r->engine_n);
    }
}

/* A Report of our own in answer to the message that `answer` answers. */
static inline void relay_forge(struct relay *r, uint8_t kind, uint8_t *answer, size_t n)
{
    uint8_t *id = relay_message_id(answer, n);
    uint8_t *own = relay_message_id(r->report, r->report_n);

    if (id == NULL || own == NULL)
        return;
    memcpy(own, id, 4);
    *relay_kind(r->report, r->report_n) = kind;
    relay_back(r, r->report, r->report_n);
}

static inline void relay_from_agent(void *arg, unsigned events)
{
    struct relay *r = arg;
    uint8_t packet[PACKET], *kind;
    ssize_t got = recv(r->agent_fd, packet, sizeof(packet), MSG_DONTWAIT);
    size_t n = got > 0 ? (size_t)got : 0;

    (void)events;
    if (n == 0)
        return;
    kind = relay_kind(packet, n);
    if (kind != NULL && *kind == STATS_ENGINE_ID) {
        if (n <= sizeof(r->report))
            memcpy(r->report, packet, r->report_n = n);
        if (r->discoveries++ == 0)
            relay_spoil(r, packet, n);
    } else if (r->script == RELAY_FORGED_USER) {
        relay_forge(r, STATS_USER_NAME, packet, n);
    } else if (r->script == RELAY_FORGED_CLOCK) {
        relay_forge(r, STATS_TIME_WINDOW, packet, n);
    }
    relay_back(r, packet, n);
}

static inline void relay_from_collector(void *arg, unsigned events)
{
    struct relay *r = arg;
    uint8_t packet[PACKET];
    ssize_t n;

    (void)events;
    r->peer_size = sizeof(r->peer);
    n = recvfrom(r->fd, packet, sizeof(packet), MSG_DONTWAIT, (struct sockaddr *)&r->peer,
                 &r->peer_size);
    if (n <= 0)
        return;
    r->requests++;
    (void)send(r->agent_fd, packet, (size_t)n, 0);
}

static inline void relay_start(struct relay *r, struct gv_loop *loop, uint16_t agent_port,
                               const uint8_t *engine, size_t engine_n)
{
    struct sockaddr_in agent = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons(agent_port)};
    uint16_t own;

    memset(r, 0, sizeof(*r));
    memcpy(r->engine, engine, r->engine_n = engine_n);
    r->fd = bound_socket(false, &r->port);
    r->agent_fd = bound_socket(false, &own);
    if (r->fd < 0 || r->agent_fd < 0 ||
        connect(r->agent_fd, (const struct sockaddr *)&agent, sizeof(agent)) != 0)
        abort();
    r->watch = gv_watch_start(loop, r->fd, GV_READABLE, relay_from_collector, r);
    r->agent_watch = gv_watch_start(loop, r->agent_fd, GV_READABLE, relay_from_agent, r);
}

static inline void relay_stop(struct relay *r)
{
    gv_watch_stop(r->watch);
    gv_watch_stop(r->agent_watch);
    (void)close(r->fd);
    (void)close(r->agent_fd);
}

#endif
