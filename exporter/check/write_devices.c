/* SPDX-License-Identifier: Apache-2.0 */
/* What -vvv adds: on what each device's verdict rests. */
#include "check/parts.h"

static void add_collector(const json_t *collector, struct gv_buf *out)
{
    const char *reason = gv_check_text(collector, "reason");
    const char *detail = gv_check_text(collector, "detail");
    int64_t age;

    gv_buf_add_str(out, "; ");
    gv_clean_add(out, gv_text(gv_check_text(collector, "name")));
    if (gv_check_number(collector, "age_seconds", &age)) {
        gv_buf_add_str(out, " heard ");
        gv_seconds_add(out, age);
        gv_buf_add_str(out, " ago");
    }
    if (reason != NULL) {
        gv_buf_add_str(out, " failed: ");
        gv_clean_add(out, gv_text(reason));
    }
    if (reason != NULL && detail != NULL) {
        gv_buf_add_str(out, ", ");
        gv_clean_add(out, gv_text(detail));
    }
}

/* The strongest evidence is the first. */
static void add_behavior(const json_t *device, const char *name, const char *role,
                         struct gv_buf *out)
{
    const json_t *behavior = gv_check_object(device, name);
    const json_t *evidence = json_array_get(gv_check_list(behavior, "evidence"), 0);

    if (behavior == NULL)
        return;
    gv_buf_add_str(out, role);
    gv_clean_add(out, gv_text(gv_check_text(behavior, "behavior")));
    if (gv_check_text(evidence, "text") == NULL)
        return;
    gv_buf_add_str(out, " by ");
    gv_clean_add(out, gv_text(gv_check_text(evidence, "source")));
    gv_buf_add_str(out, ": ");
    gv_clean_add(out, gv_text(gv_check_text(evidence, "text")));
}

static void add_device(const json_t *device, struct gv_buf *out)
{
    const json_t *collectors = gv_check_list(device, "collectors");
    const char *version = gv_check_text(device, "version");

    gv_buf_add_str(out, "device ");
    gv_clean_add(out, gv_text(gv_check_text(device, "name")));
    if (version != NULL) {
        gv_buf_add_str(out, ", version ");
        gv_clean_add(out, gv_text(version));
    }
    for (size_t i = 0; i < json_array_size(collectors); i++)
        add_collector(json_array_get(collectors, i), out);
    add_behavior(device, "ks_behavior", "; as a key server ", out);
    add_behavior(device, "gm_behavior", "; as a member ", out);
    gv_buf_add_char(out, '\n');
}

void gv_check_write_devices(const struct gv_check *check, struct gv_buf *out)
{
    for (size_t i = 0; i < gv_check_device_count(check); i++) {
        const json_t *device = gv_check_device_at(check, i);

        if (device != NULL && out->n + GV_CHECK_LINE_MOST < out->ceiling)
            add_device(device, out);
    }
}
