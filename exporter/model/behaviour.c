/* SPDX-License-Identifier: Apache-2.0 */
#include "model/behaviour.h"

/* The precedence (rekey-behaviour, chapter 4), strongest first. This is the only place that has
 * it: a source is compared by its row, and called by its name. */
static const char *const precedence[] = {
    [GV_EVIDENCE_TIMING] = "timing",             /* 1: observed, on either side */
    [GV_EVIDENCE_PROBE] = "probe",               /* 2: what our own registration got */
    [GV_EVIDENCE_SYSLOG] = "syslog",             /* 3: the double-registration signature */
    [GV_EVIDENCE_TRAP] = "trap",                 /* 3: its form by notifications */
    [GV_EVIDENCE_GDOI_VERSION] = "gdoi_version", /* 4 */
    [GV_EVIDENCE_OS_VERSION] = "os_version",     /* 5 */
};
_Static_assert(sizeof(precedence) / sizeof(precedence[0]) == GV_EVIDENCE_SOURCE_COUNT,
               "a row for every source");

/* Insertion sort: the list has an item or two for each of six sources. */
static void order(struct gv_evidence *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct gv_evidence moved = list[i];
        size_t at = i;

        for (; at > 0 && list[at - 1].source > moved.source; at--)
            list[at] = list[at - 1];
        list[at] = moved;
    }
}

static const struct gv_evidence *strongest(const struct gv_evidence *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].confidence == GV_CERTAIN)
            return &list[i];
    return count > 0 ? &list[0] : NULL;
}

struct gv_behaviour_verdict gv_behaviour_judge(struct gv_evidence *list, size_t count)
{
    struct gv_behaviour_verdict verdict = {.evidence = list, .evidence_count = count};
    const struct gv_evidence *best;

    order(list, count);
    best = strongest(list, count);
    if (best == NULL)
        return verdict;
    verdict.behaviour = best->behaviour;
    verdict.confidence = best->confidence;
    for (size_t i = 0; i < count; i++)
        if (list[i].behaviour != best->behaviour)
            verdict.contradicted = true;
    return verdict;
}

const char *gv_behaviour_name(enum gv_behaviour behaviour)
{
    static const char *const names[] = {"unknown", "old", "new"};

    return (size_t)behaviour < sizeof(names) / sizeof(names[0]) ? names[behaviour] : "invalid";
}

const char *gv_evidence_source_name(enum gv_evidence_source source)
{
    return (size_t)source < GV_EVIDENCE_SOURCE_COUNT ? precedence[source] : "invalid";
}

const char *gv_confidence_name(enum gv_confidence confidence)
{
    return confidence == GV_CERTAIN ? "certain" : "likely";
}
