/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the service manager how we are, by the socket that $NOTIFY_SOCKET names.
 *
 * Source: sd_notify(3), "Notes": one datagram of NAME=VALUE lines a message. Without that
 * variable nobody wants to know, and nothing is sent. */
#ifndef GV_NOTIFY_H
#define GV_NOTIFY_H

#include "base/time.h"

/* Up, and serving; also the end of a reload. `status` is one line for people. A message that
 * cannot be sent is logged: the manager then waits in vain, and says so. */
void gv_notify_ready(const char *status);

/* A reload begins; gv_notify_ready ends it. */
void gv_notify_reloading(void);

/* The end has begun. */
void gv_notify_stopping(void);

/* Alive: due at least as often as gv_notify_watchdog says. */
void gv_notify_alive(void);

/* How often to say so: half the time ($WATCHDOG_USEC) after which the manager ends a silent
 * process; 0 where it does not watch this one ($WATCHDOG_PID). */
struct gv_dur gv_notify_watchdog(void);

#endif
