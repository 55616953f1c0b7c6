/* SPDX-License-Identifier: Apache-2.0 */
#include "events/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "events/syslog_receiver.h"
#include "io/address.h"

enum { BACKLOG = 64 };

bool gv_event_address_read(const char *text, struct gv_event_address *out)
{
    struct gv_event_address address = {.n = 0};
    struct gv_text host;
    char literal[INET6_ADDRSTRLEN] = "";
    uint16_t port;

    if (!gv_text_host_port(gv_text(text), &host, &port) || host.n >= sizeof(literal))
        return false;
    memcpy(literal, host.at, host.n);
    if (inet_pton(AF_INET, literal, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
        address.n = sizeof(address.v4);
    } else if (host.n == 0 || inet_pton(AF_INET6, literal, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
        address.n = sizeof(address.v6);
    } else {
        return false;
    }
    *out = address;
    return true;
}

static bool is_any(const struct gv_event_address *address)
{
    return address->any.sa_family == AF_INET6 &&
           memcmp(&address->v6.sin6_addr, &in6addr_any, sizeof(in6addr_any)) == 0;
}

static int bound(const struct gv_event_address *address, int type, int receive_buffer)
{
    int fd = socket(address->any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), failure;
    const int on = 1, only_v6 = !is_any(address);

    if (fd < 0)
        return -1;
    if (receive_buffer > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    if (type == SOCK_STREAM)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (address->any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof(only_v6));
    if (bind(fd, &address->any, address->n) == 0 &&
        (type != SOCK_STREAM || listen(fd, BACKLOG) == 0))
        return fd;
    failure = errno;
    (void)close(fd);
    errno = failure;
    return -1;
}

int gv_event_sock_open(struct gv_event_address *address, int type, int receive_buffer,
                       char *why, size_t why_size)
{
    int fd = bound(address, type, receive_buffer);

    /* A machine without IPv6 has all addresses as IPv4. */
    if (fd < 0 && errno == EAFNOSUPPORT && is_any(address)) {
        in_port_t port = address->v6.sin6_port;

        address->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
        address->n = sizeof(address->v4);
        fd = bound(address, type, receive_buffer);
    }
    if (fd >= 0) {
        (void)getsockname(fd, &address->any, &address->n);
        return fd;
    }
    (void)snprintf(why, why_size, "cannot listen: %s%s", strerror(errno),
                   errno == EACCES ? "; ports below 1024 need CAP_NET_BIND_SERVICE" : "");
    return -1;
}

unsigned gv_event_sock_port(int fd)
{
    struct gv_event_address address = {.n = sizeof(address.v6)};

    if (getsockname(fd, &address.any, &address.n) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                   : address.v4.sin_port);
}

long gv_event_sock_receive(int fd, void *octets, size_t room, char *sender)
{
    struct gv_event_address from = {.n = sizeof(from.v6)};
    ssize_t n;

    do
        n = recvfrom(fd, octets, room, 0, &from.any, &from.n);
    while (n < 0 && errno == EINTR);
    return n >= 0 && gv_sockaddr_text(&from.any, sender, GV_SENDER_TEXT) ? (long)n : -1;
}

int gv_event_sock_accept(int fd, char *sender)
{
    struct gv_event_address from = {.n = sizeof(from.v6)};
    int accepted = accept4(fd, &from.any, &from.n, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (accepted >= 0 && !gv_sockaddr_text(&from.any, sender, GV_SENDER_TEXT)) {
        (void)close(accepted);
        return -1;
    }
    return accepted;
}
