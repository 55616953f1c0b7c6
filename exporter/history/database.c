/* SPDX-License-Identifier: Apache-2.0 */
#include "history/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "history/database_parts.h"

/* "GVHI": what a file of ours says it is. */
enum { APPLICATION_ID = 0x47564849 };

/* How long a writer waits for another (shards may share a file), and the longest text. */
enum { BUSY_MS = 2000, LENGTH_MOST = 1 << 20 };

/* The step from each version of the schema to the next: a step that was released is never
 * changed, a change is a step more. Instants are Unix time in ms. A group is told by name and
 * id, either of which may be ''. */
static const char *const steps[] = {
    "CREATE TABLE keks (id INTEGER PRIMARY KEY, device TEXT NOT NULL, name TEXT NOT NULL,"
    " group_id TEXT NOT NULL, spi TEXT, birth_ms INTEGER, lifetime_s INTEGER,"
    " expiry_ms INTEGER, seen_ms INTEGER NOT NULL, ended TEXT, ended_ms INTEGER);"
    "CREATE UNIQUE INDEX keks_alive ON keks (device, name, group_id) WHERE ended IS NULL;"
    "CREATE INDEX keks_time ON keks (seen_ms);"
    "CREATE TABLE rekeys (id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, name TEXT NOT NULL,"
    " group_id TEXT NOT NULL, device TEXT NOT NULL, is_ks INTEGER NOT NULL, old_spi TEXT,"
    " new_spi TEXT, lead_ms INTEGER, expected_ms INTEGER, verdict TEXT NOT NULL);"
    "CREATE INDEX rekeys_time ON rekeys (time_ms);"
    "CREATE TABLE events (id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, device TEXT NOT "
    "NULL,"
    " name TEXT NOT NULL, group_id TEXT NOT NULL, kind TEXT NOT NULL, before TEXT, after TEXT,"
    " text TEXT);"
    "CREATE INDEX events_time ON events (time_ms);"
    "CREATE TABLE states (kind TEXT NOT NULL, device TEXT NOT NULL, name TEXT NOT NULL,"
    " group_id TEXT NOT NULL, boot TEXT NOT NULL, shift_ms INTEGER NOT NULL,"
    " saved_ms INTEGER NOT NULL, state TEXT NOT NULL,"
    " PRIMARY KEY (kind, device, name, group_id)) WITHOUT ROWID;",
};
enum { VERSION = sizeof(steps) / sizeof(steps[0]) };

enum gv_err database_failure(sqlite3 *sqlite, char why[GV_DATABASE_WHY])
{
    int code = sqlite != NULL ? sqlite3_errcode(sqlite) & 0xff : SQLITE_NOMEM;

    (void)snprintf(why, GV_DATABASE_WHY, "%s",
                   sqlite != NULL ? sqlite3_errmsg(sqlite) : "no memory");
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return GV_ERR_MALFORMED;
    return code == SQLITE_FULL ? GV_ERR_TOO_LARGE : GV_ERR_SYSTEM;
}

enum gv_err database_run(sqlite3 *sqlite, const char *sql, char why[GV_DATABASE_WHY])
{
    return sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK
               ? GV_OK
               : database_failure(sqlite, why);
}

int64_t database_number(sqlite3 *sqlite, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        n = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return n;
}

/* Nothing in a file that we did not write may run, or make us large. */
static void defend(sqlite3 *sqlite)
{
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_limit(sqlite, SQLITE_LIMIT_LENGTH, LENGTH_MOST);
    (void)sqlite3_busy_timeout(sqlite, BUSY_MS);
}

static enum gv_err not_ours(const char *what, char why[GV_DATABASE_WHY])
{
    (void)snprintf(why, GV_DATABASE_WHY, "%s", what);
    return GV_ERR_NOT_SUPPORTED;
}

/* Whose file is it, and of which version? *version: 0 for an empty one. */
static enum gv_err identify(sqlite3 *sqlite, int64_t *version, char why[GV_DATABASE_WHY])
{
    int64_t id = database_number(sqlite, "PRAGMA application_id");
    int64_t found = database_number(sqlite, "PRAGMA user_version");
    int64_t tables = database_number(sqlite, "SELECT count(*) FROM sqlite_schema");

    if (id < 0 || found < 0 || tables < 0)
        return database_failure(sqlite, why);
    if (id != APPLICATION_ID && (id != 0 || found != 0 || tables != 0))
        return not_ours("it is the database of another program", why);
    if (found > VERSION)
        return not_ours("it was written by a newer version of this program", why);
    *version = found;
    return GV_OK;
}

static enum gv_err upgrade(sqlite3 *sqlite, int64_t version, char why[GV_DATABASE_WHY])
{
    char sql[80];
    enum gv_err err = database_run(sqlite, "BEGIN IMMEDIATE", why);

    if (err != GV_OK)
        return err;
    for (int64_t i = version; err == GV_OK && i < VERSION; i++)
        err = database_run(sqlite, steps[i], why);
    (void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                   APPLICATION_ID, VERSION);
    if (err == GV_OK)
        err = database_run(sqlite, sql, why);
    if (err == GV_OK)
        err = database_run(sqlite, "COMMIT", why);
    if (err != GV_OK)
        (void)sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL);
    return err;
}

static enum gv_err check(sqlite3 *sqlite, char why[GV_DATABASE_WHY])
{
    sqlite3_stmt *statement = NULL;
    enum gv_err err = GV_OK;
    const char *said;

    if (sqlite3_prepare_v2(sqlite, "PRAGMA quick_check(1)", -1, &statement, NULL) !=
            SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        err = database_failure(sqlite, why);
    } else {
        said = (const char *)sqlite3_column_text(statement, 0);
        if (said == NULL || strcmp(said, "ok") != 0) {
            (void)snprintf(why, GV_DATABASE_WHY, "%s", said != NULL ? said : "no memory");
            err = said != NULL ? GV_ERR_MALFORMED : GV_ERR_NO_MEMORY;
        }
    }
    (void)sqlite3_finalize(statement);
    return err;
}

/* Everything between opening the file and using it. */
static enum gv_err prepare(sqlite3 *sqlite, char why[GV_DATABASE_WHY])
{
    int64_t version = 0;
    enum gv_err err = identify(sqlite, &version, why);

    if (err == GV_OK && version > 0)
        err = check(sqlite, why);
    /* auto_vacuum holds only if it is said before the first table. */
    if (err == GV_OK)
        err = database_run(sqlite,
                           "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
                           "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;"
                           "PRAGMA cell_size_check = ON;",
                           why);
    if (err == GV_OK && version < VERSION)
        err = upgrade(sqlite, version, why);
    return err;
}

static enum gv_err open_with(const char *path, int flags,
                             enum gv_err (*ready)(sqlite3 *sqlite, char why[GV_DATABASE_WHY]),
                             struct gv_database **out, char why[GV_DATABASE_WHY])
{
    struct gv_database *database = calloc(1, sizeof(*database));
    enum gv_err err;

    if (database == NULL)
        return database_failure(NULL, why);
    if (sqlite3_open_v2(path, &database->sqlite, flags, NULL) != SQLITE_OK) {
        err = database_failure(database->sqlite, why);
    } else {
        defend(database->sqlite);
        err = ready(database->sqlite, why);
    }
    if (err != GV_OK) {
        gv_database_close(database);
        return err;
    }
    *out = database;
    return GV_OK;
}

enum gv_err gv_database_open(const char *path, struct gv_database **out,
                             char why[GV_DATABASE_WHY])
{
    /* SQLite would make it readable for all; its log takes the permissions of the file. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

    if (fd < 0) {
        (void)snprintf(why, GV_DATABASE_WHY, "%s", strerror(errno));
        return GV_ERR_SYSTEM;
    }
    (void)close(fd);
    return open_with(path, SQLITE_OPEN_READWRITE, prepare, out, why);
}

static enum gv_err prepare_read(sqlite3 *sqlite, char why[GV_DATABASE_WHY])
{
    int64_t version = 0;
    enum gv_err err = identify(sqlite, &version, why);

    if (err == GV_OK && version < VERSION)
        return not_ours("its schema is older; the exporter brings it up to date", why);
    return err;
}

enum gv_err gv_database_open_read(const char *path, struct gv_database **out,
                                  char why[GV_DATABASE_WHY])
{
    if (access(path, F_OK) != 0) {
        (void)snprintf(why, GV_DATABASE_WHY, "%s", strerror(errno));
        return GV_ERR_NOT_FOUND;
    }
    return open_with(path, SQLITE_OPEN_READONLY, prepare_read, out, why);
}

void gv_database_close(struct gv_database *database)
{
    if (database == NULL)
        return;
    for (unsigned i = 0; i < GV_RECORD_KINDS; i++)
        (void)sqlite3_finalize(database->writes[i]);
    (void)sqlite3_close(database->sqlite);
    free(database);
}

bool gv_database_set_aside(const char *path, int64_t unix_s, char *aside, size_t n)
{
    enum { NAME_MOST = 4200 };
    char from[NAME_MOST], to[NAME_MOST], stamp[32] = "";
    time_t seconds = (time_t)unix_s;
    struct tm utc;

    if (gmtime_r(&seconds, &utc) == NULL ||
        strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc) == 0)
        return false;
    (void)snprintf(aside, n, "%s.corrupt-%s", path, stamp);
    if (rename(path, aside) != 0)
        return false;
    (void)snprintf(from, sizeof(from), "%s-wal", path);
    (void)snprintf(to, sizeof(to), "%s-wal", aside);
    (void)rename(from, to);
    (void)snprintf(from, sizeof(from), "%s-shm", path);
    (void)unlink(from);
    return true;
}
