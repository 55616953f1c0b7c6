/* SPDX-License-Identifier: Apache-2.0 */
#include "history/history.h"

#include <stdlib.h>
#include <string.h>

#include "history/records.h"
#include "io/log.h"
#include "model/heard_keep.h"
#include "model/track_keep.h"

/* What happened is written after TICK_MS. Sights that say nothing new are written in turns, so
 * that a large fleet's cost no more than a few a second: after SWEEP_MS, and SWEEP_EACH_MS more
 * for each group of a device. A failed write is tried again after RETRY_MS, and no more than
 * BATCHES_MOST batches wait. */
enum {
    TICK_MS = 1000,
    SWEEP_MS = 10000,
    SWEEP_EACH_MS = 50,
    RETRY_MS = 10000,
    BATCHES_MOST = 8
};

/* The newest rekeys, in a ring; each row is one block with its texts. */
struct ring {
    struct gv_rekey_record *rows[GV_HISTORY_REKEYS];
    const struct gv_rekey_record *in_order[GV_HISTORY_REKEYS];
    size_t count, next;
};

/* A run of the worker; it outlives the history where that ends first. */
struct flight {
    struct gv_history *history; /* NULL: ended meanwhile */
    struct gv_keeper *keeper;
    struct gv_batch *first;
    int64_t unix_ms;
    struct gv_keeper_run run;
};

struct gv_history {
    struct gv_loop *loop;
    struct gv_store *store;
    struct gv_history_settings settings;
    struct gv_history_clock clock;
    struct gv_keeper *keeper;
    struct gv_batch *first, *last; /* that wait; the last one is still open */
    struct flight *flight;         /* NULL: the worker rests */
    struct gv_timer *timer;
    struct gv_time swept, not_before;
    size_t tracks; /* of the last sweep */
    bool save_all; /* the file holds not all states that it should */
    bool complained, full;
    struct gv_history_stats stats;
    struct ring ring;
};

static struct gv_records_clock clock_of(const struct gv_history *history)
{
    int64_t unix_ms = history->clock.unix_ms(history->clock.arg);

    return (struct gv_records_clock){
        history->clock.boot, {unix_ms - gv_loop_now(history->loop).ms}, unix_ms};
}

/* ---- the ring ---- */

static char *put_text(char **at, const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = memcpy(*at, s, n);

    *at += n;
    return copy;
}

static void ring_add(void *arg, const struct gv_rekey_record *rekey)
{
    struct ring *ring = arg;
    const char *from[] = {rekey->group,   rekey->group_id, rekey->device,
                          rekey->old_spi, rekey->new_spi,  rekey->verdict};
    const char *to[sizeof(from) / sizeof(from[0])] = {NULL};
    size_t n = sizeof(*rekey);
    struct gv_rekey_record *row;
    char *at;

    for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
        n += from[i] != NULL ? strlen(from[i]) + 1 : 0;
    row = malloc(n);
    if (row == NULL)
        return;
    *row = *rekey;
    at = (char *)(row + 1);
    for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
        if (from[i] != NULL)
            to[i] = put_text(&at, from[i]);
    row->group = to[0];
    row->group_id = to[1];
    row->device = to[2];
    row->ks = rekey->ks != NULL ? row->device : NULL;
    row->old_spi = to[3];
    row->new_spi = to[4];
    row->verdict = to[5];
    free(ring->rows[ring->next]);
    ring->rows[ring->next] = row;
    ring->next = (ring->next + 1) % GV_HISTORY_REKEYS;
    ring->count += ring->count < GV_HISTORY_REKEYS;
}

const struct gv_rekey_record *const *gv_history_rekeys(struct gv_history *history,
                                                       size_t *count)
{
    struct ring *ring = &history->ring;

    for (size_t i = 0; i < ring->count; i++)
        ring->in_order[i] =
            ring->rows[(ring->next + GV_HISTORY_REKEYS - ring->count + i) % GV_HISTORY_REKEYS];
    *count = ring->count;
    return ring->in_order;
}

/* ---- what waits to be written ---- */

/* Give up the oldest that waits: what happened in it is lost, the states are saved anew. */
static void drop_oldest(struct gv_history *history)
{
    struct gv_batch *oldest = history->first;

    history->first = oldest->next;
    if (history->first == NULL)
        history->last = NULL;
    history->stats.dropped += oldest->count;
    history->save_all = true;
    gv_batch_free(oldest);
}

static bool batch_begin(struct gv_history *history)
{
    struct gv_batch *batch = gv_batch_new();
    size_t waiting = 0;

    if (batch == NULL)
        return false;
    for (const struct gv_batch *b = history->first; b != NULL; b = b->next)
        waiting++;
    if (waiting == BATCHES_MOST)
        drop_oldest(history);
    if (history->last != NULL)
        history->last->next = batch;
    else
        history->first = batch;
    history->last = batch;
    return true;
}

/* The batch that takes the next record; NULL without memory. */
static struct gv_batch *batch_open(struct gv_history *history)
{
    if ((history->last == NULL || history->full) && !batch_begin(history))
        return NULL;
    history->full = false;
    return history->last;
}

static void learnt(void *arg, const struct gv_learnt *what)
{
    struct gv_history *history = arg;
    struct gv_records_clock clock = clock_of(history);
    struct gv_batch *batch = batch_open(history);
    struct gv_rekey_record rekey = {.verdict = NULL};

    if (batch == NULL || !gv_records_learnt(batch, &clock, what, &rekey)) {
        history->full = true; /* the next records begin another */
        history->stats.dropped++;
    }
    if (rekey.verdict != NULL)
        ring_add(&history->ring, &rekey);
}

/* ---- the worker ---- */

static void run_worker(void *arg)
{
    struct flight *flight = arg;

    gv_keeper_write(flight->keeper, flight->first, flight->unix_ms, &flight->run);
}

static void say(struct gv_history *history, const struct gv_keeper_run *run)
{
    const char *file = history->settings.database;

    if (run->set_aside)
        gv_log(GV_LOG_ERROR, NULL,
               "history %s is corrupt (%s): it is now %s, and a new one is begun", file,
               run->why, run->aside);
    if (run->err != GV_OK && !history->complained)
        gv_log(GV_LOG_ERROR, NULL,
               "history %s cannot be written: %s; everything else goes on, and it is tried "
               "again",
               file, run->why);
    if (run->err == GV_OK && history->complained)
        gv_log(GV_LOG_INFO, NULL, "history %s is written again", file);
    history->complained = run->err != GV_OK;
}

/* Take in what the run has done; the batches that it could not write wait on. */
static void landed(struct gv_history *history, struct flight *flight)
{
    const struct gv_keeper_run *run = &flight->run;
    struct gv_batch *rest = flight->first, *end;

    for (size_t i = 0; i < run->written; i++) {
        struct gv_batch *next = rest->next;

        history->stats.records += rest->count;
        gv_batch_free(rest);
        rest = next;
    }
    flight->first = NULL;
    for (end = rest; end != NULL && end->next != NULL;)
        end = end->next;
    if (end != NULL) {
        end->next = history->first;
        history->first = rest;
        if (history->last == NULL)
            history->last = end;
    }
    say(history, run);
    history->stats.set_aside += run->set_aside;
    history->stats.success = run->err == GV_OK;
    history->stats.size = run->size;
    history->save_all = history->save_all || run->begun;
    if (run->err != GV_OK)
        history->not_before =
            gv_time_add(gv_loop_now(history->loop), (struct gv_dur){RETRY_MS});
}

static void flight_free(struct flight *flight)
{
    while (flight->first != NULL) {
        struct gv_batch *next = flight->first->next;

        gv_batch_free(flight->first);
        flight->first = next;
    }
    gv_keeper_free(flight->keeper);
    free(flight);
}

static void worker_done(void *arg)
{
    struct flight *flight = arg;

    if (flight->history != NULL) {
        flight->history->flight = NULL;
        landed(flight->history, flight);
    }
    flight_free(flight);
}

/* All that waits, as one run. NULL without memory. */
static struct flight *flight_of(struct gv_history *history)
{
    struct flight *flight = calloc(1, sizeof(*flight));

    if (flight == NULL)
        return NULL;
    *flight = (struct flight){
        .history = history,
        .keeper = gv_keeper_hold(history->keeper),
        .first = history->first,
        .unix_ms = history->clock.unix_ms(history->clock.arg),
    };
    history->first = history->last = NULL;
    return flight;
}

/* ---- the states ---- */

struct sweep {
    struct gv_history *history;
    struct gv_records_clock clock;
    size_t count;
};

static void sweep_one(void *arg, const char *device, const struct gv_group_track *track)
{
    struct sweep *sweep = arg;
    struct gv_batch *batch = batch_open(sweep->history);

    sweep->count++;
    if (batch == NULL || !gv_records_state(batch, &sweep->clock, device, track)) {
        sweep->history->full = true;
        sweep->history->save_all = true;
    }
}

static void sweep(struct gv_history *history)
{
    struct sweep sweep = {history, clock_of(history), 0};
    bool all = history->save_all;

    history->save_all = false;
    gv_store_tracks(history->store, all, sweep_one, &sweep);
    history->tracks = sweep.count;
    history->swept = gv_loop_now(history->loop);
}

static bool sweep_due(const struct gv_history *history, struct gv_time now)
{
    int64_t every = SWEEP_MS + (int64_t)history->tracks * SWEEP_EACH_MS;

    return history->save_all || gv_time_diff(now, history->swept).ms >= every;
}

static void tick(void *arg)
{
    struct gv_history *history = arg;
    struct gv_time now = gv_loop_now(history->loop);
    struct flight *flight;

    history->timer = gv_timer_start(history->loop, (struct gv_dur){TICK_MS}, tick, history);
    if (history->flight != NULL || gv_time_before(now, history->not_before))
        return;
    if (sweep_due(history, now))
        sweep(history);
    if (history->first == NULL)
        return;
    flight = flight_of(history);
    history->flight = flight;
    if (flight == NULL || gv_loop_work(history->loop, run_worker, worker_done, flight) == GV_OK)
        return;
    history->flight = NULL;
    flight->run.err = GV_ERR_SYSTEM;
    landed(history, flight);
    flight_free(flight);
}

/* ---- recalling ---- */

struct recall {
    struct gv_history *history;
    const char *device;
};

/* Instants of this boot are exact. Of another one, the wall clock joins them; where it stands
 * before the last save it was stepped, and that save counts as just now. */
static struct gv_dur shift_of(const struct gv_history *history,
                              const struct gv_state_record *state, bool *same_boot)
{
    struct gv_time now = gv_loop_now(history->loop);
    struct gv_dur shift = {history->clock.unix_ms(history->clock.arg) - now.ms};

    *same_boot = state->boot[0] != '\0' && strcmp(state->boot, history->clock.boot) == 0 &&
                 state->saved_ms - state->shift_ms <= now.ms;
    if (*same_boot)
        return (struct gv_dur){state->shift_ms};
    if (state->saved_ms - shift.ms > now.ms)
        shift.ms = state->saved_ms - now.ms;
    return shift;
}

static void recall_one(void *arg, const struct gv_state_record *state)
{
    const struct recall *recall = arg;
    struct gv_group_track track = {.name = state->name, .id = state->group_id};
    struct gv_time now = gv_loop_now(recall->history->loop);
    struct gv_heard heard;
    bool same_boot, any = false;
    struct gv_dur shift = shift_of(recall->history, state, &same_boot);

    if (!gv_track_read(gv_text(state->text), shift, now, &track.track) ||
        !gv_heard_read(gv_text(state->text), shift, now, &any, &heard)) {
        gv_log(GV_LOG_WARN, recall->device,
               "what the history holds of it cannot be read: it begins anew");
        return;
    }
    track.heard = any ? &heard : NULL;
    if (!same_boot)
        gv_track_doubt(&track.track);
    if (!same_boot && any)
        gv_heard_doubt(&heard);
    (void)gv_store_restore(recall->history->store, recall->device, &track);
}

static void recall(void *arg, const char *device)
{
    struct recall recall = {arg, device};

    gv_keeper_states(recall.history->keeper, gv_records_track, device, recall_one, &recall);
}

/* ---- the whole ---- */

/* Write all that waits at once, in the caller's thread. */
static void write_now(struct gv_history *history)
{
    struct flight *flight = flight_of(history);

    if (flight == NULL)
        return;
    run_worker(flight);
    landed(history, flight);
    flight_free(flight);
}

struct gv_history *gv_history_new(struct gv_loop *loop, struct gv_store *store,
                                  const struct gv_history_settings *settings,
                                  const struct gv_history_clock *clock)
{
    struct gv_history *history = calloc(1, sizeof(*history));

    if (history == NULL)
        return NULL;
    history->loop = loop;
    history->store = store;
    history->settings = *settings;
    history->clock = *clock;
    history->settings.database = strdup(settings->database);
    history->clock.boot = strdup(clock->boot);
    history->keeper =
        gv_keeper_new(settings->database, settings->keep_days, settings->max_size);
    if (history->settings.database == NULL || history->clock.boot == NULL ||
        history->keeper == NULL) {
        gv_history_free(history);
        return NULL;
    }
    write_now(history); /* nothing: it opens the file */
    gv_keeper_rekeys(history->keeper, GV_HISTORY_REKEYS, ring_add, &history->ring);
    gv_store_remember(store, &(struct gv_store_memory){learnt, recall, history});
    history->swept = gv_loop_now(loop);
    history->timer = gv_timer_start(loop, (struct gv_dur){TICK_MS}, tick, history);
    return history;
}

void gv_history_free(struct gv_history *history)
{
    if (history == NULL)
        return;
    gv_timer_stop(history->timer);
    if (history->flight != NULL) {
        /* What the worker has, or was to have, comes first. */
        history->flight->history = NULL;
        run_worker(history->flight);
        landed(history, history->flight);
    }
    if (history->timer != NULL) {
        gv_store_remember(history->store, NULL);
        sweep(history);
        write_now(history);
    }
    while (history->first != NULL)
        drop_oldest(history);
    for (size_t i = 0; i < GV_HISTORY_REKEYS; i++)
        free(history->ring.rows[i]);
    gv_keeper_free(history->keeper);
    free((char *)history->settings.database);
    free((char *)history->clock.boot);
    free(history);
}

bool gv_history_is(const struct gv_history *history, const struct gv_history_settings *settings)
{
    return strcmp(history->settings.database, settings->database) == 0 &&
           history->settings.keep_days == settings->keep_days &&
           history->settings.max_size == settings->max_size;
}

struct gv_history_stats gv_history_stats(const struct gv_history *history)
{
    return history->stats;
}
