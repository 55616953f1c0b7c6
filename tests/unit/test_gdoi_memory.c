/* SPDX-License-Identifier: Apache-2.0 */
/* What a registration and its rekeys leave in memory: no TEK ever; no KEK, PSK or key of phase
 * 1 once the client is gone. Every octet that the process can write is read, the stack and what
 * was freed too. */
#include <inttypes.h>
#include <stdlib.h>

#include "check.h"
#include "gdoi/client_part.h"
#include "gdoi_push.h"

enum { SECRET_SIZE = 16, WINDOW = 8, MASK = 0x5c, REGION_MOST = 1 << 30 };

/* The secrets, masked, so that the test itself holds none in the clear. */
enum secret {
    TEK,
    NEXT_TEK,
    KEK,
    NEXT_KEK,
    PSK,
    SHARED,
    SKEYID,
    SKEYID_A,
    CIPHER,
    OTHER,
    SECRETS
};
static const char *const names[SECRETS] = {
    "TEK",  "TEK of a rekey", "KEK",      "KEK of a rekey", "PSK",
    "g^xy", "SKEYID",         "SKEYID_a", "key of phase 1", "control"};
static uint8_t masked[SECRETS][SECRET_SIZE];

static void keep(enum secret secret, const void *octets)
{
    for (size_t i = 0; i < SECRET_SIZE; i++)
        masked[secret][i] = ((const uint8_t *)octets)[i] ^ MASK;
}

static void reveal(enum secret secret, uint8_t out[SECRET_SIZE])
{
    for (size_t i = 0; i < SECRET_SIZE; i++)
        out[i] = masked[secret][i] ^ MASK;
}

static struct gv_secret *as_secret(enum secret secret)
{
    uint8_t octets[SECRET_SIZE];
    struct gv_secret *made;

    reveal(secret, octets);
    made = gv_secret_new(octets, sizeof(octets));
    gv_wipe(octets, sizeof(octets));
    return made;
}

static void wire_secret(struct wire *w, enum secret secret)
{
    for (size_t i = 0; i < SECRET_SIZE; i++)
        wire_uint(w, masked[secret][i] ^ MASK, 1);
}

/* ---- reading all of our memory ---- */

/* The first two octets of what is looked for, masked: nearly every place is passed over. */
static bool begins[256][256];

/* How often eight octets of each secret, from either half of it, stand in n octets. A sanitizer
 * would not let us look where nothing should be read. */
__attribute__((no_sanitize_address)) static void look(const uint8_t *at, size_t n,
                                                      unsigned seen[SECRETS])
{
    for (size_t i = 0; i + WINDOW <= n; i++) {
        if (!begins[at[i] ^ MASK][at[i + 1] ^ MASK])
            continue;
        for (size_t s = 0; s < 2 * SECRETS; s++) {
            const uint8_t *want = masked[s / 2] + s % 2 * WINDOW;
            size_t same = 0;

            while (same < WINDOW && (at[i + same] ^ MASK) == want[same])
                same++;
            seen[s / 2] += same == WINDOW;
        }
    }
}

/* In all that we may write, but for a sanitizer's own map of memory. */
static void look_everywhere(unsigned seen[SECRETS])
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];

    memset(seen, 0, SECRETS * sizeof(seen[0]));
    memset(begins, 0, sizeof(begins));
    for (size_t s = 0; s < SECRETS; s++) {
        begins[masked[s][0]][masked[s][1]] = true;
        begins[masked[s][WINDOW]][masked[s][WINDOW + 1]] = true;
    }
    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
        char *rest;
        uintptr_t from = (uintptr_t)strtoull(line, &rest, 16);
        uintptr_t to = (uintptr_t)strtoull(rest + 1, &rest, 16);

        if (strncmp(rest, " rw", 3) == 0 && to - from < REGION_MOST)
            look((const uint8_t *)from, to - from, seen);
    }
    if (maps != NULL)
        (void)fclose(maps);
}

/* One secret after the other: both halves where it is kept, in one place; else nothing. */
static void check_kept(const char *when, unsigned kept)
{
    unsigned seen[SECRETS];

    look_everywhere(seen);
    for (unsigned s = 0; s < SECRETS; s++) {
        char row[64];

        (void)snprintf(row, sizeof(row), "%s: %s", when, names[s]);
        CHECK_INT(row, seen[s], kept & 1u << s ? 2 : 0);
    }
}

/* ---- a registration ---- */

static const uint8_t spi[GDOI_SPI_SIZE] = "first KEK's SPI";
static const uint8_t next_spi[GDOI_SPI_SIZE] = "next KEK's SPI!";
static const struct gdoi_suite suite = {GDOI_AES, 16, GDOI_SHA256, GDOI_MODP2048};
static struct gdoi_client_config config;
static struct wire w;

/* A SAK of AES-128 with that SPI. */
static void wire_sak(const uint8_t kek_spi[GDOI_SPI_SIZE])
{
    size_t part;

    wire_hex(&w, "00000002 00000000 000f 0000");
    part = wire_open(&w, ISAKMP_NONE);
    wire_hex(&w, "11 01 0000 04 0a000001 01 0350 04 e8000001");
    wire_octets(&w, kek_spi, GDOI_SPI_SIZE);
    wire_hex(&w, "00000000 8002 0003 8003 0080 0004 0004 00015180 8005 0003 8006 0001");
    wire_close(&w, part);
}

/* A KD of one TEK and one KEK. */
static void wire_kd(uint8_t next, enum secret tek, enum secret kek,
                    const uint8_t kek_spi[GDOI_SPI_SIZE], const struct gdoi_signer *signer)
{
    uint8_t der[SIGNER_OCTETS_MOST];
    size_t kd = wire_open(&w, next), packet;

    wire_hex(&w, "0002 0000");
    packet = w.n;
    wire_hex(&w, "01 00 0000 04 00000101 0001 0010");
    wire_secret(&w, tek);
    wire_close(&w, packet);
    packet = w.n;
    wire_hex(&w, "02 00 0000 10");
    wire_octets(&w, kek_spi, GDOI_SPI_SIZE);
    wire_hex(&w, "0001 0020 000102030405060708090a0b0c0d0e0f");
    wire_secret(&w, kek);
    wire_tlv(&w, 2, der, gdoi_signer_public(signer, der));
    wire_close(&w, packet);
    wire_close(&w, kd);
}

/* A client behind phase 1 and message 2 of its PULL. */
static struct gdoi_client *half_registered(void)
{
    struct gdoi_client *c = gdoi_client_new(&config);
    struct gv_secret *shared = as_secret(SHARED);
    const uint8_t *keys;
    const struct gdoi_clear clear = {c->cookies,   {"a", 1},     {"b", 1},
                                     {"nonce", 5}, {"nonce", 5}, {"sa", 2}};

    memset(c->cookies, 0x11, sizeof(c->cookies));
    CHECK_INT("keys", gdoi_keys_derive(&suite, &clear, config.psk, shared, &c->keys), GV_OK);
    gv_secret_free(shared);
    keys = (const uint8_t *)gv_secret_reveal(c->keys.octets);
    keep(SKEYID, keys);
    keep(SKEYID_A, keys + GDOI_HASH_MOST);
    keep(CIPHER, keys + 2 * GDOI_HASH_MOST);

    w.n = 0;
    wire_sak(spi);
    c->policy = calloc(1, sizeof(*c->policy));
    CHECK_INT("policy", gdoi_sa_decode(gv_reader(w.at, w.n), c->policy), GV_OK);
    c->pull_id = 0x1234;
    c->nonce_r_n = NONCE_SIZE;
    c->pull.on = true;
    c->step = GDOI_PULL_4;
    return c;
}

static void feed(struct gdoi_client *c, enum gdoi_event_kind want, struct gdoi_event *event)
{
    static const struct gdoi_endpoint from = {.size = 4};
    uint8_t *datagram = malloc(w.n);

    memcpy(datagram, w.at, w.n);
    gdoi_client_feed(c, datagram, w.n, &from, (struct gv_time){1000}, event);
    CHECK_INT("event", event->kind, want);
    free(datagram);
}

/* Message 4: HASH, SEQ, KD. */
static void finish_registration(struct gdoi_client *c, const struct gdoi_signer *signer)
{
    uint8_t iv[GDOI_BLOCK_MOST], hash[GDOI_HASH_MOST];
    struct gdoi_event event;
    size_t begin, behind;

    w.n = 0;
    wire_header(&w, c->cookies, ISAKMP_HASH, GDOI_PULL, ISAKMP_ENCRYPTED, c->pull_id);
    begin = wire_open(&w, GDOI_SEQ);
    wire_fill(&w, 0, 32);
    wire_close(&w, begin);
    behind = w.n;
    push_seq(&w, GDOI_KD, 0);
    wire_kd(ISAKMP_NONE, TEK, KEK, spi, signer);
    CHECK_INT("hash",
              gdoi_keys_hash(&c->keys, c->pull_id,
                             (struct gdoi_chunk[]){{c->nonce_i, NONCE_SIZE},
                                                   {c->nonce_r, NONCE_SIZE},
                                                   {w.at + behind, w.n - behind}},
                             3, hash),
              GV_OK);
    memcpy(w.at + begin + 4, hash, 32);
    while ((w.n - ISAKMP_HEADER_SIZE) % 16 != 0)
        wire_uint(&w, 0, 1);
    wire_end(&w);
    memcpy(iv, c->pull_iv, sizeof(iv));
    CHECK_INT(
        "encryption",
        gdoi_keys_cbc(&c->keys, true, iv, w.at + ISAKMP_HEADER_SIZE, w.n - ISAKMP_HEADER_SIZE),
        GV_OK);
    feed(c, GDOI_REGISTERED, &event);
    CHECK("a KEK", c->group.kek_count == 1);
}

/* A rekey that brings another KEK and another TEK. */
static void rekey(struct gdoi_client *c, struct gdoi_signer *signer)
{
    struct push_ks ks = {.cipher = GDOI_AES,
                         .key_n = 16,
                         .hash = GDOI_SHA256,
                         .signer = signer,
                         .variant = {GDOI_SIG_DIGEST_INFO, true}};
    struct gdoi_event event;
    size_t sa;

    memcpy(ks.spi, spi, sizeof(spi));
    for (uint8_t i = 0; i < GDOI_BLOCK_MOST; i++)
        ks.octets[i] = i;
    reveal(KEK, ks.octets + GDOI_BLOCK_MOST);
    push_begin(&w, &ks, GDOI_SEQ);
    push_seq(&w, ISAKMP_SA, 1);
    sa = wire_open(&w, GDOI_KD);
    wire_sak(next_spi);
    wire_close(&w, sa);
    wire_kd(ISAKMP_SIG, NEXT_TEK, NEXT_KEK, next_spi, signer);
    push_end(&w, &ks);
    gv_wipe(&ks, sizeof(ks));
    feed(c, GDOI_REKEYED, &event);
    CHECK("a genuine one with a KEK", event.valid && event.brings_kek);
}

/* What is not wiped is found, in use and freed. */
static void test_control(void)
{
    char *copy = malloc(4096);

    reveal(OTHER, (uint8_t *)copy + 1024);
    check_kept("a copy in use", 1u << OTHER);
    free(copy);
    check_kept("a copy that was freed", 1u << OTHER);
}

int main(void)
{
    const unsigned phase1 = 1u << PSK | 1u << SKEYID | 1u << SKEYID_A | 1u << CIPHER;
    struct gdoi_signer *signer = gdoi_signer_new("RSA", 2048, 65537);
    struct gv_secret *psk;
    struct gdoi_client *c;

    for (size_t i = 0; i < SECRETS; i++)
        if (gdoi_random(masked[i], SECRET_SIZE) != GV_OK)
            return 2;
    psk = as_secret(PSK);
    config = (struct gdoi_client_config){
        .suites = &suite, .suite_count = 1, .psk = psk, .step_timeout = gv_secs(10)};

    c = half_registered();
    finish_registration(c, signer);
    check_kept("registered", phase1 | 1u << KEK);
    rekey(c, signer);
    check_kept("after a rekey", phase1 | 1u << KEK | 1u << NEXT_KEK);
    gdoi_client_free(c);
    gv_secret_free(psk);
    check_kept("at the end", 0);
    test_control();
    gdoi_signer_free(signer);
    return check_end();
}
