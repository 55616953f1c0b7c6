/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/gdoi_mib.h"

#include <string.h>

#define ROWS(table)              (uint8_t)(sizeof(table) / sizeof((table)[0])), table
#define FIELD(type, member, bit) offsetof(struct type, member), bit
#define NO_FIELD                 0, 0
#define PLAIN                    GV_USE_PLAIN, GV_FILL_NUMBER, 0

/* The 2010 revision has column 4 only. */
static const struct gv_gdoi_column group_columns[] = {
    {4, GV_GDOI_NAME_OCTETS, false, GV_USE_NAME, GV_FILL_NONE, 0, NO_FIELD},
    {5, 0, false, GV_USE_MEMBERS, GV_FILL_NUMBER, 0,
     FIELD(gv_ks_obs, group_members, GV_KS_HAS_GROUP_MEMBERS)},
    {7, 0, false, PLAIN,
     FIELD(gv_ks_obs, last_rekey_retransmits, GV_KS_HAS_LAST_REKEY_RETRANSMITS)},
    {8, 0, false, PLAIN,
     FIELD(gv_ks_obs, last_rekey_duration_ms, GV_KS_HAS_LAST_REKEY_DURATION)},
};

/* RekeysPushed is a sequence number, whatever its syntax Counter32 says. */
static const struct gv_gdoi_column ks_columns[] = {
    {4, GV_KEK_SPI_LEN, false, GV_USE_ACTIVE_KEK, GV_FILL_NONE, 0, NO_FIELD},
    {5, 0, false, PLAIN, FIELD(gv_ks_obs, rekey_sequence, GV_KS_HAS_REKEY_SEQUENCE)},
    {6, 0, false, GV_USE_ROLE, GV_FILL_ENUM, 3, FIELD(gv_ks_obs, role, 0)},
    {7, 0, false, PLAIN, FIELD(gv_ks_obs, members_registered, GV_KS_HAS_MEMBERS_REGISTERED)},
};

static const struct gv_gdoi_column gm_columns[] = {
    {4, 0, false, GV_USE_ID_TYPE, GV_FILL_NONE, 0, NO_FIELD},
    {6, GV_GDOI_ID_OCTETS, false, GV_USE_ID_VALUE, GV_FILL_NONE, 0, NO_FIELD},
    {7, GV_KEK_SPI_LEN, false, GV_USE_ACTIVE_KEK, GV_FILL_NONE, 0, NO_FIELD},
    {8, 0, false, PLAIN, FIELD(gv_gm_obs, last_rekey_sequence, GV_GM_HAS_LAST_REKEY_SEQUENCE)},
    {9, 0, false, GV_USE_ACTIVE_TEKS, GV_FILL_NUMBER, 0,
     FIELD(gv_gm_obs, active_teks, GV_GM_HAS_ACTIVE_TEKS)},
};

static const struct gv_gdoi_column peer_columns[] = {
    {4, 0, false, GV_USE_ROLE, GV_FILL_ENUM, 3, FIELD(gv_peer_obs, role, 0)},
    {5, 0, false, GV_USE_PLAIN, GV_FILL_ENUM, 3, FIELD(gv_peer_obs, status, 0)},
    {6, 0, false, GV_USE_MEMBERS, GV_FILL_NONE, 0, NO_FIELD},
};

/* The KS and the GM table have the same columns. */
static const struct gv_gdoi_column kek_columns[] = {
    {2, GV_KEK_SPI_LEN, false, GV_USE_SPI, GV_FILL_SPI, 0,
     FIELD(gv_kek_obs, spi, GV_KEK_HAS_SPI)},
    {7, 0, true, GV_USE_ID_TYPE, GV_FILL_NONE, 0, NO_FIELD},
    {9, GV_GDOI_ID_OCTETS, true, GV_USE_ID_VALUE, GV_FILL_NONE, 0, NO_FIELD},
    {13, 0, true, GV_USE_CIPHER, GV_FILL_CIPHER, 0, FIELD(gv_kek_obs, cipher, 0)},
    {14, 0, true, PLAIN, FIELD(gv_kek_obs, key_bits, GV_KEK_HAS_KEY_BITS)},
    {15, 0, true, GV_USE_HASH, GV_FILL_HASH, 0, FIELD(gv_kek_obs, sig_hash, 0)},
    {17, 0, true, PLAIN, FIELD(gv_kek_obs, sig_key_bits, GV_KEK_HAS_SIG_KEY_BITS)},
    {19, 0, false, PLAIN, FIELD(gv_kek_obs, lifetime_s, GV_KEK_HAS_LIFETIME)},
    {20, 0, false, GV_USE_REMAINING, GV_FILL_NUMBER, 0,
     FIELD(gv_kek_obs, remaining_s, GV_KEK_HAS_REMAINING)},
    {21, 0, false, GV_USE_PLAIN, GV_FILL_ENUM, 3, FIELD(gv_kek_obs, status, 0)},
};

#define TEK_COLUMNS(status_fill)                                                               \
    {                                                                                          \
        {2,                                                                                    \
         GV_TEK_SPI_LEN,                                                                       \
         false,                                                                                \
         GV_USE_SPI,                                                                           \
         GV_FILL_SPI,                                                                          \
         0,                                                                                    \
         FIELD(gv_tek_obs, spi, GV_TEK_HAS_SPI)},                                              \
            {4, 0, true, GV_USE_CIPHER, GV_FILL_NONE, 0, NO_FIELD},                            \
            {5, 0, true, GV_USE_KEY_BITS, GV_FILL_NONE, 0, NO_FIELD},                          \
            {6, 0, true, GV_USE_HASH, GV_FILL_NONE, 0, NO_FIELD},                              \
            {9, 0, false, PLAIN, FIELD(gv_tek_obs, lifetime_s, GV_TEK_HAS_LIFETIME)},          \
            {10,                                                                               \
             0,                                                                                \
             false,                                                                            \
             GV_USE_REMAINING,                                                                 \
             GV_FILL_NUMBER,                                                                   \
             0,                                                                                \
             FIELD(gv_tek_obs, remaining_s, GV_TEK_HAS_REMAINING)},                            \
            {11, 0, false, GV_USE_PLAIN, status_fill, 3, FIELD(gv_tek_obs, status, 0)},        \
    }

static const struct gv_gdoi_column tek_columns[] = TEK_COLUMNS(GV_FILL_ENUM);
static const struct gv_gdoi_column jnx_tek_columns[] = TEK_COLUMNS(GV_FILL_TEK_STATUS_JNX);

/* In Cisco's 2010 revision the group table ends at column 4 and the GM table at 8; what is
 * missing is learnt as absent. Juniper's group table never had more. */
const struct gv_gdoi_root gv_gdoi_roots[GV_GDOI_ROOTS] = {
    {"CISCO-GDOI-MIB",
     GV_VENDOR_CISCO,
     9,
     10,
     {1, 3, 6, 1, 4, 1, 9, 9, 759, 1},
     {
         [GV_GDOI_GROUP] = {{1, 1}, 2, 1, 0, ROWS(group_columns)},
         [GV_GDOI_KS] = {{2, 1, 1}, 3, 2, 0, ROWS(ks_columns)},
         [GV_GDOI_GM] = {{2, 2, 1}, 3, 2, 0, ROWS(gm_columns)},
         [GV_GDOI_PEER] = {{2, 3, 1}, 3, 2, 0, ROWS(peer_columns)},
         [GV_GDOI_KS_KEK] = {{3, 1, 1}, 3, 2, 1, ROWS(kek_columns)},
         [GV_GDOI_GM_KEK] = {{3, 2, 1}, 3, 2, 1, ROWS(kek_columns)},
         [GV_GDOI_KS_TEK] = {{3, 4, 1}, 3, 2, 2, ROWS(tek_columns)},
         [GV_GDOI_GM_TEK] = {{3, 6, 1}, 3, 2, 2, ROWS(tek_columns)},
     }},
    {"JNX-GDOI-MIB",
     GV_VENDOR_JUNIPER,
     2636,
     10,
     {1, 3, 6, 1, 4, 1, 2636, 3, 759, 1},
     {
         [GV_GDOI_GROUP] = {{1, 1}, 2, 1, 0, 1, group_columns},
         [GV_GDOI_GM] = {{2, 2, 1}, 3, 2, 0, ROWS(gm_columns)},
         [GV_GDOI_GM_KEK] = {{3, 2, 1}, 3, 2, 1, ROWS(kek_columns)},
         [GV_GDOI_GM_TEK] = {{3, 6, 1}, 3, 2, 2, ROWS(jnx_tek_columns)},
     }},
};

size_t gv_gdoi_entry_oid(const struct gv_gdoi_root *root, enum gv_gdoi_table_id table,
                         uint32_t number, uint32_t *oid)
{
    const struct gv_gdoi_table *t = &root->tables[table];
    size_t n = root->oid_n;

    memcpy(oid, root->oid, n * sizeof(*oid));
    for (size_t i = 0; i < t->arcs_n; i++)
        oid[n++] = t->arcs[i];
    if (number != 0)
        oid[n++] = number;
    return n;
}

int gv_gdoi_column_find(const struct gv_gdoi_table *table, uint32_t number)
{
    for (int i = 0; i < table->columns_n; i++)
        if (table->columns[i].number == number)
            return i;
    return -1;
}

int gv_gdoi_column_use(const struct gv_gdoi_table *table, enum gv_gdoi_use use)
{
    for (int i = 0; i < table->columns_n; i++)
        if (table->columns[i].use == use)
            return i;
    return -1;
}

static const char *name_at(const char *const *names, size_t n, uint32_t value)
{
    return value < n ? names[value] : NULL;
}

#define NAME_AT(names, value) name_at(names, sizeof(names) / sizeof((names)[0]), value)

/* CgmGdoiEncryptionAlgorithm; numbers as IKEv2 transform type 1. */
static const char *const ciphers[] = {
    NULL,
    "DES_IV64",
    "DES",
    "3DES",
    "RC5",
    "IDEA",
    "CAST",
    "BLOWFISH",
    "3IDEA",
    "DES_IV32",
    "RC4",
    "NULL",
    "AES",
    "AES_CTR",
    "AES_CCM_8",
    "AES_CCM_12",
    "AES_CCM_16",
    NULL,
    "AES_GCM_8",
    "AES_GCM_12",
    "AES_GCM_16",
    "AES_GMAC",
    NULL,
    "CAMELLIA",
    "CAMELLIA_CTR",
    "CAMELLIA_CCM_8",
    "CAMELLIA_CCM_12",
    "CAMELLIA_CCM_16",
    "SEED",
};

/* CgmGdoiPseudoRandomFunction; numbers as IKEv2 transform type 2. */
static const char *const hashes[] = {
    NULL,          "HMAC_AUTH_MD5",    "HMAC_AUTH_SHA",    "HMAC_AUTH_TIGER",
    "AES128_XCBC", "HMAC_AUTH_SHA256", "HMAC_AUTH_SHA384", "HMAC_AUTH_SHA512",
    "AES128_CMAC",
};

/* CgmGdoiIntegrityAlgorithm; 1 and 2 are truncated to 96 bits, 12..14 to half. */
static const char *const transform_hashes[] = {
    NULL,
    "esp-md5-hmac",
    "esp-sha-hmac",
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    "esp-sha256-hmac",
    "esp-sha384-hmac",
    "esp-sha512-hmac",
};

static const struct {
    uint32_t algorithm, key_bits; /* 0: whatever the key length */
    const char *word;
} transform_ciphers[] = {
    {2, 0, "esp-des"},     {3, 0, "esp-3des"},        {11, 0, "esp-null"},
    {12, 128, "esp-aes"},  {12, 192, "esp-192-aes"},  {12, 256, "esp-256-aes"},
    {20, 128, "esp-gcm"},  {20, 192, "esp-gcm 192"},  {20, 256, "esp-gcm 256"},
    {21, 128, "esp-gmac"}, {21, 192, "esp-gmac 192"}, {21, 256, "esp-gmac 256"},
};

const char *gv_gdoi_cipher_name(uint32_t algorithm)
{
    return NAME_AT(ciphers, algorithm);
}

const char *gv_gdoi_hash_name(uint32_t prf)
{
    return NAME_AT(hashes, prf);
}

const char *gv_gdoi_transform_hash(uint32_t integrity)
{
    return NAME_AT(transform_hashes, integrity);
}

const char *gv_gdoi_transform_cipher(uint32_t algorithm, uint32_t key_bits)
{
    for (size_t i = 0; i < sizeof(transform_ciphers) / sizeof(transform_ciphers[0]); i++)
        if (transform_ciphers[i].algorithm == algorithm &&
            (transform_ciphers[i].key_bits == 0 || transform_ciphers[i].key_bits == key_bits))
            return transform_ciphers[i].word;
    return NULL;
}
