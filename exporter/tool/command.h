/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands of getvpntool share. */
#ifndef GV_TOOL_COMMAND_H
#define GV_TOOL_COMMAND_H

#include <jansson.h>

#include "observation.h"
#include "options.h"

/* Exit codes, as in contract.md. */
enum { TOOL_OK = 0, TOOL_NEGATIVE = 1, TOOL_USAGE = 2, TOOL_UNREACHABLE = 3 };

enum { TOOL_TEXT_MOST = 256 << 20, TOOL_INPUT_MOST = 64 << 20 };

struct tool_command {
    const char *name;
    const char *arguments; /* "[--command TEXT] FILE" */
    const char *summary;   /* one line */
    const char *teaching;  /* what it does, how to read the answer, an example */
    const struct gv_option *options;
    size_t option_count;
    /* argv[0] is the command's name. The program's exit code. */
    int (*run)(const struct tool_command *command, int argc, const char *const *argv);
};

extern const struct tool_command tool_parse, tool_timing, tool_version, tool_interop, tool_poll,
    tool_keyscan, tool_probe, tool_syslog, tool_history, tool_init;

#define TOOL_JSON(row)                                                                         \
    {                                                                                          \
        "--json", GV_OPTION_FLAG, offsetof(struct row, json), NULL, "one JSON document"        \
    }

/* Read the command's arguments into its row; false with the fault on standard
 * error: then the command ends with TOOL_USAGE. */
bool tool_arguments(const struct tool_command *command, int argc, const char *const *argv,
                    void *row);

/* Say on standard error what is wrong with the arguments. TOOL_USAGE. */
int tool_usage(const struct tool_command *command, const char *wrong);

/* Report a failure: `reason` on standard error, and as the one JSON document where
 * `json`. Returns `code`. */
int tool_fail(bool json, const char *step, const char *reason, int code);

/* Read the one file that the arguments name ("-" is standard input) to the end of *out, whose
 * ceiling is TOOL_INPUT_MOST. TOOL_OK, TOOL_USAGE where it is not one, or what tool_fail
 * returned. */
int tool_read_file(const struct tool_command *command, const struct gv_option_texts *files,
                   bool json, struct gv_buf *out);

/* Print the document and release it. `code`, or TOOL_NEGATIVE where it could not
 * be made (NULL) or printed. */
int tool_print_json(json_t *document, int code);

/* A JSON string; octets of text that is no UTF-8 are shown as \xNN. NULL without memory. */
json_t *tool_text_json(struct gv_text text);

/* {"step": ..., "reason": ...}; NULL without memory. */
json_t *tool_error(const char *step, const char *reason);

/* Print an observation, as JSON (with `error`, which is released; may be NULL)
 * or for people. `obs` may be NULL. `code`, or TOOL_NEGATIVE as above. */
int tool_print_observation(const struct gv_observation *obs, bool json, json_t *error,
                           int code);

/* An observation for people. Appends; control characters are shown as ?, octets that are no
 * UTF-8 as \xNN. */
void tool_observation_text(const struct gv_observation *obs, struct gv_buf *out);

#endif
