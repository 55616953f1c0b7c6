/* SPDX-License-Identifier: Apache-2.0 */
/* GROUPKEY-PUSH (RFC 6407, 4): is it genuine, is it new? The cheap checks come first, and
 * nothing changes before the signature holds. */
#include <string.h>

#include "gdoi/client_part.h"

enum { VERIFIED_MOST = 2000 /* signatures a second: threats, 2.3 */ };

/* RFC 8263, 2 and 3: KEK_ACK_REQUESTED. The LKH variants need a key that we do not keep. */
static bool ack_hash(const struct gdoi_sak *sak, enum gdoi_hash *out)
{
    enum { KEK_SHA256 = 1, KEK_SHA512 = 3 };

    *out = sak->ack_requested == KEK_SHA512 ? GDOI_SHA512 : GDOI_SHA256;
    return sak->ack_requested == KEK_SHA256 || sak->ack_requested == KEK_SHA512;
}

/* ack_key = prf(KEK, "GROUPKEY-PUSH ACK" | 0 | SPI | L): RFC 8263, 3.2.1. */
static enum gv_err ack_key(const struct gdoi_client *c, const struct gdoi_kek *kek,
                           enum gdoi_hash hash, uint8_t out[GDOI_HASH_MOST])
{
    size_t bits =
        c->config.ack_key_bits > 0 ? c->config.ack_key_bits : 8 * gdoi_hash_size(hash);
    const uint8_t length[] = {(uint8_t)(bits >> 8), (uint8_t)bits};
    const struct gdoi_chunk chunks[] = {{"GROUPKEY-PUSH ACK", sizeof("GROUPKEY-PUSH ACK")},
                                        {kek->spi, GDOI_SPI_SIZE},
                                        {length, sizeof(length)}};

    return gdoi_prf(hash, gv_secret_reveal(kek->octets) + gdoi_block_size(kek->cipher),
                    kek->key_n, chunks, sizeof(chunks) / sizeof(chunks[0]), out);
}

/* SEQ and ID, over which the HASH goes. */
static void ack_body(const struct gdoi_client *c, uint32_t sequence, struct gv_buf *out)
{
    const struct gdoi_endpoint *local = &c->config.local;
    size_t link = SIZE_MAX, begin = isakmp_payload_begin(out, &link, GDOI_SEQ);

    isakmp_uint_encode(out, sequence, 4);
    isakmp_payload_end(out, begin);
    begin = isakmp_payload_begin(out, &link, ISAKMP_ID);
    isakmp_uint_encode(out, local->size == 4 ? GDOI_ID_IPV4 : GDOI_ID_IPV6, 1);
    isakmp_uint_encode(out, 0, 3);
    gv_buf_add(out, local->address, local->size);
    isakmp_payload_end(out, begin);
}

static void acknowledge(struct gdoi_client *c, const struct gdoi_kek_life *life,
                        uint32_t sequence, const struct gdoi_endpoint *to)
{
    struct gv_buf rest = gv_buf(MESSAGE_CEILING), out = gv_buf(MESSAGE_CEILING);
    uint8_t key[GDOI_HASH_MOST], value[GDOI_HASH_MOST];
    enum gdoi_hash hash;
    size_t link = ISAKMP_LINK;
    struct gdoi_chunk chunk;

    if (!c->config.ack || !ack_hash(&life->sak, &hash))
        return;
    ack_body(c, sequence, &rest);
    chunk = (struct gdoi_chunk){rest.at, rest.n};
    if (rest.err == GV_OK && ack_key(c, &life->kek, hash, key) == GV_OK &&
        gdoi_prf(hash, key, gdoi_hash_size(hash), &chunk, 1, value) == GV_OK) {
        client_header(&out, life->kek.spi, GDOI_PUSH_ACK, 0, 0);
        client_payload(&out, &link, ISAKMP_HASH, value, gdoi_hash_size(hash));
        gv_buf_add(&out, rest.at, rest.n);
        if (out.err == GV_OK)
            out.at[link] = GDOI_SEQ;
        isakmp_message_end(&out);
        client_reply(c, &out, to, true);
        c->counts.acks++;
    }
    gv_wipe(key, sizeof(key));
    gv_buf_clear(&rest);
    gv_buf_clear(&out);
}

/* Work is bounded: beyond the rate a push is passed over, and the key server's retransmission
 * may be heard. */
static bool may_verify(struct gdoi_client *c, struct gv_time now)
{
    if (gv_time_diff(now, c->verify_second).ms >= 1000 || c->verified == 0) {
        c->verify_second = now;
        c->verified = 0;
    }
    return c->verified++ < VERIFIED_MOST;
}

static enum gv_err digest_of(const struct gdoi_push *push, uint8_t out[DIGEST_SIZE])
{
    return client_digest(push->message, push->signed_n, out);
}

/* A sequence number that was had before: the key server's retransmission, or a replay. */
static void take_old(struct gdoi_client *c, struct gdoi_kek_life *life,
                     const struct gdoi_push *push, const struct gdoi_endpoint *from)
{
    uint8_t digest[DIGEST_SIZE];

    if (life->pushed && digest_of(push, digest) == GV_OK &&
        memcmp(digest, life->last_digest, DIGEST_SIZE) == 0) {
        c->counts.duplicates++;
        acknowledge(c, life, push->sequence, from); /* ours may be lost */
    } else {
        c->counts.replays++;
    }
}

static uint32_t form_deviations(const struct gdoi_kek *kek, const struct gdoi_push *push,
                                const struct gdoi_sig_variant *variant)
{
    bool rsa = gdoi_verifier_kind(kek->verifier) == GDOI_KEY_RSA;

    return gdoi_deviates(rsa && variant->form == GDOI_SIG_BARE, GDOI_NO_DIGEST_INFO) |
           gdoi_deviates(variant->form == GDOI_SIG_DER, GDOI_DER_SIGNATURE) |
           gdoi_deviates(push->padding > 0 && !variant->padded_length, GDOI_LENGTH_UNPADDED);
}

/* "Using the new KEK attribute for the first time" SEQ starts at 1 (RFC 6407, 4.3): some read
 * it of the very rekey that brings the KEK. Once for a KEK, so that nothing can be replayed. */
static bool starts_anew(struct gdoi_client *c, const struct gdoi_kek_life *life,
                        const struct gdoi_push *push)
{
    return push->sequence == 1 && !life->followed && client_group_brings(c, push);
}

static void take_new(struct gdoi_client *c, struct gdoi_kek_life *life,
                     const struct gdoi_push *push, const struct gdoi_endpoint *from,
                     struct gv_time now, struct gdoi_event *event)
{
    uint8_t whole[DIGEST_SIZE];

    if (client_digest(push->message, push->whole_n, whole) != GV_OK)
        return;
    if (memcmp(whole, life->bad_digest, DIGEST_SIZE) == 0) {
        c->counts.duplicates++; /* what is bad is bad when it comes again */
        return;
    }
    *event = (struct gdoi_event){.kind = GDOI_REKEYED, .at = now, .sequence = push->sequence};
    memcpy(event->kek_spi, life->kek.spi, GDOI_SPI_SIZE);
    event->lead = gv_time_diff(life->expiry, now);
    event->has_lead = life->sak.lifetime_s > 0;
    event->life_unsure = !event->has_lead || (!life->by_rekey && life->sak.life_in_place);
    event->full_life_known = life->by_rekey && event->has_lead;
    event->full_life = gv_time_diff(life->expiry, life->since);
    event->valid = gdoi_push_verify(&life->kek, push, &event->variant);
    if (!event->valid || digest_of(push, life->last_digest) != GV_OK) {
        event->valid = false;
        memcpy(life->bad_digest, whole, DIGEST_SIZE);
        c->counts.bad_signatures++;
        return;
    }
    if (push->sequence > life->sequence)
        life->sequence = push->sequence;
    else
        c->deviations |= gdoi_deviates(true, GDOI_SEQ_EARLY);
    c->deviations |= form_deviations(&life->kek, push, &event->variant);
    life->pushed = true;
    acknowledge(c, life, push->sequence, from);
    client_group_pushed(c, life, push, now, event);
}

void client_push(struct gdoi_client *c, const struct isakmp_header *header, uint8_t *message,
                 size_t n, const struct gdoi_endpoint *from, struct gv_time now,
                 struct gdoi_event *event)
{
    struct gdoi_kek_life *life = client_group_find(c, header->cookies);
    struct gdoi_push push;

    if (life == NULL) {
        c->counts.unknown_spi++;
        return;
    }
    if (gdoi_push_open(&life->kek, message, n, &push) != GV_OK)
        c->counts.malformed++;
    else if (push.sequence <= life->sequence && !starts_anew(c, life, &push))
        take_old(c, life, &push, from);
    else if (!may_verify(c, now))
        c->counts.limited++;
    else
        take_new(c, life, &push, from, now, event);
    gdoi_push_clear(&push);
}
