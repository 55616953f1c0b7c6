/* SPDX-License-Identifier: Apache-2.0 */
/* Any stream, whole and octet by octet, is cut into the same messages. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "events/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t cut(struct gv_text stream, size_t piece, struct gv_buf *out)
{
    struct gv_frames *frames = calloc(1, sizeof(*frames));
    struct gv_text frame;
    uint64_t dropped;

    if (frames == NULL)
        return 0;
    while (stream.n > 0) {
        struct gv_text in = gv_text_head(stream, piece);

        stream = gv_text_from(stream, in.n);
        while (gv_frames_next(frames, &in, &frame)) {
            if (frame.n == 0 || frame.n > GV_FRAME_MOST)
                abort();
            gv_buf_add_u64(out, frame.n);
            gv_buf_add_text(out, frame);
        }
    }
    dropped = frames->dropped;
    free(frames);
    return dropped;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_text stream = {(const char *)data, size};
    struct gv_buf whole = gv_buf(64 << 20), single = gv_buf(64 << 20);

    if (cut(stream, size, &whole) != cut(stream, 1, &single) || whole.n != single.n ||
        (whole.n > 0 && memcmp(whole.at, single.at, whole.n) != 0))
        abort();
    gv_buf_clear(&whole);
    gv_buf_clear(&single);
    return 0;
}
