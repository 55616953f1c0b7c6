/* SPDX-License-Identifier: Apache-2.0 */
/* Noise: what a router's terminal shows between the lines that were asked for. */
#ifndef GV_SSH_NOISE_H
#define GV_SSH_NOISE_H

#include "base/text.h"

/* True if `line` is a syslog message: `%FACILITY-SEVERITY-MNEMONIC:` (a subfacility
 * may stand between), at its start or behind a time stamp's ": ". */
bool gv_noise_syslog(struct gv_text line);

/* True if `line` is a pager's question and nothing else. */
bool gv_noise_pager(struct gv_text line);

#endif
