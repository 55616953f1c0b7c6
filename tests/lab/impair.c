/* SPDX-License-Identifier: Apache-2.0 */
#include "impair.h"

#include <stddef.h>

enum setting_kind { RATE, NUMBER };

static const struct setting {
    const char *key;
    enum setting_kind kind;
    size_t offset;
} settings[] = {
    {"drop", RATE, offsetof(struct lab_impair, drop_ppm)},
    {"duplicate", RATE, offsetof(struct lab_impair, duplicate_ppm)},
    {"reorder", RATE, offsetof(struct lab_impair, reorder_ppm)},
    {"corrupt", RATE, offsetof(struct lab_impair, corrupt_ppm)},
    {"truncate", RATE, offsetof(struct lab_impair, truncate_ppm)},
    {"spoof", RATE, offsetof(struct lab_impair, spoof_ppm)},
    {"delay", NUMBER, offsetof(struct lab_impair, delay_ms)},
    {"jitter", NUMBER, offsetof(struct lab_impair, jitter_ms)},
    {"drip", NUMBER, offsetof(struct lab_impair, drip_ms)},
    {"cut", NUMBER, offsetof(struct lab_impair, cut_octets)},
};

/* "0.25" to 250000; at most six decimals, at most 1. */
static bool rate_read(struct gv_text t, uint32_t *ppm)
{
    size_t dot = gv_text_index(t, '.');
    struct gv_text decimals = gv_text_from(t, dot + 1);
    uint32_t whole, part = 0;

    if (!gv_text_u32(gv_text_head(t, dot), &whole) || whole > 1 || decimals.n > 6)
        return false;
    if (dot < t.n && !gv_text_u32(decimals, &part))
        return false;
    for (size_t n = decimals.n; n < 6; n++)
        part *= 10;
    if (whole == 1 && part != 0)
        return false;
    *ppm = whole * LAB_IMPAIR_ALWAYS + part;
    return true;
}

enum gv_err lab_impair_read(struct gv_text key, struct gv_text value, struct lab_impair *out)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        uint32_t *field = (uint32_t *)(void *)((char *)out + settings[i].offset);

        if (!gv_text_is(key, settings[i].key))
            continue;
        if (settings[i].kind == RATE)
            return rate_read(value, field) ? GV_OK : GV_ERR_RANGE;
        return gv_text_u32(value, field) ? GV_OK : GV_ERR_RANGE;
    }
    return GV_ERR_NOT_FOUND;
}

/* SplitMix64: a counter through a mixing function, so any start state is good. */
uint64_t lab_dice_next(struct lab_dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

struct lab_dice lab_dice(uint64_t seed, uint64_t stream)
{
    struct lab_dice dice = {seed};
    uint64_t mixed = lab_dice_next(&dice);

    dice.state = mixed ^ stream;
    dice.state = lab_dice_next(&dice);
    return dice;
}

static uint64_t below(struct lab_dice *dice, uint64_t limit)
{
    uint64_t draw = lab_dice_next(dice);

    return limit == 0 ? 0 : draw % limit;
}

static bool happens(struct lab_dice *dice, uint32_t ppm)
{
    return below(dice, LAB_IMPAIR_ALWAYS) < ppm;
}

static struct gv_dur delay_draw(const struct lab_impair *impair, struct lab_dice *dice)
{
    uint64_t jitter_ms = below(dice, (uint64_t)impair->jitter_ms + 1);

    return (struct gv_dur){(int64_t)impair->delay_ms + (int64_t)jitter_ms};
}

struct lab_fate lab_impair_next(const struct lab_impair *impair, struct lab_dice *dice,
                                size_t n)
{
    struct lab_fate fate = {.keep = n};
    bool truncate;
    size_t kept;

    fate.drop = happens(dice, impair->drop_ppm);
    fate.duplicate = happens(dice, impair->duplicate_ppm);
    fate.reorder = happens(dice, impair->reorder_ppm);
    fate.spoof = happens(dice, impair->spoof_ppm);
    fate.spoof_address = below(dice, 2) == 1;
    truncate = happens(dice, impair->truncate_ppm);
    kept = below(dice, n);
    if (truncate)
        fate.keep = kept;
    fate.corrupt = happens(dice, impair->corrupt_ppm) && fate.keep > 0;
    fate.corrupt_bit = below(dice, 8 * (uint64_t)fate.keep);
    fate.delay = delay_draw(impair, dice);
    fate.second_delay = delay_draw(impair, dice);
    return fate;
}
