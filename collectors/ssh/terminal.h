/* SPDX-License-Identifier: Apache-2.0 */
/* Terminal: octets as a router writes them to a screen, read as lines of clean text.
 *
 * Pure. Interprets what moves text (CR, backspace, erase-in-line), drops what only
 * decorates or attacks: escape and control sequences of 7 and 8 bits (ECMA-48: CSI,
 * OSC, DCS, SOS, PM, APC), other controls, bidirectional and invisible characters.
 * A line holds printable ASCII and valid UTF-8 only; octets that are neither
 * become '?'. A line feed ends any sequence, so none can swallow what follows. */
#ifndef GV_SSH_TERMINAL_H
#define GV_SSH_TERMINAL_H

#include "base/buf.h"
#include "base/text.h"

enum { GV_TERMINAL_LINE_MOST = 8192 }; /* octets of a line */

enum gv_terminal_in {
    GV_TERMINAL_TEXT,
    GV_TERMINAL_ESCAPE,  /* after ESC */
    GV_TERMINAL_CONTROL, /* inside CSI ... final */
    GV_TERMINAL_STRING   /* inside OSC, DCS, ... until ST or BEL */
};

struct gv_terminal {
    struct gv_buf line; /* the line under way; its err tells that it was cut */
    size_t column;      /* octet in `line` where the next character goes */
    enum gv_terminal_in in;
    unsigned parameter; /* first digit of a control sequence */
    uint8_t utf8[4];    /* a character whose octets are not all there yet */
    size_t utf8_n, utf8_need;
    bool ended; /* `line` was handed out */
};

void gv_terminal_init(struct gv_terminal *t);
void gv_terminal_clear(struct gv_terminal *t);

/* Take octets off *input up to the end of a line. True: *line is that line,
 * without blanks at its end, valid until the next call; t->line.err is
 * GV_ERR_TOO_LARGE where it was cut. False: *input is used up. */
bool gv_terminal_line(struct gv_terminal *t, struct gv_text *input, struct gv_text *line);

/* The line under way, without blanks right of the cursor: they show nothing. */
struct gv_text gv_terminal_pending(const struct gv_terminal *t);

/* Forget the line under way. */
void gv_terminal_drop(struct gv_terminal *t);

#endif
