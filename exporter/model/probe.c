/* SPDX-License-Identifier: Apache-2.0 */
#include "model/probe.h"

#include <string.h>

#include "base/buf.h"

/* Seconds. The bounds of a new key server's lead, and of the windows of a new member. */
enum {
    LEAD_NEW_S = 193,    /* 200 less the tolerance: rekey-behaviour, chapter 1 */
    LEAD_LIKELY_S = 900, /* far more than the formula gives with usual settings */
    LEAD_OLD_S = 5,      /* at expiry */
    SHORT_LIFE_S = 250,  /* a KEK that lives no longer leaves the formula no room */
    HANDED_OUT_S = 190,  /* a new key server would have replaced it: chapter 2 */
    WINDOW_END_S = 40    /* a new member has registered again by then */
};

static bool less(struct gv_dur a, int64_t seconds)
{
    return a.ms < gv_secs(seconds).ms;
}

static bool above(struct gv_dur a, int64_t seconds)
{
    return a.ms > gv_secs(seconds).ms;
}

/* "BEFORE 56.2 s AFTER". */
static void say(char out[GV_PROBE_TEXT], const char *before, struct gv_dur n, const char *after)
{
    struct gv_buf text = gv_buf(GV_PROBE_TEXT - 1);

    gv_buf_add_str(&text, before);
    gv_buf_add_ms(&text, n.ms);
    gv_buf_add_str(&text, after);
    memcpy(out, text.at != NULL ? text.at : "", text.n);
    out[text.n] = '\0';
    gv_buf_clear(&text);
}

static void conclude(struct gv_evidence *item, enum gv_behaviour behaviour, bool unsure)
{
    *item = (struct gv_evidence){GV_EVIDENCE_PROBE, behaviour, unsure ? GV_LIKELY : GV_CERTAIN,
                                 NULL};
}

void gv_probe_saw_registration(struct gv_probe_evidence *evidence,
                               const struct gv_probe_registration *r)
{
    if (r->had_kek && r->other_kek && !less(r->previous_left, WINDOW_END_S) &&
        !above(r->previous_left, HANDED_OUT_S)) {
        conclude(&evidence->registration, GV_BEHAVIOUR_NEW, r->unsure || r->anew);
        say(evidence->registration_text, "a registration ", r->previous_left,
            " s before the KEK's expiry brought its successor");
    } else if (less(r->left, HANDED_OUT_S)) {
        conclude(&evidence->registration, GV_BEHAVIOUR_OLD, r->unsure);
        say(evidence->registration_text, "a registration gave a KEK that had only ", r->left,
            " s left; a new key server would have replaced it");
    }
}

/* Between: too late for the formula, too early for an old key server. Only where the KEK's
 * whole life was too short for the formula, a rekey ahead of expiry is what a new one does. */
static enum gv_behaviour by_lead(const struct gv_probe_rekey *r)
{
    if (!less(r->lead, LEAD_NEW_S))
        return GV_BEHAVIOUR_NEW;
    if (!above(r->lead, LEAD_OLD_S))
        return GV_BEHAVIOUR_OLD;
    return r->full_life_known && less(r->full_life, SHORT_LIFE_S) ? GV_BEHAVIOUR_NEW
                                                                  : GV_BEHAVIOUR_UNKNOWN;
}

void gv_probe_saw_rekey(struct gv_probe_evidence *evidence, const struct gv_probe_rekey *r)
{
    enum gv_behaviour behaviour;
    bool late = r->lead.ms < 0;

    if (!r->valid || !r->brings_kek)
        return;
    behaviour = by_lead(r);
    if (behaviour != GV_BEHAVIOUR_OLD && !r->unsure)
        evidence->refuted = true;
    /* A lead that is at most so long: as much of it as no schedule asks for proves nothing. */
    if (behaviour == GV_BEHAVIOUR_UNKNOWN || (r->unsure && above(r->lead, LEAD_LIKELY_S)))
        return;
    conclude(&evidence->rekey, behaviour, r->unsure && behaviour == GV_BEHAVIOUR_NEW);
    say(evidence->rekey_text, "a KEK rekey with a valid signature came ",
        (struct gv_dur){late ? -r->lead.ms : r->lead.ms},
        late ? " s after expiry" : " s before expiry");
}

struct gv_behaviour_verdict gv_probe_judge(struct gv_probe_evidence *evidence)
{
    const struct gv_evidence *registration = &evidence->registration;
    size_t count = 0;

    if (evidence->rekey.behaviour != GV_BEHAVIOUR_UNKNOWN) {
        evidence->list[count] = evidence->rekey;
        evidence->list[count++].text = evidence->rekey_text;
    }
    if (registration->behaviour != GV_BEHAVIOUR_UNKNOWN &&
        !(evidence->refuted && registration->behaviour == GV_BEHAVIOUR_OLD)) {
        evidence->list[count] = *registration;
        evidence->list[count++].text = evidence->registration_text;
    }
    return gv_behaviour_judge(evidence->list, count);
}
