/* SPDX-License-Identifier: Apache-2.0 */
/* Link: an SSH login and its one shell channel, as a stream of octets.
 *
 * libssh runs without blocking, and in worker threads only: a step of a login can
 * take 20 ms of arithmetic, and a router may ask for new keys at any time. A link
 * has at most one job out at once, so its session is in one thread at a time; the
 * loop meanwhile leaves it alone. */
#ifndef GV_SSH_LINK_H
#define GV_SSH_LINK_H

#include "base/text.h"
#include "io/loop.h"
#include "target.h"

enum { GV_LINK_SEND_MOST = 512 };

enum gv_link_event {
    GV_LINK_STEP,  /* the login went a step on */
    GV_LINK_OPEN,  /* logged in, the shell runs */
    GV_LINK_HEARD, /* octets arrived: gv_link_heard */
    GV_LINK_CLOSED /* it failed or ended: gv_link_err; send nothing more */
};

struct gv_link; /* opaque */

typedef void gv_link_told(void *arg, enum gv_link_event event);

/* Log in to `target` over the connected socket `fd`, now the link's. The host key
 * is checked before anything about the user is sent. `told` is never called from
 * inside, and may end the link. NULL (and fd closed) without memory. The link holds
 * copies of what it needs of the target. */
struct gv_link *gv_link_start(struct gv_loop *loop, const struct gv_target *target, int fd,
                              gv_link_told *told, void *arg);

/* Send octets; false where they do not fit behind what still waits to be sent, or
 * without memory. */
bool gv_link_send(struct gv_link *link, struct gv_text octets);

/* The octets that arrived, valid during GV_LINK_HEARD. */
struct gv_text gv_link_heard(const struct gv_link *link);

/* True if nothing has arrived that was not told yet. */
bool gv_link_quiet(const struct gv_link *link);

/* What it is about, "key exchange", for people; NULL once it is open. Not while a job
 * is out: only when told. */
const char *gv_link_step_name(const struct gv_link *link);

/* Why it is closed, and what to tell people. */
enum gv_err gv_link_err(const struct gv_link *link);
const char *gv_link_detail(const struct gv_link *link);

/* Disconnect and release, at once; a job that is still out ends by itself.
 * NULL is fine. */
void gv_link_end(struct gv_link *link);

#endif
