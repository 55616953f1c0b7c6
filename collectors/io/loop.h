/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop, as a link-time seam: the programs link loop_uv.c, the
 * simulations link one with a virtual clock (tests/sim/loop_virtual.c).
 *
 * One thread owns a loop; only gv_loop_post may be called from another. A
 * callback may start and stop anything, itself included. */
#ifndef GV_IO_LOOP_H
#define GV_IO_LOOP_H

#include "base/error.h"
#include "base/time.h"

struct gv_loop;
struct gv_watch;
struct gv_timer;

/* NULL when the system refuses. Free it after every watch and timer is stopped. */
struct gv_loop *gv_loop_new(void);
void gv_loop_free(struct gv_loop *loop);

/* Run until gv_loop_stop, or until nothing is left to wait for. */
void gv_loop_run(struct gv_loop *loop);
void gv_loop_stop(struct gv_loop *loop);

/* The boot clock, read anew at each call (CLOCK_BOOTTIME). */
struct gv_time gv_loop_now(struct gv_loop *loop);

enum gv_watch_for { GV_READABLE = 1, GV_WRITABLE = 2 };

/* Call `ready(arg, events)` while descriptor `fd` is readable or writable, as
 * `events` (enum gv_watch_for, or-ed) asks. An error or hang-up reports both.
 * NULL when the system refuses. The descriptor stays the caller's, and stays
 * open until gv_watch_stop. */
struct gv_watch *gv_watch_start(struct gv_loop *loop, int fd, unsigned events,
                                void (*ready)(void *arg, unsigned events), void *arg);
void gv_watch_change(struct gv_watch *watch, unsigned events); /* 0 pauses */
void gv_watch_stop(struct gv_watch *watch);                    /* NULL is fine */

/* Call `due(arg)` once, `after` from now (at once, but never from inside, where
 * it is not positive). The timer ends by itself before `due` runs; stopping is
 * for timers not yet due. NULL without memory. */
struct gv_timer *gv_timer_start(struct gv_loop *loop, struct gv_dur after,
                                void (*due)(void *arg), void *arg);
void gv_timer_stop(struct gv_timer *timer); /* NULL is fine */

/* Run `run(arg)` in the loop's thread soon. The one call that other threads may
 * make. */
enum gv_err gv_loop_post(struct gv_loop *loop, void (*run)(void *arg), void *arg) GV_MUST_CHECK;

/* Run `work(arg)` in a worker thread, then `done(arg)` in the loop's thread:
 * for what can only block (name look-ups, key arithmetic). */
enum gv_err gv_loop_work(struct gv_loop *loop, void (*work)(void *arg), void (*done)(void *arg),
                         void *arg) GV_MUST_CHECK;

/* Call `caught(arg)` in the loop's thread at each signal `number`. */
enum gv_err gv_loop_signal(struct gv_loop *loop, int number, void (*caught)(void *arg),
                           void *arg) GV_MUST_CHECK;

#endif
