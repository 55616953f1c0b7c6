/* SPDX-License-Identifier: Apache-2.0 */
/* The probes, for the documents of the fleet and of a group. */
#include <string.h>

#include "render/put_json.h"

static void put_probe(struct gv_json *doc, json_t *o, const struct gv_probe_verdict *p)
{
    gv_json_text(doc, o, "probe", p->probe);
    gv_json_text(doc, o, "ks", p->ks);
    gv_json_text(doc, o, "group", p->group);
    if (p->tried)
        gv_json_bool(doc, o, "success", p->success);
    if (p->tried && !p->success)
        gv_json_text(doc, o, "reason", p->reason);
    if (p->timed) {
        gv_json_dur(doc, o, "phase1_seconds", p->phase1);
        gv_json_dur(doc, o, "pull_seconds", p->pull);
        gv_json_bool(doc, o, "listening", p->listening);
    }
    gv_json_when(doc, o, "kek_expiry_at", p->kek_expiry);
    gv_json_u64(doc, o, "rekeys_received", p->rekeys);
    if (p->has_lead)
        gv_json_dur(doc, o, "rekey_lead_seconds", p->lead);
    gv_json_behaviour(doc, o, "ks_behavior", &p->behaviour);
}

/* A probe is told the number or the name of its group, as the key server knows it. */
static bool is_of(const struct gv_probe_verdict *probe, const struct gv_group_verdict *group)
{
    const char *const names[] = {group->group, group->name, group->group_id};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i] != NULL && strcmp(probe->group, names[i]) == 0)
            return true;
    return false;
}

void gv_json_probes(struct gv_json *doc, json_t *root, const struct gv_group_verdict *group)
{
    const struct gv_snapshot *s = doc->in->snapshot;
    json_t *list = gv_json_list(doc, root, "probes");

    for (size_t i = 0; i < s->probe_count; i++)
        if (group == NULL || is_of(&s->probes[i], group))
            put_probe(doc, gv_json_object(doc, list, NULL), &s->probes[i]);
}
