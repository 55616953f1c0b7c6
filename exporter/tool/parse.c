/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool parse: show output, as the exporter reads it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ssh/show.h"
#include "ssh/terminal.h"
#include "tool/command.h"

enum { SCREEN_MOST = 65 << 20 };

struct row {
    struct gv_option_texts files;
    const char *command;
    bool json;
};

static const struct gv_option options[] = {
    {"--command", GV_OPTION_TEXT, offsetof(struct row, command), "TEXT",
     "the command it answers, abbreviated or not"},
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, files), NULL, NULL},
    TOOL_JSON(row),
};

/* Printable ASCII in lines: nothing that a terminal would do anything about. */
static bool plain(struct gv_text t)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.at[i];

        if (c >= 0x7f || (c < ' ' && c != '\t' && c != '\r' && c != '\n'))
            return false;
    }
    return true;
}

/* A captured session holds what moved the cursor: leave what its screen showed. */
static void as_screen(struct gv_text rest, struct gv_buf *screen)
{
    struct gv_terminal terminal;
    struct gv_text line;

    gv_terminal_init(&terminal);
    while (gv_terminal_line(&terminal, &rest, &line)) {
        gv_buf_add_text(screen, line);
        gv_buf_add_char(screen, '\n');
    }
    gv_buf_add_text(screen, gv_terminal_pending(&terminal));
    gv_terminal_clear(&terminal);
}

static struct gv_time boot_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (struct gv_time){(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
}

static const char *explain(enum gv_err err)
{
    switch (err) {
    case GV_ERR_NOT_SUPPORTED:
        return "the router refused the command";
    case GV_ERR_AUTHORIZATION:
        return "the router did not allow the command";
    case GV_ERR_MALFORMED:
        return "this is not any output known here; try --command";
    case GV_ERR_TOO_LARGE:
        return "too large: what was read so far is shown";
    default:
        return gv_err_name(err);
    }
}

static int parse(const struct row *row, const struct gv_buf *input)
{
    struct gv_text text = {input->at ? input->at : "", input->n};
    struct gv_buf screen = gv_buf(SCREEN_MOST);
    struct gv_observation *obs = gv_observation_new(boot_now());
    int code = TOOL_OK;
    json_t *error = NULL;
    enum gv_err err;

    if (obs == NULL)
        return tool_fail(row->json, "parse", "no memory", TOOL_NEGATIVE);
    if (!plain(text)) {
        as_screen(text, &screen);
        text = (struct gv_text){screen.at ? screen.at : "", screen.n};
    }
    err = screen.err;
    if (err == GV_OK)
        err = gv_show_read(gv_text(row->command), text, obs);
    if (err == GV_ERR_NO_DATA) {
        (void)fputs("getvpntool: understood; it holds nothing about GETVPN\n", stderr);
    } else if (err != GV_OK) {
        (void)fprintf(stderr, "getvpntool: parse: %s\n", explain(err));
        error = tool_error("parse", explain(err));
        code = TOOL_NEGATIVE;
    }
    code = tool_print_observation(obs, row->json, error, code);
    gv_observation_free(obs);
    gv_buf_clear(&screen);
    return code;
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};
    struct gv_buf input = gv_buf(TOOL_INPUT_MOST);
    int code;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    code = tool_read_file(command, &row.files, row.json, &input);
    if (code == TOOL_OK)
        code = parse(&row, &input);
    gv_buf_clear(&input);
    return code;
}

const struct tool_command tool_parse = {
    "parse",
    "[--command TEXT] FILE",
    "read the output of a show command as the exporter does",
    "FILE holds what a router printed (- is standard input). Without --command the output is\n"
    "recognised by itself. What the router did not say is absent from the answer.\n\n"
    "Example:\n"
    "  ssh ks-1 'show crypto gdoi ks policy' | getvpntool parse --json -",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
