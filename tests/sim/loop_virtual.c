/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "virtual.h"

/* The clock begins here, so that no test relies on zero. */
enum { BEGIN_MS = 1000000000 };

struct gv_timer {
    struct gv_loop *loop;
    struct gv_time due;
    uint64_t order; /* of two timers due at one instant, the one started first */
    size_t place;   /* in the heap */
    void (*run)(void *arg);
    void *arg;
};

struct post {
    struct post *next;
    void (*run)(void *arg);
    void *arg;
};

struct gv_watch {
    struct gv_loop *loop;
    struct gv_watch *next;
    int fd;
    unsigned events;
    void (*ready)(void *arg, unsigned events);
    void *arg;
};

struct gv_loop {
    struct gv_time now;
    struct gv_timer **heap;
    size_t count, room;
    uint64_t started;
    struct post *posts, **last_post;
    struct gv_watch *watches;
    bool stopped;
};

struct gv_loop *gv_loop_new(void)
{
    struct gv_loop *loop = calloc(1, sizeof(*loop));

    if (loop == NULL)
        return NULL;
    loop->now = (struct gv_time){BEGIN_MS};
    loop->last_post = &loop->posts;
    return loop;
}

void gv_loop_free(struct gv_loop *loop)
{
    if (loop == NULL)
        return;
    while (loop->posts != NULL) {
        struct post *next = loop->posts->next;

        free(loop->posts);
        loop->posts = next;
    }
    free(loop->heap);
    free(loop);
}

struct gv_time gv_loop_now(struct gv_loop *loop)
{
    return loop->now;
}

static bool sooner(const struct gv_timer *a, const struct gv_timer *b)
{
    return a->due.ms < b->due.ms || (a->due.ms == b->due.ms && a->order < b->order);
}

static void put(struct gv_loop *loop, size_t place, struct gv_timer *timer)
{
    loop->heap[place] = timer;
    timer->place = place;
}

static void sift_up(struct gv_loop *loop, struct gv_timer *timer)
{
    size_t at = timer->place;

    for (; at > 0 && sooner(timer, loop->heap[(at - 1) / 2]); at = (at - 1) / 2)
        put(loop, at, loop->heap[(at - 1) / 2]);
    put(loop, at, timer);
}

static void sift_down(struct gv_loop *loop, struct gv_timer *timer)
{
    size_t at = timer->place;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < loop->count && sooner(loop->heap[child + 1], loop->heap[child]))
            child++;
        if (child >= loop->count || !sooner(loop->heap[child], timer))
            break;
        put(loop, at, loop->heap[child]);
        at = child;
    }
    put(loop, at, timer);
}

struct gv_timer *gv_timer_start(struct gv_loop *loop, struct gv_dur after,
                                void (*due)(void *arg), void *arg)
{
    struct gv_timer *timer = calloc(1, sizeof(*timer));

    if (loop->count == loop->room) {
        size_t room = loop->room == 0 ? 64 : 2 * loop->room;
        struct gv_timer **more = realloc(loop->heap, room * sizeof(struct gv_timer *));

        if (more == NULL) {
            free(timer);
            return NULL;
        }
        loop->heap = more;
        loop->room = room;
    }
    if (timer == NULL)
        return NULL;
    timer->loop = loop;
    timer->due = after.ms > 0 ? gv_time_add(loop->now, after) : loop->now;
    timer->order = loop->started++;
    timer->run = due;
    timer->arg = arg;
    put(loop, loop->count++, timer);
    sift_up(loop, timer);
    return timer;
}

static void take_out(struct gv_timer *timer)
{
    struct gv_loop *loop = timer->loop;
    struct gv_timer *last = loop->heap[--loop->count];

    if (last == timer)
        return;
    put(loop, timer->place, last);
    sift_up(loop, last);
    sift_down(loop, last);
}

void gv_timer_stop(struct gv_timer *timer)
{
    if (timer == NULL)
        return;
    take_out(timer);
    free(timer);
}

enum gv_err gv_loop_post(struct gv_loop *loop, void (*run)(void *arg), void *arg)
{
    struct post *post = calloc(1, sizeof(*post));

    if (post == NULL)
        return GV_ERR_NO_MEMORY;
    post->run = run;
    post->arg = arg;
    *loop->last_post = post;
    loop->last_post = &post->next;
    return GV_OK;
}

enum gv_err gv_loop_work(struct gv_loop *loop, void (*work)(void *arg), void (*done)(void *arg),
                         void *arg)
{
    work(arg);
    return gv_loop_post(loop, done, arg);
}

enum gv_err gv_loop_signal(struct gv_loop *loop, int number, void (*caught)(void *arg),
                           void *arg)
{
    (void)loop;
    (void)number;
    (void)caught;
    (void)arg;
    return GV_OK;
}

static bool run_post(struct gv_loop *loop)
{
    struct post *post = loop->posts;

    if (post == NULL)
        return false;
    loop->posts = post->next;
    if (loop->posts == NULL)
        loop->last_post = &loop->posts;
    post->run(post->arg);
    free(post);
    return true;
}

/* Run the next timer that is due by `until`; false where there is none. */
static bool run_timer(struct gv_loop *loop, struct gv_time until)
{
    struct gv_timer *timer = loop->count > 0 ? loop->heap[0] : NULL;
    void (*run)(void *arg);
    void *arg;

    if (timer == NULL || gv_time_before(until, timer->due))
        return false;
    if (gv_time_before(loop->now, timer->due))
        loop->now = timer->due;
    run = timer->run;
    arg = timer->arg;
    gv_timer_stop(timer);
    run(arg);
    return true;
}

void gv_loop_run(struct gv_loop *loop)
{
    const struct gv_time for_ever = {INT64_MAX};

    loop->stopped = false;
    while (!loop->stopped && (run_post(loop) || run_timer(loop, for_ever)))
        continue;
}

void gv_loop_stop(struct gv_loop *loop)
{
    loop->stopped = true;
}

void gv_virtual_advance(struct gv_loop *loop, struct gv_dur span)
{
    struct gv_time until = gv_time_add(loop->now, span);

    while (run_post(loop) || run_timer(loop, until))
        continue;
    loop->now = until;
}

size_t gv_virtual_timers(const struct gv_loop *loop)
{
    return loop->count;
}

struct gv_watch *gv_watch_start(struct gv_loop *loop, int fd, unsigned events,
                                void (*ready)(void *arg, unsigned events), void *arg)
{
    struct gv_watch *watch = calloc(1, sizeof(*watch));

    if (watch == NULL)
        return NULL;
    *watch = (struct gv_watch){loop, loop->watches, fd, events, ready, arg};
    loop->watches = watch;
    return watch;
}

void gv_watch_change(struct gv_watch *watch, unsigned events)
{
    watch->events = events;
}

void gv_watch_stop(struct gv_watch *watch)
{
    struct gv_watch **at;

    if (watch == NULL)
        return;
    for (at = &watch->loop->watches; *at != watch; at = &(*at)->next)
        continue;
    *at = watch->next;
    free(watch);
}

void gv_virtual_sleep(struct gv_loop *loop, struct gv_dur span)
{
    loop->now = gv_time_add(loop->now, span);
}

void gv_virtual_ready(struct gv_watch *watch, unsigned events)
{
    if (watch->events & events)
        watch->ready(watch->arg, watch->events & events);
}

bool gv_virtual_readable(struct gv_loop *loop, int fd)
{
    struct gv_watch *watch = loop->watches;

    while (watch != NULL && watch->fd != fd)
        watch = watch->next;
    if (watch == NULL)
        return false;
    gv_virtual_ready(watch, GV_READABLE);
    return true;
}
