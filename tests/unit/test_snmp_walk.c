/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "fake_mib.h"

static const char iosxe[] =
    "Cisco IOS Software [Bengaluru], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), "
    "Version 17.6.3, RELEASE SOFTWARE (fc4)\r\nTechnical Support: "
    "http://www.cisco.com/techsupport";

/* ---- Shapes of devices, and what a poll of each costs ----------------------------------- */

static void gm_2015(struct fake_mib *m)
{
    fake_gm(m, CISCO_GDOI, GROUP_3333, "G1", 1, true);
}
static void gm_2010(struct fake_mib *m)
{
    fake_gm(m, CISCO_GDOI, GROUP_3333, "G1", 1, false);
}
static void gm_20_aces(struct fake_mib *m)
{
    fake_gm(m, CISCO_GDOI, GROUP_3333, "G1", 20, true);
}
static void gm_juniper(struct fake_mib *m)
{
    fake_gm(m, JNX_GDOI, GROUP_3333, "G1", 2, true);
}
static void gm_two_groups(struct fake_mib *m)
{
    fake_gm(m, CISCO_GDOI, GROUP_3333, "G1", 2, true);
    fake_gm(m, CISCO_GDOI, "11.4.0.0.13.6", "G2", 2, true);
}
static void ks_1_group(struct fake_mib *m)
{
    fake_ks(m, GROUP_3333, "G1", 1, 5, true);
}
static void ks_2010(struct fake_mib *m)
{
    fake_ks(m, GROUP_3333, "G1", 1, 5, false);
}
static void ks_3_groups(struct fake_mib *m)
{
    fake_ks(m, GROUP_3333, "G1", 3, 50, true);
    fake_ks(m, "11.4.0.0.13.6", "G2", 3, 50, true);
    fake_ks(m, "11.4.0.0.13.7", "G3", 3, 50, true);
}
static void nothing(struct fake_mib *m)
{
    (void)m;
}

static const struct {
    const char *name;
    void (*fill)(struct fake_mib *mib);
    enum gv_err want;
    unsigned first, steady; /* most PDUs of the first poll and of later ones */
} shapes[] = {
    {"GM, 2015 revision", gm_2015, GV_OK, 3, 1},
    {"GM, 2010 revision", gm_2010, GV_OK, 3, 1},
    {"GM, 20 ACEs", gm_20_aces, GV_OK, 4, 1},
    {"GM, Juniper", gm_juniper, GV_OK, 3, 1},
    {"GM of two groups", gm_two_groups, GV_OK, 5, 2},
    {"KS, one group, one peer", ks_1_group, GV_OK, 4, 2},
    {"KS, 2010 revision", ks_2010, GV_OK, 4, 1},
    {"KS, three groups of 50 ACEs", ks_3_groups, GV_OK, 30, 4},
    {"no GDOI", nothing, GV_ERR_NO_DATA, 1, 1},
};

static void test_cost(void)
{
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        const char *name = shapes[i].name;
        struct gv_gdoi_store store;
        struct fake_mib mib = {0};
        static struct gv_walk walk;
        size_t largest;
        unsigned first, steady;

        fake_system(&mib, iosxe, "R1", 1000);
        shapes[i].fill(&mib);
        gv_gdoi_store_init(&store);
        first = fake_poll(&mib, &store, true, &walk, &largest);
        CHECK_INT(name, walk.err, shapes[i].want);
        CHECK("answers are not fragmented", largest < GV_SNMP_ANSWER_OCTETS);
        steady = fake_poll(&mib, &store, true, &walk, &largest);
        CHECK_INT(name, walk.err, shapes[i].want);
        CHECK("answers are not fragmented", largest < GV_SNMP_ANSWER_OCTETS);
        printf("%s: %u PDUs at first, then %u of at most %zu octets, %zu octets kept\n", name,
               first, steady, largest, sizeof(store) + store.arena.used);
        CHECK(name, first <= shapes[i].first);
        CHECK(name, steady <= shapes[i].steady);
        CHECK(name, !walk.relearnt);
        gv_gdoi_store_forget(&store);
        fake_free(&mib);
    }
}

/* ---- Changes between two polls ---------------------------------------------------------- */

#define GM_1 "1.4.10.1.13.2"
#define KEK  CISCO_GDOI ".3.2.1"
#define TEK  CISCO_GDOI ".3.6.1"
#define ONE  GROUP_3333 "." GM_1

static void same(struct fake_mib *m)
{
    fake_find(m, CISCO_GDOI ".3.2.1.20." ONE ".1")->number = 727;
}
static void name_padded(struct fake_mib *m)
{
    fake_find(m, "1.3.6.1.2.1.1.5.0")->octets_n = 4; /* NULs after it */
}
static void new_kek_beside(struct fake_mib *m)
{
    fake_kek(m, KEK, ONE, 2, 0xAA, 2, 86399, (const uint8_t[]){239, 1, 2, 3});
}
static void new_kek_alone(struct fake_mib *m)
{
    fake_remove(m, KEK);
    new_kek_beside(m);
}
static void new_kek_in_place(struct fake_mib *m)
{
    memset(fake_find(m, CISCO_GDOI ".3.2.1.2." ONE ".1")->octets, 0xAB, 16);
}
static void kek_gone(struct fake_mib *m)
{
    fake_remove(m, KEK);
}
static void new_tek(struct fake_mib *m)
{
    fake_tek(m, TEK, ONE, 1, 2, 0x77, 3600);
}
static void new_tek_last(struct fake_mib *m)
{
    fake_tek(m, TEK, ONE, 21, 1, 0x77, 3600);
}
static void new_group(struct fake_mib *m)
{
    fake_gm(m, CISCO_GDOI, "11.4.0.0.13.6", "G2", 1, true);
}
static void group_gone(struct fake_mib *m)
{
    fake_remove(m, CISCO_GDOI);
}
static void became_ks(struct fake_mib *m)
{
    fake_ks(m, "11.4.0.0.13.6", "G2", 1, 1, true);
}
static void cell_gone(struct fake_mib *m)
{
    fake_remove(m, CISCO_GDOI ".3.2.1.19");
}
static void rebooted(struct fake_mib *m)
{
    fake_find(m, "1.3.6.1.2.1.1.3.0")->number = 5;
}
static void renamed(struct fake_mib *m)
{
    memcpy(fake_find(m, "1.3.6.1.2.1.1.5.0")->octets, "R9", 2);
}

static const struct {
    const char *name;
    void (*change)(struct fake_mib *mib);
    bool anew;         /* a whole walk in the same poll */
    size_t keks, teks; /* rows after it */
    enum gv_err want;
} changes[] = {
    {"only a value", same, false, 1, 1, GV_OK},
    {"NULs after the same name", name_padded, false, 1, 1, GV_OK},
    {"a KEK beside the old one", new_kek_beside, true, 2, 1, GV_OK},
    {"a KEK in place of the old one", new_kek_alone, true, 1, 1, GV_OK},
    {"another SPI in the same row", new_kek_in_place, true, 1, 1, GV_OK},
    {"no KEK any more", kek_gone, true, 0, 1, GV_OK},
    {"a TEK beside the old one", new_tek, true, 1, 2, GV_OK},
    {"another group", new_group, true, 2, 2, GV_OK},
    {"no group any more", group_gone, true, 0, 0, GV_ERR_NO_DATA},
    {"a KS as well", became_ks, true, 1, 1, GV_OK},
    {"a column gone", cell_gone, true, 1, 1, GV_OK},
    {"a reboot", rebooted, true, 1, 1, GV_OK},
    {"another name", renamed, true, 1, 1, GV_OK},
};

static void test_changes(void)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        const char *name = changes[i].name;
        struct gv_gdoi_store store;
        struct fake_mib mib = {0};
        static struct gv_walk walk;
        size_t largest;

        fake_system(&mib, iosxe, "R1", 1000);
        gm_20_aces(&mib);
        gv_gdoi_store_init(&store);
        (void)fake_poll(&mib, &store, true, &walk, &largest);
        CHECK_INT(name, fake_rows(&store, GV_GDOI_GM_TEK, false), 1);
        CHECK_INT(name, fake_rows(&store, GV_GDOI_GM_TEK, true), 1);
        changes[i].change(&mib);
        (void)fake_poll(&mib, &store, true, &walk, &largest);
        CHECK_INT(name, walk.err, changes[i].want);
        CHECK_INT(name, walk.relearnt, changes[i].anew);
        CHECK_INT(name, fake_rows(&store, GV_GDOI_GM_KEK, false), changes[i].keks);
        CHECK_INT(name, fake_rows(&store, GV_GDOI_GM_TEK, false), changes[i].teks);
        (void)fake_poll(&mib, &store, true, &walk, &largest);
        CHECK("settled", !walk.relearnt);
        gv_gdoi_store_forget(&store);
        fake_free(&mib);
    }
}

/* A TEK that appears after rows which were not kept is found at the next change
 * of the ones that were: rows of one SPI change together. */
static void test_tek_rollover(void)
{
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, iosxe, "R1", 1000);
    gm_20_aces(&mib);
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    new_tek_last(&mib);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("not kept", fake_rows(&store, GV_GDOI_GM_TEK, false), 1);
    new_tek(&mib);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("found", fake_rows(&store, GV_GDOI_GM_TEK, false), 2);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

/* ---- SNMPv1, tooBig, and other answers -------------------------------------------------- */

enum misbehaviour {
    BEHAVES,
    TOO_BIG,      /* for more than `limit` varbinds */
    NO_SUCH_NAME, /* SNMPv1: in place of endOfMibView, and of the end of a column */
    GEN_ERR,      /* for every column 8 of the GM table */
    GEN_ERR_ALL,  /* without an index */
    ERROR_BEYOND, /* genErr with an index beyond the last varbind */
    NOT_GROWING,  /* repeats the row asked after */
    OUTSIDE,      /* rows of another subtree */
    REPEATS_ROW,  /* the same row again within a GETBULK */
    CUT,          /* GETBULK answers hold `limit` varbinds */
    TOO_MANY,
    NO_UPTIME,
    TOO_FEW,
    REBOOTS_ONCE,
    REBOOTS_ALWAYS
};

static const struct misrow {
    const char *name;
    enum misbehaviour how;
    size_t limit;
    bool bulk;
    enum gv_err want;
    bool whole; /* the KEK was read all the same */
    unsigned most_pdus;
} misrows[] = {
    {"SNMPv1", BEHAVES, 0, false, GV_OK, true, 30},
    {"tooBig beyond 10 varbinds", TOO_BIG, 10, true, GV_OK, true, 40},
    {"tooBig beyond 2 varbinds", TOO_BIG, 2, true, GV_OK, true, 200},
    {"tooBig always", TOO_BIG, 0, true, GV_ERR_TOO_LARGE, false, 10},
    {"SNMPv1 ends with noSuchName", NO_SUCH_NAME, 0, false, GV_OK, true, 40},
    {"genErr for one column", GEN_ERR, 0, true, GV_ERR_MALFORMED, true, 10},
    {"genErr for all", GEN_ERR_ALL, 0, true, GV_ERR_MALFORMED, false, 10},
    {"genErr for a varbind that is not there", ERROR_BEYOND, 0, true, GV_ERR_MALFORMED, false,
     10},
    {"OIDs do not grow", NOT_GROWING, 0, true, GV_ERR_MALFORMED, false, 2},
    {"rows of another subtree", OUTSIDE, 0, true, GV_ERR_NO_DATA, false, 2},
    {"a row repeated", REPEATS_ROW, 0, true, GV_ERR_MALFORMED, true, 4},
    {"GETBULK answers cut short", CUT, 20, true, GV_OK, true, 10},
    {"answers cut to sysUpTime", CUT, 1, true, GV_ERR_TOO_LARGE, true, 40},
    {"too many varbinds", TOO_MANY, 0, true, GV_ERR_MALFORMED, false, 2},
    {"no sysUpTime", NO_UPTIME, 0, true, GV_ERR_NOT_FOUND, false, 2},
    {"too few varbinds", TOO_FEW, 0, true, GV_ERR_MALFORMED, false, 2},
    {"a reboot during the walk", REBOOTS_ONCE, 0, true, GV_OK, true, 8},
    {"a reboot at each PDU", REBOOTS_ALWAYS, 0, true, GV_ERR_MALFORMED, false, 6},
};

static void error(struct fake_answer *a, uint32_t status, uint32_t index)
{
    a->answer.error_status = status;
    a->answer.error_index = index;
    a->answer.n = status == GV_SNMP_TOO_BIG ? 0 : 1;
}

static void spoil_each(const struct misrow *row, const struct gv_walk *walk,
                       struct fake_answer *a)
{
    static const uint32_t column8[] = {1, 3, 6, 1, 4, 1, 9, 9, 759, 1, 2, 2, 1, 8};
    static const uint32_t snmp_modules[] = {1, 3, 6, 1, 6, 3, 1, 1};

    for (size_t i = 1; i < a->answer.n; i++) {
        struct gv_snmp_var *var = &a->vars[i];
        bool gdoi = var->oid_n > 8 && var->oid[8] == 759;

        if (row->how == NO_SUCH_NAME && var->oid_n > 7 && var->oid[4] == 6) {
            error(a, GV_SNMP_NO_SUCH_NAME, (uint32_t)i + 1);
            return;
        }
        if (row->how == GEN_ERR && gv_oid_under(var->oid, var->oid_n, column8, 14)) {
            error(a, 5, (uint32_t)i + 1);
            return;
        }
        if (row->how == NOT_GROWING && gdoi)
            var->oid_n = i < walk->asks_n ? gv_walk_oid(walk, i, a->oids[i]) : var->oid_n;
        if (row->how == OUTSIDE && gdoi) {
            memcpy(a->oids[i], snmp_modules, sizeof(snmp_modules));
            var->oid_n = 8;
        }
    }
}

static void spoil(const struct misrow *row, const struct gv_walk *walk,
                  const struct gv_walk_request *request, struct fake_mib *mib,
                  struct fake_answer *a)
{
    struct fake_object *uptime = fake_find(mib, "1.3.6.1.2.1.1.3.0");

    spoil_each(row, walk, a);
    if (row->how == TOO_BIG && a->answer.n > row->limit)
        error(a, GV_SNMP_TOO_BIG, 0);
    if (row->how == GEN_ERR_ALL)
        error(a, 5, 0);
    if (row->how == ERROR_BEYOND)
        error(a, 5, UINT32_MAX);
    if (row->how == CUT && a->answer.n > row->limit && (request->bulk || row->limit == 1))
        a->answer.n = request->bulk || row->limit > 1 ? row->limit : a->answer.n;
    if (row->how == TOO_MANY)
        a->answer.n++;
    if (row->how == NO_UPTIME)
        a->oids[0][7] = 4;
    if (row->how == TOO_FEW)
        a->answer.n--;
    if (row->how == REPEATS_ROW && request->bulk)
        for (size_t i = request->n; i < a->answer.n; i++)
            a->vars[i] = a->vars[i - (request->n - request->once)];
    if ((row->how == REBOOTS_ONCE && walk->pdus == 1 && !walk->relearnt) ||
        row->how == REBOOTS_ALWAYS)
        uptime->number = 900 - walk->pdus * 100; /* seen in the next answer */
}

static void test_misbehaviour(void)
{
    static struct fake_answer a;
    static struct gv_walk walk;

    for (size_t i = 0; i < sizeof(misrows) / sizeof(misrows[0]); i++) {
        const struct misrow *row = &misrows[i];
        struct gv_walk_request request;
        struct gv_gdoi_store store;
        struct fake_mib mib = {0};
        enum gv_err fit = GV_OK;

        fake_system(&mib, iosxe, "R1", 1000);
        gm_20_aces(&mib);
        gv_gdoi_store_init(&store);
        gv_walk_begin(&walk, &store, row->bulk);
        while (fit == GV_OK && gv_walk_next(&walk, &request) && walk.pdus < 500) {
            fake_reply(&mib, &walk, &request, &a);
            spoil(row, &walk, &request, &mib, &a);
            fit = gv_walk_fits(&walk, &a.answer);
            if (fit == GV_OK)
                gv_walk_feed(&walk, &a.answer, (struct gv_time){1000});
        }
        CHECK_INT(row->name, fit != GV_OK ? fit : walk.err, row->want);
        CHECK_INT(row->name, store.root != NULL && fake_told(&store, GV_GDOI_GM_KEK, 20) == 787,
                  row->whole);
        CHECK(row->name, walk.pdus <= row->most_pdus);
        gv_gdoi_store_forget(&store);
        fake_free(&mib);
    }
}

/* A GETBULK agent that repeats endOfMibView to fill its answer, as snmpsim does. */
static void test_end_of_mib(void)
{
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, iosxe, "R1", 1000);
    fake_remove(&mib, "1.3.6.1.6");
    gm_20_aces(&mib);
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("walked", walk.err, GV_OK);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("re-read", walk.err, GV_OK);
    CHECK("settled", !walk.relearnt);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

static void test_absent_columns(void)
{
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, iosxe, "R1", 1000);
    ks_2010(&mib);
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("name only", store.tables[GV_GDOI_GROUP].first->exists, 1);
    CHECK_INT("learnt as absent", store.tables[GV_GDOI_GROUP].absent, 0xe);
    CHECK_INT("no role", store.tables[GV_GDOI_KS].absent, 0xc);
    CHECK_INT("no peers", fake_rows(&store, GV_GDOI_PEER, false), 0);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

/* A secondary that becomes primary gets columns that it did not have. */
static void test_role_change(void)
{
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, iosxe, "R1", 1000);
    ks_1_group(&mib);
    fake_remove(&mib, CISCO_GDOI ".1.1.7");
    fake_find(&mib, CISCO_GDOI ".2.1.1.6." GROUP_3333 ".1.4.10.1.11.2")->number = 2;
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("absent on a secondary", fake_told(&store, GV_GDOI_GROUP, 7), UINT32_MAX);
    fake_number(&mib, CISCO_GDOI ".1.1.7." GROUP_3333, 3);
    fake_find(&mib, CISCO_GDOI ".2.1.1.6." GROUP_3333 ".1.4.10.1.11.2")->number = 1;
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("there on a primary", fake_told(&store, GV_GDOI_GROUP, 7), 3);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

int main(void)
{
    test_cost();
    test_changes();
    test_tek_rollover();
    test_misbehaviour();
    test_end_of_mib();
    test_absent_columns();
    test_role_change();
    return check_end();
}
