/* SPDX-License-Identifier: Apache-2.0 */
/* Play: one scenario, read from its file and lived through on the stage. README.md explains
 * the keys; the tables in play_read.c and play_act.c are the truth. */
#ifndef PLAY_H
#define PLAY_H

#include "claims.h"
#include "expect.h"
#include "scenario.h"

enum { PLAY_EVENTS_MOST = 128, PLAY_EXPECTS_MOST = 64, PLAY_NOT_SET = INT32_MAX };

struct play_action; /* a row of the table in play_act.c */

struct play_event {
    const struct play_action *action;
    const char *device_name, *group_name; /* as written */
    struct lab_device *device;
    struct lab_group *group;
    struct gv_time at; /* the next time */
    uint32_t every_s;  /* 0: once */
    uint32_t until_s;  /* not after that */
    uint32_t for_s;
    int64_t by_ms;
    uint32_t rate_ppm;
    uint32_t count;
    const char *version, *gdoi_version;
    enum lab_behaviour behaviour;
    bool has_behaviour;
    /* Settings of a group; PLAY_NOT_SET: as before. */
    uint32_t kek_lifetime, tek_lifetime, retransmits, interval, members;
    size_t line;
};

struct play {
    char name[128];
    struct lab_yaml yaml; /* loaded; its texts are in the fleet's arena */
    struct lab_fleet fleet;
    uint64_t seed;
    uint32_t for_s, check_s;
    struct stage_settings settings;
    struct play_event events[PLAY_EVENTS_MOST];
    size_t event_count;
    struct expect expects[PLAY_EXPECTS_MOST], nevers[PLAY_EXPECTS_MOST];
    size_t expect_count, never_count;
    unsigned allowed; /* bit 1 << enum claim */
};

/* What is left of a run. */
struct play_result {
    uint64_t failures; /* of expectations and claims */
    uint64_t claims, polls, checks;
};

/* Called at each check, and at the end. */
struct play_watcher {
    void (*look)(void *arg, const struct play *play, struct stage *stage,
                 const struct truth *truth, const struct gv_snapshot *snapshot);
    void *arg;
};

/* Read a scenario's text; `name` and `path` are for messages. False with the fault in
 * `error`, and nothing to clear. */
bool play_read(struct play *play, const char *path, const char *name, struct gv_text text,
               char error[LAB_SCENARIO_ERROR_SIZE]);
void play_clear(struct play *play);

/* Live through it; tells what fails on standard output. `watcher` may be NULL. False without
 * memory. */
bool play_run(struct play *play, const struct play_watcher *watcher,
              struct play_result *result);

/* play_act.c: read one event; do it. */
bool play_act_read(struct lab_yaml *yaml, const yaml_node_t *node, struct play *play,
                   struct play_event *out);
bool play_act(struct play *play, struct stage *stage, struct play_event *event);

#endif
