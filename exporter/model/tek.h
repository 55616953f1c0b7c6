/* SPDX-License-Identifier: Apache-2.0 */
/* TEKs: how long traffic can go on, and whether the next key is there.
 *
 * Pure. No rekey formula: the device's own schedule decides (chapter 5). */
#ifndef GV_MODEL_TEK_H
#define GV_MODEL_TEK_H

#include "model/when.h"
#include "observation.h"

struct gv_tek_verdict {
    bool present;
    size_t count;                  /* TEKs alive */
    struct gv_when expiry;         /* of the one that lives longest: then traffic stops */
    struct gv_when next_expiry;    /* of the one that dies first */
    enum gv_tri successor_present; /* another TEK outlives the first to die */
    struct gv_when rekey_at;       /* the device's own schedule */
};

/* Judge the TEKs alive at `now`. One SPI counts once, on however many interfaces
 * and in both directions; superseded ones with no life left do not count. */
struct gv_tek_verdict gv_tek_judge(const struct gv_tek_obs *rows, struct gv_time now);

#endif
