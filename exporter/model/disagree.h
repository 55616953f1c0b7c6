/* SPDX-License-Identifier: Apache-2.0 */
/* Disagreement: two collectors of one device tell different things of one field.
 *
 * Pure. Merging takes the best source of each field (merge.h); this is the cross-check with
 * the others. Collectors poll in turns, so what differs once may have changed in between: a
 * rekey, a registration, another configuration. It stands when both have polled again since
 * it was first seen, and still differ. */
#ifndef GV_MODEL_DISAGREE_H
#define GV_MODEL_DISAGREE_H

#include "observation.h"

enum gv_claim_kind { GV_CLAIM_TEXT, GV_CLAIM_NUMBER, GV_CLAIM_WHEN, GV_CLAIM_SPI };

/* What one collector says. */
struct gv_claim {
    const char *collector;
    struct gv_time seen_at;
    union {
        const char *text;
        uint32_t number;
        struct gv_time when;
        const uint8_t *spi; /* of a KEK */
    } value;
};

struct gv_disagreement {
    const char *group; /* as told: its name, else its id */
    unsigned char field;
    enum gv_claim_kind kind;
    struct gv_claim claims[2];
};

enum { GV_DISAGREEMENT_FIELDS = 15, GV_DISAGREEMENTS_MOST = 8 };

/* "role", "kek_spi", ...: the label. Static. */
const char *gv_disagreement_field(unsigned field);

/* The latest observation of one collector. */
struct gv_said {
    const char *collector;
    const struct gv_observation *obs;
};

/* What is known of a device's disagreements; begins zeroed. The claims point into the
 * observations that it was fed with last. */
struct gv_disagreements {
    struct gv_disagreement list[GV_DISAGREEMENTS_MOST];
    size_t count;
    struct gv_time since[GV_DISAGREEMENT_FIELDS]; /* first differing; where its bit is set in */
    uint32_t suspected;                           /* bits of fields that differ now */
    uint32_t ever;                                /* ... that have stood at least once */
};

/* Compare `count` observations, all of them fresh at `now`. */
void gv_disagreements_feed(struct gv_disagreements *known, const struct gv_said *said,
                           size_t count, struct gv_time now);

/* Both collectors have polled since the two first differed. */
bool gv_disagreement_stands(const struct gv_disagreements *known,
                            const struct gv_disagreement *one);

#endif
