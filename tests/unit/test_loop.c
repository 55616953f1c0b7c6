/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of io/loop.h, on the libuv implementation. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "io/loop.h"

struct seen {
    struct gv_loop *loop;
    struct gv_watch *watch;
    struct gv_timer *other;
    int fd;
    int timers, posts, works, dones, reads, signals;
};

static void stop(void *arg)
{
    struct seen *s = arg;

    gv_loop_stop(s->loop);
}

static void on_timer(void *arg)
{
    struct seen *s = arg;

    s->timers++;
    gv_timer_stop(s->other); /* a callback may stop anything */
    s->other = NULL;
}

static void on_other(void *arg)
{
    struct seen *s = arg;

    s->timers += 100;
}

static void on_post(void *arg)
{
    struct seen *s = arg;

    s->posts++;
    CHECK_INT("posts keep their order", s->posts, 1);
}

static void on_second_post(void *arg)
{
    struct seen *s = arg;

    s->posts++;
    CHECK_INT("posts keep their order", s->posts, 2);
}

static void work(void *arg)
{
    struct seen *s = arg;

    s->works++;
}

static void work_done(void *arg)
{
    struct seen *s = arg;

    CHECK_INT("work comes before done", s->works, 1);
    s->dones++;
}

static void on_ready(void *arg, unsigned events)
{
    struct seen *s = arg;
    char c;

    CHECK("readable", events & GV_READABLE);
    CHECK_INT("one octet", read(s->fd, &c, 1), 1);
    s->reads++;
    gv_watch_stop(s->watch); /* itself included */
    s->watch = NULL;
}

static void on_signal(void *arg)
{
    struct seen *s = arg;

    s->signals++;
    gv_loop_stop(s->loop);
}

/* A device that is not there yet: its host refuses a datagram, and the watch has to go on. */
struct late {
    struct gv_watch *watch;
    struct sockaddr_in here, there;
    int fd, peer, refused, answers;
};

static int datagrams(struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t n = sizeof(*at);

    CHECK_INT("bind", bind(fd, (const struct sockaddr *)at, n), 0);
    CHECK_INT("where", getsockname(fd, (struct sockaddr *)at, &n), 0);
    return fd;
}

static void on_late(void *arg, unsigned events)
{
    struct late *late = arg;
    char c;

    CHECK("an error is readable", events & GV_READABLE);
    if (recv(late->fd, &c, 1, MSG_DONTWAIT) == 1) {
        late->answers++;
        gv_watch_stop(late->watch);
        return;
    }
    CHECK_INT("refused", errno, ECONNREFUSED);
    late->refused++;
    late->peer = datagrams(&late->there);
    CHECK_INT(
        "the answer",
        sendto(late->peer, "x", 1, 0, (const struct sockaddr *)&late->here, sizeof(late->here)),
        1);
}

static void test_refused(struct gv_loop *loop)
{
    struct late late = {.here = {.sin_family = AF_INET}, .there = {.sin_family = AF_INET}};

    late.here.sin_addr.s_addr = late.there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    late.fd = datagrams(&late.here);
    (void)close(datagrams(&late.there)); /* a port that nobody has */
    CHECK_INT("connect",
              connect(late.fd, (const struct sockaddr *)&late.there, sizeof(late.there)), 0);
    late.watch = gv_watch_start(loop, late.fd, GV_READABLE, on_late, &late);
    CHECK_INT("the question", send(late.fd, "x", 1, 0), 1);
    gv_loop_run(loop);
    CHECK_INT("refused once", late.refused, 1);
    CHECK_INT("and answered then", late.answers, 1);
    (void)close(late.fd);
    (void)close(late.peer);
}

int main(void)
{
    struct seen s = {.loop = gv_loop_new()};
    struct gv_time before;
    int ends[2];

    CHECK("new", s.loop != NULL);
    before = gv_loop_now(s.loop);
    CHECK_INT("pipe", pipe(ends), 0);
    s.fd = ends[0];
    s.watch = gv_watch_start(s.loop, ends[0], GV_READABLE, on_ready, &s);
    s.other = gv_timer_start(s.loop, gv_secs(3600), on_other, &s);
    CHECK("timer", gv_timer_start(s.loop, (struct gv_dur){5}, on_timer, &s) != NULL);
    CHECK_INT("post", gv_loop_post(s.loop, on_post, &s), GV_OK);
    CHECK_INT("post", gv_loop_post(s.loop, on_second_post, &s), GV_OK);
    CHECK_INT("work", gv_loop_work(s.loop, work, work_done, &s), GV_OK);
    CHECK_INT("write", write(ends[1], "x", 1), 1);
    CHECK("negative is at once",
          gv_timer_start(s.loop, (struct gv_dur){-5}, on_timer, &s) != NULL);
    CHECK_INT("nothing from inside start", s.timers, 0);
    gv_loop_run(s.loop);
    CHECK_INT("each timer once, the stopped one never", s.timers, 2);
    CHECK_INT("posts", s.posts, 2);
    CHECK_INT("works", s.dones, 1);
    CHECK_INT("reads", s.reads, 1);
    CHECK("time does not go back", gv_loop_now(s.loop).ms >= before.ms);

    test_refused(s.loop);

    CHECK_INT("signal", gv_loop_signal(s.loop, SIGUSR1, on_signal, &s), GV_OK);
    s.other = gv_timer_start(s.loop, gv_secs(60), stop, &s);
    CHECK_INT("kill", kill(getpid(), SIGUSR1), 0);
    gv_loop_run(s.loop);
    CHECK_INT("signals", s.signals, 1);
    gv_timer_stop(s.other);
    gv_timer_stop(NULL);
    gv_watch_stop(NULL);
    gv_loop_free(s.loop);
    gv_loop_free(NULL);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return check_end();
}
