/* SPDX-License-Identifier: Apache-2.0 */
/* A rekey of the past, as the history tells it. */
#ifndef GV_MODEL_REKEY_RECORD_H
#define GV_MODEL_REKEY_RECORD_H

#include <stdbool.h>
#include <stdint.h>

/* Instants are Unix time in ms. A text that is not known is NULL. */
struct gv_rekey_record {
    int64_t time_ms; /* the new KEK's birth; of a missed rekey the old one's expiry */
    const char *group, *group_id; /* as a group's label: the name, else the id */
    const char *device;           /* the target that told it */
    const char *ks;               /* the same where it is a KS; NULL: a GM told it */
    const char *old_spi, *new_spi;
    bool lead_known, expected_known;
    int64_t lead_ms, expected_ms;
    const char *verdict;
};

#endif
