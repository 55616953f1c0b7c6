/* SPDX-License-Identifier: Apache-2.0 */
#include "model/heard_keep.h"

#include <string.h>

#define AT(kind, member)   GV_KEEP_##kind, offsetof(struct gv_heard, member), 0
#define TEXT(member)       GV_KEEP_TEXT, offsetof(struct gv_heard, member), GV_EVENT_ADDRESS
#define ENUM(member, most) GV_KEEP_ENUM, offsetof(struct gv_heard, member), most
#define WHEN(name, member)                                                                     \
    {name ".known", AT(BOOL, member.known)},                                                   \
    {                                                                                          \
        name, AT(TIME, member.at)                                                              \
    }
#define KIND(name, kind)                                                                       \
    {"heard.count." name, GV_KEEP_U32, offsetof(struct gv_heard, counts) + 4 * (kind), 0},     \
    {                                                                                          \
        "heard.last." name, GV_KEEP_TIME, offsetof(struct gv_heard, last) + 8 * (kind), 0      \
    }

/* Every field has its row; the names stand in files: they stay. */
static const struct gv_keep_field fields[] = {
    {"heard.as_gm", AT(BOOL, as_gm)},
    {"heard.as_ks", AT(BOOL, as_ks)},
    {"heard.registration_told", AT(BOOL, registration_told)},
    {"heard.registered", AT(BOOL, registered)},
    {"heard.ks_address", TEXT(ks_address)},
    WHEN("heard.newer_gm", newer_gm),
    {"heard.newer_gm_address", TEXT(newer_gm_address)},
    WHEN("heard.logged", logged),
    {"heard.ks", TEXT(signature.ks)},
    {"heard.gm", TEXT(signature.gm)},
    {"heard.registration.begun", AT(BOOL, signature.registration.begun)},
    {"heard.registration.again", AT(BOOL, signature.registration.again)},
    {"heard.registration.done", AT(BOOL, signature.registration.done)},
    {"heard.registration.notified", AT(BOOL, signature.registration.notified)},
    {"heard.registration.rekeyed", AT(BOOL, signature.registration.rekeyed)},
    {"heard.registration.alone", AT(BOOL, signature.registration.alone)},
    {"heard.registration.other_kek", AT(BOOL, signature.registration.other_kek)},
    WHEN("heard.registration.begun_at", signature.registration.begun_at),
    WHEN("heard.registration.done_at", signature.registration.done_at),
    {"heard.expiry.pending", AT(BOOL, signature.expiry.pending)},
    {"heard.expiry.with_registration", AT(BOOL, signature.expiry.with_registration)},
    WHEN("heard.expiry.at", signature.expiry.at),
    WHEN("heard.expiry.first", signature.expiry.first),
    {"heard.expiry.told", AT(BOOL, signature.expiry.told)},
    {"heard.rekey_missed", AT(BOOL, signature.rekey_missed)},
    WHEN("heard.rekey_missed_at", signature.rekey_missed_at),
    {"heard.kek_known", AT(BOOL, signature.kek_known)},
    {"heard.kek_spi", GV_KEEP_OCTETS, offsetof(struct gv_heard, signature.kek_spi),
     GV_KEK_SPI_LEN},
    {"heard.doubles", AT(U64, signature.doubles)},
    {"heard.missed", AT(U64, signature.missed)},
    {"heard.double.kind", ENUM(signature.last_double.kind, GV_FINDING_MISSED)},
    WHEN("heard.double.at", signature.last_double.at),
    WHEN("heard.double.first", signature.last_double.first),
    WHEN("heard.double.expired", signature.last_double.expired),
    WHEN("heard.double.second", signature.last_double.second),
    {"heard.double.inferred", AT(BOOL, signature.last_double.inferred)},
    {"heard.cycle", AT(DUR, signature.cycle)},
    KIND("other", GV_EVENT_OTHER),
    KIND("gm_reregisters", GV_EVENT_GM_REREGISTERS),
    KIND("gm_registration_begun", GV_EVENT_GM_REGISTRATION_BEGUN),
    KIND("gm_registered", GV_EVENT_GM_REGISTERED),
    KIND("gm_policy_installed", GV_EVENT_GM_POLICY_INSTALLED),
    KIND("gm_kek_updated", GV_EVENT_GM_KEK_UPDATED),
    KIND("gm_tek_updated", GV_EVENT_GM_TEK_UPDATED),
    KIND("gm_kek_expired", GV_EVENT_GM_KEK_EXPIRED),
    KIND("gm_rekey_received", GV_EVENT_GM_REKEY_RECEIVED),
    KIND("gm_rekey_missed", GV_EVENT_GM_REKEY_MISSED),
    KIND("gm_fault", GV_EVENT_GM_FAULT),
    KIND("gm_left", GV_EVENT_GM_LEFT),
    KIND("gm_recovers", GV_EVENT_GM_RECOVERS),
    KIND("gm_policy_changed", GV_EVENT_GM_POLICY_CHANGED),
    KIND("ks_registration_begun", GV_EVENT_KS_REGISTRATION_BEGUN),
    KIND("ks_registered", GV_EVENT_KS_REGISTERED),
    KIND("ks_rekey_sent", GV_EVENT_KS_REKEY_SENT),
    KIND("ks_newer_gm", GV_EVENT_KS_NEWER_GM),
    KIND("ks_members", GV_EVENT_KS_MEMBERS),
    KIND("ks_gm_ejected", GV_EVENT_KS_GM_EJECTED),
    KIND("ks_refused", GV_EVENT_KS_REFUSED),
    KIND("ks_fault", GV_EVENT_KS_FAULT),
    KIND("ks_policy_changed", GV_EVENT_KS_POLICY_CHANGED),
    KIND("coop_unreachable", GV_EVENT_COOP_UNREACHABLE),
    KIND("coop_reachable", GV_EVENT_COOP_REACHABLE),
    KIND("coop_role", GV_EVENT_COOP_ROLE),
    KIND("coop_fault", GV_EVENT_COOP_FAULT),
    KIND("replay", GV_EVENT_REPLAY),
    KIND("packet_fault", GV_EVENT_PACKET_FAULT),
    KIND("ike_fault", GV_EVENT_IKE_FAULT),
    KIND("pki_fault", GV_EVENT_PKI_FAULT),
    KIND("gdoi_switched", GV_EVENT_GDOI_SWITCHED),
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

_Static_assert(sizeof(((struct gv_heard *)0)->counts[0]) == 4 &&
                   sizeof(((struct gv_heard *)0)->last[0]) == 8 &&
                   GV_EVENT_KIND_COUNT == GV_EVENT_GDOI_SWITCHED + 1,
               "two rows for every kind");

void gv_heard_write(const struct gv_heard *heard, struct gv_dur shift, struct gv_buf *out)
{
    gv_keep_write(fields, FIELDS, heard, shift, out);
}

bool gv_heard_read(struct gv_text text, struct gv_dur shift, struct gv_time now, bool *any,
                   struct gv_heard *out)
{
    struct gv_heard heard = {.as_gm = false};
    bool counted = false;

    if (!gv_keep_read(fields, FIELDS, text, shift, &heard))
        return false;
    for (size_t i = 0; i < GV_EVENT_KIND_COUNT; i++) {
        if (heard.counts[i] > 0 && gv_time_before(now, heard.last[i]))
            return false;
        counted = counted || heard.counts[i] > 0;
    }
    *any = counted;
    *out = heard;
    return true;
}

void gv_heard_doubt(struct gv_heard *heard)
{
    struct gv_signature *signature = &heard->signature;

    memset(&signature->registration, 0, sizeof(signature->registration));
    memset(&signature->expiry, 0, sizeof(signature->expiry));
    signature->rekey_missed = false;
}
