/* SPDX-License-Identifier: Apache-2.0 */
/* A capture of a whole GDOI exchange through our codecs: every packet decoded, and, given the
 * pre-shared key and the Diffie-Hellman secret, every key derived, every hash and every
 * signature checked.
 *
 * usage: golden_captures CAPTURE.pcap PSK [SHARED-SECRET-FILE (hexadecimal)]
 * Prints what was checked; fails where anything did not hold, or nothing was checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "gdoi/kek.h"
#include "gdoi/keys.h"
#include "gdoi/phase1.h"

enum { FILE_MOST = 1 << 20, PCAP_HEADER = 24, PACKET_HEADER = 16, ETHERNET = 14, UDP = 8 };

/* One IKE SA as an onlooker sees it. */
struct wire {
    uint8_t cookies[16];
    uint8_t octets[6][2048]; /* the first six messages, decrypted */
    size_t n[6];
    unsigned count;
    struct gdoi_clear clear;
    struct gdoi_keys keys;
    uint8_t iv[GDOI_BLOCK_MOST], last[GDOI_BLOCK_MOST];
    uint8_t pull_iv[GDOI_BLOCK_MOST];
    uint32_t pull_id;
    unsigned pulls;
    uint8_t nonce_i[256], nonce_r[256];
    size_t nonce_i_n, nonce_r_n;
    struct gdoi_sak sak;
    struct gdoi_kek kek;
    const char *psk;
    struct gv_secret *shared;
};

static unsigned failed, clear_count, hash_count, signature_count, kek_count, packet_count;

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    failed++;
    printf("FAIL packet %u: %s\n", packet_count, what);
}

static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};

static struct gdoi_chunk chunk_of(const struct isakmp_payload *p)
{
    return p != NULL ? (struct gdoi_chunk){p->body.at, p->body.left}
                     : (struct gdoi_chunk){"", 0};
}

static struct gdoi_chunk whole_of(const struct isakmp_payload *p)
{
    return p != NULL ? (struct gdoi_chunk){p->whole, p->whole_n} : (struct gdoi_chunk){"", 0};
}

static bool hash_is(const struct isakmp_payload *p, const uint8_t *value, size_t n)
{
    return p != NULL && p->body.left == n && memcmp(p->body.at, value, n) == 0;
}

/* Messages 1 to 4: what both said in the clear. */
static void take_clear(struct wire *w, unsigned i, const struct isakmp_chain *chain)
{
    struct gdoi_phase1_answer answer;

    clear_count++;
    if (i == 0)
        w->clear.sa_i = chunk_of(isakmp_find(chain, ISAKMP_SA));
    if (i == 1) {
        const struct isakmp_payload *sa = isakmp_find(chain, ISAKMP_SA);

        check(sa != NULL && gdoi_phase1_sa_decode(sa->body, &answer) == GV_OK,
              "the answer's SA");
        w->keys.suite = answer.suite;
    }
    if (i == 2) {
        w->clear.ke_i = chunk_of(isakmp_find(chain, ISAKMP_KE));
        w->clear.nonce_i = chunk_of(isakmp_find(chain, ISAKMP_NONCE));
    }
    if (i != 3)
        return;
    w->clear.ke_r = chunk_of(isakmp_find(chain, ISAKMP_KE));
    w->clear.nonce_r = chunk_of(isakmp_find(chain, ISAKMP_NONCE));
    w->clear.cookies = w->cookies;
    check(w->clear.ke_r.n == gdoi_dh_public_size(w->keys.suite.group),
          "size of the public value");
}

static bool derive(struct wire *w)
{
    struct gdoi_suite suite = w->keys.suite;
    struct gv_secret *psk = gv_secret_new(w->psk, strlen(w->psk));
    bool ok = w->shared != NULL &&
              gdoi_keys_derive(&suite, &w->clear, psk, w->shared, &w->keys) == GV_OK &&
              gdoi_keys_iv(&w->keys, &w->clear, w->iv) == GV_OK;

    gv_secret_free(psk);
    return ok;
}

static void take_identity(struct wire *w, bool initiator, const struct isakmp_chain *chain)
{
    uint8_t value[GDOI_HASH_MOST];
    struct gdoi_chunk id = chunk_of(isakmp_find(chain, ISAKMP_ID));
    size_t n = gdoi_hash_size(w->keys.suite.hash);

    check(gdoi_keys_hash_id(&w->keys, &w->clear, initiator, id, value) == GV_OK &&
              hash_is(isakmp_find(chain, ISAKMP_HASH), value, n),
          initiator ? "HASH_I" : "HASH_R");
    hash_count++;
}

/* A main-mode message of the six; later ones are retransmissions. */
static void take_main(struct wire *w, const struct isakmp_header *h, uint8_t *message, size_t n)
{
    struct gv_reader r = gv_reader(message, n);
    struct isakmp_header header;
    struct isakmp_chain chain;
    unsigned i = w->count;

    if (i >= 6)
        return;
    memcpy(w->octets[i], message, n);
    w->n[i] = n;
    r = gv_reader(w->octets[i], n);
    memcpy(w->cookies, h->cookies, sizeof(w->cookies));
    if (i == 4 && !derive(w))
        return;
    check(isakmp_header_decode(&r, &header) == GV_OK, "header");
    if (i >= 4) {
        check(gdoi_keys_cbc(&w->keys, false, w->iv, w->octets[i] + ISAKMP_HEADER_SIZE,
                            r.left) == GV_OK,
              "decryption");
        memcpy(w->last, w->iv, sizeof(w->last));
    }
    w->count++;
    if (isakmp_chain_decode(r, header.next, any, &chain) != GV_OK) {
        check(false, "payloads");
        return;
    }
    if (i < 4)
        take_clear(w, i, &chain);
    else
        take_identity(w, i == 4, &chain);
}

static void check_pull_hash(struct wire *w, const struct isakmp_chain *chain,
                            const struct gdoi_chunk *chunks, size_t count)
{
    uint8_t value[GDOI_HASH_MOST];

    check(
        gdoi_keys_hash(&w->keys, w->pull_id, chunks, count, value) == GV_OK &&
            hash_is(isakmp_find(chain, ISAKMP_HASH), value, gdoi_hash_size(w->keys.suite.hash)),
        "HASH of a PULL");
    hash_count++;
}

static void take_download(struct wire *w, const struct isakmp_chain *chain)
{
    const struct isakmp_payload *payload = isakmp_find(chain, GDOI_KD);
    struct gdoi_kd kd;

    if (payload == NULL || gdoi_kd_decode(payload->body, &kd) != GV_OK) {
        check(false, "KD");
        return;
    }
    check(gdoi_kek_make(&w->sak, &kd, NULL, &w->kek) == GV_OK, "KEK");
    check(w->kek.verifier != NULL, "public key");
    gdoi_kd_clear(&kd);
    kek_count++;
}

static void take_pull_payloads(struct wire *w, const struct isakmp_chain *chain)
{
    const struct isakmp_payload *nonce = isakmp_find(chain, ISAKMP_NONCE);
    const struct isakmp_payload *sa = isakmp_find(chain, ISAKMP_SA);
    const struct gdoi_chunk ni = {w->nonce_i, w->nonce_i_n}, nr = {w->nonce_r, w->nonce_r_n};
    struct gdoi_sa policy;

    switch (w->pulls++) {
    case 0:
        w->nonce_i_n = nonce->body.left;
        memcpy(w->nonce_i, nonce->body.at, w->nonce_i_n);
        check_pull_hash(
            w, chain,
            (struct gdoi_chunk[]){whole_of(nonce), whole_of(isakmp_find(chain, ISAKMP_ID))}, 2);
        break;
    case 1:
        w->nonce_r_n = nonce->body.left;
        memcpy(w->nonce_r, nonce->body.at, w->nonce_r_n);
        check_pull_hash(w, chain, (struct gdoi_chunk[]){ni, whole_of(nonce), whole_of(sa)}, 3);
        check(gdoi_sa_decode(sa->body, &policy) == GV_OK && policy.has_sak, "SA");
        w->sak = policy.sak;
        break;
    case 2:
        check_pull_hash(w, chain, (struct gdoi_chunk[]){ni, nr}, 2);
        break;
    default:
        check_pull_hash(w, chain,
                        (struct gdoi_chunk[]){ni, nr, whole_of(isakmp_find(chain, GDOI_SEQ)),
                                              whole_of(isakmp_find(chain, GDOI_KD))},
                        4);
        take_download(w, chain);
    }
}

static void take_pull(struct wire *w, uint8_t *message, size_t n)
{
    struct gv_reader r = gv_reader(message, n);
    struct isakmp_header header;
    struct isakmp_chain chain;

    if (w->keys.octets == NULL || isakmp_header_decode(&r, &header) != GV_OK)
        return;
    if (w->pulls == 0) {
        w->pull_id = header.message_id;
        check(gdoi_keys_iv_of(&w->keys, w->last, w->pull_id, w->pull_iv) == GV_OK, "IV");
    }
    check(gdoi_keys_cbc(&w->keys, false, w->pull_iv, message + ISAKMP_HEADER_SIZE, r.left) ==
              GV_OK,
          "decryption of a PULL");
    if (isakmp_chain_decode(r, header.next, any, &chain) == GV_OK)
        take_pull_payloads(w, &chain);
    else
        check(false, "payloads of a PULL");
}

/* A rekey that brings another KEK puts it in the place of the old one. */
static void follow(struct wire *w, const struct gdoi_push *push)
{
    struct gdoi_kek fresh;

    if (!push->has_sa || !push->sa.has_sak || !push->has_kd || !push->kd.has_kek ||
        memcmp(push->sa.sak.spi, w->kek.spi, GDOI_SPI_SIZE) == 0)
        return;
    check(gdoi_kek_make(&push->sa.sak, &push->kd, &w->kek, &fresh) == GV_OK, "the new KEK");
    gdoi_kek_clear(&w->kek);
    w->kek = fresh;
    kek_count++;
}

static void take_push(struct wire *w, uint8_t *message, size_t n)
{
    struct gdoi_sig_variant variant;
    struct gdoi_push push;

    if (w->kek.octets == NULL)
        return;
    check(gdoi_push_open(&w->kek, message, n, &push) == GV_OK, "PUSH");
    check(gdoi_push_verify(&w->kek, &push, &variant), "signature of a PUSH");
    signature_count++;
    follow(w, &push);
    gdoi_push_clear(&push);
}

static void take_message(struct wire *w, uint8_t *message, size_t n)
{
    struct gv_reader r = gv_reader(message, n);
    struct isakmp_header header;
    bool other;

    if (isakmp_header_decode(&r, &header) != GV_OK) {
        check(false, "header");
        return;
    }
    other = header.exchange == ISAKMP_MAIN_MODE && w->count >= 6 &&
            memcmp(w->cookies, header.cookies, ISAKMP_COOKIE_SIZE) != 0;
    if (other || (header.exchange == ISAKMP_MAIN_MODE && w->count > 0 &&
                  memcmp(w->cookies, header.cookies, ISAKMP_COOKIE_SIZE) != 0)) {
        gdoi_keys_clear(&w->keys);
        w->count = 0;
        w->pulls = 0;
    }
    if (header.exchange == ISAKMP_MAIN_MODE)
        take_main(w, &header, message, n);
    else if (header.exchange == GDOI_PULL)
        take_pull(w, message, n);
    else if (header.exchange == GDOI_PUSH)
        take_push(w, message, n);
}

/* Ethernet, IPv4, UDP; a non-ESP marker is passed over. */
static void take_packet(struct wire *w, uint8_t *at, size_t n)
{
    size_t head = n > ETHERNET ? ETHERNET + (size_t)(at[ETHERNET] & 15) * 4 + UDP : n;

    packet_count++;
    if (head >= n)
        return;
    if (n - head > 4 && memcmp(at + head, "\0\0\0\0", 4) == 0)
        head += 4;
    take_message(w, at + head, n - head);
}

static uint32_t little(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static struct gv_secret *read_secret(const char *path)
{
    char digits[2 * GDOI_GROUP_OCTETS_MOST + 64];
    uint8_t octets[GDOI_GROUP_OCTETS_MOST];
    FILE *file = fopen(path, "r");
    size_t n = 0;

    for (int c; file != NULL && n < 2 * sizeof(octets) && (c = fgetc(file)) != EOF;)
        if (c > ' ')
            digits[n++] = (char)c;
    if (file != NULL)
        (void)fclose(file);
    if (n == 0 || !gv_text_hex((struct gv_text){digits, n}, octets, n / 2))
        return NULL;
    return gv_secret_new(octets, n / 2);
}

static void take_file(struct wire *w, const char *path)
{
    static uint8_t data[FILE_MOST];
    FILE *file = fopen(path, "rb");
    size_t n = file != NULL ? fread(data, 1, sizeof(data), file) : 0;

    if (file != NULL)
        (void)fclose(file);
    for (size_t at = PCAP_HEADER; at + PACKET_HEADER <= n;) {
        size_t size = little(data + at + 8);

        at += PACKET_HEADER;
        if (size > n - at)
            break;
        take_packet(w, data + at, size);
        at += size;
    }
}

int main(int argc, char **argv)
{
    static struct wire w;

    if (argc < 3)
        return 2;
    w.psk = argv[2];
    if (argc > 3 && (w.shared = read_secret(argv[3])) == NULL) {
        printf("%s: no hexadecimal octets\n", argv[3]);
        return 2;
    }
    take_file(&w, argv[1]);
    printf("%u packets: %u clear messages, %u hashes, %u KEKs, %u signatures, %u failures\n",
           packet_count, clear_count, hash_count, kek_count, signature_count, failed);
    gdoi_kek_clear(&w.kek);
    gdoi_keys_clear(&w.keys);
    gv_secret_free(w.shared);
    return failed > 0 || clear_count == 0;
}
