/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "io/log.h"

static const struct {
    const char *name;
    enum gv_log_format format;
    const char *target, *message;
    const char *want; /* the end of the line, after the time stamp */
} rows[] = {
    {"plain", GV_LOG_LOGFMT, "ks-1", "poll failed",
     "level=\"warn\" target=\"ks-1\" msg=\"poll failed\"\n"},
    {"no target", GV_LOG_LOGFMT, NULL, "started", "level=\"warn\" msg=\"started\"\n"},
    {"a line of its own cannot be forged", GV_LOG_LOGFMT, NULL, "x\"\nlevel=error",
     "msg=\"x\\\"\\x0alevel=error\"\n"},
    {"terminal escapes are shown", GV_LOG_LOGFMT, "\x1b[2Jgm", "a\\b",
     "target=\"\\x1b[2Jgm\" msg=\"a\\\\b\"\n"},
    {"json", GV_LOG_JSON, "gm", "bell\a \xc3\xa9",
     ",\"target\":\"gm\",\"msg\":\"bell\\u0007 \\u00c3\\u00a9\"}\n"},
};

static size_t run(size_t i, int ends[2], char *line, size_t size)
{
    ssize_t n;

    gv_log_setup(GV_LOG_INFO, rows[i].format);
    gv_log(GV_LOG_DEBUG, NULL, "below the level");
    gv_log(GV_LOG_WARN, rows[i].target, "%s", rows[i].message);
    n = read(ends[0], line, size - 1);
    return n > 0 ? (size_t)n : 0;
}

int main(void)
{
    enum gv_log_level level = GV_LOG_INFO;
    int ends[2], screen = dup(STDERR_FILENO);

    CHECK_INT("pipe", pipe(ends), 0);
    CHECK("dup2", dup2(ends[1], STDERR_FILENO) >= 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char line[4096];
        size_t n = run(i, ends, line, sizeof(line)), want = strlen(rows[i].want);

        line[n] = '\0';
        CHECK_STR(rows[i].name, n > want ? line + n - want : line, rows[i].want);
        CHECK(rows[i].name, strstr(line, "below") == NULL);
    }
    (void)dup2(screen, STDERR_FILENO);
    CHECK("known level", gv_log_level_read("error", &level) && level == GV_LOG_ERROR);
    CHECK("unknown level", !gv_log_level_read("loud", &level) && level == GV_LOG_ERROR);
    return check_end();
}
