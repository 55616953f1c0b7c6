/* SPDX-License-Identifier: Apache-2.0 */
/* Frames: a TCP stream of syslog cut into messages. Pure.
 *
 * RFC 6587: a message ends with LF (or NUL), or its size stands before it; which, each message
 * shows anew. A longer one than GV_FRAME_MOST is passed over and counted. */
#ifndef GV_EVENTS_FRAMES_H
#define GV_EVENTS_FRAMES_H

#include "base/text.h"

enum { GV_FRAME_MOST = 8192 };

/* Begins zeroed. */
struct gv_frames {
    char line[GV_FRAME_MOST];
    size_t n;         /* octets of `line` */
    size_t left;      /* of a message whose size is known, still to come; 0: it ends with LF */
    bool skipping;    /* what comes is of a message that is too long */
    uint64_t dropped; /* messages passed over so far */
};

/* Take octets off *in up to the end of one message, which is *frame until the next call. False
 * when *in is used up. */
bool gv_frames_next(struct gv_frames *frames, struct gv_text *in, struct gv_text *frame);

#endif
