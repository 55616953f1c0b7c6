/* SPDX-License-Identifier: Apache-2.0 */
/* Observation: what one device said, with presence bits and the instant it said it.
 *
 * The one neutral model between the collectors and everything else. Nothing in
 * it is a conclusion: what a device did not say is absent (its HAS bit is not
 * set, its pointer is NULL, its list is empty), never a default or a zero.
 *
 * Lists are singly linked, in the order the device gave them. Every string and
 * row lives in the observation's own arena. Text comes from devices: it may
 * hold any octet but NUL, so whoever shows it escapes it. */
#ifndef GV_OBSERVATION_H
#define GV_OBSERVATION_H

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"

enum { GV_KEK_SPI_LEN = 16, GV_TEK_SPI_LEN = 4 };

/* Enumerations: value 0 means that the device did not say. Names by the _name
 * functions below appear in metrics and JSON. */
enum gv_vendor { GV_VENDOR_UNSAID, GV_VENDOR_CISCO, GV_VENDOR_JUNIPER };
enum gv_os { GV_OS_UNSAID, GV_OS_IOS, GV_OS_IOS_XE, GV_OS_JUNOS };
enum gv_group_type { GV_GROUP_TYPE_UNSAID, GV_GROUP_GDOI, GV_GROUP_G_IKEV2 };
enum gv_rekey_transport { GV_REKEY_TRANSPORT_UNSAID, GV_REKEY_UNICAST, GV_REKEY_MULTICAST };
enum gv_ks_role { GV_KS_ROLE_UNSAID, GV_KS_PRIMARY, GV_KS_SECONDARY, GV_KS_ROLE_UNKNOWN };
enum gv_ks_status { GV_KS_STATUS_UNSAID, GV_KS_ALIVE, GV_KS_DEAD, GV_KS_STATUS_UNKNOWN };
enum gv_kek_status { GV_KEK_STATUS_UNSAID, GV_KEK_IN_USE, GV_KEK_NEW, GV_KEK_OLD };
enum gv_tek_status {
    GV_TEK_STATUS_UNSAID,
    GV_TEK_INBOUND,
    GV_TEK_OUTBOUND,
    GV_TEK_NOT_IN_USE,
    GV_TEK_BIDIRECTIONAL /* Juniper: JNX-GDOI-MIB status 3 */
};

enum gv_kek_has {
    GV_KEK_HAS_SPI = 1u << 0,
    GV_KEK_HAS_LIFETIME = 1u << 1,
    GV_KEK_HAS_REMAINING = 1u << 2,
    GV_KEK_HAS_TO_REKEY = 1u << 3,
    GV_KEK_HAS_KEY_BITS = 1u << 4,
    GV_KEK_HAS_SIG_KEY_BITS = 1u << 5,
    GV_KEK_HAS_INDEX = 1u << 6,
    GV_KEK_HAS_TOLD = 1u << 7,
};

/* A KEK as a KS or GM shows it. */
struct gv_kek_obs {
    struct gv_kek_obs *next;
    struct gv_time seen_at; /* when the answer that holds `remaining_s` arrived */
    struct gv_dur waited; /* ... and how long it took: it may have been true so much earlier */
    bool aged;    /* by a merge: `remaining_s` was told earlier, and counted down since */
    uint32_t has; /* enum gv_kek_has */
    uint32_t lifetime_s;  /* a GM that re-registered shows the life that was left */
    uint32_t remaining_s; /* 0 is saturated: expired some time ago. An old GM's value
                           * is frozen at its registration (rekey-behaviour, ch. 1) */
    uint32_t to_rekey_s;  /* the KS's own schedule; CLI and RESTCONF only */
    uint32_t key_bits;
    uint32_t sig_key_bits;
    uint32_t index;  /* CISCO-GDOI-MIB KekIndex: counts up with each KEK */
    uint32_t told_s; /* RESTCONF: the remaining time as told, beside the one by birth time
                      * and lifetime */
    uint8_t spi[GV_KEK_SPI_LEN];
    enum gv_kek_status status;
    const char *cipher;   /* "AES", "3DES", as printed */
    const char *sig_hash; /* "HMAC_AUTH_SHA", as printed */
};

enum gv_tek_has {
    GV_TEK_HAS_SPI = 1u << 0,
    GV_TEK_HAS_LIFETIME = 1u << 1,
    GV_TEK_HAS_REMAINING = 1u << 2,
    GV_TEK_HAS_TO_REKEY = 1u << 3, /* absent where IOS prints n/a: superseded */
    GV_TEK_HAS_TOLD = 1u << 4,
};

/* A TEK (one IPsec SA of a GM, or one TEK policy of a KS). */
struct gv_tek_obs {
    struct gv_tek_obs *next;
    struct gv_time seen_at;
    uint32_t has; /* enum gv_tek_has */
    uint32_t lifetime_s;
    uint32_t remaining_s;
    uint32_t to_rekey_s;
    uint32_t told_s; /* as of a KEK */
    uint8_t spi[GV_TEK_SPI_LEN];
    enum gv_tek_status status;
    const char *interface; /* GM only */
    const char *transform; /* "esp-256-aes esp-sha256-hmac" */
};

/* Another KS of the group, as this KS sees it. */
struct gv_peer_obs {
    struct gv_peer_obs *next;
    bool has_priority, has_members_registered;
    uint32_t priority;
    uint32_t members_registered;
    const char *address;
    const char *version; /* GDOI version of the peer KS */
    enum gv_ks_role role;
    enum gv_ks_status status;
};

enum gv_member_has {
    GV_MEMBER_HAS_REKEYS_SENT = 1u << 0,
    GV_MEMBER_HAS_REKEY_RETRIES = 1u << 1,
    GV_MEMBER_HAS_ACKS_RECEIVED = 1u << 2,
    GV_MEMBER_HAS_ACKS_MISSED = 1u << 3,
};

/* A GM, as a KS lists it. */
struct gv_member_obs {
    struct gv_member_obs *next;
    uint32_t has; /* enum gv_member_has */
    uint32_t rekeys_sent, rekey_retries, acks_received, acks_missed;
    const char *id;      /* address */
    const char *version; /* GDOI version of the GM */
    const char *state;   /* "registered", lower case */
    const char *ks;      /* address of the KS it registered with */
};

enum gv_ks_has {
    GV_KS_HAS_PRIORITY = 1u << 0,
    GV_KS_HAS_MEMBERS_REGISTERED = 1u << 1,
    GV_KS_HAS_RETRANSMITS = 1u << 2,
    GV_KS_HAS_RETRANSMIT_INTERVAL = 1u << 3,
    GV_KS_HAS_REKEYS_SENT = 1u << 4,
    GV_KS_HAS_LAST_REKEY_RETRANSMITS = 1u << 5, /* primary only */
    GV_KS_HAS_LAST_REKEY_DURATION = 1u << 6,    /* primary only */
    GV_KS_HAS_REKEY_SEQUENCE = 1u << 7,
    GV_KS_HAS_KEK_LIFETIME = 1u << 8,
    GV_KS_HAS_TEK_LIFETIME = 1u << 9,
    GV_KS_HAS_GROUP_MEMBERS = 1u << 10,
};

/* The KS side of one group on this device. */
struct gv_ks_obs {
    uint32_t has; /* enum gv_ks_has */
    uint32_t priority;
    uint32_t members_registered;    /* GMs in the group as this KS counts them */
    uint32_t retransmits;           /* N, 0..255 */
    uint32_t retransmit_interval_s; /* R */
    uint32_t rekeys_sent;           /* a count; from the CLI only */
    uint32_t last_rekey_retransmits;
    uint32_t last_rekey_duration_ms;
    uint32_t rekey_sequence; /* sequence number of the last rekey; restarts with each KEK */
    uint32_t kek_lifetime_s; /* as configured */
    uint32_t tek_lifetime_s; /* as configured */
    uint32_t group_members;  /* SNMP: the group's total over all KSs */
    const char *address;
    const char *version; /* GDOI version */
    enum gv_ks_role role;
    enum gv_ks_status status;
    struct gv_time role_at; /* merged: when its role was told; 0: with the observation */
    struct gv_peer_obs *peers;
    struct gv_member_obs *members, *last_member;
    bool members_listed; /* the device printed its member list, even an empty one */
    bool redundancy_said, redundancy_configured;
};

enum gv_gm_has {
    GV_GM_HAS_REGISTERED = 1u << 0,
    GV_GM_HAS_REREGISTERS_IN = 1u << 1,
    GV_GM_HAS_REGISTRATIONS_SUCCEEDED = 1u << 2,
    GV_GM_HAS_REGISTRATIONS_ATTEMPTED = 1u << 3,
    GV_GM_HAS_REKEYS_RECEIVED = 1u << 4,
    GV_GM_HAS_REKEY_ACKS_SENT = 1u << 5,
    GV_GM_HAS_LAST_REKEY_SEQUENCE = 1u << 6,
    GV_GM_HAS_LAST_REKEY_AGE = 1u << 7,
    GV_GM_HAS_ACTIVE_TEKS = 1u << 8,
};

struct gv_name_obs {
    struct gv_name_obs *next;
    const char *name;
};

/* The GM side of one group on this device. */
struct gv_gm_obs {
    struct gv_time seen_at;
    uint32_t has; /* enum gv_gm_has */
    bool registered;
    bool registered_inferred; /* by SNMP: KS known, KEK active, TEKs active */
    bool version_line_absent; /* a complete registration block without "Version": likely old */
    uint32_t reregisters_in_s;
    uint32_t registrations_succeeded, registrations_attempted;
    uint32_t rekeys_received; /* a count; from the CLI only */
    uint32_t rekey_acks_sent;
    uint32_t last_rekey_sequence;
    uint32_t last_rekey_age_s; /* "Rekey Rcvd(hh:mm:ss)" */
    uint32_t active_teks;
    const char *address;
    const char *version; /* GDOI version */
    const char *registered_with;
    struct gv_name_obs *servers;
};

/* One group on one device; either side, both, or neither may be present. */
struct gv_group_obs {
    struct gv_group_obs *next;
    const char *name; /* either may be absent, not both */
    const char *id;   /* decimal number, address, or name */
    enum gv_group_type type;
    enum gv_rekey_transport transport;
    bool transport_inferred; /* by SNMP: from the KEK's destination address */
    struct gv_ks_obs *ks;    /* NULL: the device said nothing as a KS */
    struct gv_gm_obs *gm;    /* NULL: the device said nothing as a GM */
    /* A device that is KS and GM of one group has two views of the same KEK:
     * `keks` and `teks` are the KS's where `ks` is there, else the GM's. */
    struct gv_kek_obs *keks;
    struct gv_tek_obs *teks;
};

struct gv_device_obs {
    bool has_uptime;
    uint64_t uptime_ms;       /* sysUpTime: falls at a reboot */
    struct gv_time uptime_at; /* merged: when that was told; 0: with the observation */
    const char *hostname;
    const char *version;      /* as printed; see contract.md for IOS-XE */
    const char *train;        /* IOS-XE 3.x: the IOS train beside it, 15.3(2)S1 */
    const char *software;     /* the line the version came from, for people */
    const char *gdoi_version; /* where only the box as a whole tells it */
    enum gv_vendor vendor;
    enum gv_os os;
};

struct gv_observation {
    struct gv_arena arena;
    struct gv_time seen_at; /* arrival of the last answer in it */
    struct gv_dur waited;   /* for that answer, or one before, where it can take long */
    struct gv_device_obs device;
    struct gv_group_obs *groups;
    const char *log; /* lines of its log as printed; NULL: not asked */
    bool failed;     /* the arena was exhausted: the content is incomplete */
};

/* An empty observation on the heap. NULL without memory. */
struct gv_observation *gv_observation_new(struct gv_time seen_at);
void gv_observation_free(struct gv_observation *obs);

/* The group of that name or id (either may be NULL; the id decides where both
 * sides have one), appended where there is none yet. What is not known yet of name and id is
 * filled in. NULL, and obs->failed, when the arena is exhausted or there are too many groups.
 */
struct gv_group_obs *gv_observation_group(struct gv_observation *obs, struct gv_text name,
                                          struct gv_text id);

/* The group's KS or GM side, made where there is none yet. NULL as above. */
struct gv_ks_obs *gv_group_ks(struct gv_observation *obs, struct gv_group_obs *group);
struct gv_gm_obs *gv_group_gm(struct gv_observation *obs, struct gv_group_obs *group);

/* Append an empty row. seen_at is the observation's. NULL as above, and where the list
 * has more rows than any device can have; a server's name is listed once. */
struct gv_kek_obs *gv_group_add_kek(struct gv_observation *obs, struct gv_group_obs *group);
struct gv_tek_obs *gv_group_add_tek(struct gv_observation *obs, struct gv_group_obs *group);
struct gv_peer_obs *gv_ks_add_peer(struct gv_observation *obs, struct gv_ks_obs *ks);
struct gv_member_obs *gv_ks_add_member(struct gv_observation *obs, struct gv_ks_obs *ks);
bool gv_gm_add_server(struct gv_observation *obs, struct gv_gm_obs *gm, struct gv_text name);

/* How many members it lists. */
uint32_t gv_ks_members_listed(const struct gv_ks_obs *ks);

/* The most members of its group that this KS tells of; false where it counts none. The CLI
 * counts and lists the group's, the MIB may count those of this KS alone, and which of them was
 * asked last changes: the most is the group's. */
bool gv_ks_most_members(const struct gv_ks_obs *ks, uint64_t *most);

/* A copy of `t` in the observation; NULL for an empty `t`, and NULL with
 * obs->failed when the arena is exhausted. */
const char *gv_observation_text(struct gv_observation *obs, struct gv_text t);

/* "cisco", "ios-xe", "g-ikev2", "unicast", "primary", "alive", "in_use", ...;
 * NULL for the value 0. */
const char *gv_vendor_name(enum gv_vendor v);
const char *gv_os_name(enum gv_os v);
const char *gv_group_type_name(enum gv_group_type v);
const char *gv_rekey_transport_name(enum gv_rekey_transport v);
const char *gv_ks_role_name(enum gv_ks_role v);
const char *gv_ks_status_name(enum gv_ks_status v);
const char *gv_kek_status_name(enum gv_kek_status v);

#endif
