/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "cli_noise.h"

enum {
    LINE_MAX_OCTETS = 254, /* as IOS: a longer one rings the bell */
    TYPED_AHEAD_MAX = 4096,
    PENDING_MAX = 2 << 20,
    PASSWORD_TRIES = 3,
};

static const char more[] = " --More-- ";
static const char more_erase[] = "\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b";

enum state { TYPING, PASSWORD, PRINTING, PAGING, SILENT, ENDED };

struct lab_cli {
    struct lab_cli_config config;
    enum state state;
    bool privileged, exec, answered;
    bool after_cr; /* a LF directly after a CR belongs to it */
    uint32_t rows; /* of a page; 0: no paging */
    unsigned tries;
    size_t line_n, typed_n;
    char line[LINE_MAX_OCTETS];
    char typed[TYPED_AHEAD_MAX]; /* fed and not yet read */
    struct gv_buf pending;       /* ready to go out, from `given` on */
    size_t given;
    struct gv_buf text; /* the answer being printed, from `printed` on */
    size_t printed;
    size_t page_row;  /* rows on this page so far */
    size_t total_row; /* rows of this answer so far */
};

struct lab_cli *lab_cli_new(const struct lab_cli_config *config)
{
    struct lab_cli *cli = calloc(1, sizeof(*cli));

    if (cli == NULL)
        return NULL;
    cli->config = *config;
    cli->rows = config->rows;
    cli->privileged = config->enable == NULL;
    cli->pending = gv_buf(PENDING_MAX);
    cli->text = gv_buf(LAB_SHOW_MAX);
    return cli;
}

void lab_cli_free(struct lab_cli *cli)
{
    if (cli == NULL)
        return;
    gv_buf_clear(&cli->pending);
    gv_buf_clear(&cli->text);
    free(cli);
}

static void say(struct lab_cli *cli, const char *s)
{
    gv_buf_add_str(&cli->pending, s);
}

static void prompt(struct lab_cli *cli)
{
    cli->line_n = 0;
    cli->state = cli->exec ? ENDED : TYPING;
    if (cli->exec)
        return;
    say(cli, cli->config.hostname);
    say(cli, cli->privileged ? "#" : ">");
}

/* Text from elsewhere: LF becomes CRLF. */
static void say_lines(struct lab_cli *cli, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '\n')
            gv_buf_add_char(&cli->pending, '\r');
        gv_buf_add_char(&cli->pending, *s);
    }
}

void lab_cli_start(struct lab_cli *cli)
{
    say(cli, "\r\n");
    if (cli->config.banner != NULL) {
        say_lines(cli, cli->config.banner);
        say(cli, "\r\n");
    }
    lab_noise_banner(cli->config.quirks->banner_octets, &cli->pending);
    say(cli, "\r\n");
    prompt(cli);
}

/* --- running a line --------------------------------------------------------- */

static void print_answer(struct lab_cli *cli)
{
    cli->printed = cli->page_row = cli->total_row = 0;
    cli->state = PRINTING;
    cli->answered = true;
}

static void complain_invalid(struct lab_cli *cli, size_t caret)
{
    size_t column = strlen(cli->config.hostname) + 1 + caret;

    for (size_t i = 0; i < column && !cli->exec; i++)
        gv_buf_add_char(&cli->text, ' ');
    gv_buf_add_str(&cli->text, "^\n% Invalid input detected at '^' marker.\n\n");
}

static void show(struct lab_cli *cli, const struct lab_matched *matched, struct gv_text filter)
{
    const struct lab_quirks *quirks = cli->config.quirks;

    if (quirks->unauthorized && matched->command->print != lab_show_version) {
        gv_buf_add_str(&cli->text, "% Authorization failed.\n\n");
        return;
    }
    cli->config.answer(cli->config.arg, matched->command, matched->argument, &cli->text);
    if (filter.n > 0 && !lab_filter_apply(filter, &cli->text)) {
        gv_buf_reset(&cli->text);
        complain_invalid(cli, cli->line_n);
        return;
    }
    lab_noise_add(quirks, cli->config.hostname, &cli->text);
    if (quirks->mute)
        cli->state = SILENT;
}

static void set_length(struct lab_cli *cli, struct gv_text argument)
{
    uint32_t rows;

    if (cli->config.quirks->pager)
        gv_buf_add_str(&cli->text, "% Authorization failed.\n\n");
    else if (!gv_text_u32(argument, &rows) || rows > 512)
        complain_invalid(cli, (size_t)(argument.at - cli->line));
    else
        cli->rows = rows;
}

/* Do what was found; what it prints goes to cli->text. */
static void act(struct lab_cli *cli, const struct lab_matched *matched, struct gv_text filter)
{
    switch (matched->command->action) {
    case LAB_DO_SHOW:
        show(cli, matched, filter);
        break;
    case LAB_DO_ENABLE:
        if (!cli->privileged) {
            say(cli, "Password: ");
            cli->state = PASSWORD;
            cli->tries = 0;
        }
        break;
    case LAB_DO_DISABLE:
        cli->privileged = false;
        break;
    case LAB_DO_EXIT:
        cli->state = ENDED;
        break;
    case LAB_DO_LENGTH:
        set_length(cli, matched->argument);
        break;
    case LAB_DO_NOTHING:
        break;
    }
}

static void run(struct lab_cli *cli)
{
    struct gv_text line = gv_text_trim((struct gv_text){cli->line, cli->line_n}), filter;
    struct gv_text whole = line;
    struct lab_matched matched;

    gv_buf_reset(&cli->text);
    cli->state = PRINTING;
    lab_filter_cut(&line, &filter);
    matched = lab_command_find(line, cli->config.format, cli->privileged);
    if (line.n == 0) {
        /* an empty line is a new prompt */
    } else if (matched.how == LAB_MATCH_FOUND) {
        act(cli, &matched, filter);
    } else if (matched.how == LAB_MATCH_INVALID) {
        complain_invalid(cli, (size_t)(line.at - cli->line) + matched.caret);
    } else if (matched.how == LAB_MATCH_INCOMPLETE) {
        gv_buf_add_str(&cli->text, "% Incomplete command.\n\n");
    } else {
        gv_buf_add_str(&cli->text, "% Ambiguous command:  \"");
        gv_buf_add_text(&cli->text, whole);
        gv_buf_add_str(&cli->text, "\"\n");
    }
    cli->line_n = 0;
    if (cli->state == PRINTING)
        print_answer(cli);
}

void lab_cli_exec(struct lab_cli *cli, struct gv_text line)
{
    line = gv_text_head(line, LINE_MAX_OCTETS);
    cli->exec = true;
    cli->rows = 0;
    memcpy(cli->line, line.at, line.n);
    cli->line_n = line.n;
    run(cli);
}

/* --- typing ------------------------------------------------------------------ */

static void password_entered(struct lab_cli *cli)
{
    struct gv_text typed = {cli->line, cli->line_n};
    bool right = gv_text_is(typed, cli->config.enable);

    cli->line_n = 0;
    say(cli, "\r\n");
    cli->privileged = right;
    if (!right && ++cli->tries < PASSWORD_TRIES) {
        say(cli, "Password: ");
        return;
    }
    if (!right)
        say(cli, "% Bad secrets\r\n");
    prompt(cli);
}

static void erase_last(struct lab_cli *cli)
{
    if (cli->line_n == 0)
        return;
    cli->line_n--;
    if (cli->state == TYPING)
        say(cli, "\b \b");
}

/* One key in a line: letters, editing, the end of the line. */
static void line_key(struct lab_cli *cli, char c)
{
    enum { CTRL_C = 3, CTRL_U = 21, DELETE = 127 };

    if (c == '\r' || c == '\n') {
        if (cli->state == PASSWORD) {
            password_entered(cli);
            return;
        }
        say(cli, "\r\n");
        run(cli);
    } else if (c == '\b' || c == DELETE) {
        erase_last(cli);
    } else if (c == CTRL_U) {
        while (cli->line_n > 0)
            erase_last(cli);
    } else if (c == CTRL_C) {
        say(cli, "\r\n");
        prompt(cli);
    } else if (c >= ' ' && cli->line_n < LINE_MAX_OCTETS) {
        cli->line[cli->line_n++] = c;
        if (cli->state == TYPING)
            gv_buf_add_char(&cli->pending, c);
    } else {
        say(cli, "\a");
    }
}

/* At " --More-- ": space a page, return a line, anything else enough. */
static void pager_key(struct lab_cli *cli, char c)
{
    say(cli, more_erase);
    if (c == ' ') {
        cli->page_row = 0;
        cli->state = PRINTING;
    } else if (c == '\r' || c == '\n') {
        cli->page_row--;
        cli->state = PRINTING;
    } else {
        prompt(cli);
    }
}

/* Read what was typed as far as the state allows. */
static void read_keys(struct lab_cli *cli)
{
    size_t used = 0;

    while (used < cli->typed_n &&
           (cli->state == TYPING || cli->state == PASSWORD || cli->state == PAGING)) {
        char c = cli->typed[used++];

        if (c == '\n' && cli->after_cr) {
            cli->after_cr = false;
            continue;
        }
        cli->after_cr = c == '\r';
        if (cli->state == PAGING)
            pager_key(cli, c);
        else
            line_key(cli, c);
    }
    cli->typed_n -= used;
    memmove(cli->typed, cli->typed + used, cli->typed_n);
}

void lab_cli_feed(struct lab_cli *cli, const char *octets, size_t n)
{
    size_t room = sizeof(cli->typed) - cli->typed_n;

    if (n > room)
        n = room;
    memcpy(cli->typed + cli->typed_n, octets, n);
    cli->typed_n += n;
    read_keys(cli);
}

/* --- printing ---------------------------------------------------------------- */

/* Print the next row of the answer, or what comes after the last one. */
static void print_row(struct lab_cli *cli)
{
    const struct lab_quirks *quirks = cli->config.quirks;
    struct gv_text rest = {cli->text.at + cli->printed, cli->text.n - cli->printed}, row;

    if (rest.n > 0 && quirks->stuck && cli->printed > cli->text.n / 2) {
        cli->state = SILENT;
        return;
    }
    if (rest.n == 0 && quirks->endless && cli->text.n > 0) {
        cli->printed = 0;
        return;
    }
    if (rest.n == 0) {
        prompt(cli);
        return;
    }
    if (cli->rows > 1 && cli->page_row == cli->rows - 1) {
        say(cli, more);
        cli->state = PAGING;
        return;
    }
    row = gv_text_head(rest, gv_text_index(rest, '\n'));
    gv_buf_add_text(&cli->pending, row);
    say(cli, "\r\n");
    cli->printed += row.n < rest.n ? row.n + 1 : row.n;
    cli->page_row++;
    cli->total_row++;
}

size_t lab_cli_next(struct lab_cli *cli, char *out, size_t room)
{
    size_t n;

    if (cli->given == cli->pending.n) {
        gv_buf_reset(&cli->pending);
        cli->given = 0;
        while (cli->state == PRINTING && cli->pending.n < room)
            print_row(cli);
        read_keys(cli);
    }
    n = cli->pending.n - cli->given;
    if (n > room)
        n = room;
    if (n > 0)
        memcpy(out, cli->pending.at + cli->given, n);
    cli->given += n;
    return n;
}

bool lab_cli_answered(struct lab_cli *cli)
{
    bool answered = cli->answered;

    cli->answered = false;
    return answered;
}

bool lab_cli_ended(const struct lab_cli *cli)
{
    return cli->state == ENDED && cli->given == cli->pending.n;
}
