/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tek.h"

#include <string.h>

/* More TEKs than this in one group are counted by rows, not by SPI. */
enum { DISTINCT_SPIS = 64 };

/* A TEK's "time to rekey" is shown 1 s low (chapter 5). */
enum { SHOWN_LOW_S = 1 };

/* Two ends closer than this are one key, seen twice. */
enum { SAME_END_S = 2 };

struct spis {
    uint8_t seen[DISTINCT_SPIS][GV_TEK_SPI_LEN];
    size_t count;
};

static bool seen_before(struct spis *spis, const struct gv_tek_obs *tek)
{
    if ((tek->has & GV_TEK_HAS_SPI) == 0)
        return false;
    for (size_t i = 0; i < spis->count; i++)
        if (memcmp(spis->seen[i], tek->spi, GV_TEK_SPI_LEN) == 0)
            return true;
    if (spis->count < DISTINCT_SPIS)
        memcpy(spis->seen[spis->count++], tek->spi, GV_TEK_SPI_LEN);
    return false;
}

static bool alive(const struct gv_tek_obs *tek, struct gv_time now)
{
    if (tek->status == GV_TEK_NOT_IN_USE)
        return false;
    if ((tek->has & GV_TEK_HAS_REMAINING) == 0)
        return true;
    return gv_time_before(now, gv_time_add(tek->seen_at, gv_secs(tek->remaining_s)));
}

static void take_ends(struct gv_tek_verdict *verdict, const struct gv_tek_obs *tek)
{
    struct gv_time end = gv_time_add(tek->seen_at, gv_secs(tek->remaining_s));

    if ((tek->has & GV_TEK_HAS_REMAINING) == 0)
        return;
    if (!verdict->expiry.known || gv_time_before(verdict->expiry.at, end))
        verdict->expiry = gv_when(end);
    if (!verdict->next_expiry.known || gv_time_before(end, verdict->next_expiry.at))
        verdict->next_expiry = gv_when(end);
}

static void take_schedule(struct gv_tek_verdict *verdict, const struct gv_tek_obs *tek)
{
    struct gv_time due =
        gv_time_add(tek->seen_at, gv_secs((int64_t)tek->to_rekey_s + SHOWN_LOW_S));

    if ((tek->has & GV_TEK_HAS_TO_REKEY) == 0)
        return;
    if (!verdict->rekey_at.known || gv_time_before(due, verdict->rekey_at.at))
        verdict->rekey_at = gv_when(due);
}

static enum gv_tri successor(const struct gv_tek_verdict *verdict)
{
    if (!verdict->expiry.known)
        return GV_UNKNOWN;
    return gv_time_diff(verdict->expiry.at, verdict->next_expiry.at).ms > gv_secs(SAME_END_S).ms
               ? GV_YES
               : GV_NO;
}

struct gv_tek_verdict gv_tek_judge(const struct gv_tek_obs *rows, struct gv_time now)
{
    struct gv_tek_verdict verdict = {.present = rows != NULL};
    struct spis spis = {.count = 0};

    for (; rows != NULL; rows = rows->next) {
        if (!alive(rows, now))
            continue;
        take_ends(&verdict, rows);
        take_schedule(&verdict, rows);
        if (!seen_before(&spis, rows))
            verdict.count++;
    }
    verdict.successor_present = successor(&verdict);
    return verdict;
}
