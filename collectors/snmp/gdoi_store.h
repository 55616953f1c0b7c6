/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one device's GDOI tables, from poll to poll: which rows and
 * columns exist, and their last values.
 *
 * Kept small (about 1 KiB for a group member), because ten thousand devices
 * have one each. All memory is one arena; forgetting releases it. */
#ifndef GV_SNMP_GDOI_STORE_H
#define GV_SNMP_GDOI_STORE_H

#include "base/arena.h"
#include "base/time.h"
#include "snmp/gdoi_index.h"
#include "snmp/oid.h"
#include "snmp/snmp_var.h"

/* A cell is a number, or octets: room, length, then the octets themselves. */
union gv_gdoi_cell {
    uint32_t number;
    uint8_t *octets;
};

struct gv_gdoi_row {
    struct gv_gdoi_row *next; /* in the order of the index */
    struct gv_time seen_at;   /* when the remaining lifetime, else any cell, was told */
    uint16_t exists;          /* columns that the device has, by place in the table */
    uint16_t pending;         /* to be asked in this poll */
    uint16_t fresh;           /* told in this poll */
    bool neighbour; /* kept for its place only: it stands beside a row that is polled */
    bool gap;       /* rows that are not kept follow */
    bool check;     /* ask in this poll what follows it */
    uint8_t owner_n, suffix_n;  /* packed octets of the identities, of the whole index */
    union gv_gdoi_cell cells[]; /* one a column (none in a neighbour), then the packed index */
};

struct gv_gdoi_rows {
    struct gv_gdoi_row *first, *last;
    uint16_t absent;  /* columns that the device does not have */
    int8_t check;     /* column whose successors prove that no row came or went; -1 */
    bool check_start; /* ask in this poll what comes first */
};

struct gv_gdoi_store {
    struct gv_arena arena;
    const struct gv_gdoi_root *root; /* NULL: no GDOI table seen */
    bool complete; /* a whole walk has ended well: the next poll may just re-read */
    bool has_uptime;
    uint16_t room; /* octets an answer may have; halved when the device says tooBig */
    uint64_t uptime_cs;
    const char *descr, *hostname; /* sysDescr as told, sysName */
    uint32_t enterprise;          /* of sysObjectID, 0 where not told */
    struct gv_gdoi_rows tables[GV_GDOI_TABLES];
};

enum {
    GV_SNMP_ANSWER_OCTETS = 1400,       /* threats.md, 2.9: no answer is to be fragmented */
    GV_GDOI_STORE_CEILING = 1024 * 1024 /* of one device */
};

/* Nothing known yet; allocates nothing. */
void gv_gdoi_store_init(struct gv_gdoi_store *store);

/* Forget all but the uptime, and release the memory. */
void gv_gdoi_store_forget(struct gv_gdoi_store *store);

/* Append a row. `index` is its decoded form, arcs[n] its arcs. A neighbour has
 * no cells. NULL at the ceiling. */
struct gv_gdoi_row *gv_gdoi_store_add(struct gv_gdoi_store *store, enum gv_gdoi_table_id table,
                                      const uint32_t *arcs, size_t n,
                                      const struct gv_gdoi_index *index, bool neighbour);

/* The row's packed index: suffix_n octets. */
const uint8_t *gv_gdoi_row_suffix(const struct gv_gdoi_store *store,
                                  enum gv_gdoi_table_id table, const struct gv_gdoi_row *row);

/* The OID of the row's cell in the column of that number, in oid[GV_OID_ARCS]. */
size_t gv_gdoi_row_oid(const struct gv_gdoi_store *store, enum gv_gdoi_table_id table,
                       const struct gv_gdoi_row *row, uint32_t number, uint32_t *oid);

enum gv_store_outcome { GV_STORE_SAME, GV_STORE_CHANGED, GV_STORE_REFUSED, GV_STORE_FULL };

/* Keep a cell's value, fresh from now on. Changed: another value than the last
 * one kept. Refused, and not fresh: of the wrong type or size. Full: ceiling. */
enum gv_store_outcome gv_gdoi_store_put(struct gv_gdoi_store *store,
                                        enum gv_gdoi_table_id table, struct gv_gdoi_row *row,
                                        int column, const struct gv_snmp_var *var,
                                        struct gv_time now);

/* The octets of a cell; empty where there are none. */
struct gv_text gv_gdoi_cell_octets(const struct gv_gdoi_row *row, int column);

#endif
