/* SPDX-License-Identifier: Apache-2.0 */
#include "operate.h"

#include <string.h>

#include "machine.h"

void lab_operate_rekey(struct lab_fleet *fleet, struct lab_group *group)
{
    for (size_t i = 0; i < group->server_count; i++) {
        struct lab_ks *ks = group->servers[i];

        if (ks->role != LAB_PRIMARY || ks->device->down)
            continue;
        lab_ks_rekey(fleet, ks, fleet->now);
        return;
    }
}

void lab_operate_settings(struct lab_group *group)
{
    for (size_t i = 0; i < group->server_count; i++)
        lab_ks_schedule(group->servers[i]);
}

static void ghosts_of(struct lab_ks *ks, uint32_t ghosts)
{
    const struct lab_group *group = ks->group;
    size_t kept = 0;

    for (size_t i = 0; i < ks->member_count; i++)
        if (ks->members[i].gm != NULL || ks->members[i].address - group->ghost_first < ghosts)
            ks->members[kept++] = ks->members[i];
    ks->member_count = kept;
    for (uint32_t i = 0; i < ghosts; i++) {
        struct lab_member *ghost = lab_ks_member(ks, group->ghost_first + i, true);

        if (ghost == NULL || ghost->registered_with != NULL)
            continue;
        ghost->version = group->ghost_version;
        ghost->registered_with = group->servers[i % group->server_count];
    }
    lab_ks_schedule(ks);
}

void lab_operate_ghosts(struct lab_group *group, uint32_t ghosts)
{
    group->ghosts = ghosts;
    for (size_t i = 0; i < group->server_count; i++)
        ghosts_of(group->servers[i], ghosts);
}

static void sooner(struct gv_time *at, struct gv_dur by)
{
    if (at->ms != LAB_NEVER.ms)
        *at = gv_time_sub(*at, by);
}

static void shift_ks(struct lab_ks *ks, struct gv_dur by)
{
    for (size_t i = 0; i < ks->kek_count; i++) {
        sooner(&ks->keks[i].born, by);
        sooner(&ks->keks[i].expiry, by);
    }
    for (size_t i = 0; i < ks->tek_count; i++)
        sooner(&ks->teks[i].expiry, by);
    lab_ks_schedule(ks);
}

static void shift_gm(struct lab_gm *gm, struct gv_dur by)
{
    sooner(&gm->kek.expiry, by);
    sooner(&gm->previous.expiry, by);
    sooner(&gm->kek_register_at, by);
    sooner(&gm->tek_register_at, by);
    for (size_t i = 0; i < gm->tek_count; i++)
        sooner(&gm->teks[i].expiry, by);
}

void lab_operate_clock(struct lab_device *device, struct gv_dur by)
{
    for (size_t i = 0; i < device->server_count; i++)
        shift_ks(&device->servers[i], by);
    for (size_t i = 0; i < device->member_count; i++)
        shift_gm(&device->members[i], by);
}
