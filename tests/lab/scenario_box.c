/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario_box.h"

#include "scenario_schema.h"

#define ROWS(table) table, sizeof(table) / sizeof((table)[0])

static const char *const versions[] = {"v1", "v2c", "v3", NULL};
static const char *const auths[] = {"none",   "md5",    "sha1",   "sha224",
                                    "sha256", "sha384", "sha512", NULL};
static const char *const privs[] = {"none",   "des",           "aes128",        "aes192",
                                    "aes256", "aes192-reeder", "aes256-reeder", NULL};

static const char *const keks[] = {"aes256", "aes192", "aes128", "3des", NULL};

/* --- the line: the way to a face --- */

static bool read_setting(struct lab_yaml *yaml, const yaml_node_t *key,
                         const yaml_node_t *value, struct lab_impair *out)
{
    switch (lab_impair_read(lab_yaml_text(key), lab_yaml_text(value), out)) {
    case GV_OK:
        return true;
    case GV_ERR_NOT_FOUND:
        return lab_yaml_fault(yaml, key,
                              "unknown key in a line; known: drop, duplicate, reorder, "
                              "corrupt, truncate, spoof, delay, jitter, drip, cut");
    default:
        return lab_yaml_fault(yaml, value,
                              "expected a rate from 0 to 1, milliseconds or octets");
    }
}

static bool read_direction(struct lab_yaml *yaml, const yaml_node_t *node,
                           struct lab_line *line, struct lab_impair *out)
{
    if (node->type != YAML_MAPPING_NODE)
        return lab_yaml_fault(yaml, node, "expected a mapping: a direction of the line");
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
         p++)
        if (!read_setting(yaml, lab_yaml_at(yaml, p->key), lab_yaml_at(yaml, p->value), out))
            return false;
    line->bad = true;
    return true;
}

#define DIRECTION(part, box, direction)                                                        \
    static bool read_##part##_##direction(struct lab_yaml *yaml, const yaml_node_t *node,      \
                                          void *object)                                        \
    {                                                                                          \
        struct lab_line *line = &((struct box *)object)->line;                                 \
                                                                                               \
        return read_direction(yaml, node, line, &line->direction);                             \
    }
DIRECTION(snmp, lab_snmp, toward)
DIRECTION(snmp, lab_snmp, back)
DIRECTION(ssh, lab_ssh, toward)
DIRECTION(ssh, lab_ssh, back)
DIRECTION(restconf, lab_restconf, toward)
DIRECTION(restconf, lab_restconf, back)
DIRECTION(gdoi, lab_gdoi_box, toward)
DIRECTION(gdoi, lab_gdoi_box, back)
#undef DIRECTION

/* --- snmp, ssh, restconf, gdoi, faults --- */

#define LINE(part)                                                                             \
    {"toward", LAB_YAML_CALL, 0, 0, 0, NULL, read_##part##_toward},                            \
    {                                                                                          \
        "back", LAB_YAML_CALL, 0, 0, 0, NULL, read_##part##_back                               \
    }
#define AT(key, kind, member)                                                                  \
    {                                                                                          \
        key, kind, offsetof(struct lab_snmp, member), 0, 0, NULL, NULL                         \
    }
static const struct lab_yaml_field snmp_fields[] = {
    AT("on", LAB_YAML_FLAG, on),
    AT("port", LAB_YAML_PORT, port),
    AT("community", LAB_YAML_TEXT, community),
    AT("user", LAB_YAML_TEXT, user),
    AT("auth_password", LAB_YAML_TEXT, auth_password),
    AT("priv_password", LAB_YAML_TEXT, priv_password),
    {"version", LAB_YAML_WORD, offsetof(struct lab_snmp, version), 0, 0, versions, NULL},
    {"auth", LAB_YAML_WORD, offsetof(struct lab_snmp, auth), 0, 0, auths, NULL},
    {"priv", LAB_YAML_WORD, offsetof(struct lab_snmp, priv), 0, 0, privs, NULL},
    {"mib_revision", LAB_YAML_NUMBER, offsetof(struct lab_snmp, mib_revision), 0, 2015, NULL,
     NULL},
    {"max_message", LAB_YAML_NUMBER, offsetof(struct lab_snmp, max_message), 484, 65507, NULL,
     NULL},
    {"delay_ms", LAB_YAML_NUMBER, offsetof(struct lab_snmp, delay_ms), 0, 60000, NULL, NULL},
    LINE(snmp),
};
#undef AT

#define AT(key, kind, member)                                                                  \
    {                                                                                          \
        key, kind, offsetof(struct lab_ssh, member), 0, 0, NULL, NULL                          \
    }
#define NUMBER(key, member, most)                                                              \
    {                                                                                          \
        key, LAB_YAML_NUMBER, offsetof(struct lab_ssh, quirks.member), 0, most, NULL, NULL     \
    }
static const struct lab_yaml_field ssh_fields[] = {
    AT("on", LAB_YAML_FLAG, on),
    AT("port", LAB_YAML_PORT, port),
    AT("user", LAB_YAML_TEXT, user),
    AT("password", LAB_YAML_TEXT, password),
    AT("enable", LAB_YAML_TEXT, enable),
    AT("banner", LAB_YAML_TEXT, banner),
    AT("authorized_keys", LAB_YAML_TEXT, authorized_keys),
    {"delay_ms", LAB_YAML_NUMBER, offsetof(struct lab_ssh, delay_ms), 0, 60000, NULL, NULL},
    LINE(ssh),
    NUMBER("vty_lines", vty_lines, 64),
    NUMBER("preamble_octets", preamble_octets, 1 << 20),
    NUMBER("banner_octets", banner_octets, 1 << 24),
    NUMBER("login_ms", login_ms, 60000),
    NUMBER("line_octets", line_octets, 1 << 24),
    NUMBER("drip_ms", drip_ms, 60000),
    NUMBER("cut_octets", cut_octets, 1 << 24),
    AT("endless", LAB_YAML_FLAG, quirks.endless),
    AT("mute", LAB_YAML_FLAG, quirks.mute),
    AT("stuck", LAB_YAML_FLAG, quirks.stuck),
    AT("pager", LAB_YAML_FLAG, quirks.pager),
    AT("escapes", LAB_YAML_FLAG, quirks.escapes),
    AT("chatter", LAB_YAML_FLAG, quirks.chatter),
    AT("prompts", LAB_YAML_FLAG, quirks.prompts),
    AT("unauthorized", LAB_YAML_FLAG, quirks.unauthorized),
    AT("no_commands", LAB_YAML_FLAG, quirks.no_commands),
    AT("legacy", LAB_YAML_FLAG, quirks.legacy),
    AT("publickey_only", LAB_YAML_FLAG, quirks.publickey_only),
    AT("keyboard_only", LAB_YAML_FLAG, quirks.keyboard_only),
};
#undef AT
#undef NUMBER

#define AT(key, kind, member)                                                                  \
    {                                                                                          \
        key, kind, offsetof(struct lab_restconf, member), 0, 0, NULL, NULL                     \
    }
#define NUMBER(key, member, most)                                                              \
    {                                                                                          \
        key, LAB_YAML_NUMBER, offsetof(struct lab_restconf, member), 0, most, NULL, NULL       \
    }
static const struct lab_yaml_field restconf_fields[] = {
    AT("on", LAB_YAML_FLAG, on),
    AT("port", LAB_YAML_PORT, port),
    AT("user", LAB_YAML_TEXT, user),
    AT("password", LAB_YAML_TEXT, password),
    NUMBER("delay_ms", delay_ms, 60000),
    NUMBER("status", status, 599),
    NUMBER("huge_octets", huge_octets, 1 << 25),
    AT("config_only", LAB_YAML_FLAG, config_only),
    AT("stale", LAB_YAML_FLAG, stale),
    AT("garbage", LAB_YAML_FLAG, garbage),
    AT("deep", LAB_YAML_FLAG, deep),
    AT("redirect", LAB_YAML_FLAG, redirect),
    LINE(restconf),
};
#undef AT
#undef NUMBER

#define AT(key, kind, member)                                                                  \
    {                                                                                          \
        key, kind, offsetof(struct lab_gdoi_box, member), 0, 0, NULL, NULL                     \
    }
static const struct lab_yaml_field gdoi_fields[] = {
    AT("on", LAB_YAML_FLAG, on),
    AT("port", LAB_YAML_PORT, port),
    AT("psk", LAB_YAML_TEXT, psk),
    AT("cert", LAB_YAML_TEXT, cert),
    AT("key", LAB_YAML_TEXT, key),
    AT("ca", LAB_YAML_TEXT, ca),
    AT("suite", LAB_YAML_TEXT, suite),
    {"kek", LAB_YAML_WORD, offsetof(struct lab_gdoi_box, kek), 0, 0, keks, NULL},
    {"ack", LAB_YAML_NUMBER, offsetof(struct lab_gdoi_box, ack), 0, 4, NULL, NULL},
    AT("address", LAB_YAML_TEXT, address),
    AT("rekey_to", LAB_YAML_TEXT, rekey_to),
    AT("rekey_port", LAB_YAML_PORT, rekey_port),
    AT("nat_port", LAB_YAML_PORT, nat_port),
    AT("reference", LAB_YAML_FLAG, reference),
    AT("mute", LAB_YAML_FLAG, mute),
    LINE(gdoi),
};
#undef AT

/* A rate is read as a line's is. */
static bool read_lose_rate(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_device_spec *spec = object;
    struct lab_impair rate = {0};

    if (lab_impair_read(gv_text("drop"), lab_yaml_text(node), &rate) != GV_OK)
        return lab_yaml_fault(yaml, node, "expected a rate from 0 to 1");
    spec->box.faults.lose_ppm = rate.drop_ppm;
    return true;
}

#define AT(key, kind, member)                                                                  \
    {                                                                                          \
        key, kind, offsetof(struct lab_device_spec, member), 0, UINT16_MAX, NULL, NULL         \
    }
static const struct lab_yaml_field fault_fields[] = {
    AT("lose_rekeys", LAB_YAML_NUMBER, box.faults.lose_rekeys),
    AT("lose_copies", LAB_YAML_NUMBER, box.faults.lose_copies),
    {"lose_rate", LAB_YAML_CALL, 0, 0, 0, NULL, read_lose_rate},
    AT("late", LAB_YAML_NUMBER, box.faults.late_s),
    AT("silent_from", LAB_YAML_AT, box.faults.silent_from),
    AT("silent_for", LAB_YAML_SPAN, silent_for),
    AT("reboot_at", LAB_YAML_AT, box.faults.reboot_at),
    AT("reboot_for", LAB_YAML_SPAN, box.faults.reboot_for),
    AT("refuse", LAB_YAML_FLAG, box.faults.refuse),
    AT("hang", LAB_YAML_FLAG, box.faults.hang),
    AT("wrong_clock", LAB_YAML_FLAG, box.faults.wrong_clock),
};
#undef AT

#undef LINE

static const struct lab_yaml_schema snmp_schema = {"snmp", ROWS(snmp_fields)};
static const struct lab_yaml_schema ssh_schema = {"ssh", ROWS(ssh_fields)};
static const struct lab_yaml_schema restconf_schema = {"restconf", ROWS(restconf_fields)};
static const struct lab_yaml_schema gdoi_schema = {"gdoi", ROWS(gdoi_fields)};
static const struct lab_yaml_schema fault_schema = {"faults", ROWS(fault_fields)};

bool lab_box_read_snmp(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_device_spec *spec = object;

    spec->box.snmp.on = true;
    return lab_yaml_fill(yaml, node, &snmp_schema, &spec->box.snmp);
}

bool lab_box_read_ssh(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_device_spec *spec = object;

    spec->box.ssh.on = true;
    return lab_yaml_fill(yaml, node, &ssh_schema, &spec->box.ssh);
}

bool lab_box_read_restconf(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_device_spec *spec = object;

    spec->box.restconf.on = true;
    return lab_yaml_fill(yaml, node, &restconf_schema, &spec->box.restconf);
}

bool lab_box_read_gdoi(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_device_spec *spec = object;

    spec->box.gdoi.on = true;
    return lab_yaml_fill(yaml, node, &gdoi_schema, &spec->box.gdoi);
}

bool lab_box_read_faults(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    return lab_yaml_fill(yaml, node, &fault_schema, object);
}
