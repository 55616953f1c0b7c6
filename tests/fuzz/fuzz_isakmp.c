/* SPDX-License-Identifier: Apache-2.0 */
/* Any datagram splits into payloads that lie inside it, one behind the other, and every small
 * payload and attribute is read inside its own. */
#include <stdlib.h>

#include "gdoi/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};

static void need_inside(struct gv_reader part, struct gv_reader whole)
{
    if (part.left > 0 && (part.at < whole.at || part.at + part.left > whole.at + whole.left))
        abort();
}

static void read_attributes(struct gv_reader body)
{
    static const struct isakmp_attr_rule rule = {1, true, 1, 1000, 0};
    struct gv_reader r = body;
    struct isakmp_attrs seen;
    struct isakmp_attr attr;
    uint32_t value;

    while (isakmp_attr_next(&r, &attr)) {
        need_inside(attr.value, body);
        if (isakmp_attr_number(&attr, &value) && attr.value.left > sizeof(value))
            abort();
    }
    if (isakmp_attrs_decode(body, &rule, 1, &value, &seen) == GV_OK &&
        (value < 1 || value > 1000 || seen.has != 1 || seen.unknown >= ISAKMP_ATTRS_MOST))
        abort();
}

static void read_payload(struct gv_reader body)
{
    struct isakmp_notify notify;
    struct gdoi_delete gone;
    struct isakmp_id id;
    uint32_t sequence;

    if (isakmp_notify_decode(body, &notify) == GV_OK) {
        need_inside(notify.spi, body);
        need_inside(notify.data, body);
    }
    if (isakmp_id_decode(body, &id) == GV_OK)
        need_inside(id.data, body);
    if (gdoi_delete_decode(body, &gone) == GV_OK) {
        need_inside(gone.spis, body);
        if (gone.spis.left != (size_t)gone.count * gone.spi_size)
            abort();
    }
    if (gdoi_seq_decode(body, &sequence) == GV_OK && body.left != sizeof(sequence))
        abort();
    read_attributes(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_reader r = gv_reader(data, size), whole;
    static struct isakmp_chain chain;
    struct isakmp_header header;
    size_t read = 0;

    if (isakmp_header_decode(&r, &header) != GV_OK)
        return 0;
    whole = r;
    if (header.length > size || r.left != header.length - ISAKMP_HEADER_SIZE)
        abort();
    if (isakmp_chain_decode(r, header.next, any, &chain) != GV_OK)
        return 0;
    for (size_t i = 0; i < chain.count; i++) {
        const struct isakmp_payload *p = &chain.payload[i];

        if (p->whole != whole.at + read)
            abort();
        read += p->whole_n;
        need_inside(p->body, whole);
        read_payload(p->body);
    }
    if (read + chain.padding != whole.left)
        abort();
    return 0;
}
