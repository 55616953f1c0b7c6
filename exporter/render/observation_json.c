/* SPDX-License-Identifier: Apache-2.0 */
/* One observation as contract.md lays it out: what the device told, and of the
 * behaviour only what its versions say. */
#include "model/version.h"
#include "render/put_json.h"

#define NUMBER(o, name, row, bit, field)                                                       \
    do {                                                                                       \
        if ((row)->has & (bit))                                                                \
            gv_json_u64(doc, o, name, (row)->field);                                           \
    } while (0)

/* Of the device as a whole: both versions, and the line that an old GM lacks. */
static enum gv_behaviour behaviour_of(const struct gv_observation *obs)
{
    struct gv_evidence list[4];
    size_t count = 0;
    const char *gdoi = obs->device.gdoi_version;
    bool line_absent = false;
    struct gv_version_verdict judged;

    /* Cisco's old and new say nothing of another vendor's timers. */
    if (obs->device.vendor == GV_VENDOR_JUNIPER)
        return GV_BEHAVIOUR_UNKNOWN;
    for (const struct gv_group_obs *g = obs->groups; g != NULL; g = g->next) {
        if (gdoi == NULL && g->ks != NULL)
            gdoi = g->ks->version;
        if (gdoi == NULL && g->gm != NULL)
            gdoi = g->gm->version;
        line_absent |= g->gm != NULL && g->gm->version_line_absent;
    }
    judged = gv_gdoi_version_judge(gv_text(gdoi));
    if (gdoi != NULL && judged.behaviour != GV_BEHAVIOUR_UNKNOWN)
        list[count++] = (struct gv_evidence){GV_EVIDENCE_GDOI_VERSION, judged.behaviour,
                                             judged.confidence, judged.reason};
    if (gdoi == NULL && line_absent)
        list[count++] = (struct gv_evidence){GV_EVIDENCE_GDOI_VERSION, GV_BEHAVIOUR_OLD,
                                             GV_LIKELY, "no version line"};
    judged = gv_version_judge(gv_text(obs->device.version));
    if (obs->device.version != NULL && judged.behaviour != GV_BEHAVIOUR_UNKNOWN)
        list[count++] = (struct gv_evidence){GV_EVIDENCE_OS_VERSION, judged.behaviour,
                                             judged.confidence, judged.reason};
    return gv_behaviour_judge(list, count).behaviour;
}

static void put_device(struct gv_json *doc, json_t *root, const struct gv_observation *obs)
{
    const struct gv_device_obs *d = &obs->device;
    json_t *o = gv_json_object(doc, root, "device");
    enum gv_behaviour behaviour = behaviour_of(obs);

    gv_json_text(doc, o, "hostname", d->hostname);
    gv_json_text(doc, o, "vendor", gv_vendor_name(d->vendor));
    gv_json_text(doc, o, "os", gv_os_name(d->os));
    gv_json_text(doc, o, "version", d->version);
    gv_json_text(doc, o, "train", d->train);
    if (d->has_uptime)
        gv_json_u64(doc, o, "uptime_seconds", d->uptime_ms / 1000);
    if (behaviour != GV_BEHAVIOUR_UNKNOWN)
        gv_json_text(doc, o, "behavior", gv_behaviour_name(behaviour));
}

static void put_peers(struct gv_json *doc, json_t *o, const struct gv_ks_obs *ks)
{
    json_t *list = gv_json_list(doc, o, "peers");

    for (const struct gv_peer_obs *p = ks->peers; p != NULL; p = p->next) {
        json_t *peer = gv_json_object(doc, list, NULL);

        gv_json_text(doc, peer, "address", p->address);
        gv_json_text(doc, peer, "role", gv_ks_role_name(p->role));
        gv_json_text(doc, peer, "status", gv_ks_status_name(p->status));
        if (p->has_priority)
            gv_json_u64(doc, peer, "priority", p->priority);
        gv_json_text(doc, peer, "version", p->version);
        if (p->has_members_registered)
            gv_json_u64(doc, peer, "members_registered", p->members_registered);
    }
}

/* "Registered" as the device printed it, in lower case (contract). */
static void put_state(struct gv_json *doc, json_t *o, const char *state)
{
    char lower[64];
    size_t n = 0;

    if (state == NULL)
        return;
    for (; state[n] != '\0' && n < sizeof(lower) - 1; n++)
        lower[n] = state[n] >= 'A' && state[n] <= 'Z' ? (char)(state[n] - 'A' + 'a') : state[n];
    lower[n] = '\0';
    gv_json_text(doc, o, "state", lower);
}

static void put_members(struct gv_json *doc, json_t *o, const struct gv_ks_obs *ks)
{
    json_t *list = gv_json_list(doc, o, "members");

    for (const struct gv_member_obs *m = ks->members; m != NULL; m = m->next) {
        json_t *member = gv_json_object(doc, list, NULL);

        gv_json_text(doc, member, "id", m->id);
        gv_json_text(doc, member, "version", m->version);
        put_state(doc, member, m->state);
        gv_json_text(doc, member, "ks", m->ks);
        NUMBER(member, "rekeys_sent", m, GV_MEMBER_HAS_REKEYS_SENT, rekeys_sent);
        NUMBER(member, "rekey_retries", m, GV_MEMBER_HAS_REKEY_RETRIES, rekey_retries);
        NUMBER(member, "acks_received", m, GV_MEMBER_HAS_ACKS_RECEIVED, acks_received);
        NUMBER(member, "acks_missed", m, GV_MEMBER_HAS_ACKS_MISSED, acks_missed);
    }
}

static void put_ks(struct gv_json *doc, json_t *group, const struct gv_ks_obs *ks)
{
    json_t *o = gv_json_object(doc, group, "ks");

    gv_json_text(doc, o, "role", gv_ks_role_name(ks->role));
    gv_json_text(doc, o, "status", gv_ks_status_name(ks->status));
    gv_json_text(doc, o, "version", ks->version);
    gv_json_text(doc, o, "address", ks->address);
    NUMBER(o, "priority", ks, GV_KS_HAS_PRIORITY, priority);
    NUMBER(o, "members_registered", ks, GV_KS_HAS_MEMBERS_REGISTERED, members_registered);
    NUMBER(o, "group_members", ks, GV_KS_HAS_GROUP_MEMBERS, group_members);
    NUMBER(o, "retransmits", ks, GV_KS_HAS_RETRANSMITS, retransmits);
    NUMBER(o, "retransmit_interval_seconds", ks, GV_KS_HAS_RETRANSMIT_INTERVAL,
           retransmit_interval_s);
    NUMBER(o, "rekeys_sent", ks, GV_KS_HAS_REKEYS_SENT, rekeys_sent);
    NUMBER(o, "rekey_sequence", ks, GV_KS_HAS_REKEY_SEQUENCE, rekey_sequence);
    NUMBER(o, "last_rekey_retransmits", ks, GV_KS_HAS_LAST_REKEY_RETRANSMITS,
           last_rekey_retransmits);
    NUMBER(o, "last_rekey_duration_ms", ks, GV_KS_HAS_LAST_REKEY_DURATION,
           last_rekey_duration_ms);
    NUMBER(o, "kek_lifetime_seconds", ks, GV_KS_HAS_KEK_LIFETIME, kek_lifetime_s);
    NUMBER(o, "tek_lifetime_seconds", ks, GV_KS_HAS_TEK_LIFETIME, tek_lifetime_s);
    if (ks->redundancy_said)
        gv_json_bool(doc, o, "redundancy", ks->redundancy_configured);
    put_peers(doc, o, ks);
    put_members(doc, o, ks);
}

static void put_gm(struct gv_json *doc, json_t *group, const struct gv_gm_obs *gm)
{
    json_t *o = gv_json_object(doc, group, "gm"), *servers;

    gv_json_text(doc, o, "address", gm->address);
    gv_json_text(doc, o, "version", gm->version);
    if (gm->has & GV_GM_HAS_REGISTERED) {
        gv_json_bool(doc, o, "registered", gm->registered);
        if (gm->registered_inferred)
            gv_json_bool(doc, o, "registered_inferred", true);
    }
    gv_json_text(doc, o, "registered_with", gm->registered_with);
    servers = gv_json_list(doc, o, "servers");
    for (const struct gv_name_obs *s = gm->servers; s != NULL; s = s->next)
        gv_json_text(doc, servers, NULL, s->name);
    NUMBER(o, "reregisters_in_seconds", gm, GV_GM_HAS_REREGISTERS_IN, reregisters_in_s);
    NUMBER(o, "registrations_succeeded", gm, GV_GM_HAS_REGISTRATIONS_SUCCEEDED,
           registrations_succeeded);
    NUMBER(o, "registrations_attempted", gm, GV_GM_HAS_REGISTRATIONS_ATTEMPTED,
           registrations_attempted);
    NUMBER(o, "rekeys_received", gm, GV_GM_HAS_REKEYS_RECEIVED, rekeys_received);
    NUMBER(o, "rekey_acks_sent", gm, GV_GM_HAS_REKEY_ACKS_SENT, rekey_acks_sent);
    NUMBER(o, "last_rekey_sequence", gm, GV_GM_HAS_LAST_REKEY_SEQUENCE, last_rekey_sequence);
    NUMBER(o, "last_rekey_age_seconds", gm, GV_GM_HAS_LAST_REKEY_AGE, last_rekey_age_s);
    NUMBER(o, "active_teks", gm, GV_GM_HAS_ACTIVE_TEKS, active_teks);
}

static void put_keks(struct gv_json *doc, json_t *group, const struct gv_kek_obs *k)
{
    json_t *list = gv_json_list(doc, group, "keks");

    for (; k != NULL; k = k->next) {
        json_t *o = gv_json_object(doc, list, NULL);

        if (k->has & GV_KEK_HAS_SPI)
            gv_json_spi(doc, o, "spi", k->spi, sizeof(k->spi));
        gv_json_text(doc, o, "status", gv_kek_status_name(k->status));
        NUMBER(o, "lifetime_seconds", k, GV_KEK_HAS_LIFETIME, lifetime_s);
        NUMBER(o, "remaining_seconds", k, GV_KEK_HAS_REMAINING, remaining_s);
        NUMBER(o, "remaining_told_seconds", k, GV_KEK_HAS_TOLD, told_s);
        NUMBER(o, "time_to_rekey_seconds", k, GV_KEK_HAS_TO_REKEY, to_rekey_s);
        gv_json_text(doc, o, "cipher", k->cipher);
        NUMBER(o, "key_bits", k, GV_KEK_HAS_KEY_BITS, key_bits);
        gv_json_text(doc, o, "sig_hash", k->sig_hash);
        NUMBER(o, "sig_key_bits", k, GV_KEK_HAS_SIG_KEY_BITS, sig_key_bits);
    }
}

static void put_teks(struct gv_json *doc, json_t *group, const struct gv_tek_obs *t)
{
    json_t *list = gv_json_list(doc, group, "teks");

    for (; t != NULL; t = t->next) {
        json_t *o = gv_json_object(doc, list, NULL);

        if (t->has & GV_TEK_HAS_SPI)
            gv_json_spi(doc, o, "spi", t->spi, sizeof(t->spi));
        gv_json_text(doc, o, "interface", t->interface);
        gv_json_text(doc, o, "transform", t->transform);
        NUMBER(o, "lifetime_seconds", t, GV_TEK_HAS_LIFETIME, lifetime_s);
        NUMBER(o, "remaining_seconds", t, GV_TEK_HAS_REMAINING, remaining_s);
        NUMBER(o, "remaining_told_seconds", t, GV_TEK_HAS_TOLD, told_s);
        NUMBER(o, "time_to_rekey_seconds", t, GV_TEK_HAS_TO_REKEY, to_rekey_s);
    }
}

enum gv_err gv_render_observation_json(const struct gv_observation *obs, struct gv_buf *out)
{
    struct gv_json document = {.in = NULL}, *doc = &document;
    json_t *root = json_object(), *groups;

    put_device(doc, root, obs);
    groups = gv_json_list(doc, root, "groups");
    for (const struct gv_group_obs *g = obs->groups; g != NULL; g = g->next) {
        json_t *o = gv_json_object(doc, groups, NULL);

        gv_json_text(doc, o, "name", g->name);
        gv_json_text(doc, o, "id", g->id);
        gv_json_text(doc, o, "type", gv_group_type_name(g->type));
        gv_json_text(doc, o, "transport", gv_rekey_transport_name(g->transport));
        if (g->transport_inferred)
            gv_json_bool(doc, o, "transport_inferred", true);
        if (g->ks != NULL)
            put_ks(doc, o, g->ks);
        if (g->gm != NULL)
            put_gm(doc, o, g->gm);
        put_keks(doc, o, g->keks);
        put_teks(doc, o, g->teks);
    }
    return gv_json_end(doc, root, out);
}
