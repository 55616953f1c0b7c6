/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses asked ad hoc: which, how often, with whose login, and what is kept of them. */
#include <stdlib.h>

#include "ad_hoc.h"
#include "check.h"

enum { LATENCY_MS = 1000, KINDS = 2 };

/* A collector that answers as `verdict` says, and counts. */
struct gv_session {
    struct gv_loop *loop;
    const struct gv_target *target;
    struct gv_timer *timer;
    gv_poll_done *done;
    void *arg;
};

static enum gv_err verdict;
static unsigned starts, running, running_most;
static char last_address[64], last_user[64];

static void poll_over(struct gv_session *s, enum gv_err err)
{
    struct gv_poll_result result = {.err = err};

    s->timer = NULL;
    running--;
    if (err == GV_OK)
        result.observation = gv_observation_new(gv_loop_now(s->loop));
    s->done(s->arg, &result);
}

static void on_due(void *arg)
{
    poll_over(arg, verdict);
}

static struct gv_session *open_session(struct gv_loop *loop, const struct gv_target *target)
{
    struct gv_session *s = calloc(1, sizeof(*s));

    if (s == NULL)
        abort();
    s->loop = loop;
    s->target = target;
    return s;
}

static void start(struct gv_session *s, gv_poll_done *done, void *arg)
{
    s->done = done;
    s->arg = arg;
    starts++;
    running_most = ++running > running_most ? running : running_most;
    (void)snprintf(last_address, sizeof(last_address), "%s", s->target->address);
    (void)snprintf(last_user, sizeof(last_user), "%s",
                   s->target->ssh != NULL ? s->target->ssh->user : "-");
    s->timer = gv_timer_start(s->loop, (struct gv_dur){LATENCY_MS}, on_due, s);
}

static void cancel(struct gv_session *s)
{
    if (s->timer == NULL)
        return;
    gv_timer_stop(s->timer);
    poll_over(s, GV_ERR_CANCELLED);
}

static void close_session(struct gv_session *s)
{
    if (s != NULL)
        cancel(s);
    free(s);
}

static bool connected(const struct gv_session *s)
{
    (void)s;
    return false;
}

static const struct gv_collector by_snmp = {"snmp", open_session,  start,
                                            cancel, close_session, NULL};
static const struct gv_collector by_ssh = {"ssh",  open_session,  start,
                                           cancel, close_session, NULL};
static const struct gv_poller_transport transports[KINDS] = {
    {&by_snmp, gv_target_by_snmp, NULL},
    {&by_ssh, gv_target_by_ssh, connected},
};
static const struct gv_poller_policy polling = {
    .budgets = {{.in_flight = 3}, {.in_flight = 2, .logins_per_minute = 6}},
    .backoff_most = {300000},
};
static const struct gv_store_policy keeping = {.stale_after = {300000}};
static const struct gv_shard whole = {0, 1};

static const char text[] =
    "credentials:\n"
    "  snmp: {c: {version: 2c, community: x}}\n"
    "  ssh: {s: {user: ad-hoc, password: x}, own: {user: own, password: x}}\n"
    "targets:\n"
    "  - {name: r1, address: 10.0.0.1, ssh: own}\n"
    "  - {name: r2, address: '2001:db8::2', ssh: own}\n"
    "ad_hoc:\n"
    "  - {allow: [10.9.0.0/24], ssh: s}\n"
    "  - {allow: [10.0.0.0/8, '2001:db8::/32'], snmp: c}\n";

static struct gv_loop *loop;
static struct gv_ad_hoc *ad_hoc;
static unsigned answers;
static enum gv_err worst;

static struct gv_config *configure(const char *yaml)
{
    struct gv_config_options options = {.offline = true};
    struct gv_config *config = NULL;
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);

    if (gv_config_read("test.yml", gv_text(yaml), true, &options, &config, &why) != GV_OK) {
        printf("%.*s", (int)why.n, why.at);
        abort();
    }
    gv_buf_clear(&why);
    return config;
}

static void on_answer(void *arg, enum gv_err err)
{
    (void)arg;
    answers++;
    worst = err;
}

static void stop(void *arg)
{
    gv_loop_stop(arg);
}

static void run(int64_t ms)
{
    (void)gv_timer_start(loop, (struct gv_dur){ms}, stop, loop);
    gv_loop_run(loop);
}

static enum gv_err ask(const char *address)
{
    const char *name = NULL;

    return gv_ad_hoc_poll(ad_hoc, address, &name, NULL, on_answer, NULL);
}

static void begin(const struct gv_config *config)
{
    verdict = GV_OK;
    starts = running = running_most = answers = 0;
    ad_hoc = gv_ad_hoc_new(loop, transports, KINDS, 7);
    CHECK_INT("nothing is open", ask("10.0.0.2"), GV_ERR_NOT_FOUND);
    CHECK_INT("set", gv_ad_hoc_set(ad_hoc, config, whole, &polling, &keeping), GV_OK);
}

static void test_who(const struct gv_config *config)
{
    static const struct {
        const char *address;
        enum gv_err err;
        const char *as, *user;
    } rows[] = {
        {"10.0.0.2", GV_OK, "10.0.0.2", "-"},
        {"2001:DB8:0::0003", GV_OK, "2001:db8::3", "-"},
        {"10.9.0.4", GV_OK, "10.9.0.4", "ad-hoc"},
        {"10.0.0.1", GV_ERR_NOT_FOUND, "", ""}, /* a target's: its own poller asks it */
        {"2001:db8:0:0::2", GV_ERR_NOT_FOUND, "", ""},
        {"r1", GV_ERR_NOT_FOUND, "", ""},
        {"192.0.2.1", GV_ERR_NOT_FOUND, "", ""},
        {"169.254.169.254", GV_ERR_NOT_FOUND, "", ""},
        {"127.0.0.1", GV_ERR_NOT_FOUND, "", ""},
        {"::ffff:10.0.0.2", GV_ERR_NOT_FOUND, "", ""},
        {"10.0.2", GV_ERR_NOT_FOUND, "", ""},
        {"localhost", GV_ERR_NOT_FOUND, "", ""},
    };

    begin(config);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *name = "";

        starts = answers = 0;
        CHECK_INT(rows[i].address,
                  gv_ad_hoc_poll(ad_hoc, rows[i].address, &name, NULL, on_answer, NULL),
                  rows[i].err);
        CHECK_STR(rows[i].address, name, rows[i].as);
        run(20000);
        CHECK_INT(rows[i].address, starts, rows[i].err == GV_OK);
        CHECK_INT(rows[i].address, answers, rows[i].err == GV_OK);
        if (rows[i].err != GV_OK)
            continue;
        CHECK_STR(rows[i].address, last_address, rows[i].as);
        CHECK_STR(rows[i].address, last_user, rows[i].user);
    }
    CHECK_INT("shown by themselves",
              gv_ad_hoc_snapshot(ad_hoc, gv_loop_now(loop))->device_count, 3);
    starts = 0;
    run(24 * 3600 * 1000);
    CHECK_INT("never by the clock", starts, 0);
    gv_ad_hoc_free(ad_hoc);
}

static void test_budgets(const struct gv_config *config)
{
    char address[32];

    begin(config);
    for (unsigned i = 0; i < 20; i++)
        CHECK_INT("one request to a device", ask("10.0.0.2"), GV_OK);
    run(LATENCY_MS * 2);
    CHECK_INT("joined", starts, 1);
    CHECK_INT("each is answered", answers, 20);
    for (unsigned i = 0; i < 30; i++) {
        (void)snprintf(address, sizeof(address), "10.1.0.%u", i);
        CHECK_INT("many", ask(address), GV_OK);
    }
    run(60000);
    CHECK_INT("each in its turn", starts, 31);
    CHECK_INT("so many at once", running_most, 3);
    starts = 0;
    for (unsigned i = 0; i < 30; i++) {
        (void)snprintf(address, sizeof(address), "10.9.0.%u", i);
        CHECK_INT("logins", ask(address), GV_OK);
    }
    run(60000);
    CHECK_INT("six in a minute", starts, 6);
    gv_ad_hoc_free(ad_hoc);
}

static void test_lockout(const struct gv_config *config)
{
    char address[32];

    begin(config);
    verdict = GV_ERR_AUTHENTICATION;
    for (unsigned i = 0; i < 100; i++) {
        (void)!ask("10.9.0.1");
        run(60000);
    }
    CHECK_INT("two refused logins", starts, 2);
    CHECK_INT("is said", worst, GV_ERR_AUTHENTICATION);
    for (unsigned i = 0; i < GV_AD_HOC_MOST + 10; i++) { /* others do not make it forgotten */
        (void)snprintf(address, sizeof(address), "10.%u.0.1", 10 + i % 240);
        (void)!ask(address);
        run(400000);
    }
    run(GV_AD_HOC_LOGIN_S * 1000);
    starts = 0;
    CHECK_INT("after the pause", ask("10.9.0.1"), GV_OK);
    run(60000);
    CHECK_INT("tried again", starts, 1);
    (void)!ask("10.9.0.1");
    run(60000);
    starts = 0;
    gv_ad_hoc_resume(ad_hoc);
    (void)!ask("10.9.0.1");
    run(60000);
    CHECK_INT("or when the operator says so", starts, 1);
    gv_ad_hoc_free(ad_hoc);
}

static void test_most(const struct gv_config *config)
{
    char address[32];

    begin(config);
    for (unsigned i = 0; i <= GV_AD_HOC_MOST; i++) {
        (void)snprintf(address, sizeof(address), "10.2.%u.%u", i / 256, i % 256);
        CHECK_INT(address, ask(address), i < GV_AD_HOC_MOST ? GV_OK : GV_ERR_TOO_LARGE);
    }
    run(GV_AD_HOC_KEEP_S * 1000);
    CHECK_INT("each was asked", starts, GV_AD_HOC_MOST);
    CHECK_INT("and is forgotten", ask("10.3.0.1"), GV_OK);
    run(LATENCY_MS * 2);
    CHECK_INT("alone", gv_ad_hoc_snapshot(ad_hoc, gv_loop_now(loop))->device_count, 1);
    gv_ad_hoc_free(ad_hoc);
}

static void test_reload(const struct gv_config *config)
{
    struct gv_config *target = configure(
        "credentials: {snmp: {c: {version: 2c, community: x}}}\n"
        "targets: [{address: 10.0.0.2, snmp: c}]\nad_hoc: [{allow: [10.0.0.0/8], snmp: c}]\n");
    struct gv_config *closed = configure("targets: []\n");

    begin(config);
    CHECK_INT("under way", ask("10.0.0.2"), GV_OK);
    run(LATENCY_MS / 2);
    CHECK_INT("set", gv_ad_hoc_set(ad_hoc, target, whole, &polling, &keeping), GV_OK);
    CHECK_INT("a target now: cancelled", worst, GV_ERR_CANCELLED);
    CHECK_INT("none left", running, 0);
    CHECK_INT("others are open", ask("10.0.0.3"), GV_OK);
    CHECK_INT("set", gv_ad_hoc_set(ad_hoc, closed, whole, &polling, &keeping), GV_OK);
    CHECK_INT("closed", ask("10.0.0.3"), GV_ERR_NOT_FOUND);
    CHECK_INT("nothing kept", gv_ad_hoc_snapshot(ad_hoc, gv_loop_now(loop))->device_count, 0);
    gv_ad_hoc_free(ad_hoc);
    gv_config_free(target);
    gv_config_free(closed);
}

static void test_shards(const struct gv_config *config)
{
    unsigned held = 0;

    begin(config);
    for (uint32_t i = 0; i < 3; i++) {
        CHECK_INT("set",
                  gv_ad_hoc_set(ad_hoc, config, (struct gv_shard){i, 3}, &polling, &keeping),
                  GV_OK);
        held += ask("10.0.0.2") == GV_OK;
    }
    CHECK_INT("in one of them", held, 1);
    gv_ad_hoc_free(ad_hoc);
}

int main(void)
{
    struct gv_config *config = configure(text);

    loop = gv_loop_new();
    test_who(config);
    test_budgets(config);
    test_lockout(config);
    test_most(config);
    test_reload(config);
    test_shards(config);
    gv_loop_free(loop);
    gv_config_free(config);
    return check_end();
}
