/* SPDX-License-Identifier: Apache-2.0 */
/* What time it is for a state that an earlier process wrote: the boot clock goes on over a
 * restart of the process, whatever became of the wall clock meanwhile. */
#ifndef GV_STATE_CLOCK_H
#define GV_STATE_CLOCK_H

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"

/* A line for the state: this boot, its clock (`now`) and the wall clock (`unix_s`). None where
 * the system does not name its boots. */
void gv_state_clock_text(struct gv_time now, int64_t unix_s, struct gv_buf *out);

/* Unix time now as the writer of `text` would count it: where it was written in this boot, its
 * wall clock and what has passed since; else `unix_s`. */
int64_t gv_state_clock_read(struct gv_text text, struct gv_time now, int64_t unix_s);

#endif
