/* SPDX-License-Identifier: Apache-2.0 */
#include "io/loop.h"

#include <stdlib.h>
#include <time.h>
#include <uv.h>

struct gv_loop {
    uv_loop_t uv;
    uv_async_t wake;
    uv_mutex_t lock;
    struct post *posts; /* newest first; guarded by lock */
    struct caught_signal *signals;
};

struct gv_watch {
    uv_poll_t uv;
    int wanted; /* enum uv_poll_event, or-ed */
    void (*ready)(void *arg, unsigned events);
    void *arg;
};

struct gv_timer {
    uv_timer_t uv;
    void (*due)(void *arg);
    void *arg;
};

struct post {
    struct post *next;
    void (*run)(void *arg);
    void *arg;
};

struct work {
    uv_work_t uv;
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct caught_signal {
    uv_signal_t uv;
    struct caught_signal *next;
    void (*caught)(void *arg);
    void *arg;
};

static void run_posts(uv_async_t *wake)
{
    struct gv_loop *loop = wake->data;
    struct post *posts, *ordered = NULL;

    uv_mutex_lock(&loop->lock);
    posts = loop->posts;
    loop->posts = NULL;
    uv_mutex_unlock(&loop->lock);
    while (posts != NULL) {
        struct post *next = posts->next;

        posts->next = ordered;
        ordered = posts;
        posts = next;
    }
    while (ordered != NULL) {
        struct post *next = ordered->next;

        ordered->run(ordered->arg);
        free(ordered);
        ordered = next;
    }
}

struct gv_loop *gv_loop_new(void)
{
    struct gv_loop *loop = calloc(1, sizeof(*loop));

    if (loop == NULL || uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    if (uv_mutex_init(&loop->lock) != 0 ||
        uv_async_init(&loop->uv, &loop->wake, run_posts) != 0) {
        (void)uv_loop_close(&loop->uv);
        free(loop);
        return NULL;
    }
    loop->wake.data = loop;
    uv_unref((uv_handle_t *)&loop->wake);
    return loop;
}

void gv_loop_free(struct gv_loop *loop)
{
    if (loop == NULL)
        return;
    for (struct caught_signal *s = loop->signals; s != NULL; s = s->next)
        uv_close((uv_handle_t *)&s->uv, NULL);
    uv_close((uv_handle_t *)&loop->wake, NULL);
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    while (loop->signals != NULL) {
        struct caught_signal *next = loop->signals->next;

        free(loop->signals);
        loop->signals = next;
    }
    while (loop->posts != NULL) {
        struct post *next = loop->posts->next;

        free(loop->posts);
        loop->posts = next;
    }
    (void)uv_loop_close(&loop->uv);
    uv_mutex_destroy(&loop->lock);
    free(loop);
}

void gv_loop_run(struct gv_loop *loop)
{
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void gv_loop_stop(struct gv_loop *loop)
{
    uv_stop(&loop->uv);
}

struct gv_time gv_loop_now(struct gv_loop *loop)
{
    struct timespec ts = {0};

    (void)loop;
    (void)clock_gettime(CLOCK_BOOTTIME, &ts);
    return (struct gv_time){(int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000};
}

static void free_data(uv_handle_t *handle)
{
    free(handle->data);
}

static void watch_ready(uv_poll_t *handle, int status, int events)
{
    struct gv_watch *watch = handle->data;
    unsigned happened = 0;

    /* After an error libuv no longer watches; a datagram that was refused is not the end. */
    if (status < 0) {
        happened = GV_READABLE | GV_WRITABLE;
        (void)uv_poll_start(handle, watch->wanted, watch_ready);
    }
    if (events & (UV_READABLE | UV_DISCONNECT))
        happened |= GV_READABLE;
    if (events & UV_WRITABLE)
        happened |= GV_WRITABLE;
    watch->ready(watch->arg, happened);
}

struct gv_watch *gv_watch_start(struct gv_loop *loop, int fd, unsigned events,
                                void (*ready)(void *arg, unsigned events), void *arg)
{
    struct gv_watch *watch = calloc(1, sizeof(*watch));

    if (watch == NULL)
        return NULL;
    if (uv_poll_init(&loop->uv, &watch->uv, fd) != 0) {
        free(watch);
        return NULL;
    }
    watch->uv.data = watch;
    watch->ready = ready;
    watch->arg = arg;
    gv_watch_change(watch, events);
    return watch;
}

void gv_watch_change(struct gv_watch *watch, unsigned events)
{
    int wanted = 0;

    if (events & GV_READABLE)
        wanted |= UV_READABLE;
    if (events & GV_WRITABLE)
        wanted |= UV_WRITABLE;
    watch->wanted = wanted;
    if (wanted == 0)
        (void)uv_poll_stop(&watch->uv);
    else
        (void)uv_poll_start(&watch->uv, wanted, watch_ready);
}

void gv_watch_stop(struct gv_watch *watch)
{
    if (watch != NULL)
        uv_close((uv_handle_t *)&watch->uv, free_data);
}

static void timer_due(uv_timer_t *handle)
{
    struct gv_timer *timer = handle->data;
    void (*due)(void *arg) = timer->due;
    void *arg = timer->arg;

    uv_close((uv_handle_t *)handle, free_data);
    due(arg);
}

struct gv_timer *gv_timer_start(struct gv_loop *loop, struct gv_dur after,
                                void (*due)(void *arg), void *arg)
{
    struct gv_timer *timer = calloc(1, sizeof(*timer));

    if (timer == NULL)
        return NULL;
    (void)uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    timer->due = due;
    timer->arg = arg;
    uv_update_time(&loop->uv);
    (void)uv_timer_start(&timer->uv, timer_due, after.ms > 0 ? (uint64_t)after.ms : 0, 0);
    return timer;
}

void gv_timer_stop(struct gv_timer *timer)
{
    if (timer != NULL)
        uv_close((uv_handle_t *)&timer->uv, free_data);
}

enum gv_err gv_loop_post(struct gv_loop *loop, void (*run)(void *arg), void *arg)
{
    struct post *post = malloc(sizeof(*post));

    if (post == NULL)
        return GV_ERR_NO_MEMORY;
    post->run = run;
    post->arg = arg;
    uv_mutex_lock(&loop->lock);
    post->next = loop->posts;
    loop->posts = post;
    uv_mutex_unlock(&loop->lock);
    return uv_async_send(&loop->wake) == 0 ? GV_OK : GV_ERR_SYSTEM;
}

static void work_run(uv_work_t *handle)
{
    struct work *work = handle->data;

    work->work(work->arg);
}

static void work_done(uv_work_t *handle, int status)
{
    struct work *work = handle->data;
    void (*done)(void *arg) = work->done;
    void *arg = work->arg;

    (void)status;
    free(work);
    done(arg);
}

enum gv_err gv_loop_work(struct gv_loop *loop, void (*work)(void *arg), void (*done)(void *arg),
                         void *arg)
{
    struct work *item = calloc(1, sizeof(*item));

    if (item == NULL)
        return GV_ERR_NO_MEMORY;
    item->uv.data = item;
    item->work = work;
    item->done = done;
    item->arg = arg;
    if (uv_queue_work(&loop->uv, &item->uv, work_run, work_done) != 0) {
        free(item);
        return GV_ERR_SYSTEM;
    }
    return GV_OK;
}

static void signal_caught(uv_signal_t *handle, int number)
{
    struct caught_signal *s = handle->data;

    (void)number;
    s->caught(s->arg);
}

enum gv_err gv_loop_signal(struct gv_loop *loop, int number, void (*caught)(void *arg),
                           void *arg)
{
    struct caught_signal *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return GV_ERR_NO_MEMORY;
    if (uv_signal_init(&loop->uv, &s->uv) != 0) {
        free(s);
        return GV_ERR_SYSTEM;
    }
    s->uv.data = s;
    s->caught = caught;
    s->arg = arg;
    s->next = loop->signals;
    loop->signals = s;
    if (uv_signal_start(&s->uv, signal_caught, number) != 0)
        return GV_ERR_SYSTEM;
    uv_unref((uv_handle_t *)&s->uv);
    return GV_OK;
}
