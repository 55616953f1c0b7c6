/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

struct gv_text gv_text(const char *s)
{
    return s ? (struct gv_text){s, strlen(s)} : (struct gv_text){"", 0};
}

struct gv_text gv_text_trim(struct gv_text t)
{
    while (t.n > 0 && blank(t.at[0])) {
        t.at++;
        t.n--;
    }
    while (t.n > 0 && blank(t.at[t.n - 1]))
        t.n--;
    return t;
}

bool gv_text_is(struct gv_text t, const char *s)
{
    return t.n == strlen(s) && memcmp(t.at, s, t.n) == 0;
}

bool gv_text_starts(struct gv_text t, const char *s)
{
    for (size_t i = 0; s[i] != '\0'; i++)
        if (i == t.n || lower(t.at[i]) != lower(s[i]))
            return false;
    return true;
}

bool gv_text_is_nocase(struct gv_text t, const char *s)
{
    return t.n == strlen(s) && gv_text_starts(t, s);
}

size_t gv_text_index(struct gv_text t, char c)
{
    const char *at = t.n > 0 ? memchr(t.at, c, t.n) : NULL;

    return at ? (size_t)(at - t.at) : t.n;
}

struct gv_text gv_text_from(struct gv_text t, size_t from)
{
    if (from > t.n)
        from = t.n;
    return (struct gv_text){t.at + from, t.n - from};
}

/* Each form of the first letter is looked for once through the text: linear, whatever a
 * device sends. */
size_t gv_text_find(struct gv_text t, const char *s)
{
    const char forms[2] = {lower(s[0]), upper(s[0])};
    size_t at[2] = {gv_text_index(t, forms[0]), gv_text_index(t, forms[1])};

    for (;;) {
        unsigned k = at[0] < at[1] ? 0 : 1;
        size_t i = at[k];

        if (i == t.n || gv_text_starts(gv_text_from(t, i), s))
            return i;
        at[k] = i + 1 + gv_text_index(gv_text_from(t, i + 1), forms[k]);
    }
}

struct gv_text gv_text_head(struct gv_text t, size_t n)
{
    return (struct gv_text){t.at, n < t.n ? n : t.n};
}

bool gv_text_line(struct gv_text *rest, struct gv_text *line)
{
    size_t n;

    if (rest->n == 0)
        return false;
    n = gv_text_index(*rest, '\n');
    *line = gv_text_head(*rest, n);
    *rest = gv_text_from(*rest, n + 1);
    while (line->n > 0 && line->at[line->n - 1] == '\r')
        line->n--;
    return true;
}

bool gv_text_word(struct gv_text *rest, struct gv_text *word)
{
    struct gv_text t = *rest;
    size_t n = 0;

    while (t.n > 0 && blank(t.at[0]))
        t = gv_text_from(t, 1);
    while (n < t.n && !blank(t.at[n]))
        n++;
    *word = gv_text_head(t, n);
    *rest = gv_text_from(t, n);
    return n > 0;
}

/* Leading digits of t as a number; the count of digits, 0 where it overflows. */
static size_t digits(struct gv_text t, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;
    size_t n = 0;

    for (; n < t.n && digit(t.at[n]); n++) {
        uint64_t d = (uint64_t)(t.at[n] - '0');

        if (v > (max - d) / 10)
            return 0;
        v = v * 10 + d;
    }
    *out = v;
    return n;
}

bool gv_text_u64(struct gv_text t, uint64_t *out)
{
    uint64_t v;

    if (t.n == 0 || digits(t, UINT64_MAX, &v) != t.n)
        return false;
    *out = v;
    return true;
}

bool gv_text_u32(struct gv_text t, uint32_t *out)
{
    uint64_t v;

    if (t.n == 0 || digits(t, UINT32_MAX, &v) != t.n)
        return false;
    *out = (uint32_t)v;
    return true;
}

bool gv_text_host_port(struct gv_text t, struct gv_text *host, uint16_t *port)
{
    size_t colon = t.n;
    struct gv_text head;
    uint32_t number;

    while (colon > 0 && t.at[colon - 1] != ':')
        colon--;
    if (colon == 0 || !gv_text_u32(gv_text_from(t, colon), &number) || number > UINT16_MAX)
        return false;
    head = gv_text_head(t, colon - 1);
    if (head.n > 2 && head.at[0] == '[' && head.at[head.n - 1] == ']')
        head = gv_text_head(gv_text_from(head, 1), head.n - 2);
    else if (gv_text_index(head, ':') < head.n)
        return false;
    *host = head;
    *port = (uint16_t)number;
    return true;
}

bool gv_text_u32_lead(struct gv_text t, uint32_t *out)
{
    uint64_t v;
    size_t n = digits(t, UINT32_MAX, &v);

    if (n == 0)
        return false;
    if (n < t.n && (t.at[n] == '.' || t.at[n] == ':' || t.at[n] == '-'))
        return false;
    *out = (uint32_t)v;
    return true;
}

static int hex_value(char c)
{
    c = lower(c);
    if (digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool gv_text_hex(struct gv_text t, uint8_t *out, size_t n)
{
    size_t pad;

    if (gv_text_starts(t, "0x"))
        t = gv_text_from(t, 2);
    if (t.n == 0 || t.n > 2 * n)
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (hex_value(t.at[i]) < 0)
            return false;
    memset(out, 0, n);
    pad = 2 * n - t.n;
    for (size_t i = 0; i < t.n; i++) {
        size_t place = pad + i;
        unsigned v = (unsigned)hex_value(t.at[i]);

        out[place / 2] = (uint8_t)(out[place / 2] | (place % 2 ? v : v << 4));
    }
    return true;
}
