/* SPDX-License-Identifier: Apache-2.0 */
/* KEK life: one KEK of one device, from its first sight on.
 *
 * Pure. What several polls told of it: a later one adds what an earlier one did
 * not say, and a saturated 0 does not undo the expiry that was known. */
#ifndef GV_MODEL_KEK_LIFE_H
#define GV_MODEL_KEK_LIFE_H

#include "model/when.h"
#include "observation.h"

/* One KEK, from its first sight on. */
struct gv_kek_life {
    bool known;
    bool has_spi, has_index, has_lifetime, has_remaining;
    uint8_t spi[GV_KEK_SPI_LEN];
    uint32_t index, lifetime_s;
    uint32_t remaining_s;    /* as last shown */
    struct gv_when birth;    /* exact; on a GM maybe that of its registration */
    struct gv_when expiry;   /* kept when the device later shows a saturated 0 */
    struct gv_when ended_by; /* first seen expired: the latest the expiry can have been */
    bool aged;               /* what is left was counted down by ourselves */
    struct gv_dur waited;    /* birth and expiry may be so much earlier: a slow answer */
    struct gv_time first_seen, last_seen;
    struct gv_time
        spi_seen; /* with its SPI, first: a value that stands still may be another's */
};

/* The life as this one row shows it. */
struct gv_kek_life gv_kek_life_of(const struct gv_kek_obs *kek);

/* The same KEK was seen once more, as `fresh`: what is known of it grows. */
void gv_kek_life_see_again(struct gv_kek_life *life, const struct gv_kek_life *fresh);

/* The KEK's birth where it is known, else when it was first seen. */
struct gv_time gv_kek_life_since(const struct gv_kek_life *life);

/* The same KEK? By SPI; where one has none, by the instant both expire. Unknown
 * where neither can be compared. */
enum gv_tri gv_kek_same(const struct gv_kek_life *a, const struct gv_kek_life *b);

/* True where two ends are so close that they are one KEK's, told by two devices or
 * collectors. */
bool gv_kek_ends_together(struct gv_time a, struct gv_time b);

#endif
