/* SPDX-License-Identifier: Apache-2.0 */
/* One target, asked once by each of its collectors: for the subcommands that poll. */
#ifndef GV_TOOL_POLL_H
#define GV_TOOL_POLL_H

#include "collector.h"
#include "store/store.h"

/* Begin with the first four; each result goes into the store, which knows the target. */
struct tool_poll {
    struct gv_loop *loop;
    struct gv_store *store;
    const struct gv_target *target;
    const char *only;        /* a collector's name; NULL: all of the target's */
    const char *failed_step; /* the collector that failed first: */
    enum gv_err err;
    char reason[GV_DETAIL_SIZE + 64];
    size_t polled; /* collectors */
};

/* Ask, one collector after the other, and say on standard error how each ended. */
void tool_poll_all(struct tool_poll *poll);

/* The failure is that nobody answered. */
bool tool_poll_silent(const struct tool_poll *poll);

#endif
