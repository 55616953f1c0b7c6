/* SPDX-License-Identifier: Apache-2.0 */
/* Informational exchanges (RFC 2408, 4.8; RFC 2409, 5.7). Nothing that is not authenticated
 * ends a registration: its type is kept for the report, and the genuine answer may still come.
 */
#include <string.h>

#include "gdoi/client_part.h"

enum { PROTOCOL_ISAKMP = 1, R_U_THERE = 36136, R_U_THERE_ACK = 36137, DOI_IPSEC = 1 };

static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};
static const struct isakmp_rule sealed[] = {{ISAKMP_HASH, 1, 1}, {ISAKMP_NONE, 0, 0}};

/* RFC 2408, 3.14.1: from STATUS_MIN on a notify tells how things stand (INITIAL_CONTACT,
 * RESPONDER_LIFETIME), and refuses nothing. */
static void note(struct gdoi_client *c, const struct isakmp_notify *notify)
{
    enum { STATUS_MIN = 16384 };

    if (notify->type < STATUS_MIN)
        c->notify = notify->type;
}

void client_info_note(struct gdoi_client *c, const struct isakmp_chain *chain)
{
    const struct isakmp_payload *p = isakmp_find(chain, ISAKMP_NOTIFY);
    struct isakmp_notify notify;

    if (p != NULL && isakmp_notify_decode(p->body, &notify) == GV_OK)
        note(c, &notify);
}

/* RFC 3706, 5.4: the same cookies and sequence number come back. */
static void answer_dpd(struct gdoi_client *c, const struct isakmp_notify *asked)
{
    struct gv_buf rest = gv_buf(MESSAGE_CEILING), out = gv_buf(MESSAGE_CEILING);
    size_t link = SIZE_MAX, begin = isakmp_payload_begin(&rest, &link, ISAKMP_NOTIFY);
    uint8_t iv[GDOI_BLOCK_MOST], hash[GDOI_HASH_MOST];
    struct gdoi_chunk chunk;
    uint32_t id;

    isakmp_uint_encode(&rest, DOI_IPSEC, 4);
    isakmp_uint_encode(&rest, PROTOCOL_ISAKMP, 1);
    isakmp_uint_encode(&rest, (uint32_t)asked->spi.left, 1);
    isakmp_uint_encode(&rest, R_U_THERE_ACK, 2);
    gv_buf_add(&rest, asked->spi.at, asked->spi.left);
    gv_buf_add(&rest, asked->data.at, asked->data.left);
    isakmp_payload_end(&rest, begin);
    chunk = (struct gdoi_chunk){rest.at, rest.n};
    if (rest.err == GV_OK && gdoi_random(&id, sizeof(id)) == GV_OK &&
        gdoi_keys_iv_of(&c->keys, c->last_block, id, iv) == GV_OK &&
        gdoi_keys_hash(&c->keys, id, &chunk, 1, hash) == GV_OK) {
        client_header(&out, c->cookies, ISAKMP_INFORMATIONAL, ISAKMP_ENCRYPTED, id);
        link = ISAKMP_LINK;
        client_payload(&out, &link, ISAKMP_HASH, hash, gdoi_hash_size(c->keys.suite.hash));
        gv_buf_add(&out, rest.at, rest.n);
        if (out.err == GV_OK)
            out.at[link] = ISAKMP_NOTIFY;
        if (client_seal(&c->keys, &out, iv) == GV_OK)
            client_reply(c, &out, &c->config.remote, false);
    }
    gv_buf_clear(&rest);
    gv_buf_clear(&out);
}

/* What an authenticated payload of phase 1's own asks for. */
static void obey(struct gdoi_client *c, const struct isakmp_payload *p)
{
    struct isakmp_notify notify;
    struct gv_reader body = p->body;

    if (p->type == ISAKMP_NOTIFY && isakmp_notify_decode(body, &notify) == GV_OK) {
        if (notify.type == R_U_THERE)
            answer_dpd(c, &notify);
        else
            note(c, &notify);
    }
    if (p->type != ISAKMP_DELETE)
        return;
    gv_reader_uint(&body, 4); /* DOI */
    if (gv_reader_uint(&body, 1) == PROTOCOL_ISAKMP && !body.bad && c->step == GDOI_IDLE)
        gdoi_keys_clear(&c->keys); /* the next registration begins with phase 1 */
}

/* Decrypt and check against one set of keys. */
static enum gv_err open_sealed(const struct gdoi_keys *keys, const uint8_t *last,
                               const struct isakmp_header *header, uint8_t *octets, size_t n,
                               struct isakmp_chain *chain)
{
    uint8_t iv[GDOI_BLOCK_MOST], want[GDOI_HASH_MOST];
    size_t hash_n = gdoi_hash_size(keys->suite.hash);
    const struct isakmp_payload *first, *end;
    struct gdoi_chunk behind;
    enum gv_err err = gdoi_keys_iv_of(keys, last, header->message_id, iv);

    if (err == GV_OK)
        err = gdoi_keys_cbc(keys, false, iv, octets, n);
    if (err == GV_OK)
        err = isakmp_chain_decode(gv_reader(octets, n), header->next, sealed, chain);
    if (err != GV_OK)
        return err;
    first = &chain->payload[0];
    end = &chain->payload[chain->count - 1];
    behind = (struct gdoi_chunk){first->whole + first->whole_n,
                                 (size_t)(end->whole + end->whole_n - first->whole) -
                                     first->whole_n};
    if (first->type != ISAKMP_HASH || first->body.left != hash_n)
        return GV_ERR_MALFORMED;
    err = gdoi_keys_hash(keys, header->message_id, &behind, 1, want);
    if (err != GV_OK)
        return err;
    return gdoi_equal(first->body.at, want, hash_n) ? GV_OK : GV_ERR_AUTHENTICATION;
}

/* Behind message 5 a refusal comes encrypted. What cannot be opened was made with other keys.
 */
static void info_of_phase1(struct gdoi_client *c, const struct isakmp_header *header,
                           const uint8_t *octets, size_t n)
{
    uint8_t copy[MESSAGE_CEILING];
    struct isakmp_chain chain;

    for (size_t i = 0; n <= sizeof(copy) && i < BRANCHES_MOST; i++) {
        struct branch *b = &c->phase1->branches[i];

        if (!b->used || b->step != GDOI_MAIN_6 || b->work != NULL || b->keys.octets == NULL ||
            memcmp(header->cookies, b->cookies, sizeof(b->cookies)) != 0)
            continue;
        memcpy(copy, octets, n);
        c->last = open_sealed(&b->keys, b->iv, header, copy, n, &chain);
        if (c->last == GV_OK)
            client_info_note(c, &chain);
        c->last = GV_ERR_AUTHENTICATION;
    }
}

void client_info(struct gdoi_client *c, const struct isakmp_header *header, uint8_t *message,
                 size_t n)
{
    uint8_t *octets = message + ISAKMP_HEADER_SIZE;
    struct isakmp_chain chain;

    n -= ISAKMP_HEADER_SIZE;
    if (!(header->flags & ISAKMP_ENCRYPTED)) {
        if (c->step != GDOI_IDLE &&
            isakmp_chain_decode(gv_reader(octets, n), header->next, any, &chain) == GV_OK)
            client_info_note(c, &chain);
        else
            c->counts.ignored++;
        return;
    }
    if (c->phase1 != NULL) {
        info_of_phase1(c, header, octets, n);
        return;
    }
    if (c->keys.octets == NULL ||
        memcmp(header->cookies, c->cookies, sizeof(c->cookies)) != 0 ||
        open_sealed(&c->keys, c->last_block, header, octets, n, &chain) != GV_OK) {
        c->counts.ignored++;
        return;
    }
    for (size_t i = 1; i < chain.count; i++)
        obey(c, &chain.payload[i]);
}
