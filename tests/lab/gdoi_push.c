/* SPDX-License-Identifier: Apache-2.0 */
/* GROUPKEY-PUSH (RFC 6407, 4): composed, signed, encrypted, sent and sent again. */
#include <assert.h>
#include <string.h>

#include "gdoi_parts.h"

enum { PROTOCOL_KEK = 0, PROTOCOL_ESP = 1, TEK_SPI_SIZE = 4 };

static size_t block_size(const struct lab_gdoi_group *g)
{
    return policy_block_size(&g->policy);
}

/* ---- what it says ---- */

static struct gv_buf delete_of(uint8_t protocol, const void *spi, size_t n)
{
    struct gv_buf out = lab_gdoi_body();

    lab_gdoi_u32(&out, GDOI_DOI);
    lab_gdoi_u8(&out, protocol);
    lab_gdoi_u8(&out, (uint32_t)n);
    lab_gdoi_u16(&out, 1);
    gv_buf_add(&out, spi, n);
    return out;
}

/* TEKs: an SPI of 0, which means all of them. */
static void add_deletes(const struct lab_gdoi_group *g, const struct say *say,
                        struct lab_gdoi_chain *chain)
{
    enum lab_gdoi_form form = server_form(g->server, LAB_GDOI_PUSH, ISAKMP_DELETE);
    static const uint8_t all[TEK_SPI_SIZE];

    if (say->deletes & LAB_GDOI_TEK)
        lab_gdoi_add(chain, ISAKMP_DELETE, delete_of(PROTOCOL_ESP, all, sizeof(all)), form);
    if (say->deletes & LAB_GDOI_KEK)
        lab_gdoi_add(chain, ISAKMP_DELETE,
                     delete_of(PROTOCOL_KEK, say->under->spi, GDOI_SPI_SIZE), form);
}

static void add_keys(const struct lab_gdoi_group *g, const struct say *say, struct gv_time now,
                     struct lab_gdoi_chain *chain)
{
    bool repeated = g->policy.deviations & LAB_GDOI_KEK_REPEATED;
    bool kek = say->keys & LAB_GDOI_KEK || repeated;
    bool tek = say->keys & LAB_GDOI_TEK || !(g->policy.deviations & LAB_GDOI_KEK_ALONE);
    const struct lab_gdoi *s = g->server;

    if (say->keys == 0)
        return;
    lab_gdoi_add(chain, ISAKMP_SA, policy_sa(g, LAB_GDOI_PUSH, kek, tek, now),
                 server_form(s, LAB_GDOI_PUSH, ISAKMP_SA));
    lab_gdoi_add(chain, GDOI_KD, policy_kd(g, LAB_GDOI_PUSH, say->under, kek, tek),
                 server_form(s, LAB_GDOI_PUSH, GDOI_KD));
}

static enum gdoi_hash hash_of(enum gdoi_sig_hash hash)
{
    static const enum gdoi_hash hashes[] = {[GDOI_SIG_MD5] = GDOI_MD5,
                                            [GDOI_SIG_SHA1] = GDOI_SHA1,
                                            [GDOI_SIG_SHA256] = GDOI_SHA256,
                                            [GDOI_SIG_SHA384] = GDOI_SHA384,
                                            [GDOI_SIG_SHA512] = GDOI_SHA512};

    return hashes[hash];
}

enum { DER_SIGNATURE = 71 /* octets of the ECDSA-256 signatures that we send in DER */ };

static size_t signature_size(const struct lab_gdoi_group *g)
{
    size_t octets = (gdoi_signer_bits(g->policy.signer) + 7) / 8;

    if (g->policy.deviations & LAB_GDOI_SIG_DER)
        return DER_SIGNATURE;
    return gdoi_signer_kind(g->policy.signer) == GDOI_SIG_RSA ? octets : 2 * octets;
}

/* In DER, half of them have the size that we want. */
static size_t sign_value(const struct lab_gdoi_group *g, enum gdoi_hash hash,
                         const uint8_t *value, uint8_t out[SIGNER_OCTETS_MOST])
{
    enum gdoi_sig_form form = g->policy.deviations & LAB_GDOI_SIG_BARE  ? GDOI_SIG_BARE
                              : g->policy.deviations & LAB_GDOI_SIG_DER ? GDOI_SIG_DER
                                                                        : GDOI_SIG_DIGEST_INFO;
    size_t n;

    do
        n = gdoi_signer_sign(g->policy.signer, hash, form, value, out);
    while (form == GDOI_SIG_DER && n != DER_SIGNATURE);
    return n;
}

/* "rekey", the header as it will be sent or without the padding, all payloads before SIG. The
 * last one announces SIG already. */
static struct gv_buf sign(const struct lab_gdoi_group *g, const uint8_t *spi,
                          const struct lab_gdoi_chain *chain)
{
    bool unpadded = g->policy.deviations & (LAB_GDOI_LENGTH_UNPADDED | LAB_GDOI_LENGTH_SHORT);
    struct lab_gdoi_chain copy = lab_gdoi_chain();
    enum gdoi_hash hash = hash_of(g->policy.sig_hash);
    size_t n = signature_size(g);
    struct gv_buf whole, sig = lab_gdoi_body();
    uint8_t value[GDOI_HASH_MOST], octets[SIGNER_OCTETS_MOST];
    struct gdoi_chunk chunks[2] = {{"rekey", 5}};
    enum gv_err err;

    copy.first = chain->first;
    copy.last = chain->last;
    gv_buf_add(&copy.octets, chain->octets.at, chain->octets.n);
    while (sig.n < n)
        lab_gdoi_u8(&sig, 0);
    lab_gdoi_add(&copy, ISAKMP_SIG, sig, LAB_GDOI_WHOLE);
    whole = lab_gdoi_compose(spi, GDOI_PUSH, ISAKMP_ENCRYPTED, 0, copy,
                             unpadded ? 0 : block_size(g));
    chunks[1] = (struct gdoi_chunk){whole.at, ISAKMP_HEADER_SIZE + chain->octets.n};
    sig = lab_gdoi_body();
    err = gdoi_hash(hash, chunks, 2, value);
    assert(err == GV_OK);
    gv_buf_add(&sig, octets, sign_value(g, hash, value, octets));
    assert(sig.n == n);
    gv_buf_clear(&whole);
    return sig;
}

static void seal(const struct lab_gdoi_group *g, const struct kek *under, bool wrong,
                 struct gv_buf *message)
{
    bool des = g->policy.kek_cipher != GDOI_KEK_AES;
    size_t iv_n = block_size(g), key_n = policy_kek_size(&g->policy);
    uint8_t iv[GDOI_BLOCK_MOST], key[GDOI_KEY_MOST];
    enum gv_err err;

    memcpy(iv, under->octets, iv_n);
    memcpy(key, under->octets + iv_n, key_n);
    key[1] ^= wrong ? 0x10 : 0;
    for (; des && key_n < 24; key_n++) /* DES is 3DES with one key, thrice */
        key[key_n] = key[key_n - 8];
    err =
        gdoi_cbc(des ? GDOI_3DES : GDOI_AES, true, key, key_n, iv,
                 (uint8_t *)message->at + ISAKMP_HEADER_SIZE, message->n - ISAKMP_HEADER_SIZE);
    assert(err == GV_OK);
    (void)err;
}

static void fill_padding(const struct lab_gdoi_group *g, size_t from, struct gv_buf *message)
{
    if (g->policy.deviations & LAB_GDOI_OTHER_PADDING)
        memset(message->at + from, 0xa5, message->n - from);
}

/* Where the header's length counts no padding: so many octets. */
static void shorten(const struct lab_gdoi_group *g, size_t n, struct gv_buf *message)
{
    if (!(g->policy.deviations & LAB_GDOI_LENGTH_SHORT))
        return;
    for (size_t i = 0; i < 4; i++)
        message->at[24 + i] = (char)(n >> 8 * (3 - i));
}

static struct gv_buf compose(struct lab_gdoi_group *g, const struct say *say,
                             enum lab_gdoi_push_fault fault, struct gv_time now)
{
    struct lab_gdoi_chain chain = lab_gdoi_chain();
    struct gv_buf seq = lab_gdoi_body(), sig, message;
    uint8_t spi[GDOI_SPI_SIZE];
    size_t end;

    memcpy(spi, say->under->spi, sizeof(spi));
    spi[3] ^= fault == LAB_GDOI_PUSH_WRONG_SPI ? 1 : 0;
    lab_gdoi_u32(&seq, g->push_sequence);
    lab_gdoi_add(&chain, GDOI_SEQ, seq, server_form(g->server, LAB_GDOI_PUSH, GDOI_SEQ));
    add_deletes(g, say, &chain);
    add_keys(g, say, now, &chain);
    server_edit(g->server, LAB_GDOI_PUSH, &chain);
    sig = sign(g, spi, &chain);
    sig.at[sig.n / 2] ^= fault == LAB_GDOI_PUSH_BAD_SIGNATURE ? 4 : 0;
    lab_gdoi_add(&chain, ISAKMP_SIG, sig, server_form(g->server, LAB_GDOI_PUSH, ISAKMP_SIG));
    end = ISAKMP_HEADER_SIZE + chain.octets.n;
    message = lab_gdoi_compose(spi, GDOI_PUSH, ISAKMP_ENCRYPTED, 0, chain, block_size(g));
    fill_padding(g, end, &message);
    shorten(g, end, &message);
    seal(g, say->under, fault == LAB_GDOI_PUSH_WRONG_KEK, &message);
    return message;
}

/* ---- to whom ---- */

static void send_all(const struct lab_gdoi_group *g)
{
    if (g->push_lost || g->push.n == 0)
        return;
    if (g->policy.rekey_to.size > 0) {
        server_send(g->server, &g->push, &g->policy.rekey_to, false);
        return;
    }
    for (size_t i = 0; i < g->member_count; i++) {
        struct gdoi_endpoint to = g->members[i].at;

        if (g->policy.rekey_to.port != 0)
            to.port = g->policy.rekey_to.port;
        if (g->policy.ack == 0 || g->members[i].acked != g->push_sequence)
            server_send(g->server, &g->push, &to, g->members[i].marked);
    }
}

/* Who did not acknowledge the last one has missed it. */
static void count_missed(struct lab_gdoi_group *g)
{
    for (size_t i = g->member_count; i > 0; i--) {
        struct member *m = &g->members[i - 1];

        m->missed = m->acked == g->push_sequence ? 0 : m->missed + 1;
        if (g->policy.eject_after == 0 || m->missed < g->policy.eject_after)
            continue;
        g->server->counts.ejected++;
        *m = g->members[--g->member_count];
    }
}

static enum lab_gdoi_push_fault take_fault(struct lab_gdoi_faults *faults)
{
    if (faults->push_count == 0)
        return LAB_GDOI_PUSH_GOOD;
    faults->push_count--;
    return faults->push;
}

void push_send(struct lab_gdoi_group *g, const struct say *say, struct gv_time now)
{
    struct lab_gdoi_faults *faults = &g->server->faults;
    enum lab_gdoi_push_fault fault = take_fault(faults);

    if (g->push.n > 0)
        count_missed(g);
    if (fault != LAB_GDOI_PUSH_REPLAY)
        say->under->sequence++;
    g->push_sequence = say->under->sequence;
    if (say->keys & LAB_GDOI_KEK && g->policy.deviations & LAB_GDOI_SEQ_EARLY)
        g->push_sequence = 1;
    for (size_t i = 0; i < g->member_count; i++)
        g->members[i].acked = g->push_sequence - 1;
    gv_buf_clear(&g->push);
    g->push = compose(g, say, fault, now);
    g->push_lost = fault == LAB_GDOI_PUSH_LOST || faults->silent_at != LAB_GDOI_NONE;
    g->resends_left = g->policy.retransmits;
    g->resend_at = gv_time_add(now, g->policy.interval);
    g->server->counts.pushes++;
    send_all(g);
}

void push_again(struct lab_gdoi_group *g)
{
    send_all(g);
}

void push_resend(struct lab_gdoi_group *g, struct gv_time now)
{
    g->resends_left--;
    g->resend_at = gv_time_add(now, g->policy.interval);
    send_all(g);
}
