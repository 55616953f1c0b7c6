/* SPDX-License-Identifier: Apache-2.0 */
/* RESTCONF: instants, lives, bounds, leaves; the lists as a whole are golden pairs. */
#include <stdlib.h>

#include "check.h"
#include "restconf/bounds.h"
#include "restconf/codec.h"
#include "restconf/life.h"

static const struct {
    const char *text;
    bool ok;
    int64_t unix_ms;
} dates[] = {
    {"2026-05-04T10:00:00+00:00", true, 1777888800000},
    {"2026-05-04T10:00:00Z", true, 1777888800000},
    {"2026-05-04T12:00:00.250+02:00", true, 1777888800250},
    {"2026-05-04T09:59:59.9999999-00:00", true, 1777888799999},
    {"2024-02-29T00:00:00Z", true, 1709164800000},
    {"2100-03-01T00:00:00Z", true, 4107542400000},
    {"1990-01-01T00:00:00Z", true, 631152000000},
    {"1970-01-01T00:00:00+00:00", false, 0},
    {"1989-12-31T23:59:59Z", false, 0},
    {"2026-13-01T00:00:00Z", false, 0},
    {"2026-00-10T00:00:00Z", false, 0},
    {"2026-01-32T00:00:00Z", false, 0},
    {"2026-01-01T24:00:00Z", false, 0},
    {"2026-01-01 00:00:00Z", false, 0},
    {"2026-01-01T00:00:00", false, 0},
    {"2026-01-01T00:00:00+1:00", false, 0},
    {"2026-01-01T00:00:00+15:00", false, 0},
    {"2026-01-01T00:00:00Zx", false, 0},
    {"-026-01-01T00:00:00Z", false, 0},
    {"", false, 0},
};

static void test_dates(void)
{
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        int64_t got = -1;

        CHECK(dates[i].text, gv_restconf_date(gv_text(dates[i].text), &got) == dates[i].ok);
        CHECK_INT(dates[i].text, got, dates[i].ok ? dates[i].unix_ms : -1);
    }
}

enum { L = GV_LIFE_LIFETIME, A = GV_LIFE_AGE, R = GV_LIFE_REMAINING, T = GV_LIFE_TO_REKEY };

static const struct {
    const char *name;
    struct gv_life life; /* has, lifetime, age, remaining, to rekey */
    struct gv_life_left want;
} lives[] = {
    {"both agree", {L | A | R | T, 1200, 400, 800, 565}, {true, true, true, 800, 800, 565}},
    {"told is stale: birth and lifetime count, the lead stays",
     {L | A | R | T, 1200, 400, 1200, 965},
     {true, true, true, 800, 1200, 565}},
    {"stale, and the rekey is due",
     {L | A | R | T, 1200, 1100, 1200, 965}, //
     {true, true, true, 100, 1200, 0}},
    {"told is shorter: the lifetime was cut",
     {L | A | R | T, 3600, 600, 90, 30},
     {true, true, true, 90, 90, 30}},
    {"told is 0: over", {L | A | R, 1200, 400, 0, 0}, {true, true, false, 0, 0, 0}},
    {"a birth before the lifetime: the clock was set", //
     {L | A | R, 1200, 5000, 700, 0},
     {true, true, false, 700, 700, 0}},
    {"at its end to the second", {L | A, 1200, 1200, 0, 0}, {true, false, false, 0, 0, 0}},
    {"no told value", {L | A | T, 1200, 400, 0, 565}, {true, false, true, 800, 0, 565}},
    {"no birth", {L | R, 1200, 0, 800, 0}, {true, true, false, 800, 800, 0}},
    {"no lifetime", {A | R, 0, 400, 800, 0}, {true, true, false, 800, 800, 0}},
    {"birth that cannot be, and nothing told", {L | A, 1200, 5000, 0, 0}, {.known = false}},
    {"nothing", {0, 0, 0, 0, 0}, {.known = false}},
};

static void test_lives(void)
{
    for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
        struct gv_life_left got = gv_life_settle(&lives[i].life);

        CHECK_INT(lives[i].name, got.known, lives[i].want.known);
        CHECK_INT(lives[i].name, got.told, lives[i].want.told);
        CHECK_INT(lives[i].name, got.remaining_s, lives[i].want.remaining_s);
        if (got.told)
            CHECK_INT(lives[i].name, got.told_s, lives[i].want.told_s);
        CHECK_INT(lives[i].name, got.to_rekey_known, lives[i].want.to_rekey_known);
        CHECK_INT(lives[i].name, got.to_rekey_s, lives[i].want.to_rekey_s);
    }
}

static const struct {
    const char *json;
    bool ok;
} bounds[] = {
    {"{\"a\":[1,2]}", true},
    {"[[[]]]", true},
    {"[[[[]]]]", false},
    {"[]]]]][[[]]]", true},
    {"\"[[[[[[[[\"", true},
    {"\"\\\"[[[[[[[[\"", true},
    {"[1,2,3,4,5,6]", true},
    {"[1,2,3,4,5,6,7,8,9,0,1]", false},
    {"\"never ends [[[", true},
    {"\"\\", true},
    {"", true},
};

static void test_bounds(void)
{
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
        CHECK(bounds[i].json, gv_json_bounded(gv_text(bounds[i].json), 3, 8) == bounds[i].ok);
}

/* One leaf of a group's key server, in every form that may come. */
static const struct {
    const char *value;
    bool has;
    uint32_t n;
} numbers[] = {
    {"7", true, 7},
    {"\"7\"", true, 7},
    {"4294967295", true, UINT32_MAX},
    {"4294967296", false, 0},
    {"\"4294967296\"", false, 0},
    {"-1", false, 0},
    {"1.0", false, 0},
    {"\"n/a\"", false, 0},
    {"\"\"", false, 0},
    {"null", false, 0},
    {"[null]", false, 0},
    {"true", false, 0},
    {"[7]", false, 0},
    {"{}", false, 0},
};

static void test_numbers(void)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});
        struct gv_restconf_clock clock = {.known = false};
        char json[200];

        (void)snprintf(json, sizeof(json),
                       "{\"gdoi-ks\":[{\"group-name\":\"G\",\"total-mem\":%s}]}",
                       numbers[i].value);
        CHECK_INT(json, gv_restconf_read(1, gv_text(json), &clock, obs), GV_OK);
        CHECK_INT(json, (obs->groups->ks->has & GV_KS_HAS_MEMBERS_REGISTERED) != 0,
                  numbers[i].has);
        CHECK_INT(json, obs->groups->ks->members_registered, numbers[i].n);
        gv_observation_free(obs);
    }
}

static const struct {
    const char *name, *json;
    enum gv_err err;
} answers[] = {
    {"none", "", GV_ERR_NO_DATA},
    {"blank", " \r\n", GV_ERR_NO_DATA},
    {"an empty list", "{\"m:gdoi-ks\":[]}", GV_ERR_NO_DATA},
    {"a group", "{\"m:gdoi-ks\":[{\"group-name\":\"G\"}]}", GV_OK},
    {"another list", "{\"m:gdoi-gm\":[{\"group-name\":\"G\"}]}", GV_ERR_MALFORMED},
    {"two members", "{\"m:gdoi-ks\":[],\"x\":1}", GV_ERR_MALFORMED},
    {"a member twice", "{\"m:gdoi-ks\":[],\"m:gdoi-ks\":[]}", GV_ERR_MALFORMED},
    {"no object", "[]", GV_ERR_MALFORMED},
    {"a number in place of the list", "{\"m:gdoi-ks\":3}", GV_ERR_MALFORMED},
    {"a number in the list", "{\"m:gdoi-ks\":[3]}", GV_ERR_MALFORMED},
    {"cut off", "{\"m:gdoi-ks\":[{\"group-name\":\"G\"", GV_ERR_MALFORMED},
    {"text behind it", "{\"m:gdoi-ks\":[]} x", GV_ERR_MALFORMED},
    {"a NUL in a text", "{\"m:gdoi-ks\":[{\"group-name\":\"a\\u0000b\"}]}", GV_ERR_MALFORMED},
    {"HTML", "<html>", GV_ERR_MALFORMED},
    {"too deep", "[[[[[[[[[[[[[[[[[", GV_ERR_TOO_LARGE},
};

static void test_answers(void)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});
        struct gv_restconf_clock clock = {.known = false};

        CHECK_INT(answers[i].name, gv_restconf_read(1, gv_text(answers[i].json), &clock, obs),
                  answers[i].err);
        gv_observation_free(obs);
    }
}

static const struct {
    const char *name, *json, *want;
} errors[] = {
    {"both",
     "{\"ietf-restconf:errors\":{\"error\":[{\"error-type\":\"protocol\",\"error-tag\":\"in-"
     "use\","
     "\"error-message\":\"locked\"}]}}",
     "in-use: locked"},
    {"a tag alone", "{\"errors\":{\"error\":[{\"error-tag\":\"in-use\"}]}}", "in-use"},
    {"a message alone", "{\"errors\":{\"error\":[{\"error-message\":\"m\"}]}}", "m"},
    {"control characters and more", //
     "{\"errors\":{\"error\":[{\"error-message\":\"a\\u001b[31m\\nb\\u00e9\"}]}}",
     "a [31m b  "},
    {"cut to fit",
     "{\"errors\":{\"error\":[{\"error-message\":\"0123456789012345678901234567890123456789\"}]"
     "}}",
     "0123456789012345678901234567890"},
    {"an object in place of the list", "{\"errors\":{\"error\":{\"error-tag\":\"x\"}}}", ""},
    {"no such document", "{\"a\":1}", ""},
    {"no JSON", "<html>", ""},
};

static void test_errors(void)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        char got[32] = "left over";

        gv_restconf_error(gv_text(errors[i].json), got, sizeof(got));
        CHECK_STR(errors[i].name, got, errors[i].want);
    }
}

/* Which lists are asked for, after which answers: bit i for list i. */
static const struct {
    const char *name;
    size_t list;
    const char *json;
    unsigned wanted;
} plans[] = {
    {"nothing known: the configuration too", 0, "", 0x643},
    {"a key server", 1, "{\"gdoi-ks\":[{\"group-name\":\"G\"}]}", 0x67f},
    {"a key server that told N and R", 3,
     "{\"gdoi-ks-rekey\":[{\"group-name\":\"G\",\"num-rexmit\":2,\"rexmit-period\":10}]}",
     0x07f},
    {"a member", 6, "{\"gdoi-gm\":[{\"group-name\":\"G\"}]}", 0x1c3},
};

static void test_plans(void)
{
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});
        struct gv_restconf_clock clock = {.known = false};
        unsigned got = 0;

        (void)!gv_restconf_read(plans[i].list, gv_text(plans[i].json), &clock, obs);
        for (size_t k = 0; k < GV_RESTCONF_LISTS; k++)
            got |= gv_restconf_wanted(k, obs) ? 1u << k : 0;
        CHECK_INT(plans[i].name, got, plans[i].wanted);
        gv_observation_free(obs);
    }
}

/* The device's clock is learnt once, and runs on with ours: an age is right however far the
 * two are apart. Without it no age is told. */
static void test_clock(void)
{
    static const char system[] =
        "{\"m:device-system-data\":{\"current-time\":\"2031-01-01T00:00:00Z\"}}";
    static const char gm[] = "{\"gdoi-gm\":[{\"group-name\":\"G\",\"gm-entry\":[{"
                             "\"last-rekey-time\":\"2030-12-31T23:59:00Z\"}]}]}";

    for (int with = 0; with < 2; with++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){1000});
        struct gv_restconf_clock clock = {.known = false};

        if (with)
            CHECK_INT("system", gv_restconf_read(0, gv_text(system), &clock, obs), GV_OK);
        obs->seen_at.ms += 5000;
        CHECK_INT("gm", gv_restconf_read(6, gv_text(gm), &clock, obs), GV_OK);
        CHECK_INT("age told", (obs->groups->gm->has & GV_GM_HAS_LAST_REKEY_AGE) != 0, with);
        CHECK_INT("age", obs->groups->gm->last_rekey_age_s, with ? 65 : 0);
        gv_observation_free(obs);
    }
}

/* How long the answer took goes with what it says is left. */
static void test_wait(void)
{
    static const char rekey[] =
        "{\"gdoi-ks-rekey\":[{\"group-name\":\"G\",\"kek-rem-life\":9}]}";
    struct gv_observation *obs = gv_observation_new((struct gv_time){1000});
    struct gv_restconf_clock clock = {.known = false};

    obs->waited = (struct gv_dur){7000};
    CHECK_INT("rekey", gv_restconf_read(3, gv_text(rekey), &clock, obs), GV_OK);
    CHECK_INT("left", obs->groups->keks->remaining_s, 9);
    CHECK_INT("waited", obs->groups->keks->waited.ms, 7000);
    gv_observation_free(obs);
}

/* More values than any device has are refused before anything is allocated for them. */
static void test_ceiling(void)
{
    const size_t n = 2 * (size_t)GV_RESTCONF_VALUES + 64;
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    struct gv_restconf_clock clock = {.known = false};
    char *json = malloc(n);

    memset(json, ',', n);
    json[0] = '[';
    CHECK_INT("values", gv_restconf_read(1, (struct gv_text){json, n}, &clock, obs),
              GV_ERR_TOO_LARGE);
    free(json);
    gv_observation_free(obs);
}

int main(void)
{
    test_dates();
    test_lives();
    test_bounds();
    test_numbers();
    test_answers();
    test_errors();
    test_plans();
    test_clock();
    test_wait();
    test_ceiling();
    return check_end();
}
