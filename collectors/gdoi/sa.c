/* SPDX-License-Identifier: Apache-2.0 */
/* The policy payloads: SA with SAK, GAP and SATs (RFC 6407, 5.2 to 5.5). */
#include <stddef.h>
#include <string.h>

#include "gdoi/payload.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum {
    KEK_LIFETIME = 4, /* of a SAK */
    LIFE_TYPE = 1,    /* of a SAT */
    LIFE_DURATION = 2,
    LIFE_SECONDS = 1,
    PROTOCOL_ESP = 1,
    PROTOCOL_AH = 2
};

/* RFC 6407, 5.3.1 to 5.3.9; RFC 8263, 3.2. A lifetime of 0 is refused. Of what a member must
 * have, a monitor can do without all but the cipher: the key that comes with it tells how
 * rekeys are signed. */
static const struct isakmp_attr_rule sak_rules[] = {
    {1, false, 0, UINT16_MAX, offsetof(struct gdoi_sak, management)},
    {2, true, 1, UINT16_MAX, offsetof(struct gdoi_sak, algorithm)},
    {3, false, 1, UINT16_MAX, offsetof(struct gdoi_sak, key_bits)},
    {KEK_LIFETIME, false, 1, UINT32_MAX, offsetof(struct gdoi_sak, lifetime_s)},
    {5, false, 1, UINT16_MAX, offsetof(struct gdoi_sak, sig_hash)},
    {6, false, 1, UINT16_MAX, offsetof(struct gdoi_sak, sig_algorithm)},
    {7, false, 1, UINT16_MAX, offsetof(struct gdoi_sak, sig_key_bits)},
    {9, false, 0, UINT16_MAX, offsetof(struct gdoi_sak, ack_requested)},
};

/* RFC 6407, 5.4.1 to 5.4.3. */
static const struct isakmp_attr_rule gap_rules[] = {
    {1, false, 0, UINT32_MAX, offsetof(struct gdoi_gap, activation_delay_s)},
    {2, false, 0, UINT32_MAX, offsetof(struct gdoi_gap, deactivation_delay_s)},
    {3, false, 0, UINT32_MAX, offsetof(struct gdoi_gap, sender_ids)},
};

/* RFC 2407, 4.5, the numbers of a SAT that a monitor shows. */
static const struct isakmp_attr_rule sat_rules[] = {
    {4, false, 0, UINT16_MAX, offsetof(struct gdoi_sat, encapsulation)},
    {5, false, 0, UINT16_MAX, offsetof(struct gdoi_sat, auth)},
    {6, false, 0, UINT16_MAX, offsetof(struct gdoi_sat, key_bits)},
};

/* How many octets an address of that type has; 0: not an address. */
static size_t address_size(uint8_t type)
{
    static const uint8_t sizes[] = {
        [GDOI_ID_IPV4] = 4,       [GDOI_ID_IPV4_SUBNET] = 8,  [GDOI_ID_IPV6] = 16,
        [GDOI_ID_IPV4_RANGE] = 8, [GDOI_ID_IPV6_SUBNET] = 32, [GDOI_ID_IPV6_RANGE] = 32,
    };

    return type < COUNT(sizes) ? sizes[type] : 0;
}

/* Type, port, length and data, as in SAK and SAT. Data of another size than the type's is
 * passed over: RFC 3547, 5.4.1 wants "three bytes of zero" where several send. */
static enum gv_err address_decode(struct gv_reader *r, struct gdoi_address *out)
{
    struct gdoi_address address = {0};
    struct gv_reader data;
    size_t n;

    address.type = (uint8_t)gv_reader_uint(r, 1);
    address.port = (uint16_t)gv_reader_uint(r, 2);
    data = gv_reader_sub(r, gv_reader_uint(r, 1));
    if (r->bad)
        return GV_ERR_TRUNCATED;
    n = address_size(address.type);
    if (data.left != n)
        n = 0;
    address.n = (uint8_t)n;
    memcpy(address.octets, gv_reader_take(&data, n), n);
    *out = address;
    return GV_OK;
}

/* Source and destination. RFC 6407, 5.3 and 5.5.1 list a "DST ID Prot" that their figures do
 * not have: an octet ahead of the destination, which hardly anybody sends. */
static enum gv_err addresses_decode(struct gv_reader *r, bool dst_protocol,
                                    struct gdoi_address *source,
                                    struct gdoi_address *destination)
{
    enum gv_err err = address_decode(r, source);

    if (err != GV_OK)
        return err;
    if (dst_protocol)
        gv_reader_uint(r, 1);
    return address_decode(r, destination);
}

/* Behind the SPI stand four reserved octets (RFC 6407), or six (RFC 3547). An attribute's type
 * is never 0, so two more zeros tell them apart (notes on the protocol, 11.1). */
static void skip_reserved(struct gv_reader *r, bool *long_reserved)
{
    struct gv_reader ahead;

    gv_reader_take(r, 4);
    ahead = *r;
    *long_reserved = ahead.left >= 2 && gv_reader_uint(&ahead, 2) == 0;
    if (*long_reserved)
        *r = ahead;
}

/* In which form the lifetime came; RFC 6407, 5.3.4 has four octets. */
static void note_life_form(struct gv_reader r, struct gdoi_sak *out)
{
    struct isakmp_attr attr;

    while (isakmp_attr_next(&r, &attr))
        if (attr.type == KEK_LIFETIME) {
            out->life_in_place = attr.in_place;
            out->life_short = attr.value.left < 4;
        }
}

static enum gv_err sak_decode(struct gv_reader r, bool dst_protocol, struct gdoi_sak *out)
{
    const uint8_t *spi;
    enum gv_err err;

    out->protocol = (uint8_t)gv_reader_uint(&r, 1);
    err = addresses_decode(&r, dst_protocol, &out->source, &out->destination);
    if (err != GV_OK)
        return err;
    spi = gv_reader_take(&r, GDOI_SPI_SIZE);
    skip_reserved(&r, &out->long_reserved);
    if (r.bad)
        return GV_ERR_TRUNCATED;
    memcpy(out->spi, spi, GDOI_SPI_SIZE);
    err = isakmp_attrs_decode(r, sak_rules, COUNT(sak_rules), out, &out->attrs);
    note_life_form(r, out);
    if (out->lifetime_s > GDOI_LIFE_MOST_S)
        out->lifetime_s = GDOI_LIFE_MOST_S;
    return err;
}

/* "SA Life Type precedes SA Life Duration" (RFC 2407, 4.5); there may be a pair in seconds and
 * one in kilobytes. *count is how many attributes these were. *over: it has no second left, as
 * a TEK that was superseded. */
static void life_decode(struct gv_reader r, uint32_t *lifetime_s, uint32_t *count, bool *over)
{
    uint32_t type = 0, value = 0;
    struct isakmp_attr attr;

    for (*count = 0; isakmp_attr_next(&r, &attr);) {
        if (attr.type != LIFE_TYPE && attr.type != LIFE_DURATION)
            continue;
        ++*count;
        if (!isakmp_attr_number(&attr, &value))
            continue;
        if (attr.type == LIFE_TYPE)
            type = value;
        else if (type == LIFE_SECONDS && value == 0)
            *over = true;
        else if (type == LIFE_SECONDS)
            *lifetime_s = value > GDOI_LIFE_MOST_S ? GDOI_LIFE_MOST_S : value;
    }
}

/* RFC 6407, 5.5.1 and 5.5.2: ESP and AH have the same form. */
static enum gv_err sat_decode(struct gv_reader r, bool dst_protocol, struct gdoi_sat *out,
                              bool *over)
{
    struct isakmp_attrs attrs;
    enum gv_err err;
    uint32_t life_attrs;

    gv_reader_uint(&r, 1); /* IP protocol */
    err = addresses_decode(&r, dst_protocol, &out->source, &out->destination);
    if (err != GV_OK)
        return err;
    out->transform = (uint8_t)gv_reader_uint(&r, 1);
    out->spi = gv_reader_uint(&r, 4);
    if (r.bad)
        return GV_ERR_TRUNCATED;
    err = isakmp_attrs_decode(r, sat_rules, COUNT(sat_rules), out, &attrs);
    if (err != GV_OK)
        return err;
    life_decode(r, &out->lifetime_s, &life_attrs, over);
    out->unknown = attrs.unknown - life_attrs;
    return GV_OK;
}

/* A SAT for each line of the access list; those of one TEK share its SPI. */
static void file_sat(struct gdoi_sa *sa, const struct gdoi_sat *sat)
{
    for (size_t i = 0; i < sa->tek_count; i++)
        if (sa->teks[i].spi == sat->spi && sa->teks[i].protocol == sat->protocol)
            return;
    if (sa->tek_count < GDOI_TEKS_MOST)
        sa->teks[sa->tek_count++] = *sat;
}

static enum gv_err take_sak(struct gv_reader body, struct gdoi_sa *out)
{
    enum gv_err err;

    if (out->has_sak)
        return GV_ERR_MALFORMED; /* RFC 6407, 5.2: at most one */
    out->has_sak = true;
    err = sak_decode(body, false, &out->sak);
    if (err == GV_OK)
        return GV_OK;
    out->sak = (struct gdoi_sak){.dst_protocol = true};
    return sak_decode(body, true, &out->sak) == GV_OK ? GV_OK : err;
}

static enum gv_err take_gap(struct gv_reader body, struct gdoi_sa *out)
{
    if (out->has_gap)
        return GV_ERR_MALFORMED;
    out->has_gap = true;
    return isakmp_attrs_decode(body, gap_rules, COUNT(gap_rules), &out->gap, &out->gap.attrs);
}

static enum gv_err take_sat(struct gv_reader body, struct gdoi_sa *out)
{
    const struct gdoi_sat none = {.protocol = (uint8_t)gv_reader_uint(&body, 1)};
    struct gdoi_sat sat = none;
    bool over = false;
    enum gv_err err;

    if (body.bad)
        return GV_ERR_TRUNCATED;
    if (++out->sat_count > GDOI_SATS_MOST)
        return GV_ERR_TOO_LARGE;
    if (sat.protocol != PROTOCOL_ESP && sat.protocol != PROTOCOL_AH) {
        out->unknown++;
        return GV_OK;
    }
    err = sat_decode(body, false, &sat, &over);
    if (err != GV_OK) {
        sat = none;
        over = false;
        sat.dst_protocol = sat_decode(body, true, &sat, &over) == GV_OK;
        err = sat.dst_protocol ? GV_OK : err;
    }
    if (err == GV_OK && !over) /* threats, 2.4: a life of 0 is not taken */
        file_sat(out, &sat);
    return err;
}

static const struct {
    uint8_t type;
    enum gv_err (*take)(struct gv_reader body, struct gdoi_sa *out);
} parts[] = {{GDOI_SAK, take_sak}, {GDOI_GAP, take_gap}, {GDOI_SAT, take_sat}};

static enum gv_err take_part(uint8_t type, struct gv_reader body, struct gdoi_sa *out)
{
    for (size_t i = 0; i < COUNT(parts); i++)
        if (parts[i].type == type)
            return parts[i].take(body, out);
    out->unknown++;
    return GV_OK;
}

enum gv_err gdoi_sa_decode(struct gv_reader body, struct gdoi_sa *out)
{
    uint32_t doi = gv_reader_uint(&body, 4), situation = gv_reader_uint(&body, 4);
    uint32_t next = gv_reader_uint(&body, 2);

    *out = (struct gdoi_sa){0};
    gv_reader_uint(&body, 2); /* reserved */
    if (body.bad)
        return GV_ERR_TRUNCATED;
    if (doi != GDOI_DOI || situation != 0)
        return GV_ERR_NOT_SUPPORTED;
    while (next != ISAKMP_NONE) { /* four octets at least each turn */
        uint8_t type = next > UINT8_MAX ? UINT8_MAX : (uint8_t)next, after;
        struct gv_reader part;
        enum gv_err err = isakmp_payload_decode(&body, &part, &after);

        if (err == GV_OK)
            err = take_part(type, part, out);
        if (err != GV_OK)
            return err;
        next = after;
    }
    return body.left == 0 ? GV_OK : GV_ERR_MALFORMED;
}
