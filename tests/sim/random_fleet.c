/* SPDX-License-Identifier: Apache-2.0 */
#include "random_fleet.h"

#include <stdarg.h>
#include <stdio.h>

#include "impair.h"

enum { DAY_S = 86400, LINE = 512, GROUPS_MOST = 2 };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct maker {
    struct gv_buf *out;
    struct lab_dice dice;
    bool wild;
    uint32_t run_s;
    unsigned groups, servers[GROUPS_MOST], members[GROUPS_MOST];
    bool old_servers[GROUPS_MOST];
    bool some_old[GROUPS_MOST]; /* of its key servers */
};

__attribute__((format(printf, 2, 3))) static void put(struct maker *m, const char *format, ...)
{
    char line[LINE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    gv_buf_add_str(m->out, line);
}

/* 0..n-1 */
static unsigned draw(struct maker *m, size_t n)
{
    return (unsigned)(lab_dice_next(&m->dice) % n);
}

static bool chance(struct maker *m, unsigned percent)
{
    return draw(m, 100) < percent;
}

#define PICK(m, list) ((list)[draw(m, COUNT(list))])

/* --- images: what they are called, and how they behave --- */

static const char *const new_images[] = {
    "version: 15.7(3)M8, gdoi_version: 1.0.16",
    "version: 15.2(4)M6, gdoi_version: 1.0.4",
    "os: ios-xe, format: 17, version: 17.09.04a, platform: ISR4300, gdoi_version: 1.0.27, "
    "restconf: {}",
    "version: 15.1(2)SY, gdoi_version: 1.0.1",  /* tells nothing */
    "version: 15.2(1)GC2, gdoi_version: 1.0.1", /* nor does this */
};
static const char *const old_images[] = {
    "behaviour: old, version: 15.1(4)M12a, gdoi_version: 1.0.1",
    "behaviour: old, version: 15.0(1)M10, gdoi_version: none",
    "behaviour: old, version: 15.1(2)SY, gdoi_version: 1.0.1",
    "behaviour: old, version: 15.2(1)GC2, gdoi_version: 1.0.1",
};

static const char *image(struct maker *m, bool old)
{
    return old ? PICK(m, old_images) : PICK(m, new_images);
}

/* --- the exporter --- */

/* What it asks by, and what it hears. */
static void put_ways(struct maker *m)
{
    static const char *const asked[] = {"snmp", "ssh", "snmp, ssh", "snmp, ssh"};

    put(m, "[%s%s%s]", PICK(m, asked), chance(m, 25) ? ", restconf" : "",
        chance(m, 25) ? ", syslog" : "");
}

static void put_exporter(struct maker *m)
{
    static const unsigned intervals[] = {60, 60, 120, 300};
    static const char *const losses[] = {"0", "0", "0", "0.01", "0.05", "0.1", "0.2"};
    static const char *const wild[] = {"0", "0", "0.05", "0.1", "0.2", "0.3", "0.4"};
    unsigned interval = PICK(m, intervals);

    put(m, "exporter: {by: ");
    put_ways(m);
    put(m, ", interval: %u, stale_after: %u, delay: %u, loss: %s, drift: %d%s}\n", interval,
        interval < 100 ? 300 : 3 * interval, 2 + draw(m, 200),
        m->wild ? PICK(m, wild) : PICK(m, losses), (int)draw(m, 101) - 50,
        m->wild && chance(m, 50) ? ", history: true" : "");
}

/* --- the fleet --- */

static void put_group(struct maker *m, unsigned g)
{
    static const unsigned keks[] = {900, 1800, 3600, 3600, 7200, 14400, 43200, 86400};
    static const unsigned wild[] = {420, 600, 900, 900, 1800, 3600, 3600, 7200};
    static const unsigned teks[] = {600, 900, 3600, 7200};
    static const unsigned intervals[] = {10, 10, 10, 20, 30};
    unsigned kek = m->wild ? PICK(m, wild) : PICK(m, keks), least = m->wild ? 250 : 400;

    put(m,
        "    - {name: G%u, id: %u, kek_lifetime: %u, kek_left: %u, tek_lifetime: %u, "
        "retransmits: %u, interval: %u%s",
        g + 1, 100 + g, kek, least + draw(m, kek - least), PICK(m, teks), draw(m, 6),
        PICK(m, intervals), chance(m, 25) ? ", transport: multicast" : "");
    if (chance(m, 25))
        put(m, ", ghosts: %u, ghost_version: %s", draw(m, 160),
            m->old_servers[g] || chance(m, 50) ? "1.0.1" : "1.0.16");
    put(m, "}\n");
}

static void put_servers(struct maker *m, unsigned g)
{
    bool mixed = chance(m, m->wild ? 25 : 8);

    m->servers[g] = 1 + draw(m, 3);
    for (unsigned i = 0; i < m->servers[g]; i++) {
        bool old = mixed ? chance(m, 50) : m->old_servers[g];

        m->some_old[g] = m->some_old[g] || old;
        put(m, "    - {name: ks%u%u, address: 127.%u.0.%u, ks: G%u, priority: %u, %s}\n", g + 1,
            i + 1, g + 1, i + 1, g + 1, 200 - 50 * i, image(m, old));
    }
}

static void put_members(struct maker *m, unsigned g)
{
    unsigned old_percent = draw(m, 3) * 50;

    m->members[g] = 1 + draw(m, 5);
    for (unsigned i = 0; i < m->members[g]; i++)
        put(m, "    - {name: gm%u%u, address: 127.%u.1.%u, gm: G%u, %s%s}\n", g + 1, i + 1,
            g + 1, i + 1, g + 1, image(m, chance(m, old_percent)),
            !chance(m, m->wild ? 30 : 10) ? ""
            : m->wild                     ? ", faults: {lose_rate: 0.5}"
                                          : ", faults: {lose_rate: 0.3}");
}

static void put_fleet(struct maker *m)
{
    bool old_mib = chance(m, 20); /* it has no roles */

    put(m,
        "fleet:\n  seed: %u\n  profiles:\n    default: {snmp: {mib_revision: %s}, ssh: {}}\n"
        "  groups:\n",
        draw(m, 1000000), old_mib ? "2010" : "2015");
    m->groups = 1 + draw(m, GROUPS_MOST);
    for (unsigned g = 0; g < m->groups; g++)
        m->old_servers[g] = chance(m, 40);
    for (unsigned g = 0; g < m->groups; g++)
        put_group(m, g);
    put(m, "  devices:\n");
    for (unsigned g = 0; g < m->groups; g++) {
        put_servers(m, g);
        put_members(m, g);
    }
}

/* --- what happens --- */

static void put_ks(struct maker *m, unsigned g)
{
    put(m, "device: ks%u%u", g + 1, 1 + draw(m, m->servers[g]));
}

static void put_gm(struct maker *m, unsigned g)
{
    put(m, "device: gm%u%u", g + 1, 1 + draw(m, m->members[g]));
}

/* Other software for a box that reboots: the keys of an image without the platform's. */
static void put_upgrade(struct maker *m)
{
    put(m, ", version: 15.7(3)M8, gdoi_version: 1.0.16, behaviour: new");
}

static void put_event(struct maker *m)
{
    unsigned g = draw(m, m->groups), kind = draw(m, 14), at = 600 + draw(m, m->run_s - 700);
    unsigned span = 20 + draw(m, 400);

    put(m, "  - {at: %u, do: ", at);
    if (kind == 0 && !m->some_old[g]) /* 024-manual-rekey-near-its-due-time */
        put(m, "rekey, group: G%u}\n", g + 1);
    else if (kind < 2)
        put(m, "set, group: G%u, retransmits: %u}\n", g + 1, draw(m, 6));
    else if (kind == 2)
        put(m, "set, group: G%u, kek_lifetime: %u}\n", g + 1, 900 + draw(m, 7200));
    else if (kind == 3)
        put(m, "split, group: G%u, for: %u}\n", g + 1, 4 * span);
    else if (kind == 4)
        put(m, "restart}\n");
    else if (kind == 5)
        put(m, "sleep, for: %u}\n", 2 * span);
    else if (kind == 6)
        put(m, "blind}\n  - {at: %u, do: see}\n", at + 3 * span);
    else if (kind < 11) {
        put(m, kind < 9 ? "reboot, for: %u, " : "silence, for: %u, ", span);
        if (kind % 2)
            put_ks(m, g);
        else
            put_gm(m, g);
        if (kind < 9 && chance(m, 30))
            put_upgrade(m);
        put(m, "}\n");
    } else if (kind == 11) {
        put(m, "lose_rekeys, count: %u, ", 1 + draw(m, 3));
        put_gm(m, g);
        put(m, "}\n");
    } else {
        put(m, "clock, by: %s%u, ", kind == 12 ? "" : "-", 1 + draw(m, 4));
        if (chance(m, 50))
            put_ks(m, g);
        else
            put_gm(m, g);
        put(m, "}\n");
    }
}

void random_fleet(uint64_t seed, uint32_t days, bool wild, struct gv_buf *out)
{
    struct maker m = {
        .out = out, .dice = lab_dice(seed, 1), .wild = wild, .run_s = days * DAY_S};
    unsigned events;

    put(&m, "# The %s fleet of seed %llu.\nfor: %u\ncheck: 31\n", wild ? "wild" : "random",
        (unsigned long long)seed, m.run_s);
    put_exporter(&m);
    put_fleet(&m);
    events = wild ? 4 + draw(&m, 16) : draw(&m, 6);
    if (events > 0)
        put(&m, "events:\n");
    while (events-- > 0)
        put_event(&m);
    put(&m, "expect:\n  - {group: G1, gms: not 1000000}\n");
}
