/* SPDX-License-Identifier: Apache-2.0 */
/* GROUPKEY-PULL (RFC 6407, 3.2): asks for the group's policy and keys. */
#include <stdlib.h>
#include <string.h>

#include "gdoi/client_part.h"

enum { SENDER_ID_REQUEST = 3 };

/* Of payloads that are put behind others later. */
static const size_t NO_LINK = SIZE_MAX;

void client_pull_end(struct gdoi_client *c)
{
    client_send_stop(&c->pull);
    gv_buf_clear(&c->pull.message);
    free(c->policy);
    c->policy = NULL;
}

/* ---- what we say ---- */

/* A HASH payload ahead of what stands in `rest`, over `chunks`; then all of it encrypted. */
static enum gv_err say(struct gdoi_client *c, uint8_t type, const struct gv_buf *rest,
                       const struct gdoi_chunk *chunks, size_t count)
{
    struct gv_buf *out = &c->pull.message;
    uint8_t hash[GDOI_HASH_MOST];
    size_t link = ISAKMP_LINK;
    enum gv_err err = gdoi_keys_hash(&c->keys, c->pull_id, chunks, count, hash);

    if (err != GV_OK)
        return err;
    client_header(out, c->cookies, GDOI_PULL, ISAKMP_ENCRYPTED, c->pull_id);
    client_payload(out, &link, ISAKMP_HASH, hash, gdoi_hash_size(c->keys.suite.hash));
    gv_buf_add(out, rest->at, rest->n);
    if (out->err == GV_OK)
        out->at[link] = (char)type;
    return client_seal(&c->keys, out, c->pull_iv);
}

/* Ni and ID. */
static enum gv_err say_1(struct gdoi_client *c)
{
    const struct gdoi_identity *group = &c->config.group;
    struct gv_buf rest = gv_buf(MESSAGE_CEILING);
    size_t link = NO_LINK, begin;
    struct gdoi_chunk chunk;
    enum gv_err err;

    client_payload(&rest, &link, ISAKMP_NONCE, c->nonce_i, NONCE_SIZE);
    begin = isakmp_payload_begin(&rest, &link, ISAKMP_ID);
    isakmp_uint_encode(&rest, group->type, 1);
    isakmp_uint_encode(&rest, 0, 3);
    gv_buf_add(&rest, group->octets, group->n);
    isakmp_payload_end(&rest, begin);
    chunk = (struct gdoi_chunk){rest.at, rest.n};
    err = rest.err != GV_OK ? rest.err : say(c, ISAKMP_NONCE, &rest, &chunk, 1);
    gv_buf_clear(&rest);
    return err;
}

/* Does the policy use a counter mode, whose senders need identifiers (RFC 6407, 3.5)? */
static bool wants_sender_id(const struct gdoi_sa *policy)
{
    for (size_t i = 0; i < policy->tek_count; i++) {
        uint8_t t = policy->teks[i].transform;

        if (policy->teks[i].protocol == 1 && ((t >= 13 && t <= 20 && t != 17) || t == 23))
            return true;
    }
    return false;
}

/* An acknowledgement of the policy; GAP where a sender's identifier is needed. */
static enum gv_err say_3(struct gdoi_client *c, const struct gdoi_sa *policy)
{
    struct gv_buf rest = gv_buf(MESSAGE_CEILING);
    struct gdoi_chunk chunks[] = {
        {c->nonce_i, NONCE_SIZE}, {c->nonce_r, c->nonce_r_n}, {"", 0}};
    uint8_t type = ISAKMP_NONE;
    enum gv_err err;

    if (wants_sender_id(policy)) {
        size_t link = NO_LINK, begin = isakmp_payload_begin(&rest, &link, GDOI_GAP);

        isakmp_attr_encode(&rest, SENDER_ID_REQUEST, 1);
        isakmp_payload_end(&rest, begin);
        chunks[2] = (struct gdoi_chunk){rest.at, rest.n};
        type = GDOI_GAP;
    }
    err = rest.err != GV_OK ? rest.err : say(c, type, &rest, chunks, 3);
    gv_buf_clear(&rest);
    return err;
}

void client_pull_begin(struct gdoi_client *c, struct gv_time now, struct gdoi_event *event)
{
    enum gv_err err;

    c->exchange_began = now;
    c->pull.message = gv_buf(MESSAGE_CEILING);
    do
        err = gdoi_random(&c->pull_id, sizeof(c->pull_id));
    while (err == GV_OK && c->pull_id == 0);
    if (err == GV_OK)
        err = gdoi_random(c->nonce_i, NONCE_SIZE);
    if (err == GV_OK)
        err = gdoi_keys_iv_of(&c->keys, c->last_block, c->pull_id, c->pull_iv);
    if (err == GV_OK)
        err = say_1(c);
    if (err == GV_OK)
        client_send(c, &c->pull, GDOI_PULL_2, now);
    else
        client_fail(c, err, now, event);
}

/* ---- what the key server says ---- */

/* The HASH covers the nonces and every payload behind it (RFC 6407, 3.2). */
static enum gv_err check_hash(const struct gdoi_client *c, const struct isakmp_chain *chain,
                              bool with_nonce_r)
{
    const struct isakmp_payload *first = &chain->payload[0];
    const struct isakmp_payload *last = &chain->payload[chain->count - 1];
    const uint8_t *behind = first->whole + first->whole_n;
    const struct gdoi_chunk chunks[] = {
        {c->nonce_i, NONCE_SIZE},
        {c->nonce_r, with_nonce_r ? c->nonce_r_n : 0},
        {behind, (size_t)(last->whole + last->whole_n - behind)}};
    size_t n = gdoi_hash_size(c->keys.suite.hash);
    uint8_t want[GDOI_HASH_MOST];
    enum gv_err err;

    if (first->type != ISAKMP_HASH || first->body.left != n)
        return GV_ERR_MALFORMED;
    err = gdoi_keys_hash(&c->keys, c->pull_id, chunks, 3, want);
    if (err != GV_OK)
        return err;
    return gdoi_equal(first->body.at, want, n) ? GV_OK : GV_ERR_AUTHENTICATION;
}

static const struct isakmp_rule rules_2[] = {
    {ISAKMP_HASH, 1, 1}, {ISAKMP_NONCE, 1, 1}, {ISAKMP_SA, 1, 1}, {ISAKMP_NONE, 0, 0}};

static enum gv_err take_2(struct gdoi_client *c, const struct isakmp_chain *chain,
                          struct gv_time now, struct gdoi_event *event)
{
    struct gv_reader nonce = isakmp_find(chain, ISAKMP_NONCE)->body;
    struct gdoi_sa *policy;
    enum gv_err err = check_hash(c, chain, false);

    if (err != GV_OK)
        return err;
    if (nonce.left < NONCE_LEAST || nonce.left > NONCE_MOST)
        return GV_ERR_MALFORMED;
    policy = malloc(sizeof(*policy));
    if (policy == NULL)
        return GV_ERR_NO_MEMORY;
    err = gdoi_sa_decode(isakmp_find(chain, ISAKMP_SA)->body, policy);
    if (err != GV_OK) {
        /* The hash was right: no better answer will come. */
        free(policy);
        client_fail(c, err, now, event);
        return GV_OK;
    }
    c->policy = policy;
    memcpy(c->nonce_r, nonce.at, nonce.left);
    c->nonce_r_n = nonce.left;
    memcpy(c->pull_iv, c->next_iv, sizeof(c->pull_iv));
    err = say_3(c, policy);
    if (err == GV_OK)
        client_send(c, &c->pull, GDOI_PULL_4, now);
    else
        client_fail(c, err, now, event);
    return GV_OK;
}

static const struct isakmp_rule rules_4[] = {
    {ISAKMP_HASH, 1, 1}, {GDOI_SEQ, 0, 1}, {GDOI_KD, 1, 1}, {ISAKMP_NONE, 0, 0}};

static enum gv_err read_keys(struct gdoi_client *c, const struct isakmp_chain *chain,
                             struct gdoi_kek *kek, uint32_t *sequence)
{
    const struct isakmp_payload *seq = isakmp_find(chain, GDOI_SEQ);
    struct gdoi_kd kd;
    enum gv_err err = gdoi_kd_decode(isakmp_find(chain, GDOI_KD)->body, &kd);

    if (err == GV_OK && seq != NULL)
        err = gdoi_seq_decode(seq->body, sequence);
    if (err == GV_OK && c->policy->has_sak)
        err = gdoi_kek_make(&c->policy->sak, &kd, NULL, kek);
    if (err == GV_OK)
        client_group_deviates(c, c->policy, &kd, c->policy->has_sak ? kek : NULL);
    gdoi_kd_clear(&kd);
    return err;
}

static enum gv_err take_4(struct gdoi_client *c, const struct isakmp_chain *chain,
                          struct gv_time now, struct gdoi_event *event)
{
    struct gdoi_kek kek = {.octets = NULL};
    uint32_t sequence = 0;
    enum gv_err err = check_hash(c, chain, true);

    if (err != GV_OK)
        return err;
    err = read_keys(c, chain, &kek, &sequence);
    if (err != GV_OK) {
        client_fail(c, err, now, event);
        return GV_OK;
    }
    *event = (struct gdoi_event){.kind = GDOI_REGISTERED,
                                 .at = now,
                                 .phase1 = c->phase1_took,
                                 .pull = gv_time_diff(now, c->exchange_began),
                                 .suite = c->keys.suite};
    client_group_registered(c, c->policy, c->policy->has_sak ? &kek : NULL, sequence, now,
                            event);
    client_pull_end(c);
    c->step = GDOI_IDLE;
    return GV_OK;
}

/* A refusal belongs into an exchange of its own; some send it in the PULL's. */
static void note_refusal(struct gdoi_client *c, const uint8_t *octets, size_t n, uint8_t first)
{
    static const struct isakmp_rule refusal[] = {
        {ISAKMP_HASH, 1, 1}, {ISAKMP_NOTIFY, 1, 1}, {ISAKMP_NONE, 0, 0}};
    struct isakmp_chain chain;

    if (isakmp_chain_decode(gv_reader(octets, n), first, refusal, &chain) == GV_OK)
        client_info_note(c, &chain);
}

void client_pull_feed(struct gdoi_client *c, const struct isakmp_header *header,
                      uint8_t *message, size_t n, struct gv_time now, struct gdoi_event *event)
{
    bool second = c->step == GDOI_PULL_2;
    uint8_t digest[DIGEST_SIZE];
    struct isakmp_chain chain;
    enum gv_err err = client_digest(message, n, digest);
    size_t body_n = n - ISAKMP_HEADER_SIZE;

    if (err != GV_OK || !c->pull.on || header->message_id != c->pull_id ||
        !(header->flags & ISAKMP_ENCRYPTED) ||
        memcmp(header->cookies, c->cookies, sizeof(c->cookies)) != 0) {
        c->counts.ignored++;
        return;
    }
    if (!second && memcmp(digest, c->answer, sizeof(digest)) == 0) {
        client_send_again(&c->pull);
        return;
    }
    memcpy(c->next_iv, c->pull_iv, sizeof(c->next_iv));
    message += ISAKMP_HEADER_SIZE;
    err = gdoi_keys_cbc(&c->keys, false, c->next_iv, message, body_n);
    if (err == GV_OK)
        err = isakmp_chain_decode(gv_reader(message, body_n), header->next,
                                  second ? rules_2 : rules_4, &chain);
    if (err == GV_ERR_MALFORMED)
        note_refusal(c, message, body_n, header->next);
    if (err == GV_OK)
        err = second ? take_2(c, &chain, now, event) : take_4(c, &chain, now, event);
    if (err == GV_OK) {
        c->answered = true;
        c->last = GV_OK;
        memcpy(c->answer, digest, sizeof(digest));
        return;
    }
    c->last = err;
    c->counts.ignored++;
}
