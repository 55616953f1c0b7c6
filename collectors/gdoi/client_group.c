/* SPDX-License-Identifier: Apache-2.0 */
/* What a client knows of its group: KEKs and TEKs, and when they end. */
#include <string.h>

#include "gdoi/client_part.h"

enum { KEPT_AFTER_EXPIRY_S = 30 /* a KEK, so that a rekey at expiry is still verified */ };

static void kek_drop(struct gdoi_group_state *group, size_t i)
{
    gdoi_kek_clear(&group->keks[i].kek);
    group->kek_count--;
    memmove(&group->keks[i], &group->keks[i + 1],
            (group->kek_count - i) * sizeof(group->keks[0]));
    group->keks[group->kek_count] = (struct gdoi_kek_life){.by_rekey = false};
}

/* Make it the current one; the oldest gives way. */
static void kek_push(struct gdoi_group_state *group, const struct gdoi_kek_life *life)
{
    if (group->kek_count == GDOI_KEKS_MOST)
        kek_drop(group, GDOI_KEKS_MOST - 1);
    memmove(&group->keks[1], &group->keks[0], group->kek_count * sizeof(group->keks[0]));
    group->keks[0] = *life;
    group->kek_count++;
}

struct gdoi_kek_life *client_group_find(struct gdoi_client *c, const uint8_t spi[GDOI_SPI_SIZE])
{
    for (size_t i = 0; i < c->group.kek_count; i++)
        if (memcmp(c->group.keks[i].kek.spi, spi, GDOI_SPI_SIZE) == 0)
            return &c->group.keks[i];
    return NULL;
}

static struct gdoi_kek_life kek_life(const struct gdoi_sak *sak, const struct gdoi_kek *kek,
                                     bool by_rekey, struct gv_time now)
{
    return (struct gdoi_kek_life){.kek = *kek,
                                  .sak = *sak,
                                  .since = now,
                                  .expiry = gv_time_add(now, gv_secs(sak->lifetime_s)),
                                  .by_rekey = by_rekey};
}

/* ---- TEKs ---- */

static struct gdoi_tek_life *tek_find(struct gdoi_group_state *group, uint32_t spi)
{
    for (size_t i = 0; i < group->tek_count; i++)
        if (group->teks[i].spi == spi)
            return &group->teks[i];
    return NULL;
}

/* A TEK that is told again keeps the expiry that we know. */
static void tek_add(struct gdoi_group_state *group, const struct gdoi_sat *sat,
                    struct gv_time now)
{
    if (tek_find(group, sat->spi) != NULL)
        return;
    if (group->tek_count == GDOI_TEKS_MOST) {
        group->tek_count--;
        memmove(&group->teks[0], &group->teks[1], group->tek_count * sizeof(group->teks[0]));
    }
    group->teks[group->tek_count++] =
        (struct gdoi_tek_life){sat->spi, *sat, gv_time_add(now, gv_secs(sat->lifetime_s))};
}

static void tek_drop(struct gdoi_group_state *group, size_t i)
{
    group->tek_count--;
    memmove(&group->teks[i], &group->teks[i + 1],
            (group->tek_count - i) * sizeof(group->teks[0]));
}

static void teks_add(struct gdoi_group_state *group, const struct gdoi_sa *policy,
                     struct gv_time now)
{
    for (size_t i = 0; i < policy->tek_count; i++)
        tek_add(group, &policy->teks[i], now);
}

/* ---- registrations ---- */

void client_group_registered(struct gdoi_client *c, const struct gdoi_sa *policy,
                             struct gdoi_kek *kek, uint32_t sequence, struct gv_time now,
                             struct gdoi_event *event)
{
    struct gdoi_group_state *group = &c->group;
    struct gdoi_kek_life *known = kek != NULL ? client_group_find(c, kek->spi) : NULL;

    event->had_kek = group->kek_count > 0;
    if (event->had_kek)
        event->previous_left = gv_time_diff(group->keks[0].expiry, now);
    group->tek_count = 0;
    teks_add(group, policy, now);
    if (kek == NULL)
        return;
    event->life_unsure = policy->sak.life_in_place;
    if (known != NULL) { /* the same one: its expiry and sequence stay (11.4; 6407, 3.3) */
        gdoi_kek_clear(kek);
        if (sequence > known->sequence)
            known->sequence = sequence;
        return;
    }
    event->other_kek = event->had_kek;
    kek_push(group, &(struct gdoi_kek_life){.by_rekey = false});
    group->keks[0] = kek_life(&policy->sak, kek, false, now);
    group->keks[0].sequence = sequence;
}

/* ---- rekeys ---- */

/* The KEK that a push brings, if any: made while the one that it follows is still there. */
static bool make_kek(struct gdoi_client *c, const struct gdoi_kek_life *life,
                     const struct gdoi_push *push, struct gdoi_kek *out)
{
    if (!push->has_sa || !push->sa.has_sak || !push->has_kd || !push->kd.has_kek ||
        client_group_find(c, push->sa.sak.spi) != NULL)
        return false; /* a TEK rekey may repeat the KEK (12.7) */
    if (gdoi_kek_make(&push->sa.sak, &push->kd, &life->kek, out) == GV_OK)
        return true;
    c->counts.malformed++;
    return false;
}

static void take_kek(struct gdoi_client *c, const struct gdoi_sak *sak,
                     const struct gdoi_kek *kek, struct gv_time now, struct gdoi_event *event)
{
    struct gdoi_kek_life fresh = kek_life(sak, kek, true, now);

    event->brings_kek = true;
    memcpy(event->new_kek_spi, sak->spi, GDOI_SPI_SIZE);
    kek_push(&c->group, &fresh);
}

static bool names(const struct gdoi_delete *d, const uint8_t *spi)
{
    struct gv_reader spis = d->spis;

    while (!d->all && spis.left >= d->spi_size)
        if (memcmp(gv_reader_take(&spis, d->spi_size), spi, d->spi_size) == 0)
            return true;
    return d->all;
}

static void obey(struct gdoi_group_state *group, const struct gdoi_delete *d)
{
    enum { PROTOCOL_KEK = 0 };

    for (size_t i = group->kek_count; d->protocol == PROTOCOL_KEK && i > 0; i--)
        if (names(d, group->keks[i - 1].kek.spi))
            kek_drop(group, i - 1);
    for (size_t i = group->tek_count; d->protocol != PROTOCOL_KEK && i > 0; i--) {
        uint32_t n = group->teks[i - 1].spi;
        const uint8_t spi[] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
                               (uint8_t)n};

        if (d->protocol == group->teks[i - 1].sat.protocol && names(d, spi))
            tek_drop(group, i - 1);
    }
}

/* Deletes come first: a change of policy takes the old keys away and brings others. */
void client_group_pushed(struct gdoi_client *c, const struct gdoi_kek_life *life,
                         const struct gdoi_push *push, struct gv_time now,
                         struct gdoi_event *event)
{
    struct gdoi_kek kek;
    bool brings = make_kek(c, life, push, &kek);

    for (size_t i = 0; i < push->delete_count; i++)
        obey(&c->group, &push->deletes[i]);
    if (!push->has_sa && push->delete_count > 0)
        event->kind = GDOI_DELETED;
    if (push->has_sa)
        teks_add(&c->group, &push->sa, now);
    if (brings)
        take_kek(c, &push->sa.sak, &kek, now, event);
}

/* ---- time ---- */

static struct gv_time kek_end(const struct gdoi_kek_life *life)
{
    return gv_time_add(life->expiry, gv_secs(KEPT_AFTER_EXPIRY_S));
}

void client_group_expire(struct gdoi_client *c, struct gv_time now)
{
    struct gdoi_group_state *group = &c->group;

    for (size_t i = group->kek_count; i > 0; i--)
        if (!gv_time_before(now, kek_end(&group->keks[i - 1])))
            kek_drop(group, i - 1);
    for (size_t i = group->tek_count; i > 0; i--)
        if (!gv_time_before(now, group->teks[i - 1].expiry))
            tek_drop(group, i - 1);
}

struct gv_time client_group_expiry(const struct gdoi_client *c)
{
    struct gv_time first = {INT64_MAX};

    for (size_t i = 0; i < c->group.kek_count; i++)
        if (gv_time_before(kek_end(&c->group.keks[i]), first))
            first = kek_end(&c->group.keks[i]);
    for (size_t i = 0; i < c->group.tek_count; i++)
        if (gv_time_before(c->group.teks[i].expiry, first))
            first = c->group.teks[i].expiry;
    return first;
}

void client_group_clear(struct gdoi_client *c)
{
    while (c->group.kek_count > 0)
        kek_drop(&c->group, c->group.kek_count - 1);
    c->group.tek_count = 0;
}
