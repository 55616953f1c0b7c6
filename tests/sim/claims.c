/* SPDX-License-Identifier: Apache-2.0 */
#include "claims.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TOLD_MOST = 5, EXPIRY_OFF_S = 3, LOST_MOST_S = 30, SETTLING_S = 60, MILLION = 1000000 };

static const char *const names[] = {
    [CLAIM_BEHAVIOUR] = "behaviour", [CLAIM_MISMATCH] = "mismatch",
    [CLAIM_VERDICT] = "verdict",     [CLAIM_DOUBLES] = "doubles",
    [CLAIM_SYNC] = "sync",           [CLAIM_SPLIT] = "split",
    [CLAIM_PRIMARIES] = "primaries", [CLAIM_REGISTERED] = "registered",
    [CLAIM_EXPIRY] = "expiry",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == CLAIM_COUNT, "a name for every rule");

const char *claim_name(enum claim claim)
{
    return names[claim];
}

uint64_t claims_faults(const struct claims *claims)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < CLAIM_COUNT; i++)
        if (!(claims->allowed >> i & 1))
            n += claims->faults[i];
    return n;
}

__attribute__((format(printf, 3, 4))) static void fault(struct claims *c, enum claim claim,
                                                        const char *format, ...)
{
    va_list args;

    c->faults[claim]++;
    if ((c->allowed >> claim & 1) || c->told++ >= TOLD_MOST)
        return;
    printf("FAIL %s: at %" PRId64 " s: false %s: ", c->name, c->now.ms / 1000, names[claim]);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* What was true until then may still be said: nothing is older than the staleness limit. */
static struct gv_time memory(const struct claims *c)
{
    const struct stage_settings *s = &c->stage->settings;

    return gv_time_sub(c->now, gv_secs((int64_t)s->stale_after_s + s->interval_s + SETTLING_S));
}

/* The fleet's name of a group: some devices tell only its number. NULL: not one of the fleet's.
 */
static const char *lab_name(const struct claims *c, const char *name, const char *id)
{
    const struct lab_fleet *fleet = c->stage->fleet;
    char number[16];

    for (size_t i = 0; i < fleet->group_count; i++) {
        (void)snprintf(number, sizeof(number), "%" PRIu32, fleet->groups[i].id);
        if (name != NULL ? strcmp(fleet->groups[i].name, name) == 0
                         : id != NULL && strcmp(number, id) == 0)
            return fleet->groups[i].name;
    }
    return NULL;
}

/* --- old and new --- */

static bool was(enum lab_behaviour now, enum lab_behaviour before, struct gv_time since,
                enum lab_behaviour asked, struct gv_time memory)
{
    return now == asked || (before == asked && !gv_time_before(since, memory));
}

static void check_behaviour(struct claims *c, const char *device, const char *role,
                            const struct gv_behaviour_verdict *verdict, enum lab_behaviour now,
                            enum lab_behaviour before, struct gv_time since)
{
    enum lab_behaviour said = verdict->behaviour == GV_BEHAVIOUR_OLD ? LAB_OLD : LAB_NEW;

    if (verdict->behaviour == GV_BEHAVIOUR_UNKNOWN)
        return;
    c->made++;
    if (!was(now, before, since, said, memory(c)))
        fault(c, CLAIM_BEHAVIOUR, "%s as %s is %s: %s", device, role,
              gv_behaviour_name(verdict->behaviour),
              verdict->evidence_count > 0 ? verdict->evidence[0].text : "");
}

bool claims_mismatch_is_true(const struct truth_ks *ks, const struct truth *truth,
                             struct gv_time since)
{
    if (!was(ks->behaviour, ks->behaviour_before, ks->behaviour_since, LAB_OLD, since))
        return false;
    if (truth_new_members(ks->ks->group) > 0)
        return true;
    for (size_t i = 0; i < truth->member_count; i++)
        if (truth->members[i].gm->group == ks->ks->group &&
            was(truth->members[i].behaviour, truth->members[i].behaviour_before,
                truth->members[i].behaviour_since, LAB_NEW, since))
            return true;
    return false;
}

static void check_interop(struct claims *c, const struct gv_group_verdict *group,
                          const char *name)
{
    for (size_t i = 0; i < group->interop_count; i++) {
        const struct gv_interop_verdict *interop = &group->interop[i];
        const struct truth_ks *ks = truth_ks_of(c->truth, interop->ks, name);

        if (interop->outcome != GV_INTEROP_MISMATCH || ks == NULL)
            continue;
        c->made++;
        if (!claims_mismatch_is_true(ks, c->truth, memory(c)))
            fault(c, CLAIM_MISMATCH, "%s in %s", interop->ks, name);
    }
}

/* --- rekeys --- */

struct bound {
    enum gv_rekey_verdict verdict;
    uint64_t most;
};

static void check_counts(struct claims *c, const char *device, const char *group,
                         const uint64_t *counts, const struct bound *bounds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t said = counts[bounds[i].verdict];

        c->made += said;
        if (said > bounds[i].most)
            fault(c, CLAIM_VERDICT,
                  "%s in %s: %" PRIu64 " times %s, %" PRIu64 " times there was cause", device,
                  group, said, gv_rekey_verdict_name(bounds[i].verdict), bounds[i].most);
    }
}

/* TCP sends again what gets lost: the answer comes late, and nobody can say how late. */
static bool answers_may_be_slow(const struct claims *c)
{
    return c->stage->settings.loss_ppm > 0 &&
           (c->stage->settings.ways & (STAGE_SSH | STAGE_RESTCONF));
}

/* The rekeys of all key servers of the group: one that takes over just after a rekey leads
 * when the new KEK is first seen, and is judged by it. */
static void check_ks_counts(struct claims *c, const char *device, const struct truth_ks *t,
                            const struct gv_rekey_verdict_row *said)
{
    uint64_t by_verdict[TRUTH_VERDICTS] = {0}, missed = 0, in_time;

    for (size_t i = 0; i < c->truth->server_count; i++) {
        const struct truth_ks *one = &c->truth->servers[i];

        for (unsigned v = 0; v < TRUTH_VERDICTS && one->ks->group == t->ks->group; v++)
            by_verdict[v] += one->verdicts[v];
        if (one->ks->group == t->ks->group)
            missed += one->missed;
    }
    in_time = by_verdict[1];
    /* What a slow answer leaves open is tolerated: somewhat early is in time as well. */
    if (answers_may_be_slow(c))
        in_time += by_verdict[0] + by_verdict[2];
    const struct bound bounds[] = {
        {GV_REKEY_EARLY, by_verdict[0]},        {GV_REKEY_ON_TIME, in_time},
        {GV_REKEY_LATE, by_verdict[2]},         {GV_REKEY_TOO_LATE, by_verdict[3]},
        {GV_REKEY_AFTER_EXPIRY, by_verdict[4]}, {GV_REKEY_MISSED, missed},
    };
    /* Without N and R told, nobody can say how early is early, or that it is not late. */
    unsigned first = said->policy.retransmits_assumed ? 2 : 0;

    check_counts(c, device, t->ks->group->name, said->counts, bounds + first, 6 - first);
}

/* A member sees the rekeys of all its key servers, and those it sees late look later. */
static void check_gm_counts(struct claims *c, const char *device, const struct truth_gm *t,
                            const uint64_t *counts)
{
    uint64_t bad[3] = {0, 0, 0};

    for (size_t i = 0; i < c->truth->server_count; i++)
        for (unsigned v = 0; v < 3 && c->truth->servers[i].ks->group == t->gm->group; v++)
            bad[v] += c->truth->servers[i].verdicts[2 + v];
    const struct bound bounds[] = {
        {GV_REKEY_LATE, bad[0]}, {GV_REKEY_TOO_LATE, bad[1]}, {GV_REKEY_AFTER_EXPIRY, bad[2]}};
    check_counts(c, device, t->gm->group->name, counts, bounds, 3);
}

/* --- memberships --- */

static void check_expiry(struct claims *c, const char *device,
                         const struct gv_kek_verdict *said, struct gv_time expiry,
                         struct gv_time changed_at)
{
    const struct stage_settings *s = &c->stage->settings;
    struct gv_time truly = stage_loop_time(c->stage, expiry);
    int64_t off_ms, most_ms = EXPIRY_OFF_S * 1000;

    if (!said->present || !said->expiry.known || said->saturated || said->frozen ||
        !gv_time_before(changed_at, memory(c)))
        return;
    off_ms = gv_time_diff(said->expiry.at, truly).ms;
    most_ms += gv_time_diff(expiry, c->now).ms / MILLION *
               (s->drift_ppm < 0 ? -s->drift_ppm : s->drift_ppm);
    if (answers_may_be_slow(c))
        most_ms += LOST_MOST_S * 1000;
    c->made++;
    if (off_ms > most_ms || off_ms < -most_ms)
        fault(c, CLAIM_EXPIRY, "%s: its KEK ends %" PRId64 " ms from when it does", device,
              off_ms);
}

static int64_t apart_ms(struct gv_time a, struct gv_time b)
{
    int64_t ms = gv_time_diff(a, b).ms;

    return ms < 0 ? -ms : ms;
}

/* The KEK before stays in use until the last retransmission of the next: either may be shown.
 */
static struct gv_time meant_expiry(const struct claims *c, const struct gv_kek_verdict *said,
                                   const struct truth_ks *t)
{
    int64_t in_use_ms = apart_ms(said->expiry.at, stage_loop_time(c->stage, t->in_use_expiry));

    return in_use_ms < apart_ms(said->expiry.at, stage_loop_time(c->stage, t->expiry))
               ? t->in_use_expiry
               : t->expiry;
}

static void check_ks(struct claims *c, const struct gv_device_verdict *device,
                     const struct gv_membership *row, const struct truth_ks *t)
{
    struct gv_time expiry = meant_expiry(c, &row->ks_kek, t);

    check_ks_counts(c, device->name, t, &row->rekey);
    check_expiry(c, device->name, &row->ks_kek, expiry, t->changed_at);
}

static void check_gm(struct claims *c, const struct gv_device_verdict *device,
                     const struct gv_membership *row, const struct truth_gm *t)
{
    if (row->rekey.published)
        check_gm_counts(c, device->name, t, row->rekey.counts);
    /* Of a member that is neither old nor new yet, what it shows may stand still. */
    if (t->gm->has_kek && gv_time_before(t->behaviour_since, memory(c)) &&
        device->gm_behaviour.behaviour != GV_BEHAVIOUR_UNKNOWN)
        check_expiry(c, device->name, &row->gm_kek, t->expiry, t->changed_at);
    c->made += 3;
    if (row->double_registrations.known && row->double_registrations.n > t->doubles)
        fault(c, CLAIM_DOUBLES, "%s: %" PRIu64 ", there were %" PRIu64, device->name,
              row->double_registrations.n, t->doubles);
    if (row->kek_in_sync == GV_NO && gv_time_before(t->astray, memory(c)))
        fault(c, CLAIM_SYNC, "%s is in sync", device->name);
    if (row->registered == GV_NO && gv_time_before(t->unhelped, memory(c)))
        fault(c, CLAIM_REGISTERED, "%s is registered", device->name);
}

static void check_device(struct claims *c, const struct gv_device_verdict *device)
{
    const struct truth_ks *ks = truth_ks_of(c->truth, device->name, NULL);
    const struct truth_gm *gm = truth_gm_of(c->truth, device->name, NULL);

    if (ks != NULL)
        check_behaviour(c, device->name, "KS", &device->ks_behaviour, ks->behaviour,
                        ks->behaviour_before, ks->behaviour_since);
    if (gm != NULL)
        check_behaviour(c, device->name, "GM", &device->gm_behaviour, gm->behaviour,
                        gm->behaviour_before, gm->behaviour_since);
    for (size_t i = 0; i < device->membership_count; i++) {
        const struct gv_membership *row = &device->memberships[i];
        const char *name = lab_name(c, row->name, row->group_id);

        ks = name != NULL ? truth_ks_of(c->truth, device->name, name) : NULL;
        gm = name != NULL ? truth_gm_of(c->truth, device->name, name) : NULL;
        if (row->has_ks && ks != NULL)
            check_ks(c, device, row, ks);
        if (row->has_gm && gm != NULL)
            check_gm(c, device, row, gm);
    }
}

/* --- probes --- */

static void check_probe(struct claims *c, const struct gv_probe_verdict *probe)
{
    const struct truth_ks *t = truth_ks_of(c->truth, probe->ks, NULL);
    const struct gv_kek_verdict held = {.present = true, .expiry = probe->kek_expiry};

    if (t == NULL)
        return;
    check_behaviour(c, probe->ks, "KS, by its probe,", &probe->behaviour, t->behaviour,
                    t->behaviour_before, t->behaviour_since);
    check_expiry(c, probe->probe, &held, t->expiry, t->changed_at);
}

/* --- groups --- */

static void check_group(struct claims *c, const struct gv_group_verdict *group)
{
    const char *name = lab_name(c, group->name, group->group_id);
    const struct truth_group *t = truth_group_of(c->truth, name);
    bool two, none;

    if (t == NULL)
        return;
    c->made += 2;
    two = !gv_time_before(t->two_primaries, memory(c));
    none = !gv_time_before(t->no_primary, memory(c));
    if (group->split == GV_YES && !two && gv_time_before(t->two_keks, memory(c)))
        fault(c, CLAIM_SPLIT, "%s is not split", name);
    if (group->primaries.known &&
        ((group->primaries.n > 1 && !two) || (group->primaries.n == 0 && !none)))
        fault(c, CLAIM_PRIMARIES, "%s: %" PRIu64, name, group->primaries.n);
    check_interop(c, group, name);
}

void claims_check(struct claims *claims, const struct gv_snapshot *snapshot)
{
    claims->now = claims->stage->fleet->now;
    for (size_t i = 0; i < snapshot->device_count; i++)
        check_device(claims, &snapshot->devices[i]);
    for (size_t i = 0; i < snapshot->group_count; i++)
        check_group(claims, &snapshot->groups[i]);
    for (size_t i = 0; i < snapshot->probe_count; i++)
        check_probe(claims, &snapshot->probes[i]);
}
