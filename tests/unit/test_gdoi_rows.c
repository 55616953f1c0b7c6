/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/gdoi_rows.h"

#include "check.h"
#include "fake_mib.h"
#include "snmp/sys_descr.h"

static const char ios[] =
    "Cisco IOS Software, C3900 Software (C3900-UNIVERSALK9-M), Version 15.2(1)T, "
    "RELEASE SOFTWARE (fc1)\r\nTechnical Support: http://www.cisco.com/techsupport\r\n";

static const struct {
    const char *name, *descr;
    uint32_t enterprise;
    enum gv_vendor vendor;
    enum gv_os os;
    const char *version;
} descr_rows[] = {
    {"IOS", ios, 9, GV_VENDOR_CISCO, GV_OS_IOS, "15.2(1)T"},
    {"IOS 12", "IOS (tm) 7200 Software (C7200-JK9O3S-M), Version 12.4(24)T8, RELEASE", 9,
     GV_VENDOR_CISCO, GV_OS_IOS, "12.4(24)T8"},
    {"IOS-XE by image",
     "Cisco IOS Software, ASR1000 Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), "
     "Version 15.5(3)S1a, RELEASE SOFTWARE (fc1)",
     9, GV_VENDOR_CISCO, GV_OS_IOS_XE, "15.5(3)S1a"},
    {"IOS-XE by name", "Cisco IOS XE Software, Version 17.09.04a", 9, GV_VENDOR_CISCO,
     GV_OS_IOS_XE, "17.09.04a"},
    {"a name for a version",
     "Cisco IOS Software [Fuji], Version V169_5_SR, Version 16.9.5, "
     "CUST-SPECIAL",
     9, GV_VENDOR_CISCO, GV_OS_IOS, "16.9.5"},
    {"only a name", "Cisco IOS Software, Version BLD_POLARIS_DEV, x", 9, GV_VENDOR_CISCO,
     GV_OS_IOS, "BLD_POLARIS_DEV"},
    {"no version", "Cisco IOS Software, C3900", 9, GV_VENDOR_CISCO, GV_OS_IOS, NULL},
    {"Junos",
     "Juniper Networks, Inc. srx340 internet router, kernel JUNOS 15.1X49-D150.2, "
     "Build date: 2018",
     2636, GV_VENDOR_JUNIPER, GV_OS_JUNOS, "15.1X49-D150.2"},
    {"Linux", "Linux lab 6.1.0 #1 SMP", 8072, GV_VENDOR_UNSAID, GV_OS_UNSAID, NULL},
    {"nothing", "", 0, GV_VENDOR_UNSAID, GV_OS_UNSAID, NULL},
    {"vendor by sysObjectID only", "router", 9, GV_VENDOR_CISCO, GV_OS_UNSAID, NULL},
};

static void test_descr(void)
{
    for (size_t i = 0; i < sizeof(descr_rows) / sizeof(descr_rows[0]); i++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});

        gv_sys_descr_read(obs, gv_text(descr_rows[i].descr), descr_rows[i].enterprise);
        CHECK_INT(descr_rows[i].name, obs->device.vendor, descr_rows[i].vendor);
        CHECK_INT(descr_rows[i].name, obs->device.os, descr_rows[i].os);
        CHECK_STR(descr_rows[i].name, obs->device.version, descr_rows[i].version);
        gv_observation_free(obs);
    }
}

/* One device, polled as often as `polls` says. The caller frees the observation. */
static struct gv_observation *poll(struct fake_mib *mib, unsigned polls)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){1000});
    static struct gv_walk walk;
    struct gv_gdoi_store store;
    size_t largest;

    gv_gdoi_store_init(&store);
    for (unsigned i = 0; i < polls; i++)
        (void)fake_poll(mib, &store, true, &walk, &largest);
    gv_gdoi_observe(&store, obs);
    gv_gdoi_store_forget(&store);
    fake_free(mib);
    return obs;
}

static void check_gm(const char *row, const struct gv_observation *obs, bool revision_2015)
{
    const struct gv_group_obs *g = obs->groups;
    const struct gv_kek_obs *kek = g->keks;
    const struct gv_tek_obs *tek = g->teks;

    CHECK_STR(row, g->name, "G1");
    CHECK_STR(row, g->id, "3333");
    CHECK(row, g->next == NULL && g->ks == NULL && g->gm != NULL);
    CHECK_INT(row, g->transport, GV_REKEY_MULTICAST);
    CHECK(row, g->transport_inferred);
    CHECK_STR(row, g->gm->address, "10.1.13.2");
    CHECK_STR(row, g->gm->registered_with, "10.1.11.2");
    CHECK(row, g->gm->registered && g->gm->registered_inferred);
    CHECK_INT(row, g->gm->last_rekey_sequence, 25);
    CHECK_INT(row, g->gm->has & GV_GM_HAS_ACTIVE_TEKS,
              revision_2015 ? GV_GM_HAS_ACTIVE_TEKS : 0);
    CHECK_INT("a sequence number is no count", g->gm->has & GV_GM_HAS_REKEYS_RECEIVED, 0);
    CHECK_INT(row, kek->has,
              GV_KEK_HAS_SPI | GV_KEK_HAS_LIFETIME | GV_KEK_HAS_REMAINING |
                  GV_KEK_HAS_KEY_BITS | GV_KEK_HAS_SIG_KEY_BITS | GV_KEK_HAS_INDEX);
    CHECK_INT(row, kek->remaining_s, 787);
    CHECK_INT(row, kek->lifetime_s, 86400);
    CHECK_INT(row, kek->key_bits, 256);
    CHECK_INT(row, kek->sig_key_bits, 2048);
    CHECK_INT(row, kek->status, GV_KEK_IN_USE);
    CHECK_INT(row, kek->spi[15], 0xEE);
    CHECK_INT(row, kek->seen_at.ms, 1000);
    CHECK_STR(row, kek->cipher, "AES");
    CHECK_STR(row, kek->sig_hash, "HMAC_AUTH_SHA");
    CHECK("one KEK", kek->next == NULL);
    CHECK("one TEK", tek != NULL && tek->next == NULL);
    CHECK_INT(row, tek->has, GV_TEK_HAS_SPI | GV_TEK_HAS_LIFETIME | GV_TEK_HAS_REMAINING);
    CHECK_INT(row, tek->remaining_s, 188);
    CHECK_INT(row, tek->spi[0], 0x5A);
    CHECK_STR(row, tek->transform, "esp-256-aes esp-sha256-hmac");
    CHECK_INT(row, tek->status, GV_TEK_INBOUND);
}

/* The first poll and a re-read tell the same, in both revisions. */
static void test_gm(void)
{
    for (unsigned polls = 1; polls <= 2; polls++) {
        for (int revision = 0; revision < 2; revision++) {
            struct fake_mib mib = {0};
            struct gv_observation *obs;

            fake_system(&mib, ios, "R1", 123456);
            fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 20, revision == 1);
            obs = poll(&mib, polls);
            check_gm("GM", obs, revision == 1);
            CHECK_STR("hostname", obs->device.hostname, "R1");
            CHECK_STR("version", obs->device.version, "15.2(1)T");
            CHECK_INT("uptime", obs->device.uptime_ms, 1234560);
            gv_observation_free(obs);
        }
    }
}

static void test_juniper(void)
{
    struct fake_mib mib = {0};
    struct gv_observation *obs;

    fake_system(&mib, "Juniper Networks, Inc. srx340, kernel JUNOS 15.1X49-D150.2", "J1", 1);
    fake_gm(&mib, JNX_GDOI, GROUP_3333, "G1", 1, true);
    fake_find(&mib, JNX_GDOI ".3.6.1.11." GROUP_3333 ".1.4.10.1.13.2.1.1")->number = 3;
    obs = poll(&mib, 2);
    CHECK_INT("vendor", obs->device.vendor, GV_VENDOR_JUNIPER);
    CHECK_INT("status 3", obs->groups->teks->status, GV_TEK_BIDIRECTIONAL);
    obs->groups->teks->status = GV_TEK_INBOUND;
    check_gm("Juniper", obs, true);
    gv_observation_free(obs);
}

static void test_ks(void)
{
    struct fake_mib mib = {0};
    const struct gv_group_obs *g;
    const struct gv_ks_obs *ks;
    struct gv_observation *obs;

    fake_system(&mib, ios, "KS1", 1);
    fake_ks(&mib, GROUP_3333, "G1", 2, 5, true);
    fake_ks(&mib, "11.4.0.0.13.6", "a \"b\\c", 0, 5, true);
    fake_find(&mib, CISCO_GDOI ".2.3.1.5." GROUP_3333 ".1.4.10.1.12.3")->number = 2;
    fake_find(&mib, CISCO_GDOI ".2.3.1.4." GROUP_3333 ".1.4.10.1.12.3")->number = 9;
    fake_find(&mib, CISCO_GDOI ".3.1.1.20." GROUP_3333 ".1.4.10.1.11.2.1")->number = 0;
    obs = poll(&mib, 2);
    g = obs->groups;
    ks = g->ks;
    CHECK("KS only", ks != NULL && g->gm == NULL);
    CHECK_INT("role", ks->role, GV_KS_PRIMARY);
    CHECK_INT("status is not told", ks->status, GV_KS_STATUS_UNSAID);
    CHECK_STR("address", ks->address, "10.1.11.2");
    CHECK_INT("has", ks->has,
              GV_KS_HAS_REKEY_SEQUENCE | GV_KS_HAS_MEMBERS_REGISTERED |
                  GV_KS_HAS_GROUP_MEMBERS | GV_KS_HAS_LAST_REKEY_RETRANSMITS |
                  GV_KS_HAS_LAST_REKEY_DURATION);
    CHECK_INT("sequence", ks->rekey_sequence, 25);
    CHECK_INT("members", ks->members_registered, 2001);
    CHECK_INT("group members", ks->group_members, 4002);
    CHECK_INT("duration", ks->last_rekey_duration_ms, 10000);
    CHECK_STR("peer", ks->peers->address, "10.1.12.2");
    CHECK_INT("peer role", ks->peers->role, GV_KS_SECONDARY);
    CHECK_INT("peer status", ks->peers->status, GV_KS_ALIVE);
    CHECK_INT("peer members", ks->peers->members_registered, 2001);
    CHECK_INT("dead", ks->peers->next->status, GV_KS_DEAD);
    CHECK_INT("unknown number", ks->peers->next->role, GV_KS_ROLE_UNSAID);
    CHECK_INT("saturated zero", g->keks->remaining_s, 0);
    CHECK("and told", (g->keks->has & GV_KEK_HAS_REMAINING) != 0);
    CHECK_INT("unicast", g->transport, GV_REKEY_UNICAST);
    CHECK("two TEKs", g->teks != NULL && g->teks->next != NULL && g->teks->next->next == NULL);
    CHECK_STR("second group", g->next->name, "a \"b\\c");
    CHECK_STR("second id", g->next->id, "3334");
    CHECK("no list of members", !ks->members_listed && ks->members == NULL);
    gv_observation_free(obs);
}

/* A device that is KS and GM of one group: the KS's view of the keys. */
static void test_both_sides(void)
{
    struct fake_mib mib = {0};
    struct gv_observation *obs;

    fake_system(&mib, ios, "KS1", 1);
    fake_ks(&mib, GROUP_3333, "G1", 0, 1, true);
    fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
    fake_find(&mib, CISCO_GDOI ".3.1.1.20." GROUP_3333 ".1.4.10.1.11.2.1")->number = 55;
    obs = poll(&mib, 1);
    CHECK("both", obs->groups->ks != NULL && obs->groups->gm != NULL);
    CHECK("one KEK", obs->groups->keks != NULL && obs->groups->keks->next == NULL);
    CHECK_INT("the KS's", obs->groups->keks->remaining_s, 55);
    CHECK("registered", obs->groups->gm->registered);
    gv_observation_free(obs);
}

#define OWNER GROUP_3333 ".1.4.10.1.13.2"

static void no_ks(struct fake_mib *m)
{
    memset(fake_find(m, CISCO_GDOI ".2.2.1.6." OWNER)->octets, 0, 4);
}
static void empty_ks(struct fake_mib *m)
{
    fake_find(m, CISCO_GDOI ".2.2.1.6." OWNER)->octets_n = 0;
}
static void no_kek(struct fake_mib *m)
{
    memset(fake_find(m, CISCO_GDOI ".2.2.1.7." OWNER)->octets, 0, 16);
}
static void no_teks(struct fake_mib *m)
{
    fake_find(m, CISCO_GDOI ".2.2.1.9." OWNER)->number = 0;
}
static void old_expired(struct fake_mib *m)
{
    fake_remove(m, CISCO_GDOI ".2.2.1.9");
    fake_find(m, CISCO_GDOI ".3.6.1.10." OWNER ".1.1")->number = 0;
}
static void no_active_kek(struct fake_mib *m)
{
    fake_remove(m, CISCO_GDOI ".2.2.1.7");
}
static void no_tek_evidence(struct fake_mib *m)
{
    fake_remove(m, CISCO_GDOI ".2.2.1.9");
    fake_remove(m, CISCO_GDOI ".3.6.1");
}
static void bad_ks(struct fake_mib *m)
{
    fake_find(m, CISCO_GDOI ".2.2.1.6." OWNER)->octets_n = 3;
}

static const struct {
    const char *name;
    void (*change)(struct fake_mib *mib);
    bool told, registered;
    const char *with;
} registrations[] = {
    {"KS not set", no_ks, true, false, NULL},
    {"KS empty", empty_ks, true, false, NULL},
    {"no active KEK", no_kek, true, false, "10.1.11.2"},
    {"no active TEK", no_teks, true, false, "10.1.11.2"},
    {"2010 revision, TEK expired", old_expired, true, false, "10.1.11.2"},
    {"column absent", no_active_kek, false, false, "10.1.11.2"},
    {"no word on TEKs", no_tek_evidence, false, false, "10.1.11.2"},
    {"KS of a wrong size", bad_ks, false, false, NULL},
};

static void test_registration(void)
{
    for (size_t i = 0; i < sizeof(registrations) / sizeof(registrations[0]); i++) {
        const char *name = registrations[i].name;
        struct gv_observation *obs;
        const struct gv_gm_obs *gm;
        struct fake_mib mib = {0};

        fake_system(&mib, ios, "R1", 1);
        fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
        registrations[i].change(&mib);
        obs = poll(&mib, 1);
        gm = obs->groups->gm;
        CHECK_INT(name, (gm->has & GV_GM_HAS_REGISTERED) != 0, registrations[i].told);
        CHECK_INT(name, gm->registered, registrations[i].registered);
        CHECK_STR(name, gm->registered_with, registrations[i].with);
        gv_observation_free(obs);
    }
}

static void gcm(struct fake_mib *m)
{
    fake_find(m, CISCO_GDOI ".3.6.1.4." OWNER ".1.1")->number = 20;
    fake_find(m, CISCO_GDOI ".3.6.1.6." OWNER ".1.1")->number = 0;
}
static void unknown_hash(struct fake_mib *m)
{
    fake_find(m, CISCO_GDOI ".3.6.1.6." OWNER ".1.1")->number = 99;
}
static void no_cipher(struct fake_mib *m)
{
    fake_remove(m, CISCO_GDOI ".3.6.1.4");
}
static void short_spi(struct fake_mib *m)
{
    fake_find(m, CISCO_GDOI ".3.6.1.2." OWNER ".1.1")->octets_n = 3;
}

static const struct {
    const char *name;
    void (*change)(struct fake_mib *mib);
    const char *want;
    bool spi;
} transforms[] = {
    {"GCM needs no hash", gcm, "esp-gcm 256", true},
    {"unknown hash", unknown_hash, NULL, true},
    {"no cipher column", no_cipher, NULL, true},
    {"SPI of 3 octets", short_spi, "esp-256-aes esp-sha256-hmac", false},
};

static void test_transforms(void)
{
    for (size_t i = 0; i < sizeof(transforms) / sizeof(transforms[0]); i++) {
        struct gv_observation *obs;
        struct fake_mib mib = {0};

        fake_system(&mib, ios, "R1", 1);
        fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
        transforms[i].change(&mib);
        obs = poll(&mib, 1);
        CHECK_STR(transforms[i].name, obs->groups->teks->transform, transforms[i].want);
        CHECK_INT(transforms[i].name, (obs->groups->teks->has & GV_TEK_HAS_SPI) != 0,
                  transforms[i].spi);
        gv_observation_free(obs);
    }
}

static const struct {
    const char *name, *octets;
    size_t n;
    const char *want;
} names[] = {
    {"plain", "G1", 2, "G1"},
    {"space", "my group", 8, "my group"},
    {"quote and backslash", "a\"b\\c", 5, "a\"b\\c"},
    {"UTF-8", "\xc3\xa9t\xc3\xa9", 5, "\xc3\xa9t\xc3\xa9"},
    {"octets that are no UTF-8", "\xff\x80", 2, "\xff\x80"},
    {"line break", "a\nb", 3, "a\nb"}, /* whoever shows it escapes it */
    {"NULs after it", "G1\0\0", 4, "G1"},
    {"nothing but NULs", "\0\0", 2, NULL},
    {"empty", "", 0, NULL},
};

static void test_names(void)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct gv_observation *obs;
        struct fake_mib mib = {0};
        struct fake_object *name;

        fake_system(&mib, ios, "R1", 1);
        fake_gm(&mib, CISCO_GDOI, GROUP_3333, "G1", 1, true);
        name = fake_find(&mib, CISCO_GDOI ".1.1.4." GROUP_3333);
        memcpy(name->octets, names[i].octets, names[i].n);
        name->octets_n = names[i].n;
        obs = poll(&mib, 2);
        CHECK_STR(names[i].name, obs->groups->name, names[i].want);
        CHECK_STR(names[i].name, obs->groups->id, "3333");
        gv_observation_free(obs);
    }
}

/* A poll that ends early shows what was read and nothing older. */
static void test_partial(void)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){1000});
    static struct fake_answer a;
    static struct gv_walk walk;
    struct gv_walk_request request;
    struct gv_gdoi_store store;
    struct fake_mib mib = {0};
    size_t largest;

    fake_system(&mib, ios, "KS1", 1);
    fake_ks(&mib, GROUP_3333, "G1", 3, 1, true);
    gv_gdoi_store_init(&store);
    (void)fake_poll(&mib, &store, true, &walk, &largest);
    gv_walk_begin(&walk, &store, true);
    CHECK("a first request", gv_walk_next(&walk, &request));
    fake_reply(&mib, &walk, &request, &a);
    gv_walk_feed(&walk, &a.answer, (struct gv_time){2000});
    CHECK("a second one", gv_walk_next(&walk, &request));
    gv_gdoi_observe(&store, obs);
    CHECK("KS", obs->groups != NULL && obs->groups->ks->role == GV_KS_PRIMARY);
    CHECK_STR("group name", obs->groups->name, "G1");
    CHECK("a TEK whose life was not read yet",
          obs->groups->teks == NULL || (obs->groups->teks->has & GV_TEK_HAS_REMAINING) == 0);
    gv_observation_free(obs);
    gv_gdoi_store_forget(&store);
    fake_free(&mib);
}

int main(void)
{
    test_descr();
    test_gm();
    test_juniper();
    test_ks();
    test_both_sides();
    test_registration();
    test_transforms();
    test_names();
    test_partial();
    return check_end();
}
