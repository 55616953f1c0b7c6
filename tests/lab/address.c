/* SPDX-License-Identifier: Apache-2.0 */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 512 };

static struct sockaddr_in *v4(struct lab_address *address)
{
    return (struct sockaddr_in *)(void *)&address->at;
}

static struct sockaddr_in6 *v6(struct lab_address *address)
{
    return (struct sockaddr_in6 *)(void *)&address->at;
}

/* Split at the last colon; brackets around an IPv6 address are dropped. */
static bool split(struct gv_text t, struct gv_text *host, struct gv_text *port)
{
    size_t colon = t.n;

    while (colon > 0 && t.at[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    *host = gv_text_head(t, colon - 1);
    *port = gv_text_from(t, colon);
    if (host->n >= 2 && host->at[0] == '[' && host->at[host->n - 1] == ']')
        *host = (struct gv_text){host->at + 1, host->n - 2};
    return true;
}

bool lab_address_read(struct gv_text t, struct lab_address *out)
{
    struct lab_address address = {0};
    char name[INET6_ADDRSTRLEN];
    struct gv_text host, port;
    uint32_t number;

    if (!split(t, &host, &port) || host.n >= sizeof(name) || !gv_text_u32(port, &number) ||
        number > UINT16_MAX)
        return false;
    memcpy(name, host.at, host.n);
    name[host.n] = '\0';
    if (inet_pton(AF_INET, name, &v4(&address)->sin_addr) == 1) {
        address.at.ss_family = AF_INET;
        address.n = sizeof(struct sockaddr_in);
    } else if (inet_pton(AF_INET6, name, &v6(&address)->sin6_addr) == 1) {
        address.at.ss_family = AF_INET6;
        address.n = sizeof(struct sockaddr_in6);
    } else {
        return false;
    }
    lab_address_set_port(&address, (uint16_t)number);
    *out = address;
    return true;
}

uint16_t lab_address_port(const struct lab_address *address)
{
    struct lab_address copy = *address;

    return ntohs(copy.at.ss_family == AF_INET ? v4(&copy)->sin_port : v6(&copy)->sin6_port);
}

void lab_address_set_port(struct lab_address *address, uint16_t port)
{
    if (address->at.ss_family == AF_INET)
        v4(address)->sin_port = htons(port);
    else
        v6(address)->sin6_port = htons(port);
}

bool lab_address_equal(const struct lab_address *a, const struct lab_address *b)
{
    struct lab_address x = *a, y = *b;

    if (x.at.ss_family != y.at.ss_family)
        return false;
    if (x.at.ss_family == AF_INET)
        return v4(&x)->sin_port == v4(&y)->sin_port &&
               v4(&x)->sin_addr.s_addr == v4(&y)->sin_addr.s_addr;
    return v6(&x)->sin6_port == v6(&y)->sin6_port &&
           memcmp(&v6(&x)->sin6_addr, &v6(&y)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

static bool bind_fd(int fd, int type, struct lab_address *address)
{
    const int on = 1;

    if (type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
        return false;
    if (bind(fd, (const struct sockaddr *)&address->at, address->n) != 0)
        return false;
    if (type == SOCK_STREAM && listen(fd, LISTEN_BACKLOG) != 0)
        return false;
    return getsockname(fd, (struct sockaddr *)&address->at, &address->n) == 0;
}

int lab_address_bind(int type, struct lab_address *address)
{
    int fd = socket(address->at.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0 && !bind_fd(fd, type, address)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

int lab_address_bind_from(const char *address)
{
    struct lab_address from;
    char text[64];

    (void)snprintf(text, sizeof(text), "%s:0", address);
    return lab_address_read(gv_text(text), &from) ? lab_address_bind(SOCK_DGRAM, &from) : -1;
}
