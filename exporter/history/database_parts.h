/* SPDX-License-Identifier: Apache-2.0 */
/* What database*.c share. */
#ifndef GV_HISTORY_DATABASE_PARTS_H
#define GV_HISTORY_DATABASE_PARTS_H

#include <sqlite3.h>

#include "history/database.h"

struct gv_database {
    sqlite3 *sqlite;
    sqlite3_stmt *writes[GV_RECORD_KINDS]; /* prepared at their first use */
};

/* The last failure of `sqlite` as ours, its words in `why`. */
enum gv_err database_failure(sqlite3 *sqlite, char why[GV_DATABASE_WHY]);

/* Run SQL without rows; GV_OK, or as above. */
enum gv_err database_run(sqlite3 *sqlite, const char *sql, char why[GV_DATABASE_WHY]);

/* The number that one query gives; -1 where it fails. */
int64_t database_number(sqlite3 *sqlite, const char *sql);

#endif
