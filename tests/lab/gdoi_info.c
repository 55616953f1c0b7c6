/* SPDX-License-Identifier: Apache-2.0 */
/* Informational exchanges: notifies, deletes, dead peer detection (RFC 2408, 4.8; RFC 3706). */
#include <string.h>

#include "gdoi_parts.h"

enum { PROTOCOL_ISAKMP = 1, DOI_IPSEC = 1, R_U_THERE = 36136, R_U_THERE_ACK = 36137 };

/* One payload, encrypted under the phase 1 with a message id of its own. */
static void send_sealed(struct lab_gdoi *s, const struct phase *p, uint8_t type,
                        struct gv_buf body)
{
    struct lab_gdoi_chain rest = lab_gdoi_chain(), chain;
    uint8_t iv[GDOI_BLOCK_MOST];
    struct gv_buf message;
    uint32_t id;

    server_random(&id, sizeof(id));
    phase_iv(p, id, iv);
    lab_gdoi_add(&rest, type, body, LAB_GDOI_WHOLE);
    chain = phase_protect(s, p, id, LAB_GDOI_NONE, NULL, 0, rest);
    message = lab_gdoi_compose(p->cookies, ISAKMP_INFORMATIONAL, ISAKMP_ENCRYPTED, id, chain,
                               gdoi_block_size(p->suite.cipher));
    if (phase_seal(p, iv, &message))
        server_send(s, &message, &p->peer, p->marked);
    gv_buf_clear(&message);
}

static struct gv_buf notify(uint16_t type, const void *spi, size_t spi_n)
{
    struct gv_buf body = lab_gdoi_body();

    lab_gdoi_u32(&body, DOI_IPSEC);
    lab_gdoi_u8(&body, PROTOCOL_ISAKMP);
    lab_gdoi_u8(&body, (uint32_t)spi_n);
    lab_gdoi_u16(&body, type);
    gv_buf_add(&body, spi, spi_n);
    return body;
}

struct gv_buf info_body(uint16_t type)
{
    return notify(type, "", 0);
}

void info_notify(struct lab_gdoi *s, struct phase *p, uint16_t type, bool encrypted)
{
    struct lab_gdoi_chain chain = lab_gdoi_chain();
    struct gv_buf message;

    if (s->config.mute)
        return;
    if (encrypted) {
        send_sealed(s, p, ISAKMP_NOTIFY, notify(type, "", 0));
        return;
    }
    lab_gdoi_add(&chain, ISAKMP_NOTIFY, notify(type, "", 0), LAB_GDOI_WHOLE);
    message = lab_gdoi_compose(p->cookies, ISAKMP_INFORMATIONAL, 0, 0, chain, 0);
    server_send(s, &message, &p->peer, p->marked);
    gv_buf_clear(&message);
}

void info_are_you_there(struct lab_gdoi *s, struct phase *p)
{
    struct gv_buf body = notify(R_U_THERE, p->cookies, COOKIES_SIZE);

    lab_gdoi_u32(&body, (uint32_t)p->born); /* any sequence number */
    send_sealed(s, p, ISAKMP_NOTIFY, body);
}

void info_delete(struct lab_gdoi *s, struct phase *p)
{
    struct gv_buf body = lab_gdoi_body();

    lab_gdoi_u32(&body, DOI_IPSEC);
    lab_gdoi_u8(&body, PROTOCOL_ISAKMP);
    lab_gdoi_u8(&body, COOKIES_SIZE);
    lab_gdoi_u16(&body, 1);
    gv_buf_add(&body, p->cookies, COOKIES_SIZE);
    send_sealed(s, p, ISAKMP_DELETE, body);
}

/* Is it the answer to our question, number and all? */
static bool is_answer(const struct phase *p, const struct isakmp_payload *payload)
{
    struct isakmp_notify n;

    return payload->type == ISAKMP_NOTIFY && isakmp_notify_decode(payload->body, &n) == GV_OK &&
           n.type == R_U_THERE_ACK && n.spi.left == COOKIES_SIZE &&
           memcmp(n.spi.at, p->cookies, COOKIES_SIZE) == 0 &&
           gv_reader_uint(&n.data, 4) == (uint32_t)p->born && n.data.left == 0 && !n.data.bad;
}

void info_feed(struct lab_gdoi *s, struct phase *p, struct request *q)
{
    uint8_t iv[GDOI_BLOCK_MOST];

    phase_iv(p, q->header.message_id, iv);
    if (!phase_open(p, iv, q) || !phase_proves(p, q, NULL, 0)) {
        s->counts.ignored++;
        return;
    }
    for (size_t i = 1; i < q->chain.count; i++)
        s->counts.dpd_answers += is_answer(p, &q->chain.payload[i]);
}
