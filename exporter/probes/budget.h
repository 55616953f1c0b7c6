/* SPDX-License-Identifier: Apache-2.0 */
/* What registrations cost key servers: when each was asked last, and when it may be asked
 * again.
 *
 * No clock and no file: `now` is the boot clock's, `unix_s` the wall clock's at the same
 * instant. Source: the notes on threats, 2.9. */
#ifndef GV_PROBE_BUDGET_H
#define GV_PROBE_BUDGET_H

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "gdoi/client.h"

enum {
    GV_PROBE_SPACING_S = 10, /* between two registrations anywhere: six a minute */
    GV_PROBE_KEPT_S =
        2 * 86400, /* an attempt is written down for so long: no interval is as long */
};

/* What all probes of one key server share. */
struct gv_probe_server {
    struct gv_probe_server *next;
    struct gdoi_endpoint address;
    bool busy;                     /* a registration is under way */
    bool attempted, excepted;      /* once at least: */
    struct gv_time last;           /* when the last registration began */
    struct gv_time last_exception; /* the last one in a KEK's last 190 s */
};

/* Begin with {0}. */
struct gv_probe_budget {
    struct gv_probe_server *servers;
    bool attempted; /* anywhere */
    struct gv_time last;
    bool unreadable; /* what was written down: every key server may just have been asked */
    struct gv_time unreadable_at;
};

void gv_probe_budget_clear(struct gv_probe_budget *budget);

/* The key server at that address, from now on or already. NULL without memory. */
struct gv_probe_server *gv_probe_budget_server(struct gv_probe_budget *budget,
                                               const struct gdoi_endpoint *address);

/* The earliest instant, not before `due`, for a registration at that key server: 300 s after
 * the last one there, or where `exception`, after the last exception there; and 10 s after the
 * last one anywhere. */
struct gv_time gv_probe_budget_allows(const struct gv_probe_budget *budget,
                                      const struct gv_probe_server *server, struct gv_time due,
                                      bool exception);

/* A registration begins. */
void gv_probe_budget_began(struct gv_probe_budget *budget, struct gv_probe_server *server,
                           bool exception, struct gv_time now);

/* A line for each key server: its address, and when it was last asked in Unix time. */
void gv_probe_budget_text(const struct gv_probe_budget *budget, struct gv_time now,
                          int64_t unix_s, struct gv_buf *out);

/* Read such lines; others are passed over. An attempt in the future (a stepped clock) counts as
 * just now. */
enum gv_err gv_probe_budget_read(struct gv_probe_budget *budget, struct gv_text text,
                                 struct gv_time now, int64_t unix_s) GV_MUST_CHECK;

/* What was written down cannot be read: assume the worst of every key server. */
void gv_probe_budget_unreadable(struct gv_probe_budget *budget, struct gv_time now);

/* An instant as it is written down, and back. A second has room for a registration at its end:
 * read back, it is that. */
int64_t gv_probe_written(struct gv_time at, struct gv_time now, int64_t unix_s);
struct gv_time gv_probe_read_back(int64_t written, struct gv_time now, int64_t unix_s);

#endif
