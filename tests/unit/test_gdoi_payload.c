/* SPDX-License-Identifier: Apache-2.0 */
/* Policy and small payloads of GDOI: RFC 6407, chapter 5; what differs in the field. */
#include "check.h"
#include "gdoi/payload.h"
#include "gdoi_wire.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct wire w;

#define SPI       "00112233445566778899aabbccddeeff "
#define ADDRESS_1 "01 0000 04 0a000001 "
#define ADDRESS_2 "01 0350 04 e8000001 "

/* SAK without its generic header: 42 octets, then attributes. */
#define SAK_HEAD  "11 " ADDRESS_1 ADDRESS_2 SPI "00000000 "
#define SAK_ATTRS "8002 0003 8003 0080 0004 0004 00015180 8005 0003 8006 0001 "

/* ---- SAK ---- */

/* An SA of one SAK, whose octets behind its generic header are `hex`. */
static enum gv_err sak_decode(const char *hex, struct gdoi_sa *sa)
{
    size_t part;

    w.n = 0;
    wire_hex(&w, "00000002 00000000 000f 0000");
    part = wire_open(&w, ISAKMP_NONE);
    wire_hex(&w, hex);
    wire_close(&w, part);
    return gdoi_sa_decode(wire_reader(&w), sa);
}

static const struct sak_row {
    const char *name, *hex;
    enum gv_err err;
    uint32_t lifetime_s, unknown;
    bool long_reserved;
} sak_rows[] = {
    {"RFC 6407", SAK_HEAD SAK_ATTRS, GV_OK, 86400, 0, false},
    {"six reserved octets", SAK_HEAD "0000 " SAK_ATTRS, GV_OK, 86400, 0, true},
    {"lifetime in place", SAK_HEAD "8002 0002 8004 0e10 8006 0001", GV_OK, 3600, 0, false},
    {"lifetime in two octets", SAK_HEAD "8002 0002 0004 0002 0e10 8006 0001", GV_OK, 3600, 0,
     false},
    {"lifetime of a century is cut to ten years",
     SAK_HEAD "8002 0002 0004 0004 ffffffff 8006 0001", GV_OK, 315360000, 0, false},
    {"unknown attributes", SAK_HEAD SAK_ATTRS "80ff 0001 7000 0003 010203", GV_OK, 86400, 2,
     false},
    {"POP's octets of RFC 3547 that are not 0",
     "11 " ADDRESS_1 ADDRESS_2 SPI "00010200 " SAK_ATTRS, GV_OK, 86400, 0, false},
    {"an FQDN as address", "11 02 0000 03 616263 " ADDRESS_2 SPI "00000000 " SAK_ATTRS, GV_OK,
     86400, 0, false},
    {"an empty address of an unknown type",
     "11 00 0000 00 " ADDRESS_2 SPI "00000000 " SAK_ATTRS, GV_OK, 86400, 0, false},
    {"IPv6",
     "11 05 0000 10 20010db8000000000000000000000001 " ADDRESS_2 SPI "00000000 " SAK_ATTRS,
     GV_OK, 86400, 0, false},
    {"nothing", "", GV_ERR_TRUNCATED, 0, 0, false},
    {"no attribute", SAK_HEAD, GV_ERR_MALFORMED, 0, 0, false},
    {"no attribute behind six reserved octets", SAK_HEAD "0000", GV_ERR_MALFORMED, 0, 0, false},
    {"three zeros where several send",
     "11 01 0000 03 000000 " ADDRESS_2 SPI "00000000 " SAK_ATTRS, GV_OK, 86400, 0, false},
    {"an address of no octet", "11 01 0000 00 " ADDRESS_2 SPI "00000000 " SAK_ATTRS, GV_OK,
     86400, 0, false},
    {"an address past the end", "11 01 0000 ff 0a000001", GV_ERR_TRUNCATED, 0, 0, false},
    {"no SPI", "11 " ADDRESS_1 ADDRESS_2, GV_ERR_TRUNCATED, 0, 0, false},
    {"three reserved octets", "11 " ADDRESS_1 ADDRESS_2 SPI "000000", GV_ERR_TRUNCATED, 0, 0,
     false},
    {"lifetime of 0", SAK_HEAD "8002 0002 8004 0000 8006 0001", GV_ERR_RANGE, 0, 0, false},
    {"no lifetime", SAK_HEAD "8002 0002 8006 0001", GV_OK, 0, 0, false},
    {"no cipher", SAK_HEAD "8004 0e10 8006 0001", GV_ERR_MALFORMED, 0, 0, false},
    {"no signature", SAK_HEAD "8002 0002 8004 0e10", GV_OK, 3600, 0, false},
    {"a repeated attribute", SAK_HEAD SAK_ATTRS "8005 0003", GV_ERR_MALFORMED, 0, 0, false},
    {"an attribute past the end", SAK_HEAD SAK_ATTRS "0009 0003 0001", GV_ERR_TRUNCATED, 0, 0,
     false},
};

static void test_sak(void)
{
    static struct gdoi_sa sa;

    for (size_t i = 0; i < COUNT(sak_rows); i++) {
        const struct sak_row *row = &sak_rows[i];

        CHECK_INT(row->name, sak_decode(row->hex, &sa), row->err);
        if (row->err != GV_OK)
            continue;
        CHECK_INT(row->name, sa.sak.lifetime_s, row->lifetime_s);
        CHECK_INT(row->name, sa.sak.attrs.unknown, row->unknown);
        CHECK_INT(row->name, sa.sak.long_reserved, row->long_reserved);
    }
}

static void test_sak_fields(void)
{
    static struct gdoi_sa sa;
    static const uint8_t destination[] = {232, 0, 0, 1};

    CHECK_INT("fields", sak_decode(SAK_HEAD SAK_ATTRS "8001 0001 8007 0800 8009 0001", &sa),
              GV_OK);
    CHECK("a SAK alone", sa.has_sak && !sa.has_gap && sa.tek_count == 0 && sa.unknown == 0);
    CHECK_INT("protocol", sa.sak.protocol, 17);
    CHECK("source", sa.sak.source.type == GDOI_ID_IPV4 && sa.sak.source.port == 0);
    CHECK("destination", sa.sak.destination.n == 4 && sa.sak.destination.port == 848 &&
                             memcmp(sa.sak.destination.octets, destination, 4) == 0);
    CHECK("SPI", sa.sak.spi[0] == 0 && sa.sak.spi[1] == 0x11 && sa.sak.spi[15] == 0xff);
    CHECK_INT("management", sa.sak.management, 1);
    CHECK_INT("cipher", sa.sak.algorithm, GDOI_KEK_AES);
    CHECK_INT("bits", sa.sak.key_bits, 128);
    CHECK_INT("hash", sa.sak.sig_hash, GDOI_SIG_SHA256);
    CHECK_INT("signature", sa.sak.sig_algorithm, GDOI_SIG_RSA);
    CHECK_INT("bits of the signature's key", sa.sak.sig_key_bits, 2048);
    CHECK_INT("acknowledgement", sa.sak.ack_requested, 1);
    CHECK_INT("without it", sak_decode(SAK_HEAD SAK_ATTRS, &sa), GV_OK);
    CHECK_INT("absent", sa.sak.ack_requested, 0);
}

/* ---- the chain inside an SA ---- */

#define SA_HEAD(first) "00000002 00000000 " first " 0000 "
/* Each with its generic header; `next` is the type of the payload behind it. */
#define SAK(next)      next "00 0041 " SAK_HEAD SAK_ATTRS
#define SAT_BODY(spi)  "01 11 " ADDRESS_1 ADDRESS_2 "0c " spi " 8001 0001 8002 0e10 8004 0001 "
#define SAT(next, spi) next "00 0027 " SAT_BODY(spi)
#define GAP(next)      next "00 000c 8001 0005 8002 0006 "

static const struct sa_row {
    const char *name, *hex;
    enum gv_err err;
    uint32_t sats, unknown;
    size_t teks;
} sa_rows[] = {
    {"nothing inside", SA_HEAD("0000"), GV_OK, 0, 0, 0},
    {"a SAT", SA_HEAD("0010") SAT("00", "00000101"), GV_OK, 1, 0, 1},
    {"SAK, GAP, two SATs of two TEKs",
     SA_HEAD("000f") SAK("16") GAP("10") SAT("10", "00000101") SAT("00", "00000102"), GV_OK, 2,
     0, 2},
    {"two SATs of one TEK", SA_HEAD("0010") SAT("10", "00000101") SAT("00", "00000101"), GV_OK,
     2, 0, 1},
    {"GAP behind the SAT", SA_HEAD("0010") SAT("16", "00000101") GAP("00"), GV_OK, 1, 0, 1},
    {"a payload of an unknown type", SA_HEAD("00c8") "10000005 aa" SAT("00", "00000101"), GV_OK,
     1, 1, 1},
    {"an unknown type of two octets", SA_HEAD("0110") "00000005 aa", GV_OK, 0, 1, 0},
    {"an unknown payload, empty", SA_HEAD("00c8") "00000004", GV_OK, 0, 1, 0},
    {"a SAT of another protocol", SA_HEAD("0010") "10000007 03aabb" SAT("00", "00000101"),
     GV_OK, 2, 1, 1},
    {"11 octets", "00000002 00000000 0000 00", GV_ERR_TRUNCATED, 0, 0, 0},
    {"nothing", "", GV_ERR_TRUNCATED, 0, 0, 0},
    {"another DOI", "00000001 00000000 0000 0000", GV_ERR_NOT_SUPPORTED, 0, 0, 0},
    {"another situation", "00000002 00000001 0000 0000", GV_ERR_NOT_SUPPORTED, 0, 0, 0},
    {"announced, not there", SA_HEAD("0010"), GV_ERR_TRUNCATED, 0, 0, 0},
    {"octets behind the last", SA_HEAD("0000") "00", GV_ERR_MALFORMED, 0, 0, 0},
    {"length 0", SA_HEAD("0010") "10000000 10000000", GV_ERR_MALFORMED, 0, 0, 0},
    {"length 3", SA_HEAD("0010") "00000003", GV_ERR_MALFORMED, 0, 0, 0},
    {"an empty SAT", SA_HEAD("0010") "00000004", GV_ERR_TRUNCATED, 0, 0, 0},
    {"a SAT one octet too long", SA_HEAD("0010") "00000028 " SAT_BODY("00000101"),
     GV_ERR_TRUNCATED, 0, 0, 0},
    {"an empty SAK", SA_HEAD("000f") "00000004", GV_ERR_TRUNCATED, 0, 0, 0},
    {"two SAKs", SA_HEAD("000f") SAK("0f") SAK("00"), GV_ERR_MALFORMED, 0, 0, 0},
    {"two GAPs", SA_HEAD("0016") GAP("16") GAP("00"), GV_ERR_MALFORMED, 0, 0, 0},
    {"an attribute past a GAP", SA_HEAD("0016") "0000000a 8001 0005 0002", GV_ERR_TRUNCATED, 0,
     0, 0},
    {"a SAT that ends behind an address of 5 octets",
     SA_HEAD("0010") "00000011 01 11 01 0000 05 0a00000101 0000", GV_ERR_TRUNCATED, 0, 0, 0},
};

static void test_sa(void)
{
    static struct gdoi_sa sa;

    for (size_t i = 0; i < COUNT(sa_rows); i++) {
        const struct sa_row *row = &sa_rows[i];

        w.n = 0;
        wire_hex(&w, row->hex);
        CHECK_INT(row->name, gdoi_sa_decode(wire_reader(&w), &sa), row->err);
        if (row->err != GV_OK)
            continue;
        CHECK_INT(row->name, sa.sat_count, row->sats);
        CHECK_INT(row->name, sa.tek_count, row->teks);
        CHECK_INT(row->name, sa.unknown, row->unknown);
    }
}

static void test_sa_truncations(void)
{
    static struct gdoi_sa sa;
    size_t n;

    w.n = 0;
    wire_hex(&w, SA_HEAD("000f") SAK("16") GAP("10") SAT("00", "00000101"));
    n = w.n;
    CHECK_INT("whole", gdoi_sa_decode(wire_reader(&w), &sa), GV_OK);
    CHECK("a GAP", sa.has_gap && sa.gap.activation_delay_s == 5 &&
                       sa.gap.deactivation_delay_s == 6 && sa.gap.sender_ids == 0);
    for (w.n = 0; w.n < n; w.n++)
        CHECK_INT("every truncation", gdoi_sa_decode(wire_reader(&w), &sa), GV_ERR_TRUNCATED);
}

/* ---- SAT ---- */

#define SAT_HEAD "01 11 " ADDRESS_1 ADDRESS_2 "0c 00000101 "

static const struct sat_row {
    const char *name, *hex;
    enum gv_err err;
    uint32_t lifetime_s, unknown;
} sat_rows[] = {
    {"seconds in place", SAT_HEAD "8001 0001 8002 0e10 8004 0001", GV_OK, 3600, 0},
    {"seconds in four octets", SAT_HEAD "8001 0001 0002 0004 00015180", GV_OK, 86400, 0},
    {"seconds in two octets", SAT_HEAD "8001 0001 0002 0002 0e10", GV_OK, 3600, 0},
    {"kilobytes", SAT_HEAD "8001 0002 0002 0004 00465000", GV_OK, 0, 0},
    {"seconds, then kilobytes", SAT_HEAD "8001 0001 8002 0e10 8001 0002 0002 0004 00465000",
     GV_OK, 3600, 0},
    {"kilobytes, then seconds", SAT_HEAD "8001 0002 0002 0004 00465000 8001 0001 8002 0e10",
     GV_OK, 3600, 0},
    {"seconds in eight octets: not read", SAT_HEAD "8001 0001 0002 0008 0000000000000e10",
     GV_OK, 0, 0},
    {"a duration without its type", SAT_HEAD "8002 0e10", GV_OK, 0, 0},
    {"no lifetime", SAT_HEAD "8004 0001", GV_OK, 0, 0},
    {"a century is cut to ten years", SAT_HEAD "8001 0001 0002 0004 ffffffff", GV_OK, 315360000,
     0},
    {"unknown attributes", SAT_HEAD "800e 0004 800f 0003 8001 0001 8002 0e10", GV_OK, 3600, 2},
    {"no attribute", SAT_HEAD, GV_OK, 0, 0},
    {"a repeated attribute", SAT_HEAD "8004 0001 8004 0001", GV_ERR_MALFORMED, 0, 0},
    {"an attribute past the end", SAT_HEAD "8004 0001 0005 0002 00", GV_ERR_TRUNCATED, 0, 0},
    {"no SPI", "01 11 " ADDRESS_1 ADDRESS_2 "0c 0000", GV_ERR_TRUNCATED, 0, 0},
};

static void test_sat(void)
{
    static struct gdoi_sa sa;

    for (size_t i = 0; i < COUNT(sat_rows); i++) {
        const struct sat_row *row = &sat_rows[i];
        size_t part;

        w.n = 0;
        wire_hex(&w, SA_HEAD("0010"));
        part = wire_open(&w, ISAKMP_NONE);
        wire_hex(&w, row->hex);
        wire_close(&w, part);
        CHECK_INT(row->name, gdoi_sa_decode(wire_reader(&w), &sa), row->err);
        if (row->err != GV_OK)
            continue;
        CHECK_INT(row->name, sa.teks[0].lifetime_s, row->lifetime_s);
        CHECK_INT(row->name, sa.teks[0].unknown, row->unknown);
        CHECK_INT(row->name, sa.teks[0].spi, 0x101);
        CHECK_INT(row->name, sa.teks[0].transform, 12);
        CHECK_INT(row->name, sa.teks[0].destination.port, 848);
    }
}

/* A TEK that has no second left is none (threats, 2.4), and spoils no other. */
static void test_sat_over(void)
{
    static struct gdoi_sa sa;

    w.n = 0;
    wire_hex(&w, SA_HEAD("0010") "10 00 0023 " SAT_HEAD
                                 "8001 0001 8002 0000" SAT("00", "00000102"));
    CHECK_INT("0 seconds", gdoi_sa_decode(wire_reader(&w), &sa), GV_OK);
    CHECK_INT("both are counted", sa.sat_count, 2);
    CHECK_INT("one is a TEK", sa.tek_count, 1);
    CHECK_INT("the other", sa.teks[0].spi, 0x102);
}

/* `count` SATs, each of another SPI where `spis` says so. */
static enum gv_err sats(uint32_t count, bool spis, struct gdoi_sa *sa)
{
    w.n = 0;
    wire_hex(&w, SA_HEAD("0010"));
    for (uint32_t i = 0; i < count; i++) {
        size_t part = wire_open(&w, i + 1 < count ? GDOI_SAT : ISAKMP_NONE);

        wire_hex(&w, "01 11 " ADDRESS_1 ADDRESS_2 "0c ");
        wire_uint(&w, spis ? 1000 + i : 1000, 4);
        wire_close(&w, part);
    }
    return gdoi_sa_decode(wire_reader(&w), sa);
}

static void test_sat_limits(void)
{
    static struct gdoi_sa sa;

    CHECK_INT("16 SPIs", sats(16, true, &sa), GV_OK);
    CHECK("all kept", sa.tek_count == 16 && sa.teks[15].spi == 1015);
    CHECK_INT("17 SPIs", sats(17, true, &sa), GV_OK);
    CHECK("16 kept, 17 counted", sa.tek_count == 16 && sa.sat_count == 17);
    CHECK_INT("1,000 SATs of one SPI", sats(1000, false, &sa), GV_OK);
    CHECK("one TEK", sa.tek_count == 1 && sa.sat_count == 1000);
    CHECK_INT("1,001 SATs", sats(1001, false, &sa), GV_ERR_TOO_LARGE);
}

/* ---- SEQ, Delete, Notify, ID ---- */

static const struct seq_row {
    const char *name, *hex;
    enum gv_err err;
    uint32_t want;
} seq_rows[] = {
    {"0", "00000000", GV_OK, 0},
    {"the last one", "ffffffff", GV_OK, UINT32_MAX},
    {"nothing", "", GV_ERR_TRUNCATED, 0},
    {"three octets", "000001", GV_ERR_TRUNCATED, 0},
    {"five octets", "0000000100", GV_ERR_MALFORMED, 0},
};

static void test_seq(void)
{
    for (size_t i = 0; i < COUNT(seq_rows); i++) {
        uint32_t got = 77;

        w.n = 0;
        wire_hex(&w, seq_rows[i].hex);
        CHECK_INT(seq_rows[i].name, gdoi_seq_decode(wire_reader(&w), &got), seq_rows[i].err);
        CHECK_INT(seq_rows[i].name, got, seq_rows[i].err == GV_OK ? seq_rows[i].want : 77);
    }
}

static const struct delete_row {
    const char *name, *hex;
    enum gv_err err;
    uint16_t count;
    bool all;
} delete_rows[] = {
    {"one TEK", "00000002 01 04 0001 00000101", GV_OK, 1, false},
    {"two TEKs", "00000002 01 04 0002 00000101 00000102", GV_OK, 2, false},
    {"a TEK of AH", "00000002 02 04 0001 00000101", GV_OK, 1, false},
    {"every TEK", "00000002 01 04 0001 00000000", GV_OK, 1, true},
    {"a KEK", "00000002 00 10 0001 " SPI, GV_OK, 1, false},
    {"every KEK", "00000002 00 10 0001 00000000000000000000000000000000", GV_OK, 1, true},
    {"none", "00000002 01 04 0000", GV_OK, 0, false},
    {"a protocol that we do not know", "00000002 c8 08 0001 0102030405060708", GV_OK, 1, false},
    {"SPIs of no octet of one that we do not know", "00000002 c8 00 ffff", GV_OK, 65535, false},
    {"nothing", "", GV_ERR_TRUNCATED, 0, false},
    {"7 octets", "00000002 01 04 00", GV_ERR_TRUNCATED, 0, false},
    {"another DOI", "00000001 01 04 0001 00000101", GV_ERR_NOT_SUPPORTED, 0, false},
    {"a KEK's SPI of 4 octets", "00000002 00 04 0001 00000101", GV_ERR_MALFORMED, 0, false},
    {"a TEK's SPI of 16 octets", "00000002 01 10 0001 " SPI, GV_ERR_MALFORMED, 0, false},
    {"a TEK's SPI of no octet", "00000002 01 00 ffff", GV_ERR_MALFORMED, 0, false},
    {"more counted than there", "00000002 01 04 0002 00000101", GV_ERR_TRUNCATED, 0, false},
    {"65535 counted", "00000002 00 10 ffff " SPI, GV_ERR_TRUNCATED, 0, false},
    {"an octet more", "00000002 01 04 0001 0000010100", GV_ERR_MALFORMED, 0, false},
};

static void test_delete(void)
{
    for (size_t i = 0; i < COUNT(delete_rows); i++) {
        const struct delete_row *row = &delete_rows[i];
        struct gdoi_delete got = {.protocol = 99};

        w.n = 0;
        wire_hex(&w, row->hex);
        CHECK_INT(row->name, gdoi_delete_decode(wire_reader(&w), &got), row->err);
        if (row->err != GV_OK) {
            CHECK_INT(row->name, got.protocol, 99);
            continue;
        }
        CHECK_INT(row->name, got.count, row->count);
        CHECK_INT(row->name, got.all, row->all);
        CHECK_INT(row->name, got.spis.left, (size_t)got.count * got.spi_size);
    }
}

static const struct notify_row {
    const char *name, *hex;
    enum gv_err err;
    uint16_t type;
    size_t spi_n, data_n;
} notify_rows[] = {
    {"NO_PROPOSAL_CHOSEN", "00000002 01 00 000e", GV_OK, 14, 0, 0},
    {"with an SPI and data", "00000001 01 04 8d28 01020304 0506", GV_OK, 36136, 4, 2},
    {"an SPI of 255 octets that is not there", "00000001 01 ff 000e 01", GV_ERR_TRUNCATED, 0, 0,
     0},
    {"7 octets", "00000001 01 00 00", GV_ERR_TRUNCATED, 0, 0, 0},
    {"nothing", "", GV_ERR_TRUNCATED, 0, 0, 0},
};

static void test_notify(void)
{
    for (size_t i = 0; i < COUNT(notify_rows); i++) {
        const struct notify_row *row = &notify_rows[i];
        struct isakmp_notify got;

        w.n = 0;
        wire_hex(&w, row->hex);
        CHECK_INT(row->name, isakmp_notify_decode(wire_reader(&w), &got), row->err);
        if (row->err == GV_OK)
            CHECK(row->name, got.type == row->type && got.spi.left == row->spi_n &&
                                 got.data.left == row->data_n);
    }
}

static void test_id(void)
{
    struct isakmp_id id = {.type = 99};

    w.n = 0;
    wire_hex(&w, "0b 11 0350 000004d2");
    CHECK_INT("an ID", isakmp_id_decode(wire_reader(&w), &id), GV_OK);
    CHECK("its parts", id.type == GDOI_ID_KEY_ID && id.protocol == 17 && id.port == 848 &&
                           id.data.left == 4);
    w.n = 4;
    CHECK_INT("without data", isakmp_id_decode(wire_reader(&w), &id), GV_OK);
    CHECK_INT("without data", id.data.left, 0);
    id.type = 99;
    for (w.n = 0; w.n < 4; w.n++)
        CHECK_INT("every truncation", isakmp_id_decode(wire_reader(&w), &id), GV_ERR_TRUNCATED);
    CHECK_INT("untouched", id.type, 99);
}

int main(void)
{
    test_sak();
    test_sak_fields();
    test_sa();
    test_sa_truncations();
    test_sat();
    test_sat_over();
    test_sat_limits();
    test_seq();
    test_delete();
    test_notify();
    test_id();
    wire_clear(&w);
    return check_end();
}
