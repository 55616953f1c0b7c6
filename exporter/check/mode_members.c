/* SPDX-License-Identifier: Apache-2.0 */
/* Members: as each tells of its registration, as the key servers count them. */
#include "check/parts.h"

static void perf_count(struct gv_check *check, const char *name, int64_t n, const char *unit,
                       bool ranged)
{
    const struct gv_perf perf = {.name = name, .unit = unit, .value = n, .ranged = ranged};

    gv_check_perf(check, &perf);
}

/* ---- registration ---- */

struct tally {
    int64_t registered, unregistered, unsaid; /* members, in thousandths */
    int64_t failed, doubles;                  /* their registrations */
};

static void add_number(const json_t *o, const char *name, int64_t *sum)
{
    int64_t n;

    if (gv_check_number(o, name, &n) && n > 0 && *sum < INT64_MAX - n)
        *sum += n;
}

static void count_member(struct tally *tally, const json_t *gm)
{
    int64_t attempted = 0, succeeded = 0;
    bool registered;

    if (!gv_check_bool(gm, "registered", &registered))
        tally->unsaid += 1000;
    else if (registered)
        tally->registered += 1000;
    else
        tally->unregistered += 1000;
    add_number(gm, "registrations_attempted", &attempted);
    add_number(gm, "registrations_succeeded", &succeeded);
    if (attempted > succeeded && tally->failed < INT64_MAX - attempted)
        tally->failed += attempted - succeeded;
    add_number(gm, "double_registrations", &tally->doubles);
}

static void note_member(struct gv_check *check, const struct gv_check_walk *walk,
                        const json_t *gm, enum gv_check_state absent)
{
    const char *ks = gv_check_text(gm, "registered_with");
    struct gv_buf *line = gv_check_begin(check, walk->name, walk->group);
    bool registered;

    if (!gv_check_bool(gm, "registered", &registered)) {
        gv_buf_add_str(line, "does not tell whether it is registered");
        gv_check_end(check, GV_CHECK_UNKNOWN, 0);
        return;
    }
    gv_buf_add_str(line, registered ? "registered" : "not registered");
    if (registered && ks != NULL) {
        gv_buf_add_str(line, " with ");
        gv_clean_add(line, gv_text(ks));
    }
    gv_check_end(check, registered ? GV_CHECK_OK : absent, 0);
}

static void judge_registrations(struct gv_check *check)
{
    struct gv_check_walk walk = {0};
    struct tally tally = {0};
    enum gv_check_state absent;
    const json_t *gm;

    while (gv_check_next(check, &walk))
        if ((gm = gv_check_object(walk.membership, "gm")) != NULL)
            count_member(&tally, gm);
    absent = gv_check_value(check, tally.unregistered);
    walk = (struct gv_check_walk){0};
    while (gv_check_next(check, &walk))
        if ((gm = gv_check_object(walk.membership, "gm")) != NULL)
            note_member(check, &walk, gm, absent);
    perf_count(check, "registered", tally.registered, "", false);
    perf_count(check, "unregistered", tally.unregistered, "", true);
    perf_count(check, "failed_registrations", tally.failed, "c", false);
    perf_count(check, "double_registrations", tally.doubles, "c", false);
}

const struct gv_check_mode gv_check_registration = {
    .name = "registration",
    .title = "REGISTRATION",
    .help = "members that are not registered, as they tell it themselves",
    .thing = "polled member",
    .warning = "",
    .critical = "0",
    .judge = judge_registrations,
};

/* ---- members ---- */

/* Without ranges: a secondary may count only those that registered with it. */
static bool nobody(const struct gv_check *check, const json_t *ks, int64_t members)
{
    return members == 0 && check->warning->text.n == 0 && check->critical->text.n == 0 &&
           !gv_check_says(ks, "role", "secondary");
}

static void judge_count(struct gv_check *check, const struct gv_check_walk *walk,
                        const json_t *ks)
{
    struct gv_buf *line = gv_check_begin(check, walk->name, walk->group);
    struct gv_perf perf = {.device = walk->name,
                           .group = walk->group,
                           .name = "members",
                           .ranged = true,
                           .unit = ""};
    enum gv_check_state state = GV_CHECK_UNKNOWN;

    if (gv_check_number(ks, "members_registered", &perf.value) && perf.value >= 0) {
        state = gv_check_value(check, perf.value);
        if (nobody(check, ks, perf.value))
            state = GV_CHECK_CRITICAL;
        gv_check_say_count(line, (uint64_t)perf.value / 1000, "member");
        gv_buf_add_str(line, " registered");
        gv_check_say_range(check, state);
        gv_check_perf(check, &perf);
    } else {
        gv_buf_add_str(line, "does not tell how many members are registered");
    }
    gv_check_end(check, state, perf.value);
}

static void judge_members(struct gv_check *check)
{
    struct gv_check_walk walk = {0};

    while (gv_check_next(check, &walk)) {
        const json_t *ks = gv_check_object(walk.membership, "ks");

        if (ks != NULL)
            judge_count(check, &walk, ks);
    }
}

const struct gv_check_mode gv_check_members = {
    .name = "members",
    .title = "MEMBERS",
    .help = "members that are registered, as each key server counts them; without ranges none "
            "at all is "
            "CRITICAL, but not at a secondary",
    .thing = "key server",
    .warning = "",
    .critical = "",
    .judge = judge_members,
};
