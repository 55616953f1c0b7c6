/* SPDX-License-Identifier: Apache-2.0 */
/* Probes and their profiles. */
#include <string.h>

#include "config/reader.h"
#include "gdoi/endpoint.h"

enum {
    PSK_SHORT = 16, /* octets */
    WHY_SIZE = 300
};

/* ---- profiles ---- */

static void read_identity(struct gv_config_reader *reader, const struct gv_node *map,
                          const char *key, const char *text, struct gdoi_identity *out)
{
    if (text != NULL && !gdoi_identity_read(text, GDOI_NO_NUMBER, out))
        gv_fault(&reader->faults, gv_node_get(map, key)->at,
                 "%s is no identity; expected an address, a name or user@name", key);
}

static void read_suites(struct gv_config_reader *reader, const struct gv_node *list,
                        struct gv_config_gdoi_profile *out)
{
    for (const struct gv_node *n = list->first; n != NULL; n = n->next) {
        if (out->suite_count == GDOI_SUITES_MOST) {
            gv_fault(&reader->faults, n->at, "too many proposals; expected at most %d",
                     GDOI_SUITES_MOST);
            return;
        }
        if (gdoi_suite_read(gv_text(n->text), &out->suites[out->suite_count]))
            out->suite_count++;
        else
            gv_fault(&reader->faults, n->at,
                     "\"%.80s\" is no proposal; expected CIPHER-HASH-GROUP, as "
                     "aes128-sha256-modp2048",
                     n->text);
    }
}

static void load_certificate(struct gv_config_reader *reader, const struct gv_node *map,
                             struct gv_config_gdoi_profile *out)
{
    char why[WHY_SIZE];

    if (out->private_key == NULL || out->authorities == NULL) {
        gv_fault(&reader->faults, map->key_at,
                 "profile \"%s\" has a certificate alone; expected private_key and authorities "
                 "beside it",
                 map->key);
        return;
    }
    if (reader->options->offline)
        return;
    out->credential = gdoi_credential_load(out->certificate, out->private_key, out->authorities,
                                           out->revocations, why, sizeof(why));
    if (out->credential == NULL)
        gv_fault(&reader->faults, gv_node_get(map, "certificate")->at, "%s", why);
}

/* Whoever stands between once can try keys off line (the notes on threats, 1). */
static void check_psk(struct gv_config_reader *reader, const struct gv_config_gdoi_row *row,
                      const struct gv_secret *psk)
{
    if (psk != NULL && gv_secret_size(psk) < PSK_SHORT)
        gv_fault_warn(&reader->faults, row->psk.node->at,
                      "%s is short and can be guessed off line; prefer %d characters or more",
                      row->psk.node->key, PSK_SHORT);
}

static const char *path_or_none(struct gv_config_reader *reader, const char *path)
{
    return path != NULL ? gv_config_path(reader, path) : NULL;
}

static const char *text_or_none(struct gv_config_reader *reader, const char *text)
{
    return text != NULL ? gv_config_keep(reader, text) : NULL;
}

static void read_profile(struct gv_config_reader *reader, const struct gv_node *map,
                         struct gv_config_gdoi_profile *out)
{
    struct gv_config_gdoi_row row = {.legacy = false};

    gv_schema_read(&gv_config_gdoi_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (map->kind != GV_NODE_MAP)
        return;
    out->name = gv_config_keep(reader, map->key);
    out->is_certificate = row.certificate != NULL;
    if ((row.psk.from != GV_SECRET_NOWHERE) == out->is_certificate)
        gv_fault(&reader->faults, map->key_at,
                 "profile \"%s\" needs one of psk and certificate", map->key);
    out->certificate = path_or_none(reader, row.certificate);
    out->private_key = path_or_none(reader, row.private_key);
    out->authorities = path_or_none(reader, row.authorities);
    out->revocations = path_or_none(reader, row.revocations);
    out->identity_text = text_or_none(reader, row.identity);
    out->key_server_text = text_or_none(reader, row.key_server);
    gv_config_secret(reader, &row.psk, &out->psk);
    check_psk(reader, &row, out->psk);
    if (out->is_certificate)
        load_certificate(reader, map, out);
    read_identity(reader, map, "identity", row.identity, &out->identity);
    read_identity(reader, map, "key_server", row.key_server, &out->key_server);
    if (out->credential != NULL)
        gdoi_identity_of_subject(out->credential, &out->identity);
    if (row.proposals != NULL)
        read_suites(reader, row.proposals, out);
    else
        out->suite_count = gdoi_suites_default(row.legacy, out->suites);
}

void gv_config_gdoi(struct gv_config_reader *reader, const struct gv_node *map)
{
    struct gv_config *config = reader->config;

    config->gdoi = gv_config_alloc(reader, map->count * sizeof(*config->gdoi));
    for (const struct gv_node *n = map->first; config->gdoi != NULL && n != NULL; n = n->next)
        read_profile(reader, n, &config->gdoi[config->gdoi_count++]);
}

/* ---- probes ---- */

static const struct gv_config_gdoi_profile *find_profile(const struct gv_config *config,
                                                         const char *name)
{
    for (size_t i = 0; i < config->gdoi_count; i++)
        if (config->gdoi[i].name != NULL && strcmp(config->gdoi[i].name, name) == 0)
            return &config->gdoi[i];
    return NULL;
}

/* A target's name or address gives the label that its metrics have. */
static bool read_ks(struct gv_config_reader *reader, const struct gv_config_probe_row *row,
                    struct gv_probe_spec *out)
{
    const struct gv_config_target *target = gv_config_find_target(reader->config, row->ks);
    const char *address = target != NULL ? target->target.address : row->ks;

    out->ks = target != NULL ? target->target.name : gv_config_keep(reader, row->ks);
    return gdoi_endpoint_read(address, (uint16_t)row->port, &out->client.remote) &&
           out->client.remote.port == row->port;
}

static void read_places(struct gv_config_reader *reader, const struct gv_node *map,
                        const struct gv_config_probe_row *row, struct gv_probe_spec *out)
{
    if (!read_ks(reader, row, out))
        gv_fault(
            &reader->faults, gv_node_get(map, "ks")->at,
            "\"%.80s\" is no key server; expected an IPv4 or IPv6 address, or the name of a "
            "target that has one",
            row->ks);
    if (row->local != NULL &&
        !gdoi_endpoint_read(row->local, (uint16_t)row->local_port, &out->client.local))
        gv_fault(&reader->faults, gv_node_get(map, "local")->at,
                 "local is no address; expected IPv4 or IPv6");
    out->client.local.port = (uint16_t)row->local_port;
    if (!gdoi_identity_read(row->group, (enum gdoi_number)(row->group_octets + GDOI_BIG_ENDIAN),
                            &out->client.group))
        gv_fault(&reader->faults, gv_node_get(map, "group")->at,
                 "group is none; expected a number, an address or a name");
}

static void check_name(struct gv_config_reader *reader, const struct gv_node *map,
                       const char *name)
{
    for (size_t i = 0; i < reader->config->probe_count; i++)
        if (strcmp(reader->config->probes[i].spec.name, name) == 0)
            gv_fault(&reader->faults, map->at, "probe \"%.80s\" is there already", name);
}

static void read_probe(struct gv_config_reader *reader, const struct gv_node *map)
{
    struct gv_config_probe_row row = gv_config_probe_defaults;
    struct gv_config *config = reader->config;
    struct gv_config_probe probe = {.profile = NULL};
    const struct gv_config_gdoi_profile *profile;

    gv_schema_read(&gv_config_probe_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (row.name == NULL || row.ks == NULL || row.group == NULL || row.gdoi == NULL)
        return;
    check_name(reader, map, row.name);
    profile = find_profile(config, row.gdoi);
    if (profile == NULL) {
        gv_fault(&reader->faults, gv_node_get(map, "gdoi")->at,
                 "no gdoi profile \"%.80s\"; expected one of credentials: gdoi:", row.gdoi);
        return;
    }
    probe.profile = profile->name;
    probe.spec = (struct gv_probe_spec){
        .name = gv_config_keep(reader, row.name),
        .group = gv_config_keep(reader, row.group),
        .interval = row.interval,
        .client = {.suites = profile->suites,
                   .suite_count = profile->suite_count,
                   .psk = profile->psk,
                   .credential = profile->credential,
                   .identity = profile->identity,
                   .peer = profile->key_server,
                   .step_timeout = row.timeout,
                   .ack = row.ack,
                   .ack_key_bits = (uint16_t)row.ack_key_bits},
        .psk = profile->psk,
        .credential = profile->credential,
        .nat_port = (uint16_t)row.nat_port,
        .interface = text_or_none(reader, row.interface),
    };
    read_places(reader, map, &row, &probe.spec);
    config->probes[config->probe_count++] = probe;
}

void gv_config_probes(struct gv_config_reader *reader, const struct gv_node *list)
{
    struct gv_config *config = reader->config;

    config->probes = gv_config_alloc(reader, list->count * sizeof(*config->probes));
    for (const struct gv_node *map = list->first; config->probes != NULL && map != NULL;
         map = map->next)
        read_probe(reader, map);
    if (config->state_directory == NULL && list->count > 0)
        gv_fault(&reader->faults, list->key_at,
                 "probes need a state_directory: it keeps when they last registered, so that "
                 "no restart makes them more");
}
