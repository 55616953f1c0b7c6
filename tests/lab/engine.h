/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: lets a fleet live from event to event by the rules of GDOI as Cisco's
 * key servers and members follow them (rekey-behaviour, chapters 1, 2, 5, 6).
 *
 * No clock, no socket, no thread: the caller says how far to go, so a test runs hours
 * in milliseconds. The same fleet and seed give the same life. */
#ifndef LAB_ENGINE_H
#define LAB_ENGINE_H

#include "fleet.h"

/* Seconds ahead of the KEK's expiry at which a KS with the new behaviour rekeys:
 * 200 + N*R, and for unicast 5*(1 + members/50), integer division (chapter 1). */
uint32_t lab_kek_lead_s(const struct lab_group *group, size_t members);

/* Seconds ahead of a TEK's expiry at which its successor is sent (chapter 5, a model):
 * 90 + N*R + 5*(1 + members/50), but never more than half of the lifetime. */
uint32_t lab_tek_lead_s(const struct lab_group *group, size_t members);

/* Begin to live, with every random choice drawn from `seed`: keys made, members
 * registered, roles given; then up to the instant 0, so that a fleet that starts in the
 * middle of a KEK's life has the past that belongs to it. The rows of groups, devices,
 * roles are the caller's, complete and linked. False without memory. */
bool lab_fleet_start(struct lab_fleet *fleet, uint64_t seed);

/* The instant of the next event; LAB_NEVER where nothing will happen any more. */
struct gv_time lab_fleet_next(const struct lab_fleet *fleet);

/* Live up to `now`, events in their order. Going back does nothing. */
void lab_fleet_advance(struct lab_fleet *fleet, struct gv_time now);

/* A line for the log, as the device would write it; none before the instant 0. */
void lab_say(struct lab_fleet *fleet, const struct lab_device *device, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Release everything. */
void lab_fleet_clear(struct lab_fleet *fleet);

#endif
