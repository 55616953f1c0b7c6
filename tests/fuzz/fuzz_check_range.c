/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges: what is read alerts as its own text says, and a range is never both inside and
 * outside of itself. */
#include <stdlib.h>

#include "check/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t values[] = {INT64_MIN, -1000, -1, 0, 1, 999, 1000, INT64_MAX};
    struct gv_text text = {(const char *)data, size};
    struct gv_range range = {.inside = false}, other;
    const char *why = NULL;

    if (gv_range_read(text, &range, &why) != GV_OK) {
        if (range.text.n != 0 || why == NULL)
            abort();
        return 0;
    }
    other = range;
    other.inside = !range.inside;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        if (gv_range_alerts(&range, values[i]) == gv_range_alerts(&other, values[i]))
            abort();
    if (!range.no_start && gv_range_alerts(&range, range.start) != range.inside)
        abort();
    return 0;
}
