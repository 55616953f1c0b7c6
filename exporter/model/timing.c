/* SPDX-License-Identifier: Apache-2.0 */
#include "model/timing.h"

/* The sentence is before, a, between, b, after. */
static const struct proof {
    enum gv_behaviour behaviour;
    enum gv_confidence confidence;
    const char *before, *between, *after;
    bool has_b;
} proofs[] = {
    [GV_PROOF_NONE] = {GV_BEHAVIOUR_UNKNOWN, GV_LIKELY, "", "", "", false},
    [GV_PROOF_KS_REKEYED_AHEAD] = {GV_BEHAVIOUR_NEW, GV_CERTAIN, "it made the next KEK ",
                                   " s before the old one expired; the formula gives ", " s",
                                   true},
    [GV_PROOF_KS_REKEYED_EARLY] = {GV_BEHAVIOUR_NEW, GV_LIKELY, "it made the next KEK ",
                                   " s before the old one expired, as with a TEK rekey, or by "
                                   "hand; the formula gives ",
                                   " s", true},
    [GV_PROOF_KS_NO_SUCCESSOR] = {GV_BEHAVIOUR_OLD, GV_LIKELY, "as primary it had ",
                                  " s of its KEK left and no successor, which a key server "
                                  "with the new behaviour makes at least 200 s ahead",
                                  "", false},
    [GV_PROOF_KS_AFTER_EXPIRY] = {GV_BEHAVIOUR_OLD, GV_CERTAIN,
                                  "as primary it made the next KEK ",
                                  " s after the old one had expired", "", false},
    [GV_PROOF_GM_FROZEN] = {GV_BEHAVIOUR_OLD, GV_CERTAIN, "it showed the same KEK lifetime, ",
                            " s, in two polls ", " s apart", true},
    [GV_PROOF_GM_COUNTS_DOWN] = {GV_BEHAVIOUR_NEW, GV_CERTAIN,
                                 "its KEK lifetime counted down by ", " s in ", " s", true},
};

enum gv_behaviour gv_timing_behaviour(const struct gv_timing *timing)
{
    return proofs[timing->proof].behaviour;
}

enum gv_confidence gv_timing_confidence(const struct gv_timing *timing)
{
    return timing->assumed ? GV_LIKELY : proofs[timing->proof].confidence;
}

void gv_timing_text(const struct gv_timing *timing, struct gv_buf *text)
{
    const struct proof *proof = &proofs[timing->proof];

    if (timing->proof == GV_PROOF_NONE)
        return;
    if (timing->assumed)
        gv_buf_add_str(text, "its role is not told, and if it is the primary: ");
    gv_buf_add_str(text, proof->before);
    gv_buf_add_u64(text, (uint64_t)timing->a_s);
    gv_buf_add_str(text, proof->between);
    if (proof->has_b)
        gv_buf_add_u64(text, (uint64_t)timing->b_s);
    gv_buf_add_str(text, proof->after);
}
