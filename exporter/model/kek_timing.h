/* SPDX-License-Identifier: Apache-2.0 */
/* KEK rekey timing: when is the next rekey due, and was the last one in time?
 *
 * Pure. Source: Cisco note 116737 "GETVPN KEY Rekey Behavior Change". */
#ifndef GV_MODEL_KEK_TIMING_H
#define GV_MODEL_KEK_TIMING_H

#include "base/error.h"
#include "base/time.h"
#include "observation.h"

/* Values appear in metrics and in JSON: append only. */
enum gv_rekey_verdict {
    GV_REKEY_UNKNOWN,
    GV_REKEY_EARLY, /* merged with a TEK rekey, manual, policy: never a fault */
    GV_REKEY_ON_TIME,
    GV_REKEY_LATE,         /* within the 200 s guarantee, but behind the formula */
    GV_REKEY_TOO_LATE,     /* new GMs may already be re-registering */
    GV_REKEY_AFTER_EXPIRY, /* at expiry or later: the old behaviour */
    GV_REKEY_MISSED,       /* the old KEK is gone and no new one came */
    GV_REKEY_VERDICT_COUNT
};

/* "unknown", "early", "on_time", ... Static string, never NULL. */
const char *gv_rekey_verdict_name(enum gv_rekey_verdict verdict);

/* What the formula needs, and where each part is a guess. */
struct gv_rekey_policy {
    enum gv_rekey_transport transport; /* the per-member term is unicast's only */
    uint32_t retransmits;              /* N */
    struct gv_dur interval;            /* R */
    uint32_t members;                  /* registered GMs of the group */
    bool retransmits_assumed;          /* N, R are IOS's defaults, no source told them */
    bool members_assumed;
    uint32_t members_uncertain; /* how far two counts of the members disagree */
};

/* IOS's own defaults for N and R, used where no source tells them. */
enum { GV_REKEY_DEFAULT_RETRANSMITS = 2, GV_REKEY_DEFAULT_INTERVAL_S = 10 };

/* What a new KS guarantees at least, and when a new GM that got no new KEK acts:
 * it re-registers between 190 and 40 s before expiry, and, where that brought
 * the same KEK, once more within 80 s after expiry (chapter 2). */
enum {
    GV_REKEY_GUARANTEE_S = 200,
    GV_GM_REREGISTER_FROM_S = 190,
    GV_GM_REREGISTER_TO_S = 40,
    GV_GM_SECOND_REGISTRATION_TO_S = 80
};

/* N = 2, R = 10 s, no member, unicast, everything marked as assumed. */
struct gv_rekey_policy gv_rekey_policy_default(void);

/* How long before KEK expiry a KS with the new behaviour sends the rekey:
 * 200 s + N * R, and for unicast (an unsaid transport counts as unicast)
 * 5 s * (1 + members / 50), integer division. Never cut to a lifetime. */
struct gv_dur gv_rekey_lead(const struct gv_rekey_policy *policy);

struct gv_rekey_plan {
    struct gv_dur lead;
    struct gv_dur rekey_at; /* since the KEK's birth; 0 where unsound */
    bool unsound;           /* the lead exceeds the lifetime */
};

/* When in a KEK's life of `lifetime` its rekey is due. */
struct gv_rekey_plan gv_rekey_plan(struct gv_dur lifetime,
                                   const struct gv_rekey_policy *policy);

/* How long after the birth of a KEK every GM should have it: all retransmissions
 * and the time a KS takes to serve its members, plus a margin for our polling. */
struct gv_dur gv_rekey_distribution(const struct gv_rekey_policy *policy);

/* How far an observed lead may be off: `base` for all bounds (5 s division, 2 s
 * display, and `unresolved`, what polling could not tell), and `formula`, wider
 * by 5 s for every 50 uncertain members, for the bounds that depend on them. */
struct gv_rekey_tolerance {
    struct gv_dur base, formula;
};
struct gv_rekey_tolerance gv_rekey_tolerance(const struct gv_rekey_policy *policy,
                                             struct gv_dur unresolved);

/* Judge an observed lead (old KEK's expiry minus new KEK's birth; may be
 * negative) by the table of chapter 1. Never unknown, never missed. */
enum gv_rekey_verdict gv_rekey_judge(struct gv_dur lead, const struct gv_rekey_policy *policy,
                                     struct gv_dur unresolved);

/* True where nothing needs to be done: early, on_time and unknown. */
bool gv_rekey_harmless(enum gv_rekey_verdict verdict);

/* The instant the KEK ends. False, *expiry untouched, where the device did not
 * say, or said 0: that is saturated, and only tells that the end has passed. */
bool gv_kek_expiry(const struct gv_kek_obs *kek, struct gv_time *expiry);

/* The instant the KEK came to life: seen_at - (lifetime - remaining). False as
 * above, and where the remaining life exceeds the lifetime. On a GM that
 * re-registered this is the registration, not the birth. */
bool gv_kek_birth(const struct gv_kek_obs *kek, struct gv_time *birth);

/* The KEK in use of a group's rows: status in_use, else one that is not old, else any; of
 * several the one with the longest life. NULL where there is none. */
const struct gv_kek_obs *gv_kek_in_use(const struct gv_kek_obs *rows);

#endif
