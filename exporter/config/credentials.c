/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "config/reader.h"

/* RFC 3414, section 11.2: USM passwords have at least 8 characters. */
enum { USM_PASSWORD = 8 };

/* No version was read; that is a fault of its own, so nothing follows from it. */
enum { VERSION_UNREAD = UINT32_MAX / 2 };

static void need(struct gv_config_reader *reader, const struct gv_node *map, bool there,
                 const char *key, const char *because)
{
    if (!there)
        gv_fault(&reader->faults, map->key_at, "profile \"%s\" without \"%s\"; expected it %s",
                 map->key, key, because);
}

static void refuse(struct gv_config_reader *reader, const struct gv_node *map, const char *key,
                   const char *because)
{
    const struct gv_node *node = gv_node_get(map, key);

    if (node != NULL)
        gv_fault(&reader->faults, node->key_at, "\"%s\" %s", key, because);
}

static void check_password(struct gv_config_reader *reader,
                           const struct gv_secret_source *source,
                           const struct gv_secret *secret)
{
    if (secret != NULL && gv_secret_size(secret) < USM_PASSWORD)
        gv_fault(&reader->faults, source->node->at,
                 "%s has less than 8 characters; expected 8 or more (RFC 3414)",
                 source->node->key);
}

static void check_usm(struct gv_config_reader *reader, const struct gv_node *map,
                      const struct gv_config_snmp_row *row)
{
    need(reader, map, row->user != NULL, "user", "for version 3");
    need(reader, map,
         row->auth == GV_SNMP_NO_AUTH || row->auth_password.from != GV_SECRET_NOWHERE,
         "auth_password", "where auth is set");
    need(reader, map,
         row->priv == GV_SNMP_NO_PRIV || row->priv_password.from != GV_SECRET_NOWHERE,
         "priv_password", "where priv is set");
    need(reader, map, row->priv == GV_SNMP_NO_PRIV || row->auth != GV_SNMP_NO_AUTH, "auth",
         "where priv is set: there is no privacy without authentication");
    refuse(reader, map, "community", "is of versions 1 and 2c; expected user");
}

static void check_community(struct gv_config_reader *reader, const struct gv_node *map,
                            const struct gv_config_snmp_row *row)
{
    static const char *const usm[] = {"user", "auth", "priv"};

    need(reader, map, row->community.from != GV_SECRET_NOWHERE, "community",
         "for versions 1 and 2c");
    for (size_t i = 0; i < sizeof(usm) / sizeof(usm[0]); i++)
        refuse(reader, map, usm[i], "is of version 3; expected community alone");
}

static void read_snmp(struct gv_config_reader *reader, const struct gv_node *map,
                      struct gv_config_snmp_profile *out)
{
    struct gv_config_snmp_row row = {.version = VERSION_UNREAD};
    struct gv_snmp_credential *credential = &out->credential;

    gv_schema_read(&gv_config_snmp_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (row.version == VERSION_UNREAD)
        return;
    if (row.version == GV_SNMP_V3)
        check_usm(reader, map, &row);
    else
        check_community(reader, map, &row);
    out->name = gv_config_keep(reader, map->key);
    credential->version = (enum gv_snmp_version)row.version;
    credential->auth = (enum gv_snmp_auth)row.auth;
    credential->priv = (enum gv_snmp_priv)row.priv;
    credential->user = row.user ? gv_config_keep(reader, row.user) : NULL;
    gv_config_secret(reader, &row.community, &credential->community);
    gv_config_secret(reader, &row.auth_password, &credential->auth_password);
    gv_config_secret(reader, &row.priv_password, &credential->priv_password);
    check_password(reader, &row.auth_password, credential->auth_password);
    check_password(reader, &row.priv_password, credential->priv_password);
}

static void read_ssh(struct gv_config_reader *reader, const struct gv_node *map,
                     struct gv_config_ssh_profile *out)
{
    struct gv_config_ssh_row row = {0};
    struct gv_ssh_credential *credential = &out->credential;

    gv_schema_read(&gv_config_ssh_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (map->kind != GV_NODE_MAP)
        return;
    need(reader, map,
         row.password.from != GV_SECRET_NOWHERE || row.key_file != NULL || row.agent,
         "password", "(or key_file, or agent: true)");
    need(reader, map, row.passphrase.from == GV_SECRET_NOWHERE || row.key_file != NULL,
         "key_file", "where a passphrase is set");
    out->name = gv_config_keep(reader, map->key);
    credential->user = row.user ? gv_config_keep(reader, row.user) : NULL;
    credential->key_file = row.key_file ? gv_config_path(reader, row.key_file) : NULL;
    credential->agent = row.agent;
    gv_config_secret(reader, &row.password, &credential->password);
    gv_config_secret(reader, &row.passphrase, &credential->key_passphrase);
    gv_config_secret(reader, &row.enable, &credential->enable);
}

static void read_restconf(struct gv_config_reader *reader, const struct gv_node *map,
                          struct gv_config_restconf_profile *out)
{
    struct gv_config_restconf_row row = {0};
    struct gv_restconf_credential *credential = &out->credential;

    gv_schema_read(&gv_config_restconf_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (map->kind != GV_NODE_MAP)
        return;
    need(reader, map, row.password.from != GV_SECRET_NOWHERE, "password",
         "for basic authentication");
    out->name = gv_config_keep(reader, map->key);
    credential->user = row.user ? gv_config_keep(reader, row.user) : NULL;
    credential->ca_file = row.authorities ? gv_config_path(reader, row.authorities) : NULL;
    gv_config_secret(reader, &row.password, &credential->password);
}

void gv_config_credentials(struct gv_config_reader *reader, const struct gv_node *map)
{
    struct gv_config_credentials_row row = {0};
    struct gv_config *config = reader->config;

    gv_schema_read(&gv_config_credentials_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (row.gdoi != NULL)
        gv_config_gdoi(reader, row.gdoi);
    if (row.snmp != NULL)
        config->snmp = gv_config_alloc(reader, row.snmp->count * sizeof(*config->snmp));
    if (row.snmp != NULL && config->snmp != NULL)
        for (const struct gv_node *n = row.snmp->first; n != NULL; n = n->next)
            read_snmp(reader, n, &config->snmp[config->snmp_count++]);
    if (row.ssh != NULL)
        config->ssh = gv_config_alloc(reader, row.ssh->count * sizeof(*config->ssh));
    if (row.ssh != NULL && config->ssh != NULL)
        for (const struct gv_node *n = row.ssh->first; n != NULL; n = n->next)
            read_ssh(reader, n, &config->ssh[config->ssh_count++]);
    if (row.restconf != NULL)
        config->restconf =
            gv_config_alloc(reader, row.restconf->count * sizeof(*config->restconf));
    if (row.restconf != NULL && config->restconf != NULL)
        for (const struct gv_node *n = row.restconf->first; n != NULL; n = n->next)
            read_restconf(reader, n, &config->restconf[config->restconf_count++]);
}
