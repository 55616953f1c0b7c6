/* SPDX-License-Identifier: Apache-2.0 */
/* The walk at its ends: too many rows, rows that make no sense, long access lists, numbers
 * at the ends of their range, a device that takes small answers only. */
#include "check.h"
#include "fake_mib.h"

static const char ios[] = "Cisco IOS Software, C3900, Version 15.2(1)T, RELEASE SOFTWARE";

#define GM_1 "1.4.10.1.13.2"
#define KEK  CISCO_GDOI ".3.2.1"
#define ONE  GROUP_3333 "." GM_1

static void reboot(struct fake_mib *mib)
{
    fake_find(mib, "1.3.6.1.2.1.1.3.0")->number = 5;
}

static void test_row_ceiling(void)
{
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, ios, "R1", 1000);
    fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
    for (unsigned i = 0; i < GV_WALK_KEPT + 100; i++) {
        char index[64];

        (void)snprintf(index, sizeof(index), ONE ".%u", i + 2);
        fake_octets(&mib, fake_cell(KEK, 2, index), "0123456789abcdef", 16);
    }
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("too many rows", walk.err, GV_ERR_TOO_LARGE);
    CHECK_INT("some were read", fake_told(&store, GV_GDOI_GM_KEK, 20), 787);
    CHECK("next time anew", !store.complete);
    CHECK("memory", store.arena.used < GV_GDOI_STORE_CEILING);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

/* Names as long as they may be, until the memory of one device is used up. */
static void test_memory_ceiling(void)
{
    static const uint8_t long_name[GV_GDOI_NAME_OCTETS] = "G";
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, ios, "R1", 1000);
    fake_gm(&mib, CISCO_GDOI, "11.4.0.0.0.1", "G1", 1, true);
    for (unsigned i = 0; i < GV_WALK_KEPT - 10; i++) {
        char index[64];

        (void)snprintf(index, sizeof(index), "11.4.0.1.%u.%u", i / 256, i % 256);
        fake_octets(&mib, fake_cell(CISCO_GDOI ".1.1", 4, index), long_name, sizeof(long_name));
    }
    gv_gdoi_store_init(&store);
    for (int polls = 0; polls < 2; polls++) {
        (void)fake_poll(&mib, &store, true, &walk, &largest);
        CHECK_INT("too large", walk.err, GV_ERR_TOO_LARGE);
        CHECK("within the ceiling", store.arena.used <= GV_GDOI_STORE_CEILING);
        CHECK("next time anew", !store.complete);
        CHECK_INT("what was read is kept", fake_told(&store, GV_GDOI_GM_KEK, 20), 787);
    }
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

/* A name that grows from poll to poll is moved once. */
static void test_growing_name(void)
{
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    struct fake_object *name;
    size_t largest, used;

    fake_system(&mib, ios, "R1", 1000);
    fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    name = fake_find(&mib, CISCO_GDOI ".1.1.4." GROUP_3333);
    memset(name->octets, 'x', GV_GDOI_NAME_OCTETS);
    name->octets_n = 20;
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    used = store.arena.used;
    for (; name->octets_n < GV_GDOI_NAME_OCTETS; name->octets_n++)
        (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("moved once", store.arena.used, used);
    CHECK("no walk for a name", !walk.relearnt);
    CHECK_INT("all of it", gv_gdoi_cell_octets(store.tables[GV_GDOI_GROUP].first, 0).n,
              GV_GDOI_NAME_OCTETS - 1);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

static void test_hostile_rows(void)
{
    static const char *const indexes[] = {
        GROUP_3333 "." GM_1 ".0", GROUP_3333 ".1.5.10.1.13.2.9.1", "11.4.0.0.13.256." GM_1 ".1",
        "7", "11.4.0.0.13.5.1.4.10.1.13.2.1.1"};
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, ios, "R1", 1000);
    fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
    for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++)
        fake_octets(&mib, fake_cell(KEK, 2, indexes[i]), "0123456789abcdef", 16);
    /* Values of the wrong type and size. */
    fake_find(&mib, CISCO_GDOI ".2.2.1.8." ONE)->kind = GV_SNMP_OCTETS;
    fake_find(&mib, CISCO_GDOI ".2.2.1.9." ONE)->number = 1ull << 32;
    fake_find(&mib, CISCO_GDOI ".2.2.1.7." ONE)->octets_n = 17;
    fake_find(&mib, CISCO_GDOI ".3.2.1.14." ONE ".1")->kind = GV_SNMP_OTHER;
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("walked", walk.err, GV_OK);
    CHECK_INT("only the right row", fake_rows(&store, GV_GDOI_GM_KEK, false), 1);
    CHECK_INT("and its values", fake_told(&store, GV_GDOI_GM_KEK, 20), 787);
    CHECK_INT("text for a number", fake_told(&store, GV_GDOI_GM, 8), UINT32_MAX);
    CHECK_INT("more than 32 bits", fake_told(&store, GV_GDOI_GM, 9), UINT32_MAX);
    CHECK_INT("no value", fake_told(&store, GV_GDOI_GM_KEK, 14), UINT32_MAX);
    CHECK("next time anew", !store.complete);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

/* A KS of long access lists: thousands of rows say the same of a few TEKs. */
static void test_long_lists(void)
{
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, ios, "R1", 1000);
    fake_ks(&mib, GROUP_3333, "G1", 1, 5, true);
    for (unsigned ace = 6; ace < GV_WALK_KEPT + 1000; ace++) {
        char index[64];

        (void)snprintf(index, sizeof(index), GROUP_3333 ".1.4.10.1.11.2.%u.1", ace);
        fake_octets(&mib, fake_cell(CISCO_GDOI ".3.4.1", 2, index), "\x5A\x69\xF5\x1F", 4);
    }
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("walked", walk.err, GV_OK);
    CHECK_INT("two TEKs", fake_rows(&store, GV_GDOI_KS_TEK, false), 2);
    CHECK("steady", fake_poll(&mib, &store, true, &walk, &largest) <= 2);
    CHECK_INT("steady", walk.err, GV_OK);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

/* Counter32 and Gauge32 at their ends are numbers like others, and 0 is one too. */
static void test_ends_of_range(void)
{
    static const uint32_t ends[] = {UINT32_MAX, 0, (uint32_t)INT32_MAX + 1};
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, ios, "R1", UINT32_MAX);
    fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
    gv_gdoi_store_init(&store);
    for (size_t i = 0; i < 3; i++) {
        fake_find(&mib, CISCO_GDOI ".2.2.1.8." ONE)->number = ends[i];
        fake_find(&mib, CISCO_GDOI ".3.2.1.20." ONE ".1")->number = ends[i];
        (void)fake_poll(&mib, &store, true, &walk, &largest);
        CHECK_INT("walked", walk.err, GV_OK);
        CHECK("no walk for a value", !walk.relearnt);
        CHECK_INT("sequence", fake_told(&store, GV_GDOI_GM, 8), ends[i]);
        CHECK_INT("remaining", fake_told(&store, GV_GDOI_GM_KEK, 20), ends[i]);
    }
    CHECK("uptime", store.uptime_cs == UINT32_MAX);
    fake_find(&mib, "1.3.6.1.2.1.1.3.0")->number = 3;
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK("497 days are over: as a reboot, once", walk.relearnt && walk.err == GV_OK);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

/* The size of answers that a device refused is learnt again with its rows: one bad hour
 * does not make its polls dear for ever. */
static void test_room(void)
{
    static struct fake_answer a;
    static struct gv_walk walk;
    struct gv_walk_request request;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, ios, "R1", 1000);
    fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
    gv_gdoi_store_init(&store);
    gv_walk_begin(&walk, &store, true);
    while (gv_walk_next(&walk, &request)) {
        fake_reply(&mib, &walk, &request, &a);
        if (a.answer.n > 4)
            a.answer = (struct gv_snmp_answer){.error_status = GV_SNMP_TOO_BIG};
        gv_walk_feed(&walk, &a.answer, (struct gv_time){1000});
    }
    CHECK_INT("learnt", walk.err, GV_OK);
    CHECK("in small answers", store.room < GV_SNMP_ANSWER_OCTETS / 2);
    CHECK("remembered", fake_poll(&mib, &store, true, &walk, &largest) > 3);
    reboot(&mib);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    CHECK_INT("after the reboot", fake_poll(&mib, &store, true, &walk, &largest), 1);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

int main(void)
{
    test_row_ceiling();
    test_memory_ceiling();
    test_growing_name();
    test_hostile_rows();
    test_long_lists();
    test_ends_of_range();
    test_room();
    return check_end();
}
