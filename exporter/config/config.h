/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration: what one YAML file, the target lists it names and the secrets
 * it points to say, read once, checked as a whole, then never changed. */
#ifndef GV_CONFIG_H
#define GV_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "config/faults.h"
#include "config/network.h"
#include "history/history.h"
#include "probes/probes.h"
#include "store/store.h"
#include "target.h"

enum {
    GV_TARGETS_MOST = 50000, /* targets of one process */
    GV_FAULT_TEXT = 65536,   /* octets of a load's faults: ceiling of `why` */
    GV_SHOW_MOST = 64 << 20  /* octets of gv_config_show's text */
};

struct gv_config_snmp_profile {
    const char *name;
    struct gv_snmp_credential credential;
};

struct gv_config_ssh_profile {
    const char *name;
    struct gv_ssh_credential credential;
};

struct gv_config_restconf_profile {
    const char *name;
    struct gv_restconf_credential credential;
};

/* How probes prove themselves: a pre-shared key, or a certificate. */
struct gv_config_gdoi_profile {
    const char *name;
    struct gv_secret *psk;
    struct gdoi_credential *credential;
    bool is_certificate;
    const char *certificate, *private_key, *authorities, *revocations; /* for /config */
    const char *identity_text, *key_server_text;
    struct gdoi_identity identity, key_server;
    struct gdoi_suite suites[GDOI_SUITES_MOST];
    size_t suite_count;
};

struct gv_config_probe {
    struct gv_probe_spec spec;
    const char *profile; /* its name */
};

struct gv_config_target {
    struct gv_target target;
    struct gv_dur interval;
    /* Names of the profiles used; NULL: none. */
    const char *snmp_profile, *ssh_credentials, *restconf_profile;
    struct gv_place at;
};

/* A list of targets behind an http or https address. */
struct gv_config_url {
    const char *url;
    struct gv_dur refresh;
};

/* Addresses that may be asked though they are no targets. */
struct gv_config_ad_hoc {
    struct gv_network *networks;
    size_t network_count;
    struct gv_config_target target; /* of any of them, without name and address */
};

struct gv_config_limits {
    uint32_t in_flight, ssh_in_flight, restconf_in_flight, logins_per_minute;
    struct gv_dur backoff_most, stale_after;
    uint32_t connections, connections_per_address;
    struct gv_dur request_deadline, response_deadline;
};

struct gv_config {
    struct gv_arena arena; /* every string and profile below */
    struct gv_config_limits limits;
    struct gv_config_snmp_profile *snmp;
    struct gv_config_ssh_profile *ssh;
    struct gv_config_restconf_profile *restconf;
    size_t snmp_count, ssh_count, restconf_count;
    struct gv_group_override *groups;
    size_t group_count;
    struct gv_config_ad_hoc *ad_hoc; /* the first that holds an address counts */
    size_t ad_hoc_count;
    struct gv_config_target *targets; /* in the order of the files; on the heap */
    size_t target_count;
    const char **target_files; /* paths or patterns, resolved against the file's directory */
    size_t target_file_count;
    struct gv_config_url *urls;
    size_t url_count;
    struct gv_config_gdoi_profile *gdoi;
    size_t gdoi_count;
    struct gv_config_probe *probes;
    size_t probe_count;
    const char **syslog, **traps; /* ADDRESS:PORT */
    size_t syslog_count, trap_count;
    const char *known_hosts;
    const char *state_directory;        /* NULL: none, and no probes */
    struct gv_history_settings history; /* database NULL: none is kept */
    size_t warnings;                    /* of this load */
};

/* The last good answer of one of the `target_urls`. */
struct gv_config_list {
    const char *url;
    struct gv_text text;
};

struct gv_config_options {
    bool insecure_perms; /* secrets in files that others can read are taken all the same */
    bool offline;        /* open no other file: secrets are stand-ins, target files are passed
                          * over; for tests of the grammar */
    const struct gv_config_list *lists;
    size_t list_count;
};

/* Load `file`. Faults and warnings are appended to `why`, one line each:
 * `FILE:LINE:COLUMN: what is wrong, what was expected`. On failure *out is
 * untouched and at least one fault is there: GV_ERR_NOT_FOUND for a file that
 * cannot be read, GV_ERR_MALFORMED otherwise. */
enum gv_err gv_config_load(const char *file, const struct gv_config_options *options,
                           struct gv_config **out, struct gv_buf *why) GV_MUST_CHECK;

/* The same for a text at hand, which is wiped afterwards in our copies. `file` names it;
 * `inline_secrets` tells whether secrets may stand in the text itself. */
enum gv_err gv_config_read(const char *file, struct gv_text text, bool inline_secrets,
                           const struct gv_config_options *options, struct gv_config **out,
                           struct gv_buf *why) GV_MUST_CHECK;

void gv_config_free(struct gv_config *config); /* NULL is fine */

/* Changes when one of the configuration's target files does (path, size, time). */
uint64_t gv_config_files_mark(const struct gv_config *config);

/* The first target of that name, else of that address however it is written; NULL where there
 * is none. */
const struct gv_config_target *gv_config_find_target(const struct gv_config *config,
                                                     const char *name);

/* The effective configuration as YAML, each secret as "<set>". Appends. */
void gv_config_show(const struct gv_config *config, struct gv_buf *out);

/* What --config.check says of a good file: counts of targets, credentials and
 * groups. Appends. */
void gv_config_summary(const struct gv_config *config, struct gv_buf *out);

/* Every key of the configuration, with its meaning and range. Appends. */
void gv_config_help(struct gv_buf *out);

#endif
