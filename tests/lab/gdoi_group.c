/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a group: keys are born, replaced, told; members join. */
#include <string.h>

#include "gdoi_parts.h"

static const struct gv_time never = {INT64_MAX};

static void tek_make(struct lab_gdoi_group *g, struct gv_time now)
{
    server_random(&g->tek.spi, sizeof(g->tek.spi));
    g->tek.spi |= 0x1000; /* below 256 is reserved */
    g->tek.expiry = gv_time_add(now, g->policy.tek_life);
}

static void kek_make(struct lab_gdoi_group *g, struct gv_time now)
{
    struct kek *kek = &g->keks[0];

    *kek = (struct kek){.expiry = gv_time_add(now, g->policy.kek_life)};
    server_random(kek->spi, sizeof(kek->spi));
    server_random(kek->octets, sizeof(kek->octets));
}

/* All key servers that have this KEK have the same: its octets follow from its SPI. */
static void key_of_spi(struct kek *kek)
{
    const struct gdoi_chunk spi = {kek->spi, GDOI_SPI_SIZE};
    uint8_t value[GDOI_HASH_MOST];

    if (gdoi_hash(GDOI_SHA512, &spi, 1, value) == GV_OK)
        memcpy(kek->octets, value, sizeof(kek->octets));
}

static void take_fresh(struct lab_gdoi_group *g, const struct lab_gdoi_fresh *fresh)
{
    if (fresh == NULL)
        return;
    if (fresh->kek_spi != NULL) {
        memcpy(g->keks[0].spi, fresh->kek_spi, GDOI_SPI_SIZE);
        g->keks[0].expiry = fresh->kek_expiry;
        key_of_spi(&g->keks[0]);
    }
    if (fresh->tek_spi != NULL) {
        struct gv_reader r = gv_reader(fresh->tek_spi, 4);

        g->tek.spi = gv_reader_uint(&r, 4);
        g->tek.expiry = fresh->tek_expiry;
    }
}

void group_born(struct lab_gdoi_group *g, struct gv_time now)
{
    g->asked = false;
    g->member_count = 0;
    g->resends_left = 0;
    gv_buf_clear(&g->push);
    g->keks[1] = (struct kek){.sequence = 0};
    kek_make(g, now);
    tek_make(g, now);
}

void lab_gdoi_keys(struct lab_gdoi_group *group, const struct lab_gdoi_fresh *fresh,
                   struct gv_time now)
{
    if (fresh == NULL || fresh->kek_spi != NULL)
        kek_make(group, now);
    if (fresh == NULL || fresh->tek_spi != NULL)
        tek_make(group, now);
    take_fresh(group, fresh);
}

/* The new keys, then the push under the KEK that was in use before. */
static void change(struct lab_gdoi_group *g, unsigned what, unsigned deletes,
                   const struct lab_gdoi_fresh *fresh, struct gv_time now)
{
    struct say say = {.keys = what, .deletes = deletes, .under = &g->keks[0]};

    if (what & LAB_GDOI_KEK) {
        g->keks[1] = g->keks[0];
        say.under = &g->keks[1];
        kek_make(g, now);
    }
    if (what & LAB_GDOI_TEK)
        tek_make(g, now);
    take_fresh(g, fresh);
    if (g->policy.signer != NULL)
        push_send(g, &say, now);
    if (what & LAB_GDOI_KEK && g->policy.deviations & LAB_GDOI_SEQ_GOES_ON)
        g->keks[0].sequence = g->keks[1].sequence;
}

void lab_gdoi_rekey(struct lab_gdoi_group *group, unsigned what,
                    const struct lab_gdoi_fresh *fresh, struct gv_time now)
{
    change(group, what, 0, fresh, now);
}

void lab_gdoi_delete(struct lab_gdoi_group *group, unsigned what, bool replace,
                     struct gv_time now)
{
    change(group, replace ? what : 0, what, NULL, now);
    if (!replace)
        lab_gdoi_keys(group, NULL, now);
}

void lab_gdoi_repeat(struct lab_gdoi_group *group)
{
    push_again(group);
}

struct lab_gdoi_view lab_gdoi_view(const struct lab_gdoi_group *group)
{
    struct lab_gdoi_view view = {.kek_expiry = group->keks[0].expiry,
                                 .tek_spi = group->tek.spi,
                                 .tek_expiry = group->tek.expiry,
                                 .sequence = group->keks[0].sequence,
                                 .members = group->member_count};

    memcpy(view.kek_spi, group->keks[0].spi, sizeof(view.kek_spi));
    return view;
}

/* ---- members ---- */

struct lab_gdoi_group *group_find(struct lab_gdoi *s, const struct gdoi_identity *id)
{
    for (size_t i = 0; i < s->group_count; i++) {
        const struct gdoi_identity *own = &s->groups[i]->policy.group;

        if (own->type == id->type && own->n == id->n &&
            memcmp(own->octets, id->octets, id->n) == 0)
            return s->groups[i];
    }
    return NULL;
}

void group_asked(struct lab_gdoi_group *g, struct gv_time now)
{
    if (!g->asked && g->policy.deviations & LAB_GDOI_BORN_LATE)
        group_born(g, now);
    g->asked = true;
}

static bool same_place(const struct gdoi_endpoint *a, const struct gdoi_endpoint *b)
{
    return a->size == b->size && a->port == b->port &&
           memcmp(a->address, b->address, a->size) == 0;
}

/* A member that registers again keeps its place. */
void group_join(struct lab_gdoi_group *g, const struct phase *p)
{
    struct member fresh = {.at = p->peer, .marked = p->marked, .acked = g->push_sequence};

    for (size_t i = 0; i < g->member_count; i++)
        if (same_place(&g->members[i].at, &p->peer)) {
            g->members[i] = fresh;
            return;
        }
    if (g->member_count < LAB_GDOI_MEMBERS_MOST)
        g->members[g->member_count++] = fresh;
}

/* ---- time ---- */

static bool has_timers(const struct lab_gdoi_group *g)
{
    return g->policy.timers && (g->asked || !(g->policy.deviations & LAB_GDOI_BORN_LATE));
}

/* Old: at expiry. New: by the formula (Cisco note 116737). */
static struct gv_time kek_due(const struct lab_gdoi_group *g)
{
    const struct lab_gdoi_policy *p = &g->policy;
    int64_t lead = p->lead_base.ms + p->retransmits * p->interval.ms;

    if (!has_timers(g) || p->signer == NULL)
        return never;
    if (p->old)
        return g->keks[0].expiry;
    if (p->rekey_to.size == 0)
        lead += p->lead_step.ms * (1 + (int64_t)g->member_count / 50);
    /* A lead beyond the lifetime is due at once, but a KEK lives a second. */
    if (lead > p->kek_life.ms - 1000)
        lead = p->kek_life.ms - 1000;
    return gv_time_sub(g->keks[0].expiry, (struct gv_dur){lead});
}

static struct gv_time tek_due(const struct lab_gdoi_group *g)
{
    return has_timers(g) ? gv_time_sub(g->tek.expiry, g->policy.tek_lead) : never;
}

struct gv_time group_expiry(const struct lab_gdoi_group *g)
{
    struct gv_time first = kek_due(g), tek = tek_due(g);

    if (gv_time_before(tek, first))
        first = tek;
    if (g->resends_left > 0 && gv_time_before(g->resend_at, first))
        first = g->resend_at;
    return first;
}

void group_expire(struct lab_gdoi_group *g, struct gv_time now)
{
    bool tek = !gv_time_before(now, tek_due(g)), kek = !gv_time_before(now, kek_due(g));

    if (g->resends_left > 0 && !gv_time_before(now, g->resend_at))
        push_resend(g, now);
    if (tek && !gv_time_before(gv_time_add(now, g->policy.merge), kek_due(g)))
        kek = true;
    if (tek || kek)
        change(g, (tek ? LAB_GDOI_TEK : 0u) | (kek ? LAB_GDOI_KEK : 0u), 0, NULL, now);
}
