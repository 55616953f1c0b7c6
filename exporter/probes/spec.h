/* SPDX-License-Identifier: Apache-2.0 */
/* A probe as configured. */
#ifndef GV_PROBE_SPEC_H
#define GV_PROBE_SPEC_H

#include "gdoi/client.h"

/* What it points to is the configuration's. */
struct gv_probe_spec {
    const char *name, *ks, *group; /* labels */
    struct gv_dur interval;        /* not under GV_PROBE_FLOOR_S */
    struct gdoi_client_config client;
    struct gdoi_credential *credential; /* for RSA signatures; else NULL */
    struct gv_secret *psk;              /* else this */
    uint16_t nat_port;
    const char *interface; /* NULL: the one of the local address */
};

/* The same probe in every respect: one that goes on over a reload. */
bool gv_probe_spec_equal(const struct gv_probe_spec *a, const struct gv_probe_spec *b);

/* A copy with texts and suites of its own, and a share in key and credential; *out is zeroed
 * before. GV_ERR_NO_MEMORY leaves what gv_probe_spec_clear clears. */
enum gv_err gv_probe_spec_copy(const struct gv_probe_spec *spec,
                               struct gv_probe_spec *out) GV_MUST_CHECK;
void gv_probe_spec_clear(struct gv_probe_spec *spec); /* only a copy */

#endif
