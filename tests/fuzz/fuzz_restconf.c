/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as the answers of one poll; as an error, and as an instant. */
#include <stdint.h>

#include "reader.h"
#include "restconf/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    struct gv_text text = {(const char *)data, size};
    char error[64];
    int64_t unix_ms;

    if (obs == NULL)
        return 0;
    (void)golden_read(text, obs);
    gv_restconf_error(text, error, sizeof(error));
    (void)gv_restconf_date(text, &unix_ms);
    gv_observation_free(obs);
    return 0;
}
