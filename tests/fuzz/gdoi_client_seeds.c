/* SPDX-License-Identifier: Apache-2.0 */
/* Writes seeds of fuzz_gdoi_client: what the lab's key server says in whole exchanges, opened
 * with the member's keys.
 *
 * usage: gdoi_client_seeds DIRECTORY */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdoi_client_script.h"
#include "gdoi_pair.h"

static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};

static bool wrong_first; /* each message comes with a wrong HASH or signature, too, and first */

static void record(struct gv_buf *out, unsigned kind, uint8_t first, const void *octets,
                   size_t n)
{
    bool proven = kind == SCRIPT_MAIN_6 || kind == SCRIPT_PULL || kind == SCRIPT_PUSH;

    if (wrong_first && proven && !(kind & SCRIPT_WRONG))
        record(out, kind | SCRIPT_WRONG, first, octets, n);
    isakmp_uint_encode(out, kind, 1);
    isakmp_uint_encode(out, first, 1);
    isakmp_uint_encode(out, (uint32_t)n, 2);
    gv_buf_add(out, octets, n);
}

/* Behind the HASH that is made anew. */
static void record_behind(struct gv_buf *out, unsigned kind, const uint8_t *octets, size_t n)
{
    struct isakmp_chain chain;
    enum gv_err err = isakmp_chain_decode(gv_reader(octets, n), ISAKMP_HASH, any, &chain);
    size_t hash_n = chain.payload[0].whole_n;

    assert(err == GV_OK && chain.count > 1);
    (void)err;
    record(out, kind, chain.payload[1].type, octets + hash_n, n - hash_n - chain.padding);
}

static void record_push(struct gv_buf *out, const struct gdoi_group_state *g, size_t i,
                        uint8_t first, uint8_t *octets, size_t n)
{
    const struct gdoi_kek_life *life = &g->keks[i];
    const uint8_t *key = (const uint8_t *)gv_secret_reveal(life->kek.octets);
    size_t block = gdoi_block_size(life->kek.cipher), last;
    uint8_t iv[GDOI_BLOCK_MOST];
    struct isakmp_chain chain;
    enum gv_err err;

    memcpy(iv, key, block);
    err = gdoi_cbc(life->kek.cipher, false, key + block, life->kek.key_n, iv, octets, n);
    assert(err == GV_OK);
    err = isakmp_chain_decode(gv_reader(octets, n), first, any, &chain);
    assert(err == GV_OK && chain.payload[chain.count - 1].type == ISAKMP_SIG);
    (void)err;
    last = (size_t)(chain.payload[chain.count - 1].whole - octets);
    octets[chain.payload[chain.count - 2].whole - octets] = ISAKMP_NONE;
    record(out, SCRIPT_PUSH | (i > 0 ? SCRIPT_OTHER : 0u), first, octets, last);
}

static void record_main(struct gv_buf *out, const struct gdoi_client *c,
                        const struct isakmp_header *header, uint8_t *octets, size_t n)
{
    const struct branch *b = script_branch(c, GDOI_MAIN_6);
    uint8_t iv[GDOI_BLOCK_MOST];
    enum gv_err err;

    if (header->flags & ISAKMP_ENCRYPTED) {
        memcpy(iv, b->iv, sizeof(iv));
        err = gdoi_keys_cbc(&b->keys, false, iv, octets, n);
        assert(err == GV_OK);
        (void)err;
        record(out, SCRIPT_MAIN_6, header->next, octets, n);
    } else {
        record(out, script_branch(c, GDOI_MAIN_4) != NULL ? SCRIPT_MAIN_4 : SCRIPT_MAIN_2,
               header->next, octets, n);
    }
}

static void record_sealed(struct gv_buf *out, const struct gdoi_client *c,
                          const struct isakmp_header *header, uint8_t *octets, size_t n)
{
    bool pull = header->exchange == GDOI_PULL;
    uint8_t iv[GDOI_BLOCK_MOST];
    enum gv_err err = GV_OK;

    memcpy(iv, c->pull_iv, sizeof(iv));
    if (!pull)
        err = gdoi_keys_iv_of(&c->keys, c->last_block, header->message_id, iv);
    if (err == GV_OK)
        err = gdoi_keys_cbc(&c->keys, false, iv, octets, n);
    assert(err == GV_OK);
    (void)err;
    record_behind(out, pull ? SCRIPT_PULL : SCRIPT_INFO, octets, n);
}

static bool listen(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                   void *arg)
{
    const struct gdoi_client *c = p->client;
    struct gv_reader r = gv_reader(octets, *n);
    struct isakmp_header header;
    uint8_t copy[8192];

    (void)index;
    if (to_server)
        return true;
    assert(isakmp_header_decode(&r, &header) == GV_OK && r.left <= sizeof(copy));
    memcpy(copy, r.at, r.left);
    if (header.exchange == ISAKMP_MAIN_MODE)
        record_main(arg, c, &header, copy, r.left);
    else if (header.exchange == ISAKMP_INFORMATIONAL && !(header.flags & ISAKMP_ENCRYPTED))
        record(arg, SCRIPT_NOTICE, header.next, copy, r.left);
    else if (header.exchange != GDOI_PUSH)
        record_sealed(arg, c, &header, copy, r.left);
    for (size_t i = 0; header.exchange == GDOI_PUSH && i < c->group.kek_count; i++)
        if (memcmp(c->group.keks[i].kek.spi, header.cookies, GDOI_SPI_SIZE) == 0)
            record_push(arg, &c->group, i, header.next, copy, r.left);
    return true;
}

static const struct exchange {
    const char *name, *suite;
    bool weak_kek; /* 3DES; else AES with so many bits */
    uint32_t bits;
    uint32_t deviations;
    uint32_t ack;
    bool rich; /* GAP, LKH, SIDs, a counter mode, many lines */
    bool nat;
    bool bad_group, bad_suite;
    bool wrong_first;
} exchanges[] = {
    {.name = "plain", .suite = "aes128-sha256-ecp256", .bits = 128},
    {.name = "wrong-first", .suite = "aes128-sha256-ecp256", .bits = 128, .wrong_first = true},
    {.name = "weak", .suite = "3des-sha1-modp1024", .weak_kek = true},
    {.name = "strong", .suite = "aes256-sha384-ecp384", .bits = 256},
    {.name = "reference",
     .suite = "aes128-sha256-ecp256",
     .bits = 192,
     .deviations = LAB_GDOI_REFERENCE},
    {.name = "rich",
     .suite = "aes128-sha256-ecp256",
     .bits = 128,
     .deviations = LAB_GDOI_UNKNOWN_PARTS,
     .ack = 1,
     .rich = true},
    {.name = "nat",
     .suite = "aes128-sha256-ecp256",
     .bits = 128,
     .deviations = LAB_GDOI_NO_PUBLIC_KEY,
     .ack = 3,
     .nat = true},
    {.name = "no-group", .suite = "aes128-sha256-ecp256", .bits = 128, .bad_group = true},
    {.name = "no-proposal", .suite = "aes128-sha256-ecp256", .bits = 128, .bad_suite = true},
};

static void configure(struct pair *p, const struct exchange *e,
                      const struct gdoi_signer *signer)
{
    static struct gdoi_suite other;

    pair_defaults(p);
    pair_suite(p, e->suite);
    p->policy = lab_gdoi_policy(1234, signer);
    p->policy.kek_cipher = e->weak_kek ? GDOI_KEK_3DES : GDOI_KEK_AES;
    p->policy.kek_bits = e->bits;
    p->policy.deviations = e->deviations;
    p->policy.ack = e->ack;
    p->client_config.ack = true;
    if (e->rich) {
        p->policy.gap = p->policy.lkh = p->policy.sids = true;
        p->policy.transform = 20; /* AES-GCM-16 */
        p->policy.aces = 5;
    }
    p->server_config.nat_known = p->server_config.nat = e->nat;
    if (e->bad_group)
        p->client_config.group.octets[0] ^= 1;
    if (e->bad_suite && gdoi_suite_read(gv_text("aes256-sha512-modp4096"), &other))
        p->server_config.suites = &other;
}

static void live(struct pair *p, const struct exchange *e, struct gv_buf *out)
{
    struct gdoi_event event = pair_register(p);
    bool good = !e->bad_group && !e->bad_suite;

    assert((event.kind == GDOI_REGISTERED) == good);
    if (!good)
        return;
    (void)pair_rekey(p, LAB_GDOI_TEK);
    event = pair_rekey(p, LAB_GDOI_TEK | LAB_GDOI_KEK);
    assert(event.valid && event.brings_kek);
    lab_gdoi_repeat(p->group);
    lab_gdoi_dpd(p->server);
    pair_run(p, gv_secs(1));
    record(out, SCRIPT_REGISTER, 0, "", 0);
    event = pair_register(p); /* phase 1 is reused */
    assert(event.kind == GDOI_REGISTERED);
    lab_gdoi_drop_phase1(p->server, true);
    lab_gdoi_delete(p->group, LAB_GDOI_TEK, true, p->now);
    lab_gdoi_delete(p->group, LAB_GDOI_TEK | LAB_GDOI_KEK, false, p->now);
    pair_run(p, gv_secs(1));
}

static void write_seed(const char *directory, const char *name, const struct gv_buf *octets)
{
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(octets->at, 1, octets->n, file) != octets->n ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct gdoi_signer *signer = gdoi_signer_fixed(SCRIPT_SIGNER);

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++) {
        struct gv_buf out = gv_buf(1 << 16);
        struct pair p;

        configure(&p, &exchanges[i], signer);
        wrong_first = exchanges[i].wrong_first;
        p.filter = listen;
        p.arg = &out;
        pair_open(&p);
        live(&p, &exchanges[i], &out);
        write_seed(argv[1], exchanges[i].name, &out);
        pair_close(&p);
        gv_buf_clear(&out);
    }
    pair_end();
    gdoi_signer_free(signer);
    return 0;
}
