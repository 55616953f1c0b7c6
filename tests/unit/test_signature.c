/* SPDX-License-Identifier: Apache-2.0 */
#include "model/signature.h"

#include "check.h"

enum { EXPIRY_S = 100000 };

/* r, c, k: it registers again, completed, had a rekey, told by SNMP.
 * R: it registers again; B: begun; C: complete; P: policy installed; X: its KEK expired;
 * N: it missed a rekey; 1, 2: KEK updated, with that SPI; U: updated, without. */
struct step {
    char what;
    int at_s; /* after the expiry */
};

static const struct row {
    const char *name;
    unsigned doubles, missed;         /* with instants */
    unsigned untimed, untimed_missed; /* the same without: by order alone */
    struct step steps[14];
} rows[] = {
    {"old KS, new GM",
     1,
     0,
     1,
     0,
     {{'R', -120},
      {'B', -120},
      {'U', -119},
      {'C', -118},
      {'X', 0},
      {'R', 30},
      {'B', 30},
      {'U', 31},
      {'C', 32}}},
    {"as early as can be", 1, 0, 1, 0, {{'R', -190}, {'C', -189}, {'X', 0}, {'R', 0}}},
    {"as late as can be", 1, 0, 1, 0, {{'R', -40}, {'C', -33}, {'X', 0}, {'R', 80}}},
    {"too early for a pair", 0, 2, 1, 0, {{'R', -300}, {'C', -298}, {'X', 0}, {'R', 30}}},
    {"too late for a pair", 0, 1, 1, 0, {{'R', -20}, {'C', -18}, {'X', 0}, {'R', 30}}},
    {"the second too late", 0, 1, 1, 0, {{'R', -120}, {'C', -118}, {'X', 0}, {'R', 120}}},
    {"never again", 0, 0, 0, 0, {{'R', -120}, {'C', -118}, {'X', 0}}},
    {"its KS is out of reach",
     0,
     1,
     0,
     1,
     {{'R', -120}, {'B', -120}, {'X', 0}, {'R', 30}, {'B', 30}, {'C', 31}}},
    {"an expiry out of the blue", 0, 1, 0, 1, {{'X', 0}, {'R', 30}, {'C', 31}}},
    {"a lost rekey", 0, 1, 0, 1, {{'R', -120}, {'B', -120}, {'C', -118}}},
    {"two lost rekeys", 0, 2, 0, 2, {{'R', -120}, {'C', -118}, {'R', 5000}, {'C', 5002}}},
    {"it says so itself", 0, 1, 0, 1, {{'N', -130}, {'R', -120}, {'C', -118}}},
    {"told twice",
     1,
     0,
     1,
     0,
     {{'R', -120},
      {'R', -120},
      {'C', -118},
      {'C', -118},
      {'X', 0},
      {'X', 0},
      {'R', 30},
      {'R', 30},
      {'C', 32},
      {'C', 32}}},
    {"by SNMP", 1, 0, 0, 2, {{'r', -120}, {'c', -118}, {'r', 30}, {'c', 32}}},
    {"by SNMP, as near as can be", 1, 0, 0, 2, {{'r', -40}, {'c', -39}, {'r', 0}, {'c', 1}}},
    {"by SNMP, as far as can be", 1, 0, 0, 2, {{'r', -190}, {'c', -189}, {'r', 80}, {'c', 81}}},
    {"by SNMP, too near", 0, 2, 0, 2, {{'r', -20}, {'c', -18}, {'r', 0}, {'c', 1}}},
    {"by SNMP, too far", 0, 2, 0, 2, {{'r', -190}, {'c', -189}, {'r', 120}, {'c', 121}}},
    {"by SNMP, a rekey in between",
     0,
     2,
     0,
     2,
     {{'r', -120}, {'c', -118}, {'k', -20}, {'r', 30}, {'c', 32}}},
    {"by SNMP, its KS is out of reach",
     0,
     1,
     0,
     1,
     {{'r', -120}, {'r', -60}, {'r', 30}, {'c', 32}}},
    {"by SNMP, one lost rekey", 0, 1, 0, 1, {{'r', -120}, {'c', -118}}},
    {"by SNMP, and the expiry by syslog",
     1,
     0,
     1,
     0,
     {{'r', -120}, {'c', -118}, {'X', 0}, {'r', 30}, {'c', 32}}},
    {"two lost rekeys, and it tells of expiries",
     0,
     3,
     0,
     3,
     {{'X', -9000},
      {'r', -8950},
      {'c', -8948},
      {'r', -120},
      {'c', -118},
      {'r', 30},
      {'c', 32}}},
    {"a lost rekey told twice",
     0,
     1,
     0,
     1,
     {{'R', -120}, {'R', -120}, {'C', -118}, {'C', -118}}},
    {"it tries three times", 0, 1, 0, 1, {{'R', -180}, {'R', -120}, {'R', -60}, {'X', 0}}},
    {"one second, another order", 1, 0, 0, 1, {{'C', -120}, {'R', -120}, {'X', 0}, {'R', 30}}},
    {"its first registration", 0, 0, 0, 0, {{'B', -500}, {'C', -498}}},
    {"first registration on an old KS",
     1,
     0,
     0,
     1,
     {{'B', -100}, {'C', -98}, {'X', 0}, {'R', 30}}},
    {"complete by its policy", 1, 0, 1, 0, {{'R', -120}, {'P', -118}, {'X', 0}, {'R', 30}}},
    {"a rekey's policy completes nothing", 0, 1, 0, 1, {{'P', -118}, {'X', 0}, {'R', 30}}},
    {"the same SPI again",
     1,
     0,
     1,
     0,
     {{'1', -9000}, {'R', -120}, {'1', -119}, {'C', -118}, {'X', 0}, {'R', 30}, {'2', 31}}},
    {"another SPI: the first brought it",
     0,
     0,
     0,
     0,
     {{'1', -9000}, {'R', -120}, {'2', -119}, {'C', -118}, {'X', 0}, {'R', 30}, {'C', 32}}},
    {"two cycles",
     2,
     0,
     2,
     0,
     {{'R', -120},
      {'C', -118},
      {'X', 0},
      {'R', 30},
      {'C', 32},
      {'R', 3480},
      {'C', 3482},
      {'X', 3600},
      {'R', 3620},
      {'C', 3622}}},
    {"a pair after a lost rekey",
     1,
     1,
     1,
     1,
     {{'R', -5000}, {'C', -4998}, {'R', -120}, {'C', -118}, {'X', 0}, {'R', 30}}},
    {"a day later its KS is gone",
     0,
     2,
     1,
     0,
     {{'R', -86400}, {'C', -86398}, {'X', 0}, {'R', 30}}},
};

static struct gv_event event_of(const struct step *step, bool timed)
{
    static const struct {
        char what;
        enum gv_event_kind kind;
    } kinds[] = {
        {'R', GV_EVENT_GM_REREGISTERS}, {'B', GV_EVENT_GM_REGISTRATION_BEGUN},
        {'C', GV_EVENT_GM_REGISTERED},  {'P', GV_EVENT_GM_POLICY_INSTALLED},
        {'X', GV_EVENT_GM_KEK_EXPIRED}, {'N', GV_EVENT_GM_REKEY_MISSED},
        {'1', GV_EVENT_GM_KEK_UPDATED}, {'2', GV_EVENT_GM_KEK_UPDATED},
        {'U', GV_EVENT_GM_KEK_UPDATED}, {'r', GV_EVENT_GM_REREGISTERS},
        {'c', GV_EVENT_GM_REGISTERED},  {'k', GV_EVENT_GM_REKEY_RECEIVED},
    };
    struct gv_event event = {.at = {((int64_t)EXPIRY_S + step->at_s) * 1000},
                             .has = timed ? GV_EVENT_HAS_AT : 0,
                             .notified = step->what >= 'a'};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].what == step->what)
            event.kind = kinds[i].kind;
    if (step->what == '1' || step->what == '2') {
        event.has |= GV_EVENT_HAS_KEK_SPI;
        event.kek_spi[0] = (uint8_t)step->what;
    }
    return event;
}

static void run(const struct row *row, bool timed, unsigned found[3], struct gv_finding *last)
{
    struct gv_signature signature = {.doubles = 0};
    struct gv_finding finding;

    for (size_t i = 0; row->steps[i].what != 0; i++) {
        struct gv_event event = event_of(&row->steps[i], timed);

        if (timed)
            found[gv_signature_due(&signature, gv_when(event.at)).kind]++;
        finding = gv_signature_feed(&signature, &event);
        found[finding.kind]++;
        if (finding.kind == GV_FINDING_DOUBLE)
            *last = finding;
    }
    found[gv_signature_due(&signature, (struct gv_when){.known = false}).kind]++;
    CHECK_INT(row->name, signature.doubles, found[GV_FINDING_DOUBLE]);
    CHECK_INT(row->name, signature.missed, found[GV_FINDING_MISSED]);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned found[3] = {0, 0, 0}, untimed[3] = {0, 0, 0};
        struct gv_finding last = {.kind = GV_FINDING_NONE};

        run(&rows[i], true, found, &last);
        CHECK_INT(rows[i].name, found[GV_FINDING_DOUBLE], rows[i].doubles);
        CHECK_INT(rows[i].name, found[GV_FINDING_MISSED], rows[i].missed);
        if (i == 0) {
            CHECK_INT("first", last.first.at.ms, (EXPIRY_S - 120) * 1000LL);
            CHECK_INT("expired", last.expired.at.ms, EXPIRY_S * 1000LL);
            CHECK_INT("second", last.second.at.ms, (EXPIRY_S + 30) * 1000LL);
        }
        run(&rows[i], false, untimed, &last);
        CHECK_INT(rows[i].name, untimed[GV_FINDING_DOUBLE], rows[i].untimed);
        CHECK_INT(rows[i].name, untimed[GV_FINDING_MISSED], rows[i].untimed_missed);
    }
    return check_end();
}
