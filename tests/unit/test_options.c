/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "options.h"

struct row {
    bool once;
    const char *file;
    struct gv_option_texts listen, rest;
};

static const struct gv_option table[] = {
    {"--once", GV_OPTION_FLAG, offsetof(struct row, once), NULL, "poll once"},
    {"--config.file", GV_OPTION_TEXT, offsetof(struct row, file), "FILE", "the configuration"},
    {"--web.listen-address", GV_OPTION_TEXTS, offsetof(struct row, listen), "HOST:PORT",
     "where"},
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, rest), NULL, NULL},
};
enum { OPTIONS = sizeof(table) / sizeof(table[0]) };

static const struct {
    const char *name;
    const char *argv[6];
    bool ok, once;
    const char *file;
    size_t listen, rest;
    const char *why;
} rows[] = {
    {"nothing", {"x"}, true, false, NULL, 0, 0, NULL},
    {"equals", {"x", "--config.file=a", "--once"}, true, true, "a", 0, 0, NULL},
    {"blank", {"x", "--config.file", "a"}, true, false, "a", 0, 0, NULL},
    {"value like an option",
     {"x", "--config.file", "--once"},
     true,
     false,
     "--once",
     0,
     0,
     NULL},
    {"empty value", {"x", "--config.file="}, true, false, "", 0, 0, NULL},
    {"equals in value", {"x", "--config.file=a=b"}, true, false, "a=b", 0, 0, NULL},
    {"repeated",
     {"x", "--web.listen-address=:1", "--web.listen-address", ":2"},
     true,
     false,
     NULL,
     2,
     0,
     NULL},
    {"arguments", {"x", "a", "-", "--", "--once"}, true, false, NULL, 0, 3, NULL},
    {"no value",
     {"x", "--config.file"},
     false,
     false,
     NULL,
     0,
     0,
     "--config.file needs a value: FILE"},
    {"flag with value", {"x", "--once=yes"}, false, false, NULL, 0, 0, "--once takes no value"},
    {"unknown",
     {"x", "--verbose"},
     false,
     false,
     NULL,
     0,
     0,
     "--verbose: no such option; see --help"},
    {"mistyped",
     {"x", "--onec"},
     false,
     false,
     NULL,
     0,
     0,
     "--onec: no such option; did you mean --once?"},
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct row row = {0};
        struct gv_buf why = gv_buf(1000);
        const char *argv[6];
        int argc = 0;

        while (argc < 6 && rows[i].argv[argc] != NULL) {
            argv[argc] = rows[i].argv[argc];
            argc++;
        }
        CHECK(rows[i].name,
              gv_options_read(table, OPTIONS, argc, argv, &row, &why) == rows[i].ok);
        CHECK_STR(rows[i].name, why.at, rows[i].why);
        if (rows[i].ok) {
            CHECK(rows[i].name, row.once == rows[i].once);
            CHECK_STR(rows[i].name, row.file, rows[i].file);
            CHECK_INT(rows[i].name, row.listen.count, rows[i].listen);
            CHECK_INT(rows[i].name, row.rest.count, rows[i].rest);
        }
        gv_buf_clear(&why);
    }
}

static void test_limits(void)
{
    struct row row = {0};
    struct gv_buf out = gv_buf(10000);
    const char *argv[GV_OPTION_TEXTS_MOST + 2];

    for (size_t i = 0; i < GV_OPTION_TEXTS_MOST + 2; i++)
        argv[i] = "a";
    CHECK("too many",
          !gv_options_read(table, OPTIONS, GV_OPTION_TEXTS_MOST + 2, argv, &row, &out));
    CHECK("no argument wanted", !gv_options_read(table, OPTIONS - 1, 2, argv, &row, &out));
    gv_buf_reset(&out);
    gv_options_help(table, OPTIONS, &out);
    CHECK("help",
          strstr(out.at, "--config.file=FILE  ") && strstr(out.at, "the configuration\n"));
    gv_buf_clear(&out);
}

int main(void)
{
    test_rows();
    test_limits();
    return check_end();
}
