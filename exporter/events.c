/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "event_names.h"
#include "events/syslog.h"
#include "events/syslog_receiver.h"
#include "io/log.h"
#include "model/index.h"
#include "snmp/trap_receiver.h"

enum { INDEX_CEILING = 64 << 20, WHY_SIZE = 160, TOKEN_MS = 1000 / GV_EVENTS_A_SECOND };

struct source {
    const struct gv_target *target;
    bool sends;              /* it has sent syslog messages */
    struct gv_time empty_at; /* its budget is used up to here, in messages of TOKEN_MS */
};

/* A source whose target has a name for an address, and where that leads now. */
struct named {
    size_t source;
    size_t count;
    char found[GV_EVENT_NAMES_ADDRESSES][GV_SENDER_TEXT];
};

struct listener {
    char *address;
    bool is_trap;
    struct gv_syslog_receiver *syslog; /* both NULL: it could not listen */
    struct gv_trap_receiver *trap;
};

/* The known senders, made anew with each configuration. */
struct senders {
    struct gv_arena arena;
    struct gv_index by_address;
    struct source *sources;
    size_t count;
    struct named *named;
    const char **names; /* theirs */
    size_t named_count;
    struct gv_arena found_arena; /* made anew with each answer that differs */
    struct gv_index by_found;
};

struct gv_events {
    struct gv_loop *loop;
    void (*event)(void *arg, const char *target, const struct gv_event *event);
    void *arg;
    uint64_t seed;
    struct senders senders;
    struct gv_event_names *names;
    struct listener listeners[2 * GV_EVENTS_LISTEN_MOST];
    size_t listener_count;
    struct gv_events_stats stats; /* without that of the receivers */
};

static struct source *find(const struct gv_events *events, const char *sender)
{
    const size_t *number = gv_index_find(&events->senders.by_address, sender, NULL);

    if (number == NULL)
        number = gv_index_find(&events->senders.by_found, sender, NULL);
    return number != NULL ? &events->senders.sources[*number] : NULL;
}

static bool known(void *arg, const char *sender)
{
    return find(arg, sender) != NULL;
}

/* A message costs its sender TOKEN_MS; it may be GV_EVENTS_BURST of them ahead. */
static bool within_budget(struct source *source, struct gv_time now)
{
    struct gv_time ahead = gv_time_add(now, (struct gv_dur){TOKEN_MS * GV_EVENTS_BURST});

    if (gv_time_before(source->empty_at, now))
        source->empty_at = now;
    if (!gv_time_before(source->empty_at, ahead))
        return false;
    source->empty_at.ms += TOKEN_MS;
    return true;
}

static void on_line(void *arg, const char *sender, struct gv_text line)
{
    struct gv_events *events = arg;
    struct source *source = find(events, sender);
    struct gv_time now;
    struct gv_syslog told;

    if (source == NULL) {
        events->stats.unknown++;
        return;
    }
    now = gv_loop_now(events->loop);
    if (!within_budget(source, now)) {
        events->stats.refused++;
        return;
    }
    events->stats.messages++;
    source->sends = true;
    if (gv_syslog_read(gv_text_head(line, gv_text_index(line, '\0')), &told) != GV_OK)
        return;
    events->stats.events++;
    told.event.has |= GV_EVENT_HAS_AT;
    told.event.at = now;
    events->event(events->arg, source->target->name, &told.event);
}

static const struct gv_target *trap_sender(void *arg, const char *address)
{
    struct gv_events *events = arg;
    struct source *source = find(events, address);

    if (source == NULL) {
        events->stats.unknown++;
        return NULL;
    }
    if (within_budget(source, gv_loop_now(events->loop)))
        return source->target;
    events->stats.refused++;
    return NULL;
}

static void on_trap(void *arg, const struct gv_target *target, const struct gv_event *event)
{
    struct gv_events *events = arg;

    events->stats.events++;
    events->event(events->arg, target->name, event);
}

struct gv_events *gv_events_new(struct gv_loop *loop,
                                void (*event)(void *arg, const char *target,
                                              const struct gv_event *event),
                                void *arg, uint64_t seed)
{
    struct gv_events *events = calloc(1, sizeof(*events));

    if (events == NULL)
        return NULL;
    events->loop = loop;
    events->event = event;
    events->arg = arg;
    events->seed = seed;
    events->senders.arena = gv_arena(INDEX_CEILING);
    events->senders.found_arena = gv_arena(INDEX_CEILING);
    events->senders.by_address = gv_index(&events->senders.arena, seed);
    return events;
}

/* ---- senders ---- */

/* An address as a sender's is written; NULL for a name. */
static const char *canonical(struct gv_arena *arena, const char *address)
{
    unsigned char octets[sizeof(struct in6_addr)];
    int family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
    char text[GV_SENDER_TEXT];
    struct gv_text literal = gv_text(address);

    literal = gv_text_head(literal, gv_text_index(literal, '%'));
    if (literal.n >= sizeof(text))
        return NULL;
    memcpy(text, literal.at, literal.n);
    text[literal.n] = '\0';
    if (inet_pton(family, text, octets) != 1 ||
        inet_ntop(family, octets, text, sizeof(text)) == NULL)
        return NULL;
    return gv_arena_text(arena, gv_text(text));
}

/* The first to claim an address has it. */
static bool claim(struct gv_index *index, const char *address, size_t source)
{
    size_t *number = gv_index_add(index, address, NULL);

    if (number != NULL && *number == GV_INDEX_NEW)
        *number = source;
    return number != NULL;
}

/* Its own address, or its name; and those that its messages may come from as well. */
static bool add_sender(struct senders *senders, struct gv_index *index,
                       const struct gv_target *target)
{
    const char *address = canonical(&senders->arena, target->address);
    size_t source = senders->count++;
    bool ok = true;

    senders->sources[source] = (struct source){.target = target};
    if (address != NULL) {
        ok = claim(index, address, source);
    } else {
        senders->names[senders->named_count] = target->address;
        senders->named[senders->named_count++].source = source;
    }
    for (size_t i = 0; ok && i < target->event_address_count; i++) {
        address = canonical(&senders->arena, target->event_addresses[i]);
        ok = address == NULL || claim(index, address, source);
    }
    return ok;
}

static size_t names_in(const struct gv_events_spec *spec, struct gv_arena *arena)
{
    size_t n = 0;

    for (size_t i = 0; i < spec->target_count; i++)
        n += canonical(arena, spec->targets[i]->address) == NULL;
    return n;
}

static bool senders_make(struct senders *senders, const struct gv_events_spec *spec,
                         uint64_t seed)
{
    struct gv_index index;
    size_t names;

    *senders = (struct senders){.arena = gv_arena(INDEX_CEILING),
                                .found_arena = gv_arena(INDEX_CEILING)};
    names = names_in(spec, &senders->arena);
    senders->sources =
        gv_arena_alloc(&senders->arena, (spec->target_count + 1) * sizeof(struct source));
    senders->named = gv_arena_alloc(&senders->arena, (names + 1) * sizeof(struct named));
    senders->names = gv_arena_alloc(&senders->arena, (names + 1) * sizeof(const char *));
    if (senders->sources == NULL || senders->named == NULL || senders->names == NULL)
        return false;
    index = gv_index_for(&senders->arena, seed, spec->target_count);
    for (size_t i = 0; i < spec->target_count; i++)
        if (!add_sender(senders, &index, spec->targets[i]))
            return false;
    senders->by_address = index;
    return true;
}

static void senders_clear(struct senders *senders)
{
    gv_arena_clear(&senders->arena);
    gv_arena_clear(&senders->found_arena);
}

/* Where names lead, as an index; without memory those are unknown until the next answer. */
static void index_found(struct senders *senders, uint64_t seed)
{
    struct gv_index index;

    gv_arena_clear(&senders->found_arena);
    senders->found_arena = gv_arena(INDEX_CEILING);
    index = gv_index_for(&senders->found_arena, seed, 2 * senders->named_count);
    for (size_t i = 0; i < senders->named_count; i++)
        for (size_t a = 0; a < senders->named[i].count; a++)
            if (!claim(&index, senders->named[i].found[a], senders->named[i].source))
                return;
    senders->by_found = index;
}

static void on_name(void *arg, size_t i, const char (*addresses)[GV_SENDER_TEXT], size_t count)
{
    struct gv_events *events = arg;
    struct named *named = &events->senders.named[i];

    if (named->count == count &&
        memcmp(named->found, addresses, count * sizeof(named->found[0])) == 0)
        return;
    memcpy(named->found, addresses, count * sizeof(named->found[0]));
    named->count = count;
    events->senders.by_found = (struct gv_index){.room = 0};
    index_found(&events->senders, events->seed);
}

/* ---- receivers ---- */

static bool listening(const struct listener *listener)
{
    return listener->syslog != NULL || listener->trap != NULL;
}

static unsigned port_of(const struct listener *listener)
{
    if (listener->trap != NULL)
        return gv_trap_receiver_port(listener->trap);
    return listener->syslog != NULL ? gv_syslog_receiver_port(listener->syslog) : 0;
}

static void listener_start(struct gv_events *events, struct listener *listener)
{
    const struct gv_syslog_hooks lines = {events, known, on_line};
    const struct gv_trap_hooks traps = {events, trap_sender, on_trap};
    const char *what = listener->is_trap ? "traps" : "syslog";
    char why[WHY_SIZE] = "";
    enum gv_err err;

    if (listening(listener))
        return;
    err = listener->is_trap ? gv_trap_receiver_start(events->loop, listener->address, &traps,
                                                     &listener->trap, why, sizeof(why))
                            : gv_syslog_receiver_start(events->loop, listener->address, &lines,
                                                       &listener->syslog, why, sizeof(why));
    if (err == GV_OK)
        gv_log(GV_LOG_INFO, NULL, "%s: listening on %s, port %u", what, listener->address,
               port_of(listener));
    else
        gv_log(GV_LOG_ERROR, NULL, "%s: %s: %s", what, listener->address, why);
}

/* What the receiver has counted is added to *stats. */
static void add_stats(const struct listener *listener, struct gv_events_stats *stats)
{
    if (listener->syslog != NULL)
        stats->refused += gv_syslog_receiver_stats(listener->syslog).refused;
    if (listener->trap != NULL) {
        stats->refused += gv_trap_receiver_stats(listener->trap).refused;
        stats->notifications += gv_trap_receiver_stats(listener->trap).received;
    }
}

static void listener_stop(struct gv_events *events, struct listener *listener)
{
    add_stats(listener, &events->stats);
    gv_syslog_receiver_stop(listener->syslog);
    gv_trap_receiver_stop(listener->trap);
    free(listener->address);
    *listener = (struct listener){.address = NULL};
}

/* The receiver of that address moves from the old list to the new one. */
static void listener_inherit(struct gv_events *events, struct listener *to)
{
    for (size_t i = 0; i < events->listener_count; i++) {
        struct listener *from = &events->listeners[i];

        if (!listening(from) || from->is_trap != to->is_trap ||
            strcmp(from->address, to->address) != 0)
            continue;
        to->syslog = from->syslog;
        to->trap = from->trap;
        from->syslog = NULL;
        from->trap = NULL;
        if (to->trap != NULL)
            gv_trap_receiver_forget(to->trap);
    }
}

static bool listeners_copy(struct listener *fresh, const struct gv_events_spec *spec)
{
    for (size_t i = 0; i < spec->syslog_count + spec->trap_count; i++) {
        bool is_trap = i >= spec->syslog_count;
        const char *address = is_trap ? spec->traps[i - spec->syslog_count] : spec->syslog[i];

        fresh[i] = (struct listener){.address = strdup(address), .is_trap = is_trap};
        if (fresh[i].address == NULL) {
            while (i-- > 0)
                free(fresh[i].address);
            return false;
        }
    }
    return true;
}

/* Old addresses are given up before new ones are taken: they may share a port. */
static void listeners_change(struct gv_events *events, struct listener *fresh, size_t count)
{
    for (size_t i = 0; i < count; i++)
        listener_inherit(events, &fresh[i]);
    for (size_t i = 0; i < events->listener_count; i++)
        listener_stop(events, &events->listeners[i]);
    for (size_t i = 0; i < count; i++) {
        listener_start(events, &fresh[i]);
        events->listeners[i] = fresh[i];
    }
    events->listener_count = count;
}

enum gv_err gv_events_set(struct gv_events *events, const struct gv_events_spec *spec)
{
    struct listener fresh[2 * GV_EVENTS_LISTEN_MOST];
    struct senders senders;

    if (spec->syslog_count > GV_EVENTS_LISTEN_MOST || spec->trap_count > GV_EVENTS_LISTEN_MOST)
        return GV_ERR_TOO_LARGE;
    if (!senders_make(&senders, spec, events->seed) || !listeners_copy(fresh, spec)) {
        senders_clear(&senders);
        return GV_ERR_NO_MEMORY;
    }
    gv_event_names_stop(events->names);
    senders_clear(&events->senders);
    events->senders = senders;
    events->senders.by_address.arena = &events->senders.arena;
    /* Without memory, who is known by a name is not heard until the next configuration. */
    events->names =
        gv_event_names_start(events->loop, senders.names, senders.named_count, on_name, events);
    listeners_change(events, fresh, spec->syslog_count + spec->trap_count);
    return GV_OK;
}

void gv_events_free(struct gv_events *events)
{
    if (events == NULL)
        return;
    for (size_t i = 0; i < events->listener_count; i++)
        listener_stop(events, &events->listeners[i]);
    gv_event_names_stop(events->names);
    senders_clear(&events->senders);
    free(events);
}

bool gv_events_sends(const struct gv_events *events, const char *target)
{
    for (size_t i = 0; i < events->senders.count; i++)
        if (strcmp(events->senders.sources[i].target->name, target) == 0)
            return events->senders.sources[i].sends;
    return false;
}

struct gv_events_stats gv_events_stats(const struct gv_events *events)
{
    struct gv_events_stats stats = events->stats;

    for (size_t i = 0; i < events->listener_count; i++)
        add_stats(&events->listeners[i], &stats);
    return stats;
}

unsigned gv_events_port(const struct gv_events *events, size_t i)
{
    return i < events->listener_count ? port_of(&events->listeners[i]) : 0;
}
