/* SPDX-License-Identifier: Apache-2.0 */
/* A GDOI key server for the tests: main mode, GROUPKEY-PULL, GROUPKEY-PUSH, and whatever a key
 * server may do wrong.
 *
 * Sans I/O as the group member is (gdoi/client.h): datagrams are fed with the instant of their
 * arrival, lab_gdoi_next gives what is to be sent, lab_gdoi_expire is called when
 * lab_gdoi_expiry has come. Policies, keys, hashes and pushes are encoded here and not with the
 * member's code, so that the one is not tested against its own mirror. Its keys are a lab's: of
 * no worth, and not kept as secrets. Source: RFC 2409, RFC 6407, RFC 8263, RFC 3947, RFC 3706;
 * deviations: RFC 3547 and what the field does. */
#ifndef LAB_GDOI_SERVER_H
#define LAB_GDOI_SERVER_H

#include "gdoi/client.h"
#include "gdoi_signer.h"

struct lab_gdoi;       /* a key server */
struct lab_gdoi_group; /* one of its groups */

enum { LAB_GDOI_GROUPS_MOST = 4, LAB_GDOI_MEMBERS_MOST = 64 };

struct lab_gdoi_config {
    const struct gdoi_suite *suites; /* taken, in this order of preference */
    size_t suite_count;
    const struct gv_secret *psk;              /* NULL: RSA signatures */
    const struct gdoi_credential *credential; /* for those; else NULL */
    struct gdoi_identity identity;            /* ours */
    struct gdoi_identity member; /* whom alone it lets in; type 0: whoever proves itself */
    struct gdoi_endpoint local;
    bool nat_known; /* knows RFC 3947 */
    bool nat;       /* and says that there is a NAT */
    bool mute;      /* no notify on any failure, as the reference implementation */
    bool inside;    /* an unknown group is refused in the PULL's own exchange */
    bool talkative; /* more than it has to say: vendor ids, private payloads, how things stand,
                     * certificates and requests of other kinds */
};

/* What RFC 6407 does not say, and key servers do. */
enum lab_gdoi_deviation {
    LAB_GDOI_LONG_RESERVED = 1,    /* SAK: 6 reserved octets */
    LAB_GDOI_KEK_LIFE_BASIC = 2,   /* 16 bits in place; always the full lifetime */
    LAB_GDOI_SIG_BARE = 4,         /* no DigestInfo */
    LAB_GDOI_LENGTH_UNPADDED = 8,  /* HDR.Length as signed does not count the padding */
    LAB_GDOI_SEQ_GOES_ON = 16,     /* after a KEK change */
    LAB_GDOI_KD_OLD_SPI = 32,      /* in the KD of a KEK rekey */
    LAB_GDOI_KEK_REPEATED = 64,    /* by every TEK rekey */
    LAB_GDOI_KEK_ALONE = 128,      /* a KEK rekey brings no TEK */
    LAB_GDOI_LIFE_SHORT = 256,     /* TEK lifetime: 2 octets, not in place */
    LAB_GDOI_NO_PUBLIC_KEY = 512,  /* a KEK rekey does not repeat the public key */
    LAB_GDOI_OTHER_PADDING = 1024, /* of pushes: octets other than 0 */
    LAB_GDOI_UNKNOWN_PARTS = 2048, /* private attributes, payloads and key packets */
    LAB_GDOI_BORN_LATE = 4096,     /* the first keys begin to live at the first registration */
    LAB_GDOI_ODD_KEY = 8192,       /* the public key as PKCS #1, or as a point's coordinates */
    LAB_GDOI_SIG_DER = 16384,      /* of ECDSA-256, in DER */
    LAB_GDOI_LENGTH_SHORT = 32768, /* HDR.Length as sent and as signed counts no padding */
    LAB_GDOI_SEQ_EARLY = 65536,    /* a KEK rekey has SEQ 1 */
    LAB_GDOI_NO_LIFE = 131072,     /* no KEK_KEY_LIFETIME */
    LAB_GDOI_NO_KEK_KEY = 262144,  /* LKH alone: KD has no packet of the KEK */
    LAB_GDOI_DST_PROT = 524288,    /* an octet "DST ID Prot" in SAK and SAT */
    /* What the reference implementation does. */
    LAB_GDOI_REFERENCE = LAB_GDOI_LONG_RESERVED | LAB_GDOI_KEK_LIFE_BASIC | LAB_GDOI_SIG_BARE |
                         LAB_GDOI_LENGTH_UNPADDED | LAB_GDOI_SEQ_GOES_ON | LAB_GDOI_KD_OLD_SPI |
                         LAB_GDOI_KEK_REPEATED | LAB_GDOI_KEK_ALONE | LAB_GDOI_LIFE_SHORT
};

/* What a group is. */
struct lab_gdoi_policy {
    struct gdoi_identity group;
    const struct gdoi_signer *signer; /* of rekeys; NULL: the group has no KEK */
    enum gdoi_kek_cipher kek_cipher;
    uint32_t kek_bits;
    enum gdoi_sig_hash sig_hash;
    struct gv_dur kek_life, tek_life;
    uint32_t ack;                  /* KEK_ACK_REQUESTED, RFC 8263: 1 to 4; 0: none */
    uint16_t ack_key_bits;         /* the L of its key; 0: of the hash */
    struct gdoi_endpoint rekey_to; /* size 0: each member; then a port that is not 0 counts */
    size_t aces;                   /* lines of the access list: a SAT each */
    uint8_t transform;             /* of ESP */
    bool gap, lkh, sids;           /* GAP in the SA; LKH and SID packets in the KD */

    bool timers; /* rekeys by itself; else when told */
    bool old;    /* the KEK's rekey comes at its expiry; else ahead by the lead below */
    uint32_t retransmits;
    struct gv_dur interval;
    struct gv_dur lead_base, lead_step; /* 200 s and 5 s of the formula; tests may be faster */
    struct gv_dur tek_lead;
    struct gv_dur merge;  /* a KEK whose rekey is due within it rides along with a TEK's */
    uint32_t eject_after; /* so many rekeys without an ACK; 0: never */
    uint32_t deviations;  /* of enum lab_gdoi_deviation */
};

/* A policy as RFC 6407 has it: AES-128, SHA-256, KEK 86,400 s, TEK 3,600 s, N = 2, R = 10 s,
 * new behaviour, for the group with that number as KEY_ID. */
struct lab_gdoi_policy lab_gdoi_policy(uint32_t group, const struct gdoi_signer *signer);

/* What a key server sends. */
enum lab_gdoi_message {
    LAB_GDOI_NONE,
    LAB_GDOI_MAIN_2,
    LAB_GDOI_MAIN_4,
    LAB_GDOI_MAIN_6,
    LAB_GDOI_PULL_2,
    LAB_GDOI_PULL_4,
    LAB_GDOI_PUSH
};

/* What becomes of a payload. Hashes and signatures are made over the outcome. */
enum lab_gdoi_form {
    LAB_GDOI_WHOLE,
    LAB_GDOI_OMITTED,
    LAB_GDOI_EMPTY,
    LAB_GDOI_ZERO, /* all octets of its body */
    LAB_GDOI_HUGE, /* its length reaches far beyond the end */
    LAB_GDOI_TWICE
};

enum lab_gdoi_ke {
    LAB_GDOI_KE_GOOD,
    LAB_GDOI_KE_0,
    LAB_GDOI_KE_1,
    LAB_GDOI_KE_P_1,
    LAB_GDOI_KE_P
};

enum lab_gdoi_push_fault {
    LAB_GDOI_PUSH_GOOD,
    LAB_GDOI_PUSH_LOST,
    LAB_GDOI_PUSH_BAD_SIGNATURE,
    LAB_GDOI_PUSH_REPLAY, /* the sequence number of the one before, another content */
    LAB_GDOI_PUSH_WRONG_SPI,
    LAB_GDOI_PUSH_WRONG_KEK
};

/* What it does wrong from now on; all zero: nothing. */
struct lab_gdoi_faults {
    enum lab_gdoi_message silent_at; /* neither this message nor a later one is sent */
    uint32_t lose_nth;               /* of the datagrams from now on; 1: the next; 0: none */
    enum lab_gdoi_message message;   /* in which `payload` takes that form */
    uint8_t payload;                 /* enum isakmp_type; in PUSH and PULL_2 SAK, SAT too */
    enum lab_gdoi_form form;
    size_t nonce_n; /* octets of its nonces; 0: 20 */
    enum lab_gdoi_ke ke;
    enum lab_gdoi_push_fault push;
    uint32_t push_count; /* it strikes so many pushes */
    /* May change the payloads of PULL_2, PULL_4 and PUSH, which HASH or SIG then cover. */
    void (*edit)(void *arg, enum lab_gdoi_message message, uint8_t *octets, size_t n);
    void *edit_arg;
};

struct lab_gdoi_counts {
    uint32_t phase1s, registrations; /* ended well */
    uint32_t refused;                /* proposals, identities, proofs, groups */
    uint32_t repeats;                /* requests that came again and were answered again */
    uint32_t ignored;
    uint32_t pushes; /* made; retransmissions and copies for several members aside */
    uint32_t acks, bad_acks;
    uint32_t dpd_answers;
    uint32_t ejected;
};

/* A key server without groups; the configuration's pointers outlive it. NULL without memory. */
struct lab_gdoi *lab_gdoi_new(const struct lab_gdoi_config *config);
void lab_gdoi_free(struct lab_gdoi *server); /* NULL is fine */

/* A new group, with keys born at `now`. NULL at the ceiling, or where no keys can be made. */
struct lab_gdoi_group *lab_gdoi_group_add(struct lab_gdoi *server,
                                          const struct lab_gdoi_policy *policy,
                                          struct gv_time now);

/* A datagram without its non-ESP marker; `marked` says that it had one. */
void lab_gdoi_feed(struct lab_gdoi *server, const uint8_t *octets, size_t n,
                   const struct gdoi_endpoint *from, bool marked, struct gv_time now);
/* The next datagram to be sent, valid until the next call; false where there is none. */
bool lab_gdoi_next(struct lab_gdoi *server, struct gdoi_datagram *out);
struct gv_time lab_gdoi_expiry(const struct lab_gdoi *server);
void lab_gdoi_expire(struct lab_gdoi *server, struct gv_time now);

/* To be set at any time. */
struct lab_gdoi_faults *lab_gdoi_faults(struct lab_gdoi *server);
const struct lab_gdoi_counts *lab_gdoi_counts(const struct lab_gdoi *server);

/* ---- what an operator does ---- */

enum lab_gdoi_rekey { LAB_GDOI_TEK = 1, LAB_GDOI_KEK = 2 };

/* Keys that somebody else made; a zeroed one lets the server make them. */
struct lab_gdoi_fresh {
    const uint8_t *kek_spi, *tek_spi; /* 16 and 4 octets */
    struct gv_time kek_expiry, tek_expiry;
};

/* New keys, a rekey (bits of enum lab_gdoi_rekey) that tells them, and its retransmissions.
 * `fresh` may be NULL. */
void lab_gdoi_rekey(struct lab_gdoi_group *group, unsigned what,
                    const struct lab_gdoi_fresh *fresh, struct gv_time now);
/* The same keys without a rekey: as at the birth of the group. */
void lab_gdoi_keys(struct lab_gdoi_group *group, const struct lab_gdoi_fresh *fresh,
                   struct gv_time now);
/* A push that deletes keys of the group: bits of enum lab_gdoi_rekey. With `replace` it
 * brings new ones as well. */
void lab_gdoi_delete(struct lab_gdoi_group *group, unsigned what, bool replace,
                     struct gv_time now);
/* The last push once more, octet by octet, to whoever it was meant for. */
void lab_gdoi_repeat(struct lab_gdoi_group *group);
/* "Are you there?" to every member with a phase 1 (RFC 3706). */
void lab_gdoi_dpd(struct lab_gdoi *server);
/* Forget every phase 1; `tell` its owners by a Delete. */
void lab_gdoi_drop_phase1(struct lab_gdoi *server, bool tell);
/* A reboot: all is forgotten, the groups have new keys. */
void lab_gdoi_restart(struct lab_gdoi *server, struct gv_time now);

/* ---- what a test compares with ---- */

struct lab_gdoi_view {
    uint8_t kek_spi[GDOI_SPI_SIZE];
    struct gv_time kek_expiry;
    uint32_t tek_spi;
    struct gv_time tek_expiry;
    uint32_t sequence; /* of the last push under this KEK */
    size_t members;
};
struct lab_gdoi_view lab_gdoi_view(const struct lab_gdoi_group *group);

#endif
