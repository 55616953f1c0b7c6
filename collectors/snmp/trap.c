/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/trap.h"

#include <string.h>

#include "snmp/gdoi_index.h"

enum { NOTIFICATIONS = 0, VARS = 5, ENTERPRISE_SPECIFIC = 6 };

/* Under MIB.0; `jnx` has those of a member only. */
static const struct row {
    uint32_t number;
    enum gv_event_kind kind;
    bool jnx;
    const char *name;
} rows[] = {
    {1, GV_EVENT_KS_REGISTRATION_BEGUN, false, "KeyServerNewRegistration"},
    {2, GV_EVENT_KS_REGISTERED, false, "KeyServerRegistrationComplete"},
    {3, GV_EVENT_KS_REKEY_SENT, false, "KeyServerRekeyPushed"},
    {4, GV_EVENT_KS_FAULT, false, "KeyServerNoRsaKeys"},
    {5, GV_EVENT_GM_REGISTRATION_BEGUN, true, "GmRegister"},
    {6, GV_EVENT_GM_REGISTERED, true, "GmRegistrationComplete"},
    {7, GV_EVENT_GM_REREGISTERS, true, "GmReRegister"},
    {8, GV_EVENT_GM_REKEY_RECEIVED, true, "GmRekeyReceived"},
    {9, GV_EVENT_GM_FAULT, false, "GmIncompleteCfg"},
    {10, GV_EVENT_GM_FAULT, false, "GmNoIpSecFlows"},
    {11, GV_EVENT_GM_FAULT, true, "GmRekeyFailure"},
    {12, GV_EVENT_COOP_ROLE, false, "KeyServerRoleChange"},
    {13, GV_EVENT_KS_MEMBERS, false, "KeyServerGmDeleted"},
    {14, GV_EVENT_COOP_REACHABLE, false, "KeyServerPeerReachable"},
    {15, GV_EVENT_COOP_UNREACHABLE, false, "KeyServerPeerUnreachable"},
};

/* Objects under MIB.1.5, as pairs of type and value; the peer is who 14 and 15 are about. */
enum { GROUP, SERVER, MEMBER, PEER, IDENTITIES };
static const struct {
    uint32_t type, value;
} vars_of[IDENTITIES] = {{1, 2}, {4, 5}, {7, 8}, {9, 10}};
enum { VAR_GROUP_NAME = 3 };

/* What the varbinds told so far. */
struct told {
    const struct gv_gdoi_root *root;
    uint32_t type[IDENTITIES];
    const struct gv_snmp_var *value[IDENTITIES];
    struct gv_event *event;
};

/* The root whose MIB the notification is of: MIB.0.NUMBER beside the objects' MIB.1. */
static const struct gv_gdoi_root *root_of(const uint32_t *trap, size_t n)
{
    for (size_t i = 0; i < GV_GDOI_ROOTS; i++) {
        const struct gv_gdoi_root *root = &gv_gdoi_roots[i];
        size_t mib_n = (size_t)root->oid_n - 1;

        if (n == mib_n + 2 && memcmp(trap, root->oid, mib_n * sizeof(*trap)) == 0 &&
            trap[mib_n] == NOTIFICATIONS)
            return root;
    }
    return NULL;
}

static void keep_id(char *to, size_t size, const struct gv_gdoi_id *id)
{
    char text[GV_GDOI_ID_TEXT];

    if (!gv_gdoi_id_unset(id) && to[0] == '\0')
        gv_event_text(to, size, gv_gdoi_id_text(id, text));
}

/* An instance names the group and, by its table, a KS or a GM. */
static void keep_index(struct told *told, enum gv_gdoi_table_id table,
                       const struct gv_gdoi_index *index)
{
    struct gv_event *event = told->event;

    keep_id(event->group_id, sizeof(event->group_id), &index->id[0]);
    if (table == GV_GDOI_KS)
        keep_id(event->ks, sizeof(event->ks), &index->id[1]);
    else if (table == GV_GDOI_GM)
        keep_id(event->gm, sizeof(event->gm), &index->id[1]);
}

static void keep_value(struct told *told, size_t which, bool is_type,
                       const struct gv_snmp_var *var)
{
    if (is_type && var->kind == GV_SNMP_NUMBER && var->number <= UINT32_MAX)
        told->type[which] = (uint32_t)var->number;
    else if (!is_type && var->kind == GV_SNMP_OCTETS)
        told->value[which] = var;
}

static bool take_column(struct told *told, enum gv_gdoi_table_id id,
                        const struct gv_snmp_var *var)
{
    const struct gv_gdoi_table *table = &told->root->tables[id];
    uint32_t entry[GV_GDOI_ENTRY_ARCS];
    size_t n = table->arcs_n > 0 ? gv_gdoi_entry_oid(told->root, id, 0, entry) : 0;
    struct gv_gdoi_index index;
    int column;

    if (n == 0 || !gv_oid_under(var->oid, var->oid_n, entry, n) || var->oid_n < n + 2)
        return false;
    column = gv_gdoi_column_find(table, var->oid[n]);
    if (gv_gdoi_index_decode(table, var->oid + n + 1, var->oid_n - n - 1, &index) != GV_OK)
        return true;
    keep_index(told, id, &index);
    if (id == GV_GDOI_GM && column >= 0 && table->columns[column].use == GV_USE_ID_TYPE)
        keep_value(told, SERVER, true, var);
    else if (id == GV_GDOI_GM && column >= 0 && table->columns[column].use == GV_USE_ID_VALUE)
        keep_value(told, SERVER, false, var);
    return true;
}

static void take_object(struct told *told, const struct gv_snmp_var *var)
{
    size_t n = told->root->oid_n;
    uint32_t number;

    if (!gv_oid_under(var->oid, var->oid_n, told->root->oid, n) || var->oid_n < n + 2 ||
        var->oid[n] != VARS)
        return;
    number = var->oid[n + 1];
    if (number == VAR_GROUP_NAME && var->kind == GV_SNMP_OCTETS)
        gv_event_text(told->event->group, sizeof(told->event->group),
                      (struct gv_text){(const char *)var->octets, var->octets_n});
    for (size_t i = 0; i < IDENTITIES; i++)
        if (number == vars_of[i].type || number == vars_of[i].value)
            keep_value(told, i, number == vars_of[i].type, var);
}

static void take_identities(struct told *told)
{
    struct gv_event *event = told->event;
    const struct {
        char *to;
        size_t size;
    } places[IDENTITIES] = {
        [GROUP] = {event->group_id, sizeof(event->group_id)},
        [SERVER] = {event->ks, sizeof(event->ks)},
        [MEMBER] = {event->gm, sizeof(event->gm)},
        [PEER] = {event->ks, sizeof(event->ks)},
    };

    /* The peer before the KS that tells of it. */
    for (size_t i = IDENTITIES; i-- > 0;) {
        struct gv_gdoi_id id;

        if (told->value[i] != NULL && told->type[i] != 0 &&
            gv_gdoi_id_decode(told->type[i], told->value[i]->octets, told->value[i]->octets_n,
                              &id) == GV_OK)
            keep_id(places[i].to, places[i].size, &id);
    }
}

static const struct row *row_of(const struct gv_gdoi_root *root, uint32_t number)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].number == number && (rows[i].jnx || root->vendor == GV_VENDOR_CISCO))
            return &rows[i];
    return NULL;
}

enum gv_err gv_trap_read(const uint32_t *trap, size_t trap_n, const struct gv_snmp_var *vars,
                         size_t var_n, struct gv_event *event)
{
    struct told told = {.root = root_of(trap, trap_n), .event = event};
    const struct row *row = told.root != NULL ? row_of(told.root, trap[trap_n - 1]) : NULL;

    if (row == NULL)
        return GV_ERR_NO_DATA;
    *event = (struct gv_event){.kind = row->kind, .notified = true};
    gv_event_text(event->code, sizeof(event->code), gv_text(row->name));
    for (size_t i = 0; i < var_n; i++)
        if (!take_column(&told, GV_GDOI_KS, &vars[i]) &&
            !take_column(&told, GV_GDOI_GM, &vars[i]))
            take_object(&told, &vars[i]);
    take_identities(&told);
    return GV_OK;
}

size_t gv_trap_v1_oid(const uint32_t *enterprise, size_t n, uint32_t generic, uint32_t specific,
                      uint32_t *out)
{
    static const uint32_t standard[] = {1, 3, 6, 1, 6, 3, 1, 1, 5};

    if (generic != ENTERPRISE_SPECIFIC) {
        enterprise = standard;
        n = sizeof(standard) / sizeof(standard[0]);
    }
    if (n + 2 > GV_OID_ARCS || generic > ENTERPRISE_SPECIFIC)
        return 0;
    memcpy(out, enterprise, n * sizeof(*out));
    if (generic == ENTERPRISE_SPECIFIC)
        out[n++] = 0;
    out[n++] = generic == ENTERPRISE_SPECIFIC ? specific : generic + 1;
    return n;
}
