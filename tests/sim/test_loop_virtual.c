/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual loop keeps the promises of io/loop.h. */
#include "../unit/check.h"
#include "virtual.h"

struct note {
    struct gv_loop *loop;
    char order[32];
    size_t n;
    struct gv_timer *victim;
};

struct step {
    struct note *note;
    char name;
    int64_t again_ms; /* > 0: start itself once more */
};

static void run(void *arg)
{
    struct step *step = arg;

    step->note->order[step->note->n++] = step->name;
    if (step->again_ms > 0) {
        struct gv_dur again = {step->again_ms};

        step->again_ms = 0;
        CHECK("again", gv_timer_start(step->note->loop, again, run, step) != NULL);
    }
}

static void stop_victim(void *arg)
{
    struct note *note = arg;

    gv_timer_stop(note->victim);
    note->order[note->n++] = '!';
}

static void stop_loop(void *arg)
{
    gv_loop_stop(arg);
}

static void test_order(void)
{
    struct note note = {.loop = gv_loop_new()};
    struct step steps[] = {{&note, 'a', 0}, {&note, 'b', 50}, {&note, 'c', 0}, {&note, 'd', 0}};
    struct gv_time begin = gv_loop_now(note.loop);

    CHECK("a", gv_timer_start(note.loop, (struct gv_dur){300}, run, &steps[0]) != NULL);
    CHECK("b", gv_timer_start(note.loop, (struct gv_dur){100}, run, &steps[1]) != NULL);
    CHECK("c", gv_timer_start(note.loop, (struct gv_dur){-5}, run, &steps[2]) != NULL);
    CHECK_INT("post", gv_loop_post(note.loop, run, &steps[3]), GV_OK);
    CHECK_STR("nothing from inside", note.order, "");
    gv_virtual_advance(note.loop, (struct gv_dur){120});
    CHECK_STR("due so far", note.order, "dcb");
    CHECK_INT("clock", gv_time_diff(gv_loop_now(note.loop), begin).ms, 120);
    CHECK_INT("two left", gv_virtual_timers(note.loop), 2);
    gv_loop_run(note.loop);
    CHECK_STR("the rest", note.order, "dcbba");
    CHECK_INT("clock", gv_time_diff(gv_loop_now(note.loop), begin).ms, 300);
    gv_loop_free(note.loop);
}

static void test_many_and_stop(void)
{
    enum { MANY = 1000 };
    struct note note = {.loop = gv_loop_new()};
    struct step step = {&note, 'x', 0};
    struct gv_timer *timers[MANY];

    for (size_t i = 0; i < MANY; i++)
        timers[i] = gv_timer_start(note.loop, gv_secs((int64_t)(i * 7919 % MANY)), run, &step);
    for (size_t i = 0; i < MANY; i++)
        if (i % 100 != 0)
            gv_timer_stop(timers[i]);
    gv_loop_run(note.loop);
    CHECK_STR("only those not stopped", note.order, "xxxxxxxxxx");
    note.victim = gv_timer_start(note.loop, gv_secs(2), run, &step);
    CHECK("stopper", gv_timer_start(note.loop, gv_secs(1), stop_victim, &note) != NULL);
    gv_loop_run(note.loop);
    CHECK_STR("stopped by another", note.order, "xxxxxxxxxx!");
    gv_timer_stop(NULL);
    CHECK("s", gv_timer_start(note.loop, gv_secs(1), stop_loop, note.loop) != NULL);
    note.victim = gv_timer_start(note.loop, gv_secs(2), run, &step);
    gv_loop_run(note.loop);
    CHECK_INT("the loop stops at once", gv_virtual_timers(note.loop), 1);
    gv_timer_stop(note.victim);
    CHECK_INT("left behind", gv_loop_post(note.loop, run, &step), GV_OK);
    gv_loop_free(note.loop);
    gv_loop_free(NULL);
}

static void ready(void *arg, unsigned events)
{
    *(unsigned *)arg = events;
}

static void test_work_and_watch(void)
{
    struct note note = {.loop = gv_loop_new()};
    struct step step = {&note, 'w', 0};
    unsigned seen = 0;
    struct gv_watch *watch = gv_watch_start(note.loop, 0, GV_READABLE, ready, &seen);

    CHECK_INT("work", gv_loop_work(note.loop, run, run, &step), GV_OK);
    CHECK_STR("work at once", note.order, "w");
    gv_loop_run(note.loop);
    CHECK_STR("then done", note.order, "ww");
    gv_virtual_ready(watch, GV_WRITABLE);
    CHECK_INT("not asked for", seen, 0);
    gv_watch_change(watch, GV_READABLE | GV_WRITABLE);
    gv_virtual_ready(watch, GV_WRITABLE);
    CHECK_INT("asked for", seen, GV_WRITABLE);
    CHECK_INT("signal", gv_loop_signal(note.loop, 1, stop_loop, note.loop), GV_OK);
    gv_watch_stop(watch);
    gv_loop_free(note.loop);
}

int main(void)
{
    test_order();
    test_many_and_stop();
    test_work_and_watch();
    return check_end();
}
