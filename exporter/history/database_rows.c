/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the history's file: what is written, read and forgotten. */
#include <stdio.h>

#include "history/database_parts.h"

/* The cells of a record are the parameters, in their order. A KEK that is alive has one row
 * for each device and group; the same record ends it. */
static const char *const writes[GV_RECORD_KINDS] = {
    [GV_RECORD_KEK] =
        "INSERT INTO keks (device, name, group_id, spi, birth_ms, lifetime_s, expiry_ms,"
        " seen_ms, ended, ended_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL)"
        " ON CONFLICT (device, name, group_id) WHERE ended IS NULL DO UPDATE SET"
        " spi = coalesce(?4, spi), birth_ms = coalesce(?5, birth_ms),"
        " lifetime_s = coalesce(?6, lifetime_s), expiry_ms = coalesce(?7, expiry_ms),"
        " ended = ?9, ended_ms = ?10",
    [GV_RECORD_REKEY] =
        "INSERT INTO rekeys (time_ms, name, group_id, device, is_ks, old_spi, new_spi,"
        " lead_ms, expected_ms, verdict) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [GV_RECORD_EVENT] =
        "INSERT INTO events (time_ms, device, name, group_id, kind, before, after, text)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GV_RECORD_STATE] =
        "INSERT OR REPLACE INTO states (kind, device, name, group_id, boot, shift_ms,"
        " saved_ms, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GV_RECORD_NAME_STATE] =
        "UPDATE OR REPLACE states SET name = ?5, group_id = ?6 WHERE kind = ?1 AND"
        " device = ?2 AND name = ?3 AND group_id = ?4",
    [GV_RECORD_NAME_KEK] =
        "UPDATE OR REPLACE keks SET name = ?4, group_id = ?5 WHERE device = ?1 AND"
        " name = ?2 AND group_id = ?3 AND ended IS NULL",
};

static int bind(sqlite3_stmt *statement, int at, const struct gv_cell *cell)
{
    if (at > sqlite3_bind_parameter_count(statement))
        return SQLITE_OK;
    if (cell->type == GV_CELL_NUMBER)
        return sqlite3_bind_int64(statement, at, cell->number);
    if (cell->type == GV_CELL_TEXT)
        return sqlite3_bind_text(statement, at, cell->text, -1, SQLITE_STATIC);
    return sqlite3_bind_null(statement, at);
}

static bool write_one(struct gv_database *database, const struct gv_record *record)
{
    sqlite3_stmt **statement = &database->writes[record->kind];
    bool ok;

    if (*statement == NULL &&
        sqlite3_prepare_v3(database->sqlite, writes[record->kind], -1,
                           SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK)
        return false;
    for (int i = 0; i < GV_RECORD_CELLS; i++)
        if (bind(*statement, i + 1, &record->cells[i]) != SQLITE_OK)
            return false;
    ok = sqlite3_step(*statement) == SQLITE_DONE;
    return sqlite3_reset(*statement) == SQLITE_OK && ok;
}

/* The reason is taken before the rollback, which has a result of its own. */
static enum gv_err undo(struct gv_database *database, char why[GV_DATABASE_WHY])
{
    enum gv_err err = database_failure(database->sqlite, why);

    (void)sqlite3_exec(database->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return err;
}

enum gv_err gv_database_write(struct gv_database *database, const struct gv_record *first,
                              char why[GV_DATABASE_WHY])
{
    enum gv_err err = database_run(database->sqlite, "BEGIN IMMEDIATE", why);

    if (err != GV_OK)
        return err;
    for (const struct gv_record *record = first; record != NULL; record = record->next)
        if (!write_one(database, record))
            return undo(database, why);
    if (sqlite3_exec(database->sqlite, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return undo(database, why);
    return GV_OK;
}

uint64_t gv_database_size(struct gv_database *database)
{
    int64_t pages = database_number(database->sqlite, "PRAGMA page_count");
    int64_t unused = database_number(database->sqlite, "PRAGMA freelist_count");
    int64_t octets = database_number(database->sqlite, "PRAGMA page_size");

    return pages > unused && unused >= 0 && octets > 0 ? (uint64_t)((pages - unused) * octets)
                                                       : 0;
}

/* The oldest tenth of what has ended; the states stay, the next restart needs them. How many
 * rows went; -1 on failure. */
static int64_t forget_oldest(struct gv_database *database, char why[GV_DATABASE_WHY],
                             enum gv_err *err)
{
    static const char sql[] =
        "BEGIN IMMEDIATE;"
        "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY time_ms"
        " LIMIT 1 + (SELECT count(*) / 10 FROM events));"
        "DELETE FROM keks WHERE id IN (SELECT id FROM keks WHERE ended IS NOT NULL"
        " ORDER BY seen_ms LIMIT 1 + (SELECT count(*) / 10 FROM keks));"
        "DELETE FROM rekeys WHERE id IN (SELECT id FROM rekeys ORDER BY time_ms"
        " LIMIT 1 + (SELECT count(*) / 10 FROM rekeys));"
        "COMMIT";
    int64_t before = sqlite3_total_changes64(database->sqlite);

    if (sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
        *err = undo(database, why);
        return -1;
    }
    return sqlite3_total_changes64(database->sqlite) - before;
}

static bool run_with(sqlite3 *sqlite, const char *sql, int64_t n)
{
    sqlite3_stmt *statement = NULL;
    bool ok = sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_bind_int64(statement, 1, n) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_DONE;

    return sqlite3_finalize(statement) == SQLITE_OK && ok;
}

static enum gv_err forget_before(struct gv_database *database, int64_t before_ms,
                                 char why[GV_DATABASE_WHY])
{
    static const char *const deletes[] = {
        "DELETE FROM events WHERE time_ms < ?1",
        "DELETE FROM keks WHERE seen_ms < ?1 AND ended IS NOT NULL",
        "DELETE FROM rekeys WHERE time_ms < ?1",
        "DELETE FROM states WHERE saved_ms < ?1",
    };
    enum gv_err err = database_run(database->sqlite, "BEGIN IMMEDIATE", why);

    if (err != GV_OK)
        return err;
    for (size_t i = 0; i < sizeof(deletes) / sizeof(deletes[0]); i++)
        if (!run_with(database->sqlite, deletes[i], before_ms))
            return undo(database, why);
    err = database_run(database->sqlite, "COMMIT", why);
    return err == GV_OK ? GV_OK : undo(database, why);
}

enum gv_err gv_database_prune(struct gv_database *database, int64_t before_ms, uint64_t most,
                              char why[GV_DATABASE_WHY])
{
    enum gv_err err = forget_before(database, before_ms, why);

    while (err == GV_OK && gv_database_size(database) > most &&
           forget_oldest(database, why, &err) > 0)
        ;
    if (err == GV_OK)
        err = database_run(database->sqlite, "PRAGMA incremental_vacuum", why);
    return err;
}

/* '' is not known. */
static const char *text_of(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return text != NULL && text[0] != '\0' ? text : NULL;
}

static const char *known(const char *text)
{
    return text != NULL ? text : "";
}

enum gv_err gv_database_states(struct gv_database *database, const char *kind,
                               const char *device,
                               void (*visit)(void *arg, const struct gv_state_record *state),
                               void *arg, char why[GV_DATABASE_WHY])
{
    static const char sql[] = "SELECT name, group_id, boot, shift_ms, saved_ms, state"
                              " FROM states WHERE kind = ?1 AND device = ?2";
    sqlite3_stmt *statement = NULL;
    enum gv_err err = GV_OK;
    int code = sqlite3_prepare_v2(database->sqlite, sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 1, kind, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 2, device, -1, SQLITE_STATIC);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        visit(arg, &(struct gv_state_record){.name = text_of(statement, 0),
                                             .group_id = text_of(statement, 1),
                                             .boot = known(text_of(statement, 2)),
                                             .shift_ms = sqlite3_column_int64(statement, 3),
                                             .saved_ms = sqlite3_column_int64(statement, 4),
                                             .text = known(text_of(statement, 5))});
    }
    if (code != SQLITE_DONE)
        err = database_failure(database->sqlite, why);
    (void)sqlite3_finalize(statement);
    return err;
}

static struct gv_rekey_record rekey_of(sqlite3_stmt *statement)
{
    const char *name = text_of(statement, 1), *id = text_of(statement, 2);
    const char *device = known(text_of(statement, 3));

    return (struct gv_rekey_record){
        .time_ms = sqlite3_column_int64(statement, 0),
        .group = known(name != NULL ? name : id),
        .group_id = id,
        .device = device,
        .ks = sqlite3_column_int(statement, 4) != 0 ? device : NULL,
        .old_spi = text_of(statement, 5),
        .new_spi = text_of(statement, 6),
        .lead_known = sqlite3_column_type(statement, 7) != SQLITE_NULL,
        .lead_ms = sqlite3_column_int64(statement, 7),
        .expected_known = sqlite3_column_type(statement, 8) != SQLITE_NULL,
        .expected_ms = sqlite3_column_int64(statement, 8),
        .verdict = known(text_of(statement, 9)),
    };
}

enum gv_err gv_database_rekeys(struct gv_database *database, const char *group,
                               int64_t since_ms, int64_t most,
                               void (*visit)(void *arg, const struct gv_rekey_record *rekey),
                               void *arg, char why[GV_DATABASE_WHY])
{
    static const char sql[] =
        "SELECT * FROM (SELECT time_ms, name, group_id, device, is_ks, old_spi, new_spi,"
        " lead_ms, expected_ms, verdict, id FROM rekeys WHERE time_ms >= ?1 AND"
        " (?2 IS NULL OR name = ?2 OR group_id = ?2 OR name || '/' || group_id = ?2)"
        " ORDER BY time_ms DESC, id DESC LIMIT ?3) ORDER BY time_ms, id";
    sqlite3_stmt *statement = NULL;
    enum gv_err err = GV_OK;
    int code = sqlite3_prepare_v2(database->sqlite, sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 1, since_ms);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 2, group, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 3, most);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        struct gv_rekey_record rekey;

        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        rekey = rekey_of(statement);
        visit(arg, &rekey);
    }
    if (code != SQLITE_DONE)
        err = database_failure(database->sqlite, why);
    (void)sqlite3_finalize(statement);
    return err;
}
