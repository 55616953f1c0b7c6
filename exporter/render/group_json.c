/* SPDX-License-Identifier: Apache-2.0 */
/* One group, and every device that is in it. */
#include <string.h>

#include "render/put_json.h"

static void put_interop(struct gv_json *doc, json_t *list, const struct gv_interop_verdict *i)
{
    json_t *o = gv_json_object(doc, list, NULL);

    gv_json_text(doc, o, "ks", i->ks);
    gv_json_text(doc, o, "outcome", gv_interop_name(i->outcome));
    gv_json_text(doc, o, "ks_behavior", gv_behaviour_name(i->ks_behaviour));
    gv_json_behaviour(doc, o, "ks_evidence", i->ks_verdict);
    gv_json_u64(doc, o, "members_new", i->members_new);
    gv_json_u64(doc, o, "members_old", i->members_old);
    gv_json_u64(doc, o, "members_unknown", i->members_unknown);
    gv_json_u64(doc, o, "registrations_per_cycle", i->registrations_per_cycle);
    gv_json_text(doc, o, "text", i->text);
}

void gv_json_group(struct gv_json *doc, json_t *o, const struct gv_group_verdict *g)
{
    json_t *interop;

    gv_json_text(doc, o, "group", g->group);
    gv_json_text(doc, o, "name", g->name);
    gv_json_text(doc, o, "id", g->group_id);
    gv_json_u64(doc, o, "key_servers_polled", g->ks_count);
    gv_json_u64(doc, o, "members_known", g->gm_count);
    gv_json_count(doc, o, "members_unmonitored", g->unmonitored);
    gv_json_count(doc, o, "primaries", g->primaries);
    gv_json_tri(doc, o, "split", g->split);
    interop = gv_json_list(doc, o, "interop");
    for (size_t i = 0; i < g->interop_count; i++)
        put_interop(doc, interop, &g->interop[i]);
}

/* When it last answered, whichever collector asked. */
static struct gv_when last_answer(const struct gv_device_verdict *d)
{
    struct gv_when last = {0};

    for (size_t i = 0; i < d->collector_count; i++) {
        struct gv_when at = d->collectors[i].observed_at;

        if (at.known && (!last.known || gv_time_before(last.at, at.at)))
            last = at;
    }
    return last;
}

/* What a reader of the group needs of the device itself, evidence of key servers alone. */
static void put_device(struct gv_json *doc, json_t *o, const struct gv_device_verdict *d,
                       const struct gv_membership *m)
{
    gv_json_text(doc, o, "device", d->name);
    if (!d->events_only)
        gv_json_bool(doc, o, "up", d->up);
    gv_json_text(doc, o, "version", d->version);
    gv_json_when(doc, o, "observed_at", last_answer(d));
    gv_json_membership(doc, o, m);
    gv_json_lists(doc, o, m);
    if (m->has_ks)
        gv_json_behaviour(doc, o, "ks_behavior", &d->ks_behaviour);
    if (m->has_gm)
        gv_json_text(doc, json_object_get(o, "gm"), "behavior",
                     gv_behaviour_name(d->gm_behaviour.behaviour));
}

static void put_devices(struct gv_json *doc, const char *group, struct gv_buf *out)
{
    const struct gv_snapshot *s = doc->in->snapshot;

    for (size_t i = 0; i < s->device_count; i++) {
        const struct gv_device_verdict *d = &s->devices[i];

        for (size_t j = 0; j < d->membership_count; j++) {
            json_t *item;

            if (strcmp(d->memberships[j].group, group) != 0)
                continue;
            item = gv_json_item_begin(doc);
            put_device(doc, item, d, &d->memberships[j]);
            gv_json_item(doc, item, out);
        }
    }
}

enum gv_err gv_render_group_json(const struct gv_render_in *in, const char *group,
                                 struct gv_buf *out)
{
    const struct gv_group_verdict *g = NULL;
    struct gv_json doc;
    json_t *root;

    for (size_t i = 0; i < in->snapshot->group_count && g == NULL; i++)
        if (strcmp(in->snapshot->groups[i].group, group) == 0)
            g = &in->snapshot->groups[i];
    if (g == NULL)
        return GV_ERR_NOT_FOUND;
    root = gv_json_begin(&doc, in);
    gv_json_group(&doc, gv_json_object(&doc, root, "group"), g);
    gv_json_probes(&doc, root, g);
    gv_json_open(&doc, root, "devices", out);
    put_devices(&doc, g->group, out);
    return gv_json_close(&doc, out);
}
