/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool interop: does a key server's version suit a member's? */
#include <stdio.h>

#include "model/interop.h"
#include "model/version.h"
#include "tool/command.h"

struct row {
    const char *ks, *gm;
    bool json;
};

static const struct gv_option options[] = {
    {"--ks", GV_OPTION_TEXT, offsetof(struct row, ks), "VERSION", "the key server's version"},
    {"--gm", GV_OPTION_TEXT, offsetof(struct row, gm), "VERSION", "the member's version"},
    TOOL_JSON(row),
};

/* What happens, and from which rule each side's behaviour follows. */
static void explain(const struct gv_version_verdict *ks, const struct gv_version_verdict *gm,
                    struct gv_buf *out)
{
    gv_buf_add_str(out, gv_interop_text(ks->behaviour, gm->behaviour));
    gv_buf_add_str(out, " KS: ");
    gv_buf_add_str(out, ks->reason);
    gv_buf_add_str(out, ". GM: ");
    gv_buf_add_str(out, gm->reason);
    gv_buf_add_char(out, '.');
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};
    struct gv_version_verdict ks, gm;
    struct gv_buf reason = gv_buf(4096);
    const char *outcome;
    int code = TOOL_OK;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (row.ks == NULL || row.gm == NULL)
        return tool_usage(command, "--ks and --gm are needed");
    ks = gv_version_judge(gv_text(row.ks));
    gm = gv_version_judge(gv_text(row.gm));
    outcome = gv_interop_name(gv_interop_judge(ks.behaviour, gm.behaviour));
    explain(&ks, &gm, &reason);
    if (row.json)
        code =
            tool_print_json(json_pack("{s:s, s:s, s:s, s:s}", "outcome", outcome, "ks_behavior",
                                      gv_behaviour_name(ks.behaviour), "gm_behavior",
                                      gv_behaviour_name(gm.behaviour), "reason", reason.at),
                            TOOL_OK);
    else
        (void)printf("%s: %s KS with %s GM\n%s\n", outcome, gv_behaviour_name(ks.behaviour),
                     gv_behaviour_name(gm.behaviour), reason.at);
    gv_buf_clear(&reason);
    return code;
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
