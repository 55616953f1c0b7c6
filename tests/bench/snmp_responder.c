/* SPDX-License-Identifier: Apache-2.0 */
/* A fast SNMP v2c and v3 responder for benchmarks: one socket that answers for every
 * address of 127.0.0.0/8 as the same kind of GETVPN device.
 *
 * It encodes by hand and answers in batches (recvmmsg, sendmmsg), so that it is never the
 * bottleneck; at its end it prints its own capacity. Not a peer for correctness: that is the
 * lab, which uses net-snmp. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "snmp_answer.h"
#include "snmp_usm.h"

enum { BATCH = 64, DATAGRAM = 2048 };

static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static bool answer_v2c(struct gv_reader message, struct ber_out *o, uint32_t elapsed)
{
    uint8_t tag, type;
    struct gv_reader community = ber_body(&message, &tag), pdu = ber_body(&message, &type);
    size_t outer = ber_open(o, TAG_SEQUENCE);

    if (pdu.bad || community.left > 64)
        return false;
    ber_put(o, (uint8_t[]){TAG_INTEGER, 1, 1, TAG_OCTETS, (uint8_t)community.left}, 5);
    ber_put(o, community.at, community.left);
    if (!snmp_pdu_answer(o, type, pdu, elapsed))
        return false;
    ber_close(o, outer);
    return true;
}

/* The answer of the device at `address` to one datagram; 0 where there is none. */
static size_t answer(const uint8_t *question, size_t n, uint32_t address, uint8_t *octets,
                     uint32_t elapsed)
{
    struct gv_reader r = gv_reader(question, n), message;
    struct ber_out o = {octets, 0};
    uint8_t tag;
    uint32_t version;

    message = ber_body(&r, &tag);
    version = ber_number(&message);
    if (version == 1 && answer_v2c(message, &o, elapsed))
        return o.n;
    o.n = 0;
    return version == 3 && snmp_v3_answer(message, address, &o, elapsed) ? o.n : 0;
}

/* ---- the socket ---- */
struct batch {
    struct mmsghdr in[BATCH], out[BATCH];
    struct iovec in_iov[BATCH], out_iov[BATCH];
    struct sockaddr_in from[BATCH];
    /* Room for one ancillary message; CMSG_SPACE is a multiple of a size_t, its alignment. */
    size_t info[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo)) / sizeof(size_t)];
    uint8_t in_octets[BATCH][DATAGRAM], out_octets[BATCH][DATAGRAM];
};

static struct batch batch;

static void prepare(struct batch *b)
{
    for (size_t i = 0; i < BATCH; i++) {
        b->in_iov[i] = (struct iovec){b->in_octets[i], DATAGRAM};
        b->in[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                           .msg_namelen = sizeof(b->from[i]),
                                           .msg_iov = &b->in_iov[i],
                                           .msg_iovlen = 1,
                                           .msg_control = b->info[i],
                                           .msg_controllen = sizeof(b->info[i])};
    }
}

/* The answers leave from the address that was asked: the ancillary data goes back as it came.
 */
static unsigned answer_all(struct batch *b, int received, uint32_t elapsed)
{
    unsigned count = 0;

    for (int i = 0; i < received; i++) {
        struct cmsghdr *info = CMSG_FIRSTHDR(&b->in[i].msg_hdr);
        uint32_t address = 0;
        size_t n;

        if (info != NULL)
            memcpy(&address, CMSG_DATA(info) + offsetof(struct in_pktinfo, ipi_addr), 4);
        n = answer(b->in_octets[i], b->in[i].msg_len, address, b->out_octets[count], elapsed);

        if (n == 0)
            continue;
        b->out_iov[count] = (struct iovec){b->out_octets[count], n};
        b->out[count].msg_hdr = b->in[i].msg_hdr;
        b->out[count].msg_hdr.msg_iov = &b->out_iov[count];
        count++;
    }
    return count;
}

static void send_all(int fd, struct batch *b, unsigned count)
{
    for (unsigned sent = 0; sent < count;) {
        int n = sendmmsg(fd, b->out + sent, count - sent, 0);

        if (n < 0 && errno != EINTR && errno != ECONNREFUSED && errno != ENOBUFS)
            return;
        sent += n > 0 ? (unsigned)n : 1;
    }
}

static int open_socket(uint16_t port, size_t object_count)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, room = 16 << 20;
    socklen_t size = sizeof(any);

    any.sin_addr.s_addr = htonl(INADDR_ANY);
    (void)setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo"));
    (void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
    if (bind(fd, (struct sockaddr *)&any, sizeof(any)) != 0 ||
        getsockname(fd, (struct sockaddr *)&any, &size) != 0) {
        perror("bind");
        exit(1);
    }
    printf("listening on port %u, %zu objects\n", ntohs(any.sin_port), object_count);
    (void)fflush(stdout);
    return fd;
}

/* Its own capacity: answers for each second of CPU that they took. */
static void report(unsigned long long answered)
{
    struct timespec cpu;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    double seconds = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;

    printf("answered %llu PDUs in %.3f CPU seconds: %.0f a second\n", answered, seconds,
           (double)answered / seconds);
}

static void serve(int fd, unsigned delay_ms)
{
    struct timespec begun, now, pause = {delay_ms / 1000, (long)(delay_ms % 1000) * 1000000};
    unsigned long long answered = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &begun);
    while (!stopped) {
        int received;

        prepare(&batch);
        received = recvmmsg(fd, batch.in, BATCH, MSG_WAITFORONE, NULL);
        if (received < 0)
            continue;
        if (delay_ms > 0)
            (void)nanosleep(&pause, NULL);
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        unsigned count = answer_all(&batch, received, (uint32_t)(now.tv_sec - begun.tv_sec));

        send_all(fd, &batch, count);
        answered += count;
    }
    report(answered);
}

int main(int argc, char **argv)
{
    struct sigaction stop = {.sa_handler = on_stop};
    uint32_t port = 0, delay_ms = 0;

    if (argc < 3 || !gv_text_u32(gv_text(argv[2]), &port) ||
        (argc > 3 && !gv_text_u32(gv_text(argv[3]), &delay_ms))) {
        (void)fprintf(stderr, "usage: snmp_responder gm|ks PORT [DELAY-MS]\n"
                              "Answers SNMP v2c (any community) and v3 (user bench, SHA-1 and\n"
                              "AES-128, both passwords bench-password) on every loopback\n"
                              "address, each with an engine of its own.\n");
        return 2;
    }
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    snmp_v3_init();
    serve(open_socket((uint16_t)port, snmp_objects_make(argv[1])), delay_ms);
    return 0;
}
