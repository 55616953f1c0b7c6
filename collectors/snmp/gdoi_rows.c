/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/gdoi_rows.h"

#include <string.h>

#include "snmp/sys_descr.h"

/* One row on its way into the observation. */
struct source {
    const struct gv_gdoi_store *store;
    struct gv_observation *obs;
    enum gv_gdoi_table_id id;
    const struct gv_gdoi_table *table;
    const struct gv_gdoi_row *row;
    struct gv_gdoi_index index;
    struct gv_group_obs *group;
};

static bool fresh(const struct gv_gdoi_row *row, int column)
{
    return column >= 0 && (row->fresh >> column & 1) != 0;
}

/* Place of the column of that use, or -1 where it was not told in this poll. */
static int told(const struct source *s, enum gv_gdoi_use use)
{
    int column = gv_gdoi_column_use(s->table, use);

    return fresh(s->row, column) ? column : -1;
}

static bool told_number(const struct source *s, enum gv_gdoi_use use, uint32_t *out)
{
    int column = told(s, use);

    if (column >= 0)
        *out = s->row->cells[column].number;
    return column >= 0;
}

static void fill_number(unsigned char *at, uint32_t value)
{
    memcpy(at, &value, sizeof(value));
}

static void fill_word(unsigned char *at, const char *word)
{
    memcpy(at, &word, sizeof(word));
}

/* Put one cell into the row's struct at `base`. Returns its HAS bit, 0 where
 * the value is none that we know. */
static uint32_t fill(const struct gv_gdoi_column *column, const struct gv_gdoi_row *row,
                     int place, unsigned char *base)
{
    unsigned char *at = base + column->field;
    uint32_t number = column->octets == 0 ? row->cells[place].number : 0;
    struct gv_text octets;

    switch (column->fill) {
    case GV_FILL_NUMBER:
        fill_number(at, number);
        return column->has;
    case GV_FILL_SPI:
        octets = gv_gdoi_cell_octets(row, place);
        if (octets.n != column->octets)
            return 0;
        memcpy(at, octets.at, octets.n);
        return column->has;
    case GV_FILL_ENUM:
    case GV_FILL_TEK_STATUS_JNX:
        if (column->fill == GV_FILL_TEK_STATUS_JNX && number == GV_TEK_NOT_IN_USE)
            number = GV_TEK_BIDIRECTIONAL;
        else if (number > column->most)
            number = 0;
        fill_number(at, number);
        return column->has;
    case GV_FILL_CIPHER:
        fill_word(at, gv_gdoi_cipher_name(number));
        return column->has;
    case GV_FILL_HASH:
        fill_word(at, gv_gdoi_hash_name(number));
        return column->has;
    case GV_FILL_NONE:
        break;
    }
    return 0;
}

_Static_assert(sizeof(enum gv_ks_role) == sizeof(uint32_t),
               "enumerations are filled as numbers");

/* Put every fresh cell of the row into the struct at `base`. Returns the HAS bits. */
static uint32_t fill_all(const struct source *s, void *base)
{
    uint32_t has = 0;

    for (int c = 0; c < s->table->columns_n; c++)
        if (fresh(s->row, c))
            has |= fill(&s->table->columns[c], s->row, c, base);
    return has;
}

static const char *id_text(struct source *s, const struct gv_gdoi_id *id)
{
    char text[GV_GDOI_ID_TEXT];

    return gv_observation_text(s->obs, gv_gdoi_id_text(id, text));
}

/* The identity that a type column and a value column make. False where not told. */
static bool told_id(const struct source *s, struct gv_gdoi_id *out)
{
    int value = told(s, GV_USE_ID_VALUE);
    struct gv_text octets;
    uint32_t type;

    if (value < 0 || !told_number(s, GV_USE_ID_TYPE, &type))
        return false;
    octets = gv_gdoi_cell_octets(s->row, value);
    if (octets.n == 0) {
        *out = (struct gv_gdoi_id){.type = type};
        return true;
    }
    return gv_gdoi_id_decode(type, (const uint8_t *)octets.at, octets.n, out) == GV_OK;
}

/* ---- Groups ----------------------------------------------------------------------------- */

static bool same_id(const struct gv_gdoi_id *a, const struct gv_gdoi_id *b)
{
    return a->type == b->type && a->octets_n == b->octets_n &&
           memcmp(a->octets, b->octets, a->octets_n) == 0;
}

/* The name of the group that `index` begins with, from the group table. */
static struct gv_text group_name(const struct gv_gdoi_store *store,
                                 const struct gv_gdoi_index *index)
{
    const struct gv_gdoi_table *table = &store->root->tables[GV_GDOI_GROUP];
    int column = gv_gdoi_column_use(table, GV_USE_NAME);

    for (const struct gv_gdoi_row *row = store->tables[GV_GDOI_GROUP].first; row != NULL;
         row = row->next) {
        uint32_t arcs[GV_OID_ARCS];
        size_t n = gv_oid_unpack(gv_gdoi_row_suffix(store, GV_GDOI_GROUP, row), row->suffix_n,
                                 arcs, GV_OID_ARCS);
        struct gv_gdoi_index own;
        struct gv_text name;

        if (gv_gdoi_index_decode(table, arcs, n, &own) == GV_OK &&
            same_id(&own.id[0], &index->id[0])) {
            name = gv_gdoi_cell_octets(row, column);
            return gv_text_head(name, gv_text_index(name, '\0'));
        }
    }
    return (struct gv_text){"", 0};
}

static struct gv_group_obs *group_of(struct gv_observation *obs,
                                     const struct gv_gdoi_store *store,
                                     const struct gv_gdoi_index *index)
{
    char id[GV_GDOI_ID_TEXT];
    struct gv_group_obs *group =
        gv_observation_group(obs, group_name(store, index), gv_gdoi_id_text(&index->id[0], id));

    if (group != NULL)
        group->type = GV_GROUP_GDOI;
    return group;
}

/* ---- Rows ------------------------------------------------------------------------------- */

/* Columns of the group table that speak of the KS; its row comes after the KS's. */
static void take_group(struct source *s)
{
    if (s->group->ks != NULL)
        s->group->ks->has |= fill_all(s, s->group->ks);
}

static void take_ks(struct source *s)
{
    struct gv_ks_obs *ks = gv_group_ks(s->obs, s->group);

    /* One KS a group on a device: a second row is not the device itself. */
    if (ks == NULL || ks->address != NULL)
        return;
    ks->address = id_text(s, &s->index.id[1]);
    ks->has |= fill_all(s, ks);
}

static void take_peer(struct source *s)
{
    struct gv_ks_obs *ks = gv_group_ks(s->obs, s->group);
    struct gv_peer_obs *peer = ks != NULL ? gv_ks_add_peer(s->obs, ks) : NULL;

    if (peer == NULL)
        return;
    peer->address = id_text(s, &s->index.id[1]);
    (void)fill_all(s, peer);
    peer->has_members_registered = told_number(s, GV_USE_MEMBERS, &peer->members_registered);
}

/* TEKs of the GM in `s` that were told and have not run out; *known false where
 * the device told none of them in this poll. */
static uint32_t teks_alive(const struct source *s, bool *known)
{
    const struct gv_gdoi_table *table = &s->store->root->tables[GV_GDOI_GM_TEK];
    int remaining = gv_gdoi_column_use(table, GV_USE_REMAINING);
    const uint8_t *owner = gv_gdoi_row_suffix(s->store, s->id, s->row);
    uint32_t alive = 0;

    *known = false;
    for (const struct gv_gdoi_row *row = s->store->tables[GV_GDOI_GM_TEK].first; row != NULL;
         row = row->next) {
        if (row->owner_n != s->row->owner_n || row->neighbour || !fresh(row, remaining) ||
            memcmp(gv_gdoi_row_suffix(s->store, GV_GDOI_GM_TEK, row), owner, row->owner_n) != 0)
            continue;
        *known = true;
        alive += row->cells[remaining].number > 0 ? 1 : 0;
    }
    return alive;
}

static bool all_zero(struct gv_text octets)
{
    for (size_t i = 0; i < octets.n; i++)
        if (octets.at[i] != 0)
            return false;
    return true;
}

/* snmp-mib.md: a KS is set, the active KEK is not zero, TEKs are active. */
static void infer_registration(const struct source *s, const struct gv_gdoi_id *ks,
                               struct gv_gm_obs *gm)
{
    int kek = told(s, GV_USE_ACTIVE_KEK);
    bool teks_known = (gm->has & GV_GM_HAS_ACTIVE_TEKS) != 0;
    uint32_t teks = gm->active_teks;

    if (kek < 0)
        return;
    if (!teks_known)
        teks = teks_alive(s, &teks_known);
    if (!gv_gdoi_id_unset(ks) && !all_zero(gv_gdoi_cell_octets(s->row, kek))) {
        if (!teks_known)
            return;
        gm->registered = teks > 0;
    }
    gm->has |= GV_GM_HAS_REGISTERED;
    gm->registered_inferred = true;
}

static void take_gm(struct source *s)
{
    struct gv_gm_obs *gm = gv_group_gm(s->obs, s->group);
    struct gv_gdoi_id ks;

    if (gm == NULL || gm->address != NULL)
        return;
    gm->seen_at = s->row->seen_at;
    gm->address = id_text(s, &s->index.id[1]);
    gm->has |= fill_all(s, gm);
    if (!told_id(s, &ks))
        return;
    if (!gv_gdoi_id_unset(&ks))
        gm->registered_with = id_text(s, &ks);
    infer_registration(s, &ks, gm);
}

static void infer_transport(const struct source *s)
{
    struct gv_gdoi_id destination;

    if (s->group->transport != GV_REKEY_TRANSPORT_UNSAID || !told_id(s, &destination) ||
        !gv_gdoi_id_is_address(&destination) || destination.octets_n == 0)
        return;
    s->group->transport =
        gv_gdoi_id_multicast(&destination) ? GV_REKEY_MULTICAST : GV_REKEY_UNICAST;
    s->group->transport_inferred = true;
}

static void take_kek(struct source *s)
{
    struct gv_kek_obs *kek;

    infer_transport(s);
    if (s->id == GV_GDOI_GM_KEK && s->group->ks != NULL)
        return; /* the KS's view is there */
    kek = gv_group_add_kek(s->obs, s->group);
    if (kek == NULL)
        return;
    kek->seen_at = s->row->seen_at;
    kek->has = fill_all(s, kek) | GV_KEK_HAS_INDEX;
    kek->index = s->index.number[0];
}

enum { TRANSFORM_TEXT = 64 };

static const char *transform(struct source *s)
{
    const char *words[2] = {NULL, NULL};
    uint32_t cipher, bits = 0, hash;
    char text[TRANSFORM_TEXT];
    size_t n = 0;

    if (!told_number(s, GV_USE_CIPHER, &cipher) || !told_number(s, GV_USE_HASH, &hash))
        return NULL;
    (void)told_number(s, GV_USE_KEY_BITS, &bits);
    words[0] = gv_gdoi_transform_cipher(cipher, bits);
    words[1] = gv_gdoi_transform_hash(hash);
    /* 0 is no integrity algorithm: GCM and GMAC bring their own. */
    if (words[0] == NULL || (words[1] == NULL && hash != 0))
        return NULL;
    for (size_t i = 0; i < 2 && words[i] != NULL; i++) {
        size_t length = strlen(words[i]);

        if (n > 0)
            text[n++] = ' ';
        memcpy(text + n, words[i], length);
        n += length;
    }
    return gv_observation_text(s->obs, (struct gv_text){text, n});
}

static void take_tek(struct source *s)
{
    struct gv_tek_obs *tek;

    if (s->id == GV_GDOI_GM_TEK && s->group->ks != NULL)
        return; /* as above */
    tek = gv_group_add_tek(s->obs, s->group);
    if (tek == NULL)
        return;
    tek->seen_at = s->row->seen_at;
    tek->has = fill_all(s, tek);
    tek->transform = transform(s);
}

/* In this order: the group table and the GM's keys look at the KS side. */
static const struct {
    enum gv_gdoi_table_id table;
    void (*take)(struct source *s);
} takers[] = {
    {GV_GDOI_KS, take_ks},      {GV_GDOI_PEER, take_peer},  {GV_GDOI_GROUP, take_group},
    {GV_GDOI_GM, take_gm},      {GV_GDOI_KS_KEK, take_kek}, {GV_GDOI_KS_TEK, take_tek},
    {GV_GDOI_GM_KEK, take_kek}, {GV_GDOI_GM_TEK, take_tek},
};

static void take_row(struct source *s, void (*take)(struct source *s))
{
    uint32_t arcs[GV_OID_ARCS];
    size_t n = gv_oid_unpack(gv_gdoi_row_suffix(s->store, s->id, s->row), s->row->suffix_n,
                             arcs, GV_OID_ARCS);

    if (s->row->neighbour || s->row->fresh == 0 ||
        gv_gdoi_index_decode(s->table, arcs, n, &s->index) != GV_OK)
        return;
    s->group = group_of(s->obs, s->store, &s->index);
    if (s->group != NULL)
        take(s);
}

static void observe_device(const struct gv_gdoi_store *store, struct gv_observation *obs)
{
    struct gv_device_obs *device = &obs->device;

    gv_sys_descr_read(obs, gv_text(store->descr), store->enterprise);
    if (device->vendor == GV_VENDOR_UNSAID && store->root != NULL)
        device->vendor = store->root->vendor;
    device->hostname = gv_observation_text(obs, gv_text(store->hostname));
    device->has_uptime = store->has_uptime;
    device->uptime_ms = store->uptime_cs * 10;
}

void gv_gdoi_observe(const struct gv_gdoi_store *store, struct gv_observation *obs)
{
    struct source s = {.store = store, .obs = obs};

    observe_device(store, obs);
    if (store->root == NULL)
        return;
    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++) {
        s.id = takers[i].table;
        s.table = &store->root->tables[s.id];
        for (s.row = store->tables[s.id].first; s.row != NULL; s.row = s.row->next)
            take_row(&s, takers[i].take);
    }
}
