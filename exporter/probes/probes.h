/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of the exporter: when they register, and what they have seen.
 *
 * At most one registration under way at a key server, none within 300 s of another there (but
 * for the one in a KEK's last 190 s), six a minute in all. Each one is written to the state
 * directory before its first datagram, and so is each failure, so that no crash and no restart
 * makes them more. */
#ifndef GV_PROBES_H
#define GV_PROBES_H

#include "gdoi/driver.h"
#include "model/probe.h"
#include "probes/spec.h"

struct gv_probes;

/* Whom the probes belong to. */
struct gv_probes_owner {
    /* Something was seen. */
    void (*changed)(void *arg);
    /* Until when no registration at that key server is welcome, because it or its group has
     * its hands full: an instant that has passed where nothing is the matter. `why`, a static
     * text, says what is. NULL: nobody knows. */
    struct gv_time (*busy_until)(void *arg, const struct gv_probe_spec *spec, const char **why);
    void *arg;
};

/* No probe yet. The directory is copied. NULL without memory. */
struct gv_probes *gv_probes_new(struct gv_loop *loop, const char *state_directory,
                                const struct gv_probes_owner *owner);
void gv_probes_free(struct gv_probes *probes); /* NULL is fine */

/* Make the set of probes that of `specs`, whose texts are copied. One that is the same as
 * before goes on as it is; a changed one begins anew, within the same budget; of one that is
 * gone nothing is sent any more. GV_ERR_NO_MEMORY leaves all as it was. A probe that cannot
 * listen is logged, and tried again with its next registration. */
enum gv_err gv_probes_set(struct gv_probes *probes, const struct gv_probe_spec *specs,
                          size_t count) GV_MUST_CHECK;

/* End the pauses after failures: the operator says it is worth a try. The floors stay. */
void gv_probes_resume(struct gv_probes *probes);

/* What each has seen, in the order of the specs. Valid until the next gv_probes_set. */
size_t gv_probes_count(const struct gv_probes *probes);
const struct gv_probe_seen *const *gv_probes_seen(const struct gv_probes *probes);

#endif
