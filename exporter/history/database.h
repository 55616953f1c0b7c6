/* SPDX-License-Identifier: Apache-2.0 */
/* The history's file: the one home of SQLite.
 *
 * A database in WAL mode: a batch of records is one transaction, on the disk when
 * gv_database_write returns, so that a process killed at any moment leaves whole batches.
 * Readers (getvpntool history) do not wait for the writer. One thread at a time. */
#ifndef GV_HISTORY_DATABASE_H
#define GV_HISTORY_DATABASE_H

#include <stddef.h>

#include "base/error.h"
#include "model/rekey_record.h"

enum { GV_DATABASE_WHY = 256 };

struct gv_database;

/* Open the database `path`, made where there is none yet (mode 0600), brought to the
 * schema of today, and checked. GV_ERR_MALFORMED: it is corrupt. GV_ERR_NOT_SUPPORTED: it is a
 * newer program's, or another's, and stays as it is. GV_ERR_SYSTEM: it cannot be had. `why`
 * then holds a reason. */
enum gv_err gv_database_open(const char *path, struct gv_database **out,
                             char why[GV_DATABASE_WHY]) GV_MUST_CHECK;

/* The same to read only, beside a process that writes; GV_ERR_NOT_FOUND without a file. */
enum gv_err gv_database_open_read(const char *path, struct gv_database **out,
                                  char why[GV_DATABASE_WHY]) GV_MUST_CHECK;

void gv_database_close(struct gv_database *database); /* NULL is fine */

/* Rename a corrupt file and its log to PATH.corrupt-TIME, TIME as 20261125T211823Z. False where
 * that failed. `aside` receives the new name. */
bool gv_database_set_aside(const char *path, int64_t unix_s, char *aside, size_t n);

/* What a record is: the statement that writes it, in database_rows.c, with its cells. */
enum gv_record_kind {
    GV_RECORD_KEK, /* a KEK's life, begun, grown or ended */
    GV_RECORD_REKEY,
    GV_RECORD_EVENT,      /* a registration, a role, evidence */
    GV_RECORD_STATE,      /* what goes on after a restart */
    GV_RECORD_NAME_STATE, /* a group's name or id became known: */
    GV_RECORD_NAME_KEK,   /* what was written before is its */
    GV_RECORD_KINDS
};

enum { GV_RECORD_CELLS = 10 };

struct gv_cell {
    enum { GV_CELL_NULL, GV_CELL_NUMBER, GV_CELL_TEXT } type;
    int64_t number;
    const char *text; /* the caller's */
};

struct gv_record {
    struct gv_record *next;
    enum gv_record_kind kind;
    struct gv_cell cells[GV_RECORD_CELLS];
};

/* Write all of the list, or nothing. GV_ERR_TOO_LARGE: the disk is full. GV_ERR_MALFORMED:
 * the file is corrupt. GV_ERR_SYSTEM: anything else. */
enum gv_err gv_database_write(struct gv_database *database, const struct gv_record *first,
                              char why[GV_DATABASE_WHY]) GV_MUST_CHECK;

/* Delete what is older than `before_ms`, and the oldest until no more than `most` octets are in
 * use. Errors as above. */
enum gv_err gv_database_prune(struct gv_database *database, int64_t before_ms, uint64_t most,
                              char why[GV_DATABASE_WHY]) GV_MUST_CHECK;

/* Octets in use. */
uint64_t gv_database_size(struct gv_database *database);

/* One kept state; its texts are valid during the visit. */
struct gv_state_record {
    const char *name, *group_id; /* NULL: not known */
    const char *boot;            /* when it was saved: of which boot of the host, */
    int64_t shift_ms, saved_ms;  /* the wall clock minus the boot clock, the wall clock */
    const char *text;
};

/* Visit the states of that kind of `device`. Errors as above, and GV_ERR_SYSTEM. */
enum gv_err gv_database_states(struct gv_database *database, const char *kind,
                               const char *device,
                               void (*visit)(void *arg, const struct gv_state_record *state),
                               void *arg, char why[GV_DATABASE_WHY]) GV_MUST_CHECK;

/* Visit the newest `most` rekeys since `since_ms`, the oldest of them first; `group` (name, id
 * or NAME/ID; NULL: all) selects. Texts are valid during the visit. */
enum gv_err gv_database_rekeys(struct gv_database *database, const char *group,
                               int64_t since_ms, int64_t most,
                               void (*visit)(void *arg, const struct gv_rekey_record *rekey),
                               void *arg, char why[GV_DATABASE_WHY]) GV_MUST_CHECK;

#endif
