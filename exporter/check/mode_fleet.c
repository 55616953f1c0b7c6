/* SPDX-License-Identifier: Apache-2.0 */
/* Everything at once: who answers, and each other mode with its own ranges. */
#include "check/parts.h"

static const struct {
    const struct gv_check_mode *mode;
    const char *perf;
} others[] = {
    {&gv_check_kek, "kek_problems"},
    {&gv_check_tek, "tek_problems"},
    {&gv_check_rekey, "rekey_problems"},
    {&gv_check_interop, "interop_problems"},
    {&gv_check_registration, "registration_problems"},
    {&gv_check_members, "members_problems"},
    {&gv_check_coop, "coop_problems"},
    {&gv_check_probe, "probe_problems"},
};
enum { OTHERS = sizeof(others) / sizeof(others[0]) };

/* A device is down where it is asked and does not answer, or too long ago. Begins the text of
 * its item. */
static bool down(struct gv_check *check, const json_t *device)
{
    struct gv_buf *line = gv_check_begin(check, gv_check_text(device, "name"), NULL);
    bool up;

    if (!gv_check_bool(device, "up", &up)) {
        gv_buf_add_str(line, "is not polled");
        return false;
    }
    if (gv_check_silent(check, device, line))
        return true;
    gv_buf_add_str(line, up ? "up" : "does not answer");
    return !up;
}

static void judge_devices(struct gv_check *check, int64_t *total)
{
    int64_t silent = 0;
    enum gv_check_state state;

    for (size_t i = 0; i < gv_check_device_count(check); i++) {
        const json_t *device = gv_check_device_at(check, i);

        *total += device != NULL ? 1000 : 0;
        silent += device != NULL && down(check, device) ? 1000 : 0;
    }
    state = gv_check_value(check, silent);
    if (silent == *total)
        state = GV_CHECK_CRITICAL;
    for (size_t i = 0; i < gv_check_device_count(check); i++) {
        const json_t *device = gv_check_device_at(check, i);

        if (device != NULL)
            gv_check_end(check, down(check, device) ? state : GV_CHECK_OK, 0);
    }
    gv_check_perf(check, &(struct gv_perf){.name = "devices", .unit = "", .value = *total});
    gv_check_perf(check, &(struct gv_perf){.name = "devices_down",
                                           .unit = "",
                                           .value = silent,
                                           .ranged = true,
                                           .has_most = true,
                                           .most = *total});
}

/* One of the others, with its own ranges; how many of its items are not OK joins the
 * performance data. */
static void judge_other(struct gv_check *check, const struct gv_check_mode *mode,
                        const char *name)
{
    const struct gv_range *warning = check->warning, *critical = check->critical;
    struct gv_range own[2] = {{.inside = false}};
    size_t before = gv_check_troubles(check);
    struct gv_perf perf = {.name = name, .unit = ""};

    gv_check_own_ranges(mode, &own[0], &own[1]);
    check->mode = mode;
    check->warning = &own[0];
    check->critical = &own[1];
    mode->judge(check);
    check->mode = check->ask->mode;
    check->warning = warning;
    check->critical = critical;
    perf.value = (int64_t)(gv_check_troubles(check) - before) * 1000;
    gv_check_perf(check, &perf);
}

static void judge_fleet(struct gv_check *check)
{
    int64_t total = 0;

    judge_devices(check, &total);
    if (total == 0)
        return;
    for (size_t i = 0; i < OTHERS; i++)
        judge_other(check, others[i].mode, others[i].perf);
    gv_check_say_count(&check->total, (uint64_t)total / 1000, "device");
}

const struct gv_check_mode gv_check_fleet = {
    .name = "fleet",
    .title = "FLEET",
    .help = "devices that do not answer, and all other modes with their own ranges; no device "
            "at all that answers is CRITICAL",
    .thing = "device",
    .warning = "0",
    .critical = "",
    .of_groups = true,
    .judge = judge_fleet,
};
