/* SPDX-License-Identifier: Apache-2.0 */
/* A probe at a key server of the simulated fleet, on the virtual clock: what it hears is what
 * the fleet's engine does. */
#include "check.h"
#include "engine.h"
#include "gdoi_follow.h"
#include "gdoi_pair.h"

enum { KEK_S = 7200, TEK_S = 3600, SERVERS = 2 };

struct life {
    struct lab_fleet fleet;
    struct lab_group group;
    struct lab_device boxes[SERVERS];
    struct lab_ks servers[SERVERS];
    struct lab_gdoi_follow follow;
    struct pair pair;
};

static struct gv_time fleet_due(void *arg)
{
    const struct life *life = arg;

    return lab_fleet_next(&life->fleet);
}

static void fleet_live(void *arg, struct gv_time now)
{
    struct life *life = arg;

    lab_fleet_advance(&life->fleet, now);
    lab_gdoi_follow(&life->follow, now);
}

static void set_box(struct life *life, size_t i, enum lab_behaviour behaviour,
                    struct gv_time reboot_at)
{
    life->boxes[i] = (struct lab_device){.name = "ks",
                                         .number = (uint32_t)i,
                                         .behaviour = behaviour,
                                         .boots = 1,
                                         .servers = &life->servers[i],
                                         .server_count = 1};
    life->boxes[i].faults = (struct lab_faults){.silent_from = LAB_NEVER,
                                                .silent_until = LAB_NEVER,
                                                .reboot_at = reboot_at,
                                                .reboot_for = gv_secs(20)};
    life->servers[i] = (struct lab_ks){.device = &life->boxes[i],
                                       .group = &life->group,
                                       .address = 0x0a000001 + (uint32_t)i,
                                       .priority = 100 - (uint32_t)i,
                                       .promote_at = LAB_NEVER,
                                       .kek_rekey_at = LAB_NEVER,
                                       .last_rekey_at = LAB_NEVER};
    life->group.servers[life->group.server_count++] = &life->servers[i];
}

/* A group with key servers of that behaviour; the probe registers at number `at`. */
static void begin(struct life *life, enum lab_behaviour behaviour, size_t servers, size_t at,
                  struct gv_time reboot_at)
{
    struct pair *p = &life->pair;

    *life = (struct life){.fleet = {.arena = gv_arena(1 << 20),
                                    .groups = &life->group,
                                    .group_count = 1,
                                    .devices = life->boxes,
                                    .device_count = servers,
                                    .speed = 1}};
    life->group = (struct lab_group){.name = "G",
                                     .id = 1234,
                                     .kek_lifetime_s = KEK_S,
                                     .tek_lifetime_s = TEK_S,
                                     .kek_left_s = 1000,
                                     .tek_left_s = 3500,
                                     .retransmits = 2,
                                     .interval_s = 10,
                                     .ace_count = 2,
                                     .split_from = LAB_NEVER,
                                     .split_until = LAB_NEVER};
    for (size_t i = 0; i < servers; i++)
        set_box(life, i, behaviour, i == at ? reboot_at : LAB_NEVER);
    CHECK("fleet", lab_fleet_start(&life->fleet, 7));
    pair_defaults(p);
    p->now = (struct gv_time){0};
    p->others_due = fleet_due;
    p->others_live = fleet_live;
    p->others = life;
    CHECK("follow", lab_gdoi_follow_start(&life->follow, &p->server_config, &life->boxes[at],
                                          pair_signer(GDOI_SIG_RSA, 1024), p->now));
    pair_open_with(p, life->follow.server);
}

static void end(struct life *life)
{
    pair_close(&life->pair);
    lab_gdoi_follow_stop(&life->follow);
    lab_fleet_clear(&life->fleet);
}

static bool same_keys(const struct life *life, size_t at)
{
    const struct gdoi_group_state *state = gdoi_client_group(life->pair.client);
    const struct lab_kek *kek = lab_ks_newest_kek(&life->servers[at]);

    return state->kek_count > 0 && kek != NULL &&
           memcmp(state->keks[0].kek.spi, kek->spi, GDOI_SPI_SIZE) == 0;
}

/* The lead that a new key server has is the engine's formula; the old one's is none. */
static void test_lead(void)
{
    static const struct {
        const char *row;
        enum lab_behaviour behaviour;
        size_t servers, at;
        int64_t lead_s;
    } rows[] = {{"new: 200 + 2*10 + 5", LAB_NEW, 1, 0, 225},
                {"old: at expiry", LAB_OLD, 1, 0, 0},
                {"new, at the secondary", LAB_NEW, 2, 1, 225}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct gdoi_group_state *state;
        struct gdoi_event event;
        struct life life;

        begin(&life, rows[i].behaviour, rows[i].servers, rows[i].at, LAB_NEVER);
        CHECK_INT(rows[i].row, pair_register(&life.pair).kind, GDOI_REGISTERED);
        state = gdoi_client_group(life.pair.client);
        CHECK(rows[i].row, same_keys(&life, rows[i].at));
        CHECK_INT(rows[i].row, state->keks[0].sak.lifetime_s, 1000);
        CHECK_INT(rows[i].row, state->teks[0].sat.lifetime_s, 3500);
        pair_run(&life.pair, gv_secs(1040));
        event = pair_last(&life.pair, GDOI_REKEYED);
        CHECK_INT(rows[i].row, pair_events(&life.pair, GDOI_REKEYED), 1);
        CHECK(rows[i].row, event.valid && event.brings_kek && same_keys(&life, rows[i].at));
        CHECK(rows[i].row, event.lead.ms > rows[i].lead_s * 1000 - 200 &&
                               event.lead.ms < rows[i].lead_s * 1000 + 200);
        CHECK_INT(rows[i].row, state->keks[0].sak.lifetime_s, KEK_S);
        end(&life);
    }
}

/* A day: each rekey of the engine is heard once, valid, and nothing else is. */
static void test_day(void)
{
    struct life life;
    size_t keks = 0;

    begin(&life, LAB_NEW, 1, 0, LAB_NEVER);
    pair_register(&life.pair);
    pair_run(&life.pair, gv_secs(86400));
    for (size_t i = 0; i < life.pair.event_count; i++) {
        const struct gdoi_event *event = &life.pair.events[i];

        CHECK("valid", event->kind != GDOI_REKEYED || event->valid);
        keks += event->brings_kek;
    }
    CHECK_INT("each rekey", pair_events(&life.pair, GDOI_REKEYED), life.servers[0].rekeys_sent);
    CHECK_INT("each KEK", keks, life.servers[0].keks[life.servers[0].kek_count - 1].index - 1);
    CHECK("more than ten", keks > 10);
    CHECK("the last one", same_keys(&life, 0));
    end(&life);
}

/* A reboot forgets members and phase 1; alone, the key server makes new keys. */
static void test_reboot(void)
{
    struct gdoi_event event;
    struct life life;

    begin(&life, LAB_NEW, 1, 0, (struct gv_time){100000});
    pair_register(&life.pair);
    pair_run(&life.pair, gv_secs(200));
    CHECK_INT("nothing heard", pair_events(&life.pair, GDOI_REKEYED), 0);
    CHECK("another KEK there", !same_keys(&life, 0));
    event = pair_register(&life.pair);
    CHECK_INT("registered", event.kind, GDOI_REGISTERED);
    CHECK("from phase 1 on, another KEK", event.phase1.ms > 0 && event.other_kek);
    CHECK("the same now", same_keys(&life, 0));
    end(&life);
}

int main(void)
{
    test_lead();
    test_day();
    test_reboot();
    pair_end();
    return check_end();
}
