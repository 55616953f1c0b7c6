/* SPDX-License-Identifier: Apache-2.0 */
/* The whole fleet: every device and group, without the long lists. */
#include "render/put_json.h"

enum gv_err gv_render_fleet_json(const struct gv_render_in *in, struct gv_buf *out)
{
    const struct gv_snapshot *s = in->snapshot;
    struct gv_json doc;
    json_t *root = gv_json_begin(&doc, in);
    json_t *groups = gv_json_list(&doc, root, "groups");
    json_t *devices = gv_json_list(&doc, root, "devices");

    for (size_t i = 0; i < s->group_count; i++)
        (void)gv_json_group(&doc, groups, NULL, &s->groups[i]);
    for (size_t i = 0; i < s->device_count; i++) {
        const struct gv_device_verdict *d = &s->devices[i];
        json_t *list = gv_json_list(&doc, gv_json_device(&doc, devices, NULL, d), "groups");

        for (size_t j = 0; j < d->membership_count; j++)
            gv_json_membership(&doc, gv_json_object(&doc, list, NULL), &d->memberships[j]);
    }
    return gv_json_end(&doc, root, out);
}
