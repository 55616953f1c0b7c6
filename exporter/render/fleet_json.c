/* SPDX-License-Identifier: Apache-2.0 */
/* The whole fleet: every device and group, without the lists of members. */
#include "render/put_json.h"

static void put_device(struct gv_json *doc, json_t *o, const struct gv_device_verdict *d)
{
    json_t *groups;

    gv_json_device(doc, o, d);
    groups = gv_json_list(doc, o, "groups");
    for (size_t i = 0; i < d->membership_count; i++) {
        json_t *membership = gv_json_object(doc, groups, NULL);

        gv_json_membership(doc, membership, &d->memberships[i]);
        gv_json_peers(doc, membership, &d->memberships[i]);
    }
}

enum gv_err gv_render_fleet_json(const struct gv_render_in *in, struct gv_buf *out)
{
    const struct gv_snapshot *s = in->snapshot;
    struct gv_json doc;
    json_t *root = gv_json_begin(&doc, in);
    json_t *groups = gv_json_list(&doc, root, "groups");

    for (size_t i = 0; i < s->group_count; i++)
        gv_json_group(&doc, gv_json_object(&doc, groups, NULL), &s->groups[i]);
    gv_json_probes(&doc, root);
    gv_json_open(&doc, root, "devices", out);
    for (size_t i = 0; i < s->device_count; i++) {
        json_t *item = gv_json_item_begin(&doc);

        put_device(&doc, item, &s->devices[i]);
        gv_json_item(&doc, item, out);
    }
    return gv_json_close(&doc, out);
}
