/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what happens to the fleet, to the way to it, and to the exporter. */
#include <string.h>

#include "operate.h"
#include "play.h"

enum { FIELD_GROUP = 1, FIELD_DEVICE = 2, FIELD_FOR = 4 };

struct play_action {
    const char *name;
    unsigned needs;
    bool (*act)(struct play *play, struct stage *stage, struct play_event *event);
};

static bool act_rekey(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)stage;
    lab_operate_rekey(&play->fleet, event->group);
    return true;
}

static void set(uint32_t *setting, uint32_t value)
{
    if (value != PLAY_NOT_SET)
        *setting = value;
}

static bool act_set(struct play *play, struct stage *stage, struct play_event *event)
{
    struct lab_group *group = event->group;

    (void)play;
    (void)stage;
    set(&group->kek_lifetime_s, event->kek_lifetime);
    set(&group->tek_lifetime_s, event->tek_lifetime);
    set(&group->retransmits, event->retransmits);
    set(&group->interval_s, event->interval);
    if (event->members != PLAY_NOT_SET)
        lab_operate_ghosts(group, event->members);
    lab_operate_settings(group);
    return true;
}

static bool act_split(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)stage;
    event->group->split_from = play->fleet.now;
    event->group->split_until = gv_time_add(play->fleet.now, gv_secs(event->for_s));
    return true;
}

/* A reload; with other software where the event names some. */
static bool act_reboot(struct play *play, struct stage *stage, struct play_event *event)
{
    struct lab_device *device = event->device;

    (void)stage;
    device->faults.reboot_at = play->fleet.now;
    device->faults.reboot_for = gv_secs(event->for_s);
    lab_fleet_advance(&play->fleet, play->fleet.now);
    if (event->version != NULL)
        device->version = event->version;
    if (event->gdoi_version != NULL)
        device->gdoi_version =
            strcmp(event->gdoi_version, "none") == 0 ? NULL : event->gdoi_version;
    if (event->has_behaviour)
        device->behaviour = event->behaviour;
    return true;
}

static bool act_silence(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)stage;
    event->device->faults.silent_from = play->fleet.now;
    event->device->faults.silent_until = gv_time_add(play->fleet.now, gv_secs(event->for_s));
    return true;
}

static bool act_lose_rekeys(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    (void)stage;
    event->device->faults.lose_rekeys = event->count;
    return true;
}

static bool act_lose_rate(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    (void)stage;
    event->device->faults.lose_ppm = event->rate_ppm;
    return true;
}

static bool act_late(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    (void)stage;
    event->device->faults.late_s = (uint32_t)(event->by_ms / 1000);
    for (size_t i = 0; i < event->device->server_count; i++)
        lab_operate_settings(event->device->servers[i].group);
    return true;
}

static bool act_clock(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    (void)stage;
    lab_operate_clock(event->device, (struct gv_dur){event->by_ms});
    return true;
}

static bool act_loss(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    stage->settings.loss_ppm = event->rate_ppm;
    return true;
}

static bool act_blind(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    (void)event;
    stage->blind = true;
    return true;
}

static bool act_see(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    (void)event;
    stage->blind = false;
    return true;
}

static bool act_sleep(struct play *play, struct stage *stage, struct play_event *event)
{
    struct gv_time wakes = gv_time_add(play->fleet.now, gv_secs(event->for_s));

    stage_run_to(stage, wakes, true);
    return true;
}

static bool act_restart(struct play *play, struct stage *stage, struct play_event *event)
{
    (void)play;
    (void)event;
    return stage_restart(stage);
}

static const struct play_action actions[] = {
    {"rekey", FIELD_GROUP, act_rekey},
    {"set", FIELD_GROUP, act_set},
    {"split", FIELD_GROUP | FIELD_FOR, act_split},
    {"reboot", FIELD_DEVICE, act_reboot},
    {"silence", FIELD_DEVICE | FIELD_FOR, act_silence},
    {"lose_rekeys", FIELD_DEVICE, act_lose_rekeys},
    {"lose_rate", FIELD_DEVICE, act_lose_rate},
    {"late", FIELD_DEVICE, act_late},
    {"clock", FIELD_DEVICE, act_clock},
    {"loss", 0, act_loss},
    {"blind", 0, act_blind},
    {"see", 0, act_see},
    {"sleep", FIELD_FOR, act_sleep},
    {"restart", 0, act_restart},
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]), REBOOT_S = 20 };

bool play_act(struct play *play, struct stage *stage, struct play_event *event)
{
    return event->action->act(play, stage, event);
}

/* --- reading --- */

static bool read_do(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct play_event *event = object;
    char known[256] = "";

    for (size_t i = 0; i < ACTIONS; i++) {
        if (gv_text_is(lab_yaml_text(node), actions[i].name)) {
            event->action = &actions[i];
            return true;
        }
        strncat(known, i > 0 ? ", " : "", sizeof(known) - strlen(known) - 1);
        strncat(known, actions[i].name, sizeof(known) - strlen(known) - 1);
    }
    return lab_yaml_fault(yaml, node, "expected one of: %s", known);
}

/* Seconds, with a sign and up to three decimals: "-0.006". */
static bool read_by(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct gv_text text = lab_yaml_text(node);
    bool minus = text.n > 0 && text.at[0] == '-';
    size_t dot;
    uint32_t whole = 0, part = 0;
    struct gv_text decimals;

    text = gv_text_from(text, minus ? 1 : 0);
    dot = gv_text_index(text, '.');
    decimals = gv_text_from(text, dot + 1);
    if (!gv_text_u32(gv_text_head(text, dot), &whole) || decimals.n > 3 ||
        (dot < text.n && !gv_text_u32(decimals, &part)))
        return lab_yaml_fault(yaml, node, "expected seconds, as 30, -30 or 0.006");
    for (size_t i = decimals.n; i < 3; i++)
        part *= 10;
    ((struct play_event *)object)->by_ms = ((int64_t)whole * 1000 + part) * (minus ? -1 : 1);
    return true;
}

static bool read_rate(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct lab_impair rate = {0};

    if (lab_impair_read(gv_text("drop"), lab_yaml_text(node), &rate) != GV_OK)
        return lab_yaml_fault(yaml, node, "expected a rate from 0 to 1");
    ((struct play_event *)object)->rate_ppm = rate.drop_ppm;
    return true;
}

static bool read_behaviour(struct lab_yaml *yaml, const yaml_node_t *node, void *object)
{
    struct play_event *event = object;

    event->has_behaviour = true;
    event->behaviour = gv_text_is(lab_yaml_text(node), "old") ? LAB_OLD : LAB_NEW;
    return event->behaviour == LAB_OLD || gv_text_is(lab_yaml_text(node), "new") ||
           lab_yaml_fault(yaml, node, "expected one of: old, new");
}

#define AT(key, kind, member, least, most)                                                     \
    {                                                                                          \
        key, kind, offsetof(struct play_event, member), least, most, NULL, NULL                \
    }
#define CALL(key, read)                                                                        \
    {                                                                                          \
        key, LAB_YAML_CALL, 0, 0, 0, NULL, read                                                \
    }
static const struct lab_yaml_field event_fields[] = {
    AT("at", LAB_YAML_AT, at, 0, 0),
    CALL("do", read_do),
    AT("every", LAB_YAML_NUMBER, every_s, 1, 100000000),
    AT("until", LAB_YAML_NUMBER, until_s, 0, 100000000),
    AT("device", LAB_YAML_TEXT, device_name, 0, 0),
    AT("group", LAB_YAML_TEXT, group_name, 0, 0),
    AT("for", LAB_YAML_NUMBER, for_s, 1, 100000000),
    CALL("by", read_by),
    CALL("rate", read_rate),
    AT("count", LAB_YAML_NUMBER, count, 0, 100000),
    AT("version", LAB_YAML_TEXT, version, 0, 0),
    AT("gdoi_version", LAB_YAML_TEXT, gdoi_version, 0, 0),
    CALL("behaviour", read_behaviour),
    AT("kek_lifetime", LAB_YAML_NUMBER, kek_lifetime, 300, 2592000),
    AT("tek_lifetime", LAB_YAML_NUMBER, tek_lifetime, 120, 2592000),
    AT("retransmits", LAB_YAML_NUMBER, retransmits, 0, 255),
    AT("interval", LAB_YAML_NUMBER, interval, 10, 60),
    AT("members", LAB_YAML_NUMBER, members, 0, 65000),
};
#undef AT
#undef CALL

static const struct lab_yaml_schema event_schema = {
    "event", event_fields, sizeof(event_fields) / sizeof(event_fields[0])};

static bool find_parts(struct lab_yaml *yaml, const yaml_node_t *node, struct play *play,
                       struct play_event *event)
{
    unsigned needs = event->action->needs;

    if (event->device_name != NULL)
        event->device = stage_device(&play->fleet, event->device_name);
    for (size_t i = 0; event->group_name != NULL && i < play->fleet.group_count; i++)
        if (strcmp(play->fleet.groups[i].name, event->group_name) == 0)
            event->group = &play->fleet.groups[i];
    if ((needs & FIELD_DEVICE) && event->device == NULL)
        return lab_yaml_fault(yaml, node, "%s: expected `device`, the name of one of the fleet",
                              event->action->name);
    if ((needs & FIELD_GROUP) && event->group == NULL)
        return lab_yaml_fault(yaml, node, "%s: expected `group`, the name of one of the fleet",
                              event->action->name);
    if ((needs & FIELD_FOR) && event->for_s == 0)
        return lab_yaml_fault(yaml, node, "%s: expected `for`, seconds", event->action->name);
    return true;
}

bool play_act_read(struct lab_yaml *yaml, const yaml_node_t *node, struct play *play,
                   struct play_event *out)
{
    *out = (struct play_event){.at = {INT64_MIN},
                               .until_s = UINT32_MAX,
                               .kek_lifetime = PLAY_NOT_SET,
                               .tek_lifetime = PLAY_NOT_SET,
                               .retransmits = PLAY_NOT_SET,
                               .interval = PLAY_NOT_SET,
                               .members = PLAY_NOT_SET,
                               .line = node->start_mark.line + 1};
    if (!lab_yaml_fill(yaml, node, &event_schema, out))
        return false;
    if (out->action == NULL)
        return lab_yaml_fault(yaml, node, "expected `do`: what happens");
    if (out->at.ms == INT64_MIN)
        return lab_yaml_fault(yaml, node, "expected `at`: seconds after the start");
    if (!find_parts(yaml, node, play, out))
        return false;
    if (out->for_s == 0)
        out->for_s = REBOOT_S;
    if (out->members != PLAY_NOT_SET && out->members > out->group->ghosts_most)
        out->group->ghosts_most = out->members;
    return true;
}
