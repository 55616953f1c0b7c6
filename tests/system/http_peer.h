/* SPDX-License-Identifier: Apache-2.0 */
/* A server with hooks that we control, in a process of its own, and a client
 * that writes octets as it likes. */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <stddef.h>
#include <sys/types.h>

enum {
    PEER_CONNECTIONS = 64,
    PEER_REQUEST_MS = 500, /* deadlines, short for the test */
    PEER_RESPONSE_MS = 1500,
    PEER_CONFIG_SIZE = 32 << 20 /* /config is larger than the sockets' buffers */
};

struct peer {
    pid_t pid;
    unsigned port;
    unsigned from; /* the client is 127.0.0.`from`; 0: 127.0.0.1 */
};

/* Serve the fleet of fleet.h on 127.0.0.1 until peer_stop, with at most
 * `descriptors` open more than at its start (0: no limit). Targets: ks-a (also
 * 192.0.2.1) answers a probe at once, silent after a minute. /sd tells
 * {"polls":N,"views":N,"reloads":N}. */
struct peer peer_start(unsigned descriptors);

/* Its exit status; 0 is a clean end. */
int peer_stop(const struct peer *peer);

/* A connection; -1 with errno. Receiving waits ten seconds at most. */
int peer_connect(const struct peer *peer);

/* Send what the peer takes of `n` octets. */
void peer_send(int fd, const char *octets, size_t n);

/* Everything up to the end of the stream, cut at `size` - 1; the whole length.
 * (size_t)-1 where the stream did not end in time. */
size_t peer_receive(int fd, char *to, size_t size);

/* One exchange on a connection of its own; the status, 0 for a close without an
 * answer, -1 for no end. The answer, NUL-terminated, is in peer_answer. */
int peer_ask(const struct peer *peer, const char *request, size_t n);
extern char peer_answer[];
extern size_t peer_answer_n;

/* As peer_ask: GET `target`, with the header lines `more` ("" or "A: b\r\n"). */
int peer_get(const struct peer *peer, const char *target, const char *more);

/* A number of the /sd document. */
long peer_count(const struct peer *peer, const char *name);

#endif
