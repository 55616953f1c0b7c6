/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "impair.h"

enum { DRAWS = 20000, SIZE = 100 };

static const struct {
    const char *name, *key, *value;
    enum gv_err err;
    uint32_t drop_ppm, delay_ms;
} setting_rows[] = {
    {"never", "drop", "0", GV_OK, 0, 0},
    {"always", "drop", "1", GV_OK, 1000000, 0},
    {"always, with decimals", "drop", "1.000", GV_OK, 1000000, 0},
    {"a tenth", "drop", "0.1", GV_OK, 100000, 0},
    {"one in a million", "drop", "0.000001", GV_OK, 1, 0},
    {"milliseconds", "delay", "250", GV_OK, 0, 250},
    {"too fine", "drop", "0.0000001", GV_ERR_RANGE, 0, 0},
    {"above one", "drop", "1.5", GV_ERR_RANGE, 0, 0},
    {"percent", "drop", "10", GV_ERR_RANGE, 0, 0},
    {"negative", "drop", "-0.1", GV_ERR_RANGE, 0, 0},
    {"empty", "drop", "", GV_ERR_RANGE, 0, 0},
    {"dot only", "drop", ".", GV_ERR_RANGE, 0, 0},
    {"no whole milliseconds", "delay", "0.5", GV_ERR_RANGE, 0, 0},
    {"unknown key", "drops", "0.1", GV_ERR_NOT_FOUND, 0, 0},
};

static void test_settings(void)
{
    for (size_t i = 0; i < sizeof(setting_rows) / sizeof(setting_rows[0]); i++) {
        struct lab_impair impair = {0};
        const char *row = setting_rows[i].name;

        CHECK_INT(row,
                  lab_impair_read(gv_text(setting_rows[i].key), gv_text(setting_rows[i].value),
                                  &impair),
                  setting_rows[i].err);
        CHECK_INT(row, impair.drop_ppm, setting_rows[i].drop_ppm);
        CHECK_INT(row, impair.delay_ms, setting_rows[i].delay_ms);
    }
}

/* The generator is part of the interface: a seed in a bug report must mean the
 * same faults next year. First values of SplitMix64 from state 0. */
static void test_dice_values(void)
{
    struct lab_dice dice = {0};

    CHECK("first", lab_dice_next(&dice) == 0xe220a8397b1dcdafu);
    CHECK("second", lab_dice_next(&dice) == 0x6e789e6aa1b965f4u);
    CHECK("third", lab_dice_next(&dice) == 0x06c45d188009454fu);
}

static const struct lab_impair everything = {
    .drop_ppm = 100000,
    .duplicate_ppm = 200000,
    .reorder_ppm = 300000,
    .corrupt_ppm = 250000,
    .truncate_ppm = 150000,
    .spoof_ppm = 50000,
    .delay_ms = 20,
    .jitter_ms = 10,
};

static bool fate_equal(const struct lab_fate *a, const struct lab_fate *b)
{
    return a->drop == b->drop && a->duplicate == b->duplicate && a->reorder == b->reorder &&
           a->corrupt == b->corrupt && a->spoof == b->spoof &&
           a->spoof_address == b->spoof_address && a->keep == b->keep &&
           a->corrupt_bit == b->corrupt_bit && a->delay.ms == b->delay.ms &&
           a->second_delay.ms == b->second_delay.ms;
}

/* How many of the first DRAWS fates of two streams differ. */
static unsigned differences(uint64_t seed_a, uint64_t stream_a, uint64_t seed_b,
                            uint64_t stream_b)
{
    struct lab_dice a = lab_dice(seed_a, stream_a), b = lab_dice(seed_b, stream_b);
    unsigned n = 0;

    for (unsigned i = 0; i < DRAWS; i++) {
        struct lab_fate x = lab_impair_next(&everything, &a, SIZE);
        struct lab_fate y = lab_impair_next(&everything, &b, SIZE);

        n += !fate_equal(&x, &y);
    }
    return n;
}

static void test_seed_decides(void)
{
    CHECK_INT("same seed, same fates", differences(7, 3, 7, 3), 0);
    CHECK("another seed", differences(7, 3, 8, 3) > DRAWS / 2);
    CHECK("another stream", differences(7, 3, 7, 4) > DRAWS / 2);
}

static void test_rates(void)
{
    struct lab_dice dice = lab_dice(1, 0);
    unsigned drops = 0, duplicates = 0, reorders = 0, corrupts = 0, cuts = 0, spoofs = 0;
    bool in_range = true;

    for (unsigned i = 0; i < DRAWS; i++) {
        struct lab_fate f = lab_impair_next(&everything, &dice, SIZE);

        drops += f.drop;
        duplicates += f.duplicate;
        reorders += f.reorder;
        corrupts += f.corrupt;
        cuts += f.keep < SIZE;
        spoofs += f.spoof;
        in_range = in_range && f.delay.ms >= 20 && f.delay.ms <= 30 && f.keep <= SIZE &&
                   (!f.corrupt || f.corrupt_bit < 8 * f.keep);
    }
    CHECK("bounds hold", in_range);
    CHECK("drop 10 %", drops > 1800 && drops < 2200);
    CHECK("duplicate 20 %", duplicates > 3700 && duplicates < 4300);
    CHECK("reorder 30 %", reorders > 5600 && reorders < 6400);
    CHECK("corrupt 25 %", corrupts > 4600 && corrupts < 5400);
    CHECK("truncate 15 %", cuts > 2700 && cuts < 3300);
    CHECK("spoof 5 %", spoofs > 850 && spoofs < 1150);
}

/* One rate raised leaves the other faults where they were. */
static void test_rates_are_independent(void)
{
    struct lab_impair more = everything;
    struct lab_dice a = lab_dice(5, 0), b = lab_dice(5, 0);
    unsigned moved = 0, lost = 0;

    more.duplicate_ppm = LAB_IMPAIR_ALWAYS;
    for (unsigned i = 0; i < DRAWS; i++) {
        struct lab_fate x = lab_impair_next(&everything, &a, SIZE);
        struct lab_fate y = lab_impair_next(&more, &b, SIZE);

        moved += x.drop != y.drop || x.corrupt_bit != y.corrupt_bit || x.keep != y.keep;
        lost += !y.duplicate;
    }
    CHECK_INT("others unmoved", moved, 0);
    CHECK_INT("always means always", lost, 0);
}

static void test_perfect_line(void)
{
    const struct lab_impair none = {0};
    struct lab_dice dice = lab_dice(1, 1);
    bool clean = true;

    for (unsigned i = 0; i < DRAWS; i++) {
        struct lab_fate f = lab_impair_next(&none, &dice, i % 3);

        clean = clean && !f.drop && !f.duplicate && !f.reorder && !f.corrupt && !f.spoof &&
                f.keep == i % 3 && f.delay.ms == 0;
    }
    CHECK("nothing happens", clean);
}

int main(void)
{
    test_settings();
    test_dice_values();
    test_seed_decides();
    test_rates();
    test_rates_are_independent();
    test_perfect_line();
    return check_end();
}
