/* SPDX-License-Identifier: Apache-2.0 */
/* The group member's lists. */
#include "restconf/codec_part.h"
#include "restconf/life.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define GM(name, kind, bit, field, words)                                                      \
    {                                                                                          \
        name, kind, bit, offsetof(struct gv_gm_obs, field), words                              \
    }

static const struct gv_leaf gm_leaves[] = {
    GM("local-addr", GV_LEAF_TEXT, 0, address, NULL),
    GM("gm-ver", GV_LEAF_TEXT, 0, version, NULL),
    GM("secs-to-re-reg", GV_LEAF_U32, GV_GM_HAS_REREGISTERS_IN, reregisters_in_s, NULL),
    GM("succ-reg", GV_LEAF_U32, GV_GM_HAS_REGISTRATIONS_SUCCEEDED, registrations_succeeded,
       NULL),
    GM("att-reg", GV_LEAF_U32, GV_GM_HAS_REGISTRATIONS_ATTEMPTED, registrations_attempted,
       NULL),
    GM("last-rekey-seq-num", GV_LEAF_U32, GV_GM_HAS_LAST_REKEY_SEQUENCE, last_rekey_sequence,
       NULL),
    GM("last-rekey-time", GV_LEAF_AGE, GV_GM_HAS_LAST_REKEY_AGE, last_rekey_age_s, NULL),
    GM("rekeys-rcvd", GV_LEAF_U32, GV_GM_HAS_REKEYS_RECEIVED, rekeys_received, NULL),
    GM("rekey-acks-sent", GV_LEAF_U32, GV_GM_HAS_REKEY_ACKS_SENT, rekey_acks_sent, NULL),
    GM("active-tek-count", GV_LEAF_U32, GV_GM_HAS_ACTIVE_TEKS, active_teks, NULL),
};

enum { STATE_TOLD = 1, NOT_REGISTERED = 0, REGISTERED = 1 };

static const struct gv_word states[] = {
    {"re-registering", NOT_REGISTERED, NULL},
    {"registering", NOT_REGISTERED, NULL},
    {"registered", REGISTERED, NULL},
    {"uninit", NOT_REGISTERED, NULL},
    {NULL, 0, NULL},
};

static const struct gv_leaf state_leaves[] = {
    {"gm-state", GV_LEAF_WORD, STATE_TOLD, 0, states},
};

/* False where the entry tells no state. */
static bool state_of(const struct gv_reading *reading, const json_t *entry, bool *registered)
{
    unsigned state = NOT_REGISTERED;
    uint32_t told = 0;

    gv_leaves_read(reading, entry, state_leaves, COUNT(state_leaves), &state, &told);
    *registered = state == REGISTERED;
    return told != 0;
}

/* A group has an entry for each address and VRF that registers: the first that did. */
static const json_t *best_entry(const struct gv_reading *reading, const json_t *group)
{
    const json_t *first = NULL, *entry;
    bool registered;

    for (size_t at = 0; (entry = gv_restconf_next(group, "gm-entry", &at)) != NULL;) {
        if (state_of(reading, entry, &registered) && registered)
            return entry;
        if (first == NULL)
            first = entry;
    }
    return first;
}

void gv_restconf_gm(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    struct gv_gm_obs *gm = group != NULL ? gv_group_gm(reading->obs, group) : NULL;
    const json_t *best = best_entry(reading, entry);
    struct gv_text server = gv_leaf_text(best, "remote-addr");
    bool registered;

    if (gm == NULL)
        return;
    gv_leaves_read(reading, best, gm_leaves, COUNT(gm_leaves), gm, &gm->has);
    if (state_of(reading, best, &registered)) {
        gm->registered = registered;
        gm->has |= GV_GM_HAS_REGISTERED;
    }
    /* Before the first registration the address is that of no server. */
    if (server.n == 0 || gv_text_is(server, "0.0.0.0") || gv_text_is(server, "::"))
        return;
    (void)gv_gm_add_server(reading->obs, gm, server);
    if (gm->registered)
        gm->registered_with = gv_observation_text(reading->obs, server);
}

/* --- gdoi-gm-rekey --- */

static const struct gv_leaf gm_rekey_leaves[] = {
    GM("total-rekeys-rcv", GV_LEAF_U32, GV_GM_HAS_REKEYS_RECEIVED, rekeys_received, NULL),
    GM("rekey-acks-sent", GV_LEAF_U32, GV_GM_HAS_REKEY_ACKS_SENT, rekey_acks_sent, NULL),
};

static const struct gv_leaf transport_leaves[] = {
    {"transport-type", GV_LEAF_WORD, 0, offsetof(struct gv_group_obs, transport),
     gv_restconf_transports},
};

void gv_restconf_gm_rekey(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    struct gv_gm_obs *gm = group != NULL ? gv_group_gm(reading->obs, group) : NULL;
    uint32_t none = 0;

    if (gm == NULL)
        return;
    gv_leaves_read(reading, entry, gm_rekey_leaves, COUNT(gm_rekey_leaves), gm, &gm->has);
    if (group->transport == GV_REKEY_TRANSPORT_UNSAID)
        gv_leaves_read(reading, entry, transport_leaves, COUNT(transport_leaves), group, &none);
}

/* --- gdoi-rekey-sa --- */

#define KEK(name, kind, bit, field, words)                                                     \
    {                                                                                          \
        name, kind, bit, offsetof(struct gv_kek_obs, field), words                             \
    }

static const struct gv_leaf sa_leaves[] = {
    KEK("kek-spi", GV_LEAF_KEK, GV_KEK_HAS_SPI, spi, NULL),
    KEK("encr-alg", GV_LEAF_NAME, 0, cipher, gv_restconf_ciphers),
    KEK("key-size", GV_LEAF_OCTETS, GV_KEK_HAS_KEY_BITS, key_bits, NULL),
};

/* This list tells no remaining time: a birth that cannot be right leaves it unknown. */
static const struct gv_leaf sa_life[] = {
    {"orig-life", GV_LEAF_U32, GV_LIFE_LIFETIME, offsetof(struct gv_life, lifetime_s), NULL},
    {"birth-time", GV_LEAF_AGE, GV_LIFE_AGE, offsetof(struct gv_life, age_s), NULL},
};

void gv_restconf_rekey_sa(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_group_obs *group = gv_restconf_group(reading, entry);
    const json_t *row;

    /* Of a device that is both, KEKs are the key server's: gdoi-ks-policy's. */
    if (group == NULL || group->ks != NULL || gv_group_gm(reading->obs, group) == NULL)
        return;
    for (size_t at = 0; (row = gv_restconf_next(entry, "kek-entry", &at)) != NULL;) {
        struct gv_life life = {0};
        struct gv_kek_obs *kek;

        if (json_is_false(json_object_get(row, "gm-mode")))
            continue;
        kek = gv_group_add_kek(reading->obs, group);
        if (kek == NULL)
            return;
        gv_leaves_read(reading, row, sa_life, COUNT(sa_life), &life, &life.has);
        gv_leaves_read(reading, row, sa_leaves, COUNT(sa_leaves), kek, &kek->has);
        gv_life_to_kek(reading, &life, kek);
    }
}
