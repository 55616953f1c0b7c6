/* SPDX-License-Identifier: Apache-2.0 */
#include "stage_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events/syslog.h"
#include "restconf/driver.h"
#include "ssh/driver.h"

enum { MILLION = 1000000, DEADLINE_S = 30, SNMP_TIMEOUT_S = 2, SNMP_RETRIES = 2 };

struct stage *stage_now;

static const struct gv_snmp_credential community = {.version = GV_SNMP_V2C};
static const struct gv_ssh_credential login = {.user = "monitor"};
static const struct gv_restconf_credential web = {.user = "monitor"};

static const struct gv_poller_transport transports[] = {
    {&gv_snmp_collector, gv_target_by_snmp, NULL},
    {&gv_ssh_collector, gv_target_by_ssh, gv_ssh_session_connected},
    {&gv_restconf_collector, gv_target_by_restconf, gv_restconf_session_connected},
};

enum { TRANSPORTS = sizeof(transports) / sizeof(transports[0]) };

struct gv_time stage_loop_time(const struct stage *stage, struct gv_time fleet_time)
{
    int64_t millionths = fleet_time.ms * (MILLION + stage->settings.drift_ppm);
    /* Rounded up: when it has come, so has the fleet's. */
    int64_t ms = millionths / MILLION + (millionths % MILLION > 0);

    return gv_time_add(stage->begun, (struct gv_dur){ms});
}

struct gv_time stage_fleet_now(struct stage *stage)
{
    int64_t ours_ms = gv_time_diff(gv_loop_now(stage->loop), stage->begun).ms;
    struct gv_time now = {ours_ms * MILLION / (MILLION + stage->settings.drift_ppm)};
    bool lived = false;

    while (!gv_time_before(now, lab_fleet_next(stage->fleet))) {
        lab_fleet_advance(stage->fleet, lab_fleet_next(stage->fleet));
        if (stage->lived != NULL)
            stage->lived(stage->lived_arg);
        lived = true;
    }
    lab_fleet_advance(stage->fleet, now);
    if (lived)
        stage_probe_lived(stage);
    return stage->fleet->now;
}

struct lab_device *stage_device(struct lab_fleet *fleet, const char *name)
{
    for (size_t i = 0; i < fleet->device_count; i++)
        if (strcmp(fleet->devices[i].name, name) == 0)
            return &fleet->devices[i];
    return NULL;
}

bool stage_loses(struct stage *stage, const struct lab_device *device)
{
    bool lost = lab_dice_next(&stage->dice) % MILLION < stage->settings.loss_ppm;

    return lost || stage->blind || lab_device_silent(device, stage_fleet_now(stage));
}

/* --- syslog --- */

/* A router sends what it logs, once; the way is that of a datagram. */
static void logged(void *arg, struct gv_time at, const struct lab_device *device,
                   const char *line)
{
    struct stage *stage = arg;
    struct gv_syslog told;
    char text[512];

    if (stage->store == NULL || stage->blind || lab_device_silent(device, at) ||
        lab_dice_next(&stage->dice) % MILLION < stage->settings.loss_ppm)
        return;
    (void)snprintf(text, sizeof(text), "<189>7: %s: *Nov 25 10:00:00.123: %s", device->hostname,
                   line);
    if (gv_syslog_read(gv_text(text), &told) != GV_OK)
        return;
    told.event.has |= GV_EVENT_HAS_AT;
    told.event.at = gv_loop_now(stage->loop);
    gv_store_event(stage->store, device->name, &told.event);
}

/* --- history --- */

enum { HISTORY_DAYS = 90, HISTORY_SIZE = 64 << 20 };

static const int64_t unix_begun_ms = INT64_C(1762000000000);

static int64_t unix_ms(void *arg)
{
    const struct stage *stage = arg;

    return gv_loop_now(stage->loop).ms + unix_begun_ms;
}

static bool begin_history(struct stage *stage)
{
    char path[64];
    struct gv_history_settings settings = {path, HISTORY_DAYS, HISTORY_SIZE};

    if (!stage->settings.history)
        return true;
    (void)snprintf(path, sizeof(path), "%s/history.db", stage->directory);
    stage->history = gv_history_new(stage->loop, stage->store, &settings,
                                    &(struct gv_history_clock){unix_ms, stage, "boot"});
    return stage->history != NULL && gv_history_stats(stage->history).success;
}

static bool keeps(const struct stage *stage)
{
    return stage->settings.history || (stage->settings.ways & STAGE_PROBE);
}

static bool open_directory(struct stage *stage)
{
    /* In memory: nothing here is about the disk. */
    (void)snprintf(stage->directory, sizeof(stage->directory), "/dev/shm/gv-stage-XXXXXX");
    return !keeps(stage) || mkdtemp(stage->directory) != NULL;
}

static void close_directory(const struct stage *stage)
{
    static const char *const names[] = {"history.db", "history.db-wal", "history.db-shm",
                                        "probes"};
    char path[64];

    if (!keeps(stage))
        return;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", stage->directory, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(stage->directory);
}

/* --- the exporter --- */

static struct gv_target target_of(const struct stage *stage, const struct lab_device *device)
{
    bool snmp = device->snmp.on && (stage->settings.ways & STAGE_SNMP);
    bool ssh = device->ssh.on && (stage->settings.ways & STAGE_SSH);
    bool restconf = device->restconf.on && device->os == LAB_IOS_XE &&
                    (stage->settings.ways & STAGE_RESTCONF);

    return (struct gv_target){
        .name = device->name,
        .address = device->address,
        .snmp = snmp ? &community : NULL,
        .ssh = ssh ? &login : NULL,
        .restconf = restconf ? &web : NULL,
        .snmp_timeout = gv_secs(SNMP_TIMEOUT_S),
        .snmp_retries = SNMP_RETRIES,
        .ssh_timeout = gv_secs(DEADLINE_S),
        .restconf_timeout = gv_secs(DEADLINE_S),
        .deadline = gv_secs(DEADLINE_S),
        .ssh_keep = stage->settings.keep,
    };
}

static bool begin_exporter(struct stage *stage)
{
    const struct stage_settings *s = &stage->settings;
    size_t count = stage->target_count;
    struct gv_store_policy policy = {.stale_after = gv_secs(s->stale_after_s)};
    struct gv_poller_policy budgets = {
        .budgets = {{1000, 0}, {1000, 6000}, {1000, 6000}},
        .backoff_most = gv_secs(2 * (int64_t)s->interval_s),
    };
    const struct gv_target **list = calloc(count + 1, sizeof(struct gv_target *));
    struct gv_poll_target *polls = calloc(count + 1, sizeof(*polls));
    bool ok = list != NULL && polls != NULL;

    for (size_t i = 0; ok && i < count; i++) {
        list[i] = &stage->targets[i];
        polls[i] = (struct gv_poll_target){list[i], gv_secs(s->interval_s)};
    }
    stage->store = gv_store_new(&policy);
    if (stage->store != NULL)
        stage->poller = gv_poller_new(stage->loop, stage->store, transports, TRANSPORTS,
                                      &budgets, lab_dice_next(&stage->dice));
    ok = ok && stage->store != NULL && stage->poller != NULL &&
         gv_store_set_targets(stage->store, list, count, &policy) == GV_OK &&
         gv_poller_set_targets(stage->poller, polls, count) == GV_OK && begin_history(stage) &&
         stage_probe_begin(stage);
    free(list);
    free(polls);
    return ok;
}

static void end_exporter(struct stage *stage)
{
    if (stage->poller != NULL)
        stage->polls += gv_poller_stats(stage->poller).polls;
    gv_poller_free(stage->poller);
    stage_probe_end(stage);
    gv_history_free(stage->history);
    gv_store_free(stage->store);
    stage->history = NULL;
    stage->poller = NULL;
    stage->store = NULL;
}

bool stage_restart(struct stage *stage)
{
    end_exporter(stage);
    return begin_exporter(stage);
}

uint64_t stage_polls(const struct stage *stage)
{
    return stage->polls + gv_poller_stats(stage->poller).polls;
}

bool stage_open(struct stage *stage, struct lab_fleet *fleet,
                const struct stage_settings *settings)
{
    *stage = (struct stage){.fleet = fleet, .settings = *settings, .loop = gv_loop_new()};
    stage_now = stage;
    if (stage->loop == NULL || !lab_view_init(&stage->view))
        return false;
    stage->begun = gv_loop_now(stage->loop);
    stage->dice = lab_dice(settings->seed, 0);
    stage->targets = calloc(fleet->device_count + 1, sizeof(*stage->targets));
    if (stage->targets == NULL || !open_directory(stage))
        return false;
    for (size_t i = 0; i < fleet->device_count; i++) {
        struct gv_target target = target_of(stage, &fleet->devices[i]);

        if (target.snmp != NULL || target.ssh != NULL || target.restconf != NULL ||
            (settings->ways & STAGE_SYSLOG) ||
            ((settings->ways & STAGE_PROBE) && fleet->devices[i].server_count > 0))
            stage->targets[stage->target_count++] = target;
    }
    if (settings->ways & STAGE_SYSLOG) {
        fleet->log = logged;
        fleet->log_arg = stage;
    }
    return stage_probe_open(stage) && begin_exporter(stage);
}

void stage_close(struct stage *stage)
{
    end_exporter(stage);
    stage_probe_close(stage);
    close_directory(stage);
    free(stage->targets);
    lab_view_clear(&stage->view);
    gv_loop_free(stage->loop);
    stage_now = NULL;
}

void stage_run_to(struct stage *stage, struct gv_time fleet_time, bool asleep)
{
    struct gv_dur span =
        gv_time_diff(stage_loop_time(stage, fleet_time), gv_loop_now(stage->loop));

    if (span.ms <= 0)
        return;
    if (asleep)
        gv_virtual_sleep(stage->loop, span);
    else
        gv_virtual_advance(stage->loop, span);
    (void)stage_fleet_now(stage);
}
