/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets from "HOST:PORT". */
#ifndef GV_HTTP_LISTEN_H
#define GV_HTTP_LISTEN_H

#include <stddef.h>

#include "base/error.h"
#include "http/limits.h"

/* Listen on every address of `spec`: "HOST:PORT", "[V6]:PORT", or ":PORT" for
 * all addresses of IPv4 and IPv6. Port 0 lets the system choose; all addresses
 * of one spec get the same. A family that this machine does not have is left
 * out as long as one address remains. The descriptors are the caller's. On
 * failure nothing stays open, and `why` says what failed and what to do. */
enum gv_err gv_http_listen(const char *spec, int fds[GV_HTTP_ADDRESSES_MOST], size_t *count,
                           char *why, size_t why_size) GV_MUST_CHECK;

/* Port of a bound socket; 0 where the system does not tell. */
unsigned gv_http_socket_port(int fd);

#endif
