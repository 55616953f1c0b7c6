/* SPDX-License-Identifier: Apache-2.0 */
/* The SNMP collector against scripted devices on loopback: forged, broken,
 * oversized, slow and missing answers, and cancelling at each step. */
#include <errno.h>
#include <sys/syscall.h>

#include "check.h"
#include "collector.h"
#include "snmp_responder.h"

static const char ios[] = "Cisco IOS Software, C3900 Software (C3900-UNIVERSALK9-M), "
                          "Version 15.2(1)T, RELEASE SOFTWARE (fc1)";

struct outcome {
    struct gv_loop *loop;
    unsigned done;
    struct gv_poll_result result;
};

static void done(void *arg, struct gv_poll_result *result)
{
    struct outcome *o = arg;

    if (o->result.observation != NULL)
        gv_observation_free(o->result.observation);
    o->done++;
    o->result = *result;
    gv_loop_stop(o->loop);
}

/* A stop that came while nothing ran ends the next run early. */
static void run_until_done(struct outcome *o)
{
    for (int i = 0; i < 3 && o->done == 0; i++)
        gv_loop_run(o->loop);
}

static void poll_once(struct gv_session *session, struct outcome *o)
{
    gv_observation_free(o->result.observation);
    o->result.observation = NULL;
    o->done = 0;
    gv_snmp_collector.start(session, done, o);
    CHECK_INT("not from inside start", o->done, 0);
    run_until_done(o);
    CHECK_INT("done once", o->done, 1);
}

static uint32_t kek_remaining(const struct outcome *o)
{
    const struct gv_observation *obs = o->result.observation;

    if (obs == NULL || obs->groups == NULL || obs->groups->keks == NULL ||
        (obs->groups->keks->has & GV_KEK_HAS_REMAINING) == 0)
        return UINT32_MAX;
    return obs->groups->keks->remaining_s;
}

static struct gv_secret *community;
static struct gv_snmp_credential v2c = {.version = GV_SNMP_V2C};
static struct gv_snmp_credential v1 = {.version = GV_SNMP_V1};

/* Where an answer comes, a busy machine may take long. Where a time-out is waited for, it is
 * brief if nothing comes, and fair if something must come before it. */
enum { PATIENT_MS = 10000, FAIR_MS = 1000, BRIEF_MS = 250 };

static struct gv_target target_at(const char *address, uint16_t port)
{
    return (struct gv_target){
        .name = "R1",
        .address = address,
        .snmp = &v2c,
        .snmp_port = port,
        .snmp_timeout = {PATIENT_MS},
        .snmp_retries = 1,
        .deadline = {60000},
    };
}

static void device(struct fake_mib *mib)
{
    fake_system(mib, ios, "R1", 1000);
    fake_gm(mib, CISCO_GDOI, GROUP_3333, "G1", 3, true);
}

/* ---- Scripts ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum script script;
    enum gv_err want;
    bool data;
    unsigned most; /* requests of two polls */
    int64_t timeout_ms;
} rows[] = {
    {"honest", HONEST, GV_OK, true, 5, PATIENT_MS},
    {"another source first", FORGED_SOURCE, GV_OK, true, 5, PATIENT_MS},
    {"another community first", FORGED_COMMUNITY, GV_OK, true, 5, PATIENT_MS},
    {"another OID first", FORGED_OID, GV_OK, true, 5, PATIENT_MS},
    {"another request id first", FORGED_REQUEST_ID, GV_OK, true, 5, PATIENT_MS},
    {"another version first", FORGED_VERSION, GV_OK, true, 5, PATIENT_MS},
    {"a request in place of an answer", FORGED_PDU_TYPE, GV_OK, true, 5, PATIENT_MS},
    {"all forged at once", FORGED_ALL, GV_OK, true, 5, PATIENT_MS},
    {"only answers with other OIDs", ONLY_FORGED_OID, GV_ERR_NOT_FOUND, false, 2, FAIR_MS},
    {"truncated first", TRUNCATED, GV_OK, true, 5, PATIENT_MS},
    {"garbage first", GARBAGE, GV_OK, true, 5, PATIENT_MS},
    {"63,000 octets too many", OVERSIZED, GV_ERR_MALFORMED, false, 2, FAIR_MS},
    {"ten answers to each", DUPLICATES, GV_OK, true, 5, PATIENT_MS},
    {"the answer before once more", STALE, GV_OK, true, 5, PATIENT_MS},
    {"every first try lost", FIRST_LOST, GV_OK, true, 10, FAIR_MS},
    {"silent", SILENT, GV_ERR_TIMEOUT, false, 4, BRIEF_MS},
};

static void test_scripts(struct gv_loop *loop)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct outcome o = {.loop = loop};
        static struct responder r;
        struct fake_mib mib = {0};
        struct gv_session *session;
        struct gv_target target;

        device(&mib);
        CHECK("IPv4 loopback", responder_start(&r, loop, &mib, false));
        r.script = rows[i].script;
        target = target_at("127.0.0.1", r.port);
        target.snmp_timeout.ms = rows[i].timeout_ms;
        session = gv_snmp_collector.open(loop, &target);
        for (int polls = 0; polls < 2; polls++) {
            poll_once(session, &o);
            CHECK_INT(rows[i].name, o.result.err, rows[i].want);
            CHECK_INT(rows[i].name, kek_remaining(&o), rows[i].data ? 787 : UINT32_MAX);
            CHECK_INT(rows[i].name, o.result.detail[0] == '\0', rows[i].want == GV_OK);
            CHECK("no secret in the text", strstr(o.result.detail, "public") == NULL);
        }
        CHECK(rows[i].name, r.requests <= rows[i].most);
        CHECK_INT("one request at a time", r.overlaps, 0);
        CHECK_INT("ids that nobody can foretell", r.near_ids, 0);
        gv_snmp_collector.close(session);
        gv_observation_free(o.result.observation);
        responder_stop(&r);
        fake_free(&mib);
    }
}

/* ---- Versions and addresses ------------------------------------------------------------- */

static const struct {
    const char *name, *address;
    bool v6;
    const struct gv_snmp_credential *credential;
    enum gv_err want;
} addresses[] = {
    {"IPv4 literal", "127.0.0.1", false, &v2c, GV_OK},
    {"SNMPv1", "127.0.0.1", false, &v1, GV_OK},
    {"IPv6 literal", "::1", true, &v2c, GV_OK},
    {"name", "localhost", false, &v2c, GV_OK},
    {"unknown name", "device.invalid", false, &v2c, GV_ERR_NAME_LOOKUP},
};

static void test_addresses(struct gv_loop *loop)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        struct outcome o = {.loop = loop};
        static struct responder r;
        struct fake_mib mib = {0};
        struct gv_session *session;
        struct gv_target target;

        device(&mib);
        if (!responder_start(&r, loop, &mib, addresses[i].v6)) {
            printf("skipped: %s: no such loopback here\n", addresses[i].name);
            responder_stop(&r);
            fake_free(&mib);
            continue;
        }
        target = target_at(addresses[i].address, r.port);
        target.snmp = addresses[i].credential;
        session = gv_snmp_collector.open(loop, &target);
        poll_once(session, &o);
        /* "localhost" may be ::1 first, where nothing listens. */
        if (strcmp(addresses[i].name, "name") != 0 || o.result.err != GV_ERR_UNREACHABLE)
            CHECK_INT(addresses[i].name, o.result.err, addresses[i].want);
        gv_snmp_collector.close(session);
        gv_observation_free(o.result.observation);
        responder_stop(&r);
        fake_free(&mib);
    }
}

static void test_nothing_listens(struct gv_loop *loop)
{
    struct outcome o = {.loop = loop};
    struct gv_session *session;
    struct gv_target target;
    uint16_t port;
    int fd = bound_socket(false, &port);

    (void)close(fd);
    target = target_at("127.0.0.1", port);
    target.snmp_timeout.ms = BRIEF_MS;
    session = gv_snmp_collector.open(loop, &target);
    poll_once(session, &o);
    CHECK_INT("port closed", o.result.err, GV_ERR_UNREACHABLE);
    CHECK("nothing read", o.result.observation == NULL);
    target.deadline = (struct gv_dur){40};
    poll_once(session, &o);
    CHECK("deadline before the time-out",
          o.result.err == GV_ERR_UNREACHABLE || o.result.err == GV_ERR_TIMEOUT);
    gv_snmp_collector.close(session);
}

/* ---- What a steady poll costs ----------------------------------------------------------- */

static void test_steady(struct gv_loop *loop)
{
    static const struct {
        const char *name;
        bool ks;
        unsigned most;
    } shapes[] = {{"GM", false, 2}, {"KS of three groups", true, 4}};

    for (size_t i = 0; i < 2; i++) {
        struct outcome o = {.loop = loop};
        static struct responder r;
        struct fake_mib mib = {0};
        struct gv_session *session;
        struct gv_target target;

        fake_system(&mib, ios, "R1", 1000);
        if (shapes[i].ks) {
            fake_ks(&mib, GROUP_3333, "G1", 3, 50, true);
            fake_ks(&mib, "11.4.0.0.13.6", "G2", 3, 50, true);
            fake_ks(&mib, "11.4.0.0.13.7", "G3", 3, 50, true);
        } else {
            fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 20, true);
        }
        CHECK("start", responder_start(&r, loop, &mib, false));
        target = target_at("127.0.0.1", r.port);
        session = gv_snmp_collector.open(loop, &target);
        poll_once(session, &o);
        CHECK_INT(shapes[i].name, o.result.err, GV_OK);
        r.script = SLOW;
        poll_once(session, &o);
        CHECK_INT(shapes[i].name, o.result.err, GV_OK);
        printf("%s, steady: %u PDUs, as many serial round trips; %lld ms at 50 ms a PDU\n",
               shapes[i].name, o.result.requests, (long long)o.result.duration.ms);
        CHECK(shapes[i].name, o.result.requests <= shapes[i].most);
        gv_snmp_collector.close(session);
        gv_observation_free(o.result.observation);
        responder_stop(&r);
        fake_free(&mib);
    }
}

/* A device that dies during the walk: what was read stays, with the reason. */
struct killer {
    struct responder *r;
    unsigned after;
};

static void kill_after(void *arg)
{
    struct killer *k = arg;

    if (k->r->requests > k->after)
        k->r->script = SILENT;
}

static void test_partial(struct gv_loop *loop)
{
    struct outcome o = {.loop = loop};
    static struct responder r;
    struct killer killer = {&r, 2};
    struct fake_mib mib = {0};
    struct gv_session *session;
    struct gv_target target;

    device(&mib);
    CHECK("start", responder_start(&r, loop, &mib, false));
    r.seen = kill_after;
    r.seen_arg = &killer;
    target = target_at("127.0.0.1", r.port);
    target.snmp_timeout.ms = FAIR_MS;
    session = gv_snmp_collector.open(loop, &target);
    poll_once(session, &o);
    CHECK_INT("reason", o.result.err, GV_ERR_TIMEOUT);
    CHECK("hostname", o.result.observation != NULL);
    CHECK_STR("hostname", o.result.observation->device.hostname, "R1");
    target.snmp_timeout.ms = PATIENT_MS;
    r.script = HONEST;
    killer.after = 1000;
    poll_once(session, &o);
    CHECK_INT("back", o.result.err, GV_OK);
    CHECK_INT("whole", kek_remaining(&o), 787);
    gv_snmp_collector.close(session);
    gv_observation_free(o.result.observation);
    responder_stop(&r);
    fake_free(&mib);
}

/* Cut short anywhere, an answer counts for nothing. One bit turned anywhere: v2c cannot prove
 * that false, but nothing breaks, and it does not outlast the next learning. */
static void test_damage(struct gv_loop *loop, enum script script)
{
    struct outcome o = {.loop = loop};
    static struct responder r;
    struct fake_mib mib = {0};
    struct gv_session *session;
    struct gv_target target;

    device(&mib);
    CHECK("start", responder_start(&r, loop, &mib, false));
    target = target_at("127.0.0.1", r.port);
    session = gv_snmp_collector.open(loop, &target);
    for (int polls = 0; polls < 40; polls++) {
        r.script = script;
        poll_once(session, &o);
        CHECK("said why", (o.result.err == GV_OK) == (o.result.detail[0] == '\0'));
        CHECK("cut short", script != TRUNCATED || kek_remaining(&o) == 787);
        r.script = HONEST;
        for (uint64_t boots = 0; boots < 2; boots++) {
            fake_find(&mib, "1.3.6.1.2.1.1.3.0")->number = 1000 - boots;
            poll_once(session, &o);
        }
        CHECK_INT("learnt anew", o.result.err, GV_OK);
        CHECK_INT("learnt anew", kek_remaining(&o), 787);
    }
    CHECK("damaged", r.damaged > 2000);
    gv_snmp_collector.close(session);
    gv_observation_free(o.result.observation);
    responder_stop(&r);
    fake_free(&mib);
}

/* However often it may ask again: the poll ends with its deadline. */
static void test_deadline(struct gv_loop *loop)
{
    struct outcome o = {.loop = loop};
    static struct responder r;
    struct killer killer = {&r, 2};
    struct fake_mib mib = {0};
    struct gv_session *session;
    struct gv_target target;

    device(&mib);
    CHECK("start", responder_start(&r, loop, &mib, false));
    r.seen = kill_after;
    r.seen_arg = &killer;
    target = target_at("127.0.0.1", r.port);
    target.snmp_retries = 10000;
    target.snmp_timeout.ms = 100;
    target.deadline.ms = 1500;
    session = gv_snmp_collector.open(loop, &target);
    poll_once(session, &o);
    CHECK_INT("ended", o.result.err, GV_ERR_TIMEOUT);
    CHECK("what was read is kept", o.result.observation != NULL);
    CHECK("it did ask again", o.result.requests > 4);
    gv_snmp_collector.close(session);
    gv_observation_free(o.result.observation);
    responder_stop(&r);
    fake_free(&mib);
}

/* ---- A system that does not send -------------------------------------------------------- */

static struct {
    int error;
    unsigned times;
} refusal;

static bool refuses(void)
{
    if (refusal.times == 0)
        return false;
    refusal.times--;
    errno = refusal.error;
    return true;
}

/* In place of libc's, for net-snmp too; the responder uses sendto. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    return refuses() ? -1 : (ssize_t)syscall(SYS_sendmsg, fd, message, flags);
}

ssize_t send(int fd, const void *octets, size_t n, int flags)
{
    return refuses() ? -1 : (ssize_t)syscall(SYS_sendto, fd, octets, n, flags, NULL, 0);
}

static const struct {
    const char *name;
    int error;
    unsigned times;
    enum gv_err want;
} sends[] = {
    {"no buffers, once", ENOBUFS, 1, GV_OK},
    {"would block, once", EAGAIN, 1, GV_OK},
    {"no route, once", ENETUNREACH, 1, GV_OK},
    {"no buffers for long", ENOBUFS, UINT32_MAX, GV_ERR_UNREACHABLE},
    {"forbidden for long", EPERM, UINT32_MAX, GV_ERR_UNREACHABLE},
};

static void test_sends(struct gv_loop *loop)
{
    for (size_t i = 0; i < sizeof(sends) / sizeof(sends[0]); i++) {
        struct outcome o = {.loop = loop};
        static struct responder r;
        struct fake_mib mib = {0};
        struct gv_session *session;
        struct gv_target target;

        device(&mib);
        CHECK("start", responder_start(&r, loop, &mib, false));
        target = target_at("127.0.0.1", r.port);
        target.snmp_timeout.ms = sends[i].want == GV_OK ? FAIR_MS : BRIEF_MS;
        session = gv_snmp_collector.open(loop, &target);
        refusal.error = sends[i].error;
        refusal.times = sends[i].times;
        poll_once(session, &o);
        CHECK_INT(sends[i].name, o.result.err, sends[i].want);
        CHECK(sends[i].name, refusal.times != sends[i].times);
        refusal.times = 0;
        target.snmp_timeout.ms = PATIENT_MS;
        poll_once(session, &o);
        CHECK_INT("afterwards", o.result.err, GV_OK);
        gv_snmp_collector.close(session);
        gv_observation_free(o.result.observation);
        responder_stop(&r);
        fake_free(&mib);
    }
}

/* ---- Cancelling ------------------------------------------------------------------------- */

struct canceller {
    struct gv_session *session;
    struct responder *r;
    unsigned at;
};

static void cancel_at(void *arg)
{
    struct canceller *c = arg;

    if (c->r->requests == c->at)
        gv_snmp_collector.cancel(c->session);
}

static void cancel_now(void *arg)
{
    gv_snmp_collector.cancel(arg);
}

static void test_cancel(struct gv_loop *loop)
{
    for (unsigned step = 0; step < 6; step++) {
        struct outcome o = {.loop = loop};
        static struct responder r;
        struct canceller canceller = {.r = &r, .at = step};
        struct fake_mib mib = {0};
        struct gv_session *session;
        struct gv_target target;

        device(&mib);
        CHECK("start", responder_start(&r, loop, &mib, false));
        target = target_at("127.0.0.1", r.port);
        session = gv_snmp_collector.open(loop, &target);
        canceller.session = session;
        r.seen = cancel_at;
        r.seen_arg = &canceller;
        gv_snmp_collector.start(session, done, &o);
        if (step == 0)
            gv_snmp_collector.cancel(session); /* before anything was sent */
        else
            run_until_done(&o);
        CHECK_INT("once", o.done, 1);
        CHECK_INT("cancelled or whole", o.result.err == GV_ERR_CANCELLED || step > 3, 1);
        gv_snmp_collector.cancel(session);
        CHECK_INT("nothing to cancel", o.done, 1);
        canceller.at = UINT32_MAX;
        poll_once(session, &o);
        CHECK_INT("usable afterwards", o.result.err, GV_OK);
        gv_snmp_collector.start(session, done, &o);
        gv_snmp_collector.close(session); /* with a poll under way */
        CHECK_INT("closed", o.result.err, GV_ERR_CANCELLED);
        gv_observation_free(o.result.observation);
        responder_stop(&r);
        fake_free(&mib);
    }
}

/* While the name is looked up, and while a silent device is waited for. */
static void test_cancel_waiting(struct gv_loop *loop)
{
    static const char *const where[] = {"device.invalid", "127.0.0.1"};
    uint16_t port;
    int fd = bound_socket(false, &port);

    for (size_t i = 0; i < 2; i++) {
        struct outcome o = {.loop = loop};
        struct gv_target target = target_at(where[i], port);
        struct gv_session *session = gv_snmp_collector.open(loop, &target);
        struct gv_timer *timer;

        target.snmp_timeout.ms = BRIEF_MS;
        gv_snmp_collector.start(session, done, &o);
        timer = gv_timer_start(loop, (struct gv_dur){i == 0 ? 0 : 300}, cancel_now, session);
        CHECK("timer", timer != NULL);
        run_until_done(&o);
        CHECK_INT("once", o.done, 1);
        CHECK_INT(where[i], o.result.err, GV_ERR_CANCELLED);
        gv_snmp_collector.close(session);
    }
    (void)close(fd);
    gv_snmp_collector.close(NULL);
}

static void stop_loop(void *arg)
{
    gv_loop_stop(arg);
}

/* What comes while nobody asks is left alone, and the next poll hears again. */
static void test_between_polls(struct gv_loop *loop)
{
    struct outcome o = {.loop = loop};
    static struct responder r;
    struct fake_mib mib = {0};
    struct gv_session *session;
    struct gv_target target;

    device(&mib);
    CHECK("start", responder_start(&r, loop, &mib, false));
    r.script = DUPLICATES;
    target = target_at("127.0.0.1", r.port);
    session = gv_snmp_collector.open(loop, &target);
    for (int polls = 0; polls < 3; polls++) {
        poll_once(session, &o);
        CHECK_INT("whole", o.result.err, GV_OK);
        CHECK("pause", gv_timer_start(loop, (struct gv_dur){20}, stop_loop, loop) != NULL);
        gv_loop_run(loop);
    }
    gv_snmp_collector.close(session);
    gv_observation_free(o.result.observation);
    responder_stop(&r);
    fake_free(&mib);
}

int main(void)
{
    struct gv_loop *loop = gv_loop_new();

    community = gv_secret_new("public", 6);
    v2c.community = v1.community = community;
    test_scripts(loop);
    test_addresses(loop);
    test_nothing_listens(loop);
    test_steady(loop);
    test_partial(loop);
    test_damage(loop, BIT_FLIPS);
    test_damage(loop, TRUNCATED);
    test_deadline(loop);
    test_sends(loop);
    test_cancel(loop);
    test_cancel_waiting(loop);
    test_between_polls(loop);
    gv_secret_free(community);
    gv_loop_free(loop);
    return check_end();
}
