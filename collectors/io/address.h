/* SPDX-License-Identifier: Apache-2.0 */
/* An address as text, the same wherever a sender is compared with a target. */
#ifndef GV_IO_ADDRESS_H
#define GV_IO_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Without zone and port; an IPv4 address that came over IPv6 as IPv4. `size` of 46 is room for
 * each. False for another family, or without room. */
bool gv_sockaddr_text(const struct sockaddr *from, char *out, size_t size);

#endif
