/* SPDX-License-Identifier: Apache-2.0 */
/* A random scenario from a seed: fleet, versions, lifetimes, losses and faults. The same seed
 * gives the same text for ever, so a seed that fails can be kept as a file. */
#ifndef RANDOM_FLEET_H
#define RANDOM_FLEET_H

#include <stdbool.h>

#include "base/buf.h"

/* Append the scenario. Its one expectation always holds: what must not be said is the
 * claims' matter. `days` is how long it lasts; `wild`: with lines and faults
 * worse than anybody would run a group over. */
void random_fleet(uint64_t seed, uint32_t days, bool wild, struct gv_buf *out);

#endif
