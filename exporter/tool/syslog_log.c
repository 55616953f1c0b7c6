/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/syslog_log.h"

#include <stdlib.h>
#include <string.h>

#include "events/syslog.h"
#include "model/index.h"

enum { LOG_CEILING = 256 << 20, LOOK_AHEAD = 1000, MEMBERS_MOST = 1024 };

/* One GM of a thread; its signature. */
struct member {
    struct member *next;
    struct gv_signature signature;
};

/* What one source says of one group. Mostly of one GM; where a file that names no devices
 * holds several, their messages without an address have to be told apart. */
struct thread {
    const char *group;
    struct member *members, *last; /* last: of the last message that named one */
    size_t member_count;
    size_t next_registration; /* where the search for one goes on */
};

struct reading {
    struct gv_syslog_log *log;
    struct gv_index by_pair;   /* (source, group) -> thread */
    struct gv_index by_source; /* -> the thread that the source spoke of last */
    struct thread **threads;
    size_t thread_count, thread_room;
    enum gv_err err;
};

/* Room for one more in an array on the heap. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    size_t more = *room > 0 ? *room * 2 : 64;
    void *moved;

    if (count < *room)
        return array;
    moved = realloc(array, more * size);
    if (moved != NULL)
        *room = more;
    return moved;
}

static enum gv_err add_row(struct gv_syslog_log *log, const struct gv_syslog *told,
                           const char *source, size_t line, int64_t now_ms)
{
    struct gv_syslog_row *rows, *row;
    int64_t before = log->row_count > 0 ? log->rows[log->row_count - 1].order_ms : INT64_MIN;
    int64_t ms;

    if (log->row_count == GV_SYSLOG_LOG_EVENTS)
        return GV_ERR_TOO_LARGE;
    rows = grown(log->rows, log->row_count, &log->row_room, sizeof(*rows));
    if (rows == NULL || source == NULL)
        return GV_ERR_NO_MEMORY;
    log->rows = rows;
    row = &rows[log->row_count++];
    *row = (struct gv_syslog_row){.event = told->event, .line = line, .source = source};
    row->order_ms = before;
    if (!gv_stamp_unix_ms(&told->stamp, now_ms, &ms))
        return GV_OK;
    row->event.has |= GV_EVENT_HAS_AT;
    row->event.at = (struct gv_time){ms};
    row->order_ms = ms;
    return GV_OK;
}

/* Neighbours are mostly of one source: its name is kept once. */
static const char *source_text(struct gv_syslog_log *log, const char *source)
{
    if (log->row_count > 0 && strcmp(log->rows[log->row_count - 1].source, source) == 0)
        return log->rows[log->row_count - 1].source;
    return gv_arena_text(&log->arena, gv_text(source));
}

static enum gv_err read_rows(struct gv_text text, int64_t now_ms, struct gv_syslog_log *log)
{
    struct gv_text line;
    struct gv_syslog told;
    enum gv_err err = GV_OK;

    for (size_t n = 0; err == GV_OK && gv_text_line(&text, &line); n++)
        if (gv_syslog_read(line, &told) == GV_OK)
            err = add_row(log, &told, source_text(log, told.source), n, now_ms);
    return err;
}

static int by_time(const void *a, const void *b)
{
    const struct gv_syslog_row *x = a, *y = b;

    if (x->order_ms != y->order_ms)
        return x->order_ms < y->order_ms ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static struct thread *new_thread(struct reading *reading, const char *group)
{
    struct thread **threads = grown(reading->threads, reading->thread_count,
                                    &reading->thread_room, sizeof(struct thread *));
    struct thread *thread = gv_arena_alloc(&reading->log->arena, sizeof(*thread));

    if (threads != NULL)
        reading->threads = threads;
    if (threads == NULL || thread == NULL) {
        reading->err = GV_ERR_NO_MEMORY;
        return NULL;
    }
    thread->group = group;
    return threads[reading->thread_count++] = thread;
}

/* The thread of a row. A message without a group is of the one that its source spoke of
 * last; NULL where there is none yet. */
static struct thread *thread_of(struct reading *reading, const struct gv_syslog_row *row)
{
    size_t *latest = gv_index_add(&reading->by_source, row->source, NULL), *number;
    struct thread *thread;

    if (row->event.group[0] == '\0' || latest == NULL)
        return latest != NULL && *latest != GV_INDEX_NEW ? reading->threads[*latest] : NULL;
    number = gv_index_add(&reading->by_pair, row->source, row->event.group);
    if (number == NULL)
        return NULL;
    if (*number == GV_INDEX_NEW) {
        thread = new_thread(reading, row->event.group);
        if (thread == NULL)
            return NULL;
        *number = reading->thread_count - 1;
    }
    *latest = *number;
    return reading->threads[*number];
}

/* NULL without memory, and for more than a source without names can be told apart in. */
static struct member *add_member(struct reading *reading, struct thread *thread, const char *gm)
{
    struct member *member;

    if (thread->member_count == MEMBERS_MOST)
        return NULL;
    member = gv_arena_alloc(&reading->log->arena, sizeof(*member));
    if (member == NULL) {
        reading->err = GV_ERR_NO_MEMORY;
        return NULL;
    }
    gv_event_text(member->signature.gm, sizeof(member->signature.gm), gv_text(gm));
    member->next = thread->members;
    thread->members = member;
    thread->member_count++;
    return member;
}

/* Only members tell of themselves with their address: a KS's messages about GMs make none. */
static bool of_member(const struct gv_event *event)
{
    return event->kind >= GV_EVENT_GM_REREGISTERS && event->kind <= GV_EVENT_GM_REKEY_MISSED;
}

static struct member *member_at(struct reading *reading, struct thread *thread, const char *gm)
{
    struct member *m = thread->members;

    if (gm[0] == '\0')
        return m != NULL ? m : add_member(reading, thread, gm);
    while (m != NULL && m->signature.gm[0] != '\0' && strcmp(m->signature.gm, gm) != 0)
        m = m->next;
    return m != NULL ? m : add_member(reading, thread, gm);
}

static void keep_finding(struct reading *reading, const struct thread *thread,
                         const struct member *member, struct gv_finding finding)
{
    struct gv_syslog_log *log = reading->log;
    struct gv_syslog_finding *findings;
    struct gv_when at;

    if (finding.kind == GV_FINDING_NONE)
        return;
    findings = grown(log->findings, log->finding_count, &log->finding_room, sizeof(*findings));
    if (findings == NULL) {
        reading->err = GV_ERR_NO_MEMORY;
        return;
    }
    log->findings = findings;
    at = finding.kind == GV_FINDING_DOUBLE ? finding.expired : finding.at;
    findings[log->finding_count] = (struct gv_syslog_finding){
        finding,
        thread->group,
        member->signature.ks,
        member->signature.gm,
        at.known ? at.at.ms : INT64_MAX,
        log->finding_count,
    };
    log->finding_count++;
}

static void feed(struct reading *reading, struct thread *thread, struct member *member,
                 const struct gv_event *event)
{
    struct gv_when at = {(event->has & GV_EVENT_HAS_AT) != 0, event->at};

    if (member == NULL)
        return;
    if (at.known)
        keep_finding(reading, thread, member, gv_signature_due(&member->signature, at));
    keep_finding(reading, thread, member, gv_signature_feed(&member->signature, event));
    thread->last = member;
}

/* "Re-register to KS" names no GM: the registrations that follow are, in turn, those that were
 * told of. */
static struct member *announced(struct reading *reading, struct thread *thread, size_t row)
{
    const struct gv_syslog_log *log = reading->log;
    size_t at = thread->next_registration > row ? thread->next_registration : row + 1;

    for (size_t n = 0; n < LOOK_AHEAD && at < log->row_count; n++, at++) {
        const struct gv_syslog_row *next = &log->rows[at];

        if (next->event.kind != GV_EVENT_GM_REGISTRATION_BEGUN || next->event.gm[0] == '\0' ||
            strcmp(next->event.group, thread->group) != 0 ||
            strcmp(next->source, log->rows[row].source) != 0)
            continue;
        thread->next_registration = at + 1;
        return member_at(reading, thread, next->event.gm);
    }
    return NULL;
}

/* All members of a group hold one KEK: its expiry is that of each that registered anew. */
static void feed_expiry(struct reading *reading, struct thread *thread,
                        const struct gv_event *event)
{
    bool fed = false;

    for (struct member *m = thread->members; m != NULL; m = m->next)
        if (m->signature.registration.begun || m->signature.expiry.pending) {
            feed(reading, thread, m, event);
            fed = true;
        }
    if (!fed)
        feed(reading, thread, member_at(reading, thread, ""), event);
}

static void judge_row(struct reading *reading, size_t i)
{
    const struct gv_event *event = &reading->log->rows[i].event;
    struct thread *thread = thread_of(reading, &reading->log->rows[i]);

    if (thread == NULL || !of_member(event))
        return;
    if (event->gm[0] != '\0' || thread->member_count < 2)
        feed(reading, thread, member_at(reading, thread, event->gm), event);
    else if (event->kind == GV_EVENT_GM_REREGISTERS)
        feed(reading, thread, announced(reading, thread, i), event);
    else if (event->kind == GV_EVENT_GM_KEK_EXPIRED)
        feed_expiry(reading, thread, event);
    else
        feed(reading, thread, thread->last, event);
}

/* The members that a thread has in all are known before its first message is judged. */
static void meet_members(struct reading *reading)
{
    for (size_t i = 0; i < reading->log->row_count && reading->err == GV_OK; i++) {
        const struct gv_event *event = &reading->log->rows[i].event;
        struct thread *thread = thread_of(reading, &reading->log->rows[i]);

        if (thread != NULL && of_member(event) && event->gm[0] != '\0')
            (void)member_at(reading, thread, event->gm);
    }
}

static int by_instant(const void *a, const void *b)
{
    const struct gv_syslog_finding *x = a, *y = b;

    if (x->order_ms != y->order_ms)
        return x->order_ms < y->order_ms ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void judge_rows(struct reading *reading)
{
    struct gv_syslog_log *log = reading->log;

    meet_members(reading);
    for (size_t i = 0; i < log->row_count && reading->err == GV_OK; i++)
        judge_row(reading, i);
    for (size_t i = 0; i < reading->thread_count && reading->err == GV_OK; i++)
        for (struct member *m = reading->threads[i]->members; m != NULL; m = m->next)
            keep_finding(reading, reading->threads[i], m,
                         gv_signature_due(&m->signature, (struct gv_when){.known = false}));
}

enum gv_err gv_syslog_log_read(struct gv_text text, int64_t now_ms, struct gv_syslog_log *log)
{
    struct gv_index none;
    struct reading reading = {.log = log};
    enum gv_err err;

    *log = (struct gv_syslog_log){.arena = gv_arena(LOG_CEILING)};
    none = gv_index(&log->arena, 0);
    reading.by_pair = reading.by_source = none;
    err = read_rows(text, now_ms, log);
    if (log->row_count > 0)
        qsort(log->rows, log->row_count, sizeof(*log->rows), by_time);
    judge_rows(&reading);
    if (log->finding_count > 0)
        qsort(log->findings, log->finding_count, sizeof(*log->findings), by_instant);
    free(reading.threads);
    return reading.err != GV_OK ? reading.err : err;
}

void gv_syslog_log_clear(struct gv_syslog_log *log)
{
    free(log->rows);
    free(log->findings);
    gv_arena_clear(&log->arena);
    *log = (struct gv_syslog_log){.row_count = 0};
}
