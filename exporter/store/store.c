/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "model/merge.h"
#include "store/overrides.h"

/* A snapshot older than this is built anew. */
static const struct gv_dur snapshot_age = {1000};

/* Bound of the name index; a name costs about 100 octets. */
enum { INDEX_CEILING = 256 << 20 };

static const char *profile_name(enum gv_ssh_profile profile)
{
    static const char *const names[] = {
        [GV_SSH_MODERN] = "modern", [GV_SSH_DEFAULT] = "default", [GV_SSH_LEGACY] = "legacy"};
    return names[profile];
}

/* The merged observation shares its sources' memory, so it goes before them. */
static void merged_clear(struct device *device)
{
    gv_observation_free(device->own);
    device->own = NULL;
    device->merged = NULL;
    device->sources = 0;
}

static void device_free(struct device *device)
{
    if (device == NULL)
        return;
    merged_clear(device);
    for (size_t i = 0; i < device->slot_count; i++)
        slot_clear(&device->slots[i]);
    store_tracks_clear(device);
    gv_observation_free(device->heard);
    free(device->disagreements);
    free(device->name);
    free(device->address);
    free(device);
}

static struct device *device_new(const struct gv_target *target)
{
    struct device *device;
    size_t count = 0;

    for (size_t i = 0; i < GV_SOURCE_COUNT; i++)
        count += slot_configured(i, target);
    device = calloc(1, sizeof(*device) + count * sizeof(struct slot));
    if (device == NULL)
        return NULL;
    device->name = strdup(target->name);
    device->address = strdup(target->address);
    if (device->name == NULL || device->address == NULL) {
        device_free(device);
        return NULL;
    }
    for (size_t i = 0; i < GV_SOURCE_COUNT; i++)
        if (slot_configured(i, target))
            device->slots[device->slot_count++].source = (unsigned char)i;
    if (target->ssh != NULL)
        device->ssh_profile = profile_name(target->ssh_profile);
    return device;
}

bool gv_store_events_only(const struct device *device)
{
    return device->slot_count == 0;
}

static struct slot *slot_of(struct device *device, const char *collector)
{
    for (size_t i = 0; i < device->slot_count; i++)
        if (strcmp(slot_name(&device->slots[i]), collector) == 0)
            return &device->slots[i];
    return NULL;
}

/* Everything learnt moves over; a collector that is no longer configured is
 * forgotten. */
static void device_inherit(struct device *to, struct device *from)
{
    merged_clear(from);
    for (size_t i = 0; i < to->slot_count; i++) {
        struct slot *old = slot_of(from, slot_name(&to->slots[i]));

        if (old == NULL)
            continue;
        to->slots[i] = *old;
        *old = (struct slot){.source = old->source};
    }
    /* A claim may be of a collector that is no longer configured. */
    to->disagreements = from->disagreements;
    from->disagreements = NULL;
    if (to->disagreements != NULL)
        to->disagreements->count = 0;
    if (gv_store_events_only(to)) {
        to->heard = from->heard;
        from->heard = NULL;
    }
    to->event_track = from->event_track;
    to->tracks = from->tracks;
    to->track_count = from->track_count;
    from->tracks = NULL;
    from->track_count = 0;
}

static void devices_free(struct device **devices, size_t count)
{
    for (size_t i = 0; devices != NULL && i < count; i++)
        device_free(devices[i]);
    free(devices);
}

struct device *gv_store_find(const struct gv_store *store, const char *name)
{
    const size_t *number = gv_index_find(&store->by_name, name, NULL);

    return number != NULL ? store->devices[*number] : NULL;
}

struct gv_store *gv_store_new(const struct gv_store_policy *policy)
{
    struct gv_store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        return NULL;
    store->overrides = gv_overrides_copy(policy->overrides, policy->override_count);
    if (store->overrides == NULL) {
        free(store);
        return NULL;
    }
    store->override_count = policy->override_count;
    store->stale_after = policy->stale_after;
    /* Without random octets yet, the index works all the same. */
    if (getrandom(&store->seed, sizeof(store->seed), GRND_NONBLOCK) < 0)
        store->seed = 0;
    store->index_arena = gv_arena(INDEX_CEILING);
    store->by_name = gv_index(&store->index_arena, store->seed);
    return store;
}

void gv_store_free(struct gv_store *store)
{
    if (store == NULL)
        return;
    if (store->built)
        gv_arena_clear(&store->snapshot.arena);
    devices_free(store->devices, store->device_count);
    gv_overrides_free(store->overrides, store->override_count);
    gv_arena_clear(&store->index_arena);
    free(store);
}

/* Everything that can fail when the targets change, made before anything does. */
struct change {
    struct device **devices;
    size_t count;
    struct gv_group_override *overrides;
    struct gv_arena index_arena;
    struct gv_index by_name;
};

static bool change_index(struct change *change, uint64_t seed)
{
    struct gv_index index = gv_index_for(&change->index_arena, seed, change->count);

    for (size_t i = 0; i < change->count; i++) {
        size_t *number = gv_index_add(&index, change->devices[i]->name, NULL);

        if (number == NULL)
            return false;
        if (*number == GV_INDEX_NEW)
            *number = i;
    }
    change->by_name = index;
    return true;
}

static bool change_make(struct change *change, const struct gv_target *const *targets,
                        size_t count, const struct gv_store_policy *policy, uint64_t seed)
{
    change->index_arena = gv_arena(INDEX_CEILING);
    change->overrides = gv_overrides_copy(policy->overrides, policy->override_count);
    change->devices = calloc(count + 1, sizeof(struct device *));
    if (change->overrides == NULL || change->devices == NULL)
        return false;
    for (; change->count < count; change->count++) {
        change->devices[change->count] = device_new(targets[change->count]);
        if (change->devices[change->count] == NULL)
            return false;
    }
    return change_index(change, seed);
}

enum gv_err gv_store_set_targets(struct gv_store *store, const struct gv_target *const *targets,
                                 size_t count, const struct gv_store_policy *policy)
{
    struct change change = {.count = 0};

    if (!change_make(&change, targets, count, policy, store->seed)) {
        devices_free(change.devices, change.count);
        gv_overrides_free(change.overrides, policy->override_count);
        gv_arena_clear(&change.index_arena);
        return GV_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        struct device *old = gv_store_find(store, change.devices[i]->name);

        change.devices[i]->is_new = old == NULL;
        if (old != NULL)
            device_inherit(change.devices[i], old);
    }
    devices_free(store->devices, store->device_count);
    gv_overrides_free(store->overrides, store->override_count);
    gv_arena_clear(&store->index_arena);
    store->devices = change.devices;
    store->device_count = count;
    store->overrides = change.overrides;
    store->override_count = policy->override_count;
    store->stale_after = policy->stale_after;
    store->index_arena = change.index_arena;
    store->by_name = change.by_name;
    store->by_name.arena = &store->index_arena;
    store->fed = true;
    store_recall(store);
    return GV_OK;
}

static bool stale(const struct gv_store *store, const struct gv_observation *obs,
                  struct gv_time now)
{
    return gv_time_diff(now, obs->seen_at).ms > store->stale_after.ms;
}

/* Of each collector what a later poll brought, then the whole. */
static const struct gv_observation *source(const struct device *device, size_t i)
{
    return i % 2 == 0 ? device->slots[i / 2].partial : device->slots[i / 2].whole;
}

/* The latest instant at which the device is known to have booted. */
static struct gv_time booted(const struct device *device)
{
    struct gv_time latest = {INT64_MIN};

    for (size_t i = 0; i < 2 * device->slot_count; i++) {
        const struct gv_observation *obs = source(device, i);

        if (obs != NULL && obs->device.has_uptime &&
            obs->seen_at.ms - (int64_t)obs->device.uptime_ms > latest.ms)
            latest.ms = obs->seen_at.ms - (int64_t)obs->device.uptime_ms;
    }
    return latest;
}

/* Keep `device->merged` made of what is fresh at `now`. */
static void merge(const struct gv_store *store, struct device *device, struct gv_time now)
{
    struct gv_merge_in sources[GV_MERGE_MOST];
    struct gv_time boot = booted(device);
    size_t count = 0;
    unsigned mask = 0;

    for (size_t i = 0; i < 2 * device->slot_count; i++) {
        const struct gv_observation *obs = source(device, i);

        /* What it said before it rebooted is over. */
        if (obs == NULL || stale(store, obs, now) || gv_time_before(obs->seen_at, boot))
            continue;
        sources[count++] =
            (struct gv_merge_in){(enum gv_source)device->slots[i / 2].source, obs};
        mask |= 1u << i;
    }
    if (mask == device->sources)
        return;
    merged_clear(device);
    if (count == 0)
        return;
    if (count > 1)
        device->own = gv_merge(sources, count);
    /* Without memory to merge, the most detailed source alone is still true. */
    device->merged = device->own != NULL ? device->own : sources[0].obs;
    device->sources = mask;
}

/* The memory is there only from the first difference on, and as long as one is remembered:
 * most differences are a rekey seen in turns. */
static void feed_disagreements(const struct gv_store *store, struct device *device,
                               struct gv_time now)
{
    struct gv_said said[GV_SOURCE_COUNT] = {{NULL, NULL}};
    struct gv_disagreements fresh = {.count = 0};
    struct gv_disagreements *known =
        device->disagreements != NULL ? device->disagreements : &fresh;
    size_t count = 0;

    for (size_t i = 0; i < device->slot_count; i++) {
        const struct gv_observation *obs = slot_latest(&device->slots[i]);

        if (obs != NULL && !stale(store, obs, now))
            said[count++] = (struct gv_said){slot_name(&device->slots[i]), obs};
    }
    gv_disagreements_feed(known, said, count, now);
    if (known == &fresh && known->suspected != 0) {
        device->disagreements = malloc(sizeof(fresh));
        if (device->disagreements != NULL)
            *device->disagreements = fresh;
    } else if (known != &fresh && known->suspected == 0 && known->ever == 0) {
        free(device->disagreements);
        device->disagreements = NULL;
    }
}

void gv_store_feed(struct gv_store *store, const char *target, const char *collector,
                   struct gv_poll_result *result, struct gv_time now)
{
    struct device *device = gv_store_find(store, target);
    struct slot *slot = device != NULL ? slot_of(device, collector) : NULL;

    /* A poll that we cancelled ourselves says nothing about the device. */
    if (slot == NULL || result->err == GV_ERR_CANCELLED) {
        gv_observation_free(result->observation);
        result->observation = NULL;
        return;
    }
    store->fed = true;
    slot_keep_outcome(slot, result);
    if (result->observation == NULL)
        return;
    merged_clear(device);
    slot_keep_observation(slot, result);
    merge(store, device, now);
    store_feed_tracks(store, device);
    feed_disagreements(store, device, now);
}

/* The device's collectors as verdicts; how many. */
static size_t collectors_of(const struct gv_store *store, const struct device *device,
                            struct gv_time now, struct gv_collector_verdict *out)
{
    for (size_t i = 0; i < device->slot_count; i++) {
        const struct slot *slot = &device->slots[i];
        const struct gv_observation *obs = slot_latest(slot);

        out[i] = (struct gv_collector_verdict){
            .name = slot_name(slot),
            .polled = slot->polled,
            .err = slot->err,
            .detail = slot->detail,
            .duration = slot->duration,
            .failures = slot->failures,
        };
        if (obs != NULL && !stale(store, obs, now))
            out[i].observed_at = gv_when(obs->seen_at);
    }
    return device->slot_count;
}

/* The last that is known of it, however old. */
static const struct gv_observation *last_of(const struct device *device)
{
    const struct gv_observation *last = device->merged;

    for (size_t i = 0; last == NULL && i < device->slot_count; i++)
        last = slot_latest(&device->slots[i]);
    return last;
}

static bool up(const struct gv_store *store, const struct device *device, struct gv_time now)
{
    for (size_t i = 0; i < device->slot_count; i++) {
        const struct slot *slot = &device->slots[i];

        if (slot->gave && !stale(store, slot_latest(slot), now))
            return true;
    }
    return false;
}

/* Collectors of all devices. */
static size_t slots_of_all(const struct gv_store *store)
{
    size_t n = 0;

    for (size_t i = 0; i < store->device_count; i++)
        n += store->devices[i]->slot_count;
    return n;
}

static enum gv_err build(struct gv_store *store, struct gv_time now)
{
    size_t count = store->device_count;
    struct gv_fleet_device *devices = calloc(count + 1, sizeof(*devices));
    struct gv_collector_verdict *verdicts = calloc(slots_of_all(store) + 1, sizeof(*verdicts));
    struct gv_collector_verdict *own = verdicts;
    struct gv_fleet_in in = {
        .devices = devices,
        .device_count = count,
        .overrides = store->overrides,
        .override_count = store->override_count,
        .probes = store->probes,
        .probe_count = store->probe_count,
        .now = now,
        .seed = store->seed,
    };
    enum gv_err err = GV_ERR_NO_MEMORY;

    for (size_t i = 0; devices != NULL && verdicts != NULL && i < count; i++) {
        struct device *device = store->devices[i];

        merge(store, device, now);
        devices[i] = (struct gv_fleet_device){
            .name = device->name,
            .address = device->address,
            .ssh_profile = device->ssh_profile,
            .collectors = own,
            .collector_count = collectors_of(store, device, now, own),
            .up = up(store, device, now),
            .events_only = gv_store_events_only(device),
            .observation = device->heard != NULL ? device->heard : device->merged,
            .last = last_of(device),
            .tracks = device->tracks,
            .track_count = device->track_count,
            .disagreements = device->disagreements,
            .stale_before = gv_time_sub(now, store->stale_after),
        };
        own += devices[i].collector_count;
    }
    if (devices != NULL && verdicts != NULL)
        err = gv_fleet_build(&in, &store->snapshot);
    free(devices);
    free(verdicts);
    return err;
}

void gv_store_probes(struct gv_store *store, const struct gv_probe_seen *const *probes,
                     size_t count)
{
    store->probes = probes;
    store->probe_count = count;
    store->fed = true;
}

const struct gv_snapshot *gv_store_snapshot(struct gv_store *store, struct gv_time now)
{
    int64_t age_ms = gv_time_diff(now, store->snapshot.at).ms;

    if (store->built && !store->fed && age_ms >= 0 && age_ms < snapshot_age.ms)
        return &store->snapshot;
    if (store->built)
        gv_arena_clear(&store->snapshot.arena);
    store->built = build(store, now) == GV_OK;
    store->fed = !store->built;
    return store->built ? &store->snapshot : NULL;
}

const struct gv_observation *gv_store_observation(const struct gv_store *store,
                                                  const char *target, const char *collector)
{
    struct device *device = gv_store_find(store, target);
    const struct slot *slot = device != NULL ? slot_of(device, collector) : NULL;

    return slot != NULL ? slot_latest(slot) : NULL;
}

const struct gv_observation *gv_store_merged(const struct gv_store *store, const char *target)
{
    const struct device *device = gv_store_find(store, target);

    return device != NULL ? device->merged : NULL;
}

uint64_t gv_store_groups_dropped(const struct gv_store *store)
{
    return store->groups_dropped;
}
