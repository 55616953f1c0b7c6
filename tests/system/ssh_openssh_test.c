/* SPDX-License-Identifier: Apache-2.0 */
/* The SSH collector and the key scan against a real OpenSSH server, started here on
 * loopback with keys and a configuration of its own. Exit 77: no sshd. */
#include <arpa/inet.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "ssh/keyscan.h"
#include "ssh_peer.h"

enum { SKIPPED = 77, SHORT = 128 };

static const char router[] = "#!/bin/sh\n"
                             "printf 'R1#'\n"
                             "while read -r line; do\n"
                             "case $line in\n"
                             "'show version') echo 'Cisco IOS Software, Version 15.2(4)M' ;;\n"
                             "'show crypto gdoi') echo 'Group Name : G1' ;;\n"
                             "show*) echo '% Invalid input detected' ;;\n"
                             "esac\n"
                             "printf 'R1#'\n"
                             "done\n";

static char *user;

/* --- keys and servers --- */

static void run(const char *const argv[])
{
    pid_t pid = peer_start(argv, "out", "err");
    int status = 0;

    CHECK(argv[0], waitpid(pid, &status, 0) == pid && status == 0);
}

static void make_key(const char *name, const char *type, const char *passphrase)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "%s", peer_path(name));
    run((const char *[]){"/usr/bin/ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", path,
                         NULL});
}

static void wait_for(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    for (int tries = 0; tries < 500; tries++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool up = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

        (void)close(fd);
        if (up)
            return;
        (void)usleep(10000);
    }
}

/* Start sshd with the host key `key` and further configuration lines. HOME keeps the user's
 * shell from running the start-up files of whoever runs the tests: those may take seconds. */
static pid_t start_sshd(uint16_t port, const char *key, const char *more)
{
    char config[TEXT_SIZE], path[PATH_SIZE];
    pid_t pid;

    (void)snprintf(config, sizeof(config),
                   "Port %u\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\n"
                   "ForceCommand %s\nStrictModes no\nUsePAM no\nPidFile none\n"
                   "PermitRootLogin yes\nPasswordAuthentication no\nSetEnv HOME=%s\n"
                   "KbdInteractiveAuthentication no\nLogLevel DEBUG1\n%s",
                   port, peer_path(key), peer_path("authorized"), peer_path("router"),
                   peer_folder(), more);
    peer_write("sshd_config", config);
    (void)snprintf(path, sizeof(path), "%s", peer_path("sshd_config"));
    pid = peer_start((const char *[]){"/usr/sbin/sshd", "-D", "-e", "-f", path, NULL}, NULL,
                     "sshd");
    wait_for(port);
    return pid;
}

/* known_hosts with the public key in file `key`. */
static void enrol(uint16_t port, const char *key)
{
    char line[TEXT_SIZE];

    (void)snprintf(line, sizeof(line), "[127.0.0.1]:%u %s", port, peer_file(key));
    peer_write("known_hosts", line);
}

/* --- polls --- */

static const struct row {
    const char *name;
    const char *config; /* further lines of sshd's */
    const char *known;  /* whose host key is enrolled; NULL: none */
    const char *key;    /* of the user; NULL: none */
    const char *passphrase;
    bool agent;
    enum gv_ssh_profile profile;
    enum gv_err err;
    const char *detail;
    bool keep;
    bool asked; /* anything about a user reached the router */
} rows[] = {
    {.name = "public key", .known = "host.pub", .key = "user", .asked = true},
    {.name = "public key, channel kept",
     .known = "host.pub",
     .key = "user",
     .asked = true,
     .keep = true},
    {.name = "public key, libssh's own lists",
     .known = "host.pub",
     .key = "user",
     .asked = true,
     .profile = GV_SSH_DEFAULT},
    {.name = "public key with a passphrase",
     .known = "host.pub",
     .key = "locked",
     .passphrase = "key-secret",
     .asked = true},
    {.name = "wrong passphrase",
     .known = "host.pub",
     .key = "locked",
     .passphrase = "wrong",
     .err = GV_ERR_NOT_FOUND,
     .detail = "another passphrase",
     .asked = true},
    {.name = "no such key file",
     .known = "host.pub",
     .key = "none",
     .err = GV_ERR_NOT_FOUND,
     .detail = "missing",
     .asked = true},
    {.name = "another user's key",
     .known = "host.pub",
     .key = "other",
     .err = GV_ERR_AUTHENTICATION,
     .detail = "tried publickey",
     .asked = true},
    {.name = "agent", .known = "host.pub", .agent = true, .asked = true},
    {.name = "agent after a wrong key",
     .known = "host.pub",
     .key = "other",
     .agent = true,
     .asked = true},
    {.name = "no way that the router takes",
     .known = "host.pub",
     .err = GV_ERR_AUTHENTICATION,
     .detail = "none of the ways",
     .asked = true},
    {.name = "unknown host key",
     .key = "user",
     .err = GV_ERR_HOST_KEY_UNKNOWN,
     .detail = "getvpntool ssh-keyscan 127.0.0.1 --port "},
    {.name = "changed host key",
     .known = "other.pub",
     .key = "user",
     .err = GV_ERR_HOST_KEY_CHANGED,
     .detail = "CHANGED"},
    {.name = "host key of another type",
     .known = "rsa.pub",
     .key = "user",
     .err = GV_ERR_HOST_KEY_CHANGED,
     .detail = "CHANGED"},
    {.name = "key exchange mismatch",
     .config = "KexAlgorithms diffie-hellman-group14-sha1\n",
     .known = "host.pub",
     .key = "user",
     .profile = GV_SSH_MODERN,
     .err = GV_ERR_KEY_EXCHANGE,
     .detail = "no common kex algos: router diffie-hellman-group14-sha1"},
    {.name = "cipher mismatch",
     .config = "Ciphers aes128-cbc\n",
     .known = "host.pub",
     .key = "user",
     .profile = GV_SSH_MODERN,
     .err = GV_ERR_KEY_EXCHANGE,
     .detail = "router aes128-cbc; we aes128-gcm"},
    {.name = "legacy reaches it",
     .config = "KexAlgorithms diffie-hellman-group14-sha1\n",
     .known = "host.pub",
     .key = "user",
     .profile = GV_SSH_LEGACY,
     .asked = true},
    {.name = "legacy in everything",
     .config = "KexAlgorithms diffie-hellman-group1-sha1\nCiphers 3des-cbc\nMACs hmac-sha1\n",
     .known = "host.pub",
     .key = "user",
     .profile = GV_SSH_LEGACY,
     .asked = true},
    {.name = "new keys again and again",
     .config = "RekeyLimit 16\n",
     .known = "host.pub",
     .key = "user",
     .asked = true,
     .keep = true},
    {.name = "large group",
     .config = "KexAlgorithms diffie-hellman-group16-sha512\n",
     .known = "host.pub",
     .key = "user",
     .asked = true},
};

/* How late the loop's own timers come while a poll runs: what a stall would show in. */
struct lag {
    struct gv_loop *loop;
    struct gv_timer *timer;
    struct gv_time due;
    int64_t most_ms;
};

static void lag_due(void *arg)
{
    struct lag *lag = arg;
    struct gv_time now = gv_loop_now(lag->loop);
    int64_t late = gv_time_diff(now, lag->due).ms;

    if (late > lag->most_ms)
        lag->most_ms = late;
    lag->due = gv_time_add(now, (struct gv_dur){1});
    lag->timer = gv_timer_start(lag->loop, (struct gv_dur){1}, lag_due, lag);
}

static void run_row(const struct row *row)
{
    struct gv_ssh_credential credential = {.user = user, .agent = row->agent};
    struct gv_loop *loop = gv_loop_new();
    struct lag lag = {.loop = loop};
    uint16_t port = peer_port();
    struct gv_session *session;
    struct gv_target target;
    struct outcome outcome;
    char key[PATH_SIZE];
    pid_t sshd = start_sshd(port, "host", row->config ? row->config : "");

    if (row->known != NULL)
        enrol(port, row->known);
    else
        peer_write("known_hosts", "");
    if (row->key != NULL) {
        (void)snprintf(key, sizeof(key), "%s", peer_path(row->key));
        credential.key_file = key;
    }
    if (row->passphrase != NULL)
        credential.key_passphrase = gv_secret_new(row->passphrase, strlen(row->passphrase));
    target = peer_target(&credential, port);
    target.ssh_profile = row->profile;
    target.ssh_keep = row->keep;
    session = gv_ssh_collector.open(loop, &target);
    lag.due = gv_loop_now(loop);
    lag_due(&lag);
    outcome = peer_poll(loop, session);
    printf("%-30s %-17s %4lld ms (loop late by %lld ms at most)  %s\n", row->name,
           gv_err_name(outcome.err), (long long)outcome.duration.ms, (long long)lag.most_ms,
           outcome.detail);
    CHECK_INT(row->name, outcome.done, 1);
    CHECK_STR(row->name, gv_err_name(outcome.err), gv_err_name(row->err));
    CHECK(row->name, row->detail == NULL || strstr(outcome.detail, row->detail) != NULL);
    CHECK(row->name, outcome.observed == (row->err == GV_OK));
    CHECK(row->name, gv_ssh_session_connected(session) == target.ssh_keep);
    /* Requirement: nothing about the user before the host key is verified. */
    CHECK(row->name, (peer_count("sshd", "userauth-request") > 0) == row->asked);
    gv_timer_stop(lag.timer);
    gv_ssh_collector.close(session);
    gv_loop_free(loop);
    gv_secret_free(credential.key_passphrase);
    peer_stop(sshd);
}

/* --- key scan --- */

struct found {
    unsigned keys, known, changed;
    char fingerprint[SHORT];
};

static void found_key(void *arg, const struct gv_host_key *key)
{
    struct found *found = arg;

    found->keys++;
    found->known += key->known;
    found->changed += key->changed;
    (void)snprintf(found->fingerprint, sizeof(found->fingerprint), "%s", key->fingerprint);
}

static enum gv_err scan(uint16_t port, struct found *found, char *detail)
{
    const struct gv_keyscan what = {.host = "127.0.0.1",
                                    .port = port,
                                    .timeout = gv_secs(5),
                                    .known_hosts = peer_path("scanned"),
                                    .found = found_key,
                                    .arg = found};

    *found = (struct found){0};
    return gv_ssh_keyscan(&what, detail);
}

static void test_keyscan(void)
{
    char more[2 * PATH_SIZE], detail[GV_DETAIL_SIZE], path[PATH_SIZE];
    uint16_t port = peer_port();
    struct found found;
    pid_t sshd;

    (void)snprintf(more, sizeof(more), "HostKey %s\n", peer_path("rsa"));
    sshd = start_sshd(port, "host", more);
    CHECK_INT("first", scan(port, &found, detail), GV_OK);
    CHECK_INT("keys", found.keys, 2);
    CHECK_INT("new", found.known, 0);
    CHECK_INT("two lines", peer_count("scanned", "\n"), 2);
    CHECK_INT("with the port", peer_count("scanned", "[127.0.0.1]:"), 2);
    CHECK_INT("ed25519", peer_count("scanned", " ssh-ed25519 "), 1);
    CHECK_INT("rsa", peer_count("scanned", " ssh-rsa "), 1);
    (void)snprintf(path, sizeof(path), "%s", peer_path("rsa.pub"));
    run((const char *[]){"/usr/bin/ssh-keygen", "-l", "-f", path, NULL});
    CHECK("fingerprint as OpenSSH prints it", strstr(peer_file("out"), found.fingerprint));
    CHECK_INT("again", scan(port, &found, detail), GV_OK);
    CHECK_INT("known", found.known, 2);
    CHECK_INT("still two lines", peer_count("scanned", "\n"), 2);
    CHECK_INT("no login", peer_count("sshd", "userauth-request"), 0);
    peer_stop(sshd);
    CHECK_INT("nobody there", scan(port, &found, detail), GV_ERR_UNREACHABLE);
    CHECK("said", detail[0] != '\0');
    sshd = start_sshd(port, "other", "");
    CHECK_INT("another key", scan(port, &found, detail), GV_ERR_HOST_KEY_CHANGED);
    CHECK_INT("told", found.changed, 1);
    CHECK("what to do", strstr(detail, "remove") != NULL);
    CHECK_INT("not enrolled", peer_count("scanned", "\n"), 2);
    peer_stop(sshd);
}

/* --- many at once --- */

enum { CROWD = 8 };

struct crowd {
    struct gv_loop *loop;
    unsigned done, good;
};

static void one_done(void *arg, struct gv_poll_result *result)
{
    struct crowd *crowd = arg;

    crowd->good += result->err == GV_OK && result->observation != NULL;
    gv_observation_free(result->observation);
    if (++crowd->done == CROWD)
        gv_loop_stop(crowd->loop);
}

/* More polls than worker threads, twice: with logins, then on the kept channels. */
static void test_crowd(void)
{
    struct crowd crowd = {.loop = gv_loop_new()};
    struct gv_session *sessions[CROWD];
    struct gv_ssh_credential credential = {.user = user, .agent = true};
    uint16_t port = peer_port();
    pid_t sshd = start_sshd(port, "host", "");
    struct gv_target target;

    enrol(port, "host.pub");
    target = peer_target(&credential, port);
    target.ssh_keep = true;
    for (size_t i = 0; i < CROWD; i++)
        sessions[i] = gv_ssh_collector.open(crowd.loop, &target);
    for (int turn = 0; turn < 2; turn++) {
        crowd.done = crowd.good = 0;
        for (size_t i = 0; i < CROWD; i++)
            gv_ssh_collector.start(sessions[i], one_done, &crowd);
        gv_loop_run(crowd.loop);
        CHECK_INT("crowd", crowd.good, CROWD);
    }
    CHECK_INT("logins", peer_count("sshd", "Accepted publickey"), CROWD);
    for (size_t i = 0; i < CROWD; i++)
        gv_ssh_collector.close(sessions[i]);
    gv_loop_free(crowd.loop);
    peer_stop(sshd);
}

static pid_t start_agent(void)
{
    char path[PATH_SIZE], key[PATH_SIZE];
    pid_t pid;

    (void)snprintf(path, sizeof(path), "%s", peer_path("agent"));
    (void)snprintf(key, sizeof(key), "%s", peer_path("user"));
    (void)setenv("SSH_AUTH_SOCK", path, 1);
    pid = peer_start((const char *[]){"/usr/bin/ssh-agent", "-D", "-a", path, NULL}, "out",
                     "err");
    for (int tries = 0; tries < 500 && access(path, F_OK) != 0; tries++)
        (void)usleep(10000);
    run((const char *[]){"/usr/bin/ssh-add", "-q", key, NULL});
    return pid;
}

int main(void)
{
    const struct passwd *me = getpwuid(getuid());
    pid_t agent;

    if (access("/usr/sbin/sshd", X_OK) != 0 || access("/usr/bin/ssh-agent", X_OK) != 0) {
        printf("skipped: OpenSSH is not installed\n");
        return SKIPPED;
    }
    user = strdup(me ? me->pw_name : "root");
    if (getuid() == 0)
        (void)mkdir("/run/sshd", 0755);
    make_key("host", "ed25519", "");
    make_key("other", "ed25519", "");
    make_key("rsa", "rsa", "");
    make_key("user", "ed25519", "");
    make_key("locked", "ed25519", "key-secret");
    peer_write("authorized", peer_file("user.pub"));
    peer_append("authorized", peer_file("locked.pub"));
    peer_write("router", router);
    (void)chmod(peer_path("router"), 0755);
    (void)chmod(peer_folder(), 0755);
    agent = start_agent();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        run_row(&rows[i]);
    test_keyscan();
    test_crowd();
    peer_stop(agent);
    peer_folder_drop();
    free(user);
    return check_end();
}
