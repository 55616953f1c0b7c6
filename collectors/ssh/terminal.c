/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/terminal.h"

#include <string.h>

enum {
    BEL = 0x07,
    BACKSPACE = 0x08,
    CANCEL = 0x18,
    SUBSTITUTE = 0x1a,
    ESC = 0x1b,
    C1_CSI = 0x9b,
    C1_ST = 0x9c
};

/* Characters that reorder, hide or are none: they never reach a line. */
static const struct {
    uint32_t from, to;
} banned[] = {
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x180e, 0x180e},   /* Mongolian vowel separator */
    {0x200b, 0x200f},   /* zero width, direction marks */
    {0x2028, 0x202e},   /* line separators, embeddings, overrides */
    {0x2060, 0x206f},   /* invisible operators, isolates */
    {0xfe00, 0xfe0f},   /* variation selectors */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xfff0, 0xfffb},   /* interlinear annotation */
    {0xfffe, 0xffff},   /* no characters */
    {0xe0000, 0xe0fff}, /* tags */
};

void gv_terminal_init(struct gv_terminal *t)
{
    *t = (struct gv_terminal){.line = gv_buf(GV_TERMINAL_LINE_MOST)};
}

void gv_terminal_clear(struct gv_terminal *t)
{
    gv_buf_clear(&t->line);
    gv_terminal_init(t);
}

void gv_terminal_drop(struct gv_terminal *t)
{
    gv_buf_reset(&t->line);
    t->column = 0;
    t->ended = false;
}

struct gv_text gv_terminal_pending(const struct gv_terminal *t)
{
    struct gv_text line = {t->line.at, t->line.n};

    if (t->ended || line.n == 0)
        return gv_text(NULL);
    while (line.n > t->column && line.at[line.n - 1] == ' ')
        line.n--;
    return line;
}

static bool continuation(uint8_t c)
{
    return (c & 0xc0) == 0x80;
}

/* Octets of the character that stands at `column`. */
static size_t width_at(const struct gv_terminal *t)
{
    size_t n = 1;

    while (t->column + n < t->line.n && continuation((uint8_t)t->line.at[t->column + n]))
        n++;
    return n;
}

/* Write a character at the cursor, over what stands there. */
static void put(struct gv_terminal *t, const void *octets, size_t n)
{
    if (t->column < t->line.n) {
        size_t old = width_at(t);
        char *at;

        if (n > old && gv_buf_room(&t->line, n - old) == NULL)
            return;
        at = t->line.at + t->column;
        if (n != old)
            memmove(at + n, at + old, t->line.n - t->column - old);
        memcpy(at, octets, n);
        t->line.n = t->line.n - old + n;
        t->line.at[t->line.n] = '\0';
    } else {
        gv_buf_add(&t->line, octets, n);
        if (t->line.err != GV_OK)
            return;
    }
    t->column += n;
}

static void step_back(struct gv_terminal *t)
{
    while (t->column > 0)
        if (!continuation((uint8_t)t->line.at[--t->column]))
            return;
}

/* ECMA-48 EL: from the cursor on, or the whole line. */
static void erase(struct gv_terminal *t)
{
    if (t->parameter == 1 || t->line.n == 0)
        return;
    if (t->parameter == 2)
        t->column = 0;
    t->line.n = t->column;
    t->line.at[t->line.n] = '\0';
}

/* A control of 8 bits, or the second octet of its form in 7 bits plus 0x40. */
static void introduce(struct gv_terminal *t, uint8_t c1)
{
    switch (c1) {
    case C1_CSI:
        t->in = GV_TERMINAL_CONTROL;
        t->parameter = 0;
        return;
    case 0x90: /* DCS */
    case 0x98: /* SOS */
    case 0x9d: /* OSC */
    case 0x9e: /* PM */
    case 0x9f: /* APC */
        t->in = GV_TERMINAL_STRING;
        return;
    default:
        t->in = GV_TERMINAL_TEXT;
    }
}

/* The code point of a whole character, or 0 for an overlong or impossible one. */
static uint32_t code_point(const uint8_t *u, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t v = n == 2 ? u[0] & 0x1fu : n == 3 ? u[0] & 0x0fu : u[0] & 0x07u;

    for (size_t i = 1; i < n; i++)
        v = v << 6 | (u[i] & 0x3fu);
    if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
        return 0;
    return v;
}

static void put_character(struct gv_terminal *t)
{
    uint32_t v = code_point(t->utf8, t->utf8_n);
    size_t n = t->utf8_n;

    t->utf8_n = 0;
    if (v == 0) {
        put(t, "?", 1);
        return;
    }
    if (v < 0xa0) {
        introduce(t, (uint8_t)v);
        return;
    }
    for (size_t i = 0; i < sizeof(banned) / sizeof(banned[0]); i++)
        if (v >= banned[i].from && v <= banned[i].to)
            return;
    put(t, t->utf8, n);
}

/* An octet with the high bit set: part of a UTF-8 character, a control, or neither. */
static void high_octet(struct gv_terminal *t, uint8_t c)
{
    if (continuation(c) && t->utf8_n > 0) {
        t->utf8[t->utf8_n++] = c;
        if (t->utf8_n == t->utf8_need)
            put_character(t);
        return;
    }
    if (t->utf8_n > 0) {
        t->utf8_n = 0;
        put(t, "?", 1);
    }
    if (c < 0xa0) {
        introduce(t, c);
    } else if (c < 0xc2 || c > 0xf4) {
        put(t, "?", 1);
    } else {
        t->utf8[0] = c;
        t->utf8_n = 1;
        t->utf8_need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    }
}

static void text_octet(struct gv_terminal *t, uint8_t c)
{
    if (c >= 0x80) {
        high_octet(t, c);
        return;
    }
    if (t->utf8_n > 0) {
        t->utf8_n = 0;
        put(t, "?", 1);
    }
    switch (c) {
    case '\r':
        t->column = 0;
        return;
    case BACKSPACE:
        step_back(t);
        return;
    case ESC:
        t->in = GV_TERMINAL_ESCAPE;
        return;
    case '\t':
        put(t, " ", 1);
        return;
    default:
        if (c >= ' ' && c < 0x7f)
            put(t, &c, 1);
    }
}

static void escape_octet(struct gv_terminal *t, uint8_t c)
{
    if (c >= 0x40 && c <= 0x5f)
        introduce(t, (uint8_t)(c + 0x40));
    else if (c >= 0x30)
        t->in = GV_TERMINAL_TEXT;
    /* Below 0x30: an intermediate octet, one more follows. */
}

static void control_octet(struct gv_terminal *t, uint8_t c)
{
    if (c >= '0' && c <= '9' && t->parameter == 0)
        t->parameter = (unsigned)(c - '0');
    if (c < 0x40)
        return;
    t->in = GV_TERMINAL_TEXT;
    if (c == 'K')
        erase(t);
}

static void octet(struct gv_terminal *t, uint8_t c)
{
    if (t->in == GV_TERMINAL_TEXT) {
        text_octet(t, c);
        return;
    }
    if (c == ESC) {
        t->in = GV_TERMINAL_ESCAPE;
        return;
    }
    if (c == CANCEL || c == SUBSTITUTE) {
        t->in = GV_TERMINAL_TEXT;
        return;
    }
    if (t->in == GV_TERMINAL_STRING) {
        if (c == BEL || c == C1_ST)
            t->in = GV_TERMINAL_TEXT;
    } else if (t->in == GV_TERMINAL_ESCAPE) {
        escape_octet(t, c);
    } else {
        control_octet(t, c);
    }
}

static void end_line(struct gv_terminal *t, struct gv_text *line)
{
    if (t->utf8_n > 0) {
        t->utf8_n = 0;
        put(t, "?", 1);
    }
    *line = gv_terminal_pending(t);
    while (line->n > 0 && line->at[line->n - 1] == ' ')
        line->n--;
    t->in = GV_TERMINAL_TEXT;
    t->ended = true;
}

/* Printable ASCII at the line's end is nearly everything: take it in one piece. */
static size_t plain_run(const struct gv_terminal *t, struct gv_text input)
{
    size_t n = 0;

    if (t->in != GV_TERMINAL_TEXT || t->utf8_n > 0 || t->column != t->line.n)
        return 0;
    while (n < input.n && input.at[n] >= ' ' && input.at[n] < 0x7f)
        n++;
    return n;
}

bool gv_terminal_line(struct gv_terminal *t, struct gv_text *input, struct gv_text *line)
{
    if (t->ended)
        gv_terminal_drop(t);
    while (input->n > 0) {
        size_t run = plain_run(t, *input);

        if (run > 0) {
            size_t room = GV_TERMINAL_LINE_MOST - t->line.n;
            size_t n = run < room || room == 0 ? run : room;

            put(t, input->at, n);
            *input = gv_text_from(*input, n);
            continue;
        }
        if (input->at[0] == '\n') {
            *input = gv_text_from(*input, 1);
            end_line(t, line);
            return true;
        }
        octet(t, (uint8_t)input->at[0]);
        *input = gv_text_from(*input, 1);
    }
    return false;
}
