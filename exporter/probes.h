/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of the exporter: when they register, and what they have seen.
 *
 * At most one registration under way at a key server, none within 300 s of another there (but
 * for the one in a KEK's last 190 s), six a minute in all. Each one is written to the state
 * directory before its first datagram, so that no crash and no restart makes them more. */
#ifndef GV_PROBES_H
#define GV_PROBES_H

#include "gdoi/driver.h"
#include "model/probe.h"

struct gv_probes;

/* A configured probe. What it points to is copied or shared. */
struct gv_probe_spec {
    const char *name, *ks, *group; /* labels */
    struct gv_dur interval;        /* not under GV_PROBE_FLOOR_S */
    struct gdoi_client_config client;
    struct gdoi_credential *credential; /* for RSA signatures; else NULL */
    struct gv_secret *psk;              /* else this */
    uint16_t nat_port;
    const char *interface; /* NULL: the one of the local address */
};

/* No probe yet. `changed` is called whenever something was seen. The directory is copied. NULL
 * without memory. */
struct gv_probes *gv_probes_new(struct gv_loop *loop, const char *state_directory,
                                void (*changed)(void *arg), void *arg);
void gv_probes_free(struct gv_probes *probes); /* NULL is fine */

/* Make the set of probes that of `specs`. One that is the same as before goes on as it is; a
 * changed one begins anew, within the same budget. GV_ERR_NO_MEMORY leaves all as it was. A
 * probe that cannot listen is logged, and tried again with its next registration. */
enum gv_err gv_probes_set(struct gv_probes *probes, const struct gv_probe_spec *specs,
                          size_t count) GV_MUST_CHECK;

/* What each has seen, in the order of the specs. Valid until the next gv_probes_set. */
size_t gv_probes_count(const struct gv_probes *probes);
const struct gv_probe_seen *const *gv_probes_seen(const struct gv_probes *probes);

#endif
