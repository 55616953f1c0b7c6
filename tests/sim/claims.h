/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: what the exporter says against what is true. A claim that is not made is never
 * false here; what must be found is the scenario's to expect. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "model/snapshot.h"
#include "stage.h"
#include "truth.h"

/* The rules; a scenario may allow some to be broken. */
enum claim {
    CLAIM_BEHAVIOUR, /* old or new of a KS or GM */
    CLAIM_MISMATCH,
    CLAIM_VERDICT, /* more rekeys of a verdict than there were */
    CLAIM_DOUBLES, /* double registrations */
    CLAIM_SYNC,    /* a member is out of sync */
    CLAIM_SPLIT,
    CLAIM_PRIMARIES,
    CLAIM_REGISTERED, /* a member is not registered */
    CLAIM_EXPIRY,     /* when a KEK ends */
    CLAIM_COUNT
};

const char *claim_name(enum claim claim);

struct claims {
    const struct truth *truth;
    const struct stage *stage;
    const char *name; /* of the run, for the messages */
    unsigned allowed; /* bit 1 << enum claim */
    uint64_t faults[CLAIM_COUNT];
    uint64_t made;      /* claims that were compared */
    unsigned told;      /* messages so far */
    struct gv_time now; /* of the fleet */
};

/* Compare everything in the snapshot that the stage's exporter gives now. */
void claims_check(struct claims *claims, const struct gv_snapshot *snapshot);

/* Faults of all rules that are not allowed. */
uint64_t claims_faults(const struct claims *claims);

/* Does the key server mismatch members of its group, now or within `since` before? */
bool claims_mismatch_is_true(const struct truth_ks *ks, const struct truth *truth,
                             struct gv_time since);

#endif
