/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"

#include <inttypes.h>
#include <stdio.h>

struct run {
    struct play *play;
    const struct play_watcher *watcher;
    struct stage stage;
    struct truth truth;
    struct claims claims;
    struct play_result *result;
};

static void lived(void *arg)
{
    truth_look(arg);
}

static void fail(struct run *run, size_t line, const char *kind, const char *what)
{
    run->result->failures++;
    printf("FAIL %s: line %zu: at %" PRId64 " s: %s%s\n", run->play->name, line,
           run->play->fleet.now.ms / 1000, kind, what);
}

/* --- what must hold, and what must not --- */

static bool due(const struct expect *e, uint32_t end_s, int64_t now_s)
{
    return now_s >= (e->has_at ? e->at_s : e->has_by ? e->by_s : end_s);
}

static void check_expects(struct run *run, const struct gv_snapshot *snapshot)
{
    struct play *play = run->play;
    int64_t now_s = play->fleet.now.ms / 1000;
    char what[EXPECT_TEXT];

    for (size_t i = 0; i < play->expect_count; i++) {
        struct expect *e = &play->expects[i];
        bool is_due = due(e, play->for_s, now_s);

        if (e->met || (!is_due && !e->has_by))
            continue;
        e->met = is_due || expect_holds(e, snapshot, what);
        if (is_due && !expect_holds(e, snapshot, what))
            fail(run, e->line, "", what);
    }
}

static void check_nevers(struct run *run, const struct gv_snapshot *snapshot)
{
    struct play *play = run->play;
    char what[EXPECT_TEXT];

    for (size_t i = 0; i < play->never_count; i++) {
        struct expect *e = &play->nevers[i];

        if (e->met || !expect_holds(e, snapshot, what))
            continue;
        e->met = true;
        fail(run, e->line, "what must never be said was said", "");
    }
}

static bool check(struct run *run)
{
    const struct gv_snapshot *snapshot =
        gv_store_snapshot(run->stage.store, gv_loop_now(run->stage.loop));

    if (snapshot == NULL)
        return false;
    run->result->checks++;
    claims_check(&run->claims, snapshot);
    check_expects(run, snapshot);
    check_nevers(run, snapshot);
    if (run->watcher != NULL)
        run->watcher->look(run->watcher->arg, run->play, &run->stage, &run->truth, snapshot);
    return true;
}

/* --- living --- */

/* The next event; NULL where none is left before `until`. Of two at one instant, the one that
 * stands first in the file. */
static struct play_event *next_event(struct play *play, struct gv_time until)
{
    struct play_event *next = NULL;

    for (size_t i = 0; i < play->event_count; i++) {
        struct play_event *e = &play->events[i];

        if (gv_time_before(e->at, until) && (next == NULL || gv_time_before(e->at, next->at)))
            next = e;
    }
    return next;
}

static void advance_event(struct play_event *event)
{
    int64_t next_ms = event->at.ms + gv_secs(event->every_s).ms;

    if (event->every_s == 0 || next_ms > gv_secs(event->until_s).ms)
        event->at = LAB_NEVER;
    else
        event->at.ms = next_ms;
}

static bool live_to(struct run *run, struct gv_time until)
{
    struct play_event *event;

    while ((event = next_event(run->play, until)) != NULL) {
        stage_run_to(&run->stage, event->at, false);
        advance_event(event);
        if (!play_act(run->play, &run->stage, event))
            return false;
        truth_look(&run->truth);
    }
    stage_run_to(&run->stage, until, false);
    return true;
}

/* An expectation that was never due has not been met. */
static void check_unasked(struct run *run)
{
    for (size_t i = 0; i < run->play->expect_count; i++)
        if (!run->play->expects[i].met)
            fail(run, run->play->expects[i].line, "never due: ", "`at` is after the end");
}

static bool live(struct run *run)
{
    struct gv_time end = {gv_secs(run->play->for_s).ms}, now = {0};

    while (gv_time_before(now, end)) {
        now = gv_time_add(now, gv_secs(run->play->check_s));
        if (gv_time_before(end, now))
            now = end;
        if (!live_to(run, now) || !check(run))
            return false;
    }
    check_unasked(run);
    return true;
}

bool play_run(struct play *play, const struct play_watcher *watcher, struct play_result *result)
{
    struct run run = {.play = play, .watcher = watcher, .result = result};
    bool ok;

    *result = (struct play_result){0};
    if (!lab_fleet_start(&play->fleet, play->seed) || !truth_open(&run.truth, &play->fleet))
        return false;
    ok = stage_open(&run.stage, &play->fleet, &play->settings);
    run.stage.lived = lived;
    run.stage.lived_arg = &run.truth;
    run.claims = (struct claims){
        .truth = &run.truth, .stage = &run.stage, .name = play->name, .allowed = play->allowed};
    ok = ok && live(&run);
    if (ok)
        result->polls = stage_polls(&run.stage);
    result->claims = run.claims.made;
    result->failures += claims_faults(&run.claims);
    stage_close(&run.stage);
    truth_close(&run.truth);
    return ok;
}
