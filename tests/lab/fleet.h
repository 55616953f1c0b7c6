/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated fleet as it stands at one instant: boxes, groups, key servers,
 * members, their keys and counters.
 *
 * Plain state. The engine (engine.h) alone changes it, from event to event; the
 * faces (face.h) only read it, after they asked for the present instant. All
 * instants are of the fleet's own clock, which may run faster than the wall's;
 * what is shown as "remaining" is subtracted by the reader (lab_left_s). */
#ifndef LAB_FLEET_H
#define LAB_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "impair.h"
#include "quirks.h"
#include "target.h"

enum {
    LAB_KEK_SPI_LEN = 16,
    LAB_TEK_SPI_LEN = 4,
    LAB_MAX_KEKS = 3, /* new, in use, old */
    LAB_MAX_TEKS = 4,
    LAB_MAX_ACES = 8,
    LAB_MAX_SERVERS = 8,          /* key servers of one group */
    LAB_MISSED_ACKS_TO_EJECT = 3, /* consecutive rekeys; unicast only */
};

/* An instant that never comes. */
#define LAB_NEVER ((struct gv_time){INT64_MAX})

/* KEK rekey behaviour of the image: before and from IOS 15.2(1)T / XE 3.5S on. */
enum lab_behaviour { LAB_OLD, LAB_NEW };
enum lab_os { LAB_IOS, LAB_IOS_XE, LAB_JUNOS };
enum lab_format { LAB_FORMAT_12_4T, LAB_FORMAT_15, LAB_FORMAT_17 }; /* of show output */
enum lab_transport { LAB_UNICAST, LAB_MULTICAST };
enum lab_ks_role { LAB_PRIMARY = 1, LAB_SECONDARY = 2, LAB_ROLE_UNKNOWN = 3 }; /* as the MIB */
enum lab_kek_status { LAB_KEK_IN_USE = 1, LAB_KEK_NEW = 2, LAB_KEK_OLD = 3 };  /* as the MIB */

struct lab_kek {
    uint8_t spi[LAB_KEK_SPI_LEN]; /* the two ISAKMP cookies */
    uint32_t index;               /* CISCO-GDOI-MIB KekIndex: counts up in the group */
    struct gv_time born;          /* KS: made; GM: installed here */
    struct gv_time expiry;
    uint32_t lifetime_s; /* KS: configured. GM: life left when it was installed */
    enum lab_kek_status status;
};

struct lab_tek {
    uint8_t spi[LAB_TEK_SPI_LEN];
    struct gv_time born, expiry; /* as for a KEK */
    struct gv_time rekey_at;     /* KS: when its successor is due; LAB_NEVER: superseded */
    uint32_t lifetime_s;
};

/* One line of the group's access list: permit ip SOURCE DESTINATION. Host order. */
struct lab_ace {
    uint32_t source, source_mask; /* masks as netmasks: 255.255.0.0 */
    uint32_t destination, destination_mask;
};

/* What the configuration of the group says; the same on all its key servers. */
struct lab_group {
    const char *name;
    uint32_t id; /* identity number */
    enum lab_transport transport;
    uint32_t kek_lifetime_s, tek_lifetime_s;
    uint32_t retransmits, interval_s; /* N, R */
    uint32_t kek_left_s, tek_left_s;  /* life left of the first keys at the start */
    uint32_t multicast_to;            /* 239.x, host order; 0 for unicast */
    struct lab_ace aces[LAB_MAX_ACES];
    size_t ace_count;
    struct gv_time split_from, split_until; /* no COOP announcement passes in between */
    bool born_split;                        /* each KS starts as a primary with its own keys */
    uint32_t ghosts;                        /* members without a simulated device */
    uint32_t ghosts_most;                   /* so many there may be later; at least `ghosts` */
    uint32_t ghost_first;                   /* address of the first one, host order */
    const char *ghost_version;              /* GDOI version of all of them; NULL: none */
    struct lab_ks *servers[LAB_MAX_SERVERS];
    size_t server_count;
    struct lab_gm **members; /* the simulated ones */
    size_t member_count;
    uint32_t next_kek_index;
};

/* A GM, as a KS lists it. Every KS of a group lists all of its members. */
struct lab_member {
    uint32_t address;    /* host order */
    const char *version; /* GDOI version; NULL: it announced none */
    struct lab_gm *gm;   /* NULL: a ghost, which acknowledges every rekey */
    const struct lab_ks *registered_with;
    struct gv_time registered_at;
    uint32_t rekeys_sent, rekey_retries; /* by its KS */
    uint32_t acks_received, acks_missed;
    uint32_t missed_in_row;
};

/* Another KS of the group, as one KS sees it. */
struct lab_peer {
    struct lab_ks *ks;
    bool alive;
    enum lab_ks_role role; /* as last announced */
    struct gv_time heard_at;
    uint32_t announcements_sent, announcements_received;
};

/* One key server in one group. */
struct lab_ks {
    struct lab_device *device;
    struct lab_group *group;
    uint32_t address; /* host order */
    uint32_t priority;
    enum lab_ks_role role;
    struct lab_kek keks[LAB_MAX_KEKS]; /* oldest first */
    size_t kek_count;
    struct lab_tek teks[LAB_MAX_TEKS]; /* oldest first */
    size_t tek_count;
    struct gv_time kek_rekey_at; /* of the last KEK; LAB_NEVER on a secondary's own account */
    struct gv_time promote_at;   /* when the newest KEK comes into use */
    uint32_t rekey_sequence;     /* of the last rekey; restarts at 0 with each KEK */
    uint32_t rekeys_sent;        /* a count */
    uint32_t rekey_retransmits;  /* a count, over all members */
    uint32_t last_rekey_retransmits, last_rekey_duration_ms; /* primary only */
    struct gv_time last_rekey_at;                            /* LAB_NEVER: none yet */
    uint32_t registrations;                                  /* a count: served here */
    struct lab_member *members; /* all of the group, in the order of their addresses */
    size_t member_count, member_room;
    struct lab_peer peers[LAB_MAX_SERVERS];
    size_t peer_count;
    struct gv_time announce_at; /* COOP: next announcement, and next look at the peers */
};

/* One group member in one group. */
struct lab_gm {
    struct lab_device *device;
    struct lab_group *group;
    uint32_t address;                     /* host order */
    const struct lab_ks *registered_with; /* NULL: not registered */
    bool has_kek, has_previous;
    bool kek_expired; /* old behaviour: `kek` is past its expiry, and still in use */
    struct lab_kek kek, previous;      /* in use; the one before, until it expires */
    struct lab_tek teks[LAB_MAX_TEKS]; /* oldest first */
    size_t tek_count;
    struct gv_time kek_register_at; /* re-registration for the KEK; LAB_NEVER: none due */
    struct gv_time tek_register_at;
    uint32_t registrations_attempted, registrations_succeeded;
    uint32_t registrations_for_kek; /* of the succeeded ones: for the KEK's sake */
    uint32_t rekeys_received;       /* a count */
    uint32_t rekey_acks_sent;
    uint32_t last_rekey_sequence;
    struct gv_time last_rekey_at; /* LAB_NEVER: never */
    uint32_t rekeys_lost;         /* sent to it, and not taken */
    uint32_t expired_keks;        /* KEKs it had to delete, or went on using, after expiry */
    struct gv_time dark_since;    /* all TEKs expired since then; LAB_NEVER: has one */
};

struct lab_snmp {
    bool on;
    uint16_t port; /* 0: any free one; the face writes down the one it got */
    enum gv_snmp_version version;
    enum gv_snmp_auth auth;
    enum gv_snmp_priv priv;
    const char *community;
    const char *user, *auth_password, *priv_password;
    uint32_t mib_revision; /* 2010 or 2015 */
    uint32_t max_message;  /* longest answer in octets; beyond it tooBig */
    uint32_t delay_ms;     /* of every answer */
    struct lab_line line;  /* the way to it */
};

struct lab_ssh {
    bool on;
    uint16_t port;                        /* as above */
    const char *user, *password, *enable; /* enable NULL: privileged at once */
    const char *banner;                   /* NULL: none */
    const char *authorized_keys;          /* file of keys let in; NULL: none */
    uint32_t delay_ms;                    /* before every output */
    struct lab_quirks quirks;
    struct lab_line line; /* the way to it */
};

/* RESTCONF over HTTPS, and what is wrong with its answers. */
struct lab_restconf {
    bool on;
    uint16_t port; /* as above */
    const char *user, *password;
    uint32_t delay_ms;    /* before every answer */
    uint32_t status;      /* of every answer; 0: the right one */
    uint32_t huge_octets; /* so many more behind an answer */
    bool config_only;     /* an IOS-XE 16 box: no operational lists */
    bool stale;           /* remaining times as they were at the key's birth */
    bool garbage;         /* no JSON */
    bool deep;            /* lists in lists without end */
    bool redirect;        /* elsewhere */
    struct lab_line line; /* the way to it */
};

enum lab_gdoi_kek { LAB_GDOI_AES256, LAB_GDOI_AES192, LAB_GDOI_AES128, LAB_GDOI_3DES };

/* How a key server speaks GDOI. */
struct lab_gdoi_box {
    bool on;
    uint16_t port;
    const char *psk;             /* or, for RSA signatures, three files: */
    const char *cert, *key, *ca; /* in PEM */
    const char *suite;           /* the only one of phase 1 that it takes; NULL: every one */
    enum lab_gdoi_kek kek;
    uint32_t ack;         /* KEK_ACK_REQUESTED (RFC 8263); 0: none */
    const char *address;  /* where it listens, IPv4 or IPv6; NULL: where the other faces do */
    const char *rekey_to; /* the group of all rekeys, IPv4 or IPv6; NULL: as the group says */
    uint16_t rekey_port;  /* where rekeys go; 0: where the member registered from, or 848 */
    uint16_t nat_port;    /* knows RFC 3947, and listens there too; 0: does not */
    bool reference;       /* leaves RFC 6407 where the reference implementation does */
    bool mute;            /* no notify on any failure */
    struct lab_line line;
};

/* What is wrong with a box. Instants of the fleet's clock; LAB_NEVER: does not happen. */
struct lab_faults {
    uint32_t lose_rekeys; /* GM: so many KEK rekeys, the next ones, never arrive */
    uint32_t lose_copies; /* GM: so many first transmissions of each rekey do not arrive */
    uint32_t lose_ppm;    /* GM: chance of each transmission of a rekey to get lost */
    uint32_t late_s;      /* KS: rekeys so much later than its behaviour has it */
    struct gv_time silent_from, silent_until; /* no packet in or out, GDOI included */
    struct gv_time reboot_at;
    struct gv_dur reboot_for; /* silent so long; then counters and keys start afresh */
    bool refuse;              /* faces: port closed, login refused */
    bool hang;                /* faces: connection taken, then no answer any more */
    bool wrong_clock;         /* SNMPv3: time outside of the window */
};

/* The last lines that a box logged, each with its stamp. */
enum { LAB_LOG_LINES = 64, LAB_LOG_LINE = 256 };
struct lab_log {
    size_t count; /* of all lines so far; line n lies at n % LAB_LOG_LINES */
    char lines[LAB_LOG_LINES][LAB_LOG_LINE];
};

/* One box. */
struct lab_device {
    const char *name;     /* target name */
    const char *hostname; /* of the prompt and sysName */
    const char *address;  /* 127.x.y.z where its faces listen, without port */
    uint32_t number;      /* from 0, in the order of the scenario */
    enum lab_os os;
    enum lab_behaviour behaviour;
    enum lab_format format;
    const char *version;      /* "12.4(24)T8", "15.2(4)M6", "17.09.04a" */
    const char *train;        /* IOS-XE 3.x: "15.3(2)S1"; else NULL */
    const char *platform;     /* "C2900", "ISR4300" */
    const char *gdoi_version; /* "1.0.4"; NULL: its output has no version line */
    struct gv_time booted;
    uint32_t boots; /* so many reboots seen, from 1 */
    bool down;      /* rebooting: nothing answers */
    struct lab_faults faults;
    struct lab_snmp snmp;
    struct lab_ssh ssh;
    struct lab_restconf restconf;
    struct lab_gdoi_box gdoi;
    struct lab_log *log;    /* NULL: nothing logged yet */
    struct lab_ks *servers; /* one per group it is a KS of */
    size_t server_count;
    struct lab_gm *members; /* one per group it is a GM of */
    size_t member_count;
};

struct lab_fleet {
    struct gv_arena arena; /* owns all rows and names */
    struct lab_group *groups;
    size_t group_count;
    struct lab_device *devices;
    size_t device_count;
    uint32_t speed;     /* fleet seconds per wall second */
    struct gv_time now; /* the instant up to which it has lived */
    uint64_t events;    /* counts what happened: a reader may keep what it made till then */
    uint64_t random;    /* state of the seeded generator */
    /* Called with each thing that happens; `line` as IOS would log it. May be NULL. */
    bool keeps_logs; /* what the boxes say is kept for `show logging` */
    int64_t clock_s; /* Unix time of the boxes' clocks at the fleet's instant 0 */
    void (*log)(void *arg, struct gv_time at, const struct lab_device *device,
                const char *line);
    void *log_arg;
};

/* Whole seconds from `now` to `expiry`, 0 once it has passed: what a router shows. */
uint32_t lab_left_s(struct gv_time expiry, struct gv_time now);

/* The KS's KEK in use and its newest one (the same where no rekey is under way); NULL
 * where it has none. */
const struct lab_kek *lab_ks_kek(const struct lab_ks *ks);
const struct lab_kek *lab_ks_newest_kek(const struct lab_ks *ks);

/* "Lifetime (secs)" as the GM shows it: running down, or frozen on an old one. */
uint32_t lab_gm_kek_shown_s(const struct lab_gm *gm, struct gv_time now);

/* "Re-registers in": seconds to the earlier of both re-registrations; false: none due. */
bool lab_gm_registers_in(const struct lab_gm *gm, struct gv_time now, uint32_t *seconds);

/* How many members registered with this KS itself; lab_ks.member_count is the group's. */
size_t lab_ks_own_members(const struct lab_ks *ks);

/* Answers nothing at `now`: rebooting, or in its silent span. */
bool lab_device_silent(const struct lab_device *device, struct gv_time now);

#endif
