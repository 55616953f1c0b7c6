/* SPDX-License-Identifier: Apache-2.0 */
/* A leaf is a row: its name in the model, how RFC 7951 encodes it, and the field that it
 * fills. Only for the codec. */
#ifndef GV_RESTCONF_LEAF_H
#define GV_RESTCONF_LEAF_H

#include <jansson.h>

#include "restconf/codec.h"

enum gv_leaf_kind {
    GV_LEAF_U32,    /* uint32_t: a number, or its digits as a string as of 64-bit ones */
    GV_LEAF_OCTETS, /* uint32_t in bits, told in octets */
    GV_LEAF_DAYS,   /* uint32_t in seconds, told in days */
    GV_LEAF_YES,    /* bool: true or false; `bit` where it was told */
    GV_LEAF_TEXT,   /* const char * in the observation */
    GV_LEAF_WORD,   /* an enumeration: of `words`, by the end of an identity or enum name */
    GV_LEAF_NAME,   /* const char *: the text of a word, as above */
    GV_LEAF_KEK,    /* a KEK's SPI */
    GV_LEAF_TEK,    /* a TEK's SPI */
    GV_LEAF_AGE,    /* uint32_t: seconds since a date-and-time, by the device's clock */
};

/* How names end, and what they mean; a row without `end` is the last. The device's own
 * prefixes ("crypto-ks-role-") and module names are not compared. */
struct gv_word {
    const char *end;
    unsigned value;
    const char *text;
};

struct gv_leaf {
    const char *name;
    enum gv_leaf_kind kind;
    uint32_t bit; /* in the row's `has`; 0: none */
    size_t offset;
    const struct gv_word *words;
};

/* What is being read, and the device's time. */
struct gv_reading {
    struct gv_observation *obs;
    const struct gv_restconf_clock *clock;
};

/* Fill the fields of `row` from the members of `object` (NULL: none), and set their bits in
 * *has. What is not told, or not understood, stays as it is. */
void gv_leaves_read(const struct gv_reading *reading, const json_t *object,
                    const struct gv_leaf *leaves, size_t count, void *row, uint32_t *has);

/* One member as text: of a string, else empty. */
struct gv_text gv_leaf_text(const json_t *object, const char *name);

/* The member is there and not false: an empty leaf is [null]. */
bool gv_leaf_empty(const json_t *object, const char *name);

/* The device's time at the observation's instant; false where it is not known. */
bool gv_reading_now(const struct gv_reading *reading, int64_t *unix_ms);

#endif
