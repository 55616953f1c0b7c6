/* SPDX-License-Identifier: Apache-2.0 */
/* What was heard, and what a probe proved, out of files that anybody may have written: taken as
 * a whole or not at all, and what is taken is written as the same text again. */
#include <stdlib.h>
#include <string.h>

#include "model/heard_keep.h"
#include "model/probe_keep.h"

enum { KEY = 7, TEXT_MOST = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gv_text text_of(const struct gv_buf *buf)
{
    return (struct gv_text){buf->at != NULL ? buf->at : "", buf->n};
}

static void same(struct gv_buf *first, struct gv_buf *second)
{
    if (first->n != second->n || (first->n > 0 && memcmp(first->at, second->at, first->n) != 0))
        abort();
    gv_buf_clear(first);
    gv_buf_clear(second);
}

static void heard(struct gv_text text)
{
    const struct gv_time now = {INT64_C(1) << 59};
    const struct gv_dur shift = {1000};
    struct gv_buf first = gv_buf(TEXT_MOST), second = gv_buf(TEXT_MOST);
    struct gv_heard one, again;
    bool any;

    if (!gv_heard_read(text, shift, now, &any, &one))
        return;
    gv_heard_write(&one, shift, &first);
    if (!gv_heard_read(text_of(&first), shift, now, &any, &again))
        abort();
    gv_heard_write(&again, shift, &second);
    same(&first, &second);
    (void)gv_heard_pair(&one, now);
    (void)gv_heard_newer_gm(&one, now);
    gv_heard_doubt(&one);
}

static void probe(struct gv_text text)
{
    struct gv_buf first = gv_buf(TEXT_MOST), second = gv_buf(TEXT_MOST);
    struct gv_probe_evidence one, again;

    if (!gv_probe_evidence_read(text, KEY, &one))
        return;
    gv_probe_evidence_write(&one, KEY, &first);
    if (!gv_probe_evidence_read(text_of(&first), KEY, &again))
        abort();
    gv_probe_evidence_write(&again, KEY, &second);
    same(&first, &second);
    (void)gv_probe_judge(&one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    heard((struct gv_text){(const char *)data, size});
    probe((struct gv_text){(const char *)data, size});
    return 0;
}
