/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of check_getvpn; what it makes of whole documents is in tests/golden/check. */
#include "check.h"
#include "check/parts.h"

/* ---- the worst of two ---- */

static void test_worse(void)
{
    static const struct {
        const char *name;
        enum gv_check_state a, b, want;
    } rows[] = {
        {"OK and OK", GV_CHECK_OK, GV_CHECK_OK, GV_CHECK_OK},
        {"what is not known is not OK", GV_CHECK_OK, GV_CHECK_UNKNOWN, GV_CHECK_UNKNOWN},
        {"a warning that is seen counts", GV_CHECK_WARNING, GV_CHECK_UNKNOWN, GV_CHECK_WARNING},
        {"critical over warning", GV_CHECK_WARNING, GV_CHECK_CRITICAL, GV_CHECK_CRITICAL},
        {"critical over unknown", GV_CHECK_UNKNOWN, GV_CHECK_CRITICAL, GV_CHECK_CRITICAL},
        {"warning over OK", GV_CHECK_OK, GV_CHECK_WARNING, GV_CHECK_WARNING},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_INT(rows[i].name, gv_check_worse(rows[i].a, rows[i].b), rows[i].want);
        CHECK_INT(rows[i].name, gv_check_worse(rows[i].b, rows[i].a), rows[i].want);
    }
    CHECK_INT("exit code of OK", GV_CHECK_OK, 0);
    CHECK_INT("exit code of WARNING", GV_CHECK_WARNING, 1);
    CHECK_INT("exit code of CRITICAL", GV_CHECK_CRITICAL, 2);
    CHECK_INT("exit code of UNKNOWN", GV_CHECK_UNKNOWN, 3);
}

/* ---- text ---- */

static void test_clean(void)
{
    static const struct {
        const char *name, *text, *want;
    } rows[] = {
        {"as it is", "ks-1 B\xc3\xbcro", "ks-1 B\xc3\xbcro"},
        {"a pipe would begin performance data", "a|b", "a/b"},
        {"a line feed would end the line", "a\nb", "a b"},
        {"carriage return", "a\rb", "a\\x0Db"},
        {"escape", "\x1b[2J", "\\x1B[2J"},
        {"C1 as UTF-8", "\xc2\x9b", "\\xC2\\x9B"},
        {"no UTF-8", "\xff", "\\xFF"},
        {"for shells and pages", "$(x)`y`<b>&\"~", "_(x)_y__b____"},
        {"nothing", "", ""},
    };
    char text[GV_CLEAN_MOST + 3];
    struct gv_buf out = gv_buf(4096);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        gv_buf_reset(&out);
        gv_clean_add(&out, gv_text(rows[i].text));
        CHECK_STR(rows[i].name, out.at != NULL ? out.at : "", rows[i].want);
    }
    memset(text, 'a', sizeof(text));
    memcpy(text + GV_CLEAN_MOST - 1, "\xc3\xbc", 2);
    gv_buf_reset(&out);
    gv_clean_add(&out, (struct gv_text){text, sizeof(text)});
    CHECK_INT("cut before the character that finds no room", out.n, GV_CLEAN_MOST - 1);
    gv_buf_clear(&out);
}

static struct gv_range range(const char *text)
{
    struct gv_range out = {.inside = false};
    const char *why;

    CHECK_INT(text, gv_range_read(gv_text(text), &out, &why), GV_OK);
    return out;
}

static void test_perf(void)
{
    const struct gv_range warning = range("900:"), critical = range("@~:300.5");
    const struct {
        const char *name;
        struct gv_perf perf;
        const char *want;
    } rows[] = {
        {"whole",
         {.device = "ks-1",
          .group = "G 1",
          .name = "kek_remaining",
          .unit = "s",
          .value = 787250,
          .warning = &warning,
          .critical = &critical,
          .has_most = true,
          .most = 1200000},
         "'ks-1 G 1 kek_remaining'=787.25s;900:;@~:300.5;0;1200"},
        {"bare", {.name = "devices", .unit = "", .value = 29000}, "'devices'=29;;;0;"},
        {"below zero",
         {.name = "lead", .unit = "s", .value = -1500, .below_zero = true},
         "'lead'=-1.5s;;;;"},
        {"a label ends at its quote",
         {.device = "k'=1|", .name = "n", .unit = "c", .value = 1000},
         "'k__1/ n'=1c;;;0;"},
    };
    struct gv_buf out = gv_buf(4096);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        gv_buf_reset(&out);
        gv_perf_add(&out, &rows[i].perf);
        CHECK_STR(rows[i].name, out.at, rows[i].want);
    }
    gv_perf_add(&out, &rows[1].perf);
    CHECK_STR("two, with a blank between them", out.at, "'k__1/ n'=1c;;;0; 'devices'=29;;;0;");
    gv_buf_clear(&out);
}

static void test_seconds(void)
{
    static const struct {
        int64_t value;
        const char *want;
    } rows[] = {{0, "0 s"},        {49, "0.049 s"},   {9999, "9.999 s"}, {10000, "10 s"},
                {787999, "787 s"}, {-1500, "-1.5 s"}, {-20001, "-20 s"}};
    struct gv_buf out = gv_buf(64);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        gv_buf_reset(&out);
        gv_seconds_add(&out, rows[i].value);
        CHECK_STR(rows[i].want, out.at, rows[i].want);
    }
    gv_buf_clear(&out);
}

/* ---- filters, paths, modes ---- */

static void test_fits(void)
{
    static const struct {
        const char *pattern, *name;
        bool want;
    } rows[] = {
        {NULL, "a", true},
        {"a", "a", true},
        {"a", "ab", false},
        {"a*", "ab", true},
        {"a*", "a", true},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"?", "a", true},
        {"?", "", false},
        {"a?c*e", "abcdde", true},
        {"*b*b", "abcb", true},
        {"*b*b", "abc", false},
        {"*.*", "ks", false},
        {"**a", "bca", true},
        {"a*b*c", "aXbYbZc", true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_INT(rows[i].pattern != NULL ? rows[i].pattern : "none",
                  gv_check_fits(rows[i].pattern, rows[i].name), rows[i].want);
    CHECK("no name is an empty one", gv_check_fits("*", NULL) && !gv_check_fits("a", NULL));
}

static void test_path(void)
{
    static const struct {
        const char *name, *mode, *device, *want;
    } rows[] = {
        {"the fleet", "kek", NULL, "/api/v1/fleet"},
        {"one device", "kek", "ks-1", "/api/v1/devices/ks-1"},
        {"escaped", "tek", "b\xc3\xbc/../x y", "/api/v1/devices/b%C3%BC%2F..%2Fx%20y"},
        {"a pattern", "kek", "ks-*", "/api/v1/fleet"},
        {"a pattern of one", "kek", "ks-?", "/api/v1/fleet"},
        {"groups are verdicts on more than one", "coop", "ks-1", "/api/v1/fleet"},
        {"so are pairs", "interop", "ks-1", "/api/v1/fleet"},
        {"no name", "kek", "", "/api/v1/fleet"},
    };
    struct gv_buf out = gv_buf(4096);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct gv_check_ask ask = {.mode = gv_check_mode_find(rows[i].mode),
                                         .device = rows[i].device};

        gv_buf_reset(&out);
        gv_check_path(&ask, &out);
        CHECK_STR(rows[i].name, out.at, rows[i].want);
    }
    gv_buf_clear(&out);
}

static void test_modes(void)
{
    static const char *const names[] = {"kek",     "tek",  "rekey", "interop", "registration",
                                        "members", "coop", "probe", "fleet"};
    struct gv_range warning, critical;
    const struct gv_check_mode *mode;
    size_t count = 0;

    for (; (mode = gv_check_mode_at(count)) != NULL; count++) {
        gv_check_own_ranges(mode, &warning, &critical);
        CHECK_INT(mode->name, warning.text.n, strlen(mode->warning));
        CHECK_INT(mode->name, critical.text.n, strlen(mode->critical));
        CHECK(mode->name, mode->help[0] != '\0' && mode->thing[0] != '\0');
    }
    CHECK_INT("as many as are named", count, sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        CHECK(names[i], gv_check_mode_find(names[i]) != NULL);
    CHECK("no such mode", gv_check_mode_find("kex") == NULL);
}

/* ---- ceilings ---- */

/* As many devices as one document may name: values, lines and octets have an end, the verdict
 * is on all of them. */
static void test_many(void)
{
    enum { DEVICES = 5000, DOCUMENT_MOST = 8 << 20 };
    const struct gv_check_ask ask = {
        .mode = gv_check_mode_find("kek"), .max_age = gv_secs(300), .verbose = 3};
    struct gv_buf document = gv_buf(DOCUMENT_MOST), out = gv_buf(GV_CHECK_OUTPUT_MOST);
    size_t values = 0;

    gv_buf_add_str(&document, "{\"devices\": [");
    for (uint64_t i = 0; i < DEVICES; i++) {
        gv_buf_add_str(&document, i > 0 ? ",{\"name\":\"gm-" : "{\"name\":\"gm-");
        gv_buf_add_u64(&document, i);
        gv_buf_add_str(&document,
                       "\",\"groups\":[{\"group\":\"G\",\"gm\":{\"kek\":{\"remaining_"
                       "seconds\":");
        gv_buf_add_u64(&document, 100 + i);
        gv_buf_add_str(&document, "}}}]}");
    }
    gv_buf_add_str(&document, "]}");
    CHECK_INT("the document", document.err, GV_OK);
    CHECK_INT("20 are below 120",
              gv_check_judge(&ask, (struct gv_text){document.at, document.n}, &out),
              GV_CHECK_WARNING);
    CHECK_INT("the answer is whole", out.err, GV_OK);
    CHECK("counted", strstr(out.at, "(20 warning, 4980 ok)") != NULL);
    CHECK("the most urgent first",
          strstr(out.at, "WARNING - gm-0 G: KEK expires in 100 s") != NULL);
    for (const char *at = out.at; (at = strstr(at, "kek_remaining'=")) != NULL; at++)
        values++;
    CHECK_INT("performance data", values, GV_CHECK_VALUES_MOST);
    CHECK("and it says that there is more", strstr(out.at, "and more") != NULL);
    gv_buf_clear(&document);
    gv_buf_clear(&out);
}

int main(void)
{
    test_worse();
    test_clean();
    test_perf();
    test_seconds();
    test_fits();
    test_path();
    test_modes();
    test_many();
    return check_end();
}
