/* SPDX-License-Identifier: Apache-2.0 */
/* A growable buffer with a ceiling and a sticky error: append without checking
 * each step, test `err` once. */
#ifndef GV_BASE_BUF_H
#define GV_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct gv_buf {
    char *at; /* n octets, then one NUL; NULL while empty */
    size_t n, room, ceiling;
    enum gv_err err; /* GV_ERR_TOO_LARGE or GV_ERR_NO_MEMORY; appends stop */
};

/* An empty buffer that holds at most `ceiling` octets; allocates nothing yet. */
struct gv_buf gv_buf(size_t ceiling);

/* Make room for n more octets. The place to write them, or NULL with err set;
 * follow with gv_buf_grew(buf, written <= n). */
char *gv_buf_room(struct gv_buf *buf, size_t n);
void gv_buf_grew(struct gv_buf *buf, size_t n);

void gv_buf_add(struct gv_buf *buf, const void *octets, size_t n);
void gv_buf_add_char(struct gv_buf *buf, char c);
void gv_buf_add_str(struct gv_buf *buf, const char *s);
void gv_buf_add_text(struct gv_buf *buf, struct gv_text t);
void gv_buf_add_u64(struct gv_buf *buf, uint64_t v);

/* Milliseconds as seconds: 1500 gives "1.5", 2000 gives "2", -10 gives "-0.01". */
void gv_buf_add_ms(struct gv_buf *buf, int64_t ms);

/* "0x" and the octets in upper-case hexadecimal, as IOS prints an SPI. */
void gv_buf_add_hex(struct gv_buf *buf, const uint8_t *octets, size_t n);

/* Forget the content, keep the memory. */
void gv_buf_reset(struct gv_buf *buf);

/* Release the memory. A cleared buffer is empty and usable again. */
void gv_buf_clear(struct gv_buf *buf);

#endif
