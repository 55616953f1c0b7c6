/* SPDX-License-Identifier: Apache-2.0 */
/* A track as text, so that it outlives the process.
 *
 * Pure. `shift` is the wall clock minus the boot clock of the process that writes or reads:
 * the text holds wall-clock instants. */
#ifndef GV_MODEL_TRACK_KEEP_H
#define GV_MODEL_TRACK_KEEP_H

#include "model/keep.h"
#include "model/track.h"

void gv_track_write(const struct gv_track *track, struct gv_dur shift, struct gv_buf *out);

/* False, *out untouched, where the text is none, or speaks of sights after `now`. */
bool gv_track_read(struct gv_text text, struct gv_dur shift, struct gv_time now,
                   struct gv_track *out) GV_MUST_CHECK;

#endif
