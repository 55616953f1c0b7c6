/* SPDX-License-Identifier: Apache-2.0 */
#include "store/overrides.h"

#include <stdlib.h>
#include <string.h>

void gv_overrides_free(struct gv_group_override *list, size_t count)
{
    for (size_t i = 0; list != NULL && i < count; i++)
        free((char *)list[i].group);
    free(list);
}

struct gv_group_override *gv_overrides_copy(const struct gv_group_override *list, size_t count)
{
    struct gv_group_override *copy = calloc(count + 1, sizeof(*copy));

    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        copy[i] = list[i];
        copy[i].group = strdup(list[i].group);
        if (copy[i].group == NULL) {
            gv_overrides_free(copy, i);
            return NULL;
        }
    }
    return copy;
}
