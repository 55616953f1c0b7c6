/* SPDX-License-Identifier: Apache-2.0 */
/* Driver: gv_ssh_collector, polls by SSH and show output.
 *
 * A session keeps its link and its dialogue between polls where the target allows it. */
#ifndef GV_SSH_DRIVER_H
#define GV_SSH_DRIVER_H

#include "collector.h"

/* True if the session stands logged in at a prompt, so that the next poll costs no
 * login. It still may: a link found dead at a poll's first command is replaced
 * once, at once. */
bool gv_ssh_session_connected(const struct gv_session *session);

#endif
