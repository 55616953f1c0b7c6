/* SPDX-License-Identifier: Apache-2.0 */
/* The key server's lists. */
#include <string.h>

#include "restconf/codec_part.h"
#include "restconf/life.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct gv_word types[] = {
    {"gikev2", GV_GROUP_G_IKEV2, NULL}, {"gdoi", GV_GROUP_GDOI, NULL}, {NULL, 0, NULL}};

static const struct gv_word roles[] = {
    {"primary", GV_KS_PRIMARY, NULL},
    {"secondary", GV_KS_SECONDARY, NULL},
    {"invalid", GV_KS_ROLE_UNKNOWN, NULL},
    {"unknown", GV_KS_ROLE_UNKNOWN, NULL},
    {NULL, 0, NULL},
};

static const struct gv_word statuses[] = {
    {"alive", GV_KS_ALIVE, NULL},
    {"dead", GV_KS_DEAD, NULL},
    {"unknown", GV_KS_STATUS_UNKNOWN, NULL},
    {"invalid", GV_KS_STATUS_UNKNOWN, NULL},
    {NULL, 0, NULL},
};

#define KS(name, kind, bit, field, words)                                                      \
    {                                                                                          \
        name, kind, bit, offsetof(struct gv_ks_obs, field), words                              \
    }

static const struct gv_leaf group_leaves[] = {
    {"group-type", GV_LEAF_WORD, 0, offsetof(struct gv_group_obs, type), types},
};

static const struct gv_leaf ks_leaves[] = {
    KS("total-mem", GV_LEAF_U32, GV_KS_HAS_MEMBERS_REGISTERED, members_registered, NULL),
    KS("ks-addr", GV_LEAF_TEXT, 0, address, NULL),
    KS("priority", GV_LEAF_U32, GV_KS_HAS_PRIORITY, priority, NULL),
    KS("role", GV_LEAF_WORD, 0, role, roles),
    KS("status", GV_LEAF_WORD, 0, status, statuses),
    KS("version", GV_LEAF_TEXT, 0, version, NULL),
};

/* `redundancy` says whether the group is one of several key servers: without it the rest
 * of the entry's COOP leaves mean nothing. */
static void redundancy(struct gv_ks_obs *ks, const json_t *entry)
{
    const json_t *value = json_object_get(entry, "redundancy");

    if (!json_is_boolean(value))
        return;
    ks->redundancy_said = true;
    ks->redundancy_configured = json_is_true(value);
    if (ks->redundancy_configured)
        return;
    ks->role = GV_KS_ROLE_UNSAID;
    ks->status = GV_KS_STATUS_UNSAID;
    ks->has &= ~(uint32_t)GV_KS_HAS_PRIORITY;
}

void gv_restconf_ks(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    struct gv_ks_obs *ks = group != NULL ? gv_group_ks(reading->obs, group) : NULL;
    uint32_t none = 0;

    if (ks == NULL)
        return;
    gv_leaves_read(reading, entry, group_leaves, COUNT(group_leaves), group, &none);
    gv_leaves_read(reading, entry, ks_leaves, COUNT(ks_leaves), ks, &ks->has);
    redundancy(ks, entry);
}

/* --- gdoi-ks-policy --- */

static const struct gv_leaf policy_leaves[] = {
    KS("seq-num", GV_LEAF_U32, GV_KS_HAS_REKEY_SEQUENCE, rekey_sequence, NULL),
    KS("ks-ip", GV_LEAF_TEXT, 0, address, NULL),
};

#define KEK(name, kind, bit, field, words)                                                     \
    {                                                                                          \
        name, kind, bit, offsetof(struct gv_kek_obs, field), words                             \
    }

/* key-size has octets; sig-key-len has the unit bits, and the octets of show output. */
static const struct gv_leaf kek_leaves[] = {
    KEK("kek-spi", GV_LEAF_KEK, GV_KEK_HAS_SPI, spi, NULL),
    KEK("encr-alg", GV_LEAF_NAME, 0, cipher, gv_restconf_ciphers),
    KEK("key-size", GV_LEAF_OCTETS, GV_KEK_HAS_KEY_BITS, key_bits, NULL),
};

static const struct gv_leaf transport_leaves[] = {
    {"rekey-transport-type", GV_LEAF_WORD, 0, offsetof(struct gv_group_obs, transport),
     gv_restconf_transports},
};

static const struct gv_leaf policy_kek_life[] =
    GV_LIFE_LEAVES("orig-life", "kek-birth-time", "rem-life", "time-to-rekey");
static const struct gv_leaf policy_tek_life[] =
    GV_LIFE_LEAVES("orig-life", "tek-birth-time", "rem-life", "time-to-rekey");

static const struct gv_leaf tek_leaves[] = {
    {"tek-spi", GV_LEAF_TEK, GV_TEK_HAS_SPI, offsetof(struct gv_tek_obs, spi), NULL},
};

static void policy_kek(const struct gv_reading *reading, struct gv_group_obs *group,
                       const json_t *object)
{
    struct gv_life life = {0};
    struct gv_kek_obs *kek;
    uint32_t none = 0;

    gv_leaves_read(reading, object, transport_leaves, COUNT(transport_leaves), group, &none);
    gv_leaves_read(reading, object, policy_kek_life, COUNT(policy_kek_life), &life, &life.has);
    kek = gv_group_add_kek(reading->obs, group);
    if (kek == NULL)
        return;
    gv_leaves_read(reading, object, kek_leaves, COUNT(kek_leaves), kek, &kek->has);
    gv_life_to_kek(reading, &life, kek);
}

/* Bits of a transform, "crypto-transform-esp-aes-cbc-256 crypto-transform-esp-hmac-sha", as
 * "esp-aes-cbc-256 esp-hmac-sha". */
static const char *transform(const struct gv_reading *reading, const json_t *object)
{
    enum { MOST = 256 };
    static const char prefix[] = "crypto-transform-";
    struct gv_text rest = gv_leaf_text(object, "transform-mode"), word;
    char text[MOST];
    size_t n = 0;

    while (gv_text_word(&rest, &word)) {
        if (gv_text_starts(word, prefix))
            word = gv_text_from(word, sizeof(prefix) - 1);
        if (n + word.n + 1 > MOST)
            break;
        if (n > 0)
            text[n++] = ' ';
        memcpy(text + n, word.at, word.n);
        n += word.n;
    }
    return gv_observation_text(reading->obs, (struct gv_text){text, n});
}

static void policy_tek(const struct gv_reading *reading, struct gv_group_obs *group,
                       const json_t *object)
{
    struct gv_tek_obs *tek = gv_group_add_tek(reading->obs, group);
    struct gv_life life = {0};

    if (tek == NULL)
        return;
    gv_leaves_read(reading, object, policy_tek_life, COUNT(policy_tek_life), &life, &life.has);
    gv_leaves_read(reading, object, tek_leaves, COUNT(tek_leaves), tek, &tek->has);
    tek->transform = transform(reading, object);
    gv_life_to_tek(&life, tek);
}

/* Without a valid KEK the rest of it is left over from before. */
static void policy_entry(const struct gv_reading *reading, struct gv_group_obs *group,
                         const json_t *entry)
{
    const json_t *kek = json_object_get(entry, "kek"), *tek;

    gv_leaves_read(reading, entry, policy_leaves, COUNT(policy_leaves), group->ks,
                   &group->ks->has);
    if (json_is_object(kek) && !json_is_false(json_object_get(entry, "valid-kek")))
        policy_kek(reading, group, kek);
    for (size_t at = 0; (tek = gv_restconf_next(entry, "tek", &at)) != NULL;)
        policy_tek(reading, group, tek);
}

void gv_restconf_ks_policy(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    const json_t *server;

    if (group == NULL || gv_group_ks(reading->obs, group) == NULL)
        return;
    for (size_t at = 0; (server = gv_restconf_next(entry, "ks-entry", &at)) != NULL;)
        policy_entry(reading, group, server);
}

/* --- gdoi-ks-rekey --- */

static const struct gv_leaf rekey_leaves[] = {
    KS("rekeys-sent", GV_LEAF_U32, GV_KS_HAS_REKEYS_SENT, rekeys_sent, NULL),
    KS("kek-lifetime", GV_LEAF_U32, GV_KS_HAS_KEK_LIFETIME, kek_lifetime_s, NULL),
    KS("rexmit-period", GV_LEAF_U32, GV_KS_HAS_RETRANSMIT_INTERVAL, retransmit_interval_s,
       NULL),
    KS("num-rexmit", GV_LEAF_U32, GV_KS_HAS_RETRANSMITS, retransmits, NULL),
};

static const struct gv_leaf sa_leaves[] = {
    KS("tek-lifetime", GV_LEAF_U32, GV_KS_HAS_TEK_LIFETIME, tek_lifetime_s, NULL),
};

static const struct gv_leaf rekey_kek_life[] =
    GV_LIFE_LEAVES("kek-lifetime", "kek-birth-time", "kek-rem-life", "rem-time-kek-rekey");
static const struct gv_leaf rekey_tek_life[] =
    GV_LIFE_LEAVES("tek-lifetime", "tek-birth-time", "rem-tek-lifetime", "rem-time-tek-rekey");

/* The one KEK that gdoi-ks-policy told is filled up; where it told none, this list's is
 * the group's, without an SPI. */
static void rekey_kek(const struct gv_reading *reading, struct gv_group_obs *group,
                      const json_t *entry)
{
    struct gv_life life = {0};
    struct gv_kek_obs *kek = group->keks;

    gv_leaves_read(reading, entry, rekey_kek_life, COUNT(rekey_kek_life), &life, &life.has);
    if ((life.has & (GV_LIFE_REMAINING | GV_LIFE_AGE)) == 0 || (kek != NULL && kek->next))
        return;
    if (kek == NULL)
        kek = gv_group_add_kek(reading->obs, group);
    if (kek != NULL)
        gv_life_to_kek(reading, &life, kek);
}

static void rekey_tek(const struct gv_reading *reading, struct gv_group_obs *group,
                      const json_t *entry)
{
    struct gv_life life = {0};
    struct gv_tek_obs *tek;

    gv_leaves_read(reading, entry, rekey_tek_life, COUNT(rekey_tek_life), &life, &life.has);
    if ((life.has & (GV_LIFE_REMAINING | GV_LIFE_AGE)) == 0)
        return;
    tek = gv_group_add_tek(reading->obs, group);
    if (tek != NULL)
        gv_life_to_tek(&life, tek);
}

void gv_restconf_ks_rekey(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    struct gv_ks_obs *ks = group != NULL ? gv_group_ks(reading->obs, group) : NULL;
    const json_t *sa;
    bool teks;

    if (ks == NULL)
        return;
    gv_leaves_read(reading, entry, rekey_leaves, COUNT(rekey_leaves), ks, &ks->has);
    rekey_kek(reading, group, entry);
    teks = group->teks != NULL;
    for (size_t at = 0; (sa = gv_restconf_next(entry, "ipsec-sa", &at)) != NULL;) {
        gv_leaves_read(reading, sa, sa_leaves, COUNT(sa_leaves), ks, &ks->has);
        if (!teks)
            rekey_tek(reading, group, sa);
    }
}

/* --- gdoi-ks-mem --- */

/* `duration` has the unit seconds; its text, and the show output that it mirrors, say
 * milliseconds. num-rexmit is here of the last rekey, in gdoi-ks-rekey of any. */
static const struct gv_leaf mem_leaves[] = {
    KS("tot-group-mem", GV_LEAF_U32, GV_KS_HAS_MEMBERS_REGISTERED, members_registered, NULL),
    KS("num-rekeys-sent", GV_LEAF_U32, GV_KS_HAS_REKEYS_SENT, rekeys_sent, NULL),
    KS("num-rexmit", GV_LEAF_U32, GV_KS_HAS_LAST_REKEY_RETRANSMITS, last_rekey_retransmits,
       NULL),
    KS("duration", GV_LEAF_U32, GV_KS_HAS_LAST_REKEY_DURATION, last_rekey_duration_ms, NULL),
};

static const struct gv_word states[] = {
    {"re-registering", 0, "re-registering"},
    {"registering", 0, "registering"},
    {"registered", 0, "registered"},
    {"uninit", 0, "uninit"},
    {"unknown", 0, "unknown"},
    {NULL, 0, NULL},
};

#define MEMBER(name, kind, bit, field, words)                                                  \
    {                                                                                          \
        name, kind, bit, offsetof(struct gv_member_obs, field), words                          \
    }

static const struct gv_leaf member_leaves[] = {
    MEMBER("gm-id", GV_LEAF_TEXT, 0, id, NULL),
    MEMBER("gm-ver", GV_LEAF_TEXT, 0, version, NULL),
    MEMBER("gm-state", GV_LEAF_NAME, 0, state, states),
    MEMBER("ks-id", GV_LEAF_TEXT, 0, ks, NULL),
    MEMBER("rekeys-sent", GV_LEAF_U32, GV_MEMBER_HAS_REKEYS_SENT, rekeys_sent, NULL),
    MEMBER("rekey-retries", GV_LEAF_U32, GV_MEMBER_HAS_REKEY_RETRIES, rekey_retries, NULL),
    MEMBER("rekey-acks-rcvd", GV_LEAF_U32, GV_MEMBER_HAS_ACKS_RECEIVED, acks_received, NULL),
    MEMBER("rekey-acks-missed", GV_LEAF_U32, GV_MEMBER_HAS_ACKS_MISSED, acks_missed, NULL),
};

void gv_restconf_ks_members(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    struct gv_ks_obs *ks = group != NULL ? gv_group_ks(reading->obs, group) : NULL;
    const json_t *row;

    if (ks == NULL)
        return;
    gv_leaves_read(reading, entry, mem_leaves, COUNT(mem_leaves), ks, &ks->has);
    ks->members_listed = true;
    for (size_t at = 0; (row = gv_restconf_next(entry, "gm-entry", &at)) != NULL;) {
        struct gv_member_obs *member = gv_ks_add_member(reading->obs, ks);

        if (member == NULL)
            return;
        gv_leaves_read(reading, row, member_leaves, COUNT(member_leaves), member, &member->has);
    }
}

/* --- gdoi-ks-coop --- */

static const struct gv_leaf local_leaves[] = {
    KS("ks-addr", GV_LEAF_TEXT, 0, address, NULL),
    KS("priority", GV_LEAF_U32, GV_KS_HAS_PRIORITY, priority, NULL),
    KS("role", GV_LEAF_WORD, 0, role, roles),
    KS("status", GV_LEAF_WORD, 0, status, statuses),
    KS("version", GV_LEAF_TEXT, 0, version, NULL),
};

#define PEER(name, kind, bit, field, words)                                                    \
    {                                                                                          \
        name, kind, bit, offsetof(struct gv_peer_obs, field), words                            \
    }

static const struct gv_leaf peer_leaves[] = {
    PEER("ks-addr", GV_LEAF_TEXT, 0, address, NULL),
    PEER("priority", GV_LEAF_U32, 1, priority, NULL),
    PEER("role", GV_LEAF_WORD, 0, role, roles),
    PEER("status", GV_LEAF_WORD, 0, status, statuses),
    PEER("version", GV_LEAF_TEXT, 0, version, NULL),
};

/* Announcement counters are 16 bits wide and wrap; nothing here is made of them. */
void gv_restconf_ks_coop(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    struct gv_ks_obs *ks = group != NULL ? gv_group_ks(reading->obs, group) : NULL;
    const json_t *row;

    if (ks == NULL || !json_is_true(json_object_get(entry, "redundancy")))
        return;
    redundancy(ks, entry);
    gv_leaves_read(reading, json_object_get(entry, "local-ks"), local_leaves,
                   COUNT(local_leaves), ks, &ks->has);
    for (size_t at = 0; (row = gv_restconf_next(entry, "peer-ks", &at)) != NULL;) {
        struct gv_peer_obs *peer = gv_ks_add_peer(reading->obs, ks);
        uint32_t has = 0;

        if (peer == NULL)
            return;
        gv_leaves_read(reading, row, peer_leaves, COUNT(peer_leaves), peer, &has);
        peer->has_priority = has != 0;
    }
}
