/* SPDX-License-Identifier: Apache-2.0 */
/* What a client knows of its group: KEKs and TEKs, and when they end. */
#include <string.h>

#include "gdoi/client_part.h"

enum {
    KEPT_AFTER_EXPIRY_S = 30, /* a KEK, so that a rekey at expiry is still verified */
    TEK_LIFE_S = 28800,       /* where none is told: RFC 2407, 4.5 */
    ROUNDING_S = 2            /* of lifetimes on the wire, and of the way here */
};

void client_group_deviates(struct gdoi_client *c, const struct gdoi_sa *sa,
                           const struct gdoi_kd *kd, const struct gdoi_kek *kek)
{
    c->deviations |= gdoi_sa_deviations(sa) | gdoi_kd_deviations(sa, kd);
    if (kek == NULL)
        return;
    c->deviations |= gdoi_deviates(kek->octets == NULL, GDOI_KEK_UNUSABLE) |
                     gdoi_deviates(kek->verifier != NULL && kd->sig_key != NULL &&
                                       !gdoi_verifier_is_info(kek->verifier),
                                   GDOI_KEY_FORM);
}

/* A KEK that is told again with more than it can have left: its lifetime is told in full
 * always (notes on the protocol, 12.2). */
static void told_again(struct gdoi_client *c, const struct gdoi_kek_life *known,
                       const struct gdoi_sak *sak, struct gv_time now)
{
    struct gv_time latest = gv_time_add(known->expiry, gv_secs(ROUNDING_S));
    bool full = sak->lifetime_s > 0 && known->sak.lifetime_s > 0 &&
                gv_time_before(latest, gv_time_add(now, gv_secs(sak->lifetime_s)));

    c->deviations |= gdoi_deviates(full, GDOI_LIFE_FULL);
}

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
    uint32_t life_s = sak->lifetime_s > 0 ? sak->lifetime_s : GDOI_LIFE_MOST_S;

    return (struct gdoi_kek_life){.kek = *kek,
                                  .sak = *sak,
                                  .since = now,
                                  .expiry = gv_time_add(now, gv_secs(life_s)),
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
    uint32_t life_s = sat->lifetime_s > 0 ? sat->lifetime_s : TEK_LIFE_S;

    if (tek_find(group, sat->spi) != NULL)
        return;
    if (group->tek_count == GDOI_TEKS_MOST) {
        group->tek_count--;
        memmove(&group->teks[0], &group->teks[1], group->tek_count * sizeof(group->teks[0]));
    }
    group->teks[group->tek_count++] =
        (struct gdoi_tek_life){sat->spi, *sat, gv_time_add(now, gv_secs(life_s))};
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
    event->life_unsure = policy->sak.life_in_place || policy->sak.lifetime_s == 0;
    if (known != NULL) { /* the same one: its expiry and sequence stay (11.4; 6407, 3.3) */
        told_again(c, known, &policy->sak, now);
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

bool client_group_brings(struct gdoi_client *c, const struct gdoi_push *push)
{
    return push->has_sa && push->sa.has_sak && push->has_kd &&
           (push->kd.has_kek || push->kd.lkh_count > 0) &&
           client_group_find(c, push->sa.sak.spi) == NULL;
}

/* The KEK that a push brings, if any: made while the one that it follows is still there. */
static bool make_kek(struct gdoi_client *c, const struct gdoi_kek_life *life,
                     const struct gdoi_push *push, struct gdoi_kek *out)
{
    if (!client_group_brings(c, push))
        return false;
    if (gdoi_kek_make(&push->sa.sak, &push->kd, &life->kek, out) == GV_OK)
        return true;
    c->counts.malformed++;
    return false;
}

static void take_kek(struct gdoi_client *c, const struct gdoi_sak *sak,
                     const struct gdoi_kek *kek, struct gv_time now, struct gdoi_event *event)
{
    struct gdoi_kek_life fresh = kek_life(sak, kek, true, now);

    fresh.before = event->sequence;
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

/* In what a push with a valid signature deviates; `kek` is what it brings, or NULL. */
static void note_deviations(struct gdoi_client *c, const struct gdoi_kek_life *life,
                            const struct gdoi_push *push, const struct gdoi_kek *kek,
                            struct gv_time now)
{
    const struct gdoi_kek_life *again =
        push->sa.has_sak ? client_group_find(c, push->sa.sak.spi) : NULL;

    if (push->has_sa)
        client_group_deviates(c, &push->sa, &push->kd, kek);
    if (again != NULL)
        told_again(c, again, &push->sa.sak, now);
    c->deviations |=
        gdoi_deviates(again != NULL, GDOI_KEK_REPEATED) |
        gdoi_deviates(kek != NULL && push->kd.sig_key == NULL, GDOI_KEY_UNTOLD) |
        gdoi_deviates(kek != NULL && push->sa.sat_count == 0, GDOI_KEK_ALONE) |
        gdoi_deviates(push->odd_padding, GDOI_ODD_PADDING) |
        gdoi_deviates(push->short_length, GDOI_LENGTH_SHORT) |
        gdoi_deviates(life->before > 0 && life->before + 1 == push->sequence, GDOI_SEQ_GOES_ON);
}

/* Deletes come first: a change of policy takes the old keys away and brings others. */
void client_group_pushed(struct gdoi_client *c, struct gdoi_kek_life *life,
                         const struct gdoi_push *push, struct gv_time now,
                         struct gdoi_event *event)
{
    struct gdoi_kek kek;
    bool brings = make_kek(c, life, push, &kek);

    note_deviations(c, life, push, brings ? &kek : NULL, now);
    life->followed |= brings;
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
