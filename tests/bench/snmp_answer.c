/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp_answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

enum { MOST_OBJECTS = 4096, MOST_BINDS = 128, OID_SIZE = 160 };

struct object {
    uint8_t oid[OID_SIZE]; /* encoded: every sub-identifier here sorts by its octets */
    size_t oid_n;
    uint8_t value[64];
    size_t value_n;
    uint32_t countdown_from; /* not 0: remaining seconds, computed at each answer */
    bool uptime;             /* hundredths of a second, computed at each answer */
};

static struct object objects[MOST_OBJECTS];
static size_t object_count;

static void put_subid(struct object *o, uint32_t v)
{
    for (int shift = 28; shift > 0; shift -= 7)
        if (v >> shift)
            o->oid[o->oid_n++] = (uint8_t)(0x80 | (v >> shift & 0x7f));
    o->oid[o->oid_n++] = (uint8_t)(v & 0x7f);
}

/* "9.9.759.1" appended to the object's OID. */
static void put_oid(struct object *o, const char *dotted)
{
    struct gv_text rest = gv_text(dotted);

    while (rest.n > 0) {
        size_t n = gv_text_index(rest, '.');
        uint32_t v = 0;

        if (gv_text_u32(gv_text_head(rest, n), &v))
            put_subid(o, v);
        rest = gv_text_from(rest, n + 1);
    }
}

static struct object *add(const char *prefix, const char *suffix, uint8_t tag,
                          const void *value, size_t n)
{
    struct object *o = &objects[object_count++];

    if (object_count == MOST_OBJECTS)
        abort();
    *o = (struct object){.oid = {0x2b}, .oid_n = 1};
    put_oid(o, prefix);
    put_oid(o, suffix);
    o->value[0] = tag;
    o->value[1] = (uint8_t)n;
    memcpy(o->value + 2, value, n);
    o->value_n = 2 + n;
    return o;
}

static struct object *add_uint(const char *prefix, const char *suffix, uint8_t tag, uint32_t v)
{
    uint8_t octets[5] = {0, (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                         (uint8_t)v};

    return add(prefix, suffix, tag, octets, sizeof(octets));
}

#define ENTERPRISE  "6.1.4.1.9.9.759."
#define GROUP_INDEX ".11.4.0.0.12.53"
#define GM_INDEX    GROUP_INDEX ".1.4.10.1.2.3"
#define KS_INDEX    GROUP_INDEX ".1.4.10.1.0.1"

/* One column cell: "TABLE.COLUMN" + index. */
static void cell(const char *table, unsigned column, const char *index, uint8_t tag, uint32_t v)
{
    char name[96];

    (void)snprintf(name, sizeof(name), "%s.%u%s", table, column, index);
    add_uint(ENTERPRISE, name, tag, v);
}

static void cell_octets(const char *table, unsigned column, const char *index, const void *v,
                        size_t n)
{
    char name[96];

    (void)snprintf(name, sizeof(name), "%s.%u%s", table, column, index);
    add(ENTERPRISE, name, TAG_OCTETS, v, n);
}

static void add_identity(const char *table, unsigned column, const char *index,
                         const uint8_t ip[4])
{
    cell(table, column, index, TAG_INTEGER, 1);
    cell(table, column + 1, index, TAG_GAUGE, 4);
    cell_octets(table, column + 2, index, ip, 4);
}

static void countdown(uint32_t from)
{
    objects[object_count - 1].countdown_from = from;
}

/* Columns 2..21 of a KEK table: cgmGdoiKsKekTable, cgmGdoiGmKekTable. */
static void add_kek(const char *table, const char *index)
{
    static const uint8_t spi[16] = {0x4b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const uint8_t source[4] = {10, 1, 0, 1}, destination[4] = {10, 1, 2, 3};
    static const uint32_t rest[] = {2, 0, 12, 256, 2, 1, 2048, 14, 86400};

    cell_octets(table, 2, index, spi, sizeof(spi));
    add_identity(table, 3, index, source);
    cell_octets(table, 6, index, "\x03\x50", 2);
    add_identity(table, 7, index, destination);
    cell_octets(table, 10, index, "\x03\x50", 2);
    for (unsigned i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
        cell(table, 11 + i, index, i == 3 || i == 6 || i == 8 ? TAG_GAUGE : TAG_INTEGER,
             rest[i]);
    cell(table, 20, index, TAG_GAUGE, 86400);
    countdown(86400);
    cell(table, 21, index, TAG_INTEGER, 1);
}

static void add_tek(const char *table, const char *index, uint8_t n)
{
    const uint8_t spi[4] = {0xd8, 0x35, 0xdb, n};
    static const uint32_t columns[] = {1, 12, 256, 12, 256, 64, 3600};

    cell_octets(table, 2, index, spi, sizeof(spi));
    for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        cell(table, 3 + i, index, i % 2 == 0 && i > 0 ? TAG_GAUGE : TAG_INTEGER, columns[i]);
    cell(table, 10, index, TAG_GAUGE, 3600);
    countdown(3600);
    cell(table, 11, index, TAG_INTEGER, n % 2 + 1u);
}

static void add_selector(const char *table, const char *index)
{
    static const uint8_t any[8] = {10, 0, 0, 0, 255, 0, 0, 0};

    for (unsigned side = 0; side < 2; side++) {
        cell(table, 2 + 4 * side, index, TAG_INTEGER, 4);
        cell(table, 3 + 4 * side, index, TAG_GAUGE, 8);
        cell_octets(table, 4 + 4 * side, index, any, sizeof(any));
        cell_octets(table, 5 + 4 * side, index, "\0\0", 2);
    }
    cell(table, 10, index, TAG_INTEGER, 1);
}

static void add_system(void)
{
    static const char descr[] = "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), "
                                "Version 15.7(3)M8, RELEASE SOFTWARE (fc1)";

    add("6.1.2.1.1.", "1.0", TAG_OCTETS, descr, 60);
    add_uint("6.1.2.1.1.", "3.0", TAG_TICKS, 0)->uptime = true;
    add("6.1.2.1.1.", "5.0", TAG_OCTETS, "branch", 6);
}

static void add_group(void)
{
    cell("1.1.1", 2, GROUP_INDEX, TAG_GAUGE, 4);
    cell_octets("1.1.1", 4, GROUP_INDEX, "G-BENCH", 7);
    for (unsigned column = 5; column <= 8; column++)
        cell("1.1.1", column, GROUP_INDEX, TAG_GAUGE, column);
}

/* A branch: one group, one KEK, four TEKs under one selector: about 80 objects. */
static void add_gm(void)
{
    static const uint8_t ks[4] = {10, 1, 0, 1};
    static const uint8_t spi[16] = {0x4b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    cell("1.2.2.1", 2, GM_INDEX, TAG_GAUGE, 4);
    add_identity("1.2.2.1", 4, GM_INDEX, ks);
    cell_octets("1.2.2.1", 7, GM_INDEX, spi, sizeof(spi));
    cell("1.2.2.1", 8, GM_INDEX, TAG_COUNTER, 3);
    cell("1.2.2.1", 9, GM_INDEX, TAG_COUNTER, 2);
    add_kek("1.3.2.1", GM_INDEX ".1");
    add_selector("1.3.5.1", GM_INDEX ".1");
    for (uint8_t n = 1; n <= 4; n++) {
        char index[64];

        (void)snprintf(index, sizeof(index), "%s.1.%u", GM_INDEX, n);
        add_tek("1.3.6.1", index, n);
    }
}

/* A key server in the middle of a rekey: one group, a KEK, a COOP peer, and two TEKs, each
 * of which stands in the table once for each of 40 selectors: about 1,200 objects. */
static void add_ks(void)
{
    static const uint8_t spi[16] = {0x4b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    cell("1.2.1.1", 2, KS_INDEX, TAG_GAUGE, 4);
    cell_octets("1.2.1.1", 4, KS_INDEX, spi, sizeof(spi));
    cell("1.2.1.1", 5, KS_INDEX, TAG_COUNTER, 3);
    cell("1.2.1.1", 6, KS_INDEX, TAG_INTEGER, 1);
    cell("1.2.1.1", 7, KS_INDEX, TAG_GAUGE, 2000);
    for (unsigned column = 4; column <= 6; column++)
        cell("1.2.3.1", column, GROUP_INDEX ".1.4.10.1.0.2", TAG_INTEGER,
             column == 6 ? 900 : 2);
    add_kek("1.3.1.1", KS_INDEX ".1");
    for (unsigned n = 1; n <= 40; n++) {
        char index[64];

        (void)snprintf(index, sizeof(index), "%s.%u", KS_INDEX, n);
        add_selector("1.3.3.1", index);
        for (uint8_t tek = 1; tek <= 2; tek++) {
            (void)snprintf(index, sizeof(index), "%s.%u.%u", KS_INDEX, n, tek);
            add_tek("1.3.4.1", index, tek);
        }
    }
}

static int compare(const uint8_t *a, size_t an, const uint8_t *b, size_t bn)
{
    int order = memcmp(a, b, an < bn ? an : bn);

    return order != 0 ? order : an < bn ? -1 : an > bn;
}

static int by_oid(const void *a, const void *b)
{
    const struct object *x = a, *y = b;

    return compare(x->oid, x->oid_n, y->oid, y->oid_n);
}

/* The first object at or after the OID (`after`: strictly after); object_count at the end. */
static size_t find(const uint8_t *oid, size_t n, bool after)
{
    size_t low = 0, high = object_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(objects[middle].oid, objects[middle].oid_n, oid, n);

        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A value that the clock decides: tag, length 5, a leading zero, four octets. */
static void put_clock(struct ber_out *o, const struct object *object, uint32_t elapsed)
{
    uint32_t v = object->uptime ? 123456789 + elapsed * 100
                                : object->countdown_from - elapsed % object->countdown_from;

    ber_put(o,
            (uint8_t[]){object->value[0], 5, 0, (uint8_t)(v >> 24), (uint8_t)(v >> 16),
                        (uint8_t)(v >> 8), (uint8_t)v},
            7);
}

static void put_bind(struct ber_out *o, const uint8_t *oid, size_t oid_n,
                     const struct object *object, uint8_t absent, uint32_t elapsed)
{
    size_t at = ber_open(o, TAG_SEQUENCE);

    ber_put(o, (uint8_t[]){TAG_OID, (uint8_t)oid_n}, 2);
    ber_put(o, oid, oid_n);
    if (object == NULL)
        ber_put(o, (uint8_t[]){absent, 0}, 2);
    else if (object->uptime || object->countdown_from != 0)
        put_clock(o, object, elapsed);
    else
        ber_put(o, object->value, object->value_n);
    ber_close(o, at);
}

static void put_next(struct ber_out *o, struct gv_reader *oid, uint32_t elapsed)
{
    size_t i = find(oid->at, oid->left, true);
    const struct object *next = i < object_count ? &objects[i] : NULL;

    if (next == NULL) {
        put_bind(o, oid->at, oid->left, NULL, END_OF_MIB, elapsed);
        return;
    }
    put_bind(o, next->oid, next->oid_n, next, 0, elapsed);
    *oid = gv_reader(next->oid, next->oid_n);
}

enum { ANSWER_MOST = 1472, BIND_MOST = OID_SIZE + 80 };

static size_t read_binds(struct gv_reader list, struct gv_reader *oids)
{
    size_t count = 0;

    while (list.left > 0 && !list.bad && count < MOST_BINDS) {
        uint8_t tag;
        struct gv_reader bind = ber_body(&list, &tag);

        oids[count++] = ber_body(&bind, &tag);
    }
    return list.bad ? 0 : count;
}

static void answer_binds(struct ber_out *o, uint8_t pdu, uint32_t non_repeaters,
                         uint32_t repetitions, struct gv_reader list, uint32_t elapsed)
{
    struct gv_reader oids[MOST_BINDS];
    size_t count = read_binds(list, oids), i = 0;

    if (pdu != GETBULK)
        non_repeaters = UINT32_MAX;
    for (; i < count && i < non_repeaters; i++) {
        size_t at = find(oids[i].at, oids[i].left, false);
        bool same = at < object_count &&
                    compare(objects[at].oid, objects[at].oid_n, oids[i].at, oids[i].left) == 0;

        if (pdu == GET)
            put_bind(o, oids[i].at, oids[i].left, same ? &objects[at] : NULL, NO_INSTANCE,
                     elapsed);
        else
            put_next(o, &oids[i], elapsed);
    }
    for (uint32_t turn = 0; i < count && turn < repetitions; turn++)
        for (size_t k = i; k < count; k++) {
            if (o->n + BIND_MOST > ANSWER_MOST)
                return;
            put_next(o, &oids[k], elapsed);
        }
}

size_t snmp_objects_make(const char *kind)
{
    add_system();
    add_group();
    if (strcmp(kind, "ks") == 0)
        add_ks();
    else
        add_gm();
    qsort(objects, object_count, sizeof(objects[0]), by_oid);
    return object_count;
}

bool snmp_pdu_answer(struct ber_out *out, uint8_t type, struct gv_reader pdu, uint32_t elapsed)
{
    uint32_t id = ber_number(&pdu), a = ber_number(&pdu), b = ber_number(&pdu);
    uint8_t tag;
    struct gv_reader list = ber_body(&pdu, &tag);
    size_t inner, binds;

    if (list.bad)
        return false;
    inner = ber_open(out, RESPONSE);
    ber_put(out,
            (uint8_t[]){TAG_INTEGER, 4, (uint8_t)(id >> 24), (uint8_t)(id >> 16),
                        (uint8_t)(id >> 8), (uint8_t)id, TAG_INTEGER, 1, 0, TAG_INTEGER, 1, 0},
            12);
    binds = ber_open(out, TAG_SEQUENCE);
    answer_binds(out, type, a, b, list, elapsed);
    ber_close(out, binds);
    ber_close(out, inner);
    return true;
}
