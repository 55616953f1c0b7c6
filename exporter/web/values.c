/* SPDX-License-Identifier: Apache-2.0 */
#include "web/values.h"

#include <string.h>

enum { HASH_N = 60, SALT_AT = 7, COST_LEAST = 4, COST_MOST = 31 };

static const struct {
    const char *unit;
    uint64_t ns;
} units[] = {{"ns", 1},
             {"us", 1000},
             {"\xc2\xb5s", 1000}, /* micro sign */
             {"\xce\xbcs", 1000}, /* Greek mu */
             {"ms", 1000000},
             {"s", 1000000000},
             {"m", UINT64_C(60) * 1000000000},
             {"h", UINT64_C(3600) * 1000000000}};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The unit that `text` begins with, up to the next digit; its octets in *n. */
static uint64_t unit_of(struct gv_text text, size_t *n)
{
    *n = 0;
    while (*n < text.n && !is_digit(text.at[*n]) && text.at[*n] != '.')
        (*n)++;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (gv_text_is(gv_text_head(text, *n), units[i].unit))
            return units[i].ns;
    return 0;
}

/* Digits, perhaps with a fraction, as whole * scale + fraction of scale. */
static bool read_number(struct gv_text *text, uint64_t *whole, double *fraction)
{
    double place = 1;
    size_t n = 0, digits;

    while (n < text->n && is_digit(text->at[n]))
        n++;
    digits = n;
    *whole = 0;
    *fraction = 0;
    if (n > 0 && !gv_text_u64(gv_text_head(*text, n), whole))
        return false;
    if (n < text->n && text->at[n] == '.') {
        for (n++; n < text->n && is_digit(text->at[n]); n++) {
            place /= 10;
            *fraction += place * (text->at[n] - '0');
            digits++;
        }
    }
    *text = gv_text_from(*text, n);
    return digits > 0;
}

bool gv_web_duration_read(struct gv_text text, uint64_t *ns)
{
    uint64_t sum = 0;

    if (gv_text_is(text, "0")) {
        *ns = 0;
        return true;
    }
    if (text.n > 0 && text.at[0] == '+')
        text = gv_text_from(text, 1);
    if (text.n == 0)
        return false;
    while (text.n > 0) {
        uint64_t whole, unit, part;
        double fraction;
        size_t n;

        if (!read_number(&text, &whole, &fraction))
            return false;
        unit = unit_of(text, &n);
        if (unit == 0 || whole > INT64_MAX / unit)
            return false;
        text = gv_text_from(text, n);
        part = whole * unit + (uint64_t)(fraction * (double)unit + 0.5);
        if (part > INT64_MAX || sum > INT64_MAX - part)
            return false;
        sum += part;
    }
    *ns = sum;
    return true;
}

static bool is_hash_letter(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '/';
}

bool gv_web_hash_ok(const char *text, unsigned *cost)
{
    if (strlen(text) != HASH_N || memcmp(text, "$2", 2) != 0 ||
        (text[2] != 'a' && text[2] != 'b' && text[2] != 'y') || text[3] != '$' ||
        !is_digit(text[4]) || !is_digit(text[5]) || text[6] != '$')
        return false;
    for (size_t i = SALT_AT; i < HASH_N; i++)
        if (!is_hash_letter(text[i]))
            return false;
    *cost = (unsigned)(text[4] - '0') * 10 + (unsigned)(text[5] - '0');
    return *cost >= COST_LEAST && *cost <= COST_MOST;
}
