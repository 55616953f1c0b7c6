/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the poller share: poller.c holds the targets and the
 * waiters, poller/run.c begins and ends polls, poller/transcript.c keeps their answers. */
#ifndef GV_POLLER_PRIVATE_H
#define GV_POLLER_PRIVATE_H

#include "poller/log_buffer.h"
#include "poller/poller.h"
#include "poller/schedule.h"
#include "poller/target_copy.h"

enum job_state {
    JOB_SCHEDULED, /* in the heap */
    JOB_READY,     /* due, in its transport's queue */
    JOB_PACED,     /* due, waits for a login */
    JOB_HELD,      /* due, waits until the device's other collector has ended */
    JOB_RUNNING
};

/* One collector of one device. */
struct job {
    struct gv_schedule_entry entry; /* first: the heap's entries are jobs */
    struct device *device;
    struct transport *transport;
    struct gv_session *session;  /* NULL until the first poll */
    struct gv_timer *guard;      /* running: cancels what does not end in time */
    struct job *next, *previous; /* in a queue */
    enum job_state state;
    uint64_t key; /* its phase */
    struct gv_time ended_at, paused_until;
    struct gv_time early; /* where hinted: poll again no later, though one is under way */
    enum gv_err last;
    unsigned failures, refusals; /* in a row; refused logins */
    bool polled, paused, overdue, dropped, hinted;
};

struct queue {
    struct job *first, *last;
};

struct transport {
    const struct gv_poller_transport *what;
    struct gv_poller *poller;
    struct gv_poller_budget budget;
    struct queue ready, paced;
    unsigned in_flight;
    struct gv_time login_free_at;
    struct gv_timer *login_timer;
};

/* Someone who waits for every collector of a device to end. */
struct waiter {
    struct waiter *next;
    unsigned pending; /* bit i: job i has not ended yet */
    enum gv_err worst;
    struct gv_buf *said; /* NULL: the answers themselves are not wanted */
    void (*done)(void *arg, enum gv_err worst);
    void *arg;
};

struct device {
    struct gv_target_copy copy;
    struct gv_log_buffer *log; /* NULL: none was read yet */
    struct gv_dur interval;
    struct job *running;
    struct waiter *waiters;
    struct gv_transcript *transcript; /* of the running job; NULL: nobody wants it */
    struct gv_time early_at;          /* of its last early poll, or the next */
    bool hinted;                      /* there is one */
    bool keep;                        /* while the set of targets changes */
    size_t job_count;
    struct job jobs[];
};

/* Log lines about failures: so many in a minute, then only a count. */
struct log_budget {
    struct gv_time window;
    unsigned written, dropped;
};

struct gv_poller {
    struct gv_loop *loop;
    struct gv_store *store;
    struct gv_poller_hooks hooks; /* zeroed: nobody listens */
    struct transport transports[GV_TRANSPORTS_MOST];
    size_t transport_count;
    struct gv_dur backoff_most;
    bool when_asked;
    uint64_t seed;
    struct device **devices; /* sorted by name */
    size_t device_count;
    struct gv_schedule sched;
    struct gv_timer *timer; /* for the first of sched */
    struct gv_time timer_due;
    struct waiter *answered; /* waiters that need no poll: told by the next timer */
    struct gv_timer *answer_timer;
    uint64_t polls;
    struct gv_dur queue_delay;
    size_t unpolled;
    struct gv_time early_free_at; /* early polls of the fleet are spread from here on */
    struct log_budget log;
};

/* Append to, or take out of, a queue. */
void gv_poller_queue_add(struct queue *queue, struct job *job);
void gv_poller_queue_remove(struct queue *queue, struct job *job);

/* Put a job into the heap, `extra` beyond its interval. */
void gv_poller_schedule(struct gv_poller *poller, struct job *job, struct gv_dur extra);

/* The job is due: into its queue, behind the others. */
void gv_poller_ready(struct job *job);

/* Begin what the budgets allow, and see to the next wake-up. */
void gv_poller_dispatch(struct gv_poller *poller);

/* Does the waiter still wait for that job? */
bool gv_poller_waits_for(const struct waiter *waiter, const struct job *job);

/* The job begins: its answers are kept where a waiter wants them. It has ended: they are handed
 * to those waiters. Or it is dropped. */
void gv_poller_transcript_begin(struct job *job);
void gv_poller_transcript_end(struct job *job);
void gv_poller_transcript_drop(struct device *device);

/* Cancel and forget whatever the job is doing, close its session. */
void gv_poller_drop(struct gv_poller *poller, struct job *job);

/* Tell and release a list of waiters. `override`: GV_OK, or what all are told. */
void gv_poller_tell(struct waiter *waiters, enum gv_err override);

#endif
