/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts on whole groups: the mismatch of old key servers with new members, and how the key
 * servers of a group get on. */
#include <string.h>

#include "check/parts.h"

/* The group at `i` of the document; NULL where it is none that is asked for. */
static const json_t *group_at(const struct gv_check *check, size_t i)
{
    const json_t *group = json_array_get(gv_check_list(check->document, "groups"), i);

    return gv_check_text(group, "group") != NULL && gv_check_in_group(check, group) ? group
                                                                                    : NULL;
}

static size_t group_count(const struct gv_check *check)
{
    return json_array_size(gv_check_list(check->document, "groups"));
}

/* ---- interop ---- */

static int64_t number_or_0(const json_t *o, const char *name)
{
    int64_t n;

    return gv_check_number(o, name, &n) && n > 0 ? n : 0;
}

/* No pair with a new key server is a mismatch, nor one without members. */
static enum gv_check_state say_no_mismatch(struct gv_check *check, const json_t *pair)
{
    struct gv_buf *line = &check->line;
    const char *behavior = gv_check_text(pair, "ks_behavior");
    int64_t unsaid = number_or_0(pair, "members_unknown");
    int64_t others = number_or_0(pair, "members_new") + number_or_0(pair, "members_old");

    if (behavior != NULL && strcmp(behavior, "new") == 0) {
        gv_buf_add_str(line, "a new key server");
        return GV_CHECK_OK;
    }
    if (behavior != NULL && strcmp(behavior, "old") == 0) {
        gv_buf_add_str(line, "an old key server without new members");
        if (unsaid > 0) {
            gv_buf_add_str(line, ", but of ");
            gv_check_say_count(line, (uint64_t)unsaid / 1000, "member");
            gv_buf_add_str(line, " it is not known");
        }
        return unsaid > 0 ? GV_CHECK_UNKNOWN : GV_CHECK_OK;
    }
    gv_buf_add_str(line, "it is not known whether the key server is old or new");
    return unsaid + others > 0 ? GV_CHECK_UNKNOWN : GV_CHECK_OK;
}

static enum gv_check_state say_mismatch(struct gv_check *check, const json_t *pair,
                                        int64_t members)
{
    struct gv_buf *line = &check->line;
    enum gv_check_state state = gv_check_value(check, members);

    gv_buf_add_str(line, "an old key server with ");
    gv_check_say_count(line, (uint64_t)members / 1000, "new member");
    gv_buf_add_str(line, ", which register twice in every KEK life: ");
    gv_check_say_count(line, (uint64_t)number_or_0(pair, "registrations_per_cycle") / 1000,
                       "registration");
    gv_check_say_range(check, state);
    return state;
}

static void judge_pair(struct gv_check *check, const char *group, const json_t *pair)
{
    const char *ks = gv_check_text(pair, "ks");
    bool mismatch = gv_check_says(pair, "outcome", "mismatch");
    struct gv_perf perf = {.device = ks,
                           .group = group,
                           .name = "mismatched_members",
                           .unit = "",
                           .value = mismatch ? number_or_0(pair, "members_new") : 0,
                           .ranged = true};
    enum gv_check_state state;

    if (ks == NULL || !gv_check_fits(check->ask->device, ks))
        return;
    (void)gv_check_begin(check, ks, group);
    state = mismatch ? say_mismatch(check, pair, perf.value) : say_no_mismatch(check, pair);
    gv_check_end(check, state, -perf.value);
    gv_check_perf(check, &perf);
}

static void judge_interop(struct gv_check *check)
{
    for (size_t i = 0; i < group_count(check); i++) {
        const json_t *group = group_at(check, i), *pairs = gv_check_list(group, "interop");

        for (size_t j = 0; j < json_array_size(pairs); j++)
            judge_pair(check, gv_check_text(group, "group"), json_array_get(pairs, j));
    }
}

const struct gv_check_mode gv_check_interop = {
    .name = "interop",
    .title = "INTEROP",
    .help = "new members of an old key server: each registers twice in every KEK life",
    .thing = "key server",
    .warning = "0",
    .critical = "",
    .of_groups = true,
    .judge = judge_interop,
};

/* ---- coop ---- */

struct coop {
    size_t servers, peers; /* key servers that were heard; peers they told of */
    size_t most_dead;      /* peers that one of them takes for dead, at most */
    bool primary;          /* somebody is: one that was heard, or an alive peer */
    struct gv_buf dead;    /* "ks-a takes ks-b for dead" */
};

static void hear_peer(struct coop *coop, const char *ks, const json_t *peer, size_t *dead)
{
    const char *name = gv_check_text(peer, "ks");

    coop->peers++;
    if (!gv_check_says(peer, "status", "dead")) {
        coop->primary = coop->primary || gv_check_says(peer, "role", "primary");
        return;
    }
    gv_buf_add_str(&coop->dead, coop->dead.n > 0 ? ", " : "");
    gv_clean_add(&coop->dead, gv_text(ks));
    gv_buf_add_str(&coop->dead, " takes ");
    gv_clean_add(&coop->dead, gv_text(name));
    gv_buf_add_str(&coop->dead, " for dead");
    ++*dead;
}

static void hear_server(struct coop *coop, const char *name, const json_t *ks)
{
    const json_t *peers = gv_check_list(ks, "peers");
    size_t dead = 0;

    coop->servers++;
    coop->primary = coop->primary || gv_check_says(ks, "role", "primary");
    for (size_t i = 0; i < json_array_size(peers); i++)
        hear_peer(coop, name, json_array_get(peers, i), &dead);
    if (dead > coop->most_dead)
        coop->most_dead = dead;
}

/* The verdict in words; a split outranks all else. */
static enum gv_check_state say_coop(struct gv_check *check, const json_t *group,
                                    const struct coop *coop)
{
    struct gv_buf *line = &check->line;
    enum gv_check_state state = gv_check_value(check, (int64_t)coop->most_dead * 1000);

    if (gv_check_true(group, "split")) {
        gv_buf_add_str(line, "split: more than one primary or KEK, members lose each other");
        return GV_CHECK_CRITICAL;
    }
    if (!coop->primary && coop->peers > 0) {
        gv_buf_add_str(line, "no key server is primary: nobody rekeys");
        return GV_CHECK_CRITICAL;
    }
    gv_check_say_count(line, coop->servers, "key server");
    gv_buf_add_str(line, " heard");
    if (coop->dead.n > 0) {
        gv_buf_add_str(line, ", ");
        gv_buf_add_text(line, (struct gv_text){coop->dead.at, coop->dead.n});
    }
    gv_check_say_range(check, state);
    return state;
}

static void judge_group(struct gv_check *check, const json_t *group)
{
    enum { DEAD_MOST = 1024 };
    struct coop coop = {.dead = gv_buf(DEAD_MOST)};
    const char *label = gv_check_text(group, "group");
    struct gv_check_walk walk = {0};
    struct gv_perf perf = {.group = label, .name = "dead_peers", .unit = "", .ranged = true};
    enum gv_check_state state;

    while (gv_check_next(check, &walk)) {
        const json_t *ks = gv_check_object(walk.membership, "ks");

        if (ks != NULL && strcmp(walk.group, label) == 0)
            hear_server(&coop, walk.name, ks);
    }
    if (coop.servers > 0) {
        (void)gv_check_begin(check, NULL, label);
        state = say_coop(check, group, &coop);
        gv_check_end(check, state, 0);
        perf.value = (int64_t)coop.most_dead * 1000;
        gv_check_perf(check, &perf);
    }
    gv_buf_clear(&coop.dead);
}

static void judge_coop(struct gv_check *check)
{
    for (size_t i = 0; i < group_count(check); i++) {
        const json_t *group = group_at(check, i);

        if (group != NULL)
            judge_group(check, group);
    }
}

const struct gv_check_mode gv_check_coop = {
    .name = "coop",
    .title = "COOP",
    .help = "peers that a key server takes for dead; two primaries, or none, are CRITICAL",
    .thing = "group with a key server",
    .warning = "0",
    .critical = "",
    .of_groups = true,
    .judge = judge_coop,
};
