/* SPDX-License-Identifier: Apache-2.0 */
#include "poller/poller.h"

#include <stdlib.h>
#include <string.h>

#include "poller/private.h"

/* A poll that ended so recently answers gv_poller_poll_now. */
enum { FRESH_MS = 1000 };

struct gv_poller *gv_poller_new(struct gv_loop *loop, struct gv_store *store,
                                const struct gv_poller_transport *transports, size_t count,
                                const struct gv_poller_policy *policy, uint64_t seed)
{
    struct gv_poller *poller = calloc(1, sizeof(*poller));

    if (poller == NULL)
        return NULL;
    poller->loop = loop;
    poller->store = store;
    poller->seed = seed;
    poller->transport_count = count;
    poller->log.window = gv_loop_now(loop);
    for (size_t i = 0; i < count; i++)
        poller->transports[i] = (struct transport){.what = &transports[i], .poller = poller};
    gv_poller_set_policy(poller, policy);
    return poller;
}

void gv_poller_set_policy(struct gv_poller *poller, const struct gv_poller_policy *policy)
{
    for (size_t i = 0; i < poller->transport_count; i++)
        poller->transports[i].budget = policy->budgets[i];
    poller->backoff_most = policy->backoff_most;
    poller->when_asked = policy->when_asked;
}

static int compare_name(const void *name, const void *device)
{
    const struct device *const *d = device;

    return strcmp(name, (*d)->copy.target.name);
}

static int compare_devices(const void *a, const void *b)
{
    const struct device *const *d = a;

    return compare_name((*d)->copy.target.name, b);
}

static struct device *find_device(const struct gv_poller *poller, const char *name)
{
    struct device **found = NULL;

    if (poller->device_count > 0)
        found = bsearch(name, poller->devices, poller->device_count, sizeof(struct device *),
                        compare_name);
    return found ? *found : NULL;
}

static size_t count_jobs(const struct gv_poller *poller, const struct gv_target *target)
{
    size_t count = 0;

    for (size_t i = 0; i < poller->transport_count; i++)
        count += poller->transports[i].what->selected(target);
    return count;
}

static struct device *new_device(struct gv_poller *poller, const struct gv_poll_target *source)
{
    size_t jobs = count_jobs(poller, source->target);
    struct device *device = calloc(1, sizeof(*device) + jobs * sizeof(struct job));

    if (device == NULL)
        return NULL;
    if (gv_target_copy_init(&device->copy, source->target) != GV_OK) {
        free(device);
        return NULL;
    }
    device->interval = source->interval;
    for (size_t i = 0; i < poller->transport_count; i++) {
        struct transport *transport = &poller->transports[i];
        uint64_t name = gv_schedule_hash(device->copy.target.name);

        if (!transport->what->selected(source->target))
            continue;
        device->jobs[device->job_count++] = (struct job){
            .device = device,
            .transport = transport,
            .key = gv_schedule_mix(name ^ gv_schedule_mix(poller->seed + i)),
        };
    }
    return device;
}

static void free_device(struct device *device)
{
    gv_target_copy_clear(&device->copy);
    free(device->log);
    free(device);
}

/* The device of the old set that the target still is; else a new one. */
static struct device *keep_or_new(struct gv_poller *poller, const struct gv_poll_target *source)
{
    struct device *device = find_device(poller, source->target->name);

    if (device != NULL && !device->keep && device->interval.ms == source->interval.ms &&
        gv_target_equal(&device->copy.target, source->target)) {
        device->keep = true;
        return device;
    }
    return new_device(poller, source);
}

/* `count` devices, kept and new ones, unsorted; NULL without memory, and nothing changed. */
static struct device **next_set(struct gv_poller *poller, const struct gv_poll_target *targets,
                                size_t count, size_t *jobs)
{
    struct device **devices = calloc(count > 0 ? count : 1, sizeof(struct device *));
    size_t made = 0;

    *jobs = 0;
    for (; devices != NULL && made < count; made++) {
        devices[made] = keep_or_new(poller, &targets[made]);
        if (devices[made] == NULL)
            break;
        *jobs += devices[made]->job_count;
    }
    if (devices != NULL && made == count && gv_schedule_reserve(&poller->sched, *jobs) == GV_OK)
        return devices;
    for (size_t i = 0; i < made; i++) {
        if (!devices[i]->keep)
            free_device(devices[i]);
        else
            devices[i]->keep = false;
    }
    free(devices);
    return NULL;
}

/* Take the device out of the poller; its waiters are put on *told. */
static void drop_device(struct gv_poller *poller, struct device *device, struct waiter **told)
{
    for (size_t i = 0; i < device->job_count; i++)
        gv_poller_drop(poller, &device->jobs[i]);
    while (device->waiters != NULL) {
        struct waiter *waiter = device->waiters;

        device->waiters = waiter->next;
        waiter->next = *told;
        *told = waiter;
    }
    free_device(device);
}

static void begin_device(struct gv_poller *poller, struct device *device)
{
    poller->unpolled += device->job_count;
    for (size_t i = 0; i < device->job_count; i++)
        gv_poller_schedule(poller, &device->jobs[i], (struct gv_dur){0});
}

enum gv_err gv_poller_set_targets(struct gv_poller *poller,
                                  const struct gv_poll_target *targets, size_t count)
{
    size_t jobs, old_count = poller->device_count;
    struct device **devices = next_set(poller, targets, count, &jobs), **old = poller->devices;
    struct waiter *told = NULL;

    if (devices == NULL)
        return GV_ERR_NO_MEMORY;
    poller->devices = devices;
    poller->device_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (!old[i]->keep)
            drop_device(poller, old[i], &told);
    free(old);
    for (size_t i = 0; i < count; i++) {
        if (!devices[i]->keep)
            begin_device(poller, devices[i]);
        devices[i]->keep = false;
    }
    qsort(devices, count, sizeof(struct device *), compare_devices);
    gv_poller_dispatch(poller);
    gv_poller_tell(told, GV_ERR_CANCELLED);
    return GV_OK;
}

void gv_poller_free(struct gv_poller *poller)
{
    struct waiter *told = NULL;

    if (poller == NULL)
        return;
    for (size_t i = 0; i < poller->device_count; i++)
        drop_device(poller, poller->devices[i], &told);
    for (size_t i = 0; i < poller->transport_count; i++)
        gv_timer_stop(poller->transports[i].login_timer);
    gv_timer_stop(poller->timer);
    gv_timer_stop(poller->answer_timer);
    gv_poller_tell(told, GV_ERR_CANCELLED);
    gv_poller_tell(poller->answered, GV_ERR_CANCELLED);
    gv_schedule_clear(&poller->sched);
    free(poller->devices);
    free(poller);
}

void gv_poller_resume(struct gv_poller *poller)
{
    for (size_t i = 0; i < poller->device_count; i++)
        for (size_t j = 0; j < poller->devices[i]->job_count; j++) {
            struct job *job = &poller->devices[i]->jobs[j];

            if (job->last == GV_ERR_ENGINE_CHANGED && job->state != JOB_RUNNING) {
                job->transport->what->collector->close(job->session);
                job->session = NULL;
            }
            if (!job->paused)
                continue;
            job->paused = false;
            job->refusals = 0;
            if (job->state != JOB_SCHEDULED)
                continue;
            gv_schedule_remove(&poller->sched, &job->entry);
            gv_poller_schedule(poller, job, (struct gv_dur){0});
        }
    gv_poller_dispatch(poller);
}

/* Begin or join the job's poll for the waiter, or answer at once. */
static void ask(struct gv_poller *poller, struct waiter *waiter, struct job *job,
                struct gv_time now)
{
    bool idle = job->state == JOB_SCHEDULED;
    bool fresh = job->polled && gv_time_diff(now, job->ended_at).ms < FRESH_MS;
    bool paused = job->paused && gv_time_before(now, job->paused_until);
    enum gv_err answer = paused ? GV_ERR_AUTHENTICATION : job->last;

    if (idle && (paused || (fresh && waiter->said == NULL))) {
        if (waiter->worst == GV_OK)
            waiter->worst = answer;
        return;
    }
    waiter->pending |= 1u << (job - job->device->jobs);
    if (!idle)
        return;
    gv_schedule_remove(&poller->sched, &job->entry);
    if (fresh) {
        gv_schedule_add(&poller->sched, &job->entry,
                        gv_time_add(job->ended_at, (struct gv_dur){FRESH_MS}));
        return;
    }
    job->entry.due = now;
    gv_poller_ready(job);
}

static void on_answer(void *arg)
{
    struct gv_poller *poller = arg;
    struct waiter *answered = poller->answered;

    poller->answer_timer = NULL;
    poller->answered = NULL;
    gv_poller_tell(answered, GV_OK);
}

enum gv_err gv_poller_poll_now(struct gv_poller *poller, const char *name,
                               void (*done)(void *arg, enum gv_err worst), void *arg)
{
    return gv_poller_record_now(poller, name, NULL, done, arg);
}

enum gv_err gv_poller_record_now(struct gv_poller *poller, const char *name,
                                 struct gv_buf *said,
                                 void (*done)(void *arg, enum gv_err worst), void *arg)
{
    struct device *device = find_device(poller, name);
    struct waiter *waiter;

    if (device == NULL)
        return GV_ERR_NOT_FOUND;
    waiter = calloc(1, sizeof(*waiter));
    if (poller->answer_timer == NULL)
        poller->answer_timer =
            gv_timer_start(poller->loop, (struct gv_dur){0}, on_answer, poller);
    if (waiter == NULL || poller->answer_timer == NULL) {
        free(waiter);
        return GV_ERR_NO_MEMORY;
    }
    waiter->said = said;
    waiter->done = done;
    waiter->arg = arg;
    for (size_t i = 0; i < device->job_count; i++)
        ask(poller, waiter, &device->jobs[i], gv_loop_now(poller->loop));
    waiter->next = waiter->pending == 0 ? poller->answered : device->waiters;
    *(waiter->pending == 0 ? &poller->answered : &device->waiters) = waiter;
    gv_poller_dispatch(poller);
    return GV_OK;
}

/* The job is to be polled no later than `due`. True where that is earlier than it would be. */
static bool bring_forward(struct gv_poller *poller, struct job *job, struct gv_time due)
{
    if (job->paused || job->failures > 0)
        return false;
    if (job->state == JOB_RUNNING) { /* it may have read before what happened */
        job->hinted = true;
        job->early = due;
        return true;
    }
    if (job->state != JOB_SCHEDULED || !gv_time_before(due, job->entry.due))
        return false;
    gv_schedule_remove(&poller->sched, &job->entry);
    gv_schedule_add(&poller->sched, &job->entry, due);
    return true;
}

static struct gv_time later(struct gv_time a, struct gv_time b)
{
    return gv_time_before(a, b) ? b : a;
}

void gv_poller_listen(struct gv_poller *poller, const struct gv_poller_hooks *hooks)
{
    poller->hooks = *hooks;
}

void gv_poller_hint(struct gv_poller *poller, const char *name)
{
    struct device *device = find_device(poller, name);
    struct gv_time now = gv_loop_now(poller->loop), due;
    bool moved = false;

    if (device == NULL || poller->when_asked)
        return;
    if (device->hinted && gv_time_before(now, device->early_at))
        return; /* that poll will see this too */
    due = later(gv_time_add(now, gv_secs(GV_HINT_SETTLE_S)), poller->early_free_at);
    if (device->hinted)
        due = later(due, gv_time_add(device->early_at, gv_secs(GV_HINT_EVERY_S)));
    for (size_t i = 0; i < device->job_count; i++)
        moved = bring_forward(poller, &device->jobs[i], due) || moved;
    if (!moved)
        return;
    device->hinted = true;
    device->early_at = due;
    poller->early_free_at = gv_time_add(later(poller->early_free_at, now),
                                        (struct gv_dur){1000 / GV_HINTS_A_SECOND});
    gv_poller_dispatch(poller);
}

struct gv_poller_stats gv_poller_stats(const struct gv_poller *poller)
{
    struct gv_poller_stats stats = {
        .polls = poller->polls,
        .queue_delay = poller->queue_delay,
        .unpolled = poller->unpolled,
    };

    for (size_t i = 0; i < poller->transport_count; i++)
        stats.in_flight += poller->transports[i].in_flight;
    return stats;
}
