/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/driver.h"

#include <stdlib.h>
#include <string.h>

#include "io/detail.h"
#include "ssh/dial.h"
#include "ssh/dialogue.h"
#include "ssh/link.h"
#include "ssh/show.h"

enum {
    COMMAND_MOST_MS = 30000,    /* however long ssh_timeout is */
    KEPT_ANSWER_MOST = 64 << 10 /* octets of an output read again at each poll */
};

struct gv_session {
    struct gv_loop *loop;
    const struct gv_target *target;
    gv_poll_done *done; /* NULL: no poll was started */
    void *arg;

    /* The way to the router; lives on between polls where ssh_keep. */
    struct gv_addresses addresses;
    struct gv_dial *dial;
    struct gv_link *link;
    struct gv_dialogue dialogue; /* of `link` */
    const char *waiting_for;     /* what a time-out is about */

    struct gv_timer *begin, *step, *deadline, *quiet;

    struct gv_plan plan;
    struct gv_buf kept[GV_COMMAND_COUNT]; /* last output where gv_command_kept */
    uint32_t kept_asked;                  /* in this poll; one bit a command */
    struct gv_transcript *transcript;     /* NULL: nobody wants the answers themselves */

    struct gv_poll_result result;
    struct gv_observation *observation; /* not NULL: a poll is under way */
    struct gv_time started, asked_at, heard_at;
    bool login;    /* this poll logged in */
    bool replaced; /* a dead link was replaced in this poll */
    bool answered; /* a command was answered in this poll */
    bool read;     /* an answer told something */
};

static void stop_timer(struct gv_timer **timer)
{
    gv_timer_stop(*timer);
    *timer = NULL;
}

static void disconnect(struct gv_session *s)
{
    stop_timer(&s->quiet);
    gv_dial_cancel(s->dial);
    s->dial = NULL;
    gv_link_end(s->link);
    s->link = NULL;
    gv_dialogue_clear(&s->dialogue);
}

/* What was not asked in this poll stands as it was last said. */
static void read_kept(struct gv_session *s)
{
    for (int i = 0; i < GV_COMMAND_COUNT; i++) {
        enum gv_command command = (enum gv_command)i;
        struct gv_text text = {s->kept[i].at, s->kept[i].n};

        if (text.n > 0 && !(s->kept_asked & 1u << i) &&
            gv_show_read(gv_text(gv_command_text(command)), text, s->observation) != GV_OK)
            gv_buf_clear(&s->kept[i]);
    }
}

/* The one end of a poll. The callback may close the session: whoever calls this,
 * or what calls it, touches the session no more. */
static void end_poll(struct gv_session *s, enum gv_err err)
{
    gv_poll_done *done = s->done;
    struct gv_poll_result result = s->result;

    stop_timer(&s->begin);
    stop_timer(&s->step);
    stop_timer(&s->deadline);
    if (!s->target->ssh_keep || s->link == NULL || s->dialogue.state != GV_DIALOGUE_READY)
        disconnect(s);
    else
        gv_dialogue_forget(&s->dialogue);
    if (s->read) {
        read_kept(s);
        result.observation = s->observation;
    } else {
        gv_observation_free(s->observation);
    }
    s->observation = NULL;
    s->done = NULL;
    result.err = err;
    result.duration = gv_time_diff(gv_loop_now(s->loop), s->started);
    done(s->arg, &result);
}

#define DETAIL(s, ...) gv_detail((s)->result.detail, sizeof((s)->result.detail), __VA_ARGS__)

static void log_in(struct gv_session *s);

/* The link is of no use any more. One that was kept and has answered nothing in this
 * poll had died in between: take another, once. */
static void link_lost(struct gv_session *s, enum gv_err err, const char *why)
{
    bool stale = !s->login && !s->answered && !s->replaced;

    if (s->observation == NULL) {
        disconnect(s);
        return;
    }
    if (stale) {
        s->replaced = true;
        disconnect(s);
        log_in(s);
        return;
    }
    DETAIL(s, "%s%s%s", s->waiting_for, why[0] ? ": " : "", why);
    disconnect(s);
    end_poll(s, err);
}

/* --- time limits --- */

static void step_due(void *arg)
{
    struct gv_session *s = arg;

    s->step = NULL;
    link_lost(s, GV_ERR_TIMEOUT, "no answer in time");
}

static void deadline_due(void *arg)
{
    struct gv_session *s = arg;

    s->deadline = NULL;
    DETAIL(s, "%s: the whole poll took longer than its %lld ms", s->waiting_for,
           (long long)s->target->deadline.ms);
    disconnect(s);
    end_poll(s, GV_ERR_TIMEOUT);
}

static void out_of_memory(struct gv_session *s)
{
    DETAIL(s, "no memory");
    disconnect(s);
    end_poll(s, GV_ERR_NO_MEMORY);
}

/* A step begins: `what` has until now + limit. False: the poll is over. */
static bool begin_step(struct gv_session *s, const char *what)
{
    struct gv_dur limit = s->target->ssh_timeout;

    if (limit.ms > COMMAND_MOST_MS)
        limit.ms = COMMAND_MOST_MS;
    stop_timer(&s->step);
    s->waiting_for = what;
    s->step = gv_timer_start(s->loop, limit, step_due, s);
    if (s->step != NULL)
        return true;
    out_of_memory(s);
    return false;
}

/* --- commands --- */

static void end_plan(struct gv_session *s)
{
    enum gv_err err = gv_plan_end(&s->plan);

    if (s->result.err == GV_OK && err != GV_OK)
        DETAIL(s, "%s: the router %s", gv_command_text(GV_COMMAND_GDOI),
               err == GV_ERR_NO_DATA         ? "has no GETVPN group"
               : err == GV_ERR_AUTHORIZATION ? "does not allow it to this user"
               : err == GV_ERR_NOT_SUPPORTED ? "does not know it"
                                             : "answered what is not understood");
    end_poll(s, s->result.err != GV_OK ? s->result.err : err);
}

/* False: there was none, and the poll is over. */
static bool ask_next(struct gv_session *s)
{
    enum gv_command command;

    if (!gv_plan_next(&s->plan, &command)) {
        end_plan(s);
        return false;
    }
    s->result.requests++;
    s->asked_at = gv_loop_now(s->loop);
    gv_dialogue_ask(&s->dialogue, command);
    return begin_step(s, gv_command_text(command));
}

static void keep(struct gv_session *s, enum gv_command command, enum gv_err err,
                 struct gv_text answer)
{
    if (!gv_command_kept(command))
        return;
    s->kept_asked |= 1u << command;
    gv_buf_clear(&s->kept[command]);
    if (err == GV_OK)
        gv_buf_add_text(&s->kept[command], answer);
    if (s->kept[command].err != GV_OK)
        gv_buf_clear(&s->kept[command]);
}

static enum gv_err read_output(struct gv_session *s, enum gv_command command,
                               struct gv_text answer)
{
    if (command == GV_COMMAND_LOGGING)
        return gv_show_log(answer, s->observation);
    return gv_show_read(gv_text(gv_command_text(command)), answer, s->observation);
}

static void read_answer(struct gv_session *s)
{
    enum gv_command command = s->plan.current;
    struct gv_text answer = gv_dialogue_answer(&s->dialogue);
    enum gv_err err;

    s->answered = true;
    if (s->transcript != NULL)
        gv_transcript_add(s->transcript, gv_command_text(command), answer);
    s->observation->seen_at = s->heard_at;
    s->observation->waited = gv_time_diff(s->heard_at, s->asked_at);
    err = read_output(s, command, answer);
    s->read = s->read || err == GV_OK || err == GV_ERR_TOO_LARGE;
    keep(s, command, err, answer);
    if (!gv_plan_answered(&s->plan, err) || s->result.err != GV_OK)
        return;
    s->result.err = err;
    DETAIL(s, "%s: %s", gv_command_text(command), gv_err_name(err));
}

static void quiet_due(void *arg);

/* The dialogue has moved: send what it says, and time what it waits for. */
static void go_on(struct gv_session *s, enum gv_dialogue_state before)
{
    struct gv_text out;

    if (s->dialogue.state == GV_DIALOGUE_FAILED) {
        link_lost(s, s->dialogue.err, s->dialogue.why);
        return;
    }
    if (s->observation == NULL)
        return;
    if (s->dialogue.state == GV_DIALOGUE_ENABLING && before != GV_DIALOGUE_ENABLING &&
        !begin_step(s, "enable"))
        return;
    if (s->dialogue.state == GV_DIALOGUE_SETTING_UP && before != GV_DIALOGUE_SETTING_UP &&
        !begin_step(s, "terminal set-up"))
        return;
    if (s->dialogue.state == GV_DIALOGUE_READY && before != GV_DIALOGUE_READY) {
        if (before == GV_DIALOGUE_ASKED)
            read_answer(s);
        if (!ask_next(s))
            return;
    }
    while ((out = gv_dialogue_next(&s->dialogue)).n > 0)
        if (!gv_link_send(s->link, out)) {
            out_of_memory(s);
            return;
        }
}

static void await_quiet(struct gv_session *s)
{
    stop_timer(&s->quiet);
    if (s->observation == NULL || s->dialogue.state == GV_DIALOGUE_READY)
        return;
    s->quiet = gv_timer_start(s->loop, gv_dialogue_patience(&s->dialogue), quiet_due, s);
    if (s->quiet == NULL)
        out_of_memory(s);
}

static void quiet_due(void *arg)
{
    struct gv_session *s = arg;
    enum gv_dialogue_state before = s->dialogue.state;

    s->quiet = NULL;
    if (!gv_link_quiet(s->link)) {
        await_quiet(s); /* this loop was late, not the router silent */
        return;
    }
    gv_dialogue_expiry(&s->dialogue);
    go_on(s, before);
}

/* --- the way to the router --- */

static void heard(struct gv_session *s)
{
    struct gv_text octets = gv_link_heard(s->link);
    enum gv_dialogue_state before = s->dialogue.state;

    s->heard_at = gv_loop_now(s->loop);
    gv_dialogue_feed(&s->dialogue, octets.at, octets.n);
    if (s->dialogue.state == GV_DIALOGUE_FAILED)
        go_on(s, before);
    else
        await_quiet(s);
}

static void link_told(void *arg, enum gv_link_event event)
{
    struct gv_session *s = arg;

    switch (event) {
    case GV_LINK_STEP:
        (void)begin_step(s, gv_link_step_name(s->link));
        return;
    case GV_LINK_OPEN:
        (void)begin_step(s, "waiting for a prompt");
        return;
    case GV_LINK_HEARD:
        heard(s);
        return;
    case GV_LINK_CLOSED:
        if (gv_link_step_name(s->link) != NULL)
            s->waiting_for = gv_link_step_name(s->link);
        link_lost(s, gv_link_err(s->link), gv_link_detail(s->link));
        return;
    }
}

static void dialled(void *arg, enum gv_err err, int fd, const char *detail)
{
    struct gv_session *s = arg;

    s->dial = NULL;
    if (err != GV_OK) {
        DETAIL(s, "%s: %s", s->target->address, detail);
        end_poll(s, err);
        return;
    }
    s->link = gv_link_start(s->loop, s->target, fd, link_told, s);
    if (s->link == NULL) {
        out_of_memory(s);
        return;
    }
    gv_dialogue_init(&s->dialogue, s->target->ssh->enable);
    (void)begin_step(s, "key exchange");
}

static void log_in(struct gv_session *s)
{
    s->login = true;
    if (s->replaced)
        gv_plan_restart(&s->plan);
    else
        gv_plan_begin(&s->plan, true);
    if (!begin_step(s, "connect"))
        return;
    s->dial = gv_dial_start(s->loop, s->target->address, s->target->ssh_port, &s->addresses,
                            dialled, s);
    if (s->dial == NULL)
        out_of_memory(s);
}

/* --- the collector --- */

bool gv_ssh_session_connected(const struct gv_session *session)
{
    return session->link != NULL && session->dialogue.state == GV_DIALOGUE_READY;
}

static void begin_poll(void *arg)
{
    struct gv_session *s = arg;

    s->begin = NULL;
    s->waiting_for = "connect";
    s->observation = gv_observation_new(s->started);
    s->deadline = gv_timer_start(s->loop, s->target->deadline, deadline_due, s);
    if (s->observation == NULL || s->deadline == NULL) {
        out_of_memory(s);
        return;
    }
    if (!gv_ssh_session_connected(s)) {
        disconnect(s);
        log_in(s);
        return;
    }
    gv_plan_begin(&s->plan, false);
    if (ask_next(s))
        go_on(s, GV_DIALOGUE_ASKED);
}

static void start_poll(struct gv_session *s, gv_poll_done *done, void *arg)
{
    s->done = done;
    s->arg = arg;
    s->result = (struct gv_poll_result){0};
    s->login = s->replaced = s->answered = s->read = false;
    s->kept_asked = 0;
    s->started = gv_loop_now(s->loop);
    s->begin = gv_timer_start(s->loop, (struct gv_dur){0}, begin_poll, s);
    if (s->begin == NULL)
        out_of_memory(s); /* nothing is left to call back from later */
}

static void record(struct gv_session *s, struct gv_transcript *transcript)
{
    s->transcript = transcript;
}

static void cancel_poll(struct gv_session *s)
{
    if (s->done == NULL)
        return;
    disconnect(s);
    end_poll(s, GV_ERR_CANCELLED);
}

static struct gv_session *open_session(struct gv_loop *loop, const struct gv_target *target)
{
    struct gv_session *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->loop = loop;
    s->target = target;
    gv_plan_init(&s->plan, target->ssh_logging);
    for (size_t i = 0; i < GV_COMMAND_COUNT; i++)
        s->kept[i] = gv_buf(KEPT_ANSWER_MOST);
    return s;
}

static void close_session(struct gv_session *s)
{
    if (s == NULL)
        return;
    cancel_poll(s);
    disconnect(s);
    for (size_t i = 0; i < GV_COMMAND_COUNT; i++)
        gv_buf_clear(&s->kept[i]);
    free(s);
}

const struct gv_collector gv_ssh_collector = {
    .name = "ssh",
    .open = open_session,
    .start = start_poll,
    .cancel = cancel_poll,
    .close = close_session,
    .record = record,
};
