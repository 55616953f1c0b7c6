/* SPDX-License-Identifier: Apache-2.0 */
/* Any label: what Prometheus reads back is what is shown, or its beginning. */
#include <assert.h>
#include <string.h>

#include "render/label.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MOST = 1024 };

/* As a reader of the exposition takes a label value. */
static void unescape(const char *at, size_t n, struct gv_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        assert(at[i] != '"' && at[i] != '\n');
        if (at[i] != '\\') {
            gv_buf_add_char(out, at[i]);
            continue;
        }
        i++;
        assert(i < n && (at[i] == '\\' || at[i] == '"' || at[i] == 'n'));
        gv_buf_add_char(out, (char)(at[i] == 'n' ? '\n' : at[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_buf shown = gv_buf(4 * INPUT_MOST), back = gv_buf(GV_LABEL_MOST);
    char text[INPUT_MOST + 1] = "", escaped[GV_LABEL_ESCAPED_MOST];

    if (size > INPUT_MOST)
        return 0;
    memcpy(text, data, size);
    gv_visible_add(&shown, gv_text(text));
    unescape(escaped, gv_label_escape(text, escaped), &back);
    assert(back.err == GV_OK && back.n <= shown.n);
    assert(shown.n > GV_LABEL_MOST || back.n == shown.n);
    assert(back.n == 0 || memcmp(back.at, shown.at, back.n) == 0);
    gv_buf_clear(&shown);
    gv_buf_clear(&back);
    return 0;
}
