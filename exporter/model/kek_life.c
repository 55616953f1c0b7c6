/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kek_life.h"

#include <string.h>

#include "model/kek_timing.h"

/* How far two devices' ideas of one KEK's end may be apart: whole seconds at
 * both, a slow answer, and the way of a registration. Two KEKs of one group end
 * further apart than this. */
enum { SAME_END_S = 10 };

/* What display rounding covers. */
enum { SLOW_MS = 2000 };

struct gv_kek_life gv_kek_life_of(const struct gv_kek_obs *kek)
{
    struct gv_kek_life life = {
        .known = true,
        .has_spi = (kek->has & GV_KEK_HAS_SPI) != 0,
        .has_index = (kek->has & GV_KEK_HAS_INDEX) != 0,
        .has_lifetime = (kek->has & GV_KEK_HAS_LIFETIME) != 0,
        .has_remaining = (kek->has & GV_KEK_HAS_REMAINING) != 0,
        .index = kek->index,
        .lifetime_s = kek->lifetime_s,
        .remaining_s = kek->remaining_s,
        .aged = kek->aged,
        .waited = kek->waited,
        .first_seen = kek->seen_at,
        .last_seen = kek->seen_at,
        .spi_seen = kek->seen_at,
    };

    memcpy(life.spi, kek->spi, sizeof(life.spi));
    life.expiry.known = gv_kek_expiry(kek, &life.expiry.at);
    life.birth.known = gv_kek_birth(kek, &life.birth.at);
    if (life.has_remaining && !life.expiry.known)
        life.ended_by = gv_when(kek->seen_at);
    return life;
}

/* A slow answer makes a KEK end later than it does: what a quick one told stays. */
static bool looser(const struct gv_kek_life *fresh, const struct gv_kek_life *old)
{
    int64_t later_ms;

    if (!fresh->expiry.known || !old->expiry.known || fresh->waited.ms <= SLOW_MS ||
        fresh->waited.ms <= old->waited.ms)
        return false;
    later_ms = gv_time_diff(fresh->expiry.at, old->expiry.at).ms;
    return later_ms >= -SLOW_MS && later_ms <= fresh->waited.ms + SLOW_MS;
}

void gv_kek_life_see_again(struct gv_kek_life *life, const struct gv_kek_life *fresh)
{
    struct gv_kek_life old = *life;

    *life = *fresh;
    life->first_seen = old.first_seen;
    if (old.has_spi)
        life->spi_seen = old.spi_seen;
    if (!life->has_spi && old.has_spi) {
        life->has_spi = true;
        memcpy(life->spi, old.spi, sizeof(life->spi));
    }
    if (!life->has_index && old.has_index) {
        life->has_index = true;
        life->index = old.index;
    }
    if (!life->has_lifetime && old.has_lifetime) {
        life->has_lifetime = true;
        life->lifetime_s = old.lifetime_s;
    }
    if (looser(fresh, &old)) {
        life->expiry = old.expiry;
        life->birth = old.birth.known ? old.birth : fresh->birth;
        life->waited = old.waited;
    }
    if (!life->expiry.known)
        life->expiry = old.expiry;
    if (!life->birth.known)
        life->birth = old.birth;
    if (old.ended_by.known)
        life->ended_by = old.ended_by;
}

bool gv_kek_ends_together(struct gv_time a, struct gv_time b)
{
    int64_t apart = gv_time_diff(a, b).ms;

    return apart <= gv_secs(SAME_END_S).ms && apart >= -gv_secs(SAME_END_S).ms;
}

struct gv_time gv_kek_life_since(const struct gv_kek_life *life)
{
    return life->birth.known ? life->birth.at : life->first_seen;
}

enum gv_tri gv_kek_same(const struct gv_kek_life *a, const struct gv_kek_life *b)
{
    const struct gv_kek_life *later;
    struct gv_dur apart;

    if (a->has_spi && b->has_spi)
        return memcmp(a->spi, b->spi, sizeof(a->spi)) == 0 ? GV_YES : GV_NO;
    if (!a->expiry.known || !b->expiry.known)
        return GV_UNKNOWN;
    if (gv_kek_ends_together(a->expiry.at, b->expiry.at))
        return GV_YES;
    /* The one that seems to end later does not, if its answer was that slow. */
    later = gv_time_before(a->expiry.at, b->expiry.at) ? b : a;
    apart = gv_time_diff(later->expiry.at, later == a ? b->expiry.at : a->expiry.at);
    return apart.ms <= later->waited.ms + gv_secs(SAME_END_S).ms ? GV_UNKNOWN : GV_NO;
}
