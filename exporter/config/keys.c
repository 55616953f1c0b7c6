/* SPDX-License-Identifier: Apache-2.0 */
#include "config/keys.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SECONDS(n)    ((int64_t)(n)*1000)
#define HOURS(n)      SECONDS((n)*3600)
#define MEGABYTES(n)  ((int64_t)(n) << 20)

/* "sha256//" and the base64 of 32 octets. */
enum { PIN_TEXT = 8 + 44 };

enum { EVERYWHERE = GV_USE_MAP | GV_USE_DEFAULTS | GV_USE_LABELS };

/* In the order of the enumerations of target.h. */
static const char *const versions[] = {"1", "2c", "3", NULL};
static const char *const auths[] = {"none",   "md5",    "sha1",   "sha224",
                                    "sha256", "sha384", "sha512", NULL};
static const char *const privs[] = {"none",   "des",           "aes128",        "aes192",
                                    "aes256", "aes192-reeder", "aes256-reeder", NULL};
static const char *const profiles[] = {"modern", "default", "legacy", NULL};
/* In the order of enum gv_rekey_transport; "" is never written. */
static const char *const transports[] = {"auto", "unicast", "multicast", NULL};
static const char *const collectors[] = {"snmp", "ssh", "restconf", "events", NULL};
/* In the order of enum gdoi_number, without its first. */
static const char *const octet_orders[] = {"big-endian", "little-endian", NULL};

#define FIELD(member) offsetof(struct ROW, member)
#define TEXT(key, field, least, most, help)                                                    \
    {                                                                                          \
        key, GV_KEY_TEXT, USES, false, least, most, NULL, FIELD(field), help                   \
    }
#define NEEDED_TEXT(key, field, least, most, help)                                             \
    {                                                                                          \
        key, GV_KEY_TEXT, USES, true, least, most, NULL, FIELD(field), help                    \
    }
#define NUMBER(key, field, least, most, help)                                                  \
    {                                                                                          \
        key, GV_KEY_NUMBER, USES, false, least, most, NULL, FIELD(field), help                 \
    }
#define SPAN(key, field, least, most, help)                                                    \
    {                                                                                          \
        key, GV_KEY_SPAN, USES, false, least, most, NULL, FIELD(field), help                   \
    }
#define YESNO(key, field, help)                                                                \
    {                                                                                          \
        key, GV_KEY_YESNO, USES, false, 0, 0, NULL, FIELD(field), help                         \
    }
#define WORD(key, field, needed, words, help)                                                  \
    {                                                                                          \
        key, GV_KEY_WORD, USES, needed, 0, 0, words, FIELD(field), help                        \
    }
#define NODE(key, type, field, needed, help)                                                   \
    {                                                                                          \
        key, type, USES, needed, 1, GV_CONFIG_PATH, NULL, FIELD(field), help                   \
    }
#define SECRET(key, field, help)                                                               \
    {                                                                                          \
        key, GV_KEY_SECRET, USES, false, 1, GV_CONFIG_SECRET, NULL, FIELD(field), help         \
    }

#define USES GV_USE_MAP

#define ROW gv_config_root_row
static const struct gv_key root_keys[] = {
    NODE("credentials", GV_KEY_MAP, credentials, false,
         "profiles of logins: snmp, ssh, restconf and gdoi"),
    NODE("defaults", GV_KEY_MAP, defaults, false, "values for every target that does not say"),
    NODE("targets", GV_KEY_LIST, targets, false, "the devices to poll"),
    NODE("target_files", GV_KEY_TEXTS, target_files, false,
         "paths or patterns of target lists, read again when they change"),
    NODE("target_urls", GV_KEY_LIST, target_urls, false,
         "http or https addresses of target lists"),
    NODE("groups", GV_KEY_LIST, groups, false,
         "rekey policy of groups that no collector tells"),
    NODE("ad_hoc", GV_KEY_LIST, ad_hoc, false,
         "networks whose addresses /probe may ask without a target"),
    NODE("probes", GV_KEY_LIST, probes, false, "group members of our own, that only watch"),
    TEXT("state_directory", state_directory, 1, GV_CONFIG_PATH,
         "where what outlives us is kept: probes' last registrations, the history (default: "
         "systemd's $STATE_DIRECTORY)"),
    NODE("history", GV_KEY_MAP, history, false,
         "keep rekeys, KEKs, roles and counters across restarts"),
    NODE("syslog", GV_KEY_MAP, syslog, false, "where the targets' syslog messages come in"),
    NODE("traps", GV_KEY_MAP, traps, false, "where the targets' SNMP notifications come in"),
    NODE("limits", GV_KEY_MAP, limits, false, "budgets of the whole process"),
    TEXT("known_hosts", known_hosts, 1, GV_CONFIG_PATH,
         "the file of SSH host keys (default: known_hosts)"),
};
#undef ROW

#define ROW gv_config_credentials_row
static const struct gv_key credentials_keys[] = {
    NODE("snmp", GV_KEY_MAP, snmp, false, "SNMP profiles by name"),
    NODE("ssh", GV_KEY_MAP, ssh, false, "SSH profiles by name"),
    NODE("restconf", GV_KEY_MAP, restconf, false, "RESTCONF profiles by name"),
    NODE("gdoi", GV_KEY_MAP, gdoi, false, "profiles of probes by name"),
};
#undef ROW

#define ROW gv_config_snmp_row
static const struct gv_key snmp_keys[] = {
    WORD("version", version, true, versions, "the SNMP version"),
    SECRET("community", community, "the community, for versions 1 and 2c"),
    TEXT("user", user, 1, 32, "the user, for version 3"),
    WORD("auth", auth, false, auths, "the authentication protocol of version 3"),
    SECRET("auth_password", auth_password, "the authentication password, 8 characters or more"),
    WORD("priv", priv, false, privs, "the privacy protocol of version 3"),
    SECRET("priv_password", priv_password, "the privacy password, 8 characters or more"),
};
#undef ROW

#define ROW gv_config_ssh_row
static const struct gv_key ssh_keys[] = {
    NEEDED_TEXT("user", user, 1, 64, "the user that logs in"),
    SECRET("password", password, "the password, also for keyboard-interactive"),
    TEXT("key_file", key_file, 1, GV_CONFIG_PATH, "the private key's file"),
    SECRET("passphrase", passphrase, "the private key's passphrase"),
    YESNO("agent", agent, "also ask the agent at $SSH_AUTH_SOCK"),
    SECRET("enable", enable, "the enable password; without it `enable` is never sent"),
};
#undef ROW

#define ROW gv_config_restconf_row
static const struct gv_key restconf_keys[] = {
    NEEDED_TEXT("user", user, 1, 64, "the user of basic authentication"),
    SECRET("password", password, "the password"),
    TEXT("authorities", authorities, 1, GV_CONFIG_PATH,
         "certificates that devices are checked against (PEM; default: the system's)"),
};
#undef ROW

#define ROW gv_config_gdoi_row
static const struct gv_key gdoi_keys[] = {
    SECRET("psk", psk, "the pre-shared key"),
    TEXT("certificate", certificate, 1, GV_CONFIG_PATH,
         "our certificate (PEM): RSA signatures instead of a pre-shared key"),
    TEXT("private_key", private_key, 1, GV_CONFIG_PATH, "the certificate's key (PEM)"),
    TEXT("authorities", authorities, 1, GV_CONFIG_PATH,
         "certificates that key servers are checked against (PEM)"),
    TEXT("revocations", revocations, 1, GV_CONFIG_PATH, "their revocation lists (PEM)"),
    TEXT("identity", identity, 1, 255,
         "who we are: an address, a name, user@name (default: the local address, or the "
         "certificate's subject)"),
    TEXT("key_server", key_server, 1, 255,
         "who the key server has to be (default: whoever proves itself)"),
    NODE("proposals", GV_KEY_TEXTS, proposals, false,
         "exactly what phase 1 offers, as aes128-sha256-modp2048"),
    YESNO("legacy", legacy, "also offer 3des, sha1, modp1024 and modp1536"),
};
#undef ROW

#define ROW gv_config_probe_row
static const struct gv_key probe_keys[] = {
    NEEDED_TEXT("name", name, 1, GV_CONFIG_NAME, "the probe label, unique"),
    NEEDED_TEXT("ks", ks, 1, GV_CONFIG_ADDRESS,
                "the key server: the name of a target, an IPv4 or an IPv6 address"),
    NUMBER("port", port, 1, 65535, "its UDP port"),
    NEEDED_TEXT("group", group, 1, 255, "the group: a number, an address or a name"),
    WORD("group_octets", group_octets, false, octet_orders,
         "the order in which the octets of a group's number are sent"),
    NEEDED_TEXT("gdoi", gdoi, 1, GV_CONFIG_NAME, "the name of a gdoi profile"),
    TEXT("local", local, 1, GV_CONFIG_ADDRESS,
         "our address (default: that of the route to the key server)"),
    NUMBER("local_port", local_port, 0, 65535,
           "our UDP port; 848 needs CAP_NET_BIND_SERVICE (default 0: any free one)"),
    NUMBER("nat_port", nat_port, 1, 65535, "our UDP port where a NAT is found (default 4500)"),
    TEXT("interface", interface, 1, 15,
         "that joins multicast groups (default: the one of our address)"),
    SPAN("interval", interval, SECONDS(300), HOURS(24), "time between two registrations"),
    SPAN("timeout", timeout, SECONDS(1), SECONDS(300), "time for each step of a registration"),
    YESNO("ack", ack, "acknowledge rekeys where the key server asks (RFC 8263)"),
    NUMBER("ack_key_bits", ack_key_bits, 0, 4096,
           "the L of RFC 8263, section 3.2.1 (default 0: the bits of the hash)"),
};
#undef ROW

#undef USES
#define USES EVERYWHERE
#define ROW  gv_config_target_row
static const struct gv_key target_keys[] = {
    {"name", GV_KEY_TEXT, GV_USE_MAP | GV_USE_LABELS, false, 1, GV_CONFIG_NAME, NULL,
     FIELD(name), "the device label, unique (default: the address)"},
    {"address", GV_KEY_TEXT, GV_USE_MAP, true, 1, GV_CONFIG_ADDRESS, NULL, FIELD(address),
     "a host name, an IPv4 or an IPv6 address, without port"},
    {"collectors", GV_KEY_WORDS, GV_USE_MAP | GV_USE_DEFAULTS, false, 0, 0, collectors,
     FIELD(collectors), "the collectors to use (default: each that has a profile)"},
    TEXT("snmp", snmp, 1, GV_CONFIG_NAME, "the name of an SNMP profile"),
    TEXT("ssh", ssh, 1, GV_CONFIG_NAME, "the name of an SSH profile"),
    TEXT("restconf", restconf, 1, GV_CONFIG_NAME, "the name of a RESTCONF profile"),
    SPAN("interval", interval, SECONDS(1), HOURS(24), "time between two polls"),
    SPAN("deadline", deadline, SECONDS(1), HOURS(1), "most time of one poll"),
    NUMBER("snmp_port", snmp_port, 1, 65535, "UDP port of the agent"),
    SPAN("snmp_timeout", snmp_timeout, 100, SECONDS(60), "time to wait for one answer"),
    NUMBER("snmp_retries", snmp_retries, 0, 10, "how often a request is sent again"),
    NUMBER("ssh_port", ssh_port, 1, 65535, "TCP port of the SSH server"),
    SPAN("ssh_timeout", ssh_timeout, SECONDS(1), SECONDS(300),
         "time for connecting, for the login, for each command"),
    WORD("ssh_profile", ssh_profile, false, profiles, "which SSH algorithms are offered"),
    YESNO("ssh_keep", ssh_keep, "keep the SSH session between polls"),
    NUMBER("restconf_port", restconf_port, 1, 65535, "TCP port of the HTTPS server"),
    SPAN("restconf_timeout", restconf_timeout, SECONDS(1), SECONDS(300),
         "time for each RESTCONF request"),
    TEXT("restconf_pin", restconf_pin, PIN_TEXT, PIN_TEXT,
         "the device's public key, sha256//BASE64: instead of authorities, or beside them"),
    YESNO("ssh_logging", ssh_logging, "also read the router's log, for its events"),
    {"event_addresses", GV_KEY_TEXTS, GV_USE_MAP, false, 1, GV_CONFIG_ADDRESS, NULL,
     FIELD(event_addresses),
     "addresses that its syslog and notifications may come from beside its own"},
};
#undef ROW
#undef USES
#define USES GV_USE_MAP

#define ROW gv_config_list_row
static const struct gv_key list_keys[] = {
    NODE("targets", GV_KEY_TEXTS, targets, true, "the addresses of devices"),
    NODE("labels", GV_KEY_MAP, labels, false, "keys of a target, but address and collectors"),
};
#undef ROW

#define ROW gv_config_group_row
static const struct gv_key group_keys[] = {
    NEEDED_TEXT("group", group, 1, GV_CONFIG_NAME, "the group's name or id"),
    NUMBER("retransmits", retransmits, 0, 255, "how often a rekey is sent again"),
    SPAN("interval", interval, SECONDS(1), SECONDS(3600), "time between two retransmissions"),
    WORD("transport", transport, false, transports, "how rekeys are sent"),
};
#undef ROW

#define ROW gv_config_ad_hoc_row
static const struct gv_key ad_hoc_keys[] = {
    NODE("allow", GV_KEY_TEXTS, allow, true,
         "the networks, as 192.0.2.0/24; loopback only where it is named"),
    TEXT("snmp", snmp, 1, GV_CONFIG_NAME, "the name of an SNMP profile"),
    TEXT("ssh", ssh, 1, GV_CONFIG_NAME, "the name of an SSH profile"),
    TEXT("restconf", restconf, 1, GV_CONFIG_NAME, "the name of a RESTCONF profile"),
};
#undef ROW

#define ROW gv_config_history_row
static const struct gv_key history_keys[] = {
    TEXT("database", database, 1, GV_CONFIG_PATH,
         "its file (default: history.db in the state directory)"),
    NUMBER("keep_days", keep_days, 1, 3660, "what is older is forgotten (default 400)"),
    {"max_size", GV_KEY_SIZE, USES, false, MEGABYTES(1), MEGABYTES(102400), NULL,
     FIELD(max_size), "most of the disk; the oldest is forgotten first (default 256MB)"},
};
#undef ROW

#define ROW gv_config_url_row
static const struct gv_key url_keys[] = {
    NEEDED_TEXT("url", url, 8, GV_CONFIG_PATH, "an http:// or https:// address"),
    SPAN("refresh", refresh, SECONDS(5), HOURS(24), "time between two fetches (default 60s)"),
};
#undef ROW

#define ROW gv_config_listen_row
static const struct gv_key syslog_keys[] = {
    NODE("listen", GV_KEY_TEXTS, listen, true,
         "ADDRESS:PORT for UDP and TCP; \":514\" is all addresses, and needs "
         "CAP_NET_BIND_SERVICE"),
};
static const struct gv_key traps_keys[] = {
    NODE("listen", GV_KEY_TEXTS, listen, true,
         "ADDRESS:PORT for UDP; \":162\" is all IPv4 addresses, and needs "
         "CAP_NET_BIND_SERVICE"),
};
#undef ROW

#define ROW gv_config_limits
static const struct gv_key limits_keys[] = {
    NUMBER("in_flight", in_flight, 1, 10000, "SNMP polls under way at once"),
    NUMBER("ssh_in_flight", ssh_in_flight, 1, 1000, "SSH polls under way at once"),
    NUMBER("restconf_in_flight", restconf_in_flight, 1, 1000, "RESTCONF polls under way"),
    NUMBER("logins_per_minute", logins_per_minute, 1, 6000, "SSH logins of the whole fleet"),
    SPAN("backoff_most", backoff_most, SECONDS(1), HOURS(24), "longest pause after failures"),
    SPAN("stale_after", stale_after, SECONDS(1), HOURS(168),
         "age from which values are dropped"),
    NUMBER("connections", connections, 1, 10000, "HTTP connections at once"),
    NUMBER("connections_per_address", connections_per_address, 1, 10000,
           "HTTP connections at once of one client"),
    SPAN("request_deadline", request_deadline, SECONDS(1), SECONDS(300),
         "most time of one HTTP request"),
    SPAN("response_deadline", response_deadline, SECONDS(1), SECONDS(3600),
         "most time of one HTTP answer"),
};
#undef ROW

#define SCHEMA(what, keys)                                                                     \
    {                                                                                          \
        what, keys, ARRAY_SIZE(keys)                                                           \
    }
const struct gv_schema gv_config_root_schema = SCHEMA("the configuration", root_keys);
const struct gv_schema gv_config_credentials_schema = SCHEMA("credentials", credentials_keys);
const struct gv_schema gv_config_snmp_schema = SCHEMA("an SNMP profile", snmp_keys);
const struct gv_schema gv_config_ssh_schema = SCHEMA("an SSH profile", ssh_keys);
const struct gv_schema gv_config_restconf_schema = SCHEMA("a RESTCONF profile", restconf_keys);
const struct gv_schema gv_config_target_schema = SCHEMA("a target", target_keys);
const struct gv_schema gv_config_list_schema = SCHEMA("an entry of a target list", list_keys);
const struct gv_schema gv_config_group_schema = SCHEMA("a group", group_keys);
const struct gv_schema gv_config_url_schema = SCHEMA("a target URL", url_keys);
const struct gv_schema gv_config_gdoi_schema = SCHEMA("a gdoi profile", gdoi_keys);
const struct gv_schema gv_config_probe_schema = SCHEMA("a probe", probe_keys);
const struct gv_schema gv_config_ad_hoc_schema = SCHEMA("an entry of ad_hoc", ad_hoc_keys);
const struct gv_schema gv_config_history_schema = SCHEMA("history", history_keys);
const struct gv_schema gv_config_syslog_schema = SCHEMA("syslog", syslog_keys);
const struct gv_schema gv_config_traps_schema = SCHEMA("traps", traps_keys);
const struct gv_schema gv_config_limits_schema = SCHEMA("limits", limits_keys);

const struct gv_config_target_row gv_config_target_defaults = {
    .interval = {SECONDS(60)},
    .deadline = {SECONDS(30)},
    .snmp_timeout = {SECONDS(2)},
    .ssh_timeout = {SECONDS(10)},
    .snmp_port = 161,
    .snmp_retries = 2,
    .ssh_port = 22,
    .ssh_profile = GV_SSH_DEFAULT,
    .ssh_keep = true,
    .restconf_timeout = {SECONDS(10)},
    .restconf_port = 443,
};

const struct gv_config_probe_row gv_config_probe_defaults = {
    .port = 848,
    .nat_port = 4500,
    .interval = {SECONDS(3600)},
    .timeout = {SECONDS(30)},
};

const struct gv_config_history_row gv_config_history_defaults = {
    .database = "",
    .keep_days = 400,
    .max_size = MEGABYTES(256),
};

const struct gv_config_limits gv_config_limits_defaults = {
    .in_flight = 500,
    .ssh_in_flight = 10,
    .restconf_in_flight = 10,
    .logins_per_minute = 60,
    .backoff_most = {SECONDS(300)},
    .stale_after = {SECONDS(300)},
    .connections = 256,
    .connections_per_address = 32,
    .request_deadline = {SECONDS(5)},
    .response_deadline = {SECONDS(30)},
};
