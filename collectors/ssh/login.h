/* SPDX-License-Identifier: Apache-2.0 */
/* Login: the way from a connected socket to a shell channel, step by step, with libssh.
 *
 * Never blocks on the router; may take milliseconds of arithmetic, read files, and
 * ask the agent: for worker threads. The order is fixed: key exchange, host key,
 * and only then the user's name and proofs. */
#ifndef GV_SSH_LOGIN_H
#define GV_SSH_LOGIN_H

#include <libssh/libssh.h>
#include <sys/types.h>

#include "collector.h"

enum gv_login_result { GV_LOGIN_AGAIN, GV_LOGIN_DONE, GV_LOGIN_FAILED };

enum gv_login_step {
    GV_LOGIN_SESSION,
    GV_LOGIN_KEY_EXCHANGE,
    GV_LOGIN_HOST_KEY,
    GV_LOGIN_ASK_METHODS,
    GV_LOGIN_USER,
    GV_LOGIN_CHANNEL,
    GV_LOGIN_TERMINAL,
    GV_LOGIN_SHELL,
    GV_LOGIN_OPEN
};

/* "key exchange", "host key", ... for people; NULL for GV_LOGIN_OPEN. */
const char *gv_login_step_name(enum gv_login_step step);

enum { GV_LOGIN_REASON_MOST = 1024 }; /* both sides' lists of algorithms */

struct gv_login {
    /* Copies of the target's. */
    char *host, *user, *key_file, *known_hosts;
    struct gv_secret *password, *key_passphrase;
    uint16_t port;
    bool agent;
    enum gv_ssh_profile profile;

    enum gv_login_step step;
    ssh_session session;
    ssh_channel channel;
    ssh_key key;
    int fd;          /* a duplicate for libssh, which closes it on some errors, else not */
    ino_t socket;    /* what fd is while it is ours */
    unsigned method; /* row of the method table under way */
    unsigned tried;  /* one bit a row */
    bool answered;   /* the password was given to keyboard-interactive */
    char reason[GV_LOGIN_REASON_MOST]; /* of a key exchange that failed, in libssh's words */
    enum gv_err err;
    char detail[GV_DETAIL_SIZE];
};

/* Copy what the login needs. False without memory; clear all the same. */
bool gv_login_init(struct gv_login *login, const struct gv_target *target, int fd);

/* Go on as far as possible. AGAIN: call again when the socket is ready. FAILED:
 * err and detail are set. */
enum gv_login_result gv_login_next(struct gv_login *login) GV_MUST_CHECK;

/* For the steps: FAILED with `err`; and FAILED with what libssh says of the session. */
enum gv_login_result gv_login_failed(struct gv_login *login, enum gv_err err);
enum gv_login_result gv_login_broken(struct gv_login *login);

/* Disconnect, release. */
void gv_login_clear(struct gv_login *login);

/* A session with the host, the port and a profile's algorithms, nothing of the user's
 * or the machine's configuration files. `host_key`: offer this type alone; NULL:
 * the profile's. NULL without memory, or where the library refuses an option. */
ssh_session gv_login_session(const char *host, uint16_t port, enum gv_ssh_profile profile,
                             const char *host_key);

/* ssh_connect; where that fails, libssh's words for it in reason[GV_LOGIN_REASON_MOST]. */
int gv_login_connect(ssh_session session, char *reason);

/* "SHA256:..." of a public key; free with ssh_string_free_char. NULL without memory. */
char *gv_login_fingerprint(ssh_key key);

#endif
