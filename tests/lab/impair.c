/* SPDX-License-Identifier: Apache-2.0 */
#include "impair.h"

#include <stddef.h>

enum setting_kind { RATE, NUMBER };

static const struct setting {
    const char *key;
    enum setting_kind kind;
    size_t offset;
} settings[] = {
    {"drop", RATE, offsetof(struct gv_impair, drop_ppm)},
    {"duplicate", RATE, offsetof(struct gv_impair, duplicate_ppm)},
    {"reorder", RATE, offsetof(struct gv_impair, reorder_ppm)},
    {"corrupt", RATE, offsetof(struct gv_impair, corrupt_ppm)},
    {"truncate", RATE, offsetof(struct gv_impair, truncate_ppm)},
    {"spoof", RATE, offsetof(struct gv_impair, spoof_ppm)},
    {"delay", NUMBER, offsetof(struct gv_impair, delay_ms)},
    {"jitter", NUMBER, offsetof(struct gv_impair, jitter_ms)},
    {"drip", NUMBER, offsetof(struct gv_impair, drip_ms)},
    {"cut", NUMBER, offsetof(struct gv_impair, cut_octets)},
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
    *ppm = whole * GV_IMPAIR_ALWAYS + part;
    return true;
}

enum gv_err gv_impair_read(struct gv_text key, struct gv_text value, struct gv_impair *out)
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
uint64_t gv_dice_next(struct gv_dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

struct gv_dice gv_dice(uint64_t seed, uint64_t stream)
{
    struct gv_dice dice = {seed};
    uint64_t mixed = gv_dice_next(&dice);

    dice.state = mixed ^ stream;
    dice.state = gv_dice_next(&dice);
    return dice;
}

static uint64_t below(struct gv_dice *dice, uint64_t limit)
{
    uint64_t draw = gv_dice_next(dice);

    return limit == 0 ? 0 : draw % limit;
}

static bool happens(struct gv_dice *dice, uint32_t ppm)
{
    return below(dice, GV_IMPAIR_ALWAYS) < ppm;
}

static struct gv_dur delay_draw(const struct gv_impair *impair, struct gv_dice *dice)
{
    uint64_t jitter_ms = below(dice, (uint64_t)impair->jitter_ms + 1);

    return (struct gv_dur){(int64_t)impair->delay_ms + (int64_t)jitter_ms};
}

struct gv_fate gv_impair_next(const struct gv_impair *impair, struct gv_dice *dice, size_t n)
{
    struct gv_fate fate = {.keep = n};
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
