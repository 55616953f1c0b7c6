/* SPDX-License-Identifier: Apache-2.0 */
/* Octets of ISAKMP and GDOI for tests, written without the encoders under test. */
#ifndef GDOI_WIRE_H
#define GDOI_WIRE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"

enum { WIRE_MOST = 1 << 17 };

struct wire {
    uint8_t at[WIRE_MOST];
    size_t n;
    uint8_t *exact; /* what wire_reader gave out last */
};

/* Big-endian, in n octets. */
static inline void wire_uint(struct wire *w, uint32_t v, size_t n)
{
    for (size_t i = n; i > 0 && w->n < WIRE_MOST; i--)
        w->at[w->n++] = (uint8_t)(v >> 8 * (i - 1));
}

static inline void wire_octets(struct wire *w, const void *octets, size_t n)
{
    if (n > WIRE_MOST - w->n)
        abort();
    memcpy(w->at + w->n, octets, n);
    w->n += n;
}

static inline void wire_fill(struct wire *w, uint8_t octet, size_t n)
{
    if (n > WIRE_MOST - w->n)
        abort();
    memset(w->at + w->n, octet, n);
    w->n += n;
}

/* Hexadecimal digits; everything else between them is passed over. */
static inline void wire_hex(struct wire *w, const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    unsigned half = 0, value = 0;

    for (; *hex != '\0'; hex++) {
        const char *digit = strchr(digits, *hex);

        if (digit == NULL)
            continue;
        value = value << 4 | (unsigned)(digit - digits);
        if (half++ % 2 == 1)
            wire_uint(w, value & 255, 1);
    }
}

/* A generic payload header; wire_close writes the length. */
static inline size_t wire_open(struct wire *w, uint8_t next)
{
    size_t begin = w->n;

    wire_uint(w, (uint32_t)next << 24, 4);
    return begin;
}

/* The length of what begins there, in two octets at its third. */
static inline void wire_close(struct wire *w, size_t begin)
{
    w->at[begin + 2] = (uint8_t)((w->n - begin) >> 8);
    w->at[begin + 3] = (uint8_t)(w->n - begin);
}

/* An attribute in place. */
static inline void wire_tv(struct wire *w, uint16_t type, uint16_t value)
{
    wire_uint(w, 0x8000u | type, 2);
    wire_uint(w, value, 2);
}

/* An attribute of n octets. */
static inline void wire_tlv(struct wire *w, uint16_t type, const void *octets, size_t n)
{
    wire_uint(w, type, 2);
    wire_uint(w, (uint32_t)n, 2);
    wire_octets(w, octets, n);
}

/* An ISAKMP header; wire_end writes the length. */
static inline void wire_header(struct wire *w, const uint8_t cookies[16], uint8_t next,
                               uint8_t exchange, uint8_t flags, uint32_t message_id)
{
    wire_octets(w, cookies, 16);
    wire_uint(w, next, 1);
    wire_uint(w, 0x10, 1);
    wire_uint(w, exchange, 1);
    wire_uint(w, flags, 1);
    wire_uint(w, message_id, 4);
    wire_uint(w, 0, 4);
}

static inline void wire_end(struct wire *w)
{
    size_t n = w->n;

    w->n = 24;
    wire_uint(w, (uint32_t)n, 4);
    w->n = n;
}

/* A reader of a copy of just that size, so that a sanitizer sees a read past its end. Good
 * until the next call. */
static inline struct gv_reader wire_reader(struct wire *w)
{
    free(w->exact);
    w->exact = malloc(w->n > 0 ? w->n : 1);
    if (w->exact == NULL)
        abort();
    memcpy(w->exact, w->at, w->n);
    return gv_reader(w->exact, w->n);
}

/* Empty, with its memory released. */
static inline void wire_clear(struct wire *w)
{
    free(w->exact);
    w->exact = NULL;
    w->n = 0;
}

#endif
