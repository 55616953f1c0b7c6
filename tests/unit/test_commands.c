/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "ssh/commands.h"

/* How a made-up device answers each command of the plan. */
struct device {
    enum gv_err answers[GV_COMMAND_COUNT];
};

static const struct device gm = {{
    [GV_COMMAND_KS] = GV_ERR_NO_DATA,
    [GV_COMMAND_KS_POLICY] = GV_ERR_NO_DATA,
    [GV_COMMAND_KS_MEMBERS] = GV_ERR_NO_DATA,
    [GV_COMMAND_KS_COOP] = GV_ERR_MALFORMED,
    [GV_COMMAND_KS_REKEY] = GV_ERR_NOT_SUPPORTED,
}};
static const struct device ks = {{[GV_COMMAND_GM_REKEY] = GV_ERR_NO_DATA}};
static const struct device bare = {{
    [GV_COMMAND_CONFIG] = GV_ERR_AUTHORIZATION,
    [GV_COMMAND_GDOI] = GV_ERR_NOT_SUPPORTED,
    [GV_COMMAND_GM_REKEY] = GV_ERR_NOT_SUPPORTED,
    [GV_COMMAND_KS] = GV_ERR_NOT_SUPPORTED,
    [GV_COMMAND_KS_POLICY] = GV_ERR_NOT_SUPPORTED,
    [GV_COMMAND_KS_MEMBERS] = GV_ERR_NOT_SUPPORTED,
    [GV_COMMAND_KS_COOP] = GV_ERR_NOT_SUPPORTED,
    [GV_COMMAND_KS_REKEY] = GV_ERR_NOT_SUPPORTED,
}};

/* One poll; the commands asked as letters: v c g r k p m o e. */
static const char *poll(struct gv_plan *plan, const struct device *device, bool login,
                        unsigned *failures)
{
    static const char letters[GV_COMMAND_COUNT] = "---vcgrkpmoel";
    static char asked[GV_COMMAND_COUNT + 1];
    enum gv_command command;
    size_t n = 0;

    *failures = 0;
    gv_plan_begin(plan, login);
    while (gv_plan_next(plan, &command)) {
        asked[n++] = letters[command];
        if (gv_plan_answered(plan, device->answers[command]))
            (*failures)++;
    }
    asked[n] = '\0';
    return asked;
}

static const struct {
    const char *name;
    const struct device *device;
    const char *first, *steady, *login;
    enum gv_err end;
} rows[] = {
    {"GM", &gm, "vcgrkpmoe", "gr", "vgr", GV_OK},
    {"KS", &ks, "vcgrkpmoe", "gkpmoe", "vgkpmoe", GV_OK},
    {"no GETVPN", &bare, "vcgrkpmoe", "g", "vg", GV_ERR_NOT_SUPPORTED},
};

static void test_roles(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_plan plan;
        unsigned failures;

        gv_plan_init(&plan, false);
        CHECK_STR(rows[i].name, poll(&plan, rows[i].device, true, &failures), rows[i].first);
        CHECK_INT(rows[i].name, failures, 0);
        CHECK_INT(rows[i].name, gv_plan_end(&plan), rows[i].end);
        for (unsigned k = 1; k < GV_PLAN_RELEARN_POLLS; k++) {
            bool login = k == 7;

            CHECK_STR(rows[i].name, poll(&plan, rows[i].device, login, &failures),
                      login ? rows[i].login : rows[i].steady);
            CHECK_INT(rows[i].name, gv_plan_end(&plan), rows[i].end);
        }
        CHECK_STR(rows[i].name, poll(&plan, rows[i].device, false, &failures), rows[i].first);
        CHECK_STR(rows[i].name, poll(&plan, rows[i].device, false, &failures), rows[i].steady);
    }
}

/* The log is read where it is wanted, each poll, and tells nothing of GETVPN by itself. */
static void test_logging(void)
{
    struct gv_plan plan;
    unsigned failures;

    gv_plan_init(&plan, true);
    CHECK_STR("first", poll(&plan, &gm, true, &failures), "vcgrkpmoel");
    CHECK_STR("steady", poll(&plan, &gm, false, &failures), "grl");
    gv_plan_init(&plan, true);
    CHECK_STR("no GETVPN", poll(&plan, &bare, true, &failures), "vcgrkpmoel");
    CHECK_INT("no GETVPN", gv_plan_end(&plan), GV_ERR_NOT_SUPPORTED);
}

/* A kept login was found dead at the first command: the poll starts over and asks
 * what a login asks. */
static void test_restart(void)
{
    struct gv_plan plan;
    enum gv_command command;
    unsigned failures;

    gv_plan_init(&plan, false);
    (void)poll(&plan, &gm, true, &failures);
    gv_plan_begin(&plan, false);
    CHECK("kept", gv_plan_next(&plan, &command) && command == GV_COMMAND_GDOI);
    gv_plan_restart(&plan);
    CHECK("anew", gv_plan_next(&plan, &command) && command == GV_COMMAND_VERSION);
    CHECK("on", gv_plan_next(&plan, &command) && command == GV_COMMAND_GDOI);
}

/* GETVPN is configured on a router that had none: everything is asked again. */
static void test_getvpn_comes(void)
{
    struct gv_plan plan;
    unsigned failures;

    gv_plan_init(&plan, false);
    (void)poll(&plan, &bare, true, &failures);
    CHECK_STR("before", poll(&plan, &bare, false, &failures), "g");
    CHECK_STR("it comes", poll(&plan, &ks, false, &failures), "grkpmoe");
    CHECK_STR("after", poll(&plan, &ks, false, &failures), "gkpmoe");
}

/* A command that worked and is refused now is a failure; one that has no data now
 * is not; both go on being asked. */
static void test_answer_lost(void)
{
    struct device lost = ks;
    struct gv_plan plan;
    unsigned failures;

    lost.answers[GV_COMMAND_KS_COOP] = GV_ERR_MALFORMED;
    lost.answers[GV_COMMAND_KS_MEMBERS] = GV_ERR_NO_DATA;
    gv_plan_init(&plan, false);
    (void)poll(&plan, &ks, true, &failures);
    CHECK_STR("lost", poll(&plan, &lost, false, &failures), "gkpmoe");
    CHECK_INT("one failure", failures, 1);
    CHECK_STR("asked again", poll(&plan, &lost, false, &failures), "gkpmoe");
    lost.answers[GV_COMMAND_KS_COOP] = GV_ERR_TOO_LARGE;
    (void)poll(&plan, &lost, false, &failures);
    CHECK_INT("too large is a failure", failures, 1);
    lost.answers[GV_COMMAND_GDOI] = GV_ERR_NO_DATA;
    (void)poll(&plan, &lost, false, &failures);
    CHECK_INT("other commands told", gv_plan_end(&plan), GV_OK);
}

/* threats 2.2: all that may ever be typed. A new row here is a decision. */
static void test_allow_list(void)
{
    static const char *const allowed[] = {
        "terminal length 0",
        "terminal width 0",
        "enable",
        "show version",
        "show running-config | section gdoi",
        "show crypto gdoi",
        "show crypto gdoi gm rekey detail",
        "show crypto gdoi ks",
        "show crypto gdoi ks policy",
        "show crypto gdoi ks members",
        "show crypto gdoi ks coop",
        "show crypto gdoi ks rekey",
        "show logging | include %GDOI-|%CRYPTO-|%PKI-",
    };

    CHECK_INT("count", sizeof(allowed) / sizeof(allowed[0]), GV_COMMAND_COUNT);
    for (size_t i = 0; i < GV_COMMAND_COUNT; i++)
        CHECK_STR("row", gv_command_text((enum gv_command)i), allowed[i]);
}

static void test_kept(void)
{
    for (int i = GV_COMMAND_VERSION; i < GV_COMMAND_COUNT; i++)
        CHECK(gv_command_text((enum gv_command)i),
              gv_command_kept((enum gv_command)i) == (i <= GV_COMMAND_CONFIG));
}

int main(void)
{
    test_roles();
    test_logging();
    test_restart();
    test_getvpn_comes();
    test_answer_lost();
    test_allow_list();
    test_kept();
    return check_end();
}
