/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of records, and who writes them: the part of the history that a worker thread runs.
 */
#ifndef GV_HISTORY_BATCH_H
#define GV_HISTORY_BATCH_H

#include "base/arena.h"
#include "history/database.h"

/* Records in the order in which they happened, with their texts. */
struct gv_batch {
    struct gv_batch *next;
    struct gv_arena arena;
    struct gv_record *first, *last;
    size_t count;
};

enum { GV_BATCH_MOST = 8 << 20 /* octets of one batch */ };

struct gv_batch *gv_batch_new(void);        /* NULL without memory */
void gv_batch_free(struct gv_batch *batch); /* NULL is fine */

/* Append a record; its texts are copied. False at the ceiling, or without memory. */
bool gv_batch_add(struct gv_batch *batch, enum gv_record_kind kind, const struct gv_cell *cells,
                  size_t count);

/* The file and its lock: the loop's thread and one worker share it. */
struct gv_keeper;

struct gv_keeper *gv_keeper_new(const char *path, uint32_t keep_days, uint64_t max_size);

/* Counted: the last of those that hold it lets go of the file. */
struct gv_keeper *gv_keeper_hold(struct gv_keeper *keeper);
void gv_keeper_free(struct gv_keeper *keeper);

/* What one run did. */
struct gv_keeper_run {
    bool ran;        /* once is enough, whoever came first */
    enum gv_err err; /* of the first batch that could not be written */
    char why[GV_DATABASE_WHY];
    size_t written;   /* batches, from the first on */
    bool begun;       /* on a file that holds nothing yet, or not all any more */
    bool set_aside;   /* the one before was corrupt, */
    char aside[4200]; /* and is this now */
    uint64_t size;
};

/* Write the list of batches at the instant `unix_ms`, opening the file where it is not open.
 * `run` begins zeroed; one that ran already stays as it is. */
void gv_keeper_write(struct gv_keeper *keeper, const struct gv_batch *first, int64_t unix_ms,
                     struct gv_keeper_run *run);

/* Read under the lock; nothing where the file is not open. */
void gv_keeper_states(struct gv_keeper *keeper, const char *kind, const char *device,
                      void (*visit)(void *arg, const struct gv_state_record *state), void *arg);
void gv_keeper_rekeys(struct gv_keeper *keeper, int64_t most,
                      void (*visit)(void *arg, const struct gv_rekey_record *rekey), void *arg);

#endif
