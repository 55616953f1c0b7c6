/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/login.h"

#include <fcntl.h>
#include <libssh/callbacks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/detail.h"
#include "ssh/auth.h"
#include "ssh/profile.h"

enum {
    COLUMNS = 511, /* no line is wrapped or scrolled before `terminal width 0` */
    ROWS = 511,
    LIST_SHOWN = 80 /* characters of an algorithm list in a detail */
};

#define SAY(login, ...) gv_detail((login)->detail, sizeof((login)->detail), __VA_ARGS__)

enum gv_login_result gv_login_failed(struct gv_login *login, enum gv_err err)
{
    login->err = err;
    return GV_LOGIN_FAILED;
}

/* --- session --- */

static bool set_lists(ssh_session session, const struct gv_ssh_algorithms *a,
                      const char *host_key)
{
    const struct {
        enum ssh_options_e option;
        const char *value;
    } lists[] = {
        {SSH_OPTIONS_KEY_EXCHANGE, a->key_exchange},
        {SSH_OPTIONS_HOSTKEYS, host_key ? host_key : a->host_key},
        {SSH_OPTIONS_CIPHERS_C_S, a->cipher},
        {SSH_OPTIONS_CIPHERS_S_C, a->cipher},
        {SSH_OPTIONS_HMAC_C_S, a->mac},
        {SSH_OPTIONS_HMAC_S_C, a->mac},
        {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, a->user_key},
        {SSH_OPTIONS_COMPRESSION, "no"},
        {SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null"},
        /* libssh wants to know where keys are; a service's user may have no home. */
        {SSH_OPTIONS_SSH_DIR, "/dev/null"},
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (lists[i].value != NULL &&
            ssh_options_set(session, lists[i].option, lists[i].value) != SSH_OK)
            return false;
    return true;
}

ssh_session gv_login_session(const char *host, uint16_t port, enum gv_ssh_profile profile,
                             const char *host_key)
{
    const struct gv_ssh_algorithms *a = gv_ssh_algorithms(profile);
    ssh_session session = ssh_new();
    unsigned number = port;
    bool config = false;

    if (session == NULL)
        return NULL;
    ssh_set_log_level(SSH_LOG_NOLOG);
    if (ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &config) == SSH_OK &&
        ssh_options_set(session, SSH_OPTIONS_HOST, host) == SSH_OK &&
        ssh_options_set(session, SSH_OPTIONS_PORT, &number) == SSH_OK &&
        ssh_options_set(session, SSH_OPTIONS_RSA_MIN_SIZE, &a->rsa_bits_least) == SSH_OK &&
        set_lists(session, a, host_key))
        return session;
    ssh_free(session);
    return NULL;
}

static enum gv_login_result start_session(struct gv_login *login)
{
    login->session = gv_login_session(login->host, login->port, login->profile, NULL);
    if (login->session == NULL ||
        ssh_options_set(login->session, SSH_OPTIONS_USER, login->user) != SSH_OK ||
        ssh_options_set(login->session, SSH_OPTIONS_KNOWNHOSTS,
                        login->known_hosts ? login->known_hosts : "/dev/null") != SSH_OK ||
        ssh_options_set(login->session, SSH_OPTIONS_FD, &login->fd) != SSH_OK) {
        SAY(login, "libssh refuses an option: %s",
            login->session ? ssh_get_error(login->session) : "no session");
        return gv_login_failed(login, GV_ERR_SYSTEM);
    }
    ssh_set_blocking(login->session, 0);
    return GV_LOGIN_DONE;
}

/* --- key exchange --- */

/* The text between `open` and `close` behind `label`. */
static struct gv_text between(struct gv_text t, const char *label, char open, char close)
{
    t = gv_text_from(t, gv_text_find(t, label));
    t = gv_text_from(t, gv_text_index(t, open) + 1);
    return gv_text_head(t, gv_text_index(t, close));
}

static int shown(struct gv_text t)
{
    return (int)(t.n < LIST_SHOWN ? t.n : LIST_SHOWN);
}

/* libssh: "kex error : no match for method KIND: server [LIST], client [LIST]". */
static enum gv_login_result no_common_algorithm(struct gv_login *login, struct gv_text error)
{
    struct gv_text kind = between(error, "method", ' ', ':');
    struct gv_text theirs = between(error, "server [", '[', ']');
    struct gv_text ours = between(error, "client [", '[', ']');

    SAY(login, "no common %.*s: router %.*s%s; we %.*s%s%s", shown(kind), kind.at,
        shown(theirs), theirs.at, theirs.n > LIST_SHOWN ? "..." : "", shown(ours), ours.at,
        ours.n > LIST_SHOWN ? "..." : "",
        login->profile == GV_SSH_LEGACY ? "" : " (profile legacy offers more)");
    return gv_login_failed(login, GV_ERR_KEY_EXCHANGE);
}

enum gv_login_result gv_login_broken(struct gv_login *login)
{
    static const struct {
        const char *words;
        enum gv_err err;
    } known[] = {
        {"SSH_MSG_DISCONNECT: 3:", GV_ERR_KEY_EXCHANGE},
        {"Too many authentication", GV_ERR_AUTHENTICATION},
        {"RSA key too short", GV_ERR_KEY_EXCHANGE},
        {"too small", GV_ERR_KEY_EXCHANGE},
        {"signature", GV_ERR_MALFORMED},
        {"banner", GV_ERR_MALFORMED},
        {"protocol version", GV_ERR_MALFORMED},
        {"packet", GV_ERR_MALFORMED},
        {"HMAC", GV_ERR_MALFORMED},
    };
    struct gv_text error =
        gv_text(login->reason[0] != '\0' ? login->reason : ssh_get_error(login->session));

    if (gv_text_find(error, "no match for method") < error.n)
        return no_common_algorithm(login, error);
    SAY(login, "%s", error.n > 0 ? error.at : "closed by the router");
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (gv_text_find(error, known[i].words) < error.n)
            return gv_login_failed(login, known[i].err);
    return gv_login_failed(login, GV_ERR_UNREACHABLE);
}

/* Whose log it is. */
struct logged {
    ssh_session session;
    char *reason;
};

/* libssh writes "Socket error: Success" over its own reason where it hung up itself and the
 * socket was writable too. It logs each error that it sets: keep the one before. */
static void keep_reason(int priority, const char *function, const char *text, void *arg)
{
    const struct logged *logged = arg;
    const char *error = ssh_get_error(logged->session);

    (void)priority;
    (void)function;
    (void)text;
    if (!gv_text_starts(gv_text(error), "Socket error"))
        (void)snprintf(logged->reason, GV_LOGIN_REASON_MOST, "%s", error);
}

int gv_login_connect(ssh_session session, char *reason)
{
    struct logged logged = {session, reason};
    int rc;

    reason[0] = '\0';
    ssh_set_log_userdata(&logged); /* libssh's log is each thread's own */
    ssh_set_log_callback(keep_reason);
    ssh_set_log_level(SSH_LOG_WARN);
    rc = ssh_connect(session);
    ssh_set_log_level(SSH_LOG_NOLOG);
    ssh_set_log_userdata(NULL);
    if (rc == SSH_OK)
        reason[0] = '\0';
    else if (reason[0] == '\0')
        (void)snprintf(reason, GV_LOGIN_REASON_MOST, "%s", ssh_get_error(session));
    return rc;
}

static enum gv_login_result exchange_keys(struct gv_login *login)
{
    int rc = gv_login_connect(login->session, login->reason);

    /* After an error libssh has closed it: the number may be another thread's by now. */
    if (rc == SSH_ERROR)
        return gv_login_broken(login);
    /* libssh 0.10 makes a descriptor that it was given blocking: a router that never
     * reads could hold a worker in send(). */
    (void)fcntl(login->fd, F_SETFL, O_NONBLOCK);
    return rc == SSH_OK ? GV_LOGIN_DONE : GV_LOGIN_AGAIN;
}

/* --- host key --- */

char *gv_login_fingerprint(ssh_key key)
{
    unsigned char *hash = NULL;
    size_t n = 0;
    char *text;

    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &n) != 0)
        return NULL;
    text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, n);
    ssh_clean_pubkey_hash(&hash);
    return text;
}

static enum gv_login_result host_key_refused(struct gv_login *login, bool changed)
{
    ssh_key key = NULL;
    char *fingerprint = NULL;
    const char *type = "?";
    char port[16] = "";

    if (ssh_get_server_publickey(login->session, &key) == SSH_OK) {
        fingerprint = gv_login_fingerprint(key);
        type = ssh_key_type_to_char(ssh_key_type(key));
    }
    if (login->port != 22)
        gv_detail(port, sizeof(port), " --port %u", login->port);
    if (changed)
        SAY(login, "%s %s is not the key in %s: CHANGED, nothing was sent", type ? type : "?",
            fingerprint ? fingerprint : "?", login->known_hosts);
    else
        SAY(login, "%s %s is unknown: compare it, then getvpntool ssh-keyscan %s%s%s%s",
            type ? type : "?", fingerprint ? fingerprint : "?", login->host, port,
            login->known_hosts ? " --known-hosts " : "",
            login->known_hosts ? login->known_hosts : "");
    ssh_string_free_char(fingerprint);
    ssh_key_free(key);
    return gv_login_failed(login, changed ? GV_ERR_HOST_KEY_CHANGED : GV_ERR_HOST_KEY_UNKNOWN);
}

static enum gv_login_result check_host_key(struct gv_login *login)
{
    switch (ssh_session_is_known_server(login->session)) {
    case SSH_KNOWN_HOSTS_OK:
        return GV_LOGIN_DONE;
    case SSH_KNOWN_HOSTS_CHANGED:
    case SSH_KNOWN_HOSTS_OTHER: /* a key of a type that known_hosts has not, beside one that it
                                   has */
        return host_key_refused(login, true);
    case SSH_KNOWN_HOSTS_UNKNOWN:
    case SSH_KNOWN_HOSTS_NOT_FOUND:
        return host_key_refused(login, false);
    case SSH_KNOWN_HOSTS_ERROR:
        break;
    }
    SAY(login, "known_hosts %s: %s", login->known_hosts, ssh_get_error(login->session));
    return gv_login_failed(login, GV_ERR_SYSTEM);
}

/* --- shell --- */

static enum gv_login_result channel_result(struct gv_login *login, int rc)
{
    if (rc == SSH_OK)
        return GV_LOGIN_DONE;
    return rc == SSH_AGAIN ? GV_LOGIN_AGAIN : gv_login_broken(login);
}

static enum gv_login_result open_channel(struct gv_login *login)
{
    if (login->channel == NULL)
        login->channel = ssh_channel_new(login->session);
    if (login->channel == NULL)
        return gv_login_failed(login, GV_ERR_NO_MEMORY);
    return channel_result(login, ssh_channel_open_session(login->channel));
}

static enum gv_login_result ask_terminal(struct gv_login *login)
{
    int rc = ssh_channel_request_pty_size(login->channel, "vt100", COLUMNS, ROWS);

    return channel_result(login, rc);
}

static enum gv_login_result ask_shell(struct gv_login *login)
{
    return channel_result(login, ssh_channel_request_shell(login->channel));
}

/* --- all together --- */

static const struct {
    enum gv_login_result (*take)(struct gv_login *login);
    const char *name;
} steps[] = {
    [GV_LOGIN_SESSION] = {start_session, "key exchange"},
    [GV_LOGIN_KEY_EXCHANGE] = {exchange_keys, "key exchange"},
    [GV_LOGIN_HOST_KEY] = {check_host_key, "host key"},
    [GV_LOGIN_ASK_METHODS] = {gv_auth_ask, "login"},
    [GV_LOGIN_USER] = {gv_auth_prove, "login"},
    [GV_LOGIN_CHANNEL] = {open_channel, "shell channel"},
    [GV_LOGIN_TERMINAL] = {ask_terminal, "shell channel"},
    [GV_LOGIN_SHELL] = {ask_shell, "shell channel"},
    [GV_LOGIN_OPEN] = {NULL, NULL},
};

const char *gv_login_step_name(enum gv_login_step step)
{
    return steps[step].name;
}

enum gv_login_result gv_login_next(struct gv_login *login)
{
    while (login->step < GV_LOGIN_OPEN) {
        enum gv_login_result result = steps[login->step].take(login);

        /* libssh goes on to say AGAIN when the router has left. */
        if (result == GV_LOGIN_AGAIN && !ssh_is_connected(login->session))
            return gv_login_broken(login);
        if (result != GV_LOGIN_DONE)
            return result;
        login->step++;
    }
    return GV_LOGIN_DONE;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

/* The identity of the socket behind fd; 0 where there is none. */
static ino_t socket_of(int fd)
{
    struct stat is;

    return fd >= 0 && fstat(fd, &is) == 0 && S_ISSOCK(is.st_mode) ? is.st_ino : 0;
}

bool gv_login_init(struct gv_login *login, const struct gv_target *target, int fd)
{
    const struct gv_ssh_credential *ssh = target->ssh;

    *login = (struct gv_login){.host = copy(target->address),
                               .user = copy(ssh->user),
                               .key_file = copy(ssh->key_file),
                               .known_hosts = copy(target->ssh_known_hosts),
                               .password = gv_secret_share(ssh->password),
                               .key_passphrase = gv_secret_share(ssh->key_passphrase),
                               .port = target->ssh_port,
                               .agent = ssh->agent,
                               .profile = target->ssh_profile,
                               .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)};
    login->socket = socket_of(login->fd);
    return login->host != NULL && login->user != NULL &&
           (login->known_hosts != NULL || target->ssh_known_hosts == NULL) &&
           (login->key_file != NULL || ssh->key_file == NULL) && login->fd >= 0;
}

void gv_login_clear(struct gv_login *login)
{
    if (login->channel != NULL)
        ssh_channel_free(login->channel);
    if (login->session != NULL) {
        ssh_disconnect(login->session);
        ssh_free(login->session);
    }
    ssh_key_free(login->key);
    /* Not after libssh: the number may be another's by now. */
    if (login->socket != 0 && socket_of(login->fd) == login->socket)
        (void)close(login->fd);
    gv_secret_free(login->password);
    gv_secret_free(login->key_passphrase);
    free(login->host);
    free(login->user);
    free(login->key_file);
    free(login->known_hosts);
    *login = (struct gv_login){.fd = -1};
}
