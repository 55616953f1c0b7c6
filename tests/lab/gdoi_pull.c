/* SPDX-License-Identifier: Apache-2.0 */
/* GROUPKEY-PULL, the key server's side (RFC 6407, 3.2). */
#include <string.h>

#include "gdoi_parts.h"

enum { INVALID_ID_INFORMATION = 18 };

static struct gdoi_chunk ni(const struct phase *p)
{
    return (struct gdoi_chunk){p->pull_nonce_i, p->pull_nonce_i_n};
}

static struct gdoi_chunk nr(const struct phase *p)
{
    return (struct gdoi_chunk){p->pull_nonce_r, p->pull_nonce_r_n};
}

/* HASH and `rest`, encrypted; the chain of IVs goes on. */
static void say(struct lab_gdoi *s, struct phase *p, const struct request *q,
                enum lab_gdoi_message m, const struct gdoi_chunk *before, size_t count,
                struct lab_gdoi_chain rest)
{
    struct lab_gdoi_chain chain = phase_protect(s, p, p->pull_id, m, before, count, rest);
    struct gv_buf message =
        lab_gdoi_compose(p->cookies, GDOI_PULL, ISAKMP_ENCRYPTED, p->pull_id, chain,
                         gdoi_block_size(p->suite.cipher));

    if (!phase_seal(p, p->pull_iv, &message)) {
        gv_buf_clear(&message);
        return;
    }
    p->pull_said = m;
    server_answer(s, p, &p->pull, q, m, message);
}

static void refuse_group(struct lab_gdoi *s, struct phase *p, const struct request *q)
{
    struct lab_gdoi_chain rest = lab_gdoi_chain();
    const struct gdoi_chunk before = ni(p);

    s->counts.refused++;
    if (!s->config.inside) {
        info_notify(s, p, INVALID_ID_INFORMATION, true);
        return;
    }
    lab_gdoi_add(&rest, ISAKMP_NOTIFY, info_body(INVALID_ID_INFORMATION), LAB_GDOI_WHOLE);
    say(s, p, q, LAB_GDOI_NONE, &before, 1, rest);
}

/* HASH(1), Ni, ID. */
static void take_1(struct lab_gdoi *s, struct phase *p, struct request *q)
{
    const struct isakmp_payload *nonce, *idp;
    struct lab_gdoi_chain rest = lab_gdoi_chain();
    struct gdoi_identity wanted = {.type = 0};
    struct gdoi_chunk before;
    struct isakmp_id id;

    p->pull_id = q->header.message_id;
    phase_iv(p, p->pull_id, p->pull_iv);
    if (!phase_open(p, p->pull_iv, q) || !phase_proves(p, q, NULL, 0) ||
        (nonce = isakmp_find(&q->chain, ISAKMP_NONCE)) == NULL ||
        nonce->body.left > NONCE_MOST || (idp = isakmp_find(&q->chain, ISAKMP_ID)) == NULL ||
        isakmp_id_decode(idp->body, &id) != GV_OK || id.data.left > GDOI_IDENTITY_MOST) {
        s->counts.ignored++;
        return;
    }
    wanted = (struct gdoi_identity){.type = id.type, .n = (uint8_t)id.data.left};
    memcpy(wanted.octets, id.data.at, id.data.left);
    p->group = group_find(s, &wanted);
    p->pull_nonce_i_n = nonce->body.left;
    memcpy(p->pull_nonce_i, nonce->body.at, p->pull_nonce_i_n);
    if (p->group == NULL) {
        refuse_group(s, p, q);
        return;
    }
    group_asked(p->group, q->now);
    server_nonce(s, p->pull_nonce_r, &p->pull_nonce_r_n);
    before = ni(p);
    lab_gdoi_add(&rest, ISAKMP_NONCE, lab_gdoi_octets(p->pull_nonce_r, p->pull_nonce_r_n),
                 server_form(s, LAB_GDOI_PULL_2, ISAKMP_NONCE));
    lab_gdoi_add(&rest, ISAKMP_SA, policy_sa(p->group, LAB_GDOI_PULL_2, true, true, q->now),
                 server_form(s, LAB_GDOI_PULL_2, ISAKMP_SA));
    say(s, p, q, LAB_GDOI_PULL_2, &before, 1, rest);
}

/* HASH(3) [, GAP]: answered by HASH(4), [SEQ,] KD. */
static void take_3(struct lab_gdoi *s, struct phase *p, struct request *q)
{
    const struct gdoi_chunk before[] = {ni(p), nr(p)};
    const struct lab_gdoi_group *g = p->group;
    struct lab_gdoi_chain rest = lab_gdoi_chain();
    struct gv_buf seq = lab_gdoi_body();
    uint8_t iv[GDOI_BLOCK_MOST];

    memcpy(iv, p->pull_iv, sizeof(iv));
    if (!phase_open(p, iv, q) || !phase_proves(p, q, before, 2)) {
        s->counts.ignored++;
        gv_buf_clear(&seq);
        return;
    }
    memcpy(p->pull_iv, iv, sizeof(iv));
    lab_gdoi_u32(&seq, g->keks[0].sequence);
    lab_gdoi_add(&rest, GDOI_SEQ, seq,
                 g->policy.signer == NULL ? LAB_GDOI_OMITTED
                                          : server_form(s, LAB_GDOI_PULL_4, GDOI_SEQ));
    lab_gdoi_add(&rest, GDOI_KD, policy_kd(g, LAB_GDOI_PULL_4, NULL, true, true),
                 server_form(s, LAB_GDOI_PULL_4, GDOI_KD));
    s->counts.registrations++;
    group_join(p->group, p);
    say(s, p, q, LAB_GDOI_PULL_4, before, 2, rest);
}

void pull_feed(struct lab_gdoi *s, struct phase *p, struct request *q)
{
    bool same = p->pull_said != LAB_GDOI_NONE && q->header.message_id == p->pull_id;

    if (memcmp(p->pull.request, q->digest, DIGEST_SIZE) == 0) {
        s->counts.repeats++;
        server_send(s, &p->pull.answer, &p->peer, p->marked);
    } else if (!same) {
        take_1(s, p, q);
    } else if (p->pull_said == LAB_GDOI_PULL_2) {
        take_3(s, p, q);
    } else {
        s->counts.ignored++;
    }
}
