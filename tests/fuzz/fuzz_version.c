/* SPDX-License-Identifier: Apache-2.0 */
/* Any text has a version verdict, and what is called the version is part of it. */
#include <stdlib.h>

#include "model/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct gv_text input, struct gv_version_verdict verdict)
{
    bool inside = verdict.version.n == 0 ||
                  (verdict.version.at >= input.at &&
                   verdict.version.at + verdict.version.n <= input.at + input.n);

    if (!inside || verdict.reason == NULL || verdict.behaviour > GV_BEHAVIOUR_NEW)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_text input = {(const char *)data, size};

    check(input, gv_version_judge(input));
    check(input, gv_gdoi_version_judge(input));
    return 0;
}
