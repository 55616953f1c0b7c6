/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool poll: one configured target, asked once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "tool/command.h"
#include "tool/poll.h"

struct row {
    struct gv_option_texts targets;
    const char *config_file, *collector;
    bool json, insecure_perms;
};

static const struct gv_option options[] = {
    {"--config.file", GV_OPTION_TEXT, offsetof(struct row, config_file), "FILE",
     "the exporter's configuration"},
    {"--collector", GV_OPTION_TEXT, offsetof(struct row, collector), "NAME",
     "snmp, ssh or restconf (default: all of the target's)"},
    {"--insecure-perms", GV_OPTION_FLAG, offsetof(struct row, insecure_perms), NULL,
     "take secrets from files that others can read"},
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, targets), NULL, NULL},
    TOOL_JSON(row),
};

struct turn {
    struct tool_poll *poll;
    const struct gv_collector *collector;
};

static void on_done(void *arg, struct gv_poll_result *result)
{
    const struct turn *turn = arg;
    struct tool_poll *poll = turn->poll;

    if (result->err != GV_OK && result->err != GV_ERR_NO_DATA && poll->err == GV_OK) {
        poll->err = result->err;
        poll->failed_step = turn->collector->name;
        (void)snprintf(poll->reason, sizeof(poll->reason), "%s%s%s", gv_err_name(result->err),
                       result->detail[0] != '\0' ? ": " : "", result->detail);
    }
    (void)fprintf(stderr, "getvpntool: %s: %s, %u requests, %lld ms\n", turn->collector->name,
                  gv_err_name(result->err), result->requests, (long long)result->duration.ms);
    gv_store_feed(poll->store, poll->target->name, turn->collector->name, result,
                  gv_loop_now(poll->loop));
    gv_loop_stop(poll->loop);
}

static void poll_once(struct tool_poll *poll, const struct gv_collector *collector,
                      bool selected)
{
    struct turn turn = {poll, collector};
    struct gv_session *session;

    if (!selected || (poll->only != NULL && strcmp(poll->only, collector->name) != 0))
        return;
    session = collector->open(poll->loop, poll->target);
    if (session == NULL)
        return;
    poll->polled++;
    collector->start(session, on_done, &turn);
    gv_loop_run(poll->loop);
    collector->close(session);
}

void tool_poll_all(struct tool_poll *poll)
{
    poll_once(poll, &gv_snmp_collector, poll->target->snmp != NULL);
    poll_once(poll, &gv_ssh_collector, poll->target->ssh != NULL);
    poll_once(poll, &gv_restconf_collector, poll->target->restconf != NULL);
}

bool tool_poll_silent(const struct tool_poll *poll)
{
    return poll->err == GV_ERR_TIMEOUT || poll->err == GV_ERR_UNREACHABLE ||
           poll->err == GV_ERR_NAME_LOOKUP;
}

static int answer(const struct tool_poll *poll, bool json)
{
    const struct gv_observation *obs =
        poll->only != NULL ? gv_store_observation(poll->store, poll->target->name, poll->only)
                           : gv_store_merged(poll->store, poll->target->name);

    if (poll->err == GV_OK)
        return tool_print_observation(obs, json, NULL, TOOL_OK);
    (void)fprintf(stderr, "getvpntool: %s: %s\n", poll->failed_step, poll->reason);
    return tool_print_observation(obs, json, tool_error(poll->failed_step, poll->reason),
                                  tool_poll_silent(poll) ? TOOL_UNREACHABLE : TOOL_NEGATIVE);
}

static int poll_target(const struct row *row, const struct gv_config *config,
                       const struct gv_target *target)
{
    const struct gv_store_policy policy = {config->limits.stale_after, config->groups,
                                           config->group_count};
    struct tool_poll poll = {.target = target, .only = row->collector};
    int code;

    poll.loop = gv_loop_new();
    poll.store = gv_store_new(&policy);
    if (poll.loop == NULL || poll.store == NULL ||
        gv_store_set_targets(poll.store, &target, 1, &policy) != GV_OK) {
        code = tool_fail(row->json, "start", "no memory or no event loop", TOOL_NEGATIVE);
    } else {
        tool_poll_all(&poll);
        code = poll.polled > 0
                   ? answer(&poll, row->json)
                   : tool_fail(row->json, "collector", "the target is not configured for it",
                               TOOL_NEGATIVE);
    }
    gv_store_free(poll.store);
    gv_loop_free(poll.loop);
    return code;
}

static int poll_named(const struct row *row, const char *name)
{
    const struct gv_config_options load = {.insecure_perms = row->insecure_perms};
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);
    const struct gv_config_target *target;
    struct gv_config *config;
    int code;

    if (gv_config_load(row->config_file, &load, &config, &why) != GV_OK) {
        while (why.n > 0 && why.at[why.n - 1] == '\n')
            why.at[--why.n] = '\0';
        code =
            tool_fail(row->json, "configuration", why.at ? why.at : "no memory", TOOL_NEGATIVE);
        gv_buf_clear(&why);
        return code;
    }
    (void)fputs(why.at ? why.at : "", stderr);
    gv_buf_clear(&why);
    target = gv_config_find_target(config, name);
    code = target != NULL ? poll_target(row, config, &target->target)
                          : tool_fail(row->json, "target",
                                      "no target of that name or address in the "
                                      "configuration",
                                      TOOL_NEGATIVE);
    gv_config_free(config);
    return code;
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (row.targets.count != 1 || row.config_file == NULL)
        return tool_usage(command, "one TARGET and --config.file are needed");
    if (row.collector != NULL && strcmp(row.collector, gv_snmp_collector.name) != 0 &&
        strcmp(row.collector, gv_ssh_collector.name) != 0 &&
        strcmp(row.collector, gv_restconf_collector.name) != 0)
        return tool_usage(command, "--collector: expected snmp, ssh or restconf");
    return poll_named(&row, row.targets.at[0]);
}

const struct tool_command tool_poll = {
    "poll",
    "TARGET --config.file FILE [--collector NAME]",
    "ask one configured target now, and show what it said",
    "TARGET is a name or an address from the configuration; credentials come from there.\n"
    "Exit 3 says that it did not answer, 1 that it refused.\n\n"
    "Example:\n"
    "  getvpntool poll ks-1 --config.file /etc/getvpn-exporter/getvpn-exporter.yml",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
