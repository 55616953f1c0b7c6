/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/gdoi_store.h"

#include <string.h>

enum { CELL_HEAD = 2, CELL_ROUND = 14, PACKED_INDEX = 255 };

void gv_gdoi_store_init(struct gv_gdoi_store *store)
{
    *store = (struct gv_gdoi_store){.room = GV_SNMP_ANSWER_OCTETS};
    store->arena = gv_arena(GV_GDOI_STORE_CEILING);
}

void gv_gdoi_store_forget(struct gv_gdoi_store *store)
{
    struct gv_gdoi_store kept = *store;

    gv_arena_clear(&kept.arena);
    gv_gdoi_store_init(store);
    store->has_uptime = kept.has_uptime;
    store->uptime_cs = kept.uptime_cs;
}

static size_t cells_of(const struct gv_gdoi_store *store, enum gv_gdoi_table_id table,
                       bool neighbour)
{
    return neighbour ? 0 : store->root->tables[table].columns_n;
}

struct gv_gdoi_row *gv_gdoi_store_add(struct gv_gdoi_store *store, enum gv_gdoi_table_id table,
                                      const uint32_t *arcs, size_t n,
                                      const struct gv_gdoi_index *index, bool neighbour)
{
    struct gv_gdoi_rows *rows = &store->tables[table];
    size_t cells = cells_of(store, table, neighbour);
    uint8_t packed[PACKED_INDEX];
    size_t packed_n = gv_oid_pack(arcs, n, packed, sizeof(packed));
    struct gv_gdoi_row *row;

    if (packed_n == 0)
        return NULL;
    row =
        gv_arena_alloc(&store->arena, sizeof(*row) + cells * sizeof(row->cells[0]) + packed_n);
    if (row == NULL)
        return NULL;
    memcpy(row->cells + cells, packed, packed_n);
    row->suffix_n = (uint8_t)packed_n;
    row->owner_n = (uint8_t)gv_oid_pack(arcs, index->owner_n, packed, sizeof(packed));
    row->neighbour = neighbour;
    if (rows->last != NULL)
        rows->last->next = row;
    else
        rows->first = row;
    rows->last = row;
    return row;
}

const uint8_t *gv_gdoi_row_suffix(const struct gv_gdoi_store *store,
                                  enum gv_gdoi_table_id table, const struct gv_gdoi_row *row)
{
    return (const uint8_t *)(row->cells + cells_of(store, table, row->neighbour));
}

size_t gv_gdoi_row_oid(const struct gv_gdoi_store *store, enum gv_gdoi_table_id table,
                       const struct gv_gdoi_row *row, uint32_t number, uint32_t *oid)
{
    size_t n = gv_gdoi_entry_oid(store->root, table, number, oid);

    return n + gv_oid_unpack(gv_gdoi_row_suffix(store, table, row), row->suffix_n, oid + n,
                             GV_OID_ARCS - n);
}

static enum gv_store_outcome put_octets(struct gv_gdoi_store *store, union gv_gdoi_cell *cell,
                                        const struct gv_snmp_var *var)
{
    uint8_t *at = cell->octets;
    size_t n = var->octets_n;

    if (at != NULL && at[1] == n && (n == 0 || memcmp(at + CELL_HEAD, var->octets, n) == 0))
        return GV_STORE_SAME;
    if (at == NULL || at[0] < n) {
        /* Rounded up, so that a text that grows and grows is moved a few times only. */
        size_t room = at == NULL ? (n < CELL_ROUND ? CELL_ROUND : n) : GV_GDOI_NAME_OCTETS;

        at = gv_arena_alloc(&store->arena, CELL_HEAD + room);
        if (at == NULL)
            return GV_STORE_FULL;
        at[0] = (uint8_t)room;
        cell->octets = at;
    }
    at[1] = (uint8_t)n;
    if (n > 0)
        memcpy(at + CELL_HEAD, var->octets, n);
    return GV_STORE_CHANGED;
}

static enum gv_store_outcome put_number(union gv_gdoi_cell *cell, const struct gv_snmp_var *var)
{
    uint32_t before = cell->number;

    cell->number = (uint32_t)var->number;
    return before == cell->number ? GV_STORE_SAME : GV_STORE_CHANGED;
}

static bool acceptable(const struct gv_gdoi_column *column, const struct gv_snmp_var *var)
{
    if (column->octets == 0)
        return var->kind == GV_SNMP_NUMBER && var->number <= UINT32_MAX;
    return var->kind == GV_SNMP_OCTETS && var->octets_n <= column->octets;
}

enum gv_store_outcome gv_gdoi_store_put(struct gv_gdoi_store *store,
                                        enum gv_gdoi_table_id table, struct gv_gdoi_row *row,
                                        int column, const struct gv_snmp_var *var,
                                        struct gv_time now)
{
    const struct gv_gdoi_column *c = &store->root->tables[table].columns[column];
    uint16_t bit = (uint16_t)(1u << column);
    enum gv_store_outcome outcome;

    if (!acceptable(c, var)) {
        row->fresh &= (uint16_t)~bit;
        return GV_STORE_REFUSED;
    }
    if (c->octets != 0)
        outcome = put_octets(store, &row->cells[column], var);
    else
        outcome = put_number(&row->cells[column], var);
    if (outcome == GV_STORE_FULL)
        return outcome;
    if (c->use == GV_USE_REMAINING || row->fresh == 0)
        row->seen_at = now;
    row->fresh |= bit;
    return outcome;
}

struct gv_text gv_gdoi_cell_octets(const struct gv_gdoi_row *row, int column)
{
    const uint8_t *at = row->cells[column].octets;

    if (at == NULL)
        return (struct gv_text){"", 0};
    return (struct gv_text){(const char *)at + CELL_HEAD, at[1]};
}
