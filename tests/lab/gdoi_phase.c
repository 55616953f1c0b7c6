/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a phase 1 (RFC 2409, 5 and appendix B), written down from the text once more. */
#include <assert.h>
#include <string.h>

#include "gdoi_parts.h"

void phase_clear(struct phase *p)
{
    gv_buf_clear(&p->sa_i);
    gv_buf_clear(&p->main.answer);
    gv_buf_clear(&p->pull.answer);
    *p = (struct phase){.used = false};
}

static void prf(const struct phase *p, const void *key, size_t key_n,
                const struct gdoi_chunk *chunks, size_t count, uint8_t out[GDOI_HASH_MOST])
{
    enum gv_err err = gdoi_prf(p->suite.hash, key, key_n, chunks, count, out);

    assert(err == GV_OK);
    (void)err;
}

/* The cipher's key out of SKEYID_e: K1 = prf(e, 0), K2 = prf(e, K1), ... where it is short. */
static void cipher_key(struct phase *p, const uint8_t *e)
{
    size_t size = gdoi_hash_size(p->suite.hash), have = 0;
    uint8_t k[GDOI_HASH_MOST], zero = 0;

    if (p->suite.key_n <= size) {
        memcpy(p->key, e, p->suite.key_n);
        return;
    }
    while (have < p->suite.key_n) {
        struct gdoi_chunk chunk = {have == 0 ? &zero : k, have == 0 ? 1 : size};
        uint8_t next[GDOI_HASH_MOST];
        size_t n = p->suite.key_n - have < size ? p->suite.key_n - have : size;

        prf(p, e, size, &chunk, 1, next);
        memcpy(k, next, size);
        memcpy(p->key + have, k, n);
        have += n;
    }
}

bool phase_derive(struct phase *p, const struct gv_secret *psk, const struct gv_secret *shared)
{
    size_t size = gdoi_hash_size(p->suite.hash);
    const struct gdoi_chunk gxy = {gv_secret_reveal(shared), gv_secret_size(shared)};
    uint8_t both[2 * NONCE_MOST], d[GDOI_HASH_MOST], e[GDOI_HASH_MOST], number;
    struct gdoi_chunk c[] = {{NULL, 0}, gxy, {p->cookies, COOKIES_SIZE}, {&number, 1}};
    const struct gdoi_chunk nonces = {both, p->nonce_i_n + p->nonce_r_n};
    const struct gdoi_chunk ke[] = {{p->ke_i, p->ke_n}, {p->ke_r, p->ke_n}};
    uint8_t iv[GDOI_HASH_MOST];

    memcpy(both, p->nonce_i, p->nonce_i_n);
    memcpy(both + p->nonce_i_n, p->nonce_r, p->nonce_r_n);
    if (psk != NULL)
        prf(p, gv_secret_reveal(psk), gv_secret_size(psk), &nonces, 1, p->skeyid);
    else
        prf(p, both, nonces.n, &gxy, 1, p->skeyid);
    number = 0;
    prf(p, p->skeyid, size, c + 1, 3, d);
    number = 1;
    c[0] = (struct gdoi_chunk){d, size};
    prf(p, p->skeyid, size, c, 4, p->skeyid_a);
    number = 2;
    c[0] = (struct gdoi_chunk){p->skeyid_a, size};
    prf(p, p->skeyid, size, c, 4, e);
    cipher_key(p, e);
    if (gdoi_hash(p->suite.hash, ke, 2, iv) != GV_OK)
        return false;
    memcpy(p->iv, iv, sizeof(p->iv));
    return true;
}

void phase_hash_id(const struct phase *p, bool initiator, struct gdoi_chunk id,
                   uint8_t out[GDOI_HASH_MOST])
{
    const uint8_t *cky_i = p->cookies, *cky_r = p->cookies + ISAKMP_COOKIE_SIZE;
    const struct gdoi_chunk of_i[] = {{p->ke_i, p->ke_n},          {p->ke_r, p->ke_n},
                                      {cky_i, ISAKMP_COOKIE_SIZE}, {cky_r, ISAKMP_COOKIE_SIZE},
                                      {p->sa_i.at, p->sa_i.n},     id};
    const struct gdoi_chunk of_r[] = {{p->ke_r, p->ke_n},          {p->ke_i, p->ke_n},
                                      {cky_r, ISAKMP_COOKIE_SIZE}, {cky_i, ISAKMP_COOKIE_SIZE},
                                      {p->sa_i.at, p->sa_i.n},     id};

    prf(p, p->skeyid, gdoi_hash_size(p->suite.hash), initiator ? of_i : of_r, 6, out);
}

static void id_octets(uint32_t id, uint8_t out[4])
{
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(id >> 8 * (3 - i));
}

void phase_hash(const struct phase *p, uint32_t id, const struct gdoi_chunk *chunks,
                size_t count, uint8_t out[GDOI_HASH_MOST])
{
    struct gdoi_chunk all[8];
    uint8_t octets[4];

    assert(count < sizeof(all) / sizeof(all[0]));
    id_octets(id, octets);
    all[0] = (struct gdoi_chunk){octets, sizeof(octets)};
    memcpy(all + 1, chunks, count * sizeof(chunks[0]));
    prf(p, p->skeyid_a, gdoi_hash_size(p->suite.hash), all, count + 1, out);
}

void phase_iv(const struct phase *p, uint32_t id, uint8_t iv[GDOI_BLOCK_MOST])
{
    uint8_t octets[4], value[GDOI_HASH_MOST];
    const struct gdoi_chunk chunks[] = {{p->iv, gdoi_block_size(p->suite.cipher)},
                                        {octets, sizeof(octets)}};
    enum gv_err err;

    id_octets(id, octets);
    err = gdoi_hash(p->suite.hash, chunks, 2, value);
    assert(err == GV_OK);
    (void)err;
    memcpy(iv, value, GDOI_BLOCK_MOST);
}

bool phase_seal(const struct phase *p, uint8_t iv[GDOI_BLOCK_MOST], struct gv_buf *message)
{
    return message->err == GV_OK && message->n > ISAKMP_HEADER_SIZE &&
           gdoi_cbc(p->suite.cipher, true, p->key, p->suite.key_n, iv,
                    (uint8_t *)message->at + ISAKMP_HEADER_SIZE,
                    message->n - ISAKMP_HEADER_SIZE) == GV_OK;
}

bool phase_open(const struct phase *p, uint8_t iv[GDOI_BLOCK_MOST], struct request *q)
{
    return q->header.flags & ISAKMP_ENCRYPTED &&
           gdoi_cbc(p->suite.cipher, false, p->key, p->suite.key_n, iv, q->octets, q->n) ==
               GV_OK &&
           server_parse(q);
}

struct lab_gdoi_chain phase_protect(const struct lab_gdoi *s, const struct phase *p,
                                    uint32_t id, enum lab_gdoi_message message,
                                    const struct gdoi_chunk *before, size_t count,
                                    struct lab_gdoi_chain rest)
{
    struct lab_gdoi_chain chain = lab_gdoi_chain();
    struct gdoi_chunk all[4];
    uint8_t value[GDOI_HASH_MOST];

    assert(count < 4);
    server_edit(s, message, &rest);
    if (count > 0)
        memcpy(all, before, count * sizeof(before[0]));
    all[count] = (struct gdoi_chunk){rest.octets.n > 0 ? rest.octets.at : "", rest.octets.n};
    phase_hash(p, id, all, count + 1, value);
    lab_gdoi_add(&chain, ISAKMP_HASH, lab_gdoi_octets(value, gdoi_hash_size(p->suite.hash)),
                 server_form(s, message, ISAKMP_HASH));
    lab_gdoi_join(&chain, rest);
    return chain;
}

bool phase_proves(const struct phase *p, const struct request *q,
                  const struct gdoi_chunk *before, size_t count)
{
    const struct isakmp_payload *first = &q->chain.payload[0];
    const struct isakmp_payload *last = &q->chain.payload[q->chain.count - 1];
    const uint8_t *behind = first->whole + first->whole_n;
    struct gdoi_chunk all[4];
    uint8_t value[GDOI_HASH_MOST];
    size_t n = gdoi_hash_size(p->suite.hash);

    assert(count < 4);
    if (first->type != ISAKMP_HASH || first->body.left != n)
        return false;
    if (count > 0)
        memcpy(all, before, count * sizeof(before[0]));
    all[count] = (struct gdoi_chunk){behind, (size_t)(last->whole + last->whole_n - behind)};
    phase_hash(p, q->header.message_id, all, count + 1, value);
    return memcmp(first->body.at, value, n) == 0;
}
