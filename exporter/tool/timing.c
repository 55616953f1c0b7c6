/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool timing: when does a KS rekey its KEK, and when do members give up? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/kek_timing.h"
#include "tool/command.h"

/* IOS-XE's own ranges (YANG): beyond them a router would refuse. */
enum { ROUTER_LIFETIME_LEAST = 300, ROUTER_LIFETIME_MOST = 2592000 };
enum { ROUTER_INTERVAL_LEAST = 10, ROUTER_INTERVAL_MOST = 60 };
enum { RETRANSMITS_MOST = 255 };

struct row {
    const char *lifetime, *retransmits, *interval, *members, *transport;
    bool json;
};

static const struct gv_option options[] = {
    {"--lifetime", GV_OPTION_TEXT, offsetof(struct row, lifetime), "S", "the KEK's lifetime"},
    {"--retransmits", GV_OPTION_TEXT, offsetof(struct row, retransmits), "N",
     "rekey retransmissions, 0..255 (default 2)"},
    {"--interval", GV_OPTION_TEXT, offsetof(struct row, interval), "S",
     "between two retransmissions (default 10)"},
    {"--members", GV_OPTION_TEXT, offsetof(struct row, members), "N",
     "registered members (default 0)"},
    {"--transport", GV_OPTION_TEXT, offsetof(struct row, transport), "T",
     "unicast or multicast (default unicast)"},
    TOOL_JSON(row),
};

static void warn(const char *text)
{
    (void)fprintf(stderr, "getvpntool: warning: %s\n", text);
}

static void warn_of_ranges(uint32_t lifetime, const struct gv_rekey_policy *policy,
                           const struct gv_rekey_plan *plan)
{
    if (lifetime < ROUTER_LIFETIME_LEAST || lifetime > ROUTER_LIFETIME_MOST)
        warn("routers take KEK lifetimes from 300 to 2592000 s");
    if (policy->interval.ms < ROUTER_INTERVAL_LEAST * 1000 ||
        policy->interval.ms > ROUTER_INTERVAL_MOST * 1000)
        warn("routers take retransmit intervals from 10 to 60 s");
    if (policy->retransmits == 0)
        warn("routers take 1 to 255 retransmissions");
    if (plan->unsound)
        warn("the lead exceeds the lifetime: such a KS rekeys without pause; "
             "lengthen the lifetime");
}

static void print_text(uint32_t lifetime, const struct gv_rekey_policy *policy,
                       const struct gv_rekey_plan *plan)
{
    (void)printf("KEK of %" PRIu32 " s, %" PRIu32 " retransmissions every %" PRId64
                 " s, %" PRIu32 " members, %s\n",
                 lifetime, policy->retransmits, policy->interval.ms / 1000, policy->members,
                 gv_rekey_transport_name(policy->transport));
    (void)printf("  a new KS rekeys          %" PRId64 " s before expiry, %" PRId64
                 " s after the KEK's birth\n",
                 plan->lead.ms / 1000, plan->rekey_at.ms / 1000);
    (void)printf("  an old KS rekeys         at expiry\n");
    (void)printf("  a new GM without rekey   re-registers %d to %d s before expiry,\n"
                 "                           and on an old KS once more within %d s after it\n",
                 GV_GM_REREGISTER_FROM_S, GV_GM_REREGISTER_TO_S,
                 GV_GM_SECOND_REGISTRATION_TO_S);
}

static int print(uint32_t lifetime, const struct gv_rekey_policy *policy, bool json)
{
    struct gv_rekey_plan plan = gv_rekey_plan(gv_secs(lifetime), policy);

    warn_of_ranges(lifetime, policy, &plan);
    if (!json) {
        print_text(lifetime, policy, &plan);
        return TOOL_OK;
    }
    return tool_print_json(
        json_pack("{s:I, s:I, s:i, s:i, s:i}", "lead_seconds",
                  (json_int_t)(plan.lead.ms / 1000), "rekey_at_seconds",
                  (json_int_t)(plan.rekey_at.ms / 1000), "gm_reregister_from_seconds",
                  GV_GM_REREGISTER_FROM_S, "gm_reregister_to_seconds", GV_GM_REREGISTER_TO_S,
                  "gm_second_registration_to_seconds", GV_GM_SECOND_REGISTRATION_TO_S),
        TOOL_OK);
}

/* Absent is fine; anything but a number is not. */
static bool number(const char *text, uint32_t *out)
{
    return text == NULL || gv_text_u32(gv_text(text), out);
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct gv_rekey_policy policy = gv_rekey_policy_default();
    struct row row = {.transport = "unicast"};
    uint32_t lifetime = 0, interval_s = GV_REKEY_DEFAULT_INTERVAL_S;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (!number(row.lifetime, &lifetime) || lifetime == 0)
        return tool_usage(command, "--lifetime: expected a number of seconds above 0");
    if (!number(row.retransmits, &policy.retransmits) || policy.retransmits > RETRANSMITS_MOST)
        return tool_usage(command, "--retransmits: expected a number from 0 to 255");
    if (!number(row.interval, &interval_s))
        return tool_usage(command, "--interval: expected a number of seconds");
    if (!number(row.members, &policy.members))
        return tool_usage(command, "--members: expected a number");
    policy.interval = gv_secs(interval_s);
    policy.transport = GV_REKEY_UNICAST;
    if (strcmp(row.transport, "multicast") == 0)
        policy.transport = GV_REKEY_MULTICAST;
    else if (strcmp(row.transport, "unicast") != 0)
        return tool_usage(command, "--transport: expected unicast or multicast");
    return print(lifetime, &policy, row.json);
}

const struct tool_command tool_timing = {
    "timing",
    "--lifetime S [--retransmits N] [--interval S] [--members N] [--transport T]",
    "when a key server rekeys its KEK, and when members give up waiting",
    "A KS with the new behaviour rekeys its KEK 200 s + N x R before it expires, by unicast\n"
    "5 s + 5 s for every 50 members earlier. A new GM that got no rekey registers again.\n"
    "Compare the lead with the KS's \"time to rekey\" in `show crypto gdoi ks policy`.\n\n"
    "Example:\n"
    "  getvpntool timing --lifetime 1200 --retransmits 3 --members 2",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
