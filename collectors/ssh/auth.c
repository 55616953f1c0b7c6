/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/auth.h"

#include <string.h>

#include "io/detail.h"

#define SAY(login, ...) gv_detail((login)->detail, sizeof((login)->detail), __VA_ARGS__)

static int try_key(struct gv_login *login)
{
    const char *passphrase =
        login->key_passphrase ? gv_secret_reveal(login->key_passphrase) : NULL;

    if (login->key == NULL && ssh_pki_import_privkey_file(login->key_file, passphrase, NULL,
                                                          NULL, &login->key) != SSH_OK) {
        SAY(login, "key file %s: missing, not readable, or another passphrase",
            login->key_file);
        login->err = GV_ERR_NOT_FOUND;
        return SSH_AUTH_ERROR;
    }
    return ssh_userauth_publickey(login->session, NULL, login->key);
}

static int try_agent(struct gv_login *login)
{
    return ssh_userauth_agent(login->session, NULL);
}

/* Give the password to exactly one hidden prompt, once: a second question is none
 * that we can answer. */
static int try_keyboard(struct gv_login *login)
{
    for (;;) {
        int rc = ssh_userauth_kbdint(login->session, NULL, NULL);
        char echo = 1;
        int prompts;

        if (rc != SSH_AUTH_INFO)
            return rc;
        prompts = ssh_userauth_kbdint_getnprompts(login->session);
        if (prompts == 0)
            continue;
        if (prompts == 1)
            (void)ssh_userauth_kbdint_getprompt(login->session, 0, &echo);
        if (prompts != 1 || echo || login->answered)
            return SSH_AUTH_DENIED;
        login->answered = true;
        if (ssh_userauth_kbdint_setanswer(login->session, 0,
                                          gv_secret_reveal(login->password)) != 0)
            return SSH_AUTH_ERROR;
    }
}

static int try_password(struct gv_login *login)
{
    return ssh_userauth_password(login->session, NULL, gv_secret_reveal(login->password));
}

static bool has_key(const struct gv_login *login)
{
    return login->key_file != NULL;
}
static bool has_agent(const struct gv_login *login)
{
    return login->agent;
}
static bool has_password(const struct gv_login *login)
{
    return login->password != NULL;
}

/* The same password again would only count as one more failure (AAA lockout). */
static bool has_password_left(const struct gv_login *login)
{
    return login->password != NULL && !login->answered;
}

/* The ways to log in, in the order they are tried. */
static const struct method {
    const char *name;
    int flag; /* as the router lists it */
    bool (*configured)(const struct gv_login *login);
    int (*attempt)(struct gv_login *login);
} methods[] = {
    {"publickey", SSH_AUTH_METHOD_PUBLICKEY, has_key, try_key},
    {"agent", SSH_AUTH_METHOD_PUBLICKEY, has_agent, try_agent},
    {"keyboard-interactive", SSH_AUTH_METHOD_INTERACTIVE, has_password, try_keyboard},
    {"password", SSH_AUTH_METHOD_PASSWORD, has_password_left, try_password},
};
enum { METHODS = sizeof(methods) / sizeof(methods[0]) };

static enum gv_login_result refused(struct gv_login *login)
{
    char tried[80] = "";
    size_t n = 0;

    for (size_t i = 0; i < METHODS; i++)
        if (login->tried & 1u << i) {
            gv_detail(tried + n, sizeof(tried) - n, "%s%s", n ? ", " : "", methods[i].name);
            n = strlen(tried);
        }
    if (n == 0)
        SAY(login, "user %s: the router takes none of the ways that are configured",
            login->user);
    else
        SAY(login, "user %s was refused (tried %s)", login->user, tried);
    return gv_login_failed(login, GV_ERR_AUTHENTICATION);
}

/* The attempt under way has failed by other means than a denial. */
static enum gv_login_result attempt_failed(struct gv_login *login)
{
    bool second = (login->tried & (login->tried - 1)) != 0;
    bool password = login->answered || methods[login->method].attempt == try_password;

    if (login->err != GV_OK)
        return GV_LOGIN_FAILED;
    /* A router may hang up instead of refusing. A password that it heard must count as
     * refused, or the next polls would send it until the account is locked. */
    if (!ssh_is_connected(login->session) && (second || password))
        return refused(login);
    return gv_login_broken(login);
}

enum gv_login_result gv_auth_ask(struct gv_login *login)
{
    switch (ssh_userauth_none(login->session, NULL)) {
    case SSH_AUTH_SUCCESS:
        login->step = GV_LOGIN_USER; /* nothing to prove */
        return GV_LOGIN_DONE;
    case SSH_AUTH_AGAIN:
        return GV_LOGIN_AGAIN;
    case SSH_AUTH_ERROR:
        return gv_login_broken(login);
    default:
        return GV_LOGIN_DONE;
    }
}

enum gv_login_result gv_auth_prove(struct gv_login *login)
{
    for (; login->method < METHODS; login->method++) {
        const struct method *m = &methods[login->method];
        int offered = ssh_userauth_list(login->session, NULL);

        if (!m->configured(login) || (offered != 0 && !(offered & m->flag)))
            continue;
        login->tried |= 1u << login->method;
        switch (m->attempt(login)) {
        case SSH_AUTH_SUCCESS:
            return GV_LOGIN_DONE;
        case SSH_AUTH_AGAIN:
            if (ssh_is_connected(login->session))
                return GV_LOGIN_AGAIN;
            return attempt_failed(login);
        case SSH_AUTH_ERROR:
            return attempt_failed(login);
        default: /* denied, or one more proof is asked for */
            break;
        }
    }
    return refused(login);
}
