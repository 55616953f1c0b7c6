/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_chain.h"

#include <string.h>

enum { FAR_BEYOND = 0xffff };

struct lab_gdoi_chain lab_gdoi_chain(void)
{
    return (struct lab_gdoi_chain){.octets = lab_gdoi_body()};
}

struct gv_buf lab_gdoi_body(void)
{
    return gv_buf(LAB_GDOI_CHAIN_MOST);
}

struct gv_buf lab_gdoi_octets(const void *octets, size_t n)
{
    struct gv_buf body = lab_gdoi_body();

    gv_buf_add(&body, octets, n);
    return body;
}

static void put(struct gv_buf *out, uint32_t v, size_t n)
{
    while (n-- > 0)
        gv_buf_add_char(out, (char)(v >> 8 * n));
}

void lab_gdoi_u8(struct gv_buf *out, uint32_t v)
{
    put(out, v, 1);
}

void lab_gdoi_u16(struct gv_buf *out, uint32_t v)
{
    put(out, v, 2);
}

void lab_gdoi_u32(struct gv_buf *out, uint32_t v)
{
    put(out, v, 4);
}

void lab_gdoi_basic(struct gv_buf *out, uint32_t type, uint32_t value)
{
    put(out, 0x8000 | type, 2);
    put(out, value, 2);
}

void lab_gdoi_variable(struct gv_buf *out, uint32_t type, uint32_t value, size_t n)
{
    put(out, type, 2);
    put(out, (uint32_t)n, 2);
    put(out, value, n);
}

void lab_gdoi_opaque(struct gv_buf *out, uint32_t type, const void *octets, size_t n)
{
    put(out, type, 2);
    put(out, (uint32_t)n, 2);
    gv_buf_add(out, octets, n);
}

static void announce(struct lab_gdoi_chain *chain, uint8_t type)
{
    if (chain->octets.n == 0)
        chain->first = type;
    else
        chain->octets.at[chain->last] = (char)type;
}

static void append(struct lab_gdoi_chain *chain, uint8_t type, const struct gv_buf *body,
                   size_t length)
{
    announce(chain, type);
    chain->last = chain->octets.n;
    put(&chain->octets, 0, 2);
    put(&chain->octets, (uint32_t)length, 2);
    gv_buf_add(&chain->octets, body->at, body->n);
}

void lab_gdoi_add(struct lab_gdoi_chain *chain, uint8_t type, struct gv_buf body,
                  enum lab_gdoi_form form)
{
    size_t length;

    if (form == LAB_GDOI_EMPTY)
        gv_buf_reset(&body);
    if (form == LAB_GDOI_ZERO && body.n > 0)
        memset(body.at, 0, body.n);
    length = form == LAB_GDOI_HUGE ? FAR_BEYOND : body.n + ISAKMP_PAYLOAD_HEADER_SIZE;
    if (form != LAB_GDOI_OMITTED)
        append(chain, type, &body, length);
    if (form == LAB_GDOI_TWICE)
        append(chain, type, &body, length);
    gv_buf_clear(&body);
}

void lab_gdoi_join(struct lab_gdoi_chain *chain, struct lab_gdoi_chain tail)
{
    size_t begin = chain->octets.n;

    if (tail.octets.n > 0) {
        announce(chain, tail.first);
        gv_buf_add(&chain->octets, tail.octets.at, tail.octets.n);
        chain->last = begin + tail.last;
    }
    gv_buf_clear(&tail.octets);
}

struct gv_buf lab_gdoi_compose(const uint8_t cookies[2 * ISAKMP_COOKIE_SIZE], uint8_t exchange,
                               uint8_t flags, uint32_t message_id, struct lab_gdoi_chain chain,
                               size_t block)
{
    struct gv_buf out = lab_gdoi_body();
    size_t padding = block > 0 ? (block - chain.octets.n % block) % block : 0;

    gv_buf_add(&out, cookies, (size_t)2 * ISAKMP_COOKIE_SIZE);
    put(&out, chain.first, 1);
    put(&out, ISAKMP_VERSION, 1);
    put(&out, exchange, 1);
    put(&out, flags, 1);
    put(&out, message_id, 4);
    put(&out, (uint32_t)(ISAKMP_HEADER_SIZE + chain.octets.n + padding), 4);
    gv_buf_add(&out, chain.octets.at, chain.octets.n);
    while (padding-- > 0)
        put(&out, 0, 1);
    gv_buf_clear(&chain.octets);
    return out;
}
