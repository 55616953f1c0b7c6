/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "check.h"
#include "ssh/dialogue.h"

/* One turn of a transcript: what the router writes, until it is quiet, and what we
 * must type then. */
struct turn {
    const char *hear, *say;
};

enum { TURNS_MOST = 16, SAID_MOST = 512 };

struct transcript {
    const char *name;
    const char *enable; /* NULL: none */
    struct turn turns[TURNS_MOST];
    const char *answer; /* of `show crypto gdoi`, asked as soon as it may be */
    enum gv_err err;
};

#define LOGIN(prompt)                                                                          \
    {prompt, "\n"}, {"\r\n" prompt, "\n"},                                                     \
    {                                                                                          \
        "\r\n" prompt, "terminal length 0\n"                                                   \
    }
#define SETUP(prompt)                                                                          \
    {"terminal length 0\r\n" prompt, "terminal width 0\n"},                                    \
    {                                                                                          \
        "terminal width 0\r\n" prompt, "show crypto gdoi\n"                                    \
    }

static const struct transcript transcripts[] = {
    {"12.4T",
     NULL,
     {{"\r\nC\r\nAuthorised access only\r\nKS1#", "\n"},
      {"\r\nKS1#", "\n"},
      {"\r\nKS1#", "terminal length 0\n"},
      SETUP("KS1#"),
      {"show crypto gdoi\r\nGROUP INFORMATION\r\n\r\n    Group Name               : G1\r\nKS1#",
       ""}},
     "GROUP INFORMATION\n\n    Group Name               : G1\n",
     GV_OK},
    {"15.x, prompt comes in pieces",
     NULL,
     {{"\r\n\r\nbranch", ""},
      {"-17#", "\n"},
      {"\r\nbranch-17#", "\n"},
      {"\r\nbranch-17#", "terminal length 0\n"},
      SETUP("branch-17#"),
      {"show crypto gd", ""},
      {"oi\r\nGroup Member", ""},
      {"s : 2\r\nbranch-1", ""},
      {"7#", ""}},
     "Group Members : 2\n",
     GV_OK},
    {"17.x, prompt with colours and title",
     NULL,
     {{"\x1b]0;R1\a\x1b[32mR1#\x1b[0m", "\n"},
      {"\r\n\x1b[32mR1#\x1b[0m", "\n"},
      {"\r\n\x1b[32mR1#\x1b[0m", "terminal length 0\n"},
      SETUP("R1#"),
      {"show crypto gdoi\r\nGroup Name : \x1b[1mG1\x1b[0m\r\n\x1b[32mR1#\x1b[0m", ""}},
     "Group Name : G1\n",
     GV_OK},
    {"prompt with a blank",
     NULL,
     {LOGIN("R1# "), SETUP("R1# "), {"show crypto gdoi\r\nx : 1\r\nR1# ", ""}},
     "x : 1\n",
     GV_OK},
    {"user mode without enable",
     NULL,
     {LOGIN("R1>"), SETUP("R1>"), {"show crypto gdoi\r\nx : 1\r\nR1>", ""}},
     "x : 1\n",
     GV_OK},
    {"enable",
     "s3cret",
     {{"R1>", "\n"},
      {"\r\nR1>", "\n"},
      {"\r\nR1>", "enable\n"},
      {"enable\r\nPassword: ", "s3cret\n"},
      {"\r\nR1#", "terminal length 0\n"},
      SETUP("R1#"),
      {"show crypto gdoi\r\nx : 1\r\nR1#", ""}},
     "x : 1\n",
     GV_OK},
    {"enable without a password",
     "s3cret",
     {{"R1>", "\n"},
      {"\r\nR1>", "\n"},
      {"\r\nR1>", "enable\n"},
      {"enable\r\nR1#", "terminal length 0\n"},
      SETUP("R1#"),
      {"show crypto gdoi\r\nx : 1\r\nR1#", ""}},
     "x : 1\n",
     GV_OK},
    {"enable is not for '#'",
     "s3cret",
     {LOGIN("R1#"), SETUP("R1#"), {"show crypto gdoi\r\nx : 1\r\nR1#", ""}},
     "x : 1\n",
     GV_OK},
    {"enable password refused, asked again",
     "s3cret",
     {{"R1>", "\n"},
      {"\r\nR1>", "\n"},
      {"\r\nR1>", "enable\n"},
      {"enable\r\nPassword: ", "s3cret\n"},
      {"\r\nPassword: ", ""}},
     NULL,
     GV_ERR_AUTHENTICATION},
    {"enable password refused, denied",
     "s3cret",
     {{"R1>", "\n"},
      {"\r\nR1>", "\n"},
      {"\r\nR1>", "enable\n"},
      {"enable\r\nPassword: ", "s3cret\n"},
      {"\r\n% Access denied\r\n\r\nR1>", ""}},
     NULL,
     GV_ERR_AUTHENTICATION},
    {"pager all the same",
     NULL,
     {LOGIN("R1#"),
      {"terminal length 0\r\n                ^\r\n% Invalid input detected at '^' "
       "marker.\r\n\r\n"
       "R1#",
       "terminal width 0\n"},
      {"terminal width 0\r\nR1#", "show crypto gdoi\n"},
      {"show crypto gdoi\r\none\r\n --More-- ", " "},
      {"\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\btwo\r\n --More-- ", " "},
      {"\r          \rthree\r\n --More-- ", " "},
      {"\r\x1b[K four\r\n--More--", " "},
      {"\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\bR1#", ""}},
     "one\ntwo\nthree\n four\n",
     GV_OK},
    {"prompt inside text",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\n description to R1#", ""},
      {"\r\nR1#show version\r\nR1# \r\nR1#x", ""},
      {"\r\nlast\r\nR1#", ""}},
     " description to R1#\nR1#show version\nR1#\nR1#x\nlast\n",
     GV_OK},
    {"prompt as a whole line of text",
     NULL,
     {LOGIN("R1#"), SETUP("R1#"), {"show crypto gdoi\r\none\r\nR1#\r\ntwo\r\nR1#", ""}},
     "one\nR1#\ntwo\n",
     GV_OK},
    {"pager's word in a description",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\n description --More--", ""},
      {"\r\nlast\r\nR1#", ""}},
     " description --More--\nlast\n",
     GV_OK},
    {"syslog between lines",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\none\r\n*Nov 24 10:00:00.1: %SYS-5-CONFIG_I: "
       "Configured\r\ntwo\r\nR1#",
       ""}},
     "one\ntwo\n",
     GV_OK},
    {"syslog behind the prompt",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\none\r\nR1#\r\n*Nov 24 10:00:00.1: %SYS-5-CONFIG_I: Configured\r\n",
       "\n"},
      {"\r\nR1#", ""}},
     "one\n",
     GV_OK},
    {"syslog on the prompt's line",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\none\r\nR1#*Nov 24 10:00:00.1: %SYS-5-CONFIG_I: Configured\r\n",
       "\n"},
      {"\r\nR1#", ""}},
     "one\n",
     GV_OK},
    {"syslog before the echo",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"\r\n*Nov 24 10:00:00.1: %SYS-5-CONFIG_I: Configured\r\nshow crypto gdoi\r\none\r\nR1#",
       ""}},
     "one\n",
     GV_OK},
    {"prompt redrawn before the echo",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"\r\n%SYS-5-CONFIG_I: Configured\r\nR1#", ""},
      {"show crypto gdoi\r\none\r\nR1#", ""}},
     "one\n",
     GV_OK},
    {"syslog while learning",
     NULL,
     {{"\r\n%SYS-5-CONFIG_I: Configured\r\nR1#", "\n"},
      {"\r\n%SYS-5-CONFIG_I: Configured\r\nR1#", "\n"},
      {"\r\nR1#", "terminal length 0\n"},
      SETUP("R1#"),
      {"show crypto gdoi\r\none\r\nR1#", ""}},
     "one\n",
     GV_OK},
    {"message of the day ends like a prompt",
     NULL,
     {{"WELCOME TO SITE #", "\n"},
      {"\r\nR1#", "\n"},
      {"\r\nR1#", "\n"},
      {"\r\nR1#", "terminal length 0\n"},
      SETUP("R1#"),
      {"show crypto gdoi\r\none\r\nR1#", ""}},
     "one\n",
     GV_OK},
    {"no prompt twice the same",
     NULL,
     {{"1#", "\n"},
      {"\r\n2#1#", "\n"},
      {"\r\n3#", "\n"},
      {"\r\n4#", "\n"},
      {"\r\n5#", "\n"},
      {"\r\n6#", "\n"},
      {"\r\n7#", ""}},
     NULL,
     GV_ERR_MALFORMED},
    {"never a prompt", NULL, {{"Username: ", ""}, {"\r\nPress any key", ""}}, NULL, GV_OK},
    {"no echo",
     NULL,
     {LOGIN("R1#"),
      {"\r\nR1#", "terminal width 0\n"},
      {"\r\nR1#", "show crypto gdoi\n"},
      {"\r\none\r\nR1#", ""}},
     "one\n",
     GV_OK},
    {"empty output",
     NULL,
     {LOGIN("R1#"), SETUP("R1#"), {"show crypto gdoi\r\nR1#", ""}},
     "",
     GV_OK},
    {"invalid input",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\n            ^\r\n% Invalid input detected at '^' "
       "marker.\r\n\r\nR1#",
       ""}},
     "            ^\n% Invalid input detected at '^' marker.\n",
     GV_OK},
    {"rest of the last answer before the echo",
     NULL,
     {LOGIN("R1#"), SETUP("R1#"), {"more of it\r\nR1#show crypto gdoi\r\none\r\nR1#", ""}},
     NULL,
     GV_ERR_MALFORMED},
    {"unasked text between commands",
     NULL,
     {LOGIN("R1#"),
      {"terminal length 0\r\nR1#", "terminal width 0\n"},
      {"terminal width 0\r\nR1#", "show crypto gdoi\n"},
      {"show crypto gdoi\r\none\r\nR1#", ""},
      {"\r\nmore\r\n", ""}},
     NULL,
     GV_ERR_MALFORMED},
    {"syslog between commands",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\none\r\nR1#", ""},
      {"\r\n%SYS-5-CONFIG_I: Configured\r\nR1#", ""}},
     "one\n",
     GV_OK},
    {"CR overwrites in an answer",
     NULL,
     {LOGIN("R1#"),
      SETUP("R1#"),
      {"show crypto gdoi\r\nRegistration status : FAILED\rRegistration status : Registered\r\n"
       "R1#",
       ""}},
     "Registration status : Registered\n",
     GV_OK},
};

/* All that is to be typed now. The command is asked as soon as it may be. */
static const char *said(struct gv_dialogue *d, bool *asked)
{
    static char text[SAID_MOST];
    size_t n = 0;

    for (;;) {
        struct gv_text t = gv_dialogue_next(d);

        if (t.n == 0 && d->state == GV_DIALOGUE_READY && !*asked) {
            *asked = true;
            gv_dialogue_ask(d, GV_COMMAND_GDOI);
            continue;
        }
        if (t.n == 0)
            break;
        memcpy(text + n, t.at, t.n);
        n += t.n;
    }
    text[n] = '\0';
    return text;
}

static void play(const struct transcript *script, size_t step)
{
    struct gv_secret *enable =
        script->enable ? gv_secret_new(script->enable, strlen(script->enable)) : NULL;
    struct gv_dialogue d;
    bool asked = false;

    gv_dialogue_init(&d, enable);
    gv_secret_free(enable);
    for (size_t i = 0; i < TURNS_MOST && script->turns[i].hear != NULL; i++) {
        const char *hear = script->turns[i].hear;

        for (size_t at = 0, n = strlen(hear); at < n; at += step)
            gv_dialogue_feed(&d, hear + at, step < n - at ? step : n - at);
        CHECK_STR(script->name, said(&d, &asked), "");
        gv_dialogue_expiry(&d);
        CHECK_STR(script->name, said(&d, &asked), script->turns[i].say);
    }
    CHECK_INT(script->name, d.err, script->err);
    CHECK(script->name, (d.why != NULL) == (script->err != GV_OK));
    CHECK(script->name, (d.state == GV_DIALOGUE_FAILED) == (script->err != GV_OK));
    if (script->answer != NULL) {
        struct gv_text answer = gv_dialogue_answer(&d);

        CHECK_INT(script->name, d.state, GV_DIALOGUE_READY);
        CHECK(script->name, gv_text_is(answer, script->answer));
        gv_dialogue_forget(&d);
        CHECK_INT(script->name, gv_dialogue_answer(&d).n, 0);
    }
    gv_dialogue_clear(&d);
}

static void test_transcripts(void)
{
    for (size_t i = 0; i < sizeof(transcripts) / sizeof(transcripts[0]); i++) {
        play(&transcripts[i], SIZE_MAX);
        play(&transcripts[i], 1);
    }
}

/* A dialogue that has just been asked `show crypto gdoi`. */
static void reach_asked(struct gv_dialogue *d)
{
    static const char *const hear[] = {"R1#",
                                       "\r\nR1#",
                                       "\r\nR1#",
                                       "terminal length 0\r\nR1#",
                                       "terminal width 0\r\nR1#",
                                       "show crypto gdoi\r\n"};
    bool asked = false;

    gv_dialogue_init(d, NULL);
    for (size_t i = 0; i < sizeof(hear) / sizeof(hear[0]); i++) {
        gv_dialogue_feed(d, hear[i], strlen(hear[i]));
        gv_dialogue_expiry(d);
        (void)said(d, &asked);
    }
    CHECK_INT("asked", d->state, GV_DIALOGUE_ASKED);
}

/* fault 33: the router falls silent after any octet of its answer: that is no answer, or where
 * the last line begins like the prompt, one whose rest is noticed. */
static void test_silent_everywhere(void)
{
    static const char octets[] = "GROUP INFORMATION\r\n\r\n    Group Name : G1\r\n"
                                 "  description behind R1#\r\n --More-- is no pager\r\n"
                                 "R1#x\r\n    Group Identity : 1\r\nR1#";
    static const char whole[] = "GROUP INFORMATION\n\n    Group Name : G1\n"
                                "  description behind R1#\n --More-- is no pager\n"
                                "R1#x\n    Group Identity : 1\n";
    const size_t end = sizeof(octets) - 1;
    unsigned early = 0;

    for (size_t n = 0; n <= end; n++) {
        struct gv_dialogue d;

        reach_asked(&d);
        gv_dialogue_feed(&d, octets, n);
        gv_dialogue_expiry(&d);
        if (n == end) {
            CHECK_INT("answered", d.state, GV_DIALOGUE_READY);
            CHECK("whole", gv_text_is(gv_dialogue_answer(&d), whole));
        } else if (d.state == GV_DIALOGUE_READY) {
            early++;
            gv_dialogue_feed(&d, octets + n, end - n);
            CHECK_INT("noticed", d.err, GV_ERR_MALFORMED);
        }
        gv_dialogue_clear(&d);
    }
    CHECK_INT("at one place only", early, 1);
}

/* Feed `n` octets of `piece` repeated; how many were taken before it failed. */
static size_t flood(struct gv_dialogue *d, const char *piece, size_t n)
{
    size_t fed = 0;

    for (; fed < n && d->state != GV_DIALOGUE_FAILED; fed += strlen(piece))
        gv_dialogue_feed(d, piece, strlen(piece));
    return fed;
}

static const struct {
    const char *name, *piece;
    bool asked;
    size_t n;
    enum gv_err err;
} flood_rows[] = {
    {"banner of 1 MB", "Welcome to this router.\r\n", false, 1 << 20, GV_OK},
    {"banner of 1 MB in one line", "Welcome ", false, 1 << 20, GV_OK},
    {"banner without end", "Welcome\r\n", false, 1 << 22, GV_ERR_TOO_LARGE},
    {"output within the ceiling", "0123456789abcdef\r\n", true, 4000000, GV_OK},
    {"output without end", "0123456789abcdef\r\n", true, 1 << 30, GV_ERR_TOO_LARGE},
    {"empty lines without end", "\n", true, 1 << 30, GV_ERR_TOO_LARGE},
    {"escapes without end", "\x1b[31m", true, 1 << 30, GV_ERR_TOO_LARGE},
    {"title without end", "\x1b]0;x", true, 1 << 30, GV_ERR_TOO_LARGE},
    {"line of 8 kB and more", "0123456789abcdef", true, 1 << 30, GV_ERR_TOO_LARGE},
};

static void test_floods(void)
{
    for (size_t i = 0; i < sizeof(flood_rows) / sizeof(flood_rows[0]); i++) {
        struct gv_dialogue d;

        if (flood_rows[i].asked)
            reach_asked(&d);
        else
            gv_dialogue_init(&d, NULL);
        CHECK(flood_rows[i].name,
              flood(&d, flood_rows[i].piece, flood_rows[i].n) < GV_DIALOGUE_ANSWER_MOST + 64);
        CHECK_INT(flood_rows[i].name, d.err, flood_rows[i].err);
        gv_dialogue_clear(&d);
    }
}

/* A line that is too long fails at once, not only when it ends. */
static void test_long_line(void)
{
    struct gv_dialogue d;

    reach_asked(&d);
    (void)flood(&d, "0123456789abcdef", GV_TERMINAL_LINE_MOST);
    CHECK_INT("whole", d.err, GV_OK);
    gv_dialogue_feed(&d, "x", 1);
    CHECK_INT("one more", d.err, GV_ERR_TOO_LARGE);
    gv_dialogue_feed(&d, "R1#", 3);
    gv_dialogue_expiry(&d);
    gv_dialogue_ask(&d, GV_COMMAND_GDOI);
    CHECK_INT("stays failed", d.state, GV_DIALOGUE_FAILED);
    CHECK_INT("says nothing", gv_dialogue_next(&d).n, 0);
    gv_dialogue_clear(&d);
    reach_asked(&d);
    (void)flood(&d, "0123456789abcdef", GV_TERMINAL_LINE_MOST - 8);
    gv_dialogue_feed(&d, "0123456789abcdef\r\n", 18);
    CHECK_INT("with its end", d.err, GV_ERR_TOO_LARGE);
    gv_dialogue_clear(&d);
}

static void test_idle_flood(void)
{
    struct gv_dialogue d;

    reach_asked(&d);
    gv_dialogue_feed(&d, "x\r\nR1#", 6);
    gv_dialogue_expiry(&d);
    CHECK_INT("ready", d.state, GV_DIALOGUE_READY);
    CHECK("ceiling", flood(&d, "%SYS-5-CONFIG_I: x\r\n", 1 << 20) < GV_DIALOGUE_IDLE_MOST + 64);
    CHECK_INT("err", d.err, GV_ERR_TOO_LARGE);
    gv_dialogue_clear(&d);
}

static void test_patience(void)
{
    struct gv_dialogue d;
    int64_t login;

    gv_dialogue_init(&d, NULL);
    login = gv_dialogue_patience(&d).ms;
    gv_dialogue_clear(&d);
    reach_asked(&d);
    CHECK("a login needs more", login > gv_dialogue_patience(&d).ms);
    CHECK("some", gv_dialogue_patience(&d).ms > 0);
    gv_dialogue_clear(&d);
}

int main(void)
{
    test_transcripts();
    test_silent_everywhere();
    test_floods();
    test_long_line();
    test_idle_flood();
    test_patience();
    return check_end();
}
