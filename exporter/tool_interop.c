/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool interop: does a key server's version suit a member's? */
#include <stdio.h>

#include "model/interop.h"
#include "model/version.h"
#include "tool_command.h"

struct row {
    const char *ks, *gm;
    bool json;
};

static const struct gv_option options[] = {
    {"--ks", GV_OPTION_TEXT, offsetof(struct row, ks), "VERSION", "the key server's version"},
    {"--gm", GV_OPTION_TEXT, offsetof(struct row, gm), "VERSION", "the member's version"},
    TOOL_JSON(row),
};

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};
    enum gv_behaviour ks, gm;
    const char *outcome, *reason;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (row.ks == NULL || row.gm == NULL)
        return tool_usage(command, "--ks and --gm are needed");
    ks = gv_version_judge(gv_text(row.ks)).behaviour;
    gm = gv_version_judge(gv_text(row.gm)).behaviour;
    outcome = gv_interop_name(gv_interop_judge(ks, gm));
    reason = gv_interop_text(ks, gm);
    if (row.json)
        return tool_print_json(json_pack("{s:s, s:s, s:s, s:s}", "outcome", outcome,
                                         "ks_behavior", gv_behaviour_name(ks), "gm_behavior",
                                         gv_behaviour_name(gm), "reason", reason),
                               TOOL_OK);
    (void)printf("%s: %s KS with %s GM\n%s\n", outcome, gv_behaviour_name(ks),
                 gv_behaviour_name(gm), reason);
    return TOOL_OK;
}

const struct tool_command tool_interop = {
    "interop",
    "--ks VERSION --gm VERSION",
    "what happens between a key server and a member of these versions",
    "An old KS sends the KEK rekey at expiry; a new GM gives up up to 190 s before it and\n"
    "registers again, twice for each KEK: `mismatch`. Old with old is `informational`.\n\n"
    "Example:\n"
    "  getvpntool interop --ks '12.4(24)T' --gm '15.2(4)M'",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
