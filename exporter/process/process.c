/* SPDX-License-Identifier: Apache-2.0 */
/* Source: proc(5), /proc/self/stat; its start time counts from boot, in ticks. */
#include "process/process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAT_SIZE = 1024, FIELD_START = 22, FIELD_RSS = 24, FIELD_AFTER_NAME = 3 };

/* The fields of /proc/self/stat behind the program's name, which may hold blanks. */
static struct gv_text read_stat(char octets[STAT_SIZE])
{
    FILE *file = fopen("/proc/self/stat", "re");
    size_t n = file != NULL ? fread(octets, 1, STAT_SIZE - 1, file) : 0;
    const char *name_end;

    if (file != NULL)
        (void)fclose(file);
    octets[n] = '\0';
    name_end = strrchr(octets, ')');
    return gv_text(name_end != NULL ? name_end + 1 : "");
}

/* Field `number` as proc(5) counts them; 0 where it is not there. */
static uint64_t field(struct gv_text rest, int number)
{
    struct gv_text word = {NULL, 0};
    uint64_t value = 0;

    for (int i = FIELD_AFTER_NAME; i <= number; i++)
        if (!gv_text_word(&rest, &word))
            return 0;
    (void)gv_text_u64(word, &value);
    return value;
}

/* Linux tells the number as the directory's size since 6.2; before, each name is read. */
static uint64_t count_fds(void)
{
    struct stat told;
    DIR *dir;
    uint64_t n = 0;

    if (stat("/proc/self/fd", &told) == 0 && told.st_size > 0)
        return (uint64_t)told.st_size;
    dir = opendir("/proc/self/fd");
    if (dir == NULL)
        return 0;
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
        n += e->d_name[0] != '.' ? 1 : 0;
    (void)closedir(dir);
    return n - 1; /* less the one that counts */
}

static uint64_t cpu_ms(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

void gv_process_read(struct gv_self *self, int64_t wall_offset_ms)
{
    char octets[STAT_SIZE];
    struct gv_text stat = read_stat(octets);
    int64_t ticks = sysconf(_SC_CLK_TCK);
    uint64_t start = field(stat, FIELD_START);

    self->resident_bytes = field(stat, FIELD_RSS) * (uint64_t)sysconf(_SC_PAGESIZE);
    self->cpu_ms = cpu_ms();
    self->open_fds = count_fds();
    self->started_unix_ms = start > 0 ? wall_offset_ms + (int64_t)start * 1000 / ticks : 0;
}
