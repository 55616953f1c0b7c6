/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario: a YAML file that describes a fleet before it begins to live.
 *
 * README.md explains the keys; the tables in scenario_schema.c and scenario_box.c are the
 * truth. */
#ifndef LAB_SCENARIO_H
#define LAB_SCENARIO_H

#include "base/error.h"
#include "fleet.h"

enum { LAB_SCENARIO_ERROR_SIZE = 1024 };

/* Read the file at `path` into *fleet, complete and linked, ready for lab_fleet_start;
 * *seed is the file's own, 1 where it names none. On failure *fleet is empty and
 * `error` says FILE:LINE:COLUMN and what was expected. Clear with lab_fleet_clear. */
enum gv_err lab_scenario_read(const char *path, struct lab_fleet *fleet, uint64_t *seed,
                              char error[LAB_SCENARIO_ERROR_SIZE]) GV_MUST_CHECK;

struct lab_yaml;

/* The same of yaml->part, one node of a document that also holds other things; the texts go
 * into fleet->arena. False with the fault said, and an empty fleet. */
bool lab_scenario_make(struct lab_yaml *yaml, struct lab_fleet *fleet, uint64_t *seed);

#endif
