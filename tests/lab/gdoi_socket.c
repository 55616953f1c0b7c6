/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_socket.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gdoi/sock.h"

enum { MARKER = 4, READS_A_TURN = 64, DATAGRAM_MOST = 65535 };

static bool send_groups_from(int fd, const struct gdoi_endpoint *at)
{
    int index = (int)gdoi_sock_interface("", at);
    struct ip_mreqn v4 = {.imr_ifindex = index};

    if (at->size == 16)
        return setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof(index)) == 0;
    memcpy(&v4.imr_address, at->address, 4);
    return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &v4, sizeof(v4)) == 0;
}

bool lab_gdoi_socket_open(struct lab_gdoi_socket *s, const struct gdoi_endpoint *at,
                          int nat_port, char *why, size_t why_n)
{
    struct gdoi_endpoint nat = *at;

    *s = (struct lab_gdoi_socket){.fds = {-1, -1}, .at = *at};
    s->fds[0] = gdoi_sock_open(&s->at, why, why_n);
    if (s->fds[0] < 0 || !send_groups_from(s->fds[0], at)) {
        lab_gdoi_socket_close(s);
        return false;
    }
    if (nat_port == LAB_GDOI_NO_NAT)
        return true;
    nat.port = (uint16_t)nat_port;
    s->fds[1] = gdoi_sock_open(&nat, why, why_n);
    s->nat_port = nat.port;
    if (s->fds[1] < 0)
        lab_gdoi_socket_close(s);
    return s->fds[1] >= 0;
}

void lab_gdoi_socket_close(struct lab_gdoi_socket *s)
{
    for (size_t i = 0; i < LAB_GDOI_SOCKETS; i++) {
        if (s->fds[i] >= 0)
            (void)close(s->fds[i]);
        s->fds[i] = -1;
    }
}

/* RFC 3948, 2.2 and 2.3: behind four zeros it is IKE, an octet alone keeps a NAT awake. */
static void take(struct lab_gdoi *server, const uint8_t *octets, size_t n, bool marked,
                 const struct gdoi_endpoint *from, struct gv_time now)
{
    if (!marked)
        lab_gdoi_feed(server, octets, n, from, false, now);
    else if (n > MARKER && memcmp(octets, "\0\0\0\0", MARKER) == 0)
        lab_gdoi_feed(server, octets + MARKER, n - MARKER, from, true, now);
}

void lab_gdoi_socket_read(const struct lab_gdoi_socket *s, struct lab_gdoi *server,
                          struct gv_time now)
{
    static uint8_t octets[DATAGRAM_MOST];

    for (size_t i = 0; i < LAB_GDOI_SOCKETS; i++)
        for (unsigned k = 0; s->fds[i] >= 0 && k < READS_A_TURN; k++) {
            struct gdoi_endpoint from;
            long n = gdoi_sock_receive(s->fds[i], octets, sizeof(octets), &from);

            if (n < 0)
                break;
            if (server != NULL)
                take(server, octets, (size_t)n, i == 1, &from, now);
        }
}

void lab_gdoi_socket_flush(const struct lab_gdoi_socket *s, struct lab_gdoi *server, bool drop)
{
    static uint8_t marked[MARKER + DATAGRAM_MOST];
    struct gdoi_datagram d;

    while (lab_gdoi_next(server, &d)) {
        if (drop || d.n > DATAGRAM_MOST)
            continue;
        memcpy(marked + MARKER, d.octets, d.n);
        /* Lost answers are the network's business. */
        if (d.marked)
            (void)gdoi_sock_send(s->fds[1], marked, MARKER + d.n, &d.to);
        else
            (void)gdoi_sock_send(s->fds[0], d.octets, d.n, &d.to);
    }
}
