/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVE_BUFFER = 1 << 20, LINK_SCOPE = 2 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t to_system(const struct gdoi_endpoint *e, union address *out)
{
    memset(out, 0, sizeof(*out));
    if (e->size == 4) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(e->port);
        memcpy(&out->v4.sin_addr, e->address, 4);
        return sizeof(out->v4);
    }
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(e->port);
    memcpy(&out->v6.sin6_addr, e->address, 16);
    return sizeof(out->v6);
}

static bool from_system(const union address *a, struct gdoi_endpoint *out)
{
    struct gdoi_endpoint e = {.size = 0};

    if (a->any.sa_family == AF_INET) {
        e.size = 4;
        e.port = ntohs(a->v4.sin_port);
        memcpy(e.address, &a->v4.sin_addr, 4);
    } else if (a->any.sa_family == AF_INET6) {
        e.size = 16;
        e.port = ntohs(a->v6.sin6_port);
        memcpy(e.address, &a->v6.sin6_addr, 16);
    }
    *out = e;
    return e.size > 0;
}

/* ---- sockets ---- */

static int complain(const struct gdoi_endpoint *e, int fd, char *why, size_t why_n)
{
    int code = errno;
    char text[GDOI_ENDPOINT_TEXT];

    gdoi_endpoint_text(e, text);
    (void)snprintf(why, why_n, "%s: %s%s", text, strerror(code),
                   code == EACCES ? " (ports under 1024 need CAP_NET_BIND_SERVICE)" : "");
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int open_socket(uint8_t size)
{
    int fd =
        socket(size == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int room = RECEIVE_BUFFER;

    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    return fd;
}

int gdoi_sock_open(struct gdoi_endpoint *local, char *why, size_t why_n)
{
    int fd = open_socket(local->size);
    union address address;
    socklen_t n = to_system(local, &address);
    struct gdoi_endpoint bound;

    if (fd < 0 || bind(fd, &address.any, n) != 0)
        return complain(local, fd, why, why_n);
    n = sizeof(address);
    if (getsockname(fd, &address.any, &n) != 0 || !from_system(&address, &bound))
        return complain(local, fd, why, why_n);
    local->port = bound.port;
    return fd;
}

unsigned gdoi_sock_interface(const char *name, const struct gdoi_endpoint *local)
{
    struct ifaddrs *all = NULL;
    unsigned index = 0;

    if (name[0] != '\0')
        return if_nametoindex(name);
    if (getifaddrs(&all) != 0)
        return 0;
    for (const struct ifaddrs *i = all; index == 0 && i != NULL; i = i->ifa_next) {
        struct gdoi_endpoint e;

        if (i->ifa_addr != NULL &&
            from_system((const union address *)(void *)i->ifa_addr, &e) &&
            e.size == local->size && memcmp(e.address, local->address, e.size) == 0)
            index = if_nametoindex(i->ifa_name);
    }
    freeifaddrs(all);
    return index;
}

static bool join(int fd, const struct gdoi_endpoint *group, unsigned interface)
{
    if (group->size == 4) {
        struct ip_mreqn request = {.imr_ifindex = (int)interface};

        memcpy(&request.imr_multiaddr, group->address, 4);
        return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) == 0;
    }
    struct ipv6_mreq request = {.ipv6mr_interface = interface};

    memcpy(&request.ipv6mr_multiaddr, group->address, 16);
    return setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof(request)) == 0;
}

/* Bound to the group's address, so that nothing else comes. A group of IPv6 that does not leave
 * the link (RFC 4291, 2.7) exists once for each link. */
int gdoi_sock_join(const struct gdoi_endpoint *group, unsigned interface, char *why,
                   size_t why_n)
{
    int fd = open_socket(group->size), on = 1;
    union address address;
    socklen_t n = to_system(group, &address);

    if (group->size == 16 && (group->address[1] & 0x0f) <= LINK_SCOPE)
        address.v6.sin6_scope_id = interface;
    /* Else Linux gives it what any other socket has joined, on any interface. Where the kernel
     * is too old to let us, copies may come. */
    if (fd >= 0 && interface > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, sizeof(interface));
    /* Others may hear the same group. */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, &address.any, n) != 0 || !join(fd, group, interface))
        return complain(group, fd, why, why_n);
    return fd;
}

/* A connected UDP socket sends nothing, and knows its own address. */
bool gdoi_sock_route(const struct gdoi_endpoint *remote, struct gdoi_endpoint *out)
{
    int fd = open_socket(remote->size);
    union address address;
    socklen_t n = to_system(remote, &address);
    bool ok = fd >= 0 && connect(fd, &address.any, n) == 0;

    n = sizeof(address);
    ok = ok && getsockname(fd, &address.any, &n) == 0 && from_system(&address, out);
    if (ok)
        out->port = 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

long gdoi_sock_receive(int fd, void *octets, size_t room, struct gdoi_endpoint *from)
{
    union address address = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t n = sizeof(address);
    ssize_t got;

    do
        got = recvfrom(fd, octets, room, 0, &address.any, &n);
    while (got < 0 && errno == EINTR);
    return got >= 0 && from_system(&address, from) ? (long)got : -1;
}

bool gdoi_sock_send(int fd, const void *octets, size_t n, const struct gdoi_endpoint *to)
{
    union address address;
    socklen_t address_n = to_system(to, &address);

    return sendto(fd, octets, n, MSG_NOSIGNAL, &address.any, address_n) == (ssize_t)n;
}
