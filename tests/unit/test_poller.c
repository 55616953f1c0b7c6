/* SPDX-License-Identifier: Apache-2.0 */
/* The poller with few devices: turns, back-off, hangs, waiters, logins. */
#include "fake_fleet.h"
#include "io/log.h"

static const struct gv_poller_policy policy = {
    .budgets = {{.in_flight = 50}, {.in_flight = 10, .logins_per_minute = 60}},
    .backoff_most = {300000},
};

static struct fake_config config;

static struct gv_poller *start(struct gv_loop *loop, unsigned count, bool snmp, bool ssh)
{
    struct gv_poller *poller =
        gv_poller_new(loop, NULL, fake_transports, FAKE_KINDS, &policy, 7);

    for (unsigned i = 0; i < count; i++)
        fake_configure(&config, i, i, snmp, ssh, 60);
    CHECK_INT("targets", gv_poller_set_targets(poller, config.polls, count), GV_OK);
    return poller;
}

struct answer {
    unsigned times;
    enum gv_err worst;
};

static void on_answer(void *arg, enum gv_err worst)
{
    struct answer *answer = arg;

    answer->times++;
    answer->worst = worst;
}

static void test_turns(struct gv_loop *loop)
{
    struct gv_poller *poller;

    fake_reset(loop);
    for (unsigned i = 0; i < 20; i++)
        fleet[i].latency_ms = 25000; /* nearly half the interval, twice */
    poller = start(loop, 20, true, true);
    CHECK_INT("nothing yet", gv_poller_stats(poller).unpolled, 40);
    fake_run(loop, 600000);
    CHECK_INT("one request to a device", overlaps, 0);
    CHECK_INT("first round over", gv_poller_stats(poller).unpolled, 0);
    for (unsigned i = 0; i < 20; i++) {
        CHECK("snmp goes on", fleet[i].starts[FAKE_SNMP] >= 5);
        CHECK("ssh goes on", fleet[i].starts[FAKE_SSH] >= 5);
    }
    gv_poller_free(poller);
    CHECK_INT("sessions closed", sessions_open, 0);
}

static void test_backoff(struct gv_loop *loop)
{
    static const int64_t gaps_s[] = {120, 240, 300, 300, 300};
    struct gv_poller *poller;
    int64_t gap;

    fake_reset(loop);
    fleet[0].err = GV_ERR_TIMEOUT;
    poller = start(loop, 1, true, false);
    fake_run(loop, 1800000);
    for (size_t i = 0; i < 5; i++) {
        gap = gv_time_diff(fleet[0].started[i + 1], fleet[0].started[i]).ms;
        CHECK("doubles", gap > gaps_s[i] * 1000 - 3100 && gap < gaps_s[i] * 1000 + 3100);
    }
    fleet[0].err = GV_OK;
    fake_run(loop, 300000);
    fleet[0].starts[FAKE_SNMP] = 0;
    fake_run(loop, 600000);
    CHECK_INT("back to its interval", fleet[0].starts[FAKE_SNMP], 10);
    gv_poller_free(poller);
}

/* A key server with its hands full is asked half as often. */
static void test_busy(struct gv_loop *loop)
{
    struct gv_poller *poller;

    fake_reset(loop);
    poller = start(loop, 1, true, false);
    fake_run(loop, 120000);
    store_busy_until = gv_time_add(gv_loop_now(loop), gv_secs(900));
    fake_run(loop, 130000);
    fleet[0].starts[FAKE_SNMP] = 0;
    fake_run(loop, 600000);
    CHECK_INT("half as often", fleet[0].starts[FAKE_SNMP], 5);
    fake_run(loop, 300000);
    fleet[0].starts[FAKE_SNMP] = 0;
    fake_run(loop, 600000);
    CHECK_INT("then as before", fleet[0].starts[FAKE_SNMP], 10);
    gv_poller_free(poller);
}

static void test_hung(struct gv_loop *loop)
{
    struct gv_poller *poller;

    fake_reset(loop);
    fleet[3].hangs = true;
    poller = start(loop, 10, true, false);
    fake_run(loop, 100000);
    CHECK("cancelled", fleet[3].cancels >= 1);
    CHECK_INT("said as a timeout", fleet[3].fed, GV_ERR_TIMEOUT);
    for (unsigned i = 0; i < 10; i++)
        CHECK("others go on", i == 3 || fleet[i].feeds >= 1);
    gv_poller_free(poller);
}

static void test_single_flight(struct gv_loop *loop)
{
    struct gv_poller *poller;
    struct answer answer = {0}, late = {0};

    fake_reset(loop);
    poller = start(loop, 2, true, true);
    for (unsigned i = 0; i < 100; i++)
        CHECK_INT("joins", gv_poller_poll_now(poller, "d1", on_answer, &answer), GV_OK);
    CHECK_INT("never from inside", answer.times, 0);
    fake_run(loop, 500);
    CHECK_INT("each once", answer.times, 100);
    CHECK_INT("worst", answer.worst, GV_OK);
    CHECK_INT("one poll", fleet[1].starts[FAKE_SNMP] + fleet[1].starts[FAKE_SSH], 2);
    CHECK_INT("fresh", gv_poller_poll_now(poller, "d1", on_answer, &late), GV_OK);
    CHECK_INT("never from inside", late.times, 0);
    fake_run(loop, 1);
    CHECK_INT("answered by the last poll", late.times, 1);
    CHECK_INT("no other poll", fleet[1].starts[FAKE_SNMP] + fleet[1].starts[FAKE_SSH], 2);
    CHECK_INT("unknown", gv_poller_poll_now(poller, "d9", on_answer, &late), GV_ERR_NOT_FOUND);
    fleet[0].err = GV_ERR_UNREACHABLE;
    CHECK_INT("failing", gv_poller_poll_now(poller, "d0", on_answer, &late), GV_OK);
    fake_run(loop, 1500); /* the SSH login is paced: one a second */
    CHECK_INT("told", late.worst, GV_ERR_UNREACHABLE);
    CHECK_INT("waits at the end", gv_poller_poll_now(poller, "d0", on_answer, &late), GV_OK);
    gv_poller_free(poller);
    CHECK_INT("told at the end", late.times, 3);
}

static enum gv_err record(struct gv_poller *poller, const char *name, struct gv_buf *said,
                          struct answer *answer)
{
    return gv_poller_record_now(poller, name, said, on_answer, answer);
}

/* Who wants the answers themselves has them of a poll that began after he asked. */
static void test_record(struct gv_loop *loop)
{
    struct gv_buf said = gv_buf(4096), late = gv_buf(4096), full = gv_buf(40);
    struct gv_poller *poller;
    struct answer answer = {0};

    fake_reset(loop);
    poller = start(loop, 2, true, false);
    CHECK_INT("asks", gv_poller_poll_now(poller, "d1", on_answer, &answer), GV_OK);
    CHECK_INT("comes too late", record(poller, "d1", &late, &answer), GV_OK);
    fake_run(loop, 2000);
    CHECK_INT("asks", record(poller, "d1", &said, &answer), GV_OK);
    fake_run(loop, 200);
    CHECK_INT("all told", answer.times, 3);
    CHECK_STR("kept", said.at, "answers to snmp, secrets hidden:\n> question\nanswer\n");
    CHECK_STR("of one under way", late.at,
              "answers to snmp: not kept, the poll had begun before\n");
    gv_buf_reset(&said);
    CHECK_INT("asks again at once", record(poller, "d1", &said, &answer), GV_OK);
    fake_run(loop, 500);
    CHECK_INT("not within a second", fleet[1].starts[FAKE_SNMP], 2);
    fake_run(loop, 700);
    CHECK_INT("but then", fleet[1].starts[FAKE_SNMP], 3);
    CHECK_INT("told", answer.times, 4);
    CHECK_STR("kept again", said.at, "answers to snmp, secrets hidden:\n> question\nanswer\n");
    fake_run(loop, 2000);
    CHECK_INT("with little room", record(poller, "d1", &full, &answer), GV_OK);
    fake_run(loop, 200);
    CHECK_INT("is cut", full.err, GV_ERR_TOO_LARGE);
    fleet[1].latency_ms = 1000;
    fake_run(loop, 2000);
    CHECK_INT("asks for what never ends", record(poller, "d1", &late, &answer), GV_OK);
    fake_run(loop, 100);
    gv_poller_free(poller);
    CHECK_INT("told at the end", answer.times, 6);
    gv_buf_clear(&said);
    gv_buf_clear(&late);
    gv_buf_clear(&full);
}

/* What happens on a device is looked at soon, once for a burst, and never more than once a
 * minute; who fails keeps its pause. */
static void test_hint(struct gv_loop *loop)
{
    struct gv_poller *poller;
    struct gv_time hinted;
    unsigned before;

    fake_reset(loop);
    poller = start(loop, 2, true, false);
    fake_run(loop, 70000);
    before = fleet[0].starts[FAKE_SNMP];
    while (fleet[0].starts[FAKE_SNMP] == before)
        fake_run(loop, 100);
    fake_run(loop, 1000); /* its next is 59 s away, at most 3 s more or less */
    before = fleet[0].starts[FAKE_SNMP];
    hinted = gv_loop_now(loop);
    for (unsigned i = 0; i < 50; i++)
        gv_poller_hint(poller, "d0");
    gv_poller_hint(poller, "d99");
    fake_run(loop, 1900);
    CHECK_INT("settles first", fleet[0].starts[FAKE_SNMP], before);
    fake_run(loop, 200);
    CHECK_INT("one poll for a burst", fleet[0].starts[FAKE_SNMP], before + 1);
    CHECK("soon", gv_time_diff(fleet[0].started[before], hinted).ms == GV_HINT_SETTLE_S * 1000);
    for (unsigned i = 0; i < 100; i++) {
        gv_poller_hint(poller, "d0");
        fake_run(loop, 300);
    }
    CHECK_INT("no more within a minute", fleet[0].starts[FAKE_SNMP], before + 1);
    fake_run(loop, 40000);
    CHECK("then again", fleet[0].starts[FAKE_SNMP] >= before + 2);
    fleet[1].err = GV_ERR_TIMEOUT;
    fake_run(loop, 300000);
    before = fleet[1].starts[FAKE_SNMP];
    gv_poller_hint(poller, "d1");
    fake_run(loop, 10000);
    CHECK("its pause is its pause", fleet[1].starts[FAKE_SNMP] <= before + 1);
    gv_poller_free(poller);
}

/* Everybody speaks at once, for ten minutes: what that adds is bounded. */
static void test_hint_flood(struct gv_loop *loop)
{
    enum { DEVICES = 200, SECONDS = 600 };
    struct gv_poller *poller;
    unsigned all = 0;
    char name[16];

    fake_reset(loop);
    poller = start(loop, DEVICES, true, false);
    for (unsigned s = 0; s < SECONDS; s++) {
        for (unsigned i = 0; i < DEVICES; i++) {
            (void)snprintf(name, sizeof(name), "d%u", i);
            gv_poller_hint(poller, name);
        }
        fake_run(loop, 1000);
    }
    for (unsigned i = 0; i < DEVICES; i++) {
        all += fleet[i].starts[FAKE_SNMP];
        CHECK("once a minute by the clock, once for what happens",
              fleet[i].starts[FAKE_SNMP] <= 2 * (SECONDS / 60 + 2));
    }
    CHECK("no more than twice in all", all <= 2 * DEVICES * (SECONDS / 60 + 2));
    CHECK_INT("one at a time", overlaps, 0);
    gv_poller_free(poller);
}

/* A waiter that changes the whole set from inside its callback. */
struct reloader {
    struct gv_poller *poller;
    unsigned times;
};

static void on_answer_reload(void *arg, enum gv_err worst)
{
    struct reloader *reloader = arg;

    (void)worst;
    reloader->times++;
    CHECK_INT("empties", gv_poller_set_targets(reloader->poller, NULL, 0), GV_OK);
}

static void test_reload_inside(struct gv_loop *loop)
{
    struct reloader reloader = {0};
    struct answer other = {0};

    fake_reset(loop);
    reloader.poller = start(loop, 5, true, true);
    for (unsigned i = 0; i < 3; i++)
        CHECK_INT("asks",
                  gv_poller_poll_now(reloader.poller, "d2", on_answer_reload, &reloader),
                  GV_OK);
    CHECK_INT("asks", gv_poller_poll_now(reloader.poller, "d3", on_answer, &other), GV_OK);
    fake_run(loop, 5000);
    CHECK_INT("each once", reloader.times, 3);
    CHECK_INT("the other too", other.times, 1);
    gv_poller_free(reloader.poller);
}

static void test_cancel_everywhere(struct gv_loop *loop)
{
    for (int64_t step = 0; step < 400; step++) {
        struct answer answer = {0};
        struct gv_poller *poller;

        fake_reset(loop);
        fleet[2].hangs = fleet[3].hangs = true;
        poller = start(loop, 6, true, true);
        CHECK_INT("asks", gv_poller_poll_now(poller, "d1", on_answer, &answer), GV_OK);
        CHECK_INT("asks", gv_poller_poll_now(poller, "d2", on_answer, &answer), GV_OK);
        fake_run(loop, step * 173);
        gv_poller_free(poller);
        CHECK_INT("each once", answer.times, 2);
        CHECK_INT("closed", sessions_open, 0);
    }
    gv_poller_free(NULL);
}

static void test_pace(struct gv_loop *loop)
{
    struct gv_poller *poller;

    fake_reset(loop);
    poller = start(loop, 300, false, true);
    fake_run(loop, 600000);
    for (size_t i = 0; i + 60 < 600; i++)
        CHECK("a minute's logins", sum_of(logins_in, i, 60) <= 61);
    CHECK_INT("sessions are kept", sum_of(logins_in, 0, 600), 300);
    CHECK("budget", in_flight_most[FAKE_SSH] <= 10);
    gv_poller_free(poller);
}

static void test_refused(struct gv_loop *loop)
{
    struct answer answer = {0};
    struct gv_poller *poller;
    unsigned most = 0;

    fake_reset(loop);
    for (unsigned i = 0; i < 200; i++)
        fleet[i].err = GV_ERR_AUTHENTICATION;
    poller = start(loop, 200, false, true);
    fake_run(loop, 6LL * 3600 * 1000);
    for (unsigned i = 0; i < 200; i++)
        most = fleet[i].starts[FAKE_SSH] > most ? fleet[i].starts[FAKE_SSH] : most;
    CHECK_INT("two attempts in six hours", most, 2);
    CHECK_INT("asks", gv_poller_poll_now(poller, "d5", on_answer, &answer), GV_OK);
    fake_run(loop, 100);
    CHECK_INT("answered", answer.times, 1);
    CHECK_INT("refused", answer.worst, GV_ERR_AUTHENTICATION);
    CHECK_INT("without a login", fleet[5].starts[FAKE_SSH], 2);
    fleet[5].err = GV_OK;
    gv_poller_resume(poller);
    fake_run(loop, 600000);
    CHECK("resumed", fleet[5].starts[FAKE_SSH] > 4);
    CHECK_INT("the others twice more", fleet[6].starts[FAKE_SSH], 4);
    fake_run(loop, 7LL * 3600 * 1000);
    CHECK_INT("once more after the pause", fleet[6].starts[FAKE_SSH], 5);
    gv_poller_free(poller);
}

/* A router that was replaced has another SNMP engine: the operator's reload takes it, by a
 * session that knows nothing of the old one. */
static void test_replaced(struct gv_loop *loop)
{
    struct gv_poller *poller;

    fake_reset(loop);
    fleet[1].err = GV_ERR_ENGINE_CHANGED;
    fleet[2].err = GV_ERR_TIMEOUT;
    poller = start(loop, 3, true, false);
    fake_run(loop, 300000);
    CHECK_INT("refused all the time", fleet[1].opens, 1);
    gv_poller_resume(poller);
    fleet[1].err = GV_OK;
    fake_run(loop, 300000);
    CHECK_INT("a new session", fleet[1].opens, 2);
    CHECK_INT("not for others", fleet[0].opens + fleet[2].opens, 2);
    gv_poller_free(poller);
    CHECK_INT("closed", sessions_open, 0);
}

static void test_policy(struct gv_loop *loop)
{
    static const struct gv_poller_policy narrow = {
        .budgets = {{.in_flight = 1}, {.in_flight = 1, .logins_per_minute = 6000}},
        .backoff_most = {60000},
    };
    struct gv_poller *poller;

    fake_reset(loop);
    poller = start(loop, 50, true, false);
    gv_poller_set_policy(poller, &narrow);
    fake_run(loop, 120000);
    CHECK_INT("one at once", in_flight_most[FAKE_SNMP], 1);
    CHECK_INT("all polled", gv_poller_stats(poller).unpolled, 0);
    CHECK("counted", gv_poller_stats(poller).polls >= 90);
    gv_poller_free(poller);
}

/* A single round: each target once, however long the round takes, though its interval passes.
 */
static void test_when_asked(struct gv_loop *loop)
{
    struct gv_poller_policy once = policy;
    struct answer answer = {0};
    struct gv_poller *poller;

    fake_reset(loop);
    fleet[1].latency_ms = 200000;
    once.when_asked = true;
    poller = gv_poller_new(loop, NULL, fake_transports, FAKE_KINDS, &once, 7);
    for (unsigned i = 0; i < 2; i++)
        fake_configure(&config, i, i, true, false, 60);
    CHECK_INT("targets", gv_poller_set_targets(poller, config.polls, 2), GV_OK);
    fake_run(loop, 200000);
    CHECK_INT("nothing by the clock", fleet[0].starts[FAKE_SNMP], 0);
    CHECK_INT("asks", gv_poller_poll_now(poller, "d0", on_answer, &answer), GV_OK);
    CHECK_INT("asks", gv_poller_poll_now(poller, "d1", on_answer, &answer), GV_OK);
    fake_run(loop, 600000);
    CHECK_INT("both answered", answer.times, 2);
    CHECK_INT("the quick one once", fleet[0].starts[FAKE_SNMP], 1);
    CHECK_INT("the slow one once", fleet[1].starts[FAKE_SNMP], 1);
    gv_poller_free(poller);
}

int main(void)
{
    struct gv_loop *loop = gv_loop_new();

    gv_log_setup(GV_LOG_ERROR, GV_LOG_LOGFMT);
    test_turns(loop);
    test_backoff(loop);
    test_busy(loop);
    test_hung(loop);
    test_single_flight(loop);
    test_record(loop);
    test_hint(loop);
    test_hint_flood(loop);
    test_reload_inside(loop);
    test_cancel_everywhere(loop);
    test_pace(loop);
    test_refused(loop);
    test_replaced(loop);
    test_policy(loop);
    test_when_asked(loop);
    gv_loop_free(loop);
    return check_end();
}
