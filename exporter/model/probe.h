/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe saw of its key server, and what that proves: old or new, without any login.
 *
 * Pure. Source: rekey-behaviour, chapters 1, 2 and 4; a rekey outranks a registration. */
#ifndef GV_MODEL_PROBE_H
#define GV_MODEL_PROBE_H

#include "base/time.h"
#include "model/behaviour.h"

enum { GV_PROBE_TEXT = 160, GV_PROBE_WHY = 640 };

/* A registration that gave a KEK. */
struct gv_probe_registration {
    struct gv_dur left;          /* what the KEK had left when it was handed out */
    bool had_kek;                /* we held one from before */
    bool other_kek;              /* and this is another */
    struct gv_dur previous_left; /* what that one had left; where had_kek */
    bool unsure; /* this key server may tell the full lifetime always: then `left` is at most
                    that */
    bool anew;   /* phase 1 had to be made anew: a key server that was restarted meanwhile has
                    other keys in any case */
};

/* A rekey that brought a new KEK. Those without a valid signature prove nothing. */
struct gv_probe_rekey {
    bool valid;
    bool brings_kek;
    struct gv_dur lead;   /* what the KEK that protected it had left; negative after expiry */
    bool full_life_known; /* that KEK came by a rekey */
    struct gv_dur full_life; /* its lifetime, where known */
    bool unsure;             /* its expiry is as above, at the latest: the lead may be less */
};

/* What is kept: the newest of each kind. All zero at first; movable only by judging again. */
struct gv_probe_evidence {
    struct gv_evidence rekey, registration; /* behaviour unknown: none */
    bool refuted; /* a rekey came ahead of expiry: no registration proves "old" any more */
    char rekey_text[GV_PROBE_TEXT], registration_text[GV_PROBE_TEXT];
    struct gv_evidence list[2]; /* of the last verdict */
};

void gv_probe_saw_registration(struct gv_probe_evidence *evidence,
                               const struct gv_probe_registration *registration);
void gv_probe_saw_rekey(struct gv_probe_evidence *evidence, const struct gv_probe_rekey *rekey);

/* The verdict points into *evidence. */
struct gv_behaviour_verdict gv_probe_judge(struct gv_probe_evidence *evidence);

/* One probe as it stands: what it is called, and what it saw. Kept by probes.c; the model reads
 * it. */
struct gv_probe_seen {
    const char *probe, *ks, *group; /* labels */
    bool tried, success;            /* the last registration */
    struct gv_dur phase1, pull;     /* of the last good one that had it */
    bool has_kek;
    struct gv_time kek_expiry;
    bool listening;
    uint64_t registrations, rekeys; /* good ones */
    uint64_t bad_signatures;        /* rekeys that were none */
    bool has_lead;
    struct gv_dur lead; /* of the last rekey that brought a KEK */
    const char *reason; /* why the last registration failed; empty */
    struct gv_probe_evidence evidence;
};

#endif
