/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a scenario, read into specifications; scenario.c makes the fleet of them. */
#ifndef LAB_SCENARIO_SCHEMA_H
#define LAB_SCENARIO_SCHEMA_H

#include "scenario_yaml.h"

struct lab_group_spec {
    struct lab_group_spec *next;
    const yaml_node_t *node;
    const char *key; /* what devices call it; the name where none is given */
    struct lab_group group;
    struct gv_dur split_for;
    uint32_t rekey_in_s; /* 0: see kek_left_s */
};

/* One box, or `count` of them with names, addresses counted up. */
struct lab_device_spec {
    struct lab_device_spec *next;
    struct lab_device box;
    uint32_t address; /* 127.x.y.z in host order */
    uint32_t inside;  /* its address in the GETVPN; 0: 10.x.y.z */
    uint32_t count;
    uint32_t priority;
    uint32_t uptime_s;
    struct gv_dur silent_for;
    const yaml_node_t *servers, *members; /* keys of groups; NULL: none */
};

struct lab_scenario {
    uint32_t speed;
    uint64_t seed;
    struct lab_group_spec *groups;
    struct lab_device_spec *devices;
};

/* False with the fault said. The nodes are valid until lab_yaml_clear. */
bool lab_schema_read(struct lab_yaml *yaml, struct lab_scenario *scenario);

#endif
