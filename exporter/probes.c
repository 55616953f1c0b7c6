/* SPDX-License-Identifier: Apache-2.0 */
#include "probes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gdoi/endpoint.h"
#include "io/log.h"
#include "probe_pace.h"
#include "schedule.h"
#include "state_file.h"

enum { RETRY_S = 60 /* where the state cannot be written, or no socket be had */ };

static const char state_name[] = "probes";

/* What probes of one key server share: its budget. */
struct server {
    struct server *next;
    struct gdoi_endpoint address;
    bool attempted, busy;
    struct gv_time last;
    int64_t last_unix_s;
};

struct entry {
    struct gv_probes *probes;
    char *name, *ks, *group, *interface;
    struct gdoi_suite *suites;
    struct gv_probe_spec spec; /* points to the above */
    struct server *server;
    struct gdoi_probe *probe; /* NULL: not yet, or its socket cannot be had */
    struct gv_probe_pace pace;
    struct gv_time not_before; /* a retry of ours */
    bool busy;
    struct gv_probe_seen seen;
};

struct gv_probes {
    struct gv_loop *loop;
    struct gdoi_driver *driver;
    char *directory;
    void (*changed)(void *arg);
    void *arg;
    struct entry **entries;
    const struct gv_probe_seen **seen; /* theirs */
    size_t count;
    struct server *servers;
    bool state_bad; /* unreadable: every key server may just have been asked */
    struct gv_time started, last_anywhere;
    bool anywhere;
    struct gv_timer *timer;
};

/* ---- state ---- */

static int64_t unix_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

static void state_text(const struct gv_probes *probes, struct gv_buf *out)
{
    for (const struct server *s = probes->servers; s != NULL; s = s->next) {
        char text[GDOI_ENDPOINT_TEXT];

        if (!s->attempted)
            continue;
        gdoi_endpoint_text(&s->address, text);
        gv_buf_add_str(out, text);
        gv_buf_add_char(out, ' ');
        gv_buf_add_u64(out, (uint64_t)s->last_unix_s);
        gv_buf_add_char(out, '\n');
    }
}

static bool state_save(const struct gv_probes *probes)
{
    struct gv_buf text = gv_buf(GV_STATE_FILE_MOST);
    bool ok;

    state_text(probes, &text);
    ok = text.err == GV_OK &&
         gv_state_file_write(probes->directory, state_name,
                             (struct gv_text){text.at != NULL ? text.at : "", text.n}) == GV_OK;
    gv_buf_clear(&text);
    return ok;
}

/* An attempt that lies in the future (a stepped clock) counts as just now. */
static void attempted_at(const struct gv_probes *probes, struct server *server, int64_t when)
{
    int64_t ago = unix_s() - when;

    server->attempted = true;
    server->last_unix_s = when;
    server->last = gv_time_sub(gv_loop_now(probes->loop), gv_secs(ago < 0 ? 0 : ago));
}

static void state_find(const struct gv_probes *probes, struct gv_text text,
                       struct server *server)
{
    char name[GDOI_ENDPOINT_TEXT];
    struct gv_text line, word;
    uint64_t when;

    gdoi_endpoint_text(&server->address, name);
    while (gv_text_line(&text, &line))
        if (gv_text_word(&line, &word) && gv_text_is(word, name) &&
            gv_text_u64(gv_text_trim(line), &when) && when <= INT64_MAX / 2000)
            attempted_at(probes, server, (int64_t)when);
}

/* What an earlier process did at this key server. Unreadable: assume the worst. */
static void state_load(struct gv_probes *probes, struct server *server)
{
    struct gv_buf text = gv_buf(GV_STATE_FILE_MOST);
    enum gv_err err = gv_state_file_read(probes->directory, state_name, &text);

    if (err == GV_OK) {
        state_find(probes, (struct gv_text){text.at != NULL ? text.at : "", text.n}, server);
    } else if (err != GV_ERR_NOT_FOUND) {
        if (!probes->state_bad)
            gv_log(GV_LOG_WARN, NULL,
                   "%s/%s cannot be read: every key server counts as just asked",
                   probes->directory, state_name);
        probes->state_bad = true;
        attempted_at(probes, server, unix_s());
    }
    gv_buf_clear(&text);
}

static struct server *server_get(struct gv_probes *probes, const struct gdoi_endpoint *address)
{
    struct server *server = probes->servers;

    while (server != NULL && !gdoi_endpoint_equal(&server->address, address))
        server = server->next;
    if (server != NULL)
        return server;
    server = calloc(1, sizeof(*server));
    if (server == NULL)
        return NULL;
    server->address = *address;
    server->next = probes->servers;
    probes->servers = server;
    state_load(probes, server);
    return server;
}

/* ---- when ---- */

static struct gv_time later(struct gv_time a, struct gv_time b)
{
    return gv_time_before(a, b) ? b : a;
}

/* The earliest instant at which the entry, its key server and the whole allow it. */
static struct gv_time allowed(const struct entry *e, struct gv_time now)
{
    const struct gv_probes *probes = e->probes;
    struct gv_time due = later(gv_probe_pace_due(&e->pace, probes->started), e->not_before);

    if (e->server->attempted && !gv_probe_pace_in_window(&e->pace, later(due, now)))
        due = later(due, gv_time_add(e->server->last, gv_secs(GV_PROBE_FLOOR_S)));
    if (probes->anywhere)
        due = later(due, gv_time_add(probes->last_anywhere, gv_secs(GV_PROBE_SPACING_S)));
    return due;
}

static void on_event(void *arg, struct gdoi_probe *probe, const struct gdoi_event *event);

static bool place(struct entry *e)
{
    struct gdoi_probe_config config = {
        .client = e->spec.client, .nat_port = e->spec.nat_port, .event = on_event, .arg = e};
    char why[GDOI_WHY_SIZE];

    if (e->interface != NULL)
        strncat(config.interface, e->interface, sizeof(config.interface) - 1);
    if (e->probe == NULL)
        e->probe = gdoi_probe_new(e->probes->driver, &config, why);
    if (e->probe == NULL)
        gv_log(GV_LOG_ERROR, e->name, "probe: %s", why);
    return e->probe != NULL;
}

/* Nothing is sent that is not written down. */
static void begin(struct entry *e, struct gv_time now)
{
    struct gv_probes *probes = e->probes;
    struct server before = *e->server;

    e->server->attempted = true;
    e->server->last = now;
    e->server->last_unix_s = unix_s();
    if (!place(e) || !state_save(probes)) {
        if (e->probe != NULL)
            gv_log(GV_LOG_ERROR, e->name, "probe: %s/%s: %s: no registration without it",
                   probes->directory, state_name, strerror(errno));
        *e->server = before;
        e->not_before = gv_time_add(now, gv_secs(RETRY_S));
        e->seen.tried = true;
        e->seen.success = false;
        e->seen.reason = "no socket, or no state file: see the log";
        probes->changed(probes->arg);
        return;
    }
    gv_probe_pace_began(&e->pace, now);
    probes->anywhere = true;
    probes->last_anywhere = now;
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

static void due(void *arg)
{
    struct gv_probes *probes = arg;
    struct gv_time now = gv_loop_now(probes->loop);

    probes->timer = NULL;
    for (size_t i = 0; i < probes->count; i++) {
        struct entry *e = probes->entries[i];

        if (!e->busy && !e->server->busy && !gv_time_before(now, allowed(e, now)))
            begin(e, now);
    }
    rearm(probes);
}

/* ---- what was seen ---- */

/* In milliseconds: what took less took one. */
static struct gv_dur rounded_up(uint64_t ns)
{
    return (struct gv_dur){(int64_t)((ns + 999999) / 1000000)};
}

static void take_registration(struct entry *e, const struct gdoi_event *event)
{
    const struct gdoi_timing *timing = gdoi_probe_timing(e->probe);
    const struct gdoi_group_state *group = gdoi_client_group(gdoi_probe_client(e->probe));
    const struct gv_time *expiry = group->kek_count > 0 ? &group->keks[0].expiry : NULL;
    const char *why;

    e->seen.success = true;
    e->seen.reason = "";
    e->seen.registrations++;
    if (timing->phase1_ns > 0) /* else an earlier phase 1 was used */
        e->seen.phase1 = rounded_up(timing->phase1_ns);
    e->seen.pull = rounded_up(timing->pull_ns);
    if (expiry != NULL)
        gv_probe_saw_registration(
            &e->seen.evidence, &(struct gv_probe_registration){
                                   gv_time_diff(*expiry, event->at), event->had_kek,
                                   event->other_kek, event->previous_left, event->life_unsure});
    gv_probe_pace_registered(&e->pace, expiry, event->at);
    e->seen.listening = gdoi_probe_listening(e->probe, &why);
    if (!e->seen.listening)
        gv_log(GV_LOG_WARN, e->name, "probe: registered, but rekeys cannot be heard: %s", why);
}

/* An answer that says no will say so again soon; silence may be a lost datagram. */
static bool is_refusal(const struct gdoi_event *event)
{
    return event->step >= GDOI_MAIN_6 || event->notify != 0 || event->last != GV_OK;
}

static void take_failure(struct entry *e, const struct gdoi_event *event)
{
    e->seen.success = false;
    e->seen.reason = gdoi_step_name(event->step);
    gv_probe_pace_failed(&e->pace, is_refusal(event));
    gv_log(GV_LOG_WARN, e->name, "probe: %s failed (%s)%s%s", gdoi_step_name(event->step),
           is_refusal(event) ? "refused: the next try is six hours from now" : "no answer",
           event->why != NULL && event->why[0] != '\0' ? ": " : "",
           event->why != NULL ? event->why : "");
}

static void take_rekey(struct entry *e, const struct gdoi_event *event)
{
    const struct gdoi_group_state *group = gdoi_client_group(gdoi_probe_client(e->probe));

    if (!event->valid)
        return;
    e->seen.rekeys++;
    if (!event->brings_kek)
        return;
    e->seen.has_lead = event->has_lead;
    e->seen.lead = event->lead;
    gv_probe_saw_rekey(&e->seen.evidence,
                       &(struct gv_probe_rekey){true, true, event->lead, event->full_life_known,
                                                event->full_life, event->life_unsure});
    if (group->kek_count > 0)
        gv_probe_pace_rekeyed(&e->pace, group->keks[0].expiry);
}

static void on_event(void *arg, struct gdoi_probe *probe, const struct gdoi_event *event)
{
    struct entry *e = arg;
    const struct gdoi_group_state *group = gdoi_client_group(gdoi_probe_client(probe));

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
    e->seen.has_kek = group->kek_count > 0 && group->keks[0].sak.lifetime_s > 0;
    if (e->seen.has_kek)
        e->seen.kek_expiry = group->keks[0].expiry;
    e->probes->changed(e->probes->arg);
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
    gv_secret_free(e->spec.psk);
    gdoi_credential_free(e->spec.credential);
    free(e->suites);
    free(e->name);
    free(e->ks);
    free(e->group);
    free(e->interface);
    free(e);
}

static struct entry *entry_new(struct gv_probes *probes, const struct gv_probe_spec *spec)
{
    struct entry *e = calloc(1, sizeof(*e));
    size_t n = spec->client.suite_count;

    if (e == NULL)
        return NULL;
    e->probes = probes;
    e->spec = *spec;
    e->spec.psk = gv_secret_share(spec->psk);
    e->spec.credential = gdoi_credential_share(spec->credential);
    e->name = strdup(spec->name);
    e->ks = strdup(spec->ks);
    e->group = strdup(spec->group);
    e->interface = spec->interface != NULL ? strdup(spec->interface) : NULL;
    e->suites = calloc(n, sizeof(*e->suites));
    e->server = server_get(probes, &spec->client.remote);
    if (e->name == NULL || e->ks == NULL || e->group == NULL || e->suites == NULL ||
        e->server == NULL || (spec->interface != NULL && e->interface == NULL)) {
        entry_free(e);
        return NULL;
    }
    memcpy(e->suites, spec->client.suites, n * sizeof(*e->suites));
    e->spec.client.suites = e->suites;
    e->spec.client.psk = e->spec.psk;
    e->spec.client.credential = e->spec.credential;
    e->pace = (struct gv_probe_pace){.interval = spec->interval,
                                     .key = gv_schedule_mix(gv_schedule_hash(spec->name))};
    e->pace.attempted = e->server->attempted;
    e->pace.last = e->server->last;
    e->seen =
        (struct gv_probe_seen){.probe = e->name, .ks = e->ks, .group = e->group, .reason = ""};
    return e;
}

static bool same_suites(const struct gdoi_client_config *a, const struct gdoi_client_config *b)
{
    if (a->suite_count != b->suite_count)
        return false;
    for (size_t i = 0; i < a->suite_count; i++)
        if (!gdoi_suite_equal(&a->suites[i], &b->suites[i]))
            return false;
    return true;
}

static bool same_identity(const struct gdoi_identity *a, const struct gdoi_identity *b)
{
    return a->type == b->type && a->n == b->n && memcmp(a->octets, b->octets, a->n) == 0;
}

/* Certificates are read anew with each load, so a probe that uses one begins anew. */
static bool same_spec(const struct gv_probe_spec *a, const struct gv_probe_spec *b)
{
    const struct gdoi_client_config *x = &a->client, *y = &b->client;

    return strcmp(a->name, b->name) == 0 && strcmp(a->ks, b->ks) == 0 &&
           strcmp(a->group, b->group) == 0 && a->interval.ms == b->interval.ms &&
           a->credential == b->credential && gv_secret_equal(a->psk, b->psk) &&
           a->nat_port == b->nat_port &&
           strcmp(a->interface != NULL ? a->interface : "",
                  b->interface != NULL ? b->interface : "") == 0 &&
           same_suites(x, y) && same_identity(&x->identity, &y->identity) &&
           same_identity(&x->peer, &y->peer) && same_identity(&x->group, &y->group) &&
           gdoi_endpoint_equal(&x->local, &y->local) &&
           gdoi_endpoint_equal(&x->remote, &y->remote) && x->ack == y->ack &&
           x->ack_key_bits == y->ack_key_bits && x->step_timeout.ms == y->step_timeout.ms;
}

/* The entry that goes on for the spec, taken out of its place; NULL where none does. */
static struct entry *keep(struct gv_probes *probes, const struct gv_probe_spec *spec)
{
    for (size_t i = 0; i < probes->count; i++) {
        struct entry *e = probes->entries[i];

        if (e != NULL && same_spec(&e->spec, spec)) {
            probes->entries[i] = NULL;
            return e;
        }
    }
    return NULL;
}

static bool is_kept(const struct gv_probes *probes, const struct gv_probe_spec *spec)
{
    for (size_t i = 0; i < probes->count; i++)
        if (same_spec(&probes->entries[i]->spec, spec))
            return true;
    return false;
}

static void entries_free(struct entry **entries, size_t count)
{
    for (size_t i = 0; entries != NULL && i < count; i++)
        entry_free(entries[i]);
    free(entries);
}

enum gv_err gv_probes_set(struct gv_probes *probes, const struct gv_probe_spec *specs,
                          size_t count)
{
    struct entry **fresh = calloc(count + 1, sizeof(*fresh));
    const struct gv_probe_seen **seen = calloc(count + 1, sizeof(*seen));

    if (fresh == NULL || seen == NULL) {
        free(fresh);
        free(seen);
        return GV_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_kept(probes, &specs[i]))
            continue;
        fresh[i] = entry_new(probes, &specs[i]);
        if (fresh[i] == NULL) {
            entries_free(fresh, count);
            free(seen);
            return GV_ERR_NO_MEMORY;
        }
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
    rearm(probes);
    return GV_OK;
}

struct gv_probes *gv_probes_new(struct gv_loop *loop, const char *state_directory,
                                void (*changed)(void *arg), void *arg)
{
    struct gv_probes *probes = calloc(1, sizeof(*probes));

    if (probes == NULL)
        return NULL;
    *probes = (struct gv_probes){.loop = loop,
                                 .driver = gdoi_driver_new(loop),
                                 .directory = strdup(state_directory),
                                 .changed = changed,
                                 .arg = arg,
                                 .started = gv_loop_now(loop)};
    if (probes->driver != NULL && probes->directory != NULL)
        return probes;
    gv_probes_free(probes);
    return NULL;
}

void gv_probes_free(struct gv_probes *probes)
{
    if (probes == NULL)
        return;
    entries_free(probes->entries, probes->count);
    while (probes->servers != NULL) {
        struct server *next = probes->servers->next;

        free(probes->servers);
        probes->servers = next;
    }
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
