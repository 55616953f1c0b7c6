/* SPDX-License-Identifier: Apache-2.0 */
/* The poller with thousands of devices: spread, mass outage, mass recovery,
 * reload storms. */
#include "fake_fleet.h"
#include "io/log.h"
#include "poller/schedule.h"
#include "virtual.h"

static const struct gv_poller_policy policy = {
    .budgets = {{.in_flight = 2000}, {.in_flight = 10, .logins_per_minute = 60}},
    .backoff_most = {300000},
};

static struct fake_config config;

static struct gv_poller *start(struct gv_loop *loop, unsigned count)
{
    struct gv_poller *poller =
        gv_poller_new(loop, NULL, fake_transports, FAKE_KINDS, &policy, 11);

    for (unsigned i = 0; i < count; i++)
        fake_configure(&config, i, i, true, false, 60);
    CHECK_INT("targets", gv_poller_set_targets(poller, config.polls, count), GV_OK);
    return poller;
}

static void check_spread(const char *row, size_t from)
{
    unsigned most = most_of(starts_in, from, 60), sum = sum_of(starts_in, from, 60);

    CHECK(row, most * 60 <= sum * 2);
    CHECK(row, sum > 0);
}

static void test_spread(struct gv_loop *loop)
{
    struct gv_poller *poller;
    unsigned least = UINT32_MAX, most = 0;

    fake_reset(loop);
    poller = start(loop, 5000);
    fake_run(loop, 600500);
    check_spread("first minute", 0);
    check_spread("fifth minute", 240);
    check_spread("last minute", 540);
    CHECK_INT("one request to a device", overlaps, 0);
    CHECK("few at once", in_flight_most[FAKE_SNMP] < 40);
    for (unsigned i = 0; i < 5000; i++) {
        least = fleet[i].starts[FAKE_SNMP] < least ? fleet[i].starts[FAKE_SNMP] : least;
        most = fleet[i].starts[FAKE_SNMP] > most ? fleet[i].starts[FAKE_SNMP] : most;
    }
    CHECK("each in each interval", least >= 9 && most <= 11);
    gv_poller_free(poller);
}

/* All unreachable (6 s to find out) from minute 5 to 25, then all back. */
static void test_outage(struct gv_loop *loop)
{
    struct gv_poller *poller;
    int64_t delay_most = 0;

    fake_reset(loop);
    poller = start(loop, 10000);
    fake_run(loop, 300000);
    for (unsigned i = 0; i < 10000; i++) {
        fleet[i].latency_ms = 6000;
        fleet[i].err = GV_ERR_TIMEOUT;
    }
    for (int s = 0; s < 1200; s++) {
        int64_t delay;

        fake_run(loop, 1000);
        delay = gv_poller_stats(poller).queue_delay.ms;
        delay_most = delay > delay_most ? delay : delay_most;
    }
    CHECK("lag under a second", delay_most < 1000);
    CHECK("in flight within the budget", in_flight_most[FAKE_SNMP] <= 2000);
    CHECK("backs off", sum_of(starts_in, 1440, 60) < 3000);
    for (unsigned i = 0; i < 10000; i++) {
        fleet[i].latency_ms = 100;
        fleet[i].err = GV_OK;
    }
    fake_run(loop, 420000);
    for (unsigned i = 0; i < 10000; i++)
        CHECK("fresh again", fleet[i].fed == GV_OK);
    CHECK("no rush", most_of(starts_in, 1500, 420) <= 2 * 10000 / 60);
    check_spread("spread as before", 1860);
    gv_poller_free(poller);
}

/* The host sleeps for an hour: then all are late, and none may rush. */
static void test_sleep(struct gv_loop *loop)
{
    struct gv_poller *poller;

    fake_reset(loop);
    poller = start(loop, 5000);
    fake_run(loop, 120000);
    gv_virtual_sleep(loop, gv_secs(3600));
    for (unsigned i = 0; i < 5000; i++)
        fleet[i].feeds = 0;
    fake_run(loop, 66000);
    for (unsigned i = 0; i < 5000; i++)
        CHECK("polled once more", fleet[i].feeds >= 1 && fleet[i].feeds <= 2);
    check_spread("the first minute awake", 3720);
    CHECK("no rush", most_of(starts_in, 3720, 60) <= 2 * 5000 / 60);
    gv_poller_free(poller);
}

/* A thousand reloads in ten seconds, each with another half of the fleet. */
static void test_reload_storm(struct gv_loop *loop)
{
    struct gv_poller *poller;
    uint64_t seed = 5;
    unsigned opens = 0;

    fake_reset(loop);
    poller = start(loop, 2000);
    fake_run(loop, 120000);
    for (int reload = 0; reload < 1000; reload++) {
        size_t count = 0;

        seed = gv_schedule_mix(seed + 1);
        for (unsigned i = 0; i < 2000; i++)
            if (i < 1000 || (gv_schedule_mix(seed + i) & 1) != 0)
                fake_configure(&config, count++, i, true, false, 60);
        CHECK_INT("reload", gv_poller_set_targets(poller, config.polls, count), GV_OK);
        fake_run(loop, 10);
    }
    for (unsigned i = 0; i < 2000; i++)
        fake_configure(&config, i, i, true, false, 60);
    CHECK_INT("last wins", gv_poller_set_targets(poller, config.polls, 2000), GV_OK);
    for (unsigned i = 0; i < 2000; i++)
        fleet[i].feeds = 0;
    fake_run(loop, 65000);
    for (unsigned i = 0; i < 2000; i++)
        CHECK("none lost", fleet[i].feeds >= 1 && fleet[i].feeds <= 2);
    for (unsigned i = 0; i < 1000; i++)
        opens += fleet[i].opens;
    CHECK_INT("who stays keeps the session", opens, 1000);
    CHECK_INT("one request to a device", overlaps, 0);
    CHECK_INT("no session too many", sessions_open <= 2000, 1);
    gv_poller_free(poller);
    CHECK_INT("closed", sessions_open, 0);
}

static void test_changed(struct gv_loop *loop)
{
    struct gv_poller *poller;

    fake_reset(loop);
    poller = start(loop, 3);
    fake_run(loop, 120000);
    config.polls[1].interval = gv_secs(10);
    config.targets[2].snmp_port = 1161;
    CHECK_INT("reload", gv_poller_set_targets(poller, config.polls, 3), GV_OK);
    fake_run(loop, 120000);
    CHECK_INT("unchanged", fleet[0].opens, 1);
    CHECK_INT("other interval", fleet[1].opens, 2);
    CHECK("polled more often", fleet[1].starts[FAKE_SNMP] >= 12);
    CHECK_INT("other port", fleet[2].opens, 2);
    gv_poller_free(poller);
}

int main(void)
{
    struct gv_loop *loop = gv_loop_new();

    gv_log_setup(GV_LOG_ERROR, GV_LOG_LOGFMT);
    test_spread(loop);
    test_outage(loop);
    test_sleep(loop);
    test_reload_storm(loop);
    test_changed(loop);
    gv_loop_free(loop);
    return check_end();
}
