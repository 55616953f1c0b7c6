/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of the configuration: one table a map, and the row each fills. */
#ifndef GV_CONFIG_KEYS_H
#define GV_CONFIG_KEYS_H

#include "config/config.h"
#include "config/schema.h"

/* Longest texts that a configuration may hold. */
enum {
    GV_CONFIG_NAME = 128,
    GV_CONFIG_ADDRESS = 253,
    GV_CONFIG_PATH = 1024,
    GV_CONFIG_SECRET = 1024
};

/* The file as a whole; members are NULL where it does not say. */
struct gv_config_root_row {
    const struct gv_node *credentials, *defaults, *limits, *groups;
    const struct gv_node *targets, *target_files, *target_urls, *probes, *history;
    const struct gv_node *syslog, *traps, *ad_hoc;
    const char *known_hosts, *state_directory;
};

struct gv_config_credentials_row {
    const struct gv_node *snmp, *ssh, *restconf, *gdoi;
};

/* Fields of enum type hold an index into the table's words. */
struct gv_config_snmp_row {
    uint32_t version, auth, priv;
    const char *user;
    struct gv_secret_source community, auth_password, priv_password;
};

struct gv_config_ssh_row {
    const char *user, *key_file;
    struct gv_secret_source password, enable, passphrase;
    bool agent;
};

struct gv_config_restconf_row {
    const char *user, *authorities;
    struct gv_secret_source password;
};

struct gv_config_gdoi_row {
    struct gv_secret_source psk;
    const char *certificate, *private_key, *authorities, *revocations;
    const char *identity, *key_server;
    const struct gv_node *proposals;
    bool legacy;
};

/* Numbers of a group are sent in the order of `group_octets`. */
struct gv_config_probe_row {
    const char *name, *ks, *group, *gdoi, *local, *interface;
    struct gv_dur interval, timeout;
    uint32_t port, local_port, nat_port, ack_key_bits, group_octets;
    bool ack;
};

/* Where syslog messages, and where SNMP notifications come in. */
struct gv_config_listen_row {
    const struct gv_node *listen;
};

/* EVENTS: nothing is asked, only what the device tells by itself counts. */
enum {
    GV_COLLECT_SNMP = 1,
    GV_COLLECT_SSH = 2,
    GV_COLLECT_RESTCONF = 4,
    GV_COLLECT_EVENTS = 8,
};

/* A target, the defaults of all targets, and the labels of a target list. */
struct gv_config_target_row {
    const char *name, *address, *snmp, *ssh, *restconf, *restconf_pin;
    uint32_t collectors; /* GV_COLLECT_*, or-ed; 0: those with a profile */
    struct gv_dur interval, deadline, snmp_timeout, ssh_timeout, restconf_timeout;
    uint32_t snmp_port, snmp_retries, ssh_port, ssh_profile, restconf_port;
    bool ssh_keep, ssh_logging;
    const struct gv_node *event_addresses;
};

/* One entry of a target list: file_sd and http_sd. */
struct gv_config_list_row {
    const struct gv_node *targets, *labels;
};

struct gv_config_group_row {
    const char *group;
    uint32_t retransmits, transport;
    struct gv_dur interval;
};

/* Addresses that may be asked without a target; the rest is as in the defaults. */
struct gv_config_ad_hoc_row {
    const struct gv_node *allow;
    const char *snmp, *ssh, *restconf;
};

struct gv_config_history_row {
    const char *database;
    uint32_t keep_days;
    uint64_t max_size;
};

struct gv_config_url_row {
    const char *url;
    struct gv_dur refresh;
};

extern const struct gv_schema gv_config_root_schema, gv_config_credentials_schema,
    gv_config_snmp_schema, gv_config_ssh_schema, gv_config_restconf_schema,
    gv_config_target_schema, gv_config_list_schema, gv_config_group_schema,
    gv_config_url_schema, gv_config_limits_schema, gv_config_gdoi_schema,
    gv_config_probe_schema, gv_config_syslog_schema, gv_config_traps_schema,
    gv_config_history_schema, gv_config_ad_hoc_schema;

/* What holds where nothing is said. */
extern const struct gv_config_target_row gv_config_target_defaults;
extern const struct gv_config_limits gv_config_limits_defaults;
extern const struct gv_config_probe_row gv_config_probe_defaults;
extern const struct gv_config_history_row gv_config_history_defaults;

#endif
