/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of senders that are configured by a host name: looked up off the loop, one name
 * at a time, all of them again every five minutes. */
#ifndef GV_EVENT_NAMES_H
#define GV_EVENT_NAMES_H

#include "events/syslog_receiver.h"
#include "io/loop.h"

enum { GV_EVENT_NAMES_ADDRESSES = 4 };

struct gv_event_names;

/* What the i-th name resolves to: at least one address, as a sender's is written. */
typedef void gv_event_names_found(void *arg, size_t i, const char (*addresses)[GV_SENDER_TEXT],
                                  size_t count);

/* `found` comes on the loop, never from inside start, for each name that resolves; for one that
 * does not, a line in the log, once. The names are copied. NULL without memory. */
struct gv_event_names *gv_event_names_start(struct gv_loop *loop, const char *const *names,
                                            size_t count, gv_event_names_found *found,
                                            void *arg);

/* `found` comes no more. NULL is fine. */
void gv_event_names_stop(struct gv_event_names *names);

#endif
