/* SPDX-License-Identifier: Apache-2.0 */
/* YAML text (JSON is a subset) as a bounded tree that knows where each node
 * stands. The one file that touches libyaml.
 *
 * Refused, each with its place: anchors, aliases and tags (so no expansion),
 * more than one document, a key twice in one map, nesting or sizes beyond the
 * limits below, NUL characters. */
#ifndef GV_CONFIG_YAML_H
#define GV_CONFIG_YAML_H

#include <stdbool.h>

#include "base/arena.h"
#include "config/faults.h"

enum {
    GV_YAML_DEPTH = 12,         /* containers inside containers */
    GV_YAML_MAP_KEYS = 512,     /* keys of one map */
    GV_YAML_NODES = 1000000,    /* nodes of one document */
    GV_YAML_MEMORY = 256 << 20, /* octets of one tree */
    GV_YAML_SIZE = 32 << 20,    /* octets of one document */
};

enum gv_node_kind { GV_NODE_TEXT, GV_NODE_LIST, GV_NODE_MAP };

struct gv_node {
    struct gv_node *next;  /* the following entry of the same list or map */
    struct gv_node *first; /* of a list or map */
    struct gv_node *older; /* made before this one: the chain of all nodes */
    size_t count;          /* entries of a list or map */
    const char *key;       /* where the parent is a map */
    struct gv_place key_at, at;
    char *text; /* of a text, NUL-ended, no NUL inside */
    enum gv_node_kind kind;
    bool plain; /* a text without quotes */
};

struct gv_yaml {
    struct gv_arena arena;
    struct gv_node *root; /* NULL: an empty document */
    struct gv_node *newest;
};

/* Read `text` as one document named `file` in the faults; `file` is kept as a
 * pointer. On failure at least one fault is noted and `out` is untouched; else
 * release it with gv_yaml_clear. A key that stands twice is a fault, not a
 * failure: the tree holds both, gv_node_get finds the first. */
enum gv_err gv_yaml_read(const char *file, struct gv_text text, struct gv_yaml *out,
                         struct gv_faults *faults) GV_MUST_CHECK;

/* Wipe every text (there may be secrets among them) and release. */
void gv_yaml_clear(struct gv_yaml *yaml);

/* The entry `key` of `map`; NULL where there is none, or no map. */
const struct gv_node *gv_node_get(const struct gv_node *map, const char *key);

/* "nothing", "a text", "a list", "a map": for messages. Static strings. */
const char *gv_node_what(const struct gv_node *node);

#endif
