/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kek_timing.h"

#include "check.h"

static struct gv_rekey_policy policy_of(enum gv_rekey_transport transport, uint32_t n,
                                        int64_t r, uint32_t members)
{
    return (struct gv_rekey_policy){
        .transport = transport, .retransmits = n, .interval = gv_secs(r), .members = members};
}

/* Note 116737, "KS New Behavior"; the first two rows are real routers. */
static void test_lead(void)
{
    static const struct {
        const char *name;
        enum gv_rekey_transport transport;
        uint32_t n;
        int64_t r, lifetime;
        uint32_t members;
        int64_t lead, rekey_at;
        bool unsound;
    } rows[] = {
        {"real 1200 s, 2 GMs, 3 x 10 s", GV_REKEY_UNICAST, 3, 10, 1200, 2, 235, 965, false},
        {"real 360 s, defaults", GV_REKEY_UNICAST, 2, 10, 360, 1, 225, 135, false},
        {"multicast has no member term", GV_REKEY_MULTICAST, 2, 10, 86400, 4000, 220, 86180,
         false},
        {"unsaid counts as unicast", GV_REKEY_TRANSPORT_UNSAID, 2, 10, 86400, 0, 225, 86175,
         false},
        {"49 members", GV_REKEY_UNICAST, 2, 10, 86400, 49, 225, 86175, false},
        {"50 members", GV_REKEY_UNICAST, 2, 10, 86400, 50, 230, 86170, false},
        {"99 members", GV_REKEY_UNICAST, 2, 10, 86400, 99, 230, 86170, false},
        {"4000 members", GV_REKEY_UNICAST, 2, 10, 86400, 4000, 625, 85775, false},
        {"no retransmission", GV_REKEY_UNICAST, 0, 10, 3600, 0, 205, 3395, false},
        {"255 retransmissions of 60 s", GV_REKEY_UNICAST, 255, 60, 86400, 0, 15505, 70895,
         false},
        {"lead equals lifetime", GV_REKEY_UNICAST, 2, 10, 225, 0, 225, 0, false},
        {"lead exceeds lifetime", GV_REKEY_UNICAST, 2, 10, 300, 4000, 625, 0, true},
        {"most members", GV_REKEY_UNICAST, 2, 10, 300, UINT32_MAX, 429496950, 0, true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_rekey_policy p =
            policy_of(rows[i].transport, rows[i].n, rows[i].r, rows[i].members);
        struct gv_rekey_plan plan = gv_rekey_plan(gv_secs(rows[i].lifetime), &p);

        CHECK_INT(rows[i].name, gv_rekey_lead(&p).ms, rows[i].lead * 1000);
        CHECK_INT(rows[i].name, plan.lead.ms, rows[i].lead * 1000);
        CHECK_INT(rows[i].name, plan.rekey_at.ms, rows[i].rekey_at * 1000);
        CHECK_INT(rows[i].name, plan.unsound, rows[i].unsound);
    }
}

/* Rekey-behaviour, chapter 1, the table of verdicts. */
static void test_verdict(void)
{
    static const struct {
        const char *name;
        int64_t lead;
        int64_t unresolved;
        uint32_t members, uncertain;
        enum gv_rekey_transport transport;
        enum gv_rekey_verdict verdict;
    } rows[] = {
        {"manual, hours ahead", 9000, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_EARLY},
        {"merged with a TEK rekey: 250 where 235 is due", 250, 0, 2, 0, GV_REKEY_UNICAST,
         GV_REKEY_EARLY},
        {"just early", 243, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_EARLY},
        {"upper bound", 242, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_ON_TIME},
        {"exact", 235, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_ON_TIME},
        {"lower bound", 228, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_ON_TIME},
        {"just late", 227, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_LATE},
        {"the guarantee", 200, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_LATE},
        {"the guarantee, rounded", 193, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_LATE},
        {"new GMs may re-register", 192, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_TOO_LATE},
        {"shortly before expiry", 8, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_TOO_LATE},
        {"at expiry, rounded", 7, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_AFTER_EXPIRY},
        {"at expiry", 0, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_AFTER_EXPIRY},
        {"an hour after expiry", -3600, 0, 2, 0, GV_REKEY_UNICAST, GV_REKEY_AFTER_EXPIRY},
        {"unresolved by polling widens", 210, 20, 2, 0, GV_REKEY_UNICAST, GV_REKEY_ON_TIME},
        {"100 uncertain members widen by 10 s", 225, 0, 2, 100, GV_REKEY_UNICAST,
         GV_REKEY_ON_TIME},
        {"but not the 200 s guarantee", 190, 0, 2, 100, GV_REKEY_UNICAST, GV_REKEY_TOO_LATE},
        {"nor expiry", -1, 0, 2, 5000, GV_REKEY_UNICAST, GV_REKEY_AFTER_EXPIRY},
        {"multicast does not care for members", 225, 0, 2, 100, GV_REKEY_MULTICAST,
         GV_REKEY_ON_TIME},
        {"unsaid transport, multicast in truth", 230, 0, 2000, 0, GV_REKEY_TRANSPORT_UNSAID,
         GV_REKEY_ON_TIME},
        {"polling resolved nothing: doubt favours the KS", 100, 400, 2, 0, GV_REKEY_UNICAST,
         GV_REKEY_ON_TIME},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_rekey_policy p = policy_of(rows[i].transport, 3, 10, rows[i].members);

        p.members_uncertain = rows[i].uncertain;
        CHECK_STR(rows[i].name,
                  gv_rekey_verdict_name(
                      gv_rekey_judge(gv_secs(rows[i].lead), &p, gv_secs(rows[i].unresolved))),
                  gv_rekey_verdict_name(rows[i].verdict));
    }
}

static struct gv_kek_obs kek_of(uint32_t has, uint32_t lifetime, uint32_t remaining)
{
    return (struct gv_kek_obs){
        .seen_at = {10000000}, .has = has, .lifetime_s = lifetime, .remaining_s = remaining};
}

static void test_instants(void)
{
    enum { BOTH = GV_KEK_HAS_LIFETIME | GV_KEK_HAS_REMAINING };
    static const struct {
        const char *name;
        uint32_t has, lifetime, remaining;
        bool has_expiry, has_birth;
        int64_t expiry_ms, birth_ms;
    } rows[] = {
        {"both told", BOTH, 1200, 787, true, true, 10787000, 9587000},
        {"no lifetime", GV_KEK_HAS_REMAINING, 0, 787, true, false, 10787000, 0},
        {"nothing told", 0, 0, 0, false, false, 0, 0},
        {"zero is saturated", BOTH, 1200, 0, false, false, 0, 0},
        {"more left than its life", BOTH, 100, 787, true, false, 10787000, 0},
        {"just born", BOTH, 787, 787, true, true, 10787000, 10000000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_kek_obs kek = kek_of(rows[i].has, rows[i].lifetime, rows[i].remaining);
        struct gv_time expiry = {-1}, birth = {-1};

        CHECK_INT(rows[i].name, gv_kek_expiry(&kek, &expiry), rows[i].has_expiry);
        CHECK_INT(rows[i].name, gv_kek_birth(&kek, &birth), rows[i].has_birth);
        CHECK_INT(rows[i].name, expiry.ms, rows[i].has_expiry ? rows[i].expiry_ms : -1);
        CHECK_INT(rows[i].name, birth.ms, rows[i].has_birth ? rows[i].birth_ms : -1);
    }
}

static void test_in_use(void)
{
    struct gv_kek_obs rows[3];

    CHECK("no rows", gv_kek_in_use(NULL) == NULL);
    rows[0] = kek_of(GV_KEK_HAS_REMAINING, 0, 200);
    rows[1] = kek_of(GV_KEK_HAS_REMAINING, 0, 1200);
    rows[2] = kek_of(GV_KEK_HAS_REMAINING, 0, 0);
    rows[0].next = &rows[1];
    rows[1].next = &rows[2];
    CHECK("the longer life", gv_kek_in_use(rows) == &rows[1]);
    rows[1].status = GV_KEK_NEW;
    rows[0].status = GV_KEK_IN_USE;
    CHECK("status in_use before life", gv_kek_in_use(rows) == &rows[0]);
    rows[2].status = GV_KEK_IN_USE;
    CHECK("both in use: the longer life", gv_kek_in_use(rows) == &rows[0]);
    rows[0].status = GV_KEK_OLD;
    rows[2].status = GV_KEK_OLD;
    CHECK("none in use: the longer life", gv_kek_in_use(rows) == &rows[1]);
}

static void test_defaults_and_names(void)
{
    struct gv_rekey_policy p = gv_rekey_policy_default();

    CHECK_INT("IOS defaults", p.retransmits, 2);
    CHECK_INT("IOS defaults", p.interval.ms, 10000);
    CHECK("marked", p.retransmits_assumed && p.members_assumed);
    CHECK_INT("distribution", gv_rekey_distribution(&p).ms, 55000);
    CHECK_STR("out of the list", gv_rekey_verdict_name((enum gv_rekey_verdict)99), "invalid");
    CHECK("harmless", gv_rekey_harmless(GV_REKEY_EARLY) &&
                          gv_rekey_harmless(GV_REKEY_ON_TIME) &&
                          gv_rekey_harmless(GV_REKEY_UNKNOWN));
    CHECK("not harmless",
          !gv_rekey_harmless(GV_REKEY_LATE) && !gv_rekey_harmless(GV_REKEY_MISSED));
}

int main(void)
{
    test_lead();
    test_verdict();
    test_instants();
    test_in_use();
    test_defaults_and_names();
    return check_end();
}
