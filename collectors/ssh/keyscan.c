/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/keyscan.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/detail.h"
#include "ssh/login.h"

enum { LINE_MOST = 8192 };

/* One key of each; RSA keys have one line whatever the signature is. */
static const char *const types[] = {
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512,rsa-sha2-256,ssh-rsa",
};

static bool append(const char *file, const char *line)
{
    size_t n = strlen(line);
    int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    bool ok;

    if (fd < 0)
        return false;
    ok = write(fd, line, n) == (ssize_t)n; /* one call: no other writer comes between */
    return close(fd) == 0 && ok;
}

/* Enrol the key of a session whose key exchange is done. */
static enum gv_err enrol(ssh_session session, const char *known_hosts, struct gv_host_key *key)
{
    enum ssh_known_hosts_e known = SSH_KNOWN_HOSTS_UNKNOWN;

    if (known_hosts != NULL)
        known = ssh_session_is_known_server(session);
    key->known = known == SSH_KNOWN_HOSTS_OK;
    key->changed = known == SSH_KNOWN_HOSTS_CHANGED;
    if (key->changed)
        return GV_ERR_HOST_KEY_CHANGED;
    if (known_hosts == NULL || key->known)
        return GV_OK;
    return append(known_hosts, key->line) ? GV_OK : GV_ERR_SYSTEM;
}

static enum gv_err take_key(ssh_session session, const struct gv_keyscan *scan)
{
    struct gv_buf line = gv_buf(LINE_MOST);
    struct gv_host_key key = {0};
    char *fingerprint = NULL, *entry = NULL;
    ssh_key server = NULL;
    enum gv_err err = GV_ERR_NO_MEMORY;

    if (ssh_get_server_publickey(session, &server) == SSH_OK)
        fingerprint = gv_login_fingerprint(server);
    if (fingerprint != NULL &&
        ssh_session_export_known_hosts_entry(session, &entry) == SSH_OK) {
        gv_buf_add_str(&line, entry);
        if (line.n == 0 || line.at[line.n - 1] != '\n')
            gv_buf_add_char(&line, '\n');
    }
    if (line.n > 0 && line.err == GV_OK) {
        key.type = ssh_key_type_to_char(ssh_key_type(server));
        key.fingerprint = fingerprint;
        key.line = line.at;
        err = enrol(session, scan->known_hosts, &key);
        if (scan->found != NULL)
            scan->found(scan->arg, &key);
    }
    gv_buf_clear(&line);
    ssh_string_free_char(entry);
    ssh_string_free_char(fingerprint);
    ssh_key_free(server);
    return err;
}

/* libssh's word for a session that never came up. */
static enum gv_err classify(const char *error)
{
    struct gv_text text = gv_text(error);

    if (gv_text_find(text, "resolve") < text.n)
        return GV_ERR_NAME_LOOKUP;
    if (gv_text_find(text, "no match for method server host key") < text.n)
        return GV_ERR_NOT_FOUND;
    if (gv_text_find(text, "no match for method") < text.n)
        return GV_ERR_KEY_EXCHANGE;
    return gv_text_find(text, "timeout") < text.n ? GV_ERR_TIMEOUT : GV_ERR_UNREACHABLE;
}

/* GV_ERR_NOT_FOUND: the router has no key of this type. */
static enum gv_err scan_type(ssh_session session, const struct gv_keyscan *scan, char *detail)
{
    const char *known_hosts = scan->known_hosts ? scan->known_hosts : "/dev/null";
    long seconds = (long)(scan->timeout.ms + 999) / 1000;
    char reason[GV_LOGIN_REASON_MOST];
    enum gv_err err;

    if (ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds) != SSH_OK ||
        ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, known_hosts) != SSH_OK)
        return GV_ERR_NO_MEMORY;
    if (gv_login_connect(session, reason) != SSH_OK) {
        gv_detail(detail, GV_DETAIL_SIZE, "%s", reason);
        return classify(reason);
    }
    err = take_key(session, scan);
    if (err == GV_ERR_HOST_KEY_CHANGED)
        gv_detail(detail, GV_DETAIL_SIZE,
                  "%s holds another key of this host: remove that line if the change is right",
                  known_hosts);
    else if (err == GV_ERR_SYSTEM)
        gv_detail(detail, GV_DETAIL_SIZE, "cannot append to %s", known_hosts);
    ssh_disconnect(session);
    return err;
}

enum gv_err gv_ssh_keyscan(const struct gv_keyscan *scan, char *detail)
{
    enum gv_err worst = GV_ERR_UNREACHABLE;

    gv_detail(detail, GV_DETAIL_SIZE, "no host key of a known type");
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        ssh_session session = gv_login_session(scan->host, scan->port, GV_SSH_LEGACY, types[i]);
        enum gv_err err = GV_ERR_NO_MEMORY;
        char said[GV_DETAIL_SIZE] = "no memory";

        if (session != NULL)
            err = scan_type(session, scan, said);
        ssh_free(session);
        if (err == GV_ERR_NOT_FOUND || (err == GV_OK && worst == GV_ERR_HOST_KEY_CHANGED))
            continue;
        worst = err;
        gv_detail(detail, GV_DETAIL_SIZE, "%s", err == GV_OK ? "" : said);
        if (err != GV_OK && err != GV_ERR_HOST_KEY_CHANGED)
            break; /* the next type would fare no better */
    }
    return worst;
}
