/* SPDX-License-Identifier: Apache-2.0 */
/* SA with SAK, GAP and SATs, and KD, octet by octet (RFC 6407, 5.2 to 5.6). */
#include <string.h>

#include "gdoi_parts.h"

enum { LIFE_S = 1, TUNNEL = 1, AUTH_SHA1 = 2, TEK_KEY_N = 16, TEK_AUTH_N = 20, PRIVATE = 200 };

struct lab_gdoi_policy lab_gdoi_policy(uint32_t group, const struct gdoi_signer *signer)
{
    struct lab_gdoi_policy p = {.group = {.type = GDOI_ID_KEY_ID, .n = 4},
                                .signer = signer,
                                .kek_cipher = GDOI_KEK_AES,
                                .kek_bits = 128,
                                .sig_hash = GDOI_SIG_SHA256,
                                .kek_life = gv_secs(86400),
                                .tek_life = gv_secs(3600),
                                .aces = 1,
                                .transform = 12,
                                .retransmits = 2,
                                .interval = gv_secs(10),
                                .lead_base = gv_secs(200),
                                .lead_step = gv_secs(5),
                                .tek_lead = gv_secs(120)};

    for (size_t i = 0; i < 4; i++)
        p.group.octets[i] = (uint8_t)(group >> 8 * (3 - i));
    return p;
}

static bool deviates(const struct lab_gdoi_group *g, enum lab_gdoi_deviation d)
{
    return g->policy.deviations & d;
}

/* Seconds left, begun ones included: a key that lives has one at least. */
static uint32_t left_s(struct gv_time expiry, struct gv_time now)
{
    int64_t ms = gv_time_diff(expiry, now).ms;

    return ms > 0 ? (uint32_t)((ms + 999) / 1000) : 1;
}

static void add_address(struct gv_buf *out, uint8_t type, uint16_t port, const void *octets,
                        size_t n)
{
    lab_gdoi_u8(out, type);
    lab_gdoi_u16(out, port);
    lab_gdoi_u8(out, (uint32_t)n);
    gv_buf_add(out, octets, n);
}

static void add_endpoint(struct gv_buf *out, const struct gdoi_endpoint *e)
{
    static const uint8_t any[4];

    if (e->size == 0)
        add_address(out, GDOI_ID_IPV4, e->port, any, sizeof(any));
    else
        add_address(out, e->size == 4 ? GDOI_ID_IPV4 : GDOI_ID_IPV6, e->port, e->address,
                    e->size);
}

static void add_kek_life(const struct lab_gdoi_group *g, struct gv_time now, struct gv_buf *out)
{
    int64_t s = g->policy.kek_life.ms / 1000;

    if (deviates(g, LAB_GDOI_NO_LIFE))
        return;
    if (deviates(g, LAB_GDOI_KEK_LIFE_BASIC))
        lab_gdoi_basic(out, 4, s < 65535 ? (uint32_t)s : 65535);
    else
        lab_gdoi_variable(out, 4, left_s(g->keks[0].expiry, now), 4);
}

static void add_kek_attributes(const struct lab_gdoi_group *g, struct gv_time now,
                               struct gv_buf *out)
{
    const struct lab_gdoi_policy *p = &g->policy;

    if (p->lkh)
        lab_gdoi_basic(out, 1, 1);
    lab_gdoi_basic(out, 2, p->kek_cipher);
    if (p->kek_cipher == GDOI_KEK_AES)
        lab_gdoi_basic(out, 3, p->kek_bits);
    add_kek_life(g, now, out);
    lab_gdoi_basic(out, 5, p->sig_hash);
    lab_gdoi_basic(out, 6, gdoi_signer_kind(p->signer));
    lab_gdoi_basic(out, 7, gdoi_signer_bits(p->signer));
    if (p->ack > 0)
        lab_gdoi_basic(out, 9, p->ack);
    if (deviates(g, LAB_GDOI_UNKNOWN_PARTS))
        lab_gdoi_opaque(out, PRIVATE, "private", 7);
}

static struct gv_buf sak(const struct lab_gdoi_group *g, struct gv_time now)
{
    struct gv_buf out = lab_gdoi_body();

    lab_gdoi_u8(&out, 17); /* UDP */
    add_endpoint(&out, &g->server->config.local);
    if (deviates(g, LAB_GDOI_DST_PROT))
        lab_gdoi_u8(&out, 17);
    add_endpoint(&out, &g->policy.rekey_to);
    gv_buf_add(&out, g->keks[0].spi, GDOI_SPI_SIZE);
    lab_gdoi_u32(&out, 0);
    if (deviates(g, LAB_GDOI_LONG_RESERVED))
        lab_gdoi_u16(&out, 0);
    add_kek_attributes(g, now, &out);
    return out;
}

/* permit ip 10.N.0.0/16 10.0.0.0/8 */
static struct gv_buf sat(const struct lab_gdoi_group *g, size_t line, struct gv_time now)
{
    const uint8_t source[] = {10, (uint8_t)line, 0, 0, 255, 255, 0, 0};
    const uint8_t destination[] = {10, 0, 0, 0, 255, 0, 0, 0};
    struct gv_buf out = lab_gdoi_body();

    lab_gdoi_u8(&out, 1); /* ESP */
    lab_gdoi_u8(&out, 0); /* any IP protocol */
    add_address(&out, GDOI_ID_IPV4_SUBNET, 0, source, sizeof(source));
    if (deviates(g, LAB_GDOI_DST_PROT))
        lab_gdoi_u8(&out, 0);
    add_address(&out, GDOI_ID_IPV4_SUBNET, 0, destination, sizeof(destination));
    lab_gdoi_u8(&out, g->policy.transform);
    lab_gdoi_u32(&out, g->tek.spi);
    lab_gdoi_basic(&out, 1, LIFE_S);
    lab_gdoi_variable(&out, 2, left_s(g->tek.expiry, now),
                      deviates(g, LAB_GDOI_LIFE_SHORT) ? 2 : 4);
    lab_gdoi_basic(&out, 4, TUNNEL);
    lab_gdoi_basic(&out, 5, AUTH_SHA1);
    lab_gdoi_basic(&out, 6, 8 * TEK_KEY_N);
    if (deviates(g, LAB_GDOI_UNKNOWN_PARTS))
        lab_gdoi_basic(&out, PRIVATE, 7);
    return out;
}

static struct gv_buf gap(void)
{
    struct gv_buf out = lab_gdoi_body();

    lab_gdoi_basic(&out, 1, 10); /* activation and deactivation delay */
    lab_gdoi_basic(&out, 2, 30);
    return out;
}

struct gv_buf policy_sa(const struct lab_gdoi_group *g, enum lab_gdoi_message message, bool kek,
                        bool tek, struct gv_time now)
{
    struct gv_buf out = lab_gdoi_body();
    struct lab_gdoi_chain chain = lab_gdoi_chain();

    if (kek && g->policy.signer != NULL)
        lab_gdoi_add(&chain, GDOI_SAK, sak(g, now), server_form(g->server, message, GDOI_SAK));
    if (g->policy.gap)
        lab_gdoi_add(&chain, GDOI_GAP, gap(), server_form(g->server, message, GDOI_GAP));
    if (deviates(g, LAB_GDOI_UNKNOWN_PARTS))
        lab_gdoi_add(&chain, PRIVATE, lab_gdoi_octets("private", 7), LAB_GDOI_WHOLE);
    for (size_t i = 0; tek && i < g->policy.aces; i++)
        lab_gdoi_add(&chain, GDOI_SAT, sat(g, i, now),
                     server_form(g->server, message, GDOI_SAT));
    lab_gdoi_u32(&out, GDOI_DOI);
    lab_gdoi_u32(&out, 0);
    lab_gdoi_u16(&out, chain.first);
    lab_gdoi_u16(&out, 0);
    gv_buf_add(&out, chain.octets.at, chain.octets.n);
    gv_buf_clear(&chain.octets);
    return out;
}

/* ---- KD ---- */

/* A key packet; `attributes` is released. */
static void add_packet(struct gv_buf *out, uint8_t type, const void *spi, size_t spi_n,
                       struct gv_buf attributes)
{
    lab_gdoi_u8(out, type);
    lab_gdoi_u8(out, 0);
    lab_gdoi_u16(out, (uint32_t)(5 + spi_n + attributes.n));
    lab_gdoi_u8(out, (uint32_t)spi_n);
    gv_buf_add(out, spi, spi_n);
    gv_buf_add(out, attributes.at, attributes.n);
    gv_buf_clear(&attributes);
}

static void add_tek(const struct lab_gdoi_group *g, struct gv_buf *out)
{
    struct gv_buf a = lab_gdoi_body(), spi = lab_gdoi_body();
    uint8_t key[TEK_KEY_N + TEK_AUTH_N];

    server_random(key, sizeof(key));
    lab_gdoi_opaque(&a, 1, key, TEK_KEY_N);
    lab_gdoi_opaque(&a, 2, key + TEK_KEY_N, TEK_AUTH_N);
    lab_gdoi_u32(&spi, g->tek.spi);
    add_packet(out, 1, spi.at, spi.n, a);
    gv_buf_clear(&spi);
}

size_t policy_block_size(const struct lab_gdoi_policy *p)
{
    return p->kek_cipher == GDOI_KEK_AES ? 16 : 8;
}

size_t policy_kek_size(const struct lab_gdoi_policy *p)
{
    return p->kek_cipher == GDOI_KEK_DES    ? 8
           : p->kek_cipher == GDOI_KEK_3DES ? 24
                                            : p->kek_bits / 8;
}

static size_t public_key(const struct lab_gdoi_group *g, uint8_t out[SIGNER_OCTETS_MOST])
{
    const struct gdoi_signer *signer = g->policy.signer;

    if (!deviates(g, LAB_GDOI_ODD_KEY))
        return gdoi_signer_public(signer, out);
    return gdoi_signer_public_as(
        signer,
        gdoi_signer_kind(signer) == GDOI_SIG_RSA ? GDOI_SIGNER_PKCS1 : GDOI_SIGNER_COORDINATES,
        out);
}

static void add_kek(const struct lab_gdoi_group *g, const struct kek *old, struct gv_buf *out)
{
    bool rekey = old != NULL;
    size_t key_n = policy_kek_size(&g->policy), iv_n = policy_block_size(&g->policy);
    const uint8_t *spi = rekey && deviates(g, LAB_GDOI_KD_OLD_SPI) ? old->spi : g->keks[0].spi;
    struct gv_buf a = lab_gdoi_body();

    lab_gdoi_opaque(&a, 1, g->keks[0].octets, iv_n + key_n);
    if (!rekey || !deviates(g, LAB_GDOI_NO_PUBLIC_KEY)) {
        uint8_t der[SIGNER_OCTETS_MOST];

        lab_gdoi_opaque(&a, 2, der, public_key(g, der));
    }
    add_packet(out, 2, spi, GDOI_SPI_SIZE, a);
}

/* One key of a download array (RFC 6407, 5.6.3.1). */
static void add_lkh(const struct lab_gdoi_group *g, struct gv_buf *out)
{
    struct gv_buf a = lab_gdoi_body(), array = lab_gdoi_body();
    uint8_t key[TEK_KEY_N];

    server_random(key, sizeof(key));
    lab_gdoi_u8(&array, 1);  /* version */
    lab_gdoi_u16(&array, 1); /* keys */
    lab_gdoi_u8(&array, 0);
    lab_gdoi_u16(&array, 1); /* LKH id */
    lab_gdoi_u8(&array, 3);  /* AES */
    lab_gdoi_u8(&array, 0);
    for (size_t i = 0; i < 3; i++)
        lab_gdoi_u32(&array, 0); /* creation, expiry, handle */
    gv_buf_add(&array, key, sizeof(key));
    lab_gdoi_opaque(&a, 1, array.at, array.n);
    add_packet(out, 3, g->keks[0].spi, GDOI_SPI_SIZE, a);
    gv_buf_clear(&array);
}

static void add_sid(struct gv_buf *out)
{
    struct gv_buf a = lab_gdoi_body();

    lab_gdoi_basic(&a, 1, 8);
    lab_gdoi_variable(&a, 2, 7, 4);
    add_packet(out, 4, "", 0, a);
}

struct gv_buf policy_kd(const struct lab_gdoi_group *g, enum lab_gdoi_message message,
                        const struct kek *old, bool kek, bool tek)
{
    struct gv_buf out = lab_gdoi_body(), packets = lab_gdoi_body();
    bool has_kek = kek && g->policy.signer != NULL;
    bool sids = g->policy.sids && message == LAB_GDOI_PULL_4;
    bool strange = deviates(g, LAB_GDOI_UNKNOWN_PARTS), lkh = g->policy.lkh && has_kek;

    has_kek = has_kek && !deviates(g, LAB_GDOI_NO_KEK_KEY);
    if (tek)
        add_tek(g, &packets);
    if (has_kek)
        add_kek(g, old, &packets);
    if (lkh)
        add_lkh(g, &packets);
    if (sids)
        add_sid(&packets);
    if (strange)
        add_packet(&packets, PRIVATE, "spi", 3, lab_gdoi_octets("private", 7));
    lab_gdoi_u16(&out, (uint32_t)tek + has_kek + lkh + sids + strange);
    lab_gdoi_u16(&out, 0);
    gv_buf_add(&out, packets.at, packets.n);
    gv_buf_clear(&packets);
    return out;
}
