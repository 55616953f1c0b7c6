/* SPDX-License-Identifier: Apache-2.0 */
#include "history/batch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* How often what is too old is looked for. */
enum { PRUNE_MS = 3600000, DAY_MS = 86400000 };

struct gv_keeper {
    pthread_mutex_t lock; /* guards all below */
    unsigned holders;
    char *path;
    uint32_t keep_days;
    uint64_t max_size;
    struct gv_database *database; /* NULL: not open */
    int64_t pruned_ms;            /* Unix time; 0: not yet */
};

struct gv_batch *gv_batch_new(void)
{
    struct gv_batch *batch = calloc(1, sizeof(*batch));

    if (batch != NULL)
        batch->arena = gv_arena(GV_BATCH_MOST);
    return batch;
}

void gv_batch_free(struct gv_batch *batch)
{
    if (batch == NULL)
        return;
    gv_arena_clear(&batch->arena);
    free(batch);
}

bool gv_batch_add(struct gv_batch *batch, enum gv_record_kind kind, const struct gv_cell *cells,
                  size_t count)
{
    struct gv_record *record = gv_arena_alloc(&batch->arena, sizeof(*record));

    if (record == NULL)
        return false;
    record->kind = kind;
    for (size_t i = 0; i < count; i++) {
        record->cells[i] = cells[i];
        if (cells[i].type != GV_CELL_TEXT)
            continue;
        record->cells[i].text = gv_arena_text(&batch->arena, gv_text(cells[i].text));
        if (record->cells[i].text == NULL)
            return false;
    }
    if (batch->last != NULL)
        batch->last->next = record;
    else
        batch->first = record;
    batch->last = record;
    batch->count++;
    return true;
}

struct gv_keeper *gv_keeper_new(const char *path, uint32_t keep_days, uint64_t max_size)
{
    struct gv_keeper *keeper = calloc(1, sizeof(*keeper));

    if (keeper == NULL)
        return NULL;
    keeper->path = strdup(path);
    if (keeper->path == NULL || pthread_mutex_init(&keeper->lock, NULL) != 0) {
        free(keeper->path);
        free(keeper);
        return NULL;
    }
    keeper->holders = 1;
    keeper->keep_days = keep_days;
    keeper->max_size = max_size;
    return keeper;
}

struct gv_keeper *gv_keeper_hold(struct gv_keeper *keeper)
{
    (void)pthread_mutex_lock(&keeper->lock);
    keeper->holders++;
    (void)pthread_mutex_unlock(&keeper->lock);
    return keeper;
}

void gv_keeper_free(struct gv_keeper *keeper)
{
    bool last;

    if (keeper == NULL)
        return;
    (void)pthread_mutex_lock(&keeper->lock);
    last = --keeper->holders == 0;
    (void)pthread_mutex_unlock(&keeper->lock);
    if (!last)
        return;
    gv_database_close(keeper->database);
    (void)pthread_mutex_destroy(&keeper->lock);
    free(keeper->path);
    free(keeper);
}

static void let_go(struct gv_keeper *keeper)
{
    gv_database_close(keeper->database);
    keeper->database = NULL;
}

/* Make room for a new file where this one is corrupt. */
static void put_aside(struct gv_keeper *keeper, int64_t unix_ms, struct gv_keeper_run *run)
{
    let_go(keeper);
    run->set_aside =
        gv_database_set_aside(keeper->path, unix_ms / 1000, run->aside, sizeof(run->aside));
}

static void open_file(struct gv_keeper *keeper, int64_t unix_ms, struct gv_keeper_run *run)
{
    if (keeper->database != NULL)
        return;
    run->begun = true;
    run->err = gv_database_open(keeper->path, &keeper->database, run->why);
    if (run->err != GV_ERR_MALFORMED)
        return;
    put_aside(keeper, unix_ms, run);
    if (run->set_aside) {
        char why[GV_DATABASE_WHY]; /* that the first was corrupt is what counts */

        run->err = gv_database_open(keeper->path, &keeper->database, why);
    }
}

static void prune(struct gv_keeper *keeper, int64_t unix_ms, struct gv_keeper_run *run)
{
    int64_t before = unix_ms - (int64_t)keeper->keep_days * DAY_MS;
    int64_t since = unix_ms - keeper->pruned_ms;
    bool due = since < 0 || since >= PRUNE_MS;

    if (run->err != GV_OK || (!due && gv_database_size(keeper->database) <= keeper->max_size))
        return;
    run->err = gv_database_prune(keeper->database, before, keeper->max_size, run->why);
    keeper->pruned_ms = unix_ms;
}

static void write_all(struct gv_keeper *keeper, const struct gv_batch *first, int64_t unix_ms,
                      struct gv_keeper_run *run)
{
    run->ran = true;
    open_file(keeper, unix_ms, run);
    for (; first != NULL && run->err == GV_OK; first = first->next) {
        run->err = gv_database_write(keeper->database, first->first, run->why);
        run->written += run->err == GV_OK;
    }
    prune(keeper, unix_ms, run);
    if (run->err == GV_ERR_MALFORMED)
        put_aside(keeper, unix_ms, run);
    if (keeper->database != NULL)
        run->size = gv_database_size(keeper->database);
}

void gv_keeper_write(struct gv_keeper *keeper, const struct gv_batch *first, int64_t unix_ms,
                     struct gv_keeper_run *run)
{
    (void)pthread_mutex_lock(&keeper->lock);
    if (!run->ran)
        write_all(keeper, first, unix_ms, run);
    (void)pthread_mutex_unlock(&keeper->lock);
}

/* What cannot be read is not known; the next write finds out why. */
void gv_keeper_states(struct gv_keeper *keeper, const char *kind, const char *device,
                      void (*visit)(void *arg, const struct gv_state_record *state), void *arg)
{
    char why[GV_DATABASE_WHY];

    (void)pthread_mutex_lock(&keeper->lock);
    if (keeper->database != NULL)
        (void)!gv_database_states(keeper->database, kind, device, visit, arg, why);
    (void)pthread_mutex_unlock(&keeper->lock);
}

void gv_keeper_rekeys(struct gv_keeper *keeper, int64_t most,
                      void (*visit)(void *arg, const struct gv_rekey_record *rekey), void *arg)
{
    char why[GV_DATABASE_WHY];

    (void)pthread_mutex_lock(&keeper->lock);
    if (keeper->database != NULL)
        (void)!gv_database_rekeys(keeper->database, NULL, INT64_MIN, most, visit, arg, why);
    (void)pthread_mutex_unlock(&keeper->lock);
}
