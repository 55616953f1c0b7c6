/* SPDX-License-Identifier: Apache-2.0 */
/* What registrations cost key servers, and what is written down of it. */
#include "check.h"
#include "gdoi/endpoint.h"
#include "probes/budget.h"
#include "probes/pace.h"
#include "probes/state_clock.h"

static struct gv_time at(int64_t s)
{
    return (struct gv_time){s * 1000};
}

static struct gv_probe_server *server(struct gv_probe_budget *budget, const char *address)
{
    struct gdoi_endpoint e;

    CHECK(address, gdoi_endpoint_read(address, 848, &e));
    return gv_probe_budget_server(budget, &e);
}

static int64_t allows(const struct gv_probe_budget *budget, const struct gv_probe_server *s,
                      int64_t due_s, bool exception)
{
    return gv_probe_budget_allows(budget, s, at(due_s), exception).ms / 1000;
}

static void test_floors(void)
{
    struct gv_probe_budget budget = {.servers = NULL};
    struct gv_probe_server *a = server(&budget, "192.0.2.1"), *b = server(&budget, "192.0.2.2");

    CHECK("one each", a != b && server(&budget, "192.0.2.1:848") == a);
    CHECK_INT("at once", allows(&budget, a, 1000, false), 1000);
    gv_probe_budget_began(&budget, a, false, at(1000));
    CHECK_INT("300 s", allows(&budget, a, 1001, false), 1300);
    CHECK_INT("later is fine", allows(&budget, a, 1400, false), 1400);
    CHECK_INT("elsewhere: 10 s", allows(&budget, b, 1001, false), 1010);
    CHECK_INT("the exception", allows(&budget, a, 1100, true), 1100);
    CHECK_INT("10 s holds for it as well", allows(&budget, a, 1001, true), 1010);
    gv_probe_budget_began(&budget, a, true, at(1100));
    CHECK_INT("one exception in 300 s", allows(&budget, a, 1150, true), 1400);
    CHECK_INT("and it counts", allows(&budget, a, 1350, false), 1400);
    gv_probe_budget_clear(&budget);
}

static void test_written(void)
{
    struct gv_probe_budget budget = {.servers = NULL}, later = {.servers = NULL};
    struct gv_buf text = gv_buf(4096);
    struct gv_probe_server *s;

    gv_probe_budget_began(&budget, server(&budget, "192.0.2.1"), false, at(1000));
    gv_probe_budget_began(&budget, server(&budget, "[2001:db8::1]:8480"), false, at(2000));
    gv_probe_budget_began(&budget, server(&budget, "192.0.2.9"), false, at(-200000));
    (void)server(&budget, "192.0.2.2"); /* never asked */
    gv_probe_budget_text(&budget, at(2500), 1700000000, &text);
    CHECK_STR("a line each, none of two days ago", text.at,
              "[2001:db8::1]:8480 1699999500\n192.0.2.1:848 1699998500\n");
    CHECK_INT(
        "read",
        gv_probe_budget_read(&later, (struct gv_text){text.at, text.n}, at(50), 1700000100),
        GV_OK);
    s = server(&later, "192.0.2.1");
    CHECK("asked 1,600 s ago, to the second's end",
          s->attempted && s->last.ms == (50 - 1600 + 1) * 1000);
    CHECK_INT("and anywhere", later.last.ms, (50 - 600 + 1) * 1000);
    CHECK("others were not", !server(&later, "192.0.2.2")->attempted);
    gv_probe_budget_clear(&budget);
    gv_probe_budget_clear(&later);
    gv_buf_clear(&text);
}

static void test_odd_lines(void)
{
    static const struct {
        const char *row, *text;
        bool attempted;
        int64_t last_s;
    } rows[] = {
        {"good", "192.0.2.1:848 900\n", true, 1000 - 100 + 1},
        {"in the future", "192.0.2.1:848 99999999999\n", true, 1000},
        {"before everything", "192.0.2.1:848 0\n", true, 1000 - 1000 + 1},
        {"beyond all time", "192.0.2.1:848 18446744073709551615\n", false, 0},
        {"no number", "192.0.2.1:848 soon\n", false, 0},
        {"no address", "here 900\n", false, 0},
        {"a long one",
         "1111111111111111111111111111111111111111111111111111111111111111111 1\n", false, 0},
        {"nothing", "", false, 0},
        {"a word", "192.0.2.1:848\n", false, 0},
        {"behind another", "x\n\n192.0.2.1:848 900\n", true, 1000 - 100 + 1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_probe_budget budget = {.servers = NULL};
        struct gv_probe_server *s;

        CHECK_INT(rows[i].row,
                  gv_probe_budget_read(&budget, gv_text(rows[i].text), at(1000), 1000), GV_OK);
        s = server(&budget, "192.0.2.1");
        CHECK(rows[i].row, s->attempted == rows[i].attempted);
        CHECK_INT(rows[i].row, s->last.ms, rows[i].last_s * 1000);
        gv_probe_budget_clear(&budget);
    }
}

static void test_unreadable(void)
{
    struct gv_probe_budget budget = {.servers = NULL};

    gv_probe_budget_unreadable(&budget, at(500));
    CHECK_INT("whoever it is was just asked",
              allows(&budget, server(&budget, "192.0.2.1"), 501, false), 800);
    gv_probe_budget_clear(&budget);
}

/* The boot clock tells what has passed, whatever became of the wall clock. */
static void test_clock(void)
{
    struct gv_buf text = gv_buf(4096);
    struct gv_text written;

    gv_state_clock_text(at(1000), 1700000000, &text);
    written = (struct gv_text){text.at, text.n};
    CHECK_INT("an hour later, the clock stepped", gv_state_clock_read(written, at(4600), 9),
              1700003600);
    CHECK_INT("a boot clock that ran back is no clock",
              gv_state_clock_read(written, at(999), 1700000007), 1700000007);
    CHECK_INT("another boot",
              gv_state_clock_read(
                  gv_text("clock 00000000-0000-0000-0000-000000000000 1000 1700000000\n"),
                  at(4600), 17),
              17);
    CHECK_INT("no line", gv_state_clock_read(gv_text("clock\n192.0.2.1:848 5\n"), at(1), 17),
              17);
    gv_buf_clear(&text);
}

/* ---- the pause of a probe ---- */

static void test_pace(void)
{
    struct gv_probe_pace pace = {.interval = gv_secs(3600), .key = 77}, read = pace;
    struct gv_buf text = gv_buf(4096);
    int64_t written = 0;

    gv_probe_pace_began(&pace, at(100));
    gv_probe_pace_text(&pace, 5, &text);
    CHECK_INT("well: nothing to write", text.n, 0);
    gv_probe_pace_failed(&pace, false);
    gv_probe_pace_failed(&pace, true);
    gv_probe_pace_text(&pace, 1700000000, &text);
    CHECK_STR("a line", text.at, "probe 77 2 refused 1700000000\n");
    CHECK("read",
          gv_probe_pace_read(gv_text("probe 77 2 refused 1700000000"), &read, &written));
    CHECK("as it was", read.attempted && read.failures == 2 && read.refused);
    CHECK_INT("when", written, 1700000000);
    gv_buf_clear(&text);
}

static void test_pace_lines(void)
{
    static const struct {
        const char *line;
        bool taken;
    } rows[] = {{"probe 77 1 silent 5", true},
                {"probe 77 4294967296 silent 5", true},
                {"probe 78 1 silent 5", false},
                {"probe 77 1 silent", false},
                {"probe 77 x silent 5", false},
                {"probe 77", false},
                {"probe", false},
                {"", false},
                {"192.0.2.1:848 5", false},
                {"probe 77 1 silent 18446744073709551615", false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_probe_pace pace = {.interval = gv_secs(3600), .key = 77};
        int64_t written;

        CHECK(rows[i].line,
              gv_probe_pace_read(gv_text(rows[i].line), &pace, &written) == rows[i].taken);
        CHECK(rows[i].line, pace.attempted == rows[i].taken && pace.failures <= 32);
    }
}

int main(void)
{
    test_floors();
    test_written();
    test_odd_lines();
    test_unreadable();
    test_clock();
    test_pace();
    test_pace_lines();
    return check_end();
}
