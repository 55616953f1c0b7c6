/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up device for the tests of the SNMP walk: a sorted list of objects
 * that answers GETNEXT and GETBULK as RFC 3416 says, without octets on a wire. */
#ifndef FAKE_MIB_H
#define FAKE_MIB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snmp/walk.h"

enum { FAKE_OBJECTS = 60000, FAKE_OID = 64, FAKE_VALUE = 256 };

struct fake_object {
    uint32_t oid[FAKE_OID];
    size_t oid_n;
    enum gv_snmp_kind kind;
    uint64_t number;
    uint8_t octets[FAKE_VALUE];
    size_t octets_n;
};

struct fake_mib {
    struct fake_object *objects;
    size_t n;
    bool sorted;
};

static int fake_compare(const void *a, const void *b)
{
    const struct fake_object *x = a, *y = b;

    return gv_oid_compare(x->oid, x->oid_n, y->oid, y->oid_n);
}

/* "1.3.6.1" into arcs. */
static inline size_t fake_oid(const char *text, uint32_t *oid)
{
    struct gv_text rest = gv_text(text);
    size_t n = 0;

    while (rest.n > 0 && n < FAKE_OID) {
        size_t dot = gv_text_index(rest, '.');

        if (!gv_text_u32(gv_text_head(rest, dot), &oid[n]))
            break;
        n++;
        rest = gv_text_from(rest, dot + 1);
    }
    return n;
}

static inline struct fake_object *fake_add(struct fake_mib *mib, const char *oid)
{
    struct fake_object *o;

    if (mib->objects == NULL)
        mib->objects = calloc(FAKE_OBJECTS, sizeof(*mib->objects));
    if (mib->objects == NULL || mib->n == FAKE_OBJECTS)
        abort();
    o = &mib->objects[mib->n++];
    memset(o, 0, sizeof(*o));
    o->oid_n = fake_oid(oid, o->oid);
    mib->sorted = false;
    return o;
}

static inline void fake_number(struct fake_mib *mib, const char *oid, uint64_t value)
{
    struct fake_object *o = fake_add(mib, oid);

    o->kind = GV_SNMP_NUMBER;
    o->number = value;
}

static inline void fake_octets(struct fake_mib *mib, const char *oid, const void *octets,
                               size_t n)
{
    struct fake_object *o = fake_add(mib, oid);

    o->kind = GV_SNMP_OCTETS;
    o->octets_n = n;
    memcpy(o->octets, octets, n);
}

/* A cell: ENTRY.COLUMN.INDEX. */
static inline const char *fake_cell(const char *entry, unsigned column, const char *index)
{
    static char text[512];

    (void)snprintf(text, sizeof(text), "%s.%u.%s", entry, column, index);
    return text;
}

static inline struct fake_object *fake_find(struct fake_mib *mib, const char *oid)
{
    uint32_t arcs[FAKE_OID];
    size_t n = fake_oid(oid, arcs);

    for (size_t i = 0; i < mib->n; i++)
        if (gv_oid_compare(mib->objects[i].oid, mib->objects[i].oid_n, arcs, n) == 0)
            return &mib->objects[i];
    return NULL;
}

/* Remove every object under the OID. */
static inline void fake_remove(struct fake_mib *mib, const char *oid)
{
    uint32_t arcs[FAKE_OID];
    size_t n = fake_oid(oid, arcs), kept = 0;

    for (size_t i = 0; i < mib->n; i++)
        if (!gv_oid_under(mib->objects[i].oid, mib->objects[i].oid_n, arcs, n))
            mib->objects[kept++] = mib->objects[i];
    mib->n = kept;
}

static inline void fake_free(struct fake_mib *mib)
{
    free(mib->objects);
    *mib = (struct fake_mib){0};
}

/* The first object after the OID, NULL at the end. */
static inline struct fake_object *fake_next(struct fake_mib *mib, const uint32_t *oid, size_t n)
{
    size_t low = 0, high = mib->n;

    if (!mib->sorted && mib->n > 0)
        qsort(mib->objects, mib->n, sizeof(*mib->objects), fake_compare);
    mib->sorted = true;
    while (low < high) {
        size_t mid = (low + high) / 2;

        if (gv_oid_compare(mib->objects[mid].oid, mib->objects[mid].oid_n, oid, n) > 0)
            high = mid;
        else
            low = mid + 1;
    }
    return low < mib->n ? &mib->objects[low] : NULL;
}

/* ---- Devices ---------------------------------------------------------------------------- */

static inline void fake_system(struct fake_mib *mib, const char *descr, const char *name,
                               uint64_t uptime_cs)
{
    fake_octets(mib, "1.3.6.1.2.1.1.1.0", descr, strlen(descr));
    fake_add(mib, "1.3.6.1.2.1.1.2.0")->kind = GV_SNMP_OID;
    fake_add(mib, "1.3.6.1.2.1.1.3.0")->kind = GV_SNMP_TICKS;
    fake_find(mib, "1.3.6.1.2.1.1.3.0")->number = uptime_cs;
    fake_octets(mib, "1.3.6.1.2.1.1.5.0", name, strlen(name));
    fake_number(mib, "1.3.6.1.2.1.2.1.0", 4);      /* ifNumber: something after the group */
    fake_number(mib, "1.3.6.1.6.3.10.2.1.3.0", 7); /* and something after the enterprises */
}

/* A row of a KEK table. */
static inline void fake_kek(struct fake_mib *mib, const char *entry, const char *index,
                            unsigned kek, uint8_t seed, unsigned status, uint32_t remaining,
                            const uint8_t destination[4])
{
    char full[256];
    uint8_t spi[16];
    static const unsigned numbers[][2] = {{3, 1},     {4, 4},   {7, 1},     {8, 4},  {11, 2},
                                          {12, 1},    {13, 12}, {14, 256},  {15, 2}, {16, 1},
                                          {17, 2048}, {18, 0},  {19, 86400}};
    static const uint8_t source[4] = {10, 1, 11, 2}, port[2] = {3, 80};

    (void)snprintf(full, sizeof(full), "%s.%u", index, kek);
    memset(spi, seed, sizeof(spi));
    fake_octets(mib, fake_cell(entry, 2, full), spi, sizeof(spi));
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        fake_number(mib, fake_cell(entry, numbers[i][0], full), numbers[i][1]);
    fake_octets(mib, fake_cell(entry, 5, full), source, 4);
    fake_octets(mib, fake_cell(entry, 6, full), port, 2);
    fake_octets(mib, fake_cell(entry, 9, full), destination, 4);
    fake_octets(mib, fake_cell(entry, 10, full), port, 2);
    fake_number(mib, fake_cell(entry, 20, full), remaining);
    fake_number(mib, fake_cell(entry, 21, full), status);
}

/* A row of a TEK policy table. */
static inline void fake_tek(struct fake_mib *mib, const char *entry, const char *index,
                            unsigned ace, unsigned policy, uint8_t seed, uint32_t remaining)
{
    char full[256];
    uint8_t spi[4] = {0x5A, 0x69, 0xF5, seed};
    static const unsigned numbers[][2] = {{3, 1},   {4, 12}, {5, 256},  {6, 12},
                                          {7, 256}, {8, 64}, {9, 3600}, {11, 1}};

    (void)snprintf(full, sizeof(full), "%s.%u.%u", index, ace, policy);
    fake_octets(mib, fake_cell(entry, 2, full), spi, sizeof(spi));
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        fake_number(mib, fake_cell(entry, numbers[i][0], full), numbers[i][1]);
    fake_number(mib, fake_cell(entry, 10, full), remaining);
}

#define CISCO_GDOI "1.3.6.1.4.1.9.9.759.1"
#define JNX_GDOI   "1.3.6.1.4.1.2636.3.759.1"
#define GROUP_3333 "11.4.0.0.13.5"

/* The GM side of one group under `root`; `owner` is the index of group and GM. */
static inline void fake_gm(struct fake_mib *mib, const char *root, const char *group,
                           const char *name, unsigned aces, bool revision_2015)
{
    char table[64], owner[128];
    uint8_t kek[16];
    static const uint8_t ks[4] = {10, 1, 11, 2};

    (void)snprintf(owner, sizeof(owner), "%s.1.4.10.1.13.2", group);
    memset(kek, 0xEE, sizeof(kek));
    (void)snprintf(table, sizeof(table), "%s.1.1", root);
    fake_number(mib, fake_cell(table, 2, group), 4);
    fake_octets(mib, fake_cell(table, 4, group), name, strlen(name));
    (void)snprintf(table, sizeof(table), "%s.2.2.1", root);
    fake_number(mib, fake_cell(table, 2, owner), 4);
    fake_number(mib, fake_cell(table, 4, owner), 1);
    fake_number(mib, fake_cell(table, 5, owner), 4);
    fake_octets(mib, fake_cell(table, 6, owner), ks, 4);
    fake_octets(mib, fake_cell(table, 7, owner), kek, 16);
    fake_number(mib, fake_cell(table, 8, owner), 25);
    if (revision_2015)
        fake_number(mib, fake_cell(table, 9, owner), 1);
    (void)snprintf(table, sizeof(table), "%s.3.2.1", root);
    fake_kek(mib, table, owner, 1, 0xEE, 1, 787, (const uint8_t[]){239, 1, 2, 3});
    (void)snprintf(table, sizeof(table), "%s.3.6.1", root);
    for (unsigned ace = 1; ace <= aces; ace++)
        fake_tek(mib, table, owner, ace, 1, 0x1F, 188);
}

/* The KS side of one group of a Cisco router. */
static inline void fake_ks(struct fake_mib *mib, const char *group, const char *name,
                           unsigned peers, unsigned aces, bool revision_2015)
{
    char owner[128], peer[128];
    uint8_t kek[16];

    (void)snprintf(owner, sizeof(owner), "%s.1.4.10.1.11.2", group);
    memset(kek, 0xEE, sizeof(kek));
    fake_number(mib, fake_cell(CISCO_GDOI ".1.1", 2, group), 4);
    fake_octets(mib, fake_cell(CISCO_GDOI ".1.1", 4, group), name, strlen(name));
    fake_number(mib, fake_cell(CISCO_GDOI ".2.1.1", 2, owner), 4);
    fake_octets(mib, fake_cell(CISCO_GDOI ".2.1.1", 4, owner), kek, 16);
    fake_number(mib, fake_cell(CISCO_GDOI ".2.1.1", 5, owner), 25);
    if (revision_2015) {
        fake_number(mib, fake_cell(CISCO_GDOI ".1.1", 5, group), 4002);
        fake_number(mib, fake_cell(CISCO_GDOI ".1.1", 6, group), peers);
        fake_number(mib, fake_cell(CISCO_GDOI ".1.1", 7, group), 1);
        fake_number(mib, fake_cell(CISCO_GDOI ".1.1", 8, group), 10000);
        fake_number(mib, fake_cell(CISCO_GDOI ".2.1.1", 6, owner), 1);
        fake_number(mib, fake_cell(CISCO_GDOI ".2.1.1", 7, owner), 2001);
    }
    for (unsigned i = 0; revision_2015 && i < peers; i++) {
        (void)snprintf(peer, sizeof(peer), "%s.1.4.10.1.12.%u", group, i + 2);
        fake_number(mib, fake_cell(CISCO_GDOI ".2.3.1", 2, peer), 4);
        fake_number(mib, fake_cell(CISCO_GDOI ".2.3.1", 4, peer), 2);
        fake_number(mib, fake_cell(CISCO_GDOI ".2.3.1", 5, peer), 1);
        fake_number(mib, fake_cell(CISCO_GDOI ".2.3.1", 6, peer), 2001);
    }
    fake_kek(mib, CISCO_GDOI ".3.1.1", owner, 1, 0xEE, 1, 787, (const uint8_t[]){10, 9, 9, 9});
    for (unsigned ace = 1; ace <= aces; ace++) {
        fake_tek(mib, CISCO_GDOI ".3.4.1", owner, ace, 1, 0x1F, 188);
        fake_tek(mib, CISCO_GDOI ".3.4.1", owner, ace, 2, 0x2F, 3500);
    }
}

/* ---- Answering -------------------------------------------------------------------------- */

struct fake_answer {
    struct gv_snmp_answer answer;
    struct gv_snmp_var vars[GV_WALK_VARS + 8];
    uint32_t oids[GV_WALK_VARS + 8][GV_OID_ARCS];
    uint32_t object[10];
    size_t octets; /* of the answer on the wire, about */
};

static inline void fake_var(struct fake_answer *a, struct fake_mib *mib, const uint32_t *oid,
                            size_t n)
{
    struct fake_object *o = fake_next(mib, oid, n);
    size_t i = a->answer.n++;
    uint8_t packed[1024];

    if (o != NULL) {
        oid = o->oid;
        n = o->oid_n;
    }
    memcpy(a->oids[i], oid, n * sizeof(*oid));
    a->vars[i] = (struct gv_snmp_var){.oid = a->oids[i], .oid_n = n, .kind = GV_SNMP_END};
    a->octets += 6 + gv_oid_pack(oid, n, packed, sizeof(packed));
    if (o == NULL)
        return;
    a->vars[i].kind = o->kind;
    a->vars[i].number = o->number;
    a->vars[i].octets = o->octets;
    a->vars[i].octets_n = o->octets_n;
    a->octets += o->kind == GV_SNMP_OCTETS ? o->octets_n : 5;
    if (o->kind == GV_SNMP_OID) {
        a->vars[i].arcs_n = fake_oid("1.3.6.1.4.1.9.1.2068", a->object);
        a->vars[i].arcs = a->object;
    }
}

/* Answer the walk's current request. */
static inline void fake_reply(struct fake_mib *mib, const struct gv_walk *walk,
                              const struct gv_walk_request *request, struct fake_answer *a)
{
    size_t once = request->bulk ? request->once : request->n;

    memset(&a->answer, 0, sizeof(a->answer));
    a->answer.vars = a->vars;
    a->octets = 60;
    for (size_t i = 0; i < once; i++) {
        uint32_t oid[GV_OID_ARCS];

        fake_var(a, mib, oid, gv_walk_oid(walk, i, oid));
    }
    for (unsigned r = 0; request->bulk && r < request->repetitions; r++)
        for (size_t i = once; i < request->n; i++) {
            uint32_t oid[GV_OID_ARCS];
            size_t n = gv_walk_oid(walk, i, oid), back = request->n - once;

            if (r > 0) {
                n = a->vars[a->answer.n - back].oid_n;
                memcpy(oid, a->oids[a->answer.n - back], n * sizeof(*oid));
            }
            fake_var(a, mib, oid, n);
        }
}

/* One whole poll. The number of PDUs; *largest the octets of the largest answer. */
static inline unsigned fake_poll(struct fake_mib *mib, struct gv_gdoi_store *store, bool bulk,
                                 struct gv_walk *walk, size_t *largest)
{
    static struct fake_answer a;
    struct gv_walk_request request;

    *largest = 0;
    gv_walk_begin(walk, store, bulk);
    while (gv_walk_next(walk, &request)) {
        fake_reply(mib, walk, &request, &a);
        if (gv_walk_fits(walk, &a.answer) != GV_OK) {
            walk->err = GV_ERR_MALFORMED;
            break;
        }
        if (a.octets > *largest)
            *largest = a.octets;
        gv_walk_feed(walk, &a.answer, (struct gv_time){1000});
    }
    return walk->pdus;
}

/* Rows of that table that are kept: polled ones, or neighbours. */
static inline size_t fake_rows(const struct gv_gdoi_store *store, enum gv_gdoi_table_id t,
                               bool neighbours)
{
    size_t n = 0;

    for (const struct gv_gdoi_row *r = store->tables[t].first; r != NULL; r = r->next)
        n += r->neighbour == neighbours ? 1 : 0;
    return n;
}

/* A number of the first row, as told in the last poll; UINT32_MAX where it was not. */
static inline uint32_t fake_told(const struct gv_gdoi_store *store, enum gv_gdoi_table_id t,
                                 uint32_t arc)
{
    const struct gv_gdoi_row *row = store->tables[t].first;
    int column = gv_gdoi_column_find(&store->root->tables[t], arc);

    return row != NULL && row->fresh >> column & 1 ? row->cells[column].number : UINT32_MAX;
}

#endif
