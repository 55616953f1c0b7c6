/* SPDX-License-Identifier: Apache-2.0 */
/* Event: one thing that happened on a device, as the device told it by syslog or by an SNMP
 * notification.
 *
 * The one neutral form between the event codecs and everything else. It owns its texts; what
 * a device did not say is absent (empty, or its HAS bit is not set). Texts come from devices:
 * they may hold any octet but NUL, so whoever shows them escapes them. */
#ifndef GV_EVENTS_EVENT_H
#define GV_EVENTS_EVENT_H

#include "base/text.h"
#include "base/time.h"
#include "observation.h"

/* What happened, whichever way it was told. GM, KS: the side that tells it. */
enum gv_event_kind {
    GV_EVENT_OTHER,          /* of our facilities, with no meaning here */
    GV_EVENT_GM_REREGISTERS, /* its KEK or SA is going, and no rekey came */
    GV_EVENT_GM_REGISTRATION_BEGUN,
    GV_EVENT_GM_REGISTERED,       /* ... is complete */
    GV_EVENT_GM_POLICY_INSTALLED, /* from a registration or a rekey */
    GV_EVENT_GM_KEK_UPDATED,      /* also where the same KEK came again */
    GV_EVENT_GM_TEK_UPDATED,
    GV_EVENT_GM_KEK_EXPIRED, /* and it deleted it */
    GV_EVENT_GM_REKEY_RECEIVED,
    GV_EVENT_GM_REKEY_MISSED, /* it says so itself */
    GV_EVENT_GM_FAULT,        /* a rekey or policy that it could not use */
    GV_EVENT_GM_LEFT,         /* it gave up its registration, or was told to */
    GV_EVENT_GM_RECOVERS,     /* it turns to the next KS, or registers to recover */
    GV_EVENT_GM_POLICY_CHANGED,
    GV_EVENT_KS_REGISTRATION_BEGUN, /* of a GM at this KS */
    GV_EVENT_KS_REGISTERED,
    GV_EVENT_KS_REKEY_SENT,
    GV_EVENT_KS_NEWER_GM,   /* a GM newer than this KS registered */
    GV_EVENT_KS_MEMBERS,    /* the first, the last, one deleted */
    GV_EVENT_KS_GM_EJECTED, /* without an acknowledgement, or revoked */
    GV_EVENT_KS_REFUSED,    /* a GM or KS without permission */
    GV_EVENT_KS_FAULT,      /* no RSA keys, ... */
    GV_EVENT_KS_POLICY_CHANGED,
    GV_EVENT_COOP_UNREACHABLE,
    GV_EVENT_COOP_REACHABLE,
    GV_EVENT_COOP_ROLE, /* an election, or its outcome */
    GV_EVENT_COOP_FAULT,
    GV_EVENT_REPLAY,       /* an anti-replay check failed */
    GV_EVENT_PACKET_FAULT, /* under an SPI that it does not have, or in the clear */
    GV_EVENT_IKE_FAULT,
    GV_EVENT_PKI_FAULT,
    GV_EVENT_GDOI_SWITCHED, /* on or off */
    GV_EVENT_KIND_COUNT
};

enum { GV_EVENT_CODE = 64, GV_EVENT_GROUP = 128, GV_EVENT_ADDRESS = 64 };

enum gv_event_has {
    GV_EVENT_HAS_AT = 1u << 0,
    GV_EVENT_HAS_KEK_SPI = 1u << 1,
};

struct gv_event {
    enum gv_event_kind kind;
    uint32_t has;      /* enum gv_event_has */
    struct gv_time at; /* on the clock of whoever took it; where it is read out of a log that
                        * tells no instants, absent */
    char code[GV_EVENT_CODE];      /* the syslog mnemonic, or the notification's name */
    char group[GV_EVENT_GROUP];    /* its name */
    char group_id[GV_EVENT_GROUP]; /* its identity, by SNMP */
    char ks[GV_EVENT_ADDRESS];     /* the KS it is about */
    char gm[GV_EVENT_ADDRESS];     /* the GM it is about */
    uint8_t kek_spi[GV_KEK_SPI_LEN];
    bool notified; /* by SNMP: such a device may tell of registrations and never of an expiry */
    bool logged;   /* read out of the device's log, perhaps long after it happened */
};

/* Copy `t` into a text of an event, which has room for `size` octets. What does not fit is left
 * absent: a name cut short would be another's. */
void gv_event_text(char *to, size_t size, struct gv_text t);

/* "gm_reregisters", ...: names of metrics labels. Static string, never NULL. */
const char *gv_event_kind_name(enum gv_event_kind kind);

/* True where every rekey and registration that goes well brings one. */
bool gv_event_is_routine(enum gv_event_kind kind);

/* True where the device shows something else from now on, so that a poll is worth it. */
bool gv_event_is_change(enum gv_event_kind kind);

#endif
