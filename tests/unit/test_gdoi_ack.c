/* SPDX-License-Identifier: Apache-2.0 */
/* The group member against the lab's key server: acknowledgements (RFC 8263). */
#include "check.h"
#include "gdoi_pair.h"

static const uint32_t ack_none = 0, kek_sha256 = 1, lkh_sha256 = 2, kek_sha512 = 3;

static void test_acks(void)
{
    static const struct {
        const char *row;
        const uint32_t *asked;
        bool may;
        uint16_t member_bits, server_bits;
        uint32_t acks, bad;
    } rows[] = {{"not asked", &ack_none, true, 0, 0, 0, 0},
                {"asked, not allowed", &kek_sha256, false, 0, 0, 0, 0},
                {"SHA-256", &kek_sha256, true, 0, 0, 3, 0},
                {"SHA-512", &kek_sha512, true, 0, 0, 3, 0},
                {"L read the other way by both", &kek_sha256, true, 512, 512, 3, 0},
                {"L read in two ways", &kek_sha256, true, 512, 256, 0, 9},
                {"LKH: no key for it", &lkh_sha256, true, 0, 0, 0, 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct lab_gdoi_counts *counts;
        struct pair p;

        pair_defaults(&p);
        p.policy.ack = *rows[i].asked;
        p.policy.ack_key_bits = rows[i].server_bits;
        p.client_config.ack = rows[i].may;
        p.client_config.ack_key_bits = rows[i].member_bits;
        pair_open(&p);
        pair_register(&p);
        lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
        pair_run(&p, gv_secs(60));
        lab_gdoi_rekey(p.group, LAB_GDOI_KEK, NULL, p.now); /* acknowledged under the old one */
        pair_run(&p, gv_secs(60));
        lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
        pair_run(&p, gv_secs(60));
        counts = lab_gdoi_counts(p.server);
        CHECK_INT(rows[i].row, pair_events(&p, GDOI_REKEYED), 3);
        CHECK_INT(rows[i].row, counts->acks, rows[i].acks);
        CHECK_INT(rows[i].row, counts->bad_acks, rows[i].bad);
        CHECK_INT(rows[i].row, gdoi_client_counts(p.client)->acks, rows[i].acks + rows[i].bad);
        pair_close(&p);
    }
}

/* The first ACK is lost: the copy is acknowledged as well, and no more copies come. */
static bool lose_first_ack(struct pair *p, bool to_server, unsigned index, uint8_t *octets,
                           size_t *n, void *arg)
{
    (void)p;
    (void)octets;
    (void)n;
    (void)arg;
    return !to_server || index != 6;
}

static void test_lost_ack(void)
{
    struct pair p;

    pair_defaults(&p);
    p.policy.ack = kek_sha256;
    p.client_config.ack = true;
    p.filter = lose_first_ack;
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
    pair_run(&p, gv_secs(60));
    CHECK_INT("two sent", gdoi_client_counts(p.client)->acks, 2);
    CHECK_INT("one came", lab_gdoi_counts(p.server)->acks, 1);
    CHECK_INT("one retransmission", pair_duplicates(&p), 1);
    pair_close(&p);
}

/* A bad signature is never acknowledged; who is silent for three rekeys is dropped. */
static void test_ejected(void)
{
    struct pair p;

    pair_defaults(&p);
    p.policy.ack = kek_sha256;
    p.policy.eject_after = 3;
    p.client_config.ack = true;
    pair_open(&p);
    pair_register(&p);
    for (unsigned i = 0; i < 5; i++) {
        lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
        pair_run(&p, gv_secs(60));
    }
    CHECK_INT("stays", lab_gdoi_view(p.group).members, 1);
    lab_gdoi_faults(p.server)->push = LAB_GDOI_PUSH_BAD_SIGNATURE;
    lab_gdoi_faults(p.server)->push_count = 4;
    for (unsigned i = 0; i < 4; i++) {
        lab_gdoi_rekey(p.group, LAB_GDOI_TEK, NULL, p.now);
        pair_run(&p, gv_secs(60));
    }
    CHECK_INT("no ACK of a bad signature", gdoi_client_counts(p.client)->acks, 5);
    CHECK_INT("ejected", lab_gdoi_counts(p.server)->ejected, 1);
    CHECK_INT("no member", lab_gdoi_view(p.group).members, 0);
    pair_close(&p);
}

int main(void)
{
    test_acks();
    test_lost_ack();
    test_ejected();
    pair_end();
    return check_end();
}
