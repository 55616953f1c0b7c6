/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations good and bad: each tests/golden/config/NAME.yml beside the
 * faults (NAME.err) or the effective configuration (NAME.out) that it gives.
 * GV_GOLDEN_UPDATE=1 writes them anew, to be read before they are committed. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "config/config.h"
#include "config/schema.h"
#include "words.h"

static const struct gv_config_options plain = {0};

static struct gv_buf read_file(const char *path)
{
    struct gv_buf text = gv_buf(1 << 20);
    FILE *file = fopen(path, "rb");
    char *at = file ? gv_buf_room(&text, 1 << 16) : NULL;

    if (at != NULL)
        gv_buf_grew(&text, fread(at, 1, 1 << 16, file));
    if (file != NULL)
        (void)fclose(file);
    return text;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    CHECK(path, fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    CHECK(path, fchmod(fd, mode) == 0);
    (void)close(fd);
}

/* What the file gives: faults and warnings, then the effective configuration. */
static struct gv_buf outcome(const char *file, bool *good)
{
    struct gv_buf text = read_file(file), out = gv_buf(GV_FAULT_TEXT);
    struct gv_config *config;

    *good = gv_config_read(file, (struct gv_text){text.at, text.n}, true, &plain, &config,
                           &out) == GV_OK;
    if (*good) {
        gv_config_show(config, &out);
        gv_config_summary(config, &out);
        gv_config_free(config);
    }
    gv_buf_clear(&text);
    return out;
}

static void check_golden(const char *file)
{
    char expected[300];
    struct gv_buf got, want;
    bool good, want_good;

    got = outcome(file, &good);
    (void)snprintf(expected, sizeof(expected), "%.*s.out", (int)strlen(file) - 4, file);
    want_good = access(expected, F_OK) == 0;
    CHECK(file, good == want_good);
    if (!want_good)
        (void)snprintf(expected, sizeof(expected), "%.*s.err", (int)strlen(file) - 4, file);
    if (getenv("GV_GOLDEN_UPDATE") != NULL)
        write_file(expected, got.at ? got.at : "", 0644);
    want = read_file(expected);
    CHECK_STR(file, got.at ? got.at : "", want.at ? want.at : "");
    gv_buf_clear(&got);
    gv_buf_clear(&want);
}

static void test_golden(void)
{
    DIR *dir = opendir(".");
    struct dirent *entry;
    int count = 0;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot == NULL || strcmp(dot, ".yml") != 0)
            continue;
        check_golden(entry->d_name);
        count++;
    }
    if (dir != NULL)
        (void)closedir(dir);
    CHECK("many cases", count > 80);
}

/* Loads `yaml` from a file of that mode; true if it is accepted. */
static bool accepted(const char *dir, const char *yaml, mode_t mode, bool insecure,
                     struct gv_buf *why)
{
    struct gv_config_options options = {.insecure_perms = insecure};
    struct gv_config *config = NULL;
    char path[300];
    bool ok;

    (void)snprintf(path, sizeof(path), "%s/config.yml", dir);
    write_file(path, yaml, mode);
    gv_buf_reset(why);
    ok = gv_config_load(path, &options, &config, why) == GV_OK;
    if (ok)
        gv_config_free(config);
    (void)unlink(path);
    return ok;
}

static void test_permissions(const char *dir)
{
    static const char inline_secret[] =
        "credentials: {snmp: {a: {version: 2c, community: canary-1}}}\n";
    static const char file_secret[] =
        "credentials: {snmp: {a: {version: 2c, community_file: secret}}}\n";
    static const char credential[] =
        "credentials: {snmp: {a: {version: 2c, community_credential: secret}}}\n";
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);
    char secret[300];

    (void)snprintf(secret, sizeof(secret), "%s/secret", dir);
    CHECK("inline, private", accepted(dir, inline_secret, 0600, false, &why));
    CHECK("inline, group reads", !accepted(dir, inline_secret, 0640, false, &why));
    CHECK("says so", strstr(why.at, "config.yml:1:") && strstr(why.at, "others can read"));
    CHECK("never shows it", strstr(why.at, "canary") == NULL);
    CHECK("inline, everybody reads", !accepted(dir, inline_secret, 0644, false, &why));
    CHECK("inline, override", accepted(dir, inline_secret, 0644, true, &why));
    write_file(secret, "canary-2\n", 0600);
    CHECK("file", accepted(dir, file_secret, 0644, false, &why));
    CHECK("no credentials directory", !accepted(dir, credential, 0644, false, &why));
    CHECK("set", setenv("CREDENTIALS_DIRECTORY", dir, 1) == 0);
    CHECK("credential", accepted(dir, credential, 0644, false, &why));
    CHECK("unset", unsetenv("CREDENTIALS_DIRECTORY") == 0);
    write_file(secret, "canary-2\n", 0604);
    CHECK("file, everybody reads", !accepted(dir, file_secret, 0644, false, &why));
    CHECK("tells the remedies",
          strstr(why.at, "community_file: \"") != NULL &&
              strstr(why.at, "/secret\" can be read by everybody (mode 0604); run chmod o= on "
                             "it, or start with --insecure-perms\n") != NULL);
    CHECK("file, override", accepted(dir, file_secret, 0644, true, &why));
    write_file(secret, "", 0600);
    CHECK("empty file", !accepted(dir, file_secret, 0644, false, &why));
    CHECK("says so", strstr(why.at, "/secret\" is empty; expected a line of text\n") != NULL);
    write_file(secret, "\r\n", 0600);
    CHECK("an empty line", !accepted(dir, file_secret, 0644, false, &why));
    (void)unlink(secret);
    gv_buf_clear(&why);
}

static void test_missing_file(void)
{
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);
    struct gv_config *config = NULL;

    CHECK_INT("missing", gv_config_load("none/none.yml", &plain, &config, &why),
              GV_ERR_NOT_FOUND);
    CHECK("names it", strstr(why.at, "none/none.yml: cannot read") != NULL);
    gv_buf_reset(&why);
    CHECK_INT("directory", gv_config_load(".", &plain, &config, &why), GV_ERR_NOT_FOUND);
    CHECK("untouched", config == NULL);
    gv_buf_clear(&why);
}

static void test_content(void)
{
    struct gv_text text =
        gv_text("credentials: {snmp: {a: {version: 2c, community: ' x y '}}}\n"
                "targets: [{name: r1, address: h1, snmp: a, interval: 7}]\n"
                "target_urls: [{url: 'http://127.0.0.1/sd'}]\n");
    struct gv_config_list list = {"http://127.0.0.1/sd",
                                  {"[{\"targets\":[\"h2\"],\"labels\":{\"snmp\":\"a\"}}]", 48}};
    struct gv_config_options options = {.lists = &list, .list_count = 1};
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);
    struct gv_config *config;
    const struct gv_config_target *target;

    list.text.n = strlen(list.text.at);
    CHECK_INT("reads", gv_config_read("x.yml", text, true, &options, &config, &why), GV_OK);
    CHECK_INT("targets", config->target_count, 2);
    target = gv_config_find_target(config, "r1");
    CHECK("by name", target != NULL && target == gv_config_find_target(config, "h1"));
    CHECK("by address", gv_config_find_target(config, "h2") == &config->targets[1]);
    CHECK("none", gv_config_find_target(config, "h3") == NULL);
    CHECK_STR("secret", gv_secret_reveal(target->target.snmp->community), " x y ");
    CHECK_INT("plain number is seconds", target->interval.ms, 7000);
    CHECK_INT("line", target->at.line, 2);
    gv_config_free(config);
    gv_config_free(NULL);
    gv_buf_clear(&why);
}

static void test_mark(const char *dir)
{
    char path[300], yaml[400];
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);
    struct gv_config *config;
    uint64_t before;

    (void)snprintf(path, sizeof(path), "%s/list.yml", dir);
    (void)snprintf(yaml, sizeof(yaml), "target_files: ['%s/*.yml']\n", dir);
    CHECK_INT("no file yet",
              gv_config_read("x.yml", gv_text(yaml), true, &plain, &config, &why), GV_OK);
    CHECK_INT("is a warning", config->warnings, 1);
    before = gv_config_files_mark(config);
    CHECK("stays", gv_config_files_mark(config) == before);
    write_file(path, "[]\n", 0600);
    CHECK("a file appears", gv_config_files_mark(config) != before);
    before = gv_config_files_mark(config);
    write_file(path, "[] \n", 0600);
    CHECK("a file changes", gv_config_files_mark(config) != before);
    (void)unlink(path);
    gv_config_free(config);
    gv_buf_clear(&why);
}

static const struct {
    const char *name, *text;
    bool ok;
    int64_t ms;
} span_rows[] = {
    {"seconds", "30s", true, 30000},
    {"bare", "30", true, 30000},
    {"milliseconds", "5ms", true, 5},
    {"minutes", "2m", true, 120000},
    {"day", "1d", true, 86400000},
    {"hours", "3h", true, 10800000},
    {"empty", "", false, 0},
    {"unit alone", "s", false, 0},
    {"fraction", "1.5h", false, 0},
    {"negative", "-1s", false, 0},
    {"blank", "1 s", false, 0},
    {"two", "1h30m", false, 0},
    {"large", "4294967295d", true, 4294967295LL * 86400000},
    {"too large", "4294967296s", false, 0},
};

static const struct {
    const char *name, *text, *word;
} guess_rows[] = {
    {"missing letter", "adress", "address"},
    {"two letters", "intrvl", "interval"},
    {"the nearest", "snm", "snmp"},
    {"nothing near", "community", NULL},
    {"too short to guess", "x", NULL},
    {"too long to guess", "a-very-long-word-that-nobody-would-ever-have-meant", NULL},
};

static void test_words(void)
{
    for (size_t i = 0; i < sizeof(span_rows) / sizeof(span_rows[0]); i++) {
        struct gv_dur span = {0};

        CHECK(span_rows[i].name,
              gv_span_read(gv_text(span_rows[i].text), &span) == span_rows[i].ok);
        CHECK_INT(span_rows[i].name, span.ms, span_rows[i].ms);
    }
    for (size_t i = 0; i < sizeof(guess_rows) / sizeof(guess_rows[0]); i++) {
        static const char *const words[] = {"interval", "address", "snmp", "ssh"};
        struct gv_word_guess guess = {.text = guess_rows[i].text};

        for (size_t j = 0; j < 4; j++)
            gv_word_guess(&guess, words[j]);
        CHECK_STR(guess_rows[i].name, guess.word, guess_rows[i].word);
    }
}

static void test_help(void)
{
    struct gv_buf out = gv_buf(1 << 16);

    gv_config_help(&out);
    CHECK("fits", out.err == GV_OK);
    CHECK("names a range", strstr(out.at, "(1s..1d)") != NULL);
    CHECK("names words", strstr(out.at, "(modern, default, legacy)") != NULL);
    gv_buf_clear(&out);
}

int main(void)
{
    const char *dir = GV_TEST_DIR;

    CHECK("golden directory", chdir(GV_GOLDEN_CONFIG) == 0);
    CHECK("environment", setenv("GV_TEST_COMMUNITY", "canary", 1) == 0);
    CHECK("environment", unsetenv("CREDENTIALS_DIRECTORY") == 0);
    (void)mkdir(dir, 0700);
    test_golden();
    test_permissions(dir);
    test_missing_file();
    test_content();
    test_mark(dir);
    test_words();
    test_help();
    return check_end();
}
