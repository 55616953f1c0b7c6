/* SPDX-License-Identifier: Apache-2.0 */
/* KEK rekeys: when the next one is due, how the last one went, and those of the past. */
#include "render/put_json.h"

void gv_json_rekey(struct gv_json *doc, json_t *o, const struct gv_rekey_verdict_row *r)
{
    const struct gv_rekey_policy *p = &r->policy;
    json_t *counts, *policy;

    gv_json_text(doc, o, "verdict", gv_rekey_verdict_name(r->verdict));
    gv_json_when(doc, o, "judged_at", r->judged_at);
    if (r->lead_observed_known)
        gv_json_dur(doc, o, "lead_seconds", r->lead_observed);
    gv_json_count(doc, o, "expected_lead_seconds", r->lead_expected_s);
    gv_json_when(doc, o, "expected_at", r->expected_at);
    gv_json_bool(doc, o, "unsound", r->unsound);
    counts = gv_json_object(doc, o, "counts");
    for (unsigned i = 0; i < GV_REKEY_VERDICT_COUNT; i++)
        gv_json_u64(doc, counts, gv_rekey_verdict_name((enum gv_rekey_verdict)i), r->counts[i]);
    policy = gv_json_object(doc, o, "policy");
    gv_json_text(doc, policy, "transport", gv_rekey_transport_name(p->transport));
    gv_json_u64(doc, policy, "retransmits", p->retransmits);
    gv_json_dur(doc, policy, "retransmit_interval_seconds", p->interval);
    gv_json_bool(doc, policy, "retransmits_assumed", p->retransmits_assumed);
    gv_json_u64(doc, policy, "members", p->members);
    gv_json_bool(doc, policy, "members_assumed", p->members_assumed);
}

static void put_rekey(struct gv_json *doc, json_t *o, const struct gv_rekey_record *r)
{
    gv_json_dur(doc, o, "time", (struct gv_dur){r->time_ms});
    gv_json_text(doc, o, "group", r->group);
    gv_json_text(doc, o, "device", r->device);
    gv_json_text(doc, o, "ks", r->ks);
    gv_json_text(doc, o, "old_spi", r->old_spi);
    gv_json_text(doc, o, "new_spi", r->new_spi);
    if (r->lead_known)
        gv_json_dur(doc, o, "lead_seconds", (struct gv_dur){r->lead_ms});
    if (r->expected_known)
        gv_json_dur(doc, o, "expected_lead_seconds", (struct gv_dur){r->expected_ms});
    gv_json_text(doc, o, "verdict", r->verdict);
}

/* The newest first. */
static void put_past(struct gv_json *doc, json_t *root)
{
    json_t *list = gv_json_list(doc, root, "history");

    for (size_t i = doc->in->past_count; i > 0; i--)
        put_rekey(doc, gv_json_object(doc, list, NULL), doc->in->past[i - 1]);
}

enum gv_err gv_render_rekeys_json(const struct gv_render_in *in, struct gv_buf *out)
{
    const struct gv_snapshot *s = in->snapshot;
    struct gv_json doc;
    json_t *root = gv_json_begin(&doc, in);

    put_past(&doc, root);
    gv_json_open(&doc, root, "rekeys", out);
    for (size_t i = 0; i < s->device_count; i++) {
        const struct gv_device_verdict *d = &s->devices[i];

        for (size_t j = 0; j < d->membership_count; j++) {
            json_t *item;

            if (!d->memberships[j].rekey.published)
                continue;
            item = gv_json_item_begin(&doc);
            gv_json_text(&doc, item, "device", d->name);
            gv_json_text(&doc, item, "group", d->memberships[j].group);
            gv_json_rekey(&doc, item, &d->memberships[j].rekey);
            gv_json_item(&doc, item, out);
        }
    }
    return gv_json_close(&doc, out);
}
