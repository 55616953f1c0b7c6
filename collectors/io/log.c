/* SPDX-License-Identifier: Apache-2.0 */
#include "io/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

enum { MESSAGE_SIZE = 1000, LINE_CEILING = 16384 };

static enum gv_log_level log_least = GV_LOG_INFO;
static enum gv_log_format log_format = GV_LOG_LOGFMT;

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void gv_log_setup(enum gv_log_level least, enum gv_log_format format)
{
    log_least = least;
    log_format = format;
}

bool gv_log_level_read(const char *word, enum gv_log_level *out)
{
    for (unsigned i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
        if (strcmp(word, level_names[i]) == 0) {
            *out = (enum gv_log_level)i;
            return true;
        }
    }
    return false;
}

/* Quoted, so that no text can forge a field or a line. */
static void add_quoted(struct gv_buf *line, const char *s)
{
    static const char digit[] = "0123456789abcdef";
    const char *escape = log_format == GV_LOG_JSON ? "\\u00" : "\\x";

    gv_buf_add_char(line, '"');
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == '"' || c == '\\') {
            gv_buf_add_char(line, '\\');
            gv_buf_add_char(line, *s);
        } else if (c < 0x20 || c >= 0x7f) {
            gv_buf_add_str(line, escape);
            gv_buf_add_char(line, digit[c >> 4]);
            gv_buf_add_char(line, digit[c & 15]);
        } else {
            gv_buf_add_char(line, *s);
        }
    }
    gv_buf_add_char(line, '"');
}

static void add_field(struct gv_buf *line, const char *key, const char *value)
{
    bool json = log_format == GV_LOG_JSON;

    gv_buf_add_str(line, json ? (line->n == 0 ? "{\"" : ",\"") : (line->n == 0 ? "" : " "));
    gv_buf_add_str(line, key);
    gv_buf_add_str(line, json ? "\":" : "=");
    add_quoted(line, value);
}

void gv_log(enum gv_log_level level, const char *target, const char *format, ...)
{
    char message[MESSAGE_SIZE], stamp[40];
    struct gv_buf line = gv_buf(LINE_CEILING);
    struct timespec now = {0};
    struct tm utc;
    va_list args;

    if (level < log_least)
        return;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);

    add_field(&line, "ts", stamp);
    add_field(&line, "level", level_names[level]);
    if (target != NULL)
        add_field(&line, "target", target);
    add_field(&line, "msg", message);
    gv_buf_add_str(&line, log_format == GV_LOG_JSON ? "}\n" : "\n");
    if (line.err == GV_OK)
        (void)!write(STDERR_FILENO, line.at, line.n);
    gv_buf_clear(&line);
}
