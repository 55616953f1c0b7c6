/* SPDX-License-Identifier: Apache-2.0 */
#include "events/stamp.h"

#include "check.h"

/* 2026-11-25 21:00:00 UTC. */
static const int64_t now_ms = 1795640400000;

static const struct row {
    const char *name, *text;
    int64_t ms;       /* Unix milliseconds; -1: no stamp, -2: no such day */
    const char *rest; /* what stays behind it; NULL: not checked */
} rows[] = {
    {"RFC 3164", "Nov 25 10:00:00 gm1", 1795600800000, " gm1"},
    {"one digit of a day", "Nov  5 10:00:00", 1793872800000, ""},
    {"of IOS", "Nov 25 10:00:00.123: %X", 1795600800123, " %X"},
    {"never set", "*Mar  1 00:02:50.203: ", 1772323370203, " "},
    {"source lost", ".Nov 25 10:00:00.123: ", 1795600800123, " "},
    {"with a year", "Mar  1 2025 00:02:50.203: ", 1740787370203, " "},
    {"year first", "2025 Mar  1 00:02:50 UTC: ", 1740787370000, " "},
    {"with a comma", "Nov 25, 2026 10:00:00", 1795600800000, ""},
    {"known zone", "*Nov 25 11:00:00.000 CET: %X", 1795600800000, " %X"},
    {"west", "Nov 25 05:00:00.000 EST: ", 1795600800000, " "},
    {"a zone of their own", "Nov 25 10:00:00.000 HQ: ", 1795600800000, " "},
    {"a host, not a zone", "Nov 25 10:00:00 BERLIN: %X", 1795600800000, " BERLIN: %X"},
    {"a host without a colon", "Nov 25 10:00:00 BERLIN 45:", 1795600800000, " BERLIN 45:"},
    {"RFC 3339", "2026-11-25T10:00:00Z gm1", 1795600800000, " gm1"},
    {"microseconds", "2026-11-25T10:00:00.123456Z", 1795600800123, ""},
    {"offset", "2026-11-25T11:30:00+01:30 x", 1795600800000, " x"},
    {"offset without a colon", "2026-11-25T05:00:00-0500", 1795600800000, ""},
    {"with a blank", "2026-11-25 10:00:00,5 x", 1795600800500, " x"},
    {"leap second", "2026-11-25T10:00:60Z", 1795600859000, ""},
    {"later today is last year", "Nov 25 21:00:01 ", 1764104401000, NULL},
    {"this very moment", "Nov 25 21:00:00 ", 1795640400000, NULL},
    {"last December", "Dec 31 23:59:59 ", 1767225599000, NULL},
    {"leap day", "Feb 29 00:00:00 ", 1709164800000, NULL},
    {"no leap year", "Feb 29 2026 00:00:00 ", -2, NULL},
    {"no such day", "Apr 31 00:00:00 ", -2, NULL},
    {"day 0", "Nov  0 00:00:00 ", -1, NULL},
    {"no such hour", "Nov 25 24:00:00 ", -1, NULL},
    {"month 13", "2026-13-25T10:00:00Z", -1, NULL},
    {"month 0", "2026-00-25T10:00:00Z", -1, NULL},
    {"cut off", "Nov 25 10:00", -1, NULL},
    {"glued to more", "Nov 25 10:00:00x", -1, NULL},
    {"a word", "Novelty 5 10:00:00", -1, NULL},
    {"a sequence number", "1234 Nov 25 10:00:00", -1, NULL},
    {"nothing", "", -1, NULL},
};

static void check_stamps(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *r = &rows[i];
        struct gv_text rest = gv_text(r->text);
        struct gv_stamp stamp = {.known = false};
        int64_t ms = -2;

        CHECK_INT(r->name, gv_stamp_read(&rest, &stamp), r->ms != -1);
        if (r->ms == -1) {
            CHECK(r->name, rest.n == strlen(r->text));
            continue;
        }
        (void)gv_stamp_unix_ms(&stamp, now_ms, &ms);
        CHECK_INT(r->name, ms, r->ms);
        CHECK(r->name, r->rest == NULL || gv_text_is(rest, r->rest));
        CHECK_INT(r->name, stamp.unset, r->text[0] == '*');
    }
}

static void check_uptimes(void)
{
    static const struct {
        const char *text, *rest; /* rest NULL: none */
    } uptimes[] = {
        {"00:01:12: %X", " %X"},
        {"*00:01:12.345: %X", " %X"},
        {"1w2d: %X", " %X"},
        {"3d05h: %X", " %X"},
        {"2001:db8::1 x", NULL},
        {"10.1.13.2 x", NULL},
        {"45: x", NULL},
        {"gm1: x", NULL},
        {"00:01:12", NULL},
        {"d: x", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < sizeof(uptimes) / sizeof(uptimes[0]); i++) {
        struct gv_text rest = gv_text(uptimes[i].text);

        CHECK_INT(uptimes[i].text, gv_stamp_skip_uptime(&rest), uptimes[i].rest != NULL);
        CHECK(uptimes[i].text,
              gv_text_is(rest, uptimes[i].rest != NULL ? uptimes[i].rest : uptimes[i].text));
    }
}

int main(void)
{
    struct gv_stamp unknown = {.known = false};
    int64_t ms = 7;

    check_stamps();
    check_uptimes();
    CHECK("unknown", !gv_stamp_unix_ms(&unknown, now_ms, &ms) && ms == 7);
    return check_end();
}
