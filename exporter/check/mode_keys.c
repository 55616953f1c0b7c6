/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: how long they live, and whether they were replaced in time. */
#include "check/parts.h"

static void perf_life(struct gv_check *check, const struct gv_check_walk *walk,
                      const char *name, int64_t left, const json_t *key)
{
    struct gv_perf perf = {.device = walk->name,
                           .group = walk->group,
                           .name = name,
                           .unit = "s",
                           .value = left,
                           .ranged = true};

    perf.has_most = gv_check_number(key, "lifetime_seconds", &perf.most);
    gv_check_perf(check, &perf);
}

/* "KEK expires in 787 s", by the ranges. */
static enum gv_check_state say_left(struct gv_check *check, const char *key, int64_t left)
{
    enum gv_check_state state = gv_check_value(check, left);

    gv_buf_add_str(&check->line, key);
    if (left > 0) {
        gv_buf_add_str(&check->line, " expires in ");
        gv_seconds_add(&check->line, left);
    } else {
        gv_buf_add_str(&check->line, " has expired");
    }
    gv_check_say_range(check, state);
    return state;
}

/* ---- kek ---- */

static void judge_kek(struct gv_check *check, const struct gv_check_walk *walk,
                      const json_t *role)
{
    const json_t *kek = gv_check_object(role, "kek");
    enum gv_check_state state = GV_CHECK_OK;
    int64_t left = INT64_MAX;
    bool in_sync;

    if (kek == NULL)
        return;
    (void)gv_check_begin(check, walk->name, walk->group);
    if (gv_check_true(kek, "frozen")) {
        gv_buf_add_str(&check->line,
                       "an old member, whose KEK shows a lifetime that stands still");
    } else if (gv_check_number(kek, "remaining_seconds", &left)) {
        state = say_left(check, "KEK", left);
        perf_life(check, walk, "kek_remaining", left, kek);
    } else {
        gv_buf_add_str(&check->line, "the KEK's remaining life is not told");
        state = GV_CHECK_UNKNOWN;
    }
    if (gv_check_bool(role, "kek_in_sync", &in_sync) && !in_sync) {
        gv_buf_add_str(&check->line, ", not its group's KEK");
        state = gv_check_worse(state, GV_CHECK_WARNING);
    }
    gv_check_end(check, state, left);
}

static void judge_keks(struct gv_check *check)
{
    struct gv_check_walk walk = {0};

    while (gv_check_next(check, &walk)) {
        judge_kek(check, &walk, gv_check_object(walk.membership, "ks"));
        judge_kek(check, &walk, gv_check_object(walk.membership, "gm"));
    }
}

const struct gv_check_mode gv_check_kek = {
    .name = "kek",
    .title = "KEK",
    .help = "seconds until the KEK in use expires; a member without its group's KEK is WARNING",
    .thing = "KEK",
    .warning = "120:",
    .critical = "1:",
    .judge = judge_keks,
};

/* ---- tek ---- */

static void judge_tek(struct gv_check *check, const struct gv_check_walk *walk,
                      const json_t *role)
{
    const json_t *tek = gv_check_object(role, "tek");
    enum gv_check_state state = GV_CHECK_OK;
    int64_t left = INT64_MAX, count = 0;

    if (tek == NULL || !gv_check_number(tek, "count", &count))
        return;
    (void)gv_check_begin(check, walk->name, walk->group);
    if (count == 0) {
        gv_buf_add_str(&check->line, "no TEK is alive");
        left = 0;
        state = GV_CHECK_CRITICAL;
    } else if (gv_check_number(tek, "remaining_seconds", &left)) {
        state = say_left(check, "the last TEK", left);
        perf_life(check, walk, "tek_remaining", left, tek);
    } else {
        gv_check_say_count(&check->line, (uint64_t)count / 1000, "TEK");
        gv_buf_add_str(&check->line, ", whose life is not told");
    }
    gv_check_end(check, state, left);
}

static void judge_teks(struct gv_check *check)
{
    struct gv_check_walk walk = {0};

    while (gv_check_next(check, &walk)) {
        judge_tek(check, &walk, gv_check_object(walk.membership, "ks"));
        judge_tek(check, &walk, gv_check_object(walk.membership, "gm"));
    }
}

const struct gv_check_mode gv_check_tek = {
    .name = "tek",
    .title = "TEK",
    .help = "seconds until the last TEK expires, and traffic stops; none at all is CRITICAL",
    .thing = "TEK",
    .warning = "60:",
    .critical = "20:",
    .judge = judge_teks,
};

/* ---- rekey ---- */

/* rekey-behaviour, "early is never a fault"; `late` is a warning there. */
static const struct {
    const char *verdict;
    enum gv_check_state state;
} verdicts[] = {
    {"on_time", GV_CHECK_OK},
    {"early", GV_CHECK_OK},
    {"late", GV_CHECK_WARNING},
    {"too_late", GV_CHECK_CRITICAL},
    {"after_expiry", GV_CHECK_CRITICAL},
    {"missed", GV_CHECK_CRITICAL},
};

/* An old key server rekeys at expiry, and that is how it works: only where nothing
 * contradicts that it is old. Whether its members mind is `interop`. */
static bool old_ways(const json_t *device, const json_t *rekey)
{
    const json_t *behavior = gv_check_object(device, "ks_behavior");

    return gv_check_says(rekey, "verdict", "after_expiry") &&
           gv_check_says(behavior, "behavior", "old") &&
           !gv_check_true(behavior, "contradicted");
}

/* How late the rekey of the KEK that was last seen is already, where a key server tells it;
 * what was due after the last look is not late. The slack: members and retransmissions that are
 * not told. */
static bool overdue(const struct gv_check_walk *walk, const json_t *rekey, int64_t *late)
{
    enum { SLACK_MS = 60000 };
    const json_t *ks = gv_check_object(walk->membership, "ks");
    int64_t due, seen;

    if (ks == NULL || gv_check_says(ks, "role", "secondary") ||
        gv_check_true(rekey, "unsound") || !gv_check_number(rekey, "expected_at", &due) ||
        !gv_check_observed(walk->device, &seen) || seen - due <= SLACK_MS)
        return false;
    *late = seen - due;
    return true;
}

/* The old KEK went, and no new one came: a lead is that of another rekey. */
static bool missed(const json_t *rekey)
{
    return gv_check_says(rekey, "verdict", "missed");
}

static void say_verdict(struct gv_check *check, const struct gv_check_walk *walk,
                        const json_t *rekey, const char *verdict)
{
    struct gv_buf *line = &check->line;
    int64_t lead, expected;

    gv_buf_add_str(line, "the last rekey: ");
    gv_clean_add(line, gv_text(verdict));
    if (gv_check_number(rekey, "lead_seconds", &lead) && !missed(rekey)) {
        gv_buf_add_str(line, ", ");
        gv_seconds_add(line, lead < 0 ? -lead : lead);
        gv_buf_add_str(line, lead < 0 ? " after expiry" : " before expiry");
    }
    if (gv_check_number(rekey, "expected_lead_seconds", &expected)) {
        gv_buf_add_str(line, ", expected ");
        gv_seconds_add(line, expected);
    }
    if (old_ways(walk->device, rekey))
        gv_buf_add_str(line, ", as an old key server does");
}

/* Is the lead to be compared with ranges? */
static bool ranged(const struct gv_check *check, const json_t *rekey, int64_t *lead)
{
    return (check->warning->text.n > 0 || check->critical->text.n > 0) && !missed(rekey) &&
           gv_check_number(rekey, "lead_seconds", lead);
}

/* By the lead where it is, else by the verdict. */
static enum gv_check_state state_of(struct gv_check *check, const struct gv_check_walk *walk,
                                    const json_t *rekey)
{
    enum gv_check_state state;
    int64_t lead;

    if (ranged(check, rekey, &lead)) {
        state = gv_check_value(check, lead);
        gv_check_say_range(check, state);
        return state;
    }
    if (old_ways(walk->device, rekey))
        return GV_CHECK_OK;
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
        if (gv_check_says(rekey, "verdict", verdicts[i].verdict))
            return verdicts[i].state;
    return GV_CHECK_UNKNOWN;
}

/* Nothing was seen yet, and no one is accused: what counts is that the next one is due. */
static enum gv_check_state say_next(struct gv_check *check, const json_t *rekey)
{
    int64_t due, at;

    if (!gv_check_number(rekey, "expected_at", &due) ||
        !gv_check_number(check->document, "at", &at)) {
        gv_buf_add_str(&check->line, "no rekey seen yet, nor is it known when one is due");
        return GV_CHECK_UNKNOWN;
    }
    gv_buf_add_str(&check->line, "no rekey seen yet");
    if (due > at) {
        gv_buf_add_str(&check->line, ", the next is due in ");
        gv_seconds_add(&check->line, due - at);
    }
    return GV_CHECK_OK;
}

static void judge_rekey(struct gv_check *check, const struct gv_check_walk *walk,
                        const json_t *rekey)
{
    const char *verdict = gv_check_text(rekey, "verdict");
    struct gv_perf perf = {.device = walk->name,
                           .group = walk->group,
                           .name = "rekey_lead",
                           .unit = "s",
                           .ranged = true,
                           .below_zero = true};
    enum gv_check_state state;
    int64_t late;

    (void)gv_check_begin(check, walk->name, walk->group);
    if (verdict == NULL || gv_check_says(rekey, "verdict", "unknown")) {
        state = say_next(check, rekey);
    } else {
        say_verdict(check, walk, rekey, verdict);
        state = state_of(check, walk, rekey);
    }
    if (overdue(walk, rekey, &late)) {
        gv_buf_add_str(&check->line, ", the next is overdue by ");
        gv_seconds_add(&check->line, late);
        state = gv_check_worse(state, GV_CHECK_WARNING);
    }
    if (gv_check_number(rekey, "lead_seconds", &perf.value))
        gv_check_perf(check, &perf);
    gv_check_end(check, state, 0);
}

static void judge_rekeys(struct gv_check *check)
{
    struct gv_check_walk walk = {0};

    while (gv_check_next(check, &walk)) {
        const json_t *rekey = gv_check_object(walk.membership, "rekey");

        if (rekey != NULL)
            judge_rekey(check, &walk, rekey);
    }
}

const struct gv_check_mode gv_check_rekey = {
    .name = "rekey",
    .title = "REKEY",
    .help = "the verdict on the last KEK rekey: late is WARNING, too late, after expiry and "
            "missed are CRITICAL; with ranges, how many seconds before expiry it came",
    .thing = "rekey",
    .warning = "",
    .critical = "",
    .judge = judge_rekeys,
};
