/* SPDX-License-Identifier: Apache-2.0 */
/* A syslog file, read as a whole: its events in the order in which they happened, and what
 * they say of each GM's rekeys. Lines of several devices may lie mixed in it. */
#ifndef GV_SYSLOG_LOG_H
#define GV_SYSLOG_LOG_H

#include "base/arena.h"
#include "model/signature.h"

enum { GV_SYSLOG_LOG_EVENTS = 500000 }; /* most events of one log */

struct gv_syslog_row {
    struct gv_event event; /* its instant in Unix milliseconds */
    int64_t order_ms;      /* of the event, or of the last one before it that has an instant */
    size_t line;           /* of the file, from 0 */
    const char *source;    /* the names before the message */
};

struct gv_syslog_finding {
    struct gv_finding finding;
    const char *group, *ks, *gm; /* empty where the log does not tell */
    int64_t order_ms;            /* when it happened; INT64_MAX where nobody knows */
    size_t number;               /* in the order in which they were found */
};

struct gv_syslog_log {
    struct gv_arena arena;
    struct gv_syslog_row *rows;
    size_t row_count, row_room;
    struct gv_syslog_finding *findings; /* in the order in which they happened */
    size_t finding_count, finding_room;
};

/* Read `text` into *log; release it with gv_syslog_log_clear, whatever comes back. A stamp
 * without a year is of the year that puts it last before `now_ms`. GV_ERR_TOO_LARGE where there
 * are more events: those before are there. */
enum gv_err gv_syslog_log_read(struct gv_text text, int64_t now_ms,
                               struct gv_syslog_log *log) GV_MUST_CHECK;
void gv_syslog_log_clear(struct gv_syslog_log *log);

#endif
