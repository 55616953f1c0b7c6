/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/isakmp.h"

#include <string.h>

enum { LENGTH_AT = 24, IN_PLACE = 0x8000 };

/* RFC 2408, 3.1. */
enum gv_err isakmp_header_decode(struct gv_reader *r, struct isakmp_header *out)
{
    struct isakmp_header h;
    struct gv_reader whole = *r;
    const uint8_t *cookies = gv_reader_take(r, sizeof(h.cookies));

    h.next = (uint8_t)gv_reader_uint(r, 1);
    h.version = (uint8_t)gv_reader_uint(r, 1);
    h.exchange = (uint8_t)gv_reader_uint(r, 1);
    h.flags = (uint8_t)gv_reader_uint(r, 1);
    h.message_id = gv_reader_uint(r, 4);
    h.length = gv_reader_uint(r, 4);
    if (r->bad)
        return GV_ERR_TRUNCATED;
    if (h.version != ISAKMP_VERSION)
        return GV_ERR_NOT_SUPPORTED;
    if (h.length < ISAKMP_HEADER_SIZE)
        return GV_ERR_MALFORMED;
    if (h.length > whole.left)
        return GV_ERR_TRUNCATED;
    memcpy(h.cookies, cookies, sizeof(h.cookies));
    r->left = h.length - ISAKMP_HEADER_SIZE;
    *out = h;
    return GV_OK;
}

void isakmp_uint_encode(struct gv_buf *out, uint32_t v, size_t n)
{
    for (size_t i = n; i > 0; i--)
        gv_buf_add_char(out, (char)(v >> 8 * (i - 1)));
}

void isakmp_header_encode(struct gv_buf *out, const struct isakmp_header *header)
{
    gv_buf_add(out, header->cookies, sizeof(header->cookies));
    isakmp_uint_encode(out, header->next, 1);
    isakmp_uint_encode(out, ISAKMP_VERSION, 1);
    isakmp_uint_encode(out, header->exchange, 1);
    isakmp_uint_encode(out, header->flags, 1);
    isakmp_uint_encode(out, header->message_id, 4);
    isakmp_uint_encode(out, 0, 4);
}

/* Overwrite n octets that stand at `at`. */
static void patch(struct gv_buf *out, size_t at, uint32_t v, size_t n)
{
    if (out->err != GV_OK || at >= out->n || n > out->n - at)
        return;
    for (size_t i = 0; i < n; i++)
        out->at[at + i] = (char)(v >> 8 * (n - 1 - i));
}

void isakmp_message_end(struct gv_buf *out)
{
    patch(out, LENGTH_AT, (uint32_t)out->n, 4);
}

/* ---- payloads ---- */

/* RFC 2408, 3.2. */
enum gv_err isakmp_payload_decode(struct gv_reader *r, struct gv_reader *body, uint8_t *next)
{
    uint8_t type = (uint8_t)gv_reader_uint(r, 1);
    size_t length;

    gv_reader_uint(r, 1); /* reserved */
    length = gv_reader_uint(r, 2);
    if (r->bad)
        return GV_ERR_TRUNCATED;
    if (length < ISAKMP_PAYLOAD_HEADER_SIZE)
        return GV_ERR_MALFORMED;
    *body = gv_reader_sub(r, length - ISAKMP_PAYLOAD_HEADER_SIZE);
    if (r->bad)
        return GV_ERR_TRUNCATED;
    *next = type;
    return GV_OK;
}

static enum gv_err obey(const struct isakmp_chain *chain, const struct isakmp_rule *rule)
{
    unsigned count = 0;

    for (size_t i = 0; i < chain->count; i++)
        count += chain->payload[i].type == rule->type;
    return count < rule->least || count > rule->most ? GV_ERR_MALFORMED : GV_OK;
}

enum gv_err isakmp_chain_decode(struct gv_reader r, uint8_t first,
                                const struct isakmp_rule *rules, struct isakmp_chain *out)
{
    enum gv_err err = GV_OK;

    out->count = 0;
    for (uint8_t type = first; type != ISAKMP_NONE;) {
        struct isakmp_payload *p = &out->payload[out->count];
        const uint8_t *whole = r.at;

        if (out->count == ISAKMP_PAYLOADS_MOST)
            return GV_ERR_TOO_LARGE;
        p->type = type;
        err = isakmp_payload_decode(&r, &p->body, &type);
        if (err != GV_OK)
            return err;
        p->whole = whole;
        p->whole_n = p->body.left + ISAKMP_PAYLOAD_HEADER_SIZE;
        out->count++;
    }
    out->padding = r.left;
    for (; err == GV_OK && rules->type != ISAKMP_NONE; rules++)
        err = obey(out, rules);
    return err;
}

const struct isakmp_payload *isakmp_find(const struct isakmp_chain *chain, uint8_t type)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->payload[i].type == type)
            return &chain->payload[i];
    return NULL;
}

size_t isakmp_payload_begin(struct gv_buf *out, size_t *link, uint8_t type)
{
    size_t begin = out->n;

    patch(out, *link, type, 1);
    *link = begin;
    isakmp_uint_encode(out, 0, ISAKMP_PAYLOAD_HEADER_SIZE);
    return begin;
}

void isakmp_payload_end(struct gv_buf *out, size_t begin)
{
    patch(out, begin + 2, (uint32_t)(out->n - begin), 2);
}

/* ---- attributes ---- */

/* RFC 2408, 3.3: the top bit of the type says that the value stands in place. */
bool isakmp_attr_next(struct gv_reader *r, struct isakmp_attr *out)
{
    uint32_t head;

    if (r->bad || r->left == 0)
        return false;
    head = gv_reader_uint(r, 2);
    out->type = (uint16_t)(head & ~(uint32_t)IN_PLACE);
    out->in_place = (head & IN_PLACE) != 0;
    out->value = gv_reader_sub(r, out->in_place ? 2 : gv_reader_uint(r, 2));
    return !r->bad;
}

bool isakmp_attr_number(const struct isakmp_attr *attr, uint32_t *out)
{
    struct gv_reader value = attr->value;

    if (value.left == 0 || value.left > sizeof(*out))
        return false;
    *out = gv_reader_uint(&value, value.left);
    return true;
}

static enum gv_err attr_store(const struct isakmp_attr *attr,
                              const struct isakmp_attr_rule *rule, void *object)
{
    uint32_t value;

    if (!isakmp_attr_number(attr, &value))
        return GV_ERR_MALFORMED;
    if (value < rule->least || value > rule->most)
        return GV_ERR_RANGE;
    memcpy((uint8_t *)object + rule->field, &value, sizeof(value));
    return GV_OK;
}

static enum gv_err attr_decode(const struct isakmp_attr *attr,
                               const struct isakmp_attr_rule *rules, size_t count, void *object,
                               struct isakmp_attrs *out)
{
    for (size_t i = 0; i < count; i++) {
        if (rules[i].type != attr->type)
            continue;
        if (out->has & 1u << i)
            return GV_ERR_MALFORMED;
        out->has |= 1u << i;
        return attr_store(attr, &rules[i], object);
    }
    out->unknown++;
    return GV_OK;
}

enum gv_err isakmp_attrs_decode(struct gv_reader r, const struct isakmp_attr_rule *rules,
                                size_t count, void *object, struct isakmp_attrs *out)
{
    struct isakmp_attrs seen = {0, 0};
    struct isakmp_attr attr;
    unsigned turns = 0;

    while (isakmp_attr_next(&r, &attr)) { /* four octets at least each turn */
        enum gv_err err = attr_decode(&attr, rules, count, object, &seen);

        if (err == GV_OK && ++turns > ISAKMP_ATTRS_MOST)
            err = GV_ERR_TOO_LARGE;
        if (err != GV_OK)
            return err;
    }
    if (r.bad)
        return GV_ERR_TRUNCATED;
    for (size_t i = 0; i < count; i++)
        if (rules[i].must && !(seen.has & 1u << i))
            return GV_ERR_MALFORMED;
    *out = seen;
    return GV_OK;
}

void isakmp_attr_encode(struct gv_buf *out, uint16_t type, uint32_t value)
{
    if (value <= UINT16_MAX) {
        isakmp_uint_encode(out, type | (uint32_t)IN_PLACE, 2);
        isakmp_uint_encode(out, value, 2);
        return;
    }
    isakmp_uint_encode(out, type, 2);
    isakmp_uint_encode(out, sizeof(value), 2);
    isakmp_uint_encode(out, value, sizeof(value));
}
