/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a track: the verdict on one rekey, and what only a GM's side has. Only for
 * track*.c. */
#ifndef GV_MODEL_TRACK_PARTS_H
#define GV_MODEL_TRACK_PARTS_H

#include "model/track.h"

/* What is only likely takes the place of nothing that is certain. */
static inline void track_prove(struct gv_track *track, enum gv_timing_proof proof, int64_t a_s,
                               int64_t b_s, struct gv_time at)
{
    struct gv_timing fresh = {proof, a_s, b_s, at, track->role_assumed};

    if (gv_timing_confidence(&fresh) == GV_CERTAIN ||
        gv_timing_confidence(&track->timing) == GV_LIKELY)
        track->timing = fresh;
}

/* The value that this GM shows does not count down. */
static inline bool track_frozen(const struct gv_track *track)
{
    return track->timing.proof == GV_PROOF_GM_FROZEN;
}

/* Display rounding; and more than a slow answer delays by. */
enum { TRACK_ROUNDING_S = 2, TRACK_SURELY_LATER_S = 30 };

/* When a new KEK was born, and by how much that may be wrong. */
struct track_birth {
    struct gv_time at;
    struct gv_dur unresolved;
};
struct track_birth track_birth_of(const struct gv_track *track, const struct gv_kek_life *fresh,
                                  const struct gv_gm_obs *gm);

/* What the feed changes before the KEK is looked at, as it was. */
struct track_past {
    struct gv_kek_life next;
    uint32_t rekeys_sent; /* 0: not counted */
};

/* The verdict on the rekey that brought `fresh` in the place of the track's KEK, whose end is
 * given in *old_end. GV_REKEY_UNKNOWN where what was seen does not decide. */
enum gv_rekey_verdict track_judge(const struct gv_track *track, const struct gv_kek_life *fresh,
                                  const struct gv_rekey_policy *policy,
                                  const struct gv_track_in *in, const struct track_past *past,
                                  struct track_birth birth, struct gv_when *old_end);

/* Remember this sight of a KEK, for later ones to be compared with. */
void track_gm_mark(struct gv_track *track, const struct gv_kek_life *life,
                   const struct gv_gm_obs *gm);

/* Does the value count down? Compared between two sights of one KEK: the same SPI,
 * or no rekey and no registration in between (chapter 4, item 1). */
void track_gm_compare(struct gv_track *track, const struct gv_kek_life *fresh,
                      const struct gv_gm_obs *gm);

/* Chapter 2, item 3: a registration shortly before expiry that brought the same
 * KEK, and another just after it, are a double registration. `end` is the expiry
 * of the KEK held before this observation, `changed` whether it shows another. */
void track_gm_registrations(struct gv_track *track, const struct gv_gm_obs *gm,
                            struct gv_when end, bool changed);

#endif
