/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy with real traffic on loopback. What must come out is foretold by
 * drawing the same fates from the same seed. */
#include <stdlib.h>
#include <unistd.h>

#include "proxy.h"
#include "unit/check.h"

enum { DATAGRAMS = 300, SEED = 7, STREAM_SIZE = 100000, GIVE_UP_S = 20 };

static struct lab_address anywhere(void)
{
    struct lab_address address = {0};

    CHECK("loopback address", lab_address_read(gv_text("127.0.0.1:0"), &address));
    return address;
}

/* The row under way, for the one failure that has no row at hand. */
static const char *running;

static void give_up(void *arg)
{
    (void)arg;
    CHECK_STR(running, "still running", "ended in time");
    exit(check_end());
}

/* --- UDP: numbered datagrams to a sink --------------------------------- */

struct sink {
    struct gv_loop *loop;
    int fd;
    unsigned expected, n;
    unsigned got[2 * DATAGRAMS]; /* their numbers */
};

static void sink_readable(void *arg, unsigned events)
{
    struct sink *sink = arg;
    uint8_t octets[64];
    ssize_t n;

    (void)events;
    while ((n = recv(sink->fd, octets, sizeof(octets), 0)) >= 0 && sink->n < 2 * DATAGRAMS) {
        sink->got[sink->n++] = n >= 2 ? (unsigned)(octets[0] << 8 | octets[1]) : 0;
    }
    if (sink->n >= sink->expected)
        gv_loop_stop(sink->loop);
}

/* What a line of these rates lets through, in order: reordering excepted. */
static unsigned foretell(const struct lab_impair *impair, unsigned numbers[2 * DATAGRAMS])
{
    struct lab_dice dice = lab_dice(SEED, 0);
    unsigned n = 0;

    for (unsigned i = 0; i < DATAGRAMS; i++) {
        struct lab_fate fate = lab_impair_next(impair, &dice, 8);

        for (int copies = fate.drop ? 0 : fate.duplicate ? 2 : 1; copies > 0; copies--)
            numbers[n++] = i;
    }
    return n;
}

/* One datagram a millisecond, so that no socket buffer overflows. */
struct source {
    struct gv_loop *loop;
    struct gv_timer *timer;
    int fd;
    unsigned next;
};

static void source_send(void *arg)
{
    struct source *source = arg;
    uint8_t octets[8] = {(uint8_t)(source->next >> 8), (uint8_t)source->next};

    source->timer = NULL;
    CHECK("sent", send(source->fd, octets, sizeof(octets), 0) == sizeof(octets));
    if (++source->next < DATAGRAMS)
        source->timer = gv_timer_start(source->loop, (struct gv_dur){1}, source_send, source);
}

static void test_udp_follows_the_dice(void)
{
    struct gv_loop *loop = gv_loop_new();
    struct lab_proxy_config config = {.seed = SEED, .listen = anywhere(), .to = anywhere()};
    struct sink sink = {.loop = loop};
    struct source source = {.loop = loop};
    unsigned numbers[2 * DATAGRAMS];
    struct lab_proxy *proxy;
    struct lab_address address;
    struct gv_watch *watch;
    struct gv_timer *guard;

    config.toward.drop_ppm = 200000;
    config.toward.duplicate_ppm = 200000;
    sink.fd = lab_address_bind(SOCK_DGRAM, &config.to);
    sink.expected = foretell(&config.toward, numbers);
    proxy = lab_proxy_start(loop, &config);
    address = lab_proxy_address(proxy);
    source.fd = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK_INT("connect", connect(source.fd, (struct sockaddr *)&address.at, address.n), 0);
    watch = gv_watch_start(loop, sink.fd, GV_READABLE, sink_readable, &sink);
    guard = gv_timer_start(loop, gv_secs(GIVE_UP_S), give_up, NULL);
    source_send(&source);
    gv_loop_run(loop);

    CHECK_INT("as many as foretold", sink.n, sink.expected);
    for (unsigned i = 0; i < sink.n && i < sink.expected; i++)
        CHECK_INT("the one foretold", sink.got[i], numbers[i]);
    CHECK("some were lost", lab_proxy_stats(proxy).dropped > 0);
    CHECK("some came twice", lab_proxy_stats(proxy).duplicated > 0);
    gv_timer_stop(guard);
    gv_timer_stop(source.timer);
    gv_watch_stop(watch);
    lab_proxy_stop(proxy);
    (void)close(sink.fd);
    (void)close(source.fd);
    gv_loop_free(loop);
}

/* --- UDP: forged answers ------------------------------------------------ */

struct asker {
    struct gv_loop *loop;
    int server_fd, client_fd;
    struct lab_address proxy;
    unsigned genuine, forged;
};

static void server_readable(void *arg, unsigned events)
{
    const struct asker *asker = arg;
    struct lab_address from = {.n = sizeof(from.at)};
    uint8_t octets[8];
    ssize_t n = recvfrom(asker->server_fd, octets, sizeof(octets), 0,
                         (struct sockaddr *)&from.at, &from.n);

    (void)events;
    CHECK("answered", n > 0 && sendto(asker->server_fd, octets, (size_t)n, 0,
                                      (struct sockaddr *)&from.at, from.n) == n);
}

/* The last octet sent was 8; a forged copy has its last bit flipped. */
static void check_answer(struct asker *asker, bool genuine, uint8_t last)
{
    CHECK_INT("the genuine one is whole, the forged one is not", last, genuine ? 8 : 9);
    CHECK_INT("the genuine one comes last", asker->genuine, 0);
    asker->genuine += genuine;
    asker->forged += !genuine;
}

static void answer_readable(void *arg, unsigned events)
{
    struct asker *asker = arg;
    struct lab_address from = {.n = sizeof(from.at)};
    uint8_t octets[8] = {0};
    ssize_t n = recvfrom(asker->client_fd, octets, sizeof(octets), 0,
                         (struct sockaddr *)&from.at, &from.n);

    (void)events;
    if (n <= 0)
        return;
    check_answer(asker, lab_address_equal(&from, &asker->proxy), octets[n - 1]);
    if (asker->genuine > 0)
        gv_loop_stop(asker->loop);
}

static void test_udp_spoofs(void)
{
    static const uint8_t question[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct gv_loop *loop = gv_loop_new();
    struct lab_proxy_config config = {.seed = SEED, .listen = anywhere(), .to = anywhere()};
    struct lab_address client = anywhere();
    struct asker asker = {.loop = loop};
    struct gv_watch *server_watch, *client_watch;
    struct lab_proxy *proxy;
    struct gv_timer *guard;

    config.back.spoof_ppm = LAB_IMPAIR_ALWAYS;
    config.back.delay_ms = 1;
    asker.server_fd = lab_address_bind(SOCK_DGRAM, &config.to);
    asker.client_fd = lab_address_bind(SOCK_DGRAM, &client);
    proxy = lab_proxy_start(loop, &config);
    asker.proxy = lab_proxy_address(proxy);
    server_watch = gv_watch_start(loop, asker.server_fd, GV_READABLE, server_readable, &asker);
    client_watch = gv_watch_start(loop, asker.client_fd, GV_READABLE, answer_readable, &asker);
    guard = gv_timer_start(loop, gv_secs(GIVE_UP_S), give_up, NULL);
    CHECK("asked", sendto(asker.client_fd, question, sizeof(question), 0,
                          (struct sockaddr *)&asker.proxy.at, asker.proxy.n) > 0);
    gv_loop_run(loop);

    CHECK_INT("genuine answers", asker.genuine, 1);
    CHECK_INT("forged answers", asker.forged, 1);
    gv_timer_stop(guard);
    gv_watch_stop(server_watch);
    gv_watch_stop(client_watch);
    lab_proxy_stop(proxy);
    (void)close(asker.server_fd);
    (void)close(asker.client_fd);
    gv_loop_free(loop);
}

/* --- TCP: one stream to a receiver -------------------------------------- */

struct receiver {
    struct gv_loop *loop;
    int listen_fd, fd, sender_fd;
    struct gv_watch *listen_watch, *watch, *sender_watch;
    size_t sent, n;
    uint8_t got[STREAM_SIZE];
};

static uint8_t pattern(size_t i)
{
    return (uint8_t)(i * 31 + i / 256);
}

static void stream_readable(void *arg, unsigned events)
{
    struct receiver *r = arg;
    uint8_t surplus;
    ssize_t n = r->n < STREAM_SIZE ? recv(r->fd, r->got + r->n, STREAM_SIZE - r->n, 0)
                                   : recv(r->fd, &surplus, 1, 0);

    (void)events;
    if (n > 0)
        r->n += (size_t)n;
    else
        gv_loop_stop(r->loop);
}

static void stream_accept(void *arg, unsigned events)
{
    struct receiver *r = arg;

    (void)events;
    r->fd = accept(r->listen_fd, NULL, NULL);
    CHECK("accepted", r->fd >= 0);
    r->watch = gv_watch_start(r->loop, r->fd, GV_READABLE, stream_readable, r);
}

static void stream_send(void *arg, unsigned events)
{
    struct receiver *r = arg;
    uint8_t octets[4096];
    size_t n = STREAM_SIZE - r->sent;
    ssize_t sent;

    (void)events;
    if (n > sizeof(octets))
        n = sizeof(octets);
    for (size_t i = 0; i < n; i++)
        octets[i] = pattern(r->sent + i);
    sent = send(r->sender_fd, octets, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
        r->sent += (size_t)sent;
    if (sent < 0 || r->sent == STREAM_SIZE) {
        gv_watch_change(r->sender_watch, 0);
        (void)shutdown(r->sender_fd, SHUT_WR);
    }
}

static const struct stream_row {
    const char *name;
    struct lab_impair toward;
    size_t arrives;
    bool damaged;
} stream_rows[] = {
    {"clean", {0}, STREAM_SIZE, false},
    {"delayed", {.delay_ms = 1, .jitter_ms = 2}, STREAM_SIZE, false},
    {"cut", {.cut_octets = 5000}, 5000, false},
    {"cut while dripping", {.drip_ms = 1, .cut_octets = 20}, 20, false},
    {"corrupted", {.corrupt_ppm = 100000}, STREAM_SIZE, true},
};

/* Every octet as sent, but for the bits that the dice name. */
static void check_stream(const struct stream_row *row, const struct receiver *r)
{
    struct lab_dice dice = lab_dice(SEED, 0);
    struct lab_fate fate = {0};
    unsigned wrong = 0, flipped = 0;

    for (size_t i = 0; i < r->n; i++) {
        uint8_t want = pattern(i);

        if (i % LAB_IMPAIR_BLOCK == 0)
            fate = lab_impair_next(&row->toward, &dice, LAB_IMPAIR_BLOCK);
        if (fate.corrupt && fate.corrupt_bit / 8 == i % LAB_IMPAIR_BLOCK) {
            want ^= (uint8_t)(1u << fate.corrupt_bit % 8);
            flipped++;
        }
        wrong += r->got[i] != want;
    }
    CHECK_INT(row->name, wrong, 0);
    CHECK_INT(row->name, flipped > 0, row->damaged);
    CHECK_INT(row->name, r->n, row->arrives);
}

static void test_tcp(const struct stream_row *row)
{
    static struct receiver r;
    struct gv_loop *loop = gv_loop_new();
    struct lab_proxy_config config = {.tcp = true,
                                      .seed = SEED,
                                      .listen = anywhere(),
                                      .to = anywhere(),
                                      .toward = row->toward};
    struct lab_proxy *proxy;
    struct lab_address address;
    struct gv_timer *guard =
        gv_timer_start(loop, gv_secs(GIVE_UP_S), give_up, (void *)row->name);

    running = row->name;
    r = (struct receiver){.loop = loop, .fd = -1};
    r.listen_fd = lab_address_bind(SOCK_STREAM, &config.to);
    r.listen_watch = gv_watch_start(loop, r.listen_fd, GV_READABLE, stream_accept, &r);
    proxy = lab_proxy_start(loop, &config);
    address = lab_proxy_address(proxy);
    r.sender_fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT(row->name, connect(r.sender_fd, (struct sockaddr *)&address.at, address.n), 0);
    r.sender_watch = gv_watch_start(loop, r.sender_fd, GV_WRITABLE, stream_send, &r);
    gv_loop_run(loop);

    check_stream(row, &r);
    gv_timer_stop(guard);
    gv_watch_stop(r.listen_watch);
    gv_watch_stop(r.watch);
    gv_watch_stop(r.sender_watch);
    lab_proxy_stop(proxy);
    (void)close(r.listen_fd);
    (void)close(r.fd);
    (void)close(r.sender_fd);
    gv_loop_free(loop);
}

int main(void)
{
    running = "drop and duplicate";
    test_udp_follows_the_dice();
    running = "spoof";
    test_udp_spoofs();
    for (size_t i = 0; i < sizeof(stream_rows) / sizeof(stream_rows[0]); i++)
        test_tcp(&stream_rows[i]);
    return check_end();
}
