/* SPDX-License-Identifier: Apache-2.0 */
/* Collector: the one interface of every transport.
 *
 * A session belongs to one target and lives from poll to poll; it holds what
 * makes the next poll cheap (learned instances, an engine id, a shell channel).
 * At most one poll is under way in a session. */
#ifndef GV_COLLECTOR_H
#define GV_COLLECTOR_H

#include "base/transcript.h"
#include "io/loop.h"
#include "observation.h"
#include "target.h"

struct gv_session; /* each transport's own */

enum { GV_DETAIL_SIZE = 256 };

/* How one poll ended. */
struct gv_poll_result {
    enum gv_err err;             /* GV_OK, or why the poll is not whole */
    char detail[GV_DETAIL_SIZE]; /* for people: what failed and what to do; no secret, no
                                  * control character; empty on success */
    struct gv_dur duration;
    unsigned requests;                  /* PDUs or commands sent */
    struct gv_observation *observation; /* what was read, also partial on failure;
                                         * NULL where nothing was. The callee owns it. */
};

typedef void gv_poll_done(void *arg, struct gv_poll_result *result);

struct gv_collector {
    const char *name; /* "snmp", "ssh", "restconf": the collector label */

    /* A session on `target`; sends nothing. NULL without memory. */
    struct gv_session *(*open)(struct gv_loop *loop, const struct gv_target *target);

    /* Begin one poll. `done` comes exactly once, never from inside start. */
    void (*start)(struct gv_session *session, gv_poll_done *done, void *arg);

    /* End the poll under way, if any: its `done` comes from inside cancel, with
     * GV_ERR_CANCELLED. */
    void (*cancel)(struct gv_session *session);

    /* Cancel, disconnect, release. NULL is fine. */
    void (*close)(struct gv_session *session);

    /* From the next start on, keep what the device answers in `transcript` too, which outlives
     * those polls. NULL: no longer. */
    void (*record)(struct gv_session *session, struct gv_transcript *transcript);
};

extern const struct gv_collector gv_snmp_collector;
extern const struct gv_collector gv_ssh_collector;
extern const struct gv_collector gv_restconf_collector;

#endif
