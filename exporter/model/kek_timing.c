/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kek_timing.h"

#include <stddef.h>

/* Terms of the formula, in seconds: note 116737, "KS New Behavior". */
enum { PER_MEMBERS_S = 5, MEMBERS_PER_STEP = 50 };

/* Tolerance: integer or real division is not told (under 5 s apart), and a
 * device shows whole seconds at both ends. */
enum { DIVISION_S = 5, DISPLAY_S = 2 };

/* What polling a GM may add to the time a rekey takes to reach it. */
enum { DISTRIBUTION_MARGIN_S = 30 };

static struct gv_dur minus(struct gv_dur a, struct gv_dur b)
{
    return (struct gv_dur){a.ms - b.ms};
}

struct gv_rekey_policy gv_rekey_policy_default(void)
{
    return (struct gv_rekey_policy){
        .transport = GV_REKEY_TRANSPORT_UNSAID,
        .retransmits = GV_REKEY_DEFAULT_RETRANSMITS,
        .interval = gv_secs(GV_REKEY_DEFAULT_INTERVAL_S),
        .retransmits_assumed = true,
        .members_assumed = true,
    };
}

static struct gv_dur member_term(const struct gv_rekey_policy *policy)
{
    if (policy->transport == GV_REKEY_MULTICAST)
        return gv_secs(0);
    return gv_secs(PER_MEMBERS_S * (1 + (int64_t)policy->members / MEMBERS_PER_STEP));
}

static struct gv_dur retransmit_term(const struct gv_rekey_policy *policy)
{
    return (struct gv_dur){(int64_t)policy->retransmits * policy->interval.ms};
}

struct gv_dur gv_rekey_lead(const struct gv_rekey_policy *policy)
{
    return gv_dur_add(gv_secs(GV_REKEY_GUARANTEE_S),
                      gv_dur_add(retransmit_term(policy), member_term(policy)));
}

struct gv_rekey_plan gv_rekey_plan(struct gv_dur lifetime, const struct gv_rekey_policy *policy)
{
    struct gv_rekey_plan plan = {.lead = gv_rekey_lead(policy)};

    plan.unsound = plan.lead.ms > lifetime.ms;
    if (!plan.unsound)
        plan.rekey_at = minus(lifetime, plan.lead);
    return plan;
}

struct gv_dur gv_rekey_distribution(const struct gv_rekey_policy *policy)
{
    return gv_dur_add(gv_secs(DISTRIBUTION_MARGIN_S),
                      gv_dur_add(retransmit_term(policy), member_term(policy)));
}

struct gv_rekey_tolerance gv_rekey_tolerance(const struct gv_rekey_policy *policy,
                                             struct gv_dur unresolved)
{
    struct gv_dur base = gv_dur_add(gv_secs(DIVISION_S + DISPLAY_S), unresolved);
    /* Whether the per-member term applies at all is open too, where the
     * transport is unsaid: then every member is uncertain. */
    uint32_t uncertain = policy->transport == GV_REKEY_TRANSPORT_UNSAID &&
                                 policy->members > policy->members_uncertain
                             ? policy->members
                             : policy->members_uncertain;
    int64_t steps = ((int64_t)uncertain + MEMBERS_PER_STEP - 1) / MEMBERS_PER_STEP;

    if (policy->transport == GV_REKEY_MULTICAST)
        steps = 0;
    return (struct gv_rekey_tolerance){base, gv_dur_add(base, gv_secs(PER_MEMBERS_S * steps))};
}

enum gv_rekey_verdict gv_rekey_judge(struct gv_dur lead, const struct gv_rekey_policy *policy,
                                     struct gv_dur unresolved)
{
    struct gv_rekey_tolerance tolerance = gv_rekey_tolerance(policy, unresolved);
    struct gv_dur formula = gv_rekey_lead(policy);

    /* At expiry or later is the old behaviour, however wide the formula's bounds. */
    if (lead.ms <= tolerance.base.ms && lead.ms < minus(formula, tolerance.base).ms)
        return GV_REKEY_AFTER_EXPIRY;
    if (lead.ms > gv_dur_add(formula, tolerance.formula).ms)
        return GV_REKEY_EARLY;
    if (lead.ms >= minus(formula, tolerance.formula).ms)
        return GV_REKEY_ON_TIME;
    if (lead.ms >= minus(gv_secs(GV_REKEY_GUARANTEE_S), tolerance.base).ms)
        return GV_REKEY_LATE;
    return GV_REKEY_TOO_LATE;
}

bool gv_rekey_harmless(enum gv_rekey_verdict verdict)
{
    return verdict == GV_REKEY_UNKNOWN || verdict == GV_REKEY_EARLY ||
           verdict == GV_REKEY_ON_TIME;
}

const char *gv_rekey_verdict_name(enum gv_rekey_verdict verdict)
{
    static const char *const names[] = {
        [GV_REKEY_UNKNOWN] = "unknown",   [GV_REKEY_EARLY] = "early",
        [GV_REKEY_ON_TIME] = "on_time",   [GV_REKEY_LATE] = "late",
        [GV_REKEY_TOO_LATE] = "too_late", [GV_REKEY_AFTER_EXPIRY] = "after_expiry",
        [GV_REKEY_MISSED] = "missed",
    };

    _Static_assert(sizeof(names) / sizeof(names[0]) == GV_REKEY_VERDICT_COUNT,
                   "a name for every verdict");
    return (size_t)verdict < GV_REKEY_VERDICT_COUNT ? names[verdict] : "invalid";
}

bool gv_kek_expiry(const struct gv_kek_obs *kek, struct gv_time *expiry)
{
    if ((kek->has & GV_KEK_HAS_REMAINING) == 0 || kek->remaining_s == 0)
        return false;
    *expiry = gv_time_add(kek->seen_at, gv_secs(kek->remaining_s));
    return true;
}

bool gv_kek_birth(const struct gv_kek_obs *kek, struct gv_time *birth)
{
    struct gv_time expiry;

    if ((kek->has & GV_KEK_HAS_LIFETIME) == 0 || kek->remaining_s > kek->lifetime_s ||
        !gv_kek_expiry(kek, &expiry))
        return false;
    *birth = gv_time_sub(expiry, gv_secs(kek->lifetime_s));
    return true;
}

static unsigned use_of(const struct gv_kek_obs *kek)
{
    if (kek->status == GV_KEK_OLD)
        return 0;
    return kek->status == GV_KEK_IN_USE ? 2 : 1;
}

/* True if `a` is a better answer than `b` to "which KEK is in use?". */
static bool more_in_use(const struct gv_kek_obs *a, const struct gv_kek_obs *b)
{
    struct gv_time a_end = a->seen_at, b_end = b->seen_at;

    if (use_of(a) != use_of(b))
        return use_of(a) > use_of(b);
    (void)gv_kek_expiry(a, &a_end);
    (void)gv_kek_expiry(b, &b_end);
    return gv_time_before(b_end, a_end);
}

const struct gv_kek_obs *gv_kek_in_use(const struct gv_kek_obs *rows)
{
    const struct gv_kek_obs *best = rows;

    for (; rows != NULL; rows = rows->next)
        if (more_in_use(rows, best))
            best = rows;
    return best;
}
