/* SPDX-License-Identifier: Apache-2.0 */
#include "trap_out.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"

/* A message is written from its end to its beginning, so that every length is known. */
enum { MESSAGE_MOST = 1024, OID_MOST = 32, KEY_ID = 11, IPV4 = 1 };
enum {
    INTEGER = 2,
    OCTETS = 4,
    OID = 6,
    SEQUENCE = 0x30,
    COUNTER = 0x41,
    TICKS = 0x43,
    TRAP = 0xa7
};

struct message {
    uint8_t octets[MESSAGE_MOST];
    size_t from; /* what is written begins here */
};

/* What a notification tells of; 0: it does not. Objects: MIB.1. */
enum about { NOTHING, OF_KS, OF_GM, OF_ROLE, OF_PEER };

static const struct row {
    const char *mnemonic;
    uint32_t number; /* under MIB.0 */
    enum about about;
} rows[] = {
    {"%GDOI-5-KS_SEND_UNICAST_REKEY:", 3, OF_KS},   {"%GDOI-5-KS_SEND_MCAST_REKEY:", 3, OF_KS},
    {"%CRYPTO-5-GM_REGISTER:", 5, OF_GM},           {"%GDOI-5-GM_REGS_COMPL:", 6, OF_GM},
    {"%GDOI-4-GM_RE_REGISTER:", 7, OF_GM},          {"%GDOI-5-GM_RECV_REKEY:", 8, OF_GM},
    {"%GDOI-5-COOP_KS_TRANS_TO_PRI:", 12, OF_ROLE}, {"%GDOI-4-KS_GM_EJECTED:", 13, NOTHING},
    {"%GDOI-5-COOP_KS_REACH:", 14, OF_PEER},        {"%GDOI-3-COOP_KS_UNREACH:", 15, OF_PEER},
};

struct lab_trap_out {
    struct lab_address to;
    uint32_t request;
    size_t count;
    int fds[]; /* -1: no trap yet */
};

struct lab_trap_out *lab_trap_out_open(const char *to, size_t device_count)
{
    struct lab_trap_out *out = calloc(1, sizeof(*out) + device_count * sizeof(out->fds[0]));

    if (out == NULL || !lab_address_read(gv_text(to), &out->to)) {
        free(out);
        return NULL;
    }
    out->count = device_count;
    for (size_t i = 0; i < device_count; i++)
        out->fds[i] = -1;
    return out;
}

void lab_trap_out_close(struct lab_trap_out *out)
{
    for (size_t i = 0; out != NULL && i < out->count; i++)
        if (out->fds[i] >= 0)
            (void)close(out->fds[i]);
    free(out);
}

/* ---- BER ---- */

static void put(struct message *m, const void *octets, size_t n)
{
    if (m->from < n) {
        m->from = 0; /* too long: nothing of it is sent */
        return;
    }
    m->from -= n;
    memcpy(m->octets + m->from, octets, n);
}

static void put_octet(struct message *m, unsigned octet)
{
    uint8_t one = (uint8_t)octet;

    put(m, &one, 1);
}

/* Tag and length before what has been written since `end`. */
static void close_at(struct message *m, unsigned tag, size_t end)
{
    size_t n = end - m->from;

    put_octet(m, (unsigned)n & 0xff);
    if (n > 0x7f) {
        put_octet(m, (unsigned)(n >> 8));
        put_octet(m, 0x82);
    }
    put_octet(m, tag);
}

static void put_number(struct message *m, unsigned tag, uint32_t value)
{
    size_t end = m->from;

    do {
        put_octet(m, value & 0xff);
        value >>= 8;
    } while (value > 0);
    if (m->octets[m->from] & 0x80)
        put_octet(m, 0);
    close_at(m, tag, end);
}

static void put_octets(struct message *m, const void *octets, size_t n)
{
    size_t end = m->from;

    put(m, octets, n);
    close_at(m, OCTETS, end);
}

static void put_oid(struct message *m, const uint32_t *arcs, size_t n)
{
    size_t end = m->from;

    for (size_t i = n; i-- > 2;) {
        uint32_t arc = arcs[i];

        put_octet(m, arc & 0x7f);
        while ((arc >>= 7) > 0)
            put_octet(m, (arc & 0x7f) | 0x80);
    }
    put_octet(m, arcs[0] * 40 + arcs[1]);
    close_at(m, OID, end);
}

/* ---- varbinds ---- */

struct oid {
    uint32_t arcs[OID_MOST];
    size_t n;
};

static struct oid mib(uint32_t branch)
{
    return (struct oid){{1, 3, 6, 1, 4, 1, 9, 9, 759, branch}, 10};
}

static void add(struct oid *oid, uint32_t arc)
{
    oid->arcs[oid->n++] = arc;
}

static void add_address(struct oid *oid, uint32_t type, uint32_t four)
{
    add(oid, type);
    add(oid, 4);
    for (int shift = 24; shift >= 0; shift -= 8)
        add(oid, four >> shift & 0xff);
}

/* MIB.1.2.TABLE.1.COLUMN of that group and that KS or GM. */
static struct oid cell(uint32_t table, uint32_t column, uint32_t group, uint32_t who)
{
    struct oid oid = mib(1);

    add(&oid, 2);
    add(&oid, table);
    add(&oid, 1);
    add(&oid, column);
    add_address(&oid, KEY_ID, group);
    add_address(&oid, IPV4, who);
    return oid;
}

static void bind_number(struct message *m, const struct oid *oid, unsigned tag, uint32_t value)
{
    size_t end = m->from;

    put_number(m, tag, value);
    put_oid(m, oid->arcs, oid->n);
    close_at(m, SEQUENCE, end);
}

static void bind_four(struct message *m, const struct oid *oid, uint32_t four)
{
    size_t end = m->from;
    uint32_t octets = htonl(four);

    put_octets(m, &octets, sizeof(octets));
    put_oid(m, oid->arcs, oid->n);
    close_at(m, SEQUENCE, end);
}

/* An identity as a pair of type and value, MIB.1.5.NUMBER and the one behind it. */
static void bind_identity(struct message *m, uint32_t number, uint32_t type, uint32_t four)
{
    struct oid oid = mib(1);

    add(&oid, 5);
    add(&oid, number + 1);
    add(&oid, 0);
    bind_four(m, &oid, four);
    oid.arcs[oid.n - 2] = number;
    bind_number(m, &oid, INTEGER, type);
}

/* ---- what each is about ---- */

/* The only group, or the one that the line names. */
static bool names(const char *line, const struct lab_group *group)
{
    return strstr(line, group->name) != NULL;
}

static const struct lab_gm *gm_of(const struct lab_device *device, const char *line)
{
    for (size_t i = 0; i < device->member_count; i++)
        if (names(line, device->members[i].group))
            return &device->members[i];
    return NULL;
}

static const struct lab_ks *ks_of(const struct lab_device *device, const char *line)
{
    for (size_t i = 0; i < device->server_count; i++)
        if (names(line, device->servers[i].group))
            return &device->servers[i];
    return NULL;
}

static bool bind_gm(struct message *m, const struct lab_gm *gm, uint32_t number)
{
    struct oid oid;

    if (gm == NULL)
        return false;
    oid = cell(2, 8, gm->group->id, gm->address);
    if (number == 8)
        bind_number(m, &oid, COUNTER, gm->last_rekey_sequence);
    if (gm->registered_with == NULL)
        return true;
    oid = cell(2, 6, gm->group->id, gm->address);
    bind_four(m, &oid, gm->registered_with->address);
    oid = cell(2, 4, gm->group->id, gm->address);
    bind_number(m, &oid, INTEGER, IPV4);
    return true;
}

static uint32_t first_address(const char *line)
{
    struct gv_text rest = gv_text(line), word;
    struct in_addr address;
    char text[INET_ADDRSTRLEN];

    while (gv_text_word(&rest, &word)) {
        if (word.n >= sizeof(text))
            continue;
        memcpy(text, word.at, word.n);
        text[word.n] = '\0';
        if (inet_pton(AF_INET, text, &address) == 1)
            return ntohl(address.s_addr);
    }
    return 0;
}

static bool bind_ks(struct message *m, const struct lab_ks *ks, const struct row *row,
                    const char *line)
{
    struct oid oid;

    if (ks == NULL)
        return false;
    if (row->about == OF_KS) {
        oid = cell(1, 5, ks->group->id, ks->address);
        bind_number(m, &oid, COUNTER, ks->rekey_sequence);
        return true;
    }
    if (row->about == OF_PEER)
        bind_identity(m, 9, IPV4, first_address(line));
    if (row->about == OF_ROLE) {
        oid = cell(1, 6, ks->group->id, ks->address);
        bind_number(m, &oid, INTEGER, 1);
    }
    bind_identity(m, 4, IPV4, ks->address);
    bind_identity(m, 1, KEY_ID, ks->group->id);
    return true;
}

static bool bind_all(struct message *m, const struct lab_device *device, const struct row *row,
                     const char *line)
{
    if (row->about == OF_GM)
        return bind_gm(m, gm_of(device, line), row->number);
    return row->about == NOTHING || bind_ks(m, ks_of(device, line), row, line);
}

/* False where the box has nothing to tell. */
static bool print(struct message *m, const struct lab_device *device, const struct row *row,
                  struct gv_time at, const char *line, uint32_t request)
{
    static const uint32_t trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
    const struct oid uptime = {{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9};
    struct oid what = mib(0);
    size_t end = m->from, bind;

    if (!bind_all(m, device, row, line))
        return false;
    add(&what, row->number);
    bind = m->from;
    put_oid(m, what.arcs, what.n);
    put_oid(m, trap_oid, sizeof(trap_oid) / sizeof(trap_oid[0]));
    close_at(m, SEQUENCE, bind);
    bind_number(m, &uptime, TICKS, (uint32_t)(gv_time_diff(at, device->booted).ms / 10));
    close_at(m, SEQUENCE, end);
    put_number(m, INTEGER, 0);
    put_number(m, INTEGER, 0);
    put_number(m, INTEGER, request);
    close_at(m, TRAP, end);
    put_octets(m, device->snmp.community, strlen(device->snmp.community));
    put_number(m, INTEGER, 1); /* SNMPv2c */
    close_at(m, SEQUENCE, end);
    return m->from > 0;
}

static const struct row *row_of(const char *line)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (gv_text_starts(gv_text(line), rows[i].mnemonic))
            return &rows[i];
    return NULL;
}

void lab_trap_out_send(struct lab_trap_out *out, const struct lab_device *device,
                       struct gv_time at, const char *line)
{
    struct message m = {.from = MESSAGE_MOST};
    const struct row *row = row_of(line);
    int *fd = &out->fds[device->number];

    if (row == NULL || !device->snmp.on || device->snmp.version != GV_SNMP_V2C ||
        !print(&m, device, row, at, line, ++out->request & 0x7fffffff))
        return;
    if (*fd < 0)
        *fd = lab_address_bind_from(device->address);
    if (*fd >= 0)
        (void)!sendto(*fd, m.octets + m.from, MESSAGE_MOST - m.from, MSG_NOSIGNAL,
                      (const struct sockaddr *)&out->to.at, out->to.n);
}
