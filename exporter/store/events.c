/* SPDX-License-Identifier: Apache-2.0 */
/* What devices told without being asked, by group. */
#include <stdlib.h>

#include "store/private.h"

/* The track that the event is about; one without a group is of the group that its device spoke
 * of last. */
static struct gv_group_track *event_track(struct gv_store *store, struct device *device,
                                          const struct gv_event *event)
{
    const struct gv_group_obs group = {
        .name = event->group[0] != '\0' ? event->group : NULL,
        .id = event->group_id[0] != '\0' ? event->group_id : NULL,
    };
    struct gv_group_track *track;

    if (group.name == NULL && group.id == NULL)
        return device->event_track > 0 ? &device->tracks[device->event_track - 1] : NULL;
    track = gv_store_track_of(store, device, &group);
    if (track == NULL)
        return NULL;
    if (track->heard == NULL)
        track->heard = calloc(1, sizeof(*track->heard));
    if (track->heard == NULL)
        return NULL;
    device->event_track = (size_t)(track - device->tracks) + 1;
    return track;
}

/* Without memory the device stays as it was last heard. */
void store_observe_heard(struct device *device, struct gv_time now)
{
    struct gv_observation *obs;
    bool ok;

    if (!gv_store_events_only(device))
        return;
    obs = gv_observation_new(now);
    ok = obs != NULL;

    for (size_t i = 0; ok && i < device->track_count; i++)
        if (device->tracks[i].heard != NULL)
            ok = gv_heard_observe(device->tracks[i].heard, device->tracks[i].name,
                                  device->tracks[i].id, obs);
    if (!ok) {
        gv_observation_free(obs);
        return;
    }
    gv_observation_free(device->heard);
    device->heard = obs;
}

void gv_store_event(struct gv_store *store, const char *target, const struct gv_event *event)
{
    struct device *device = gv_store_find(store, target);
    struct gv_group_track *track = device != NULL ? event_track(store, device, event) : NULL;

    if (track == NULL)
        return;
    store->fed = true;
    gv_heard_feed(track->heard, event);
    track->unsaved = true;
    store_observe_heard(device, event->at);
}
