/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that events come to: bound to an address, read without waiting; and senders as
 * text. */
#ifndef GV_EVENTS_SOCK_H
#define GV_EVENTS_SOCK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct gv_event_address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t n;
};

/* "192.0.2.1:514", "[2001:db8::1]:514", or ":514" for all addresses of both families. False for
 * other text. */
bool gv_event_address_read(const char *text, struct gv_event_address *out);

/* A socket of that type (SOCK_DGRAM, SOCK_STREAM: listening) bound to *address; port 0 becomes
 * the one that was chosen. -1 with a sentence in `why`. */
int gv_event_sock_open(struct gv_event_address *address, int type, int receive_buffer,
                       char *why, size_t why_size);

unsigned gv_event_sock_port(int fd); /* 0 where the system does not tell */

/* One datagram, and one connection, with the sender's address (GV_SENDER_TEXT octets). -1 where
 * none is there. */
long gv_event_sock_receive(int fd, void *octets, size_t room, char *sender);
int gv_event_sock_accept(int fd, char *sender);

#endif
