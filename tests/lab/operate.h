/* SPDX-License-Identifier: Apache-2.0 */
/* What operators and accidents do to a fleet that lives: manual rekeys, other settings,
 * members that come and go, a clock that steps. All take effect at fleet->now. */
#ifndef LAB_OPERATE_H
#define LAB_OPERATE_H

#include "engine.h"

/* "crypto gdoi ks rekey" at the group's primary; nothing where it has none. */
void lab_operate_rekey(struct lab_fleet *fleet, struct lab_group *group);

/* The group's settings have changed: set its rekey instants anew. */
void lab_operate_settings(struct lab_group *group);

/* So many members without a box from now on, at most group->ghosts_most. */
void lab_operate_ghosts(struct lab_group *group, uint32_t ghosts);

/* All timers of the box that count down lose `by` of what they have left (gain, where it is
 * negative), as on one whose clock stepped or runs fast. */
void lab_operate_clock(struct lab_device *device, struct gv_dur by);

#endif
