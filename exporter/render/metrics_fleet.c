/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics of the fleet, one row each. Names, types and labels: contract.md
 * of the project's design, "Metrics"; they are public interface. */
#include <string.h>

#include "render/metric.h"

static bool one(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    (void)row;
    (void)state;
    return gv_value_n(value, 1);
}

static bool up(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_device_verdict *d = row->base;

    (void)state;
    return !d->events_only && gv_value_n(value, d->up && !row->in->unanswered);
}

/* A device that has said nothing of itself has no info. */
static bool device_said(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_device_verdict *d = row->base;

    (void)state;
    return (d->vendor != GV_VENDOR_UNSAID || d->os != GV_OS_UNSAID || d->version != NULL ||
            d->gdoi_version != NULL) &&
           gv_value_n(value, 1);
}

static bool success(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_collector_verdict *c = row->base;

    (void)state;
    return gv_value_n(value, c->err == GV_OK);
}

static bool duration(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_collector_verdict *c = row->base;

    (void)state;
    return gv_value_ms(value, c->duration.ms);
}

/* Born at the first failure, so that the closed list costs a healthy device nothing. */
static bool failures(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_collector_verdict *c = row->base;

    if (state == GV_OK || c->failures == NULL || c->failures[state] == 0)
        return false;
    return gv_value_n(value, c->failures[state]);
}

static bool disagreement(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_disagreed *d = row->base;

    (void)state;
    return gv_value_n(value, d->stands);
}

/* The default is not shown: a device on it has one series less. */
static bool ssh_profile(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_device_verdict *d = row->base;

    (void)state;
    if (d->ssh_profile == NULL || strcmp(d->ssh_profile, "default") == 0)
        return false;
    return gv_value_n(value, 1);
}

static bool behaviour(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_behaviour_verdict *b = row->base;

    return gv_value_n(value, b->behaviour == (enum gv_behaviour)state);
}

/* Only where it is so: a member has no room for a series more. */
static bool contradicted(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_behaviour_verdict *b = row->base;

    (void)state;
    return b->contradicted && gv_value_n(value, 1);
}

/* True at the scrape's instant: the one value that moves between two polls. */
static bool kek_remaining(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_kek_verdict *kek = row->base;
    int64_t left_ms = gv_time_diff(kek->expiry.at, row->in->now).ms;

    (void)state;
    if (!kek->expiry.known)
        return false;
    return gv_value_ms(value, left_ms > 0 ? left_ms : 0);
}

static bool lead_observed(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_rekey_verdict_row *r = row->base;

    (void)state;
    return r->lead_observed_known ? gv_value_ms(value, r->lead_observed.ms)
                                  : gv_value_nan(value);
}

/* A member that counts its rekeys tells when the last one came, once there is one. */
static bool last_rekey(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_membership *m = row->base;

    (void)state;
    if (m->last_rekey_at.known)
        return gv_value_ms(value, gv_unix_ms(row->in, m->last_rekey_at.at));
    return m->rekeys_received.known && gv_value_nan(value);
}

static bool rekey_verdict(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_rekey_verdict_row *r = row->base;

    return gv_value_n(value, r->verdict == (enum gv_rekey_verdict)state);
}

static bool rekeys(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_rekey_verdict_row *r = row->base;

    return gv_value_n(value, r->counts[state]);
}

static bool tek_count(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_tek_verdict *t = row->base;

    (void)state;
    return gv_value_n(value, t->count);
}

/* What every good rekey brings is in the JSON alone: no series is born at a rekey. */
static bool events(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_membership *m = row->base;

    return m->heard != NULL && m->heard->counts[state] > 0 &&
           !gv_event_is_routine((enum gv_event_kind)state) &&
           gv_value_n(value, m->heard->counts[state]);
}

static const char *event_name(unsigned state)
{
    return gv_event_kind_name((enum gv_event_kind)state);
}

/* States count from 0, both enumerations from 1: 0 is what nobody said. */
static bool ks_role(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_membership *m = row->base;

    return m->role != GV_KS_ROLE_UNSAID &&
           gv_value_n(value, m->role == (enum gv_ks_role)(state + 1));
}

static bool peer_status(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_peer_verdict *p = row->base;

    return p->status != GV_KS_STATUS_UNSAID &&
           gv_value_n(value, p->status == (enum gv_ks_status)(state + 1));
}

/* Without knowing the key server's behaviour there is nothing to say, 0 included. */
static bool mismatch(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_interop_verdict *i = row->base;

    (void)state;
    return i->outcome != GV_INTEROP_UNKNOWN &&
           gv_value_n(value, i->outcome == GV_INTEROP_MISMATCH);
}

static bool mismatch_members(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_interop_verdict *i = row->base;

    (void)state;
    return i->outcome != GV_INTEROP_UNKNOWN &&
           gv_value_n(value, i->outcome == GV_INTEROP_MISMATCH ? i->members_new : 0);
}

static const char *reason_name(unsigned state)
{
    return gv_err_name((enum gv_err)state);
}

static const char *behaviour_name(unsigned state)
{
    return gv_behaviour_name((enum gv_behaviour)state);
}

static const char *verdict_name(unsigned state)
{
    return gv_rekey_verdict_name((enum gv_rekey_verdict)state);
}

static const char *role_name(unsigned state)
{
    return gv_ks_role_name((enum gv_ks_role)(state + 1));
}

static const char *status_name(unsigned state)
{
    return gv_ks_status_name((enum gv_ks_status)(state + 1));
}

static const char *vendor(const void *base)
{
    return gv_vendor_name(((const struct gv_device_verdict *)base)->vendor);
}

static const char *os(const void *base)
{
    return gv_os_name(((const struct gv_device_verdict *)base)->os);
}

static const char *os_version(const void *base)
{
    return ((const struct gv_device_verdict *)base)->version;
}

static const char *gdoi_version(const void *base)
{
    return ((const struct gv_device_verdict *)base)->gdoi_version;
}

static const char *profile(const void *base)
{
    return ((const struct gv_device_verdict *)base)->ssh_profile;
}

static const char *group_id(const void *base)
{
    return ((const struct gv_membership *)base)->group_id;
}

static const char *group_type(const void *base)
{
    return gv_group_type_name(((const struct gv_membership *)base)->type);
}

static const char *transport(const void *base)
{
    return gv_rekey_transport_name(((const struct gv_membership *)base)->transport);
}

static const struct gv_states reasons = {"reason", GV_ERR_COUNT, reason_name};
static const struct gv_states behaviours = {"behavior", GV_BEHAVIOUR_NEW + 1, behaviour_name};
static const struct gv_states verdicts = {"verdict", GV_REKEY_VERDICT_COUNT, verdict_name};
static const struct gv_states event_kinds = {"event", GV_EVENT_KIND_COUNT, event_name};
static const struct gv_states roles = {"role", GV_KS_ROLE_UNKNOWN, role_name};
static const struct gv_states statuses = {"status", GV_KS_STATUS_UNKNOWN, status_name};

#define AT(type, field) offsetof(struct type, field)

const struct gv_metric gv_metrics_fleet[] = {
    {.name = "getvpn_up",
     .help = "1 if at least one collector's last poll of the device gave a fresh observation.",
     .scope = GV_SCOPE_DEVICE,
     .get = up,
     .when_unanswered = true},
    {.name = "getvpn_collector_success",
     .help = "1 if the collector's last poll of the device was whole.",
     .scope = GV_SCOPE_COLLECTOR,
     .get = success},
    {.name = "getvpn_collector_duration_seconds",
     .unit = "seconds",
     .help = "How long the collector's last poll of the device took.",
     .scope = GV_SCOPE_COLLECTOR,
     .get = duration},
    {.name = "getvpn_observation_timestamp_seconds",
     .unit = "seconds",
     .help = "When the collector's last observation of the device was made; absent once stale.",
     .scope = GV_SCOPE_COLLECTOR,
     .field = GV_FIELD_WHEN,
     .offset = AT(gv_collector_verdict, observed_at)},
    {.name = "getvpn_collector_failures_total",
     .type = GV_COUNTER,
     .help = "Polls that were not whole, by reason; born at the first failure.",
     .scope = GV_SCOPE_COLLECTOR,
     .get = failures,
     .states = &reasons},
    {.name = "getvpn_collector_disagreement",
     .help = "1 while the device's collectors contradict each other in the field; born at the "
             "first time.",
     .scope = GV_SCOPE_DISAGREED,
     .get = disagreement},
    {.name = "getvpn_device_info",
     .help = "What the device says it is.",
     .scope = GV_SCOPE_DEVICE,
     .get = device_said,
     .info = {{"vendor", vendor},
              {"os", os},
              {"version", os_version},
              {"gdoi_version", gdoi_version}}},
    {.name = "getvpn_ssh_profile",
     .help = "SSH algorithms offered to the device, where not the default ones.",
     .scope = GV_SCOPE_DEVICE,
     .get = ssh_profile,
     .info = {{"profile", profile}}},
    {.name = "getvpn_kek_behavior",
     .help = "KEK rekey behavior of the device in that role: before or since IOS 15.2(1)T.",
     .scope = GV_SCOPE_BEHAVIOUR,
     .get = behaviour,
     .states = &behaviours},
    {.name = "getvpn_kek_behavior_contradicted",
     .help = "1 where evidence of that KEK rekey behavior contradicts other evidence.",
     .scope = GV_SCOPE_BEHAVIOUR,
     .get = contradicted},
    {.name = "getvpn_group_info",
     .help = "Identity, type and rekey transport of the group as the device shows them.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .get = one,
     .info = {{"group_id", group_id}, {"type", group_type}, {"transport", transport}}},
    {.name = "getvpn_kek_lifetime_seconds",
     .unit = "seconds",
     .help = "Lifetime of the KEK in use; a re-registered member shows what was left then.",
     .scope = GV_SCOPE_KEK,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_kek_verdict, lifetime_s)},
    {.name = "getvpn_kek_remaining_seconds",
     .unit = "seconds",
     .help = "Time until the KEK in use expires, at the instant of the scrape; 0 once expired.",
     .scope = GV_SCOPE_KEK,
     .get = kek_remaining},
    {.name = "getvpn_kek_expiry_timestamp_seconds",
     .unit = "seconds",
     .help = "When the KEK in use expires.",
     .scope = GV_SCOPE_KEK,
     .field = GV_FIELD_WHEN,
     .offset = AT(gv_kek_verdict, expiry)},
    {.name = "getvpn_kek_rekey_expected_timestamp_seconds",
     .unit = "seconds",
     .help = "When the KEK is due to be rekeyed.",
     .scope = GV_SCOPE_REKEY,
     .field = GV_FIELD_WHEN,
     .offset = AT(gv_rekey_verdict_row, expected_at)},
    {.name = "getvpn_kek_rekey_lead_expected_seconds",
     .unit = "seconds",
     .help = "How long before expiry the KEK rekey is due.",
     .scope = GV_SCOPE_REKEY,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_rekey_verdict_row, lead_expected_s)},
    {.name = "getvpn_kek_rekey_lead_observed_seconds",
     .unit = "seconds",
     .help = "How long before expiry the last KEK rekey came; negative after it, NaN where "
             "unknown.",
     .scope = GV_SCOPE_REKEY,
     .get = lead_observed},
    {.name = "getvpn_kek_rekey_verdict",
     .help = "How the last KEK rekey went.",
     .scope = GV_SCOPE_REKEY,
     .get = rekey_verdict,
     .states = &verdicts},
    {.name = "getvpn_kek_rekeys_total",
     .type = GV_COUNTER,
     .help = "KEK rekeys seen, by verdict.",
     .scope = GV_SCOPE_REKEY,
     .get = rekeys,
     .states = &verdicts},
    {.name = "getvpn_kek_in_sync",
     .help = "1 if the member's KEK is the one its group's key servers use.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_TRI,
     .offset = AT(gv_membership, kek_in_sync)},
    {.name = "getvpn_tek_expiry_timestamp_seconds",
     .unit = "seconds",
     .help = "When the TEK that lives longest expires: then traffic stops.",
     .scope = GV_SCOPE_TEK,
     .field = GV_FIELD_WHEN,
     .offset = AT(gv_tek_verdict, expiry)},
    /* `promtool check metrics` refuses a gauge whose name ends with _count, and the
     * name is settled; untyped it lets pass. OpenMetrics says gauge. */
    {.name = "getvpn_tek_count",
     .help = "TEKs alive.",
     .scope = GV_SCOPE_TEK,
     .get = tek_count,
     .untyped_in_text = true},
    {.name = "getvpn_gm_registered",
     .help = "1 if the member is registered with a key server.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_TRI,
     .offset = AT(gv_membership, registered)},
    {.name = "getvpn_gm_reregistration_timestamp_seconds",
     .unit = "seconds",
     .help = "When the member registers again unless a rekey comes first.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_WHEN,
     .offset = AT(gv_membership, reregistration_at)},
    {.name = "getvpn_gm_last_rekey_timestamp_seconds",
     .unit = "seconds",
     .help = "When the member received its last rekey; NaN before the first.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .get = last_rekey},
    {.name = "getvpn_gm_registrations_attempted_total",
     .type = GV_COUNTER,
     .help = "Registrations that the member began.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_membership, registrations_attempted)},
    {.name = "getvpn_gm_registrations_succeeded_total",
     .type = GV_COUNTER,
     .help = "Registrations that the member completed.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_membership, registrations_succeeded)},
    {.name = "getvpn_gm_rekeys_received_total",
     .type = GV_COUNTER,
     .help = "Rekeys that the member received.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_membership, rekeys_received)},
    {.name = "getvpn_gm_double_registrations_total",
     .type = GV_COUNTER,
     .help =
         "Pairs of registrations around one KEK expiry: a new member with an old key server.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_membership, double_registrations)},
    {.name = "getvpn_events_total",
     .type = GV_COUNTER,
     .help = "Events that the device told of the group, but for those that every good rekey "
             "brings.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .get = events,
     .states = &event_kinds},
    {.name = "getvpn_ks_role",
     .help = "COOP role of the key server.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .get = ks_role,
     .states = &roles},
    {.name = "getvpn_ks_members",
     .help = "Group members registered, as the key server counts them.",
     .scope = GV_SCOPE_MEMBERSHIP,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_membership, members_registered)},
    {.name = "getvpn_ks_member_acks_missed",
     .help = "Rekeys that the member did not acknowledge, as the key server counts them.",
     .scope = GV_SCOPE_MEMBER,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_member_verdict, acks_missed)},
    {.name = "getvpn_coop_peer_status",
     .help = "How the key server sees its COOP peer.",
     .scope = GV_SCOPE_PEER,
     .get = peer_status,
     .states = &statuses},
    {.name = "getvpn_coop_primaries",
     .help = "Key servers polled that say they are the group's primary; more than 1: split.",
     .scope = GV_SCOPE_GROUP,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_group_verdict, primaries)},
    {.name = "getvpn_coop_split",
     .help = "1 if the group has two primaries, or key servers with two KEKs in use.",
     .scope = GV_SCOPE_GROUP,
     .field = GV_FIELD_TRI,
     .offset = AT(gv_group_verdict, split)},
    {.name = "getvpn_unmonitored_members",
     .help = "Members that a key server of the group lists and that are no target.",
     .scope = GV_SCOPE_GROUP,
     .field = GV_FIELD_COUNT,
     .offset = AT(gv_group_verdict, unmonitored)},
    {.name = "getvpn_interop_mismatch",
     .help = "1 if the key server has the old KEK rekey behavior and a member the new one.",
     .scope = GV_SCOPE_INTEROP,
     .get = mismatch},
    {.name = "getvpn_interop_mismatch_members",
     .help = "Members with the new behavior that this key server makes register twice per KEK.",
     .scope = GV_SCOPE_INTEROP,
     .get = mismatch_members},
};
const size_t gv_metrics_fleet_count = sizeof(gv_metrics_fleet) / sizeof(gv_metrics_fleet[0]);
