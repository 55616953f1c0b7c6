/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ssh/show_fields.h"
#include "ssh/show_value.h"

/* The row of the observation that a label fills. */
enum object { NO_OBJECT, OF_KS, OF_GM, OF_KEK, OF_TEK, OF_MEMBER };

/* Asked for only when there is a value to put in it: no row without a content. */
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
    NUMBER,        /* uint32_t, a unit may follow */
    NUMBER_WEAK,   /* ... unless it is known already */
    OCTETS,        /* a count of octets, kept as bits */
    WORDS,         /* const char *, the whole value */
    ADDRESS,       /* const char *, unless it says none */
    SLICE,         /* struct gv_text of the member that is being read */
    SLICE_ADDRESS, /* ... its first word */
    FUNCTION,
    NAME /* a function for a group's name, which may hold anything */
};

struct gv_show_field {
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
    IN_LABELS = IN_ANY & ~(GV_IN_VERSION | GV_IN_CONFIG)
};

#define KS(field, bit)     OF_KS, offsetof(struct gv_ks_obs, field), bit, NULL
#define GM(field, bit)     OF_GM, offsetof(struct gv_gm_obs, field), bit, NULL
#define KEK(field, bit)    OF_KEK, offsetof(struct gv_kek_obs, field), bit, NULL
#define TEK(field, bit)    OF_TEK, offsetof(struct gv_tek_obs, field), bit, NULL
#define MEMBER(field, bit) OF_MEMBER, offsetof(struct gv_show_member, field), bit, NULL
#define CALL(function)     NO_OBJECT, 0, 0, function

/* One row a label, sorted by key. A label known in several blocks has several rows. */
static const struct gv_show_field rows[] = {
    {"activeteknumber", IN_GM_SIDE, NUMBER, GM(active_teks, GV_GM_HAS_ACTIVE_TEKS)},
    {"attemptedregistration", IN_GM_SIDE, NUMBER,
     GM(registrations_attempted, GV_GM_HAS_REGISTRATIONS_ATTEMPTED)},
    {"cryptogdoigroupname", IN_ANY, NAME, CALL(gv_value_coop_group)},
    {"cryptogkmgroupname", IN_ANY, NAME, CALL(gv_value_coop_group)},
    {"encryptalg", GV_IN_KS_KEK, WORDS, KEK(cipher, 0)},
    {"encryptalgorithm", IN_KEK, WORDS, KEK(cipher, 0)},
    {"gdoigroup", IN_ANY, NAME, CALL(gv_value_other_group)},
    {"gkmgroup", IN_ANY, NAME, CALL(gv_value_other_group)},
    {"gmdbstate", GV_IN_SUMMARY, FUNCTION, CALL(gv_value_gmdb_state)},
    {"gmreregistersin", IN_GM_SIDE, FUNCTION, CALL(gv_value_gm_reregisters_in)},
    {"gmstate", GV_IN_MEMBER, SLICE, MEMBER(state, 0)},
    {"gmversion", IN_LABELS, SLICE_ADDRESS, MEMBER(version, 0)},
    {"groupid", GV_IN_MEMBER, FUNCTION, CALL(gv_value_group_id)},
    {"groupidentity", IN_LABELS, FUNCTION, CALL(gv_value_group_id)},
    {"groupmember", IN_GM_SIDE, FUNCTION, CALL(gv_value_gm_begins)},
    {"groupmemberid", IN_LABELS, FUNCTION, CALL(gv_value_member_begins)},
    {"groupmembers", IN_KS_SIDE, NUMBER, KS(members_registered, GV_KS_HAS_MEMBERS_REGISTERED)},
    {"groupname", IN_LABELS, NAME, CALL(gv_value_group_name)},
    {"grouprekeylifetime", IN_KS_SIDE, FUNCTION, CALL(gv_value_kek_lifetime)},
    {"grouprekeyremaininglifetime", IN_KS_SIDE, FUNCTION, CALL(gv_value_kek_remaining)},
    {"grouprekeytimetorekey", IN_KS_SIDE, FUNCTION, CALL(gv_value_kek_to_rekey)},
    {"groupserverlist", IN_GM_SIDE | GV_IN_KS, FUNCTION, CALL(gv_value_server_list)},
    {"grouptype", IN_LABELS, FUNCTION, CALL(gv_value_group_type)},
    {"ipsecsanumber", IN_KS_SIDE, FUNCTION, CALL(gv_value_ipsec_sa_number)},
    {"ipsecsarekeylifetime", IN_KS_SIDE, FUNCTION, CALL(gv_value_tek_lifetime)},
    {"kekrekeylifetimesec", GV_IN_REKEY, FUNCTION, CALL(gv_value_kek_lifetime)},
    {"keyserverid", GV_IN_MEMBER, SLICE_ADDRESS, MEMBER(ks, 0)},
    {"keyserverid", GV_IN_SUMMARY | GV_IN_SUMMARY_ROWS, FUNCTION, CALL(gv_value_summary_ks)},
    {"keysize", GV_IN_GM_KEK, NUMBER, KEK(key_bits, GV_KEK_HAS_KEY_BITS)},
    {"keysize", GV_IN_KS_KEK, OCTETS, KEK(key_bits, GV_KEK_HAS_KEY_BITS)},
    {"lastrekeyseqnum", IN_GM_SIDE, NUMBER,
     GM(last_rekey_sequence, GV_GM_HAS_LAST_REKEY_SEQUENCE)},
    {"lifetimesecs", GV_IN_GM_KEK, NUMBER, KEK(remaining_s, GV_KEK_HAS_REMAINING)},
    {"localaddress", IN_KS_SIDE, ADDRESS, KS(address, 0)},
    {"localksrole", IN_KS_SIDE | GV_IN_PEER, FUNCTION, CALL(gv_value_local_role)},
    {"localksstatus", IN_KS_SIDE, FUNCTION, CALL(gv_value_local_status)},
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
    {"peeraddress", GV_IN_PEER | GV_IN_KS, FUNCTION, CALL(gv_value_peer_address)},
    {"peerksrole", GV_IN_PEER | GV_IN_KS, FUNCTION, CALL(gv_value_peer_role)},
    {"peerksstatus", GV_IN_PEER | GV_IN_KS, FUNCTION, CALL(gv_value_peer_status)},
    {"peerpriority", GV_IN_PEER, FUNCTION, CALL(gv_value_peer_priority)},
    {"peerversion", GV_IN_PEER, FUNCTION, CALL(gv_value_peer_version)},
    {"redundancy", IN_KS_SIDE, FUNCTION, CALL(gv_value_redundancy)},
    {"registeredwith", IN_GM_SIDE, ADDRESS, GM(registered_with, 0)},
    {"registrationstatus", IN_GM_SIDE, FUNCTION, CALL(gv_value_registration_status)},
    {"rekeyacksmissed", GV_IN_MEMBER, NUMBER, MEMBER(acks_missed, GV_MEMBER_HAS_ACKS_MISSED)},
    {"rekeyacksrcvd", GV_IN_MEMBER, NUMBER, MEMBER(acks_received, GV_MEMBER_HAS_ACKS_RECEIVED)},
    {"rekeyackssent", IN_GM_SIDE, NUMBER, GM(rekey_acks_sent, GV_GM_HAS_REKEY_ACKS_SENT)},
    {"rekeyackssents", IN_GM_SIDE, NUMBER, GM(rekey_acks_sent, GV_GM_HAS_REKEY_ACKS_SENT)},
    {"rekeyrcvdhhmmss", IN_GM_SIDE, FUNCTION, CALL(gv_value_rekey_age)},
    {"rekeyreceived", IN_GM_SIDE, FUNCTION, CALL(gv_value_rekey_age)},
    {"rekeyreceivedhhmmss", IN_GM_SIDE, FUNCTION, CALL(gv_value_rekey_age)},
    {"rekeyretransmitattempts", IN_KS_SIDE, NUMBER, KS(retransmits, GV_KS_HAS_RETRANSMITS)},
    {"rekeyretransmitperiod", IN_KS_SIDE, NUMBER,
     KS(retransmit_interval_s, GV_KS_HAS_RETRANSMIT_INTERVAL)},
    {"rekeyretries", GV_IN_MEMBER, NUMBER, MEMBER(rekey_retries, GV_MEMBER_HAS_REKEY_RETRIES)},
    {"rekeysreceived", IN_GM_SIDE, NUMBER, GM(rekeys_received, GV_GM_HAS_REKEYS_RECEIVED)},
    {"rekeysretries", GV_IN_MEMBER, NUMBER, MEMBER(rekey_retries, GV_MEMBER_HAS_REKEY_RETRIES)},
    {"rekeyssent", GV_IN_MEMBER, NUMBER, MEMBER(rekeys_sent, GV_MEMBER_HAS_REKEYS_SENT)},
    {"rekeytransporttype", GV_IN_GM_KEK | IN_GM_SIDE, FUNCTION, CALL(gv_value_rekey_transport)},
    {"remaininglifesec", GV_IN_KS_KEK, NUMBER, KEK(remaining_s, GV_KEK_HAS_REMAINING)},
    {"remaininglifesec", GV_IN_KS_TEK, NUMBER, TEK(remaining_s, GV_TEK_HAS_REMAINING)},
    {"remaininglifetimesec", GV_IN_REKEY, FUNCTION, CALL(gv_value_remaining_of_last)},
    {"reregisteredin", IN_GM_SIDE, NUMBER, GM(reregisters_in_s, GV_GM_HAS_REREGISTERS_IN)},
    {"reregistersin", IN_GM_SIDE, NUMBER, GM(reregisters_in_s, GV_GM_HAS_REREGISTERS_IN)},
    {"retransmitperiod", GV_IN_REKEY, NUMBER,
     KS(retransmit_interval_s, GV_KS_HAS_RETRANSMIT_INTERVAL)},
    {"sarekeyremaininglifetime", IN_KS_SIDE, FUNCTION, CALL(gv_value_tek_remaining)},
    {"sarekeytimetorekey", IN_KS_SIDE, FUNCTION, CALL(gv_value_tek_to_rekey)},
    {"satiming", GV_IN_GM_TEK, FUNCTION, CALL(gv_value_sa_timing)},
    {"seqnum", GV_IN_KS, NUMBER, KS(rekey_sequence, GV_KS_HAS_REKEY_SEQUENCE)},
    {"sighashalgorithm", GV_IN_GM_KEK, WORDS, KEK(sig_hash, 0)},
    {"sighashalgorithm", GV_IN_KS_KEK, FUNCTION, CALL(gv_value_ks_sig_hash)},
    {"sigkeylength", GV_IN_KS_KEK, OCTETS, KEK(sig_key_bits, GV_KEK_HAS_SIG_KEY_BITS)},
    {"sigkeylengthbits", IN_KEK, NUMBER, KEK(sig_key_bits, GV_KEK_HAS_SIG_KEY_BITS)},
    {"spi", GV_IN_GM_TEK | GV_IN_KS_TEK, FUNCTION, CALL(gv_value_tek_spi)},
    {"spi", IN_KEK, FUNCTION, CALL(gv_value_kek_spi)},
    {"succeededregistration", IN_GM_SIDE, NUMBER,
     GM(registrations_succeeded, GV_GM_HAS_REGISTRATIONS_SUCCEEDED)},
    {"timetorekeysec", GV_IN_KS_KEK, NUMBER, KEK(to_rekey_s, GV_KEK_HAS_TO_REKEY)},
    {"timetorekeysec", GV_IN_KS_TEK, NUMBER, TEK(to_rekey_s, GV_TEK_HAS_TO_REKEY)},
    {"timeuntilnextkekrekey", GV_IN_REKEY, FUNCTION, CALL(gv_value_to_rekey_of_last)},
    {"timeuntilnextkekrekeysec", GV_IN_REKEY, FUNCTION, CALL(gv_value_to_rekey_of_last)},
    {"timeuntilrekeysec", GV_IN_REKEY, FUNCTION, CALL(gv_value_to_rekey_of_last)},
    {"totalreceived", IN_GM_SIDE, FUNCTION, CALL(gv_value_total_received)},
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

const struct gv_show_field *gv_show_field_find(const struct gv_show *s,
                                               const struct gv_label *label)
{
    for (size_t i = find_key(label); i < ROW_COUNT && gv_label_is(label, rows[i].key); i++)
        if (rows[i].blocks & (unsigned)s->block)
            return &rows[i];
    return NULL;
}

static bool number(const struct gv_show_field *row, struct gv_text value, uint32_t *v)
{
    if (!gv_text_u32_lead(value, v))
        return false;
    if (row->kind != OCTETS)
        return true;
    if (*v > UINT32_MAX / 8)
        return false;
    *v *= 8;
    return true;
}

bool gv_show_field_is_name(const struct gv_show_field *row)
{
    return row->kind == NAME;
}

/* A value that runs down is true at the instant of its own output, not of the one that first
 * spoke of the key. */
static void note_instant(const struct gv_show *s, const struct gv_show_field *row,
                         unsigned char *object)
{
    if (row->object == OF_KEK && row->has == GV_KEK_HAS_REMAINING) {
        ((struct gv_kek_obs *)(void *)object)->seen_at = s->obs->seen_at;
        ((struct gv_kek_obs *)(void *)object)->waited = s->obs->waited;
    }
    if (row->object == OF_TEK && row->has == GV_TEK_HAS_REMAINING)
        ((struct gv_tek_obs *)(void *)object)->seen_at = s->obs->seen_at;
}

static void fill_number(struct gv_show *s, const struct gv_show_field *row,
                        struct gv_text value)
{
    uint32_t *has, v;
    unsigned char *object;

    if (!number(row, value, &v))
        return;
    object = object_of(s, row->object, &has);
    if (object == NULL || (row->kind == NUMBER_WEAK && (*has & row->has)))
        return;
    memcpy(object + row->field, &v, sizeof(v));
    *has |= row->has;
    note_instant(s, row, object);
    s->told = true;
}

static void fill_text(struct gv_show *s, const struct gv_show_field *row, struct gv_text value)
{
    struct gv_text word = value, rest = value;
    unsigned char *object;
    uint32_t *has;

    if ((row->kind == SLICE_ADDRESS && !gv_text_word(&rest, &word)) ||
        (row->kind == ADDRESS && !gv_show_address(value, &word)) || !gv_show_said(word))
        return;
    object = object_of(s, row->object, &has);
    if (object == NULL)
        return;
    if (row->object == OF_MEMBER)
        memcpy(object + row->field, &word, sizeof(word));
    else
        gv_show_text(s, (const char **)(void *)(object + row->field), word);
}

void gv_show_field_fill(struct gv_show *s, const struct gv_show_field *row,
                        struct gv_text value)
{
    s->understood = true;
    if (row->read != NULL)
        row->read(s, value);
    else if (row->kind <= OCTETS)
        fill_number(s, row, value);
    else
        fill_text(s, row, value);
}
