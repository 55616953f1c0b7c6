/* SPDX-License-Identifier: Apache-2.0 */
/* ISAKMP framing: the header, the chain of payloads, the attributes.
 *
 * Pure. What is decoded points into the datagram, so the datagram has to outlive it.
 * Source: RFC 2408, 3.1 to 3.3; payload and exchange numbers of RFC 6407 and 8263. */
#ifndef GV_GDOI_ISAKMP_H
#define GV_GDOI_ISAKMP_H

#include "base/buf.h"
#include "base/error.h"
#include "base/reader.h"

enum {
    ISAKMP_HEADER_SIZE = 28,
    ISAKMP_COOKIE_SIZE = 8,
    ISAKMP_PAYLOAD_HEADER_SIZE = 4,
    ISAKMP_VERSION = 0x10,      /* IKEv2, which may share the port, says 0x20 */
    ISAKMP_MESSAGE_MOST = 65507 /* the largest UDP datagram */
};

enum isakmp_flag { ISAKMP_ENCRYPTED = 1, ISAKMP_COMMIT = 2, ISAKMP_AUTH_ONLY = 4 };

enum isakmp_exchange {
    ISAKMP_MAIN_MODE = 2,
    ISAKMP_INFORMATIONAL = 5,
    GDOI_PULL = 32,    /* RFC 6407, 3.2.1 */
    GDOI_PUSH = 33,    /* RFC 6407, 4.2 */
    GDOI_PUSH_ACK = 35 /* RFC 8263, 3.1 */
};

enum isakmp_type {
    ISAKMP_NONE = 0,
    ISAKMP_SA = 1,
    ISAKMP_PROPOSAL = 2,
    ISAKMP_TRANSFORM = 3,
    ISAKMP_KE = 4,
    ISAKMP_ID = 5,
    ISAKMP_CERT = 6,
    ISAKMP_CERT_REQUEST = 7,
    ISAKMP_HASH = 8,
    ISAKMP_SIG = 9,
    ISAKMP_NONCE = 10,
    ISAKMP_NOTIFY = 11,
    ISAKMP_DELETE = 12,
    ISAKMP_VENDOR_ID = 13,
    GDOI_SAK = 15,
    GDOI_SAT = 16,
    GDOI_KD = 17,
    GDOI_SEQ = 18,
    ISAKMP_NAT_D = 20, /* RFC 3947 */
    ISAKMP_NAT_OA = 21,
    GDOI_GAP = 22
};

struct isakmp_header {
    uint8_t cookies[2 * ISAKMP_COOKIE_SIZE]; /* initiator, responder; in a PUSH the KEK's SPI */
    uint8_t next;                            /* enum isakmp_type of the first payload */
    uint8_t version, exchange, flags;
    uint32_t message_id;
    uint32_t length; /* of the whole message in octets, header and padding included */
};

/* Read the header that `r` stands at. GV_ERR_TRUNCATED where it is not whole or the
 * datagram ends before `length`; GV_ERR_MALFORMED for a length below its own size;
 * GV_ERR_NOT_SUPPORTED for another version than 1.0. Octets beyond `length` are left
 * out of `r`. *out is untouched on failure. */
enum gv_err isakmp_header_decode(struct gv_reader *r, struct isakmp_header *out) GV_MUST_CHECK;

/* Append the header; `length` is filled in by isakmp_message_end. */
void isakmp_header_encode(struct gv_buf *out, const struct isakmp_header *header);

/* Write the length of what `out` holds into the header that it begins with. */
void isakmp_message_end(struct gv_buf *out);

/* ---- payloads ---- */

enum { ISAKMP_PAYLOADS_MOST = 64 };

struct isakmp_payload {
    uint8_t type;
    struct gv_reader body; /* without the generic header */
    const uint8_t *whole;  /* with it: what a HASH covers */
    size_t whole_n;
};

struct isakmp_chain {
    struct isakmp_payload payload[ISAKMP_PAYLOADS_MOST];
    size_t count;
    size_t padding; /* octets behind the last payload */
};

/* How often a payload may stand in a message. The rows of one message end with type
 * ISAKMP_NONE; a type without a row is allowed, and of no interest. */
struct isakmp_rule {
    uint8_t type, least, most;
};

/* Split `r` into payloads, the first being of type `first`. Every payload takes four
 * octets at least, so this ends. GV_ERR_TRUNCATED where one reaches past the end,
 * GV_ERR_MALFORMED for a length under 4 or a message that breaks `rules`,
 * GV_ERR_TOO_LARGE for more than ISAKMP_PAYLOADS_MOST. What stands behind the last one is
 * padding, whatever its octets (RFC 2409, appendix B asks for zeros; not all send them). */
enum gv_err isakmp_chain_decode(struct gv_reader r, uint8_t first,
                                const struct isakmp_rule *rules,
                                struct isakmp_chain *out) GV_MUST_CHECK;

/* The first payload of that type; NULL where there is none. */
const struct isakmp_payload *isakmp_find(const struct isakmp_chain *chain, uint8_t type);

/* Read one generic header with its body, for chains inside a payload (proposals, SAK,
 * SAT): the type of the payload after it goes to *next. */
enum gv_err isakmp_payload_decode(struct gv_reader *r, struct gv_reader *body,
                                  uint8_t *next) GV_MUST_CHECK;

/* Begin a payload: append its generic header, and set the type byte that announces it, at
 * *link in `out`, to `type`. *link moves on to the new payload's. Returns where the payload
 * begins, for isakmp_payload_end. The first *link of a message is ISAKMP_LINK, the header's. */
enum { ISAKMP_LINK = 2 * ISAKMP_COOKIE_SIZE };
size_t isakmp_payload_begin(struct gv_buf *out, size_t *link, uint8_t type);
void isakmp_payload_end(struct gv_buf *out, size_t begin);

/* Append v, big-endian, in n (1..4) octets. */
void isakmp_uint_encode(struct gv_buf *out, uint32_t v, size_t n);

/* ---- attributes ---- */

struct isakmp_attr {
    uint16_t type;
    bool in_place; /* the value stands where else its length does: two octets */
    struct gv_reader value;
};

/* The next attribute of `r`; false at the end, or when malformed (then r->bad). */
bool isakmp_attr_next(struct gv_reader *r, struct isakmp_attr *out);

/* Its value as a number: 1 to 4 octets, in place or not (the field's senders differ:
 * notes on the protocol, 11.2). False where it is longer, or empty. */
bool isakmp_attr_number(const struct isakmp_attr *attr, uint32_t *out);

/* A number among the attributes, by table. */
struct isakmp_attr_rule {
    uint16_t type;
    bool must;
    uint32_t least, most;
    size_t field; /* offset of a uint32_t in the object */
};

/* What was read: a bit a row of the table in `has`; attributes without a row counted. */
struct isakmp_attrs {
    uint32_t has;
    uint32_t unknown;
};

enum { ISAKMP_ATTRS_MOST = 128 };

/* Read the attributes by `count` (at most 32) rules into *object. GV_ERR_MALFORMED for a
 * repeated or missing one, GV_ERR_RANGE for a value out of range, GV_ERR_TOO_LARGE for more
 * than ISAKMP_ATTRS_MOST, GV_ERR_TRUNCATED. *object may be half filled on failure. */
enum gv_err isakmp_attrs_decode(struct gv_reader r, const struct isakmp_attr_rule *rules,
                                size_t count, void *object,
                                struct isakmp_attrs *out) GV_MUST_CHECK;

/* Append an attribute: in place where the value fits two octets, else in four. */
void isakmp_attr_encode(struct gv_buf *out, uint16_t type, uint32_t value);

#endif
