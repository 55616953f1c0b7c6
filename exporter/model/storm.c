/* SPDX-License-Identifier: Apache-2.0 */
#include "model/storm.h"

enum { GONE_PERCENT = 5, MOVED_PERCENT = 1, MOVED_LEAST = 2 };

static bool role_changed(struct gv_storm *storm, const struct gv_ks_obs *ks)
{
    enum gv_ks_role before = storm->role;

    if (ks->role == GV_KS_ROLE_UNSAID)
        return false;
    storm->role = ks->role;
    return before != GV_KS_ROLE_UNSAID && before != ks->role;
}

static bool restarted(struct gv_storm *storm, const struct gv_device_obs *device)
{
    bool fell = device->has_uptime && storm->has_uptime && device->uptime_ms < storm->uptime_ms;

    if (device->has_uptime)
        storm->uptime_ms = device->uptime_ms;
    storm->has_uptime |= device->has_uptime;
    return fell;
}

static bool members_gone(struct gv_storm *storm, const struct gv_ks_obs *ks)
{
    uint64_t before = storm->members, now;
    bool known = storm->has_members;

    if (!gv_ks_most_members(ks, &now))
        return false;
    storm->has_members = true;
    storm->members = now;
    return known && now < before && (before - now) * 100 > before * GONE_PERCENT;
}

static bool feed_ks(struct gv_storm *storm, const struct gv_track_in *in)
{
    bool role = role_changed(storm, in->group->ks);
    bool fell = restarted(storm, in->device);
    bool gone = members_gone(storm, in->group->ks);

    if (!role && !fell && !gone)
        return false;
    gv_storm_sign(storm, in->seen_at,
                  fell   ? "a key server of the group was restarted"
                  : role ? "a key server of the group has another role in COOP"
                         : "more than 5 % of the group's members are gone");
    return true;
}

static bool feed_gm(struct gv_storm *storm, const struct gv_track_in *in)
{
    const struct gv_gm_obs *gm = in->group->gm;
    bool rose;

    if (!(gm->has & GV_GM_HAS_REGISTRATIONS_SUCCEEDED))
        return false;
    rose = storm->has_registrations && gm->registrations_succeeded > storm->registrations;
    storm->has_registrations = true;
    storm->registrations = gm->registrations_succeeded;
    if (rose)
        storm->moved_at = gv_when(in->seen_at);
    return rose;
}

bool gv_storm_feed(struct gv_storm *storm, const struct gv_track_in *in)
{
    if (in->group->ks != NULL)
        return feed_ks(storm, in);
    return in->group->gm != NULL && feed_gm(storm, in);
}

bool gv_storm_of_members(size_t moved, size_t members)
{
    return moved >= MOVED_LEAST && moved * 100 > members * MOVED_PERCENT;
}

void gv_storm_sign(struct gv_storm *storm, struct gv_time at, const char *why)
{
    if (storm->at.known && !gv_time_before(storm->at.at, at))
        return;
    storm->at = gv_when(at);
    storm->why = why;
}
