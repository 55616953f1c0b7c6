/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over every file of a corpus directory: the corpus as an
 * ordinary test, with any compiler. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST_SEED = 16 << 20 };

static int replay(const char *dir, const char *name)
{
    char path[4096];
    uint8_t *data;
    size_t n;
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return -1;
    }
    data = malloc(LARGEST_SEED);
    n = data ? fread(data, 1, LARGEST_SEED, file) : 0;
    (void)fclose(file);
    if (data != NULL) {
        /* An exact copy, so that a read past the end is seen. */
        uint8_t *exact = realloc(data, n > 0 ? n : 1);

        data = exact ? exact : data;
        (void)LLVMFuzzerTestOneInput(data, n);
    }
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent *entry;
    int replayed = 0;
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;

    if (dir == NULL) {
        (void)fprintf(stderr, "usage: %s CORPUS-DIRECTORY\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (replay(argv[1], entry->d_name) != 0)
            return 1;
        replayed++;
    }
    (void)closedir(dir);
    printf("%d inputs replayed\n", replayed);
    return replayed > 0 ? 0 : 1;
}
