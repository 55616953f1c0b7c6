/* SPDX-License-Identifier: Apache-2.0 */
/* IOS, IOS-XE and GDOI version strings, and the KEK rekey behaviour each implies.
 *
 * Pure. Facts: versions (domain notes); Cisco note 116737. */
#ifndef GV_MODEL_VERSION_H
#define GV_MODEL_VERSION_H

#include "base/text.h"
#include "model/behaviour.h"
#include "observation.h"

struct gv_version_verdict {
    enum gv_os os;          /* unsaid where the string does not tell (GDOI versions too) */
    struct gv_text version; /* the part of the input that is the version; may be empty */
    enum gv_behaviour behaviour;
    enum gv_confidence confidence; /* meaningless for unknown */
    const char *reason;            /* static sentence: which row of the table decided */
};

/* Judge an IOS or IOS-XE version: the bare string ("15.2(1)T", "03.16.05.S",
 * "17.09.04a") or any text with one in it (a `show version` line, a sysDescr).
 * A bare 1.0.x is read as a GDOI version. Any input gives a verdict. */
struct gv_version_verdict gv_version_judge(struct gv_text input);

/* Judge a GDOI version ("1.0.4"). */
struct gv_version_verdict gv_gdoi_version_judge(struct gv_text input);

#endif
