/* SPDX-License-Identifier: Apache-2.0 */
/* The values of the web configuration that have a grammar of their own.
 *
 * Pure. Source: Go's time.ParseDuration and golang.org/x/crypto/bcrypt, as the Prometheus
 * exporters' toolkit uses them. */
#ifndef GV_WEB_VALUES_H
#define GV_WEB_VALUES_H

#include "base/text.h"

/* "1m30s", "1.5h", "250ms", "0" in nanoseconds; not negative, at most about 292 years. */
bool gv_web_duration_read(struct gv_text text, uint64_t *ns);

/* A bcrypt hash: "$2y$", two digits of cost from 04 to 31 (in *cost), "$", 53 letters. */
bool gv_web_hash_ok(const char *text, unsigned *cost);

#endif
