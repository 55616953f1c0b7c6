/* SPDX-License-Identifier: Apache-2.0 */
/* A device made of the input, polled several times: its objects, then one octet an answer
 * that says how the answer lies. Whatever it is, a poll ends within its ceilings and gives an
 * observation; and once it has told the truth and was learnt, nothing is learnt anew.
 *
 * Input: flags (1: GETBULK; the next two bits: polls - 1); objects, each a selector (root and
 * table, or F0 and up: a scalar of the system group), for a table column, length and packed
 * index, then kind, length, value; FF; then the lies. */
#include "base/reader.h"
#include "fake_mib.h"
#include "snmp/gdoi_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_OBJECTS = 4000, SCALARS = 0xf0, END_OF_OBJECTS = 0xff, MOST_POLLS = 4 };

static const uint32_t scalars[][9] = {
    {1, 3, 6, 1, 2, 1, 1, 3, 0},
    {1, 3, 6, 1, 2, 1, 1, 1, 0},
    {1, 3, 6, 1, 2, 1, 1, 2, 0},
    {1, 3, 6, 1, 2, 1, 1, 5, 0},
};

static size_t object_oid(struct gv_reader *in, uint32_t selector, uint32_t *oid)
{
    const struct gv_gdoi_root *root = &gv_gdoi_roots[selector / GV_GDOI_TABLES % GV_GDOI_ROOTS];
    struct gv_reader index;
    size_t n;

    if (selector >= SCALARS) {
        memcpy(oid, scalars[selector % 4], sizeof(scalars[0]));
        return 9;
    }
    n = gv_gdoi_entry_oid(root, (enum gv_gdoi_table_id)(selector % GV_GDOI_TABLES),
                          gv_reader_uint(in, 1) + 1, oid);
    index = gv_reader_sub(in, gv_reader_uint(in, 1));
    return n + gv_oid_unpack(index.at, index.left, oid + n, FAKE_OID - n);
}

static void read_object(struct gv_reader *in, uint32_t selector, struct fake_mib *mib)
{
    struct fake_object *o = fake_add(mib, "");
    struct gv_reader value;

    o->oid_n = object_oid(in, selector, o->oid);
    o->kind = (enum gv_snmp_kind)(gv_reader_uint(in, 1) % (GV_SNMP_END + 1));
    value = gv_reader_sub(in, gv_reader_uint(in, 1));
    o->octets_n = value.left;
    memcpy(o->octets, value.at, value.left);
    while (value.left > 0)
        o->number = o->number << 8 | gv_reader_uint(&value, 1);
    if (in->bad)
        mib->n--;
}

static void read_objects(struct gv_reader *in, struct fake_mib *mib)
{
    while (in->left > 0 && mib->n < MOST_OBJECTS) {
        uint32_t selector = gv_reader_uint(in, 1);

        if (selector == END_OF_OBJECTS)
            return;
        read_object(in, selector, mib);
    }
}

/* One octet: what is done, and to which varbind or object. */
static void lie(uint32_t octet, struct fake_mib *mib, struct fake_answer *a)
{
    uint32_t which = octet & 15;
    struct gv_snmp_answer *answer = &a->answer;
    size_t at = answer->n > 0 ? which % answer->n : 0;

    switch (octet >> 4) {
    case 1:
    case 2:
    case 3:
        answer->error_status =
            octet >> 4 == 3 ? 5 : octet >> 4; /* tooBig, noSuchName, genErr */
        answer->error_index = which;
        break;
    case 4:
        answer->n = at;
        break;
    case 5:
        a->vars[at].oid_n = a->vars[at].oid_n > 1 ? a->vars[at].oid_n - 1 : 0;
        break;
    case 6:
        a->oids[at][a->vars[at].oid_n > 0 ? a->vars[at].oid_n - 1 : 0]++;
        break;
    case 7:
        a->vars[at].kind = (enum gv_snmp_kind)(which % (GV_SNMP_END + 1));
        break;
    case 8: /* the device changes: seen in later answers */
        mib->n -= mib->n > which ? which : 0;
        break;
    case 9:
        if (mib->n > 0)
            mib->objects[which % mib->n].number -= 5;
        break;
    default:
        break;
    }
}

static void poll(struct gv_reader *lies, struct fake_mib *mib, struct gv_gdoi_store *store,
                 bool bulk, bool truthful_before)
{
    static struct fake_answer a;
    static struct gv_walk walk;
    struct gv_walk_request request;
    struct gv_observation *obs;
    bool settled = store->complete && truthful_before;

    gv_walk_begin(&walk, store, bulk);
    while (gv_walk_next(&walk, &request)) {
        fake_reply(mib, &walk, &request, &a);
        if (lies->left > 0)
            lie(gv_reader_uint(lies, 1), mib, &a);
        if (gv_walk_fits(&walk, &a.answer) != GV_OK)
            break;
        gv_walk_feed(&walk, &a.answer, (struct gv_time){1000});
    }
    if ((settled && walk.relearnt) || walk.pdus > GV_WALK_PDUS ||
        store->arena.used > GV_GDOI_STORE_CEILING)
        abort();
    obs = gv_observation_new((struct gv_time){1000});
    if (obs == NULL)
        return;
    gv_gdoi_observe(store, obs);
    for (const struct gv_group_obs *g = obs->groups; g != NULL; g = g->next)
        if (g->id == NULL && !obs->failed)
            abort();
    gv_observation_free(obs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fake_mib mib; /* its memory serves every run */
    struct gv_reader in = gv_reader(data, size);
    uint32_t flags = gv_reader_uint(&in, 1);
    struct gv_gdoi_store store;
    bool truthful_before = false;

    mib.n = 0;
    read_objects(&in, &mib);
    gv_gdoi_store_init(&store);
    for (uint32_t i = 0; i <= (flags >> 1) % MOST_POLLS; i++) {
        bool truthful = in.left == 0;

        poll(&in, &mib, &store, flags & 1, truthful && truthful_before);
        truthful_before = truthful;
    }
    gv_gdoi_store_forget(&store);
    return 0;
}
