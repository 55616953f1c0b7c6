/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ssh/show_fields.h"
#include "ssh/show_state.h"

/* The row of the observation that a label fills. */
enum object { NO_OBJECT, OF_KS, OF_GM, OF_KEK, OF_TEK, OF_MEMBER };

static void *object_of(struct gv_show *s, enum object object, uint32_t **has)
{
    struct gv_ks_obs *ks = object == OF_KS ? gv_show_ks(s) : NULL;
    struct gv_gm_obs *gm = object == OF_GM ? gv_show_gm(s) : NULL;
    struct gv_kek_obs *kek = object == OF_KEK ? gv_show_kek(s) : NULL;
    struct gv_tek_obs *tek = object == OF_TEK ? gv_show_tek(s) : NULL;
    struct gv_show_member *member = object == OF_MEMBER && s->member.begun ? &s->member : NULL;

    *has = ks != NULL       ? &ks->has
           : gm != NULL     ? &gm->has
           : kek != NULL    ? &kek->has
           : tek != NULL    ? &tek->has
           : member != NULL ? &member->has
                            : NULL;
    return ks != NULL    ? (void *)ks
           : gm != NULL  ? (void *)gm
           : kek != NULL ? (void *)kek
           : tek != NULL ? (void *)tek
                         : (void *)member;
}

enum kind {
    IGNORED,
    NUMBER,        /* uint32_t, a unit may follow */
    NUMBER_WEAK,   /* ... unless it is known already */
    OCTETS,        /* a count of octets, kept as bits */
    WORDS,         /* const char *, the whole value */
    ADDRESS,       /* const char *, unless it says none */
    SLICE,         /* struct gv_text of the member that is being read */
    SLICE_ADDRESS, /* ... its first word */
    FUNCTION
};

struct row {
    const char *key;
    unsigned blocks;
    enum kind kind;
    enum object object;
    size_t field;
    uint32_t has;
    void (*read)(struct gv_show *s, struct gv_text value);
};

enum {
    IN_ANY = 0x3ffff,
    IN_KEK = GV_IN_GM_KEK | GV_IN_KS_KEK,
    IN_KS_SIDE = GV_IN_GROUP | GV_IN_KS,
    IN_GM_SIDE = GV_IN_GROUP | GV_IN_GM,
    IN_NAMED = GV_IN_NOTHING | GV_IN_GROUP | GV_IN_GM | GV_IN_KS | GV_IN_MEMBER |
               GV_IN_SUMMARY | GV_IN_SUMMARY_ROWS | GV_IN_FEATURE_KS | GV_IN_FEATURE_GM |
               GV_IN_OTHER
};

/* ---- names, in any case, followed by anything ---- */
struct word_value {
    const char *word;
    int value;
};

static int word_value(struct gv_text value, const struct word_value *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (gv_text_starts(value, words[i].word))
            return words[i].value;
    return 0;
}
#define WORD_VALUE(value, words) word_value(value, words, sizeof(words) / sizeof((words)[0]))

static const struct word_value roles[] = {{"primary", GV_KS_PRIMARY},
                                          {"secondary", GV_KS_SECONDARY},
                                          {"unknown", GV_KS_ROLE_UNKNOWN}};
static const struct word_value statuses[] = {
    {"alive", GV_KS_ALIVE}, {"dead", GV_KS_DEAD}, {"unknown", GV_KS_STATUS_UNKNOWN}};
static const struct word_value transports[] = {{"unicast", GV_REKEY_UNICAST},
                                               {"multicast", GV_REKEY_MULTICAST}};
static const struct word_value types[] = {
    {"gdoi", GV_GROUP_GDOI}, {"g-ikev2", GV_GROUP_G_IKEV2}, {"gikev2", GV_GROUP_G_IKEV2}};

/* ---- labels that do more than fill a field ---- */

/* Offset of the last `s` in `t`; t.n where there is none. */
static size_t find_last(struct gv_text t, const char *s)
{
    size_t last = t.n;

    for (size_t at = gv_text_find(t, s); at < t.n;) {
        last = at;
        at += 1 + gv_text_find(gv_text_from(t, at + 1), s);
    }
    return last;
}

/* The tail of the summary's heading: "G, ID: 6000, Group Members: 2". A name may
 * hold commas and colons, so it is taken off from behind. True where it is there. */
static bool summary_tail(struct gv_text *name, struct gv_text *id, struct gv_text *members)
{
    static const char before_members[] = ", Group Members:", before_id[] = ", ID:";
    size_t end = find_last(*name, before_members);
    size_t at = find_last(gv_text_head(*name, end), before_id);

    if (end == name->n || at == end)
        return false;
    *members = gv_text_trim(gv_text_from(*name, end + sizeof(before_members) - 1));
    *id = gv_text_trim(gv_text_from(gv_text_head(*name, end), at + sizeof(before_id) - 1));
    *name = gv_text_trim(gv_text_head(*name, at));
    return true;
}

static void group_name(struct gv_show *s, struct gv_text value)
{
    struct gv_text id = {"", 0}, members;
    bool summary;

    if (s->member.begun) {
        s->member.group_name = value;
        return;
    }
    summary = summary_tail(&value, &id, &members);
    gv_show_named_group(s, value, id);
    if (!summary)
        return;
    s->block = GV_IN_SUMMARY;
    gv_show_members_again(s);
    if (gv_show_ks(s) != NULL && gv_text_u32_lead(members, &s->group->ks->members_registered)) {
        s->group->ks->has |= GV_KS_HAS_MEMBERS_REGISTERED;
        s->group->ks->members_listed = true;
    }
}

static void coop_group(struct gv_show *s, struct gv_text value)
{
    s->block = GV_IN_KS;
    s->peer = NULL;
    group_name(s, value);
    (void)gv_show_ks(s);
}

static void other_group(struct gv_show *s, struct gv_text value)
{
    s->block = GV_IN_OTHER;
    group_name(s, value);
}

static void group_id(struct gv_show *s, struct gv_text value)
{
    if (s->member.begun)
        s->member.group_id = value;
    else if (s->group != NULL)
        gv_show_text(s, &s->group->id, value);
}

static void group_type(struct gv_show *s, struct gv_text value)
{
    if (s->group != NULL && s->group->type == GV_GROUP_TYPE_UNSAID)
        s->group->type = (enum gv_group_type)WORD_VALUE(value, types);
}

static void rekey_transport(struct gv_show *s, struct gv_text value)
{
    int transport = WORD_VALUE(value, transports);

    if (s->group != NULL && transport != 0)
        s->group->transport = (enum gv_rekey_transport)transport;
}

static void server_list(struct gv_show *s, struct gv_text value)
{
    struct gv_text address;
    struct gv_gm_obs *gm;

    s->in_servers = true;
    if (!gv_show_address(value, &address))
        return;
    gm = gv_show_gm(s);
    if (gm != NULL)
        (void)gv_gm_add_server(s->obs, gm, address);
}

static void gm_begins(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);
    struct gv_text address;

    s->block = GV_IN_GM;
    if (gm != NULL && gv_show_address(value, &address))
        gv_show_text(s, &gm->address, address);
}

static void registration_status(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);

    if (gm == NULL)
        return;
    gm->registered = gv_text_is_nocase(value, "registered");
    gm->has |= GV_GM_HAS_REGISTERED;
    s->told = true;
}

/* The count over all registrations outweighs the one since the last. */
static void total_received(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);

    if (gm != NULL && gv_text_u32_lead(value, &gm->rekeys_received))
        gm->has |= GV_GM_HAS_REKEYS_RECEIVED;
}

/* "never", or hours, minutes and seconds ago: "00:01:30". */
static void rekey_age(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);
    uint32_t part, age = 0;
    struct gv_text rest = value;

    for (int i = 0; i < 3; i++) {
        size_t n = gv_text_index(rest, ':');

        if ((i < 2 && n == rest.n) || !gv_text_u32(gv_text_head(rest, n), &part) ||
            age > UINT32_MAX / 60 - 1 || part > UINT32_MAX / 2)
            return;
        age = age * 60 + part;
        rest = gv_text_from(rest, n + 1);
    }
    if (gm != NULL && rest.n == 0) {
        gm->last_rekey_age_s = age;
        gm->has |= GV_GM_HAS_LAST_REKEY_AGE;
    }
}

static void redundancy(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks == NULL)
        return;
    ks->redundancy_said = true;
    ks->redundancy_configured = gv_text_is_nocase(value, "configured");
}

static void local_role(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (s->block & GV_IN_PEER)
        s->block = GV_IN_KS;
    if (ks != NULL)
        ks->role = (enum gv_ks_role)WORD_VALUE(value, roles);
    s->told = true;
}

static void local_status(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks != NULL)
        ks->status = (enum gv_ks_status)WORD_VALUE(value, statuses);
}

static struct gv_peer_obs *peer_at_hand(struct gv_show *s, bool filled)
{
    if (filled)
        s->peer = NULL;
    s->block = GV_IN_PEER;
    return gv_show_peer(s);
}

/* The peers of an earlier output are filled up, not listed twice. */
static void peer_address(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer, *same = NULL;
    struct gv_text address;

    if (!gv_show_address(value, &address))
        return;
    if (s->peer == NULL && gv_show_ks(s) != NULL)
        for (same = s->group->ks->peers; same != NULL; same = same->next)
            if (same->address != NULL && gv_text_is(address, same->address))
                break;
    if (same != NULL)
        s->peer = same;
    peer = peer_at_hand(s, s->peer != NULL && s->peer->address != NULL && same == NULL);
    if (peer != NULL)
        gv_show_text(s, &peer->address, address);
}

static void peer_role(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = peer_at_hand(
        s, s->peer != NULL && s->peer->role != GV_KS_ROLE_UNSAID && !(s->block & GV_IN_PEER));

    if (peer != NULL)
        peer->role = (enum gv_ks_role)WORD_VALUE(value, roles);
}

static void peer_status(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = gv_show_peer(s);

    if (peer != NULL)
        peer->status = (enum gv_ks_status)WORD_VALUE(value, statuses);
}

static void peer_version(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = gv_show_peer(s);

    if (peer != NULL)
        gv_show_text(s, &peer->version, value);
}

static void peer_priority(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = gv_show_peer(s);

    if (peer != NULL && gv_text_u32_lead(value, &peer->priority))
        peer->has_priority = true;
}

static void member_begins(struct gv_show *s, struct gv_text value)
{
    struct gv_text id;

    gv_show_member_end(s);
    s->block = GV_IN_MEMBER;
    if (!gv_show_address(value, &id))
        return;
    s->member.begun = true;
    s->member.id = id;
    s->told = true;
}

static void summary_ks(struct gv_show *s, struct gv_text value)
{
    s->block = GV_IN_SUMMARY;
    if (!gv_show_address(value, &s->summary_ks))
        s->summary_ks.n = 0;
}

/* The members of the GMDB that are LOCAL registered with this very device. */
static void gmdb_state(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks != NULL && gv_text_starts(value, "local"))
        gv_show_text(s, &ks->address, s->summary_ks);
}

/* The life of the KEK in use; printed with the settings, it is both. */
static void kek_lifetime(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    struct gv_kek_obs *kek = gv_show_kek(s);
    uint32_t v;

    s->teks_rekey = false;
    if (ks == NULL || kek == NULL || !gv_text_u32_lead(value, &v))
        return;
    ks->kek_lifetime_s = v;
    ks->has |= GV_KS_HAS_KEK_LIFETIME;
    kek->lifetime_s = v;
    kek->has |= GV_KEK_HAS_LIFETIME;
}

static void kek_remaining(struct gv_show *s, struct gv_text value)
{
    struct gv_kek_obs *kek = gv_show_kek(s);

    if (kek != NULL && gv_text_u32_lead(value, &kek->remaining_s))
        kek->has |= GV_KEK_HAS_REMAINING;
}

/* Where `ks policy` told the TEKs by SPI, these lines add no other. */
static bool teks_by_spi(const struct gv_show *s)
{
    const struct gv_tek_obs *tek = s->group != NULL ? s->group->teks : NULL;

    while (tek != NULL && !(tek->has & GV_TEK_HAS_SPI))
        tek = tek->next;
    return tek != NULL;
}

static void ipsec_sa_number(struct gv_show *s, struct gv_text value)
{
    (void)value;
    s->tek = NULL;
}

static void tek_lifetime(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    struct gv_tek_obs *tek;
    uint32_t v;

    s->teks_rekey = true;
    if (ks == NULL || !gv_text_u32_lead(value, &v))
        return;
    ks->tek_lifetime_s = v;
    ks->has |= GV_KS_HAS_TEK_LIFETIME;
    if (s->block & GV_IN_REKEY)
        s->tek = NULL;
    tek = teks_by_spi(s) ? NULL : gv_show_tek(s);
    if (tek == NULL)
        return;
    tek->lifetime_s = v;
    tek->has |= GV_TEK_HAS_LIFETIME;
}

static void tek_remaining(struct gv_show *s, struct gv_text value)
{
    struct gv_tek_obs *tek = teks_by_spi(s) ? NULL : gv_show_tek(s);

    if (tek != NULL && gv_text_u32_lead(value, &tek->remaining_s))
        tek->has |= GV_TEK_HAS_REMAINING;
}

/* ks rekey prints one label under the KEK's life and under each TEK's. */
static void remaining_of_last(struct gv_show *s, struct gv_text value)
{
    if (s->teks_rekey)
        tek_remaining(s, value);
    else
        kek_remaining(s, value);
}

static void kek_to_rekey(struct gv_show *s, struct gv_text value)
{
    struct gv_kek_obs *kek = s->teks_rekey ? NULL : gv_show_kek(s);

    if (kek != NULL && gv_text_u32_lead(value, &kek->to_rekey_s))
        kek->has |= GV_KEK_HAS_TO_REKEY;
}

/* A KS prints whether there is a hash, or which. */
static void ks_sig_hash(struct gv_show *s, struct gv_text value)
{
    struct gv_kek_obs *kek = gv_show_kek(s);

    if (kek != NULL && !gv_text_starts(value, "enabled") && !gv_text_starts(value, "disabled"))
        gv_show_text(s, &kek->sig_hash, value);
}

static void kek_spi(struct gv_show *s, struct gv_text value)
{
    struct gv_text word;

    if (gv_text_word(&value, &word))
        gv_show_kek_spi(s, word);
}

/* "0x5A69F51E(1516893470)". */
static void tek_spi(struct gv_show *s, struct gv_text value)
{
    gv_show_tek_spi(s, gv_text_trim(gv_text_head(value, gv_text_index(value, '('))));
}

/* "remaining key lifetime (sec): (510)", earlier "(k/sec): (4500000/3450)". */
static void sa_timing(struct gv_show *s, struct gv_text value)
{
    struct gv_tek_obs *tek = gv_show_tek(s);
    size_t open = value.n, slash;
    struct gv_text number;

    while (open > 0 && value.at[open - 1] != '(')
        open--;
    number = gv_text_from(value, open);
    number = gv_text_head(number, gv_text_index(number, ')'));
    slash = gv_text_index(number, '/');
    if (slash < number.n)
        number = gv_text_from(number, slash + 1);
    if (tek != NULL && open > 0 && gv_text_u32(gv_text_trim(number), &tek->remaining_s))
        tek->has |= GV_TEK_HAS_REMAINING;
}

#define KS(field, bit)     OF_KS, offsetof(struct gv_ks_obs, field), bit, NULL
#define GM(field, bit)     OF_GM, offsetof(struct gv_gm_obs, field), bit, NULL
#define KEK(field, bit)    OF_KEK, offsetof(struct gv_kek_obs, field), bit, NULL
#define TEK(field, bit)    OF_TEK, offsetof(struct gv_tek_obs, field), bit, NULL
#define MEMBER(field, bit) OF_MEMBER, offsetof(struct gv_show_member, field), bit, NULL
#define CALL(function)     NO_OBJECT, 0, 0, function

/* One row a label, sorted by key. A label known in several blocks has several rows. */
static const struct row rows[] = {
    {"activeteknumber", IN_GM_SIDE, NUMBER, GM(active_teks, GV_GM_HAS_ACTIVE_TEKS)},
    {"attemptedregistration", IN_GM_SIDE, NUMBER,
     GM(registrations_attempted, GV_GM_HAS_REGISTRATIONS_ATTEMPTED)},
    {"cryptogdoigroupname", IN_ANY, FUNCTION, CALL(coop_group)},
    {"cryptogkmgroupname", IN_ANY, FUNCTION, CALL(coop_group)},
    {"encryptalg", GV_IN_KS_KEK, WORDS, KEK(cipher, 0)},
    {"encryptalgorithm", IN_KEK, WORDS, KEK(cipher, 0)},
    {"gdoigroup", IN_ANY, FUNCTION, CALL(other_group)},
    {"gkmgroup", IN_ANY, FUNCTION, CALL(other_group)},
    {"gmdbstate", GV_IN_SUMMARY, FUNCTION, CALL(gmdb_state)},
    {"gmstate", GV_IN_MEMBER, SLICE, MEMBER(state, 0)},
    {"gmversion", GV_IN_MEMBER, SLICE_ADDRESS, MEMBER(version, 0)},
    {"groupid", GV_IN_MEMBER, FUNCTION, CALL(group_id)},
    {"groupidentity", IN_NAMED, FUNCTION, CALL(group_id)},
    {"groupmember", IN_GM_SIDE, FUNCTION, CALL(gm_begins)},
    {"groupmemberid", IN_NAMED, FUNCTION, CALL(member_begins)},
    {"groupmembers", IN_KS_SIDE, NUMBER, KS(members_registered, GV_KS_HAS_MEMBERS_REGISTERED)},
    {"groupname", IN_NAMED, FUNCTION, CALL(group_name)},
    {"grouprekeylifetime", IN_KS_SIDE, FUNCTION, CALL(kek_lifetime)},
    {"grouprekeyremaininglifetime", IN_KS_SIDE, FUNCTION, CALL(kek_remaining)},
    {"groupserverlist", GV_IN_GROUP, FUNCTION, CALL(server_list)},
    {"grouptype", IN_NAMED | GV_IN_MEMBER, FUNCTION, CALL(group_type)},
    {"ipsecsanumber", IN_KS_SIDE, FUNCTION, CALL(ipsec_sa_number)},
    {"ipsecsarekeylifetime", IN_KS_SIDE, FUNCTION, CALL(tek_lifetime)},
    {"kekrekeylifetimesec", GV_IN_REKEY, FUNCTION, CALL(kek_lifetime)},
    {"keyserverid", GV_IN_MEMBER, SLICE_ADDRESS, MEMBER(ks, 0)},
    {"keyserverid", GV_IN_SUMMARY | GV_IN_SUMMARY_ROWS, FUNCTION, CALL(summary_ks)},
    {"keysize", GV_IN_GM_KEK, NUMBER, KEK(key_bits, GV_KEK_HAS_KEY_BITS)},
    {"keysize", GV_IN_KS_KEK, OCTETS, KEK(key_bits, GV_KEK_HAS_KEY_BITS)},
    {"lastrekeyseqnum", IN_GM_SIDE, NUMBER,
     GM(last_rekey_sequence, GV_GM_HAS_LAST_REKEY_SEQUENCE)},
    {"lifetimesecs", GV_IN_GM_KEK, NUMBER, KEK(remaining_s, GV_KEK_HAS_REMAINING)},
    {"localaddress", IN_KS_SIDE, ADDRESS, KS(address, 0)},
    {"localksrole", IN_KS_SIDE | GV_IN_PEER, FUNCTION, CALL(local_role)},
    {"localksstatus", IN_KS_SIDE, FUNCTION, CALL(local_status)},
    {"localksversion", IN_KS_SIDE, WORDS, KS(version, 0)},
    {"localpriority", IN_KS_SIDE, NUMBER, KS(priority, GV_KS_HAS_PRIORITY)},
    {"multicastrekeyrcvd", IN_GM_SIDE, NUMBER_WEAK,
     GM(rekeys_received, GV_GM_HAS_REKEYS_RECEIVED)},
    {"multicastrekeyreceived", IN_GM_SIDE, NUMBER_WEAK,
     GM(rekeys_received, GV_GM_HAS_REKEYS_RECEIVED)},
    {"numberofrekeyackssent", GV_IN_REKEY, NUMBER,
     GM(rekey_acks_sent, GV_GM_HAS_REKEY_ACKS_SENT)},
    {"numberofrekeysreceivedcumulative", GV_IN_REKEY, NUMBER,
     GM(rekeys_received, GV_GM_HAS_REKEYS_RECEIVED)},
    {"numberofrekeyssent", GV_IN_REKEY, NUMBER, KS(rekeys_sent, GV_KS_HAS_REKEYS_SENT)},
    {"numberofretransmissions", GV_IN_REKEY, NUMBER, KS(retransmits, GV_KS_HAS_RETRANSMITS)},
    {"origlifesec", GV_IN_KS_KEK, NUMBER, KEK(lifetime_s, GV_KEK_HAS_LIFETIME)},
    {"origlifesec", GV_IN_KS_TEK, NUMBER, TEK(lifetime_s, GV_TEK_HAS_LIFETIME)},
    {"peeraddress", GV_IN_PEER | GV_IN_KS, FUNCTION, CALL(peer_address)},
    {"peerksrole", GV_IN_PEER | GV_IN_KS, FUNCTION, CALL(peer_role)},
    {"peerksstatus", GV_IN_PEER | GV_IN_KS, FUNCTION, CALL(peer_status)},
    {"peerpriority", GV_IN_PEER, FUNCTION, CALL(peer_priority)},
    {"peerversion", GV_IN_PEER, FUNCTION, CALL(peer_version)},
    {"redundancy", IN_KS_SIDE, FUNCTION, CALL(redundancy)},
    {"registeredwith", IN_GM_SIDE, ADDRESS, GM(registered_with, 0)},
    {"registrationstatus", IN_GM_SIDE, FUNCTION, CALL(registration_status)},
    {"rekeyacksmissed", GV_IN_MEMBER, NUMBER, MEMBER(acks_missed, GV_MEMBER_HAS_ACKS_MISSED)},
    {"rekeyacksrcvd", GV_IN_MEMBER, NUMBER, MEMBER(acks_received, GV_MEMBER_HAS_ACKS_RECEIVED)},
    {"rekeyackssent", IN_GM_SIDE, NUMBER, GM(rekey_acks_sent, GV_GM_HAS_REKEY_ACKS_SENT)},
    {"rekeyackssents", IN_GM_SIDE, NUMBER, GM(rekey_acks_sent, GV_GM_HAS_REKEY_ACKS_SENT)},
    {"rekeyrcvdhhmmss", IN_GM_SIDE, FUNCTION, CALL(rekey_age)},
    {"rekeyreceived", IN_GM_SIDE, FUNCTION, CALL(rekey_age)},
    {"rekeyreceivedhhmmss", IN_GM_SIDE, FUNCTION, CALL(rekey_age)},
    {"rekeyretransmitattempts", IN_KS_SIDE, NUMBER, KS(retransmits, GV_KS_HAS_RETRANSMITS)},
    {"rekeyretransmitperiod", IN_KS_SIDE, NUMBER,
     KS(retransmit_interval_s, GV_KS_HAS_RETRANSMIT_INTERVAL)},
    {"rekeyretries", GV_IN_MEMBER, NUMBER, MEMBER(rekey_retries, GV_MEMBER_HAS_REKEY_RETRIES)},
    {"rekeysreceived", IN_GM_SIDE, NUMBER, GM(rekeys_received, GV_GM_HAS_REKEYS_RECEIVED)},
    {"rekeysretries", GV_IN_MEMBER, NUMBER, MEMBER(rekey_retries, GV_MEMBER_HAS_REKEY_RETRIES)},
    {"rekeyssent", GV_IN_MEMBER, NUMBER, MEMBER(rekeys_sent, GV_MEMBER_HAS_REKEYS_SENT)},
    {"rekeytransporttype", GV_IN_GM_KEK | IN_GM_SIDE, FUNCTION, CALL(rekey_transport)},
    {"remaininglifesec", GV_IN_KS_KEK, NUMBER, KEK(remaining_s, GV_KEK_HAS_REMAINING)},
    {"remaininglifesec", GV_IN_KS_TEK, NUMBER, TEK(remaining_s, GV_TEK_HAS_REMAINING)},
    {"remaininglifetimesec", GV_IN_REKEY, FUNCTION, CALL(remaining_of_last)},
    {"reregistersin", IN_GM_SIDE, NUMBER, GM(reregisters_in_s, GV_GM_HAS_REREGISTERS_IN)},
    {"retransmitperiod", GV_IN_REKEY, NUMBER,
     KS(retransmit_interval_s, GV_KS_HAS_RETRANSMIT_INTERVAL)},
    {"sarekeyremaininglifetime", IN_KS_SIDE, FUNCTION, CALL(tek_remaining)},
    {"satiming", GV_IN_GM_TEK, FUNCTION, CALL(sa_timing)},
    {"seqnum", GV_IN_KS, NUMBER, KS(rekey_sequence, GV_KS_HAS_REKEY_SEQUENCE)},
    {"sighashalgorithm", GV_IN_GM_KEK, WORDS, KEK(sig_hash, 0)},
    {"sighashalgorithm", GV_IN_KS_KEK, FUNCTION, CALL(ks_sig_hash)},
    {"sigkeylength", GV_IN_KS_KEK, OCTETS, KEK(sig_key_bits, GV_KEK_HAS_SIG_KEY_BITS)},
    {"sigkeylengthbits", IN_KEK, NUMBER, KEK(sig_key_bits, GV_KEK_HAS_SIG_KEY_BITS)},
    {"spi", GV_IN_GM_TEK | GV_IN_KS_TEK, FUNCTION, CALL(tek_spi)},
    {"spi", IN_KEK, FUNCTION, CALL(kek_spi)},
    {"succeededregistration", IN_GM_SIDE, NUMBER,
     GM(registrations_succeeded, GV_GM_HAS_REGISTRATIONS_SUCCEEDED)},
    {"timetorekeysec", GV_IN_KS_KEK, NUMBER, KEK(to_rekey_s, GV_KEK_HAS_TO_REKEY)},
    {"timetorekeysec", GV_IN_KS_TEK, NUMBER, TEK(to_rekey_s, GV_TEK_HAS_TO_REKEY)},
    {"timeuntilnextkekrekey", GV_IN_REKEY, FUNCTION, CALL(kek_to_rekey)},
    {"timeuntilnextkekrekeysec", GV_IN_REKEY, FUNCTION, CALL(kek_to_rekey)},
    {"timeuntilrekeysec", GV_IN_REKEY, FUNCTION, CALL(kek_to_rekey)},
    {"totalreceived", IN_GM_SIDE, FUNCTION, CALL(total_received)},
    {"transform", GV_IN_GM_TEK | GV_IN_KS_TEK, WORDS, TEK(transform, 0)},
    {"unicastrekeyrcvd", IN_GM_SIDE, NUMBER_WEAK,
     GM(rekeys_received, GV_GM_HAS_REKEYS_RECEIVED)},
    {"unicastrekeyreceived", IN_GM_SIDE, NUMBER_WEAK,
     GM(rekeys_received, GV_GM_HAS_REKEYS_RECEIVED)},
    {"version", GV_IN_GM, WORDS, GM(version, 0)},
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

const char *gv_show_field_key(size_t i)
{
    return i < ROW_COUNT ? rows[i].key : NULL;
}

/* The first row of that key; ROW_COUNT where there is none. */
static size_t find_key(const struct gv_label *label)
{
    size_t low = 0, high = ROW_COUNT;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (gv_label_compare(label, rows[middle].key) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ROW_COUNT && gv_label_is(label, rows[low].key) ? low : (size_t)ROW_COUNT;
}

static const struct row *find_row(const struct gv_show *s, const struct gv_label *label)
{
    for (size_t i = find_key(label); i < ROW_COUNT && gv_label_is(label, rows[i].key); i++)
        if (rows[i].blocks & (unsigned)s->block)
            return &rows[i];
    return NULL;
}

static bool fill_number(const struct row *row, struct gv_text value, void *object,
                        uint32_t *has)
{
    uint32_t v;

    if (row->kind == NUMBER_WEAK && (*has & row->has))
        return false;
    if (!gv_text_u32_lead(value, &v))
        return false;
    if (row->kind == OCTETS) {
        if (v > UINT32_MAX / 8)
            return false;
        v *= 8;
    }
    memcpy((unsigned char *)object + row->field, &v, sizeof(v));
    *has |= row->has;
    return true;
}

static void fill(struct gv_show *s, const struct row *row, struct gv_text value)
{
    uint32_t *has;
    void *object = row->kind == FUNCTION ? NULL : object_of(s, row->object, &has);
    struct gv_text word = value, rest = value;

    s->understood = true;
    if (row->kind == FUNCTION) {
        row->read(s, value);
        return;
    }
    if (object == NULL)
        return;
    switch (row->kind) {
    case SLICE_ADDRESS:
        if (!gv_text_word(&rest, &word))
            return;
        /* fall through */
    case SLICE:
        memcpy((unsigned char *)object + row->field, &word, sizeof(word));
        break;
    case ADDRESS:
        if (!gv_show_address(value, &word))
            return;
        /* fall through */
    case WORDS:
        gv_show_text(s, (const char **)(void *)((unsigned char *)object + row->field), word);
        break;
    default:
        if (fill_number(row, value, object, has))
            s->told = true;
    }
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Where the label before a second colon begins: behind a comma or a run of blanks,
 * else at the longest run of words that is a known label (blanks may have been
 * squeezed). before.n where there is no label. */
static size_t second_label(const struct gv_show *s, struct gv_text before)
{
    enum { MOST_WORDS = 4 };
    size_t found = before.n, end = before.n, words = 0;

    while (end > 0 && blank(before.at[end - 1]))
        end--;
    for (size_t i = end; i > 0 && words < MOST_WORDS; i--) {
        bool gap = blank(before.at[i - 1]) || before.at[i - 1] == ',';
        struct gv_label label;

        if (!gap || (i < before.n && blank(before.at[i])))
            continue;
        words++;
        label = gv_label_read(gv_text_from(before, i));
        if (find_row(s, &label) != NULL)
            found = i;
        if (before.at[i - 1] == ',' || (i > 1 && blank(before.at[i - 2])))
            break;
    }
    return found;
}

static struct gv_text without_comma(struct gv_text value)
{
    value = gv_text_trim(value);
    while (value.n > 0 && value.at[value.n - 1] == ',')
        value = gv_text_trim(gv_text_head(value, value.n - 1));
    return value;
}

/* The value of the pair that begins with `label`: up to the label of the next. */
static struct gv_text value_of(struct gv_show *s, const struct gv_label *label,
                               struct gv_text *rest)
{
    size_t colon = gv_label_colon(*rest), next = rest->n;
    struct gv_text value;

    /* A group's name may hold anything, and stands alone or settles its own tail. */
    if (colon < rest->n && !gv_label_is(label, "groupname") &&
        !gv_label_is(label, "cryptogdoigroupname") && !gv_label_is(label, "gdoigroup")) {
        next = second_label(s, gv_text_head(*rest, colon));
        if (next == colon)
            next = rest->n;
    }
    value = without_comma(gv_text_head(*rest, next));
    *rest = gv_text_from(*rest, next);
    return value;
}

/* Half a label, the other half of which is on the next line (show-commands). */
static void note_half(struct gv_show *s, struct gv_text line)
{
    static const char *const halves[] = {"grouprekey", "sarekey", "groupretransmit"};
    struct gv_label label = gv_label_read(line);

    for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++)
        if (gv_label_is(&label, halves[i]))
            s->pending = label;
}

/* "GigabitEthernet0/0/1:" before the TEKs of a GM; several may share them. */
static void note_interface(struct gv_show *s, struct gv_text line)
{
    struct gv_text name = gv_text_trim(gv_text_head(line, line.n - 1));

    if (!(s->block & GV_IN_GM_TEK) || gv_text_index(name, ' ') < name.n)
        return;
    if (!s->interface_open)
        s->interface = name;
    s->interface_open = true;
    s->tek = NULL;
}

/* ks rekey numbers its SAs: "IPSec SA 1 lifetime (sec)". */
static bool numbered_sa(struct gv_show *s, struct gv_label *label)
{
    static const char head[] = "ipsecsa", tail[] = "lifetimesec";
    size_t n = sizeof(head) - 1 + sizeof(tail) - 1;

    return (s->block & GV_IN_REKEY) && label->n > n && label->n <= n + 3 &&
           memcmp(label->key, head, sizeof(head) - 1) == 0 &&
           memcmp(label->key + label->n - (sizeof(tail) - 1), tail, sizeof(tail) - 1) == 0;
}

bool gv_show_labels(struct gv_show *s, struct gv_text line)
{
    struct gv_text rest = line;
    size_t colon = gv_label_colon(rest);
    bool any = false;

    s->in_servers = false;
    if (colon == rest.n) {
        note_half(s, line);
        return false;
    }
    if (colon == line.n - 1)
        note_interface(s, line);
    while (colon < rest.n) {
        struct gv_label label = gv_label_read(gv_text_head(rest, colon));
        const struct row *row;
        struct gv_text value;

        if (s->pending.n > 0)
            gv_label_join(&s->pending, &label);
        s->pending.n = 0;
        rest = gv_text_from(rest, colon + 1);
        row = find_row(s, &label);
        value = value_of(s, &label, &rest);
        if (row != NULL && value.n > 0)
            fill(s, row, value);
        else if (numbered_sa(s, &label))
            tek_lifetime(s, value);
        any |= row != NULL;
        colon = gv_label_colon(rest);
    }
    return any;
}
