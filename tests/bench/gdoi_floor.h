/* SPDX-License-Identifier: Apache-2.0 */
/* What no registration can do without: its Diffie-Hellman and its signatures, as bare calls of
 * the library, with every parameter and key of others made beforehand. */
#ifndef GDOI_FLOOR_H
#define GDOI_FLOOR_H

#include "gdoi/crypto.h"

struct gdoi_floor;

/* For modp1024, modp2048 or ECP-256. With `certificates` (RSA-2048): a signature made, and two
 * verified, the key server's and its authority's. Ends the program on failure. */
struct gdoi_floor *gdoi_floor_new(enum gdoi_group group, bool certificates);
void gdoi_floor_free(struct gdoi_floor *floor);

/* The operations of one registration. */
void gdoi_floor_run(struct gdoi_floor *floor);

#endif
