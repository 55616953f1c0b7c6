/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/reader.h"
#include "base/secret.h"
#include "check.h"

static const struct {
    const char *name, *text;
    bool ok;
    uint32_t value;
} number_rows[] = {
    {"zero", "0", true, 0},
    {"largest", "4294967295", true, UINT32_MAX},
    {"one too many", "4294967296", false, 0},
    {"many digits", "99999999999999999999999", false, 0},
    {"leading zeros", "0000000000000000000007", true, 7},
    {"empty", "", false, 0},
    {"not applicable", "n/a", false, 0},
    {"sign", "-1", false, 0},
    {"plus", "+1", false, 0},
    {"trailing unit", "81 sec", false, 0},
    {"blank before", " 81", false, 0},
};

static const struct {
    const char *name, *text;
    bool ok;
    uint32_t value;
} lead_rows[] = {
    {"with unit", "81 sec", true, 81}, {"bare", "3600", true, 3600},
    {"bracket", "12)", true, 12},      {"version", "1.0.4", false, 0},
    {"clock", "00:01:30", false, 0},   {"date", "2026-11-24", false, 0},
    {"word", "never", false, 0},
};

static const struct {
    const char *name, *text;
    bool ok;
    uint8_t octets[4];
} hex_rows[] = {
    {"eight digits", "0x5A69F51E", true, {0x5a, 0x69, 0xf5, 0x1e}},
    {"no prefix", "5a69f51e", true, {0x5a, 0x69, 0xf5, 0x1e}},
    {"short is padded", "0xABC", true, {0, 0, 0x0a, 0xbc}},
    {"too long", "0x5A69F51E0", false, {0}},
    {"prefix alone", "0x", false, {0}},
    {"not hexadecimal", "0xG0000000", false, {0}},
};

static const struct {
    const char *name;
    int64_t ms;
    const char *text;
} ms_rows[] = {
    {"zero", 0, "0"},
    {"whole", 2000, "2"},
    {"tenth", 1500, "1.5"},
    {"hundredth", 1050, "1.05"},
    {"thousandth", -1001, "-1.001"},
    {"least", INT64_MIN, "-9223372036854775.808"},
};

static void test_numbers(void)
{
    for (size_t i = 0; i < sizeof(number_rows) / sizeof(number_rows[0]); i++) {
        uint32_t v = 77;

        CHECK(number_rows[i].name,
              gv_text_u32(gv_text(number_rows[i].text), &v) == number_rows[i].ok);
        CHECK_INT(number_rows[i].name, v, number_rows[i].ok ? number_rows[i].value : 77);
    }
    for (size_t i = 0; i < sizeof(lead_rows) / sizeof(lead_rows[0]); i++) {
        uint32_t v = 77;

        CHECK(lead_rows[i].name,
              gv_text_u32_lead(gv_text(lead_rows[i].text), &v) == lead_rows[i].ok);
        CHECK_INT(lead_rows[i].name, v, lead_rows[i].ok ? lead_rows[i].value : 77);
    }
    for (size_t i = 0; i < sizeof(hex_rows) / sizeof(hex_rows[0]); i++) {
        uint8_t v[4] = {0};

        CHECK(hex_rows[i].name, gv_text_hex(gv_text(hex_rows[i].text), v, 4) == hex_rows[i].ok);
        CHECK(hex_rows[i].name, memcmp(v, hex_rows[i].octets, 4) == 0);
    }
}

static const struct {
    const char *name, *text, *host; /* host NULL: refused */
    uint16_t port;
} host_port_rows[] = {
    {"IPv4", "192.0.2.1:514", "192.0.2.1", 514},
    {"IPv6", "[2001:db8::1]:514", "2001:db8::1", 514},
    {"every address", ":162", "", 162},
    {"the largest port", "localhost:65535", "localhost", 65535},
    {"port beyond the largest", ":65536", NULL, 0},
    {"no port", "192.0.2.1", NULL, 0},
    {"empty port", "192.0.2.1:", NULL, 0},
    {"signed port", ":+1", NULL, 0},
    {"IPv6 without brackets", "::1:514", NULL, 0},
    {"open bracket", "[::1:514", NULL, 0},
    {"empty", "", NULL, 0},
};

static void test_host_port(void)
{
    for (size_t i = 0; i < sizeof(host_port_rows) / sizeof(host_port_rows[0]); i++) {
        const char *name = host_port_rows[i].name, *want = host_port_rows[i].host;
        struct gv_text host = gv_text("untouched");
        uint16_t port = 77;

        CHECK(name, gv_text_host_port(gv_text(host_port_rows[i].text), &host, &port) ==
                        (want != NULL));
        CHECK(name, gv_text_is(host, want != NULL ? want : "untouched"));
        CHECK_INT(name, port, want != NULL ? host_port_rows[i].port : 77);
    }
}

static void test_lines(void)
{
    struct gv_text rest = gv_text("one\r\n\ntwo words\nlast"), line, word;

    CHECK("first", gv_text_line(&rest, &line) && gv_text_is(line, "one"));
    CHECK("empty", gv_text_line(&rest, &line) && line.n == 0);
    CHECK("words", gv_text_line(&rest, &line) && gv_text_is(line, "two words"));
    CHECK("word one", gv_text_word(&line, &word) && gv_text_is(word, "two"));
    CHECK("word two", gv_text_word(&line, &word) && gv_text_is(word, "words"));
    CHECK("no word", !gv_text_word(&line, &word));
    CHECK("unended", gv_text_line(&rest, &line) && gv_text_is(line, "last"));
    CHECK("end", !gv_text_line(&rest, &line));
    CHECK("case", gv_text_starts(gv_text("Group NAME"), "group name"));
    CHECK_INT("find", gv_text_find(gv_text("abc Version 1"), "version"), 4);
    CHECK_INT("find none", gv_text_find(gv_text("abc"), "x"), 3);
    CHECK_INT("find behind beginnings of it", gv_text_find(gv_text("xXx Xe"), "xe"), 4);
    CHECK_INT("find what has no case", gv_text_find(gv_text("1.1.12"), "12"), 4);
    CHECK_INT("find in nothing", gv_text_find(gv_text(NULL), "x"), 0);
    CHECK_INT("find at the end", gv_text_find(gv_text("IOS-X"), "xe"), 5);
}

static void test_reader(void)
{
    const uint8_t octets[] = {1, 2, 3, 4, 5};
    struct gv_reader r = gv_reader(octets, sizeof(octets)), sub;

    CHECK_INT("u16", gv_reader_uint(&r, 2), 0x0102);
    sub = gv_reader_sub(&r, 2);
    CHECK_INT("sub", gv_reader_uint(&sub, 2), 0x0304);
    CHECK_INT("sub ends with its parent's grant", gv_reader_uint(&sub, 1), 0);
    CHECK("sub bad", sub.bad && !r.bad);
    CHECK_INT("past the end", gv_reader_uint(&r, 2), 0);
    CHECK("sticky", r.bad && gv_reader_uint(&r, 1) == 0);
    sub = gv_reader_sub(&r, 0);
    CHECK("sub of bad is bad", sub.bad);
}

static void test_arena(void)
{
    struct gv_arena arena = gv_arena(4096);
    const char *copy = gv_arena_text(&arena, gv_text("group one"));

    CHECK_STR("copy", copy, "group one");
    CHECK("zeroed", *(char *)gv_arena_alloc(&arena, 3000) == 0);
    CHECK("ceiling", gv_arena_alloc(&arena, 2000) == NULL);
    CHECK("huge", gv_arena_alloc(&arena, SIZE_MAX) == NULL);
    gv_arena_clear(&arena);
    CHECK("usable again", gv_arena_alloc(&arena, 2000) != NULL);
    gv_arena_clear(&arena);
}

static void test_buf(void)
{
    struct gv_buf buf = gv_buf(64);
    const uint8_t spi[] = {0x5a, 0x00, 0xff};

    for (size_t i = 0; i < sizeof(ms_rows) / sizeof(ms_rows[0]); i++) {
        gv_buf_reset(&buf);
        gv_buf_add_ms(&buf, ms_rows[i].ms);
        CHECK_STR(ms_rows[i].name, buf.at, ms_rows[i].text);
    }
    gv_buf_reset(&buf);
    gv_buf_add_hex(&buf, spi, sizeof(spi));
    CHECK_STR("hex", buf.at, "0x5A00FF");
    for (int i = 0; i < 20; i++)
        gv_buf_add_str(&buf, "abcdef");
    CHECK_INT("ceiling", buf.err, GV_ERR_TOO_LARGE);
    CHECK("never beyond", buf.n <= 64);
    gv_buf_clear(&buf);
}

static void test_secret(void)
{
    struct gv_secret *a = gv_secret_new("canary", 6), *b = gv_secret_new("canary", 6);
    struct gv_secret *c = gv_secret_new("canarz", 6), *shared = gv_secret_share(a);
    struct gv_secret *many[40];

    CHECK("equal", gv_secret_equal(a, b));
    CHECK("not equal", !gv_secret_equal(a, c));
    CHECK("NULL", gv_secret_equal(NULL, NULL) && !gv_secret_equal(a, NULL));
    gv_secret_free(a);
    CHECK_STR("lives with its last holder", gv_secret_reveal(shared), "canary");
    gv_secret_free(shared);
    gv_secret_free(b);
    gv_secret_free(c);
    gv_secret_free(NULL);

    /* More than are kept for reuse; and nothing of an old one in a new one. */
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
        many[i] = gv_secret_new("canary canary canary", 20);
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
        gv_secret_free(many[i]);
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
        many[i] = gv_secret_new("C", 1);
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
        const char *at = gv_secret_reveal(many[i]);
        static const char zeros[20];

        CHECK("wiped before it is used again",
              at[0] == 'C' && memcmp(at + 1, zeros, sizeof(zeros)) == 0);
        CHECK_INT("its own size", gv_secret_size(many[i]), 1);
        gv_secret_free(many[i]);
    }
}

/* The published values of the function. */
static void test_hash(void)
{
    static const struct {
        const char *name, *text;
        uint64_t value;
    } rows[] = {
        {"nothing", "", UINT64_C(0xcbf29ce484222325)},
        {"a character", "a", UINT64_C(0xaf63dc4c8601ec8c)},
        {"a word", "foobar", UINT64_C(0x85944171f73967e8)},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK(rows[i].name,
              gv_hash(GV_HASH_BEGIN, rows[i].text, strlen(rows[i].text)) == rows[i].value);
    CHECK("in parts", gv_hash(gv_hash(GV_HASH_BEGIN, "foo", 3), "bar", 3) == rows[2].value);
}

int main(void)
{
    test_hash();
    test_numbers();
    test_host_port();
    test_lines();
    test_reader();
    test_arena();
    test_buf();
    test_secret();
    CHECK_STR("name", gv_err_name(GV_ERR_HOST_KEY_CHANGED), "host_key_changed");
    CHECK_STR("out of range", gv_err_name((enum gv_err)999), "invalid");
    return check_end();
}
