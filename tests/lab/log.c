/* SPDX-License-Identifier: Apache-2.0 */
/* What a box keeps of its log. */
#include <stdio.h>
#include <time.h>

#include "machine.h"

void lab_log_keep(struct lab_fleet *fleet, uint32_t number, const char *line)
{
    struct lab_device *device = &fleet->devices[number];
    time_t seconds = fleet->clock_s + fleet->now.ms / 1000;
    char stamp[32] = "";
    struct tm parts;

    if (device->log == NULL)
        device->log = gv_arena_alloc(&fleet->arena, sizeof(*device->log));
    if (device->log == NULL)
        return;
    if (gmtime_r(&seconds, &parts) != NULL)
        (void)strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &parts);
    (void)snprintf(device->log->lines[device->log->count++ % LAB_LOG_LINES], LAB_LOG_LINE,
                   "%s.%03d: %s", stamp, (int)(fleet->now.ms % 1000), line);
}

void lab_log_clear(struct lab_device *device)
{
    if (device->log != NULL)
        device->log->count = 0;
}
