/* SPDX-License-Identifier: Apache-2.0 */
/* The MIB tables of the lab's agent: a row a column, with its way to the value. */
#ifndef LAB_SNMP_TABLES_H
#define LAB_SNMP_TABLES_H

#include "snmp_view.h"

enum { LAB_INDEX_MAX = 16, LAB_ROWS_MAX = 256 };

/* CgmGdoiIdentificationType */
enum { LAB_ID_IPV4 = 1, LAB_ID_IPV4_SUBNET = 4, LAB_ID_KEY_ID = 11 };

/* One conceptual row: its index, and the parts of the fleet it stands for. */
struct lab_row {
    uint32_t index[LAB_INDEX_MAX];
    size_t index_n;
    const struct lab_group *group;
    const struct lab_ks *ks;
    const struct lab_gm *gm;
    const struct lab_peer *peer;
    const struct lab_kek *kek;
    const struct lab_tek *tek;
    const struct lab_ace *ace;
    bool newest_tek;
};

struct lab_rows {
    struct lab_row rows[LAB_ROWS_MAX];
    size_t count;
};

enum lab_row_kind {
    LAB_ROWS_SCALAR,
    LAB_ROWS_GROUP,
    LAB_ROWS_KS,
    LAB_ROWS_GM,
    LAB_ROWS_PEER,
    LAB_ROWS_KS_KEK,
    LAB_ROWS_GM_KEK,
    LAB_ROWS_KS_SELECTOR,
    LAB_ROWS_KS_POLICY,
    LAB_ROWS_GM_SELECTOR,
    LAB_ROWS_GM_POLICY,
};

struct lab_asked {
    const struct lab_fleet *fleet;
    const struct lab_device *device;
};

struct lab_value {
    uint32_t number;
    uint8_t octets[LAB_OCTETS_MAX];
    size_t n;
};

struct lab_column {
    uint32_t number;
    uint32_t since; /* MIB revision that brought it; 0: any device */
    enum lab_type type;
    /* False: the agent has no such instance. */
    bool (*get)(const struct lab_asked *asked, const struct lab_row *row,
                const struct lab_column *column, struct lab_value *value);
    uint32_t constant; /* for values that never change */
};

struct lab_table {
    const char *title;
    uint32_t name[16]; /* of the entry; column and index follow */
    size_t name_n;
    enum lab_row_kind rows;
    const struct lab_column *columns;
    size_t column_count;
    bool juniper;    /* only there; otherwise only elsewhere */
    bool everywhere; /* both */
};

/* In the order of their names. */
extern const struct lab_table lab_tables[];
extern const size_t lab_table_count;

/* <0, 0, >0 as memcmp, over sub-identifiers. */
int lab_name_order(const uint32_t *a, size_t an, const uint32_t *b, size_t bn);

#endif
