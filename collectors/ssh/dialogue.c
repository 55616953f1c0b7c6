/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/dialogue.h"

#include <string.h>

#include "ssh/noise.h"

enum {
    PROOFS = 2,        /* equal answers to empty lines that make a prompt */
    TRIES_MOST = 6,    /* empty lines sent at most to get them */
    LEARNING_MS = 100, /* a banner may come in pieces */
    QUIET_MS = 30
};

static void fail(struct gv_dialogue *d, enum gv_err err, const char *why)
{
    d->state = GV_DIALOGUE_FAILED;
    d->err = err;
    d->why = why;
    d->queued = d->sent = 0;
}

void gv_dialogue_init(struct gv_dialogue *d, struct gv_secret *enable)
{
    *d = (struct gv_dialogue){.state = GV_DIALOGUE_LEARNING,
                              .answer = gv_buf(GV_DIALOGUE_ANSWER_MOST)};
    gv_terminal_init(&d->terminal);
    d->enable = gv_secret_share(enable);
}

void gv_dialogue_clear(struct gv_dialogue *d)
{
    gv_secret_free(d->enable);
    gv_terminal_clear(&d->terminal);
    gv_buf_clear(&d->answer);
    *d = (struct gv_dialogue){.state = GV_DIALOGUE_FAILED, .answer = gv_buf(0)};
}

void gv_dialogue_forget(struct gv_dialogue *d)
{
    gv_buf_clear(&d->answer);
}

struct gv_text gv_dialogue_answer(const struct gv_dialogue *d)
{
    return (struct gv_text){d->answer.at ? d->answer.at : "", d->answer.n};
}

struct gv_dur gv_dialogue_patience(const struct gv_dialogue *d)
{
    return (struct gv_dur){d->state == GV_DIALOGUE_LEARNING ? LEARNING_MS : QUIET_MS};
}

/* The one place where octets to send come from: `text` is a row of the command
 * table, the enable secret, a space, or nothing; a newline may follow. */
static void say(struct gv_dialogue *d, struct gv_text text, const char *newline)
{
    d->queue[0] = text;
    d->queue[1] = gv_text(newline);
    d->queued = 2;
    d->sent = 0;
}

struct gv_text gv_dialogue_next(struct gv_dialogue *d)
{
    while (d->sent < d->queued) {
        struct gv_text t = d->queue[d->sent++];

        if (t.n > 0)
            return t;
    }
    return gv_text(NULL);
}

static void type(struct gv_dialogue *d, enum gv_command command)
{
    d->command = command;
    d->echo_seen = d->prompt_passed = false;
    d->raw = 0;
    gv_buf_reset(&d->answer);
    gv_terminal_drop(&d->terminal); /* the prompt that stands there is the old one */
    say(d, gv_text(gv_command_text(command)), "\n");
}

void gv_dialogue_ask(struct gv_dialogue *d, enum gv_command command)
{
    if (d->state != GV_DIALOGUE_READY)
        return;
    d->state = GV_DIALOGUE_ASKED;
    type(d, command);
}

/* True if `line` is the echo of the command under way: behind the prompt, or alone
 * where a syslog line broke in. */
static bool echo(const struct gv_dialogue *d, struct gv_text line)
{
    size_t prompt = strlen(d->prompt);

    if (line.n > prompt && memcmp(line.at, d->prompt, prompt) == 0)
        line = gv_text_from(line, prompt);
    return gv_text_is(gv_text_trim(line), gv_command_text(d->command));
}

static bool is_prompt(const struct gv_dialogue *d, struct gv_text line)
{
    return gv_text_is(line, d->prompt);
}

/* The prompt as a whole line: its blanks at the end are gone there. */
static bool was_prompt(const struct gv_dialogue *d, struct gv_text line)
{
    struct gv_text prompt = gv_text_trim(gv_text(d->prompt));

    return line.n == prompt.n && memcmp(line.at, prompt.at, line.n) == 0;
}

static void keep_line(struct gv_dialogue *d, struct gv_text line)
{
    gv_buf_add_text(&d->answer, line);
    gv_buf_add_char(&d->answer, '\n');
    if (d->answer.err != GV_OK)
        fail(d, d->answer.err, "the output exceeds the ceiling");
}

/* A whole line while a command is under way. */
static void answer_line(struct gv_dialogue *d, struct gv_text line)
{
    if (!d->echo_seen) {
        if (line.n == 0)
            return;
        d->echo_seen = true;
        if (echo(d, line)) {
            d->echoes = true;
            return;
        }
        if (d->echoes) {
            fail(d, GV_ERR_MALFORMED, "output of the command before came after its prompt");
            return;
        }
    }
    d->prompt_passed = was_prompt(d, line) || (d->prompt_passed && line.n == 0);
    keep_line(d, line);
}

/* A whole line that nobody asked for. */
static void idle_line(struct gv_dialogue *d, struct gv_text line)
{
    if (line.n > 0 && !was_prompt(d, line))
        fail(d, GV_ERR_MALFORMED, "unasked output, or output after its prompt");
}

/* Lines of a log look as those that break in do, and are the answer here. */
static bool log_asked(const struct gv_dialogue *d)
{
    return d->state == GV_DIALOGUE_ASKED && d->command == GV_COMMAND_LOGGING && d->echo_seen;
}

static void line_heard(struct gv_dialogue *d, struct gv_text line)
{
    struct gv_text rest = line;
    size_t prompt = strlen(d->prompt);

    if (log_asked(d) && gv_noise_syslog(line)) {
        keep_line(d, line);
        return;
    }

    if (rest.n > prompt && memcmp(rest.at, d->prompt, prompt) == 0)
        rest = gv_text_from(rest, prompt);
    if (gv_noise_syslog(rest)) {
        d->prompt_passed = d->prompt_passed || rest.n < line.n;
        return;
    }
    if (d->state == GV_DIALOGUE_READY)
        idle_line(d, line);
    else if (d->state == GV_DIALOGUE_ASKED || d->state == GV_DIALOGUE_SETTING_UP)
        answer_line(d, line);
}

static size_t raw_most(const struct gv_dialogue *d)
{
    if (d->state == GV_DIALOGUE_ASKED)
        return GV_DIALOGUE_ANSWER_MOST;
    return d->state == GV_DIALOGUE_READY ? GV_DIALOGUE_IDLE_MOST : GV_DIALOGUE_LOGIN_MOST;
}

void gv_dialogue_feed(struct gv_dialogue *d, const void *octets, size_t n)
{
    struct gv_text input = {octets, n}, line;

    if (d->state == GV_DIALOGUE_FAILED)
        return;
    d->raw += n;
    if (d->raw > raw_most(d)) {
        fail(d, GV_ERR_TOO_LARGE, "the output exceeds the ceiling");
        return;
    }
    while (d->state != GV_DIALOGUE_FAILED && gv_terminal_line(&d->terminal, &input, &line)) {
        if (d->terminal.line.err != GV_OK && d->state == GV_DIALOGUE_ASKED)
            break;
        if (d->terminal.line.err == GV_OK)
            line_heard(d, line);
    }
    if (d->state == GV_DIALOGUE_ASKED && d->terminal.line.err != GV_OK)
        fail(d, d->terminal.line.err, "a line exceeds the ceiling");
}

/* A line that may be a prompt; whether it is one, empty lines must prove. */
static bool plausible(struct gv_text line)
{
    struct gv_text t = gv_text_trim(line);

    return t.n > 1 && line.n <= GV_DIALOGUE_PROMPT_MOST && t.at == line.at &&
           (t.at[t.n - 1] == '>' || t.at[t.n - 1] == '#');
}

static void set_prompt(struct gv_dialogue *d, struct gv_text line)
{
    memcpy(d->prompt, line.at, line.n);
    d->prompt[line.n] = '\0';
}

/* Where the prompt's sign stands: blanks may follow it. */
static char *prompt_sign(struct gv_dialogue *d)
{
    return d->prompt + gv_text_trim(gv_text(d->prompt)).n - 1;
}

static void set_up(struct gv_dialogue *d)
{
    d->state = GV_DIALOGUE_SETTING_UP;
    type(d, GV_COMMAND_LENGTH);
}

static void prompt_learned(struct gv_dialogue *d)
{
    if (*prompt_sign(d) == '#' || d->enable == NULL) {
        set_up(d);
        return;
    }
    d->state = GV_DIALOGUE_ENABLING;
    type(d, GV_COMMAND_ENABLE);
}

static void learn(struct gv_dialogue *d, struct gv_text line)
{
    if (!plausible(line))
        return;
    if (d->tries > 0 && is_prompt(d, line))
        d->proofs++;
    else
        d->proofs = 0;
    set_prompt(d, line);
    gv_terminal_drop(&d->terminal);
    if (d->proofs == PROOFS) {
        prompt_learned(d);
        return;
    }
    if (d->tries++ == TRIES_MOST) {
        fail(d, GV_ERR_MALFORMED, "no prompt: empty lines are answered differently each time");
        return;
    }
    say(d, gv_text(NULL), "\n");
}

/* After `enable`: a password prompt, the new prompt, or the old one again. */
static void enabling(struct gv_dialogue *d, struct gv_text line)
{
    if (gv_text_is_nocase(gv_text_trim(line), "password:")) {
        if (d->password_sent) {
            fail(d, GV_ERR_AUTHENTICATION, "the enable password was refused");
            return;
        }
        d->password_sent = true;
        gv_terminal_drop(&d->terminal);
        say(d, (struct gv_text){gv_secret_reveal(d->enable), gv_secret_size(d->enable)}, "\n");
        return;
    }
    if (is_prompt(d, line)) {
        fail(d, GV_ERR_AUTHENTICATION, "enable was refused");
        return;
    }
    *prompt_sign(d) = '#';
    if (is_prompt(d, line))
        set_up(d);
    else
        *prompt_sign(d) = '>';
}

/* Drop what stands behind the output: empty lines, and prompts that syslog pushed up. */
static void trim_answer(struct gv_dialogue *d)
{
    struct gv_text all = gv_dialogue_answer(d);

    while (all.n > 0) {
        size_t from = all.n - 1;

        while (from > 0 && all.at[from - 1] != '\n')
            from--;
        if (from < all.n - 1 &&
            !was_prompt(d, (struct gv_text){all.at + from, all.n - 1 - from}))
            break;
        all.n = from;
    }
    d->answer.n = all.n;
}

static void answered(struct gv_dialogue *d)
{
    trim_answer(d);
    d->raw = 0;
    d->prompt_passed = false;
    if (d->state == GV_DIALOGUE_SETTING_UP && d->command == GV_COMMAND_LENGTH)
        type(d, GV_COMMAND_WIDTH);
    else
        d->state = GV_DIALOGUE_READY;
}

static void answering(struct gv_dialogue *d, struct gv_text line)
{
    if (is_prompt(d, line)) {
        if (d->echo_seen || !d->echoes)
            answered(d);
        return;
    }
    if (gv_noise_pager(line)) {
        gv_terminal_drop(&d->terminal);
        say(d, gv_text(" "), NULL);
    } else if (line.n == 0 && d->prompt_passed) {
        /* A syslog line stands behind the prompt: ask for a fresh one. */
        d->prompt_passed = false;
        say(d, gv_text(NULL), "\n");
    }
}

void gv_dialogue_expiry(struct gv_dialogue *d)
{
    struct gv_text line = gv_terminal_pending(&d->terminal);

    switch (d->state) {
    case GV_DIALOGUE_LEARNING:
        learn(d, line);
        return;
    case GV_DIALOGUE_ENABLING:
        enabling(d, line);
        return;
    case GV_DIALOGUE_SETTING_UP:
    case GV_DIALOGUE_ASKED:
        answering(d, line);
        return;
    case GV_DIALOGUE_READY:
    case GV_DIALOGUE_FAILED:
        return;
    }
}
