/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interop.h"

#include "check.h"

#define OLD GV_BEHAVIOUR_OLD
#define NEW GV_BEHAVIOUR_NEW
#define UNK GV_BEHAVIOUR_UNKNOWN

/* Rekey-behaviour, chapter 3. */
static void test_pairs(void)
{
    static const struct {
        const char *name;
        enum gv_behaviour ks, gm;
        const char *outcome;
    } rows[] = {
        {"new with new", NEW, NEW, "ok"},
        {"new with old", NEW, OLD, "informational"},
        {"old with old", OLD, OLD, "informational"},
        {"old with new", OLD, NEW, "mismatch"},
        {"unknown KS", UNK, NEW, "unknown"},
        {"unknown GM", OLD, UNK, "unknown"},
        {"outside the list", (enum gv_behaviour)9, NEW, "unknown"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_STR(rows[i].name, gv_interop_name(gv_interop_judge(rows[i].ks, rows[i].gm)),
                  rows[i].outcome);
        CHECK(rows[i].name, strlen(gv_interop_text(rows[i].ks, rows[i].gm)) > 20);
    }
    CHECK_STR("outside the list", gv_interop_name((enum gv_interop)9), "invalid");
}

static void test_groups(void)
{
    static const struct {
        const char *name;
        enum gv_behaviour ks;
        struct gv_interop_members members;
        const char *outcome;
    } rows[] = {
        {"one new GM among many old ones", OLD, {1, 100, 5}, "mismatch"},
        {"old KS, old GMs", OLD, {0, 3, 0}, "informational"},
        {"old KS, a GM may be new", OLD, {0, 3, 1}, "unknown"},
        {"old KS, no GM known", OLD, {0, 0, 0}, "unknown"},
        {"new KS, new GMs", NEW, {3, 0, 0}, "ok"},
        {"new KS, an old GM", NEW, {3, 1, 0}, "informational"},
        {"new KS, a GM may be old: no mismatch either way", NEW, {3, 0, 1}, "ok"},
        {"new KS, nothing known of its GMs", NEW, {0, 0, 3}, "unknown"},
        {"unknown KS", UNK, {3, 3, 0}, "unknown"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_STR(rows[i].name,
                  gv_interop_name(gv_interop_judge_group(rows[i].ks, &rows[i].members)),
                  rows[i].outcome);
    CHECK_INT("two registrations for each new GM", gv_interop_storm(2000), 4000);
}

int main(void)
{
    test_pairs();
    test_groups();
    return check_end();
}
