/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: from the file itself, from target files, from lists fetched elsewhere. */
#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"

static const struct gv_config_snmp_profile *find_snmp(const struct gv_config *config,
                                                      const char *name)
{
    for (size_t i = 0; i < config->snmp_count; i++)
        if (config->snmp[i].name != NULL && strcmp(config->snmp[i].name, name) == 0)
            return &config->snmp[i];
    return NULL;
}

static const struct gv_config_ssh_profile *find_ssh(const struct gv_config *config,
                                                    const char *name)
{
    for (size_t i = 0; i < config->ssh_count; i++)
        if (config->ssh[i].name != NULL && strcmp(config->ssh[i].name, name) == 0)
            return &config->ssh[i];
    return NULL;
}

static const struct gv_config_restconf_profile *find_restconf(const struct gv_config *config,
                                                              const char *name)
{
    for (size_t i = 0; i < config->restconf_count; i++)
        if (config->restconf[i].name != NULL && strcmp(config->restconf[i].name, name) == 0)
            return &config->restconf[i];
    return NULL;
}

static bool is_ipv6(const char *address)
{
    char literal[INET6_ADDRSTRLEN];
    struct in6_addr parsed;
    size_t n = strcspn(address, "%");

    if (n >= sizeof(literal))
        return false;
    memcpy(literal, address, n);
    literal[n] = '\0';
    return inet_pton(AF_INET6, literal, &parsed) == 1;
}

/* What is wrong with an address; NULL where nothing is. A number such as
 * 2130706433 would be taken for an address by resolvers, so it is refused. */
static const char *address_fault(const char *address)
{
    struct in_addr parsed;
    size_t n = strlen(address);

    if (strchr(address, ':') != NULL)
        return is_ipv6(address)
                   ? NULL
                   : "expected an address alone; ports are snmp_port, ssh_port and "
                     "restconf_port";
    if (strspn(address, "0123456789.") == n)
        return inet_pton(AF_INET, address, &parsed) == 1 ? NULL
                                                         : "expected four numbers up to 255";
    if (strspn(address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") !=
            n ||
        address[0] == '-')
        return "expected a host name or an address";
    return NULL;
}

static struct gv_place key_place(const struct gv_node *map, const char *key)
{
    const struct gv_node *node = gv_node_get(map, key);

    return node != NULL ? node->at : map->at;
}

static bool wanted(const struct gv_config_target_row *row, uint32_t collector,
                   const char *profile)
{
    return row->collectors != 0 ? (row->collectors & collector) != 0 : profile != NULL;
}

static void bind_snmp(struct gv_config_reader *reader, const struct gv_config_target_row *row,
                      const struct gv_node *map, struct gv_config_target *out)
{
    const struct gv_config_snmp_profile *profile;

    if (row->snmp == NULL) {
        gv_fault(&reader->faults, map->at,
                 "collector snmp without a profile; expected snmp: NAME");
        return;
    }
    profile = find_snmp(reader->config, row->snmp);
    if (profile == NULL) {
        gv_fault(
            &reader->faults, key_place(map, "snmp"),
            "no SNMP profile \"%.60s\"; expected a name from credentials: snmp:", row->snmp);
        return;
    }
    out->snmp_profile = profile->name;
    out->target.snmp = &profile->credential;
}

static void bind_ssh(struct gv_config_reader *reader, const struct gv_config_target_row *row,
                     const struct gv_node *map, struct gv_config_target *out)
{
    const struct gv_config_ssh_profile *profile;

    if (row->ssh == NULL) {
        gv_fault(&reader->faults, map->at,
                 "collector ssh without a profile; expected ssh: NAME");
        return;
    }
    profile = find_ssh(reader->config, row->ssh);
    if (profile == NULL) {
        gv_fault(&reader->faults, key_place(map, "ssh"),
                 "no SSH profile \"%.60s\"; expected a name from credentials: ssh:", row->ssh);
        return;
    }
    out->ssh_credentials = profile->name;
    out->target.ssh = &profile->credential;
}

/* "sha256//" and 32 octets in base64. */
static bool is_pin(const char *pin)
{
    static const char start[] = "sha256//";
    size_t n = sizeof(start) - 1;

    return strncmp(pin, start, n) == 0 &&
           strspn(pin + n,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/") == 43 &&
           strcmp(pin + n + 43, "=") == 0;
}

static void bind_restconf(struct gv_config_reader *reader,
                          const struct gv_config_target_row *row, const struct gv_node *map,
                          struct gv_config_target *out)
{
    const struct gv_config_restconf_profile *profile;

    if (row->restconf == NULL) {
        gv_fault(&reader->faults, map->at,
                 "collector restconf without a profile; expected restconf: NAME");
        return;
    }
    if (row->restconf_pin != NULL && !is_pin(row->restconf_pin)) {
        gv_fault(&reader->faults, key_place(map, "restconf_pin"),
                 "restconf_pin is none; expected sha256// and 44 characters of base64");
        return;
    }
    profile = find_restconf(reader->config, row->restconf);
    if (profile == NULL) {
        gv_fault(&reader->faults, key_place(map, "restconf"),
                 "no RESTCONF profile \"%.60s\"; expected a name from credentials: restconf:",
                 row->restconf);
        return;
    }
    out->restconf_profile = profile->name;
    out->target.restconf = &profile->credential;
    if (row->restconf_pin != NULL)
        out->target.restconf_pin = gv_config_keep(reader, row->restconf_pin);
}

static struct gv_config_target *new_target(struct gv_config_reader *reader, struct gv_place at)
{
    struct gv_config *config = reader->config;

    if (config->target_count == GV_TARGETS_MOST) {
        gv_fault(&reader->faults, at, "more than %d targets; expected several shards",
                 GV_TARGETS_MOST);
        return NULL;
    }
    if (config->target_count == reader->target_room) {
        size_t room = reader->target_room > 0 ? reader->target_room * 2 : 64;
        struct gv_config_target *grown = realloc(config->targets, room * sizeof(*grown));

        if (grown == NULL) {
            gv_fault(&reader->faults, at, "no memory for more targets");
            return NULL;
        }
        config->targets = grown;
        reader->target_room = room;
    }
    return &config->targets[config->target_count++];
}

static void check_interval(struct gv_config_reader *reader,
                           const struct gv_config_target_row *row, const struct gv_node *map)
{
    if (row->interval.ms >= reader->config->limits.stale_after.ms)
        gv_fault(
            &reader->faults, key_place(map, "interval"),
            "interval is not shorter than limits: stale_after, so values would come and go; "
            "expected a longer stale_after");
}

/* Only literals: a message has its sender's. */
static void read_event_addresses(struct gv_config_reader *reader, const struct gv_node *list,
                                 struct gv_target *target)
{
    const char **addresses = gv_config_alloc(reader, list->count * sizeof(*addresses));
    struct in_addr parsed;

    for (const struct gv_node *n = list->first; addresses != NULL && n != NULL; n = n->next) {
        if (!is_ipv6(n->text) && inet_pton(AF_INET, n->text, &parsed) != 1) {
            gv_fault(&reader->faults, n->at,
                     "\"%.80s\" is no address; expected IPv4 or IPv6, without port", n->text);
            return;
        }
        addresses[target->event_address_count++] = gv_config_keep(reader, n->text);
    }
    target->event_addresses = addresses;
}

/* Everything but name and address. `map` is where it stands, for the faults. */
static void fill_target(struct gv_config_reader *reader, const struct gv_config_target_row *row,
                        const struct gv_node *map, struct gv_place at,
                        struct gv_config_target *out)
{
    struct gv_target *target = &out->target;

    *out = (struct gv_config_target){.interval = row->interval, .at = at};
    target->snmp_port = (uint16_t)row->snmp_port;
    target->ssh_port = (uint16_t)row->ssh_port;
    target->snmp_timeout = row->snmp_timeout;
    target->snmp_retries = row->snmp_retries;
    target->ssh_timeout = row->ssh_timeout;
    target->deadline = row->deadline;
    target->ssh_profile = (enum gv_ssh_profile)row->ssh_profile;
    target->ssh_known_hosts = reader->config->known_hosts;
    target->ssh_keep = row->ssh_keep;
    target->restconf_port = (uint16_t)row->restconf_port;
    target->restconf_timeout = row->restconf_timeout;
    target->ssh_logging = row->ssh_logging;
    if (row->event_addresses != NULL)
        read_event_addresses(reader, row->event_addresses, target);
    check_interval(reader, row, map);
    if (row->snmp != NULL && find_snmp(reader->config, row->snmp) != NULL)
        target->notify = &find_snmp(reader->config, row->snmp)->credential;
    if (wanted(row, GV_COLLECT_SNMP, row->snmp))
        bind_snmp(reader, row, map, out);
    if (wanted(row, GV_COLLECT_SSH, row->ssh))
        bind_ssh(reader, row, map, out);
    if (wanted(row, GV_COLLECT_RESTCONF, row->restconf))
        bind_restconf(reader, row, map, out);
    if (row->collectors == 0 && row->snmp == NULL && row->ssh == NULL && row->restconf == NULL)
        gv_fault(&reader->faults, at,
                 "target without a collector; expected snmp:, ssh: or restconf: NAME");
}

/* Take over a complete row. */
static void add_target(struct gv_config_reader *reader, const struct gv_config_target_row *row,
                       const struct gv_node *map, struct gv_place at)
{
    const char *fault = address_fault(row->address);
    struct gv_config_target *out = new_target(reader, at);

    if (out == NULL)
        return;
    if (fault != NULL)
        gv_fault(&reader->faults, at, "address \"%.80s\" is none; %s", row->address, fault);
    fill_target(reader, row, map, at, out);
    out->target.address = gv_config_keep(reader, row->address);
    out->target.name = row->name ? gv_config_keep(reader, row->name) : out->target.address;
}

void gv_config_targets(struct gv_config_reader *reader, const struct gv_node *list)
{
    for (const struct gv_node *map = list->first; map != NULL; map = map->next) {
        struct gv_config_target_row row = reader->defaults;
        const struct gv_node *name = gv_node_get(map, "name"), *address;

        gv_schema_read(&gv_config_target_schema, GV_USE_MAP, map, &row, &reader->faults);
        address = gv_node_get(map, "address");
        if (row.address != NULL)
            add_target(reader, &row, map, name ? name->at : address->at);
    }
}

/* One entry of a target list: some addresses, with labels in common. */
static void add_entry(struct gv_config_reader *reader, const struct gv_node *map)
{
    struct gv_config_target_row row = reader->defaults;
    struct gv_config_list_row entry = {0};

    gv_schema_read(&gv_config_list_schema, GV_USE_MAP, map, &entry, &reader->faults);
    if (entry.labels != NULL)
        gv_schema_read(&gv_config_target_schema, GV_USE_LABELS, entry.labels, &row,
                       &reader->faults);
    if (entry.targets == NULL)
        return;
    if (entry.labels != NULL && row.name != NULL && entry.targets->count > 1) {
        gv_fault(&reader->faults, key_place(entry.labels, "name"),
                 "one name for %zu targets; expected an entry of its own for each",
                 entry.targets->count);
        return;
    }
    for (const struct gv_node *n = entry.targets->first; n != NULL; n = n->next) {
        row.address = n->text;
        add_target(reader, &row, entry.labels ? entry.labels : map, n->at);
    }
}

static void add_list(struct gv_config_reader *reader, const char *name, struct gv_text text)
{
    struct gv_yaml yaml;

    /* The places of targets point to the name. */
    if (gv_yaml_read(gv_config_keep(reader, name), text, &yaml, &reader->faults) != GV_OK)
        return;
    if (yaml.root != NULL && yaml.root->kind != GV_NODE_LIST)
        gv_fault(&reader->faults, yaml.root->at,
                 "a target list is %s; expected a list of entries with targets and labels",
                 gv_node_what(yaml.root));
    else if (yaml.root != NULL)
        for (const struct gv_node *map = yaml.root->first; map != NULL; map = map->next)
            add_entry(reader, map);
    gv_yaml_clear(&yaml);
}

static void add_file(struct gv_config_reader *reader, const char *path, struct gv_place at)
{
    struct gv_buf text = gv_buf(GV_YAML_SIZE + 8);
    enum gv_err err = gv_config_read_file(path, GV_YAML_SIZE, &text, NULL);

    if (err == GV_OK)
        add_list(reader, path, (struct gv_text){text.at, text.n});
    else
        gv_fault(&reader->faults, at, "cannot read the target file \"%s\": %s", path,
                 err == GV_ERR_SYSTEM ? strerror(errno) : gv_err_name(err));
    gv_buf_clear(&text);
}

static void add_pattern(struct gv_config_reader *reader, const char *pattern,
                        struct gv_place at)
{
    glob_t found;
    int result = glob(pattern, GLOB_NOSORT, NULL, &found);

    if (result == GLOB_NOMATCH && strpbrk(pattern, "*?[") != NULL)
        gv_fault_warn(&reader->faults, at, "no file matches \"%s\" yet", pattern);
    else if (result == GLOB_NOMATCH)
        gv_fault(&reader->faults, at, "target file \"%s\" does not exist", pattern);
    else if (result != 0)
        gv_fault(&reader->faults, at, "cannot look for \"%s\"", pattern);
    for (size_t i = 0; result == 0 && i < found.gl_pathc; i++)
        add_file(reader, found.gl_pathv[i], at);
    if (result == 0)
        globfree(&found);
}

void gv_config_target_files(struct gv_config_reader *reader, const struct gv_node *list)
{
    struct gv_config *config = reader->config;

    config->target_files = gv_config_alloc(reader, list->count * sizeof(*config->target_files));
    if (config->target_files == NULL)
        return;
    for (const struct gv_node *n = list->first; n != NULL; n = n->next) {
        const char *path = gv_config_path(reader, n->text);

        config->target_files[config->target_file_count++] = path;
        if (!reader->options->offline)
            add_pattern(reader, path, n->at);
    }
}

/* The lists of URLs that the configuration (still) names. */
void gv_config_target_lists(struct gv_config_reader *reader)
{
    for (size_t i = 0; i < reader->options->list_count; i++) {
        const struct gv_config_list *list = &reader->options->lists[i];

        for (size_t j = 0; j < reader->config->url_count; j++)
            if (strcmp(list->url, reader->config->urls[j].url) == 0)
                add_list(reader, list->url, list->text);
    }
}

/* Order by name or by address and ports, then as in the files. */
static int by_name(const void *a, const void *b)
{
    const struct gv_config_target *const *x = a, *const *y = b;
    int order = strcmp((*x)->target.name, (*y)->target.name);

    return order != 0 ? order : (*x > *y) - (*x < *y);
}

static int compare_device(const struct gv_target *a, const struct gv_target *b)
{
    int order = strcmp(a->address, b->address);

    if (order == 0)
        order = a->snmp_port - b->snmp_port;
    if (order == 0)
        order = a->ssh_port - b->ssh_port;
    return order != 0 ? order : a->restconf_port - b->restconf_port;
}

static int by_device(const void *a, const void *b)
{
    const struct gv_config_target *const *x = a, *const *y = b;
    int order = compare_device(&(*x)->target, &(*y)->target);

    return order != 0 ? order : (*x > *y) - (*x < *y);
}

static void name_faults(struct gv_config_reader *reader, const struct gv_config_target **sorted,
                        size_t count)
{
    qsort(sorted, count, sizeof(*sorted), by_name);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i]->target.name, sorted[i - 1]->target.name) == 0)
            gv_fault(
                &reader->faults, sorted[i]->at,
                "target \"%.80s\" is there already, from %s:%u; expected a name of its own",
                sorted[i]->target.name, sorted[i - 1]->at.file, sorted[i - 1]->at.line);
}

static void device_faults(struct gv_config_reader *reader,
                          const struct gv_config_target **sorted, size_t count)
{
    qsort(sorted, count, sizeof(*sorted), by_device);
    for (size_t i = 1; i < count; i++)
        if (compare_device(&sorted[i]->target, &sorted[i - 1]->target) == 0 &&
            strcmp(sorted[i]->target.name, sorted[i - 1]->target.name) != 0)
            gv_fault(&reader->faults, sorted[i]->at,
                     "address %.80s is polled already, as \"%.80s\" from %s:%u; expected one "
                     "target a device",
                     sorted[i]->target.address, sorted[i - 1]->target.name,
                     sorted[i - 1]->at.file, sorted[i - 1]->at.line);
}

void gv_config_duplicates(struct gv_config_reader *reader)
{
    const struct gv_config *config = reader->config;
    const struct gv_config_target **sorted;

    if (config->target_count == 0)
        return;
    sorted = malloc(config->target_count * sizeof(const struct gv_config_target *));
    if (sorted == NULL) {
        gv_fault(&reader->faults, (struct gv_place){reader->file, 0, 0}, "no memory");
        return;
    }
    for (size_t i = 0; i < config->target_count; i++)
        sorted[i] = &config->targets[i];
    name_faults(reader, sorted, config->target_count);
    device_faults(reader, sorted, config->target_count);
    free(sorted);
}

/* The networks of an entry. */
static void read_allow(struct gv_config_reader *reader, const struct gv_node *list,
                       struct gv_config_ad_hoc *out)
{
    out->networks = gv_config_alloc(reader, list->count * sizeof(*out->networks));
    for (const struct gv_node *n = list->first; out->networks != NULL && n != NULL;
         n = n->next) {
        const char *fault = gv_network_read(n->text, &out->networks[out->network_count]);

        if (fault != NULL)
            gv_fault(&reader->faults, n->at, "\"%.80s\" cannot be allowed: %s", n->text, fault);
        else
            out->network_count++;
    }
}

/* Budgets are divided between the fleet and the addresses asked ad hoc. */
static void check_shares(struct gv_config_reader *reader, const struct gv_node *list)
{
    const struct gv_config_limits *l = &reader->config->limits;

    if (l->in_flight < 2 || l->ssh_in_flight < 2 || l->restconf_in_flight < 2 ||
        l->logins_per_minute < 2)
        gv_fault(&reader->faults, list->at,
                 "ad_hoc takes a part of each of limits: in_flight, ssh_in_flight, "
                 "restconf_in_flight and logins_per_minute; expected these to be 2 or more");
}

void gv_config_ad_hoc(struct gv_config_reader *reader, const struct gv_node *list)
{
    struct gv_config *config = reader->config;

    config->ad_hoc = gv_config_alloc(reader, list->count * sizeof(*config->ad_hoc));
    if (config->ad_hoc == NULL)
        return;
    check_shares(reader, list);
    for (const struct gv_node *map = list->first; map != NULL; map = map->next) {
        struct gv_config_target_row row = reader->defaults;
        struct gv_config_ad_hoc_row told = {.allow = NULL};
        struct gv_config_ad_hoc *out = &config->ad_hoc[config->ad_hoc_count++];

        gv_schema_read(&gv_config_ad_hoc_schema, GV_USE_MAP, map, &told, &reader->faults);
        if (told.allow != NULL)
            read_allow(reader, told.allow, out);
        /* No login goes to an address of a client's choice that was not named for it. */
        row.collectors = 0;
        row.snmp = told.snmp;
        row.ssh = told.ssh;
        row.restconf = told.restconf;
        row.ssh_keep = row.ssh_logging = false;
        fill_target(reader, &row, map, map->at, &out->target);
    }
}
