/* SPDX-License-Identifier: Apache-2.0 */
#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

enum { HOST_SIZE = 256 };

/* "host:port" taken apart; an empty host means every address. */
struct spec {
    char host[HOST_SIZE];
    uint16_t port;
};

static bool read_spec(const char *text, struct spec *out)
{
    struct gv_text host;

    if (!gv_text_host_port(gv_text(text), &host, &out->port) || host.n >= HOST_SIZE)
        return false;
    memcpy(out->host, host.at, host.n);
    out->host[host.n] = '\0';
    return true;
}

static void set_port(struct sockaddr *address, uint16_t port)
{
    if (address->sa_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
}

unsigned gv_http_socket_port(int fd)
{
    union {
        struct sockaddr_in6 v6;
        struct sockaddr_in v4;
        struct sockaddr any;
    } address = {.v6 = {.sin6_family = AF_UNSPEC}};
    socklen_t n = sizeof(address);

    if (getsockname(fd, &address.any, &n) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                   : address.v4.sin_port);
}

/* A listening socket on one address; -1 with errno. */
static int listen_on(const struct addrinfo *info)
{
    const int on = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (info->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, GV_HTTP_BACKLOG) != 0) {
        int failure = errno;

        (void)close(fd);
        errno = failure;
        return -1;
    }
    return fd;
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)close(fds[i]);
}

/* The machine lacks the family or the address: no reason to give the others up. */
static bool left_out(int failure)
{
    return failure == EAFNOSUPPORT || failure == EADDRNOTAVAIL;
}

static const char *advice(int failure)
{
    if (failure == EADDRINUSE)
        return "; another program listens there: stop it, or choose another port";
    if (failure == EACCES)
        return "; ports below 1024 need CAP_NET_BIND_SERVICE";
    return "";
}

/* Listen on every address of the list. On failure errno, and nothing is open. */
static int listen_each(const struct addrinfo *infos, uint16_t port, int *fds, size_t *count)
{
    int failure = EADDRNOTAVAIL;
    size_t n = 0;

    for (const struct addrinfo *i = infos; i != NULL && n < GV_HTTP_ADDRESSES_MOST;
         i = i->ai_next) {
        int fd;

        set_port(i->ai_addr, port);
        fd = listen_on(i);
        if (fd >= 0) {
            fds[n++] = fd;
            port = (uint16_t)gv_http_socket_port(fd); /* 0: the others get the first's */
            continue;
        }
        failure = errno;
        if (!left_out(failure)) {
            close_all(fds, n);
            return failure;
        }
    }
    *count = n;
    return n > 0 ? 0 : failure;
}

enum gv_err gv_http_listen(const char *text, int fds[GV_HTTP_ADDRESSES_MOST], size_t *count,
                           char *why, size_t why_size)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *infos = NULL;
    struct spec spec;
    int failure;

    if (!read_spec(text, &spec)) {
        (void)snprintf(why, why_size,
                       "listen address '%s': expected HOST:PORT, [IPV6]:PORT or :PORT", text);
        return GV_ERR_MALFORMED;
    }
    failure = getaddrinfo(spec.host[0] != '\0' ? spec.host : NULL, "0", &hints, &infos);
    if (failure != 0) {
        (void)snprintf(why, why_size, "listen address '%s': %s", text, gai_strerror(failure));
        return GV_ERR_NAME_LOOKUP;
    }
    failure = listen_each(infos, spec.port, fds, count);
    freeaddrinfo(infos);
    if (failure == 0)
        return GV_OK;
    (void)snprintf(why, why_size, "cannot listen on '%s': %s%s", text, strerror(failure),
                   advice(failure));
    return GV_ERR_SYSTEM;
}
