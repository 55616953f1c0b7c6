/* SPDX-License-Identifier: Apache-2.0 */
#include "store/slot.h"

#include <stdlib.h>
#include <string.h>

/* In the order of enum gv_source. */
static bool (*const configured[GV_SOURCE_COUNT])(const struct gv_target *target) = {
    gv_target_by_ssh, gv_target_by_restconf, gv_target_by_snmp};

bool slot_configured(size_t source, const struct gv_target *target)
{
    return configured[source](target);
}

const char *slot_name(const struct slot *slot)
{
    return gv_source_name((enum gv_source)slot->source);
}

void slot_clear(struct slot *slot)
{
    free(slot->detail);
    gv_observation_free(slot->whole);
    gv_observation_free(slot->partial);
    free(slot->failures);
    *slot = (struct slot){.source = slot->source};
}

const struct gv_observation *slot_latest(const struct slot *slot)
{
    return slot->partial != NULL ? slot->partial : slot->whole;
}

void slot_keep_outcome(struct slot *slot, const struct gv_poll_result *result)
{
    slot->polled = true;
    slot->err = result->err;
    slot->gave = result->observation != NULL;
    slot->duration = result->duration;
    free(slot->detail);
    slot->detail = result->detail[0] != '\0' ? strdup(result->detail) : NULL;
    if (result->err == GV_OK)
        return;
    if (slot->failures == NULL)
        slot->failures = calloc(GV_ERR_COUNT, sizeof(*slot->failures));
    if (slot->failures != NULL)
        slot->failures[result->err]++;
}

/* The poll ended too early: other failures leave out the same each time. */
static bool cut(enum gv_err err)
{
    return err == GV_ERR_TIMEOUT || err == GV_ERR_UNREACHABLE;
}

void slot_keep_observation(struct slot *slot, struct gv_poll_result *result)
{
    slot->cut = cut(result->err);
    gv_observation_free(slot->partial);
    slot->partial = NULL;
    if (result->err == GV_OK) {
        gv_observation_free(slot->whole);
        slot->whole = result->observation;
    } else {
        slot->partial = result->observation;
    }
    result->observation = NULL;
}
