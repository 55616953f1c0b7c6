/* SPDX-License-Identifier: Apache-2.0 */
/* What a feed taught, as records. */
#ifndef GV_HISTORY_RECORDS_H
#define GV_HISTORY_RECORDS_H

#include "history/batch.h"
#include "store/store.h"

/* The clock of the records. */
struct gv_records_clock {
    const char *boot;
    struct gv_dur shift; /* the wall clock minus the boot clock */
    int64_t unix_ms;     /* now */
};

/* What the states of tracks are called. */
extern const char gv_records_track[];

/* Append what is new of `learnt`; false where the batch is full. *rekey receives the rekey
 * among it, valid as long as the batch (verdict NULL: none). */
bool gv_records_learnt(struct gv_batch *batch, const struct gv_records_clock *clock,
                       const struct gv_learnt *learnt, struct gv_rekey_record *rekey);

/* Append the track as it is, with what its events told. */
bool gv_records_state(struct gv_batch *batch, const struct gv_records_clock *clock,
                      const char *device, const struct gv_group_track *track);

#endif
