/* SPDX-License-Identifier: Apache-2.0 */
/* History: what was learnt, kept across restarts in a file, and given back to the store.
 *
 * Records gather in batches that a worker thread writes; the loop never waits for the disk but
 * when targets change and at the end. Where the file cannot be written everything else
 * goes on: batches wait for it up to a bound, and it is tried again. A corrupt file is set
 * aside and a new one begun. */
#ifndef GV_HISTORY_H
#define GV_HISTORY_H

#include "io/loop.h"
#include "model/rekey_record.h"
#include "store/store.h"

enum { GV_HISTORY_REKEYS = 1000 /* the newest, at hand for the API */ };

struct gv_history_settings {
    const char *database; /* the file; copied */
    uint32_t keep_days;
    uint64_t max_size; /* octets */
};

/* The clock that the file is written by: Unix time in ms, and which boot of the host this is
 * (instants of one boot stay exact, whatever becomes of the wall clock). */
struct gv_history_clock {
    int64_t (*unix_ms)(void *arg);
    void *arg;
    const char *boot; /* copied; "": not known */
};

struct gv_history_stats {
    bool success; /* the last batch was written, or there was none yet and the file is open */
    uint64_t records;   /* written */
    uint64_t dropped;   /* given up: the file could not be written for too long */
    uint64_t set_aside; /* corrupt files */
    uint64_t size;      /* octets in use */
};

struct gv_history;

/* Open the file, and be the memory of `store` from now on: whatever it knew of the store's
 * devices is there when this returns. A file that cannot be used is logged, not a failure. NULL
 * without memory. */
struct gv_history *gv_history_new(struct gv_loop *loop, struct gv_store *store,
                                  const struct gv_history_settings *settings,
                                  const struct gv_history_clock *clock);

/* Write what is left, and leave the store. NULL is fine. */
void gv_history_free(struct gv_history *history);

/* The same settings? Then there is no need to begin anew. */
bool gv_history_is(const struct gv_history *history,
                   const struct gv_history_settings *settings);

struct gv_history_stats gv_history_stats(const struct gv_history *history);

/* The newest rekeys, the oldest of them first: *count rows, valid until the loop goes on. */
const struct gv_rekey_record *const *gv_history_rekeys(struct gv_history *history,
                                                       size_t *count);

#endif
