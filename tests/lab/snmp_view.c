/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp_view.h"

#include <stdlib.h>
#include <string.h>

#include "snmp_tables.h"

enum { POOL_SIZE = LAB_VIEW_MAX * 24 };

bool lab_view_init(struct lab_view *view)
{
    *view = (struct lab_view){.objects = calloc(LAB_VIEW_MAX, sizeof(view->objects[0])),
                              .pool = malloc(POOL_SIZE)};
    if (view->objects != NULL && view->pool != NULL)
        return true;
    lab_view_clear(view);
    return false;
}

void lab_view_clear(struct lab_view *view)
{
    free(view->objects);
    free(view->pool);
    *view = (struct lab_view){0};
}

/* --- rows in the order of their indexes --- */

static void index_identity(struct lab_row *row, uint32_t type, uint32_t address)
{
    uint32_t *at = row->index + row->index_n;

    at[0] = type;
    at[1] = 4; /* the value is a length-prefixed octet string, an octet a sub-identifier */
    for (unsigned i = 0; i < 4; i++)
        at[2 + i] = address >> (24 - 8 * i) & 0xff;
    row->index_n += 6;
}

static struct lab_row group_row(const struct lab_group *group)
{
    struct lab_row row = {.group = group};

    index_identity(&row, LAB_ID_KEY_ID, group->id);
    return row;
}

static struct lab_row ks_row(const struct lab_ks *ks)
{
    struct lab_row row = group_row(ks->group);

    row.ks = ks;
    index_identity(&row, LAB_ID_IPV4, ks->address);
    return row;
}

static struct lab_row gm_row(const struct lab_gm *gm)
{
    struct lab_row row = group_row(gm->group);

    row.gm = gm;
    index_identity(&row, LAB_ID_IPV4, gm->address);
    return row;
}

static void add_row(struct lab_rows *rows, struct lab_row row)
{
    size_t at = rows->count;

    if (at == LAB_ROWS_MAX)
        return;
    while (at > 0 && lab_name_order(rows->rows[at - 1].index, rows->rows[at - 1].index_n,
                                    row.index, row.index_n) > 0) {
        rows->rows[at] = rows->rows[at - 1];
        at--;
    }
    rows->rows[at] = row;
    rows->count++;
}

static void add_group_once(struct lab_rows *rows, struct lab_row row)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->rows[i].group == row.group) {
            rows->rows[i].ks = row.ks != NULL ? row.ks : rows->rows[i].ks;
            return;
        }
    add_row(rows, row);
}

static void group_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->server_count; i++) {
        struct lab_row row = group_row(device->servers[i].group);
        row.ks = &device->servers[i];
        add_group_once(rows, row);
    }
    for (size_t i = 0; i < device->member_count; i++)
        add_group_once(rows, group_row(device->members[i].group));
}

static void ks_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->server_count; i++)
        add_row(rows, ks_row(&device->servers[i]));
}

static void gm_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->member_count; i++)
        add_row(rows, gm_row(&device->members[i]));
}

static void peer_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->server_count; i++)
        for (size_t p = 0; p < device->servers[i].peer_count; p++) {
            struct lab_row row = group_row(device->servers[i].group);
            row.peer = &device->servers[i].peers[p];
            index_identity(&row, LAB_ID_IPV4, row.peer->ks->address);
            add_row(rows, row);
        }
}

static void ks_kek_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->server_count; i++)
        for (size_t k = 0; k < device->servers[i].kek_count; k++) {
            struct lab_row row = ks_row(&device->servers[i]);
            row.kek = &device->servers[i].keks[k];
            row.index[row.index_n++] = row.kek->index;
            add_row(rows, row);
        }
}

static void gm_kek_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->member_count; i++) {
        const struct lab_gm *gm = &device->members[i];
        const struct lab_kek *keks[] = {gm->has_kek ? &gm->kek : NULL,
                                        gm->has_previous ? &gm->previous : NULL};
        for (size_t k = 0; k < 2; k++) {
            struct lab_row row = gm_row(gm);
            if (keks[k] == NULL)
                continue;
            row.kek = keks[k];
            row.index[row.index_n++] = row.kek->index;
            add_row(rows, row);
        }
    }
}

static void selector_rows(struct lab_row owner, struct lab_rows *rows)
{
    for (uint32_t a = 0; a < owner.group->ace_count; a++) {
        struct lab_row row = owner;
        row.ace = &owner.group->aces[a];
        row.index[row.index_n++] = a + 1;
        add_row(rows, row);
    }
}

/* Every TEK protects every selector. The newest is the one for sending. */
static void policy_rows(struct lab_row owner, const struct lab_tek *teks, size_t count,
                        struct lab_rows *rows)
{
    for (uint32_t a = 0; a < owner.group->ace_count; a++)
        for (uint32_t t = 0; t < count; t++) {
            struct lab_row row = owner;
            row.tek = &teks[t];
            row.newest_tek = t + 1 == count;
            row.index[row.index_n++] = a + 1;
            row.index[row.index_n++] = t + 1;
            add_row(rows, row);
        }
}

static void ks_selector_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->server_count; i++)
        selector_rows(ks_row(&device->servers[i]), rows);
}

static void gm_selector_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->member_count; i++)
        if (device->members[i].tek_count > 0)
            selector_rows(gm_row(&device->members[i]), rows);
}

static void ks_policy_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->server_count; i++)
        policy_rows(ks_row(&device->servers[i]), device->servers[i].teks,
                    device->servers[i].tek_count, rows);
}

static void gm_policy_rows(const struct lab_device *device, struct lab_rows *rows)
{
    for (size_t i = 0; i < device->member_count; i++)
        policy_rows(gm_row(&device->members[i]), device->members[i].teks,
                    device->members[i].tek_count, rows);
}

static void one_row(const struct lab_device *device, struct lab_rows *rows)
{
    (void)device;
    add_row(rows, (struct lab_row){.index_n = 1}); /* scalars: instance .0 */
}

typedef void rows_of(const struct lab_device *device, struct lab_rows *rows);
static rows_of *const row_makers[] = {
    [LAB_ROWS_SCALAR] = one_row,
    [LAB_ROWS_GROUP] = group_rows,
    [LAB_ROWS_KS] = ks_rows,
    [LAB_ROWS_GM] = gm_rows,
    [LAB_ROWS_PEER] = peer_rows,
    [LAB_ROWS_KS_KEK] = ks_kek_rows,
    [LAB_ROWS_GM_KEK] = gm_kek_rows,
    [LAB_ROWS_KS_SELECTOR] = ks_selector_rows,
    [LAB_ROWS_KS_POLICY] = ks_policy_rows,
    [LAB_ROWS_GM_SELECTOR] = gm_selector_rows,
    [LAB_ROWS_GM_POLICY] = gm_policy_rows,
};

/* --- objects --- */

static void add_object(struct lab_view *view, const struct lab_table *table,
                       const struct lab_column *column, const struct lab_row *row,
                       const struct lab_value *value)
{
    struct lab_object *object = &view->objects[view->count];
    size_t octets = value->n * (column->type == LAB_OBJECT_ID ? sizeof(uint32_t) : 1);

    if (view->count == LAB_VIEW_MAX || view->pool_used + octets > POOL_SIZE)
        return;
    memcpy(object->name, table->name, table->name_n * sizeof(uint32_t));
    object->name[table->name_n] = column->number;
    memcpy(object->name + table->name_n + 1, row->index, row->index_n * sizeof(uint32_t));
    object->name_n = table->name_n + 1 + row->index_n;
    object->type = column->type;
    object->number = value->number;
    object->n = value->n;
    object->octets = view->pool + view->pool_used;
    memcpy(view->pool + view->pool_used, value->octets, octets);
    view->pool_used += (octets + 3) & ~(size_t)3; /* sub-identifiers stay aligned */
    view->count++;
}

static void add_table(struct lab_view *view, const struct lab_table *table,
                      const struct lab_asked *asked)
{
    struct lab_rows rows = {.count = 0};

    row_makers[table->rows](asked->device, &rows);
    for (size_t c = 0; c < table->column_count; c++) {
        const struct lab_column *column = &table->columns[c];
        if (column->since > asked->device->snmp.mib_revision)
            continue;
        for (size_t r = 0; r < rows.count; r++) {
            struct lab_value value = {.n = 0};
            if (column->get(asked, &rows.rows[r], column, &value))
                add_object(view, table, column, &rows.rows[r], &value);
        }
    }
}

void lab_view_build(struct lab_view *view, const struct lab_fleet *fleet,
                    const struct lab_device *device)
{
    struct lab_asked asked = {fleet, device};

    if (view->device == device && view->at.ms == fleet->now.ms && view->events == fleet->events)
        return;
    view->count = view->pool_used = 0;
    view->device = device;
    view->at = fleet->now;
    view->events = fleet->events;
    for (size_t i = 0; i < lab_table_count; i++)
        if (lab_tables[i].juniper == (device->os == LAB_JUNOS) || lab_tables[i].everywhere)
            add_table(view, &lab_tables[i], &asked);
}

int lab_name_order(const uint32_t *a, size_t an, const uint32_t *b, size_t bn)
{
    for (size_t i = 0; i < an && i < bn; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return an < bn ? -1 : an > bn;
}

/* Index of the first object not before the name. */
static size_t lower_bound(const struct lab_view *view, const uint32_t *name, size_t n)
{
    size_t low = 0, high = view->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct lab_object *o = &view->objects[middle];
        if (lab_name_order(o->name, o->name_n, name, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct lab_object *lab_view_get(const struct lab_view *view, const uint32_t *name,
                                      size_t n)
{
    size_t at = lower_bound(view, name, n);

    if (at == view->count ||
        lab_name_order(view->objects[at].name, view->objects[at].name_n, name, n) != 0)
        return NULL;
    return &view->objects[at];
}

const struct lab_object *lab_view_next(const struct lab_view *view, const uint32_t *name,
                                       size_t n)
{
    size_t at = lower_bound(view, name, n);

    if (at < view->count &&
        lab_name_order(view->objects[at].name, view->objects[at].name_n, name, n) == 0)
        at++;
    return at < view->count ? &view->objects[at] : NULL;
}
