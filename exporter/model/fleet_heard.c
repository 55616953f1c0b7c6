/* SPDX-License-Identifier: Apache-2.0 */
/* What events say of key servers and members, for the evidence of each. */
#include <string.h>

#include "model/fleet_parts.h"

enum { MS_PER_S = 1000 };

/* Pairs by the address of their key server, and devices by theirs: before any device is
 * judged, for a member's events are the evidence of another device. */
void fleet_heard(struct fleet *fleet)
{
    const struct gv_fleet_in *in = fleet->in;

    fleet->pairs = gv_index(&fleet->scratch, in->seed);
    for (size_t i = 0; i < in->device_count && !fleet->failed; i++) {
        const struct gv_fleet_device *device = &in->devices[i];

        for (size_t t = 0; t < device->track_count; t++) {
            const struct gv_heard *heard = device->tracks[t].heard;
            size_t *first;

            if (heard == NULL || heard->signature.ks[0] == '\0' ||
                !gv_heard_pair(heard, in->now))
                continue;
            first = gv_index_add(&fleet->pairs, heard->signature.ks, NULL);
            if (first == NULL)
                fleet->failed = true;
            else if (*first == GV_INDEX_NEW)
                *first = i;
        }
    }
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

/* The pair of one GM that registers with that key server; NULL. */
static const struct gv_heard *pair_at(const struct fleet *fleet, const char *address,
                                      const char **gm)
{
    const size_t *first = address != NULL ? gv_index_find(&fleet->pairs, address, NULL) : NULL;
    const struct gv_fleet_device *device;

    if (first == NULL)
        return NULL;
    device = &fleet->in->devices[*first];
    *gm = device->name;
    for (size_t t = 0; t < device->track_count; t++)
        if (device->tracks[t].heard != NULL &&
            strcmp(device->tracks[t].heard->signature.ks, address) == 0 &&
            gv_heard_pair(device->tracks[t].heard, fleet->in->now))
            return device->tracks[t].heard;
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

enum fleet_pair fleet_heard_at(struct fleet *fleet, const char *address)
{
    const char *gm;
    const struct gv_heard *pair = pair_at(fleet, address, &gm);

    if (pair != NULL)
        say_pair(fleet, gm, pair);
    return pair != NULL ? strength(pair) : FLEET_NO_PAIR;
}

enum fleet_pair fleet_heard_ks(struct fleet *fleet, const struct gv_fleet_device *device)
{
    enum fleet_pair pair = fleet_heard_at(fleet, device->address);

    for (const struct gv_group_obs *g = device->observation->groups;
         g != NULL && pair == FLEET_NO_PAIR; g = g->next)
        if (g->ks != NULL)
            pair = fleet_heard_at(fleet, g->ks->address);
    return pair;
}

bool fleet_heard_newer_gm(struct fleet *fleet, const struct gv_fleet_device *device)
{
    for (size_t t = 0; t < device->track_count; t++) {
        const struct gv_heard *heard = device->tracks[t].heard;

        if (heard == NULL || !gv_heard_newer_gm(heard, fleet->in->now))
            continue;
        gv_buf_reset(&fleet->text);
        gv_buf_add_str(&fleet->text, "it warned that a member newer than itself registered: ");
        gv_buf_add_str(&fleet->text, heard->newer_gm_address);
        return true;
    }
    return false;
}
