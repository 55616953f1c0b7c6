/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/walk.h"

#include <string.h>

#include "snmp/walk_part.h"

const struct gv_gdoi_table *gv_walk_table(const struct gv_walk *walk, size_t table)
{
    return &walk->store->root->tables[table];
}

uint16_t gv_walk_fixed_columns(const struct gv_gdoi_table *table)
{
    uint16_t mask = 0;

    for (size_t i = 0; i < table->columns_n; i++)
        if (table->columns[i].fixed)
            mask |= (uint16_t)(1u << i);
    return mask;
}

void gv_walk_stop(struct gv_walk *walk, enum gv_err err)
{
    walk->err = err;
    walk->over = true;
}

static void begin_learning(struct gv_walk *walk)
{
    gv_gdoi_store_forget(walk->store);
    walk->learning = true;
    walk->refused_rows = false;
    walk->rows = walk->kept = 0;
    walk->scalars_pending = 1u << GV_SYS_DESCR | 1u << GV_SYS_OBJECT_ID | 1u << GV_SYS_NAME;
    memset(walk->cursors, 0, sizeof(walk->cursors));
    for (size_t r = 0; r < GV_GDOI_ROOTS; r++) {
        walk->start_pending[r] = 0;
        for (size_t t = 0; t < GV_GDOI_TABLES; t++)
            if (gv_gdoi_roots[r].tables[t].arcs_n > 0)
                walk->start_pending[r] |= (uint8_t)(1u << t);
    }
}

/* True for a table in which a row may appear: those of the sides that the
 * device has. New groups show as new rows of a side. */
static bool watched(const struct gv_gdoi_store *store, size_t table)
{
    static const int8_t side[GV_GDOI_TABLES] = {
        [GV_GDOI_GROUP] = -1,          [GV_GDOI_KS] = GV_GDOI_KS,
        [GV_GDOI_GM] = GV_GDOI_GM,     [GV_GDOI_PEER] = GV_GDOI_KS,
        [GV_GDOI_KS_KEK] = GV_GDOI_KS, [GV_GDOI_GM_KEK] = GV_GDOI_GM,
        [GV_GDOI_KS_TEK] = GV_GDOI_KS, [GV_GDOI_GM_TEK] = GV_GDOI_GM,
    };

    if (store->root->tables[table].arcs_n == 0 || side[table] < 0)
        return false;
    return (size_t)side[table] == table || store->tables[side[table]].first != NULL;
}

static void begin_rereading(struct gv_walk *walk)
{
    walk->scalars_pending = 1u << GV_SYS_NAME;
    for (size_t t = 0; t < GV_GDOI_TABLES; t++) {
        struct gv_gdoi_rows *rows = &walk->store->tables[t];
        uint16_t skip = gv_walk_fixed_columns(gv_walk_table(walk, t));
        bool check = watched(walk->store, t);

        rows->check_start = check;
        if (check && rows->check >= 0)
            skip |= (uint16_t)(1u << rows->check);
        for (struct gv_gdoi_row *row = rows->first; row != NULL; row = row->next) {
            row->fresh = 0;
            row->check = check && !row->gap;
            row->pending = row->exists & (uint16_t)~skip;
        }
    }
}

void gv_walk_begin(struct gv_walk *walk, struct gv_gdoi_store *store, bool bulk)
{
    memset(walk, 0, sizeof(*walk));
    walk->store = store;
    walk->bulk = bulk;
    if (store->complete)
        begin_rereading(walk);
    else
        begin_learning(walk);
}

static void end_learning(struct gv_walk *walk)
{
    struct gv_gdoi_store *store = walk->store;

    walk->over = true;
    if (store->root == NULL) {
        walk->err = GV_ERR_NO_DATA;
        return;
    }
    store->complete = walk->err == GV_OK && !walk->refused_rows;
    for (size_t t = 0; t < GV_GDOI_TABLES; t++)
        if (store->tables[t].first != NULL && store->tables[t].check < 0)
            store->complete = false;
}

bool gv_walk_next(struct gv_walk *walk, struct gv_walk_request *out)
{
    if (walk->over)
        return false;
    if (walk->pdus == GV_WALK_PDUS) {
        gv_walk_stop(walk, GV_ERR_TOO_LARGE);
        return false;
    }
    gv_walk_plan(walk);
    if (walk->asks_n == 1) {
        if (walk->learning)
            end_learning(walk);
        walk->over = true;
        return false;
    }
    walk->pdus++;
    out->bulk = walk->bulk && walk->repeaters_n > 0;
    out->n = walk->asks_n;
    out->once = (unsigned)(walk->asks_n - walk->repeaters_n);
    out->repetitions = walk->repetitions;
    return true;
}

static bool is_uptime(const struct gv_snmp_var *var)
{
    return var->kind == GV_SNMP_TICKS &&
           gv_oid_compare(var->oid, var->oid_n, gv_scalar_oids[GV_SYS_UPTIME],
                          GV_SCALAR_ARCS) == 0;
}

/* Does the varbind come after the OID asked, as GETNEXT demands? */
static bool follows(const struct gv_walk *walk, size_t i, const struct gv_snmp_var *var)
{
    uint32_t asked[GV_OID_ARCS];
    size_t n = gv_walk_oid(walk, i, asked);
    int order = gv_oid_compare(var->oid, var->oid_n, asked, n);

    return order > 0 || (order == 0 && var->kind == GV_SNMP_END);
}

static enum gv_err error_fits(const struct gv_walk *walk, const struct gv_snmp_answer *answer)
{
    uint32_t asked[GV_OID_ARCS];
    size_t n = gv_walk_oid(walk, 0, asked);

    /* RFC 3416, 4.2: the varbinds of the request, or none. */
    if (answer->n > walk->asks_n ||
        (answer->n > 0 && !is_uptime(&answer->vars[0]) &&
         gv_oid_compare(answer->vars[0].oid, answer->vars[0].oid_n, asked, n) != 0))
        return GV_ERR_NOT_FOUND;
    return GV_OK;
}

enum gv_err gv_walk_fits(const struct gv_walk *walk, const struct gv_snmp_answer *answer)
{
    size_t fixed = walk->asks_n - walk->repeaters_n;
    bool bulk = walk->bulk && walk->repeaters_n > 0;
    size_t most = bulk ? fixed + walk->repeaters_n * walk->repetitions : walk->asks_n;

    if (answer->error_status != GV_SNMP_NO_ERROR)
        return error_fits(walk, answer);
    if (answer->n == 0 || !is_uptime(&answer->vars[0]))
        return GV_ERR_NOT_FOUND;
    /* A GETBULK answer may be cut short, no other. */
    if (answer->n > most || (!bulk && answer->n < most))
        return GV_ERR_MALFORMED;
    for (size_t i = 0; i < answer->n && i < walk->asks_n; i++)
        if (!follows(walk, i, &answer->vars[i]))
            return GV_ERR_MALFORMED;
    return GV_OK;
}

/* A change or a reboot starts the walk anew, once in a poll. */
static void learn_again(struct gv_walk *walk)
{
    if (walk->relearnt) {
        walk->store->complete = false;
        gv_walk_stop(walk, GV_ERR_MALFORMED);
        return;
    }
    walk->relearnt = true;
    begin_learning(walk);
}

/* True if the device was up for longer before: it has rebooted. */
static bool take_uptime(struct gv_walk *walk, const struct gv_snmp_var *var)
{
    struct gv_gdoi_store *store = walk->store;
    bool rebooted = store->has_uptime && var->number < store->uptime_cs;

    store->has_uptime = true;
    store->uptime_cs = var->number;
    return rebooted && (!walk->learning || walk->pdus > 1);
}

static void take_error(struct gv_walk *walk, const struct gv_snmp_answer *answer,
                       struct gv_time now)
{
    static const struct gv_snmp_var nothing = {.kind = GV_SNMP_END};
    uint32_t status = answer->error_status, at = answer->error_index;

    if (status == GV_SNMP_TOO_BIG || at < 2 || at > walk->asks_n) {
        if (walk->asks_n <= 2)
            gv_walk_stop(walk, status == GV_SNMP_TOO_BIG ? GV_ERR_TOO_LARGE : GV_ERR_MALFORMED);
        walk->store->room /= 2;
        return;
    }
    /* SNMPv1 says so at the end of what it has; anything else is a fault of that varbind. */
    if (status != GV_SNMP_NO_SUCH_NAME && walk->err == GV_OK)
        walk->err = status == GV_SNMP_NO_ACCESS || status == GV_SNMP_AUTHORIZATION_ERROR
                        ? GV_ERR_AUTHORIZATION
                        : GV_ERR_MALFORMED;
    if (gv_walk_take(walk, &walk->asks[at - 1], &nothing, now))
        learn_again(walk);
}

void gv_walk_feed(struct gv_walk *walk, const struct gv_snmp_answer *answer, struct gv_time now)
{
    size_t fixed = walk->asks_n - walk->repeaters_n;
    bool changed = false;

    if (answer->error_status != GV_SNMP_NO_ERROR) {
        take_error(walk, answer, now);
        return;
    }
    if (take_uptime(walk, &answer->vars[0])) {
        learn_again(walk);
        return;
    }
    if (answer->n == 1) { /* cut to nothing: as if it were too big */
        struct gv_snmp_answer too_big = {.error_status = GV_SNMP_TOO_BIG};

        take_error(walk, &too_big, now);
        return;
    }
    for (size_t i = 1; i < answer->n && !walk->over; i++) {
        size_t ask = i < fixed ? i : fixed + (i - fixed) % walk->repeaters_n;

        changed = gv_walk_take(walk, &walk->asks[ask], &answer->vars[i], now) || changed;
    }
    if (changed && !walk->over)
        learn_again(walk);
}
