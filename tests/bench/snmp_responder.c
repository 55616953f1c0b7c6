/* SPDX-License-Identifier: Apache-2.0 */
/* A fast SNMP v2c responder for benchmarks: one socket that answers for every
 * address of 127.0.0.0/8 as the same kind of GETVPN device.
 *
 * It encodes by hand and answers in batches (recvmmsg, sendmmsg), so that it is
 * never the bottleneck; bench_snmp.sh measures and prints its own capacity. Not a
 * peer for correctness: that is the lab, which uses net-snmp. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/reader.h"
#include "base/text.h"

enum { BATCH = 64, DATAGRAM = 2048, MOST_OBJECTS = 4096, MOST_BINDS = 128, OID_SIZE = 160 };
enum { TAG_INTEGER = 0x02, TAG_OCTETS = 0x04, TAG_OID = 0x06, TAG_SEQUENCE = 0x30 };
enum {
    TAG_GAUGE = 0x42,
    TAG_COUNTER = 0x41,
    TAG_TICKS = 0x43,
    NO_INSTANCE = 0x81,
    END_OF_MIB = 0x82
};
enum { GET = 0xa0, GETNEXT = 0xa1, RESPONSE = 0xa2, GETBULK = 0xa5 };

struct object {
    uint8_t oid[OID_SIZE]; /* encoded: every sub-identifier here sorts by its octets */
    size_t oid_n;
    uint8_t value[64];
    size_t value_n;
    uint32_t countdown_from; /* not 0: remaining seconds, computed at each answer */
    bool uptime;             /* hundredths of a second, computed at each answer */
};

static struct object objects[MOST_OBJECTS];
static size_t object_count;
static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static void put_subid(struct object *o, uint32_t v)
{
    for (int shift = 28; shift > 0; shift -= 7)
        if (v >> shift)
            o->oid[o->oid_n++] = (uint8_t)(0x80 | (v >> shift & 0x7f));
    o->oid[o->oid_n++] = (uint8_t)(v & 0x7f);
}

/* "9.9.759.1" appended to the object's OID. */
static void put_oid(struct object *o, const char *dotted)
{
    struct gv_text rest = gv_text(dotted);

    while (rest.n > 0) {
        size_t n = gv_text_index(rest, '.');
        uint32_t v = 0;

        if (gv_text_u32(gv_text_head(rest, n), &v))
            put_subid(o, v);
        rest = gv_text_from(rest, n + 1);
    }
}

static struct object *add(const char *prefix, const char *suffix, uint8_t tag,
                          const void *value, size_t n)
{
    struct object *o = &objects[object_count++];

    if (object_count == MOST_OBJECTS)
        abort();
    *o = (struct object){.oid = {0x2b}, .oid_n = 1};
    put_oid(o, prefix);
    put_oid(o, suffix);
    o->value[0] = tag;
    o->value[1] = (uint8_t)n;
    memcpy(o->value + 2, value, n);
    o->value_n = 2 + n;
    return o;
}

static struct object *add_uint(const char *prefix, const char *suffix, uint8_t tag, uint32_t v)
{
    uint8_t octets[5] = {0, (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                         (uint8_t)v};

    return add(prefix, suffix, tag, octets, sizeof(octets));
}

#define ENTERPRISE  "6.1.4.1.9.9.759."
#define GROUP_INDEX ".11.4.0.0.12.53"
#define GM_INDEX    GROUP_INDEX ".1.4.10.1.2.3"
#define KS_INDEX    GROUP_INDEX ".1.4.10.1.0.1"

/* One column cell: "TABLE.COLUMN" + index. */
static void cell(const char *table, unsigned column, const char *index, uint8_t tag, uint32_t v)
{
    char name[96];

    (void)snprintf(name, sizeof(name), "%s.%u%s", table, column, index);
    add_uint(ENTERPRISE, name, tag, v);
}

static void cell_octets(const char *table, unsigned column, const char *index, const void *v,
                        size_t n)
{
    char name[96];

    (void)snprintf(name, sizeof(name), "%s.%u%s", table, column, index);
    add(ENTERPRISE, name, TAG_OCTETS, v, n);
}

static void add_identity(const char *table, unsigned column, const char *index,
                         const uint8_t ip[4])
{
    cell(table, column, index, TAG_INTEGER, 1);
    cell(table, column + 1, index, TAG_GAUGE, 4);
    cell_octets(table, column + 2, index, ip, 4);
}

static void countdown(uint32_t from)
{
    objects[object_count - 1].countdown_from = from;
}

/* Columns 2..21 of a KEK table: cgmGdoiKsKekTable, cgmGdoiGmKekTable. */
static void add_kek(const char *table, const char *index)
{
    static const uint8_t spi[16] = {0x4b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const uint8_t source[4] = {10, 1, 0, 1}, destination[4] = {10, 1, 2, 3};
    static const uint32_t rest[] = {2, 0, 12, 256, 2, 1, 2048, 14, 86400};

    cell_octets(table, 2, index, spi, sizeof(spi));
    add_identity(table, 3, index, source);
    cell_octets(table, 6, index, "\x03\x50", 2);
    add_identity(table, 7, index, destination);
    cell_octets(table, 10, index, "\x03\x50", 2);
    for (unsigned i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
        cell(table, 11 + i, index, i == 3 || i == 6 || i == 8 ? TAG_GAUGE : TAG_INTEGER,
             rest[i]);
    cell(table, 20, index, TAG_GAUGE, 86400);
    countdown(86400);
    cell(table, 21, index, TAG_INTEGER, 1);
}

static void add_tek(const char *table, const char *index, uint8_t n)
{
    const uint8_t spi[4] = {0xd8, 0x35, 0xdb, n};
    static const uint32_t columns[] = {1, 12, 256, 12, 256, 64, 3600};

    cell_octets(table, 2, index, spi, sizeof(spi));
    for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        cell(table, 3 + i, index, i % 2 == 0 && i > 0 ? TAG_GAUGE : TAG_INTEGER, columns[i]);
    cell(table, 10, index, TAG_GAUGE, 3600);
    countdown(3600);
    cell(table, 11, index, TAG_INTEGER, n % 2 + 1u);
}

static void add_selector(const char *table, const char *index)
{
    static const uint8_t any[8] = {10, 0, 0, 0, 255, 0, 0, 0};

    for (unsigned side = 0; side < 2; side++) {
        cell(table, 2 + 4 * side, index, TAG_INTEGER, 4);
        cell(table, 3 + 4 * side, index, TAG_GAUGE, 8);
        cell_octets(table, 4 + 4 * side, index, any, sizeof(any));
        cell_octets(table, 5 + 4 * side, index, "\0\0", 2);
    }
    cell(table, 10, index, TAG_INTEGER, 1);
}

static void add_system(void)
{
    static const char descr[] = "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), "
                                "Version 15.7(3)M8, RELEASE SOFTWARE (fc1)";

    add("6.1.2.1.1.", "1.0", TAG_OCTETS, descr, 60);
    add_uint("6.1.2.1.1.", "3.0", TAG_TICKS, 0)->uptime = true;
    add("6.1.2.1.1.", "5.0", TAG_OCTETS, "branch", 6);
}

static void add_group(void)
{
    cell("1.1.1", 2, GROUP_INDEX, TAG_GAUGE, 4);
    cell_octets("1.1.1", 4, GROUP_INDEX, "G-BENCH", 7);
    for (unsigned column = 5; column <= 8; column++)
        cell("1.1.1", column, GROUP_INDEX, TAG_GAUGE, column);
}

/* A branch: one group, one KEK, four TEKs under one selector: about 80 objects. */
static void add_gm(void)
{
    static const uint8_t ks[4] = {10, 1, 0, 1};
    static const uint8_t spi[16] = {0x4b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    cell("1.2.2.1", 2, GM_INDEX, TAG_GAUGE, 4);
    add_identity("1.2.2.1", 4, GM_INDEX, ks);
    cell_octets("1.2.2.1", 7, GM_INDEX, spi, sizeof(spi));
    cell("1.2.2.1", 8, GM_INDEX, TAG_COUNTER, 3);
    cell("1.2.2.1", 9, GM_INDEX, TAG_COUNTER, 2);
    add_kek("1.3.2.1", GM_INDEX ".1");
    add_selector("1.3.5.1", GM_INDEX ".1");
    for (uint8_t n = 1; n <= 4; n++) {
        char index[64];

        (void)snprintf(index, sizeof(index), "%s.1.%u", GM_INDEX, n);
        add_tek("1.3.6.1", index, n);
    }
}

/* A key server: one group, two KEK rows, a COOP peer, and one TEK for each of
 * 40 selectors: about 800 objects. */
static void add_ks(void)
{
    static const uint8_t spi[16] = {0x4b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    cell("1.2.1.1", 2, KS_INDEX, TAG_GAUGE, 4);
    cell_octets("1.2.1.1", 4, KS_INDEX, spi, sizeof(spi));
    cell("1.2.1.1", 5, KS_INDEX, TAG_COUNTER, 3);
    cell("1.2.1.1", 6, KS_INDEX, TAG_INTEGER, 1);
    cell("1.2.1.1", 7, KS_INDEX, TAG_GAUGE, 2000);
    for (unsigned column = 4; column <= 6; column++)
        cell("1.2.3.1", column, GROUP_INDEX ".1.4.10.1.0.2", TAG_INTEGER,
             column == 6 ? 900 : 2);
    add_kek("1.3.1.1", KS_INDEX ".1");
    for (unsigned n = 1; n <= 40; n++) {
        char index[64];

        (void)snprintf(index, sizeof(index), "%s.%u", KS_INDEX, n);
        add_selector("1.3.3.1", index);
        (void)snprintf(index, sizeof(index), "%s.%u.1", KS_INDEX, n);
        add_tek("1.3.4.1", index, (uint8_t)n);
    }
}

static int compare(const uint8_t *a, size_t an, const uint8_t *b, size_t bn)
{
    int order = memcmp(a, b, an < bn ? an : bn);

    return order != 0 ? order : an < bn ? -1 : an > bn;
}

static int by_oid(const void *a, const void *b)
{
    const struct object *x = a, *y = b;

    return compare(x->oid, x->oid_n, y->oid, y->oid_n);
}

/* The first object at or after the OID (`after`: strictly after); object_count at the end. */
static size_t find(const uint8_t *oid, size_t n, bool after)
{
    size_t low = 0, high = object_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(objects[middle].oid, objects[middle].oid_n, oid, n);

        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- BER in: a tag's body as a reader of its own ---- */
static struct gv_reader body(struct gv_reader *r, uint8_t *tag)
{
    uint32_t n;

    *tag = (uint8_t)gv_reader_uint(r, 1);
    n = gv_reader_uint(r, 1);
    if (n & 0x80)
        n = gv_reader_uint(r, n & 0x7f ? n & 0x7f : 5);
    return gv_reader_sub(r, n);
}

static uint32_t number(struct gv_reader *r)
{
    uint8_t tag;
    struct gv_reader v = body(r, &tag);

    return v.left <= 4 ? gv_reader_uint(&v, v.left) : 0;
}

/* ---- BER out: every sequence with a two-octet length, patched at its end ---- */
struct out {
    uint8_t *octets;
    size_t n;
};

static void put(struct out *o, const void *octets, size_t n)
{
    memcpy(o->octets + o->n, octets, n);
    o->n += n;
}

static size_t open_sequence(struct out *o, uint8_t tag)
{
    put(o, (uint8_t[]){tag, 0x82, 0, 0}, 4);
    return o->n;
}

static void close_sequence(struct out *o, size_t at)
{
    size_t n = o->n - at;

    o->octets[at - 2] = (uint8_t)(n >> 8);
    o->octets[at - 1] = (uint8_t)n;
}

/* A value that the clock decides: tag, length 5, a leading zero, four octets. */
static void put_clock(struct out *o, const struct object *object, uint32_t elapsed)
{
    uint32_t v = object->uptime ? 123456789 + elapsed * 100
                                : object->countdown_from - elapsed % object->countdown_from;

    put(o,
        (uint8_t[]){object->value[0], 5, 0, (uint8_t)(v >> 24), (uint8_t)(v >> 16),
                    (uint8_t)(v >> 8), (uint8_t)v},
        7);
}

static void put_bind(struct out *o, const uint8_t *oid, size_t oid_n,
                     const struct object *object, uint8_t absent, uint32_t elapsed)
{
    size_t at = open_sequence(o, TAG_SEQUENCE);

    put(o, (uint8_t[]){TAG_OID, (uint8_t)oid_n}, 2);
    put(o, oid, oid_n);
    if (object == NULL)
        put(o, (uint8_t[]){absent, 0}, 2);
    else if (object->uptime || object->countdown_from != 0)
        put_clock(o, object, elapsed);
    else
        put(o, object->value, object->value_n);
    close_sequence(o, at);
}

static void put_next(struct out *o, struct gv_reader *oid, uint32_t elapsed)
{
    size_t i = find(oid->at, oid->left, true);
    const struct object *next = i < object_count ? &objects[i] : NULL;

    if (next == NULL) {
        put_bind(o, oid->at, oid->left, NULL, END_OF_MIB, elapsed);
        return;
    }
    put_bind(o, next->oid, next->oid_n, next, 0, elapsed);
    *oid = gv_reader(next->oid, next->oid_n);
}

enum { ANSWER_MOST = 1472, BIND_MOST = OID_SIZE + 80 };

static size_t read_binds(struct gv_reader list, struct gv_reader *oids)
{
    size_t count = 0;

    while (list.left > 0 && !list.bad && count < MOST_BINDS) {
        uint8_t tag;
        struct gv_reader bind = body(&list, &tag);

        oids[count++] = body(&bind, &tag);
    }
    return list.bad ? 0 : count;
}

static void answer_binds(struct out *o, uint8_t pdu, uint32_t non_repeaters,
                         uint32_t repetitions, struct gv_reader list, uint32_t elapsed)
{
    struct gv_reader oids[MOST_BINDS];
    size_t count = read_binds(list, oids), i = 0;

    if (pdu != GETBULK)
        non_repeaters = UINT32_MAX;
    for (; i < count && i < non_repeaters; i++) {
        size_t at = find(oids[i].at, oids[i].left, false);
        bool same = at < object_count &&
                    compare(objects[at].oid, objects[at].oid_n, oids[i].at, oids[i].left) == 0;

        if (pdu == GET)
            put_bind(o, oids[i].at, oids[i].left, same ? &objects[at] : NULL, NO_INSTANCE,
                     elapsed);
        else
            put_next(o, &oids[i], elapsed);
    }
    for (uint32_t turn = 0; i < count && turn < repetitions; turn++)
        for (size_t k = i; k < count; k++) {
            if (o->n + BIND_MOST > ANSWER_MOST)
                return;
            put_next(o, &oids[k], elapsed);
        }
}

/* The answer to one datagram; 0 where there is none. */
static size_t answer(const uint8_t *question, size_t n, uint8_t *octets, uint32_t elapsed)
{
    struct gv_reader r = gv_reader(question, n), message, pdu, community, list;
    struct out o = {octets, 0};
    uint8_t tag, type;
    uint32_t id, a, b;
    size_t outer, inner, binds;

    message = body(&r, &tag);
    if (number(&message) != 1)
        return 0;
    community = body(&message, &tag);
    pdu = body(&message, &type);
    id = number(&pdu);
    a = number(&pdu);
    b = number(&pdu);
    list = body(&pdu, &tag);
    if (list.bad || community.left > 64)
        return 0;
    outer = open_sequence(&o, TAG_SEQUENCE);
    put(&o, (uint8_t[]){TAG_INTEGER, 1, 1, TAG_OCTETS, (uint8_t)community.left}, 5);
    put(&o, community.at, community.left);
    inner = open_sequence(&o, RESPONSE);
    put(&o,
        (uint8_t[]){TAG_INTEGER, 4, (uint8_t)(id >> 24), (uint8_t)(id >> 16),
                    (uint8_t)(id >> 8), (uint8_t)id, TAG_INTEGER, 1, 0, TAG_INTEGER, 1, 0},
        12);
    binds = open_sequence(&o, TAG_SEQUENCE);
    answer_binds(&o, type, a, b, list, elapsed);
    close_sequence(&o, binds);
    close_sequence(&o, inner);
    close_sequence(&o, outer);
    return o.n;
}

/* ---- the socket ---- */
struct batch {
    struct mmsghdr in[BATCH], out[BATCH];
    struct iovec in_iov[BATCH], out_iov[BATCH];
    struct sockaddr_in from[BATCH];
    union {
        char octets[CMSG_SPACE(sizeof(struct in_pktinfo))];
        struct cmsghdr align;
    } info[BATCH];
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
                                           .msg_control = &b->info[i],
                                           .msg_controllen = sizeof(b->info[i])};
    }
}

/* The answers leave from the address that was asked: the ancillary data goes back as it came.
 */
static unsigned answer_all(struct batch *b, int received, uint32_t elapsed)
{
    unsigned count = 0;

    for (int i = 0; i < received; i++) {
        size_t n = answer(b->in_octets[i], b->in[i].msg_len, b->out_octets[count], elapsed);

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

static int open_socket(uint16_t port)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, room = 16 << 20;
    socklen_t size = sizeof(any);

    any.sin_addr.s_addr = htonl(INADDR_ANY);
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
                              "Answers SNMP v2c (any community) on every loopback address.\n");
        return 2;
    }
    add_system();
    add_group();
    if (strcmp(argv[1], "ks") == 0)
        add_ks();
    else
        add_gm();
    qsort(objects, object_count, sizeof(objects[0]), by_oid);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    serve(open_socket((uint16_t)port), delay_ms);
    return 0;
}
