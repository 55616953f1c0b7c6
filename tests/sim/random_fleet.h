/* SPDX-License-Identifier: Apache-2.0 */
/* A random scenario from a seed: fleet, versions, lifetimes, losses and faults. The same seed
 * gives the same text for ever, so a seed that fails can be kept as a file. */
#ifndef RANDOM_FLEET_H
#define RANDOM_FLEET_H

#include "base/buf.h"

/* Append the scenario. Its one expectation always holds: what must not be said is the
 * claims' matter. `days` is how long it lasts. */
void random_fleet(uint64_t seed, uint32_t days, struct gv_buf *out);

#endif
