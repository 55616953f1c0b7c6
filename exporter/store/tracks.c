/* SPDX-License-Identifier: Apache-2.0 */
/* What is learnt across polls: the tracks of a device, and the memory that outlives us. */
#include <stdlib.h>
#include <string.h>

#include "model/merge.h"
#include "store/private.h"

static bool learn(char const **known, const char *told)
{
    if (*known == NULL && told != NULL)
        *known = strdup(told);
    return *known != NULL || told == NULL;
}

/* A track more; NULL at the bound, or without memory. */
static struct gv_group_track *track_add(struct gv_store *store, struct device *device)
{
    struct gv_group_track *more;

    if (device->track_count == GV_GROUPS_PER_DEVICE) {
        store->groups_dropped++;
        return NULL;
    }
    more = realloc(device->tracks, (device->track_count + 1) * sizeof(*more));
    if (more == NULL)
        return NULL;
    device->tracks = more;
    more[device->track_count] = (struct gv_group_track){.name = NULL};
    return &more[device->track_count++];
}

/* Every configured collector's last poll was complete: what is absent is not
 * there. */
static bool whole(const struct device *device)
{
    for (size_t i = 0; i < device->slot_count; i++)
        if (!device->slots[i].polled || device->slots[i].err != GV_OK)
            return false;
    return device->merged != NULL && !device->merged->failed;
}

/* Something in what is merged now was cut. */
static bool any_cut(const struct device *device)
{
    for (size_t i = 0; i < device->slot_count; i++)
        if ((device->sources >> 2 * i & 1) && device->slots[i].cut)
            return true;
    return false;
}

/* Is a key server of that group polled? */
static bool ks_known(const struct gv_store *store, const struct gv_group_track *group)
{
    for (size_t i = 0; i < store->device_count; i++) {
        const struct device *device = store->devices[i];
        const struct gv_group_track *found =
            gv_group_track_find(device->tracks, device->track_count, group->name, group->id);

        if (found != NULL && found->track.side == GV_TRACK_KS)
            return true;
    }
    return false;
}

static void tell(const struct gv_store *store, const struct device *device,
                 const struct gv_group_track *before, const struct gv_group_track *after)
{
    struct gv_learnt learnt = {.device = device->name, .before = before, .after = after};

    if (store->memory.learnt == NULL)
        return;
    learnt.news = gv_track_news(&before->track, &after->track);
    /* Most feeds bring nothing new, and the fleet is large. */
    learnt.carries =
        after->track.side == GV_TRACK_KS || (learnt.news.any && !ks_known(store, after));
    store->memory.learnt(store->memory.arg, &learnt);
}

struct gv_group_track *gv_store_track_of(struct gv_store *store, struct device *device,
                                         const struct gv_group_obs *group)
{
    const struct gv_group_track *found =
        gv_group_track_find(device->tracks, device->track_count, group->name, group->id);
    bool is_new = found == NULL;
    struct gv_group_track before,
        *track = is_new ? track_add(store, device) : &device->tracks[found - device->tracks];

    if (track == NULL)
        return NULL;
    before = *track;
    if (!learn(&track->name, group->name) || !learn(&track->id, group->id))
        return NULL;
    if (!is_new && (before.name != track->name || before.id != track->id))
        tell(store, device, &before, track);
    return track;
}

void store_feed_tracks(struct gv_store *store, struct device *device)
{
    const struct gv_observation *obs = device->merged;

    if (obs == NULL)
        return;
    for (const struct gv_group_obs *group = obs->groups; group != NULL; group = group->next) {
        struct gv_group_track *track = gv_store_track_of(store, device, group), before;
        const struct gv_track_in in = {
            .device = &obs->device,
            .group = group,
            .seen_at = obs->seen_at,
            .whole = whole(device),
            .override = gv_group_override_find(store->overrides, store->override_count,
                                               group->name, group->id),
            .cut = any_cut(device),
        };

        if (track == NULL)
            continue;
        before = *track;
        gv_track_feed(&track->track, &in);
        track->unsaved = true;
        if (gv_storm_feed(&track->storm, &in))
            gv_store_storm(store, track, obs->seen_at);
        tell(store, device, &before, track);
    }
}

/* The group that the device spoke of last is the one whose events are the newest. */
static bool restore_heard(struct device *device, struct gv_group_track *fresh,
                          const struct gv_heard *heard)
{
    struct gv_time latest = gv_heard_latest(heard);
    const struct gv_group_track *spoke =
        device->event_track > 0 ? &device->tracks[device->event_track - 1] : NULL;

    fresh->heard = malloc(sizeof(*fresh->heard));
    if (fresh->heard == NULL)
        return false;
    *fresh->heard = *heard;
    if (spoke == NULL || !gv_time_before(latest, gv_heard_latest(spoke->heard)))
        device->event_track = (size_t)(fresh - device->tracks) + 1;
    store_observe_heard(device, latest);
    return true;
}

bool gv_store_restore(struct gv_store *store, const char *name,
                      const struct gv_group_track *track)
{
    struct device *device = gv_store_find(store, name);
    struct gv_group_track *fresh;

    if (device == NULL || (track->name == NULL && track->id == NULL) ||
        gv_group_track_find(device->tracks, device->track_count, track->name, track->id))
        return false;
    fresh = track_add(store, device);
    if (fresh == NULL || !learn(&fresh->name, track->name) || !learn(&fresh->id, track->id))
        return false;
    fresh->track = track->track;
    store->fed = true;
    return track->heard == NULL || restore_heard(device, fresh, track->heard);
}

void gv_store_tracks(struct gv_store *store, bool all,
                     void (*visit)(void *arg, const char *device,
                                   const struct gv_group_track *track),
                     void *arg)
{
    for (size_t i = 0; i < store->device_count; i++) {
        struct device *device = store->devices[i];

        for (size_t k = 0; k < device->track_count; k++) {
            if (all || device->tracks[k].unsaved)
                visit(arg, device->name, &device->tracks[k]);
            device->tracks[k].unsaved = false;
        }
    }
}

/* Ask for what is remembered of the devices that are new. */
void store_recall(struct gv_store *store)
{
    for (size_t i = 0; store->memory.recall != NULL && i < store->device_count; i++) {
        if (store->devices[i]->is_new)
            store->memory.recall(store->memory.arg, store->devices[i]->name);
        store->devices[i]->is_new = false;
    }
}

void gv_store_remember(struct gv_store *store, const struct gv_store_memory *memory)
{
    store->memory = memory != NULL ? *memory : (struct gv_store_memory){.arg = NULL};
    for (size_t i = 0; i < store->device_count; i++)
        store->devices[i]->is_new = true;
    store_recall(store);
}

void store_tracks_clear(struct device *device)
{
    for (size_t i = 0; i < device->track_count; i++) {
        free((char *)device->tracks[i].name);
        free((char *)device->tracks[i].id);
        free(device->tracks[i].heard);
    }
    free(device->tracks);
}
