/* SPDX-License-Identifier: Apache-2.0 */
/* Golden pairs: NAME.txt as a router said it, NAME.json as read.
 *
 * golden_NAME DIRECTORY             compare every pair
 * golden_NAME --update DIRECTORY    write each NAME.json anew: then read the difference
 * golden_NAME --print FILE...       the outputs of one device as one observation
 * golden_NAME --facts FILE...       what each says, one fact a line */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "render/render.h"

enum { FILE_MOST = 8 << 20, JSON_MOST = 64 << 20 };

static char *read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(FILE_MOST);

    *n = 0;
    if (file == NULL || text == NULL) {
        perror(path);
        exit(2);
    }
    *n = fread(text, 1, FILE_MOST, file);
    (void)fclose(file);
    return text;
}

/* One file into the observation; what the reader answered goes to *err. */
static void read_into(const char *path, struct gv_observation *obs, enum gv_err *err)
{
    size_t n;
    char *text = read_file(path, &n);

    *err = golden_read((struct gv_text){text, n}, obs);
    free(text);
}

static json_t *as_json(const struct gv_observation *obs, enum gv_err err)
{
    struct gv_buf out = gv_buf(JSON_MOST);
    json_t *root = NULL;

    if (gv_render_observation_json(obs, &out) == GV_OK)
        root = json_loadb(out.at, out.n, 0, NULL);
    if (root != NULL && err != GV_OK)
        (void)json_object_set_new(root, "error", json_string(gv_err_name(err)));
    gv_buf_clear(&out);
    return root;
}

static void print(FILE *to, json_t *root)
{
    (void)json_dumpf(root, to, JSON_INDENT(1));
    (void)fputc('\n', to);
}

static int one_pair(const char *dir, const char *name, bool update)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    char path[4096];
    enum gv_err err;
    json_t *got, *want;
    int failed = 0;

    (void)snprintf(path, sizeof(path), "%s/%s.txt", dir, name);
    read_into(path, obs, &err);
    got = as_json(obs, err);
    gv_observation_free(obs);
    (void)snprintf(path, sizeof(path), "%s/%s.json", dir, name);
    if (update) {
        (void)json_dump_file(got, path, JSON_INDENT(1));
    } else {
        want = json_load_file(path, 0, NULL);
        failed = want == NULL || !json_equal(got, want);
        if (failed) {
            printf("FAIL %s: got\n", name);
            print(stdout, got);
        }
        json_decref(want);
    }
    json_decref(got);
    return failed;
}

static int all_pairs(const char *dir, bool update)
{
    struct dirent *entry;
    int count = 0, failed = 0;
    DIR *d = opendir(dir);

    if (d == NULL) {
        perror(dir);
        return 2;
    }
    while ((entry = readdir(d)) != NULL) {
        char *point = strrchr(entry->d_name, '.');

        if (point == NULL || strcmp(point, ".txt") != 0)
            continue;
        *point = '\0';
        failed += one_pair(dir, entry->d_name, update);
        count++;
    }
    (void)closedir(d);
    printf("%d pairs, %d failed\n", count, failed);
    return failed > 0 || count == 0;
}

static int print_files(int count, char **files)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    enum gv_err err = GV_OK;
    json_t *root;

    for (int i = 0; i < count; i++)
        read_into(files[i], obs, &err);
    root = as_json(obs, err);
    print(stdout, root);
    json_decref(root);
    gv_observation_free(obs);
    return 0;
}

static void print_fact(const char *file, const char *what, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

    if (value != NULL)
        printf("%s %s %s\n", file, what, text);
    free(text);
}

static int print_facts(int count, char **files)
{
    for (int i = 0; i < count; i++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});
        const char *slash = strrchr(files[i], '/');
        const char *name = slash != NULL ? slash + 1 : files[i];
        enum gv_err err;
        json_t *root, *group;
        size_t n;

        read_into(files[i], obs, &err);
        root = as_json(obs, err);
        print_fact(name, "device", json_object_get(root, "device"));
        print_fact(name, "error", json_object_get(root, "error"));
        json_array_foreach(json_object_get(root, "groups"), n, group)
            print_fact(name, "group", group);
        json_decref(root);
        gv_observation_free(obs);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "--print") == 0)
        return print_files(argc - 2, argv + 2);
    if (argc >= 3 && strcmp(argv[1], "--facts") == 0)
        return print_facts(argc - 2, argv + 2);
    if (argc == 3 && strcmp(argv[1], "--update") == 0)
        return all_pairs(argv[2], true);
    if (argc == 2)
        return all_pairs(argv[1], false);
    (void)fprintf(stderr,
                  "usage: %s [--update] DIRECTORY | --print FILE... | --facts FILE...\n",
                  argv[0]);
    return 2;
}
