/* SPDX-License-Identifier: Apache-2.0 */
/* The walk's questions: what goes into the next request. */
#include <string.h>

#include "snmp/walk_part.h"

/* Octets on the wire, about: to keep answers within the store's `room`. */
enum {
    MESSAGE_OCTETS = 160, /* headers, of SNMPv3 with authentication and privacy too */
    VARBIND_OCTETS = 6,   /* tags and lengths */
    NUMBER_OCTETS = 5,
    TYPICAL_ID_OCTETS = 16,
    TYPICAL_NAME_OCTETS = 32,
    CURSOR_OCTETS = 52,
    CURSOR_ROWS = 2 /* rows of each table beside cells */
};

const uint32_t gv_scalar_oids[GV_SYS_SCALARS][GV_SCALAR_ARCS] = {
    [GV_SYS_UPTIME] = {1, 3, 6, 1, 2, 1, 1, 3, 0},
    [GV_SYS_DESCR] = {1, 3, 6, 1, 2, 1, 1, 1, 0},
    [GV_SYS_OBJECT_ID] = {1, 3, 6, 1, 2, 1, 1, 2, 0},
    [GV_SYS_NAME] = {1, 3, 6, 1, 2, 1, 1, 5, 0},
};

/* Of their values, about. */
static const uint16_t scalar_octets[GV_SYS_SCALARS] = {
    [GV_SYS_UPTIME] = 6,
    [GV_SYS_DESCR] = GV_SYS_DESCR_OCTETS,
    [GV_SYS_OBJECT_ID] = 12,
    [GV_SYS_NAME] = TYPICAL_NAME_OCTETS,
};

/* A request as it is filled: how many octets its answer may still grow by. */
struct plan {
    struct gv_walk *walk;
    size_t left;
};

/* False when the request is full. The first ask after sysUpTime always fits. */
static bool plan_add(struct plan *plan, struct gv_walk_ask ask, size_t octets)
{
    struct gv_walk *walk = plan->walk;

    if (walk->asks_n == GV_WALK_VARS || (walk->asks_n > 1 && octets > plan->left))
        return false;
    walk->asks[walk->asks_n++] = ask;
    plan->left -= octets < plan->left ? octets : plan->left;
    return true;
}

static bool plan_scalar(struct plan *plan, int8_t scalar)
{
    return plan_add(plan, (struct gv_walk_ask){.kind = GV_ASK_SYSTEM, .column = scalar},
                    VARBIND_OCTETS + GV_SCALAR_ARCS + scalar_octets[scalar]);
}

static bool plan_starts(struct plan *plan)
{
    for (uint8_t r = 0; r < GV_GDOI_ROOTS; r++)
        for (uint8_t t = 0; t < GV_GDOI_TABLES; t++)
            if (plan->walk->start_pending[r] >> t & 1 &&
                !plan_add(plan,
                          (struct gv_walk_ask){.kind = GV_ASK_START, .root = r, .table = t},
                          CURSOR_OCTETS))
                return false;
    return true;
}

static size_t value_octets(const struct gv_gdoi_column *column)
{
    if (column->octets == 0)
        return NUMBER_OCTETS;
    if (column->octets == GV_GDOI_ID_OCTETS)
        return TYPICAL_ID_OCTETS;
    return column->octets == GV_GDOI_NAME_OCTETS ? TYPICAL_NAME_OCTETS : column->octets;
}

static size_t cell_octets(const struct gv_gdoi_row *row, const struct gv_gdoi_column *column)
{
    return VARBIND_OCTETS + GV_GDOI_ENTRY_ARCS + row->suffix_n + value_octets(column);
}

static bool plan_check(struct plan *plan, enum gv_walk_ask_kind kind, size_t table,
                       struct gv_gdoi_row *row)
{
    struct gv_walk_ask ask = {.kind = kind, .table = (uint8_t)table, .row = row};

    return plan_add(plan, ask, CURSOR_OCTETS);
}

static bool plan_cells(struct plan *plan, size_t t, struct gv_gdoi_row *row)
{
    for (int c = 0; c < GV_GDOI_MAX_COLUMNS && row->pending >> c != 0; c++) {
        struct gv_walk_ask ask = {
            .kind = GV_ASK_CELL, .table = (uint8_t)t, .column = (int8_t)c, .row = row};

        if (row->pending >> c & 1 &&
            !plan_add(plan, ask, cell_octets(row, &gv_walk_table(plan->walk, t)->columns[c])))
            return false;
    }
    return true;
}

static bool plan_table(struct plan *plan, size_t t)
{
    struct gv_gdoi_rows *rows = &plan->walk->store->tables[t];

    if (rows->check_start && !plan_check(plan, GV_ASK_CHECK_START, t, NULL))
        return false;
    for (struct gv_gdoi_row *row = rows->first; row != NULL; row = row->next) {
        if (!plan_cells(plan, t, row))
            return false;
        if (row->check && !plan_check(plan, GV_ASK_CHECK_NEXT, t, row))
            return false;
    }
    return true;
}

static void plan_cursors(struct plan *plan, size_t reserved)
{
    struct gv_walk *walk = plan->walk;
    size_t room = plan->left + reserved, n = 0;

    for (uint8_t t = 0; t < GV_GDOI_TABLES && walk->asks_n < GV_WALK_VARS; t++) {
        /* One that is left out for lack of room is asked next time. */
        if (!walk->cursors[t].walking || (walk->asks_n > 1 && (n + 1) * CURSOR_OCTETS > room))
            continue;
        walk->asks[walk->asks_n++] = (struct gv_walk_ask){.kind = GV_ASK_CURSOR, .table = t};
        n++;
    }
    walk->repeaters_n = n;
    if (n == 0)
        return;
    walk->repetitions = (unsigned)(room / (n * CURSOR_OCTETS));
    while (walk->repetitions > 1 && walk->asks_n - n + n * walk->repetitions > GV_WALK_VARS)
        walk->repetitions--;
    if (walk->repetitions == 0)
        walk->repetitions = 1;
    if (walk->repetitions > GV_WALK_REPETITIONS)
        walk->repetitions = GV_WALK_REPETITIONS;
}

static size_t cursors_walking(const struct gv_walk *walk)
{
    size_t n = 0;

    for (size_t t = 0; t < GV_GDOI_TABLES; t++)
        n += walk->cursors[t].walking ? 1 : 0;
    return n;
}

void gv_walk_plan(struct gv_walk *walk)
{
    size_t room =
        walk->store->room > MESSAGE_OCTETS ? (size_t)(walk->store->room - MESSAGE_OCTETS) : 0;
    size_t reserved = cursors_walking(walk) * CURSOR_OCTETS * CURSOR_ROWS;
    struct plan plan = {walk, room > reserved ? room - reserved : 0};
    bool more;

    reserved = room - plan.left;
    walk->asks_n = 0;
    walk->repeaters_n = 0;
    walk->repetitions = 0;
    more = plan_scalar(&plan, GV_SYS_UPTIME);
    for (int8_t s = 0; more && s < GV_SYS_SCALARS; s++)
        if (walk->scalars_pending >> s & 1)
            more = plan_scalar(&plan, s);
    more = more && plan_starts(&plan);
    if (walk->store->root != NULL)
        for (size_t t = 0; more && t < GV_GDOI_TABLES; t++)
            more = plan_table(&plan, t);
    plan_cursors(&plan, reserved);
}

/* The OID just before `oid`: nothing can stand between, since no index of these
 * tables is the beginning of another. */
static size_t before(uint32_t *oid, size_t n)
{
    if (oid[n - 1] == 0)
        return n - 1;
    oid[n - 1]--;
    return n;
}

uint32_t gv_walk_column_arc(const struct gv_walk *walk, size_t table, int column)
{
    return column < 0 ? 0 : gv_walk_table(walk, table)->columns[column].number;
}

static size_t cursor_oid(const struct gv_walk *walk, size_t table, uint32_t *oid)
{
    const struct gv_walk_cursor *cursor = &walk->cursors[table];
    size_t n =
        gv_gdoi_entry_oid(walk->store->root, (enum gv_gdoi_table_id)table, cursor->column, oid);

    memcpy(oid + n, cursor->pos, cursor->pos_n * sizeof(*oid));
    return n + cursor->pos_n;
}

/* Arc of the first column that is polled: a row begins there for us. */
static uint32_t first_arc(const struct gv_gdoi_root *root, size_t table)
{
    return root->tables[table].columns[0].number;
}

size_t gv_walk_oid(const struct gv_walk *walk, size_t i, uint32_t *oid)
{
    const struct gv_walk_ask *ask = &walk->asks[i];
    const struct gv_gdoi_store *store = walk->store;
    enum gv_gdoi_table_id t = (enum gv_gdoi_table_id)ask->table;
    uint32_t check;

    switch (ask->kind) {
    case GV_ASK_SYSTEM:
        memcpy(oid, gv_scalar_oids[ask->column], sizeof(gv_scalar_oids[0]));
        return before(oid, GV_SCALAR_ARCS);
    case GV_ASK_START:
        return gv_gdoi_entry_oid(&gv_gdoi_roots[ask->root], t,
                                 first_arc(&gv_gdoi_roots[ask->root], ask->table), oid);
    case GV_ASK_CURSOR:
        return cursor_oid(walk, t, oid);
    case GV_ASK_CELL:
        return before(oid, gv_gdoi_row_oid(store, t, ask->row,
                                           gv_walk_column_arc(walk, t, ask->column), oid));
    case GV_ASK_CHECK_START:
    case GV_ASK_CHECK_NEXT:
        break;
    }
    if (ask->kind == GV_ASK_CHECK_START && store->tables[t].first == NULL)
        return gv_gdoi_entry_oid(store->root, t, first_arc(store->root, t), oid);
    check = gv_walk_column_arc(walk, t, store->tables[t].check);
    if (ask->kind == GV_ASK_CHECK_START)
        return gv_gdoi_entry_oid(store->root, t, check, oid);
    return gv_gdoi_row_oid(store, t, ask->row, check, oid);
}
