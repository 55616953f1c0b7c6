/* SPDX-License-Identifier: Apache-2.0 */
#include "render/label.h"

#include <stdbool.h>
#include <string.h>

enum { UNIT_MOST = 4 }; /* a UTF-8 character, or \xNN */

/* The lead octets of UTF-8 and the range of the octet that follows (RFC 3629,
 * chapter 4): neither overlong forms nor surrogates, and no C1 control. */
static const struct {
    unsigned char lead_from, lead_to, next_from, next_to;
    unsigned char octets;
} utf8_rows[] = {
    {0xc2, 0xc2, 0xa0, 0xbf, 2}, {0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool shown_as_is(unsigned char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n';
}

static bool continues(struct gv_text t, size_t octets)
{
    for (size_t i = 2; i < octets; i++)
        if (((unsigned char)t.at[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* Octets of the valid, printable character that `t` begins with; 0: none. */
static size_t character(struct gv_text t)
{
    unsigned char lead = (unsigned char)t.at[0];

    if (shown_as_is(lead))
        return 1;
    for (size_t i = 0; i < sizeof(utf8_rows) / sizeof(utf8_rows[0]); i++) {
        size_t octets = utf8_rows[i].octets;

        if (lead < utf8_rows[i].lead_from || lead > utf8_rows[i].lead_to)
            continue;
        if (t.n < octets || (unsigned char)t.at[1] < utf8_rows[i].next_from ||
            (unsigned char)t.at[1] > utf8_rows[i].next_to)
            return 0;
        return continues(t, octets) ? octets : 0;
    }
    return 0;
}

/* Cut the next character off *rest, as it is shown; octets written to `to`. */
static size_t next_unit(struct gv_text *rest, char to[UNIT_MOST])
{
    static const char digit[] = "0123456789ABCDEF";
    size_t n = character(*rest);
    unsigned char octet = (unsigned char)rest->at[0];

    if (n > 0) {
        memcpy(to, rest->at, n);
        *rest = gv_text_from(*rest, n);
        return n;
    }
    to[0] = '\\';
    to[1] = 'x';
    to[2] = digit[octet >> 4];
    to[3] = digit[octet & 15];
    *rest = gv_text_from(*rest, 1);
    return UNIT_MOST;
}

void gv_visible_add(struct gv_buf *out, struct gv_text t)
{
    while (t.n > 0) {
        char unit[UNIT_MOST];
        size_t n = next_unit(&t, unit);

        gv_buf_add(out, unit, n);
    }
}

/* Printable ASCII that no format escapes: nearly every octet of every label. */
static bool plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '\\' && c != '"';
}

/* Is every octet of the eight plain? Each test leaves its answer in the octets' high bits
 * (Hacker's Delight, 6-1). */
static bool eight_plain(const char *s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t w, quote, backslash;

    memcpy(&w, s, sizeof(w));
    quote = w ^ ones * '"';
    backslash = w ^ ones * '\\';
    return ((w | (w + ones) | ((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) |
             ((backslash - ones) & ~backslash)) &
            high) == 0;
}

static size_t escape_unit(const char *unit, size_t n, char *to)
{
    size_t written = 0;

    for (size_t i = 0; i < n; i++) {
        if (unit[i] == '\\' || unit[i] == '"' || unit[i] == '\n')
            to[written++] = '\\';
        to[written++] = (char)(unit[i] == '\n' ? 'n' : unit[i]);
    }
    return written;
}

size_t gv_label_escape(const char *s, char *to)
{
    size_t n = strlen(s), shown = 0, written = 0;
    struct gv_text rest;

    if (n > GV_LABEL_MOST)
        n = GV_LABEL_MOST;
    for (; shown + 8 <= n && eight_plain(s + shown); shown += 8)
        memcpy(to + shown, s + shown, 8);
    while (shown < n && plain(s[shown])) {
        to[shown] = s[shown];
        shown++;
    }
    if (s[shown] == '\0')
        return shown;
    written = shown;
    rest = gv_text(s + shown);
    while (rest.n > 0) {
        char unit[UNIT_MOST];
        size_t unit_n = next_unit(&rest, unit);

        if (shown + unit_n > GV_LABEL_MOST)
            break;
        shown += unit_n;
        written += escape_unit(unit, unit_n, to + written);
    }
    return written;
}
