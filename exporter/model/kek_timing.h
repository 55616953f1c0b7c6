/* SPDX-License-Identifier: Apache-2.0 */
/* KEK rekey timing: when is the next rekey due, and was the last one in time?
 *
 * Pure. Source: Cisco note 116737 "GETVPN KEY Rekey Behavior Change". */
#ifndef GV_MODEL_KEK_TIMING_H
#define GV_MODEL_KEK_TIMING_H

#include "base/error.h"
#include "base/time.h"
#include "observation.h"

/* Values appear in metrics and in JSON: append only. */
enum gv_rekey_verdict {
    GV_REKEY_UNKNOWN,
    GV_REKEY_EARLY,        /* merged with a TEK rekey, manual, policy: never a fault */
    GV_REKEY_ON_TIME,
    GV_REKEY_LATE,         /* within the 200 s guarantee, but behind the formula */
    GV_REKEY_TOO_LATE,     /* new GMs may already be re-registering */
    GV_REKEY_AFTER_EXPIRY, /* at expiry or later: the old behaviour */
    GV_REKEY_MISSED,       /* the old KEK is gone and no new one came */
    GV_REKEY_VERDICT_COUNT
};

/* "unknown", "early", "on_time", ... Static string, never NULL. */
const char *gv_rekey_verdict_name(enum gv_rekey_verdict verdict);

/* What the formula needs, and where each part is a guess. */
struct gv_rekey_policy {
    enum gv_rekey_transport transport; /* the per-member term is unicast's only */
    uint32_t retransmits;              /* N */
    struct gv_dur interval;            /* R */
    uint32_t members;                  /* registered GMs of the group */
    bool retransmits_assumed;          /* N, R are IOS's defaults, no source told them */
    bool members_assumed;
};

#endif
