/* SPDX-License-Identifier: Apache-2.0 */
/* A view of octets that only shrinks: the one way to read a datagram.
 *
 * Reading past the end sets `bad` once and for all and yields zeros, so a
 * codec may read a whole header and test once. Does not own the octets. */
#ifndef GV_BASE_READER_H
#define GV_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gv_reader {
    const uint8_t *at;
    size_t left;
    bool bad;
};

static inline struct gv_reader gv_reader(const void *octets, size_t n)
{
    return (struct gv_reader){octets, n, false};
}

/* The next n octets, or a pointer to one zero octet and `bad`. */
static inline const uint8_t *gv_reader_take(struct gv_reader *r, size_t n)
{
    static const uint8_t none;
    const uint8_t *at = r->at;

    if (r->bad || n > r->left) {
        r->bad = true;
        r->left = 0;
        return &none;
    }
    if (n == 0)
        return &none;
    r->at += n;
    r->left -= n;
    return at;
}

/* Carve the next n octets off as a reader of their own: a nested length can
 * never reach past its parent. */
static inline struct gv_reader gv_reader_sub(struct gv_reader *r, size_t n)
{
    const uint8_t *at = gv_reader_take(r, n);

    return r->bad ? (struct gv_reader){at, 0, true} : gv_reader(at, n);
}

/* Big-endian unsigned of n (1..4) octets. */
static inline uint32_t gv_reader_uint(struct gv_reader *r, size_t n)
{
    const uint8_t *at = gv_reader_take(r, n);
    uint32_t v = 0;

    if (r->bad)
        return 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | at[i];
    return v;
}

#endif
