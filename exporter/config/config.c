/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "config/reader.h"

/* Strings and profiles of one configuration. */
enum { CONFIG_MEMORY = 128 << 20 };

const char *gv_config_keep(struct gv_config_reader *reader, const char *text)
{
    const char *kept = gv_arena_text(&reader->config->arena, gv_text(text));

    if (kept != NULL)
        return kept;
    gv_fault(&reader->faults, (struct gv_place){reader->file, 0, 0}, "too large to be kept");
    return "";
}

void *gv_config_alloc(struct gv_config_reader *reader, size_t n)
{
    void *at = gv_arena_alloc(&reader->config->arena, n);

    if (at == NULL)
        gv_fault(&reader->faults, (struct gv_place){reader->file, 0, 0},
                 "too large to be kept");
    return at;
}

const char *gv_config_path(struct gv_config_reader *reader, const char *path)
{
    const char *slash = strrchr(reader->file, '/');
    struct gv_buf whole = gv_buf(GV_CONFIG_PATH * 4);
    const char *kept;

    if (path[0] == '/' || slash == NULL)
        return gv_config_keep(reader, path);
    gv_buf_add(&whole, reader->file, (size_t)(slash - reader->file) + 1);
    gv_buf_add_str(&whole, path);
    if (whole.err != GV_OK)
        gv_fault(&reader->faults, (struct gv_place){reader->file, 0, 0}, "a path is too long");
    kept = gv_config_keep(reader, whole.at ? whole.at : "");
    gv_buf_clear(&whole);
    return kept;
}

static void read_groups(struct gv_config_reader *reader, const struct gv_node *list)
{
    struct gv_config *config = reader->config;

    config->groups = gv_config_alloc(reader, list->count * sizeof(*config->groups));
    if (config->groups == NULL)
        return;
    for (const struct gv_node *map = list->first; map != NULL; map = map->next) {
        struct gv_config_group_row row = {0};

        gv_schema_read(&gv_config_group_schema, GV_USE_MAP, map, &row, &reader->faults);
        for (size_t i = 0; row.group != NULL && i < config->group_count; i++)
            if (strcmp(config->groups[i].group, row.group) == 0)
                gv_fault(&reader->faults, map->at, "group \"%.80s\" is there already",
                         row.group);
        config->groups[config->group_count++] = (struct gv_group_override){
            .group = row.group ? gv_config_keep(reader, row.group) : "",
            .has_retransmits = gv_node_get(map, "retransmits") != NULL,
            .has_interval = gv_node_get(map, "interval") != NULL,
            .retransmits = row.retransmits,
            .interval_s = (uint32_t)(row.interval.ms / 1000),
            .transport = (enum gv_rekey_transport)row.transport,
        };
    }
}

static bool is_http(const char *url)
{
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

static void read_urls(struct gv_config_reader *reader, const struct gv_node *list)
{
    struct gv_config *config = reader->config;

    config->urls = gv_config_alloc(reader, list->count * sizeof(*config->urls));
    if (config->urls == NULL)
        return;
    for (const struct gv_node *map = list->first; map != NULL; map = map->next) {
        struct gv_config_url_row row = {.refresh = gv_secs(60)};

        gv_schema_read(&gv_config_url_schema, GV_USE_MAP, map, &row, &reader->faults);
        if (row.url == NULL)
            continue;
        if (!is_http(row.url) || strpbrk(row.url, "@ ") != NULL) {
            gv_fault(&reader->faults, gv_node_get(map, "url")->at,
                     "url is no plain web address; expected http:// or https://, without user "
                     "name and password");
            continue;
        }
        config->urls[config->url_count++] =
            (struct gv_config_url){gv_config_keep(reader, row.url), row.refresh};
    }
}

/* systemd's StateDirectory= names one or several; the first is ours. */
static const char *state_directory(struct gv_config_reader *reader, const char *told)
{
    const char *given = getenv("STATE_DIRECTORY");
    struct gv_text first = gv_text_head(gv_text(given), gv_text_index(gv_text(given), ':'));

    if (told != NULL)
        return gv_config_path(reader, told);
    return first.n > 0 ? gv_arena_text(&reader->config->arena, first) : NULL;
}

/* A database that is not named lies in the state directory. */
static void read_history(struct gv_config_reader *reader, const struct gv_node *map)
{
    struct gv_config_history_row row = gv_config_history_defaults;
    const char *directory = reader->config->state_directory;
    struct gv_buf path = gv_buf(GV_CONFIG_PATH * 4);

    gv_schema_read(&gv_config_history_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (row.database[0] == '\0' && directory == NULL)
        gv_fault(&reader->faults, map->at,
                 "history without \"database\"; expected that, or a state_directory");
    gv_buf_add_str(&path, directory != NULL ? directory : "");
    gv_buf_add_str(&path, "/history.db");
    reader->config->history = (struct gv_history_settings){
        .database = row.database[0] != '\0'
                        ? gv_config_path(reader, row.database)
                        : gv_config_keep(reader, path.at != NULL ? path.at : ""),
        .keep_days = row.keep_days,
        .max_size = row.max_size,
    };
    gv_buf_clear(&path);
}

/* Profiles before the targets that name them, limits before the intervals they
 * are compared with. */
static void read_root(struct gv_config_reader *reader, const struct gv_node *root)
{
    struct gv_config_root_row row = {.known_hosts = "known_hosts"};
    struct gv_faults *faults = &reader->faults;

    gv_schema_read(&gv_config_root_schema, GV_USE_MAP, root, &row, faults);
    reader->config->known_hosts = gv_config_path(reader, row.known_hosts);
    if (row.limits != NULL)
        gv_schema_read(&gv_config_limits_schema, GV_USE_MAP, row.limits,
                       &reader->config->limits, faults);
    if (row.credentials != NULL)
        gv_config_credentials(reader, row.credentials);
    if (row.defaults != NULL)
        gv_schema_read(&gv_config_target_schema, GV_USE_DEFAULTS, row.defaults,
                       &reader->defaults, faults);
    if (row.groups != NULL)
        read_groups(reader, row.groups);
    if (row.target_urls != NULL)
        read_urls(reader, row.target_urls);
    if (row.targets != NULL)
        gv_config_targets(reader, row.targets);
    if (row.target_files != NULL)
        gv_config_target_files(reader, row.target_files);
    gv_config_target_lists(reader);
    gv_config_duplicates(reader);
    if (row.ad_hoc != NULL)
        gv_config_ad_hoc(reader, row.ad_hoc);
    reader->config->state_directory = state_directory(reader, row.state_directory);
    gv_config_events(reader, row.syslog, row.traps);
    if (row.probes != NULL)
        gv_config_probes(reader, row.probes);
    if (row.history != NULL)
        read_history(reader, row.history);
}

static void read_text(struct gv_config_reader *reader, struct gv_text text)
{
    struct gv_yaml yaml;

    if (gv_yaml_read(reader->file, text, &yaml, &reader->faults) != GV_OK)
        return;
    if (yaml.root == NULL)
        gv_fault(&reader->faults, (struct gv_place){reader->file, 1, 1},
                 "the file is empty; expected at least credentials and targets");
    else
        read_root(reader, yaml.root);
    gv_yaml_clear(&yaml);
}

enum gv_err gv_config_read(const char *file, struct gv_text text, bool inline_secrets,
                           const struct gv_config_options *options, struct gv_config **out,
                           struct gv_buf *why)
{
    struct gv_config *config = calloc(1, sizeof(*config));
    struct gv_config_reader reader = {
        .config = config,
        .options = options,
        .faults = {.out = why},
        .inline_secrets = inline_secrets,
        .defaults = gv_config_target_defaults,
    };

    if (config == NULL)
        return GV_ERR_NO_MEMORY;
    config->arena = gv_arena(CONFIG_MEMORY);
    config->limits = gv_config_limits_defaults;
    reader.file = file;
    reader.file = gv_config_keep(&reader, file);
    read_text(&reader, text);
    gv_faults_end(&reader.faults);
    config->warnings = reader.faults.warnings;
    if (reader.faults.errors > 0) {
        gv_config_free(config);
        return GV_ERR_MALFORMED;
    }
    *out = config;
    return GV_OK;
}

enum gv_err gv_config_load(const char *file, const struct gv_config_options *options,
                           struct gv_config **out, struct gv_buf *why)
{
    struct gv_buf text = gv_buf(GV_YAML_SIZE + 8);
    struct gv_faults faults = {.out = why};
    unsigned mode = 0;
    enum gv_err err = gv_config_read_file(file, GV_YAML_SIZE, &text, &mode);

    if (err == GV_OK) {
        bool private = (mode & (S_IRGRP | S_IROTH)) == 0;

        err =
            gv_config_read(file, (struct gv_text){text.at, text.n}, private, options, out, why);
    } else {
        gv_fault(&faults, (struct gv_place){file, 0, 0},
                 "cannot read the configuration: %s; expected a YAML file (see --help)",
                 err == GV_ERR_SYSTEM      ? strerror(errno)
                 : err == GV_ERR_TOO_LARGE ? "it is larger than 32 MiB"
                                           : "no such file");
        err = GV_ERR_NOT_FOUND;
    }
    if (text.at != NULL)
        gv_wipe(text.at, text.n);
    gv_buf_clear(&text);
    return err;
}

void gv_config_free(struct gv_config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->snmp_count; i++) {
        gv_secret_free(config->snmp[i].credential.community);
        gv_secret_free(config->snmp[i].credential.auth_password);
        gv_secret_free(config->snmp[i].credential.priv_password);
    }
    for (size_t i = 0; i < config->ssh_count; i++) {
        gv_secret_free(config->ssh[i].credential.password);
        gv_secret_free(config->ssh[i].credential.key_passphrase);
        gv_secret_free(config->ssh[i].credential.enable);
    }
    for (size_t i = 0; i < config->restconf_count; i++)
        gv_secret_free(config->restconf[i].credential.password);
    for (size_t i = 0; i < config->gdoi_count; i++) {
        gv_secret_free(config->gdoi[i].psk);
        gdoi_credential_free(config->gdoi[i].credential);
    }
    free(config->targets);
    gv_arena_clear(&config->arena);
    free(config);
}

static uint64_t mix_file(uint64_t mark, const char *path)
{
    struct stat info;

    mark = gv_hash(mark, path, strlen(path));
    if (stat(path, &info) != 0)
        return mark;
    mark = gv_hash(mark, &info.st_size, sizeof(info.st_size));
    mark = gv_hash(mark, &info.st_ino, sizeof(info.st_ino));
    mark = gv_hash(mark, &info.st_mtim.tv_sec, sizeof(info.st_mtim.tv_sec));
    return gv_hash(mark, &info.st_mtim.tv_nsec, sizeof(info.st_mtim.tv_nsec));
}

uint64_t gv_config_files_mark(const struct gv_config *config)
{
    uint64_t mark = GV_HASH_BEGIN;

    for (size_t i = 0; i < config->target_file_count; i++) {
        glob_t found;

        if (glob(config->target_files[i], 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++)
            mark = mix_file(mark, found.gl_pathv[j]);
        globfree(&found);
    }
    return mark;
}

static bool is_address_of(const struct gv_config_target *target, const char *name,
                          const struct gv_literal *literal)
{
    struct gv_literal address;

    if (literal == NULL)
        return strcmp(target->target.address, name) == 0;
    return gv_literal_read(target->target.address, &address) &&
           memcmp(address.octets, literal->octets, sizeof(address.octets)) == 0;
}

const struct gv_config_target *gv_config_find_target(const struct gv_config *config,
                                                     const char *name)
{
    struct gv_literal literal;
    bool is_literal = gv_literal_read(name, &literal);

    for (size_t i = 0; i < config->target_count; i++)
        if (strcmp(config->targets[i].target.name, name) == 0)
            return &config->targets[i];
    for (size_t i = 0; i < config->target_count; i++)
        if (is_address_of(&config->targets[i], name, is_literal ? &literal : NULL))
            return &config->targets[i];
    return NULL;
}
