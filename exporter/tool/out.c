/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "render/label.h"
#include "render/render.h"
#include "tool/command.h"

bool tool_arguments(const struct tool_command *command, int argc, const char *const *argv,
                    void *row)
{
    struct gv_buf why = gv_buf(4096);
    bool ok = gv_options_read(command->options, command->option_count, argc, argv, row, &why);

    if (!ok)
        (void)tool_usage(command, why.at ? why.at : "?");
    gv_buf_clear(&why);
    return ok;
}

int tool_usage(const struct tool_command *command, const char *wrong)
{
    (void)fprintf(stderr, "getvpntool %s: %s\nusage: getvpntool %s %s\n", command->name, wrong,
                  command->name, command->arguments);
    return TOOL_USAGE;
}

static bool read_stream(FILE *stream, struct gv_buf *out)
{
    enum { PIECE = 65536 };
    size_t n;

    do {
        char *at = gv_buf_room(out, PIECE);

        if (at == NULL)
            return false;
        n = fread(at, 1, PIECE, stream);
        gv_buf_grew(out, n);
    } while (n > 0);
    return ferror(stream) == 0;
}

int tool_read_file(const struct tool_command *command, const struct gv_option_texts *files,
                   bool json, struct gv_buf *out)
{
    FILE *stream;
    bool ok;

    if (files->count != 1)
        return tool_usage(command, "one FILE is needed, - for standard input");
    errno = 0;
    stream = strcmp(files->at[0], "-") == 0 ? stdin : fopen(files->at[0], "rb");
    ok = stream != NULL && read_stream(stream, out);
    if (stream != NULL && stream != stdin)
        (void)fclose(stream);
    if (ok)
        return TOOL_OK;
    return tool_fail(json, "read",
                     out->err == GV_ERR_TOO_LARGE ? "the input is larger than 64 MiB"
                                                  : strerror(errno),
                     TOOL_NEGATIVE);
}

json_t *tool_text_json(struct gv_text text)
{
    struct gv_buf shown = gv_buf(TOOL_TEXT_MOST);
    json_t *string = json_stringn(text.at, text.n);

    if (string != NULL)
        return string;
    gv_visible_add(&shown, text);
    string = json_stringn(shown.at ? shown.at : "", shown.n);
    gv_buf_clear(&shown);
    return string;
}

json_t *tool_error(const char *step, const char *reason)
{
    return json_pack("{s:s, s:o}", "step", step, "reason", tool_text_json(gv_text(reason)));
}

int tool_fail(bool json, const char *step, const char *reason, int code)
{
    (void)fprintf(stderr, "getvpntool: %s: %s\n", step, reason);
    if (!json)
        return code;
    return tool_print_json(json_pack("{s:o}", "error", tool_error(step, reason)), code);
}

int tool_print_json(json_t *document, int code)
{
    bool ok = document != NULL &&
              json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0 &&
              putchar('\n') != EOF && fflush(stdout) == 0;

    json_decref(document);
    if (!ok)
        (void)fputs("getvpntool: the answer could not be written\n", stderr);
    return ok ? code : TOOL_NEGATIVE;
}

static json_t *observation_json(const struct gv_observation *obs)
{
    struct gv_buf text = gv_buf(TOOL_TEXT_MOST);
    json_t *document = NULL;

    if (obs == NULL)
        return json_pack("{s:{}, s:[]}", "device", "groups");
    if (gv_render_observation_json(obs, &text) == GV_OK)
        document = json_loadb(text.at, text.n, 0, NULL);
    gv_buf_clear(&text);
    return document;
}

int tool_print_observation(const struct gv_observation *obs, bool json, json_t *error, int code)
{
    struct gv_buf text = gv_buf(TOOL_TEXT_MOST);
    json_t *document;

    if (json) {
        document = observation_json(obs);
        if (error != NULL)
            (void)json_object_set_new(document, "error", error);
        return tool_print_json(document, code);
    }
    json_decref(error);
    if (obs != NULL)
        tool_observation_text(obs, &text);
    (void)fputs(text.at ? text.at : "", stdout);
    gv_buf_clear(&text);
    return code;
}
