/* SPDX-License-Identifier: Apache-2.0 */
/* sim_run FILE...: live through scenarios; see README.md. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/log.h"
#include "play.h"

enum { FILE_MOST = 1 << 20, VALUES_MOST = 4096, VALUE_SIZE = 32 };

static const char each_name[] = "$each";

/* The file as text; NULL with the reason told. */
static char *read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *text = file != NULL ? malloc(FILE_MOST + 1) : NULL;

    if (text == NULL) {
        printf("FAIL %s: %s\n", path, strerror(errno));
        if (file != NULL)
            fclose(file);
        return NULL;
    }
    *n = fread(text, 1, FILE_MOST + 1, file);
    fclose(file);
    if (*n <= FILE_MOST)
        return text;
    printf("FAIL %s: longer than %d octets\n", path, FILE_MOST);
    free(text);
    return NULL;
}

/* A scenario says in its first line, in one sentence, what it is for. */
static bool purpose_of(struct gv_text text, struct gv_text *purpose)
{
    struct gv_text line;

    if (!gv_text_line(&text, &line) || !gv_text_starts(line, "# "))
        return false;
    *purpose = gv_text_trim(gv_text_from(line, 2));
    return purpose->n > 1 && purpose->at[purpose->n - 1] == '.';
}

/* `text` with each $each replaced by `value`. */
static struct gv_buf filled(struct gv_text text, const char *value)
{
    struct gv_buf out = gv_buf(2 * FILE_MOST);
    size_t at;

    while ((at = gv_text_find(text, each_name)) < text.n) {
        gv_buf_add_text(&out, gv_text_head(text, at));
        gv_buf_add_str(&out, value);
        text = gv_text_from(text, at + strlen(each_name));
    }
    gv_buf_add_text(&out, text);
    return out;
}

/* --- the values of `each` --- */

struct values {
    char list[VALUES_MOST][VALUE_SIZE];
    size_t count;
};

static bool add_value(struct values *values, struct gv_text text)
{
    if (values->count == VALUES_MOST || text.n >= VALUE_SIZE)
        return false;
    memcpy(values->list[values->count], text.at, text.n);
    values->list[values->count++][text.n] = '\0';
    return true;
}

/* One value, or all numbers of a range: "5..60". */
static bool read_value(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct gv_text text = lab_yaml_text(item);
    size_t dots = gv_text_find(text, "..");
    uint32_t first, last;

    if (dots == text.n || !gv_text_u32(gv_text_head(text, dots), &first) ||
        !gv_text_u32(gv_text_from(text, dots + 2), &last))
        return add_value(object, text) ||
               lab_yaml_fault(yaml, item, "expected at most %d values", VALUES_MOST);
    for (; first <= last; first++) {
        char number[VALUE_SIZE];

        (void)snprintf(number, sizeof(number), "%u", first);
        if (!add_value(object, gv_text(number)))
            return lab_yaml_fault(yaml, item, "expected at most %d values", VALUES_MOST);
    }
    return true;
}

/* The list under `each`; empty where the scenario has none. */
static bool read_each(const char *path, struct gv_text text, struct values *values,
                      char error[LAB_SCENARIO_ERROR_SIZE])
{
    struct lab_yaml yaml = {.path = path, .text = text, .error = error};
    const yaml_node_t *each;
    bool ok;

    values->count = 0;
    if (!lab_yaml_load(&yaml))
        return false;
    each = lab_yaml_find(&yaml, lab_yaml_root(&yaml), "each");
    ok = each == NULL || lab_yaml_each(&yaml, each, read_value, values);
    lab_yaml_clear(&yaml);
    return ok;
}

/* --- running --- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static uint64_t run_one(const char *path, const char *name, struct gv_text text,
                        struct play_result *all)
{
    static struct play play;
    struct play_result result = {.failures = 0};
    char error[LAB_SCENARIO_ERROR_SIZE];
    bool ok;

    if (!play_read(&play, path, name, text, error)) {
        printf("FAIL %s\n", error);
        return 1;
    }
    ok = play_run(&play, NULL, &result);
    if (!ok)
        printf("FAIL %s: no memory\n", name);
    play_clear(&play);
    all->claims += result.claims;
    all->polls += result.polls;
    return result.failures + !ok;
}

static uint64_t run_values(const char *path, struct gv_text text, const struct values *values,
                           struct play_result *all)
{
    uint64_t failures = 0;

    for (size_t i = 0; i < values->count; i++) {
        struct gv_buf buf = filled(text, values->list[i]);
        char name[256];

        (void)snprintf(name, sizeof(name), "%s [%s]", base_name(path), values->list[i]);
        failures += run_one(path, name, (struct gv_text){buf.at, buf.n}, all);
        gv_buf_clear(&buf);
    }
    return failures;
}

static uint64_t run_text(const char *path, struct gv_text text)
{
    static struct values values;
    char error[LAB_SCENARIO_ERROR_SIZE] = "";
    struct play_result all = {.failures = 0};
    struct gv_text purpose;
    uint64_t failures;

    if (!purpose_of(text, &purpose)) {
        printf("FAIL %s:1: expected '# ' and one sentence of purpose, with its full stop\n",
               path);
        return 1;
    }
    if (!read_each(path, text, &values, error)) {
        printf("FAIL %s\n", error);
        return 1;
    }
    failures = values.count > 0 ? run_values(path, text, &values, &all)
                                : run_one(path, base_name(path), text, &all);
    printf("%s %s: %.*s %" PRIu64 " polls, %" PRIu64 " claims compared\n",
           failures == 0 ? "ok" : "FAIL", base_name(path), (int)purpose.n, purpose.at,
           all.polls, all.claims);
    return failures;
}

static uint64_t run_file(const char *path)
{
    size_t n = 0;
    char *text = read_file(path, &n);
    uint64_t failures = text != NULL ? run_text(path, (struct gv_text){text, n}) : 1;

    free(text);
    return failures;
}

int main(int argc, char **argv)
{
    uint64_t failures = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    gv_log_setup(GV_LOG_ERROR, GV_LOG_LOGFMT);
    if (argc < 2) {
        fprintf(stderr, "usage: sim_run FILE...\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        failures += run_file(argv[i]);
    return failures == 0 ? 0 : 1;
}
