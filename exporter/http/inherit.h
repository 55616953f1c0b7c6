/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets that the service manager opened before it started us.
 *
 * Source: sd_listen_fds(3), "Notes": $LISTEN_FDS descriptors from 3 on, for the process
 * $LISTEN_PID. */
#ifndef GV_HTTP_INHERIT_H
#define GV_HTTP_INHERIT_H

#include <stddef.h>

#include "base/error.h"
#include "http/limits.h"

/* The sockets handed over, set to be closed on exec and never to block; from now on the
 * caller's. Each has to be a stream socket of IP that listens. On failure `why` says what was
 * found instead and what to do, and the descriptors are left alone. */
enum gv_err gv_http_inherit(int fds[GV_HTTP_ADDRESSES_MOST], size_t *count, char *why,
                            size_t why_size) GV_MUST_CHECK;

#endif
