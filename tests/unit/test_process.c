/* SPDX-License-Identifier: Apache-2.0 */
#include "process/process.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

int main(void)
{
    struct timespec wall, boot;
    struct gv_self before = {0}, after = {0};
    int64_t offset_ms, age_ms;
    int fd;

    CHECK("clocks", clock_gettime(CLOCK_REALTIME, &wall) == 0 &&
                        clock_gettime(CLOCK_BOOTTIME, &boot) == 0);
    offset_ms = (wall.tv_sec - boot.tv_sec) * 1000 + (wall.tv_nsec - boot.tv_nsec) / 1000000;
    gv_process_read(&before, offset_ms);
    CHECK("memory", before.resident_bytes > 100000);
    CHECK("descriptors", before.open_fds >= 3);
    age_ms = wall.tv_sec * 1000 - before.started_unix_ms;
    CHECK("begun before now, and not long ago", age_ms > -2000 && age_ms < 3600000);
    fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    gv_process_read(&after, offset_ms);
    CHECK_INT("one descriptor more", after.open_fds, before.open_fds + 1);
    CHECK_INT("the same start", after.started_unix_ms, before.started_unix_ms);
    (void)close(fd);
    return check_end();
}
