/* SPDX-License-Identifier: Apache-2.0 */
/* The effective configuration for people: nothing here can reach a secret's
 * octets, only whether there is one. */
#include <stdio.h>
#include <string.h>

#include "config/keys.h"

static const char *word(const struct gv_schema *schema, const char *key, unsigned value)
{
    for (size_t i = 0; i < schema->count; i++)
        if (strcmp(schema->keys[i].name, key) == 0)
            return schema->keys[i].words[value];
    return "";
}

/* A YAML text in double quotes. */
static void add_quoted(struct gv_buf *out, const char *text)
{
    gv_buf_add_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            gv_buf_add_char(out, '\\');
        gv_buf_add_char(out, *text);
    }
    gv_buf_add_char(out, '"');
}

static void add_text(struct gv_buf *out, const char *indent, const char *key, const char *value)
{
    if (value == NULL)
        return;
    gv_buf_add_str(out, indent);
    gv_buf_add_str(out, key);
    gv_buf_add_str(out, ": ");
    add_quoted(out, value);
    gv_buf_add_char(out, '\n');
}

static void add_word(struct gv_buf *out, const char *indent, const char *key, const char *value)
{
    gv_buf_add_str(out, indent);
    gv_buf_add_str(out, key);
    gv_buf_add_str(out, ": ");
    gv_buf_add_str(out, value);
    gv_buf_add_char(out, '\n');
}

static void add_number(struct gv_buf *out, const char *indent, const char *key, uint64_t value)
{
    gv_buf_add_str(out, indent);
    gv_buf_add_str(out, key);
    gv_buf_add_str(out, ": ");
    gv_buf_add_u64(out, value);
    gv_buf_add_char(out, '\n');
}

static void add_span(struct gv_buf *out, const char *indent, const char *key,
                     struct gv_dur span)
{
    gv_buf_add_str(out, indent);
    gv_buf_add_str(out, key);
    gv_buf_add_str(out, ": ");
    gv_buf_add_u64(out, (uint64_t)(span.ms % 1000 == 0 ? span.ms / 1000 : span.ms));
    gv_buf_add_str(out, span.ms % 1000 == 0 ? "s\n" : "ms\n");
}

static void add_secret(struct gv_buf *out, const char *key, const struct gv_secret *secret)
{
    if (secret != NULL)
        add_word(out, "      ", key, "\"<set>\"");
}

static void show_snmp(const struct gv_config_snmp_profile *profile, struct gv_buf *out)
{
    const struct gv_snmp_credential *c = &profile->credential;

    gv_buf_add_str(out, "    ");
    add_quoted(out, profile->name);
    gv_buf_add_str(out, ":\n");
    add_word(out, "      ", "version", word(&gv_config_snmp_schema, "version", c->version));
    add_secret(out, "community", c->community);
    add_text(out, "      ", "user", c->user);
    if (c->version == GV_SNMP_V3) {
        add_word(out, "      ", "auth", word(&gv_config_snmp_schema, "auth", c->auth));
        add_word(out, "      ", "priv", word(&gv_config_snmp_schema, "priv", c->priv));
    }
    add_secret(out, "auth_password", c->auth_password);
    add_secret(out, "priv_password", c->priv_password);
}

static void show_ssh(const struct gv_config_ssh_profile *profile, struct gv_buf *out)
{
    const struct gv_ssh_credential *c = &profile->credential;

    gv_buf_add_str(out, "    ");
    add_quoted(out, profile->name);
    gv_buf_add_str(out, ":\n");
    add_text(out, "      ", "user", c->user);
    add_secret(out, "password", c->password);
    add_text(out, "      ", "key_file", c->key_file);
    add_secret(out, "passphrase", c->key_passphrase);
    add_word(out, "      ", "agent", c->agent ? "true" : "false");
    add_secret(out, "enable", c->enable);
}

static void show_restconf(const struct gv_config_restconf_profile *profile, struct gv_buf *out)
{
    const struct gv_restconf_credential *c = &profile->credential;

    gv_buf_add_str(out, "    ");
    add_quoted(out, profile->name);
    gv_buf_add_str(out, ":\n");
    add_text(out, "      ", "user", c->user);
    add_secret(out, "password", c->password);
    add_text(out, "      ", "authorities", c->ca_file);
}

static void show_gdoi(const struct gv_config_gdoi_profile *profile, struct gv_buf *out)
{
    gv_buf_add_str(out, "    ");
    add_quoted(out, profile->name);
    gv_buf_add_str(out, ":\n");
    add_secret(out, "psk", profile->psk);
    add_text(out, "      ", "certificate", profile->certificate);
    add_text(out, "      ", "private_key", profile->private_key);
    add_text(out, "      ", "authorities", profile->authorities);
    add_text(out, "      ", "revocations", profile->revocations);
    add_text(out, "      ", "identity", profile->identity_text);
    add_text(out, "      ", "key_server", profile->key_server_text);
    gv_buf_add_str(out, "      proposals:\n");
    for (size_t i = 0; i < profile->suite_count; i++) {
        gv_buf_add_str(out, "        - ");
        gdoi_suite_name(&profile->suites[i], out);
        gv_buf_add_char(out, '\n');
    }
}

static void show_probe(const struct gv_config_probe *probe, struct gv_buf *out)
{
    const struct gv_probe_spec *spec = &probe->spec;

    add_text(out, "  - ", "name", spec->name);
    add_text(out, "    ", "ks", spec->ks);
    add_number(out, "    ", "port", spec->client.remote.port);
    add_text(out, "    ", "group", spec->group);
    add_text(out, "    ", "gdoi", probe->profile);
    add_number(out, "    ", "local_port", spec->client.local.port);
    add_span(out, "    ", "interval", spec->interval);
    add_span(out, "    ", "timeout", spec->client.step_timeout);
    add_word(out, "    ", "ack", spec->client.ack ? "true" : "false");
}

static void show_target(const struct gv_config_target *config, struct gv_buf *out)
{
    const struct gv_target *target = &config->target;

    add_text(out, "  - ", "name", target->name);
    add_text(out, "    ", "address", target->address);
    add_span(out, "    ", "interval", config->interval);
    add_span(out, "    ", "deadline", target->deadline);
    if (target->snmp == NULL && target->ssh == NULL && target->restconf == NULL)
        gv_buf_add_str(out, "    collectors:\n      - events\n");
    for (size_t i = 0; i < target->event_address_count; i++) {
        gv_buf_add_str(out, i == 0 ? "    event_addresses:\n      - " : "      - ");
        add_quoted(out, target->event_addresses[i]);
        gv_buf_add_char(out, '\n');
    }
    if (target->snmp != NULL) {
        add_text(out, "    ", "snmp", config->snmp_profile);
        add_number(out, "    ", "snmp_port", target->snmp_port);
        add_span(out, "    ", "snmp_timeout", target->snmp_timeout);
        add_number(out, "    ", "snmp_retries", target->snmp_retries);
    }
    if (target->ssh != NULL) {
        add_text(out, "    ", "ssh", config->ssh_credentials);
        add_number(out, "    ", "ssh_port", target->ssh_port);
        add_span(out, "    ", "ssh_timeout", target->ssh_timeout);
        add_word(out, "    ", "ssh_profile",
                 word(&gv_config_target_schema, "ssh_profile", target->ssh_profile));
        add_word(out, "    ", "ssh_keep", target->ssh_keep ? "true" : "false");
        add_word(out, "    ", "ssh_logging", target->ssh_logging ? "true" : "false");
    }
    if (target->restconf != NULL) {
        add_text(out, "    ", "restconf", config->restconf_profile);
        add_number(out, "    ", "restconf_port", target->restconf_port);
        add_span(out, "    ", "restconf_timeout", target->restconf_timeout);
        add_text(out, "    ", "restconf_pin", target->restconf_pin);
    }
}

static void show_ad_hoc(const struct gv_config_ad_hoc *ad_hoc, struct gv_buf *out)
{
    gv_buf_add_str(out, "  - allow:\n");
    for (size_t i = 0; i < ad_hoc->network_count; i++) {
        gv_buf_add_str(out, "      - ");
        gv_network_name(&ad_hoc->networks[i], out);
        gv_buf_add_char(out, '\n');
    }
    add_text(out, "    ", "snmp", ad_hoc->target.snmp_profile);
    add_text(out, "    ", "ssh", ad_hoc->target.ssh_credentials);
    add_text(out, "    ", "restconf", ad_hoc->target.restconf_profile);
}

static void show_group(const struct gv_group_override *group, struct gv_buf *out)
{
    add_text(out, "  - ", "group", group->group);
    if (group->has_retransmits)
        add_number(out, "    ", "retransmits", group->retransmits);
    if (group->has_interval)
        add_span(out, "    ", "interval", gv_secs(group->interval_s));
    if (group->transport != GV_REKEY_TRANSPORT_UNSAID)
        add_word(out, "    ", "transport", gv_rekey_transport_name(group->transport));
}

static void show_history(const struct gv_history_settings *history, struct gv_buf *out)
{
    gv_buf_add_str(out, "history:\n");
    add_text(out, "  ", "database", history->database);
    add_number(out, "  ", "keep_days", history->keep_days);
    gv_buf_add_str(out, "  max_size: ");
    gv_buf_add_u64(out, history->max_size >> (history->max_size % (1 << 20) == 0 ? 20 : 10));
    gv_buf_add_str(out, history->max_size % (1 << 20) == 0 ? "MB\n" : "KB\n");
}

static void show_limits(const struct gv_config_limits *limits, struct gv_buf *out)
{
    gv_buf_add_str(out, "limits:\n");
    add_number(out, "  ", "in_flight", limits->in_flight);
    add_number(out, "  ", "ssh_in_flight", limits->ssh_in_flight);
    add_number(out, "  ", "restconf_in_flight", limits->restconf_in_flight);
    add_number(out, "  ", "logins_per_minute", limits->logins_per_minute);
    add_span(out, "  ", "backoff_most", limits->backoff_most);
    add_span(out, "  ", "stale_after", limits->stale_after);
    add_number(out, "  ", "connections", limits->connections);
    add_number(out, "  ", "connections_per_address", limits->connections_per_address);
    add_span(out, "  ", "request_deadline", limits->request_deadline);
    add_span(out, "  ", "response_deadline", limits->response_deadline);
}

static void show_credentials(const struct gv_config *config, struct gv_buf *out)
{
    if (config->snmp_count + config->ssh_count + config->restconf_count + config->gdoi_count >
        0)
        gv_buf_add_str(out, "credentials:\n");
    if (config->snmp_count > 0)
        gv_buf_add_str(out, "  snmp:\n");
    for (size_t i = 0; i < config->snmp_count; i++)
        show_snmp(&config->snmp[i], out);
    if (config->ssh_count > 0)
        gv_buf_add_str(out, "  ssh:\n");
    for (size_t i = 0; i < config->ssh_count; i++)
        show_ssh(&config->ssh[i], out);
    if (config->restconf_count > 0)
        gv_buf_add_str(out, "  restconf:\n");
    for (size_t i = 0; i < config->restconf_count; i++)
        show_restconf(&config->restconf[i], out);
    if (config->gdoi_count > 0)
        gv_buf_add_str(out, "  gdoi:\n");
    for (size_t i = 0; i < config->gdoi_count; i++)
        show_gdoi(&config->gdoi[i], out);
}

static void show_listen(const char *what, const char *const *listen, size_t count,
                        struct gv_buf *out)
{
    if (count == 0)
        return;
    gv_buf_add_str(out, what);
    gv_buf_add_str(out, ":\n  listen:\n");
    for (size_t i = 0; i < count; i++) {
        gv_buf_add_str(out, "    - ");
        add_quoted(out, listen[i]);
        gv_buf_add_char(out, '\n');
    }
}

void gv_config_show(const struct gv_config *config, struct gv_buf *out)
{
    show_credentials(config, out);
    add_text(out, "", "known_hosts", config->known_hosts);
    if (config->target_file_count > 0)
        gv_buf_add_str(out, "target_files:\n");
    for (size_t i = 0; i < config->target_file_count; i++) {
        gv_buf_add_str(out, "  - ");
        add_quoted(out, config->target_files[i]);
        gv_buf_add_char(out, '\n');
    }
    if (config->url_count > 0)
        gv_buf_add_str(out, "target_urls:\n");
    for (size_t i = 0; i < config->url_count; i++) {
        add_text(out, "  - ", "url", config->urls[i].url);
        add_span(out, "    ", "refresh", config->urls[i].refresh);
    }
    if (config->group_count > 0)
        gv_buf_add_str(out, "groups:\n");
    for (size_t i = 0; i < config->group_count; i++)
        show_group(&config->groups[i], out);
    show_limits(&config->limits, out);
    if (config->target_count > 0)
        gv_buf_add_str(out, "targets:\n");
    for (size_t i = 0; i < config->target_count; i++)
        show_target(&config->targets[i], out);
    if (config->ad_hoc_count > 0)
        gv_buf_add_str(out, "ad_hoc:\n");
    for (size_t i = 0; i < config->ad_hoc_count; i++)
        show_ad_hoc(&config->ad_hoc[i], out);
    show_listen("syslog", config->syslog, config->syslog_count, out);
    show_listen("traps", config->traps, config->trap_count, out);
    if (config->probe_count > 0) {
        add_text(out, "", "state_directory", config->state_directory);
        gv_buf_add_str(out, "probes:\n");
    }
    for (size_t i = 0; i < config->probe_count; i++)
        show_probe(&config->probes[i], out);
    if (config->history.database != NULL)
        show_history(&config->history, out);
}

void gv_config_summary(const struct gv_config *config, struct gv_buf *out)
{
    size_t snmp = 0, ssh = 0, legacy = 0, restconf = 0;
    char text[400];

    for (size_t i = 0; i < config->target_count; i++) {
        const struct gv_target *target = &config->targets[i].target;

        snmp += gv_target_by_snmp(target);
        ssh += gv_target_by_ssh(target);
        restconf += gv_target_by_restconf(target);
        legacy += target->ssh != NULL && target->ssh_profile == GV_SSH_LEGACY;
    }
    (void)snprintf(text, sizeof(text),
                   "targets: %zu (snmp %zu, ssh %zu, of these legacy %zu, restconf %zu)\n"
                   "target lists: %zu files, %zu URLs\n"
                   "credentials: %zu snmp, %zu ssh, %zu restconf, %zu gdoi\n"
                   "groups: %zu\nprobes: %zu\nwarnings: %zu\n",
                   config->target_count, snmp, ssh, legacy, restconf, config->target_file_count,
                   config->url_count, config->snmp_count, config->ssh_count,
                   config->restconf_count, config->gdoi_count, config->group_count,
                   config->probe_count, config->warnings);
    gv_buf_add_str(out, text);
}

void gv_config_help(struct gv_buf *out)
{
    static const struct {
        const char *title;
        const struct gv_schema *schema;
    } sections[] = {
        {"the file", &gv_config_root_schema},
        {"credentials: snmp: NAME:", &gv_config_snmp_schema},
        {"credentials: ssh: NAME:", &gv_config_ssh_schema},
        {"credentials: restconf: NAME:", &gv_config_restconf_schema},
        {"credentials: gdoi: NAME:", &gv_config_gdoi_schema},
        {"targets, defaults", &gv_config_target_schema},
        {"target lists", &gv_config_list_schema},
        {"target_urls", &gv_config_url_schema},
        {"groups", &gv_config_group_schema},
        {"ad_hoc", &gv_config_ad_hoc_schema},
        {"probes", &gv_config_probe_schema},
        {"history", &gv_config_history_schema},
        {"syslog", &gv_config_syslog_schema},
        {"traps", &gv_config_traps_schema},
        {"limits", &gv_config_limits_schema},
    };

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        gv_buf_add_str(out, "  ");
        gv_buf_add_str(out, sections[i].title);
        gv_buf_add_str(out, "\n");
        gv_schema_help(sections[i].schema, out);
    }
}
