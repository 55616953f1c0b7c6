/* SPDX-License-Identifier: Apache-2.0 */
#include "model/behaviour.h"

#include "check.h"

#define OLD GV_BEHAVIOUR_OLD
#define NEW GV_BEHAVIOUR_NEW

/* Rekey-behaviour, chapter 4: strongest first, certain before likely. */
static const struct {
    const char *name;
    struct gv_evidence list[3];
    size_t count;
    enum gv_behaviour behaviour;
    enum gv_confidence confidence;
    bool contradicted;
    enum gv_evidence_source first;
} rows[] = {
    {"nothing", {{0}}, 0, GV_BEHAVIOUR_UNKNOWN, GV_LIKELY, false, GV_EVIDENCE_TIMING},
    {"one certain",
     {{GV_EVIDENCE_OS_VERSION, NEW, GV_CERTAIN, "a"}},
     1,
     NEW,
     GV_CERTAIN,
     false,
     GV_EVIDENCE_OS_VERSION},
    {"one likely is published",
     {{GV_EVIDENCE_GDOI_VERSION, OLD, GV_LIKELY, "a"}},
     1,
     OLD,
     GV_LIKELY,
     false,
     GV_EVIDENCE_GDOI_VERSION},
    {"likely yields to a weaker but certain source",
     {{GV_EVIDENCE_GDOI_VERSION, NEW, GV_LIKELY, "a"},
      {GV_EVIDENCE_OS_VERSION, OLD, GV_CERTAIN, "b"}},
     2,
     OLD,
     GV_CERTAIN,
     true,
     GV_EVIDENCE_GDOI_VERSION},
    {"of two certain the stronger source",
     {{GV_EVIDENCE_OS_VERSION, NEW, GV_CERTAIN, "a"},
      {GV_EVIDENCE_TIMING, OLD, GV_CERTAIN, "b"}},
     2,
     OLD,
     GV_CERTAIN,
     true,
     GV_EVIDENCE_TIMING},
    {"agreement",
     {{GV_EVIDENCE_OS_VERSION, NEW, GV_CERTAIN, "a"},
      {GV_EVIDENCE_GDOI_VERSION, NEW, GV_LIKELY, "b"},
      {GV_EVIDENCE_TIMING, NEW, GV_CERTAIN, "c"}},
     3,
     NEW,
     GV_CERTAIN,
     false,
     GV_EVIDENCE_TIMING},
    {"of one source the first given",
     {{GV_EVIDENCE_TIMING, NEW, GV_CERTAIN, "fresh"},
      {GV_EVIDENCE_TIMING, OLD, GV_CERTAIN, "stale"}},
     2,
     NEW,
     GV_CERTAIN,
     true,
     GV_EVIDENCE_TIMING},
};

int main(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_evidence list[3];
        struct gv_behaviour_verdict v;

        memcpy(list, rows[i].list, sizeof(list));
        v = gv_behaviour_judge(list, rows[i].count);
        CHECK_INT(rows[i].name, v.behaviour, rows[i].behaviour);
        CHECK_INT(rows[i].name, v.confidence, rows[i].confidence);
        CHECK_INT(rows[i].name, v.contradicted, rows[i].contradicted);
        CHECK_INT(rows[i].name, v.evidence_count, rows[i].count);
        if (v.evidence_count > 0)
            CHECK_INT(rows[i].name, v.evidence[0].source, rows[i].first);
    }
    CHECK_STR("name", gv_behaviour_name(GV_BEHAVIOUR_NEW), "new");
    CHECK_STR("name", gv_behaviour_name((enum gv_behaviour)7), "invalid");
    CHECK_STR("name", gv_evidence_source_name(GV_EVIDENCE_GDOI_VERSION), "gdoi_version");
    CHECK_STR("name", gv_evidence_source_name(GV_EVIDENCE_SOURCE_COUNT), "invalid");
    CHECK_STR("name", gv_confidence_name(GV_CERTAIN), "certain");
    CHECK_STR("name", gv_confidence_name(GV_LIKELY), "likely");
    return check_end();
}
