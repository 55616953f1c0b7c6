/* SPDX-License-Identifier: Apache-2.0 */
/* check_getvpn: any document gives one line, with one '|' at most and nothing that a terminal
 * or a plugin's reader takes for more than text, below it as many as -v asks for; and a state.
 */
#include <stdlib.h>

#include "check_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct gv_check_ask *ask, const struct gv_buf *out,
                 enum gv_check_state state)
{
    size_t lines = 0, pipes = 0;

    if (state >= GV_CHECK_STATES || out->err != GV_OK || out->n == 0 ||
        out->at[out->n - 1] != '\n')
        abort();
    for (size_t i = 0; i < out->n; i++) {
        unsigned char c = (unsigned char)out->at[i];

        if ((c < 0x20 && c != '\n') || c == 0x7f)
            abort();
        lines += c == '\n';
        pipes += c == '|';
    }
    if (pipes > 1 || (lines != 1 && ask->verbose == 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LINES_MOST = 32 };
    struct gv_text document = {(const char *)data, size}, rest = document, line;

    while (check_case_next(&document, &line))
        continue;
    rest.n -= document.n;
    for (size_t i = 0; i < LINES_MOST && check_case_next(&rest, &line); i++) {
        struct gv_buf out = gv_buf(GV_CHECK_OUTPUT_MOST);
        struct check_case one;

        if (!check_case_read(line, &one))
            continue;
        enum gv_check_state state = gv_check_judge(&one.ask, document, &out);

        look(&one.ask, &out, state);
        gv_buf_clear(&out);
    }
    return 0;
}
