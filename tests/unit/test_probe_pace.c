/* SPDX-License-Identifier: Apache-2.0 */
/* When a probe registers: the floor, the interval, the one exception, the pauses. */
#include "check.h"
#include "probes/pace.h"

static struct gv_time at(int64_t s)
{
    return (struct gv_time){s * 1000};
}

static bool within(struct gv_time t, int64_t from_s, int64_t to_s)
{
    return t.ms >= from_s * 1000 && t.ms <= to_s * 1000;
}

static struct gv_probe_pace pace_of(uint64_t key)
{
    return (struct gv_probe_pace){.interval = gv_secs(3600), .key = key * 0x9e3779b97f4a7c15u};
}

/* Each of a hundred probes, so that no bound is met by luck. */
static void test_interval(void)
{
    int64_t earliest = INT64_MAX, latest = 0;

    for (uint64_t key = 1; key <= 100; key++) {
        struct gv_probe_pace pace = pace_of(key);
        struct gv_time expiry = at(100000), due;

        CHECK("the first within a minute",
              within(gv_probe_pace_due(&pace, at(1000)), 1000, 1060));
        gv_probe_pace_began(&pace, at(1000));
        gv_probe_pace_registered(&pace, &expiry, at(1001));
        due = gv_probe_pace_due(&pace, at(1000));
        CHECK("an hour, a fifth more or less", within(due, 1000 + 2880, 1000 + 4320));
        CHECK_INT("asked again, the same", gv_probe_pace_due(&pace, at(1000)).ms, due.ms);
        earliest = due.ms < earliest ? due.ms : earliest;
        latest = due.ms > latest ? due.ms : latest;
    }
    CHECK("spread", latest - earliest > 1000 * 1000);
}

static void test_floor(void)
{
    for (uint64_t key = 1; key <= 100; key++) {
        struct gv_probe_pace pace = pace_of(key);

        pace.interval = gv_secs(GV_PROBE_FLOOR_S);
        gv_probe_pace_began(&pace, at(0));
        gv_probe_pace_registered(&pace, NULL, at(1));
        CHECK("never under the floor", within(gv_probe_pace_due(&pace, at(0)), 300, 360));
    }
}

static void test_window(void)
{
    for (uint64_t key = 1; key <= 100; key++) {
        struct gv_probe_pace pace = pace_of(key);
        struct gv_time expiry = at(1500), fresh = at(3500), due;

        gv_probe_pace_began(&pace, at(0));
        gv_probe_pace_registered(&pace, &expiry, at(1));
        due = gv_probe_pace_due(&pace, at(0));
        CHECK("in the KEK's window", within(due, 1500 - 190, 1500 - 40));
        CHECK("not before it", !gv_probe_pace_in_window(&pace, at(1309)));
        CHECK("then", gv_probe_pace_in_window(&pace, due));
        gv_probe_pace_began(&pace, due);
        gv_probe_pace_registered(&pace, &expiry, due);
        CHECK("the same KEK: once only",
              !gv_probe_pace_in_window(&pace, at(1499)) &&
                  gv_probe_pace_due(&pace, at(0)).ms >= due.ms + 2880 * 1000);
        gv_probe_pace_kek(&pace, &fresh);
        CHECK("another KEK has a window of its own",
              within(gv_probe_pace_due(&pace, at(0)), 3500 - 190, 3500 - 40));
    }
}

static void test_rekeyed_in_time(void)
{
    struct gv_probe_pace pace = pace_of(7);
    struct gv_time expiry = at(1500), fresh = at(4900);

    gv_probe_pace_began(&pace, at(0));
    gv_probe_pace_registered(&pace, &expiry, at(1));
    gv_probe_pace_kek(&pace, &fresh);
    CHECK("no registration for a KEK that was replaced",
          gv_probe_pace_due(&pace, at(0)).ms >= 2880 * 1000);
}

static void test_failures(void)
{
    static const int64_t pauses_s[] = {7200, 14400, 21600, 21600};
    struct gv_probe_pace pace = pace_of(3);
    struct gv_time expiry = at(1 << 30);

    gv_probe_pace_began(&pace, at(0));
    for (size_t i = 0; i < sizeof(pauses_s) / sizeof(pauses_s[0]); i++) {
        gv_probe_pace_failed(&pace, false);
        CHECK("twice as long for each", within(gv_probe_pace_due(&pace, at(0)),
                                               pauses_s[i] * 4 / 5, pauses_s[i] * 6 / 5));
    }
    gv_probe_pace_registered(&pace, &expiry, at(1));
    CHECK("well again", within(gv_probe_pace_due(&pace, at(0)), 2880, 4320));
    gv_probe_pace_failed(&pace, true);
    CHECK("refused: six hours", within(gv_probe_pace_due(&pace, at(0)), 17280, 25920));
}

/* Whatever happens, no more than the floor and one exception for each KEK allow. */
static void test_budget(void)
{
    for (uint64_t key = 1; key <= 50; key++) {
        struct gv_probe_pace pace = pace_of(key);
        int64_t now = 0, last = -1000, under_floor = 0, keks = 0;

        pace.interval = gv_secs(GV_PROBE_FLOOR_S);
        for (int i = 0; i < 500; i++) {
            struct gv_time expiry = at(now + 200 + (int64_t)(key * 37 % 900));

            now = gv_probe_pace_due(&pace, at(0)).ms / 1000 + 1;
            under_floor += now - last < GV_PROBE_FLOOR_S;
            gv_probe_pace_began(&pace, at(now));
            if (i % 7 == 3)
                gv_probe_pace_failed(&pace, i % 2 == 0);
            else
                gv_probe_pace_registered(&pace, &expiry, at(now));
            keks += i % 7 != 3;
            last = now;
        }
        CHECK("at most one exception a KEK", under_floor <= keks);
    }
}

int main(void)
{
    test_interval();
    test_floor();
    test_window();
    test_rekeyed_in_time();
    test_failures();
    test_budget();
    return check_end();
}
