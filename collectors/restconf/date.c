/* SPDX-License-Identifier: Apache-2.0 */
#include "restconf/codec.h"

enum { FIRST_YEAR = 1990, LAST_YEAR = 2199 };

/* `n` digits from *text on, which moves behind them and behind `mark` (0: none). */
static bool cut(struct gv_text *text, size_t n, char mark, uint32_t *out)
{
    size_t whole = n + (mark != 0);

    if (text->n < whole || (mark != 0 && text->at[n] != mark) ||
        !gv_text_u32(gv_text_head(*text, n), out))
        return false;
    *text = gv_text_from(*text, whole);
    return true;
}

/* Days from 1970-01-01 to that date of the Gregorian calendar; March begins the year that
 * is counted, so that the leap day is its last. */
static int64_t days_of(uint32_t year, uint32_t month, uint32_t day)
{
    int64_t y = month > 2 ? year : (int64_t)year - 1;
    int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

/* ".123456": up to three digits count. */
static int64_t fraction_ms(struct gv_text *text)
{
    int64_t ms = 0, unit = 100;
    size_t n = 1;

    if (text->n == 0 || text->at[0] != '.')
        return 0;
    for (; n < text->n && text->at[n] >= '0' && text->at[n] <= '9'; n++, unit /= 10)
        ms += (text->at[n] - '0') * unit;
    *text = gv_text_from(*text, n);
    return ms;
}

/* "Z", "+01:00", "-00:00": minutes east. */
static bool zone(struct gv_text text, int64_t *minutes)
{
    uint32_t h, m;
    bool west = text.n > 0 && text.at[0] == '-';

    *minutes = 0;
    if (gv_text_is(text, "Z"))
        return true;
    if (text.n != 6 || (text.at[0] != '+' && !west))
        return false;
    text = gv_text_from(text, 1);
    if (!cut(&text, 2, ':', &h) || !cut(&text, 2, 0, &m) || h > 14 || m > 59)
        return false;
    *minutes = ((int64_t)h * 60 + m) * (west ? -1 : 1);
    return true;
}

bool gv_restconf_date(struct gv_text text, int64_t *unix_ms)
{
    uint32_t year, month, day, h, m, s;
    int64_t ms, minutes;

    if (!cut(&text, 4, '-', &year) || !cut(&text, 2, '-', &month) || !cut(&text, 2, 'T', &day))
        return false;
    if (!cut(&text, 2, ':', &h) || !cut(&text, 2, ':', &m) || !cut(&text, 2, 0, &s))
        return false;
    ms = fraction_ms(&text);
    if (!zone(text, &minutes) || year < FIRST_YEAR || year > LAST_YEAR || month < 1 ||
        month > 12 || day < 1 || day > 31 || h > 23 || m > 59 || s > 60)
        return false;
    *unix_ms =
        ((days_of(year, month, day) * 24 + h) * 60 + m - minutes) * 60000 + s * 1000 + ms;
    return true;
}
