/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool version: which rekey behaviour does a version have? */
#include <stdio.h>

#include "model/version.h"
#include "tool/command.h"

struct row {
    struct gv_option_texts strings;
    bool json;
};

static const struct gv_option options[] = {
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, strings), NULL, NULL},
    TOOL_JSON(row),
};

static json_t *row_json(const char *input, const struct gv_version_verdict *verdict)
{
    json_t *row =
        json_pack("{s:o, s:s, s:s}", "input", tool_text_json(gv_text(input)), "behavior",
                  gv_behaviour_name(verdict->behaviour), "reason", verdict->reason);

    if (gv_os_name(verdict->os) != NULL)
        (void)json_object_set_new(row, "os", json_string(gv_os_name(verdict->os)));
    if (verdict->version.n > 0)
        (void)json_object_set_new(row, "version", tool_text_json(verdict->version));
    return row;
}

static void row_text(const char *input, const struct gv_version_verdict *verdict)
{
    bool known = verdict->behaviour != GV_BEHAVIOUR_UNKNOWN;
    const char *os = gv_os_name(verdict->os);

    (void)printf("\"%s\": %s%s%s%s\n  %s\n", input, gv_behaviour_name(verdict->behaviour),
                 known && verdict->confidence == GV_LIKELY ? ", likely" : "", os ? ", " : "",
                 os ? os : "", verdict->reason);
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};
    json_t *rows;
    int failed = 0;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (row.strings.count == 0)
        return tool_usage(command, "a version is needed");
    rows = json_array();
    for (size_t i = 0; i < row.strings.count; i++) {
        const char *input = row.strings.at[i];
        struct gv_version_verdict verdict = gv_version_judge(gv_text(input));

        if (row.json)
            failed |= json_array_append_new(rows, row_json(input, &verdict));
        else
            row_text(input, &verdict);
    }
    if (!row.json) {
        json_decref(rows);
        return TOOL_OK;
    }
    if (failed != 0) {
        json_decref(rows);
        return tool_fail(true, "version", "no memory", TOOL_NEGATIVE);
    }
    return tool_print_json(json_pack("{s:o}", "versions", rows), TOOL_OK);
}

const struct tool_command tool_version = {
    "version",
    "STRING...",
    "whether a version has the old or the new KEK rekey behaviour",
    "Takes IOS and IOS-XE versions, GDOI versions (1.0.x), or a whole line of\n"
    "`show version` or sysDescr. New: IOS from 15.2(1)T and 15.2(1)S, IOS-XE from 3.5S.\n\n"
    "Example:\n"
    "  getvpntool version '15.1(4)M' '03.16.05.S' 1.0.4",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
