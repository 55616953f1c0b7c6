/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as show output; then the same once more into the same observation. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ssh/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    struct gv_text text = {(const char *)data, size};

    if (obs == NULL)
        return 0;
    for (int turn = 0; turn < 2; turn++)
        if (gv_show_read(gv_text(NULL), text, obs) == GV_ERR_TOO_LARGE)
            break;
    if (gv_show_log(text, obs) == GV_OK && strlen(obs->log) > GV_LOG_MOST)
        abort();
    gv_observation_free(obs);
    return 0;
}
