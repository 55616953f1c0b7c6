/* SPDX-License-Identifier: Apache-2.0 */
/* Show output: what a router prints, read into an observation.
 *
 * Pure. Goes by labels, never by columns or indentation; what is not understood
 * is passed over; what was not printed stays absent. A prompt and the echoed
 * command may stand before and after, `--More--` may stand inside, lines may
 * end in CRLF. Facts: show-commands. */
#ifndef GV_SSH_SHOW_H
#define GV_SSH_SHOW_H

#include "observation.h"

/* Read `output`, the answer to `command` (any abbreviation IOS takes, "sh cry
 * gdoi ks mem", gdoi or gkm; the empty slice: recognise the output by itself).
 * Adds to what `obs` already holds, so that several outputs of one device make
 * one observation: one group is one row, one KEK or TEK of one SPI is one row.
 *
 * GV_ERR_NOT_SUPPORTED: the router refused the command ("% Invalid input ...").
 * GV_ERR_AUTHORIZATION: "% Authorization failed" and its like.
 * GV_ERR_NO_DATA: understood, but it holds nothing about GETVPN (an empty
 * output, no group configured). GV_ERR_MALFORMED: not any output known here.
 * GV_ERR_TOO_LARGE: obs is full; what was read so far stays. */
enum gv_err gv_show_read(struct gv_text command, struct gv_text output,
                         struct gv_observation *obs) GV_MUST_CHECK;

enum { GV_LOG_MOST = 128 << 10 }; /* octets of a log that are kept */

/* The answer to `show logging`, with or without a filter: its last lines, as they are, become
 * obs->log. GV_OK also where there is none; GV_ERR_NOT_SUPPORTED, GV_ERR_AUTHORIZATION and
 * GV_ERR_TOO_LARGE as above. */
enum gv_err gv_show_log(struct gv_text output, struct gv_observation *obs) GV_MUST_CHECK;

#endif
