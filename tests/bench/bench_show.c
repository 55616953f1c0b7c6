/* SPDX-License-Identifier: Apache-2.0 */
/* Throughput of the show parsers on a concatenation of files, beside that of a copy.
 * usage: bench_show FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "ssh/show.h"

enum { TURNS = 2000, CEILING = 64 << 20 };

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
        char *at = gv_buf_room(all, 65536);

        n = at ? fread(at, 1, 65536, file) : 0;
        gv_buf_grew(all, n);
    } while (n > 0);
    gv_buf_add_char(all, '\n');
    (void)fclose(file);
}

int main(int argc, char **argv)
{
    struct gv_buf all = gv_buf(CEILING);
    double begun, read_s, copy_s;
    char *copy;

    for (int i = 1; i < argc; i++)
        add_file(&all, argv[i]);
    copy = malloc(all.n + 1);
    if (all.n == 0 || copy == NULL)
        return 1;
    begun = now();
    for (int turn = 0; turn < TURNS; turn++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});

        (void)!gv_show_read(gv_text(NULL), (struct gv_text){all.at, all.n}, obs);
        gv_observation_free(obs);
    }
    read_s = now() - begun;
    begun = now();
    for (int turn = 0; turn < TURNS; turn++) {
        memcpy(copy, all.at, all.n);
        __asm__ volatile("" : : "r"(copy) : "memory");
    }
    copy_s = now() - begun;
    printf("%zu octets, %d times: read %.0f MB/s, copied %.0f MB/s\n", all.n, TURNS,
           (double)all.n * TURNS / read_s / 1e6, (double)all.n * TURNS / copy_s / 1e6);
    free(copy);
    gv_buf_clear(&all);
    return 0;
}
