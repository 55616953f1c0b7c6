/* SPDX-License-Identifier: Apache-2.0 */
/* GROUPKEY-PUSH-ACK, received (RFC 8263, 3). */
#include <string.h>

#include "gdoi_parts.h"

enum { KEK_SHA256 = 1, KEK_SHA512 = 3 };

/* prf(KEK without IV, "GROUPKEY-PUSH ACK" | 0 | SPI | L). */
static bool ack_key(const struct lab_gdoi_group *g, const struct kek *kek, enum gdoi_hash hash,
                    uint8_t out[GDOI_HASH_MOST])
{
    size_t iv_n = policy_block_size(&g->policy), key_n = policy_kek_size(&g->policy);
    uint32_t bits = g->policy.ack_key_bits;
    struct gv_buf input = lab_gdoi_octets("GROUPKEY-PUSH ACK", 18);
    struct gdoi_chunk chunk;
    bool ok;

    gv_buf_add(&input, kek->spi, GDOI_SPI_SIZE);
    lab_gdoi_u16(&input, bits > 0 ? bits : hash == GDOI_SHA512 ? 512 : 256);
    chunk = (struct gdoi_chunk){input.at, input.n};
    ok = gdoi_prf(hash, kek->octets + iv_n, key_n, &chunk, 1, out) == GV_OK;
    gv_buf_clear(&input);
    return ok;
}

static bool is_genuine(const struct lab_gdoi_group *g, const struct kek *kek,
                       const struct request *q)
{
    enum gdoi_hash hash = g->policy.ack == KEK_SHA512 ? GDOI_SHA512 : GDOI_SHA256;
    const struct isakmp_payload *p = q->chain.payload;
    uint8_t key[GDOI_HASH_MOST], value[GDOI_HASH_MOST];
    size_t n = hash == GDOI_SHA512 ? 64 : 32;
    struct gdoi_chunk both;

    if ((g->policy.ack != KEK_SHA256 && g->policy.ack != KEK_SHA512) || q->chain.count != 3 ||
        p[0].type != ISAKMP_HASH || p[1].type != GDOI_SEQ || p[2].type != ISAKMP_ID ||
        p[0].body.left != n || q->header.flags != 0 || q->header.message_id != 0)
        return false;
    both = (struct gdoi_chunk){p[1].whole, p[1].whole_n + p[2].whole_n};
    return ack_key(g, kek, hash, key) && gdoi_prf(hash, key, n, &both, 1, value) == GV_OK &&
           memcmp(p[0].body.at, value, n) == 0;
}

static void note(struct lab_gdoi_group *g, const struct request *q)
{
    const struct isakmp_payload *p = q->chain.payload;
    struct gv_reader seq = p[1].body;
    uint32_t sequence = gv_reader_uint(&seq, 4);
    struct isakmp_id id;

    g->server->counts.acks++;
    if (isakmp_id_decode(p[2].body, &id) != GV_OK)
        return;
    for (size_t i = 0; i < g->member_count; i++)
        if (g->members[i].at.size == id.data.left &&
            memcmp(g->members[i].at.address, id.data.at, id.data.left) == 0)
            g->members[i].acked = sequence;
}

void ack_feed(struct lab_gdoi *s, struct request *q)
{
    if (server_parse(q))
        for (size_t i = 0; i < s->group_count; i++)
            for (size_t k = 0; k < KEKS_KEPT; k++) {
                struct lab_gdoi_group *g = s->groups[i];

                if (memcmp(g->keks[k].spi, q->header.cookies, GDOI_SPI_SIZE) == 0 &&
                    is_genuine(g, &g->keks[k], q)) {
                    note(g, q);
                    return;
                }
            }
    s->counts.bad_acks++;
}
