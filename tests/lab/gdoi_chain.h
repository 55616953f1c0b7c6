/* SPDX-License-Identifier: Apache-2.0 */
/* Writes chains of payloads, well or badly formed (RFC 2408, 3.2). */
#ifndef LAB_GDOI_CHAIN_H
#define LAB_GDOI_CHAIN_H

#include "base/buf.h"
#include "gdoi_server.h"

enum { LAB_GDOI_CHAIN_MOST = 32768 };

/* Payloads, one behind the other. */
struct lab_gdoi_chain {
    uint8_t first;        /* type of the first one */
    size_t last;          /* where the last one begins */
    struct gv_buf octets; /* release with gv_buf_clear */
};

struct lab_gdoi_chain lab_gdoi_chain(void);

/* Append a payload; `body` is released. */
void lab_gdoi_add(struct lab_gdoi_chain *chain, uint8_t type, struct gv_buf body,
                  enum lab_gdoi_form form);
/* Append what another chain holds, and release it. */
void lab_gdoi_join(struct lab_gdoi_chain *chain, struct lab_gdoi_chain tail);

/* An empty body; one of the n octets. */
struct gv_buf lab_gdoi_body(void);
struct gv_buf lab_gdoi_octets(const void *octets, size_t n);

void lab_gdoi_u8(struct gv_buf *out, uint32_t v);
void lab_gdoi_u16(struct gv_buf *out, uint32_t v);
void lab_gdoi_u32(struct gv_buf *out, uint32_t v);

/* Attributes: in place, and with n (2 or 4) octets of their own (RFC 2408, 3.3). */
void lab_gdoi_basic(struct gv_buf *out, uint32_t type, uint32_t value);
void lab_gdoi_variable(struct gv_buf *out, uint32_t type, uint32_t value, size_t n);
void lab_gdoi_opaque(struct gv_buf *out, uint32_t type, const void *octets, size_t n);

/* A message: the header, `chain` (released), and where `block` is not 0 padding up to it. */
struct gv_buf lab_gdoi_compose(const uint8_t cookies[2 * ISAKMP_COOKIE_SIZE], uint8_t exchange,
                               uint8_t flags, uint32_t message_id, struct lab_gdoi_chain chain,
                               size_t block);

#endif
