/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/pace.h"

#include "poller/schedule.h"

/* rekey-behaviour, chapter 2. */
enum { WINDOW_BEGIN_S = 190, WINDOW_END_S = 40, FIRST_WITHIN_S = 60, JITTER_PARTS = 5 };

enum { FAILURES_MOST = 32 /* in a row; more make no difference */ };

/* A number below `limit` that belongs to this probe and this occasion. */
static int64_t draw(const struct gv_probe_pace *pace, int64_t occasion, int64_t limit)
{
    uint64_t mixed = gv_schedule_mix(pace->key ^ gv_schedule_mix((uint64_t)occasion));

    return limit > 0 ? (int64_t)(mixed % (uint64_t)limit) : 0;
}

static struct gv_time later(struct gv_time a, struct gv_time b)
{
    return gv_time_before(a, b) ? b : a;
}

/* The pause after the last registration, without jitter. */
static struct gv_dur pause(const struct gv_probe_pace *pace)
{
    struct gv_dur most = gv_secs(GV_PROBE_PAUSE_MOST_S), pause = pace->interval;

    if (pace->refused)
        return pause.ms > most.ms ? pause : most;
    for (unsigned i = 0; i < pace->failures && pause.ms < most.ms; i++)
        pause.ms = 2 * pause.ms < most.ms ? 2 * pause.ms : most.ms;
    return pause;
}

static struct gv_time by_interval(const struct gv_probe_pace *pace)
{
    struct gv_dur n = pause(pace);
    int64_t swing = n.ms / JITTER_PARTS;
    struct gv_time due = gv_time_add(
        pace->last, (struct gv_dur){n.ms - swing + draw(pace, pace->last.ms, 2 * swing + 1)});

    return later(due, gv_time_add(pace->last, gv_secs(GV_PROBE_FLOOR_S)));
}

static bool has_window(const struct gv_probe_pace *pace)
{
    return pace->has_kek && !pace->window_used && pace->failures == 0;
}

static struct gv_time window(const struct gv_probe_pace *pace)
{
    int64_t width = gv_secs(WINDOW_BEGIN_S - WINDOW_END_S).ms;

    return gv_time_add(gv_time_sub(pace->kek_expiry, gv_secs(WINDOW_BEGIN_S)),
                       (struct gv_dur){draw(pace, pace->kek_expiry.ms, width)});
}

struct gv_time gv_probe_pace_due(const struct gv_probe_pace *pace, struct gv_time start)
{
    struct gv_time due;

    if (!pace->attempted)
        return gv_time_add(start, (struct gv_dur){draw(pace, 0, gv_secs(FIRST_WITHIN_S).ms)});
    due = by_interval(pace);
    return has_window(pace) && gv_time_before(window(pace), due) ? window(pace) : due;
}

bool gv_probe_pace_in_window(const struct gv_probe_pace *pace, struct gv_time now)
{
    return pace->attempted && has_window(pace) && !gv_time_before(now, window(pace)) &&
           gv_time_before(now, pace->kek_expiry);
}

void gv_probe_pace_began(struct gv_probe_pace *pace, struct gv_time now)
{
    if (gv_probe_pace_in_window(pace, now))
        pace->window_used = true;
    pace->attempted = true;
    pace->last = now;
}

static void take_kek(struct gv_probe_pace *pace, struct gv_time expiry)
{
    if (pace->has_kek && pace->kek_expiry.ms == expiry.ms)
        return; /* the same one */
    pace->has_kek = true;
    pace->kek_expiry = expiry;
    pace->window_used = false;
}

void gv_probe_pace_registered(struct gv_probe_pace *pace, const struct gv_time *kek_expiry,
                              struct gv_time now)
{
    pace->failures = 0;
    pace->refused = false;
    if (kek_expiry == NULL) {
        pace->has_kek = false;
        return;
    }
    take_kek(pace, *kek_expiry);
    /* Handed out within the window: this very registration was the one. */
    if (gv_time_diff(*kek_expiry, now).ms <= gv_secs(WINDOW_BEGIN_S).ms)
        pace->window_used = true;
}

void gv_probe_pace_failed(struct gv_probe_pace *pace, bool refused)
{
    pace->failures += pace->failures < FAILURES_MOST;
    pace->refused = refused;
}

void gv_probe_pace_kek(struct gv_probe_pace *pace, const struct gv_time *kek_expiry)
{
    if (kek_expiry == NULL)
        pace->has_kek = false;
    else
        take_kek(pace, *kek_expiry);
}

void gv_probe_pace_resume(struct gv_probe_pace *pace)
{
    if (pace->failures == 0)
        return;
    pace->failures = 0;
    pace->refused = false;
    pace->attempted = false;
}

/* ---- what is written down ---- */

static const char mark[] = "probe";

void gv_probe_pace_text(const struct gv_probe_pace *pace, int64_t written, struct gv_buf *out)
{
    if (pace->failures == 0)
        return;
    gv_buf_add_str(out, mark);
    gv_buf_add_char(out, ' ');
    gv_buf_add_u64(out, pace->key);
    gv_buf_add_char(out, ' ');
    gv_buf_add_u64(out, pace->failures);
    gv_buf_add_str(out, pace->refused ? " refused " : " silent ");
    gv_buf_add_u64(out, (uint64_t)written);
    gv_buf_add_char(out, '\n');
}

bool gv_probe_pace_read(struct gv_text line, struct gv_probe_pace *pace, int64_t *written)
{
    struct gv_text word, how;
    uint64_t key, failures, when;

    if (!gv_text_word(&line, &word) || !gv_text_is(word, mark) || !gv_text_word(&line, &word) ||
        !gv_text_u64(word, &key) || key != pace->key || !gv_text_word(&line, &word) ||
        !gv_text_u64(word, &failures) || !gv_text_word(&line, &how) ||
        !gv_text_u64(gv_text_trim(line), &when) || when > INT64_MAX / 2000)
        return false;
    pace->attempted = true;
    pace->failures = (unsigned)(failures < FAILURES_MOST ? failures : FAILURES_MOST);
    pace->refused = gv_text_is(how, "refused");
    *written = (int64_t)when;
    return true;
}
