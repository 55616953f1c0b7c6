/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter's probes on the stage: the product's own driver and clients, the lab's key
 * servers, which follow the fleet, and between them sock_virtual.c. One probe of each key
 * server's first group, which it knows by its number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gdoi/endpoint.h"
#include "gdoi_follow.h"
#include "probes/probes.h"
#include "sock_virtual.h"
#include "stage_parts.h"

enum { MILLION = 1000000, INTERVAL_S = 3600, STEP_S = 30, GROUP_TEXT = 16, MOST = 16 };

static const char suite_name[] = "aes128-sha256-ecp256", key[] = "a-key-of-the-stage-alone";

struct server {
    struct lab_gdoi_follow follow;
    struct gdoi_endpoint at;
    size_t number; /* in sock_virtual.c */
    char group[GROUP_TEXT];
    struct gv_probe_spec spec;
};

struct stage_probes {
    struct stage *stage;
    struct gv_secret *psk;
    struct gdoi_suite suite;
    struct gdoi_signer *signer;
    struct gv_probes *probes; /* NULL: the exporter is down */
    struct gv_timer *timer;
    struct server servers[MOST];
    size_t count;
};

static struct gv_dur fate(void *arg, const struct net_datagram *d)
{
    struct stage_probes *p = arg;
    const struct lab_device *device = p->servers[d->server].follow.device;

    return (struct gv_dur){
        stage_loses(p->stage, device) ? -1 : (int64_t)p->stage->settings.delay_ms};
}

static void woken(void *arg)
{
    struct stage_probes *p = arg;

    p->timer = NULL;
    (void)stage_fleet_now(p->stage);
    stage_probe_lived(p->stage);
}

/* What befell the fleet is told at its instant, not when somebody looks. */
void stage_probe_lived(struct stage *stage)
{
    struct stage_probes *p = stage->probes;
    struct gv_time next = lab_fleet_next(stage->fleet);

    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++) {
        lab_gdoi_follow(&p->servers[i].follow, stage->fleet->now);
        net_stir(p->servers[i].number);
    }
    gv_timer_stop(p->timer);
    p->timer = NULL;
    if (next.ms != LAB_NEVER.ms)
        p->timer = gv_timer_start(
            stage->loop, gv_time_diff(stage_loop_time(stage, next), gv_loop_now(stage->loop)),
            woken, p);
}

static bool add_server(struct stage_probes *p, struct lab_device *device)
{
    struct server *s = &p->servers[p->count];
    struct lab_gdoi_config config = {.suites = &p->suite,
                                     .suite_count = 1,
                                     .psk = p->psk,
                                     .identity = {.type = GDOI_ID_IPV4, .n = 4}};

    if (p->count == MOST || !gdoi_endpoint_read(device->address, 848, &s->at))
        return false;
    memcpy(config.identity.octets, s->at.address, 4);
    config.local = s->at;
    if (!lab_gdoi_follow_start(&s->follow, &config, device, p->signer, p->stage->fleet->now))
        return false;
    (void)snprintf(s->group, sizeof(s->group), "%u", (unsigned)device->servers[0].group->id);
    s->spec = (struct gv_probe_spec){
        .name = device->name,
        .ks = device->name,
        .group = s->group,
        .interval = gv_secs(INTERVAL_S),
        .psk = p->psk,
        .client = {.suites = &p->suite,
                   .suite_count = 1,
                   .psk = p->psk,
                   .group = lab_gdoi_policy(device->servers[0].group->id, p->signer).group,
                   .local = {4, {127, 7, 0, 1}, 0},
                   .remote = s->at,
                   .step_timeout = gv_secs(STEP_S)}};
    p->count++;
    s->number = net_attach(s->follow.server, &s->at);
    return true;
}

bool stage_probe_open(struct stage *stage)
{
    struct stage_probes *p;

    if (!(stage->settings.ways & STAGE_PROBE))
        return true;
    p = stage->probes = calloc(1, sizeof(*p));
    if (p == NULL)
        return false;
    p->stage = stage;
    p->psk = gv_secret_new(key, sizeof(key) - 1);
    p->signer = gdoi_signer_new("P-256", 256, 65537);
    if (p->psk == NULL || p->signer == NULL || !gdoi_suite_read(gv_text(suite_name), &p->suite))
        return false;
    net_begin(stage->loop, fate, p);
    net_clock(gv_time_diff((struct gv_time){0}, stage->begun));
    for (size_t i = 0; i < stage->fleet->device_count; i++)
        if (stage->fleet->devices[i].server_count > 0 &&
            !add_server(p, &stage->fleet->devices[i]))
            return false;
    stage_probe_lived(stage);
    return true;
}

static void changed(void *arg)
{
    struct stage_probes *p = arg;

    if (p->probes != NULL)
        gv_store_probes(p->stage->store, gv_probes_seen(p->probes), gv_probes_count(p->probes));
}

bool stage_probe_begin(struct stage *stage)
{
    struct stage_probes *p = stage->probes;
    struct gv_probe_spec specs[MOST];

    if (p == NULL)
        return true;
    p->probes = gv_probes_new(stage->loop, stage->directory,
                              &(struct gv_probes_owner){changed, NULL, p});
    for (size_t i = 0; i < p->count; i++)
        specs[i] = p->servers[i].spec;
    if (p->probes == NULL || gv_probes_set(p->probes, specs, p->count) != GV_OK)
        return false;
    changed(p);
    return true;
}

/* As kill -9 does: it writes nothing in the end. */
void stage_probe_end(struct stage *stage)
{
    if (stage->probes == NULL)
        return;
    gv_probes_free(stage->probes->probes);
    stage->probes->probes = NULL;
}

void stage_probe_close(struct stage *stage)
{
    struct stage_probes *p = stage->probes;

    if (p == NULL)
        return;
    gv_virtual_advance(stage->loop, gv_secs(0)); /* work that is out comes back */
    gv_timer_stop(p->timer);
    net_end();
    for (size_t i = 0; i < p->count; i++)
        lab_gdoi_follow_stop(&p->servers[i].follow);
    gdoi_signer_free(p->signer);
    gv_secret_free(p->psk);
    free(p);
    stage->probes = NULL;
}
