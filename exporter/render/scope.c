/* SPDX-License-Identifier: Apache-2.0 */
/* Which things the metrics speak of: how each scope walks the snapshot. */
#include <string.h>

#include "render/metric.h"

struct walk {
    void (*visit)(void *arg, const struct gv_row *row);
    void *arg;
    struct gv_row row;
};

static void visit(struct walk *w, const void *base)
{
    w->row.base = base;
    w->visit(w->arg, &w->row);
}

static void device(struct walk *w, const struct gv_device_verdict *d)
{
    visit(w, d);
}

static void collectors(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->collector_count; i++) {
        w->row.labels[1] = d->collectors[i].name;
        if (d->collectors[i].polled)
            visit(w, &d->collectors[i]);
    }
}

static void disagreed(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->disagreed_count; i++) {
        w->row.labels[1] = d->disagreed[i].field;
        visit(w, &d->disagreed[i]);
    }
}

static void behaviours(struct walk *w, const struct gv_device_verdict *d)
{
    w->row.labels[1] = "ks";
    if (d->is_ks)
        visit(w, &d->ks_behaviour);
    w->row.labels[1] = "gm";
    if (d->is_gm)
        visit(w, &d->gm_behaviour);
}

static void memberships(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->membership_count; i++) {
        w->row.labels[1] = d->memberships[i].group;
        visit(w, &d->memberships[i]);
    }
}

/* What a key server, and what a member of the group has; NULL: nothing. */
static void roles(struct walk *w, const struct gv_membership *m, const void *ks, const void *gm)
{
    w->row.labels[1] = m->group;
    w->row.labels[2] = "ks";
    if (m->has_ks && ks != NULL)
        visit(w, ks);
    w->row.labels[2] = "gm";
    if (m->has_gm && gm != NULL)
        visit(w, gm);
}

static void keks(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->membership_count; i++) {
        const struct gv_membership *m = &d->memberships[i];

        roles(w, m, m->ks_kek.present ? &m->ks_kek : NULL,
              m->gm_kek.present ? &m->gm_kek : NULL);
    }
}

static void teks(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->membership_count; i++) {
        const struct gv_membership *m = &d->memberships[i];

        roles(w, m, m->ks_tek.present ? &m->ks_tek : NULL,
              m->gm_tek.present ? &m->gm_tek : NULL);
    }
}

static void rekeys(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->membership_count; i++) {
        w->row.labels[1] = d->memberships[i].group;
        if (d->memberships[i].rekey.published)
            visit(w, &d->memberships[i].rekey);
    }
}

static void peers(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->membership_count; i++) {
        const struct gv_membership *m = &d->memberships[i];

        w->row.labels[1] = m->group;
        for (size_t j = 0; j < m->peer_count; j++) {
            w->row.labels[2] = m->peers[j].ks;
            visit(w, &m->peers[j]);
        }
    }
}

static void members(struct walk *w, const struct gv_device_verdict *d)
{
    for (size_t i = 0; i < d->membership_count; i++) {
        const struct gv_membership *m = &d->memberships[i];

        w->row.labels[1] = m->group;
        for (size_t j = 0; j < m->member_count; j++) {
            w->row.labels[2] = m->members[j].gm;
            visit(w, &m->members[j]);
        }
    }
}

static void group(struct walk *w, const struct gv_group_verdict *g)
{
    visit(w, g);
}

static void interop(struct walk *w, const struct gv_group_verdict *g)
{
    for (size_t i = 0; i < g->interop_count; i++) {
        w->row.labels[1] = g->interop[i].ks;
        visit(w, &g->interop[i]);
    }
}

static void probe(struct walk *w, const struct gv_probe_verdict *p)
{
    w->row.labels[1] = p->ks;
    w->row.labels[2] = p->group;
    visit(w, p);
}

/* A scope walks the devices, the groups, or the probes, or is the exporter itself. */
static const struct {
    const char *labels[GV_SCOPE_LABELS_MOST + 1];
    void (*in_device)(struct walk *w, const struct gv_device_verdict *d);
    void (*in_group)(struct walk *w, const struct gv_group_verdict *g);
    void (*in_probe)(struct walk *w, const struct gv_probe_verdict *p);
} scopes[GV_SCOPE_COUNT] = {
    [GV_SCOPE_DEVICE] = {{"device"}, device, NULL, NULL},
    [GV_SCOPE_COLLECTOR] = {{"device", "collector"}, collectors, NULL, NULL},
    [GV_SCOPE_DISAGREED] = {{"device", "field"}, disagreed, NULL, NULL},
    [GV_SCOPE_BEHAVIOUR] = {{"device", "role"}, behaviours, NULL, NULL},
    [GV_SCOPE_MEMBERSHIP] = {{"device", "group"}, memberships, NULL, NULL},
    [GV_SCOPE_KEK] = {{"device", "group", "role"}, keks, NULL, NULL},
    [GV_SCOPE_TEK] = {{"device", "group", "role"}, teks, NULL, NULL},
    [GV_SCOPE_REKEY] = {{"device", "group"}, rekeys, NULL, NULL},
    [GV_SCOPE_PEER] = {{"device", "group", "ks"}, peers, NULL, NULL},
    [GV_SCOPE_MEMBER] = {{"device", "group", "gm"}, members, NULL, NULL},
    [GV_SCOPE_GROUP] = {{"group"}, NULL, group, NULL},
    [GV_SCOPE_INTEROP] = {{"group", "ks"}, NULL, interop, NULL},
    [GV_SCOPE_PROBE] = {{"probe", "ks", "group"}, NULL, NULL, probe},
    [GV_SCOPE_SELF] = {{NULL}, NULL, NULL, NULL},
};

const char *const *gv_scope_labels(enum gv_scope scope)
{
    return scopes[scope].labels;
}

static void walk_devices(enum gv_scope scope, struct walk *w)
{
    const struct gv_snapshot *s = w->row.in->snapshot;
    const char *only = w->row.in->device;

    for (size_t i = 0; i < s->device_count; i++) {
        if (only != NULL && strcmp(s->devices[i].name, only) != 0)
            continue;
        w->row.labels[0] = s->devices[i].name;
        scopes[scope].in_device(w, &s->devices[i]);
    }
}

static void walk_groups(enum gv_scope scope, struct walk *w)
{
    const struct gv_snapshot *s = w->row.in->snapshot;

    for (size_t i = 0; i < s->group_count; i++) {
        w->row.labels[0] = s->groups[i].group;
        scopes[scope].in_group(w, &s->groups[i]);
    }
}

static void walk_probes(enum gv_scope scope, struct walk *w)
{
    const struct gv_snapshot *s = w->row.in->snapshot;

    for (size_t i = 0; i < s->probe_count; i++) {
        w->row.labels[0] = s->probes[i].probe;
        scopes[scope].in_probe(w, &s->probes[i]);
    }
}

void gv_scope_walk(enum gv_scope scope, const struct gv_render_in *in,
                   void (*visit_row)(void *arg, const struct gv_row *row), void *arg)
{
    struct walk w = {visit_row, arg, {.in = in}};

    if (scopes[scope].in_device != NULL)
        walk_devices(scope, &w);
    else if (scopes[scope].in_group != NULL && in->device == NULL)
        walk_groups(scope, &w);
    else if (scopes[scope].in_probe != NULL && in->device == NULL)
        walk_probes(scope, &w);
    else if (scope == GV_SCOPE_SELF && in->self != NULL)
        visit(&w, in->self);
}
