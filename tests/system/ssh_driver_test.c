/* SPDX-License-Identifier: Apache-2.0 */
/* The SSH collector against ssh_server, which behaves well or badly as it is told.
 * usage: ssh_driver_test SSH_SERVER [--measure] */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "ssh_peer.h"

static const char *server;

#define FIRST                                                                                  \
    "show version;show running-config | section gdoi;show crypto gdoi;"                        \
    "show crypto gdoi gm rekey detail;show crypto gdoi ks;show crypto gdoi ks policy;"         \
    "show crypto gdoi ks members;show crypto gdoi ks coop;show crypto gdoi ks rekey;"
#define LATER "show crypto gdoi;show version;"

/* One poll each, on a server and a session of its own. */
static const struct row {
    const char *name, *mode, *cut, *how;
    const char *password, *enable;
    int timeout_ms, deadline_ms;
    enum gv_err err;
    const char *detail;   /* must stand in it */
    const char *commands; /* whose output was read; NULL: any */
    unsigned logins;      /* attempts */
    bool observed;
} rows[] = {
    {.name = "password", .mode = "normal", .commands = FIRST, .logins = 1, .observed = true},
    {.name = "keyboard-interactive",
     .mode = "keyboard",
     .commands = FIRST,
     .logins = 1,
     .observed = true},
    {.name = "wrong password",
     .mode = "normal",
     .password = "wrong",
     .err = GV_ERR_AUTHENTICATION,
     .detail = "tried password",
     .commands = "",
     .logins = 1},
    {.name = "wrong password, keyboard",
     .mode = "keyboard",
     .password = "wrong",
     .err = GV_ERR_AUTHENTICATION,
     .detail = "tried keyboard-interactive",
     .commands = "",
     .logins = 1},
    {.name = "wrong password is tried once",
     .mode = "both",
     .password = "wrong",
     .err = GV_ERR_AUTHENTICATION,
     .commands = "",
     .logins = 1},
    {.name = "wrong password, hung up",
     .mode = "refuse-close",
     .password = "wrong",
     .err = GV_ERR_AUTHENTICATION,
     .detail = "tried password",
     .commands = "",
     .logins = 1},
    {.name = "hung up at login",
     .mode = "leave",
     .err = GV_ERR_UNREACHABLE,
     .detail = "login: ",
     .commands = ""},
    {.name = "no proof wanted", .mode = "open", .commands = FIRST, .observed = true},
    {.name = "two prompts are not for us",
     .mode = "two-prompts",
     .err = GV_ERR_AUTHENTICATION,
     .commands = "",
     .logins = 0},
    {.name = "enable",
     .mode = "enable",
     .enable = "enable-secret",
     .commands = FIRST,
     .logins = 1,
     .observed = true},
    {.name = "enable refused",
     .mode = "enable-wrong",
     .enable = "enable-secret",
     .err = GV_ERR_AUTHENTICATION,
     .detail = "enable: enable was refused",
     .commands = "",
     .logins = 1},
    {.name = "user mode", .mode = "enable", .commands = FIRST, .logins = 1, .observed = true},
    {.name = "banner of 1 MB",
     .mode = "motd",
     .commands = FIRST,
     .logins = 1,
     .observed = true},
    {.name = "pager", .mode = "pager", .commands = FIRST, .logins = 1, .observed = true},
    {.name = "escapes", .mode = "escapes", .commands = FIRST, .logins = 1, .observed = true},
    {.name = "invalid input",
     .mode = "invalid",
     .err = GV_ERR_NOT_SUPPORTED,
     .detail = "show crypto gdoi: the router does not know it",
     .commands = FIRST,
     .logins = 1},
    {.name = "authorization failed",
     .mode = "unauthorized",
     .err = GV_ERR_AUTHORIZATION,
     .detail = "does not allow",
     .commands = FIRST,
     .logins = 1},
    {.name = "one command not authorized",
     .mode = "one-unauthorized",
     .commands = FIRST,
     .logins = 1,
     .observed = true},
    {.name = "empty output",
     .mode = "empty",
     .err = GV_ERR_NO_DATA,
     .detail = "no GETVPN group",
     .commands = FIRST,
     .logins = 1},
    {.name = "endless output",
     .mode = "endless",
     .err = GV_ERR_TOO_LARGE,
     .detail = "show crypto gdoi: the output exceeds",
     .logins = 1,
     .observed = true},
    {.name = "line without end",
     .mode = "longline",
     .err = GV_ERR_TOO_LARGE,
     .detail = "a line exceeds",
     .logins = 1,
     .observed = true},
    {.name = "hang in mid-output",
     .mode = "hang",
     .err = GV_ERR_TIMEOUT,
     .timeout_ms = 500,
     .detail = "show crypto gdoi: no answer in time",
     .logins = 1,
     .observed = true},
    {.name = "drip in mid-output",
     .mode = "drip",
     .err = GV_ERR_TIMEOUT,
     .timeout_ms = 500,
     .detail = "show crypto gdoi: no answer in time",
     .logins = 1,
     .observed = true},
    {.name = "deadline",
     .mode = "hang",
     .err = GV_ERR_TIMEOUT,
     .deadline_ms = 2000,
     .detail = "the whole poll took longer",
     .logins = 1,
     .observed = true},
    {.name = "no prompt",
     .mode = "noprompt",
     .err = GV_ERR_TIMEOUT,
     .timeout_ms = 1000,
     .detail = "waiting for a prompt",
     .commands = "",
     .logins = 1},
    {.name = "no line is free",
     .mode = "no-lines",
     .err = GV_ERR_UNREACHABLE,
     .detail = "channel",
     .commands = "",
     .logins = 1},
    {.name = "silent",
     .mode = "silent",
     .err = GV_ERR_TIMEOUT,
     .timeout_ms = 500,
     .detail = "key exchange: no answer in time",
     .commands = ""},
    {.name = "hang-up", .mode = "hangup", .err = GV_ERR_UNREACHABLE, .commands = ""},
    {.name = "banner flood",
     .mode = "flood",
     .timeout_ms = 500,
     .err = GV_ERR_TIMEOUT,
     .commands = ""},
    {.name = "not SSH", .mode = "http", .err = GV_ERR_UNREACHABLE, .commands = ""},
    {.name = "packet of 2 GB", .mode = "huge", .err = GV_ERR_MALFORMED, .commands = ""},
    {.name = "empty key exchange",
     .mode = "kexinit",
     .err = GV_ERR_KEY_EXCHANGE,
     .commands = ""},
    {.name = "old algorithms only",
     .mode = "old",
     .err = GV_ERR_KEY_EXCHANGE,
     .detail = "no common kex algos: router diffie-hellman-group1-sha1; we curve25519-sha256,",
     .commands = ""},
    {.name = "drip from the first octet",
     .mode = "normal",
     .cut = "0",
     .how = "drip",
     .timeout_ms = 600,
     .err = GV_ERR_TIMEOUT,
     .detail = "key exchange",
     .commands = ""},
};

struct fixture {
    struct gv_ssh_credential credential;
    struct gv_target target;
    struct gv_loop *loop;
    struct gv_session *session;
    pid_t pid;
};

static void set_up(struct fixture *f, const char *mode, const char *cut, const char *how)
{
    uint16_t port;

    *f = (struct fixture){.loop = gv_loop_new()};
    f->pid = peer_server(server, mode, cut, how, &port);
    f->credential.user = "monitor";
    f->credential.password = gv_secret_new("login-secret", 12);
    f->target = peer_target(&f->credential, port);
    peer_show_reset();
}

static void tear_down(struct fixture *f)
{
    gv_ssh_collector.close(f->session);
    gv_loop_free(f->loop);
    peer_stop(f->pid);
    gv_secret_free(f->credential.password);
    gv_secret_free(f->credential.enable);
}

/* One poll as the row says, with `scale` times its limits; the fixture stays set up. */
static struct outcome poll_row(const struct row *row, int scale, struct fixture *f)
{
    set_up(f, row->mode, row->cut, row->how);
    if (row->password != NULL) {
        gv_secret_free(f->credential.password);
        f->credential.password = gv_secret_new(row->password, strlen(row->password));
    }
    if (row->enable != NULL)
        f->credential.enable = gv_secret_new(row->enable, strlen(row->enable));
    if (row->timeout_ms > 0)
        f->target.ssh_timeout.ms = row->timeout_ms * scale;
    if (row->deadline_ms > 0)
        f->target.deadline.ms = row->deadline_ms * scale;
    f->session = gv_ssh_collector.open(f->loop, &f->target);
    return peer_poll(f->loop, f->session);
}

/* Did the limit end the poll before the step that the row is about? */
static bool too_soon(const struct row *row, const struct outcome *outcome)
{
    return row->err == GV_ERR_TIMEOUT && outcome->err == GV_ERR_TIMEOUT &&
           (outcome->observed != row->observed ||
            (row->detail != NULL && strstr(outcome->detail, row->detail) == NULL));
}

static void run_row(const struct row *row)
{
    struct outcome outcome;
    struct fixture f;

    outcome = poll_row(row, 1, &f);
    /* A busy machine reaches no step in a short limit: the limit grows, not the row. */
    for (int scale = 4; scale <= 16 && too_soon(row, &outcome); scale *= 4) {
        tear_down(&f);
        outcome = poll_row(row, scale, &f);
    }
    printf("%-30s %-16s %5lld ms  %s\n", row->name, gv_err_name(outcome.err),
           (long long)outcome.duration.ms, outcome.detail);
    CHECK_INT(row->name, outcome.done, 1);
    CHECK_STR(row->name, gv_err_name(outcome.err), gv_err_name(row->err));
    CHECK(row->name, (outcome.detail[0] != '\0') == (row->err != GV_OK));
    CHECK(row->name, row->detail == NULL || strstr(outcome.detail, row->detail) != NULL);
    CHECK(row->name, outcome.observed == row->observed);
    CHECK(row->name, !gv_ssh_session_connected(f.session));
    if (row->commands != NULL)
        CHECK_STR(row->name, peer_show_commands, row->commands);
    CHECK_INT(row->name, peer_count("log", "auth "), row->logins);
    for (const char *c = peer_show_outputs; *c != '\0'; c++)
        CHECK(row->name, *c == '\n' || (*c >= ' ' && *c <= '~'));
    tear_down(&f);
}

/* Every line that was ever typed is in the list. threats 2.2. */
static void check_typed(const char *name)
{
    struct gv_text rest = gv_text(peer_file("log")), line;

    while (gv_text_line(&rest, &line)) {
        bool found = gv_text_is(line, "typed ") || !gv_text_starts(line, "typed ") ||
                     gv_text_starts(line, "typed show ") ||
                     gv_text_is(line, "typed terminal length 0") ||
                     gv_text_is(line, "typed terminal width 0") ||
                     gv_text_is(line, "typed enable");

        CHECK(name, found);
    }
}

/* Polls on a kept channel: one login; what has no answer is not asked again; what
 * changes rarely is read again from memory. */
static void test_kept(void)
{
    struct outcome outcome;
    struct fixture f;

    set_up(&f, "normal", NULL, NULL);
    f.target.ssh_keep = true;
    f.session = gv_ssh_collector.open(f.loop, &f.target);
    CHECK("not yet", !gv_ssh_session_connected(f.session));
    outcome = peer_poll(f.loop, f.session);
    CHECK_INT("first", outcome.err, GV_OK);
    CHECK_INT("first asks all", outcome.requests, 9);
    CHECK("kept", gv_ssh_session_connected(f.session));
    for (int i = 0; i < 3; i++) {
        peer_show_reset();
        outcome = peer_poll(f.loop, f.session);
        CHECK_INT("later", outcome.err, GV_OK);
        CHECK_STR("later", peer_show_commands, LATER);
        CHECK_INT("later asks one", outcome.requests, 1);
    }
    CHECK_INT("one login", peer_count("log", "connection"), 1);
    outcome = peer_poll_cancelled(f.loop, f.session, (struct gv_dur){5});
    CHECK_INT("cancelled", outcome.err, GV_ERR_CANCELLED);
    CHECK("a cancelled answer would come too late", !gv_ssh_session_connected(f.session));
    CHECK_INT("after", peer_poll(f.loop, f.session).err, GV_OK);
    check_typed("kept");
    tear_down(&f);
}

/* A kept session that died between polls costs a login and nothing else. */
static void test_dead(const char *mode, bool noticed)
{
    struct outcome outcome;
    struct fixture f;

    set_up(&f, mode, NULL, NULL);
    f.target.ssh_keep = true;
    f.session = gv_ssh_collector.open(f.loop, &f.target);
    CHECK_INT(mode, peer_poll(f.loop, f.session).err, GV_OK);
    for (int turns = 0; noticed && turns < 500 && gv_ssh_session_connected(f.session); turns++)
        peer_wait(f.loop, (struct gv_dur){20});
    CHECK(mode, gv_ssh_session_connected(f.session) == !noticed);
    f.target.ssh_timeout = gv_secs(4); /* what the hole costs */
    peer_show_reset();
    outcome = peer_poll(f.loop, f.session);
    CHECK_INT(mode, outcome.err, GV_OK);
    CHECK_STR(mode, outcome.detail, "");
    CHECK_STR(mode, peer_show_commands, "show version;show crypto gdoi;");
    CHECK_INT(mode, peer_count("log", "connection"), 2);
    tear_down(&f);
}

/* threats 2.2: no password leaves towards a host key that is unknown or another. */
static void test_password_waits_for_host_key(void)
{
    static const char other[] =
        "AAAAC3NzaC1lZDI1NTE5AAAAIJ0bk3Wf0bQ5aVvVx1r0oXl2nqT0m5uWfYxwzGkz9y1b";
    static const enum gv_err errors[] = {GV_ERR_HOST_KEY_UNKNOWN, GV_ERR_HOST_KEY_CHANGED,
                                         GV_ERR_HOST_KEY_UNKNOWN};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        struct outcome outcome;
        struct fixture f;
        char line[256] = "";

        set_up(&f, "normal", NULL, NULL);
        if (errors[i] == GV_ERR_HOST_KEY_CHANGED)
            (void)snprintf(line, sizeof(line), "[127.0.0.1]:%u ssh-ed25519 %s\n",
                           f.target.ssh_port, other);
        peer_write("known_hosts", line);
        if (i == 2)
            f.target.ssh_known_hosts = peer_path("no such file");
        f.session = gv_ssh_collector.open(f.loop, &f.target);
        outcome = peer_poll(f.loop, f.session);
        CHECK_STR("host key", gv_err_name(outcome.err), gv_err_name(errors[i]));
        CHECK_INT("connected", peer_count("log", "connection"), 1);
        CHECK_INT("no attempt", peer_count("log", "auth"), 0);
        tear_down(&f);
    }
}

/* fault 35: the name stops resolving: the last good address is used (there, the host
 * key of the other name is unknown). */
static void test_names(void)
{
    struct outcome outcome;
    struct fixture f;

    set_up(&f, "normal", NULL, NULL);
    f.session = gv_ssh_collector.open(f.loop, &f.target);
    CHECK_INT("good", peer_poll(f.loop, f.session).err, GV_OK);
    f.target.address = "router.invalid";
    outcome = peer_poll(f.loop, f.session);
    CHECK_STR("last good address", gv_err_name(outcome.err), "host_key_unknown");
    gv_ssh_collector.close(f.session);
    f.session = gv_ssh_collector.open(f.loop, &f.target);
    outcome = peer_poll(f.loop, f.session);
    CHECK_STR("none yet", gv_err_name(outcome.err), "name_lookup");
    CHECK("names the host", strstr(outcome.detail, "router.invalid") != NULL);
    tear_down(&f);
}

/* A port where nobody listens, and one whose queue is full so that SYNs are dropped. */
static void test_no_connection(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int full[3];
    struct outcome outcome;
    struct fixture f;

    set_up(&f, "normal", NULL, NULL);
    f.target.ssh_port = peer_port();
    f.session = gv_ssh_collector.open(f.loop, &f.target);
    outcome = peer_poll(f.loop, f.session);
    CHECK_STR("refused", gv_err_name(outcome.err), "unreachable");
    CHECK("says so", strstr(outcome.detail, "refused") != NULL);
    for (size_t i = 0; i < 3; i++) {
        full[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (i > 0 ? SOCK_NONBLOCK : 0), 0);
        if (i > 0)
            (void)connect(full[i], (struct sockaddr *)&at, n);
        else
            CHECK("queue", bind(full[0], (struct sockaddr *)&at, n) == 0 &&
                               listen(full[0], 0) == 0 &&
                               getsockname(full[0], (struct sockaddr *)&at, &n) == 0);
    }
    f.target.ssh_port = ntohs(at.sin_port);
    f.target.ssh_timeout.ms = 300;
    outcome = peer_poll(f.loop, f.session);
    CHECK_STR("dropped", gv_err_name(outcome.err), "timeout");
    CHECK_STR("dropped", outcome.detail, "connect: no answer in time");
    for (size_t i = 0; i < 3; i++)
        (void)close(full[i]);
    tear_down(&f);
}

/* Cancel after each of many delays: the callback comes once, nothing is left. */
static void test_cancel_each_step(void)
{
    unsigned before = peer_descriptors(), cancelled = 0;

    for (int ms = 0; ms < 800; ms += ms < 40 ? 4 : 80) {
        struct outcome outcome;
        struct fixture f;

        set_up(&f, "normal", NULL, NULL);
        f.session = gv_ssh_collector.open(f.loop, &f.target);
        outcome = peer_poll_cancelled(f.loop, f.session, (struct gv_dur){ms});
        CHECK_INT("done", outcome.done, 1);
        CHECK("result", outcome.err == GV_ERR_CANCELLED || outcome.err == GV_OK);
        cancelled += outcome.err == GV_ERR_CANCELLED;
        tear_down(&f);
    }
    CHECK("some in time", cancelled > 10);
    CHECK_INT("descriptors", peer_descriptors(), before);
}

/* fault 33: the router closes after N octets: never an output that is half of one. */
static void test_closed_each_step(void)
{
    static const char whole[] = "GROUP INFORMATION\n\n    Group Name               : G1\n";

    for (int n = 0; n < 6400; n += 400) {
        struct outcome outcome;
        struct fixture f;
        char cut[16];
        const char *at;

        (void)snprintf(cut, sizeof(cut), "%d", n);
        set_up(&f, "normal", cut, "close");
        f.session = gv_ssh_collector.open(f.loop, &f.target);
        outcome = peer_poll(f.loop, f.session);
        CHECK_INT("done", outcome.done, 1);
        CHECK(cut, outcome.err != GV_OK || strcmp(peer_show_commands, FIRST) == 0);
        at = strstr(peer_show_outputs, "GROUP");
        CHECK(cut, at == NULL || strncmp(at, whole, sizeof(whole) - 1) == 0);
        tear_down(&f);
    }
}

static double cpu_ms(void)
{
    struct rusage used;

    (void)getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000.0 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000.0;
}

/* Not a check: how much a poll costs, for the README. */
static void measure(bool keep, int polls)
{
    struct outcome outcome;
    struct fixture f;
    double before, first;
    unsigned requests = 0;

    set_up(&f, "normal", NULL, NULL);
    f.target.ssh_keep = keep;
    f.session = gv_ssh_collector.open(f.loop, &f.target);
    before = cpu_ms();
    CHECK_INT("first", peer_poll(f.loop, f.session).err, GV_OK);
    first = cpu_ms() - before;
    before = cpu_ms();
    for (int i = 0; i < polls; i++) {
        outcome = peer_poll(f.loop, f.session);
        requests += outcome.requests;
        if (outcome.err != GV_OK)
            CHECK_STR("poll", outcome.detail, "");
    }
    printf("%s: first poll %.2f ms CPU; then %.2f ms a poll (%.1f commands)\n",
           keep ? "kept channel" : "new login each", first, (cpu_ms() - before) / polls,
           (double)requests / polls);
    tear_down(&f);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    server = argv[1];
    (void)setenv("SSH_AUTH_SOCK", "", 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        run_row(&rows[i]);
    test_kept();
    test_dead("idle-close", true);
    test_dead("hole", false);
    test_password_waits_for_host_key();
    test_names();
    test_no_connection();
    test_cancel_each_step();
    test_closed_each_step();
    if (argc > 2) {
        measure(true, 40);
        measure(false, 20);
    }
    peer_folder_drop();
    return check_end();
}
