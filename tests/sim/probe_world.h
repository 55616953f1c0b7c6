/* SPDX-License-Identifier: Apache-2.0 */
/* An exporter's probes, key servers of the lab, the way between them, and what befalls all
 * three. */
#ifndef PROBE_WORLD_H
#define PROBE_WORLD_H

#include "gdoi/endpoint.h"
#include "probe_watch.h"
#include "probes/probes.h"

enum { WORLD_SERVERS_MOST = 48, WORLD_PROBES_MOST = 48 };

struct world_server {
    struct lab_gdoi *lab;
    struct lab_gdoi_group *group;
    struct gdoi_endpoint at;
    struct gdoi_suite suite;
    bool old;
    bool silent; /* nothing of it arrives anywhere */
};

struct world {
    struct gv_loop *loop;
    struct watch watch;
    uint64_t seed, draws;
    uint32_t lost_per_mille; /* of all datagrams */
    uint32_t slowest_ms;     /* that one takes */
    bool deaf;               /* no rekey arrives */
    bool forge;              /* somebody answers message 1 with a refusal, ahead of all */
    unsigned forged;
    struct gv_secret *psk;
    struct gdoi_suite suite;
    struct gdoi_signer *signer;
    char directory[64];
    struct gv_time begun;
    struct world_server servers[WORLD_SERVERS_MOST];
    size_t server_count;
    struct gv_probe_spec specs[WORLD_PROBES_MOST];
    char names[WORLD_PROBES_MOST][16];
    char ks[WORLD_PROBES_MOST][GDOI_ENDPOINT_TEXT];
    size_t set;                /* how many of the specs are configured */
    struct gv_probes *probes;  /* NULL: the process is down */
    struct gv_time busy_until; /* what the store would say of every key server */
};

/* A world without key servers; a path from and to them takes up to so long. */
struct world *world_new(uint64_t seed, uint32_t slowest_ms);
void world_free(struct world *w);
/* Of all worlds so far that are over. */
unsigned world_breaches(void);

/* One new key server and one probe of it, an hour apart, started. */
struct world *world_usual(uint64_t seed);

/* The lab's own policy for that group. */
struct lab_gdoi_policy world_policy(const struct world *w, uint32_t group);
/* One more key server, with that group. */
void world_server(struct world *w, const struct lab_gdoi_policy *policy);
/* One more probe, of that key server. */
void world_probe(struct world *w, size_t server, struct gv_dur interval);

/* Start the exporter; end it, as kill -9 does. */
void world_start(struct world *w);
void world_kill(struct world *w);
/* A reload: the first `count` probes. */
void world_set(struct world *w, size_t count);
void world_run(struct world *w, struct gv_dur span);
/* The key server takes no proposal of ours. */
void world_refuse(struct world *w, size_t server, bool refuse);
/* The directory of the state is gone, or back. */
void world_state_away(struct world *w, bool away);

const struct gv_probe_seen *world_seen(const struct world *w, size_t probe);
enum gv_behaviour world_behaviour(const struct world *w, size_t probe);

/* The wall clock of the process steps. */
void world_step_clock(struct world *w, int64_t seconds);
/* A line about the whole run, for whoever reads the test's output. */
void world_note(const struct world *w);

/* A number below `limit`, the next of this seed. */
uint64_t world_draw(struct world *w, uint64_t limit);

/* Some key servers and probes for so long: silence, refusals, restarts on both sides, losses,
 * reloads, a stepped clock. What is concluded for certain is checked each minute. */
void world_live(uint64_t seed, int64_t seconds);

#endif
