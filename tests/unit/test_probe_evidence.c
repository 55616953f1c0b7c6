/* SPDX-License-Identifier: Apache-2.0 */
/* Old or new by what a probe saw: each bound of the rules, and what outranks what. */
#include "check.h"
#include "model/probe.h"

enum { NOTHING, REGISTRATION, REKEY };

/* One thing that was seen. Seconds. */
struct sight {
    int kind;
    int64_t left; /* of the KEK that was handed out; or the rekey's lead */
    bool had, other;
    int64_t previous_left;
    bool bad_signature, no_kek, unsure, anew;
    int64_t full_life; /* 0: not known */
};

#define GAVE(s)                                                                                \
    {                                                                                          \
        .kind = REGISTRATION, .left = (s)                                                      \
    }
#define AGAIN(s, other_kek, before)                                                            \
    {                                                                                          \
        .kind = REGISTRATION, .left = (s), .had = true, .other = (other_kek),                  \
        .previous_left = (before)                                                              \
    }
#define LEAD(s)                                                                                \
    {                                                                                          \
        .kind = REKEY, .left = (s)                                                             \
    }

static const struct {
    const char *name;
    struct sight sights[3];
    enum gv_behaviour want;
    size_t evidence;
} rows[] = {
    {"nothing", {{0}}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"a fresh KEK proves nothing", {GAVE(3600)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"190 s left", {GAVE(190)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"189 s left", {GAVE(189)}, GV_BEHAVIOUR_OLD, 1},
    {"the same KEK again in its window", {AGAIN(100, false, 100)}, GV_BEHAVIOUR_OLD, 1},
    {"another KEK at 190", {AGAIN(3600, true, 190)}, GV_BEHAVIOUR_NEW, 1},
    {"another KEK at 191", {AGAIN(3600, true, 191)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"another KEK at 40", {AGAIN(3600, true, 40)}, GV_BEHAVIOUR_NEW, 1},
    {"another KEK at 39", {AGAIN(3600, true, 39)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"another KEK after expiry", {AGAIN(3600, true, -10)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"lead 225", {LEAD(225)}, GV_BEHAVIOUR_NEW, 1},
    {"lead 193", {LEAD(193)}, GV_BEHAVIOUR_NEW, 1},
    {"lead 192", {LEAD(192)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"lead 6", {LEAD(6)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"lead 5", {LEAD(5)}, GV_BEHAVIOUR_OLD, 1},
    {"lead 0", {LEAD(0)}, GV_BEHAVIOUR_OLD, 1},
    {"after expiry", {LEAD(-1)}, GV_BEHAVIOUR_OLD, 1},
    {"lead 100 of a KEK of 249 s",
     {{.kind = REKEY, .left = 100, .full_life = 249}},
     GV_BEHAVIOUR_NEW,
     1},
    {"lead 100 of a KEK of 250 s",
     {{.kind = REKEY, .left = 100, .full_life = 250}},
     GV_BEHAVIOUR_UNKNOWN,
     0},
    {"lead 3 of a short KEK",
     {{.kind = REKEY, .left = 3, .full_life = 100}},
     GV_BEHAVIOUR_OLD,
     1},
    {"a bad signature proves nothing",
     {{.kind = REKEY, .left = 225, .bad_signature = true}},
     GV_BEHAVIOUR_UNKNOWN,
     0},
    {"a TEK rekey proves nothing",
     {{.kind = REKEY, .left = 225, .no_kek = true}},
     GV_BEHAVIOUR_UNKNOWN,
     0},
    {"a rekey refutes a registration", {GAVE(100), LEAD(225)}, GV_BEHAVIOUR_NEW, 1},
    {"a rekey between refutes it too", {GAVE(100), LEAD(100)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"even before it", {LEAD(100), GAVE(100)}, GV_BEHAVIOUR_UNKNOWN, 0},
    {"a rekey at expiry goes with it", {GAVE(100), LEAD(0)}, GV_BEHAVIOUR_OLD, 2},
    {"a rekey at expiry outranks it", {AGAIN(3600, true, 100), LEAD(0)}, GV_BEHAVIOUR_OLD, 2},
    {"the newest rekey counts", {LEAD(225), LEAD(0)}, GV_BEHAVIOUR_OLD, 1},
    {"full life always told: a lead of hours is no lead",
     {{.kind = REKEY, .left = 7197, .unsure = true}},
     GV_BEHAVIOUR_UNKNOWN,
     0},
    {"... one of the formula's is likely",
     {{.kind = REKEY, .left = 225, .unsure = true}},
     GV_BEHAVIOUR_NEW,
     1},
    {"... and yields to what is certain",
     {GAVE(100), {.kind = REKEY, .left = 225, .unsure = true}},
     GV_BEHAVIOUR_OLD,
     2},
    {"... none at all is none",
     {{.kind = REKEY, .left = 2, .unsure = true}},
     GV_BEHAVIOUR_OLD,
     1},
    {"phase 1 made anew: the key server may have been restarted",
     {{.kind = REGISTRATION,
       .left = 3600,
       .had = true,
       .other = true,
       .previous_left = 100,
       .anew = true}},
     GV_BEHAVIOUR_NEW,
     1},
    {"... so it yields to what is certain",
     {LEAD(0),
      {.kind = REGISTRATION,
       .left = 3600,
       .had = true,
       .other = true,
       .previous_left = 100,
       .anew = true}},
     GV_BEHAVIOUR_OLD,
     2},
    {"a fresh KEK keeps what was known",
     {GAVE(100), AGAIN(3600, true, -5)},
     GV_BEHAVIOUR_OLD,
     1},
};

static void see(struct gv_probe_evidence *evidence, const struct sight *s)
{
    struct gv_probe_registration registration = {gv_secs(s->left),          s->had,    s->other,
                                                 gv_secs(s->previous_left), s->unsure, s->anew};
    struct gv_probe_rekey rekey = {!s->bad_signature,     !s->no_kek,
                                   gv_secs(s->left),      s->full_life > 0,
                                   gv_secs(s->full_life), s->unsure};

    if (s->kind == REGISTRATION)
        gv_probe_saw_registration(evidence, &registration);
    if (s->kind == REKEY)
        gv_probe_saw_rekey(evidence, &rekey);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_probe_evidence evidence = {.refuted = false};
        struct gv_behaviour_verdict verdict;

        for (size_t k = 0; k < 3; k++)
            see(&evidence, &rows[i].sights[k]);
        verdict = gv_probe_judge(&evidence);
        CHECK_INT(rows[i].name, verdict.behaviour, rows[i].want);
        CHECK_INT(rows[i].name, verdict.evidence_count, rows[i].evidence);
        for (size_t k = 0; k < verdict.evidence_count; k++)
            CHECK(rows[i].name, strlen(verdict.evidence[k].text) > 20);
    }
    return check_end();
}
