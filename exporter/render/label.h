/* SPDX-License-Identifier: Apache-2.0 */
/* Text from devices made fit to be shown: invalid UTF-8 and control characters
 * become a visible \xNN, and label values are escaped and cut.
 *
 * Pure. Source: Prometheus text format 0.0.4, "Comments, help text, and type
 * information"; OpenMetrics 1.0, "Escaping". */
#ifndef GV_RENDER_LABEL_H
#define GV_RENDER_LABEL_H

#include "base/buf.h"

enum {
    GV_LABEL_MOST = 128,                      /* octets of a label value, before escaping */
    GV_LABEL_ESCAPED_MOST = 2 * GV_LABEL_MOST /* escaping at most doubles it */
};

/* Append `t`, each octet that is not part of a valid UTF-8 character, and each
 * control character but the line feed, as \xNN. */
void gv_visible_add(struct gv_buf *out, struct gv_text t);

/* Write `s`, visible as above, cut at GV_LABEL_MOST octets on the boundary of a
 * character, with backslash, quote and line feed escaped, to the
 * GV_LABEL_ESCAPED_MOST octets at `to`. How many octets were written; no NUL. */
size_t gv_label_escape(const char *s, char *to);

#endif
