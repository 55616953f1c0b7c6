/* SPDX-License-Identifier: Apache-2.0 */
/* What to ask a device next: begin, then next and feed by turns. No socket inside.
 *
 * The first walk asks for the first row of every table at once, then follows
 * the rows by GETBULK and reads their cells beside. Later polls re-read: every
 * cell is asked as the successor of the OID just before it, so the same one or
 * two PDUs that bring the values also prove that no row came or went. A row or
 * role that changed, or a reboot, starts a whole walk within the same poll, once.
 *
 * sysUpTime is the first varbind of every request: it shows a reboot in any
 * answer, and an answer that does not begin with it is not one to our question. */
#ifndef GV_SNMP_WALK_H
#define GV_SNMP_WALK_H

#include "base/error.h"
#include "snmp/gdoi_store.h"

/* threats.md, 2.1: ceilings of one poll. The time ceiling is the driver's. */
enum {
    GV_WALK_ROWS = 20000, /* seen; most of a long access list only repeat a TEK */
    GV_WALK_KEPT = 4000,
    GV_WALK_PDUS = 2000,
    GV_WALK_VARS = 60, /* varbinds of one request, and of its answer */
    GV_WALK_REPETITIONS = 25
};

enum gv_walk_ask_kind {
    GV_ASK_SYSTEM,      /* a scalar of the system group */
    GV_ASK_START,       /* what comes first in a table that is not known yet */
    GV_ASK_CURSOR,      /* the next rows of a table */
    GV_ASK_CELL,        /* a cell, by the OID before it */
    GV_ASK_CHECK_START, /* is the known first row still the first? */
    GV_ASK_CHECK_NEXT   /* is the known next row still the next? */
};

struct gv_walk_ask {
    enum gv_walk_ask_kind kind;
    uint8_t table;
    uint8_t root;  /* GV_ASK_START */
    int8_t column; /* place in the table; GV_ASK_SYSTEM: place in the list of scalars */
    struct gv_gdoi_row *row;
};

/* One table in a first walk. */
struct gv_walk_cursor {
    bool walking;
    bool skipped;    /* the row at `pos` is not kept */
    uint32_t column; /* arc of the column whose instances are followed */
    uint8_t pos_n;
    uint32_t pos[GV_OID_ARCS]; /* index of the last row seen */
};

struct gv_walk {
    struct gv_gdoi_store *store;
    enum gv_err err; /* why the poll is not whole; GV_OK so far */
    bool bulk;       /* false: SNMPv1, GETNEXT only */
    bool learning;   /* a first walk, not a re-read */
    bool relearnt;   /* the re-read found a change, or the device rebooted */
    bool over;
    bool refused_rows; /* some index made no sense */
    uint8_t scalars_pending;
    uint8_t start_pending[GV_GDOI_ROOTS]; /* a bit per table */
    unsigned pdus, rows, kept;
    size_t asks_n, repeaters_n; /* the last repeaters_n asks are cursors */
    unsigned repetitions;
    struct gv_walk_ask asks[GV_WALK_VARS];
    struct gv_walk_cursor cursors[GV_GDOI_TABLES];
};

struct gv_walk_request {
    bool bulk;                  /* GETBULK, else GETNEXT */
    size_t n;                   /* varbinds; their OIDs by gv_walk_oid */
    unsigned once, repetitions; /* GETBULK: the first `once` are asked once */
};

/* Begin one poll of the device that `store` knows; the store outlives the walk. */
void gv_walk_begin(struct gv_walk *walk, struct gv_gdoi_store *store, bool bulk);

/* The next request; false when the poll is over, and walk->err says how it went. */
bool gv_walk_next(struct gv_walk *walk, struct gv_walk_request *out);

/* OID of the varbind `i` of the current request, in oid[GV_OID_ARCS]. */
size_t gv_walk_oid(const struct gv_walk *walk, size_t i, uint32_t *oid);

/* GV_OK if `answer` can be one to the current request; otherwise it must not be
 * fed, and the genuine one may still come. GV_ERR_MALFORMED where an OID does
 * not follow the one asked, GV_ERR_NOT_FOUND where it answers another question. */
enum gv_err gv_walk_fits(const struct gv_walk *walk,
                         const struct gv_snmp_answer *answer) GV_MUST_CHECK;

/* Take the answer to the current request, which arrived at `now`. */
void gv_walk_feed(struct gv_walk *walk, const struct gv_snmp_answer *answer,
                  struct gv_time now);

#endif
