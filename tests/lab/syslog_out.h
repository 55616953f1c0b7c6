/* SPDX-License-Identifier: Apache-2.0 */
/* Syslog as the boxes send it: a datagram a line, each from the box's own address. */
#ifndef LAB_SYSLOG_OUT_H
#define LAB_SYSLOG_OUT_H

#include "fleet.h"

struct lab_syslog_out;

/* Send to "ADDRESS:PORT" for a fleet of that size. NULL where that is no address, or without
 * memory. */
struct lab_syslog_out *lab_syslog_out_open(const char *to, size_t device_count);
void lab_syslog_out_close(struct lab_syslog_out *out); /* NULL is fine */

/* One line of the box; what the system does not take is lost, as it is on a network. */
void lab_syslog_out_send(struct lab_syslog_out *out, const struct lab_device *device,
                         const char *line);

#endif
