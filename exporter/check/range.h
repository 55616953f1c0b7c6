/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges: for which values a plugin alerts.
 *
 * Pure. Source: Monitoring Plugins Development Guidelines, "Threshold and Ranges":
 * [@]START:END. Outside of START..END, both included, it alerts; with @ inside. START is 0
 * where it and the colon are left out, END has no limit where it is left out, ~ as START is
 * without limit. Numbers have at most three decimals, and are kept in thousandths. */
#ifndef GV_CHECK_RANGE_H
#define GV_CHECK_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct gv_range {
    struct gv_text text;   /* as it was written; empty: no range, which never alerts */
    bool inside;           /* @ */
    bool no_start, no_end; /* without limit there */
    int64_t start, end;    /* thousandths */
};

/* Read `text`, which *out then points to. On failure *why says what is wrong, a static text:
 * GV_ERR_MALFORMED, or GV_ERR_RANGE where START is beyond END. */
enum gv_err gv_range_read(struct gv_text text, struct gv_range *out,
                          const char **why) GV_MUST_CHECK;

/* True where the value, in thousandths, calls for an alert. */
bool gv_range_alerts(const struct gv_range *range, int64_t value);

#endif
