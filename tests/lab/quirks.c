/* SPDX-License-Identifier: Apache-2.0 */
#include "quirks.h"

#include <stddef.h>

static const struct {
    const char *key;
    bool is_switch;
    size_t offset;
} settings[] = {
    {"preamble_octets", false, offsetof(struct lab_quirks, preamble_octets)},
    {"banner_octets", false, offsetof(struct lab_quirks, banner_octets)},
    {"drip_ms", false, offsetof(struct lab_quirks, drip_ms)},
    {"cut_octets", false, offsetof(struct lab_quirks, cut_octets)},
    {"endless", true, offsetof(struct lab_quirks, endless)},
    {"mute", true, offsetof(struct lab_quirks, mute)},
    {"stuck", true, offsetof(struct lab_quirks, stuck)},
    {"pager", true, offsetof(struct lab_quirks, pager)},
    {"escapes", true, offsetof(struct lab_quirks, escapes)},
    {"chatter", true, offsetof(struct lab_quirks, chatter)},
    {"prompts", true, offsetof(struct lab_quirks, prompts)},
    {"unauthorized", true, offsetof(struct lab_quirks, unauthorized)},
    {"no_commands", true, offsetof(struct lab_quirks, no_commands)},
    {"legacy", true, offsetof(struct lab_quirks, legacy)},
    {"publickey_only", true, offsetof(struct lab_quirks, publickey_only)},
    {"keyboard_only", true, offsetof(struct lab_quirks, keyboard_only)},
};

enum gv_err lab_quirks_read(struct gv_text key, struct gv_text value, struct lab_quirks *out)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        char *field = (char *)out + settings[i].offset;

        if (!gv_text_is(key, settings[i].key))
            continue;
        if (!settings[i].is_switch)
            return gv_text_u32(value, (uint32_t *)(void *)field) ? GV_OK : GV_ERR_RANGE;
        if (!gv_text_is(value, "true") && !gv_text_is(value, "false"))
            return GV_ERR_RANGE;
        *(bool *)field = gv_text_is(value, "true");
        return GV_OK;
    }
    return GV_ERR_NOT_FOUND;
}
