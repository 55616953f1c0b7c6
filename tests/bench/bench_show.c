/* SPDX-License-Identifier: Apache-2.0 */
/* Throughput of the show parsers on a concatenation of outputs, beside that of a copy.
 * usage: bench_show DIRECTORY (of *.txt) */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "ssh/show.h"

/* The outputs over and over, too many octets for a cache. */
enum { OCTETS = 16 << 20, TURNS = 20, PIECE = 65536 };

static double now(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void add_file(struct gv_buf *all, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t n;

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    do {
        char *at = gv_buf_room(all, PIECE);

        n = at ? fread(at, 1, PIECE, file) : 0;
        gv_buf_grew(all, n);
    } while (n > 0);
    gv_buf_add_char(all, '\n');
    (void)fclose(file);
}

static void add_directory(struct gv_buf *all, const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    char path[4096];

    if (d == NULL) {
        perror(dir);
        exit(1);
    }
    while ((entry = readdir(d)) != NULL) {
        const char *point = strrchr(entry->d_name, '.');

        if (point == NULL || strcmp(point, ".txt") != 0)
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
        add_file(all, path);
    }
    (void)closedir(d);
}

static double read_seconds(struct gv_text text)
{
    double begun = now();

    for (int turn = 0; turn < TURNS; turn++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});

        if (gv_show_read(gv_text(NULL), text, obs) != GV_OK) { /* not all was read */
            (void)fputs("bench_show: the outputs could not be read\n", stderr);
            exit(1);
        }
        gv_observation_free(obs);
    }
    return now() - begun;
}

static double copy_seconds(struct gv_text text, char *to)
{
    double begun = now();

    for (int turn = 0; turn < TURNS; turn++) {
        memcpy(to, text.at, text.n);
        __asm__ volatile("" : : "r"(to) : "memory");
    }
    return now() - begun;
}

int main(int argc, char **argv)
{
    struct gv_buf once = gv_buf(OCTETS), all = gv_buf(2 * OCTETS);
    double megabytes, read_s;
    char *copy;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    add_directory(&once, argv[1]);
    while (once.n > 0 && all.n < OCTETS && all.err == GV_OK)
        gv_buf_add(&all, once.at, once.n);
    copy = calloc(1, all.n + 1);
    if (all.n == 0 || copy == NULL)
        return 1;
    megabytes = (double)all.n * TURNS / 1e6;
    read_s = read_seconds((struct gv_text){all.at, all.n});
    printf("%zu octets of outputs, %zu in all, %d times: read %.0f MB/s, copied %.0f MB/s\n",
           once.n, all.n, TURNS, megabytes / read_s,
           megabytes / copy_seconds((struct gv_text){all.at, all.n}, copy));
    free(copy);
    gv_buf_clear(&once);
    gv_buf_clear(&all);
    return 0;
}
