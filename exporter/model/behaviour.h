/* SPDX-License-Identifier: Apache-2.0 */
/* Old or new KEK rekey behaviour: the verdict, and the evidence it rests on.
 *
 * Pure. Source: rekey-behaviour, chapter 4: strongest evidence first. */
#ifndef GV_MODEL_BEHAVIOUR_H
#define GV_MODEL_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>

enum gv_behaviour { GV_BEHAVIOUR_UNKNOWN, GV_BEHAVIOUR_OLD, GV_BEHAVIOUR_NEW };
enum gv_confidence { GV_LIKELY, GV_CERTAIN };

/* In the order of precedence, strongest first. */
enum gv_evidence_source {
    GV_EVIDENCE_TIMING,
    GV_EVIDENCE_PROBE,
    GV_EVIDENCE_SYSLOG,
    GV_EVIDENCE_TRAP, /* the same by SNMP notifications */
    GV_EVIDENCE_GDOI_VERSION,
    GV_EVIDENCE_OS_VERSION,
    GV_EVIDENCE_SOURCE_COUNT
};

struct gv_evidence {
    enum gv_evidence_source source;
    enum gv_behaviour behaviour; /* never unknown in a list of evidence */
    enum gv_confidence confidence;
    const char *text; /* one sentence for people, with the numbers */
};

struct gv_behaviour_verdict {
    enum gv_behaviour behaviour;
    enum gv_confidence confidence;
    bool contradicted;            /* another item of evidence says the opposite */
    struct gv_evidence *evidence; /* strongest first */
    size_t evidence_count;
};

/* Put the list into the order of precedence (equal sources keep theirs, so the
 * freshest goes first) and decide: the strongest certain item, else the strongest
 * likely one, else unknown. The verdict points into `list`. */
struct gv_behaviour_verdict gv_behaviour_judge(struct gv_evidence *list, size_t count);

/* "unknown", "old", "new"; "timing", "gdoi_version", ...; "likely", "certain".
 * Static strings, never NULL. */
const char *gv_behaviour_name(enum gv_behaviour behaviour);
const char *gv_evidence_source_name(enum gv_evidence_source source);
const char *gv_confidence_name(enum gv_confidence confidence);

#endif
