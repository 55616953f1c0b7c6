/* SPDX-License-Identifier: Apache-2.0 */
#include "restconf/driver.h"

#include <stdlib.h>
#include <string.h>

#include "io/detail.h"
#include "io/http.h"
#include "restconf/codec.h"

enum { URL_SIZE = 768 };

struct gv_session {
    struct gv_loop *loop;
    const struct gv_target *target;
    gv_poll_done *done; /* NULL: no poll was started */
    void *arg;

    struct gv_http_client *client;
    struct gv_timer *begin, *deadline;

    size_t list; /* number of the list under way */
    struct gv_restconf_clock clock;
    struct gv_poll_result result;
    struct gv_observation *observation;
    struct gv_transcript *transcript; /* NULL: nobody wants the answers themselves */
    struct gv_time started, asked_at;
    bool read; /* an answer told something */
};

#define DETAIL(s, ...) gv_detail((s)->result.detail, sizeof((s)->result.detail), __VA_ARGS__)

static void stop_timer(struct gv_timer **timer)
{
    gv_timer_stop(*timer);
    *timer = NULL;
}

/* The one end of a poll. The callback may close the session: whoever calls this, or what
 * calls it, touches the session no more. */
static void end_poll(struct gv_session *s, enum gv_err err)
{
    gv_poll_done *done = s->done;
    struct gv_poll_result result = s->result;

    stop_timer(&s->begin);
    stop_timer(&s->deadline);
    gv_http_client_free(s->client); /* and the request with it */
    s->client = NULL;
    if (s->read)
        result.observation = s->observation;
    else
        gv_observation_free(s->observation);
    s->observation = NULL;
    s->done = NULL;
    result.err = err;
    result.duration = gv_time_diff(gv_loop_now(s->loop), s->started);
    done(s->arg, &result);
}

static void deadline_due(void *arg)
{
    struct gv_session *s = arg;

    s->deadline = NULL;
    DETAIL(s, "%s: the whole poll took longer than its %lld ms",
           gv_restconf_lists[s->list].name, (long long)s->target->deadline.ms);
    end_poll(s, GV_ERR_TIMEOUT);
}

static void out_of_memory(struct gv_session *s)
{
    DETAIL(s, "no memory");
    end_poll(s, GV_ERR_NO_MEMORY);
}

/* --- asking --- */

/* An IPv6 literal stands in brackets, and its zone behind an escaped percent sign. */
static void add_host(struct gv_buf *url, const char *address)
{
    bool literal = strchr(address, ':') != NULL;

    if (literal)
        gv_buf_add_char(url, '[');
    for (; *address != '\0'; address++)
        if (*address == '%')
            gv_buf_add_str(url, "%25");
        else
            gv_buf_add_char(url, *address);
    if (literal)
        gv_buf_add_char(url, ']');
}

static void answered(void *arg, const struct gv_http_answer *answer);

static bool ask(struct gv_session *s)
{
    const struct gv_target *target = s->target;
    struct gv_buf url = gv_buf(URL_SIZE);
    struct gv_http_ask what = {
        .accept = "application/yang-data+json",
        .user = target->restconf->user,
        .password = target->restconf->password,
        .ca_file = target->restconf->ca_file,
        .pin = target->restconf_pin,
        .connect_limit = target->restconf_timeout,
        .limit = target->restconf_timeout,
        .most = GV_RESTCONF_OCTETS,
    };
    bool begun;

    gv_buf_add_str(&url, "https://");
    add_host(&url, target->address);
    gv_buf_add_char(&url, ':');
    gv_buf_add_u64(&url, target->restconf_port);
    gv_buf_add_str(&url, "/restconf/data/");
    gv_buf_add_str(&url, gv_restconf_lists[s->list].path);
    what.url = url.at;
    begun = url.err == GV_OK && gv_http_get(s->client, &what, answered, s);
    gv_buf_clear(&url);
    s->asked_at = gv_loop_now(s->loop);
    s->result.requests++;
    return begun;
}

static void end_lists(struct gv_session *s)
{
    enum gv_err err = s->result.err;

    if (err == GV_OK && s->observation->groups == NULL) {
        err = GV_ERR_NO_DATA;
        DETAIL(s, "the device shows no GETVPN group by RESTCONF");
    }
    end_poll(s, err);
}

/* From list number `from` on, the first that is wanted. */
static void ask_from(struct gv_session *s, size_t from)
{
    for (s->list = from; s->list < GV_RESTCONF_LISTS; s->list++)
        if (gv_restconf_wanted(s->list, s->observation))
            break;
    if (s->list == GV_RESTCONF_LISTS) {
        s->list--;
        end_lists(s);
        return;
    }
    if (!ask(s))
        out_of_memory(s);
}

/* --- answers --- */

/* What a status means that is no success; the first row that holds it. */
static const struct {
    unsigned from, to;
    enum gv_err err;
} statuses[] = {
    {401, 401, GV_ERR_AUTHENTICATION}, {403, 403, GV_ERR_AUTHORIZATION},
    {408, 408, GV_ERR_TIMEOUT},        {409, 409, GV_ERR_SYSTEM},
    {429, 429, GV_ERR_SYSTEM},         {400, 499, GV_ERR_NOT_SUPPORTED},
    {504, 504, GV_ERR_TIMEOUT},        {500, 599, GV_ERR_SYSTEM},
    {0, 999, GV_ERR_MALFORMED},
};

static enum gv_err status_error(unsigned status)
{
    size_t i = 0;

    while (i + 1 < sizeof(statuses) / sizeof(statuses[0]) &&
           (status < statuses[i].from || status > statuses[i].to))
        i++;
    return statuses[i].err;
}

/* A segment that was sent again makes an answer late; the device's clock, which all ages are
 * counted by, may be that of any answer: the slowest counts. */
static void note_wait(const struct gv_session *s)
{
    struct gv_dur waited = gv_time_diff(gv_loop_now(s->loop), s->asked_at);

    if (waited.ms > s->observation->waited.ms)
        s->observation->waited = waited;
}

/* The first failure is the poll's. */
static void note(struct gv_session *s, enum gv_err err, const char *what)
{
    if (s->result.err != GV_OK)
        return;
    s->result.err = err;
    DETAIL(s, "%s: %s", gv_restconf_lists[s->list].name, what);
}

static void note_status(struct gv_session *s, const struct gv_http_answer *answer)
{
    bool redirect = answer->status >= 300 && answer->status <= 399;
    char said[GV_DETAIL_SIZE], text[GV_DETAIL_SIZE];

    gv_restconf_error(answer->body, said, sizeof(said));
    gv_detail(text, sizeof(text), "HTTP %u%s%s%s", answer->status,
              redirect ? ": a redirect, which is not followed" : "",
              said[0] != '\0' ? ": " : "", said);
    note(s, status_error(answer->status), text);
}

static void read_body(struct gv_session *s, const struct gv_http_answer *answer)
{
    enum gv_err err;

    s->observation->seen_at = gv_loop_now(s->loop);
    note_wait(s);
    if (!s->clock.known && answer->has_date)
        s->clock =
            (struct gv_restconf_clock){true, answer->date_unix_ms, s->observation->seen_at};
    err = gv_restconf_read(s->list, answer->body, &s->clock, s->observation);
    s->read = s->read || err == GV_OK || err == GV_ERR_TOO_LARGE;
    if (err != GV_OK && err != GV_ERR_NO_DATA)
        note(s, err,
             err == GV_ERR_TOO_LARGE ? "more than any device can have"
                                     : "not the JSON that was asked for");
}

/* Nothing else can come from a device that is not reached, or that refuses the login. */
static bool goes_on(const struct gv_http_answer *answer)
{
    if (answer->err == GV_OK)
        return answer->status != 401;
    return answer->err == GV_ERR_TOO_LARGE || answer->err == GV_ERR_TRUNCATED;
}

static void record_answer(struct gv_session *s, const struct gv_http_answer *answer)
{
    const char *path = gv_restconf_lists[s->list].path;
    char question[URL_SIZE];

    if (s->transcript == NULL)
        return;
    if (answer->err != GV_OK)
        gv_detail(question, sizeof(question), "GET %s: %s", path, gv_err_name(answer->err));
    else
        gv_detail(question, sizeof(question), "GET %s: HTTP %u", path, answer->status);
    gv_transcript_add(s->transcript, question, answer->body);
}

static void answered(void *arg, const struct gv_http_answer *answer)
{
    struct gv_session *s = arg;

    record_answer(s, answer);
    if (answer->err != GV_OK)
        note(s, answer->err,
             answer->err == GV_ERR_TOO_LARGE ? "larger than 8 MiB" : answer->detail);
    else if (answer->status == 200)
        read_body(s, answer);
    else if (answer->status != 204 && answer->status != 404)
        note_status(s, answer);
    if (goes_on(answer))
        ask_from(s, s->list + 1);
    else
        end_poll(s, s->result.err);
}

/* --- the collector --- */

bool gv_restconf_session_connected(const struct gv_session *session)
{
    (void)session;
    return false;
}

static void begin_poll(void *arg)
{
    struct gv_session *s = arg;

    s->begin = NULL;
    s->client = gv_http_client_new(s->loop);
    s->observation = gv_observation_new(s->started);
    s->deadline = gv_timer_start(s->loop, s->target->deadline, deadline_due, s);
    if (s->client == NULL || s->observation == NULL || s->deadline == NULL)
        out_of_memory(s);
    else
        ask_from(s, 0);
}

static void start_poll(struct gv_session *s, gv_poll_done *done, void *arg)
{
    s->done = done;
    s->arg = arg;
    s->list = 0;
    s->clock = (struct gv_restconf_clock){.known = false};
    s->result = (struct gv_poll_result){0};
    s->read = false;
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
    if (s->done != NULL)
        end_poll(s, GV_ERR_CANCELLED);
}

static struct gv_session *open_session(struct gv_loop *loop, const struct gv_target *target)
{
    struct gv_session *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->loop = loop;
    s->target = target;
    return s;
}

static void close_session(struct gv_session *s)
{
    if (s == NULL)
        return;
    cancel_poll(s);
    free(s);
}

const struct gv_collector gv_restconf_collector = {
    .name = "restconf",
    .open = open_session,
    .start = start_poll,
    .cancel = cancel_poll,
    .close = close_session,
    .record = record,
};
