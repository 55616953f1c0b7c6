/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "scenario_schema.h"

enum {
    ARENA_CEILING = 256 << 20,
    DAY_S = 86400,
    UPTIME_S = 30 * DAY_S, /* where the scenario says none */
    UPTIME_STEP_S = 977,   /* boxes were not all switched on at once */
};

static struct lab_group *find_group(const struct lab_fleet *fleet,
                                    const struct lab_scenario *scenario, struct gv_text key)
{
    size_t i = 0;

    for (const struct lab_group_spec *g = scenario->groups; g != NULL; g = g->next, i++)
        if (gv_text_is(key, g->key))
            return &fleet->groups[i];
    return NULL;
}

/* "gm-###" and 7 give "gm-007": a run of '#' is the number, zeros before it. */
static const char *numbered(struct gv_arena *arena, const char *name, uint32_t number)
{
    size_t before = strcspn(name, "#"), digits = strspn(name + before, "#");
    char out[256];

    if (digits == 0)
        return name;
    snprintf(out, sizeof(out), "%.*s%0*u%s", (int)before, name, (int)digits, number,
             name + before + digits);
    return gv_arena_text(arena, gv_text(out));
}

static const char *dotted(struct gv_arena *arena, uint32_t address)
{
    struct in_addr in = {htonl(address)};
    char out[INET_ADDRSTRLEN];

    inet_ntop(AF_INET, &in, out, sizeof(out));
    return gv_arena_text(arena, gv_text(out));
}

/* --- roles --- */

struct linking {
    struct lab_yaml *yaml;
    struct lab_fleet *fleet;
    const struct lab_scenario *scenario;
    struct lab_device *device;
    uint32_t address; /* of the box inside the GETVPN */
    uint32_t priority;
};

static bool link_server(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct linking *l = object;
    struct lab_group *group = find_group(l->fleet, l->scenario, lab_yaml_text(item));
    struct lab_ks *ks = &l->device->servers[l->device->server_count];

    if (group == NULL)
        return lab_yaml_fault(yaml, item, "expected a group's key");
    if (group->server_count == LAB_MAX_SERVERS)
        return lab_yaml_fault(yaml, item, "expected at most %d key servers in a group",
                              LAB_MAX_SERVERS);
    *ks = (struct lab_ks){.device = l->device,
                          .group = group,
                          .address = l->address,
                          .priority = l->priority,
                          .promote_at = LAB_NEVER,
                          .kek_rekey_at = LAB_NEVER,
                          .last_rekey_at = LAB_NEVER};
    group->servers[group->server_count++] = ks;
    l->device->server_count++;
    return true;
}

static bool link_member(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct linking *l = object;
    struct lab_group *group = find_group(l->fleet, l->scenario, lab_yaml_text(item));
    struct lab_gm *gm = &l->device->members[l->device->member_count];

    if (group == NULL)
        return lab_yaml_fault(yaml, item, "expected a group's key");
    *gm = (struct lab_gm){.device = l->device,
                          .group = group,
                          .address = l->address,
                          .kek_register_at = LAB_NEVER,
                          .tek_register_at = LAB_NEVER,
                          .last_rekey_at = LAB_NEVER,
                          .dark_since = LAB_NEVER};
    group->member_count++;
    l->device->member_count++;
    return true;
}

static size_t items(const yaml_node_t *node)
{
    if (node == NULL)
        return 0;
    if (node->type != YAML_SEQUENCE_NODE)
        return 1;
    return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

static bool link_roles(struct linking *l, const struct lab_device_spec *spec)
{
    struct gv_arena *arena = &l->fleet->arena;
    size_t servers = items(spec->servers), members = items(spec->members);

    l->device->servers = gv_arena_alloc(arena, (servers + 1) * sizeof(struct lab_ks));
    l->device->members = gv_arena_alloc(arena, (members + 1) * sizeof(struct lab_gm));
    if (l->device->servers == NULL || l->device->members == NULL)
        return lab_yaml_fault(l->yaml, NULL, "no memory");
    return (servers == 0 || lab_yaml_each(l->yaml, spec->servers, link_server, l)) &&
           (members == 0 || lab_yaml_each(l->yaml, spec->members, link_member, l));
}

/* --- boxes --- */

static bool make_device(struct lab_yaml *yaml, struct lab_fleet *fleet,
                        const struct lab_scenario *scenario, const struct lab_device_spec *spec,
                        uint32_t i)
{
    struct lab_device *device = &fleet->devices[fleet->device_count];
    uint32_t inside =
        spec->inside != 0 ? spec->inside : (spec->address & 0x00ffffff) | 0x0a000000;
    uint32_t up_s = spec->uptime_s != 0
                        ? spec->uptime_s
                        : UPTIME_S + (uint32_t)fleet->device_count * UPTIME_STEP_S;
    struct linking l = {.yaml = yaml,
                        .fleet = fleet,
                        .scenario = scenario,
                        .device = device,
                        .address = inside + i,
                        .priority = spec->priority};

    *device = spec->box;
    device->number = (uint32_t)fleet->device_count++;
    device->name = numbered(&fleet->arena, spec->box.name, i + 1);
    device->hostname = spec->box.hostname != NULL
                           ? numbered(&fleet->arena, spec->box.hostname, i + 1)
                           : device->name;
    device->address = dotted(&fleet->arena, spec->address + i);
    device->boots = 1;
    device->booted = gv_time_sub((struct gv_time){0}, gv_secs(up_s));
    if (gv_text_is(gv_text(device->gdoi_version), "none"))
        device->gdoi_version = NULL;
    if (device->name == NULL || device->hostname == NULL || device->address == NULL)
        return lab_yaml_fault(yaml, NULL, "no memory");
    return link_roles(&l, spec);
}

static bool make_devices(struct lab_yaml *yaml, struct lab_fleet *fleet,
                         const struct lab_scenario *scenario)
{
    size_t total = 0;

    for (const struct lab_device_spec *d = scenario->devices; d != NULL; d = d->next)
        total += d->count;
    if (total == 0)
        return lab_yaml_fault(yaml, lab_yaml_root(yaml), "expected at least one device");
    fleet->devices = gv_arena_alloc(&fleet->arena, total * sizeof(fleet->devices[0]));
    if (fleet->devices == NULL)
        return lab_yaml_fault(yaml, NULL, "no memory");
    for (const struct lab_device_spec *d = scenario->devices; d != NULL; d = d->next)
        for (uint32_t i = 0; i < d->count; i++)
            if (!make_device(yaml, fleet, scenario, d, i))
                return false;
    return true;
}

/* --- groups --- */

static bool make_groups(struct lab_yaml *yaml, struct lab_fleet *fleet,
                        const struct lab_scenario *scenario)
{
    size_t total = 0;

    for (const struct lab_group_spec *g = scenario->groups; g != NULL; g = g->next)
        total++;
    fleet->groups = gv_arena_alloc(&fleet->arena, (total + 1) * sizeof(fleet->groups[0]));
    if (fleet->groups == NULL)
        return lab_yaml_fault(yaml, NULL, "no memory");
    for (const struct lab_group_spec *g = scenario->groups; g != NULL; g = g->next) {
        if (find_group(fleet, scenario, gv_text(g->key)) != &fleet->groups[fleet->group_count])
            return lab_yaml_fault(yaml, g->node, "expected a `key` that no other group has");
        fleet->groups[fleet->group_count++] = g->group;
    }
    return true;
}

static bool gather_members(struct lab_fleet *fleet, struct lab_group *group)
{
    size_t room = group->member_count + 1;

    group->members = gv_arena_alloc(&fleet->arena, room * sizeof(struct lab_gm *));
    if (group->members == NULL)
        return false;
    group->member_count = 0;
    for (size_t i = 0; i < fleet->device_count; i++)
        for (size_t m = 0; m < fleet->devices[i].member_count; m++)
            if (fleet->devices[i].members[m].group == group)
                group->members[group->member_count++] = &fleet->devices[i].members[m];
    return true;
}

/* `rekey_in` seconds from the start the first KEK rekey is due, as the primary counts. */
static uint32_t first_kek_left_s(const struct lab_group *group, uint32_t rekey_in_s)
{
    const struct lab_ks *primary = group->servers[0];

    for (size_t i = 1; i < group->server_count; i++)
        if (group->servers[i]->priority > primary->priority)
            primary = group->servers[i];
    if (primary->device->behaviour == LAB_OLD)
        return rekey_in_s;
    return rekey_in_s + lab_kek_lead_s(group, group->member_count + group->ghosts);
}

static bool finish_group(struct lab_yaml *yaml, struct lab_fleet *fleet,
                         struct lab_group *group, const struct lab_group_spec *spec)
{
    if (group->server_count == 0)
        return lab_yaml_fault(yaml, spec->node, "expected a device with `ks: %s`", spec->key);
    if (!gather_members(fleet, group))
        return lab_yaml_fault(yaml, NULL, "no memory");
    if (spec->rekey_in_s != 0)
        group->kek_left_s = first_kek_left_s(group, spec->rekey_in_s);
    if (group->kek_left_s == 0)
        group->kek_left_s = group->kek_lifetime_s / 2;
    if (group->tek_left_s == 0)
        group->tek_left_s = group->tek_lifetime_s / 2;
    if (group->kek_left_s > group->kek_lifetime_s || group->tek_left_s > group->tek_lifetime_s)
        return lab_yaml_fault(yaml, spec->node,
                              "expected first keys with less left than their lifetime: "
                              "KEK %u of %u s, TEK %u of %u s",
                              group->kek_left_s, group->kek_lifetime_s, group->tek_left_s,
                              group->tek_lifetime_s);
    return true;
}

/* --- the whole --- */

static bool build(struct lab_yaml *yaml, struct lab_fleet *fleet,
                  const struct lab_scenario *scenario)
{
    size_t i = 0;

    fleet->speed = scenario->speed;
    if (!make_groups(yaml, fleet, scenario) || !make_devices(yaml, fleet, scenario))
        return false;
    for (const struct lab_group_spec *g = scenario->groups; g != NULL; g = g->next, i++)
        if (!finish_group(yaml, fleet, &fleet->groups[i], g))
            return false;
    return true;
}

bool lab_scenario_make(struct lab_yaml *yaml, struct lab_fleet *fleet, uint64_t *seed)
{
    struct lab_scenario scenario = {.speed = 1, .seed = 1};

    *fleet = (struct lab_fleet){.arena = gv_arena(ARENA_CEILING)};
    yaml->arena = &fleet->arena;
    if (!lab_schema_read(yaml, &scenario) || !build(yaml, fleet, &scenario)) {
        gv_arena_clear(&fleet->arena);
        *fleet = (struct lab_fleet){0};
        return false;
    }
    *seed = scenario.seed;
    return true;
}

enum gv_err lab_scenario_read(const char *path, struct lab_fleet *fleet, uint64_t *seed,
                              char error[LAB_SCENARIO_ERROR_SIZE])
{
    struct lab_yaml yaml = {.path = path, .error = error};
    bool ok;

    error[0] = '\0';
    *fleet = (struct lab_fleet){0};
    if (!lab_yaml_load(&yaml))
        return GV_ERR_NOT_FOUND;
    ok = lab_scenario_make(&yaml, fleet, seed);
    lab_yaml_clear(&yaml);
    return ok ? GV_OK : GV_ERR_MALFORMED;
}
