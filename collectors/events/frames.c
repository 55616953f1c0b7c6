/* SPDX-License-Identifier: Apache-2.0 */
#include "events/frames.h"

/* Digits of a size: more than one that is passed over would need. */
enum { SIZE_DIGITS = 7 };

/* "123 <" at the beginning of a message: its size stands before it. A router's line may begin
 * with a number too, but not with a priority after it. */
static bool take_size(struct gv_frames *frames)
{
    struct gv_text line = {frames->line, frames->n};
    size_t space = gv_text_index(line, ' ');
    uint32_t size;

    if (space == 0 || space > SIZE_DIGITS || space + 2 != line.n || line.at[space + 1] != '<' ||
        !gv_text_u32(gv_text_head(line, space), &size) || size < 2)
        return false;
    frames->line[0] = '<';
    frames->n = 1;
    frames->left = size - 1;
    return true;
}

/* The message is complete: begin the next. True where it was kept. */
static bool end(struct gv_frames *frames, struct gv_text *frame)
{
    bool whole = !frames->skipping;

    *frame = (struct gv_text){frames->line, frames->n};
    frames->dropped += frames->skipping;
    frames->skipping = false;
    frames->n = 0;
    frames->left = 0;
    return whole;
}

static void keep(struct gv_frames *frames, char c)
{
    if (frames->n == GV_FRAME_MOST)
        frames->skipping = true;
    else
        frames->line[frames->n++] = c;
}

/* One octet; true where it ends a message that was kept. */
static bool take(struct gv_frames *frames, char c, struct gv_text *frame)
{
    if (frames->left > 0) {
        keep(frames, c);
        return --frames->left == 0 && end(frames, frame);
    }
    if (c == '\n' || c == '\0')
        return (frames->n > 0 || frames->skipping) && end(frames, frame);
    keep(frames, c);
    if (c == '<' && frames->n <= SIZE_DIGITS + 2)
        (void)take_size(frames);
    return false;
}

bool gv_frames_next(struct gv_frames *frames, struct gv_text *in, struct gv_text *frame)
{
    while (in->n > 0) {
        char c = in->at[0];

        *in = gv_text_from(*in, 1);
        if (take(frames, c, frame))
            return true;
    }
    return false;
}
