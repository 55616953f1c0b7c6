/* SPDX-License-Identifier: Apache-2.0 */
/* The SA of phase 1: names of suites, what is offered, what an answer says. */
#include "check.h"
#include "gdoi/payload.h"
#include "gdoi/phase1.h"
#include "gdoi_wire.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct wire w;

/* ---- names ---- */

static const struct name_row {
    const char *name;
    struct gdoi_suite suite;
    bool weak;
} name_rows[] = {
    {"3des-md5-modp768", {GDOI_3DES, 24, GDOI_MD5, GDOI_MODP768}, true},
    {"3des-sha1-modp1024", {GDOI_3DES, 24, GDOI_SHA1, GDOI_MODP1024}, true},
    {"3des-sha256-modp2048", {GDOI_3DES, 24, GDOI_SHA256, GDOI_MODP2048}, true},
    {"aes128-md5-modp2048", {GDOI_AES, 16, GDOI_MD5, GDOI_MODP2048}, true},
    {"aes128-sha1-modp2048", {GDOI_AES, 16, GDOI_SHA1, GDOI_MODP2048}, true},
    {"aes128-sha256-modp1536", {GDOI_AES, 16, GDOI_SHA256, GDOI_MODP1536}, true},
    {"aes128-sha256-modp2048", {GDOI_AES, 16, GDOI_SHA256, GDOI_MODP2048}, false},
    {"aes192-sha384-modp3072", {GDOI_AES, 24, GDOI_SHA384, GDOI_MODP3072}, false},
    {"aes256-sha512-modp4096", {GDOI_AES, 32, GDOI_SHA512, GDOI_MODP4096}, false},
    {"aes128-sha256-ecp256", {GDOI_AES, 16, GDOI_SHA256, GDOI_ECP256}, false},
    {"aes192-sha384-ecp384", {GDOI_AES, 24, GDOI_SHA384, GDOI_ECP384}, false},
    {"aes256-sha512-ecp521", {GDOI_AES, 32, GDOI_SHA512, GDOI_ECP521}, false},
};

static const char *const no_names[] = {
    "",
    "-",
    "--",
    "aes128",
    "aes128-sha256",
    "aes128-sha256-",
    "aes128--modp2048",
    "-sha256-modp2048",
    "aes128-sha256-modp2048-",
    "aes128-sha256-modp2048-x",
    "aes128-sha256-modp8192",
    "aes-sha256-modp2048",
    "des-sha1-modp1024",
    "AES128-SHA256-MODP2048",
    "aes128 sha256 modp2048",
    " aes128-sha256-modp2048",
    "sha256-aes128-modp2048",
};

static void test_names(void)
{
    for (size_t i = 0; i < COUNT(name_rows); i++) {
        const struct name_row *row = &name_rows[i];
        struct gv_buf out = gv_buf(64);
        struct gdoi_suite suite;

        CHECK(row->name, gdoi_suite_read(gv_text(row->name), &suite));
        CHECK(row->name, gdoi_suite_equal(&suite, &row->suite));
        gdoi_suite_name(&row->suite, &out);
        CHECK_STR(row->name, out.at, row->name);
        CHECK_INT(row->name, gdoi_suite_weak(&row->suite), row->weak);
        gv_buf_clear(&out);
    }
    for (size_t i = 0; i < COUNT(no_names); i++) {
        struct gdoi_suite suite = {GDOI_3DES, 99, GDOI_MD5, GDOI_MODP768};

        CHECK(no_names[i], !gdoi_suite_read(gv_text(no_names[i]), &suite));
        CHECK_INT(no_names[i], suite.key_n, 99);
    }
}

static void test_equal(void)
{
    for (size_t i = 0; i < COUNT(name_rows); i++)
        for (size_t j = 0; j < COUNT(name_rows); j++)
            CHECK_INT(name_rows[i].name,
                      gdoi_suite_equal(&name_rows[i].suite, &name_rows[j].suite), i == j);
}

/* ---- what we offer ---- */

static void test_encode(void)
{
    static const struct gdoi_suite suites[] = {{GDOI_AES, 16, GDOI_SHA256, GDOI_MODP2048},
                                               {GDOI_3DES, 24, GDOI_SHA1, GDOI_MODP1024}};
    struct gv_buf out = gv_buf(4096);

    w.n = 0;
    wire_hex(&w, "00000002 00000000" /* DOI 2, situation 0 */
                 "0000 0054 01 01 00 02"
                 "0300 0028 01 01 0000 8001 0007 800e 0080 8002 0004 8003 0001 8004 000e"
                 "  800b 0001 000c 0004 00015180"
                 "0000 0024 02 01 0000 8001 0005 8002 0002 8003 0001 8004 0002"
                 "  800b 0001 000c 0004 00015180");
    gdoi_phase1_sa_encode(suites, 2, GDOI_AUTH_PSK, 86400, &out);
    CHECK("two suites", out.err == GV_OK && out.n == w.n && memcmp(out.at, w.at, w.n) == 0);
    gv_buf_clear(&out);
}

/* An answer is one of what we offered, unchanged. */
static void test_round_trip(void)
{
    for (size_t i = 0; i < COUNT(name_rows); i++) {
        const struct name_row *row = &name_rows[i];
        struct gdoi_phase1_answer answer;
        struct gv_buf out = gv_buf(4096);

        gdoi_phase1_sa_encode(&row->suite, 1, GDOI_AUTH_RSA, 3600, &out);
        w.n = 0;
        wire_octets(&w, out.at, out.n);
        CHECK_INT(row->name, gdoi_phase1_sa_decode(wire_reader(&w), &answer), GV_OK);
        CHECK(row->name, gdoi_suite_equal(&answer.suite, &row->suite));
        CHECK_INT(row->name, answer.auth, GDOI_AUTH_RSA);
        CHECK_INT(row->name, answer.life_s, 3600);
        gv_buf_clear(&out);
    }
}

static void test_many(void)
{
    static struct gdoi_suite suites[254];
    struct gv_buf out = gv_buf(16384);
    struct gdoi_phase1_answer answer;

    for (size_t i = 0; i < COUNT(suites); i++)
        suites[i] = name_rows[0].suite;
    gdoi_phase1_sa_encode(suites, COUNT(suites), GDOI_AUTH_PSK, 86400, &out);
    CHECK("254 suites", out.err == GV_OK && (uint8_t)out.at[15] == 254);
    CHECK_INT("an answer of as many", gdoi_phase1_sa_decode(gv_reader(out.at, out.n), &answer),
              GV_ERR_MALFORMED);
    gv_buf_clear(&out);
}

/* ---- what an answer says ---- */

#define DOI  "00000002 00000000 "
#define AES  "8001 0007 800e 0080 "
#define REST "8002 0004 8003 0001 8004 000e "
#define LIFE "800b 0001 800c 7080 " /* 28,800 s, in place */
#define GOOD "0000 002c 01 01 00 01 0000 0024 01 01 0000 " AES REST LIFE

static const struct answer_row {
    const char *name, *hex;
    enum gv_err err;
    uint32_t life_s;
} answer_rows[] = {
    {"as it should be", DOI GOOD, GV_OK, 28800},
    {"another DOI: answers differ", "00000001 00000001 " GOOD, GV_OK, 28800},
    {"life in four octets",
     DOI "0000 0030 01 01 00 01 0000 0028 01 01 0000 " AES REST "800b 0001 000c 0004 00015180",
     GV_OK, 86400},
    {"no life", DOI "0000 0024 01 01 00 01 0000 001c 01 01 0000 " AES REST, GV_OK, 0},
    {"a life in kilobytes",
     DOI "0000 002c 01 01 00 01 0000 0024 01 01 0000 " AES REST "800b 0002 800c 7080", GV_OK,
     0},
    {"an attribute more",
     DOI "0000 0030 01 01 00 01 0000 0028 01 01 0000 " AES REST LIFE "8063 0001", GV_OK, 28800},
    {"an SPI in the proposal",
     DOI "0000 0034 01 01 08 01 0102030405060708 0000 0024 01 01 0000 " AES REST LIFE, GV_OK,
     28800},
    {"nothing", "", GV_ERR_TRUNCATED, 0},
    {"no proposal", DOI, GV_ERR_TRUNCATED, 0},
    {"a proposal of length 3", DOI "0000 0003", GV_ERR_MALFORMED, 0},
    {"an empty proposal", DOI "0000 0004", GV_ERR_TRUNCATED, 0},
    {"no transform", DOI "0000 0008 01 01 00 01", GV_ERR_TRUNCATED, 0},
    {"a transform of length 0", DOI "0000 000c 01 01 00 01 0000 0000", GV_ERR_MALFORMED, 0},
    {"an empty transform", DOI "0000 000c 01 01 00 01 0000 0004", GV_ERR_TRUNCATED, 0},
    {"a proposal one octet too long",
     DOI "0000 002d 01 01 00 01 0000 0024 01 01 0000 " AES REST LIFE, GV_ERR_TRUNCATED, 0},
    {"a transform one octet too long",
     DOI "0000 002c 01 01 00 01 0000 0025 01 01 0000 " AES REST LIFE, GV_ERR_TRUNCATED, 0},
    {"an SPI past the proposal", DOI "0000 0009 01 01 02 01 aa", GV_ERR_TRUNCATED, 0},
    {"octets behind the proposal", DOI GOOD "00", GV_ERR_MALFORMED, 0},
    {"another protocol", DOI "0000 002c 01 03 00 01 0000 0024 01 01 0000 " AES REST LIFE,
     GV_ERR_MALFORMED, 0},
    {"no transform counted", DOI "0000 002c 01 01 00 00 0000 0024 01 01 0000 " AES REST LIFE,
     GV_ERR_MALFORMED, 0},
    {"two transforms counted", DOI "0000 002c 01 01 00 02 0000 0024 01 01 0000 " AES REST LIFE,
     GV_ERR_MALFORMED, 0},
    {"a second proposal announced",
     DOI "0200 002c 01 01 00 01 0000 0024 01 01 0000 " AES REST LIFE, GV_ERR_MALFORMED, 0},
    {"a second transform announced",
     DOI "0000 002c 01 01 00 01 0300 0024 01 01 0000 " AES REST LIFE, GV_ERR_MALFORMED, 0},
    {"another transform id", DOI "0000 002c 01 01 00 01 0000 0024 01 02 0000 " AES REST LIFE,
     GV_ERR_NOT_SUPPORTED, 0},
    {"AES without a key length",
     DOI "0000 0020 01 01 00 01 0000 0018 01 01 0000 8001 0007 " REST, GV_ERR_NOT_SUPPORTED, 0},
    {"AES of 64 bits",
     DOI "0000 0024 01 01 00 01 0000 001c 01 01 0000 8001 0007 800e 0040 " REST,
     GV_ERR_NOT_SUPPORTED, 0},
    {"3DES with a key length",
     DOI "0000 0024 01 01 00 01 0000 001c 01 01 0000 8001 0005 800e 00c0 " REST,
     GV_ERR_NOT_SUPPORTED, 0},
    {"DES", DOI "0000 0020 01 01 00 01 0000 0018 01 01 0000 8001 0001 " REST,
     GV_ERR_NOT_SUPPORTED, 0},
    {"an unknown hash",
     DOI "0000 0024 01 01 00 01 0000 001c 01 01 0000 " AES "8002 0003 8003 0001 8004 000e",
     GV_ERR_NOT_SUPPORTED, 0},
    {"an unknown group",
     DOI "0000 0024 01 01 00 01 0000 001c 01 01 0000 " AES "8002 0004 8003 0001 8004 0012",
     GV_ERR_NOT_SUPPORTED, 0},
    {"a group of 65538, which is no 2",
     DOI "0000 0028 01 01 00 01 0000 0020 01 01 0000 " AES
         "8002 0004 8003 0001 0004 0004 00010002",
     GV_ERR_RANGE, 0},
    {"DSS signatures",
     DOI "0000 0024 01 01 00 01 0000 001c 01 01 0000 " AES "8002 0004 8003 0002 8004 000e",
     GV_ERR_NOT_SUPPORTED, 0},
    {"no hash", DOI "0000 0020 01 01 00 01 0000 0018 01 01 0000 " AES "8003 0001 8004 000e",
     GV_ERR_MALFORMED, 0},
    {"the cipher twice", DOI "0000 0028 01 01 00 01 0000 0020 01 01 0000 8001 0007 " AES REST,
     GV_ERR_MALFORMED, 0},
};

static void test_answers(void)
{
    for (size_t i = 0; i < COUNT(answer_rows); i++) {
        const struct answer_row *row = &answer_rows[i];
        struct gdoi_phase1_answer answer = {.life_s = 1234567};

        w.n = 0;
        wire_hex(&w, row->hex);
        CHECK_INT(row->name, gdoi_phase1_sa_decode(wire_reader(&w), &answer), row->err);
        CHECK_INT(row->name, answer.life_s, row->err == GV_OK ? row->life_s : 1234567);
    }
}

static void test_truncations(void)
{
    struct gdoi_phase1_answer answer;
    size_t n;

    w.n = 0;
    wire_hex(&w, DOI GOOD);
    n = w.n;
    for (w.n = 0; w.n < n; w.n++)
        CHECK_INT("every truncation", gdoi_phase1_sa_decode(wire_reader(&w), &answer),
                  GV_ERR_TRUNCATED);
}

int main(void)
{
    test_names();
    test_equal();
    test_encode();
    test_round_trip();
    test_many();
    test_answers();
    test_truncations();
    wire_clear(&w);
    return check_end();
}
