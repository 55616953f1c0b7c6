/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets are an answer of phase 1 or none; what it took has a name that reads back as it.
 */
#include <stdlib.h>

#include "gdoi/phase1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const struct gdoi_suite *suite)
{
    struct gv_buf name = gv_buf(64);
    struct gdoi_suite back;

    gdoi_suite_name(suite, &name);
    if (name.err != GV_OK || !gdoi_suite_read((struct gv_text){name.at, name.n}, &back) ||
        !gdoi_suite_equal(suite, &back))
        abort();
    gv_buf_clear(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gdoi_phase1_answer answer;
    struct gdoi_suite suite;

    if (gdoi_phase1_sa_decode(gv_reader(data, size), &answer) == GV_OK) {
        if (answer.auth != GDOI_AUTH_PSK && answer.auth != GDOI_AUTH_RSA)
            abort();
        check_name(&answer.suite);
    }
    if (gdoi_suite_read((struct gv_text){(const char *)data, size}, &suite))
        check_name(&suite);
    return 0;
}
