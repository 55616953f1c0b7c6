/* SPDX-License-Identifier: Apache-2.0 */
/* The interoperability matrix: a key server's behaviour against a member's.
 *
 * Pure. Source: Cisco note 116737; rekey-behaviour, chapter 3. */
#ifndef GV_MODEL_INTEROP_H
#define GV_MODEL_INTEROP_H

#include "model/behaviour.h"

/* Values appear in JSON: append only. */
enum gv_interop {
    GV_INTEROP_UNKNOWN,
    GV_INTEROP_OK,
    GV_INTEROP_INFORMATIONAL,
    GV_INTEROP_MISMATCH
};

/* "unknown", "ok", "informational", "mismatch". Static string, never NULL. */
const char *gv_interop_name(enum gv_interop outcome);

/* The known GMs of a group, by behaviour. */
struct gv_interop_members {
    size_t fresh, old, unknown; /* fresh: the new behaviour */
};

/* One KS with one GM. */
enum gv_interop gv_interop_judge(enum gv_behaviour ks, enum gv_behaviour gm);

/* One KS with all known GMs of its group: the worst outcome among them. A GM of
 * unknown behaviour hides nothing on a new KS, which no GM mismatches. */
enum gv_interop gv_interop_judge_group(enum gv_behaviour ks,
                                       const struct gv_interop_members *members);

/* Registrations in about 270 s, every KEK lifetime, that `fresh` new GMs cause
 * on an old KS: two each. */
size_t gv_interop_storm(size_t fresh);

/* Two sentences: what happens, and what to do. Static string, never NULL. */
const char *gv_interop_text(enum gv_behaviour ks, enum gv_behaviour gm);

#endif
