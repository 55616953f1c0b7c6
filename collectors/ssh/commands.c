/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/commands.h"

#include <assert.h>

enum when {
    NEVER,      /* not part of a plan */
    EACH_POLL,  /* while the device has an answer */
    EACH_LOGIN, /* and with each learning */
    LEARNING,   /* only then: costs the router much, changes by hand */
    LOG_WANTED, /* each poll, where it is asked for */
    ANCHOR      /* each poll, whatever it answers: tells that GETVPN came or went */
};

/* `show crypto gdoi` alone is a GM's every number; a KS's are spread over five. */
static const struct row {
    const char *text;
    enum when when;
} rows[] = {
    [GV_COMMAND_LENGTH] = {"terminal length 0", NEVER},
    [GV_COMMAND_WIDTH] = {"terminal width 0", NEVER},
    [GV_COMMAND_ENABLE] = {"enable", NEVER},
    [GV_COMMAND_VERSION] = {"show version", EACH_LOGIN},
    [GV_COMMAND_CONFIG] = {"show running-config | section gdoi", LEARNING},
    [GV_COMMAND_GDOI] = {"show crypto gdoi", ANCHOR},
    [GV_COMMAND_GM_REKEY] = {"show crypto gdoi gm rekey detail", EACH_POLL},
    [GV_COMMAND_KS] = {"show crypto gdoi ks", EACH_POLL},
    [GV_COMMAND_KS_POLICY] = {"show crypto gdoi ks policy", EACH_POLL},
    [GV_COMMAND_KS_MEMBERS] = {"show crypto gdoi ks members", EACH_POLL},
    [GV_COMMAND_KS_COOP] = {"show crypto gdoi ks coop", EACH_POLL},
    [GV_COMMAND_KS_REKEY] = {"show crypto gdoi ks rekey", EACH_POLL},
    /* The router leaves out what is not read here: a log may hold megabytes. */
    [GV_COMMAND_LOGGING] = {"show logging | include %GDOI-|%CRYPTO-|%PKI-", LOG_WANTED},
};
static_assert(sizeof(rows) / sizeof(rows[0]) == GV_COMMAND_COUNT, "one row per command");
static_assert(GV_COMMAND_COUNT <= 32, "one bit per command");

const char *gv_command_text(enum gv_command command)
{
    return rows[command].text;
}

bool gv_command_kept(enum gv_command command)
{
    return rows[command].when == EACH_LOGIN || rows[command].when == LEARNING;
}

void gv_plan_init(struct gv_plan *plan, bool logging)
{
    *plan = (struct gv_plan){.logging = logging, .current = GV_COMMAND_COUNT};
}

void gv_plan_begin(struct gv_plan *plan, bool login)
{
    plan->login = login;
    plan->learning = plan->polls % GV_PLAN_RELEARN_POLLS == 0;
    plan->polls = plan->learning ? 1 : plan->polls + 1;
    plan->current = GV_COMMAND_COUNT;
    plan->got = false;
    plan->refusal = GV_ERR_NO_DATA;
    if (plan->learning)
        plan->useless = plan->useful = 0;
}

void gv_plan_restart(struct gv_plan *plan)
{
    plan->login = true;
    plan->current = GV_COMMAND_COUNT;
}

static bool due(const struct gv_plan *plan, enum gv_command command)
{
    if (plan->useless & 1u << command)
        return false;
    switch (rows[command].when) {
    case EACH_POLL:
    case ANCHOR:
        return true;
    case EACH_LOGIN:
        return plan->login || plan->learning;
    case LEARNING:
        return plan->learning;
    case LOG_WANTED:
        return plan->logging;
    case NEVER:
        break;
    }
    return false;
}

bool gv_plan_next(struct gv_plan *plan, enum gv_command *out)
{
    unsigned next = plan->current == GV_COMMAND_COUNT ? 0 : plan->current + 1u;

    for (; next < GV_COMMAND_COUNT; next++)
        if (due(plan, (enum gv_command)next)) {
            *out = plan->current = (enum gv_command)next;
            return true;
        }
    return false;
}

static bool no_answer(enum gv_err result)
{
    return result == GV_ERR_NO_DATA || result == GV_ERR_NOT_SUPPORTED ||
           result == GV_ERR_AUTHORIZATION || result == GV_ERR_MALFORMED;
}

bool gv_plan_answered(struct gv_plan *plan, enum gv_err result)
{
    uint32_t bit = 1u << plan->current;
    bool anchor = rows[plan->current].when == ANCHOR;

    if (!no_answer(result)) {
        /* GETVPN came: what had no answer before may have one now. */
        if (anchor && !(plan->useful & bit))
            plan->useless = 0;
        plan->useful |= bit;
        plan->got = plan->got || rows[plan->current].when == EACH_POLL || anchor;
        return result != GV_OK;
    }
    if (anchor)
        plan->refusal = result;
    if (plan->useful & bit)
        return result != GV_ERR_NO_DATA;
    if (!anchor)
        plan->useless |= bit;
    return false;
}

enum gv_err gv_plan_end(const struct gv_plan *plan)
{
    return plan->got ? GV_OK : plan->refusal;
}
