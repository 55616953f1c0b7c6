/* SPDX-License-Identifier: Apache-2.0 */
/* A track out of a file that anybody may have written: taken as a whole or not at all, and
 * what is taken is written as the same text again. */
#include <stdlib.h>
#include <string.h>

#include "model/track_keep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct gv_time now = {INT64_C(1) << 59};
    const struct gv_dur shift = {1000};
    const struct gv_text text = {(const char *)data, size};
    struct gv_buf first = gv_buf(1 << 20), second = gv_buf(1 << 20);
    struct gv_track track, again;

    if (gv_track_read(text, shift, now, &track)) {
        gv_track_write(&track, shift, &first);
        if (!gv_track_read((struct gv_text){first.at != NULL ? first.at : "", first.n}, shift,
                           now, &again))
            abort();
        gv_track_write(&again, shift, &second);
        if (first.n != second.n || (first.n > 0 && memcmp(first.at, second.at, first.n) != 0))
            abort();
    }
    gv_buf_clear(&first);
    gv_buf_clear(&second);
    return 0;
}
