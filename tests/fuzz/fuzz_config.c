/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration's grammar: any octets give a configuration or faults. */
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct gv_config_options options = {.offline = true};
    struct gv_buf why = gv_buf(GV_FAULT_TEXT), out = gv_buf(GV_SHOW_MOST);
    struct gv_text text = {(const char *)data, size};
    struct gv_config *config;

    if (gv_config_read("fuzz.yml", text, true, &options, &config, &why) == GV_OK) {
        gv_config_show(config, &out);
        gv_config_summary(config, &out);
        gv_config_free(config);
    } else if (why.n == 0) {
        __builtin_trap(); /* refused without a word */
    }
    gv_buf_clear(&why);
    gv_buf_clear(&out);
    return 0;
}
