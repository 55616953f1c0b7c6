/* SPDX-License-Identifier: Apache-2.0 */
/* Slot: what one collector brought of one device. Only for the store. */
#ifndef GV_STORE_SLOT_H
#define GV_STORE_SLOT_H

#include "collector.h"
#include "model/merge.h"

struct slot {
    unsigned char source; /* enum gv_source */
    bool polled, gave;    /* gave: the last poll brought an observation */
    bool cut;             /* `partial` ended before the device had told all */
    enum gv_err err;
    char *detail; /* NULL: none */
    struct gv_dur duration;
    struct gv_observation *whole;   /* of the last complete poll */
    struct gv_observation *partial; /* of a later poll that ended early */
    uint64_t *failures;             /* GV_ERR_COUNT counters, from the first failure on */
};

/* Is the target polled by that collector (enum gv_source)? */
bool slot_configured(size_t source, const struct gv_target *target);

/* The collector's name; and empty again, of the same collector. */
const char *slot_name(const struct slot *slot);
void slot_clear(struct slot *slot);

/* The latest observation, whole or not; NULL where there is none. */
const struct gv_observation *slot_latest(const struct slot *slot);

/* How the poll ended. */
void slot_keep_outcome(struct slot *slot, const struct gv_poll_result *result);

/* Take result->observation over. A complete one replaces all; what a poll that ended early
 * brought stands beside the last complete one, which still tells the rest until stale. */
void slot_keep_observation(struct slot *slot, struct gv_poll_result *result);

#endif
