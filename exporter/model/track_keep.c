/* SPDX-License-Identifier: Apache-2.0 */
#include "model/track_keep.h"

#define AT(kind, member)   GV_KEEP_##kind, offsetof(struct gv_track, member), 0
#define ENUM(member, most) GV_KEEP_ENUM, offsetof(struct gv_track, member), most
#define COUNT(verdict)     GV_KEEP_U64, offsetof(struct gv_track, counts) + 8 * (verdict), 0
#define WHEN(name, member)                                                                     \
    {name ".known", AT(BOOL, member.known)},                                                   \
    {                                                                                          \
        name, AT(TIME, member.at)                                                              \
    }
#define LIFE(name, member)                                                                     \
    {name ".known", AT(BOOL, member.known)}, {name ".has_spi", AT(BOOL, member.has_spi)},      \
        {name ".has_index", AT(BOOL, member.has_index)},                                       \
        {name ".has_lifetime", AT(BOOL, member.has_lifetime)},                                 \
        {name ".has_remaining", AT(BOOL, member.has_remaining)},                               \
        {name ".spi", GV_KEEP_OCTETS, offsetof(struct gv_track, member.spi), GV_KEK_SPI_LEN},  \
        {name ".index", AT(U32, member.index)},                                                \
        {name ".lifetime_s", AT(U32, member.lifetime_s)},                                      \
        {name ".remaining_s", AT(U32, member.remaining_s)}, WHEN(name ".birth", member.birth), \
        WHEN(name ".expiry", member.expiry), WHEN(name ".ended_by", member.ended_by),          \
        {name ".aged", AT(BOOL, member.aged)}, {name ".waited", AT(DUR, member.waited)},       \
        {name ".first_seen", AT(TIME, member.first_seen)},                                     \
        {name ".last_seen", AT(TIME, member.last_seen)},                                       \
    {                                                                                          \
        name ".spi_seen", AT(TIME, member.spi_seen)                                            \
    }

/* Every field of a track has its row; the names stand in files: they stay. */
static const struct gv_keep_field fields[] = {
    {"side", ENUM(side, GV_TRACK_GM)},
    LIFE("kek", kek),
    LIFE("previous", previous),
    LIFE("next", next),
    {"listed", AT(TIME, listed)},
    {"partly", AT(BOOL, partly)},
    {"proof", ENUM(timing.proof, GV_PROOF_COUNT - 1)},
    {"proof.a_s", AT(I64, timing.a_s)},
    {"proof.b_s", AT(I64, timing.b_s)},
    {"proof.at", AT(TIME, timing.at)},
    {"proof.assumed", AT(BOOL, timing.assumed)},
    {"told.has_retransmits", AT(BOOL, told.has_retransmits)},
    {"told.has_interval", AT(BOOL, told.has_interval)},
    {"told.retransmits", AT(U32, told.retransmits)},
    {"told.interval_s", AT(U32, told.interval_s)},
    {"policy.known", AT(BOOL, policy_known)},
    {"policy.transport", ENUM(policy.transport, GV_REKEY_MULTICAST)},
    {"policy.retransmits", AT(U32, policy.retransmits)},
    {"policy.retransmits_assumed", AT(BOOL, policy.retransmits_assumed)},
    {"policy.interval", AT(DUR, policy.interval)},
    {"policy.members", AT(U32, policy.members)},
    {"policy.members_assumed", AT(BOOL, policy.members_assumed)},
    {"policy.members_uncertain", AT(U32, policy.members_uncertain)},
    {"verdict", ENUM(verdict, GV_REKEY_VERDICT_COUNT - 1)},
    {"lead.known", AT(BOOL, lead_known)},
    {"lead", AT(DUR, lead)},
    {"lead.expected", AT(DUR, lead_expected)},
    WHEN("judged_at", judged_at),
    {"count.unknown", COUNT(GV_REKEY_UNKNOWN)},
    {"count.early", COUNT(GV_REKEY_EARLY)},
    {"count.on_time", COUNT(GV_REKEY_ON_TIME)},
    {"count.late", COUNT(GV_REKEY_LATE)},
    {"count.too_late", COUNT(GV_REKEY_TOO_LATE)},
    {"count.after_expiry", COUNT(GV_REKEY_AFTER_EXPIRY)},
    {"count.missed", COUNT(GV_REKEY_MISSED)},
    {"missed", AT(BOOL, missed)},
    {"rebooted", AT(BOOL, rebooted)},
    WHEN("booted", booted),
    {"clock_doubt", AT(BOOL, clock_doubt)},
    {"uptime.known", AT(BOOL, has_uptime)},
    {"uptime_ms", AT(U64, uptime_ms)},
    {"software", AT(U64, software)},
    {"rekeys_sent", AT(U32, rekeys_sent)},
    {"role", ENUM(role, GV_KS_ROLE_UNKNOWN)},
    {"role.assumed", AT(BOOL, role_assumed)},
    {"role.since", AT(TIME, role_since)},
    {"role.seen", AT(TIME, role_seen)},
    {"mark.known", AT(BOOL, mark.known)},
    {"mark.at", AT(TIME, mark.at)},
    {"mark.remaining_s", AT(U32, mark.remaining_s)},
    {"mark.lifetime_s", AT(U32, mark.lifetime_s)},
    {"mark.rekeys", AT(U32, mark.rekeys)},
    {"mark.registrations", AT(U32, mark.registrations)},
    {"registrations.known", AT(BOOL, registrations.known)},
    {"registrations", AT(U32, registrations.succeeded)},
    {"registrations.seen", AT(TIME, registrations.seen_at)},
    {"registrations.apart", AT(DUR, registrations.apart)},
    {"registrations.first_pending", AT(BOOL, registrations.first_pending)},
    {"registrations.second_pending", AT(BOOL, registrations.second_pending)},
    WHEN("registrations.expiry", registrations.expiry),
    {"registrations.changed", AT(BOOL, registrations.changed)},
    WHEN("registrations.end", registrations.end),
    {"registrations.longest_s", AT(U32, registrations.longest_s)},
    {"registrations.doubles", AT(U64, registrations.doubles)},
    WHEN("registrations.doubled_at", registrations.doubled_at),
    WHEN("registrations.last_at", registrations.last_at),
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

void gv_track_write(const struct gv_track *track, struct gv_dur shift, struct gv_buf *out)
{
    gv_keep_write(fields, FIELDS, track, shift, out);
}

static bool after(struct gv_time now, struct gv_time at)
{
    return gv_time_before(now, at);
}

bool gv_track_read(struct gv_text text, struct gv_dur shift, struct gv_time now,
                   struct gv_track *out)
{
    struct gv_track track = {.side = GV_TRACK_NONE};

    if (!gv_keep_read(fields, FIELDS, text, shift, &track))
        return false;
    /* What a sight later than now would do: nothing newer were ever taken. */
    if (after(now, track.kek.last_seen) || after(now, track.listed) ||
        after(now, track.registrations.seen_at) || after(now, track.mark.at) ||
        after(now, track.role_seen))
        return false;
    *out = track;
    return true;
}
