/* SPDX-License-Identifier: Apache-2.0 */
/* The walk's answers: what one varbind tells. */
#include <string.h>

#include "snmp/walk_part.h"

static void put(struct gv_walk *walk, size_t t, struct gv_gdoi_row *row, int column,
                const struct gv_snmp_var *var, struct gv_time now)
{
    if (gv_gdoi_store_put(walk->store, (enum gv_gdoi_table_id)t, row, column, var, now) ==
        GV_STORE_FULL)
        gv_walk_stop(walk, GV_ERR_TOO_LARGE);
}

/* A TEK stands in the table once for each ACE: is this SPI of this group and
 * owner known from a row before? */
static bool repeats_tek(const struct gv_gdoi_store *store, size_t t,
                        const struct gv_gdoi_index *index, const uint32_t *arcs, int column,
                        const struct gv_snmp_var *spi)
{
    uint8_t owner[UINT8_MAX];
    size_t owner_n = gv_oid_pack(arcs, index->owner_n, owner, sizeof(owner));

    if (column < 0 || spi->kind != GV_SNMP_OCTETS || spi->octets_n != GV_TEK_SPI_LEN)
        return false;
    for (const struct gv_gdoi_row *r = store->tables[t].first; r != NULL; r = r->next) {
        const uint8_t *suffix = gv_gdoi_row_suffix(store, (enum gv_gdoi_table_id)t, r);
        struct gv_text known;

        if (r->neighbour || r->owner_n != owner_n || memcmp(suffix, owner, owner_n) != 0)
            continue;
        known = gv_gdoi_cell_octets(r, column);
        if (known.n == spi->octets_n && memcmp(known.at, spi->octets, known.n) == 0)
            return true;
    }
    return false;
}

static struct gv_gdoi_row *keep_row(struct gv_walk *walk, size_t t, const uint32_t *arcs,
                                    size_t n, const struct gv_gdoi_index *index, bool neighbour)
{
    struct gv_gdoi_row *row = NULL;

    if (walk->kept++ < GV_WALK_KEPT)
        row =
            gv_gdoi_store_add(walk->store, (enum gv_gdoi_table_id)t, arcs, n, index, neighbour);
    if (row == NULL)
        gv_walk_stop(walk, GV_ERR_TOO_LARGE);
    return row;
}

/* A row that only repeats a TEK: kept if it stands after a row that is polled. */
static void pass_row(struct gv_walk *walk, size_t t, const uint32_t *arcs, size_t n,
                     const struct gv_gdoi_index *index)
{
    struct gv_gdoi_row *last = walk->store->tables[t].last;

    if (!walk->cursors[t].skipped && !last->neighbour) {
        (void)keep_row(walk, t, arcs, n, index, true);
        return;
    }
    last->gap = true;
    walk->cursors[t].skipped = true;
}

/* The place of a row before one that is polled must be kept too. */
static void keep_skipped(struct gv_walk *walk, size_t t)
{
    struct gv_walk_cursor *cursor = &walk->cursors[t];
    struct gv_gdoi_index index;

    if (cursor->skipped && gv_gdoi_index_decode(gv_walk_table(walk, t), cursor->pos,
                                                cursor->pos_n, &index) == GV_OK)
        (void)keep_row(walk, t, cursor->pos, cursor->pos_n, &index, true);
    cursor->skipped = false;
}

/* A row of table t, found in the column that the cursor follows. */
static void note_row(struct gv_walk *walk, size_t t, const struct gv_snmp_var *var,
                     const uint32_t *arcs, size_t n, struct gv_time now)
{
    const struct gv_gdoi_table *table = gv_walk_table(walk, t);
    int column = gv_gdoi_column_find(table, walk->cursors[t].column);
    struct gv_gdoi_rows *rows = &walk->store->tables[t];
    struct gv_gdoi_index index;
    struct gv_gdoi_row *row;

    if (++walk->rows > GV_WALK_ROWS) {
        gv_walk_stop(walk, GV_ERR_TOO_LARGE);
        return;
    }
    if (gv_gdoi_index_decode(table, arcs, n, &index) != GV_OK) {
        walk->refused_rows = true;
        return;
    }
    if ((t == GV_GDOI_KS_TEK || t == GV_GDOI_GM_TEK) &&
        repeats_tek(walk->store, t, &index, arcs, column, var)) {
        pass_row(walk, t, arcs, n, &index);
        return;
    }
    keep_skipped(walk, t);
    row = keep_row(walk, t, arcs, n, &index, false);
    if (row == NULL)
        return;
    row->pending = (uint16_t)(((1u << table->columns_n) - 1u) & (unsigned)~rows->absent);
    if (column < 0)
        return;
    row->pending &= (uint16_t) ~(1u << column);
    row->exists |= (uint16_t)(1u << column);
    put(walk, t, row, column, var, now);
}

/* Move the cursor of table t to the row of `var`, if it is one. */
static void advance(struct gv_walk *walk, size_t t, const struct gv_snmp_var *var,
                    struct gv_time now)
{
    struct gv_walk_cursor *cursor = &walk->cursors[t];
    uint32_t column[GV_GDOI_ENTRY_ARCS];
    size_t n =
        gv_gdoi_entry_oid(walk->store->root, (enum gv_gdoi_table_id)t, cursor->column, column);
    const uint32_t *arcs;

    cursor->walking = var->kind != GV_SNMP_END && gv_oid_under(var->oid, var->oid_n, column, n);
    if (!cursor->walking)
        return;
    arcs = var->oid + n;
    if (gv_oid_compare(arcs, var->oid_n - n, cursor->pos, cursor->pos_n) <= 0) {
        gv_walk_stop(walk, GV_ERR_MALFORMED);
        return;
    }
    note_row(walk, t, var, arcs, var->oid_n - n, now);
    cursor->pos_n = (uint8_t)(var->oid_n - n);
    memcpy(cursor->pos, arcs, cursor->pos_n * sizeof(*arcs));
}

/* Place of the column that is followed; -1 where it is not one that each poll tells anew. */
static int8_t check_column(const struct gv_gdoi_table *table, uint32_t number)
{
    int column = gv_gdoi_column_find(table, number);

    return column < 0 || table->columns[column].fixed ? -1 : (int8_t)column;
}

static void take_start(struct gv_walk *walk, const struct gv_walk_ask *ask,
                       const struct gv_snmp_var *var, struct gv_time now)
{
    const struct gv_gdoi_root *root = &gv_gdoi_roots[ask->root];
    uint32_t entry[GV_GDOI_ENTRY_ARCS];
    size_t n = gv_gdoi_entry_oid(root, (enum gv_gdoi_table_id)ask->table, 0, entry);

    walk->start_pending[ask->root] &= (uint8_t) ~(1u << ask->table);
    if (var->kind == GV_SNMP_END || !gv_oid_under(var->oid, var->oid_n, entry, n))
        return;
    if (var->oid_n < n + 2) {
        walk->refused_rows = true;
        return;
    }
    if (walk->store->root == NULL)
        walk->store->root = root;
    if (walk->store->root != root)
        return;
    walk->cursors[ask->table].column = var->oid[n];
    walk->store->tables[ask->table].check =
        check_column(&root->tables[ask->table], var->oid[n]);
    advance(walk, ask->table, var, now);
}

/* True for another sysName than before: too rare to keep the old one's memory. */
static bool take_scalar(struct gv_walk *walk, const struct gv_walk_ask *ask,
                        const struct gv_snmp_var *var)
{
    struct gv_gdoi_store *store = walk->store;
    struct gv_text text = {(const char *)var->octets, var->octets_n};

    walk->scalars_pending &= (uint8_t) ~(1u << ask->column);
    if (gv_oid_compare(var->oid, var->oid_n, gv_scalar_oids[ask->column], GV_SCALAR_ARCS) != 0)
        return false;
    if (ask->column == GV_SYS_OBJECT_ID && var->kind == GV_SNMP_OID && var->arcs_n > 6)
        store->enterprise = var->arcs[6];
    if (var->kind != GV_SNMP_OCTETS || text.n > GV_SYS_DESCR_OCTETS)
        return false;
    text = gv_text_head(text, gv_text_index(text, '\0')); /* some agents fill up with NULs */
    if (ask->column == GV_SYS_DESCR)
        store->descr = gv_arena_text(&store->arena, text);
    else if (walk->learning)
        store->hostname = gv_arena_text(&store->arena, text);
    else
        return store->hostname == NULL || !gv_text_is(text, store->hostname);
    return false;
}

/* A column of which the device shows nothing at its first row exists nowhere. */
static void drop_column(struct gv_walk *walk, size_t t, int column)
{
    struct gv_gdoi_rows *rows = &walk->store->tables[t];
    uint16_t bit = (uint16_t)(1u << column);

    rows->absent |= bit;
    for (struct gv_gdoi_row *row = rows->first; row != NULL; row = row->next)
        row->pending &= (uint16_t)~bit;
}

/* True if `var` is the row's cell in that column. */
static bool is_cell(const struct gv_walk *walk, size_t t, const struct gv_gdoi_row *row,
                    int column, const struct gv_snmp_var *var)
{
    uint32_t oid[GV_OID_ARCS];
    size_t n = gv_gdoi_row_oid(walk->store, (enum gv_gdoi_table_id)t, row,
                               gv_walk_column_arc(walk, t, column), oid);

    return gv_oid_compare(var->oid, var->oid_n, oid, n) == 0 && var->kind != GV_SNMP_END;
}

static bool in_column(const struct gv_walk *walk, size_t t, int column,
                      const struct gv_snmp_var *var)
{
    uint32_t oid[GV_GDOI_ENTRY_ARCS];
    size_t n = gv_gdoi_entry_oid(walk->store->root, (enum gv_gdoi_table_id)t,
                                 gv_walk_column_arc(walk, t, column), oid);

    return var->kind != GV_SNMP_END && gv_oid_under(var->oid, var->oid_n, oid, n);
}

/* Keep what a re-read told. True if it shows that the tables have to be walked
 * anew: another key in the row's place, or another role. */
static bool reread(struct gv_walk *walk, size_t t, struct gv_gdoi_row *row, int column,
                   const struct gv_snmp_var *var, struct gv_time now)
{
    const struct gv_gdoi_table *table = gv_walk_table(walk, t);
    enum gv_gdoi_use use = table->columns[column].use;
    enum gv_store_outcome outcome = GV_STORE_SAME;

    if (!row->neighbour)
        outcome =
            gv_gdoi_store_put(walk->store, (enum gv_gdoi_table_id)t, row, column, var, now);
    if (outcome == GV_STORE_FULL)
        return true;
    if (outcome == GV_STORE_SAME && use == GV_USE_SPI && !row->neighbour)
        row->fresh |= row->exists & gv_walk_fixed_columns(table);
    return outcome == GV_STORE_CHANGED &&
           (use == GV_USE_SPI || (t == GV_GDOI_KS && use == GV_USE_ROLE));
}

/* Each returns true if the tables have to be walked anew. */
static bool take_cell(struct gv_walk *walk, const struct gv_walk_ask *ask,
                      const struct gv_snmp_var *var, struct gv_time now)
{
    struct gv_gdoi_row *row = ask->row;
    uint16_t bit = (uint16_t)(1u << ask->column);

    row->pending &= (uint16_t)~bit;
    if (!is_cell(walk, ask->table, row, ask->column, var)) {
        row->exists &= (uint16_t)~bit;
        if (walk->learning && row == walk->store->tables[ask->table].first &&
            !in_column(walk, ask->table, ask->column, var))
            drop_column(walk, ask->table, ask->column);
        return !walk->learning;
    }
    if (!walk->learning)
        return reread(walk, ask->table, row, ask->column, var, now);
    /* RFC 3416, 4.2.1: answered, but with an exception in place of a value. */
    if (var->kind != GV_SNMP_OTHER)
        row->exists |= bit;
    put(walk, ask->table, row, ask->column, var, now);
    return false;
}

static bool take_check(struct gv_walk *walk, const struct gv_walk_ask *ask,
                       const struct gv_snmp_var *var, struct gv_time now)
{
    struct gv_gdoi_rows *rows = &walk->store->tables[ask->table];
    struct gv_gdoi_row *expected = rows->first;
    int column = rows->first == NULL ? -1 : rows->check;

    if (ask->kind == GV_ASK_CHECK_START) {
        rows->check_start = false;
    } else {
        ask->row->check = false;
        expected = ask->row->next;
    }
    if (expected == NULL)
        return in_column(walk, ask->table, column, var);
    if (!is_cell(walk, ask->table, expected, column, var))
        return true;
    return reread(walk, ask->table, expected, column, var, now);
}

bool gv_walk_take(struct gv_walk *walk, const struct gv_walk_ask *ask,
                  const struct gv_snmp_var *var, struct gv_time now)
{
    switch (ask->kind) {
    case GV_ASK_SYSTEM:
        return take_scalar(walk, ask, var);
    case GV_ASK_START:
        take_start(walk, ask, var, now);
        return false;
    case GV_ASK_CURSOR:
        if (walk->cursors[ask->table].walking)
            advance(walk, ask->table, var, now);
        return false;
    case GV_ASK_CELL:
        return take_cell(walk, ask, var, now);
    case GV_ASK_CHECK_START:
    case GV_ASK_CHECK_NEXT:
        break;
    }
    return take_check(walk, ask, var, now);
}
