/* SPDX-License-Identifier: Apache-2.0 */
/* check_getvpn without its sockets: a document of the exporter's API in, one verdict in the
 * form of the Monitoring Plugins out.
 *
 * Pure. Nothing is decided here that the document tells: verdicts are the exporter's, numbers
 * are compared with ranges. The document is as hostile as whoever sent it. */
#ifndef GV_CHECK_H
#define GV_CHECK_H

#include "base/buf.h"
#include "base/time.h"
#include "check/range.h"

/* The exit codes of the guidelines. */
enum gv_check_state {
    GV_CHECK_OK,
    GV_CHECK_WARNING,
    GV_CHECK_CRITICAL,
    GV_CHECK_UNKNOWN,
    GV_CHECK_STATES
};

enum {
    GV_CHECK_DOCUMENT_MOST = 64 << 20, /* octets of a document */
    GV_CHECK_OUTPUT_MOST = 64 << 10,   /* octets of an answer */
    GV_CHECK_VALUES_MOST = 64,         /* things with performance data of their own */
    GV_CHECK_NAMED_MOST = 3            /* things that the first line names */
};

struct gv_check_mode;

/* What is asked. */
struct gv_check_ask {
    const struct gv_check_mode *mode;
    struct gv_range warning, critical; /* both without text: the mode's own */
    const char *device, *group;        /* patterns with * and ?; NULL: all */
    struct gv_dur max_age;             /* an older observation is no answer */
    unsigned verbose;                  /* 0..3 */
};

/* The mode of that name; NULL where there is none. The one at `i`, for lists of them; NULL
 * after the last. */
const struct gv_check_mode *gv_check_mode_find(const char *name);
const struct gv_check_mode *gv_check_mode_at(size_t i);

/* "kek"; what its ranges are compared with, and those it has where none is given. */
const char *gv_check_mode_name(const struct gv_check_mode *mode);
const char *gv_check_mode_help(const struct gv_check_mode *mode);
const char *gv_check_mode_warning(const struct gv_check_mode *mode);  /* "" */
const char *gv_check_mode_critical(const struct gv_check_mode *mode); /* "" */

/* What to ask the exporter for, appended: the path of one device's document where that holds
 * all that the mode needs, else the fleet's. */
void gv_check_path(const struct gv_check_ask *ask, struct gv_buf *out);

/* Judge `document`, /api/v1/fleet or /api/v1/devices/NAME, and append the answer: a line with
 * performance data, then as many as `verbose` asks for, each with its line feed. One that is
 * no such document, or tells nothing of what is asked, is UNKNOWN. */
enum gv_check_state gv_check_judge(const struct gv_check_ask *ask, struct gv_text document,
                                   struct gv_buf *out);

/* Append the line of a check that could not be made: UNKNOWN, `what`, `detail` (NULL: none).
 * `mode` may be NULL. */
void gv_check_unknown(const struct gv_check_mode *mode, const char *what, const char *detail,
                      struct gv_buf *out);

/* "OK", ... */
const char *gv_check_state_name(enum gv_check_state state);

/* The worse of two: CRITICAL over WARNING over UNKNOWN over OK. A fault that is seen outranks
 * what is not known, and what is not known does not pass for OK. */
enum gv_check_state gv_check_worse(enum gv_check_state a, enum gv_check_state b);

#endif
