/* SPDX-License-Identifier: Apache-2.0 */
/* RESTCONF answers: the fleet's state at one instant in the operational model of IOS-XE
 * 17.12, and the configuration of its groups. Pure: reads the fleet, writes JSON. */
#ifndef LAB_RESTCONF_PRINT_H
#define LAB_RESTCONF_PRINT_H

#include "base/buf.h"
#include "fleet.h"

/* One question to one box. */
struct lab_rest {
    const struct lab_device *device;
    struct gv_time now; /* of the fleet's clock */
    int64_t unix_s;     /* the box's own clock at that instant */
    struct gv_buf *out;
};

/* Answer for the resource below /restconf/data/; false where the box has none. */
bool lab_restconf_print(const struct lab_rest *rest, const char *path);

#endif
