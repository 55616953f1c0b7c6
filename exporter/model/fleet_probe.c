/* SPDX-License-Identifier: Apache-2.0 */
/* The probes' rows of the snapshot, and their word on a key server. */
#include <string.h>

#include "model/fleet_parts.h"

/* What it proves is told in the snapshot's own memory. */
static struct gv_behaviour_verdict copied(struct fleet *fleet, const struct gv_probe_seen *seen)
{
    struct gv_probe_evidence evidence = seen->evidence;
    struct gv_behaviour_verdict verdict = gv_probe_judge(&evidence);
    struct gv_evidence *list = fleet_alloc(fleet, verdict.evidence_count, sizeof(*list));

    for (size_t i = 0; list != NULL && i < verdict.evidence_count; i++) {
        list[i] = verdict.evidence[i];
        list[i].text = fleet_text(fleet, verdict.evidence[i].text);
    }
    verdict.evidence = list;
    if (list == NULL)
        verdict.evidence_count = 0;
    return verdict;
}

void fleet_probes(struct fleet *fleet)
{
    const struct gv_fleet_in *in = fleet->in;

    fleet->out->probes = fleet_alloc(fleet, in->probe_count, sizeof(*fleet->out->probes));
    for (size_t i = 0; i < in->probe_count && !fleet->failed; i++) {
        const struct gv_probe_seen *seen = in->probes[i];

        fleet->out->probes[i] = (struct gv_probe_verdict){
            .probe = fleet_text(fleet, seen->probe),
            .ks = fleet_text(fleet, seen->ks),
            .group = fleet_text(fleet, seen->group),
            .tried = seen->tried,
            .success = seen->success,
            .timed = seen->registrations > 0,
            .phase1 = seen->phase1,
            .pull = seen->pull,
            .kek_expiry = {seen->has_kek, seen->kek_expiry},
            .listening = seen->listening,
            .rekeys = seen->rekeys,
            .bad_signatures = seen->bad_signatures,
            .has_lead = seen->has_lead,
            .lead = seen->lead,
            .reason = fleet_text(fleet, seen->reason),
            .behaviour = copied(fleet, seen),
        };
        fleet->out->probe_count++;
    }
}

const struct gv_probe_verdict *fleet_probe_of(const struct fleet *fleet, const char *ks)
{
    for (size_t i = 0; i < fleet->out->probe_count; i++)
        if (fleet->out->probes[i].behaviour.evidence_count > 0 &&
            strcmp(fleet->out->probes[i].ks, ks) == 0)
            return &fleet->out->probes[i];
    return NULL;
}
