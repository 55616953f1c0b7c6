/* SPDX-License-Identifier: Apache-2.0 */
/* A log read again and again: each line is an event once, at an instant that can be. */
#include "poller/log_buffer.h"

#include <string.h>

#include "check.h"

enum { READINGS = 3, NOW_S = 1000 };
/* 2026-11-25 10:00:00 UTC; readings come a minute apart. */
static const int64_t noon_ms = 1795600800000;

#define AT(time, group)                                                                        \
    "Nov 25 " time ": %GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group " group             \
    " and was deleted\n"
#define STAR(time, group) "*" AT(time, group)
#define UPTIME(time, group)                                                                    \
    time ": %GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group " group " and was deleted\n"
#define BARE(group)                                                                            \
    "%GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group " group " and was deleted\n"

/* Events as "GROUP@SECONDS", after the first reading; "GROUP" where the instant is absent. */
static const struct row {
    const char *name;
    const char *logs[READINGS];
    const char *want[READINGS];
} rows[] = {
    {"each line once",
     {AT("09:59:50", "A"), AT("09:59:50", "A") AT("10:00:40", "B"),
      AT("09:59:50", "A") AT("10:00:40", "B")},
     {"A@-10 ", "B@40 ", ""}},
    {"what is no message of ours",
     {"Log Buffer (4096 bytes):\n\n" AT("09:59:50", "A"),
      "Log Buffer (4096 bytes):\nNov 25 10:00:30: %SYS-5-CONFIG_I: by vty\n" AT("09:59:50",
                                                                                "A"),
      ""},
     {"A@-10 ", "", ""}},
    {"two equal lines in one second",
     {AT("09:59:50", "A") AT("09:59:50", "A"),
      AT("09:59:50", "A") AT("09:59:50", "A") AT("10:00:30", "B") AT("10:00:30", "B"), ""},
     {"A@-10 A@-10 ", "B@30 B@30 ", ""}},
    {"the buffer wrapped",
     {AT("09:59:30", "A") AT("09:59:40", "B") AT("09:59:50", "C"),
      AT("09:59:50", "C") AT("10:00:40", "D"), AT("10:01:40", "E") AT("10:01:41", "F")},
     {"A@-30 B@-20 C@-10 ", "D@40 ", "E@100 F@101 "}},
    {"cleared, and empty for a while",
     {AT("09:59:50", "A"), "", AT("10:01:40", "B")},
     {"A@-10 ", "", "B@100 "}},
    {"a line that broke into the answer",
     {AT("09:59:40", "A") AT("09:59:59", "X") AT("09:59:50", "B"),
      AT("09:59:40", "A") AT("09:59:50", "B") AT("09:59:59", "X") AT("10:00:40", "C"), ""},
     {"A@-20 X@-1 B@-10 ", "C@40 ", ""}},
    {"no dates: only what came since, and only counted",
     {BARE("A") BARE("A"), BARE("A") BARE("A") BARE("A"), BARE("A") BARE("A") BARE("B")},
     {"", "A ", "B "}},
    {"time since boot",
     {UPTIME("1w2d", "A"), UPTIME("1w2d", "A") UPTIME("1w2d", "B"), UPTIME("00:00:09", "C")},
     {"", "B ", "C "}},
    {"a clock that was never set: only what came since",
     {"*" AT("00:00:50", "A"),
      "*" AT("00:00:50", "A") "*" AT("00:01:20", "B") "*" AT("00:01:30", "C"), ""},
     {"", "B@50 C@60 ", ""}},
    {"a clock ahead",
     {AT("10:30:00", "A") AT("10:30:20", "B"), "", ""},
     {"A@-20 B@0 ", "", ""}},
    {"a clock behind: it shows with the first line that is new",
     {AT("05:59:50", "A"), AT("05:59:50", "A") AT("06:00:20", "B") AT("06:00:40", "C"),
      AT("06:00:40", "C") AT("06:01:30", "D")},
     {"A@-14410 ", "B@40 C@60 ", "D@110 "}},
    {"with a year, and with a zone",
     {"Nov 25 2026 10:00:00.000 UTC: %GDOI-5-SA_KEK_UPDATED: SA KEK was updated\n", "", ""},
     {"@0 ", "", ""}},
    {"as good as nothing", {"\n\n%GDOI\n%GDOI-5-\n: : :\n", "", ""}, {"", "", ""}},
};

static char told[4096];

static void on_event(void *arg, const struct gv_event *event)
{
    size_t n = strlen(told);

    (void)arg;
    CHECK("it is out of a log", event->logged);
    if (event->has & GV_EVENT_HAS_AT)
        (void)snprintf(told + n, sizeof(told) - n, "%s@%lld ", event->group,
                       (long long)(event->at.ms / 1000 - NOW_S));
    else
        (void)snprintf(told + n, sizeof(told) - n, "%s ", event->group);
}

static void feed(struct gv_log_buffer *buffer, const char *log, int reading)
{
    int64_t later_ms = gv_secs(60 * reading).ms;

    told[0] = '\0';
    gv_log_buffer_feed(
        buffer, gv_text(log),
        (struct gv_log_clock){{gv_secs(NOW_S).ms + later_ms}, noon_ms + later_ms}, on_event,
        NULL);
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_log_buffer buffer = {.count = 0};

        for (int k = 0; k < READINGS; k++) {
            feed(&buffer, rows[i].logs[k], k);
            CHECK_STR(rows[i].name, told, rows[i].want[k]);
        }
    }
}

/* A buffer with more lines than are remembered: the last ones count, and again only once. */
static void test_many(void)
{
    static char log[(GV_LOG_LINES + 100) * 128];
    struct gv_log_buffer buffer = {.count = 0};
    size_t n = 0;

    for (int i = 0; i < GV_LOG_LINES + 100; i++)
        n += (size_t)snprintf(log + n, sizeof(log) - n,
                              "%02d:%02d:%02d: %%GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for "
                              "group G%d and was deleted\n",
                              i / 3600, i / 60 % 60, i % 60, i);
    feed(&buffer, log, 0);
    CHECK_INT("remembered", buffer.count, GV_LOG_LINES);
    (void)snprintf(log + n, sizeof(log) - n, "%s", BARE("NEW"));
    feed(&buffer, log, 1);
    CHECK_STR("the one that came", told, "NEW ");
}

int main(void)
{
    test_rows();
    test_many();
    return check_end();
}
