/* SPDX-License-Identifier: Apache-2.0 */
/* Noise: what hostile and merely chatty boxes mix into their output. */
#ifndef LAB_CLI_NOISE_H
#define LAB_CLI_NOISE_H

#include "base/buf.h"
#include "quirks.h"

/* Append n octets of banner, in lines. */
void lab_noise_banner(size_t n, struct gv_buf *out);

/* Mix into the lines of `text` what `quirks` ask for: syslog lines, terminal
 * escapes, lines that look like the prompt of `hostname`, one very long line. The first
 * line stays the first, and no line is lost. */
void lab_noise_add(const struct lab_quirks *quirks, const char *hostname, struct gv_buf *text);

#endif
