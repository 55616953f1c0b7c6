/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/gdoi_index.h"

#include <string.h>

enum { IPV4 = 4, IPV6 = 16 };

/* How a value is written; `octets` 0 where any length is right. */
enum form { HEX, NAME, NUMBER, ADDRESS, SUBNET, RANGE };

/* CgmGdoiIdentificationType, 1..11; RFC 2407, 4.6.2.1 for the layouts. */
static const struct id_type {
    enum form form;
    uint8_t octets;
    uint8_t address; /* octets of one address in it */
} id_types[] = {
    {HEX, 0, 0},
    {ADDRESS, IPV4, IPV4},    /* ipv4Address */
    {NAME, 0, 0},             /* domainName */
    {NAME, 0, 0},             /* userName */
    {SUBNET, 2 * IPV4, IPV4}, /* ipv4Subnet */
    {ADDRESS, IPV6, IPV6},    /* ipv6Address */
    {SUBNET, 2 * IPV6, IPV6}, /* ipv6Subnet */
    {RANGE, 2 * IPV4, IPV4},  /* ipv4Range */
    {RANGE, 2 * IPV6, IPV6},  /* ipv6Range */
    {NAME, 0, 0},             /* caDistinguishedName */
    {NAME, 0, 0},             /* caGeneralName */
    {NUMBER, 4, 0},           /* groupNumber */
};

static const struct id_type *type_of(uint32_t type)
{
    return &id_types[type < sizeof(id_types) / sizeof(id_types[0]) ? type : 0];
}

enum gv_err gv_gdoi_id_decode(uint32_t type, const uint8_t *octets, size_t n,
                              struct gv_gdoi_id *out)
{
    uint8_t exact = type_of(type)->octets;

    if (n > GV_GDOI_ID_OCTETS || (exact != 0 && n != exact))
        return GV_ERR_RANGE;
    *out = (struct gv_gdoi_id){.type = type, .octets_n = (uint8_t)n};
    if (n > 0)
        memcpy(out->octets, octets, n);
    return GV_OK;
}

/* Cut one identity off arcs[*at..n). */
static enum gv_err take_id(const uint32_t *arcs, size_t n, size_t *at, struct gv_gdoi_id *out)
{
    uint8_t octets[GV_GDOI_ID_OCTETS];
    uint32_t type;
    size_t length;

    if (n - *at < 2)
        return GV_ERR_MALFORMED;
    type = arcs[*at];
    length = arcs[*at + 1];
    *at += 2;
    if (length > GV_GDOI_ID_OCTETS)
        return GV_ERR_RANGE;
    if (length > n - *at)
        return GV_ERR_MALFORMED;
    for (size_t i = 0; i < length; i++) {
        if (arcs[*at + i] > UINT8_MAX)
            return GV_ERR_MALFORMED;
        octets[i] = (uint8_t)arcs[*at + i];
    }
    *at += length;
    return gv_gdoi_id_decode(type, octets, length, out);
}

enum gv_err gv_gdoi_index_decode(const struct gv_gdoi_table *table, const uint32_t *arcs,
                                 size_t n, struct gv_gdoi_index *out)
{
    struct gv_gdoi_index index = {0};
    size_t at = 0;

    for (size_t i = 0; i < table->identities; i++) {
        enum gv_err err = take_id(arcs, n, &at, &index.id[i]);

        if (err != GV_OK)
            return err;
    }
    index.owner_n = at;
    if (n - at != table->numbers)
        return GV_ERR_MALFORMED;
    for (size_t i = 0; i < table->numbers; i++) {
        index.number[i] = arcs[at + i];
        if (index.number[i] == 0 && table->numbers == 1)
            return GV_ERR_MALFORMED;
    }
    *out = index;
    return GV_OK;
}

/* A NUL-terminated text that is written from the left into enough room. */
struct writer {
    char *at;
    size_t n;
};

static void put(struct writer *w, char c)
{
    w->at[w->n++] = c;
}

static void put_number(struct writer *w, uint32_t v, uint32_t base)
{
    char digits[10];
    size_t n = 0;

    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v > 0);
    while (n > 0)
        put(w, digits[--n]);
}

static void put_ipv4(struct writer *w, const uint8_t *octets)
{
    for (size_t i = 0; i < IPV4; i++) {
        if (i > 0)
            put(w, '.');
        put_number(w, octets[i], 10);
    }
}

/* RFC 5952, 4.2: the longest run of two or more zero groups, the first of equals. */
static size_t longest_zeros(const uint16_t *groups, size_t *from)
{
    size_t best = 1, run = 0;

    *from = 8;
    for (size_t i = 0; i < 8; i++) {
        run = groups[i] == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *from = i + 1 - run;
        }
    }
    return *from < 8 ? best : 0;
}

static void put_ipv6(struct writer *w, const uint8_t *octets)
{
    uint16_t groups[8];
    size_t from, zeros;

    for (size_t i = 0; i < 8; i++)
        groups[i] = (uint16_t)(octets[2 * i] << 8 | octets[2 * i + 1]);
    zeros = longest_zeros(groups, &from);
    for (size_t i = 0; i < 8; i++) {
        if (i == from) {
            put(w, ':');
            put(w, ':');
            i += zeros - 1;
            continue;
        }
        if (i > 0 && i != from + zeros)
            put(w, ':');
        put_number(w, groups[i], 16);
    }
}

static void put_address(struct writer *w, const uint8_t *octets, size_t n)
{
    if (n == IPV4)
        put_ipv4(w, octets);
    else
        put_ipv6(w, octets);
}

/* Leading one bits of a mask, or -1 where a one follows a zero. */
static int prefix_length(const uint8_t *mask, size_t n)
{
    int bits = 0;
    bool ended = false;

    for (size_t i = 0; i < n * 8; i++) {
        bool one = (mask[i / 8] >> (7 - i % 8) & 1) != 0;

        if (one && ended)
            return -1;
        ended = ended || !one;
        bits += one ? 1 : 0;
    }
    return bits;
}

static void put_hex(struct writer *w, const struct gv_gdoi_id *id)
{
    put(w, '0');
    put(w, 'x');
    for (size_t i = 0; i < id->octets_n; i++) {
        put(w, "0123456789ABCDEF"[id->octets[i] >> 4]);
        put(w, "0123456789ABCDEF"[id->octets[i] & 15]);
    }
}

/* Octets of the name without NULs at its end, 0 where one is not printable ASCII. */
static size_t printable(const struct gv_gdoi_id *id)
{
    size_t n = id->octets_n;

    while (n > 0 && id->octets[n - 1] == 0)
        n--;
    for (size_t i = 0; i < n; i++)
        if (id->octets[i] < 0x20 || id->octets[i] > 0x7e)
            return 0;
    return n;
}

static void put_name(struct writer *w, const struct gv_gdoi_id *id)
{
    size_t n = printable(id);

    if (n == 0) {
        put_hex(w, id);
        return;
    }
    for (size_t i = 0; i < n; i++)
        put(w, (char)id->octets[i]);
}

static void put_pair(struct writer *w, const struct gv_gdoi_id *id, size_t n, bool subnet)
{
    int bits = subnet ? prefix_length(id->octets + n, n) : -1;

    put_address(w, id->octets, n);
    put(w, subnet ? '/' : '-');
    if (bits >= 0)
        put_number(w, (uint32_t)bits, 10);
    else
        put_address(w, id->octets + n, n);
}

struct gv_text gv_gdoi_id_text(const struct gv_gdoi_id *id, char out[GV_GDOI_ID_TEXT])
{
    const struct id_type *type = type_of(id->type);
    const uint8_t *o = id->octets;
    struct writer w = {out, 0};

    switch (type->form) {
    case ADDRESS:
        put_address(&w, o, type->address);
        break;
    case SUBNET:
    case RANGE:
        put_pair(&w, id, type->address, type->form == SUBNET);
        break;
    case NUMBER:
        put_number(&w, (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3],
                   10);
        break;
    case NAME:
        put_name(&w, id);
        break;
    case HEX:
        put_hex(&w, id);
        break;
    }
    out[w.n] = '\0';
    return (struct gv_text){out, w.n};
}

bool gv_gdoi_id_is_address(const struct gv_gdoi_id *id)
{
    enum form form = type_of(id->type)->form;

    return form == ADDRESS || form == SUBNET;
}

bool gv_gdoi_id_multicast(const struct gv_gdoi_id *id)
{
    const struct id_type *type = type_of(id->type);

    if (!gv_gdoi_id_is_address(id))
        return false;
    return type->address == IPV4 ? id->octets[0] >> 4 == 0xe : id->octets[0] == 0xff;
}

bool gv_gdoi_id_unset(const struct gv_gdoi_id *id)
{
    for (size_t i = 0; i < id->octets_n; i++)
        if (id->octets[i] != 0)
            return false;
    return true;
}
