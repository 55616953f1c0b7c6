/* SPDX-License-Identifier: Apache-2.0 */
/* How long a key lives, from what a RESTCONF answer tells of it. Only for the codec. */
#ifndef GV_RESTCONF_LIFE_H
#define GV_RESTCONF_LIFE_H

#include "restconf/leaf.h"

enum gv_life_has {
    GV_LIFE_LIFETIME = 1u << 0,
    GV_LIFE_AGE = 1u << 1,
    GV_LIFE_REMAINING = 1u << 2,
    GV_LIFE_TO_REKEY = 1u << 3,
};

/* The four leaves that every list gives of a key, by other names each. */
struct gv_life {
    uint32_t has;
    uint32_t lifetime_s, age_s, remaining_s, to_rekey_s;
};

#define GV_LIFE_LEAVES(lifetime, birth, remaining, to_rekey)                                   \
    {                                                                                          \
        {lifetime, GV_LEAF_U32, GV_LIFE_LIFETIME, offsetof(struct gv_life, lifetime_s), NULL}, \
            {birth, GV_LEAF_AGE, GV_LIFE_AGE, offsetof(struct gv_life, age_s), NULL},          \
            {remaining, GV_LEAF_U32, GV_LIFE_REMAINING, offsetof(struct gv_life, remaining_s), \
             NULL},                                                                            \
            {to_rekey, GV_LEAF_U32, GV_LIFE_TO_REKEY, offsetof(struct gv_life, to_rekey_s),    \
             NULL},                                                                            \
    }

/* What is left of the key, by its birth and its lifetime or as told.
 *
 * The model counts remaining times from the birth time stamp, so one that is told may be
 * stale; one that is shorter than birth and lifetime give is not: the lifetime was cut, or
 * the device's clock was set. So the shorter counts, a birth outside of the lifetime counts
 * nothing, and the time to the rekey is as far ahead of the end as it was told to be.
 * `told_s` is the remaining time as told, where `told`. */
struct gv_life_left {
    bool known, told, to_rekey_known;
    uint32_t remaining_s, told_s, to_rekey_s;
};
struct gv_life_left gv_life_settle(const struct gv_life *life);

/* Give a KEK or a TEK what the life says and the key does not have yet. */
void gv_life_to_kek(const struct gv_reading *reading, const struct gv_life *life,
                    struct gv_kek_obs *kek);
void gv_life_to_tek(const struct gv_life *life, struct gv_tek_obs *tek);

#endif
