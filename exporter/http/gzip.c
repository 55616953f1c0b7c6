/* SPDX-License-Identifier: Apache-2.0 */
#include "http/gzip.h"

#include <libdeflate.h>

/* 9 : 1 on an exposition, in a fifth of level 6's time. */
enum { LEVEL = 1 };

/* libdeflate's own type, behind a name of ours: there is nothing else to hold. */
static struct libdeflate_compressor *compressor(struct gv_gzip *gzip)
{
    return (struct libdeflate_compressor *)gzip;
}

struct gv_gzip *gv_gzip_new(void)
{
    return (struct gv_gzip *)libdeflate_alloc_compressor(LEVEL);
}

void gv_gzip_free(struct gv_gzip *gzip)
{
    if (gzip != NULL)
        libdeflate_free_compressor(compressor(gzip));
}

bool gv_gzip_pack(struct gv_gzip *gzip, const struct gv_buf *body, struct gv_buf *packed)
{
    size_t room = gzip != NULL ? libdeflate_gzip_compress_bound(compressor(gzip), body->n) : 0;
    struct gv_buf made = gv_buf(room);
    char *to = room > 0 ? gv_buf_room(&made, room) : NULL;
    size_t n = to != NULL
                   ? libdeflate_gzip_compress(compressor(gzip), body->at, body->n, to, room)
                   : 0;

    if (n == 0) {
        gv_buf_clear(&made);
        return false;
    }
    gv_buf_grew(&made, n);
    *packed = made;
    return true;
}
