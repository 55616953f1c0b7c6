/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration that `getvpntool init` writes, as text: from what was said on the command
 * line, and what the key servers told. */
#ifndef GV_INIT_TEXT_H
#define GV_INIT_TEXT_H

#include "base/buf.h"
#include "model/snapshot.h"

/* Texts as given; NULL: not. Paths are absolute. */
struct init_login {
    const char *community_file; /* SNMP 2c, or: */
    const char *snmp_user, *snmp_auth, *snmp_auth_file, *snmp_priv, *snmp_priv_file;
    const char *ssh_user, *ssh_password_file, *ssh_key_file, *ssh_profile, *known_hosts;
    const char *restconf_user, *restconf_password_file, *restconf_authorities;
    const char *snmp_port, *ssh_port, *restconf_port;
};

/* Enough to ask the key servers at these addresses: logins and targets. Appends. */
void init_first(const struct init_login *login, const char *const *ks, size_t count,
                struct gv_buf *out);

/* The whole: logins, groups, the devices of the snapshot and the members that they list, with
 * comments. Appends; how many members are in it. */
size_t init_whole(const struct init_login *login, const struct gv_snapshot *snapshot,
                  struct gv_buf *out);

/* What Prometheus needs. Appends; each line begins with `mark`. */
void init_prometheus(const char *mark, struct gv_buf *out);

#endif
