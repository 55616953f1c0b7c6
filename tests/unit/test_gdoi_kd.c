/* SPDX-License-Identifier: Apache-2.0 */
/* Key downloads: RFC 6407, 5.6. */
#include "check.h"
#include "gdoi/payload.h"
#include "gdoi_wire.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct wire w;

#define SPI "00112233445566778899aabbccddeeff "
/* Packets: type, reserved, length, size of the SPI, SPI, attributes. */
#define TEK "01 00 0011 04 00000101 0001 0004 a1a2a3a4 "
#define KEK                                                                                    \
    "02 00 0035 10 " SPI                                                                       \
    "0001 0010 000102030405060708090a0b0c0d0e0f 0002 0008 1112131415161718 "
#define LKH "03 00 0009 04 00000001 "
#define SID "04 00 0009 00 8001 0010 "

static const struct kd_row {
    const char *name, *hex;
    enum gv_err err;
    bool has_kek;
    size_t kek_n, sig_key_n;
    uint32_t teks, lkhs, sids, unknown;
} rows[] = {
    {"no packet", "0000 0000", GV_OK, false, 0, 0, 0, 0, 0, 0},
    {"a TEK", "0001 0000 " TEK, GV_OK, false, 0, 0, 1, 0, 0, 0},
    {"a KEK", "0001 0000 " KEK, GV_OK, true, 16, 8, 0, 0, 0, 0},
    {"one of each", "0004 0000 " TEK KEK LKH SID, GV_OK, true, 16, 8, 1, 1, 1, 0},
    {"two TEKs", "0002 0000 " TEK TEK, GV_OK, false, 0, 0, 2, 0, 0, 0},
    {"a packet of an unknown type", "0002 0000 c8 00 0006 00 aa " TEK, GV_OK, false, 0, 0, 1, 0,
     0, 1},
    {"a KEK with unknown attributes", "0001 0000 02 00 001f 10 " SPI "8063 0001 0063 0002 aabb",
     GV_OK, true, 0, 0, 0, 0, 0, 2},
    {"a KEK without a key", "0001 0000 02 00 0015 10 " SPI, GV_OK, true, 0, 0, 0, 0, 0, 0},
    {"a TEK whose attributes are none: they are not read",
     "0001 0000 01 00 000c 04 00000101 ffffff", GV_OK, false, 0, 0, 1, 0, 0, 0},
    {"a SID with an SPI", "0001 0000 04 00 0009 04 00000001", GV_OK, false, 0, 0, 0, 0, 1, 0},
    {"nothing", "", GV_ERR_TRUNCATED, false, 0, 0, 0, 0, 0, 0},
    {"three octets", "000000", GV_ERR_TRUNCATED, false, 0, 0, 0, 0, 0, 0},
    {"a packet that is not there", "0001 0000", GV_ERR_TRUNCATED, false, 0, 0, 0, 0, 0, 0},
    {"one packet more than counted", "0001 0000 " TEK TEK, GV_ERR_MALFORMED, false, 0, 0, 0, 0,
     0, 0},
    {"one packet less than counted", "0003 0000 " TEK TEK, GV_ERR_TRUNCATED, false, 0, 0, 0, 0,
     0, 0},
    {"two KEKs", "0002 0000 " KEK KEK, GV_ERR_MALFORMED, false, 0, 0, 0, 0, 0, 0},
    {"a packet of length 0", "0001 0000 01 00 0000 04 00000101", GV_ERR_MALFORMED, false, 0, 0,
     0, 0, 0, 0},
    {"a packet of length 1", "0001 0000 01 00 0001 04 00000101", GV_ERR_MALFORMED, false, 0, 0,
     0, 0, 0, 0},
    {"a packet of length 2", "0001 0000 01 00 0002 04 00000101", GV_ERR_MALFORMED, false, 0, 0,
     0, 0, 0, 0},
    {"a packet of length 3", "0001 0000 01 00 0003 04 00000101", GV_ERR_MALFORMED, false, 0, 0,
     0, 0, 0, 0},
    {"a packet of length 4", "0001 0000 01 00 0004 04 00000101", GV_ERR_MALFORMED, false, 0, 0,
     0, 0, 0, 0},
    {"a packet of an unknown type, empty", "0001 0000 c8 00 0005 00", GV_OK, false, 0, 0, 0, 0,
     0, 1},
    {"a packet one octet too long", "0001 0000 01 00 0012 04 00000101 0001 0004 a1a2a3a4",
     GV_ERR_TRUNCATED, false, 0, 0, 0, 0, 0, 0},
    {"an SPI past its packet", "0001 0000 01 00 0008 04 000001", GV_ERR_TRUNCATED, false, 0, 0,
     0, 0, 0, 0},
    {"an SPI of 255 octets", "0001 0000 01 00 0009 ff 00000101", GV_ERR_TRUNCATED, false, 0, 0,
     0, 0, 0, 0},
    {"a TEK's SPI of 3 octets", "0001 0000 01 00 0008 03 000001", GV_OK, false, 0, 0, 1, 0, 0,
     0},
    {"a TEK without an SPI", "0001 0000 01 00 0005 00", GV_OK, false, 0, 0, 1, 0, 0, 0},
    {"a KEK's SPI of 4 octets", "0001 0000 02 00 0009 04 00000101", GV_OK, true, 0, 0, 0, 0, 0,
     0},
    {"a KEK without an SPI", "0001 0000 02 00 0005 00", GV_OK, true, 0, 0, 0, 0, 0, 0},
    {"a key past its packet", "0001 0000 02 00 001a 10 " SPI "0001 0002 aa", GV_ERR_TRUNCATED,
     false, 0, 0, 0, 0, 0, 0},
    {"an attribute cut in its head", "0001 0000 02 00 0016 10 " SPI "00", GV_ERR_TRUNCATED,
     false, 0, 0, 0, 0, 0, 0},
    {"an empty key", "0001 0000 02 00 0019 10 " SPI "0001 0000", GV_ERR_MALFORMED, false, 0, 0,
     0, 0, 0, 0},
    {"an empty public key", "0001 0000 02 00 0019 10 " SPI "0002 0000", GV_ERR_MALFORMED, false,
     0, 0, 0, 0, 0, 0},
    {"the key twice", "0001 0000 02 00 001f 10 " SPI "0001 0001 aa 0001 0001 aa",
     GV_ERR_MALFORMED, false, 0, 0, 0, 0, 0, 0},
    {"the public key twice", "0001 0000 02 00 001f 10 " SPI "0002 0001 aa 0002 0001 aa",
     GV_ERR_MALFORMED, false, 0, 0, 0, 0, 0, 0},
};

static void check_kd(const struct kd_row *row, const struct gdoi_kd *kd)
{
    CHECK_INT(row->name, kd->has_kek, row->has_kek);
    CHECK_INT(row->name, kd->kek != NULL ? gv_secret_size(kd->kek) : 0, row->kek_n);
    CHECK_INT(row->name, kd->sig_key_n, row->sig_key_n);
    CHECK_INT(row->name, kd->tek_count, row->teks);
    CHECK_INT(row->name, kd->lkh_count, row->lkhs);
    CHECK_INT(row->name, kd->sid_count, row->sids);
    CHECK_INT(row->name, kd->unknown, row->unknown);
}

static void test_rows(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gdoi_kd kd;

        w.n = 0;
        wire_hex(&w, rows[i].hex);
        CHECK_INT(rows[i].name, gdoi_kd_decode(wire_reader(&w), &kd), rows[i].err);
        if (rows[i].err == GV_OK)
            check_kd(&rows[i], &kd);
        gdoi_kd_clear(&kd);
        CHECK(rows[i].name, kd.kek == NULL && !kd.has_kek);
    }
}

static void test_kek_octets(void)
{
    static const uint8_t key[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    struct gdoi_kd kd;

    w.n = 0;
    wire_hex(&w, "0001 0000 " KEK);
    CHECK_INT("a KEK", gdoi_kd_decode(wire_reader(&w), &kd), GV_OK);
    CHECK("its SPI", kd.kek_spi[1] == 0x11 && kd.kek_spi[15] == 0xff);
    CHECK("its octets", memcmp(gv_secret_reveal(kd.kek), key, sizeof(key)) == 0);
    CHECK("the public key", kd.sig_key[0] == 0x11 && kd.sig_key[7] == 0x18);
    gdoi_kd_clear(&kd);
}

/* A KEK packet with one attribute of n octets. */
static enum gv_err kek_of(uint16_t attr, size_t n)
{
    static const uint8_t octets[5000];
    struct gdoi_kd kd;
    enum gv_err err;
    size_t begin;

    w.n = 0;
    wire_hex(&w, "0001 0000");
    begin = w.n;
    wire_hex(&w, "02 00 0000 10 " SPI);
    wire_tlv(&w, attr, octets, n);
    wire_close(&w, begin);
    err = gdoi_kd_decode(wire_reader(&w), &kd);
    gdoi_kd_clear(&kd);
    return err;
}

/* `count` packets of `hex`. */
static enum gv_err many(uint16_t count, const char *hex)
{
    struct gdoi_kd kd;
    enum gv_err err;

    w.n = 0;
    wire_uint(&w, count, 2);
    wire_uint(&w, 0, 2);
    for (unsigned i = 0; i < count; i++)
        wire_hex(&w, hex);
    err = gdoi_kd_decode(wire_reader(&w), &kd);
    gdoi_kd_clear(&kd);
    return err;
}

static void test_limits(void)
{
    CHECK_INT("a KEK of 64 octets", kek_of(1, 64), GV_OK);
    CHECK_INT("a KEK of 65 octets", kek_of(1, 65), GV_ERR_MALFORMED);
    CHECK_INT("a public key of 4096 octets", kek_of(2, 4096), GV_OK);
    CHECK_INT("a public key of 4097 octets", kek_of(2, 4097), GV_ERR_MALFORMED);
    CHECK_INT("64 packets", many(64, TEK), GV_OK);
    CHECK_INT("65 packets", many(65, TEK), GV_ERR_TOO_LARGE);
    CHECK_INT("13,000 packets: 64 KiB", many(13000, "c8 00 0005 00"), GV_ERR_TOO_LARGE);
}

static void test_truncations(void)
{
    struct gdoi_kd kd;
    size_t n;

    w.n = 0;
    wire_hex(&w, "0004 0000 " TEK KEK LKH SID);
    n = w.n;
    for (w.n = 0; w.n < n; w.n++) {
        CHECK_INT("every truncation", gdoi_kd_decode(wire_reader(&w), &kd), GV_ERR_TRUNCATED);
        gdoi_kd_clear(&kd);
    }
}

int main(void)
{
    test_rows();
    test_kek_octets();
    test_limits();
    test_truncations();
    wire_clear(&w);
    return check_end();
}
