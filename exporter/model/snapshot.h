/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshot: every verdict about the whole fleet at one instant.
 *
 * Immutable once built, everything already decided: whoever renders it only
 * subtracts `now` from its instants. Its rows and sentences live in its arena; names,
 * versions and addresses are those of the observations that it was built from, so it
 * is over when one of them goes. Lists are arrays with a count.
 *
 * A HAS-less instant is absent when its `known` is false. */
#ifndef GV_MODEL_SNAPSHOT_H
#define GV_MODEL_SNAPSHOT_H

#include "model/behaviour.h"
#include "model/disagree.h"
#include "model/heard.h"
#include "model/interop.h"
#include "model/kek_timing.h"
#include "model/tek.h"
#include "model/when.h"
#include "observation.h"

/* The last poll of one collector on one device, and its failures so far. */
struct gv_collector_verdict {
    const char *name; /* "snmp", "ssh" */
    bool polled;      /* at least one poll ended */
    enum gv_err err;  /* how the last one ended */
    const char *detail;
    struct gv_dur duration;
    struct gv_when observed_at; /* last observation that is not stale */
    const uint64_t *failures;   /* GV_ERR_COUNT counters by reason; NULL: none so far */
};

/* The KEK in use as one role of one device shows it. */
struct gv_kek_verdict {
    bool present;
    bool has_spi;
    uint8_t spi[GV_KEK_SPI_LEN];
    struct gv_count lifetime_s;
    struct gv_when expiry; /* from remaining and its instant; unknown for a frozen value */
    bool saturated;        /* reported 0: expired some time ago, expiry is the latest it was */
    bool frozen;           /* old GM: the value shown does not count down */
    struct gv_count frozen_remaining_s;
    const char *cipher, *sig_hash;
    struct gv_count key_bits, sig_key_bits;
};

/* When the KEK rekey is due and how the last one went; of the KS where one is
 * polled (contract.md, budget), else of the GM. */
struct gv_rekey_verdict_row {
    bool published; /* this device carries the group's rekey series */
    struct gv_when expected_at;
    struct gv_count lead_expected_s;
    bool lead_observed_known;
    struct gv_dur lead_observed;   /* of the last rekey; may be negative */
    enum gv_rekey_verdict verdict; /* of the last rekey, or missed */
    struct gv_when judged_at;      /* birth of the KEK that the verdict is about */
    uint64_t counts[GV_REKEY_VERDICT_COUNT];
    struct gv_rekey_policy policy; /* N, R, members, transport that were used */
    bool unsound;                  /* the lead exceeds the lifetime */
};

struct gv_peer_verdict {
    const char *ks; /* label: target name where it is polled, else address */
    const char *address, *version;
    enum gv_ks_role role;
    enum gv_ks_status status;
    struct gv_count priority, members_registered;
};

struct gv_member_verdict {
    const char *gm; /* label as above */
    bool monitored; /* one of its addresses is a target's */
    const char *id, *version, *state, *ks;
    enum gv_behaviour behaviour; /* from its version, or of the polled device */
    struct gv_count rekeys_sent, rekey_retries, acks_received, acks_missed;
};

/* One device in one group. */
struct gv_membership {
    const char *group; /* label: name, else id, NAME/ID where names clash */
    const char *name, *group_id;
    enum gv_group_type type;
    enum gv_rekey_transport transport;
    bool transport_inferred;
    bool has_ks, has_gm;
    struct gv_kek_verdict ks_kek, gm_kek;
    struct gv_rekey_verdict_row rekey;
    enum gv_tri kek_in_sync; /* GM: same KEK as its group's KS; unknown without a KS polled */
    struct gv_tek_verdict ks_tek, gm_tek;
    const struct gv_heard *heard; /* what its events told; NULL: none yet */
    /* KS side */
    enum gv_ks_role role;
    enum gv_ks_status status;
    const char *ks_version, *ks_address;
    struct gv_count members_registered, priority;
    struct gv_peer_verdict *peers;
    size_t peer_count;
    struct gv_member_verdict *members;
    size_t member_count;
    /* GM side */
    enum gv_tri registered;
    bool registered_inferred;
    const char *gm_version, *gm_address, *registered_with;
    struct gv_when reregistration_at, last_rekey_at;
    struct gv_when last_registration_at; /* seen by the count, so at most a poll late */
    struct gv_count registrations_attempted, registrations_succeeded, rekeys_received;
    struct gv_count double_registrations, missed_rekeys; /* missed: as its events tell */
};

/* A field that collectors have contradicted each other in, now or once. */
struct gv_disagreed {
    const char *field;
    bool stands;
};

struct gv_device_verdict {
    const char *name; /* the target */
    const char *address;
    const char *hostname, *version, *gdoi_version;
    enum gv_vendor vendor;
    enum gv_os os;
    bool events_only;        /* nobody asks it, so it is neither up nor down */
    bool up;                 /* at least one collector's last poll gave a fresh observation */
    const char *ssh_profile; /* "modern", "default", "legacy"; NULL: no SSH */
    struct gv_collector_verdict *collectors;
    size_t collector_count;
    struct gv_disagreement *disagreements; /* those that stand */
    size_t disagreement_count;
    struct gv_disagreed *disagreed; /* one row a field */
    size_t disagreed_count;
    bool is_ks, is_gm;
    struct gv_behaviour_verdict ks_behaviour, gm_behaviour;
    struct gv_membership *memberships;
    size_t membership_count;
};

/* One key server against the members of one group (rekey-behaviour, ch. 3). */
struct gv_interop_verdict {
    const char *ks; /* label */
    enum gv_interop outcome;
    enum gv_behaviour ks_behaviour;
    const struct gv_behaviour_verdict *ks_verdict; /* the same, with its evidence */
    size_t members_new, members_old, members_unknown;
    size_t registrations_per_cycle; /* the storm: 2 for each new GM; 0 without mismatch */
    const char *text;               /* two sentences for people: what happens, what to do */
};

struct gv_group_verdict {
    const char *group; /* label */
    const char *name, *group_id;
    size_t ks_count;             /* polled */
    size_t gm_count;             /* known: polled or listed by a KS */
    struct gv_count primaries;   /* unknown where no KS is polled */
    struct gv_count unmonitored; /* GMs that a KS lists and that are no target; as above */
    enum gv_tri split;           /* two primaries, or two KEKs in use among alive KSs */
    struct gv_interop_verdict *interop;
    size_t interop_count;
};

/* What one of our own probes saw of its key server. */
struct gv_probe_verdict {
    const char *probe, *ks, *group; /* labels */
    bool tried, success;            /* the last registration */
    bool timed;                     /* one succeeded: */
    struct gv_dur phase1, pull;     /* of the last that did */
    struct gv_when kek_expiry;
    bool listening; /* rekeys can reach it */
    uint64_t rekeys, bad_signatures;
    bool has_lead;
    struct gv_dur lead; /* of the last rekey that brought a KEK; may be negative */
    const char *reason; /* why the last registration failed; empty */
    struct gv_behaviour_verdict behaviour;
};

struct gv_snapshot {
    struct gv_arena arena;
    struct gv_time at;
    struct gv_device_verdict *devices; /* in the order of the configuration */
    size_t device_count;
    struct gv_group_verdict *groups; /* sorted by label */
    size_t group_count;
    struct gv_probe_verdict *probes; /* in the order of the configuration */
    size_t probe_count;
};

#endif
