/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

uint32_t lab_left_s(struct gv_time expiry, struct gv_time now)
{
    if (!gv_time_before(now, expiry))
        return 0;
    return (uint32_t)(gv_time_diff(expiry, now).ms / 1000);
}

const struct lab_kek *lab_ks_kek(const struct lab_ks *ks)
{
    for (size_t i = 0; i < ks->kek_count; i++)
        if (ks->keks[i].status == LAB_KEK_IN_USE)
            return &ks->keks[i];
    return NULL;
}

const struct lab_kek *lab_ks_newest_kek(const struct lab_ks *ks)
{
    return ks->kek_count > 0 ? &ks->keks[ks->kek_count - 1] : NULL;
}

uint32_t lab_gm_kek_shown_s(const struct lab_gm *gm, struct gv_time now)
{
    if (gm->device->behaviour == LAB_OLD)
        return gm->kek.lifetime_s;
    return lab_left_s(gm->kek.expiry, now);
}

bool lab_gm_registers_in(const struct lab_gm *gm, struct gv_time now, uint32_t *seconds)
{
    struct gv_time at = gm->tek_register_at;

    if (gv_time_before(gm->kek_register_at, at))
        at = gm->kek_register_at;
    if (at.ms == LAB_NEVER.ms)
        return false;
    *seconds = lab_left_s(at, now);
    return true;
}

size_t lab_ks_own_members(const struct lab_ks *ks)
{
    size_t n = 0;

    for (size_t i = 0; i < ks->member_count; i++)
        n += ks->members[i].registered_with == ks;
    return n;
}

bool lab_device_silent(const struct lab_device *device, struct gv_time now)
{
    const struct lab_faults *f = &device->faults;

    return device->down ||
           (!gv_time_before(now, f->silent_from) && gv_time_before(now, f->silent_until));
}
