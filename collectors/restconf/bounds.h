/* SPDX-License-Identifier: Apache-2.0 */
/* How large a JSON text is before it is parsed: jansson recurses as deep as the text, and
 * allocates for every value. */
#ifndef GV_RESTCONF_BOUNDS_H
#define GV_RESTCONF_BOUNDS_H

#include <stdbool.h>

#include "base/text.h"

/* True where no more than `depth` arrays and objects are open at once, and the text holds at
 * most `values` of them, of commas and of colons together. Says nothing of the grammar. */
bool gv_json_bounded(struct gv_text json, size_t depth, size_t values);

#endif
