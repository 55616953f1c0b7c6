/* SPDX-License-Identifier: Apache-2.0 */
#include "restconf/bounds.h"

bool gv_json_bounded(struct gv_text json, size_t depth, size_t values)
{
    size_t open = 0, count = 0;
    bool in_string = false;

    for (size_t i = 0; i < json.n; i++) {
        char c = json.at[i];

        if (in_string && c == '\\')
            i++; /* what is escaped ends no string */
        else if (c == '"')
            in_string = !in_string;
        if (in_string)
            continue;
        if (c == '[' || c == '{')
            open++;
        else if ((c == ']' || c == '}') && open > 0)
            open--;
        else if (c != ',' && c != ':')
            continue;
        if (open > depth || ++count > values)
            return false;
    }
    return true;
}
