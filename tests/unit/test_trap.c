/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/trap.h"
#include "snmp/trap_header.h"

#include "check.h"

#define MIB     1, 3, 6, 1, 4, 1, 9, 9, 759
#define JNX     1, 3, 6, 1, 4, 1, 2636, 3, 759
#define GROUP_7 11, 4, 0, 0, 0, 7
#define KS_1    1, 4, 192, 0, 2, 1
#define GM_9    1, 4, 192, 0, 2, 9

static const uint32_t gm_ks_type[] = {MIB, 1, 2, 2, 1, 4, GROUP_7, GM_9};
static const uint32_t gm_ks_value[] = {MIB, 1, 2, 2, 1, 6, GROUP_7, GM_9};
static const uint32_t gm_rekeys[] = {MIB, 1, 2, 2, 1, 8, GROUP_7, GM_9};
static const uint32_t jnx_ks_type[] = {JNX, 1, 2, 2, 1, 4, GROUP_7, GM_9};
static const uint32_t jnx_ks_value[] = {JNX, 1, 2, 2, 1, 6, GROUP_7, GM_9};
static const uint32_t ks_rekeys[] = {MIB, 1, 2, 1, 1, 5, GROUP_7, KS_1};
static const uint32_t short_index[] = {MIB, 1, 2, 2, 1, 4, 11, 4, 0};
static const uint32_t notif[10][12] = {
    {MIB, 1, 5, 1}, {MIB, 1, 5, 2}, {MIB, 1, 5, 3}, {MIB, 1, 5, 4}, {MIB, 1, 5, 5},
    {MIB, 1, 5, 6}, {MIB, 1, 5, 7}, {MIB, 1, 5, 8}, {MIB, 1, 5, 9}, {MIB, 1, 5, 10}};
static const uint8_t address_1[] = {192, 0, 2, 1}, address_2[] = {192, 0, 2, 2},
                     address_9[] = {192, 0, 2, 9}, number_7[] = {0, 0, 0, 7},
                     name_g1[] = {'G', ' ', '1'};

#define NUMBER(o, v)                                                                           \
    {                                                                                          \
        .oid = o, .oid_n = sizeof(o) / sizeof((o)[0]), .kind = GV_SNMP_NUMBER, .number = v     \
    }
#define OCTETS(o, v)                                                                           \
    {                                                                                          \
        .oid = o, .oid_n = sizeof(o) / sizeof((o)[0]), .kind = GV_SNMP_OCTETS,                 \
        .octets = (const uint8_t *)(v), .octets_n = sizeof(v)                                  \
    }

static const struct row {
    const char *name;
    uint32_t trap[16];
    struct gv_snmp_var vars[8];
    enum gv_event_kind kind;
    const char *code, *group, *group_id, *ks, *gm; /* code NULL: none of ours */
} rows[] = {
    {"1",
     {MIB, 0, 1},
     {{0}},
     GV_EVENT_KS_REGISTRATION_BEGUN,
     "KeyServerNewRegistration",
     "",
     "",
     "",
     ""},
    {"2",
     {MIB, 0, 2},
     {{0}},
     GV_EVENT_KS_REGISTERED,
     "KeyServerRegistrationComplete",
     "",
     "",
     "",
     ""},
    {"3",
     {MIB, 0, 3},
     {NUMBER(ks_rekeys, 5)},
     GV_EVENT_KS_REKEY_SENT,
     "KeyServerRekeyPushed",
     "",
     "7",
     "192.0.2.1",
     ""},
    {"4", {MIB, 0, 4}, {{0}}, GV_EVENT_KS_FAULT, "KeyServerNoRsaKeys", "", "", "", ""},
    {"5",
     {MIB, 0, 5},
     {NUMBER(gm_ks_type, 1), OCTETS(gm_ks_value, address_1)},
     GV_EVENT_GM_REGISTRATION_BEGUN,
     "GmRegister",
     "",
     "7",
     "192.0.2.1",
     "192.0.2.9"},
    {"6",
     {MIB, 0, 6},
     {NUMBER(gm_ks_type, 1), OCTETS(gm_ks_value, address_1)},
     GV_EVENT_GM_REGISTERED,
     "GmRegistrationComplete",
     "",
     "7",
     "192.0.2.1",
     "192.0.2.9"},
    {"7",
     {MIB, 0, 7},
     {NUMBER(gm_ks_type, 1), OCTETS(gm_ks_value, address_1)},
     GV_EVENT_GM_REREGISTERS,
     "GmReRegister",
     "",
     "7",
     "192.0.2.1",
     "192.0.2.9"},
    {"8",
     {MIB, 0, 8},
     {NUMBER(gm_ks_type, 1), OCTETS(gm_ks_value, address_1), NUMBER(gm_rekeys, 3)},
     GV_EVENT_GM_REKEY_RECEIVED,
     "GmRekeyReceived",
     "",
     "7",
     "192.0.2.1",
     "192.0.2.9"},
    {"9", {MIB, 0, 9}, {{0}}, GV_EVENT_GM_FAULT, "GmIncompleteCfg", "", "", "", ""},
    {"10", {MIB, 0, 10}, {{0}}, GV_EVENT_GM_FAULT, "GmNoIpSecFlows", "", "", "", ""},
    {"11",
     {MIB, 0, 11},
     {NUMBER(gm_ks_type, 1), OCTETS(gm_ks_value, address_1)},
     GV_EVENT_GM_FAULT,
     "GmRekeyFailure",
     "",
     "7",
     "192.0.2.1",
     "192.0.2.9"},
    {"12",
     {MIB, 0, 12},
     {NUMBER(notif[0], 11), OCTETS(notif[1], number_7), OCTETS(notif[2], name_g1),
      NUMBER(notif[3], 1), OCTETS(notif[4], address_1), NUMBER(notif[5], 1)},
     GV_EVENT_COOP_ROLE,
     "KeyServerRoleChange",
     "G 1",
     "7",
     "192.0.2.1",
     ""},
    {"13",
     {MIB, 0, 13},
     {NUMBER(notif[0], 11), OCTETS(notif[1], number_7), NUMBER(notif[3], 1),
      OCTETS(notif[4], address_1), NUMBER(notif[6], 1), OCTETS(notif[7], address_9)},
     GV_EVENT_KS_MEMBERS,
     "KeyServerGmDeleted",
     "",
     "7",
     "192.0.2.1",
     "192.0.2.9"},
    {"14: the peer",
     {MIB, 0, 14},
     {NUMBER(notif[0], 11), OCTETS(notif[1], number_7), NUMBER(notif[3], 1),
      OCTETS(notif[4], address_1), NUMBER(notif[8], 1), OCTETS(notif[9], address_2)},
     GV_EVENT_COOP_REACHABLE,
     "KeyServerPeerReachable",
     "",
     "7",
     "192.0.2.2",
     ""},
    {"15: the peer",
     {MIB, 0, 15},
     {NUMBER(notif[8], 1), OCTETS(notif[9], address_2), NUMBER(notif[3], 1),
      OCTETS(notif[4], address_1)},
     GV_EVENT_COOP_UNREACHABLE,
     "KeyServerPeerUnreachable",
     "",
     "",
     "192.0.2.2",
     ""},
    {"Juniper 5",
     {JNX, 0, 5},
     {NUMBER(jnx_ks_type, 1), OCTETS(jnx_ks_value, address_1)},
     GV_EVENT_GM_REGISTRATION_BEGUN,
     "GmRegister",
     "",
     "7",
     "192.0.2.1",
     "192.0.2.9"},
    {"Juniper 6",
     {JNX, 0, 6},
     {{0}},
     GV_EVENT_GM_REGISTERED,
     "GmRegistrationComplete",
     "",
     "",
     "",
     ""},
    {"Juniper 7", {JNX, 0, 7}, {{0}}, GV_EVENT_GM_REREGISTERS, "GmReRegister", "", "", "", ""},
    {"Juniper 8",
     {JNX, 0, 8},
     {{0}},
     GV_EVENT_GM_REKEY_RECEIVED,
     "GmRekeyReceived",
     "",
     "",
     "",
     ""},
    {"Juniper 11", {JNX, 0, 11}, {{0}}, GV_EVENT_GM_FAULT, "GmRekeyFailure", "", "", "", ""},
    {"a KS of Juniper", {JNX, 0, 1}, {{0}}, 0, NULL, NULL, NULL, NULL, NULL},
    {"number 16", {MIB, 0, 16}, {{0}}, 0, NULL, NULL, NULL, NULL, NULL},
    {"an object", {MIB, 1, 5}, {{0}}, 0, NULL, NULL, NULL, NULL, NULL},
    {"more arcs", {MIB, 0, 5, 1}, {{0}}, 0, NULL, NULL, NULL, NULL, NULL},
    {"coldStart", {1, 3, 6, 1, 6, 3, 1, 1, 5, 1}, {{0}}, 0, NULL, NULL, NULL, NULL, NULL},
    {"nothing", {0}, {{0}}, 0, NULL, NULL, NULL, NULL, NULL},
    {"a broken index",
     {MIB, 0, 5},
     {NUMBER(short_index, 1)},
     GV_EVENT_GM_REGISTRATION_BEGUN,
     "GmRegister",
     "",
     "",
     "",
     ""},
    {"a value of a wrong length",
     {MIB, 0, 5},
     {NUMBER(gm_ks_type, 1), OCTETS(gm_ks_value, "ab")},
     GV_EVENT_GM_REGISTRATION_BEGUN,
     "GmRegister",
     "",
     "7",
     "",
     "192.0.2.9"},
    {"a value of no octets",
     {MIB, 0, 5},
     {NUMBER(gm_ks_type, 1), NUMBER(gm_ks_value, 7)},
     GV_EVENT_GM_REGISTRATION_BEGUN,
     "GmRegister",
     "",
     "7",
     "",
     "192.0.2.9"},
};

static size_t arcs_of(const uint32_t *oid)
{
    size_t n = 0;

    for (size_t i = 0; i < 16; i++)
        if (oid[i] != 0)
            n = i + 1;
    return n;
}

static void check_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *r = &rows[i];
        struct gv_event event;
        size_t n = 0;
        enum gv_err err;

        while (n < 8 && r->vars[n].oid != NULL)
            n++;
        err = gv_trap_read(r->trap, arcs_of(r->trap), r->vars, n, &event);
        CHECK_INT(r->name, err, r->code != NULL ? GV_OK : GV_ERR_NO_DATA);
        if (err != GV_OK || r->code == NULL)
            continue;
        CHECK_INT(r->name, event.kind, r->kind);
        CHECK_STR(r->name, event.code, r->code);
        CHECK_STR(r->name, event.group, r->group);
        CHECK_STR(r->name, event.group_id, r->group_id);
        CHECK_STR(r->name, event.ks, r->ks);
        CHECK_STR(r->name, event.gm, r->gm);
    }
}

static void check_v1(void)
{
    static const uint32_t enterprise[] = {MIB}, want[] = {MIB, 0, 7};
    static const uint32_t link_down[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
    uint32_t out[GV_OID_ARCS], most[GV_OID_ARCS] = {1};
    size_t n = gv_trap_v1_oid(enterprise, 9, 6, 7, out);

    CHECK("an enterprise's own", n == 11 && memcmp(out, want, sizeof(want)) == 0);
    n = gv_trap_v1_oid(enterprise, 9, 2, 7, out);
    CHECK("linkDown", n == 10 && memcmp(out, link_down, sizeof(link_down)) == 0);
    CHECK_INT("no such", gv_trap_v1_oid(enterprise, 9, 7, 7, out), 0);
    CHECK_INT("too long", gv_trap_v1_oid(most, GV_OID_ARCS - 1, 6, 7, out), 0);
}

/* A message cut at each octet is either read the same, or refused. */
static void check_header(void)
{
    static const uint8_t v3[] = {0x30, 0x1a, 2, 1, 3, 0x30, 2, 2, 0, 4, 0x0f, 0x30, 0x0d, 4,
                                 5,    0x80, 0, 0, 9, 1,    2, 1, 7, 4, 1,    'u',  4,    0};
    static const uint8_t v2c[] = {0x30, 0x81, 5, 2, 1, 1, 4, 0};
    static const uint8_t odd[][5] = {
        {0x31, 3, 2, 1, 1}, {0x30, 4, 2, 1, 1}, {0x30, 3, 4, 1, 1}, {0x30, 0x85, 0, 0, 0}};
    struct gv_trap_header header;

    CHECK_INT("v3", gv_trap_header_read(v3, sizeof(v3), &header), GV_OK);
    CHECK("its engine",
          header.version == 3 && header.engine_n == 5 && header.engine == v3 + 15);
    for (size_t n = 0; n < sizeof(v3); n++)
        CHECK_INT("cut", gv_trap_header_read(v3, n, &header), GV_ERR_MALFORMED);
    CHECK_INT("long form", gv_trap_header_read(v2c, sizeof(v2c), &header), GV_OK);
    CHECK("v2c", header.version == 1 && header.engine_n == 0);
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        CHECK_INT("odd", gv_trap_header_read(odd[i], sizeof(odd[i]), &header),
                  GV_ERR_MALFORMED);
}

int main(void)
{
    check_header();
    check_rows();
    check_v1();
    return check_end();
}
