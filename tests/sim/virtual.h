/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual loop: collectors/io/loop.h on a clock that the test moves.
 *
 * gv_loop_run jumps from one timer to the next, without waiting; gv_virtual_advance
 * lets a span pass. Work runs at once in the loop's own thread, then its `done`.
 * Descriptors and signals have no virtual time: a watch is kept and never ready
 * until the test says so with gv_virtual_ready. */
#ifndef VIRTUAL_H
#define VIRTUAL_H

#include <stddef.h>

#include "io/loop.h"

/* Run everything due within the next `span`, in order; the clock ends `span` later. */
void gv_virtual_advance(struct gv_loop *loop, struct gv_dur span);

/* The host sleeps for `span`: the clock goes on, and nothing runs; what became due
 * meanwhile is late when time passes again. */
void gv_virtual_sleep(struct gv_loop *loop, struct gv_dur span);

/* Call the watch's `ready` with those of `events` that it asks for. */
void gv_virtual_ready(struct gv_watch *watch, unsigned events);

/* The same for whoever watches `fd` for reading; false where nobody watches it. */
bool gv_virtual_readable(struct gv_loop *loop, int fd);

/* Timers not yet due. */
size_t gv_virtual_timers(const struct gv_loop *loop);

#endif
