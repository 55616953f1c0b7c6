/* SPDX-License-Identifier: Apache-2.0 */
#include "truth.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"

/* Rounding of what devices show, on both ends. */
enum { TOLERANCE_S = 7, ROUNDING_S = 3, GUARANTEE_S = 200, MISSED_AFTER_S = 25 };

static const struct gv_time never_yet = {INT64_MIN / 2};

bool truth_open(struct truth *truth, const struct lab_fleet *fleet)
{
    size_t servers = 0, members = 0;

    for (size_t i = 0; i < fleet->device_count; i++) {
        servers += fleet->devices[i].server_count;
        members += fleet->devices[i].member_count;
    }
    *truth = (struct truth){.fleet = fleet};
    truth->servers = calloc(servers + 1, sizeof(*truth->servers));
    truth->members = calloc(members + 1, sizeof(*truth->members));
    truth->groups = calloc(fleet->group_count + 1, sizeof(*truth->groups));
    if (truth->servers == NULL || truth->members == NULL || truth->groups == NULL)
        return false;
    for (size_t i = 0; i < fleet->device_count; i++) {
        const struct lab_device *d = &fleet->devices[i];

        for (size_t k = 0; k < d->server_count; k++)
            truth->servers[truth->server_count++] =
                (struct truth_ks){.ks = &d->servers[k],
                                  .boots = d->boots,
                                  .behaviour = d->behaviour,
                                  .behaviour_before = d->behaviour,
                                  .behaviour_since = never_yet};
        for (size_t k = 0; k < d->member_count; k++)
            truth->members[truth->member_count++] =
                (struct truth_gm){.gm = &d->members[k],
                                  .boots = d->boots,
                                  .astray = never_yet,
                                  .unhelped = never_yet,
                                  .behaviour = d->behaviour,
                                  .behaviour_before = d->behaviour,
                                  .behaviour_since = never_yet,
                                  .registrations = d->members[k].registrations_succeeded};
    }
    for (size_t i = 0; i < fleet->group_count; i++)
        truth->groups[truth->group_count++] =
            (struct truth_group){&fleet->groups[i], never_yet, never_yet, never_yet};
    truth_look(truth);
    return true;
}

void truth_close(struct truth *truth)
{
    free(truth->servers);
    free(truth->members);
    free(truth->groups);
    *truth = (struct truth){0};
}

/* --- key servers --- */

/* The index of the verdict on a rekey with that lead. */
static unsigned verdict_of(int64_t lead_s, int64_t formula_s)
{
    if (lead_s <= TOLERANCE_S && lead_s < formula_s - TOLERANCE_S)
        return 4;
    if (lead_s > formula_s + TOLERANCE_S)
        return 0;
    if (lead_s >= formula_s - TOLERANCE_S)
        return 1;
    return lead_s >= GUARANTEE_S - TOLERANCE_S ? 2 : 3;
}

static void note_rekey(struct truth_ks *t, struct gv_time now)
{
    const struct lab_ks *ks = t->ks;
    int64_t lead_ms = gv_time_diff(t->expiry, now).ms;
    int64_t formula_s = lab_kek_lead_s(ks->group, ks->member_count);
    unsigned set = 0;

    for (int64_t off = -ROUNDING_S; off <= ROUNDING_S; off++)
        set |= 1u << verdict_of(lead_ms / 1000 + off, formula_s);
    /* A lead that the lifetime cannot hold: the formula is not to be met. */
    if (formula_s >= ks->group->kek_lifetime_s - 30)
        set |= TRUTH_EARLY | TRUTH_ON_TIME | TRUTH_LATE;
    /* Settings changed, and moved the instant when it was due. */
    if (lead_ms / 1000 >= t->least_s - TOLERANCE_S && lead_ms / 1000 <= t->most_s + TOLERANCE_S)
        set |= TRUTH_ON_TIME;
    for (unsigned v = 0; v < TRUTH_VERDICTS; v++)
        t->verdicts[v] += set >> v & 1;
    t->rekeys++;
    t->lead_ms = lead_ms;
    t->rekeyed_at = now;
}

static void note_formula(struct truth_ks *t, bool anew)
{
    int64_t formula_s = lab_kek_lead_s(t->ks->group, t->ks->member_count);

    if (anew || formula_s < t->least_s)
        t->least_s = formula_s;
    if (anew || formula_s > t->most_s)
        t->most_s = formula_s;
}

static void look_ks(struct truth_ks *t, struct gv_time now)
{
    const struct lab_ks *ks = t->ks;
    const struct lab_kek *kek = lab_ks_newest_kek(ks), *used = lab_ks_kek(ks);
    bool booted = ks->device->boots != t->boots;
    bool changed =
        kek != NULL && (!t->has_kek || memcmp(kek->spi, t->spi, sizeof(t->spi)) != 0);

    if (ks->device->down)
        return;
    if (t->behaviour != ks->device->behaviour) {
        t->behaviour_before = t->behaviour;
        t->behaviour = ks->device->behaviour;
        t->behaviour_since = now;
    }
    note_formula(t, !t->has_kek);
    if (changed && t->has_kek && !booted && ks->role == LAB_PRIMARY &&
        gv_time_diff(now, kek->born).ms < 1000)
        note_rekey(t, now);
    t->boots = ks->device->boots;
    t->has_kek = kek != NULL;
    if (kek == NULL)
        return;
    if (used == NULL)
        used = kek;
    if (changed || gv_time_diff(kek->expiry, t->expiry).ms != 0 ||
        gv_time_diff(used->expiry, t->in_use_expiry).ms != 0)
        t->changed_at = now;
    t->in_use_expiry = used->expiry;
    if (changed) {
        t->expired = false;
        note_formula(t, true);
    }
    memcpy(t->spi, kek->spi, sizeof(t->spi));
    t->expiry = kek->expiry;
    if (!t->expired && ks->role == LAB_PRIMARY &&
        gv_time_diff(now, kek->expiry).ms > gv_secs(MISSED_AFTER_S).ms) {
        t->expired = true;
        t->missed++;
    }
}

/* --- members --- */

static bool holds(const struct lab_ks *ks, const uint8_t *spi)
{
    for (size_t i = 0; i < ks->kek_count; i++)
        if (ks->keks[i].status != LAB_KEK_OLD &&
            memcmp(ks->keks[i].spi, spi, LAB_KEK_SPI_LEN) == 0)
            return true;
    return false;
}

static bool in_step(const struct lab_gm *gm)
{
    for (size_t i = 0; gm->has_kek && i < gm->group->server_count; i++) {
        const struct lab_ks *ks = gm->group->servers[i];

        if (holds(ks, gm->kek.spi) && !gm->kek_expired)
            return true;
    }
    return false;
}

/* After the first of a pair, and about when the KEK expires. */
static bool second_due(const struct truth_gm *t, struct gv_time now)
{
    int64_t left_ms = gv_time_diff(t->expiry, now).ms;

    return t->first_done && left_ms <= 1000 && left_ms >= -100000;
}

/* rekey-behaviour, chapter 2, items 2 and 3: the same KEK at a registration in the last 190 s,
 * and another one at the next, within 80 s of the expiry. */
static void note_registration(struct truth_gm *t, struct gv_time now)
{
    const struct lab_gm *gm = t->gm;
    bool same = t->had_kek && memcmp(gm->kek.spi, t->spi, sizeof(t->spi)) == 0;
    int64_t left_ms = gv_time_diff(t->expiry, now).ms;

    if (same && left_ms <= 191000 && left_ms >= 0) {
        t->first_done = true;
    } else if (!same && second_due(t, now)) {
        t->doubles++;
        t->first_done = false;
    } else if (!same) {
        t->first_done = false;
    }
}

static void look_gm(struct truth_gm *t, struct gv_time now)
{
    const struct lab_gm *gm = t->gm;

    if (gm->device->down || !in_step(gm))
        t->astray = now;
    if (gm->device->down || gm->registered_with == NULL || gm->dark_since.ms != LAB_NEVER.ms ||
        !gm->has_kek)
        t->unhelped = now;
    if (gm->device->down)
        return;
    if (gm->device->boots != t->boots || gm->registrations_succeeded < t->registrations) {
        t->boots = gm->device->boots;
        t->first_done = false; /* but with the same KEK again it may begin a pair */
        t->registrations = 0;
    }
    if (t->behaviour != gm->device->behaviour) {
        t->behaviour_before = t->behaviour;
        t->behaviour = gm->device->behaviour;
        t->behaviour_since = now;
    }
    if (gm->registrations_succeeded != t->registrations) {
        note_registration(t, now);
    } else if (gm->registrations_attempted > t->attempts && second_due(t, now)) {
        t->doubles++; /* the second of a pair, although nobody answered it */
        t->first_done = false;
    }
    t->registrations = gm->registrations_succeeded;
    t->attempts = gm->registrations_attempted;
    /* It deletes its KEK at expiry; what it was stays known until it has another. */
    if (!gm->has_kek)
        return;
    if (memcmp(t->spi, gm->kek.spi, sizeof(t->spi)) != 0 ||
        gv_time_diff(gm->kek.expiry, t->expiry).ms != 0)
        t->changed_at = now;
    if (memcmp(t->spi, gm->kek.spi, sizeof(t->spi)) != 0)
        t->first_done = false;
    t->had_kek = true;
    memcpy(t->spi, gm->kek.spi, sizeof(t->spi));
    t->expiry = gm->kek.expiry;
}

/* --- groups --- */

static void look_group(struct truth_group *t, struct gv_time now)
{
    const struct lab_group *group = t->group;
    const struct lab_kek *one = NULL;
    size_t primaries = 0;

    for (size_t i = 0; i < group->server_count; i++) {
        const struct lab_ks *ks = group->servers[i];
        const struct lab_kek *kek = lab_ks_newest_kek(ks);

        if (ks->device->down)
            continue;
        primaries += ks->role == LAB_PRIMARY;
        if (kek == NULL)
            continue;
        if (one != NULL && memcmp(one->spi, kek->spi, sizeof(kek->spi)) != 0)
            t->two_keks = now;
        one = kek;
    }
    if (primaries > 1)
        t->two_primaries = now;
    if (primaries == 0)
        t->no_primary = now;
}

void truth_look(struct truth *truth)
{
    struct gv_time now = truth->fleet->now;

    for (size_t i = 0; i < truth->server_count; i++)
        look_ks(&truth->servers[i], now);
    for (size_t i = 0; i < truth->member_count; i++)
        look_gm(&truth->members[i], now);
    for (size_t i = 0; i < truth->group_count; i++)
        look_group(&truth->groups[i], now);
}

/* --- questions --- */

const struct truth_ks *truth_ks_of(const struct truth *truth, const char *device,
                                   const char *group)
{
    for (size_t i = 0; i < truth->server_count; i++)
        if (strcmp(truth->servers[i].ks->device->name, device) == 0 &&
            (group == NULL || strcmp(truth->servers[i].ks->group->name, group) == 0))
            return &truth->servers[i];
    return NULL;
}

const struct truth_gm *truth_gm_of(const struct truth *truth, const char *device,
                                   const char *group)
{
    for (size_t i = 0; i < truth->member_count; i++)
        if (strcmp(truth->members[i].gm->device->name, device) == 0 &&
            (group == NULL || strcmp(truth->members[i].gm->group->name, group) == 0))
            return &truth->members[i];
    return NULL;
}

const struct truth_group *truth_group_of(const struct truth *truth, const char *group)
{
    for (size_t i = 0; group != NULL && i < truth->group_count; i++)
        if (strcmp(truth->groups[i].group->name, group) == 0)
            return &truth->groups[i];
    return NULL;
}

/* GDOI 1.0.4 and later are new for certain (versions, "GDOI software version"). */
static bool ghosts_are_new(const struct lab_group *group)
{
    const char *version = group->ghost_version;

    return version != NULL && strcmp(version, "1.0.1") != 0 && strcmp(version, "1.0.2") != 0 &&
           strcmp(version, "1.0.3") != 0;
}

size_t truth_new_members(const struct lab_group *group)
{
    size_t n = ghosts_are_new(group) ? group->ghosts : 0;

    for (size_t i = 0; i < group->member_count; i++)
        n += group->members[i]->device->behaviour == LAB_NEW &&
             group->members[i]->device->os != LAB_JUNOS;
    return n;
}
