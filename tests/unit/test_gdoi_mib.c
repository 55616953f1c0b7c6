/* SPDX-License-Identifier: Apache-2.0 */
/* mibs/ against the tables that the collector polls by: the same columns, indexes and sizes,
 * no more and no less, and the same words for the numbers. check_mibs.sh compares mibs/ with
 * the vendors' text. */
#include "snmp/gdoi_mib.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "observation.h"
#include "snmp/gdoi_index.h"

enum { LINE = 256, WORDS = 10 };

static const char *const files[GV_GDOI_ROOTS] = {"cisco-gdoi.txt", "jnx-gdoi.txt"};

/* ---- Columns and indexes ---------------------------------------------------------------- */

/* Largest value of an OCTET STRING syntax; 0 for numbers. */
static unsigned octets_of(const char *syntax)
{
    static const struct {
        const char *end;
        unsigned octets;
    } sizes[] = {{"DisplayString", GV_GDOI_NAME_OCTETS},
                 {"IdentificationValue", GV_GDOI_ID_OCTETS},
                 {"KekSPI", GV_KEK_SPI_LEN},
                 {"TekSPI", GV_TEK_SPI_LEN}};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        if (strstr(syntax, sizes[i].end) != NULL)
            return sizes[i].octets;
    return 0;
}

/* "1.1.4" under the root's OID, as table and column number; 0 for a table's entry. */
static const struct gv_gdoi_table *table_of(const struct gv_gdoi_root *root, const char *oid,
                                            uint32_t *column)
{
    for (size_t t = 0; t < GV_GDOI_TABLES; t++) {
        const struct gv_gdoi_table *table = &root->tables[t];
        char text[32] = "";
        size_t n = 0;

        for (size_t i = 0; i < table->arcs_n; i++)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u", i > 0 ? "." : "",
                                  table->arcs[i]);
        if (n == 0 || strncmp(oid, text, n) != 0 || (oid[n] != '\0' && oid[n] != '.'))
            continue;
        *column = 0;
        if (oid[n] == '\0' || gv_text_u32(gv_text(oid + n + 1), column))
            return table;
    }
    return NULL;
}

static void check_column(const struct gv_gdoi_root *root, char **words)
{
    uint32_t number = 0;
    const struct gv_gdoi_table *table = table_of(root, words[1], &number);
    int place = table != NULL ? gv_gdoi_column_find(table, number) : -1;

    CHECK_INT(words[2], place >= 0, 1);
    if (place >= 0)
        CHECK_INT(words[2], table->columns[place].octets, octets_of(words[3]));
}

static void check_index(const struct gv_gdoi_root *root, char **words, size_t n)
{
    uint32_t number = 1;
    const struct gv_gdoi_table *table = table_of(root, words[1], &number);

    CHECK(words[2], table != NULL && number == 0);
    if (table != NULL)
        CHECK_INT(words[2], table->identities * 2 + table->numbers, n - 3);
}

static void check_root(const struct gv_gdoi_root *root, char **words)
{
    char text[64];
    size_t n = 0;

    for (size_t i = 0; i < root->oid_n; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u", i > 0 ? "." : "",
                              root->oid[i]);
    CHECK_STR("root", text, words[1]);
    CHECK("file of the MIB", strncmp(words[3], root->name, strlen(root->name)) == 0);
}

/* ---- Values ----------------------------------------------------------------------------- */

static const char *role(uint32_t n)
{
    return gv_ks_role_name((enum gv_ks_role)n);
}
static const char *status(uint32_t n)
{
    return gv_ks_status_name((enum gv_ks_status)n);
}
static const char *kek_status(uint32_t n)
{
    return gv_kek_status_name((enum gv_kek_status)n);
}

/* The text of zeros, as many as the type takes. */
static const char *identity(uint32_t type)
{
    static const uint8_t zeros[GV_GDOI_ID_OCTETS];
    static char text[GV_GDOI_ID_TEXT];
    struct gv_gdoi_id id;

    for (size_t n = 4; n <= 32; n *= 2)
        if (gv_gdoi_id_decode(type, zeros, n, &id) == GV_OK)
            return gv_gdoi_id_text(&id, text).at;
    return NULL;
}

static const struct {
    const char *end; /* of the textual convention's name */
    const char *(*word)(uint32_t number);
} conventions[] = {
    {"GdoiKsRole", role},
    {"GdoiKsStatus", status},
    {"GdoiKekStatus", kek_status},
    {"GdoiIdentificationType", identity},
    {"GdoiEncryptionAlgorithm", gv_gdoi_cipher_name},
    {"GdoiPseudoRandomFunction", gv_gdoi_hash_name},
    {"GdoiIntegrityAlgorithm", gv_gdoi_transform_hash},
};

static const char *tek_word(const struct gv_gdoi_root *root, uint32_t number)
{
    static const char *const words[] = {
        [GV_TEK_INBOUND] = "inbound",
        [GV_TEK_OUTBOUND] = "outbound",
        [GV_TEK_NOT_IN_USE] = "not_in_use",
        [GV_TEK_BIDIRECTIONAL] = "bidirectional",
    };
    const struct gv_gdoi_table *teks = &root->tables[GV_GDOI_GM_TEK];
    int place = gv_gdoi_column_find(teks, 11);

    if (place >= 0 && teks->columns[place].fill == GV_FILL_TEK_STATUS_JNX &&
        number == GV_TEK_NOT_IN_USE)
        number = GV_TEK_BIDIRECTIONAL;
    return number <= GV_TEK_BIDIRECTIONAL ? words[number] : NULL;
}

static void check_value(const struct gv_gdoi_root *root, char **words)
{
    uint32_t number = 0;

    CHECK(words[3], gv_text_u32(gv_text(words[2]), &number));
    if (strstr(words[1], "GdoiTekStatus") != NULL) {
        CHECK_STR(words[3], tek_word(root, number), words[4]);
        return;
    }
    for (size_t i = 0; i < sizeof(conventions) / sizeof(conventions[0]); i++)
        if (strstr(words[1], conventions[i].end) != NULL) {
            CHECK_STR(words[3], conventions[i].word(number), words[4]);
            return;
        }
    CHECK(words[1], false);
}

/* ---- Files ------------------------------------------------------------------------------ */

static size_t split(char *line, char **words)
{
    size_t n = 0;

    for (char *word = strtok(line, " \n"); word != NULL && n < WORDS;
         word = strtok(NULL, " \n"))
        words[n++] = word;
    return n;
}

static void check_file(const char *dir, size_t r)
{
    const struct gv_gdoi_root *root = &gv_gdoi_roots[r];
    size_t columns = 0, indexes = 0, want_columns = 0, want_indexes = 0;
    char path[4096], line[LINE];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", dir, files[r]);
    file = fopen(path, "r");
    CHECK(path, file != NULL);
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        char *words[WORDS];
        size_t n = split(line, words);

        if (n == 4 && strcmp(words[0], "root") == 0) {
            check_root(root, words);
        } else if (n == 4 && strcmp(words[0], "column") == 0) {
            check_column(root, words);
            columns++;
        } else if (n > 4 && strcmp(words[0], "index") == 0) {
            check_index(root, words, n);
            indexes++;
        } else if (n == 5 && strcmp(words[0], "value") == 0) {
            check_value(root, words);
        } else {
            CHECK(n > 0 ? words[0] : "", n == 0 || words[0][0] == '#');
        }
    }
    if (file != NULL)
        (void)fclose(file);
    for (size_t t = 0; t < GV_GDOI_TABLES; t++) {
        want_columns += root->tables[t].columns_n;
        want_indexes += root->tables[t].arcs_n > 0 ? 1 : 0;
    }
    CHECK_INT("columns listed", columns, want_columns);
    CHECK_INT("tables listed", indexes, want_indexes);
}

int main(void)
{
    for (size_t r = 0; r < GV_GDOI_ROOTS; r++)
        check_file(MIBS, r);
    return check_end();
}
