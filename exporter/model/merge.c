/* SPDX-License-Identifier: Apache-2.0 */
#include "model/merge.h"

#include <string.h>

#include "model/kek_life.h"
#include "model/kek_timing.h"

const char *gv_source_name(enum gv_source source)
{
    static const char *const names[] = {"ssh", "restconf", "snmp"};

    _Static_assert(sizeof(names) / sizeof(names[0]) == GV_SOURCE_COUNT, "a name for each");
    return (size_t)source < GV_SOURCE_COUNT ? names[source] : "invalid";
}

/* Longer lists than this are taken as one source gave them, not joined. */
enum { JOINED_ROWS = 64 };

/* A number with its presence bit. */
struct field {
    uint32_t bit;
    size_t offset;
};

#define FIELD(type, bit, member)                                                               \
    {                                                                                          \
        bit, offsetof(struct type, member)                                                     \
    }

static const struct field kek_fields[] = {
    FIELD(gv_kek_obs, GV_KEK_HAS_LIFETIME, lifetime_s),
    FIELD(gv_kek_obs, GV_KEK_HAS_KEY_BITS, key_bits),
    FIELD(gv_kek_obs, GV_KEK_HAS_SIG_KEY_BITS, sig_key_bits),
    FIELD(gv_kek_obs, GV_KEK_HAS_INDEX, index),
    FIELD(gv_kek_obs, GV_KEK_HAS_TOLD, told_s),
};

static const struct field tek_fields[] = {
    FIELD(gv_tek_obs, GV_TEK_HAS_LIFETIME, lifetime_s),
};

static const struct field ks_fields[] = {
    FIELD(gv_ks_obs, GV_KS_HAS_PRIORITY, priority),
    FIELD(gv_ks_obs, GV_KS_HAS_MEMBERS_REGISTERED, members_registered),
    FIELD(gv_ks_obs, GV_KS_HAS_RETRANSMITS, retransmits),
    FIELD(gv_ks_obs, GV_KS_HAS_RETRANSMIT_INTERVAL, retransmit_interval_s),
    FIELD(gv_ks_obs, GV_KS_HAS_REKEYS_SENT, rekeys_sent),
    FIELD(gv_ks_obs, GV_KS_HAS_LAST_REKEY_RETRANSMITS, last_rekey_retransmits),
    FIELD(gv_ks_obs, GV_KS_HAS_LAST_REKEY_DURATION, last_rekey_duration_ms),
    FIELD(gv_ks_obs, GV_KS_HAS_REKEY_SEQUENCE, rekey_sequence),
    FIELD(gv_ks_obs, GV_KS_HAS_KEK_LIFETIME, kek_lifetime_s),
    FIELD(gv_ks_obs, GV_KS_HAS_TEK_LIFETIME, tek_lifetime_s),
    FIELD(gv_ks_obs, GV_KS_HAS_GROUP_MEMBERS, group_members),
};

static const struct field gm_fields[] = {
    FIELD(gv_gm_obs, GV_GM_HAS_REREGISTERS_IN, reregisters_in_s),
    FIELD(gv_gm_obs, GV_GM_HAS_REGISTRATIONS_SUCCEEDED, registrations_succeeded),
    FIELD(gv_gm_obs, GV_GM_HAS_REGISTRATIONS_ATTEMPTED, registrations_attempted),
    FIELD(gv_gm_obs, GV_GM_HAS_REKEYS_RECEIVED, rekeys_received),
    FIELD(gv_gm_obs, GV_GM_HAS_REKEY_ACKS_SENT, rekey_acks_sent),
    FIELD(gv_gm_obs, GV_GM_HAS_LAST_REKEY_SEQUENCE, last_rekey_sequence),
    FIELD(gv_gm_obs, GV_GM_HAS_LAST_REKEY_AGE, last_rekey_age_s),
    FIELD(gv_gm_obs, GV_GM_HAS_ACTIVE_TEKS, active_teks),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Give `to` the fields that only `from` has. */
static void fill(void *to, uint32_t *to_has, const void *from, uint32_t from_has,
                 const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((*to_has & fields[i].bit) || (from_has & fields[i].bit) == 0)
            continue;
        memcpy((char *)to + fields[i].offset, (const char *)from + fields[i].offset,
               sizeof(uint32_t));
        *to_has |= fields[i].bit;
    }
}

static void fill_text(const char **to, const char *from)
{
    if (*to == NULL)
        *to = from;
}

/* A remaining time `s`, told at `told`, as it is at `at`. */
static uint32_t aged(uint32_t s, struct gv_time told, struct gv_time at)
{
    int64_t gone = gv_time_diff(at, told).ms / 1000;

    if (gone <= 0)
        return s;
    return (uint64_t)gone >= s ? 0 : s - (uint32_t)gone;
}

static bool same_kek(const struct gv_kek_obs *a, const struct gv_kek_obs *b)
{
    struct gv_time end_a, end_b;

    if (a->has & b->has & GV_KEK_HAS_SPI)
        return memcmp(a->spi, b->spi, sizeof(a->spi)) == 0;
    return gv_kek_expiry(a, &end_a) && gv_kek_expiry(b, &end_b) &&
           gv_kek_ends_together(end_a, end_b);
}

static void fill_kek(struct gv_kek_obs *to, const struct gv_kek_obs *from)
{
    fill(to, &to->has, from, from->has, kek_fields, COUNT(kek_fields));
    if ((to->has & GV_KEK_HAS_SPI) == 0 && (from->has & GV_KEK_HAS_SPI)) {
        memcpy(to->spi, from->spi, sizeof(to->spi));
        to->has |= GV_KEK_HAS_SPI;
    }
    if ((to->has & GV_KEK_HAS_TO_REKEY) == 0 && (from->has & GV_KEK_HAS_TO_REKEY)) {
        to->to_rekey_s = aged(from->to_rekey_s, from->seen_at, to->seen_at);
        to->has |= GV_KEK_HAS_TO_REKEY;
    }
    if ((to->has & GV_KEK_HAS_REMAINING) == 0 && (from->has & GV_KEK_HAS_REMAINING)) {
        to->remaining_s = aged(from->remaining_s, from->seen_at, to->seen_at);
        to->waited = from->waited;
        to->aged = true;
        to->has |= GV_KEK_HAS_REMAINING;
    }
    if (to->status == GV_KEK_STATUS_UNSAID)
        to->status = from->status;
    fill_text(&to->cipher, from->cipher);
    fill_text(&to->sig_hash, from->sig_hash);
}

static void fill_tek(struct gv_tek_obs *to, const struct gv_tek_obs *from)
{
    fill(to, &to->has, from, from->has, tek_fields, COUNT(tek_fields));
    if ((to->has & GV_TEK_HAS_TO_REKEY) == 0 && (from->has & GV_TEK_HAS_TO_REKEY)) {
        to->to_rekey_s = aged(from->to_rekey_s, from->seen_at, to->seen_at);
        to->has |= GV_TEK_HAS_TO_REKEY;
    }
    fill_text(&to->interface, from->interface);
    fill_text(&to->transform, from->transform);
}

static bool same_tek(const struct gv_tek_obs *a, const struct gv_tek_obs *b)
{
    return (a->has & b->has & GV_TEK_HAS_SPI) != 0 &&
           memcmp(a->spi, b->spi, sizeof(a->spi)) == 0;
}

/* Rows that carry an SPI go before rows that do not: then one KEK is one, whichever
 * collector was last. */
static bool has_spi(const struct gv_kek_obs *rows)
{
    return (rows->has & GV_KEK_HAS_SPI) != 0;
}

/* The rows of the better source, each filled up from its twin in the other: a KEK that only
 * the other still shows is gone. */
static void merge_keks(struct gv_observation *obs, struct gv_group_obs *to,
                       const struct gv_kek_obs *from)
{
    const struct gv_kek_obs *best = to->keks, *other = from;
    struct gv_kek_obs **tail = &to->keks;
    size_t left = JOINED_ROWS;

    if (from == NULL)
        return;
    if (best == NULL || (has_spi(from) && !has_spi(best))) {
        best = from;
        other = to->keks;
    }
    for (*tail = NULL; best != NULL && left > 0; best = best->next, left--) {
        struct gv_kek_obs *row = gv_arena_alloc(&obs->arena, sizeof(*row));
        size_t others = JOINED_ROWS;

        if (row == NULL) {
            obs->failed = true;
            return;
        }
        *row = *best;
        row->next = NULL;
        for (const struct gv_kek_obs *o = other; o != NULL && others > 0; o = o->next, others--)
            if (same_kek(row, o))
                fill_kek(row, o);
        *tail = row;
        tail = &row->next;
    }
}

static void merge_teks(struct gv_observation *obs, struct gv_group_obs *to,
                       const struct gv_tek_obs *from)
{
    const struct gv_tek_obs *best = to->teks, *other = from;
    struct gv_tek_obs **tail = &to->teks;
    size_t left = JOINED_ROWS;

    if (from == NULL)
        return;
    if (best == NULL) {
        best = from;
        other = NULL;
    }
    for (*tail = NULL; best != NULL && left > 0; best = best->next, left--) {
        struct gv_tek_obs *row = gv_arena_alloc(&obs->arena, sizeof(*row));
        size_t others = JOINED_ROWS;

        if (row == NULL) {
            obs->failed = true;
            return;
        }
        *row = *best;
        row->next = NULL;
        for (const struct gv_tek_obs *o = other; o != NULL && others > 0; o = o->next, others--)
            if (same_tek(row, o))
                fill_tek(row, o);
        *tail = row;
        tail = &row->next;
    }
}

static void merge_ks(struct gv_ks_obs *to, const struct gv_ks_obs *from)
{
    fill(to, &to->has, from, from->has, ks_fields, COUNT(ks_fields));
    fill_text(&to->address, from->address);
    fill_text(&to->version, from->version);
    if (to->role == GV_KS_ROLE_UNSAID)
        to->role = from->role;
    if (to->status == GV_KS_STATUS_UNSAID)
        to->status = from->status;
    if (to->peers == NULL)
        to->peers = from->peers;
    if (!to->members_listed) {
        to->members_listed = from->members_listed;
        to->members = from->members;
    }
    if (!to->redundancy_said) {
        to->redundancy_said = from->redundancy_said;
        to->redundancy_configured = from->redundancy_configured;
    }
}

/* The best source's GM side stays whole, at its own instant: counters and ages belong to
 * the moment they were told. */
static void merge_gm(struct gv_gm_obs *to, const struct gv_gm_obs *from)
{
    bool told = (to->has & GV_GM_HAS_REGISTERED) && !to->registered_inferred;

    if (!told && (from->has & GV_GM_HAS_REGISTERED)) {
        to->registered = from->registered;
        to->registered_inferred = from->registered_inferred;
        to->has |= GV_GM_HAS_REGISTERED;
    }
    fill(to, &to->has, from, from->has, gm_fields, COUNT(gm_fields));
    to->version_line_absent = to->version_line_absent && from->version == NULL;
    fill_text(&to->address, from->address);
    fill_text(&to->version, from->version);
    fill_text(&to->registered_with, from->registered_with);
    if (to->servers == NULL)
        to->servers = from->servers;
}

/* --- one field group of one group; `to` is that group in the result --- */

static void take_identity(struct gv_observation *obs, struct gv_group_obs *to,
                          const struct gv_group_obs *from)
{
    (void)obs;
    if (to->type == GV_GROUP_TYPE_UNSAID)
        to->type = from->type;
    if (to->transport == GV_REKEY_TRANSPORT_UNSAID ||
        (to->transport_inferred && from->transport != GV_REKEY_TRANSPORT_UNSAID)) {
        to->transport = from->transport;
        to->transport_inferred = from->transport_inferred;
    }
}

static void take_ks(struct gv_observation *obs, struct gv_group_obs *to,
                    const struct gv_group_obs *from)
{
    bool had = to->ks != NULL;

    if (from->ks == NULL || gv_group_ks(obs, to) == NULL)
        return;
    if (had)
        merge_ks(to->ks, from->ks);
    else
        *to->ks = *from->ks;
}

static void take_gm(struct gv_observation *obs, struct gv_group_obs *to,
                    const struct gv_group_obs *from)
{
    bool had = to->gm != NULL;

    if (from->gm == NULL || gv_group_gm(obs, to) == NULL)
        return;
    if (had)
        merge_gm(to->gm, from->gm);
    else
        *to->gm = *from->gm;
}

/* Of a device that is both, KEKs and TEKs are the KS's: one source that tells only the GM
 * side must not bring the GM's in. */
static void take_keks(struct gv_observation *obs, struct gv_group_obs *to,
                      const struct gv_group_obs *from)
{
    if (to->ks == NULL || from->ks != NULL)
        merge_keks(obs, to, from->keks);
}

static void take_teks(struct gv_observation *obs, struct gv_group_obs *to,
                      const struct gv_group_obs *from)
{
    if (to->ks == NULL || from->ks != NULL)
        merge_teks(obs, to, from->teks);
}

static void merge_device(struct gv_device_obs *to, const struct gv_device_obs *from)
{
    fill_text(&to->hostname, from->hostname);
    fill_text(&to->version, from->version);
    fill_text(&to->train, from->train);
    fill_text(&to->software, from->software);
    fill_text(&to->gdoi_version, from->gdoi_version);
    if (to->vendor == GV_VENDOR_UNSAID)
        to->vendor = from->vendor;
    if (to->os == GV_OS_UNSAID)
        to->os = from->os;
}

/* Per field group: how good each source is, and why. Between equals the younger is first.
 * The KS side goes before its keys, which depend on whether there is one. */
static const struct {
    void (*take)(struct gv_observation *obs, struct gv_group_obs *to,
                 const struct gv_group_obs *from);
    unsigned char rank[GV_SOURCE_COUNT]; /* ssh, restconf, snmp */
} of_group[] = {
    /* Type and transport: SNMP infers the transport from the KEK's destination. */
    {take_identity, {2, 2, 1}},
    /* Role, counts, peers, members, N and R change: the youngest is right. What SNMP does not
     * have (members by name, N, R, the configured lifetimes) comes from the others. */
    {take_ks, {1, 1, 1}},
    /* Registrations, acknowledgements, the last rekey: told as one, and not by SNMP. */
    {take_gm, {2, 2, 1}},
    /* SPI, lifetime, remaining: rows without an SPI, as a member's show output, come last. */
    {take_keks, {1, 1, 1}},
    /* A member's TEKs are not told by RESTCONF; else all tell the same. */
    {take_teks, {1, 1, 1}},
};

/* The version: show output tells XE version and IOS train, RESTCONF the XE version, sysDescr
 * often the train alone. */
static const unsigned char device_rank[GV_SOURCE_COUNT] = {3, 2, 1};

/* sysUpTime never steps; RESTCONF's is the difference of two readings of a clock that may. */
static const unsigned char uptime_rank[GV_SOURCE_COUNT] = {1, 2, 3};

/* Insertion sort; at most GV_MERGE_MOST. */
static void order(struct gv_merge_in *list, size_t count,
                  const unsigned char rank[GV_SOURCE_COUNT])
{
    for (size_t i = 1; i < count; i++) {
        struct gv_merge_in moved = list[i];
        size_t at = i;

        for (; at > 0; at--) {
            const struct gv_merge_in *before = &list[at - 1];

            if (rank[before->source] > rank[moved.source] ||
                (rank[before->source] == rank[moved.source] &&
                 !gv_time_before(before->obs->seen_at, moved.obs->seen_at)))
                break;
            list[at] = *before;
        }
        list[at] = moved;
    }
}

/* One field group of all groups of one source. */
static void take_source(struct gv_observation *obs, const struct gv_observation *source,
                        size_t field)
{
    size_t left = GV_GROUPS_PER_DEVICE;

    for (const struct gv_group_obs *g = source->groups; g != NULL && left > 0;
         g = g->next, left--) {
        struct gv_group_obs *to = gv_observation_group(obs, gv_text(g->name), gv_text(g->id));

        bool told = to != NULL && to->ks != NULL && to->ks->role != GV_KS_ROLE_UNSAID;

        if (to == NULL)
            continue;
        of_group[field].take(obs, to, g);
        if (!told && to->ks != NULL && to->ks->role != GV_KS_ROLE_UNSAID)
            to->ks->role_at = source->seen_at;
    }
}

struct gv_observation *gv_merge(const struct gv_merge_in *sources, size_t count)
{
    struct gv_observation *obs = gv_observation_new(sources[0].obs->seen_at);
    struct gv_merge_in list[GV_MERGE_MOST];

    if (obs == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        list[i] = sources[i];
        obs->failed = obs->failed || sources[i].obs->failed;
        if (gv_time_before(obs->seen_at, sources[i].obs->seen_at))
            obs->seen_at = sources[i].obs->seen_at;
    }
    order(list, count, device_rank);
    for (size_t i = 0; i < count; i++)
        merge_device(&obs->device, &list[i].obs->device);
    order(list, count, uptime_rank);
    for (size_t i = 0; i < count && !obs->device.has_uptime; i++) {
        obs->device.has_uptime = list[i].obs->device.has_uptime;
        obs->device.uptime_ms = list[i].obs->device.uptime_ms;
        obs->device.uptime_at = list[i].obs->seen_at;
    }
    for (size_t field = 0; field < COUNT(of_group); field++) {
        memcpy(list, sources, count * sizeof(*list));
        order(list, count, of_group[field].rank);
        for (size_t i = 0; i < count; i++)
            take_source(obs, list[i].obs, field);
    }
    return obs;
}
