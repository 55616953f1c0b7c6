/* SPDX-License-Identifier: Apache-2.0 */
/* One device and one group across polls. */
#include "model/track.h"

#include "check.h"
#include "scene.h"

/* One poll: what it showed. Remaining -1: no KEK row. */
struct poll {
    int64_t at_s;
    uint8_t spi;
    int64_t lifetime_s, remaining_s;
    enum gv_ks_role role; /* unsaid with `gm` */
    uint32_t registrations, rekeys, rekey_age_s;
    uint64_t uptime_s;
    uint32_t index;
    uint8_t new_spi; /* a second row with status new */
    uint8_t old_spi; /* and one with status old */
    uint32_t old_remaining_s;
    int64_t uptime_at_s; /* 0: with the poll */
    bool partial, cut;
    uint32_t waited_s, rekeys_sent;
    bool has_rekeys_sent;
};

struct story {
    const char *name;
    bool gm, juniper, no_counts;
    struct poll polls[6];
    enum gv_rekey_verdict verdict;
    uint64_t counted; /* rekeys of that verdict */
    bool lead_known;
    int64_t lead_s;
    enum gv_behaviour behaviour;
    uint64_t doubles;
};

#define P   GV_KS_PRIMARY
#define S   GV_KS_SECONDARY
#define OLD GV_BEHAVIOUR_OLD
#define NEW GV_BEHAVIOUR_NEW
#define UNK GV_BEHAVIOUR_UNKNOWN

/* The KS's settings are 3 x 10 s and 2 members: lead 235. A KEK of 1200 s born at
 * 100 ends at 1300 and is due at 1065. */
static const struct story ks_stories[] = {
    {.name = "first sight is no rekey", .polls = {{200, 1, 1200, 1100, P}}},
    {.name = "on time, exact by birth although polls are far apart",
     .polls = {{200, 1, 1200, 1100, P}, {1200, 2, 1200, 1065, P}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "merged with a TEK rekey 15 s earlier proves new all the same",
     .polls = {{200, 1, 1200, 1100, P}, {1060, 2, 1200, 1190, P}},
     .verdict = GV_REKEY_EARLY,
     .counted = 1,
     .lead_known = true,
     .lead_s = 250,
     .behaviour = NEW},
    {.name = "the KEK before, in a poll that was cut, is not in use again",
     .polls = {{200, 1, 1200, 1100, P},
               {1100, 2, 1200, 1165, P},
               {1200, 1, 1200, 100, P, .cut = true},
               {1230, 2, 1200, 1035, P}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "nor proves a poll that was cut that there is no successor",
     .polls = {{200, 1, 1200, 1100, P}, {1110, 1, 1200, 190, P, .cut = true}},
     .behaviour = UNK},
    {.name = "a slow answer makes nobody late",
     .polls = {{200, 1, 1200, 1100, P}, {1100, 2, 1200, 1185, P, .waited_s = 20}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 215,
     .behaviour = NEW},
    {.name = "a count of rekeys that begins anew is a reboot",
     .polls = {{200, 1, 1200, 1100, P, .has_rekeys_sent = true, .rekeys_sent = 9},
               {600, 2, 1200, 1190, P, .has_rekeys_sent = true}}},
    {.name = "a KEK without a rekey came with a start, before anything was counted",
     .polls = {{200, 1, 1200, 1100, P, .has_rekeys_sent = true},
               {600, 2, 1200, 1190, P, .has_rekeys_sent = true}}},
    {.name = "where SNMP tells of no start, the count is late only",
     .polls = {{200, 1, 1200, 1100, P, .has_rekeys_sent = true, .uptime_s = 900},
               {600, 2, 1200, 1190, P, .has_rekeys_sent = true, .uptime_s = 1300}},
     .verdict = GV_REKEY_EARLY,
     .counted = 1,
     .lead_known = true,
     .lead_s = 710,
     .behaviour = NEW},
    {.name = "unless SNMP last told before that KEK",
     .polls = {{200, 1, 1200, 1100, P, .has_rekeys_sent = true, .uptime_s = 900},
               {600, 2, 1200, 1190, P, .has_rekeys_sent = true, .uptime_s = 1280,
                .uptime_at_s = 580}}},
    {.name = "nobody is accused by far polls of what holds at one end of them only",
     .polls = {{1080, 1, 1200, 220, P}, {1374, 2, 1200, 0, P}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "a manual rekey proves nothing",
     .polls = {{200, 1, 1200, 1100, P}, {210, 2, 1200, 1200, P}},
     .verdict = GV_REKEY_EARLY,
     .counted = 1,
     .lead_known = true,
     .lead_s = 1090},
    {.name = "late within the guarantee",
     .polls = {{1050, 1, 1200, 250, P}, {1095, 2, 1200, 1195, P}},
     .verdict = GV_REKEY_LATE,
     .counted = 1,
     .lead_known = true,
     .lead_s = 210,
     .behaviour = NEW},
    {.name = "too late",
     .polls = {{1050, 1, 1200, 250, P}, {1200, 2, 1200, 1195, P}},
     .verdict = GV_REKEY_TOO_LATE,
     .counted = 1,
     .lead_known = true,
     .lead_s = 105},
    {.name = "too late: then it had one to come, and is neither old nor new",
     .polls = {{1050, 1, 1200, 250, P}, {1150, 1, 1200, 150, P}, {1200, 2, 1200, 1195, P}},
     .verdict = GV_REKEY_TOO_LATE,
     .counted = 1,
     .lead_known = true,
     .lead_s = 105},
    {.name = "its clock was stepped back: the KEK before, listed still, ends later",
     .polls = {{1000, 1, 1200, 300, P},
               {1180, 2, 1200, 1145, P, .old_spi = 1, .old_remaining_s = 180}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "an elder one that is listed still lived before both",
     .polls = {{1000, 1, 1200, 1100, P},
               {1900, 2, 1200, 1165, P, .old_spi = 9, .old_remaining_s = 50}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "a younger one lived between",
     .polls = {{1000, 1, 1200, 1100, P},
               {1900, 2, 1200, 1165, P, .old_spi = 9, .old_remaining_s = 1000}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "at expiry: the old behaviour",
     .polls = {{1250, 1, 1200, 50, P}, {1310, 2, 1200, 1190, P}},
     .verdict = GV_REKEY_AFTER_EXPIRY,
     .counted = 1,
     .lead_known = true,
     .lead_s = 0,
     .behaviour = OLD},
    {.name = "less than 195 s left and no successor: old, before any rekey",
     .polls = {{200, 1, 1200, 1100, P}, {1110, 1, 1200, 190, P}},
     .behaviour = OLD},
    {.name = "not at first sight", .polls = {{1110, 1, 1200, 190, P}}, .behaviour = UNK},
    {.name = "not with a new row beside it",
     .polls = {{200, 1, 1200, 1100, P}, {1110, 1, 1200, 190, P, .new_spi = 2}},
     .behaviour = UNK},
    {.name = "not on a secondary",
     .polls = {{200, 1, 1200, 1100, S}, {1110, 1, 1200, 190, S}},
     .behaviour = UNK},
    {.name = "not where the lead does not fit into the life",
     .polls = {{100, 1, 200, 199, P}, {110, 1, 200, 190, P}},
     .behaviour = UNK},
    {.name = "a secondary is not judged",
     .polls = {{200, 1, 1200, 1100, S}, {1310, 2, 1200, 1190, S}}},
    {.name = "of one that took over since, it is open whose rekey that was",
     .polls = {{200, 1, 1200, 1100, S}, {1200, 2, 1200, 1065, P}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "an unsaid role without peers is a lone KS",
     .polls = {{200, 1, 1200, 1100}, {1200, 2, 1200, 1065}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "the same poll twice counts once",
     .polls = {{200, 1, 1200, 1100, P}, {1200, 2, 1200, 1065, P}, {1200, 2, 1200, 1065, P}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "an older observation that comes later is ignored",
     .polls = {{200, 1, 1200, 1100, P}, {1200, 2, 1200, 1065, P}, {1000, 1, 1200, 300, P}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "one source without SPI, the same KEK",
     .polls = {{200, 1, 1200, 1100, P}, {230, 0, 1200, 1071, P}, {260, 1, 1200, 1040, P}}},
    {.name = "without any SPI the end tells",
     .polls = {{200, 0, 1200, 1100, P}, {1200, 0, 1200, 1065, P}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "a slow answer is no rekey",
     .polls = {{200, 0, 1200, 1100, P}, {260, 0, 1200, 1045, P}}},
    {.name = "nor is one of 40 s",
     .polls = {{200, 0, 1200, 1100, P}, {260, 0, 1200, 1080, P, .waited_s = 40}}},
    {.name = "by index",
     .polls = {{200, 0, 1200, 1100, P, .index = 4}, {1200, 0, 1200, 1065, P, .index = 5}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "no lifetime told: born between the polls, by half their distance",
     .polls = {{1050, 1, 0, 250, P}, {1080, 2, 0, 1185, P}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "a KEK may have lived unseen: not judged",
     .polls = {{200, 1, 1200, 1100, P}, {2400, 3, 1200, 830, P}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "unless the index says that none did",
     .polls = {{200, 1, 1200, 1100, P, .index = 4}, {2400, 3, 1200, 830, P, .index = 5}},
     .verdict = GV_REKEY_AFTER_EXPIRY,
     .counted = 1,
     .lead_known = true,
     .lead_s = -730}, /* by far too late for an old one, too */
    {.name = "zero is saturated: the end known from earlier counts",
     .polls = {{1250, 1, 1200, 50, P}, {1310, 1, 1200, 0, P}, {1330, 2, 1200, 1195, P}},
     .verdict = GV_REKEY_AFTER_EXPIRY,
     .counted = 1,
     .lead_known = true,
     .lead_s = -25,
     .behaviour = OLD},
    {.name = "zero at first sight: after expiry for certain, by how much unknown",
     .polls = {{1310, 1, 1200, 0, P}, {1330, 2, 1200, 1195, P}},
     .verdict = GV_REKEY_AFTER_EXPIRY,
     .counted = 1},
    {.name = "missed",
     .polls = {{1250, 1, 1200, 50, P}, {1331, 1, 1200, 0, P}},
     .verdict = GV_REKEY_MISSED,
     .counted = 1,
     .behaviour = OLD},
    {.name = "not missed within the grace",
     .polls = {{1200, 1, 1200, 100, P}, {1329, 1, 1200, 0, P}},
     .behaviour = OLD},
    {.name = "missed once, however often seen",
     .polls = {{1200, 1, 1200, 100, P}, {1340, 1, 1200, 0, P}, {1400, 1, 1200, 0, P}},
     .verdict = GV_REKEY_MISSED,
     .counted = 1,
     .behaviour = OLD},
    {.name = "missed: the row is gone",
     .polls = {{1050, 1, 1200, 250, P}, {1340, 0, 0, -1, P}},
     .verdict = GV_REKEY_MISSED,
     .counted = 1},
    {.name = "a row that a partial poll did not read is not gone",
     .polls = {{1050, 1, 1200, 250, P}, {1340, 0, 0, -1, P, .partial = true}}},
    {.name = "saturated at first sight, and still",
     .polls = {{1400, 1, 1200, 0, P}, {1431, 1, 1200, 0, P}},
     .verdict = GV_REKEY_MISSED,
     .counted = 1,
     .behaviour = OLD},
    {.name = "a missed one that comes after all is not counted twice",
     .polls = {{1250, 1, 1200, 50, P}, {1340, 1, 1200, 0, P}, {1400, 2, 1200, 1150, P}},
     .verdict = GV_REKEY_AFTER_EXPIRY,
     .counted = 0,
     .lead_known = true,
     .lead_s = -50,
     .behaviour = OLD},
    {.name = "a missed one ends with a reboot: no verdict stands, the count does",
     .polls = {{1250, 1, 1200, 50, P, .uptime_s = 9000},
               {1340, 1, 1200, 0, P, .uptime_s = 9090},
               {1400, 2, 1200, 1190, P, .uptime_s = 20}}},
    {.name = "of a KS that is demoted no verdict stands",
     .polls = {{1250, 1, 1200, 50, P}, {1340, 1, 1200, 0, P}, {1400, 1, 1200, 0, S}},
     .behaviour = OLD},
    {.name = "a secondary misses nothing",
     .polls = {{1200, 1, 1200, 100, S}, {1400, 1, 1200, 0, S}}},
    {.name = "a reboot: the KEK it makes then is no rekey",
     .polls = {{1200, 1, 1200, 100, P, .uptime_s = 9000},
               {1240, 2, 1200, 1190, P, .uptime_s = 20}}},
    {.name = "a reboot voids what the timing proved",
     .polls = {{200, 1, 1200, 1100, P, .uptime_s = 9000},
               {1120, 1, 1200, 180, P, .uptime_s = 9920},
               {1240, 2, 1200, 1190, P, .uptime_s = 20}}},
    {.name = "a KEK that came through a reboot is judged again",
     .polls = {{200, 1, 1200, 1100, P, .uptime_s = 9000},
               {500, 1, 1200, 800, P, .uptime_s = 20},
               {1080, 2, 1200, 1185, P, .uptime_s = 600}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 235,
     .behaviour = NEW},
    {.name = "two KSs merged: the elder KEK comes back, no rekey",
     .polls = {{200, 1, 1200, 1100, P}, {260, 2, 1200, 1000, P}}},
    {.name = "Juniper's timers are its own",
     .juniper = true,
     .polls = {{200, 1, 1200, 1100, P}, {1200, 1, 1200, 100, P}, {1400, 2, 1200, 1190, P}}},
};

static const struct story gm_stories[] = {
    {.name = "GM: counting down is new",
     .gm = true,
     .polls = {{200, 1, 1200, 1100}, {230, 1, 1200, 1070}},
     .behaviour = NEW},
    {.name = "GM: standing still is old",
     .gm = true,
     .polls = {{200, 1, 1200, 1100}, {230, 1, 1200, 1100}},
     .behaviour = OLD},
    {.name = "GM: nine seconds are too few",
     .gm = true,
     .polls = {{200, 1, 1200, 1100}, {209, 1, 1200, 1100}},
     .behaviour = UNK},
    {.name = "GM: but they add up",
     .gm = true,
     .polls = {{200, 1, 1200, 1100}, {205, 1, 1200, 1100}, {210, 1, 1200, 1100}},
     .behaviour = OLD},
    {.name = "GM: two zeros are no proof",
     .gm = true,
     .polls = {{200, 1, 1200, 0}, {230, 1, 1200, 0}},
     .behaviour = UNK},
    {.name = "GM: CLI without SPI, standing still",
     .gm = true,
     .polls = {{200, 0, 0, 86399}, {260, 0, 0, 86399}},
     .behaviour = OLD},
    {.name = "GM: equal after a rekey proves nothing",
     .gm = true,
     .polls = {{200, 0, 0, 86399, .rekeys = 1}, {260, 0, 0, 86399, .rekeys = 2}},
     .behaviour = UNK},
    {.name = "GM: nor after a registration",
     .gm = true,
     .polls = {{200, 0, 0, 86399, .registrations = 1}, {260, 0, 0, 86399, .registrations = 2}},
     .behaviour = UNK},
    {.name = "GM: nor does one that falls at once, by a registration with the same KEK",
     .gm = true,
     .no_counts = true,
     .polls = {{200, 1, 1200, 1100}, {260, 1, 800, 800}},
     .behaviour = UNK},
    {.name = "GM: a value that falls too slowly proves nothing",
     .gm = true,
     .polls = {{200, 1, 1200, 1100}, {260, 1, 1200, 1090}},
     .behaviour = UNK},
    {.name = "GM: a rekey on time, no registration between",
     .gm = true,
     .polls = {{200, 1, 1200, 1100}, {1095, 2, 1200, 1180}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 225},
    {.name = "GM: a registration in the window does not accuse the KS",
     .gm = true,
     .polls = {{1080, 1, 1200, 220, .registrations = 1},
               {1180, 2, 1060, 1050, .registrations = 2}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "GM: without counts an equal lifetime says that it was a rekey",
     .gm = true,
     .no_counts = true,
     .polls = {{1080, 1, 1200, 220}, {1310, 2, 1200, 1190}},
     .verdict = GV_REKEY_AFTER_EXPIRY,
     .counted = 1,
     .lead_known = true,
     .lead_s = 0},
    {.name = "GM: without counts another lifetime may be a registration",
     .gm = true,
     .no_counts = true,
     .polls = {{1080, 1, 1200, 220}, {1310, 2, 1170, 1160}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "GM: CLI tells how long ago the one rekey came",
     .gm = true,
     .polls = {{1000, 0, 0, 300, .rekeys = 4},
               {1200, 0, 0, 1065, .rekeys = 5, .rekey_age_s = 125}},
     .verdict = GV_REKEY_ON_TIME,
     .counted = 1,
     .lead_known = true,
     .lead_s = 225},
    {.name = "GM: CLI, and no polls for hours: who knows what lived between",
     .gm = true,
     .polls = {{1000, 0, 0, 300, .rekeys = 4}, {9000, 0, 0, 700, .rekeys = 4}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "GM: nothing is missed",
     .gm = true,
     .polls = {{1200, 1, 1200, 100}, {1400, 1, 1200, 0}},
     .behaviour = UNK},
    {.name = "GM: a double registration, seen in two polls",
     .gm = true,
     .polls = {{1100, 1, 1200, 200, .registrations = 1},
               {1200, 1, 150, 100, .registrations = 2},
               {1360, 2, 1180, 1170, .registrations = 3}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1,
     .behaviour = NEW,
     .doubles = 1},
    {.name = "GM: a double registration, no KEK between",
     .gm = true,
     .polls = {{1100, 1, 1200, 200, .registrations = 1},
               {1200, 1, 150, 100, .registrations = 2},
               {1310, 0, 0, -1, .registrations = 2},
               {1370, 2, 1180, 1170, .registrations = 3}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1,
     .behaviour = NEW,
     .doubles = 1},
    {.name = "GM: a double registration between two far polls",
     .gm = true,
     .polls = {{1000, 1, 1200, 300, .registrations = 1},
               {1580, 2, 1120, 920, .registrations = 3}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1,
     .doubles = 1},
    {.name = "GM: two registrations, the second for a TEK: the KEK was made ahead",
     .gm = true,
     .polls = {{1000, 1, 1200, 300, .registrations = 1},
               {1600, 2, 980, 780, .registrations = 3}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "GM: one for a TEK before the window, one with a KEK that was made ahead",
     .gm = true,
     .polls = {{1100, 1, 1200, 200, .registrations = 1},
               {1200, 1, 150, 100, .registrations = 2},
               {1360, 2, 945, 905, .registrations = 3}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1,
     .behaviour = NEW},
    {.name = "GM: one registration with the new KEK is a lost rekey",
     .gm = true,
     .polls = {{1100, 1, 1200, 200, .registrations = 1},
               {1200, 2, 1030, 1000, .registrations = 2},
               {1400, 2, 1030, 800, .registrations = 2}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1,
     .behaviour = NEW},
    {.name = "GM: one registration after expiry is an unreachable KS",
     .gm = true,
     .polls = {{1100, 1, 1200, 200, .registrations = 1},
               {1360, 2, 1180, 1170, .registrations = 2}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1},
    {.name = "GM: two registrations in mid-life are none",
     .gm = true,
     .polls = {{300, 1, 1200, 1000, .registrations = 1},
               {400, 1, 950, 900, .registrations = 2},
               {500, 2, 1200, 1190, .registrations = 3}},
     .verdict = GV_REKEY_EARLY,
     .counted = 1,
     .lead_known = true,
     .lead_s = 810,
     .behaviour = NEW},
    {.name = "GM: counters that fell begin anew",
     .gm = true,
     .polls = {{1100, 1, 1200, 200, .registrations = 9},
               {1200, 1, 150, 100, .registrations = 1},
               {1360, 2, 1180, 1170, .registrations = 2}},
     .verdict = GV_REKEY_UNKNOWN,
     .counted = 1,
     .behaviour = UNK},
};

static void show_ks(struct gv_observation *obs, struct gv_group_obs *group,
                    const struct poll *poll)
{
    struct gv_ks_obs *ks = scene_ks(obs, group, poll->role, NULL);

    ks->has = GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL |
              GV_KS_HAS_MEMBERS_REGISTERED | GV_KS_HAS_TEK_LIFETIME;
    ks->retransmits = 3;
    ks->retransmit_interval_s = 10;
    ks->members_registered = 2;
    ks->tek_lifetime_s = 600;
    ks->has |= poll->has_rekeys_sent ? GV_KS_HAS_REKEYS_SENT : 0u;
    ks->rekeys_sent = poll->rekeys_sent;
}

static void show_gm(struct gv_observation *obs, struct gv_group_obs *group,
                    const struct story *s, const struct poll *poll)
{
    struct gv_gm_obs *gm = scene_gm(obs, group, "10.0.1.1", NULL);

    if (s->no_counts)
        return;
    gm->has = GV_GM_HAS_REGISTRATIONS_SUCCEEDED | GV_GM_HAS_REKEYS_RECEIVED;
    gm->registrations_succeeded = poll->registrations;
    gm->rekeys_received = poll->rekeys;
    if (poll->rekey_age_s != 0) {
        gm->has |= GV_GM_HAS_LAST_REKEY_AGE;
        gm->last_rekey_age_s = poll->rekey_age_s;
    }
}

static void feed(struct gv_track *track, const struct story *s, const struct poll *poll)
{
    struct gv_observation *obs = scene_new(poll->at_s);
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_track_in in = {&obs->device,   group, obs->seen_at,
                             !poll->partial, NULL,  poll->cut};

    group->transport = GV_REKEY_UNICAST;
    obs->device.vendor = s->juniper ? GV_VENDOR_JUNIPER : GV_VENDOR_CISCO;
    obs->device.has_uptime = poll->uptime_s != 0;
    obs->device.uptime_ms = poll->uptime_s * 1000;
    if (s->gm)
        show_gm(obs, group, s, poll);
    else
        show_ks(obs, group, poll);
    if (poll->remaining_s >= 0) {
        struct gv_kek_obs *kek = scene_kek(obs, group, poll->spi, (uint32_t)poll->lifetime_s,
                                           (uint32_t)poll->remaining_s);

        kek->has |= poll->index != 0 ? GV_KEK_HAS_INDEX : 0u;
        kek->index = poll->index;
        kek->status = GV_KEK_IN_USE;
        kek->waited = gv_secs(poll->waited_s);
    }
    if (poll->uptime_at_s != 0)
        obs->device.uptime_at = scene_at(poll->uptime_at_s);
    if (poll->old_spi != 0)
        scene_kek(obs, group, poll->old_spi, 1200, poll->old_remaining_s)->status = GV_KEK_OLD;
    if (poll->new_spi != 0)
        scene_kek(obs, group, poll->new_spi, 1200, 1200)->status = GV_KEK_NEW;
    gv_track_feed(track, &in);
    gv_observation_free(obs);
}

static uint64_t counted(const struct gv_track *track)
{
    uint64_t n = 0;

    for (size_t i = 0; i < GV_REKEY_VERDICT_COUNT; i++)
        n += track->counts[i];
    return n;
}

static void tell(const struct story *s)
{
    struct gv_track track = {.side = GV_TRACK_NONE};

    for (size_t i = 0; i < sizeof(s->polls) / sizeof(s->polls[0]); i++)
        if (s->polls[i].at_s != 0)
            feed(&track, s, &s->polls[i]);
    CHECK_STR(s->name, gv_rekey_verdict_name(track.verdict), gv_rekey_verdict_name(s->verdict));
    CHECK_INT(s->name, track.counts[s->verdict], s->counted);
    /* A missed one may stand before: it is counted, whatever follows. */
    CHECK_INT(s->name, counted(&track) - track.counts[GV_REKEY_MISSED],
              s->verdict == GV_REKEY_MISSED ? 0 : s->counted);
    CHECK_INT(s->name, track.lead_known, s->lead_known);
    if (s->lead_known)
        CHECK_INT(s->name, track.lead.ms, s->lead_s * 1000);
    CHECK_STR(s->name, gv_behaviour_name(gv_timing_behaviour(&track.timing)),
              gv_behaviour_name(s->behaviour));
    CHECK_INT(s->name, track.registrations.doubles, s->doubles);
}

static void test_sides(void)
{
    static const struct story s = {.name = "side"};
    static const struct poll ks_poll = {
        .at_s = 200, .spi = 1, .lifetime_s = 1200, .remaining_s = 1100, .role = P};
    static const struct poll gm_poll = {
        .at_s = 260, .spi = 1, .lifetime_s = 1200, .remaining_s = 1040};
    struct story gm = s;
    struct gv_track track = {.side = GV_TRACK_NONE};
    struct poll partial = gm_poll;
    struct gv_observation *obs = scene_new(1);
    struct gv_track_in neither = {
        &obs->device, scene_group(obs, "G1", NULL), obs->seen_at, true, NULL, false};

    gm.gm = true;
    partial.partial = true;
    gv_track_feed(&track, &neither);
    CHECK_INT("neither side", track.side, GV_TRACK_NONE);
    feed(&track, &s, &ks_poll);
    CHECK_INT("KS", track.side, GV_TRACK_KS);
    feed(&track, &gm, &partial);
    CHECK_INT("half an answer of a KS is no GM", track.side, GV_TRACK_KS);
    CHECK_INT("and tells nothing of its KEK", track.kek.remaining_s, 1100);
    feed(&track, &gm, &gm_poll);
    CHECK_INT("a KS that became a GM begins anew", track.side, GV_TRACK_GM);
    gv_observation_free(obs);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(ks_stories) / sizeof(ks_stories[0]); i++)
        tell(&ks_stories[i]);
    for (size_t i = 0; i < sizeof(gm_stories) / sizeof(gm_stories[0]); i++)
        tell(&gm_stories[i]);
    test_sides();
    return check_end();
}
