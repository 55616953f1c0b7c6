/* SPDX-License-Identifier: Apache-2.0 */
/* What events told of a group, as text beside its track's, so that it outlives the process.
 *
 * Pure. Source: the notes on syslog. */
#ifndef GV_MODEL_HEARD_KEEP_H
#define GV_MODEL_HEARD_KEEP_H

#include "model/heard.h"
#include "model/keep.h"

/* Append the lines of *heard; `shift` as for gv_keep_write. */
void gv_heard_write(const struct gv_heard *heard, struct gv_dur shift, struct gv_buf *out);

/* The lines of `text` that are of events; others are passed over. False, *out untouched, where
 * one cannot be read, or speaks of events after `now`. *any: there were some. */
bool gv_heard_read(struct gv_text text, struct gv_dur shift, struct gv_time now, bool *any,
                   struct gv_heard *out) GV_MUST_CHECK;

/* Its instants and those to come are joined by a wall clock that may have been stepped: what
 * waits for a second event to compare with is forgotten; what is proved stays. */
void gv_heard_doubt(struct gv_heard *heard);

#endif
