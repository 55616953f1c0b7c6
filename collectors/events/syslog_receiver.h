/* SPDX-License-Identifier: Apache-2.0 */
/* Syslog receiver: messages over UDP and TCP, each with the address of its sender.
 *
 * It knows nothing of devices: whoever uses it says whose connections are taken, and gets the
 * lines. A flood costs no more than reading it. */
#ifndef GV_EVENTS_SYSLOG_RECEIVER_H
#define GV_EVENTS_SYSLOG_RECEIVER_H

#include "base/error.h"
#include "events/frames.h"
#include "io/loop.h"

struct gv_syslog_receiver;

enum {
    GV_SYSLOG_CONNECTIONS = 256,         /* at once */
    GV_SYSLOG_CONNECTIONS_OF_SENDER = 4, /* ... of one sender */
    GV_SENDER_TEXT = 64                  /* an address as text, without zone and port */
};

/* `sender` is an IPv4 or IPv6 address as text; one that came as IPv4 in IPv6 is IPv4. */
struct gv_syslog_hooks {
    void *arg;
    bool (*known)(void *arg, const char *sender); /* take a connection? */
    void (*line)(void *arg, const char *sender, struct gv_text line);
};

struct gv_syslog_receiver_stats {
    uint64_t refused; /* connections, and messages longer than GV_FRAME_MOST or cut off */
};

/* Listen on "ADDRESS:PORT", "[V6]:PORT" or ":PORT" (all addresses), for UDP and for TCP; port 0
 * lets the system choose one for both. On failure `why` says what failed. */
enum gv_err gv_syslog_receiver_start(struct gv_loop *loop, const char *listen,
                                     const struct gv_syslog_hooks *hooks,
                                     struct gv_syslog_receiver **out, char *why,
                                     size_t why_size) GV_MUST_CHECK;

/* Close everything. NULL is fine. */
void gv_syslog_receiver_stop(struct gv_syslog_receiver *receiver);

unsigned gv_syslog_receiver_port(const struct gv_syslog_receiver *receiver);
struct gv_syslog_receiver_stats
gv_syslog_receiver_stats(const struct gv_syslog_receiver *receiver);

#endif
