/* SPDX-License-Identifier: Apache-2.0 */
/* The lab's engine on a virtual clock: a few named lives, and what must have happened. */
#include "engine.h"

#include "check.h"

/* NOTE 116737's formula, with the two real outputs of rekey-behaviour, chapter 1. */
static void check_leads(void)
{
    static const struct {
        const char *name;
        enum lab_transport transport;
        uint32_t retransmits, interval_s;
        size_t members;
        uint32_t kek_lead_s;
    } rows[] = {
        {"orig 1200 remaining 787 to rekey 552", LAB_UNICAST, 3, 10, 2, 235},
        {"orig 360 remaining 305 to rekey 80", LAB_UNICAST, 2, 10, 2, 225},
        {"49 members", LAB_UNICAST, 2, 10, 49, 225},
        {"50 members", LAB_UNICAST, 2, 10, 50, 230},
        {"4000 members", LAB_UNICAST, 2, 10, 4000, 625},
        {"multicast has no member term", LAB_MULTICAST, 2, 10, 4000, 220},
        {"no retransmission", LAB_UNICAST, 0, 10, 0, 205},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lab_group group = {.transport = rows[i].transport,
                                  .retransmits = rows[i].retransmits,
                                  .interval_s = rows[i].interval_s,
                                  .tek_lifetime_s = 600};
        CHECK_INT(rows[i].name, lab_kek_lead_s(&group, rows[i].members), rows[i].kek_lead_s);
    }
    struct lab_group tek = {.retransmits = 3, .interval_s = 10, .tek_lifetime_s = 600};
    CHECK_INT("TEK of 600 s", lab_tek_lead_s(&tek, 2), 125);
    tek.tek_lifetime_s = 3600;
    CHECK_INT("TEK of an hour: before its members lose patience", lab_tek_lead_s(&tek, 2), 215);
    tek.tek_lifetime_s = 120;
    CHECK_INT("TEK lead is at most half of its life", lab_tek_lead_s(&tek, 2), 60);
}

enum { SERVERS = 2, MEMBERS = 3, BOXES = SERVERS + MEMBERS };

/* One group: SERVERS key servers, MEMBERS members; whatever a run needs is set before
 * it starts. */
struct life {
    struct lab_fleet fleet;
    struct lab_group group;
    struct lab_device boxes[BOXES];
    struct lab_ks servers[SERVERS];
    struct lab_gm members[MEMBERS];
    struct lab_gm *member_list[MEMBERS];
};

struct run {
    const char *name;
    size_t servers;
    enum lab_behaviour ks, gm;
    enum lab_transport transport;
    uint32_t kek_lifetime_s, kek_left_s, tek_lifetime_s;
    void (*prepare)(struct life *life);
    int64_t run_s; /* from the instant 0 */
    void (*check)(const char *name, const struct life *life);
};

static void set_box(struct life *life, size_t i, enum lab_behaviour behaviour)
{
    life->boxes[i] = (struct lab_device){.name = i < SERVERS ? "ks" : "gm",
                                         .number = (uint32_t)i,
                                         .behaviour = behaviour,
                                         .boots = 1};
    life->boxes[i].faults.silent_from = life->boxes[i].faults.silent_until = LAB_NEVER;
    life->boxes[i].faults.reboot_at = LAB_NEVER;
    life->boxes[i].faults.reboot_for = gv_secs(20);
}

static void set_up(struct life *life, const struct run *run)
{
    *life = (struct life){.fleet = {.arena = gv_arena(1 << 20),
                                    .groups = &life->group,
                                    .group_count = 1,
                                    .devices = life->boxes,
                                    .device_count = BOXES}};
    life->group = (struct lab_group){.name = "G",
                                     .id = 1,
                                     .transport = run->transport,
                                     .kek_lifetime_s = run->kek_lifetime_s,
                                     .tek_lifetime_s = run->tek_lifetime_s,
                                     .tek_left_s = run->tek_lifetime_s - 200,
                                     .kek_left_s = run->kek_left_s,
                                     .retransmits = 2,
                                     .interval_s = 10,
                                     .split_from = LAB_NEVER,
                                     .split_until = LAB_NEVER,
                                     .server_count = run->servers,
                                     .members = life->member_list,
                                     .member_count = MEMBERS};
    for (size_t i = 0; i < SERVERS; i++) {
        set_box(life, i, run->ks);
        life->servers[i] = (struct lab_ks){.device = &life->boxes[i],
                                           .group = &life->group,
                                           .address = 0x0a000001 + (uint32_t)i,
                                           .priority = 100 - (uint32_t)i};
        life->group.servers[i] = &life->servers[i];
        life->boxes[i].servers = &life->servers[i];
        life->boxes[i].server_count = i < run->servers;
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        set_box(life, SERVERS + i, run->gm);
        life->members[i] = (struct lab_gm){.device = &life->boxes[SERVERS + i],
                                           .group = &life->group,
                                           .address = 0x0a000101 + (uint32_t)i};
        life->member_list[i] = &life->members[i];
        life->boxes[SERVERS + i].members = &life->members[i];
        life->boxes[SERVERS + i].member_count = 1;
    }
    if (run->prepare != NULL)
        run->prepare(life);
}

static bool in_sync(const struct life *life, size_t gm, size_t ks)
{
    const struct lab_kek *kek = lab_ks_newest_kek(&life->servers[ks]);

    return life->members[gm].has_kek && kek != NULL &&
           memcmp(life->members[gm].kek.spi, kek->spi, LAB_KEK_SPI_LEN) == 0;
}

/* --- the lives --- */

static void two_registrations(const char *name, const struct life *life)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        CHECK_INT(name, life->members[i].registrations_for_kek, 2);
        CHECK_INT(name, life->members[i].expired_keks, 1);
        CHECK_INT(name, life->members[i].rekeys_received, 0);
        CHECK(name, in_sync(life, i, 0));
    }
    CHECK_INT(name, life->servers[0].rekeys_sent, 1);
    CHECK_INT(name, life->servers[0].last_rekey_retransmits, 2);
    CHECK_INT(name, life->servers[0].rekey_retransmits, 2 * MEMBERS);
    CHECK_INT(name, life->servers[0].members[0].acks_missed, 1);
    CHECK_INT(name, life->servers[0].members[0].missed_in_row, 0);
}

static void one_rekey(const char *name, const struct life *life)
{
    const struct lab_ks *ks = &life->servers[0];

    for (size_t i = 0; i < MEMBERS; i++) {
        CHECK_INT(name, life->members[i].registrations_succeeded, 1);
        CHECK_INT(name, life->members[i].rekeys_received, 1);
        CHECK_INT(name, life->members[i].expired_keks, 0);
        CHECK_INT(name, ks->members[i].acks_received, 1);
        CHECK(name, in_sync(life, i, 0));
    }
    CHECK_INT(name, ks->rekeys_sent, 1);
    CHECK_INT(name, ks->last_rekey_at.ms, 30000);
    CHECK_INT(name, ks->kek_count, 2);
    CHECK_INT(name, ks->keks[0].status, LAB_KEK_OLD);
    CHECK_INT(name, ks->keks[1].status, LAB_KEK_IN_USE);
    CHECK_INT(name, ks->keks[1].born.ms, 30000);
    CHECK_INT(name, lab_gm_kek_shown_s(&life->members[0], life->fleet.now), 3600 - 30);
}

static void new_kek_stands_beside(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].kek_count, 2);
    CHECK_INT(name, lab_ks_kek(&life->servers[0])->index, 1);
    CHECK_INT(name, lab_ks_newest_kek(&life->servers[0])->index, 2);
    CHECK_INT(name, lab_ks_newest_kek(&life->servers[0])->status, LAB_KEK_NEW);
}

static void lose_one(struct life *life)
{
    life->boxes[SERVERS].faults.lose_rekeys = 1;
}

static void one_registration_for_the_lost(const char *name, const struct life *life)
{
    CHECK_INT(name, life->members[0].rekeys_lost, 1);
    CHECK_INT(name, life->members[0].registrations_for_kek, 1);
    CHECK_INT(name, life->members[0].expired_keks, 0);
    CHECK(name, in_sync(life, 0, 0));
    CHECK(name, life->members[0].kek.lifetime_s < 3600);
    CHECK_INT(name, life->members[1].registrations_for_kek, 0);
    CHECK_INT(name, life->servers[0].members[0].rekey_retries, 2);
}

static void lost_at_first(const char *name, const struct life *life)
{
    CHECK(name, !in_sync(life, 0, 0));
    CHECK(name, in_sync(life, 1, 0));
}

static void keeps_expired(const char *name, const struct life *life)
{
    CHECK_INT(name, life->members[0].expired_keks, 1);
    CHECK(name, life->members[0].has_kek);
    CHECK(name, life->members[0].kek_expired);
    CHECK(name, !in_sync(life, 0, 0));
    CHECK_INT(name, life->members[0].registrations_succeeded, 1);
    CHECK_INT(name, lab_gm_kek_shown_s(&life->members[0], life->fleet.now), 3600);
    CHECK_INT(name, lab_left_s(life->members[0].kek.expiry, life->fleet.now), 0);
    CHECK(name, in_sync(life, 1, 0));
    CHECK_INT(name, life->members[1].rekeys_received, 1);
}

static void silence_primary(struct life *life)
{
    life->boxes[0].faults.silent_from = gv_time_add((struct gv_time){0}, gv_secs(5));
}

static void secondary_took_over(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[1].role, LAB_PRIMARY);
    CHECK(name, !life->servers[1].peers[0].alive);
    CHECK_INT(name, life->servers[1].peers[0].role, LAB_ROLE_UNKNOWN);
    CHECK_INT(name, life->servers[1].rekeys_sent, 1);
    for (size_t i = 0; i < MEMBERS; i++)
        CHECK(name, in_sync(life, i, 1));
}

static void silence_for_a_while(struct life *life)
{
    silence_primary(life);
    life->boxes[0].faults.silent_until = gv_time_add((struct gv_time){0}, gv_secs(300));
}

static void one_primary(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].role, LAB_PRIMARY);
    CHECK_INT(name, life->servers[1].role, LAB_SECONDARY);
    CHECK_INT(name, life->servers[1].peers[0].role, LAB_PRIMARY);
    CHECK_INT(
        name,
        memcmp(life->servers[0].keks[0].spi, life->servers[1].keks[0].spi, LAB_KEK_SPI_LEN), 0);
}

static void split(struct life *life)
{
    life->group.born_split = true;
    life->group.split_from = (struct gv_time){INT64_MIN};
}

static void two_primaries(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].role, LAB_PRIMARY);
    CHECK_INT(name, life->servers[1].role, LAB_PRIMARY);
    CHECK(name, in_sync(life, 0, 0));
    CHECK(name, in_sync(life, 1, 1));
    CHECK(name, in_sync(life, 2, 0));
}

static void split_until_100(struct life *life)
{
    split(life);
    life->group.split_until = (struct gv_time){100000};
}

static void all_in_sync_again(const char *name, const struct life *life)
{
    one_primary(name, life);
    for (size_t i = 0; i < MEMBERS; i++)
        CHECK(name, in_sync(life, i, 0));
}

static void no_acks(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].rekeys_sent, 1);
    CHECK_INT(name, life->servers[0].last_rekey_at.ms, 35000); /* no member term */
    CHECK_INT(name, life->servers[0].members[0].acks_received, 0);
    CHECK_INT(name, life->servers[0].members[0].acks_missed, 0);
    CHECK_INT(name, life->members[0].rekeys_received, 1);
    CHECK_INT(name, life->members[0].rekey_acks_sent, 0);
}

static void silence_member(struct life *life)
{
    life->boxes[SERVERS].faults.silent_from = (struct gv_time){0};
}

static void ejected(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].member_count, MEMBERS - 1);
    CHECK(name, life->members[0].registrations_attempted == 1);
    CHECK(name, life->members[0].dark_since.ms != LAB_NEVER.ms);
}

static void reboot_server(struct life *life)
{
    life->boxes[0].faults.reboot_at = (struct gv_time){10000};
}

static void server_began_afresh(const char *name, const struct life *life)
{
    CHECK_INT(name, life->boxes[0].boots, 2);
    CHECK_INT(name, life->boxes[0].booted.ms, 30000);
    CHECK_INT(name, life->servers[0].keks[0].born.ms, 30000);
    CHECK_INT(name, life->servers[0].member_count, MEMBERS); /* all came back by their timers */
    for (size_t i = 0; i < MEMBERS; i++)
        CHECK(name, in_sync(life, i, 0));
}

static void merge_them(struct life *life)
{
    life->group.tek_left_s = 125 + 30 - 15; /* TEK rekey (lead 115) 5 s before the KEK's */
}

static void merged(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].rekeys_sent, 1);
    CHECK_INT(name, life->servers[0].last_rekey_at.ms, 25000);
    CHECK_INT(name, life->servers[0].rekey_sequence, 0);
    CHECK_INT(name, life->servers[0].tek_count, 2);
    CHECK_INT(name, life->members[0].tek_count, 2);
}

static void sequence_counts(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].rekey_sequence, 3);
    CHECK_INT(name, life->members[0].last_rekey_sequence, 3);
    CHECK_INT(name, life->members[0].rekeys_received, 3);
    CHECK_INT(name, life->members[0].registrations_succeeded, 1);
}

/* Chapter 2: no registration before expiry-190, one by expiry-40, another by expiry+80; and
 * the old KS rekeys at expiry itself. */
static void registrations(const char *name, const struct life *life, uint32_t want)
{
    for (size_t i = 0; i < MEMBERS; i++)
        CHECK_INT(name, life->members[i].registrations_for_kek, want);
}

static void before_the_window(const char *name, const struct life *life)
{
    registrations(name, life, 0);
}

static void after_the_window(const char *name, const struct life *life)
{
    registrations(name, life, 1);
    CHECK_INT(name, life->servers[0].rekeys_sent, 0);
}

static void at_expiry(const char *name, const struct life *life)
{
    CHECK_INT(name, life->servers[0].rekeys_sent, 1);
    CHECK_INT(name, life->servers[0].last_rekey_at.ms, 240000);
    CHECK_INT(name, life->servers[0].kek_count, 1);
}

static void after_both_windows(const char *name, const struct life *life)
{
    registrations(name, life, 2);
}

static void early_and_frozen(const char *name, const struct life *life)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        CHECK_INT(name, life->members[i].rekeys_received, 1);
        CHECK_INT(name, life->members[i].registrations_succeeded, 1);
        CHECK_INT(name, lab_gm_kek_shown_s(&life->members[i], life->fleet.now), 3600);
        CHECK(name, in_sync(life, i, 0));
    }
}

static const struct run runs[] = {
    {"old KS, new GM: two registrations a cycle", 1, LAB_OLD, LAB_NEW, LAB_UNICAST, 3600, 240,
     7200, NULL, 330, two_registrations},
    {"old KS, new GM: none before expiry-190", 1, LAB_OLD, LAB_NEW, LAB_UNICAST, 3600, 240,
     7200, NULL, 49, before_the_window},
    {"old KS, new GM: one by expiry-40", 1, LAB_OLD, LAB_NEW, LAB_UNICAST, 3600, 240, 7200,
     NULL, 200, after_the_window},
    {"old KS: one still a second before expiry", 1, LAB_OLD, LAB_NEW, LAB_UNICAST, 3600, 240,
     7200, NULL, 239, after_the_window},
    {"old KS: rekey at expiry", 1, LAB_OLD, LAB_NEW, LAB_UNICAST, 3600, 240, 7200, NULL, 241,
     at_expiry},
    {"old KS, new GM: two by expiry+80", 1, LAB_OLD, LAB_NEW, LAB_UNICAST, 3600, 240, 7200,
     NULL, 320, after_both_windows},
    {"new KS, old GM: rekey early, lifetime frozen", 1, LAB_NEW, LAB_OLD, LAB_UNICAST, 3600,
     255, 7200, NULL, 60, early_and_frozen},
    {"new KS, new GM: one rekey", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 255, 7200, NULL, 60,
     one_rekey},
    {"new KEK beside the old while retransmitting", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 255,
     7200, NULL, 45, new_kek_stands_beside},
    {"lost rekey: out of sync first", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 255, 7200,
     lose_one, 60, lost_at_first},
    {"lost rekey: one registration", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 255, 7200,
     lose_one, 300, one_registration_for_the_lost},
    {"old KS, old GM: a lost rekey leaves an expired KEK", 1, LAB_OLD, LAB_OLD, LAB_UNICAST,
     3600, 45, 7200, lose_one, 300, keeps_expired},
    {"COOP: the secondary takes over", 2, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 325, 7200,
     silence_primary, 200, secondary_took_over},
    {"COOP: the old primary comes back", 2, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 325, 7200,
     silence_for_a_while, 400, one_primary},
    {"split brain: two KEKs", 2, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 255, 7200, split, 60,
     two_primaries},
    {"split brain healed", 2, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 255, 7200, split_until_100,
     200, all_in_sync_again},
    {"multicast has no acknowledgements", 1, LAB_NEW, LAB_NEW, LAB_MULTICAST, 3600, 255, 7200,
     NULL, 60, no_acks},
    {"silent member is ejected after three rekeys", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 7200,
     7000, 600, silence_member, 1500, ejected},
    {"KS reboots and loses its keys", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 400, 3600,
     reboot_server, 500, server_began_afresh},
    {"KEK rekey rides along with a TEK rekey", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 3600, 255, 900,
     merge_them, 60, merged},
    {"sequence number counts TEK rekeys", 1, LAB_NEW, LAB_NEW, LAB_UNICAST, 7200, 7000, 600,
     NULL, 1400, sequence_counts},
};

static void check_runs(void)
{
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        struct life life;
        set_up(&life, &runs[i]);
        CHECK(runs[i].name, lab_fleet_start(&life.fleet, 7));
        lab_fleet_advance(&life.fleet,
                          gv_time_add((struct gv_time){0}, gv_secs(runs[i].run_s)));
        runs[i].check(runs[i].name, &life);
        lab_fleet_clear(&life.fleet);
    }
}

/* The same seed gives the same life; another seed another one. */
static void check_seeds(void)
{
    struct life a, b, c;

    set_up(&a, &runs[0]);
    set_up(&b, &runs[0]);
    set_up(&c, &runs[0]);
    CHECK("seed", lab_fleet_start(&a.fleet, 7) && lab_fleet_start(&b.fleet, 7) &&
                      lab_fleet_start(&c.fleet, 8));
    CHECK_INT("seed", memcmp(a.servers[0].keks[0].spi, b.servers[0].keks[0].spi, 16), 0);
    CHECK("seed", memcmp(a.servers[0].keks[0].spi, c.servers[0].keks[0].spi, 16) != 0);
    lab_fleet_clear(&a.fleet);
    lab_fleet_clear(&b.fleet);
    lab_fleet_clear(&c.fleet);
}

int main(void)
{
    check_leads();
    check_runs();
    check_seeds();
    return check_end();
}
