/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/probes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/log.h"
#include "model/probe_keep.h"
#include "poller/schedule.h"
#include "probes/budget.h"
#include "probes/failure.h"
#include "probes/pace.h"
#include "probes/state_clock.h"
#include "probes/state_file.h"

enum { RETRY_S = 60 /* where the state cannot be written, or no socket be had */ };

static const char state_name[] = "probes";

struct entry {
    struct gv_probes *probes;
    struct gv_probe_spec spec; /* a copy */
    struct gv_probe_server *server;
    struct gdoi_probe *probe; /* NULL: not yet, or its socket cannot be had */
    struct gv_probe_pace pace;
    struct gv_time not_before; /* a retry of ours */
    struct gv_time told_until; /* of a key server that has its hands full */
    bool busy;
    char why[GV_PROBE_WHY];
    struct gv_probe_seen seen;
};

struct gv_probes {
    struct gv_loop *loop;
    struct gdoi_driver *driver;
    char *directory;
    struct gv_probes_owner owner;
    struct entry **entries;
    const struct gv_probe_seen **seen; /* theirs */
    size_t count;
    struct gv_probe_budget budget;
    struct gv_buf before; /* the state that an earlier process left, until the first set */
    struct gv_time started;
    int64_t started_unix_s; /* as that process would count it */
    struct gv_timer *timer;
};

/* ---- state ---- */

static int64_t unix_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

/* What is proved is of that key server and group: a probe that is configured anew may have
 * another. */
static uint64_t evidence_key(const struct gv_probe_spec *spec)
{
    uint64_t key = gv_schedule_hash(spec->name);

    key = gv_schedule_mix(key ^ gv_schedule_hash(spec->ks));
    return gv_schedule_mix(key ^ gv_schedule_hash(spec->group));
}

static bool state_save(const struct gv_probes *probes)
{
    struct gv_time now = gv_loop_now(probes->loop);
    struct gv_buf text = gv_buf(GV_STATE_FILE_MOST);
    int64_t wall = unix_s();
    bool ok;

    gv_state_clock_text(now, wall, &text);
    gv_probe_budget_text(&probes->budget, now, wall, &text);
    for (size_t i = 0; i < probes->count; i++) {
        const struct gv_probe_pace *pace = &probes->entries[i]->pace;

        gv_probe_pace_text(pace, gv_probe_written(pace->last, now, wall), &text);
        gv_probe_evidence_write(&probes->entries[i]->seen.evidence,
                                evidence_key(&probes->entries[i]->spec), &text);
    }
    ok = text.err == GV_OK &&
         gv_state_file_write(probes->directory, state_name,
                             (struct gv_text){text.at != NULL ? text.at : "", text.n}) == GV_OK;
    gv_buf_clear(&text);
    return ok;
}

/* What an earlier process did. Unreadable: assume the worst. */
static enum gv_err state_load(struct gv_probes *probes)
{
    enum gv_err err = gv_state_file_read(probes->directory, state_name, &probes->before);
    struct gv_text text = {probes->before.at, probes->before.n};

    if (err == GV_OK) {
        probes->started_unix_s = gv_state_clock_read(text, probes->started, unix_s());
        return gv_probe_budget_read(&probes->budget, text, probes->started,
                                    probes->started_unix_s);
    }
    gv_buf_clear(&probes->before);
    if (err != GV_ERR_NOT_FOUND) {
        gv_log(GV_LOG_WARN, NULL, "%s/%s cannot be read: every key server counts as just asked",
               probes->directory, state_name);
        gv_probe_budget_unreadable(&probes->budget, probes->started);
    }
    return GV_OK;
}

/* A probe that failed in an earlier process goes on with its pause. */
static void pace_load(struct entry *e)
{
    const struct gv_probes *probes = e->probes;
    struct gv_text text = {probes->before.at, probes->before.n}, line;
    int64_t written;

    while (gv_text_line(&text, &line))
        if (gv_probe_pace_read(line, &e->pace, &written))
            e->pace.last = gv_probe_read_back(written, probes->started, probes->started_unix_s);
}

/* What it proved in an earlier process is as true as if this one had seen it. */
static void evidence_load(struct entry *e)
{
    struct gv_text text = {e->probes->before.at, e->probes->before.n};

    if (!gv_probe_evidence_read(text, evidence_key(&e->spec), &e->seen.evidence))
        gv_log(GV_LOG_WARN, e->spec.name, "probe: what %s/%s holds of it cannot be read",
               e->probes->directory, state_name);
}

/* ---- when ---- */

static struct gv_time later(struct gv_time a, struct gv_time b)
{
    return gv_time_before(a, b) ? b : a;
}

/* When the entry itself would like to. */
static struct gv_time wanted(const struct entry *e)
{
    return later(gv_probe_pace_due(&e->pace, e->probes->started), e->not_before);
}

static struct gv_time busy_until(const struct entry *e, const char **why)
{
    const struct gv_probes_owner *owner = &e->probes->owner;

    return owner->busy_until != NULL ? owner->busy_until(owner->arg, &e->spec, why)
                                     : (struct gv_time){INT64_MIN};
}

/* The earliest instant at which the entry, its key server and the whole allow it. */
static struct gv_time allowed(const struct entry *e, struct gv_time now)
{
    struct gv_time due = wanted(e);
    bool exception = gv_probe_pace_in_window(&e->pace, later(due, now));
    const char *why;

    due = gv_probe_budget_allows(&e->probes->budget, e->server, due, exception);
    return later(due, busy_until(e, &why));
}

/* Once for each time. */
static void tell_busy(struct entry *e, struct gv_time now)
{
    const char *why = "";
    struct gv_time until = busy_until(e, &why);

    if (!gv_time_before(now, until) || gv_time_before(now, e->told_until) ||
        gv_time_before(now, wanted(e)))
        return;
    e->told_until = until;
    gv_log(GV_LOG_INFO, e->spec.name, "probe: %s: no registration for the next %lld s", why,
           (long long)(gv_time_diff(until, now).ms / 1000));
}

static void on_event(void *arg, struct gdoi_probe *probe, const struct gdoi_event *event);

static bool place(struct entry *e, char why[GDOI_WHY_SIZE])
{
    struct gdoi_probe_config config = {
        .client = e->spec.client, .nat_port = e->spec.nat_port, .event = on_event, .arg = e};

    if (e->spec.interface != NULL)
        strncat(config.interface, e->spec.interface, sizeof(config.interface) - 1);
    if (e->probe == NULL)
        e->probe = gdoi_probe_new(e->probes->driver, &config, why);
    return e->probe != NULL;
}

/* It could not even begin; said once. */
static void put_off(struct entry *e, struct gv_time now, const char *why, const char *detail)
{
    bool said = e->seen.tried && strcmp(e->why, why) == 0;

    (void)snprintf(e->why, sizeof(e->why), "%s", why);
    if (!said)
        gv_log(GV_LOG_ERROR, e->spec.name, "probe: %s: %s", why, detail);
    e->not_before = gv_time_add(now, gv_secs(RETRY_S));
    e->seen.tried = true;
    e->seen.success = false;
    e->seen.reason = e->why;
    e->probes->owner.changed(e->probes->owner.arg);
}

/* Nothing is sent that is not written down. */
static void begin(struct entry *e, struct gv_time now)
{
    struct gv_probes *probes = e->probes;
    struct gv_probe_budget whole = probes->budget;
    struct gv_probe_server server = *e->server;
    struct gv_probe_pace pace = e->pace;
    char why[GDOI_WHY_SIZE];

    if (!place(e, why)) {
        put_off(e, now, "no socket to register from", why);
        return;
    }
    gv_probe_budget_began(&probes->budget, e->server, gv_probe_pace_in_window(&e->pace, now),
                          now);
    gv_probe_pace_began(&e->pace, now);
    if (!state_save(probes)) {
        (void)snprintf(why, sizeof(why), "%s", strerror(errno));
        probes->budget = whole;
        *e->server = server;
        e->pace = pace;
        put_off(e, now, "no registration, since the state file cannot be written", why);
        return;
    }
    e->busy = e->server->busy = true;
    gdoi_probe_register(e->probe);
}

static void due(void *arg);

static void rearm(struct gv_probes *probes)
{
    struct gv_time now = gv_loop_now(probes->loop), first = {INT64_MAX};

    for (size_t i = 0; i < probes->count; i++) {
        const struct entry *e = probes->entries[i];

        if (!e->busy && !e->server->busy && gv_time_before(allowed(e, now), first))
            first = allowed(e, now);
    }
    gv_timer_stop(probes->timer);
    probes->timer = NULL;
    if (first.ms != INT64_MAX)
        probes->timer = gv_timer_start(probes->loop, gv_time_diff(first, now), due, probes);
}

/* A window passes; apart from that, who has waited longest, so that none waits for ever. */
static bool goes_first(const struct entry *a, const struct entry *b, struct gv_time now)
{
    bool pressing = gv_probe_pace_in_window(&a->pace, now);

    if (pressing != gv_probe_pace_in_window(&b->pace, now))
        return pressing;
    return gv_time_before(wanted(a), wanted(b));
}

static struct entry *next_ready(const struct gv_probes *probes, struct gv_time now)
{
    struct entry *first = NULL;

    for (size_t i = 0; i < probes->count; i++) {
        struct entry *e = probes->entries[i];

        if (e->busy || e->server->busy)
            continue;
        if (gv_time_before(now, allowed(e, now)))
            tell_busy(e, now);
        else if (first == NULL || goes_first(e, first, now))
            first = e;
    }
    return first;
}

static void due(void *arg)
{
    struct gv_probes *probes = arg;
    struct gv_time now = gv_loop_now(probes->loop);
    struct entry *e;

    probes->timer = NULL;
    while ((e = next_ready(probes, now)) != NULL)
        begin(e, now);
    rearm(probes);
}

/* ---- what was seen ---- */

/* In milliseconds: what took less took one. */
static struct gv_dur rounded_up(uint64_t ns)
{
    return (struct gv_dur){(int64_t)((ns + 999999) / 1000000)};
}

/* The pause is over, and the file says so as well; if not now, then with the next begin. */
static void ended_well(struct entry *e, const struct gv_time *expiry, struct gv_time now)
{
    bool failed_before = e->pace.failures > 0;

    gv_probe_pace_registered(&e->pace, expiry, now);
    if (failed_before)
        (void)state_save(e->probes);
}

/* What is proved is written down at once: a key server may not prove it again for a day. */
static void evidence_save(const struct entry *e)
{
    if (!state_save(e->probes))
        gv_log(GV_LOG_WARN, e->spec.name,
               "probe: %s/%s: %s: a restart will forget what it proved", e->probes->directory,
               state_name, strerror(errno));
}

static void take_life(struct entry *e, const struct gdoi_event *event, struct gv_time expiry,
                      bool anew)
{
    struct gv_probe_evidence before = e->seen.evidence;

    gv_probe_saw_registration(&e->seen.evidence, &(struct gv_probe_registration){
                                                     .left = gv_time_diff(expiry, event->at),
                                                     .had_kek = event->had_kek,
                                                     .other_kek = event->other_kek,
                                                     .previous_left = event->previous_left,
                                                     .unsure = event->life_unsure,
                                                     .anew = anew});
    if (strcmp(before.registration_text, e->seen.evidence.registration_text) != 0)
        evidence_save(e);
}

static void take_registration(struct entry *e, const struct gdoi_event *event)
{
    const struct gdoi_timing *timing = gdoi_probe_timing(e->probe);
    const struct gdoi_group_state *group = gdoi_client_group(gdoi_probe_client(e->probe));
    const struct gv_time *expiry = group->kek_count > 0 ? &group->keks[0].expiry : NULL;
    bool anew = timing->phase1_ns > 0; /* else an earlier phase 1 was used */
    const char *why;

    e->seen.success = true;
    e->seen.reason = "";
    e->seen.registrations++;
    if (anew)
        e->seen.phase1 = rounded_up(timing->phase1_ns);
    e->seen.pull = rounded_up(timing->pull_ns);
    if (expiry != NULL)
        take_life(e, event, *expiry, anew);
    ended_well(e, expiry, event->at);
    e->seen.listening = gdoi_probe_listening(e->probe, &why);
    if (!e->seen.listening)
        gv_log(GV_LOG_WARN, e->spec.name, "probe: registered, but rekeys cannot be heard: %s",
               why);
}

static void take_failure(struct entry *e, const struct gdoi_event *event)
{
    bool refused = gv_probe_failure(event) == GV_PROBE_REFUSED;
    struct gv_buf text = gv_buf(sizeof(e->why) - 1);
    struct gv_time now = gv_loop_now(e->probes->loop);

    gv_buf_add_str(&text, gdoi_step_name(event->step));
    gv_buf_add_str(&text, ": ");
    gv_probe_explain(&e->spec.client, event, &text);
    memcpy(e->why, text.at != NULL ? text.at : "", text.n);
    e->why[text.n] = '\0';
    gv_buf_clear(&text);
    e->seen.success = false;
    e->seen.reason = e->why;
    gv_probe_pace_failed(&e->pace, refused);
    if (!state_save(e->probes))
        gv_log(GV_LOG_WARN, e->spec.name, "probe: %s/%s: %s: a restart will forget the pause",
               e->probes->directory, state_name, strerror(errno));
    gv_log(GV_LOG_WARN, e->spec.name, "probe: %s; %s: the next try is %lld minutes from now",
           e->why, refused ? "refused" : "no answer",
           (long long)(gv_time_diff(wanted(e), now).ms / 60000));
}

static void take_rekey(struct entry *e, const struct gdoi_event *event)
{
    if (!event->valid) {
        e->seen.bad_signatures++;
        return;
    }
    e->seen.rekeys++;
    if (!event->brings_kek)
        return;
    e->seen.has_lead = event->has_lead;
    e->seen.lead = event->lead;
    gv_probe_saw_rekey(&e->seen.evidence,
                       &(struct gv_probe_rekey){true, true, event->lead, event->full_life_known,
                                                event->full_life, event->life_unsure});
    evidence_save(e);
}

/* The KEK in force, as it stands after a rekey or a delete. */
static void take_kek(struct entry *e)
{
    const struct gdoi_group_state *group = gdoi_client_group(gdoi_probe_client(e->probe));

    e->seen.has_kek = group->kek_count > 0 && group->keks[0].sak.lifetime_s > 0;
    if (e->seen.has_kek)
        e->seen.kek_expiry = group->keks[0].expiry;
    gv_probe_pace_kek(&e->pace, e->seen.has_kek ? &e->seen.kek_expiry : NULL);
}

static void on_event(void *arg, struct gdoi_probe *probe, const struct gdoi_event *event)
{
    struct entry *e = arg;

    (void)probe;
    if (event->kind == GDOI_REGISTERED || event->kind == GDOI_FAILED) {
        e->busy = e->server->busy = false;
        e->seen.tried = true;
    }
    if (event->kind == GDOI_REGISTERED)
        take_registration(e, event);
    else if (event->kind == GDOI_FAILED)
        take_failure(e, event);
    else if (event->kind == GDOI_REKEYED)
        take_rekey(e, event);
    take_kek(e);
    e->probes->owner.changed(e->probes->owner.arg);
    rearm(e->probes);
}

/* ---- entries ---- */

static void entry_free(struct entry *e)
{
    if (e == NULL)
        return;
    if (e->busy)
        e->server->busy = false;
    gdoi_probe_free(e->probe);
    gv_probe_spec_clear(&e->spec);
    free(e);
}

static struct entry *entry_new(struct gv_probes *probes, const struct gv_probe_spec *spec)
{
    struct entry *e = calloc(1, sizeof(*e));

    if (e == NULL)
        return NULL;
    e->probes = probes;
    e->server = gv_probe_budget_server(&probes->budget, &spec->client.remote);
    if (gv_probe_spec_copy(spec, &e->spec) != GV_OK || e->server == NULL) {
        entry_free(e);
        return NULL;
    }
    e->pace = (struct gv_probe_pace){.interval = spec->interval,
                                     .key = gv_schedule_mix(gv_schedule_hash(spec->name)),
                                     .attempted = e->server->attempted,
                                     .last = e->server->last};
    pace_load(e);
    e->seen = (struct gv_probe_seen){
        .probe = e->spec.name, .ks = e->spec.ks, .group = e->spec.group, .reason = ""};
    evidence_load(e);
    return e;
}

/* The entry that goes on for the spec, taken out of its place; NULL where none does. */
static struct entry *keep(struct gv_probes *probes, const struct gv_probe_spec *spec)
{
    for (size_t i = 0; i < probes->count; i++) {
        struct entry *e = probes->entries[i];

        if (e != NULL && gv_probe_spec_equal(&e->spec, spec)) {
            probes->entries[i] = NULL;
            return e;
        }
    }
    return NULL;
}

static bool is_kept(const struct gv_probes *probes, const struct gv_probe_spec *spec)
{
    for (size_t i = 0; i < probes->count; i++)
        if (gv_probe_spec_equal(&probes->entries[i]->spec, spec))
            return true;
    return false;
}

static void entries_free(struct entry **entries, size_t count)
{
    for (size_t i = 0; entries != NULL && i < count; i++)
        entry_free(entries[i]);
    free(entries);
}

/* Entries for those specs that none goes on for. */
static bool fill(struct gv_probes *probes, const struct gv_probe_spec *specs, size_t count,
                 struct entry **fresh)
{
    for (size_t i = 0; i < count; i++) {
        if (is_kept(probes, &specs[i]))
            continue;
        fresh[i] = entry_new(probes, &specs[i]);
        if (fresh[i] == NULL)
            return false;
    }
    return true;
}

enum gv_err gv_probes_set(struct gv_probes *probes, const struct gv_probe_spec *specs,
                          size_t count)
{
    struct entry **fresh = calloc(count + 1, sizeof(*fresh));
    const struct gv_probe_seen **seen = calloc(count + 1, sizeof(*seen));

    if (fresh == NULL || seen == NULL || !fill(probes, specs, count, fresh)) {
        entries_free(fresh, fresh != NULL ? count : 0);
        free(seen);
        return GV_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        if (fresh[i] == NULL)
            fresh[i] = keep(probes, &specs[i]);
    entries_free(probes->entries, probes->count);
    free(probes->seen);
    for (size_t i = 0; i < count; i++)
        seen[i] = &fresh[i]->seen;
    probes->entries = fresh;
    probes->seen = seen;
    probes->count = count;
    gv_buf_clear(&probes->before);
    rearm(probes);
    return GV_OK;
}

void gv_probes_resume(struct gv_probes *probes)
{
    for (size_t i = 0; i < probes->count; i++)
        gv_probe_pace_resume(&probes->entries[i]->pace);
    rearm(probes);
}

struct gv_probes *gv_probes_new(struct gv_loop *loop, const char *state_directory,
                                const struct gv_probes_owner *owner)
{
    struct gv_probes *probes = calloc(1, sizeof(*probes));

    if (probes == NULL)
        return NULL;
    *probes = (struct gv_probes){.loop = loop,
                                 .driver = gdoi_driver_new(loop),
                                 .directory = strdup(state_directory),
                                 .owner = *owner,
                                 .before = gv_buf(GV_STATE_FILE_MOST),
                                 .started = gv_loop_now(loop)};
    if (probes->driver != NULL && probes->directory != NULL && state_load(probes) == GV_OK)
        return probes;
    gv_probes_free(probes);
    return NULL;
}

void gv_probes_free(struct gv_probes *probes)
{
    if (probes == NULL)
        return;
    entries_free(probes->entries, probes->count);
    gv_probe_budget_clear(&probes->budget);
    gv_buf_clear(&probes->before);
    free(probes->seen);
    gv_timer_stop(probes->timer);
    gdoi_driver_free(probes->driver);
    free(probes->directory);
    free(probes);
}

size_t gv_probes_count(const struct gv_probes *probes)
{
    return probes->count;
}

const struct gv_probe_seen *const *gv_probes_seen(const struct gv_probes *probes)
{
    return probes->seen;
}
