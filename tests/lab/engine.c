/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <stdarg.h>
#include <stdio.h>

#include "machine.h"

enum { WARM_UP_S = 200 }; /* lived before the instant 0; longer than a member's window */

uint32_t lab_random(struct lab_fleet *fleet, uint32_t n)
{
    /* splitmix64: any seed will do, zero too. */
    uint64_t z = fleet->random += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % ((uint64_t)n + 1));
}

void lab_random_octets(struct lab_fleet *fleet, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)lab_random(fleet, UINT8_MAX);
}

void lab_say(struct lab_fleet *fleet, const struct lab_device *device, const char *format, ...)
{
    char line[LAB_LINE_SIZE];
    va_list args;

    if ((fleet->log == NULL && !fleet->keeps_logs) || fleet->now.ms < 0)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (fleet->keeps_logs)
        lab_log_keep(fleet, device->number, line);
    if (fleet->log != NULL)
        fleet->log(fleet->log_arg, fleet->now, device, line);
}

struct lab_dotted lab_dotted(uint32_t address)
{
    struct lab_dotted dotted;

    (void)snprintf(dotted.text, sizeof(dotted.text), "%u.%u.%u.%u", address >> 24,
                   address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
    return dotted;
}

/* --- start --- */

/* Every KS holds the group's whole list, so it has room for all at once. */
static bool make_room(struct lab_fleet *fleet, struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    ks->member_room = group->member_count +
                      (group->ghosts_most > group->ghosts ? group->ghosts_most : group->ghosts);
    if (ks->member_room == 0)
        return true;
    ks->members = gv_arena_alloc(&fleet->arena, ks->member_room * sizeof(ks->members[0]));
    return ks->members != NULL;
}

static void add_ghosts(struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    for (uint32_t i = 0; i < group->ghosts; i++) {
        struct lab_member *ghost = lab_ks_member(ks, group->ghost_first + i, true);
        if (ghost == NULL)
            return;
        ghost->version = group->ghost_version;
        ghost->registered_with = group->servers[i % group->server_count];
        ghost->registered_at = ks->device->booted;
    }
}

static struct lab_ks *first_primary(const struct lab_group *group)
{
    struct lab_ks *best = group->servers[0];

    for (size_t i = 1; i < group->server_count; i++)
        if (group->servers[i]->priority > best->priority)
            best = group->servers[i];
    return best;
}

static void meet_peers(struct lab_ks *ks, bool born_split, struct gv_time now)
{
    for (size_t i = 0; i < ks->group->server_count; i++) {
        struct lab_ks *other = ks->group->servers[i];
        if (other == ks)
            continue;
        ks->peers[ks->peer_count++] =
            (struct lab_peer){.ks = other,
                              .alive = !born_split,
                              .role = born_split ? LAB_ROLE_UNKNOWN : other->role,
                              .heard_at = now};
    }
}

static bool begin_group(struct lab_fleet *fleet, struct lab_group *group, struct gv_time now)
{
    struct lab_ks *primary;

    if (group->server_count == 0)
        return true;
    primary = first_primary(group);
    for (size_t i = 0; i < group->server_count; i++) {
        struct lab_ks *ks = group->servers[i];
        ks->role = ks == primary || group->born_split ? LAB_PRIMARY : LAB_SECONDARY;
        ks->announce_at = (struct gv_time){now.ms + lab_random(fleet, 20000)};
        if (!make_room(fleet, ks))
            return false;
        add_ghosts(ks);
        if (ks->role == LAB_PRIMARY)
            lab_ks_first_keys(fleet, ks, now, false);
    }
    for (size_t i = 0; i < group->server_count; i++) {
        meet_peers(group->servers[i], group->born_split, now);
        if (group->servers[i]->role != LAB_PRIMARY)
            lab_coop_sync(primary, group->servers[i]);
    }
    for (size_t i = 0; i < group->member_count; i++)
        lab_gm_begin(fleet, group->members[i], group->servers[i % group->server_count], now);
    return true;
}

/* So far back that no first key would be older than its own lifetime allows. */
static struct gv_time earliest(const struct lab_fleet *fleet)
{
    int64_t back_s = WARM_UP_S;

    for (size_t i = 0; i < fleet->group_count; i++) {
        const struct lab_group *g = &fleet->groups[i];
        int64_t kek_s = (int64_t)g->kek_lifetime_s - g->kek_left_s;
        int64_t tek_s = (int64_t)g->tek_lifetime_s - g->tek_left_s;
        back_s = kek_s < back_s ? kek_s : back_s;
        back_s = tek_s < back_s ? tek_s : back_s;
    }
    return gv_time_sub((struct gv_time){0}, gv_secs(back_s > 0 ? back_s : 0));
}

bool lab_fleet_start(struct lab_fleet *fleet, uint64_t seed)
{
    fleet->random = seed;
    fleet->now = earliest(fleet);
    for (size_t i = 0; i < fleet->group_count; i++)
        if (!begin_group(fleet, &fleet->groups[i], fleet->now))
            return false;
    lab_fleet_advance(fleet, (struct gv_time){0});
    return true;
}

/* --- one box --- */

static struct gv_time reboot_ends(const struct lab_device *device)
{
    return gv_time_add(device->faults.reboot_at, device->faults.reboot_for);
}

static struct gv_time device_due(const struct lab_device *device)
{
    struct gv_time due = device->faults.reboot_at;

    if (device->down)
        return reboot_ends(device);
    for (size_t i = 0; i < device->member_count; i++)
        due = lab_earlier(due, lab_gm_due(&device->members[i]));
    for (size_t i = 0; i < device->server_count; i++)
        due = lab_earlier(due, lab_ks_due(&device->servers[i]));
    return due;
}

/* Back from a reboot: a KS waits for its peers' keys, alone it makes its own. */
static void restart_ks(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now)
{
    const struct lab_group *group = ks->group;

    ks->kek_count = ks->tek_count = ks->member_count = 0;
    ks->rekeys_sent = ks->rekey_retransmits = ks->registrations = ks->rekey_sequence = 0;
    ks->promote_at = ks->last_rekey_at = ks->kek_rekey_at = LAB_NEVER;
    ks->announce_at = now;
    ks->role = LAB_SECONDARY;
    for (size_t i = 0; i < ks->peer_count; i++) {
        ks->peers[i].alive = lab_coop_linked(ks, ks->peers[i].ks, now);
        ks->peers[i].role = ks->peers[i].alive ? ks->peers[i].ks->role : LAB_ROLE_UNKNOWN;
        ks->peers[i].heard_at = now;
    }
    for (size_t i = 0; i < group->server_count && ks->kek_count == 0; i++) {
        const struct lab_ks *other = group->servers[i];
        if (other == ks || other->role != LAB_PRIMARY || !lab_coop_linked(ks, other, now))
            continue;
        for (size_t m = 0; m < other->member_count; m++)
            ks->members[m] = other->members[m];
        ks->member_count = other->member_count;
        lab_coop_sync(other, ks);
    }
    if (ks->kek_count > 0)
        return;
    ks->role = LAB_PRIMARY;
    add_ghosts(ks);
    lab_ks_first_keys(fleet, ks, now, true);
}

static void reboot(struct lab_fleet *fleet, struct lab_device *device, struct gv_time now)
{
    if (!device->down) {
        device->down = true;
        lab_say(fleet, device, "%%SYS-5-RELOAD: Reload requested");
        return;
    }
    device->down = false;
    device->faults.reboot_at = LAB_NEVER;
    device->booted = now;
    device->boots++;
    lab_log_clear(device);
    lab_say(fleet, device, "%%SYS-5-RESTART: System restarted --");
    for (size_t i = 0; i < device->server_count; i++)
        restart_ks(fleet, &device->servers[i], now);
    for (size_t i = 0; i < device->member_count; i++)
        lab_gm_restart(fleet, &device->members[i], now);
}

static void run_members(struct lab_fleet *fleet, struct lab_device *device, struct gv_time now)
{
    for (size_t i = 0; i < device->member_count && !device->down; i++)
        if (!gv_time_before(now, lab_gm_due(&device->members[i])))
            lab_gm_run(fleet, &device->members[i], now);
}

static void run_servers(struct lab_fleet *fleet, struct lab_device *device, struct gv_time now)
{
    for (size_t i = 0; i < device->server_count && !device->down; i++)
        if (!gv_time_before(now, lab_ks_due(&device->servers[i])))
            lab_ks_run(fleet, &device->servers[i], now);
}

/* --- the whole --- */

struct gv_time lab_fleet_next(const struct lab_fleet *fleet)
{
    struct gv_time due = LAB_NEVER;

    for (size_t i = 0; i < fleet->device_count; i++)
        due = lab_earlier(due, device_due(&fleet->devices[i]));
    return due;
}

/* Members before servers: at a KEK's expiry a new member has deleted the KEK by the
 * time an old server sends the rekey (chapter 2, rule 3). */
static void run_all(struct lab_fleet *fleet, struct gv_time now)
{
    for (size_t i = 0; i < fleet->device_count; i++) {
        struct lab_device *device = &fleet->devices[i];
        if (!gv_time_before(now, device->down ? reboot_ends(device) : device->faults.reboot_at))
            reboot(fleet, device, now);
    }
    for (size_t i = 0; i < fleet->device_count; i++)
        run_members(fleet, &fleet->devices[i], now);
    for (size_t i = 0; i < fleet->device_count; i++)
        run_servers(fleet, &fleet->devices[i], now);
}

void lab_fleet_advance(struct lab_fleet *fleet, struct gv_time now)
{
    for (;;) {
        struct gv_time due = lab_fleet_next(fleet);
        if (gv_time_before(now, due))
            break;
        fleet->now = gv_time_before(due, fleet->now) ? fleet->now : due;
        run_all(fleet, fleet->now);
        fleet->events++;
    }
    if (gv_time_before(fleet->now, now))
        fleet->now = now;
}

void lab_fleet_clear(struct lab_fleet *fleet)
{
    gv_arena_clear(&fleet->arena);
    *fleet = (struct lab_fleet){0};
}
