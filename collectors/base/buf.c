/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

struct gv_buf gv_buf(size_t ceiling)
{
    return (struct gv_buf){NULL, 0, 0, ceiling, GV_OK};
}

char *gv_buf_room(struct gv_buf *buf, size_t n)
{
    size_t room = buf->room ? buf->room : FIRST_ROOM;
    char *at;

    if (buf->err != GV_OK)
        return NULL;
    if (n > buf->ceiling - buf->n) {
        buf->err = GV_ERR_TOO_LARGE;
        return NULL;
    }
    if (buf->room > buf->n + n)
        return buf->at + buf->n;
    while (room <= buf->n + n)
        room *= 2;
    at = realloc(buf->at, room);
    if (at == NULL) {
        buf->err = GV_ERR_NO_MEMORY;
        return NULL;
    }
    buf->at = at;
    buf->room = room;
    return at + buf->n;
}

void gv_buf_grew(struct gv_buf *buf, size_t n)
{
    buf->n += n;
    buf->at[buf->n] = '\0';
}

void gv_buf_add(struct gv_buf *buf, const void *octets, size_t n)
{
    char *to = gv_buf_room(buf, n);

    if (to == NULL)
        return;
    if (n > 0)
        memcpy(to, octets, n);
    gv_buf_grew(buf, n);
}

void gv_buf_add_char(struct gv_buf *buf, char c)
{
    gv_buf_add(buf, &c, 1);
}

void gv_buf_add_str(struct gv_buf *buf, const char *s)
{
    gv_buf_add(buf, s, strlen(s));
}

void gv_buf_add_text(struct gv_buf *buf, struct gv_text t)
{
    gv_buf_add(buf, t.at, t.n);
}

void gv_buf_add_u64(struct gv_buf *buf, uint64_t v)
{
    char digits[20];
    size_t n = sizeof(digits);

    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    gv_buf_add(buf, digits + n, sizeof(digits) - n);
}

void gv_buf_add_ms(struct gv_buf *buf, int64_t ms)
{
    uint64_t abs = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    unsigned part = (unsigned)(abs % 1000);
    char digits[4] = {'.', (char)('0' + part / 100), (char)('0' + part / 10 % 10),
                      (char)('0' + part % 10)};
    size_t n = part == 0 ? 0 : part % 100 == 0 ? 2 : part % 10 == 0 ? 3 : 4;

    if (ms < 0)
        gv_buf_add_char(buf, '-');
    gv_buf_add_u64(buf, abs / 1000);
    gv_buf_add(buf, digits, n);
}

void gv_buf_add_hex(struct gv_buf *buf, const uint8_t *octets, size_t n)
{
    static const char digit[] = "0123456789ABCDEF";
    char *to = gv_buf_room(buf, 2 + 2 * n);

    if (to == NULL)
        return;
    *to++ = '0';
    *to++ = 'x';
    for (size_t i = 0; i < n; i++) {
        *to++ = digit[octets[i] >> 4];
        *to++ = digit[octets[i] & 15];
    }
    gv_buf_grew(buf, 2 + 2 * n);
}

void gv_buf_reset(struct gv_buf *buf)
{
    buf->n = 0;
    buf->err = GV_OK;
    if (buf->at != NULL)
        buf->at[0] = '\0';
}

void gv_buf_clear(struct gv_buf *buf)
{
    free(buf->at);
    *buf = gv_buf(buf->ceiling);
}
