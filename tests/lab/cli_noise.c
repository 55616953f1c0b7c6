/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_noise.h"

#include <string.h>

enum { TEXT_MAX = 32 << 20, EVERY = 5 /* lines between two pieces of noise */ };

static const char banner_line[] = "This system is simulated. Nobody is authorized to care.\r\n";

/* What a terminal would act on and a parser must not see: CSI, OSC 0, 8 and 52,
 * DCS, an 8-bit CSI, NUL, backspaces over text, a carriage return over text. */
#define OCTETS(s)                                                                              \
    {                                                                                          \
        s, sizeof(s) - 1                                                                       \
    }

static const struct gv_text escapes[] = {
    OCTETS("\x1b[31m\x1b[0m"),
    OCTETS("\x1b]0;title\x07"),
    OCTETS("\x1b]8;;http://example.invalid/\x1b\\\x1b]8;;\x1b\\"),
    OCTETS("\x1b]52;c;aGVsbG8=\x07"),
    OCTETS("\x1bP1$r0m\x1b\\"),
    OCTETS("\x9b"
           "2K"),
    OCTETS("\0"),
    OCTETS("xyz\b\b\b   \b\b\b"),
};

static const char *const syslog_lines[] = {
    "*Nov 24 04:18:15.499: %SYS-5-CONFIG_I: Configured from console by admin on vty0\n",
    "*Nov 24 04:18:16.003: %GDOI-5-SA_KEK_UPDATED: SA KEK was updated\n",
    "*Nov 24 04:18:17.771: %LINK-3-UPDOWN: Interface FastEthernet0/1, changed state to up\n",
};

void lab_noise_banner(size_t n, struct gv_buf *out)
{
    while (n > 0) {
        struct gv_text line = gv_text_head(gv_text(banner_line), n);

        gv_buf_add_text(out, line);
        n -= line.n;
    }
}

static void put_long_line(size_t n, struct gv_buf *out)
{
    char *room = gv_buf_room(out, n);

    if (room == NULL)
        return;
    memset(room, 'x', n);
    gv_buf_grew(out, n);
    gv_buf_add_char(out, '\n');
}

static void noise_before(const struct lab_quirks *quirks, const char *hostname, size_t row,
                         struct gv_buf *out)
{
    size_t turn = row / EVERY;

    if (row == 1 && quirks->line_octets > 0)
        put_long_line(quirks->line_octets, out);
    if (row % EVERY != EVERY - 1)
        return;
    if (quirks->chatter)
        gv_buf_add_str(out,
                       syslog_lines[turn % (sizeof(syslog_lines) / sizeof(syslog_lines[0]))]);
    if (quirks->prompts) {
        gv_buf_add_str(out, "  description ");
        gv_buf_add_str(out, hostname);
        gv_buf_add_str(out, "#\n");
    }
    if (quirks->escapes)
        gv_buf_add_text(out, escapes[turn % (sizeof(escapes) / sizeof(escapes[0]))]);
}

void lab_noise_add(const struct lab_quirks *quirks, const char *hostname, struct gv_buf *text)
{
    struct gv_buf noisy = gv_buf(TEXT_MAX);
    struct gv_text rest = {text->at, text->n}, line;

    if (!quirks->chatter && !quirks->prompts && !quirks->escapes && quirks->line_octets == 0)
        return;
    for (size_t row = 0; gv_text_line(&rest, &line); row++) {
        noise_before(quirks, hostname, row, &noisy);
        gv_buf_add_text(&noisy, line);
        gv_buf_add_char(&noisy, '\n');
    }
    gv_buf_clear(text);
    *text = noisy;
}
