/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interop.h"

/* A new GM on an old KS registers twice in each KEK cycle (chapter 2, item 3). */
enum { REGISTRATIONS_PER_MEMBER = 2 };

enum { BEHAVIOURS = GV_BEHAVIOUR_NEW + 1 };

struct matrix_cell {
    enum gv_interop outcome;
    const char *text;
};

static const struct matrix_cell nothing_known = {
    GV_INTEROP_UNKNOWN,
    "The KEK rekey behaviour of at least one side is not known, so nothing can be said. "
    "Poll both by SSH or SNMP, or compare their IOS and GDOI versions."};

/* matrix[ks][gm]: note 116737; rekey-behaviour, chapter 3. */
static const struct matrix_cell matrix[BEHAVIOURS][BEHAVIOURS] = {
    [GV_BEHAVIOUR_NEW] =
        {[GV_BEHAVIOUR_NEW] =
             {GV_INTEROP_OK, "The key server rekeys before the KEK expires, and a member that "
                             "misses the rekey registers again once. Nothing needs doing."},
         [GV_BEHAVIOUR_OLD] = {GV_INTEROP_INFORMATIONAL,
                               "The key server rekeys early; a member with the old behaviour "
                               "notices no other effect. Nothing needs doing."}},
    [GV_BEHAVIOUR_OLD] =
        {[GV_BEHAVIOUR_NEW] =
             {GV_INTEROP_MISMATCH,
              "The key server rekeys only when the KEK expires, so every member "
              "with the new behaviour registers twice in each KEK lifetime. "
              "Upgrade the key servers before, or together with, any member."},
         [GV_BEHAVIOUR_OLD] =
             {GV_INTEROP_INFORMATIONAL,
              "The key server rekeys at KEK expiry, and a member that misses the "
              "rekey keeps using the expired KEK unseen. Upgrade the key servers "
              "first, then the members."},
         [GV_BEHAVIOUR_UNKNOWN] =
             {GV_INTEROP_UNKNOWN,
              "The key server rekeys only when the KEK expires, so every member with the new "
              "behaviour, if there is any, registers twice in each KEK lifetime. Poll a "
              "member, "
              "or hear its events, to know; upgrade the key servers before any member."}},
};

static const struct matrix_cell *cell(enum gv_behaviour ks, enum gv_behaviour gm)
{
    if ((size_t)ks >= BEHAVIOURS || (size_t)gm >= BEHAVIOURS || matrix[ks][gm].text == NULL)
        return &nothing_known;
    return &matrix[ks][gm];
}

enum gv_interop gv_interop_judge(enum gv_behaviour ks, enum gv_behaviour gm)
{
    return cell(ks, gm)->outcome;
}

enum gv_interop gv_interop_judge_group(enum gv_behaviour ks,
                                       const struct gv_interop_members *members)
{
    bool hidden = ks != GV_BEHAVIOUR_NEW && members->unknown > 0;

    if (members->fresh > 0 && gv_interop_judge(ks, GV_BEHAVIOUR_NEW) == GV_INTEROP_MISMATCH)
        return GV_INTEROP_MISMATCH;
    if (hidden)
        return GV_INTEROP_UNKNOWN;
    if (members->old > 0)
        return gv_interop_judge(ks, GV_BEHAVIOUR_OLD);
    return members->fresh > 0 ? gv_interop_judge(ks, GV_BEHAVIOUR_NEW) : GV_INTEROP_UNKNOWN;
}

size_t gv_interop_storm(size_t fresh)
{
    return REGISTRATIONS_PER_MEMBER * fresh;
}

const char *gv_interop_text(enum gv_behaviour ks, enum gv_behaviour gm)
{
    return cell(ks, gm)->text;
}

const char *gv_interop_name(enum gv_interop outcome)
{
    static const char *const names[] = {"unknown", "ok", "informational", "mismatch"};

    return (size_t)outcome < sizeof(names) / sizeof(names[0]) ? names[outcome] : "invalid";
}
