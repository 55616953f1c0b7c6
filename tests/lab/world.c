/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"
#include "face.h"

struct gv_time lab_world_now(struct lab_world *world)
{
    struct gv_dur wall = gv_time_diff(gv_loop_now(world->loop), world->started);

    lab_fleet_advance(world->fleet, (struct gv_time){wall.ms * world->fleet->speed});
    return world->fleet->now;
}

struct gv_dur lab_world_wall(const struct lab_world *world, struct gv_dur fleet_time)
{
    return (struct gv_dur){fleet_time.ms / world->fleet->speed};
}
