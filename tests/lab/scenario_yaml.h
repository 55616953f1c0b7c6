/* SPDX-License-Identifier: Apache-2.0 */
/* YAML mappings into structs, by tables: one row a key. */
#ifndef LAB_SCENARIO_YAML_H
#define LAB_SCENARIO_YAML_H

#include <yaml.h>

#include "scenario.h"

struct lab_yaml {
    yaml_document_t document;
    const char *path;
    struct gv_text text;     /* read instead of the file at `path`, where it is set */
    const yaml_node_t *part; /* stands for the root, where it is set */
    struct gv_arena *arena;  /* receives every text */
    char *error;             /* LAB_SCENARIO_ERROR_SIZE; the first fault stays */
    bool failed;
};

enum lab_yaml_kind {
    LAB_YAML_TEXT,   /* const char * */
    LAB_YAML_NUMBER, /* uint32_t within least..most */
    LAB_YAML_PORT,   /* uint16_t */
    LAB_YAML_SEED,   /* uint64_t */
    LAB_YAML_FLAG,   /* bool: true or false */
    LAB_YAML_WORD,   /* an enum that counts from 0 in the order of `words` */
    LAB_YAML_AT,     /* struct gv_time: seconds after the start */
    LAB_YAML_SPAN,   /* struct gv_dur: seconds */
    LAB_YAML_IPV4,   /* uint32_t in host order */
    LAB_YAML_CALL,   /* whatever `read` makes of the node */
};

struct lab_yaml_field {
    const char *key;
    enum lab_yaml_kind kind;
    size_t offset; /* in the object to be filled */
    uint32_t least, most;
    const char *const *words; /* ended by NULL */
    bool (*read)(struct lab_yaml *yaml, const yaml_node_t *node, void *object);
};

struct lab_yaml_schema {
    const char *what; /* "device": for the messages */
    const struct lab_yaml_field *fields;
    size_t field_count;
};

/* Load the one document of the file. False with the fault said; on success end with
 * lab_yaml_clear. */
bool lab_yaml_load(struct lab_yaml *yaml);
void lab_yaml_clear(struct lab_yaml *yaml);

/* NULL where the file is empty. */
const yaml_node_t *lab_yaml_root(struct lab_yaml *yaml);
const yaml_node_t *lab_yaml_at(struct lab_yaml *yaml, int index);

/* Fill *object from a mapping. Keys that are not there leave it as it is. */
bool lab_yaml_fill(struct lab_yaml *yaml, const yaml_node_t *node,
                   const struct lab_yaml_schema *schema, void *object);

/* The value of `key` in a mapping; NULL where there is none. */
const yaml_node_t *lab_yaml_find(struct lab_yaml *yaml, const yaml_node_t *node,
                                 const char *key);

/* The scalar's text; the empty one where it is none. */
struct gv_text lab_yaml_text(const yaml_node_t *node);

/* Do `each` with every item of a sequence, or with the node itself where it is none. */
bool lab_yaml_each(struct lab_yaml *yaml, const yaml_node_t *node,
                   bool (*each)(struct lab_yaml *yaml, const yaml_node_t *item, void *object),
                   void *object);

/* Say what is wrong at `node`; false. Only the first fault is kept. */
bool lab_yaml_fault(struct lab_yaml *yaml, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
