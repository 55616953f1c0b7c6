/* SPDX-License-Identifier: Apache-2.0 */
/* The SNMP collector: a poll is the walk's questions, one at a time, each sent
 * again when no answer comes, until the walk is over or the time is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "snmp/answer_text.h"
#include "snmp/gdoi_rows.h"
#include "snmp/wire.h"

enum {
    POLL_LIMIT_MS = 30 * 1000,        /* threats.md, 2.1: of one target's cycle */
    RESOLVE_AGAIN_MS = 5 * 60 * 1000, /* age of an address that came from a name */
    BURST_PDUS = 20,                  /* threats.md, 2.9: at most 20 PDUs a second */
    PDU_PAUSE_MS = 50
};

struct poll {
    gv_poll_done *done;
    void *arg;
    struct gv_time started;
    struct gv_time heard; /* arrival of the last answer */
    struct gv_timer *deadline;
    struct gv_timer *timer; /* begin, time-out of the request, or pause before it */
    struct gv_lookup *lookup;
    unsigned requests, tries;
    bool answered;
    enum gv_err doubt; /* what an unproven answer to this request seemed to say */
    struct gv_walk_request request;
    struct gv_walk walk;
};

struct gv_session {
    struct gv_loop *loop;
    const struct gv_target *target;
    struct gv_wire *wire;
    struct gv_watch *watch;
    bool deaf;                 /* the watch is paused: something came between two polls */
    struct poll *poll;         /* NULL between polls */
    struct gv_address address; /* the last that was good */
    struct gv_time resolved;
    bool has_address, literal;
    bool stale_address;               /* the last poll got no answer there */
    struct gv_transcript *transcript; /* NULL: nobody wants the answers themselves */
    struct gv_gdoi_store store;
};

static struct gv_session *snmp_open(struct gv_loop *loop, const struct gv_target *target)
{
    struct gv_session *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->loop = loop;
    s->target = target;
    s->literal = gv_address_read(target->address, &s->address);
    s->has_address = s->literal;
    gv_gdoi_store_init(&s->store);
    s->wire = gv_wire_new(target);
    if (s->wire == NULL) {
        free(s);
        return NULL;
    }
    return s;
}

/* ---- The end of a poll ------------------------------------------------------------------ */

/* What failed, and what to look at. No secret, and nothing that a device sent. */
static const char *explain(enum gv_err err)
{
    static const char *const texts[GV_ERR_COUNT] = {
        [GV_OK] = "",
        [GV_ERR_TIMEOUT] = "no answer: check the address, the community, and the access list",
        [GV_ERR_UNREACHABLE] = "nothing listens there, or there is no route",
        [GV_ERR_NAME_LOOKUP] = "the host name does not resolve",
        [GV_ERR_AUTHENTICATION] = "user, password, or security level refused",
        [GV_ERR_AUTHORIZATION] = "the agent refuses some objects: check its view",
        [GV_ERR_TIME_WINDOW] = "still not in the agent's time window after a resynchronisation",
        [GV_ERR_ENGINE_CHANGED] =
            "another SNMP engine id than before: if the device was replaced, reload",
        [GV_ERR_MALFORMED] = "answers that do not fit the questions; what was read is kept",
        [GV_ERR_TOO_LARGE] = "a ceiling was reached; what was read is kept",
        [GV_ERR_NOT_FOUND] = "answers to other questions than ours were ignored: forged, or "
                             "sysUpTime is not in this user's view",
        [GV_ERR_NO_DATA] = "no GDOI table: no GETVPN there, or not in this user's view",
        [GV_ERR_NO_MEMORY] = "out of memory",
        [GV_ERR_SYSTEM] = "no socket: check the limit of open files",
        [GV_ERR_CANCELLED] = "cancelled",
    };
    return texts[err] != NULL ? texts[err] : gv_err_name(err);
}

static struct gv_observation *observe(struct gv_session *s, enum gv_err *err)
{
    struct gv_observation *obs;

    if (!s->poll->answered)
        return NULL;
    obs = gv_observation_new(s->poll->heard);
    if (obs == NULL) {
        *err = GV_ERR_NO_MEMORY;
        return NULL;
    }
    gv_gdoi_observe(&s->store, obs);
    if (obs->failed && *err == GV_OK)
        *err = GV_ERR_TOO_LARGE;
    return obs;
}

static void describe(const struct gv_session *s, struct gv_poll_result *result)
{
    const struct poll *poll = s->poll;

    if (result->err == GV_OK)
        return;
    (void)snprintf(result->detail, sizeof(result->detail), "SNMP port %u: %s%s (%u requests%s)",
                   s->target->snmp_port, explain(result->err),
                   result->err == GV_ERR_TIMEOUT && s->target->snmp->version == GV_SNMP_V3
                       ? "; SNMPv3 agents also keep silent to wrong privacy passwords"
                       : "",
                   poll->requests, poll->answered ? ", part of the data was read" : "");
}

static void finish(struct gv_session *s, enum gv_err err)
{
    struct poll *poll = s->poll;
    struct gv_poll_result result = {.err = err, .requests = poll->requests};
    gv_poll_done *done = poll->done;
    void *arg = poll->arg;

    gv_timer_stop(poll->deadline);
    gv_timer_stop(poll->timer);
    gv_lookup_cancel(poll->lookup);
    gv_wire_drop(s->wire);
    s->stale_address = !poll->answered;
    result.observation = observe(s, &result.err);
    result.duration = gv_time_diff(gv_loop_now(s->loop), poll->started);
    describe(s, &result);
    s->poll = NULL;
    free(poll);
    done(arg, &result);
}

static void deadline_due(void *arg)
{
    struct gv_session *s = arg;
    enum gv_err doubt = s->poll->doubt;

    s->poll->deadline = NULL;
    finish(s, doubt != GV_OK ? doubt : GV_ERR_TIMEOUT);
}

/* ---- Requests --------------------------------------------------------------------------- */

static void attempt_due(void *arg);

static void send_request(struct gv_session *s, bool again)
{
    struct poll *poll = s->poll;
    enum gv_err err;

    gv_timer_stop(poll->timer);
    poll->timer = gv_timer_start(s->loop, s->target->snmp_timeout, attempt_due, s);
    if (poll->timer == NULL) {
        finish(s, GV_ERR_NO_MEMORY);
        return;
    }
    poll->requests++;
    err = gv_wire_send(s->wire, &poll->walk, &poll->request, again);
    if (err == GV_ERR_NO_MEMORY)
        finish(s, err);
    else if (err != GV_OK)
        poll->doubt = err; /* the next try may find a route */
}

/* A doubtful answer ends the tries: asking more would only help whoever sends it. */
static bool conclusive(enum gv_err doubt)
{
    return doubt != GV_OK && doubt != GV_ERR_UNREACHABLE;
}

static void attempt_due(void *arg)
{
    struct gv_session *s = arg;
    struct poll *poll = s->poll;

    poll->timer = NULL;
    if (!conclusive(poll->doubt) && poll->tries < s->target->snmp_retries) {
        poll->tries++;
        send_request(s, true);
        return;
    }
    finish(s, poll->doubt != GV_OK ? poll->doubt : GV_ERR_TIMEOUT);
}

static void pause_over(void *arg)
{
    struct gv_session *s = arg;

    s->poll->timer = NULL;
    send_request(s, false);
}

static void ask_next(struct gv_session *s)
{
    struct poll *poll = s->poll;

    poll->tries = 0;
    poll->doubt = GV_OK;
    if (!gv_walk_next(&poll->walk, &poll->request)) {
        finish(s, poll->walk.err);
        return;
    }
    if (poll->requests < BURST_PDUS) {
        send_request(s, false);
        return;
    }
    gv_timer_stop(poll->timer);
    poll->timer = gv_timer_start(s->loop, (struct gv_dur){PDU_PAUSE_MS}, pause_over, s);
    if (poll->timer == NULL)
        finish(s, GV_ERR_NO_MEMORY);
}

static enum gv_err accept_answer(void *arg, const struct gv_snmp_answer *answer)
{
    struct gv_session *s = arg;
    struct poll *poll = s->poll;
    enum gv_err err = gv_walk_fits(&poll->walk, answer);

    if (err != GV_OK)
        return err;
    poll->heard = gv_loop_now(s->loop);
    poll->answered = true;
    if (s->transcript != NULL)
        gv_answer_text_add(s->transcript, poll->requests, answer);
    gv_walk_feed(&poll->walk, answer, poll->heard);
    return GV_OK;
}

static void readable(void *arg, unsigned events)
{
    struct gv_session *s = arg;
    enum gv_err why = GV_OK;

    (void)events;
    if (s->poll == NULL) {
        gv_watch_change(s->watch, 0);
        s->deaf = true;
        return;
    }
    switch (gv_wire_read(s->wire, accept_answer, s, &why)) {
    case GV_WIRE_NOTHING:
        break;
    case GV_WIRE_ANSWERED:
        ask_next(s);
        break;
    case GV_WIRE_RESEND:
        send_request(s, false);
        break;
    case GV_WIRE_DOUBTFUL:
        s->poll->doubt = why;
        break;
    case GV_WIRE_FAILED:
        finish(s, why);
        break;
    }
}

/* ---- The beginning of a poll ------------------------------------------------------------ */

static enum gv_err connect_wire(struct gv_session *s)
{
    enum gv_err err = gv_wire_open(s->wire, &s->address);

    if (err != GV_OK)
        return err;
    s->watch = gv_watch_start(s->loop, gv_wire_fd(s->wire), GV_READABLE, readable, s);
    return s->watch != NULL ? GV_OK : GV_ERR_SYSTEM;
}

static void disconnect_wire(struct gv_session *s)
{
    gv_watch_stop(s->watch);
    s->watch = NULL;
    s->deaf = false;
    gv_wire_shut(s->wire);
}

static void begin_walk(struct gv_session *s)
{
    enum gv_err err = GV_OK;

    if (s->watch == NULL) {
        gv_wire_shut(s->wire);
        err = connect_wire(s);
    }
    if (err != GV_OK) {
        disconnect_wire(s);
        finish(s, err);
        return;
    }
    gv_wire_begin(s->wire);
    /* The watch stays on between polls: to turn it off and on costs system calls. */
    if (s->deaf)
        gv_watch_change(s->watch, GV_READABLE);
    s->deaf = false;
    gv_walk_begin(&s->poll->walk, &s->store, s->target->snmp->version != GV_SNMP_V1);
    ask_next(s);
}

static void resolved(void *arg, enum gv_err err, const struct gv_address *address)
{
    struct gv_session *s = arg;

    s->poll->lookup = NULL;
    if (err != GV_OK && !s->has_address) {
        finish(s, err);
        return;
    }
    /* Without an answer of the resolver, the last good address goes on. */
    if (err == GV_OK) {
        if (!s->has_address || !gv_address_same(&s->address, address))
            disconnect_wire(s);
        s->address = *address;
        s->has_address = true;
        s->resolved = gv_loop_now(s->loop);
    }
    begin_walk(s);
}

static bool must_resolve(const struct gv_session *s)
{
    struct gv_time expiry = gv_time_add(s->resolved, (struct gv_dur){RESOLVE_AGAIN_MS});

    return !s->literal && (!s->has_address || s->stale_address ||
                           !gv_time_before(gv_loop_now(s->loop), expiry));
}

static void begin(void *arg)
{
    struct gv_session *s = arg;

    s->poll->timer = NULL;
    if (!must_resolve(s)) {
        begin_walk(s);
        return;
    }
    s->poll->lookup = gv_lookup_start(s->loop, s->target->address, resolved, s);
    if (s->poll->lookup == NULL)
        finish(s, GV_ERR_NO_MEMORY);
}

static void snmp_start(struct gv_session *s, gv_poll_done *done, void *arg)
{
    struct gv_dur limit = {POLL_LIMIT_MS};
    struct poll *poll = calloc(1, sizeof(*poll));

    if (s->target->deadline.ms > 0 && s->target->deadline.ms < limit.ms)
        limit = s->target->deadline;
    if (poll != NULL) {
        poll->done = done;
        poll->arg = arg;
        poll->started = gv_loop_now(s->loop);
        poll->deadline = gv_timer_start(s->loop, limit, deadline_due, s);
        poll->timer = gv_timer_start(s->loop, (struct gv_dur){0}, begin, s);
    }
    if (poll == NULL || poll->deadline == NULL || poll->timer == NULL) {
        struct gv_poll_result result = {.err = GV_ERR_NO_MEMORY, .detail = "out of memory"};

        /* The one case in which `done` cannot wait: there is no memory to wait with. */
        if (poll != NULL) {
            gv_timer_stop(poll->deadline);
            gv_timer_stop(poll->timer);
        }
        free(poll);
        done(arg, &result);
        return;
    }
    s->poll = poll;
}

static void snmp_record(struct gv_session *s, struct gv_transcript *transcript)
{
    s->transcript = transcript;
}

static void snmp_cancel(struct gv_session *s)
{
    if (s->poll != NULL)
        finish(s, GV_ERR_CANCELLED);
}

static void snmp_close(struct gv_session *s)
{
    if (s == NULL)
        return;
    snmp_cancel(s);
    gv_watch_stop(s->watch);
    gv_wire_free(s->wire);
    gv_gdoi_store_forget(&s->store);
    free(s);
}

const struct gv_collector gv_snmp_collector = {
    .name = "snmp",
    .open = snmp_open,
    .start = snmp_start,
    .cancel = snmp_cancel,
    .close = snmp_close,
    .record = snmp_record,
};
