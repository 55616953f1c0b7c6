/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one line an event, on standard error, as logfmt or JSON.
 *
 * Text from devices may be passed: control characters are shown as \xNN, and a
 * line is cut at 1,000 characters. Secrets have no way in (struct gv_secret). */
#ifndef GV_IO_LOG_H
#define GV_IO_LOG_H

#include <stdbool.h>

enum gv_log_level { GV_LOG_DEBUG, GV_LOG_INFO, GV_LOG_WARN, GV_LOG_ERROR };
enum gv_log_format { GV_LOG_LOGFMT, GV_LOG_JSON };

/* Which lines are written, and how; the default is info, logfmt. */
void gv_log_setup(enum gv_log_level least, enum gv_log_format format);

/* "debug", "info", "warn", "error"; false for another word. */
bool gv_log_level_read(const char *word, enum gv_log_level *out);

/* Write one line. `target` names the target concerned, NULL where there is none. */
void gv_log(enum gv_log_level level, const char *target, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
