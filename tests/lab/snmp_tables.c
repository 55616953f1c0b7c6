/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp_tables.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { GDOI_PORT = 848 };

#define GET(name)                                                                              \
    static bool name(const struct lab_asked *asked, const struct lab_row *row,                 \
                     const struct lab_column *column, struct lab_value *value)
#define UNUSED_ARGS (void)asked, (void)row, (void)column

static bool number(struct lab_value *value, uint32_t n)
{
    value->number = n;
    return true;
}

static bool octets(struct lab_value *value, const void *at, size_t n)
{
    value->n = n < LAB_OCTETS_MAX ? n : LAB_OCTETS_MAX;
    memcpy(value->octets, at, value->n);
    return true;
}

static bool text(struct lab_value *value, const char *s)
{
    return octets(value, s, strlen(s));
}

static bool address(struct lab_value *value, uint32_t host_order)
{
    uint32_t wire = htonl(host_order);

    return octets(value, &wire, sizeof(wire));
}

static bool subnet(struct lab_value *value, uint32_t at, uint32_t mask)
{
    uint32_t wire[2] = {htonl(at), htonl(mask)};

    return octets(value, wire, sizeof(wire));
}

GET(get_constant)
{
    UNUSED_ARGS;
    return number(value, column->constant);
}

/* --- system group --- */

static const char *flat_version(const char *version, char *out, size_t room)
{
    size_t n = 0;

    /* 17.09.04a stands in sysDescr as 17.9.4a */
    for (const char *p = version; *p != '\0' && n + 1 < room; p++)
        if (!(*p == '0' && (p == version || p[-1] == '.') && p[1] >= '0' && p[1] <= '9'))
            out[n++] = *p;
    out[n] = '\0';
    return out;
}

GET(get_descr)
{
    const struct lab_device *d = asked->device;
    char out[LAB_OCTETS_MAX], version[64];

    UNUSED_ARGS;
    if (d->os == LAB_JUNOS)
        snprintf(out, sizeof(out), "Juniper Networks, Inc. %s internet router, kernel JUNOS %s",
                 d->platform, d->version);
    else if (d->os == LAB_IOS_XE && d->train == NULL)
        snprintf(
            out, sizeof(out),
            "Cisco IOS Software [Cupertino], %s Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), "
            "Version %s, RELEASE SOFTWARE (fc1)\r\nLaboratory image\r\nCompiled by lab",
            d->platform, flat_version(d->version, version, sizeof(version)));
    else
        snprintf(out, sizeof(out),
                 "Cisco IOS Software, %s Software (%s-ADVENTERPRISEK9-M), Version %s, RELEASE "
                 "SOFTWARE (fc1)\r\nLaboratory image\r\nCompiled by lab",
                 d->platform, d->platform, d->train != NULL ? d->train : d->version);
    return text(value, out);
}

GET(get_object_id)
{
    static const uint32_t cisco[] = {1, 3, 6, 1, 4, 1, 9, 1, 1},
                          juniper[] = {1, 3, 6, 1, 4, 1, 2636, 1, 1};

    UNUSED_ARGS;
    value->n = sizeof(cisco) / sizeof(cisco[0]);
    memcpy(value->octets, asked->device->os == LAB_JUNOS ? juniper : cisco, sizeof(cisco));
    return true;
}

GET(get_uptime)
{
    UNUSED_ARGS;
    return number(value,
                  (uint32_t)(gv_time_diff(asked->fleet->now, asked->device->booted).ms / 10));
}

GET(get_contact)
{
    UNUSED_ARGS;
    return text(value, "laboratory");
}

GET(get_sysname)
{
    UNUSED_ARGS;
    return text(value, asked->device->hostname);
}

/* --- groups --- */

GET(get_group_name)
{
    UNUSED_ARGS;
    return text(value, row->group->name);
}

/* The group's counts are a key server's; a member knows none of them. */
GET(get_group_members)
{
    UNUSED_ARGS;
    return row->ks != NULL && number(value, (uint32_t)row->ks->member_count);
}

GET(get_alive_peers)
{
    uint32_t alive = 0;

    UNUSED_ARGS;
    if (row->ks == NULL)
        return false;
    for (size_t i = 0; i < row->ks->peer_count; i++)
        alive += row->ks->peers[i].alive;
    return number(value, alive);
}

static bool primary(const struct lab_row *row)
{
    return row->ks != NULL && row->ks->role == LAB_PRIMARY;
}

GET(get_last_retransmits)
{
    UNUSED_ARGS;
    return primary(row) && number(value, row->ks->last_rekey_retransmits);
}

GET(get_last_duration)
{
    UNUSED_ARGS;
    return primary(row) && number(value, row->ks->last_rekey_duration_ms);
}

/* --- key servers, members, peers --- */

static bool spi_or_zeros(struct lab_value *value, const struct lab_kek *kek)
{
    static const uint8_t none[LAB_KEK_SPI_LEN];

    return octets(value, kek != NULL ? kek->spi : none, LAB_KEK_SPI_LEN);
}

GET(get_ks_kek)
{
    UNUSED_ARGS;
    return spi_or_zeros(value, lab_ks_kek(row->ks));
}

GET(get_ks_sequence)
{
    UNUSED_ARGS;
    return number(value, row->ks->rekey_sequence);
}

GET(get_ks_role)
{
    UNUSED_ARGS;
    return number(value, row->ks->role);
}

GET(get_ks_members)
{
    UNUSED_ARGS;
    return number(value, (uint32_t)lab_ks_own_members(row->ks));
}

GET(get_gm_server_type)
{
    UNUSED_ARGS;
    return number(value, LAB_ID_IPV4);
}

GET(get_gm_server_length)
{
    UNUSED_ARGS;
    return number(value, row->gm->registered_with != NULL ? 4 : 0);
}

GET(get_gm_server)
{
    UNUSED_ARGS;
    return row->gm->registered_with == NULL ? octets(value, "", 0)
                                            : address(value, row->gm->registered_with->address);
}

GET(get_gm_kek)
{
    UNUSED_ARGS;
    return spi_or_zeros(value, row->gm->has_kek ? &row->gm->kek : NULL);
}

GET(get_gm_sequence)
{
    UNUSED_ARGS;
    return number(value, row->gm->last_rekey_sequence);
}

GET(get_gm_teks)
{
    UNUSED_ARGS;
    return number(value, (uint32_t)row->gm->tek_count);
}

GET(get_peer_role)
{
    UNUSED_ARGS;
    return number(value, row->peer->role);
}

GET(get_peer_status)
{
    UNUSED_ARGS;
    return number(value, row->peer->alive ? 1 : 2);
}

GET(get_peer_members)
{
    UNUSED_ARGS;
    return number(value, (uint32_t)lab_ks_own_members(row->peer->ks));
}

/* --- KEKs and TEKs --- */

GET(get_kek_spi)
{
    UNUSED_ARGS;
    return octets(value, row->kek->spi, LAB_KEK_SPI_LEN);
}

GET(get_kek_source)
{
    const struct lab_ks *ks = row->ks != NULL ? row->ks : row->gm->registered_with;

    UNUSED_ARGS;
    return address(value, ks != NULL ? ks->address : 0);
}

/* 0.0.0.0 for unicast: a rekey SA for each member; else the multicast group. */
GET(get_kek_destination)
{
    UNUSED_ARGS;
    if (row->group->transport == LAB_UNICAST && row->gm != NULL)
        return address(value, row->gm->address);
    return address(value, row->group->multicast_to);
}

GET(get_port)
{
    static const uint8_t port[] = {GDOI_PORT >> 8, GDOI_PORT & 0xff};

    UNUSED_ARGS;
    return octets(value, port, sizeof(port));
}

GET(get_any_port)
{
    UNUSED_ARGS;
    return octets(value, "\0\0", 2);
}

GET(get_kek_lifetime)
{
    UNUSED_ARGS;
    return number(value, row->kek->lifetime_s);
}

/* An old member shows the life that was left when it got the KEK, for ever. */
GET(get_kek_remaining)
{
    UNUSED_ARGS;
    if (row->gm != NULL && row->kek == &row->gm->kek)
        return number(value, lab_gm_kek_shown_s(row->gm, asked->fleet->now));
    return number(value, lab_left_s(row->kek->expiry, asked->fleet->now));
}

GET(get_kek_status)
{
    UNUSED_ARGS;
    return number(value, row->kek->status);
}

GET(get_source_subnet)
{
    UNUSED_ARGS;
    return subnet(value, row->ace->source, row->ace->source_mask);
}

GET(get_destination_subnet)
{
    UNUSED_ARGS;
    return subnet(value, row->ace->destination, row->ace->destination_mask);
}

GET(get_tek_spi)
{
    UNUSED_ARGS;
    return octets(value, row->tek->spi, LAB_TEK_SPI_LEN);
}

GET(get_tek_lifetime)
{
    UNUSED_ARGS;
    return number(value, row->tek->lifetime_s);
}

GET(get_tek_remaining)
{
    UNUSED_ARGS;
    return number(value, lab_left_s(row->tek->expiry, asked->fleet->now));
}

/* inbound 1, outbound 2; Juniper: 3 is biDirectional. */
GET(get_tek_status)
{
    UNUSED_ARGS;
    if (asked->device->os == LAB_JUNOS)
        return number(value, 3);
    return number(value, row->newest_tek ? 2 : 1);
}

/* --- columns: number, revision, type, getter, constant --- */

#define FIXED(n, since, type, value)                                                           \
    {                                                                                          \
        n, since, type, get_constant, value                                                    \
    }
#define ANY 0
#define R1  2010
#define R2  2015

static const struct lab_column system_columns[] = {
    {1, ANY, LAB_OCTETS, get_descr, 0},      {2, ANY, LAB_OBJECT_ID, get_object_id, 0},
    {3, ANY, LAB_TIME_TICKS, get_uptime, 0}, {4, ANY, LAB_OCTETS, get_contact, 0},
    {5, ANY, LAB_OCTETS, get_sysname, 0},    {6, ANY, LAB_OCTETS, get_contact, 0},
    FIXED(7, ANY, LAB_INTEGER, 78),
};

static const struct lab_column group_columns[] = {
    FIXED(2, R1, LAB_UNSIGNED32, 4),
    {4, R1, LAB_OCTETS, get_group_name, 0},
    {5, R2, LAB_UNSIGNED32, get_group_members, 0},
    {6, R2, LAB_UNSIGNED32, get_alive_peers, 0},
    {7, R2, LAB_UNSIGNED32, get_last_retransmits, 0},
    {8, R2, LAB_UNSIGNED32, get_last_duration, 0},
};

static const struct lab_column ks_columns[] = {
    FIXED(2, R1, LAB_UNSIGNED32, 4),
    {4, R1, LAB_OCTETS, get_ks_kek, 0},
    {5, R1, LAB_COUNTER32, get_ks_sequence, 0},
    {6, R2, LAB_INTEGER, get_ks_role, 0},
    {7, R2, LAB_UNSIGNED32, get_ks_members, 0},
};

static const struct lab_column gm_columns[] = {
    FIXED(2, R1, LAB_UNSIGNED32, 4),
    {4, R1, LAB_INTEGER, get_gm_server_type, 0},
    {5, R1, LAB_UNSIGNED32, get_gm_server_length, 0},
    {6, R1, LAB_OCTETS, get_gm_server, 0},
    {7, R1, LAB_OCTETS, get_gm_kek, 0},
    {8, R1, LAB_COUNTER32, get_gm_sequence, 0},
    {9, R2, LAB_COUNTER32, get_gm_teks, 0},
};

static const struct lab_column peer_columns[] = {
    FIXED(2, R2, LAB_UNSIGNED32, 4),
    {4, R2, LAB_INTEGER, get_peer_role, 0},
    {5, R2, LAB_INTEGER, get_peer_status, 0},
    {6, R2, LAB_UNSIGNED32, get_peer_members, 0},
};

/* AES-CBC 256, SHA-1 HMAC, RSA 2048: one policy for the whole laboratory. */
static const struct lab_column kek_columns[] = {
    {2, R1, LAB_OCTETS, get_kek_spi, 0},
    FIXED(3, R1, LAB_INTEGER, LAB_ID_IPV4),
    FIXED(4, R1, LAB_UNSIGNED32, 4),
    {5, R1, LAB_OCTETS, get_kek_source, 0},
    {6, R1, LAB_OCTETS, get_port, 0},
    FIXED(7, R1, LAB_INTEGER, LAB_ID_IPV4),
    FIXED(8, R1, LAB_UNSIGNED32, 4),
    {9, R1, LAB_OCTETS, get_kek_destination, 0},
    {10, R1, LAB_OCTETS, get_port, 0},
    FIXED(11, R1, LAB_INTEGER, 2),
    FIXED(12, R1, LAB_INTEGER, 0),
    FIXED(13, R1, LAB_INTEGER, 12),
    FIXED(14, R1, LAB_UNSIGNED32, 256),
    FIXED(15, R1, LAB_INTEGER, 2),
    FIXED(16, R1, LAB_INTEGER, 1),
    FIXED(17, R1, LAB_UNSIGNED32, 2048),
    FIXED(18, R1, LAB_INTEGER, 14),
    {19, R1, LAB_UNSIGNED32, get_kek_lifetime, 0},
    {20, R1, LAB_UNSIGNED32, get_kek_remaining, 0},
    {21, R1, LAB_INTEGER, get_kek_status, 0},
};

static const struct lab_column selector_columns[] = {
    FIXED(2, R1, LAB_INTEGER, LAB_ID_IPV4_SUBNET),
    FIXED(3, R1, LAB_UNSIGNED32, 8),
    {4, R1, LAB_OCTETS, get_source_subnet, 0},
    {5, R1, LAB_OCTETS, get_any_port, 0},
    FIXED(6, R1, LAB_INTEGER, LAB_ID_IPV4_SUBNET),
    FIXED(7, R1, LAB_UNSIGNED32, 8),
    {8, R1, LAB_OCTETS, get_destination_subnet, 0},
    {9, R1, LAB_OCTETS, get_any_port, 0},
    FIXED(10, R1, LAB_INTEGER, 1),
};

/* JNX-GDOI-MIB ends the selectors with PolicyMismatchAction: drop 1. */
static const struct lab_column mismatch_column[] = {FIXED(11, R1, LAB_INTEGER, 1)};

static const struct lab_column policy_columns[] = {
    {2, R1, LAB_OCTETS, get_tek_spi, 0},
    FIXED(3, R1, LAB_INTEGER, 1),
    FIXED(4, R1, LAB_INTEGER, 12),
    FIXED(5, R1, LAB_UNSIGNED32, 256),
    FIXED(6, R1, LAB_INTEGER, 2),
    FIXED(7, R1, LAB_UNSIGNED32, 160),
    FIXED(8, R1, LAB_UNSIGNED32, 64),
    {9, R1, LAB_UNSIGNED32, get_tek_lifetime, 0},
    {10, R1, LAB_UNSIGNED32, get_tek_remaining, 0},
    {11, R1, LAB_INTEGER, get_tek_status, 0},
};

/* cgmGdoiNotifCntl: all switched off (TruthValue false 2). */
#define SWITCH(n, since) FIXED(n, since, LAB_INTEGER, 2)
static const struct lab_column switch_columns[] = {
    SWITCH(1, R1),  SWITCH(2, R1),  SWITCH(3, R1),  SWITCH(4, R1),  SWITCH(5, R1),
    SWITCH(6, R1),  SWITCH(7, R1),  SWITCH(8, R1),  SWITCH(9, R1),  SWITCH(10, R1),
    SWITCH(11, R1), SWITCH(12, R2), SWITCH(13, R2), SWITCH(14, R2), SWITCH(15, R2),
};

/* --- tables --- */

#define COLUMNS(columns) columns, sizeof(columns) / sizeof((columns)[0])
#define CISCO(...)                                                                             \
    {                                                                                          \
        1, 3, 6, 1, 4, 1, 9, 9, 759, 1, __VA_ARGS__                                            \
    }
#define JUNIPER(...)                                                                           \
    {                                                                                          \
        1, 3, 6, 1, 4, 1, 2636, 3, 759, 1, __VA_ARGS__                                         \
    }
#define TABLE(title, rows, columns, ...)                                                       \
    {                                                                                          \
        title, CISCO(__VA_ARGS__), 10 + COUNT(__VA_ARGS__), rows, COLUMNS(columns), false,     \
            false                                                                              \
    }
#define JNX_TABLE(title, rows, columns, ...)                                                   \
    {                                                                                          \
        title, JUNIPER(__VA_ARGS__), 10 + COUNT(__VA_ARGS__), rows, COLUMNS(columns), true,    \
            false                                                                              \
    }
#define COUNT(...) (sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

const struct lab_table lab_tables[] = {
    {"system", {1, 3, 6, 1, 2, 1, 1}, 7, LAB_ROWS_SCALAR, COLUMNS(system_columns), false, true},
    TABLE("group", LAB_ROWS_GROUP, group_columns, 1, 1),
    TABLE("key server", LAB_ROWS_KS, ks_columns, 2, 1, 1),
    TABLE("member", LAB_ROWS_GM, gm_columns, 2, 2, 1),
    TABLE("COOP peer", LAB_ROWS_PEER, peer_columns, 2, 3, 1),
    TABLE("KEK of KS", LAB_ROWS_KS_KEK, kek_columns, 3, 1, 1),
    TABLE("KEK of GM", LAB_ROWS_GM_KEK, kek_columns, 3, 2, 1),
    TABLE("TEK selector of KS", LAB_ROWS_KS_SELECTOR, selector_columns, 3, 3, 1),
    TABLE("TEK policy of KS", LAB_ROWS_KS_POLICY, policy_columns, 3, 4, 1),
    TABLE("TEK selector of GM", LAB_ROWS_GM_SELECTOR, selector_columns, 3, 5, 1),
    TABLE("TEK policy of GM", LAB_ROWS_GM_POLICY, policy_columns, 3, 6, 1),
    TABLE("notification switches", LAB_ROWS_SCALAR, switch_columns, 4),
    JNX_TABLE("group", LAB_ROWS_GROUP, group_columns, 1, 1),
    JNX_TABLE("member", LAB_ROWS_GM, gm_columns, 2, 2, 1),
    JNX_TABLE("KEK of GM", LAB_ROWS_GM_KEK, kek_columns, 3, 2, 1),
    JNX_TABLE("TEK selector of GM", LAB_ROWS_GM_SELECTOR, selector_columns, 3, 5, 1),
    JNX_TABLE("TEK selector of GM, end", LAB_ROWS_GM_SELECTOR, mismatch_column, 3, 5, 1),
    JNX_TABLE("TEK policy of GM", LAB_ROWS_GM_POLICY, policy_columns, 3, 6, 1),
};

const size_t lab_table_count = sizeof(lab_tables) / sizeof(lab_tables[0]);
