/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario's file into a play. */
#include <stdio.h>
#include <string.h>

#include "play.h"

/* --- the exporter's settings --- */

static bool read_way(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    static const char *const names[] = {"snmp", "ssh", "restconf", "syslog",
                                        "probe"}; /* as enum stage_ways */
    struct stage_settings *settings = object;

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (gv_text_is(lab_yaml_text(item), names[i])) {
            settings->ways |= 1u << i;
            return true;
        }
    return lab_yaml_fault(yaml, item, "expected one of: snmp, ssh, restconf, syslog, probe");
}

static bool read_ways(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    ((struct stage_settings *)object)->ways = 0;
    return lab_yaml_each(yaml, node, read_way, object);
}

static bool read_loss(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_impair rate = {0};

    if (lab_impair_read(gv_text("drop"), lab_yaml_text(node), &rate) != GV_OK)
        return lab_yaml_fault(yaml, node, "expected a rate from 0 to 1");
    ((struct stage_settings *)object)->loss_ppm = rate.drop_ppm;
    return true;
}

/* Parts per million, with a sign. */
static bool read_drift(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct gv_text text = lab_yaml_text(node);
    bool minus = text.n > 0 && text.at[0] == '-';
    uint32_t ppm;

    if (!gv_text_u32(gv_text_from(text, minus ? 1 : 0), &ppm) || ppm > 10000)
        return lab_yaml_fault(yaml, node, "expected -10000 to 10000, parts per million");
    ((struct stage_settings *)object)->drift_ppm = minus ? -(int32_t)ppm : (int32_t)ppm;
    return true;
}

#define NUMBER(key, member, least, most)                                                       \
    {                                                                                          \
        key, LAB_YAML_NUMBER, offsetof(struct stage_settings, member), least, most, NULL, NULL \
    }
#define CALL(key, read)                                                                        \
    {                                                                                          \
        key, LAB_YAML_CALL, 0, 0, 0, NULL, read                                                \
    }
static const struct lab_yaml_field exporter_fields[] = {
    CALL("by", read_ways),
    NUMBER("interval", interval_s, 1, 86400),
    NUMBER("stale_after", stale_after_s, 1, 604800),
    NUMBER("delay", delay_ms, 0, 5000),
    CALL("loss", read_loss),
    CALL("drift", read_drift),
    {"keep", LAB_YAML_FLAG, offsetof(struct stage_settings, keep), 0, 0, NULL, NULL},
    {"history", LAB_YAML_FLAG, offsetof(struct stage_settings, history), 0, 0, NULL, NULL},
};
#undef NUMBER

static const struct lab_yaml_schema exporter_schema = {
    "exporter", exporter_fields, sizeof(exporter_fields) / sizeof(exporter_fields[0])};

static bool read_exporter(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    return lab_yaml_fill(yaml, node, &exporter_schema, &((struct play *)object)->settings);
}

/* --- the parts --- */

static bool read_fleet(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    (void)yaml;
    (void)node;
    (void)object;
    return true; /* read first: play_read */
}

static bool read_event(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct play *play = object;

    if (play->event_count == PLAY_EVENTS_MOST)
        return lab_yaml_fault(yaml, item, "expected at most %d events", PLAY_EVENTS_MOST);
    return play_act_read(yaml, item, play, &play->events[play->event_count++]);
}

static bool read_events(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    return lab_yaml_each(yaml, node, read_event, object);
}

/* Names that nothing has would make an expectation hold, or fail, for a wrong reason. */
static bool check_names(struct lab_yaml *yaml, const yaml_node_t *item, struct play *play,
                        const struct expect *e)
{
    bool found = e->group == NULL;

    if (e->device != NULL && stage_device(&play->fleet, e->device) == NULL)
        return lab_yaml_fault(yaml, item, "no device '%s' in the fleet", e->device);
    if (e->ks != NULL && stage_device(&play->fleet, e->ks) == NULL)
        return lab_yaml_fault(yaml, item, "no key server '%s' in the fleet", e->ks);
    for (size_t i = 0; e->group != NULL && i < play->fleet.group_count; i++)
        found = found || strcmp(play->fleet.groups[i].name, e->group) == 0;
    if (!found)
        return lab_yaml_fault(yaml, item, "no group '%s' in the fleet", e->group);
    return true;
}

static bool read_expect_into(struct lab_yaml *yaml, const yaml_node_t *item, struct play *play,
                             struct expect *list, size_t *count)
{
    if (*count == PLAY_EXPECTS_MOST)
        return lab_yaml_fault(yaml, item, "expected at most %d of them", PLAY_EXPECTS_MOST);
    return expect_read(yaml, item, &list[*count]) &&
           check_names(yaml, item, play, &list[(*count)++]);
}

static bool read_expect(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct play *play = object;

    return read_expect_into(yaml, item, play, play->expects, &play->expect_count);
}

static bool read_never(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct play *play = object;

    return read_expect_into(yaml, item, play, play->nevers, &play->never_count);
}

static bool read_expects(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    return lab_yaml_each(yaml, node, read_expect, object);
}

static bool read_nevers(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    return lab_yaml_each(yaml, node, read_never, object);
}

static bool read_allowed(struct lab_yaml *yaml, const yaml_node_t *item, void *object)
{
    struct play *play = object;
    char known[256] = "";

    for (unsigned i = 0; i < CLAIM_COUNT; i++) {
        if (gv_text_is(lab_yaml_text(item), claim_name((enum claim)i))) {
            play->allowed |= 1u << i;
            return true;
        }
        (void)snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
                       i > 0 ? ", " : "", claim_name((enum claim)i));
    }
    return lab_yaml_fault(yaml, item, "expected one of: %s", known);
}

static bool read_allow(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    return lab_yaml_each(yaml, node, read_allowed, object);
}

#define NUMBER(key, member, least, most)                                                       \
    {                                                                                          \
        key, LAB_YAML_NUMBER, offsetof(struct play, member), least, most, NULL, NULL           \
    }
static const struct lab_yaml_field play_fields[] = {
    NUMBER("for", for_s, 1, 100000000), NUMBER("check", check_s, 1, 86400),
    CALL("each", read_fleet), /* sim_run.c has put it in place */
    CALL("fleet", read_fleet),          CALL("exporter", read_exporter),
    CALL("events", read_events),        CALL("expect", read_expects),
    CALL("never", read_nevers),         CALL("allow", read_allow),
};
#undef NUMBER
#undef CALL

static const struct lab_yaml_schema play_schema = {
    "scenario", play_fields, sizeof(play_fields) / sizeof(play_fields[0])};

/* --- the whole --- */

static bool make_fleet(struct play *play)
{
    struct lab_yaml *yaml = &play->yaml;
    const yaml_node_t *node = lab_yaml_find(yaml, lab_yaml_root(yaml), "fleet");
    bool ok;

    if (node == NULL)
        return lab_yaml_fault(yaml, lab_yaml_root(yaml),
                              "expected `fleet`: groups and devices");
    yaml->part = node;
    ok = lab_scenario_make(yaml, &play->fleet, &play->seed);
    yaml->part = NULL;
    return ok;
}

static bool fill(struct play *play)
{
    struct lab_yaml *yaml = &play->yaml;

    if (lab_yaml_root(yaml) == NULL)
        return lab_yaml_fault(yaml, NULL, "expected a fleet; the file is empty");
    if (!make_fleet(play))
        return false;
    if (!lab_yaml_fill(yaml, lab_yaml_root(yaml), &play_schema, play))
        return false;
    if (play->expect_count == 0)
        return lab_yaml_fault(yaml, lab_yaml_root(yaml),
                              "expected `expect`: what must be concluded");
    play->settings.seed = play->seed;
    return true;
}

bool play_read(struct play *play, const char *path, const char *name, struct gv_text text,
               char error[LAB_SCENARIO_ERROR_SIZE])
{
    *play = (struct play){
        .yaml = {.path = path, .text = text, .error = error},
        .for_s = 86400,
        .check_s = 10,
        .settings = {.ways = STAGE_SNMP | STAGE_SSH | STAGE_RESTCONF,
                     .interval_s = 60,
                     .stale_after_s = 300,
                     .delay_ms = 20,
                     .keep = true},
    };
    error[0] = '\0';
    (void)snprintf(play->name, sizeof(play->name), "%s", name);
    if (!lab_yaml_load(&play->yaml))
        return false;
    if (fill(play))
        return true;
    play_clear(play);
    return false;
}

void play_clear(struct play *play)
{
    lab_yaml_clear(&play->yaml);
    lab_fleet_clear(&play->fleet);
}
