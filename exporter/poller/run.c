/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a poll: due, ready, (paced or held), running, ended, due again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/log.h"
#include "poller/private.h"

enum {
    GRACE_S = 2,        /* what a collector may take beyond its own deadline */
    REFUSALS = 2,       /* refused logins in a row until the pause */
    PAUSE_S = 6 * 3600, /* of logins to that device: AAA locks accounts out */
    LOG_LINES_A_MINUTE = 60
};

static void on_done(void *arg, struct gv_poll_result *result);

void gv_poller_queue_add(struct queue *queue, struct job *job)
{
    job->next = NULL;
    job->previous = queue->last;
    if (queue->last != NULL)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
}

void gv_poller_queue_remove(struct queue *queue, struct job *job)
{
    if (job->previous != NULL)
        job->previous->next = job->next;
    else
        queue->first = job->next;
    if (job->next != NULL)
        job->next->previous = job->previous;
    else
        queue->last = job->previous;
    job->next = job->previous = NULL;
}

void gv_poller_schedule(struct gv_poller *poller, struct job *job, struct gv_dur extra)
{
    struct gv_time due;

    job->state = JOB_SCHEDULED;
    if (poller->when_asked)
        return;
    due = gv_schedule_next(job->key, job->device->interval, gv_loop_now(poller->loop), extra);
    if (job->hinted && extra.ms <= 0 && gv_time_before(job->early, due))
        due = job->early;
    job->hinted = false;
    gv_schedule_add(&poller->sched, &job->entry, due);
}

void gv_poller_ready(struct job *job)
{
    job->state = JOB_READY;
    gv_poller_queue_add(&job->transport->ready, job);
}

/* One line about a target, unless the minute's lines are used up: ten thousand
 * devices that fail at once must not fill the disk. */
static void note(struct gv_poller *poller, enum gv_log_level level, const struct job *job,
                 const char *text)
{
    struct gv_time now = gv_loop_now(poller->loop);

    if (gv_time_diff(now, poller->log.window).ms >= 60000) {
        if (poller->log.dropped > 0)
            gv_log(GV_LOG_WARN, NULL, "%u more lines about targets were not written",
                   poller->log.dropped);
        poller->log = (struct log_budget){.window = now};
    }
    if (poller->log.written == LOG_LINES_A_MINUTE) {
        poller->log.dropped++;
        return;
    }
    poller->log.written++;
    gv_log(level, job->device->copy.target.name, "%s: %s",
           job->transport->what->collector->name, text);
}

static void note_change(struct gv_poller *poller, const struct job *job,
                        const struct gv_poll_result *result)
{
    char text[GV_DETAIL_SIZE + 64];

    if (result->err == job->last)
        return;
    if (result->err == GV_OK && !job->polled)
        return;
    (void)snprintf(text, sizeof(text), "%s%s%s",
                   result->err == GV_OK ? "answers again" : gv_err_name(result->err),
                   result->detail[0] != '\0' ? ": " : "", result->detail);
    note(poller, result->err == GV_OK ? GV_LOG_INFO : GV_LOG_WARN, job, text);
}

static bool costs_login(const struct job *job)
{
    const struct gv_poller_transport *what = job->transport->what;

    return what->connected != NULL && (job->session == NULL || !what->connected(job->session));
}

/* What a poll's end means for the job's future. A device that gave anything at
 * all is there: only silence backs off. */
static void account(struct gv_poller *poller, struct job *job,
                    const struct gv_poll_result *result, struct gv_time now)
{
    bool answered =
        result->err == GV_OK || result->err == GV_ERR_NO_DATA || result->observation != NULL;

    note_change(poller, job, result);
    poller->polls++;
    poller->unpolled -= !job->polled;
    job->polled = true;
    job->last = result->err;
    job->ended_at = now;
    job->failures = answered ? 0 : job->failures + 1;
    if (result->err == GV_OK)
        job->refusals = 0;
    else if (result->err == GV_ERR_AUTHENTICATION && job->transport->what->connected != NULL)
        job->refusals++;
    job->paused = job->refusals >= REFUSALS;
    if (!job->paused)
        return;
    job->paused_until = gv_time_add(now, gv_secs(PAUSE_S));
    note(poller, GV_LOG_ERROR, job,
         "login refused twice: no further login for 6 h, or until "
         "a reload; check the credentials");
}

static void reschedule(struct gv_poller *poller, struct job *job, struct gv_time now)
{
    struct gv_dur extra =
        gv_schedule_backoff(job->device->interval, job->failures, poller->backoff_most);
    const char *why;

    /* Half as often while a key server has its hands full (threats, 2.9). */
    if (extra.ms < job->device->interval.ms &&
        gv_time_before(now,
                       gv_store_busy_until(poller->store, job->device->copy.target.name, &why)))
        extra = job->device->interval;
    if (job->paused)
        extra = gv_time_diff(job->paused_until, now);
    gv_poller_schedule(poller, job, extra);
}

/* Take the waiters off the device that wait for this job alone now. */
static struct waiter *finished_waiters(struct job *job, enum gv_err err)
{
    unsigned bit = 1u << (job - job->device->jobs);
    struct waiter **at = &job->device->waiters, *finished = NULL;

    while (*at != NULL) {
        struct waiter *waiter = *at;

        if (gv_poller_waits_for(waiter, job) && waiter->worst == GV_OK)
            waiter->worst = err;
        waiter->pending &= ~bit;
        if (waiter->pending != 0) {
            at = &waiter->next;
            continue;
        }
        *at = waiter->next;
        waiter->next = finished;
        finished = waiter;
    }
    return finished;
}

void gv_poller_tell(struct waiter *waiters, enum gv_err override)
{
    while (waiters != NULL) {
        struct waiter *next = waiters->next;

        waiters->done(waiters->arg, override != GV_OK ? override : waiters->worst);
        free(waiters);
        waiters = next;
    }
}

/* The job runs no more: its place in the budget is free. */
static void release(struct job *job)
{
    gv_timer_stop(job->guard);
    job->guard = NULL;
    job->device->running = NULL;
    job->transport->in_flight--;
}

struct log_taker {
    struct gv_poller *poller;
    const char *name;
};

static void on_logged(void *arg, const struct gv_event *event)
{
    const struct log_taker *taker = arg;

    taker->poller->hooks.logged(taker->poller->hooks.arg, taker->name, event);
}

static void take_log(struct gv_poller *poller, struct device *device,
                     const struct gv_observation *obs, struct gv_time now)
{
    struct log_taker taker = {poller, device->copy.target.name};

    if (obs == NULL || obs->log == NULL || poller->hooks.logged == NULL)
        return;
    if (device->log == NULL)
        device->log = calloc(1, sizeof(*device->log));
    if (device->log == NULL)
        return;
    gv_log_buffer_feed(device->log, gv_text(obs->log),
                       (struct gv_log_clock){now, poller->hooks.unix_ms(poller->hooks.arg)},
                       on_logged, &taker);
}

/* The waiters come last: what they do may change the whole set of targets. */
static void finish(struct gv_poller *poller, struct job *job, struct gv_poll_result *result)
{
    struct gv_time now = gv_loop_now(poller->loop);
    struct device *device = job->device;
    enum gv_err err = result->err;
    struct waiter *finished;

    release(job);
    gv_poller_transcript_end(job);
    account(poller, job, result, now);
    take_log(poller, device, result->observation, now);
    gv_store_feed(poller->store, device->copy.target.name,
                  job->transport->what->collector->name, result, now);
    reschedule(poller, job, now);
    for (size_t i = 0; i < device->job_count; i++)
        if (device->jobs[i].state == JOB_HELD)
            gv_poller_ready(&device->jobs[i]);
    finished = finished_waiters(job, err);
    gv_poller_dispatch(poller);
    gv_poller_tell(finished, GV_OK);
}

static void on_done(void *arg, struct gv_poll_result *result)
{
    struct job *job = arg;

    if (job->dropped) {
        gv_observation_free(result->observation);
        result->observation = NULL;
        return;
    }
    if (job->overdue && result->err == GV_ERR_CANCELLED) {
        result->err = GV_ERR_TIMEOUT;
        (void)snprintf(result->detail, sizeof(result->detail),
                       "the poll did not end by its deadline of %lld s",
                       (long long)(job->device->copy.target.deadline.ms / 1000));
    }
    finish(job->transport->poller, job, result);
}

/* Either the collector let its deadline pass, or its session could not be made. */
static void on_guard(void *arg)
{
    struct job *job = arg;
    struct gv_poll_result result = {.err = GV_ERR_NO_MEMORY,
                                    .detail = "no memory for a session"};

    job->guard = NULL;
    if (job->session == NULL) {
        finish(job->transport->poller, job, &result);
        return;
    }
    job->overdue = true;
    job->transport->what->collector->cancel(job->session);
}

static void begin(struct gv_poller *poller, struct job *job)
{
    const struct gv_collector *collector = job->transport->what->collector;
    const struct gv_target *target = &job->device->copy.target;
    struct gv_time now = gv_loop_now(poller->loop);
    struct gv_dur guard = gv_dur_add(target->deadline, gv_secs(GRACE_S));

    if (costs_login(job))
        job->transport->login_free_at = gv_time_add(
            now, (struct gv_dur){60000 / (int64_t)job->transport->budget.logins_per_minute});
    job->state = JOB_RUNNING;
    job->overdue = false;
    job->device->running = job;
    job->transport->in_flight++;
    poller->queue_delay = gv_time_diff(now, job->entry.due);
    if (job->session == NULL)
        job->session = collector->open(poller->loop, target);
    if (job->session == NULL)
        guard = (struct gv_dur){0};
    /* Without memory for the timer the collector's own deadline has to do. */
    job->guard = gv_timer_start(poller->loop, guard, on_guard, job);
    if (job->session != NULL) {
        gv_poller_transcript_begin(job);
        collector->start(job->session, on_done, job);
    } else if (job->guard == NULL) {
        release(job);
        gv_poller_schedule(poller, job, (struct gv_dur){0});
    }
}

static bool login_free(const struct transport *transport, struct gv_time now)
{
    return !gv_time_before(now, transport->login_free_at);
}

/* Who may run now? Jobs on the way that may not are put where they wait. */
static struct job *next_job(struct transport *transport, struct gv_time now)
{
    struct queue *from;

    for (;;) {
        bool paced = transport->paced.first != NULL && login_free(transport, now);
        struct job *job;

        from = paced ? &transport->paced : &transport->ready;
        job = from->first;
        if (job == NULL)
            return NULL;
        gv_poller_queue_remove(from, job);
        if (job->device->running != NULL) {
            job->state = JOB_HELD;
            continue;
        }
        if (!costs_login(job) || login_free(transport, now))
            return job;
        job->state = JOB_PACED;
        gv_poller_queue_add(&transport->paced, job);
    }
}

static void on_login_free(void *arg)
{
    struct transport *transport = arg;

    transport->login_timer = NULL;
    gv_poller_dispatch(transport->poller);
}

static void dispatch_transport(struct gv_poller *poller, struct transport *transport)
{
    struct gv_time now = gv_loop_now(poller->loop);
    struct job *job;

    while (transport->in_flight < transport->budget.in_flight &&
           (job = next_job(transport, now)) != NULL)
        begin(poller, job);
    if (transport->paced.first != NULL && transport->login_timer == NULL &&
        transport->in_flight < transport->budget.in_flight)
        transport->login_timer =
            gv_timer_start(poller->loop, gv_time_diff(transport->login_free_at, now),
                           on_login_free, transport);
}

/* Late by more than an interval means that the host slept or stood still: then
 * everything is late at once, and goes back to its own place on the grid. */
static void wake_due(struct gv_poller *poller, struct gv_time now)
{
    struct gv_schedule_entry *entry;

    while ((entry = gv_schedule_first(&poller->sched)) != NULL &&
           !gv_time_before(now, entry->due)) {
        struct job *job = (struct job *)entry;

        gv_schedule_remove(&poller->sched, entry);
        if (gv_time_diff(now, entry->due).ms > job->device->interval.ms)
            gv_poller_schedule(poller, job, (struct gv_dur){0});
        else
            gv_poller_ready(job);
    }
}

static void on_due(void *arg)
{
    struct gv_poller *poller = arg;

    poller->timer = NULL;
    wake_due(poller, gv_loop_now(poller->loop));
    gv_poller_dispatch(poller);
}

/* A timer that is there and fires early does no harm: it is set again then. */
static void set_timer(struct gv_poller *poller)
{
    const struct gv_schedule_entry *first = gv_schedule_first(&poller->sched);

    if (first == NULL ||
        (poller->timer != NULL && !gv_time_before(first->due, poller->timer_due)))
        return;
    gv_timer_stop(poller->timer);
    poller->timer_due = first->due;
    poller->timer = gv_timer_start(
        poller->loop, gv_time_diff(first->due, gv_loop_now(poller->loop)), on_due, poller);
}

void gv_poller_dispatch(struct gv_poller *poller)
{
    for (size_t i = 0; i < poller->transport_count; i++)
        dispatch_transport(poller, &poller->transports[i]);
    set_timer(poller);
}

void gv_poller_drop(struct gv_poller *poller, struct job *job)
{
    const struct gv_collector *collector = job->transport->what->collector;

    job->dropped = true;
    if (job->state == JOB_SCHEDULED)
        gv_schedule_remove(&poller->sched, &job->entry);
    else if (job->state == JOB_READY)
        gv_poller_queue_remove(&job->transport->ready, job);
    else if (job->state == JOB_PACED)
        gv_poller_queue_remove(&job->transport->paced, job);
    else if (job->state == JOB_RUNNING) {
        release(job);
        if (job->session != NULL)
            collector->cancel(job->session);
    }
    collector->close(job->session);
    job->session = NULL;
    if (job->state == JOB_RUNNING)
        gv_poller_transcript_drop(job->device);
    poller->unpolled -= !job->polled;
}
