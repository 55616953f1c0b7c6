/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet that exists only in tests: devices by number ("d7"), two collectors
 * whose polls take as long and end as the device's script says, a store that
 * counts. Links against any loop; meant for the virtual one. */
#ifndef FAKE_FLEET_H
#define FAKE_FLEET_H

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "poller/poller.h"

enum { FLEET_MOST = 10000, FAKE_SNMP = 0, FAKE_SSH = 1, FAKE_KINDS = 2, STARTS_KEPT = 16 };
enum { SECONDS_KEPT = 24 * 3600 };

/* What a device does, and what was done to it. */
struct fake_device {
    int latency_ms;
    enum gv_err err;
    bool hangs, disconnects; /* never ends; the session does not stay */
    unsigned running;        /* polls under way: never more than one */
    unsigned starts[FAKE_KINDS], feeds, cancels, opens;
    struct gv_time started[STARTS_KEPT]; /* the first starts */
    enum gv_err fed;
};

struct gv_session {
    struct gv_loop *loop;
    struct fake_device *device;
    struct gv_timer *timer;
    gv_poll_done *done;
    void *arg;
    struct gv_transcript *transcript;
    int kind;
    bool busy, connected;
};

static struct fake_device fleet[FLEET_MOST];
static unsigned starts_in[SECONDS_KEPT], logins_in[SECONDS_KEPT];
static unsigned overlaps, in_flight[FAKE_KINDS], in_flight_most[FAKE_KINDS], sessions_open;
static struct gv_time fleet_born;

static struct fake_device *device_of(const char *name)
{
    uint32_t n = 0;

    if (name[0] != 'd' || !gv_text_u32(gv_text(name + 1), &n) || n >= FLEET_MOST)
        abort();
    return &fleet[n];
}

static void fake_end(struct gv_session *s, enum gv_err err)
{
    struct gv_poll_result result = {.err = err, .duration = {s->device->latency_ms}};

    if (s->transcript != NULL)
        gv_transcript_add(s->transcript, "question", gv_text("answer"));
    s->busy = false;
    s->device->running--;
    in_flight[s->kind]--;
    s->connected = err == GV_OK && !s->device->disconnects;
    if (err == GV_OK)
        result.observation = gv_observation_new(gv_loop_now(s->loop));
    s->done(s->arg, &result);
}

static void fake_due(void *arg)
{
    struct gv_session *s = arg;

    s->timer = NULL;
    fake_end(s, s->device->err);
}

static size_t second_of(struct gv_loop *loop)
{
    return (size_t)(gv_time_diff(gv_loop_now(loop), fleet_born).ms / 1000) % SECONDS_KEPT;
}

static void fake_start(struct gv_session *s, gv_poll_done *done, void *arg)
{
    struct fake_device *device = s->device;
    unsigned start = device->starts[FAKE_SNMP] + device->starts[FAKE_SSH];

    if (s->busy || device->running > 0)
        overlaps++;
    if (start < STARTS_KEPT)
        device->started[start] = gv_loop_now(s->loop);
    device->starts[s->kind]++;
    starts_in[second_of(s->loop)]++;
    if (s->kind == FAKE_SSH && !s->connected)
        logins_in[second_of(s->loop)]++;
    device->running++;
    if (++in_flight[s->kind] > in_flight_most[s->kind])
        in_flight_most[s->kind] = in_flight[s->kind];
    s->busy = true;
    s->done = done;
    s->arg = arg;
    if (!device->hangs)
        s->timer = gv_timer_start(s->loop, (struct gv_dur){device->latency_ms}, fake_due, s);
}

static void fake_cancel(struct gv_session *s)
{
    if (!s->busy)
        return;
    gv_timer_stop(s->timer);
    s->timer = NULL;
    s->device->cancels++;
    fake_end(s, GV_ERR_CANCELLED);
}

static struct gv_session *fake_open(struct gv_loop *loop, const struct gv_target *target,
                                    int kind)
{
    struct gv_session *s = calloc(1, sizeof(*s));

    if (s == NULL)
        abort();
    *s = (struct gv_session){.loop = loop, .device = device_of(target->name), .kind = kind};
    s->device->opens++;
    sessions_open++;
    return s;
}

static struct gv_session *fake_open_snmp(struct gv_loop *loop, const struct gv_target *target)
{
    return fake_open(loop, target, FAKE_SNMP);
}

static struct gv_session *fake_open_ssh(struct gv_loop *loop, const struct gv_target *target)
{
    return fake_open(loop, target, FAKE_SSH);
}

static void fake_close(struct gv_session *s)
{
    if (s == NULL)
        return;
    fake_cancel(s);
    sessions_open--;
    free(s);
}

static bool fake_connected(const struct gv_session *s)
{
    return s->connected;
}

static void fake_record(struct gv_session *s, struct gv_transcript *transcript)
{
    s->transcript = transcript;
}

static const struct gv_collector fake_snmp = {"snmp",      fake_open_snmp, fake_start,
                                              fake_cancel, fake_close,     fake_record};
static const struct gv_collector fake_ssh = {"ssh",       fake_open_ssh, fake_start,
                                             fake_cancel, fake_close,    fake_record};
static const struct gv_poller_transport fake_transports[] = {
    {&fake_snmp, gv_target_by_snmp, NULL},
    {&fake_ssh, gv_target_by_ssh, fake_connected},
};

/* The store's two functions that the poller calls. */
static struct gv_time store_busy_until;

struct gv_time gv_store_busy_until(const struct gv_store *store, const char *ks,
                                   const char **why)
{
    (void)store;
    (void)ks;
    *why = "";
    return store_busy_until;
}

void gv_store_feed(struct gv_store *store, const char *target, const char *collector,
                   struct gv_poll_result *result, struct gv_time now)
{
    (void)store;
    (void)collector;
    (void)now;
    device_of(target)->feeds++;
    device_of(target)->fed = result->err;
    gv_observation_free(result->observation);
    result->observation = NULL;
}

/* A configuration of `count` targets d<first>.. with these collectors. */
struct fake_config {
    struct gv_target targets[FLEET_MOST];
    struct gv_poll_target polls[FLEET_MOST];
    char names[FLEET_MOST][8];
};

static const struct gv_snmp_credential fake_community = {.version = GV_SNMP_V2C};
static const struct gv_ssh_credential fake_login = {.user = "monitor"};

static void fake_configure(struct fake_config *config, size_t at, unsigned device, bool snmp,
                           bool ssh, int64_t interval_s)
{
    (void)snprintf(config->names[at], sizeof(config->names[at]), "d%u", device % FLEET_MOST);
    config->targets[at] = (struct gv_target){
        .name = config->names[at],
        .address = "192.0.2.1",
        .snmp = snmp ? &fake_community : NULL,
        .ssh = ssh ? &fake_login : NULL,
        .deadline = gv_secs(30),
    };
    config->polls[at] = (struct gv_poll_target){&config->targets[at], gv_secs(interval_s)};
}

static void fake_reset(struct gv_loop *loop)
{
    memset(fleet, 0, sizeof(fleet));
    memset(starts_in, 0, sizeof(starts_in));
    memset(logins_in, 0, sizeof(logins_in));
    memset(in_flight_most, 0, sizeof(in_flight_most));
    overlaps = 0;
    fleet_born = gv_loop_now(loop);
    for (size_t i = 0; i < FLEET_MOST; i++)
        fleet[i].latency_ms = 100;
}

static void fake_stop(void *arg)
{
    gv_loop_stop(arg);
}

/* Let so much time pass. */
static void fake_run(struct gv_loop *loop, int64_t ms)
{
    (void)gv_timer_start(loop, (struct gv_dur){ms}, fake_stop, loop);
    gv_loop_run(loop);
}

/* The most, and the sum, of a second's count from second `from` on. */
static inline unsigned most_of(const unsigned *seconds, size_t from, size_t count)
{
    unsigned most = 0;

    for (size_t i = from; i < from + count; i++)
        if (seconds[i] > most)
            most = seconds[i];
    return most;
}

static inline unsigned sum_of(const unsigned *seconds, size_t from, size_t count)
{
    unsigned sum = 0;

    for (size_t i = from; i < from + count; i++)
        sum += seconds[i];
    return sum;
}

#endif
