/* SPDX-License-Identifier: Apache-2.0 */
/* The GDOI MIBs as tables: which columns are read, and which field of the
 * observation each one fills. One row per vendor's root.
 *
 * Only what the model uses is here: the two TEK selector tables (ACEs) and the
 * length columns are not polled. Sources: CISCO-GDOI-MIB 201507170000Z,
 * JNX-GDOI-MIB 201801040000Z; mibs/ lists the same by name. */
#ifndef GV_SNMP_GDOI_MIB_H
#define GV_SNMP_GDOI_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observation.h"

/* Order of the rows in every root, and of the walk. */
enum gv_gdoi_table_id {
    GV_GDOI_GROUP,
    GV_GDOI_KS,
    GV_GDOI_GM,
    GV_GDOI_PEER,
    GV_GDOI_KS_KEK,
    GV_GDOI_GM_KEK,
    GV_GDOI_KS_TEK,
    GV_GDOI_GM_TEK,
    GV_GDOI_TABLES
};

/* How a column's value goes into the observation. */
enum gv_gdoi_fill {
    GV_FILL_NUMBER,         /* an unsigned number, with its HAS bit */
    GV_FILL_SPI,            /* exactly `octets` octets, with its HAS bit */
    GV_FILL_ENUM,           /* 1..`most` of an enumeration with the MIB's own numbers */
    GV_FILL_TEK_STATUS_JNX, /* as GV_FILL_ENUM, but 3 is bidirectional */
    GV_FILL_CIPHER,         /* a number, shown as the CLI's word */
    GV_FILL_HASH,
    GV_FILL_NONE /* read by name of the column, see `use` */
};

/* Columns that rows.c needs by name: several of them make one field. */
enum gv_gdoi_use {
    GV_USE_PLAIN,
    GV_USE_NAME,    /* group name */
    GV_USE_ID_TYPE, /* registered KS of a GM; destination of a KEK */
    GV_USE_ID_VALUE,
    GV_USE_ACTIVE_KEK,
    GV_USE_ACTIVE_TEKS,
    GV_USE_MEMBERS, /* group table: goes to the KS side */
    GV_USE_SPI,     /* identity of the row's key */
    GV_USE_ROLE,
    GV_USE_CIPHER,
    GV_USE_KEY_BITS,
    GV_USE_HASH,
    GV_USE_REMAINING
};

struct gv_gdoi_column {
    uint8_t number; /* arc under the table's entry */
    uint8_t octets; /* 0: a number; else an OCTET STRING of at most so many octets */
    bool fixed;     /* cannot change while the row's SPI stays the same */
    enum gv_gdoi_use use;
    enum gv_gdoi_fill fill;
    uint8_t most; /* GV_FILL_ENUM: largest known value */
    size_t field; /* offset in the table's row of the observation */
    uint32_t has; /* its HAS bit, 0 where the field has none */
};

struct gv_gdoi_table {
    uint8_t arcs[3];    /* of the entry, under the root's OID */
    uint8_t arcs_n;     /* 0: this root has no such table */
    uint8_t identities; /* leading index parts that are (type, value) pairs */
    uint8_t numbers;    /* index parts after them that are one number each */
    uint8_t columns_n;
    const struct gv_gdoi_column *columns;
};

struct gv_gdoi_root {
    const char *name; /* of the MIB */
    enum gv_vendor vendor;
    uint32_t enterprise; /* the vendor's arc in sysObjectID */
    uint8_t oid_n;
    uint32_t oid[10]; /* of the MIB's objects */
    struct gv_gdoi_table tables[GV_GDOI_TABLES];
};

enum {
    GV_GDOI_ROOTS = 2,
    GV_GDOI_MAX_COLUMNS = 10,  /* wanted columns of one table */
    GV_GDOI_ENTRY_ARCS = 16,   /* longest OID of a column */
    GV_GDOI_NAME_OCTETS = 255, /* DisplayString */
    GV_GDOI_ID_OCTETS = 48     /* CgmGdoiIdentificationValue */
};

extern const struct gv_gdoi_root gv_gdoi_roots[GV_GDOI_ROOTS];

/* Write the OID of the table's entry (of column `number` where that is not 0)
 * into oid[GV_GDOI_ENTRY_ARCS]. The number of arcs. */
size_t gv_gdoi_entry_oid(const struct gv_gdoi_root *root, enum gv_gdoi_table_id table,
                         uint32_t number, uint32_t *oid);

/* Place of the column of that number or use among the table's columns, or -1. */
int gv_gdoi_column_find(const struct gv_gdoi_table *table, uint32_t number);
int gv_gdoi_column_use(const struct gv_gdoi_table *table, enum gv_gdoi_use use);

/* The CLI's word for a KEK's cipher or signature hash, as in "AES" and
 * "HMAC_AUTH_SHA"; NULL for none and for values that we do not know. */
const char *gv_gdoi_cipher_name(uint32_t algorithm);
const char *gv_gdoi_hash_name(uint32_t prf);

/* The words of an IPsec transform set: "esp-256-aes", "esp-sha256-hmac". NULL as above. */
const char *gv_gdoi_transform_cipher(uint32_t algorithm, uint32_t key_bits);
const char *gv_gdoi_transform_hash(uint32_t integrity);

#endif
