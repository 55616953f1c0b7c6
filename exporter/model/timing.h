/* SPDX-License-Identifier: Apache-2.0 */
/* Timing as evidence: which sight proves the old or the new behaviour, and the
 * sentence that says so.
 *
 * Pure. Source: rekey-behaviour, chapter 4, item 1. */
#ifndef GV_MODEL_TIMING_H
#define GV_MODEL_TIMING_H

#include "base/buf.h"
#include "base/time.h"
#include "model/behaviour.h"

/* Which sight proved the behaviour, with the numbers for its sentence. */
enum gv_timing_proof {
    GV_PROOF_NONE,
    GV_PROOF_KS_REKEYED_AHEAD, /* new: lead `a` s, formula `b` s */
    GV_PROOF_KS_REKEYED_EARLY, /* new, likely: the same, but a manual rekey may look so too */
    GV_PROOF_KS_NO_SUCCESSOR,  /* old, likely: `a` s left, no new KEK; or a rekey too late */
    GV_PROOF_KS_AFTER_EXPIRY,  /* old: new KEK `a` s after the old one's expiry */
    GV_PROOF_GM_FROZEN,        /* old: `a` s left in two polls `b` s apart */
    GV_PROOF_GM_COUNTS_DOWN,   /* new: `a` s less left in two polls `b` s apart */
    GV_PROOF_COUNT
};

struct gv_timing {
    enum gv_timing_proof proof;
    int64_t a_s, b_s;
    struct gv_time at;
    bool assumed; /* of a KS that does not tell its role: it was taken for the primary */
};

/* The behaviour that the timing proves, and one sentence with the numbers
 * appended to `text`. GV_BEHAVIOUR_UNKNOWN, and nothing appended, without proof. */
enum gv_behaviour gv_timing_behaviour(const struct gv_timing *timing);
enum gv_confidence gv_timing_confidence(const struct gv_timing *timing);
void gv_timing_text(const struct gv_timing *timing, struct gv_buf *text);

#endif
