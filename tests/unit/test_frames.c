/* SPDX-License-Identifier: Apache-2.0 */
#include "events/frames.h"

#include "check.h"

/* A stream, and the messages in it, each in brackets. */
static const struct row {
    const char *name, *stream, *messages;
    unsigned dropped;
} rows[] = {
    {"lines", "<1>a\n<2>b\n", "[<1>a][<2>b]", 0},
    {"CR stays for the codec", "<1>a\r\n", "[<1>a\r]", 0},
    {"empty lines", "\n\n<1>a\n\n", "[<1>a]", 0},
    {"a size before each", "5 <1>ab6 <2>a\nb", "[<1>ab][<2>a\nb]", 0},
    {"both", "5 <1>ab<2>c\n4 <3>d", "[<1>ab][<2>c][<3>d]", 0},
    {"a number that is no size", "45: <1>a\n000045: *Nov\n", "[45: <1>a][000045: *Nov]", 0},
    {"a number and a blank", "12 apples\n", "[12 apples]", 0},
    {"size of less than a priority", "1 <1>a\n", "[1 <1>a]", 0},
    {"not ended", "<1>a\n<2>b", "[<1>a]", 0},
    {"size not reached", "9 <1>a\n", "", 0},
    {"too large a size is passed over", "9000 <1>", "", 0},
    {"nothing", "", "", 0},
};

/* The stream comes in pieces of `piece` octets. */
static void cut(struct gv_frames *frames, const char *stream, size_t piece, char *out,
                size_t room)
{
    struct gv_text rest = gv_text(stream), frame;
    size_t n = 0;

    out[0] = '\0';
    while (rest.n > 0) {
        struct gv_text in = gv_text_head(rest, piece);

        rest = gv_text_from(rest, in.n);
        while (gv_frames_next(frames, &in, &frame))
            n += (size_t)snprintf(out + n, room - n, "[%.*s]", (int)frame.n, frame.at);
    }
}

static void check_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t piece = 1; piece < 20; piece += 3) {
            struct gv_frames frames = {.n = 0};
            char out[256];

            cut(&frames, rows[i].stream, piece, out, sizeof(out));
            CHECK_STR(rows[i].name, out, rows[i].messages);
            CHECK_INT(rows[i].name, frames.dropped, rows[i].dropped);
        }
}

static void check_ceiling(void)
{
    static char stream[3 * GV_FRAME_MOST];
    struct gv_frames frames = {.n = 0};
    struct gv_text in = {stream, sizeof(stream)}, frame;

    memset(stream, 'a', sizeof(stream));
    stream[GV_FRAME_MOST] = '\n';      /* just fits */
    stream[2 * GV_FRAME_MOST + 2] = 0; /* one too long */
    memcpy(stream + sizeof(stream) - 4, "end\n", 4);
    CHECK("fits", gv_frames_next(&frames, &in, &frame) && frame.n == GV_FRAME_MOST);
    CHECK("the one behind", gv_frames_next(&frames, &in, &frame));
    CHECK_INT("dropped", frames.dropped, 1);
    CHECK("its end", frame.n > 3 && memcmp(frame.at + frame.n - 3, "end", 3) == 0);
    CHECK("no more", !gv_frames_next(&frames, &in, &frame) && frames.n == 0);

    in = gv_text("9000 <1>");
    CHECK("too large a size", !gv_frames_next(&frames, &in, &frame));
    in = (struct gv_text){stream, 8997};
    CHECK("passed over", !gv_frames_next(&frames, &in, &frame));
    CHECK_INT("and counted", frames.dropped, 2);
    in = gv_text("<1>a\n");
    CHECK("the next is whole", gv_frames_next(&frames, &in, &frame) && frame.n == 4);
}

int main(void)
{
    check_rows();
    check_ceiling();
    return check_end();
}
