/* SPDX-License-Identifier: Apache-2.0 */
#include "model/merge.h"

#include "check.h"
#include "scene.h"

/* `ssh` is the more detailed source; either may be the younger. */
static struct gv_observation *merge2(const struct gv_observation *ssh,
                                     const struct gv_observation *snmp)
{
    const struct gv_merge_in sources[] = {{GV_SOURCE_SSH, ssh}, {GV_SOURCE_SNMP, snmp}};

    return gv_merge(sources, 2);
}

static void test_device(void)
{
    struct gv_observation *ssh = scene_new(100), *snmp = scene_new(160), *m;

    ssh->device = (struct gv_device_obs){
        .hostname = "R1", .version = "03.09.01.S", .train = "15.3(2)S1", .os = GV_OS_IOS_XE};
    snmp->device = (struct gv_device_obs){.hostname = "r1.example",
                                          .version = "15.3(2)S1",
                                          .vendor = GV_VENDOR_CISCO,
                                          .software = "Cisco IOS Software",
                                          .gdoi_version = "1.0.4",
                                          .has_uptime = true,
                                          .uptime_ms = 5,
                                          .os = GV_OS_IOS};
    m = merge2(ssh, snmp);
    CHECK_STR("the detailed source first", m->device.version, "03.09.01.S");
    CHECK_STR("hostname", m->device.hostname, "R1");
    CHECK_STR("only one tells", m->device.software, "Cisco IOS Software");
    CHECK_STR("only one tells", m->device.gdoi_version, "1.0.4");
    CHECK_INT("os", m->device.os, GV_OS_IOS_XE);
    CHECK_INT("vendor", m->device.vendor, GV_VENDOR_CISCO);
    CHECK("uptime", m->device.has_uptime && m->device.uptime_ms == 5);
    CHECK_INT("the latest instant", m->seen_at.ms, scene_at(160).ms);
    CHECK("no groups", m->groups == NULL);
    gv_observation_free(m);
    gv_observation_free(ssh);
    gv_observation_free(snmp);
}

static void test_ks(void)
{
    struct gv_observation *ssh = scene_new(100), *snmp = scene_new(160), *m;
    struct gv_group_obs *a = scene_group(ssh, "G1", NULL), *b = scene_group(snmp, "G1", "7");
    struct gv_ks_obs *ks = scene_ks(ssh, a, GV_KS_PRIMARY, "1.0.27");

    a->transport = GV_REKEY_UNICAST;
    b->transport = GV_REKEY_MULTICAST;
    b->transport_inferred = true;
    b->type = GV_GROUP_GDOI;
    ks->has = GV_KS_HAS_RETRANSMITS | GV_KS_HAS_MEMBERS_REGISTERED;
    ks->retransmits = 3;
    ks->members_registered = 5;
    ks->redundancy_said = ks->redundancy_configured = true;
    scene_member(ssh, ks, "10.0.1.1", "1.0.26");
    ks = scene_ks(snmp, b, GV_KS_SECONDARY, NULL);
    ks->has = GV_KS_HAS_MEMBERS_REGISTERED | GV_KS_HAS_PRIORITY;
    ks->members_registered = 6;
    ks->priority = 100;
    ks->address = "10.0.0.1";
    ks->status = GV_KS_ALIVE;
    scene_peer(snmp, ks, "10.0.0.2", GV_KS_PRIMARY);
    m = merge2(ssh, snmp);
    CHECK("one group", m->groups != NULL && m->groups->next == NULL);
    ks = m->groups->ks;
    CHECK_STR("joined by name, id learnt", m->groups->id, "7");
    CHECK_INT("a told transport stays", m->groups->transport, GV_REKEY_UNICAST);
    CHECK_INT("type", m->groups->type, GV_GROUP_GDOI);
    CHECK_INT("the role of the younger", ks->role, GV_KS_SECONDARY);
    CHECK_INT("the count of the younger", ks->members_registered, 6);
    CHECK("what only the CLI tells", (ks->has & GV_KS_HAS_RETRANSMITS) && ks->retransmits == 3);
    CHECK_INT("priority", ks->priority, 100);
    CHECK_STR("version", ks->version, "1.0.27");
    CHECK_STR("address", ks->address, "10.0.0.1");
    CHECK("members", ks->members_listed && ks->members != NULL);
    CHECK("peers", ks->peers != NULL);
    CHECK("redundancy", ks->redundancy_said && ks->redundancy_configured);
    gv_observation_free(m);
    m = merge2(snmp, ssh);
    CHECK_INT("whatever the order: told before inferred", m->groups->transport,
              GV_REKEY_UNICAST);
    CHECK_INT("whatever the order: the younger's role", m->groups->ks->role, GV_KS_SECONDARY);
    CHECK_INT("status", m->groups->ks->status, GV_KS_ALIVE);
    gv_observation_free(m);
    gv_observation_free(ssh);
    gv_observation_free(snmp);
}

static void test_gm(void)
{
    struct gv_observation *ssh = scene_new(100), *snmp = scene_new(160), *m;
    struct gv_group_obs *a = scene_group(ssh, "G1", "7"), *b = scene_group(snmp, "G1", "7");
    struct gv_gm_obs *gm = scene_gm(ssh, a, NULL, NULL);

    gm->has = GV_GM_HAS_REGISTERED | GV_GM_HAS_REREGISTERS_IN;
    gm->registered = true;
    gm->reregisters_in_s = 81;
    gm->version_line_absent = true;
    gv_gm_add_server(ssh, gm, gv_text("10.0.0.1"));
    gm = scene_gm(snmp, b, "10.0.1.1", NULL);
    gm->has = GV_GM_HAS_REGISTERED | GV_GM_HAS_ACTIVE_TEKS;
    gm->registered_inferred = true;
    gm->active_teks = 2;
    gm->registered_with = "10.0.0.1";
    m = merge2(ssh, snmp);
    gm = m->groups->gm;
    CHECK("a told registration before an inferred one",
          gm->registered && !gm->registered_inferred);
    CHECK_INT("an age belongs to its instant", gm->seen_at.ms, scene_at(100).ms);
    CHECK_INT("active TEKs", gm->active_teks, 2);
    CHECK_STR("address", gm->address, "10.0.1.1");
    CHECK_STR("registered with", gm->registered_with, "10.0.0.1");
    CHECK("version line absent", gm->version_line_absent);
    CHECK("servers", gm->servers != NULL);
    gv_observation_free(m);
    m = merge2(snmp, ssh);
    CHECK("told before inferred, whatever the order",
          m->groups->gm->registered && !m->groups->gm->registered_inferred);
    CHECK("servers of the second", m->groups->gm->servers != NULL);
    gv_observation_free(m);
    gv_observation_free(ssh);
    gv_observation_free(snmp);
}

static void test_keks(void)
{
    struct gv_observation *ssh = scene_new(100), *snmp = scene_new(160), *m;
    struct gv_group_obs *a = scene_group(ssh, "G1", "7"), *b = scene_group(snmp, "G1", "7");
    struct gv_kek_obs *kek;

    scene_ks(ssh, a, GV_KS_PRIMARY, NULL);
    scene_ks(snmp, b, GV_KS_PRIMARY, NULL);
    kek = scene_kek(ssh, a, 1, 1200, 500);
    kek->has |= GV_KEK_HAS_TO_REKEY | GV_KEK_HAS_KEY_BITS;
    kek->to_rekey_s = 265;
    kek->key_bits = 256;
    kek->cipher = "AES";
    scene_kek(ssh, a, 9, 1200, 10); /* gone since */
    kek = scene_kek(snmp, b, 1, 0, 441);
    kek->has |= GV_KEK_HAS_INDEX;
    kek->index = 3;
    kek->status = GV_KEK_IN_USE;
    m = merge2(ssh, snmp);
    kek = m->groups->keks;
    CHECK("the younger's rows only", kek != NULL && kek->next == NULL);
    CHECK_INT("the younger's remaining life", kek->remaining_s, 441);
    CHECK_INT("at its instant", kek->seen_at.ms, scene_at(160).ms);
    CHECK_INT("lifetime", kek->lifetime_s, 1200);
    CHECK_INT("the schedule has come 60 s nearer", kek->to_rekey_s, 205);
    CHECK_INT("key bits", kek->key_bits, 256);
    CHECK_STR("cipher", kek->cipher, "AES");
    CHECK_INT("index", kek->index, 3);
    CHECK_INT("status", kek->status, GV_KEK_IN_USE);
    gv_observation_free(m);
    m = merge2(snmp, ssh);
    CHECK_INT("whatever the order", m->groups->keks->remaining_s, 441);
    gv_observation_free(m);
    gv_observation_free(ssh);
    gv_observation_free(snmp);
}

/* What the younger does not tell of a KEK, the older does, aged to the younger's instant. */
static void test_kek_half_told(void)
{
    static const struct {
        const char *name;
        int64_t younger_s;
        uint32_t remaining_s;
    } rows[] = {{"at once", 100, 500}, {"a minute later", 160, 440}, {"over", 700, 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_observation *ssh = scene_new(100), *snmp = scene_new(rows[i].younger_s), *m;
        struct gv_kek_obs *kek = scene_kek(snmp, scene_group(snmp, "G1", "7"), 1, 1200, 0);

        kek->has &= ~(uint32_t)GV_KEK_HAS_REMAINING;
        (void)scene_kek(ssh, scene_group(ssh, "G1", "7"), 1, 1200, 500);
        m = merge2(snmp, ssh);
        CHECK(rows[i].name, (m->groups->keks->has & GV_KEK_HAS_REMAINING) != 0);
        CHECK_INT(rows[i].name, m->groups->keks->remaining_s, rows[i].remaining_s);
        gv_observation_free(m);
        gv_observation_free(ssh);
        gv_observation_free(snmp);
    }
}

/* A GM's CLI tells no SPI: what SNMP tells goes before it, filled up where both
 * mean one KEK, that is, where both end together. */
static void test_kek_without_spi(void)
{
    static const struct {
        const char *name;
        uint32_t cli_remaining_s;
        bool joined;
    } rows[] = {{"same end", 441, true}, {"another end", 900, false}, {"saturated", 0, false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_observation *ssh = scene_new(160), *snmp = scene_new(100), *m;
        struct gv_group_obs *a = scene_group(ssh, "G1", "7"), *b = scene_group(snmp, "G1", "7");

        scene_kek(ssh, a, 0, 0, rows[i].cli_remaining_s)->cipher = "3DES";
        scene_kek(snmp, b, 1, 1200, 500);
        m = merge2(ssh, snmp);
        CHECK_INT(rows[i].name, m->groups->keks->remaining_s, 500);
        CHECK_INT(rows[i].name, m->groups->keks->cipher != NULL, rows[i].joined);
        gv_observation_free(m);
        m = merge2(snmp, ssh);
        CHECK_INT(rows[i].name, m->groups->keks->remaining_s, 500);
        gv_observation_free(m);
        gv_observation_free(ssh);
        gv_observation_free(snmp);
    }
}

static void test_teks(void)
{
    struct gv_observation *ssh = scene_new(100), *snmp = scene_new(160), *m;
    struct gv_group_obs *a = scene_group(ssh, "G1", "7"), *b = scene_group(snmp, "G1", "7");
    struct gv_tek_obs *tek = scene_tek(ssh, a, 1, 300);

    tek->has |= GV_TEK_HAS_TO_REKEY | GV_TEK_HAS_LIFETIME;
    tek->to_rekey_s = 30;
    tek->lifetime_s = 600;
    tek->transform = "esp-aes";
    scene_tek(snmp, b, 2, 600);
    scene_tek(snmp, b, 1, 240);
    m = merge2(ssh, snmp);
    tek = m->groups->teks;
    CHECK("the younger's two rows",
          tek != NULL && tek->next != NULL && tek->next->next == NULL);
    CHECK("no twin", (tek->has & GV_TEK_HAS_TO_REKEY) == 0);
    CHECK_INT("overdue is 0, not less", tek->next->to_rekey_s, 0);
    CHECK_INT("lifetime", tek->next->lifetime_s, 600);
    CHECK_STR("transform", tek->next->transform, "esp-aes");
    gv_observation_free(m);
    gv_observation_free(ssh);
    gv_observation_free(snmp);
}

/* Of a device that is KS and GM, keys are the KS's. */
static void test_both_sides(void)
{
    struct gv_observation *ssh = scene_new(100), *snmp = scene_new(160), *m;
    struct gv_group_obs *a = scene_group(ssh, "G1", "7"), *b = scene_group(snmp, "G1", "7");

    scene_gm(snmp, b, "10.0.0.1", NULL);
    scene_kek(snmp, b, 1, 900, 100);
    scene_ks(ssh, a, GV_KS_PRIMARY, NULL);
    scene_kek(ssh, a, 1, 1200, 160);
    m = merge2(ssh, snmp);
    CHECK_INT("the KS's, though the GM's are younger", m->groups->keks->lifetime_s, 1200);
    CHECK("both sides", m->groups->ks != NULL && m->groups->gm != NULL);
    gv_observation_free(m);
    m = merge2(snmp, ssh);
    CHECK_INT("whatever the order", m->groups->keks->lifetime_s, 1200);
    gv_observation_free(m);
    gv_observation_free(ssh);
    gv_observation_free(snmp);
}

/* Which of three sources, at which instants, each field group is taken from. */
static void test_order(void)
{
    static const struct {
        const char *name;
        int64_t at_s[GV_SOURCE_COUNT]; /* ssh, restconf, snmp; 0: that one is not there */
        const char *version, *gm;      /* sources of the version and of the member's side */
        const char *ks;                /* ... of a key server's changing counts */
    } rows[] = {
        {"the youngest is RESTCONF", {100, 160, 130}, "ssh", "restconf", "restconf"},
        {"the youngest is SSH", {160, 100, 130}, "ssh", "ssh", "ssh"},
        {"the youngest is SNMP", {100, 130, 160}, "ssh", "restconf", "snmp"},
        {"no SSH", {0, 100, 160}, "restconf", "restconf", "snmp"},
        {"no RESTCONF", {100, 0, 160}, "ssh", "ssh", "snmp"},
        {"SNMP alone", {0, 0, 160}, "snmp", "snmp", "snmp"},
        {"all at once: the order of detail", {100, 100, 100}, "ssh", "ssh", "ssh"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_merge_in in[GV_SOURCE_COUNT];
        struct gv_observation *made[GV_SOURCE_COUNT] = {NULL}, *m;
        size_t n = 0;

        for (unsigned k = 0; k < GV_SOURCE_COUNT; k++) {
            const char *name = gv_source_name((enum gv_source)k);
            struct gv_ks_obs *ks;

            if (rows[i].at_s[k] == 0)
                continue;
            made[k] = scene_new(rows[i].at_s[k]);
            made[k]->device.version = name;
            (void)scene_gm(made[k], scene_group(made[k], "GM", NULL), name, NULL);
            ks = scene_ks(made[k], scene_group(made[k], "KS", NULL), GV_KS_PRIMARY, NULL);
            ks->has = GV_KS_HAS_MEMBERS_REGISTERED;
            ks->members_registered = k;
            in[n++] = (struct gv_merge_in){(enum gv_source)k, made[k]};
        }
        m = gv_merge(in, n);
        CHECK_STR(rows[i].name, m->device.version, rows[i].version);
        for (const struct gv_group_obs *g = m->groups; g != NULL; g = g->next)
            if (g->gm != NULL)
                CHECK_STR(rows[i].name, g->gm->address, rows[i].gm);
            else
                CHECK_STR(rows[i].name,
                          gv_source_name((enum gv_source)g->ks->members_registered),
                          rows[i].ks);
        gv_observation_free(m);
        for (unsigned k = 0; k < GV_SOURCE_COUNT; k++)
            gv_observation_free(made[k]);
    }
}

/* sysUpTime does not step: it counts before the difference of two clock readings. */
static void test_uptime(void)
{
    struct gv_observation *restconf = scene_new(160), *snmp = scene_new(100), *m;
    const struct gv_merge_in in[] = {{GV_SOURCE_RESTCONF, restconf}, {GV_SOURCE_SNMP, snmp}};

    restconf->device.has_uptime = snmp->device.has_uptime = true;
    restconf->device.uptime_ms = 7;
    snmp->device.uptime_ms = 5;
    m = gv_merge(in, 2);
    CHECK_INT("both", m->device.uptime_ms, 5);
    CHECK_INT("told then", m->device.uptime_at.ms, snmp->seen_at.ms);
    gv_observation_free(m);
    m = gv_merge(in, 1);
    CHECK_INT("RESTCONF alone", m->device.uptime_ms, 7);
    gv_observation_free(m);
    gv_observation_free(restconf);
    gv_observation_free(snmp);
}

int main(void)
{
    test_order();
    test_uptime();
    test_device();
    test_ks();
    test_gm();
    test_keks();
    test_kek_half_told();
    test_kek_without_spi();
    test_teks();
    test_both_sides();
    return check_end();
}
