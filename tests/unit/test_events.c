/* SPDX-License-Identifier: Apache-2.0 */
/* The receivers on loopback: who is heard, and what is counted. Nothing is waited for by time:
 * each row ends when its messages have been counted. */
#include "events.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static const char line[] = "<189>1: *Nov 25 10:00:00.123: %GDOI-5-GM_DELETE_EXPIRED_KEK: KEK "
                           "expired for group G1 and was deleted";

struct fixture {
    struct gv_loop *loop;
    struct gv_events *events;
    struct gv_timer *poll;
    uint64_t want; /* messages known and unknown, refused ones */
    unsigned heard;
    char target[GV_EVENT_GROUP], group[GV_EVENT_GROUP];
};

static void on_event(void *arg, const char *target, const struct gv_event *event)
{
    struct fixture *f = arg;

    f->heard++;
    (void)snprintf(f->target, sizeof(f->target), "%s", target);
    (void)snprintf(f->group, sizeof(f->group), "%s", event->group);
    CHECK("its instant", event->has & GV_EVENT_HAS_AT);
    CHECK_INT("its kind", event->kind, GV_EVENT_GM_KEK_EXPIRED);
}

static uint64_t counted(const struct fixture *f)
{
    struct gv_events_stats stats = gv_events_stats(f->events);

    return stats.messages + stats.unknown + stats.refused;
}

static void look(void *arg)
{
    struct fixture *f = arg;

    if (counted(f) >= f->want)
        gv_loop_stop(f->loop);
    else
        f->poll = gv_timer_start(f->loop, (struct gv_dur){5}, look, f);
}

/* Run until so many more have been counted. */
static void run(struct fixture *f, uint64_t more)
{
    f->want += more;
    f->poll = gv_timer_start(f->loop, (struct gv_dur){0}, look, f);
    gv_loop_run(f->loop);
}

static int sender(int type, const char *from, unsigned port)
{
    struct sockaddr_in local = {.sin_family = AF_INET}, remote = {.sin_family = AF_INET};
    int fd = socket(AF_INET, type, 0);

    (void)inet_pton(AF_INET, from, &local.sin_addr);
    (void)inet_pton(AF_INET, "127.0.0.1", &remote.sin_addr);
    remote.sin_port = htons((uint16_t)port);
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)) != 0 ||
        connect(fd, (struct sockaddr *)&remote, sizeof(remote)) != 0) {
        perror("a sender");
        exit(2);
    }
    return fd;
}

static void say(int fd, const void *octets, size_t n)
{
    CHECK("sent", send(fd, octets, n, MSG_NOSIGNAL) == (ssize_t)n);
}

static void check_udp(struct fixture *f, unsigned port)
{
    static char large[20000];
    int known = sender(SOCK_DGRAM, "127.0.0.5", port);
    int stranger = sender(SOCK_DGRAM, "127.0.0.6", port);

    say(known, line, sizeof(line) - 1);
    run(f, 1);
    CHECK_INT("heard", f->heard, 1);
    CHECK_STR("of", f->target, "gm-1");
    CHECK_STR("about", f->group, "G1");
    say(stranger, line, sizeof(line) - 1);
    run(f, 1);
    say(known, "<189>1: %SYS-5-CONFIG_I: another matter", 39);
    run(f, 1);
    say(known, large, sizeof(large));
    run(f, 1);
    CHECK_INT("nobody else", f->heard, 1);
    CHECK_INT("unknown", gv_events_stats(f->events).unknown, 1);
    CHECK_INT("known", gv_events_stats(f->events).messages, 2);
    CHECK_INT("events", gv_events_stats(f->events).events, 1);
    CHECK_INT("too long", gv_events_stats(f->events).refused, 1);
    (void)close(known);
    (void)close(stranger);
}

static void check_tcp(struct fixture *f, unsigned port)
{
    int known = sender(SOCK_STREAM, "127.0.0.5", port), stranger;
    char text[512];
    int n = snprintf(text, sizeof(text), "%s\n%zu %s", line, sizeof(line) - 1, line);

    f->heard = 0;
    say(known, text, (size_t)n);
    run(f, 2);
    CHECK_INT("a line and a counted one", f->heard, 2);
    say(known, line, 20);
    (void)close(known);
    run(f, 1);
    CHECK_INT("half a line is no event", f->heard, 2);
    CHECK_INT("but counted", gv_events_stats(f->events).refused, 2);
    stranger = sender(SOCK_STREAM, "127.0.0.6", port);
    run(f, 1);
    CHECK_INT("no connection for strangers", gv_events_stats(f->events).refused, 3);
    CHECK_INT("it is closed", recv(stranger, text, sizeof(text), 0), 0);
    (void)close(stranger);
}

/* One sender's flood ends at its budget, and what was left out is counted to the last. */
static void check_flood(struct fixture *f, unsigned port)
{
    enum { FLOOD = 4 * GV_EVENTS_BURST, PIECE = 100 };
    int known = sender(SOCK_DGRAM, "127.0.0.7", port);
    struct gv_events_stats before = gv_events_stats(f->events), after;

    f->heard = 0;
    for (unsigned i = 0; i < FLOOD; i += PIECE) {
        for (unsigned k = 0; k < PIECE; k++)
            say(known, line, sizeof(line) - 1);
        run(f, PIECE);
    }
    after = gv_events_stats(f->events);
    CHECK("at least the burst", f->heard >= GV_EVENTS_BURST);
    CHECK("not all", after.refused > before.refused);
    CHECK_INT("none lost", after.messages - before.messages + after.refused - before.refused,
              FLOOD);
    (void)close(known);
}

/* A host name leads to its sender once it is looked up; a target's messages may also come from
 * other addresses of its. */
static void check_names(struct fixture *f, unsigned port)
{
    static const struct {
        const char *from, *target;
    } rows[] = {{"127.0.0.1", "by-name"}, {"127.0.0.8", "gm-2"}, {"127.0.0.9", "gm-2"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int known = sender(SOCK_DGRAM, rows[i].from, port);

        f->heard = 0;
        while (f->heard == 0) { /* ends when the name is known */
            say(known, line, sizeof(line) - 1);
            run(f, 1);
        }
        CHECK_STR(rows[i].from, f->target, rows[i].target);
        (void)close(known);
    }
}

static void check_reload(struct fixture *f, const char *const *listen,
                         const struct gv_target *const *targets)
{
    unsigned port = gv_events_port(f->events, 0);
    struct gv_events_spec spec = {listen, 1, NULL, 0, targets, 1};

    CHECK_INT("again", gv_events_set(f->events, &spec), GV_OK);
    CHECK_INT("the same socket", gv_events_port(f->events, 0), port);
    spec.syslog_count = 0;
    CHECK_INT("none", gv_events_set(f->events, &spec), GV_OK);
    CHECK_INT("closed", gv_events_port(f->events, 0), 0);
}

int main(void)
{
    static const char *const listen[] = {"127.0.0.1:0"};
    static const char *const others[] = {"127.0.0.8", "127.0.0.9"};
    static const struct gv_target gm_1 = {.name = "gm-1", .address = "127.0.0.5"},
                                  by_name = {.name = "by-name", .address = "localhost"},
                                  gm_2 = {.name = "gm-2",
                                          .address = "127.0.0.7",
                                          .event_addresses = others,
                                          .event_address_count = 2};
    static const struct gv_target *const targets[] = {&gm_1, &by_name, &gm_2};
    const struct gv_events_spec spec = {listen, 1, NULL, 0, targets, 3};
    struct fixture f = {.loop = gv_loop_new()};

    f.events = gv_events_new(f.loop, on_event, &f, 1);
    CHECK_INT("listening", gv_events_set(f.events, &spec), GV_OK);
    check_udp(&f, gv_events_port(f.events, 0));
    check_tcp(&f, gv_events_port(f.events, 0));
    check_names(&f, gv_events_port(f.events, 0));
    check_flood(&f, gv_events_port(f.events, 0));
    check_reload(&f, listen, targets);
    gv_events_free(f.events);
    gv_loop_free(f.loop);
    return check_end();
}
