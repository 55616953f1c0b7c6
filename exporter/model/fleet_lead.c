/* SPDX-License-Identifier: Apache-2.0 */
/* Who leads a group. Only its primary rekeys (rekey-behaviour, chapter 1), and a member
 * registers with any of its key servers: what a member suffers is its leader's doing, not that
 * of the one it registered with. Some MIBs tell no roles: then whoever cannot have done it is
 * left out. */
#include <string.h>

#include "model/fleet_parts.h"

static bool role_told(const struct gv_track *track)
{
    return !track->role_assumed &&
           (track->role == GV_KS_PRIMARY || track->role == GV_KS_SECONDARY);
}

static void note_server(struct fleet *fleet, const char *name, const char *id,
                        const struct gv_fleet_device *device, const struct gv_track *track)
{
    size_t *number = gv_index_add(&fleet->by_lead, name, id);
    struct fleet_server *server = fleet_scratch(fleet, 1, sizeof(*server));
    struct fleet_lead *lead;

    if (number == NULL || server == NULL) {
        fleet->failed = true;
        return;
    }
    if (*number == GV_INDEX_NEW)
        *number = fleet->lead_count++;
    lead = &fleet->leads[*number];
    *server = (struct fleet_server){device, track, lead->servers};
    lead->servers = server;
    lead->count++;
    lead->untold += !role_told(track);
    if (!role_told(track) || track->role != GV_KS_PRIMARY)
        return;
    lead->primaries++;
    lead->primary = server;
}

static void note_device(struct fleet *fleet, const struct gv_fleet_device *device)
{
    for (size_t t = 0; t < device->track_count && !fleet->failed; t++) {
        const struct gv_group_track *learnt = &device->tracks[t];

        if (learnt->track.side != GV_TRACK_KS)
            continue;
        /* Under each, for a member may tell only one of them. */
        if (learnt->name != NULL)
            note_server(fleet, learnt->name, NULL, device, &learnt->track);
        if (learnt->id != NULL)
            note_server(fleet, NULL, learnt->id, device, &learnt->track);
    }
}

void fleet_leads(struct fleet *fleet)
{
    const struct gv_fleet_in *in = fleet->in;
    size_t most = 0;

    for (size_t i = 0; i < in->device_count; i++)
        for (size_t t = 0; t < in->devices[i].track_count; t++)
            most += in->devices[i].tracks[t].track.side == GV_TRACK_KS ? 2 : 0;
    fleet->by_lead = gv_index_for(&fleet->scratch, in->seed, most);
    fleet->leads = fleet_scratch(fleet, most, sizeof(*fleet->leads));
    for (size_t i = 0; i < in->device_count && !fleet->failed; i++)
        note_device(fleet, &in->devices[i]);
}

/* NULL where no key server of the group was ever polled. */
static const struct fleet_lead *lead_of(const struct fleet *fleet, const char *name,
                                        const char *id)
{
    const size_t *number = id != NULL ? gv_index_find(&fleet->by_lead, NULL, id) : NULL;

    if (number == NULL && name != NULL)
        number = gv_index_find(&fleet->by_lead, name, NULL);
    return number != NULL ? &fleet->leads[*number] : NULL;
}

static bool same_software(const struct gv_track *a, const struct gv_track *b)
{
    return a->software != 0 && a->software == b->software;
}

static bool known_not_to(struct fleet *fleet, const struct fleet_server *server,
                         enum gv_behaviour behaviour)
{
    enum gv_behaviour said = fleet_version_says(fleet, server->device);

    return said != GV_BEHAVIOUR_UNKNOWN && said != behaviour;
}

bool fleet_own_proof(struct fleet *fleet, const struct gv_fleet_device *device,
                     const struct gv_group_track *learnt)
{
    enum gv_behaviour proved = gv_timing_behaviour(&learnt->track.timing);
    const struct fleet_lead *lead;

    if (learnt->track.side != GV_TRACK_KS || !learnt->track.timing.assumed)
        return true;
    lead = lead_of(fleet, learnt->name, learnt->id);
    for (const struct fleet_server *s = lead != NULL ? lead->servers : NULL; s; s = s->next)
        if (s->device != device && !same_software(s->track, &learnt->track) &&
            !known_not_to(fleet, s, proved))
            return false;
    return true;
}

static bool is_at(const struct gv_fleet_device *device, const char *address)
{
    const struct gv_observation *last = device->last;

    if (strcmp(device->address, address) == 0)
        return true;
    for (const struct gv_group_obs *g = last != NULL ? last->groups : NULL; g; g = g->next)
        if (g->ks != NULL && g->ks->address != NULL && strcmp(g->ks->address, address) == 0)
            return true;
    return false;
}

/* The one of those whose role is not told that can be old; NULL where several can. Those with
 * the software of the one at that address are as old as it is. */
static const struct gv_fleet_device *old_one(struct fleet *fleet, const struct fleet_lead *lead,
                                             const char *ks)
{
    const struct fleet_server *found = NULL;

    for (const struct fleet_server *s = lead->servers; s != NULL; s = s->next) {
        if (known_not_to(fleet, s, GV_BEHAVIOUR_OLD))
            continue;
        if (found != NULL && !same_software(found->track, s->track))
            return NULL;
        if (found == NULL || is_at(s->device, ks))
            found = s;
    }
    return found != NULL ? found->device : NULL;
}

/* It was started since: then that was other software, as far as can be told. */
static bool started_since(const struct gv_fleet_device *device, struct gv_when at)
{
    for (size_t t = 0; device != NULL && t < device->track_count; t++)
        if (gv_when_before(at, device->tracks[t].track.booted))
            return true;
    return false;
}

/* The primary led already when that began, as far as was seen; else it may have taken over
 * since, if there is another. A router's log tells of what was before we saw it. */
static bool led_then(const struct fleet_lead *lead, const char *ks, struct gv_when at)
{
    const struct fleet_server *primary = lead->primary;

    if (at.known && !gv_time_before(at.at, primary->track->role_since))
        return true;
    return lead->count == 1 && is_at(primary->device, ks);
}

struct fleet_blame fleet_blame(struct fleet *fleet, const struct gv_group_track *gm,
                               const char *ks, struct gv_when at)
{
    const struct fleet_lead *lead = lead_of(fleet, gm->name, gm->id);
    const struct gv_fleet_device *device = NULL;

    /* None is polled, or all that are only follow. */
    if (lead == NULL || (lead->primaries == 0 && lead->untold == 0))
        return (struct fleet_blame){NULL, ks};
    if (lead->primaries == 0)
        device = old_one(fleet, lead, ks);
    else if (lead->primaries == 1 && led_then(lead, ks, at))
        device = lead->primary->device;
    return (struct fleet_blame){started_since(device, at) ? NULL : device, NULL};
}
