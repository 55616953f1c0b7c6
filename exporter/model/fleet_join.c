/* SPDX-License-Identifier: Apache-2.0 */
#include "model/fleet_parts.h"

#include <string.h>

/* An index by name, or by id, holds 2 * group, and this where several share it. */
enum { AMBIGUOUS = 1 };

static void note(struct fleet *fleet, struct gv_index *index, const char *key, size_t group)
{
    size_t *value = gv_index_add(index, key, NULL);

    if (value == NULL)
        fleet->failed = true;
    else
        *value = *value == GV_INDEX_NEW ? 2 * group : *value | AMBIGUOUS;
}

static bool ambiguous(const struct gv_index *index, const char *key)
{
    const size_t *value = gv_index_find(index, key, NULL);

    return value != NULL && (*value & AMBIGUOUS);
}

/* The number of the one group under that key; GV_INDEX_NEW where there is none
 * or more than one. */
static size_t only(const struct gv_index *index, const char *key)
{
    const size_t *value = key != NULL ? gv_index_find(index, key, NULL) : NULL;

    return value == NULL || (*value & AMBIGUOUS) ? GV_INDEX_NEW : *value / 2;
}

static bool is(const struct fleet_group *group, const char *name, const char *id)
{
    return fleet_equal(group->name, name) && fleet_equal(group->id, id);
}

/* The group of exactly this name and id, made where there is none yet. */
static size_t exact(struct fleet *fleet, const char *name, const char *id)
{
    size_t *value;

    /* Neighbours in the configuration are mostly of one group. */
    if (fleet->group_count > 0 && is(&fleet->groups[fleet->last_exact], name, id))
        return fleet->last_exact;
    value = gv_index_add(&fleet->by_pair, name, id);
    if (value == NULL) {
        fleet->failed = true;
        return 0;
    }
    if (*value == GV_INDEX_NEW) {
        *value = fleet->group_count++;
        fleet->groups[*value].name = name;
        fleet->groups[*value].id = id;
    }
    fleet->last_exact = *value;
    return *value;
}

/* A device is in a group once: what it says of a group a second time (by name
 * alone, then by id alone) stands apart. */
static void append(struct fleet *fleet, struct fleet_group *group, struct fleet_member *member)
{
    if (group->last != NULL && group->last->device == member->device) {
        group = &fleet->groups[fleet->group_count++];
        group->name = member->obs->name;
        group->id = member->obs->id;
    }
    if (group->last != NULL)
        group->last->next = member;
    else
        group->members = member;
    group->last = member;
}

/* The group of a name or an id alone joins the one that it can mean, else it is
 * its own. */
static size_t group_of(struct fleet *fleet, const struct gv_index *by_name,
                       const struct gv_index *by_id, const struct fleet_member *member)
{
    const char *name = member->obs->name, *id = member->obs->id;
    size_t joined = GV_INDEX_NEW;

    if (name != NULL && id != NULL)
        return member->group;
    if (id == NULL)
        joined = only(by_name, name);
    else if (name == NULL)
        joined = only(by_id, id);
    return joined != GV_INDEX_NEW ? joined : exact(fleet, name, id);
}

/* NAME, or NAME/ID where two groups of that name differ in id; the id where
 * there is no name. */
static const char *label_of(struct fleet *fleet, const struct gv_index *by_name,
                            const struct fleet_group *group)
{
    if (group->name == NULL)
        return group->id;
    if (group->id == NULL || !ambiguous(by_name, group->name))
        return group->name;
    gv_buf_reset(&fleet->text);
    gv_buf_add_str(&fleet->text, group->name);
    gv_buf_add_char(&fleet->text, '/');
    gv_buf_add_str(&fleet->text, group->id);
    return fleet_sentence(fleet);
}

/* Labels must differ, whatever names the devices chose ("7" may be one group's
 * name and another's id): later ones get a number. */
static void make_distinct(struct fleet *fleet, struct gv_index *labels,
                          struct fleet_group *group)
{
    const char *wanted = group->label;

    for (uint64_t n = 2; !fleet->failed; n++) {
        size_t *value = gv_index_add(labels, group->label, NULL);

        fleet->failed = fleet->failed || value == NULL;
        if (value == NULL || *value == GV_INDEX_NEW) {
            if (value != NULL)
                *value = 0;
            return;
        }
        gv_buf_reset(&fleet->text);
        gv_buf_add_str(&fleet->text, wanted);
        gv_buf_add_char(&fleet->text, '#');
        gv_buf_add_u64(&fleet->text, n);
        group->label = fleet_sentence(fleet);
    }
}

static void make_labels(struct fleet *fleet, const struct gv_index *by_name)
{
    struct gv_index labels = gv_index(&fleet->scratch, fleet->in->seed);

    for (size_t i = 0; i < fleet->group_count && !fleet->failed; i++) {
        fleet->groups[i].label = label_of(fleet, by_name, &fleet->groups[i]);
        if (!fleet->failed)
            make_distinct(fleet, &labels, &fleet->groups[i]);
    }
}

/* Groups told with name and id are certain: they come first, and the names and
 * ids told alone find their place among them. */
static void note_certain(struct fleet *fleet, struct gv_index *by_name, struct gv_index *by_id)
{
    for (size_t i = 0; i < fleet->member_count && !fleet->failed; i++) {
        const struct gv_group_obs *obs = fleet->members[i].obs;
        size_t before = fleet->group_count, group;

        if (obs->name == NULL || obs->id == NULL)
            continue;
        group = exact(fleet, obs->name, obs->id);
        fleet->members[i].group = group;
        if (fleet->group_count == before)
            continue;
        note(fleet, by_name, obs->name, group);
        note(fleet, by_id, obs->id, group);
    }
}

/* Silent KSs count as the group's too: else their GMs' series would come and go. */
static void note_silent_ks(struct fleet *fleet, const struct gv_index *by_name,
                           const struct gv_index *by_id, const struct gv_fleet_device *device)
{
    for (size_t i = 0; i < device->track_count; i++) {
        const struct gv_group_track *learnt = &device->tracks[i];
        const size_t *pair;
        size_t group;

        if (learnt->track.side != GV_TRACK_KS)
            continue;
        pair = gv_index_find(&fleet->by_pair, learnt->name, learnt->id);
        group = pair != NULL ? *pair : GV_INDEX_NEW;
        if (pair == NULL && learnt->id == NULL)
            group = only(by_name, learnt->name);
        else if (pair == NULL && learnt->name == NULL)
            group = only(by_id, learnt->id);
        if (group != GV_INDEX_NEW)
            fleet->groups[group].ks_known = true;
    }
}

/* The probe's group, by the number or the name that it registers for. One whose key server is
 * polled, or heard of, waits for that to name the group: it may have both. */
static size_t group_of_probe(struct fleet *fleet, const struct gv_index *by_name,
                             const struct gv_index *by_id, const struct gv_probe_verdict *probe,
                             const struct gv_fleet_device *ks)
{
    size_t group = only(by_id, probe->group);

    if (group == GV_INDEX_NEW)
        group = only(by_name, probe->group);
    if (group == GV_INDEX_NEW) {
        const size_t *pair = gv_index_find(&fleet->by_pair, NULL, probe->group);

        group = pair != NULL ? *pair : GV_INDEX_NEW;
    }
    if (group != GV_INDEX_NEW || (ks != NULL && (!ks->events_only || ks->observation != NULL)))
        return group;
    return exact(fleet, NULL, probe->group);
}

static void join_probe(struct fleet *fleet, size_t group, const struct gv_probe_verdict *probe,
                       const char *address)
{
    struct fleet_probe *place = fleet_scratch(fleet, 1, sizeof(*place));

    if (place == NULL)
        return;
    *place = (struct fleet_probe){fleet->groups[group].probes, probe, address};
    fleet->groups[group].probes = place;
}

static void join_probes(struct fleet *fleet, const struct gv_index *by_name,
                        const struct gv_index *by_id)
{
    const struct gv_fleet_in *in = fleet->in;
    struct gv_index targets = gv_index_for(&fleet->scratch, in->seed, in->device_count);

    for (size_t i = 0; i < in->device_count && in->probe_count > 0 && !fleet->failed; i++) {
        size_t *number = gv_index_add(&targets, in->devices[i].name, NULL);

        if (number == NULL)
            fleet->failed = true;
        else
            *number = i;
    }
    for (size_t i = fleet->out->probe_count; i-- > 0 && !fleet->failed;) {
        const struct gv_probe_verdict *probe = &fleet->out->probes[i];
        const size_t *number = gv_index_find(&targets, probe->ks, NULL);
        const struct gv_fleet_device *ks = number != NULL ? &in->devices[*number] : NULL;
        size_t group = group_of_probe(fleet, by_name, by_id, probe, ks);

        if (group != GV_INDEX_NEW)
            join_probe(fleet, group, probe, ks != NULL ? ks->address : probe->ks);
    }
}

void fleet_join(struct fleet *fleet)
{
    struct gv_index by_name = gv_index(&fleet->scratch, fleet->in->seed);
    struct gv_index by_id = by_name;

    fleet->by_pair = by_name;
    /* Each membership may make two, each probe one. */
    fleet->groups = fleet_scratch(fleet, 2 * fleet->member_count + fleet->out->probe_count,
                                  sizeof(*fleet->groups));
    if (fleet->groups == NULL)
        return;
    note_certain(fleet, &by_name, &by_id);
    for (size_t i = 0; i < fleet->member_count && !fleet->failed; i++) {
        struct fleet_member *member = &fleet->members[i];

        append(fleet, &fleet->groups[group_of(fleet, &by_name, &by_id, member)], member);
    }
    join_probes(fleet, &by_name, &by_id);
    make_labels(fleet, &by_name);
    for (size_t i = 0; i < fleet->in->device_count && !fleet->failed; i++)
        note_silent_ks(fleet, &by_name, &by_id, &fleet->in->devices[i]);
}
