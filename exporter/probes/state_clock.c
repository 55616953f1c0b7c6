/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/state_clock.h"

#include <fcntl.h>
#include <unistd.h>

enum { BOOT_ID = 36 /* characters */ };

static const char mark[] = "clock";

static bool boot_id(char out[BOOT_ID + 1])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, BOOT_ID) : -1;

    if (fd >= 0)
        (void)close(fd);
    out[BOOT_ID] = '\0';
    return n == BOOT_ID;
}

void gv_state_clock_text(struct gv_time now, int64_t unix_s, struct gv_buf *out)
{
    char id[BOOT_ID + 1];

    if (!boot_id(id) || now.ms < 0 || unix_s < 0)
        return;
    gv_buf_add_str(out, mark);
    gv_buf_add_char(out, ' ');
    gv_buf_add_str(out, id);
    gv_buf_add_char(out, ' ');
    gv_buf_add_u64(out, (uint64_t)now.ms);
    gv_buf_add_char(out, ' ');
    gv_buf_add_u64(out, (uint64_t)unix_s);
    gv_buf_add_char(out, '\n');
}

int64_t gv_state_clock_read(struct gv_text text, struct gv_time now, int64_t unix_s)
{
    char id[BOOT_ID + 1];
    struct gv_text line, word;
    uint64_t then, wall;

    if (!boot_id(id))
        return unix_s;
    while (gv_text_line(&text, &line))
        if (gv_text_word(&line, &word) && gv_text_is(word, mark) &&
            gv_text_word(&line, &word) && gv_text_is(word, id) && gv_text_word(&line, &word) &&
            gv_text_u64(word, &then) && gv_text_u64(gv_text_trim(line), &wall) &&
            then <= (uint64_t)now.ms && wall <= INT64_MAX / 2000)
            return (int64_t)wall + (now.ms - (int64_t)then) / 1000;
    return unix_s;
}
