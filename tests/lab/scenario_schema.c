/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario_schema.h"

#include <arpa/inet.h>
#include <string.h>

#include "scenario_box.h"

#define ROWS(table) table, sizeof(table) / sizeof((table)[0])

enum {
    MOST_MEMBERS = 65000,
    MOST_DEVICES = 65000,
    MOST_SPEED = 1000,
    KEK_LEAST_S = 300, /* as IOS-XE's configuration allows */
    KEK_MOST_S = 2592000,
    TEK_LEAST_S = 120,
    TEK_MOST_S = 2592000,
};

static const char *const transports[] = {"unicast", "multicast", NULL};
static const char *const behaviours[] = {"old", "new", NULL};
static const char *const systems[] = {"ios", "ios-xe", "junos", NULL};
static const char *const formats[] = {"12.4T", "15", "17", NULL};

/* --- devices --- */

static bool keep_servers(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    (void)yaml;
    ((struct lab_device_spec *)object)->servers = node;
    return true;
}

static bool keep_members(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    (void)yaml;
    ((struct lab_device_spec *)object)->members = node;
    return true;
}

/* `like` is looked up before the mapping is read (read_device). */
static bool skip(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    (void)yaml;
    (void)node;
    (void)object;
    return true;
}

#define AT(key, kind, member)                                                                  \
    {                                                                                          \
        key, kind, offsetof(struct lab_device_spec, member), 0, 0, NULL, NULL                  \
    }
#define NUMBER(key, member, least, most)                                                       \
    {                                                                                          \
        key, LAB_YAML_NUMBER, offsetof(struct lab_device_spec, member), least, most, NULL,     \
            NULL                                                                               \
    }
#define WORD(key, member, words)                                                               \
    {                                                                                          \
        key, LAB_YAML_WORD, offsetof(struct lab_device_spec, member), 0, 0, words, NULL        \
    }
#define CALL(key, read)                                                                        \
    {                                                                                          \
        key, LAB_YAML_CALL, 0, 0, 0, NULL, read                                                \
    }
static const struct lab_yaml_field device_fields[] = {
    AT("name", LAB_YAML_TEXT, box.name),
    AT("hostname", LAB_YAML_TEXT, box.hostname),
    AT("address", LAB_YAML_IPV4, address),
    AT("inside", LAB_YAML_IPV4, inside),
    NUMBER("count", count, 1, MOST_DEVICES),
    CALL("like", skip),
    CALL("ks", keep_servers),
    CALL("gm", keep_members),
    NUMBER("priority", priority, 1, 255),
    WORD("behaviour", box.behaviour, behaviours),
    WORD("os", box.os, systems),
    WORD("format", box.format, formats),
    AT("version", LAB_YAML_TEXT, box.version),
    AT("train", LAB_YAML_TEXT, box.train),
    AT("platform", LAB_YAML_TEXT, box.platform),
    AT("gdoi_version", LAB_YAML_TEXT, box.gdoi_version),
    NUMBER("uptime", uptime_s, 1, INT32_MAX),
    CALL("snmp", lab_box_read_snmp),
    CALL("ssh", lab_box_read_ssh),
    CALL("restconf", lab_box_read_restconf),
    CALL("gdoi", lab_box_read_gdoi),
    CALL("faults", lab_box_read_faults),
};
#undef AT
#undef NUMBER
#undef WORD

static const struct lab_yaml_schema device_schema = {"device", ROWS(device_fields)};

static const struct lab_device_spec plain_device = {
    .count = 1,
    .priority = 100,
    .box = {.os = LAB_IOS,
            .behaviour = LAB_NEW,
            .format = LAB_FORMAT_15,
            .version = "15.2(4)M6",
            .platform = "C2900",
            .gdoi_version = "1.0.4",
            .snmp = {.version = GV_SNMP_V2C,
                     .community = "public",
                     .mib_revision = 2015,
                     .max_message = 1472},
            .faults = {.silent_from = {INT64_MAX},
                       .silent_until = {INT64_MAX},
                       .reboot_at = {INT64_MAX},
                       .reboot_for = {20000}}}};

static bool apply_profile(struct lab_yaml *yaml, const char *name, const yaml_node_t *asked_at,
                          struct lab_device_spec *spec)
{
    const yaml_node_t *profiles = lab_yaml_find(yaml, lab_yaml_root(yaml), "profiles");
    const yaml_node_t *profile = lab_yaml_find(yaml, profiles, name);

    if (profile != NULL)
        return lab_yaml_fill(yaml, profile, &device_schema, spec);
    return asked_at == NULL || lab_yaml_fault(yaml, asked_at, "expected a profile's name");
}

static bool check_device(struct lab_yaml *yaml, const yaml_node_t *node,
                         struct lab_device_spec *spec)
{
    struct lab_faults *faults = &spec->box.faults;

    if (spec->box.name == NULL)
        return lab_yaml_fault(yaml, node, "expected `name` in device");
    if (spec->count > 1 && strchr(spec->box.name, '#') == NULL)
        return lab_yaml_fault(yaml, node, "expected '#' in the name of many: gm-####");
    if (spec->address >> 24 != 127)
        return lab_yaml_fault(yaml, node, "expected `address` in 127.0.0.0/8");
    if (spec->silent_for.ms > 0)
        faults->silent_until = gv_time_add(faults->silent_from, spec->silent_for);
    if (spec->box.gdoi.on && spec->box.gdoi.psk == NULL && spec->box.gdoi.cert == NULL)
        return lab_yaml_fault(yaml, node, "expected `psk` or `cert` in gdoi");
    if (spec->box.snmp.version == GV_SNMP_V3 && spec->box.snmp.user == NULL)
        return lab_yaml_fault(yaml, node, "expected `user` for SNMP v3");
    return true;
}

/* A device is the built-in one, then profile `default`, then the one it is `like`. */
static bool read_device(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_device_spec ***tail = object;
    struct lab_device_spec *spec = gv_arena_alloc(yaml->arena, sizeof(*spec));
    const yaml_node_t *like = lab_yaml_find(yaml, node, "like");
    const char *profile = like != NULL ? gv_arena_text(yaml->arena, lab_yaml_text(like)) : "";

    if (spec == NULL || profile == NULL)
        return lab_yaml_fault(yaml, node, "no memory");
    *spec = plain_device;
    if (!apply_profile(yaml, "default", NULL, spec) ||
        (like != NULL && !apply_profile(yaml, profile, like, spec)) ||
        !lab_yaml_fill(yaml, node, &device_schema, spec) || !check_device(yaml, node, spec))
        return false;
    **tail = spec;
    *tail = &spec->next;
    return true;
}

static bool read_devices(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_scenario *scenario = object;
    struct lab_device_spec **tail = &scenario->devices;

    return lab_yaml_each(yaml, node, read_device, &tail);
}

/* --- groups --- */

static bool read_prefix(struct gv_text text, uint32_t *address, uint32_t *mask)
{
    size_t slash = gv_text_index(text, '/');
    char dotted[INET_ADDRSTRLEN];
    struct in_addr in;
    uint32_t bits;

    if (slash >= sizeof(dotted) || !gv_text_u32(gv_text_from(text, slash + 1), &bits) ||
        bits > 32)
        return false;
    memcpy(dotted, text.at, slash);
    dotted[slash] = '\0';
    if (inet_pton(AF_INET, dotted, &in) != 1)
        return false;
    *address = ntohl(in.s_addr);
    *mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
    return true;
}

static bool read_ace(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct lab_group *group = object;
    struct gv_text rest = lab_yaml_text(item), source, destination;
    struct lab_ace *ace = &group->aces[group->ace_count];

    if (group->ace_count == LAB_MAX_ACES)
        return lab_yaml_fault(yaml, item, "expected at most %d lines", LAB_MAX_ACES);
    if (!gv_text_word(&rest, &source) || !gv_text_word(&rest, &destination) ||
        !read_prefix(source, &ace->source, &ace->source_mask) ||
        !read_prefix(destination, &ace->destination, &ace->destination_mask))
        return lab_yaml_fault(yaml, item, "expected SOURCE/BITS DESTINATION/BITS");
    group->ace_count++;
    return true;
}

static bool read_aces(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    return lab_yaml_each(yaml, node, read_ace, &((struct lab_group_spec *)object)->group);
}

#define AT(key, kind, member)                                                                  \
    {                                                                                          \
        key, kind, offsetof(struct lab_group_spec, member), 0, 0, NULL, NULL                   \
    }
#define NUMBER(key, member, least, most)                                                       \
    {                                                                                          \
        key, LAB_YAML_NUMBER, offsetof(struct lab_group_spec, member), least, most, NULL, NULL \
    }
static const struct lab_yaml_field group_fields[] = {
    AT("key", LAB_YAML_TEXT, key),
    AT("name", LAB_YAML_TEXT, group.name),
    NUMBER("id", group.id, 0, INT32_MAX),
    {"transport", LAB_YAML_WORD, offsetof(struct lab_group_spec, group.transport), 0, 0,
     transports, NULL},
    NUMBER("kek_lifetime", group.kek_lifetime_s, KEK_LEAST_S, KEK_MOST_S),
    NUMBER("tek_lifetime", group.tek_lifetime_s, TEK_LEAST_S, TEK_MOST_S),
    NUMBER("kek_left", group.kek_left_s, 1, KEK_MOST_S),
    NUMBER("tek_left", group.tek_left_s, 1, TEK_MOST_S),
    NUMBER("rekey_in", rekey_in_s, 1, KEK_MOST_S),
    NUMBER("retransmits", group.retransmits, 0, 255),
    NUMBER("interval", group.interval_s, 10, 60),
    AT("multicast_to", LAB_YAML_IPV4, group.multicast_to),
    NUMBER("ghosts", group.ghosts, 0, MOST_MEMBERS),
    AT("ghost_first", LAB_YAML_IPV4, group.ghost_first),
    AT("ghost_version", LAB_YAML_TEXT, group.ghost_version),
    AT("born_split", LAB_YAML_FLAG, group.born_split),
    AT("split_from", LAB_YAML_AT, group.split_from),
    AT("split_for", LAB_YAML_SPAN, split_for),
    CALL("aces", read_aces),
};
#undef AT
#undef NUMBER

static const struct lab_yaml_schema group_schema = {"group", ROWS(group_fields)};

static const struct lab_group_spec plain_group = {
    .group = {.kek_lifetime_s = 86400,
              .tek_lifetime_s = 3600,
              .retransmits = 2,
              .interval_s = 10,
              .multicast_to = 0xef010101, /* 239.1.1.1 */
              .ghost_first = 0x0ac80001,  /* 10.200.0.1 */
              .ghost_version = "1.0.4",
              .split_from = {INT64_MAX},
              .split_until = {INT64_MAX}}};

static void finish_split(struct lab_group_spec *spec)
{
    struct lab_group *group = &spec->group;

    if (spec->split_for.ms > 0)
        group->split_until = gv_time_add(
            group->born_split ? (struct gv_time){0} : group->split_from, spec->split_for);
    if (group->born_split)
        group->split_from = (struct gv_time){INT64_MIN};
}

static bool read_group(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_group_spec ***tail = object;
    struct lab_group_spec *spec = gv_arena_alloc(yaml->arena, sizeof(*spec));

    if (spec == NULL)
        return lab_yaml_fault(yaml, node, "no memory");
    *spec = plain_group;
    spec->node = node;
    if (!lab_yaml_fill(yaml, node, &group_schema, spec))
        return false;
    if (spec->group.name == NULL)
        return lab_yaml_fault(yaml, node, "expected `name` in group");
    if (spec->key == NULL)
        spec->key = spec->group.name;
    if (spec->group.ace_count == 0) {
        spec->group.aces[0] = (struct lab_ace){0x0a000000, 0xff000000, 0x0a000000, 0xff000000};
        spec->group.ace_count = 1;
    }
    if (spec->group.transport == LAB_UNICAST)
        spec->group.multicast_to = 0;
    finish_split(spec);
    **tail = spec;
    *tail = &spec->next;
    return true;
}

static bool read_groups(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_scenario *scenario = object;
    struct lab_group_spec **tail = &scenario->groups;

    return lab_yaml_each(yaml, node, read_group, &tail);
}

/* --- the file --- */

static const struct lab_yaml_field file_fields[] = {
    {"speed", LAB_YAML_NUMBER, offsetof(struct lab_scenario, speed), 1, MOST_SPEED, NULL, NULL},
    {"seed", LAB_YAML_SEED, offsetof(struct lab_scenario, seed), 0, 0, NULL, NULL},
    CALL("profiles", skip),
    CALL("groups", read_groups),
    CALL("devices", read_devices),
};
#undef CALL

static const struct lab_yaml_schema file_schema = {"scenario", ROWS(file_fields)};

bool lab_schema_read(struct lab_yaml *yaml, struct lab_scenario *scenario)
{
    const yaml_node_t *root = lab_yaml_root(yaml);

    if (root == NULL)
        return lab_yaml_fault(yaml, NULL, "expected groups and devices; the file is empty");
    return lab_yaml_fill(yaml, root, &file_schema, scenario);
}
