/* SPDX-License-Identifier: Apache-2.0 */
/* What the exporter's probes saw. */
#include "check/parts.h"

static enum gv_check_state say_success(struct gv_check *check, const json_t *probe,
                                       struct gv_perf *perf)
{
    struct gv_buf *line = &check->line;
    enum gv_check_state state = GV_CHECK_OK;
    int64_t phase1, pull;

    gv_buf_add_str(line, "registered");
    if (gv_check_number(probe, "phase1_seconds", &phase1) &&
        gv_check_number(probe, "pull_seconds", &pull)) {
        perf->value = phase1 + pull;
        state = gv_check_value(check, perf->value);
        gv_buf_add_str(line, " within ");
        gv_seconds_add(line, perf->value);
        gv_check_say_range(check, state);
        gv_check_perf(check, perf);
    }
    if (!gv_check_true(probe, "listening"))
        gv_buf_add_str(line, ", hears no rekeys");
    return state;
}

static void judge_probe(struct gv_check *check, const json_t *probe)
{
    const char *name = gv_check_text(probe, "probe"), *group = gv_check_text(probe, "group");
    const char *ks = gv_check_text(probe, "ks"), *reason = gv_check_text(probe, "reason");
    struct gv_perf perf = {.device = name,
                           .group = group,
                           .name = "registration_time",
                           .unit = "s",
                           .ranged = true};
    struct gv_buf *line = gv_check_begin(check, name, group);
    enum gv_check_state state;
    bool success;

    if (ks != NULL) {
        gv_buf_add_str(line, "at ");
        gv_clean_add(line, gv_text(ks));
        gv_buf_add_str(line, " ");
    }
    if (!gv_check_bool(probe, "success", &success)) {
        gv_buf_add_str(line, "has not registered yet");
        state = GV_CHECK_UNKNOWN;
    } else if (success) {
        state = say_success(check, probe, &perf);
    } else {
        gv_buf_add_str(line, "could not register: ");
        gv_clean_add(line, gv_text(reason != NULL ? reason : "no reason told"));
        state = GV_CHECK_CRITICAL;
    }
    gv_check_end(check, state, 0);
}

static void judge_probes(struct gv_check *check)
{
    const json_t *probes = gv_check_list(check->document, "probes");

    for (size_t i = 0; i < json_array_size(probes); i++) {
        const json_t *probe = json_array_get(probes, i);

        if (gv_check_text(probe, "probe") != NULL && gv_check_in_group(check, probe) &&
            (gv_check_fits(check->ask->device, gv_check_text(probe, "probe")) ||
             gv_check_fits(check->ask->device, gv_check_text(probe, "ks"))))
            judge_probe(check, probe);
    }
}

const struct gv_check_mode gv_check_probe = {
    .name = "probe",
    .title = "PROBE",
    .help = "the last registration of each probe: a failure is CRITICAL; with ranges, how many "
            "seconds it took",
    .thing = "probe",
    .warning = "",
    .critical = "",
    .of_groups = true,
    .judge = judge_probes,
};
