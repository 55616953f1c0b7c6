/* SPDX-License-Identifier: Apache-2.0 */
/* The interoperability matrix: a key server's behaviour against a member's.
 *
 * Pure. Source: Cisco note 116737; rekey-behaviour, chapter 3. */
#ifndef GV_MODEL_INTEROP_H
#define GV_MODEL_INTEROP_H

#include "model/behaviour.h"

/* Values appear in JSON: append only. */
enum gv_interop { GV_INTEROP_UNKNOWN, GV_INTEROP_OK, GV_INTEROP_INFORMATIONAL, GV_INTEROP_MISMATCH };

/* "unknown", "ok", "informational", "mismatch". Static string, never NULL. */
const char *gv_interop_name(enum gv_interop outcome);

#endif
