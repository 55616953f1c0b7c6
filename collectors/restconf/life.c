/* SPDX-License-Identifier: Apache-2.0 */
#include "restconf/life.h"

struct gv_life_left gv_life_settle(const struct gv_life *life)
{
    bool born = (life->has & GV_LIFE_AGE) && (life->has & GV_LIFE_LIFETIME) &&
                life->age_s <= life->lifetime_s;
    uint32_t by_birth_s = born ? life->lifetime_s - life->age_s : 0;
    struct gv_life_left left = {
        .known = born || (life->has & GV_LIFE_REMAINING),
        .told = (life->has & GV_LIFE_REMAINING) != 0,
        .told_s = life->remaining_s,
        .remaining_s = by_birth_s,
    };

    if (left.told && (!born || left.told_s < by_birth_s))
        left.remaining_s = left.told_s;
    if ((life->has & GV_LIFE_TO_REKEY) == 0)
        return left;
    left.to_rekey_known = true;
    left.to_rekey_s = life->to_rekey_s;
    if (left.told) {
        uint32_t stale_s = left.told_s - left.remaining_s;

        left.to_rekey_s = life->to_rekey_s > stale_s ? life->to_rekey_s - stale_s : 0;
    }
    return left;
}

void gv_life_to_kek(const struct gv_reading *reading, const struct gv_life *life,
                    struct gv_kek_obs *kek)
{
    struct gv_life_left left = gv_life_settle(life);

    if ((life->has & GV_LIFE_LIFETIME) && !(kek->has & GV_KEK_HAS_LIFETIME)) {
        kek->lifetime_s = life->lifetime_s;
        kek->has |= GV_KEK_HAS_LIFETIME;
    }
    if (left.known && !(kek->has & GV_KEK_HAS_REMAINING)) {
        kek->remaining_s = left.remaining_s;
        kek->waited = reading->obs->waited;
        kek->has |= GV_KEK_HAS_REMAINING;
    }
    if (left.told && !(kek->has & GV_KEK_HAS_TOLD)) {
        kek->told_s = left.told_s;
        kek->has |= GV_KEK_HAS_TOLD;
    }
    if (left.to_rekey_known && !(kek->has & GV_KEK_HAS_TO_REKEY)) {
        kek->to_rekey_s = left.to_rekey_s;
        kek->has |= GV_KEK_HAS_TO_REKEY;
    }
}

void gv_life_to_tek(const struct gv_life *life, struct gv_tek_obs *tek)
{
    struct gv_life_left left = gv_life_settle(life);

    if ((life->has & GV_LIFE_LIFETIME) && !(tek->has & GV_TEK_HAS_LIFETIME)) {
        tek->lifetime_s = life->lifetime_s;
        tek->has |= GV_TEK_HAS_LIFETIME;
    }
    if (left.known && !(tek->has & GV_TEK_HAS_REMAINING)) {
        tek->remaining_s = left.remaining_s;
        tek->has |= GV_TEK_HAS_REMAINING;
    }
    if (left.told && !(tek->has & GV_TEK_HAS_TOLD)) {
        tek->told_s = left.told_s;
        tek->has |= GV_TEK_HAS_TOLD;
    }
    if (left.to_rekey_known && !(tek->has & GV_TEK_HAS_TO_REKEY)) {
        tek->to_rekey_s = left.to_rekey_s;
        tek->has |= GV_TEK_HAS_TO_REKEY;
    }
}
