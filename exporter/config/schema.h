/* SPDX-License-Identifier: Apache-2.0 */
/* A map of the configuration read by a table: one row a key. */
#ifndef GV_CONFIG_SCHEMA_H
#define GV_CONFIG_SCHEMA_H

#include "base/time.h"
#include "config/yaml.h"

/* The type of a key, and of the field at `offset` that it fills. */
enum gv_key_type {
    GV_KEY_TEXT,   /* const char *, in the tree; least..most characters */
    GV_KEY_NUMBER, /* uint32_t, least..most */
    GV_KEY_SPAN,   /* struct gv_dur, least..most milliseconds: 500ms 30s 5m 2h 1d, or seconds */
    GV_KEY_SIZE,   /* uint64_t, least..most octets: 64MB, 1GB; of 1024 each */
    GV_KEY_YESNO,  /* bool: true or false */
    GV_KEY_WORD,   /* uint32_t: index into `words` */
    GV_KEY_WORDS,  /* uint32_t: a list of words, bit i for words[i] */
    GV_KEY_TEXTS,  /* const struct gv_node *: a list of texts, not empty */
    GV_KEY_LIST,   /* const struct gv_node *: a list, read elsewhere */
    GV_KEY_MAP,    /* const struct gv_node *: a map, read elsewhere */
    GV_KEY_SECRET, /* struct gv_secret_source: KEY, KEY_file, KEY_env or KEY_credential */
    GV_KEY_TYPE_COUNT
};

enum gv_secret_from {
    GV_SECRET_NOWHERE,
    GV_SECRET_INLINE,
    GV_SECRET_FILE,
    GV_SECRET_ENV,
    GV_SECRET_CREDENTIAL
};

/* Where a secret comes from; read by gv_config_secret. */
struct gv_secret_source {
    enum gv_secret_from from;
    const struct gv_node *node;
};

struct gv_key {
    const char *name;
    enum gv_key_type type;
    unsigned uses; /* the uses (bits, below) in which the key is known */
    bool required; /* in each of them but GV_USE_DEFAULTS */
    int64_t least, most;
    const char *const *words; /* NULL-ended */
    size_t offset;            /* of the field in the row */
    const char *help;         /* what it is: completes "expected ..." and --help */
};

/* One table may serve several maps that share most keys. */
enum gv_schema_use {
    GV_USE_MAP = 1,      /* the map itself */
    GV_USE_DEFAULTS = 2, /* values for maps that do not say */
    GV_USE_LABELS = 4,   /* labels of a target list; keys from "__" on are passed over */
};

struct gv_schema {
    const char *what; /* "a target": for messages */
    const struct gv_key *keys;
    size_t count;
};

/* Fill `row` from `map`: fields of keys that are not there stay as they are.
 * Every fault is noted, and the field left; a `map` that is none is a fault. */
void gv_schema_read(const struct gv_schema *schema, enum gv_schema_use use,
                    const struct gv_node *map, void *row, struct gv_faults *faults);

/* A line for each key: name, help, range or words. Appends. */
void gv_schema_help(const struct gv_schema *schema, struct gv_buf *out);

/* A span as the configuration writes it: "500ms", "30s", "5m", "1.5h" is none. */
bool gv_span_read(struct gv_text text, struct gv_dur *out);

#endif
