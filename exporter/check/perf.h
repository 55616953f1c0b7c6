/* SPDX-License-Identifier: Apache-2.0 */
/* Text and numbers fit for the one line of a plugin: what is read up to the first '|' by
 * people, and behind it by whatever draws graphs.
 *
 * Pure. Source: Monitoring Plugins Development Guidelines, "Plugin Output for Nagios" and
 * "Performance data". */
#ifndef GV_CHECK_PERF_H
#define GV_CHECK_PERF_H

#include "base/buf.h"
#include "check/range.h"

enum { GV_CLEAN_MOST = 160 }; /* octets of one text that is not ours */

/* Append `text`, which may come from a router: cut at GV_CLEAN_MOST octets on the boundary of a
 * character; control characters and what is no UTF-8 as \xNN; '|' as '/', a line feed as a
 * blank, and what Nagios takes for dangerous in a shell or a page (~$&"<> and the grave accent)
 * as '_'. */
void gv_clean_add(struct gv_buf *out, struct gv_text text);

/* Append thousandths as seconds, "787 s"; those below ten with their decimals. */
void gv_seconds_add(struct gv_buf *out, int64_t value);

/* One value; texts that are NULL are left out. */
struct gv_perf {
    const char *device, *group;                /* what it is of */
    const char *name;                          /* "kek_remaining" */
    const char *unit;                          /* "", "s", "c" */
    int64_t value;                             /* thousandths */
    const struct gv_range *warning, *critical; /* NULL: none */
    bool ranged;     /* gv_check_perf puts in the ranges of the check */
    bool below_zero; /* it may be; else its least is 0 */
    bool has_most;
    int64_t most; /* thousandths */
};

/* Append 'DEVICE GROUP NAME'=VALUE[UNIT];[WARNING];[CRITICAL];[0];[MOST], with a blank before
 * it where `out` is not empty; ' and = in a name as _. */
void gv_perf_add(struct gv_buf *out, const struct gv_perf *perf);

#endif
