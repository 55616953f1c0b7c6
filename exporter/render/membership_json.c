/* SPDX-License-Identifier: Apache-2.0 */
/* One device in one group. */
#include "render/put_json.h"

static void put_kek(struct gv_json *doc, json_t *parent, const struct gv_kek_verdict *kek)
{
    json_t *o;

    if (!kek->present)
        return;
    o = gv_json_object(doc, parent, "kek");
    if (kek->has_spi)
        gv_json_spi(doc, o, "spi", kek->spi, sizeof(kek->spi));
    gv_json_count(doc, o, "lifetime_seconds", kek->lifetime_s);
    gv_json_when(doc, o, "expiry_at", kek->expiry);
    gv_json_left(doc, o, "remaining_seconds", kek->expiry);
    gv_json_bool(doc, o, "saturated", kek->saturated);
    gv_json_bool(doc, o, "frozen", kek->frozen);
    gv_json_count(doc, o, "frozen_remaining_seconds", kek->frozen_remaining_s);
    gv_json_text(doc, o, "cipher", kek->cipher);
    gv_json_count(doc, o, "key_bits", kek->key_bits);
    gv_json_text(doc, o, "sig_hash", kek->sig_hash);
    gv_json_count(doc, o, "sig_key_bits", kek->sig_key_bits);
}

static void put_tek(struct gv_json *doc, json_t *parent, const struct gv_tek_verdict *tek)
{
    json_t *o;

    if (!tek->present)
        return;
    o = gv_json_object(doc, parent, "tek");
    gv_json_u64(doc, o, "count", tek->count);
    gv_json_when(doc, o, "expiry_at", tek->expiry);
    gv_json_left(doc, o, "remaining_seconds", tek->expiry);
    gv_json_when(doc, o, "next_expiry_at", tek->next_expiry);
    gv_json_tri(doc, o, "successor_present", tek->successor_present);
    gv_json_when(doc, o, "rekey_at", tek->rekey_at);
}

/* Of its members the one that left the most rekeys unacknowledged. */
static struct gv_count acks_missed_most(const struct gv_membership *m)
{
    struct gv_count most = {0};

    for (size_t i = 0; i < m->member_count; i++) {
        struct gv_count missed = m->members[i].acks_missed;

        if (missed.known && (!most.known || missed.n > most.n))
            most = missed;
    }
    return most;
}

static void put_ks(struct gv_json *doc, json_t *parent, const struct gv_membership *m)
{
    json_t *o = gv_json_object(doc, parent, "ks");

    gv_json_text(doc, o, "role", gv_ks_role_name(m->role));
    gv_json_text(doc, o, "status", gv_ks_status_name(m->status));
    gv_json_text(doc, o, "version", m->ks_version);
    gv_json_text(doc, o, "address", m->ks_address);
    gv_json_count(doc, o, "priority", m->priority);
    gv_json_count(doc, o, "members_registered", m->members_registered);
    gv_json_count(doc, o, "acks_missed_most", acks_missed_most(m));
    put_kek(doc, o, &m->ks_kek);
    put_tek(doc, o, &m->ks_tek);
}

static void put_gm(struct gv_json *doc, json_t *parent, const struct gv_membership *m)
{
    json_t *o = gv_json_object(doc, parent, "gm");

    gv_json_tri(doc, o, "registered", m->registered);
    if (m->registered != GV_UNKNOWN)
        gv_json_bool(doc, o, "registered_inferred", m->registered_inferred);
    gv_json_text(doc, o, "version", m->gm_version);
    gv_json_text(doc, o, "address", m->gm_address);
    gv_json_text(doc, o, "registered_with", m->registered_with);
    gv_json_when(doc, o, "reregistration_at", m->reregistration_at);
    gv_json_when(doc, o, "last_rekey_at", m->last_rekey_at);
    gv_json_when(doc, o, "last_registration_at", m->last_registration_at);
    gv_json_count(doc, o, "registrations_attempted", m->registrations_attempted);
    gv_json_count(doc, o, "registrations_succeeded", m->registrations_succeeded);
    gv_json_count(doc, o, "rekeys_received", m->rekeys_received);
    gv_json_count(doc, o, "double_registrations", m->double_registrations);
    gv_json_count(doc, o, "missed_rekeys", m->missed_rekeys);
    gv_json_tri(doc, o, "kek_in_sync", m->kek_in_sync);
    put_kek(doc, o, &m->gm_kek);
    put_tek(doc, o, &m->gm_tek);
}

/* What the device's events told: of each kind how many, and when last. */
static void put_events(struct gv_json *doc, json_t *parent, const struct gv_heard *heard)
{
    json_t *list = gv_json_list(doc, parent, "events");

    for (unsigned i = 0; i < GV_EVENT_KIND_COUNT; i++) {
        json_t *o;

        if (heard->counts[i] == 0)
            continue;
        o = gv_json_object(doc, list, NULL);
        gv_json_text(doc, o, "kind", gv_event_kind_name((enum gv_event_kind)i));
        gv_json_u64(doc, o, "count", heard->counts[i]);
        gv_json_when(doc, o, "last_at", gv_when(heard->last[i]));
    }
}

void gv_json_membership(struct gv_json *doc, json_t *o, const struct gv_membership *m)
{
    gv_json_text(doc, o, "group", m->group);
    gv_json_text(doc, o, "name", m->name);
    gv_json_text(doc, o, "id", m->group_id);
    gv_json_text(doc, o, "type", gv_group_type_name(m->type));
    gv_json_text(doc, o, "transport", gv_rekey_transport_name(m->transport));
    if (m->transport != GV_REKEY_TRANSPORT_UNSAID)
        gv_json_bool(doc, o, "transport_inferred", m->transport_inferred);
    if (m->has_ks)
        put_ks(doc, o, m);
    if (m->has_gm)
        put_gm(doc, o, m);
    if (m->heard != NULL)
        put_events(doc, o, m->heard);
    if (m->rekey.published)
        gv_json_rekey(doc, gv_json_object(doc, o, "rekey"), &m->rekey);
}

static void put_peer(struct gv_json *doc, json_t *list, const struct gv_peer_verdict *p)
{
    json_t *o = gv_json_object(doc, list, NULL);

    gv_json_text(doc, o, "ks", p->ks);
    gv_json_text(doc, o, "address", p->address);
    gv_json_text(doc, o, "role", gv_ks_role_name(p->role));
    gv_json_text(doc, o, "status", gv_ks_status_name(p->status));
    gv_json_text(doc, o, "version", p->version);
    gv_json_count(doc, o, "priority", p->priority);
    gv_json_count(doc, o, "members_registered", p->members_registered);
}

static void put_member(struct gv_json *doc, json_t *list, const struct gv_member_verdict *m)
{
    json_t *o = gv_json_object(doc, list, NULL);

    gv_json_text(doc, o, "gm", m->gm);
    gv_json_bool(doc, o, "monitored", m->monitored);
    gv_json_text(doc, o, "id", m->id);
    gv_json_text(doc, o, "version", m->version);
    gv_json_text(doc, o, "behavior", gv_behaviour_name(m->behaviour));
    gv_json_text(doc, o, "state", m->state);
    gv_json_text(doc, o, "ks", m->ks);
    gv_json_count(doc, o, "rekeys_sent", m->rekeys_sent);
    gv_json_count(doc, o, "rekey_retries", m->rekey_retries);
    gv_json_count(doc, o, "acks_received", m->acks_received);
    gv_json_count(doc, o, "acks_missed", m->acks_missed);
}

void gv_json_peers(struct gv_json *doc, json_t *o, const struct gv_membership *m)
{
    json_t *ks = json_object_get(o, "ks"), *list;

    if (ks == NULL)
        return;
    list = gv_json_list(doc, ks, "peers");
    for (size_t i = 0; i < m->peer_count; i++)
        put_peer(doc, list, &m->peers[i]);
}

void gv_json_lists(struct gv_json *doc, json_t *o, const struct gv_membership *m)
{
    json_t *ks = json_object_get(o, "ks"), *list;

    if (ks == NULL)
        return;
    gv_json_peers(doc, o, m);
    list = gv_json_list(doc, ks, "members");
    for (size_t i = 0; i < m->member_count; i++)
        put_member(doc, list, &m->members[i]);
}
