/* SPDX-License-Identifier: Apache-2.0 */
/* Stage: a simulated fleet and the real exporter core on one virtual clock.
 *
 * The exporter's side is the product's own: the drivers of the collectors, their codecs,
 * poller, store, model, history. Only what touches a network is replaced, at link time: the
 * loop (loop_virtual.c), the SNMP wire (stage_wire.c), the SSH link (stage_link.c), the HTTP
 * client (stage_http.c). The fleet is the lab's (tests/lab): its engine, its agents' tables,
 * its command line, its RESTCONF answers. */
#ifndef STAGE_H
#define STAGE_H

#include "engine.h"
#include "history/history.h"
#include "impair.h"
#include "poller/poller.h"
#include "snmp_view.h"
#include "store/store.h"
#include "virtual.h"

/* Which way the exporter looks at a device. */
enum stage_ways {
    STAGE_SNMP = 1,
    STAGE_SSH = 2,
    STAGE_RESTCONF = 4,
    STAGE_SYSLOG = 8,
    STAGE_PROBE = 16
};

/* What the exporter is told to do. */
struct stage_settings {
    unsigned ways; /* enum stage_ways */
    uint32_t interval_s, stale_after_s;
    uint32_t loss_ppm; /* of a packet between exporter and device, each way */
    uint32_t delay_ms; /* one way */
    int32_t drift_ppm; /* our clock runs so much fast */
    uint64_t seed;
    bool keep;    /* SSH sessions stay between polls */
    bool history; /* in SQLite; else a new exporter knows nothing */
};

struct stage {
    struct lab_fleet *fleet;
    struct stage_settings settings;
    struct gv_loop *loop;
    struct gv_time begun; /* of the loop, at the fleet's instant 0 */
    bool blind;           /* no packet passes between exporter and fleet */
    struct lab_dice dice;
    struct lab_view view;
    struct gv_store *store;
    struct gv_history *history;  /* NULL: none */
    char directory[32];          /* of its file, and that of the probes */
    struct stage_probes *probes; /* NULL: none */
    struct gv_poller *poller;
    struct gv_target *targets;
    size_t target_count;
    int next_fd;
    uint64_t polls; /* of exporters that were restarted */
    /* The fleet has lived on by one event. */
    void (*lived)(void *arg);
    void *lived_arg;
};

/* One stage at a time in a process: the replaced drivers find it here. */
extern struct stage *stage_now;

/* The fleet is started (lab_fleet_start) and outlives the stage. False without memory. */
bool stage_open(struct stage *stage, struct lab_fleet *fleet,
                const struct stage_settings *settings);
void stage_close(struct stage *stage);

/* Bring the fleet up to the loop's present instant. */
struct gv_time stage_fleet_now(struct stage *stage);

/* That instant of the fleet's clock on the loop's clock. */
struct gv_time stage_loop_time(const struct stage *stage, struct gv_time fleet_time);

/* Let time pass until that instant of the fleet's clock. `asleep`: our host is suspended. */
void stage_run_to(struct stage *stage, struct gv_time fleet_time, bool asleep);

/* The exporter ends, and a new one begins. False without memory. */
bool stage_restart(struct stage *stage);

/* Polls ended so far. */
uint64_t stage_polls(const struct stage *stage);

/* The device of that name; NULL. */
struct lab_device *stage_device(struct lab_fleet *fleet, const char *name);

/* Does this packet get lost, or its receiver not hear it? */
bool stage_loses(struct stage *stage, const struct lab_device *device);

#endif
