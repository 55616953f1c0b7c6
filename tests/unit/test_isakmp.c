/* SPDX-License-Identifier: Apache-2.0 */
/* Header, chain of payloads, attributes: RFC 2408, 3.1 to 3.3. */
#include <stdbool.h>
#include <stddef.h>

#include "check.h"
#include "gdoi/isakmp.h"
#include "gdoi_wire.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define COOKIES      "0001020304050607 08090a0b0c0d0e0f "

static struct wire w;

/* ---- header ---- */

static const struct header_row {
    const char *name, *hex;
    enum gv_err err;
    size_t left; /* of the reader, behind the header */
} header_rows[] = {
    {"nothing", "", GV_ERR_TRUNCATED, 0},
    {"27 octets", COOKIES "01 10 02 00 00000000 00001c", GV_ERR_TRUNCATED, 0},
    {"a header alone", COOKIES "00 10 02 00 00000000 0000001c", GV_OK, 0},
    {"four octets of payload", COOKIES "01 10 02 00 00000000 00000020 00000004", GV_OK, 4},
    {"octets beyond the length", COOKIES "01 10 02 00 00000000 0000001e aabbccdd", GV_OK, 2},
    {"length 0", COOKIES "01 10 02 00 00000000 00000000", GV_ERR_MALFORMED, 0},
    {"length 27", COOKIES "01 10 02 00 00000000 0000001b", GV_ERR_MALFORMED, 0},
    {"length one too many", COOKIES "01 10 02 00 00000000 0000001d", GV_ERR_TRUNCATED, 0},
    {"length of four gigabytes", COOKIES "01 10 02 00 00000000 ffffffff", GV_ERR_TRUNCATED, 0},
    {"IKEv2 on the same port", COOKIES "21 20 22 08 00000000 0000001c", GV_ERR_NOT_SUPPORTED,
     0},
    {"version 1.1", COOKIES "01 11 02 00 00000000 0000001c", GV_ERR_NOT_SUPPORTED, 0},
};

static void test_header(void)
{
    for (size_t i = 0; i < COUNT(header_rows); i++) {
        const struct header_row *row = &header_rows[i];
        struct isakmp_header h = {.next = 77};
        struct gv_reader r;

        w.n = 0;
        wire_hex(&w, row->hex);
        r = wire_reader(&w);
        CHECK_INT(row->name, isakmp_header_decode(&r, &h), row->err);
        if (row->err == GV_OK)
            CHECK_INT(row->name, r.left, row->left);
        else
            CHECK_INT(row->name, h.next, 77);
    }
}

static void test_header_fields(void)
{
    struct isakmp_header h, back;
    struct gv_buf out = gv_buf(256);
    struct gv_reader r;

    w.n = 0;
    wire_hex(&w, COOKIES "0f 10 21 01 12345678 00000024 0102030405060708");
    r = wire_reader(&w);
    CHECK_INT("fields", isakmp_header_decode(&r, &h), GV_OK);
    CHECK("cookies", memcmp(h.cookies, w.at, 16) == 0);
    CHECK_INT("next payload", h.next, 15);
    CHECK_INT("exchange", h.exchange, GDOI_PUSH);
    CHECK_INT("flags", h.flags, ISAKMP_ENCRYPTED);
    CHECK_INT("message id", h.message_id, 0x12345678);
    CHECK_INT("length", h.length, 36);

    isakmp_header_encode(&out, &h);
    gv_buf_add(&out, "12345678", 8);
    isakmp_message_end(&out);
    CHECK("encoded again", out.n == 36 && memcmp(out.at, w.at, 28) == 0);
    r = gv_reader(out.at, out.n);
    CHECK("and decoded", isakmp_header_decode(&r, &back) == GV_OK && back.length == 36);
    gv_buf_clear(&out);
}

/* ---- chain ---- */

static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};
static const struct isakmp_rule one_hash[] = {
    {ISAKMP_HASH, 1, 1}, {ISAKMP_KE, 0, 0}, {ISAKMP_NONE, 0, 0}};

static const struct chain_row {
    const char *name;
    uint8_t first;
    const char *hex;
    const struct isakmp_rule *rules;
    enum gv_err err;
    size_t count, padding;
} chain_rows[] = {
    {"no payload", 0, "", any, GV_OK, 0, 0},
    {"no payload, padding", 0, "0000", any, GV_OK, 0, 2},
    {"announced, not there", 8, "", any, GV_ERR_TRUNCATED, 0, 0},
    {"one, empty", 8, "00000004", any, GV_OK, 1, 0},
    {"one with a body", 8, "00000006 aabb", any, GV_OK, 1, 0},
    {"a reserved octet that is not 0", 8, "00ff0006 aabb", any, GV_OK, 1, 0},
    {"cut in the header", 8, "000000", any, GV_ERR_TRUNCATED, 0, 0},
    {"length 0", 8, "00000000", any, GV_ERR_MALFORMED, 0, 0},
    {"length 1", 8, "00000001", any, GV_ERR_MALFORMED, 0, 0},
    {"length 2", 8, "00000002", any, GV_ERR_MALFORMED, 0, 0},
    {"length 3", 8, "00000003", any, GV_ERR_MALFORMED, 0, 0},
    {"length one too many", 8, "00000007 aabb", any, GV_ERR_TRUNCATED, 0, 0},
    {"length 65535", 8, "0000ffff aabb", any, GV_ERR_TRUNCATED, 0, 0},
    {"the second reaches past the end", 8, "05000005 aa 00000006 bb", any, GV_ERR_TRUNCATED, 0,
     0},
    {"a length of 0 that would not end", 8, "08000000 08000000", any, GV_ERR_MALFORMED, 0, 0},
    {"three, padding of zeros", 8, "05000005 aa 0a000004 00000005 bb 000000", any, GV_OK, 3, 3},
    {"padding of other octets", 8, "00000005 aa a1a2a3a4a5a6a7", any, GV_OK, 1, 7},
    {"an unknown type", 200, "00000005 aa", any, GV_OK, 1, 0},
    {"an unknown type beside the rules", 8, "c8000005 aa 00000004", one_hash, GV_OK, 2, 0},
    {"a type that must be there", 5, "00000004", one_hash, GV_ERR_MALFORMED, 0, 0},
    {"a type twice", 8, "08000004 00000004", one_hash, GV_ERR_MALFORMED, 0, 0},
    {"a type that may not be there", 8, "04000004 00000004", one_hash, GV_ERR_MALFORMED, 0, 0},
    {"no payload against the rules", 0, "", one_hash, GV_ERR_MALFORMED, 0, 0},
};

static void test_chain(void)
{
    static struct isakmp_chain chain;

    for (size_t i = 0; i < COUNT(chain_rows); i++) {
        const struct chain_row *row = &chain_rows[i];

        w.n = 0;
        wire_hex(&w, row->hex);
        CHECK_INT(row->name,
                  isakmp_chain_decode(wire_reader(&w), row->first, row->rules, &chain),
                  row->err);
        if (row->err != GV_OK)
            continue;
        CHECK_INT(row->name, chain.count, row->count);
        CHECK_INT(row->name, chain.padding, row->padding);
    }
}

/* `count` empty payloads. */
static enum gv_err many(size_t count, struct isakmp_chain *chain)
{
    w.n = 0;
    for (size_t i = 0; i < count; i++)
        wire_close(&w, wire_open(&w, i + 1 < count ? ISAKMP_VENDOR_ID : ISAKMP_NONE));
    return isakmp_chain_decode(wire_reader(&w), ISAKMP_VENDOR_ID, any, chain);
}

static void test_chain_limits(void)
{
    static struct isakmp_chain chain;

    CHECK_INT("64 payloads", many(64, &chain), GV_OK);
    CHECK_INT("64 payloads", chain.count, 64);
    CHECK_INT("65 payloads", many(65, &chain), GV_ERR_TOO_LARGE);
    CHECK_INT("16,370 payloads: 64 KiB", many(16370, &chain), GV_ERR_TOO_LARGE);
    w.n = 0;
    wire_open(&w, ISAKMP_NONE);
    wire_fill(&w, 7, ISAKMP_MESSAGE_MOST - 28 - 4);
    wire_close(&w, 0);
    CHECK_INT("64 KiB in one", isakmp_chain_decode(wire_reader(&w), ISAKMP_KE, any, &chain),
              GV_OK);
    CHECK_INT("64 KiB in one", chain.payload[0].body.left, ISAKMP_MESSAGE_MOST - 28 - 4);
}

static void test_chain_parts(void)
{
    static struct isakmp_chain chain;
    const struct isakmp_payload *p;

    w.n = 0;
    wire_hex(&w, "05000005 aa 08000006 bbcc 00000005 dd 00");
    CHECK_INT("parts", isakmp_chain_decode(wire_reader(&w), ISAKMP_HASH, any, &chain), GV_OK);
    p = isakmp_find(&chain, ISAKMP_ID);
    CHECK("an ID is found", p != NULL && p->body.left == 2 && p->whole_n == 6);
    CHECK("its whole", p != NULL && memcmp(p->whole, w.at + 5, 6) == 0);
    CHECK("its body", p != NULL && memcmp(p->body.at, w.at + 9, 2) == 0);
    p = isakmp_find(&chain, ISAKMP_HASH);
    CHECK("the first of two", p == &chain.payload[0]);
    CHECK("none", isakmp_find(&chain, ISAKMP_CERT) == NULL);
    for (size_t cut = 0; cut < 16; cut++) {
        w.n = cut;
        CHECK_INT("every truncation",
                  isakmp_chain_decode(wire_reader(&w), ISAKMP_HASH, any, &chain),
                  GV_ERR_TRUNCATED);
    }
}

static void test_chain_encode(void)
{
    static struct isakmp_chain chain;
    const struct isakmp_header header = {.exchange = ISAKMP_MAIN_MODE};
    struct gv_buf out = gv_buf(256), small = gv_buf(30);
    size_t link = ISAKMP_LINK, begin;
    struct gv_reader r;
    struct isakmp_header h;

    isakmp_header_encode(&out, &header);
    begin = isakmp_payload_begin(&out, &link, ISAKMP_KE);
    gv_buf_add(&out, "abc", 3);
    isakmp_payload_end(&out, begin);
    isakmp_payload_end(&out, isakmp_payload_begin(&out, &link, ISAKMP_NONCE));
    isakmp_message_end(&out);
    r = gv_reader(out.at, out.n);
    CHECK("what we encode", isakmp_header_decode(&r, &h) == GV_OK && h.next == ISAKMP_KE &&
                                isakmp_chain_decode(r, h.next, any, &chain) == GV_OK);
    CHECK("is what we decode", chain.count == 2 && chain.padding == 0 &&
                                   chain.payload[0].body.left == 3 &&
                                   chain.payload[1].type == ISAKMP_NONCE);
    gv_buf_clear(&out);

    link = ISAKMP_LINK;
    isakmp_header_encode(&small, &header);
    isakmp_payload_end(&small, isakmp_payload_begin(&small, &link, ISAKMP_KE));
    CHECK_INT("a ceiling", small.err, GV_ERR_TOO_LARGE);
    gv_buf_clear(&small);
}

/* ---- attributes ---- */

struct numbers {
    uint32_t a, b;
};

static const struct isakmp_attr_rule number_rules[] = {
    {1, true, 1, 70000, offsetof(struct numbers, a)},
    {2, false, 0, UINT32_MAX, offsetof(struct numbers, b)},
};

static const struct attr_row {
    const char *name, *hex;
    enum gv_err err;
    struct numbers want;
    struct isakmp_attrs seen;
} attr_rows[] = {
    {"in place", "8001 0005", GV_OK, {5, 0}, {1, 0}},
    {"one octet", "0001 0001 05", GV_OK, {5, 0}, {1, 0}},
    {"two octets", "0001 0002 1234", GV_OK, {0x1234, 0}, {1, 0}},
    {"three octets", "0001 0003 010002", GV_OK, {0x10002, 0}, {1, 0}},
    {"four octets", "0001 0004 00000007", GV_OK, {7, 0}, {1, 0}},
    {"both", "8001 0005 0002 0004 ffffffff", GV_OK, {5, UINT32_MAX}, {3, 0}},
    {"another order", "8002 0000 8001 0005", GV_OK, {5, 0}, {3, 0}},
    {"said to be 0 is not absent", "8001 0005 8002 0000", GV_OK, {5, 0}, {3, 0}},
    {"unknown ones", "8003 0000 8001 0005 7fff 0003 aabbcc", GV_OK, {5, 0}, {1, 2}},
    {"an unknown one, empty", "8001 0005 0004 0000", GV_OK, {5, 0}, {1, 1}},
    {"empty", "0001 0000", GV_ERR_MALFORMED, {0, 0}, {0, 0}},
    {"five octets", "0001 0005 0000000005", GV_ERR_MALFORMED, {0, 0}, {0, 0}},
    {"repeated", "8001 0005 8001 0005", GV_ERR_MALFORMED, {0, 0}, {0, 0}},
    {"repeated in two forms", "8001 0005 0001 0001 05", GV_ERR_MALFORMED, {0, 0}, {0, 0}},
    {"missing", "8002 0005", GV_ERR_MALFORMED, {0, 0}, {0, 0}},
    {"none at all", "", GV_ERR_MALFORMED, {0, 0}, {0, 0}},
    {"under the range", "8001 0000", GV_ERR_RANGE, {0, 0}, {0, 0}},
    {"over the range", "0001 0004 00011171", GV_ERR_RANGE, {0, 0}, {0, 0}},
    {"length one too many", "8002 0001 0001 0003 0005", GV_ERR_TRUNCATED, {0, 0}, {0, 0}},
    {"length 65535", "0001 ffff 0005", GV_ERR_TRUNCATED, {0, 0}, {0, 0}},
    {"one octet left over", "8001 0005 80", GV_ERR_TRUNCATED, {0, 0}, {0, 0}},
    {"two left over", "8001 0005 8002", GV_ERR_TRUNCATED, {0, 0}, {0, 0}},
    {"three left over", "8001 0005 8002 00", GV_ERR_TRUNCATED, {0, 0}, {0, 0}},
};

static void test_attrs(void)
{
    for (size_t i = 0; i < COUNT(attr_rows); i++) {
        const struct attr_row *row = &attr_rows[i];
        struct isakmp_attrs seen = {9, 9};
        struct numbers got = {0, 0};

        w.n = 0;
        wire_hex(&w, row->hex);
        CHECK_INT(row->name,
                  isakmp_attrs_decode(wire_reader(&w), number_rules, COUNT(number_rules), &got,
                                      &seen),
                  row->err);
        if (row->err != GV_OK)
            continue;
        CHECK_INT(row->name, got.a, row->want.a);
        CHECK_INT(row->name, got.b, row->want.b);
        CHECK_INT(row->name, seen.has, row->seen.has);
        CHECK_INT(row->name, seen.unknown, row->seen.unknown);
    }
}

/* threats: at most 128 attributes in a payload. */
static enum gv_err storm(size_t count, uint16_t type)
{
    struct isakmp_attrs seen;
    struct numbers got;

    w.n = 0;
    wire_tv(&w, 1, 5);
    while (w.n < 4 * count)
        wire_tv(&w, type, 0);
    return isakmp_attrs_decode(wire_reader(&w), number_rules, COUNT(number_rules), &got, &seen);
}

static void test_attr_storms(void)
{
    CHECK_INT("128 attributes", storm(128, 99), GV_OK);
    CHECK_INT("129 attributes", storm(129, 99), GV_ERR_TOO_LARGE);
    CHECK_INT("64 KiB of attributes", storm(16384, 99), GV_ERR_TOO_LARGE);
    CHECK_INT("64 KiB of one that is known", storm(16384, 2), GV_ERR_MALFORMED);
}

static void test_attr_encode(void)
{
    static const struct {
        const char *name;
        uint32_t value;
        const char *hex;
    } rows[] = {
        {"0", 0, "8002 0000"},
        {"65535", 65535, "8002 ffff"},
        {"65536", 65536, "0002 0004 00010000"},
        {"all bits", UINT32_MAX, "0002 0004 ffffffff"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gv_buf out = gv_buf(64);

        w.n = 0;
        wire_hex(&w, rows[i].hex);
        isakmp_attr_encode(&out, 2, rows[i].value);
        CHECK(rows[i].name, out.n == w.n && memcmp(out.at, w.at, w.n) == 0);
        gv_buf_clear(&out);
    }
}

int main(void)
{
    test_header();
    test_header_fields();
    test_chain();
    test_chain_limits();
    test_chain_parts();
    test_chain_encode();
    test_attrs();
    test_attr_storms();
    test_attr_encode();
    wire_clear(&w);
    return check_end();
}
