/* SPDX-License-Identifier: Apache-2.0 */
/* The responder's device: its objects, and the answer to one PDU. */
#ifndef BENCH_SNMP_ANSWER_H
#define BENCH_SNMP_ANSWER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/reader.h"

enum { TAG_INTEGER = 0x02, TAG_OCTETS = 0x04, TAG_OID = 0x06, TAG_SEQUENCE = 0x30 };
enum { TAG_COUNTER = 0x41, TAG_GAUGE = 0x42, TAG_TICKS = 0x43 };
enum { NO_INSTANCE = 0x81, END_OF_MIB = 0x82 };
enum { GET = 0xa0, GETNEXT = 0xa1, RESPONSE = 0xa2, GETBULK = 0xa5, REPORT = 0xa8 };

/* ---- BER in: a tag's body as a reader of its own ---- */
static inline struct gv_reader ber_body(struct gv_reader *r, uint8_t *tag)
{
    uint32_t n;

    *tag = (uint8_t)gv_reader_uint(r, 1);
    n = gv_reader_uint(r, 1);
    if (n & 0x80)
        n = gv_reader_uint(r, n & 0x7f ? n & 0x7f : 5);
    return gv_reader_sub(r, n);
}

static inline uint32_t ber_number(struct gv_reader *r)
{
    uint8_t tag;
    struct gv_reader v = ber_body(r, &tag);

    return v.left <= 4 ? gv_reader_uint(&v, v.left) : 0;
}

/* ---- BER out: every sequence with a two-octet length, patched at its end ---- */
struct ber_out {
    uint8_t *octets;
    size_t n;
};

static inline void ber_put(struct ber_out *o, const void *octets, size_t n)
{
    memcpy(o->octets + o->n, octets, n);
    o->n += n;
}

static inline size_t ber_open(struct ber_out *o, uint8_t tag)
{
    ber_put(o, (uint8_t[]){tag, 0x82, 0, 0}, 4);
    return o->n;
}

static inline void ber_close(struct ber_out *o, size_t at)
{
    size_t n = o->n - at;

    o->octets[at - 2] = (uint8_t)(n >> 8);
    o->octets[at - 1] = (uint8_t)n;
}

/* Make the objects of a branch ("gm") or of a key server ("ks"); how many. */
size_t snmp_objects_make(const char *kind);

/* Append the response PDU to `pdu`, whose tag was `type`; lifetimes are `elapsed`
 * seconds old. False where the PDU makes no sense. */
bool snmp_pdu_answer(struct ber_out *out, uint8_t type, struct gv_reader pdu, uint32_t elapsed);

#endif
