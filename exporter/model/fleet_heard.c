/* SPDX-License-Identifier: Apache-2.0 */
/* What events say of key servers and members, for the evidence of each. */
#include <string.h>

#include "model/fleet_parts.h"

enum { MS_PER_S = 1000 };

struct fleet_blame fleet_heard_blame(struct fleet *fleet, const struct gv_group_track *gm)
{
    const struct gv_heard *heard = gm->heard;

    if (heard == NULL || heard->signature.ks[0] == '\0' ||
        !gv_heard_pair(heard, fleet->in->now))
        return (struct fleet_blame){NULL, NULL};
    return fleet_blame(fleet, gm, heard->signature.ks, heard->signature.last_double.first);
}

static void note_pair(struct fleet *fleet, const struct gv_group_track *gm, size_t device)
{
    struct fleet_blame blame = fleet_heard_blame(fleet, gm);
    const char *name = blame.device != NULL ? blame.device->name : NULL;
    size_t *first;

    if (name == NULL && blame.address == NULL)
        return;
    first = gv_index_add(&fleet->pairs, name, blame.address);
    if (first == NULL)
        fleet->failed = true;
    else if (*first == GV_INDEX_NEW)
        *first = device;
}

/* Pairs by who is to blame for them: before any device is judged, for a member's events are the
 * evidence of another device. */
void fleet_heard(struct fleet *fleet)
{
    const struct gv_fleet_in *in = fleet->in;

    fleet->pairs = gv_index(&fleet->scratch, in->seed);
    for (size_t i = 0; i < in->device_count && !fleet->failed; i++)
        for (size_t t = 0; t < in->devices[i].track_count && !fleet->failed; t++)
            note_pair(fleet, &in->devices[i].tracks[t], i);
}

static void add_seconds(struct gv_buf *out, struct gv_when from, struct gv_when to)
{
    gv_buf_add_ms(out, gv_time_diff(to.at, from.at).ms / MS_PER_S * MS_PER_S);
}

/* By notifications alone the expiry between the two is not seen. */
static enum fleet_pair strength(const struct gv_heard *heard)
{
    return heard->signature.last_double.inferred ? FLEET_PAIR_LIKELY : FLEET_PAIR_CERTAIN;
}

/* "GM registered 121 s before its KEK expired and again 17 s after". */
static void say_pair(struct fleet *fleet, const char *gm, const struct gv_heard *heard)
{
    const struct gv_finding *pair = &heard->signature.last_double;

    gv_buf_reset(&fleet->text);
    gv_buf_add_str(&fleet->text, gm);
    if (pair->inferred) {
        gv_buf_add_str(&fleet->text, " registered anew twice within ");
        add_seconds(&fleet->text, pair->first, pair->second);
        gv_buf_add_str(&fleet->text, " s, with no rekey in between (by SNMP notifications)");
        return;
    }
    gv_buf_add_str(&fleet->text, " registered ");
    add_seconds(&fleet->text, pair->first, pair->expired);
    gv_buf_add_str(&fleet->text, " s before its KEK expired, got the same KEK, and registered "
                                 "again ");
    add_seconds(&fleet->text, pair->expired, pair->second);
    gv_buf_add_str(&fleet->text, " s after");
}

/* The first pair that is the doing of the key server of that name, or at that address; NULL. */
static const struct gv_heard *pair_of(struct fleet *fleet, const char *name,
                                      const char *address, const char **gm)
{
    const size_t *first = gv_index_find(&fleet->pairs, name, address);
    const struct gv_fleet_device *device;

    if (first == NULL)
        return NULL;
    device = &fleet->in->devices[*first];
    *gm = device->name;
    for (size_t t = 0; t < device->track_count; t++) {
        struct fleet_blame blame = fleet_heard_blame(fleet, &device->tracks[t]);

        if (fleet_equal(blame.device != NULL ? blame.device->name : NULL, name) &&
            fleet_equal(blame.address, address))
            return device->tracks[t].heard;
    }
    return NULL;
}

enum fleet_pair fleet_heard_gm(struct fleet *fleet, const struct gv_fleet_device *device)
{
    for (size_t t = 0; t < device->track_count; t++) {
        const struct gv_heard *heard = device->tracks[t].heard;

        if (heard == NULL || !gv_heard_pair(heard, fleet->in->now))
            continue;
        say_pair(fleet, "it", heard);
        return strength(heard);
    }
    return FLEET_NO_PAIR;
}

static enum fleet_pair heard(struct fleet *fleet, const char *name, const char *address)
{
    const char *gm;
    const struct gv_heard *pair = pair_of(fleet, name, address, &gm);

    if (pair != NULL)
        say_pair(fleet, gm, pair);
    return pair != NULL ? strength(pair) : FLEET_NO_PAIR;
}

enum fleet_pair fleet_heard_of(struct fleet *fleet, const char *name, const char *address)
{
    enum fleet_pair pair = heard(fleet, name, NULL);

    return pair == FLEET_NO_PAIR && address != NULL ? heard(fleet, NULL, address) : pair;
}

enum fleet_pair fleet_heard_ks(struct fleet *fleet, const struct gv_fleet_device *device)
{
    enum fleet_pair pair = fleet_heard_of(fleet, device->name, device->address);

    for (const struct gv_group_obs *g = device->observation->groups;
         g != NULL && pair == FLEET_NO_PAIR; g = g->next)
        if (g->ks != NULL && g->ks->address != NULL)
            pair = heard(fleet, NULL, g->ks->address);
    return pair;
}

bool fleet_heard_newer_gm(struct fleet *fleet, const struct gv_fleet_device *device)
{
    for (size_t t = 0; t < device->track_count; t++) {
        const struct gv_heard *heard = device->tracks[t].heard;

        if (heard == NULL || !gv_heard_newer_gm(heard, fleet->in->now) ||
            gv_when_before(heard->newer_gm, device->tracks[t].track.booted))
            continue;
        gv_buf_reset(&fleet->text);
        gv_buf_add_str(&fleet->text, "it warned that a member newer than itself registered: ");
        gv_buf_add_str(&fleet->text, heard->newer_gm_address);
        return true;
    }
    return false;
}
