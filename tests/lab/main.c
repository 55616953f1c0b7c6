/* SPDX-License-Identifier: Apache-2.0 */
/* getvpn_lab: a simulated fleet behind real protocols. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engine.h"
#include "exporter_config.h"
#include "face.h"
#include "options.h"
#include "scenario.h"
#include "syslog_out.h"
#include "trap_out.h"

static const struct lab_face_kind *const faces[] = {
    &lab_snmp_face,
    &lab_ssh_face,
    &lab_restconf_face,
    &lab_gdoi_face,
};
enum { KINDS = sizeof(faces) / sizeof(faces[0]) };

struct lab {
    struct lab_options options;
    struct lab_fleet fleet;
    struct lab_world world;
    FILE *syslog;
    struct lab_syslog_out *syslog_out;
    struct lab_trap_out *trap_out;
    struct lab_stand *started; /* KINDS for each device */
    struct gv_timer *event, *end;
};

static void log_line(void *arg, struct gv_time at, const struct lab_device *device,
                     const char *line)
{
    const struct lab *lab = arg;

    if (!lab->options.quiet)
        fprintf(stderr, "%8.3f %s %s\n", (double)at.ms / 1000, device->name, line);
    if (lab->syslog != NULL)
        fprintf(lab->syslog, "%s: *%" PRId64 ".%03d: %s\n", device->hostname, at.ms / 1000,
                (int)(at.ms % 1000), line);
    if (lab->syslog_out != NULL && !lab_device_silent(device, at))
        lab_syslog_out_send(lab->syslog_out, device, line);
    if (lab->trap_out != NULL && !lab_device_silent(device, at))
        lab_trap_out_send(lab->trap_out, device, at, line);
}

static void stop(void *arg)
{
    struct lab *lab = arg;

    lab->end = NULL;
    gv_loop_stop(lab->world.loop);
}

static void caught(void *arg)
{
    struct lab *lab = arg;

    gv_loop_stop(lab->world.loop);
}

/* The fleet lives on where nobody asks: its next event wakes us, at least each second. */
static void event_due(void *arg)
{
    struct lab *lab = arg;
    struct gv_time now = lab_world_now(&lab->world), next = lab_fleet_next(&lab->fleet);
    struct gv_dur wait = gv_secs(1);

    if (next.ms != LAB_NEVER.ms && gv_time_diff(next, now).ms < wait.ms * lab->fleet.speed)
        wait = lab_world_wall(&lab->world, gv_time_diff(next, now));
    wait.ms = wait.ms < 1 ? 1 : wait.ms;
    if (lab->syslog != NULL)
        fflush(lab->syslog);
    lab->event = gv_timer_start(lab->world.loop, wait, event_due, lab);
}

static void place_ports(struct lab *lab)
{
    for (size_t i = 0; i < lab->fleet.device_count; i++) {
        struct lab_device *device = &lab->fleet.devices[i];
        uint32_t snmp = device->snmp.port + lab->options.port_offset;
        uint32_t ssh = device->ssh.port + lab->options.port_offset;
        uint32_t restconf = device->restconf.port + lab->options.port_offset;
        uint32_t gdoi = device->gdoi.port + lab->options.port_offset;
        bool any = lab->options.any_port;
        device->snmp.port = any || device->snmp.port == 0 ? 0 : (uint16_t)snmp;
        device->ssh.port = any || device->ssh.port == 0 ? 0 : (uint16_t)ssh;
        device->restconf.port = any || device->restconf.port == 0 ? 0 : (uint16_t)restconf;
        device->gdoi.port = any || device->gdoi.port == 0 ? 0 : (uint16_t)gdoi;
    }
}

/* A descriptor a device and face, and some for ourselves. */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool start_faces(struct lab *lab, size_t count[KINDS])
{
    char error[LAB_ERROR_SIZE] = "";

    lab->started = calloc(lab->fleet.device_count * KINDS, sizeof(*lab->started));
    if (lab->started == NULL)
        return false;
    for (size_t i = 0; i < lab->fleet.device_count; i++)
        for (size_t k = 0; k < KINDS; k++) {
            struct lab_device *device = &lab->fleet.devices[i];
            if (!faces[k]->wanted(device))
                continue;
            if (!lab_stand_start(&lab->started[i * KINDS + k], faces[k], &lab->world, device,
                                 error)) {
                fprintf(stderr, "getvpn_lab: %s face of %s: %s\n", faces[k]->name, device->name,
                        error);
                return false;
            }
            count[k]++;
        }
    for (size_t k = 0; k < KINDS; k++)
        if (faces[k]->announce != NULL)
            faces[k]->announce(&lab->world);
    return true;
}

static void stop_faces(struct lab *lab)
{
    for (size_t i = 0; lab->started != NULL && i < lab->fleet.device_count; i++)
        for (size_t k = 0; k < KINDS; k++)
            lab_stand_stop(&lab->started[i * KINDS + k]);
    free(lab->started);
}

static bool write_config(struct lab *lab)
{
    const char *path = lab->options.exporter_config;

    if (path == NULL ||
        lab_exporter_config_write(&lab->fleet, path, lab->world.state_dir,
                                  lab->options.syslog_to, lab->options.traps_to))
        return true;
    fprintf(stderr, "getvpn_lab: %s: %s\n", path, strerror(errno));
    return false;
}

static void say_ready(const struct lab *lab, const size_t count[KINDS])
{
    printf("ready: %zu devices in %zu groups", lab->fleet.device_count, lab->fleet.group_count);
    for (size_t k = 0; k < KINDS; k++)
        printf(", %zu by %s", count[k], faces[k]->name);
    printf("\n");
    fflush(stdout);
}

static bool run(struct lab *lab)
{
    size_t count[KINDS] = {0};

    lab->world.loop = gv_loop_new();
    if (lab->world.loop == NULL ||
        gv_loop_signal(lab->world.loop, SIGINT, caught, lab) != GV_OK ||
        gv_loop_signal(lab->world.loop, SIGTERM, caught, lab) != GV_OK)
        return false;
    lab->world.started = gv_loop_now(lab->world.loop);
    if (!start_faces(lab, count) || !write_config(lab))
        return false;
    lab->fleet.clock_s = time(NULL);
    lab->world.started = gv_loop_now(lab->world.loop); /* the fleet's 0 is the readiness */
    if (lab->options.duration_s > 0)
        lab->end = gv_timer_start(lab->world.loop, gv_secs(lab->options.duration_s), stop, lab);
    lab->event = gv_timer_start(lab->world.loop, gv_secs(0), event_due, lab);
    say_ready(lab, count);
    gv_loop_run(lab->world.loop);
    return true;
}

static bool open_senders(struct lab *lab)
{
    const char *syslog = lab->options.syslog_to, *traps = lab->options.traps_to;

    if (syslog != NULL)
        lab->syslog_out = lab_syslog_out_open(syslog, lab->fleet.device_count);
    if (traps != NULL)
        lab->trap_out = lab_trap_out_open(traps, lab->fleet.device_count);
    if (syslog != NULL && lab->syslog_out == NULL)
        fprintf(stderr, "getvpn_lab: --syslog-to %s: expected ADDRESS:PORT\n", syslog);
    if (traps != NULL && lab->trap_out == NULL)
        fprintf(stderr, "getvpn_lab: --traps-to %s: expected ADDRESS:PORT\n", traps);
    return (syslog == NULL || lab->syslog_out != NULL) &&
           (traps == NULL || lab->trap_out != NULL);
}

static bool prepare(struct lab *lab)
{
    char error[LAB_SCENARIO_ERROR_SIZE];
    uint64_t seed;

    if (lab_scenario_read(lab->options.scenario, &lab->fleet, &seed, error) != GV_OK) {
        fprintf(stderr, "getvpn_lab: %s\n", error);
        return false;
    }
    lab->fleet.log = log_line;
    lab->fleet.log_arg = lab;
    lab->fleet.keeps_logs = true;
    lab->world.fleet = &lab->fleet;
    place_ports(lab);
    if (lab->options.syslog != NULL) {
        lab->syslog = fopen(lab->options.syslog, "a");
        if (lab->syslog == NULL) {
            fprintf(stderr, "getvpn_lab: %s: %s\n", lab->options.syslog, strerror(errno));
            return false;
        }
    }
    return open_senders(lab) &&
           lab_fleet_start(&lab->fleet, lab->options.has_seed ? lab->options.seed : seed);
}

/* The state directory: the option, or the directory of the exporter's configuration. */
static char *state_dir(const struct lab_options *options)
{
    const char *slash =
        options->exporter_config != NULL ? strrchr(options->exporter_config, '/') : NULL;

    if (options->state_dir != NULL)
        return strdup(options->state_dir);
    if (slash == NULL)
        return strdup(".");
    return strndup(options->exporter_config, (size_t)(slash - options->exporter_config));
}

static void end(struct lab *lab)
{
    stop_faces(lab);
    gv_timer_stop(lab->event);
    gv_timer_stop(lab->end);
    if (lab->world.loop != NULL)
        gv_loop_free(lab->world.loop);
    if (lab->syslog != NULL)
        fclose(lab->syslog);
    lab_syslog_out_close(lab->syslog_out);
    lab_trap_out_close(lab->trap_out);
    lab_fleet_clear(&lab->fleet);
}

int main(int argc, char **argv)
{
    struct lab lab = {.syslog = NULL};
    char *state;
    bool ok;

    if (!lab_options_read(argc, argv, &lab.options))
        return 1;
    if (lab.options.help) {
        lab_options_help();
        return 0;
    }
    raise_descriptors();
    state = state_dir(&lab.options);
    lab.world.state_dir = state;
    lab.world.record_dir = lab.options.record_dir;
    lab.world.host_key = lab.options.host_key;
    ok = prepare(&lab);
    if (ok && lab.options.print_config)
        lab_exporter_config_print(&lab.fleet, stdout, state, lab.options.syslog_to,
                                  lab.options.traps_to);
    else
        ok = ok && run(&lab);
    end(&lab);
    free(state);
    return ok ? 0 : 1;
}
