/* SPDX-License-Identifier: Apache-2.0 */
#include "process/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static const struct {
    const char *name, *usec, *pid; /* NULL: not set; "ours": this process */
    int64_t every_ms;
} rows[] = {
    {"not watched", NULL, NULL, 0},
    {"half the time", "30000000", NULL, 15000},
    {"of this process", "30000000", "ours", 15000},
    {"of another", "30000000", "1", 0},
    {"of nobody", "30000000", "", 0},
    {"no number", "30s", NULL, 0},
    {"a sign", "-1", NULL, 0},
    {"under a millisecond", "1999", NULL, 0},
    {"longer than any watchdog", "18446744073709551615", NULL, 0},
};

static void set(const char *name, const char *value)
{
    if (value == NULL)
        (void)unsetenv(name);
    else
        (void)setenv(name, value, 1);
}

int main(void)
{
    char ours[24];

    (void)snprintf(ours, sizeof(ours), "%d", (int)getpid());
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool own = rows[i].pid != NULL && strcmp(rows[i].pid, "ours") == 0;

        set("WATCHDOG_USEC", rows[i].usec);
        set("WATCHDOG_PID", own ? ours : rows[i].pid);
        CHECK_INT(rows[i].name, gv_notify_watchdog().ms, rows[i].every_ms);
    }
    return check_end();
}
