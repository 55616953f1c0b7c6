/* SPDX-License-Identifier: Apache-2.0 */
#include "events/stamp.h"

#include <string.h>

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };

/* What stands before a month and is none of these is a sequence number. */
enum { YEAR_FIRST = 1993, YEAR_LAST = 2199 };

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Names that mean one offset only. `clock timezone` takes any name, so others may occur. */
static const struct zone {
    const char *name;
    int minutes;
} zones[] = {
    {"Z", 0},      {"UTC", 0},    {"GMT", 0},    {"WET", 0},    {"WEST", 60},  {"CET", 60},
    {"MET", 60},   {"CEST", 120}, {"MEST", 120}, {"EET", 120},  {"EEST", 180}, {"MSK", 180},
    {"JST", 540},  {"KST", 540},  {"AEST", 600}, {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780},
    {"EST", -300}, {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360},
    {"PST", -480}, {"PDT", -420},
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void skip(struct gv_text *t, size_t n)
{
    *t = gv_text_from(*t, n);
}

static void skip_blanks(struct gv_text *t)
{
    while (t->n > 0 && (t->at[0] == ' ' || t->at[0] == '\t'))
        skip(t, 1);
}

static bool take_char(struct gv_text *t, char c)
{
    if (t->n == 0 || t->at[0] != c)
        return false;
    skip(t, 1);
    return true;
}

/* From `least` to `most` digits as a number up to `top`. */
static bool take_number(struct gv_text *t, size_t least, size_t most, uint32_t top,
                        uint32_t *out)
{
    size_t n = 0;

    while (n < t->n && n <= most && digit(t->at[n]))
        n++;
    if (n < least || n > most || !gv_text_u32(gv_text_head(*t, n), out) || *out > top)
        return false;
    skip(t, n);
    return true;
}

/* ".123456": what is finer than a millisecond is cut. */
static void take_fraction(struct gv_text *t, int64_t *ms, bool *fine)
{
    int64_t unit = 100;

    if (t->n < 2 || (t->at[0] != '.' && t->at[0] != ',') || !digit(t->at[1]))
        return;
    *fine = true;
    for (skip(t, 1); t->n > 0 && digit(t->at[0]); skip(t, 1), unit /= 10)
        *ms += (t->at[0] - '0') * unit;
}

/* "10:00:00[.123]". A leap second counts as the one before it. */
static bool take_clock(struct gv_text *t, int64_t *ms, bool *fine)
{
    uint32_t hour, minute, second;

    if (!take_number(t, 1, 2, 23, &hour) || !take_char(t, ':') ||
        !take_number(t, 2, 2, 59, &minute) || !take_char(t, ':') ||
        !take_number(t, 2, 2, 60, &second))
        return false;
    if (second == 60)
        second = 59;
    *ms = (int64_t)hour * HOUR_MS + (int64_t)minute * MINUTE_MS + (int64_t)second * 1000;
    take_fraction(t, ms, fine);
    return true;
}

/* "+01:00", "-0500", "+01". */
static bool take_offset(struct gv_text *rest, int64_t *ms)
{
    struct gv_text t = *rest;
    int64_t sign = t.n > 0 && t.at[0] == '-' ? -1 : 1;
    uint32_t hours, minutes = 0;

    if (!take_char(&t, '+') && !take_char(&t, '-'))
        return false;
    if (!take_number(&t, 2, 2, 14, &hours)) {
        uint32_t both;

        if (!take_number(&t, 4, 4, 1459, &both) || both % 100 > 59)
            return false;
        hours = both / 100;
        minutes = both % 100;
    } else if (take_char(&t, ':') && !take_number(&t, 2, 2, 59, &minutes)) {
        return false;
    }
    *ms -= sign * ((int64_t)hours * HOUR_MS + (int64_t)minutes * MINUTE_MS);
    *rest = t;
    return true;
}

static const struct zone *zone_find(struct gv_text name)
{
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
        if (gv_text_is(name, zones[i].name))
            return &zones[i];
    return NULL;
}

/* " CET", "Z". A name that is not known is taken for a zone only where the stamp is surely a
 * router's: after that of a syslog server comes the name of the host. */
static void take_zone(struct gv_text *rest, bool router, int64_t *ms)
{
    struct gv_text t = *rest;
    const struct zone *zone;
    size_t n = 0;

    skip_blanks(&t);
    while (n < t.n && letter(t.at[n]))
        n++;
    if (n == 0 || n > 7 || (n < t.n && t.at[n] != ':' && t.at[n] != ' ' && t.at[n] != '\t'))
        return;
    zone = zone_find(gv_text_head(t, n));
    if (zone == NULL && !(router && n < t.n && t.at[n] == ':'))
        return;
    if (zone != NULL)
        *ms -= (int64_t)zone->minutes * MINUTE_MS;
    skip(&t, n);
    *rest = t;
}

/* "2026-11-25T" or "2026-11-25 ". */
static bool take_iso_date(struct gv_text *t, struct gv_stamp *stamp)
{
    return take_number(t, 4, 4, 9999, &stamp->year) && take_char(t, '-') &&
           take_number(t, 2, 2, 12, &stamp->month) && take_char(t, '-') &&
           take_number(t, 2, 2, 31, &stamp->day) &&
           (take_char(t, 'T') || take_char(t, 't') || take_char(t, ' ')) && stamp->year > 0;
}

static bool take_year(struct gv_text *rest, uint32_t *year)
{
    struct gv_text t = *rest;

    if (!take_number(&t, 4, 4, YEAR_LAST, year) || *year < YEAR_FIRST || !take_char(&t, ' ')) {
        *year = 0;
        return false;
    }
    skip_blanks(&t);
    *rest = t;
    return true;
}

/* "Nov 25 ", "Nov 25 2026 ", "2026 Nov 25 ". */
static bool take_named_date(struct gv_text *t, struct gv_stamp *stamp)
{
    (void)take_year(t, &stamp->year);
    for (uint32_t i = 0; i < 12 && stamp->month == 0; i++)
        if (gv_text_starts(*t, months[i]))
            stamp->month = i + 1;
    if (stamp->month == 0)
        return false;
    skip(t, 3);
    if (t->n == 0 || t->at[0] != ' ')
        return false;
    skip_blanks(t);
    if (!take_number(t, 1, 2, 31, &stamp->day))
        return false;
    (void)take_char(t, ',');
    if (t->n == 0 || t->at[0] != ' ')
        return false;
    skip_blanks(t);
    if (stamp->year == 0)
        (void)take_year(t, &stamp->year);
    return true;
}

bool gv_stamp_read(struct gv_text *rest, struct gv_stamp *stamp)
{
    struct gv_text t = *rest, iso;
    struct gv_stamp found = {.known = true};
    bool marked = t.n > 0 && (t.at[0] == '*' || t.at[0] == '.'), fine = false;

    found.unset = take_char(&t, '*');
    (void)take_char(&t, '.');
    iso = t;
    if (take_iso_date(&iso, &found)) {
        t = iso;
    } else {
        found = (struct gv_stamp){.known = true, .unset = found.unset};
        if (!take_named_date(&t, &found))
            return false;
    }
    if (!take_clock(&t, &found.ms, &fine) || found.month == 0 || found.day == 0)
        return false;
    if (!take_offset(&t, &found.ms))
        take_zone(&t, marked || fine, &found.ms);
    (void)take_char(&t, ':');
    if (t.n > 0 && t.at[0] != ' ' && t.at[0] != '\t' && t.at[0] != '%')
        return false;
    *stamp = found;
    *rest = t;
    return true;
}

bool gv_stamp_skip_uptime(struct gv_text *rest)
{
    struct gv_text t = *rest;
    int64_t ms;
    bool fine;
    size_t n = 0;

    (void)(take_char(&t, '*') || take_char(&t, '.'));
    if (take_clock(&t, &ms, &fine) && take_char(&t, ':')) {
        *rest = t;
        return true;
    }
    t = *rest;
    while (n < t.n && (digit(t.at[n]) || (n > 0 && digit(t.at[n - 1]) && t.at[n] != ':' &&
                                          memchr("ywdhms", t.at[n], 6) != NULL)))
        n++;
    if (n < 2 || n == t.n || t.at[n] != ':' || digit(t.at[n - 1]))
        return false;
    *rest = gv_text_from(t, n + 1);
    return true;
}

static bool leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool day_exists(int64_t year, uint32_t month, uint32_t day)
{
    static const uint32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return day <= days[month - 1] + (month == 2 && leap(year) ? 1u : 0u);
}

/* Days from 1970-01-01: the year begins in March, so that the leap day is its last. */
static int64_t days_from_epoch(int64_t year, uint32_t month, uint32_t day)
{
    int64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + (int64_t)day - 1 - 719468;
}

static int64_t unix_ms(const struct gv_stamp *stamp, int64_t year)
{
    return days_from_epoch(year, stamp->month, stamp->day) * DAY_MS + stamp->ms;
}

bool gv_stamp_unix_ms(const struct gv_stamp *stamp, int64_t now_ms, int64_t *ms)
{
    int64_t year = (int64_t)(now_ms / DAY_MS * 400 / 146097) + 1971;

    if (!stamp->known)
        return false;
    if (stamp->year > 0) {
        if (!day_exists(stamp->year, stamp->month, stamp->day))
            return false;
        *ms = unix_ms(stamp, stamp->year);
        return true;
    }
    /* 29 February may be eight years back. */
    for (int back = 0; back < 12; back++, year--) {
        if (!day_exists(year, stamp->month, stamp->day) || unix_ms(stamp, year) > now_ms)
            continue;
        *ms = unix_ms(stamp, year);
        return true;
    }
    return false;
}
