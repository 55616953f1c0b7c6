/* SPDX-License-Identifier: Apache-2.0 */
/* What a client asks for: request targets and content negotiation. */
#include "check.h"
#include "http/accept.h"
#include "http/url.h"

static const struct {
    const char *name, *raw;
    enum gv_err err;
    const char *path, *first_name, *first_value;
    size_t params;
} url_rows[] = {
    {"path", "/metrics", GV_OK, "/metrics", NULL, NULL, 0},
    {"root", "/", GV_OK, "/", NULL, NULL, 0},
    {"parameter", "/probe?target=ks-a", GV_OK, "/probe", "target", "ks-a", 1},
    {"two", "/probe?target=ks-a&debug=true", GV_OK, "/probe", "target", "ks-a", 2},
    {"escaped", "/a%20b?t%61=%2f%2F", GV_OK, "/a b", "ta", "//", 1},
    {"decoded once", "/%2541?a=%252e", GV_OK, "/%41", "a", "%2e", 1},
    {"plus is a blank in the query only", "/a+b?a=b+c", GV_OK, "/a+b", "a", "b c", 1},
    {"escaped ampersand", "/?a=b%26c=d", GV_OK, "/", "a", "b&c=d", 1},
    {"second equals sign", "/?a=b=c", GV_OK, "/", "a", "b=c", 1},
    {"no value", "/?a", GV_OK, "/", "a", "", 1},
    {"no name", "/?=b", GV_OK, "/", "", "b", 1},
    {"empty query", "/?", GV_OK, "/", NULL, NULL, 0},
    {"empty parameters", "/?&&a=b&", GV_OK, "/", "a", "b", 1},
    {"question mark in the query", "/?a=?", GV_OK, "/", "a", "?", 1},
    {"UTF-8", "/B%C3%BCro", GV_OK, "/B\xc3\xbcro", NULL, NULL, 0},
    {"eight", "/?a&b&c&d&e&f&g&h", GV_OK, "/", "a", "", 8},
    {"nine", "/?a&b&c&d&e&f&g&h&i", GV_ERR_TOO_LARGE, NULL, NULL, NULL, 0},
    {"empty", "", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"absolute", "http://a/metrics", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"asterisk", "*", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"one digit", "/%4", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"no digit", "/%", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"not a digit", "/%4g", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"escape across the question mark", "/%4?a=b", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"escape across the ampersand", "/?a=%4&b", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
    {"bad escape in a name", "/?%zz=b", GV_ERR_MALFORMED, NULL, NULL, NULL, 0},
};

static const struct {
    const char *name, *accept;
    enum gv_exposition format;
} exposition_rows[] = {
    {"nothing", "", GV_PROMETHEUS_TEXT},
    {"Prometheus 2.42",
     "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
     "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
     GV_OPENMETRICS},
    {"browser", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", GV_PROMETHEUS_TEXT},
    {"anything", "*/*", GV_PROMETHEUS_TEXT},
    {"without a version", "application/openmetrics-text", GV_OPENMETRICS},
    {"case and blanks", " Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.9 ",
     GV_OPENMETRICS},
    {"another version only", "application/openmetrics-text;version=0.0.1", GV_PROMETHEUS_TEXT},
    {"text preferred", "application/openmetrics-text;q=0.4,text/plain;q=0.5",
     GV_PROMETHEUS_TEXT},
    {"equal", "text/plain,application/openmetrics-text", GV_OPENMETRICS},
    {"refused", "application/openmetrics-text;q=0", GV_PROMETHEUS_TEXT},
    {"refused in thousandths", "application/openmetrics-text;q=0.000", GV_PROMETHEUS_TEXT},
    {"a thousandth", "application/openmetrics-text;q=0.001", GV_OPENMETRICS},
    {"text/* weighs as text", "application/openmetrics-text;q=0.3,text/*;q=0.4",
     GV_PROMETHEUS_TEXT},
    {"the specific range decides",
     "application/openmetrics-text;q=0.3,text/plain;q=0.2,text/*;q=0.9,*/*", GV_OPENMETRICS},
    {"a broken q says nothing", "application/openmetrics-text;q=high", GV_PROMETHEUS_TEXT},
    {"q beyond one says nothing", "application/openmetrics-text;q=1.5", GV_PROMETHEUS_TEXT},
    {"separators alone", ",;,;;q=,", GV_PROMETHEUS_TEXT},
};

static const struct {
    const char *name, *value;
    bool gzip;
} gzip_rows[] = {
    {"nothing", "", false},
    {"gzip", "gzip", true},
    {"curl", "deflate, gzip, br, zstd", true},
    {"its old name", "x-gzip", true},
    {"anything", "*", true},
    {"refused", "gzip;q=0", false},
    {"refused, anything else welcome", "*;q=1, gzip;q=0.0", false},
    {"named, anything else refused", "gzip;q=0.5, *;q=0", true},
    {"others", "br, zstd, identity", false},
    {"no prefix of it", "gzipped", false},
};

static const struct {
    const char *name, *value;
    bool ok;
    int64_t ms;
} second_rows[] = {
    {"whole", "10", true, 10000},
    {"fraction", "9.5", true, 9500},
    {"blanks", " 1.25 ", true, 1250},
    {"finer than we need", "0.0019", true, 1},
    {"a day", "86400", true, 86400000},
    {"more", "86401", false, 0},
    {"empty", "", false, 0},
    {"negative", "-1", false, 0},
    {"exponent", "1e3", false, 0},
    {"word", "NaN", false, 0},
    {"no whole part", ".5", false, 0},
    {"two points", "1.2.3", false, 0},
};

static void test_urls(void)
{
    for (size_t i = 0; i < sizeof(url_rows) / sizeof(url_rows[0]); i++) {
        char raw[128];
        size_t n = strlen(url_rows[i].raw);
        struct gv_url url = {.param_count = 77};

        memcpy(raw, url_rows[i].raw, n);
        CHECK_INT(url_rows[i].name, gv_url_read(raw, n, &url), url_rows[i].err);
        if (url_rows[i].err != GV_OK) {
            CHECK_INT(url_rows[i].name, url.param_count, 77);
            continue;
        }
        CHECK(url_rows[i].name, gv_text_is(url.path, url_rows[i].path));
        CHECK_INT(url_rows[i].name, url.param_count, url_rows[i].params);
        if (url_rows[i].first_name == NULL)
            continue;
        CHECK(url_rows[i].name, gv_text_is(url.params[0].name, url_rows[i].first_name));
        CHECK(url_rows[i].name, gv_text_is(url.params[0].value, url_rows[i].first_value));
    }
}

/* A NUL is an octet like another: nothing ends there. */
static void test_nul(void)
{
    char raw[] = "/a%00b?t=c%00d";
    struct gv_url url;

    CHECK("read", gv_url_read(raw, sizeof(raw) - 1, &url) == GV_OK);
    CHECK_INT("in the path", url.path.n, 4);
    CHECK_INT("in a value", url.params[0].value.n, 3);
}

static void test_negotiation(void)
{
    for (size_t i = 0; i < sizeof(exposition_rows) / sizeof(exposition_rows[0]); i++) {
        struct gv_accept accept = {0};

        gv_accept_feed(&accept, GV_ACCEPT, gv_text(exposition_rows[i].accept));
        CHECK_INT(exposition_rows[i].name, gv_accept_exposition(&accept),
                  exposition_rows[i].format);
        CHECK(exposition_rows[i].name, !gv_accept_gzip(&accept));
    }
    for (size_t i = 0; i < sizeof(gzip_rows) / sizeof(gzip_rows[0]); i++) {
        struct gv_accept accept = {0};

        gv_accept_feed(&accept, GV_ACCEPT_ENCODING, gv_text(gzip_rows[i].value));
        CHECK_INT(gzip_rows[i].name, gv_accept_gzip(&accept), gzip_rows[i].gzip);
    }
    for (size_t i = 0; i < sizeof(second_rows) / sizeof(second_rows[0]); i++) {
        struct gv_dur span = {77};

        CHECK_INT(second_rows[i].name, gv_accept_seconds(gv_text(second_rows[i].value), &span),
                  second_rows[i].ok);
        CHECK_INT(second_rows[i].name, span.ms, second_rows[i].ok ? second_rows[i].ms : 77);
    }
}

int main(void)
{
    test_urls();
    test_nul();
    test_negotiation();
    return check_end();
}
