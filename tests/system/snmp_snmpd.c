/* SPDX-License-Identifier: Apache-2.0 */
/* The SNMP collector against Debian's snmpd: every version, every pair of
 * authentication and privacy, wrong credentials, restarts, another engine id.
 *
 * snmpd serves a made-up GM by pass_persist: this program, run with --pass.
 * Skipped with a message, as success, where snmpd is not installed. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "check.h"
#include "collector.h"
#include "snmp_relay.h"

static const char snmpd[] = "/usr/sbin/snmpd";

/* ---- The made-up GM behind snmpd -------------------------------------------------------- */

static void print_object(const struct fake_object *o)
{
    for (size_t i = 0; i < o->oid_n; i++)
        printf(".%u", o->oid[i]);
    if (o->kind == GV_SNMP_OCTETS) {
        printf("\noctet\n");
        for (size_t i = 0; i < o->octets_n; i++)
            printf("%02x ", o->octets[i]);
        printf("\n");
    } else {
        printf("\ngauge\n%llu\n", (unsigned long long)o->number);
    }
}

static const struct fake_object *exact(struct fake_mib *mib, const uint32_t *oid, size_t n)
{
    for (size_t i = 0; i < mib->n; i++)
        if (gv_oid_compare(mib->objects[i].oid, mib->objects[i].oid_n, oid, n) == 0)
            return &mib->objects[i];
    return NULL;
}

/* snmpd.conf(5), pass_persist. */
static int serve(void)
{
    char command[64], text[1024];
    struct fake_mib mib = {0};

    fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 3, true);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(command, sizeof(command), stdin) != NULL) {
        const struct fake_object *o;
        uint32_t oid[FAKE_OID];
        size_t n;

        if (strncmp(command, "PING", 4) == 0) {
            printf("PONG\n");
            continue;
        }
        if (fgets(text, sizeof(text), stdin) == NULL)
            break;
        text[strcspn(text, "\r\n")] = '\0';
        n = fake_oid(text + 1, oid);
        o = strncmp(command, "getnext", 7) == 0 ? fake_next(&mib, oid, n) : exact(&mib, oid, n);
        if (o == NULL)
            printf("NONE\n");
        else
            print_object(o);
        (void)fflush(stdout);
    }
    fake_free(&mib);
    return 0;
}

/* ---- snmpd ------------------------------------------------------------------------------ */

static const struct {
    enum gv_snmp_auth auth;
    const char *name;
} auths[] = {{GV_SNMP_MD5, "MD5"},        {GV_SNMP_SHA1, "SHA"},
             {GV_SNMP_SHA224, "SHA-224"}, {GV_SNMP_SHA256, "SHA-256"},
             {GV_SNMP_SHA384, "SHA-384"}, {GV_SNMP_SHA512, "SHA-512"}};

static const struct {
    enum gv_snmp_priv priv;
    const char *name;
} privs[] = {{GV_SNMP_NO_PRIV, NULL},
             {GV_SNMP_DES, "DES"},
             {GV_SNMP_AES128, "AES"},
             {GV_SNMP_AES192, "AES-192"},
             {GV_SNMP_AES256, "AES-256"},
             {GV_SNMP_AES192_REEDER, "AES-192-C"},
             {GV_SNMP_AES256_REEDER, "AES-256-C"}};

enum { AUTHS = 6, PRIVS = 7, TEXT = 512 };

static const uint8_t engine_id[] = {0x80, 0, 0, 9, 3, 0, 0x11, 0x22, 0x33, 0x44};

struct daemon {
    char dir[64];
    uint16_t port;
    pid_t pid;
    uint32_t boots; /* snmpEngineBoots of the next start */
    bool v6;        /* this machine has ::1 */
};

static void path_in(const struct daemon *d, const char *name, char out[TEXT])
{
    (void)snprintf(out, TEXT, "%s/%s", d->dir, name);
}

static void write_configuration(const struct daemon *d, const char *self, const char *engine)
{
    char path[TEXT];
    FILE *file;

    path_in(d, "snmpd.conf", path);
    file = fopen(path, "w");
    if (file == NULL)
        abort();
    (void)fprintf(file,
                  "rocommunity public\nrocommunity6 public\nsysName R1\nexactEngineID "
                  "%s\nrouser nobody noauth\n"
                  "oldEngineID %s\nengineBoots %u\n"
                  "sysDescr Cisco IOS Software, C3900 (C3900-UK9-M), Version 15.2(1)T, x\n"
                  "createUser nobody\n"
                  "pass_persist .1.3.6.1.4.1.9.9.759 %s --pass\n",
                  engine, engine, d->boots - 1, self);
    for (int a = 0; a < AUTHS; a++)
        for (int p = 0; p < PRIVS; p++) {
            (void)fprintf(file, "createUser u%d%d %s authpass-1 %s %s\nrouser u%d%d auth\n", a,
                          p, auths[a].name, privs[p].name != NULL ? privs[p].name : "",
                          privs[p].name != NULL ? "privpass-1" : "", a, p);
        }
    (void)fclose(file);
}

static void run_snmpd(const struct daemon *d)
{
    char conf[TEXT], log[TEXT], listen[TEXT], listen_v6[TEXT];
    int fd;

    path_in(d, "snmpd.conf", conf);
    path_in(d, "log", log);
    (void)snprintf(listen, sizeof(listen), "udp:127.0.0.1:%u", d->port);
    (void)snprintf(listen_v6, sizeof(listen_v6), "udp6:[::1]:%u", d->port);
    (void)setenv("SNMP_PERSISTENT_DIR", d->dir, 1);
    (void)setenv("MIBS", "", 1);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    (void)execl(snmpd, "snmpd", "-f", "-Lo", "-C", "-r", "-I", "-smux", "-c", conf, listen,
                d->v6 ? listen_v6 : (char *)NULL, (char *)NULL);
    _exit(127);
}

static void start_daemon(struct daemon *d, const char *self, const char *engine)
{
    write_configuration(d, self, engine);
    d->boots++;
    d->pid = fork();
    if (d->pid == 0)
        run_snmpd(d);
}

static void stop_daemon(struct daemon *d)
{
    (void)kill(d->pid, SIGTERM);
    (void)waitpid(d->pid, NULL, 0);
}

static void remove_files(const struct daemon *d)
{
    char command[TEXT];

    (void)snprintf(command, sizeof(command), "rm -rf '%s'", d->dir);
    CHECK_INT("removed", system(command), 0);
}

/* ---- Polls ------------------------------------------------------------------------------ */

struct outcome {
    struct gv_loop *loop;
    unsigned done;
    struct gv_poll_result result;
};

static void done(void *arg, struct gv_poll_result *result)
{
    struct outcome *o = arg;

    gv_observation_free(o->result.observation);
    o->done++;
    o->result = *result;
    gv_loop_stop(o->loop);
}

static void poll_once(struct gv_session *session, struct outcome *o)
{
    o->done = 0;
    gv_snmp_collector.start(session, done, o);
    while (o->done == 0)
        gv_loop_run(o->loop);
}

static bool whole(const struct outcome *o)
{
    const struct gv_observation *obs = o->result.observation;

    return obs != NULL && obs->groups != NULL && obs->groups->gm != NULL &&
           obs->groups->gm->registered && obs->groups->keks != NULL &&
           obs->groups->keks->remaining_s == 787 && obs->groups->teks != NULL;
}

static struct gv_target target_of(const struct daemon *d, const struct gv_snmp_credential *c)
{
    return (struct gv_target){.name = "R1",
                              .address = "127.0.0.1",
                              .snmp = c,
                              .snmp_port = d->port,
                              .snmp_timeout = {1000},
                              .snmp_retries = 1,
                              .deadline = {10000}};
}

/* Ask until snmpd answers: it takes a while to start. */
static bool wait_ready(struct gv_loop *loop, const struct daemon *d,
                       const struct gv_snmp_credential *v2c)
{
    struct gv_target target = target_of(d, v2c);
    struct outcome o = {.loop = loop};
    bool ready = false;

    target.snmp_timeout = (struct gv_dur){200};
    for (int i = 0; i < 100 && !ready; i++) {
        struct gv_session *session = gv_snmp_collector.open(loop, &target);

        poll_once(session, &o);
        ready = o.result.err == GV_OK;
        gv_snmp_collector.close(session);
        if (!ready)
            (void)usleep(50000);
    }
    gv_observation_free(o.result.observation);
    return ready;
}

static struct gv_secret *secret(const char *text)
{
    return gv_secret_new(text, strlen(text));
}

static struct gv_snmp_credential community_of(enum gv_snmp_version version, const char *text)
{
    return (struct gv_snmp_credential){.version = version, .community = secret(text)};
}

static struct gv_snmp_credential user_of(const char *user, enum gv_snmp_auth auth,
                                         enum gv_snmp_priv priv)
{
    return (struct gv_snmp_credential){.version = GV_SNMP_V3,
                                       .user = user,
                                       .auth = auth,
                                       .priv = priv,
                                       .auth_password = secret("authpass-1"),
                                       .priv_password = secret("privpass-1")};
}

static void clear(struct gv_snmp_credential *c)
{
    gv_secret_free(c->community);
    gv_secret_free(c->auth_password);
    gv_secret_free(c->priv_password);
}

/* One session, two polls: the first discovers, the second must not. */
static void check_polls_at(struct gv_loop *loop, const struct daemon *d, const char *address,
                           const char *name, struct gv_snmp_credential *c, enum gv_err want)
{
    struct gv_target target = target_of(d, c);
    struct outcome o = {.loop = loop};
    struct gv_session *session;
    unsigned first;

    target.address = address;
    session = gv_snmp_collector.open(loop, &target);
    poll_once(session, &o);
    first = o.result.requests;
    CHECK_INT(name, o.result.err, want);
    CHECK_INT(name, whole(&o), want == GV_OK);
    CHECK("no secret", strstr(o.result.detail, "pass-") == NULL);
    if (want == GV_OK) {
        poll_once(session, &o);
        CHECK_INT(name, o.result.err, GV_OK);
        CHECK_INT("one request, no discovery", o.result.requests, 1);
        CHECK("discovery, three PDUs, and no more", first <= 4);
    }
    gv_snmp_collector.close(session);
    gv_observation_free(o.result.observation);
    clear(c);
}

static void check_polls(struct gv_loop *loop, const struct daemon *d, const char *name,
                        struct gv_snmp_credential *c, enum gv_err want)
{
    check_polls_at(loop, d, "127.0.0.1", name, c, want);
}

static void test_v6(struct gv_loop *loop, const struct daemon *d)
{
    struct gv_snmp_credential v2c = community_of(GV_SNMP_V2C, "public");
    struct gv_snmp_credential v3 = user_of("u32", GV_SNMP_SHA256, GV_SNMP_AES128);

    if (!d->v6) {
        printf("skipped: no ::1 here\n");
        clear(&v2c);
        clear(&v3);
        return;
    }
    check_polls_at(loop, d, "::1", "SNMPv2c over IPv6", &v2c, GV_OK);
    check_polls_at(loop, d, "::1", "SNMPv3 over IPv6", &v3, GV_OK);
}

static void test_pairs(struct gv_loop *loop, const struct daemon *d)
{
    for (int a = 0; a < AUTHS; a++)
        for (int p = 0; p < PRIVS; p++) {
            struct gv_snmp_credential c;
            char user[8], name[64];

            (void)snprintf(user, sizeof(user), "u%d%d", a, p);
            (void)snprintf(name, sizeof(name), "%s with %s", auths[a].name,
                           privs[p].name != NULL ? privs[p].name : "no privacy");
            c = user_of(user, auths[a].auth, privs[p].priv);
            check_polls(loop, d, name, &c, GV_OK);
        }
}

static void test_versions(struct gv_loop *loop, const struct daemon *d)
{
    struct gv_snmp_credential v1 = community_of(GV_SNMP_V1, "public");
    struct gv_snmp_credential v2c = community_of(GV_SNMP_V2C, "public");
    struct gv_snmp_credential wrong = community_of(GV_SNMP_V2C, "private");
    struct gv_snmp_credential v3 = user_of("nobody", GV_SNMP_NO_AUTH, GV_SNMP_NO_PRIV);
    struct gv_target target = target_of(d, &v1);
    struct gv_session *session = gv_snmp_collector.open(loop, &target);
    struct outcome o = {.loop = loop};

    poll_once(session, &o);
    CHECK_INT("SNMPv1", o.result.err, GV_OK);
    CHECK("SNMPv1", whole(&o));
    gv_snmp_collector.close(session);
    gv_observation_free(o.result.observation);
    clear(&v1);
    check_polls(loop, d, "SNMPv2c", &v2c, GV_OK);
    check_polls(loop, d, "wrong community", &wrong, GV_ERR_TIMEOUT);
    check_polls(loop, d, "noAuthNoPriv", &v3, GV_OK);
}

static void test_refused(struct gv_loop *loop, const struct daemon *d)
{
    struct gv_snmp_credential c = user_of("u32", GV_SNMP_SHA256, GV_SNMP_AES128);

    gv_secret_free(c.auth_password);
    c.auth_password = secret("another-password");
    check_polls(loop, d, "wrong password", &c, GV_ERR_AUTHENTICATION);
    c = user_of("nobody-knows", GV_SNMP_SHA256, GV_SNMP_AES128);
    check_polls(loop, d, "unknown user", &c, GV_ERR_AUTHENTICATION);
    c = user_of("u32", GV_SNMP_SHA512, GV_SNMP_AES128);
    check_polls(loop, d, "wrong digest", &c, GV_ERR_AUTHENTICATION);
    c = user_of("u30", GV_SNMP_SHA256, GV_SNMP_AES128);
    check_polls(loop, d, "user without privacy", &c, GV_ERR_AUTHENTICATION);
    c = user_of("u32", GV_SNMP_SHA256, GV_SNMP_AES128);
    gv_secret_free(c.auth_password);
    c.auth_password = secret("short");
    check_polls(loop, d, "password of less than 8 characters", &c, GV_ERR_AUTHENTICATION);
    c = user_of("u32", GV_SNMP_SHA256, GV_SNMP_AES128);
    gv_secret_free(c.priv_password);
    c.priv_password = secret("another-password");
    /* AES cannot tell: snmpd finds no PDU in what it decrypts, and keeps silent. */
    check_polls(loop, d, "wrong privacy password", &c, GV_ERR_TIMEOUT);
}

/* A restart: boots + 1 and time 0, so our clock is out of the window. */
static void test_restart(struct gv_loop *loop, struct daemon *d, const char *self,
                         const char *engine, const char *other,
                         const struct gv_snmp_credential *v2c)
{
    struct gv_snmp_credential c = user_of("u34", GV_SNMP_SHA256, GV_SNMP_AES256);
    struct gv_target target = target_of(d, &c);
    struct gv_session *session = gv_snmp_collector.open(loop, &target);
    struct outcome o = {.loop = loop};

    poll_once(session, &o);
    CHECK_INT("before", o.result.err, GV_OK);
    stop_daemon(d);
    start_daemon(d, self, engine);
    CHECK("restarted", wait_ready(loop, d, v2c));
    poll_once(session, &o);
    CHECK_INT("not in time window, then one resynchronisation", o.result.err, GV_OK);
    CHECK("data", whole(&o));
    CHECK("the whole walk, and one request twice", o.result.requests <= 5);
    poll_once(session, &o);
    CHECK_INT("steady again", o.result.requests, 1);

    stop_daemon(d);
    start_daemon(d, self, other);
    CHECK("another engine", wait_ready(loop, d, v2c));
    for (int i = 0; i < 2; i++) {
        poll_once(session, &o);
        CHECK_INT("another engine id", o.result.err, GV_ERR_ENGINE_CHANGED);
        CHECK_INT("nothing for the new engine", o.result.requests, 1);
    }
    stop_daemon(d);
    start_daemon(d, self, engine);
    CHECK("the first engine", wait_ready(loop, d, v2c));
    poll_once(session, &o);
    CHECK_INT("the first engine again", o.result.err, GV_OK);
    /* RFC 3414, 2.2.2: boots that can count no further authenticate nothing any more. */
    stop_daemon(d);
    d->boots = INT32_MAX;
    start_daemon(d, self, engine);
    CHECK("the last boot of all", wait_ready(loop, d, v2c));
    poll_once(session, &o);
    CHECK_INT("the last boot of all", o.result.err, GV_ERR_TIME_WINDOW);
    gv_snmp_collector.close(session);
    session = gv_snmp_collector.open(loop, &target);
    poll_once(session, &o);
    CHECK_INT("met for the first time", o.result.err, GV_ERR_TIME_WINDOW);
    CHECK_INT("nothing but the discovery", o.result.requests, 1);
    gv_snmp_collector.close(session);
    gv_observation_free(o.result.observation);
    clear(&c);
}

/* Someone on the path changes or forges Reports: the poll succeeds all the same, and an
 * answer that proves nothing leaves no trace in the next one. */
static const struct {
    const char *name;
    enum relay_script script;
    enum gv_err first, second;
    unsigned most; /* messages of both polls */
} relayed[] = {
    {"nothing changed", RELAY_HONEST, GV_OK, GV_OK, 5},
    {"a discovery answered by another Report", RELAY_OTHER_REPORT, GV_OK, GV_OK, 6},
    {"a discovery that tells other boots", RELAY_OTHER_BOOTS, GV_OK, GV_OK, 7},
    {"a discovery that tells another engine id", RELAY_OTHER_ENGINE, GV_OK, GV_OK, 7},
    {"forged: unknown user name", RELAY_FORGED_USER, GV_OK, GV_OK, 5},
    /* Which makes the library send each request once more. */
    {"forged: not in time window", RELAY_FORGED_CLOCK, GV_OK, GV_OK, 9},
};

static void test_relayed(struct gv_loop *loop, const struct daemon *d)
{
    for (size_t i = 0; i < sizeof(relayed) / sizeof(relayed[0]); i++) {
        struct gv_snmp_credential c = user_of("u32", GV_SNMP_SHA256, GV_SNMP_AES128);
        struct gv_target target = target_of(d, &c);
        struct outcome o = {.loop = loop};
        struct gv_session *session;
        struct relay relay;

        relay_start(&relay, loop, d->port, engine_id, sizeof(engine_id));
        relay.script = relayed[i].script;
        target.snmp_port = relay.port;
        target.snmp_timeout = (struct gv_dur){300};
        session = gv_snmp_collector.open(loop, &target);
        poll_once(session, &o);
        CHECK_INT(relayed[i].name, o.result.err, relayed[i].first);
        poll_once(session, &o);
        CHECK_INT(relayed[i].name, o.result.err, relayed[i].second);
        CHECK_INT(relayed[i].name, whole(&o), true);
        CHECK(relayed[i].name, relay.requests <= relayed[i].most);
        gv_snmp_collector.close(session);
        gv_observation_free(o.result.observation);
        relay_stop(&relay);
        clear(&c);
    }
}

/* Two targets of one engine id: both work, and the log says so once. */
static void test_clones(struct gv_loop *loop, const struct daemon *d)
{
    struct gv_snmp_credential c = user_of("u12", GV_SNMP_SHA1, GV_SNMP_AES128);
    struct gv_target targets[2] = {target_of(d, &c), target_of(d, &c)};
    struct gv_session *sessions[2];
    struct outcome o = {.loop = loop};

    targets[1].name = "R2";
    for (int i = 0; i < 2; i++)
        sessions[i] = gv_snmp_collector.open(loop, &targets[i]);
    for (int i = 0; i < 4; i++) {
        poll_once(sessions[i % 2], &o);
        CHECK_INT("clone", o.result.err, GV_OK);
    }
    for (int i = 0; i < 2; i++)
        gv_snmp_collector.close(sessions[i]);
    gv_observation_free(o.result.observation);
    clear(&c);
}

static int run(const char *self)
{
    static const char engine[] = "0x80000009030011223344", other[] = "0x80000009030055667788";
    struct gv_snmp_credential v2c = community_of(GV_SNMP_V2C, "public");
    struct daemon d = {.dir = "/tmp/gv-snmpd-XXXXXX", .boots = 1};
    struct gv_loop *loop = gv_loop_new();
    int fd = bound_socket(false, &d.port), v6;
    uint16_t port_v6;

    (void)close(fd);
    v6 = bound_socket(true, &port_v6);
    d.v6 = v6 >= 0;
    if (d.v6)
        (void)close(v6);
    if (mkdtemp(d.dir) == NULL)
        return 1;
    start_daemon(&d, self, engine);
    CHECK("snmpd answers", wait_ready(loop, &d, &v2c));
    if (check_failed == 0) {
        test_versions(loop, &d);
        test_v6(loop, &d);
        test_pairs(loop, &d);
        test_refused(loop, &d);
        test_clones(loop, &d);
        test_relayed(loop, &d);
        test_restart(loop, &d, self, engine, other, &v2c);
    }
    stop_daemon(&d);
    if (check_failed == 0)
        remove_files(&d);
    clear(&v2c);
    gv_loop_free(loop);
    return check_end();
}

int main(int argc, char **argv)
{
    char self[TEXT];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (argc > 1 && strcmp(argv[1], "--pass") == 0)
        return serve();
    if (access(snmpd, X_OK) != 0 || n <= 0) {
        printf("skipped: no %s\n", snmpd);
        return 0;
    }
    self[n] = '\0';
    return run(self);
}
