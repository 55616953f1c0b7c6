/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "check.h"
#include "ssh/noise.h"
#include "ssh/terminal.h"

/* What a router may send, and the line it must leave. threats 2.2: nothing but
 * printable ASCII and UTF-8 gets through. */
static const struct {
    const char *name, *octets, *line;
} rows[] = {
    {"plain", "Group Name : G1", "Group Name : G1"},
    {"blanks at the end", "G1   \r", "G1"},
    {"tab", "a\tb", "a b"},
    {"CRLF", "a\r", "a"},
    {"CR CR LF", "a\r\r", "a"},
    {"bell", "a\ab", "ab"},
    {"delete",
     "a\x7f"
     "b",
     "ab"},
    {"vertical tab and form feed", "a\v\fb", "ab"},
    {"shift out and in",
     "a\x0e\x0f"
     "b",
     "ab"},
    {"CR overwrites", "password\rpublic!!", "public!!"},
    {"CR overwrites in part", "12345\rab", "ab345"},
    {"backspace overwrites", "ab\b\bcd", "cd"},
    {"backspace in part", "abc\bd", "abd"},
    {"backspace at the left edge", "\b\b\bab", "ab"},
    {"backspace, blank, backspace", "ab\b \bc", "ac"},
    {"backspace over UTF-8", "\xc3\xa4\bb", "b"},
    {"UTF-8 over ASCII", "ab\r\xc3\xa4",
     "\xc3\xa4"
     "b"},
    {"ASCII over UTF-8", "\xc3\xa4\xe2\x82\xac\rxy", "xy"},
    {"longer UTF-8 over shorter", "\xc3\xa4z\r\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91z"},
    {"pager erased by backspace",
     " --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bx", "x"},
    {"pager erased by CR", "--More--\r        \rnext", "next"},
    {"pager erased by EL", "--More--\r\x1b[Knext", "next"},
    {"EL 0 in mid-line", "abcdef\r\x1b[0Kx", "x"},
    {"EL 1 erases nothing here", "abc\x1b[1Kd", "abcd"},
    {"EL 2", "abc\x1b[2Kd", "d"},
    {"EL on an empty line", "\x1b[Ka", "a"},
    {"colour", "\x1b[31mred\x1b[0m", "red"},
    {"many parameters", "\x1b[1;31;48;5;12mred", "red"},
    {"private parameter", "\x1b[?25lx\x1b[?25h", "x"},
    {"intermediate octet", "\x1b[1 qx", "x"},
    {"cursor home, clear screen", "\x1b[H\x1b[2Jx", "x"},
    {"cursor movement", "a\x1b[5Cb\x1b[2Dc", "abc"},
    {"line break in a control sequence", "a\x1b[31", "a"},
    {"control inside a control sequence", "a\x1b[3\a1mb", "ab"},
    {"cancel ends a sequence",
     "a\x1b[31\x18"
     "b",
     "ab"},
    {"substitute ends a sequence",
     "a\x1b]0;t\x1a"
     "b",
     "ab"},
    {"ESC starts over", "a\x1b[3\x1b[31mb", "ab"},
    {"terminal reset",
     "a\x1b"
     "cb",
     "ab"},
    {"save and restore cursor",
     "\x1b"
     "7a\x1b"
     "8b",
     "ab"},
    {"keypad modes", "\x1b=a\x1b>b", "ab"},
    {"character set", "\x1b(0a\x1b(Bb", "ab"},
    {"DEC screen test", "\x1b#8a", "a"},
    {"next line, index, reverse index",
     "a\x1b"
     "Eb\x1b"
     "Dc\x1bMd",
     "abcd"},
    {"title, BEL", "\x1b]0;evil\aok", "ok"},
    {"title, ST", "\x1b]0;evil\x1b\\ok", "ok"},
    {"title, 8-bit ST", "\x1b]2;evil\x9cok", "ok"},
    {"hyperlink", "\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"},
    {"clipboard", "\x1b]52;c;ZXZpbA==\ax", "x"},
    {"unfinished title ends with the line", "ok\x1b]0;evil", "ok"},
    {"DCS", "\x1bP1$r0m\x1b\\x", "x"},
    {"DCS, sixel", "\x1bPq#0;2;0;0;0~-\x1b\\x", "x"},
    {"SOS", "\x1bXevil\x1b\\x", "x"},
    {"PM", "\x1b^evil\x1b\\x", "x"},
    {"APC", "\x1b_evil\x1b\\x", "x"},
    {"8-bit CSI",
     "\x9b"
     "31mx",
     "x"},
    {"8-bit OSC",
     "\x9d"
     "0;evil\ax",
     "x"},
    {"8-bit DCS",
     "\x90"
     "evil\x9cx",
     "x"},
    {"8-bit SOS",
     "\x98"
     "evil\x9cx",
     "x"},
    {"8-bit PM",
     "\x9e"
     "evil\x9cx",
     "x"},
    {"8-bit APC",
     "\x9f"
     "evil\x9cx",
     "x"},
    {"8-bit NEL",
     "a\x85"
     "b",
     "ab"},
    {"lone ST",
     "a\x9c"
     "b",
     "ab"},
    {"CSI as UTF-8",
     "\xc2\x9b"
     "31mx",
     "x"},
    {"OSC as UTF-8",
     "\xc2\x9d"
     "0;evil\ax",
     "x"},
    {"UTF-8 of 2, 3, 4 octets", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91",
     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91"},
    {"Latin-1", "G\xe9n\xe9ve", "G?n?ve"},
    {"Latin-1 at the end", "caf\xe9", "caf?"},
    {"stray continuation",
     "a\xbf"
     "b",
     "a?b"},
    {"cut UTF-8, then UTF-8", "\xe2\x82\xc3\xa4", "?\xc3\xa4"},
    {"overlong", "\xe0\x80\xaf", "?"},
    {"overlong slash of 2", "\xc0\xaf", "??"},
    {"surrogate", "\xed\xa0\x80", "?"},
    {"beyond Unicode", "\xf4\x90\x80\x80", "?"},
    {"no lead octet", "\xff\xfe", "??"},
    {"bidi override",
     "a\xe2\x80\xae"
     "b",
     "ab"},
    {"bidi isolate",
     "a\xe2\x81\xa6"
     "b\xe2\x81\xa9",
     "ab"},
    {"direction marks",
     "a\xe2\x80\x8e\xe2\x80\x8f"
     "b",
     "ab"},
    {"Arabic letter mark",
     "a\xd8\x9c"
     "b",
     "ab"},
    {"zero width",
     "a\xe2\x80\x8b\xe2\x80\x8d"
     "b",
     "ab"},
    {"byte order mark",
     "\xef\xbb\xbf"
     "a",
     "a"},
    {"line separator",
     "a\xe2\x80\xa8"
     "b",
     "ab"},
    {"no character",
     "a\xef\xbf\xbf"
     "b",
     "ab"},
    {"tag character",
     "a\xf3\xa0\x81\x81"
     "b",
     "ab"},
};

static void test_sequences(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_terminal t;
        char got[256];
        char octets[256];
        size_t n = strlen(rows[i].octets);
        struct gv_text line = {NULL, 0};
        bool ended = false;

        memcpy(octets, rows[i].octets, n);
        octets[n++] = '\n';
        gv_terminal_init(&t);
        for (size_t k = 0; k < n; k++) {
            struct gv_text one = {octets + k, 1};

            ended = gv_terminal_line(&t, &one, &line);
            CHECK(rows[i].name, ended == (k + 1 == n));
        }
        memcpy(got, line.at, line.n);
        got[line.n] = '\0';
        CHECK_STR(rows[i].name, got, rows[i].line);
        gv_terminal_clear(&t);
    }
}

static void test_nul(void)
{
    struct gv_terminal t;
    struct gv_text input = {"a\0b\n", 4}, line;

    gv_terminal_init(&t);
    CHECK("NUL", gv_terminal_line(&t, &input, &line) && gv_text_is(line, "ab"));
    gv_terminal_clear(&t);
}

/* One octet over the ceiling: the line is cut and says so; the next is whole. */
static void test_long_line(void)
{
    enum { N = GV_TERMINAL_LINE_MOST + 1 };
    static const size_t steps[] = {N + 3, 1, 1000};
    char *octets = malloc(N + 3);

    memset(octets, 'x', N);
    memcpy(octets + N, "\ny\n", 3);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct gv_terminal t;
        struct gv_text line;
        unsigned lines = 0;

        gv_terminal_init(&t);
        for (size_t at = 0; at < N + 3; at += steps[i]) {
            struct gv_text input =
                gv_text_head(gv_text_from((struct gv_text){octets, N + 3}, at), steps[i]);

            while (gv_terminal_line(&t, &input, &line)) {
                lines++;
                CHECK_INT("length", line.n, lines == 1 ? GV_TERMINAL_LINE_MOST : 1);
                CHECK_INT("cut", t.line.err, lines == 1 ? GV_ERR_TOO_LARGE : GV_OK);
            }
        }
        CHECK_INT("lines", lines, 2);
        gv_terminal_clear(&t);
    }
    free(octets);
}

/* A character too many, written over a full line. */
static void test_long_overwrite(void)
{
    struct gv_terminal t;
    struct gv_text line, input;
    char *octets = malloc(GV_TERMINAL_LINE_MOST + 4);

    memset(octets, 'x', GV_TERMINAL_LINE_MOST);
    memcpy(octets + GV_TERMINAL_LINE_MOST, "\r\xc3\xa4\n", 4);
    input = (struct gv_text){octets, GV_TERMINAL_LINE_MOST + 4};
    gv_terminal_init(&t);
    CHECK("line", gv_terminal_line(&t, &input, &line));
    CHECK_INT("length", line.n, GV_TERMINAL_LINE_MOST);
    CHECK_INT("cut", t.line.err, GV_ERR_TOO_LARGE);
    gv_terminal_clear(&t);
    free(octets);
}

static void test_pending(void)
{
    struct gv_terminal t;
    struct gv_text input = gv_text("a\r\nR1#"), line;

    gv_terminal_init(&t);
    CHECK_INT("nothing yet", gv_terminal_pending(&t).n, 0);
    CHECK("first", gv_terminal_line(&t, &input, &line));
    CHECK_INT("none after a line", gv_terminal_pending(&t).n, 0);
    CHECK("no second", !gv_terminal_line(&t, &input, &line));
    CHECK("prompt", gv_text_is(gv_terminal_pending(&t), "R1#"));
    gv_terminal_drop(&t);
    CHECK_INT("dropped", gv_terminal_pending(&t).n, 0);
    input = gv_text("R1# ");
    CHECK("blank typed", !gv_terminal_line(&t, &input, &line));
    CHECK("blank stays", gv_text_is(gv_terminal_pending(&t), "R1# "));
    input = gv_text("\r        \rR1#");
    CHECK("erased", !gv_terminal_line(&t, &input, &line));
    CHECK("blanks right of the cursor", gv_text_is(gv_terminal_pending(&t), "R1#"));
    gv_terminal_clear(&t);
}

static const struct {
    const char *name, *line;
    bool syslog, pager;
} noise_rows[] = {
    {"bare", "%SYS-5-CONFIG_I: Configured from console by vty0", true, false},
    {"uptime stamp", "00:12:07: %LINK-3-UPDOWN: Interface Serial0/0, changed state to up", true,
     false},
    {"date stamp", "*Mar  1 00:12:07.123: %GDOI-5-GM_RECV_REKEY: Received Rekey", true, false},
    {"sequence number", "000045: Nov 24 2026 10:00:00.1 UTC: %CRYPTO-4-IKMP_NO_SA: x", true,
     false},
    {"subfacility", "%SPANTREE-SP-5-EXTENDED_SYSID: on", true, false},
    {"digits in the facility", "%C4K_IOSMODPORTMAN-4-POWER: low", true, false},
    {"least severe", "%SYS-7-DEBUG: x", true, false},
    {"no severity", "%SYS-8-NONE: x", false, false},
    {"long severity", "%SYS-55-NONE: x", false, false},
    {"no mnemonic", "%SYS-5-: x", false, false},
    {"two parts", "%SYS-5: x", false, false},
    {"severity first", "%5-SYS-X: x", false, false},
    {"no colon", "%SYS-5-CONFIG_I", false, false},
    {"lower case", "%sys-5-config_i: x", false, false},
    {"refusal", "% Invalid input detected at '^' marker.", false, false},
    {"in a description", " description watch %SYS-5-CONFIG_I: here", false, false},
    {"percentage", "CPU utilization: 5%-5-X: y", false, false},
    {"empty", "", false, false},
    {"IOS pager", " --More-- ", false, true},
    {"pager of others", "<--- More --->", false, true},
    {"pager in a description", " description --More--", false, false},
};

static void test_noise(void)
{
    for (size_t i = 0; i < sizeof(noise_rows) / sizeof(noise_rows[0]); i++) {
        struct gv_text line = gv_text(noise_rows[i].line);

        CHECK(noise_rows[i].name, gv_noise_syslog(line) == noise_rows[i].syslog);
        CHECK(noise_rows[i].name, gv_noise_pager(line) == noise_rows[i].pager);
    }
}

int main(void)
{
    test_sequences();
    test_nul();
    test_long_line();
    test_long_overwrite();
    test_pending();
    test_noise();
    return check_end();
}
