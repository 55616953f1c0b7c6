/* SPDX-License-Identifier: Apache-2.0 */
/* Target: a configured thing to poll, and the credentials bound to it.
 *
 * Plain data, filled by the configuration, read by the collectors. Whoever
 * made a target keeps it alive and unchanged while a session on it is open. */
#ifndef GV_TARGET_H
#define GV_TARGET_H

#include <stdint.h>

#include "base/secret.h"
#include "base/time.h"

enum gv_snmp_version { GV_SNMP_V1, GV_SNMP_V2C, GV_SNMP_V3 };
enum gv_snmp_auth {
    GV_SNMP_NO_AUTH,
    GV_SNMP_MD5,
    GV_SNMP_SHA1,
    GV_SNMP_SHA224,
    GV_SNMP_SHA256,
    GV_SNMP_SHA384,
    GV_SNMP_SHA512
};
enum gv_snmp_priv {
    GV_SNMP_NO_PRIV,
    GV_SNMP_DES,
    GV_SNMP_AES128,
    GV_SNMP_AES192,
    GV_SNMP_AES256,
    GV_SNMP_AES192_REEDER, /* Cisco's key extension: draft-reeder-snmpv3-usm-3desede */
    GV_SNMP_AES256_REEDER
};

struct gv_snmp_credential {
    enum gv_snmp_version version;
    enum gv_snmp_auth auth;
    enum gv_snmp_priv priv;
    struct gv_secret *community; /* v1, v2c */
    const char *user;            /* v3 */
    struct gv_secret *auth_password;
    struct gv_secret *priv_password;
};

/* Which SSH algorithms are offered; legacy appends SHA-1, ssh-rsa, CBC, 3DES. */
enum gv_ssh_profile { GV_SSH_MODERN, GV_SSH_DEFAULT, GV_SSH_LEGACY };

struct gv_ssh_credential {
    const char *user;
    struct gv_secret *password; /* for password and keyboard-interactive; may be NULL */
    struct gv_secret *enable;   /* NULL: never send `enable` */
    const char *key_file;       /* private key; NULL: none */
    struct gv_secret *key_passphrase;
    bool agent; /* also ask the agent at $SSH_AUTH_SOCK */
};

struct gv_restconf_credential {
    const char *user;
    struct gv_secret *password;
    const char *ca_file; /* authorities that vouch for the device; NULL: the system's */
};

struct gv_target {
    const char *name;                      /* unique label of the device in every output */
    const char *address;                   /* host name, IPv4 or IPv6 literal without port */
    const struct gv_snmp_credential *snmp; /* NULL: not polled by SNMP */
    const struct gv_ssh_credential *ssh;   /* NULL: not polled by SSH */
    const struct gv_restconf_credential *restconf; /* NULL: not polled by RESTCONF */
    /* What its notifications must prove, polled or not; NULL: they cannot. */
    const struct gv_snmp_credential *notify;
    uint16_t snmp_port, ssh_port, restconf_port;
    struct gv_dur snmp_timeout; /* one request */
    unsigned snmp_retries;
    struct gv_dur ssh_timeout;      /* connect, login, each command */
    struct gv_dur restconf_timeout; /* one request */
    const char *restconf_pin;       /* of the device's key: "sha256//" and base64; NULL: none */
    struct gv_dur deadline;         /* the whole poll, any collector */
    enum gv_ssh_profile ssh_profile;
    const char *ssh_known_hosts; /* file */
    bool ssh_keep;               /* keep the shell channel between polls */
    bool ssh_logging;            /* also read its log */
    /* Where its messages come from as well, as those of a loopback; literals. */
    const char *const *event_addresses;
    size_t event_address_count;
};

/* The ways to poll it that are configured. */
static inline bool gv_target_by_snmp(const struct gv_target *target)
{
    return target->snmp != NULL;
}

static inline bool gv_target_by_ssh(const struct gv_target *target)
{
    return target->ssh != NULL;
}

static inline bool gv_target_by_restconf(const struct gv_target *target)
{
    return target->restconf != NULL;
}

#endif
