/* SPDX-License-Identifier: Apache-2.0 */
#include "model/fleet.h"

#include <string.h>

#include "model/fleet_parts.h"

/* The longest sentence or label: longer than any name a collector lets through. */
enum { TEXT_CEILING = 1 << 20 };

static void *taken(struct fleet *fleet, struct gv_arena *arena, size_t count, size_t size)
{
    void *at = count <= arena->ceiling / size ? gv_arena_alloc(arena, count * size) : NULL;

    if (at == NULL)
        fleet->failed = true;
    return at;
}

void *fleet_alloc(struct fleet *fleet, size_t count, size_t size)
{
    return taken(fleet, &fleet->out->arena, count, size);
}

void *fleet_scratch(struct fleet *fleet, size_t count, size_t size)
{
    return taken(fleet, &fleet->scratch, count, size);
}

const char *fleet_text(struct fleet *fleet, const char *s)
{
    const char *copy;

    if (s == NULL)
        return NULL;
    copy = gv_arena_text(&fleet->out->arena, gv_text(s));
    if (copy == NULL)
        fleet->failed = true;
    return copy;
}

bool fleet_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *fleet_sentence(struct fleet *fleet)
{
    if (fleet->text.err != GV_OK || fleet->text.at == NULL) {
        fleet->failed = true;
        return "";
    }
    return fleet_text(fleet, fleet->text.at);
}

/* How well two names, or two ids, agree; either may be NULL. */
enum agreement { DIFFER, OPEN, AGREE };

static enum agreement agree(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b ? AGREE : OPEN;
    return strcmp(a, b) == 0 ? AGREE : DIFFER;
}

const struct gv_group_track *gv_group_track_find(const struct gv_group_track *tracks,
                                                 size_t count, const char *name, const char *id)
{
    const struct gv_group_track *found = NULL;
    size_t candidates = 0;

    for (size_t i = 0; i < count; i++) {
        enum agreement by_name = agree(tracks[i].name, name);
        enum agreement by_id = agree(tracks[i].id, id);

        if (by_name == AGREE && by_id == AGREE)
            return &tracks[i];
        if ((by_name == AGREE && name != NULL && by_id == OPEN) ||
            (by_id == AGREE && id != NULL && by_name == OPEN)) {
            found = &tracks[i];
            candidates++;
        }
    }
    return candidates == 1 ? found : NULL;
}

static void note_target(struct fleet *fleet, const char *address)
{
    if (address != NULL && gv_index_add(&fleet->by_target, address, NULL) == NULL)
        fleet->failed = true;
}

/* The address that it is polled at, and those it is known by in its groups, even if it is
 * silent now. */
static void note_targets(struct fleet *fleet)
{
    const struct gv_fleet_in *in = fleet->in;

    fleet->by_target = gv_index_for(&fleet->scratch, in->seed, 2 * in->device_count);
    for (size_t i = 0; i < in->device_count && !fleet->failed; i++) {
        const struct gv_observation *last = in->devices[i].last;

        note_target(fleet, in->devices[i].address);
        for (const struct gv_group_obs *g = last ? last->groups : NULL; g; g = g->next) {
            note_target(fleet, g->gm != NULL ? g->gm->address : NULL);
            note_target(fleet, g->ks != NULL ? g->ks->address : NULL);
        }
    }
}

static void build_devices(struct fleet *fleet)
{
    const struct gv_fleet_in *in = fleet->in;
    size_t at = 0;

    for (size_t i = 0; i < in->device_count; i++)
        fleet->member_count += fleet_groups_of(&in->devices[i]);
    fleet->members = fleet_scratch(fleet, fleet->member_count, sizeof(*fleet->members));
    fleet->out->devices = fleet_alloc(fleet, in->device_count, sizeof(*fleet->out->devices));
    if (fleet->failed)
        return;
    fleet->out->device_count = in->device_count;
    for (size_t i = 0; i < in->device_count && !fleet->failed; i++) {
        fleet_device(fleet, &in->devices[i], &fleet->out->devices[i], &fleet->members[at]);
        at += fleet->out->devices[i].membership_count;
    }
}

/* Merge the sorted runs [a, b) and [b, end) of `from` into `to`. */
static void merge_runs(struct fleet_group *const *from, struct fleet_group **to, size_t a,
                       size_t b, size_t end)
{
    size_t at = a, left = a, right = b;

    while (left < b || right < end) {
        bool take_left =
            right == end || (left < b && strcmp(from[left]->label, from[right]->label) <= 0);

        to[at++] = take_left ? from[left++] : from[right++];
    }
}

/* The groups in the order of their labels: a merge sort from the bottom up. NULL
 * when memory ran out. */
static struct fleet_group **sorted(struct fleet *fleet)
{
    size_t n = fleet->group_count;
    struct fleet_group **from = fleet_scratch(fleet, n, sizeof(struct fleet_group *));
    struct fleet_group **to = fleet_scratch(fleet, n, sizeof(struct fleet_group *));

    if (from == NULL || to == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        from[i] = &fleet->groups[i];
    for (size_t run = 1; run < n; run *= 2) {
        struct fleet_group **merged = to;

        for (size_t a = 0; a < n; a += 2 * run)
            merge_runs(from, to, a, a + run < n ? a + run : n,
                       a + 2 * run < n ? a + 2 * run : n);
        to = from;
        from = merged;
    }
    return from;
}

static void build_groups(struct fleet *fleet)
{
    struct gv_group_verdict *out;
    struct fleet_group **order;

    fleet->by_address = gv_index_for(&fleet->scratch, fleet->in->seed, fleet->member_count);
    fleet_join(fleet);
    if (fleet->failed)
        return;
    order = sorted(fleet);
    out = fleet_alloc(fleet, fleet->group_count, sizeof(*out));
    if (order == NULL || out == NULL)
        return;
    fleet->out->groups = out;
    for (size_t i = 0; i < fleet->group_count && !fleet->failed; i++) {
        if (order[i]->members != NULL)
            fleet_group(fleet, order[i], &out[fleet->out->group_count++]);
    }
}

enum gv_err gv_fleet_build(const struct gv_fleet_in *in, struct gv_snapshot *out)
{
    struct gv_snapshot built = {.arena = gv_arena(GV_SNAPSHOT_CEILING), .at = in->now};
    struct fleet fleet = {
        .in = in,
        .out = &built,
        .scratch = gv_arena(GV_SNAPSHOT_CEILING),
        .text = gv_buf(TEXT_CEILING),
    };

    fleet_probes(&fleet);
    fleet_leads(&fleet);
    if (!fleet.failed)
        fleet_heard(&fleet);
    if (!fleet.failed)
        build_devices(&fleet);
    if (!fleet.failed)
        note_targets(&fleet);
    if (!fleet.failed)
        build_groups(&fleet);
    gv_buf_clear(&fleet.text);
    gv_arena_clear(&fleet.scratch);
    if (fleet.failed) {
        gv_arena_clear(&built.arena);
        return GV_ERR_NO_MEMORY;
    }
    *out = built;
    return GV_OK;
}
