/* SPDX-License-Identifier: Apache-2.0 */
/* Sync: does a GM hold the KEK that its group's KSs use?
 *
 * Pure. Compared by instants, so that a rekey between two polls is no fault: a
 * GM is out of sync only where it was seen without the KEK after that had had
 * time to reach it. */
#ifndef GV_MODEL_SYNC_H
#define GV_MODEL_SYNC_H

#include "model/track.h"

/* What one KS uses. */
struct gv_sync_ks {
    const struct gv_track *track;
    struct gv_dur distribution; /* from a KEK's birth until every GM should have it */
};

/* Is the GM in sync with one of the KSs (in a split group each uses its own)?
 * `frozen`: the GM's remaining lifetime stands still, so its end says nothing; `unseen`: the
 * group has a KS that is not listed, and may hand out a KEK that these do not have. */
enum gv_tri gv_sync_judge(const struct gv_kek_life *gm, bool frozen,
                          const struct gv_sync_ks *list, size_t count, bool unseen);

#endif
