/* SPDX-License-Identifier: Apache-2.0 */
/* Gzip of a whole body (RFC 1952), at the level that a scrape can afford. */
#ifndef GV_HTTP_GZIP_H
#define GV_HTTP_GZIP_H

#include <stdbool.h>

#include "base/buf.h"

struct gv_gzip; /* a compressor with its memory, for use again and again */

/* NULL without memory. */
struct gv_gzip *gv_gzip_new(void);
void gv_gzip_free(struct gv_gzip *gzip); /* NULL is fine */

/* The gzip of `body` in *packed, made here and the caller's. False, and *packed untouched,
 * without memory; a NULL gzip has none. */
bool gv_gzip_pack(struct gv_gzip *gzip, const struct gv_buf *body, struct gv_buf *packed);

#endif
