/* SPDX-License-Identifier: Apache-2.0 */
/* Auth: the user's part of a login: which proofs the router takes, and ours, one after
 * the other: key file, agent, keyboard-interactive, password. RFC 4252, RFC 4256.
 *
 * The password leaves at most once in a login: a second refusal of the same word only
 * brings an account nearer to its lockout. */
#ifndef GV_SSH_AUTH_H
#define GV_SSH_AUTH_H

#include "ssh/login.h"

/* Ask which methods the router takes. */
enum gv_login_result gv_auth_ask(struct gv_login *login);

/* Prove who we are. */
enum gv_login_result gv_auth_prove(struct gv_login *login);

#endif
