/* SPDX-License-Identifier: Apache-2.0 */
/* A key server that leaves RFC 6407 is understood, and it is said where it does: chapters 11
 * and 12 of the notes on the protocol. */
#include "check.h"
#include "gdoi_pair.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BIT(name)    ((uint32_t)1 << (name))

static const struct row {
    const char *name;
    enum gdoi_sig sig;
    unsigned sig_bits;
    uint32_t lab;  /* of enum lab_gdoi_deviation */
    uint32_t said; /* of enum gdoi_deviation */
} rows[] = {
    {"none", GDOI_SIG_RSA, 1024, 0, 0},
    {"six reserved octets", GDOI_SIG_RSA, 1024, LAB_GDOI_LONG_RESERVED,
     BIT(GDOI_LONG_RESERVED)},
    {"DST ID Prot", GDOI_SIG_RSA, 1024, LAB_GDOI_DST_PROT, BIT(GDOI_DST_PROTOCOL)},
    {"KEK lifetime in place", GDOI_SIG_RSA, 1024, LAB_GDOI_KEK_LIFE_BASIC, BIT(GDOI_LIFE_FORM)},
    {"no KEK lifetime", GDOI_SIG_RSA, 1024, LAB_GDOI_NO_LIFE, BIT(GDOI_LIFE_ABSENT)},
    {"no DigestInfo", GDOI_SIG_RSA, 1024, LAB_GDOI_SIG_BARE, BIT(GDOI_NO_DIGEST_INFO)},
    {"ECDSA in DER", GDOI_SIG_ECDSA_256, 256, LAB_GDOI_SIG_DER, BIT(GDOI_DER_SIGNATURE)},
    {"signed length without padding", GDOI_SIG_RSA, 1024, LAB_GDOI_LENGTH_UNPADDED,
     BIT(GDOI_LENGTH_UNPADDED)},
    {"sent length without padding", GDOI_SIG_RSA, 1024, LAB_GDOI_LENGTH_SHORT,
     BIT(GDOI_LENGTH_UNPADDED) | BIT(GDOI_LENGTH_SHORT)},
    {"SEQ goes on", GDOI_SIG_RSA, 1024, LAB_GDOI_SEQ_GOES_ON, BIT(GDOI_SEQ_GOES_ON)},
    {"SEQ 1 in the KEK's rekey", GDOI_SIG_RSA, 1024, LAB_GDOI_SEQ_EARLY, BIT(GDOI_SEQ_EARLY)},
    {"KD with the old SPI", GDOI_SIG_RSA, 1024, LAB_GDOI_KD_OLD_SPI, BIT(GDOI_OTHER_SPI)},
    {"the KEK repeated", GDOI_SIG_RSA, 1024, LAB_GDOI_KEK_REPEATED, BIT(GDOI_KEK_REPEATED)},
    {"the KEK alone", GDOI_SIG_RSA, 1024, LAB_GDOI_KEK_ALONE, BIT(GDOI_KEK_ALONE)},
    {"no public key in a rekey", GDOI_SIG_RSA, 1024, LAB_GDOI_NO_PUBLIC_KEY,
     BIT(GDOI_KEY_UNTOLD)},
    {"public key as PKCS #1", GDOI_SIG_RSA, 1024, LAB_GDOI_ODD_KEY, BIT(GDOI_KEY_FORM)},
    {"public key as coordinates", GDOI_SIG_ECDSA_384, 384, LAB_GDOI_ODD_KEY,
     BIT(GDOI_KEY_FORM)},
    {"odd padding", GDOI_SIG_RSA, 1024, LAB_GDOI_OTHER_PADDING, BIT(GDOI_ODD_PADDING)},
    {"unknown parts", GDOI_SIG_RSA, 1024, LAB_GDOI_UNKNOWN_PARTS, BIT(GDOI_UNKNOWN_PARTS)},
    {"TEK lifetime in two octets: RFC 2407 allows it", GDOI_SIG_RSA, 1024, LAB_GDOI_LIFE_SHORT,
     0},
    {"as the reference implementation", GDOI_SIG_RSA, 1024, LAB_GDOI_REFERENCE,
     BIT(GDOI_LONG_RESERVED) | BIT(GDOI_LIFE_FORM) | BIT(GDOI_LIFE_FULL) |
         BIT(GDOI_NO_DIGEST_INFO) | BIT(GDOI_LENGTH_UNPADDED) | BIT(GDOI_SEQ_GOES_ON) |
         BIT(GDOI_OTHER_SPI) | BIT(GDOI_KEK_REPEATED) | BIT(GDOI_KEK_ALONE)},
};

static void open_row(struct pair *p, const struct row *row)
{
    pair_defaults(p);
    p->policy.signer = pair_signer(row->sig, row->sig_bits);
    p->policy.deviations = row->lab;
    p->policy.kek_life = gv_secs(7200);
    pair_open(p);
}

/* TEK, TEK, KEK, then TEK under the new KEK; some seconds apart. */
static void test_rows(void)
{
    static const unsigned rekeys[] = {LAB_GDOI_TEK, LAB_GDOI_TEK, LAB_GDOI_KEK, LAB_GDOI_TEK};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gdoi_event event;
        struct pair p;

        open_row(&p, &rows[i]);
        CHECK_INT(rows[i].name, pair_register(&p).kind, GDOI_REGISTERED);
        for (size_t k = 0; k < COUNT(rekeys); k++) {
            pair_run(&p, gv_secs(10));
            event = pair_rekey(&p, rekeys[k]);
            CHECK(rows[i].name, event.valid && pair_in_step(&p));
            CHECK_INT(rows[i].name, event.brings_kek, rekeys[k] == LAB_GDOI_KEK);
            CHECK_INT(rows[i].name, event.has_lead, !(rows[i].lab & LAB_GDOI_NO_LIFE));
        }
        CHECK_INT(rows[i].name, pair_events(&p, GDOI_REKEYED), COUNT(rekeys));
        CHECK_INT(rows[i].name, pair_replays(&p), 0);
        CHECK_INT(rows[i].name, gdoi_client_deviations(p.client), rows[i].said);
        pair_close(&p);
    }
}

static void test_names(void)
{
    for (unsigned i = 0; i < GDOI_DEVIATION_COUNT; i++)
        CHECK("a name for each", strlen(gdoi_deviation_name(i)) > 8);
    CHECK_STR("none beyond", gdoi_deviation_name(GDOI_DEVIATION_COUNT), "invalid");
}

/* LKH alone, and a cipher that nobody knows: a member all the same, that knows when the KEK
 * ends; rekeys stay unread, and nothing else goes wrong. */
static void test_unusable(void)
{
    struct pair p;

    pair_defaults(&p);
    p.policy.lkh = true;
    p.policy.deviations = LAB_GDOI_NO_KEK_KEY;
    pair_open(&p);
    CHECK_INT("LKH alone", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK_INT("its end is known", pair_kek(&p)->sak.lifetime_s, 86400);
    CHECK_INT("said", gdoi_client_deviations(p.client),
              BIT(GDOI_KEK_UNUSABLE) | BIT(GDOI_LKH_USED));
    CHECK_INT("no event of a rekey", pair_rekey(&p, LAB_GDOI_TEK).kind, GDOI_NOTHING);
    CHECK_INT("it is counted", gdoi_client_counts(p.client)->malformed, 1);
    pair_close(&p);
}

/* SEQ 1 is believed once for a KEK, and of one that brings another: nothing can be replayed. */
static void test_early_once(void)
{
    struct gdoi_event event;
    struct pair p;

    open_row(&p, &(struct row){"", GDOI_SIG_RSA, 1024, LAB_GDOI_SEQ_EARLY, 0});
    pair_register(&p);
    pair_rekey(&p, LAB_GDOI_TEK);
    event = pair_rekey(&p, LAB_GDOI_KEK | LAB_GDOI_TEK);
    CHECK("SEQ 1 again", event.valid && event.brings_kek && event.sequence == 1);
    lab_gdoi_repeat(p.group);
    pair_run(&p, gv_secs(1));
    CHECK_INT("the same again", pair_duplicates(&p), 1);
    CHECK_INT("is no rekey", pair_events(&p, GDOI_REKEYED), 2);
    pair_close(&p);
}

int main(void)
{
    test_rows();
    test_names();
    test_unusable();
    test_early_once();
    pair_end();
    return check_end();
}
