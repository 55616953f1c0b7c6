/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a box in a scenario: its faces, the lines to them, what is wrong with it. */
#ifndef LAB_SCENARIO_BOX_H
#define LAB_SCENARIO_BOX_H

#include "scenario_yaml.h"

/* Rows of kind LAB_YAML_CALL for the mapping of a device; `object` is a
 * struct lab_device_spec. A face that is named is on. */
bool lab_box_read_snmp(struct lab_yaml *yaml, const yaml_node_t *node, void *object);
bool lab_box_read_ssh(struct lab_yaml *yaml, const yaml_node_t *node, void *object);
bool lab_box_read_restconf(struct lab_yaml *yaml, const yaml_node_t *node, void *object);
bool lab_box_read_gdoi(struct lab_yaml *yaml, const yaml_node_t *node, void *object);
bool lab_box_read_faults(struct lab_yaml *yaml, const yaml_node_t *node, void *object);

#endif
