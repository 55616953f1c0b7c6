/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the engine: what its machines (ks.c, coop.c, gm.c) ask of each other. */
#ifndef LAB_MACHINE_H
#define LAB_MACHINE_H

#include "engine.h"

enum { LAB_LINE_SIZE = 256 };

/* An address in host order as text, for a line of the log. */
struct lab_dotted {
    char text[16];
};
struct lab_dotted lab_dotted(uint32_t address);

/* 0..n, both included. */
uint32_t lab_random(struct lab_fleet *fleet, uint32_t n);
void lab_random_octets(struct lab_fleet *fleet, uint8_t *out, size_t n);

static inline struct gv_time lab_earlier(struct gv_time a, struct gv_time b)
{
    return gv_time_before(b, a) ? b : a;
}
static inline struct gv_time lab_after_s(struct gv_time t, int64_t s)
{
    return gv_time_add(t, gv_secs(s));
}

/* Keep a line of that box for `show logging`; and forget them all: after a reboot. */
void lab_log_keep(struct lab_fleet *fleet, uint32_t number, const char *line);
void lab_log_clear(struct lab_device *device);

/* --- one key server (ks.c) --- */

/* First keys of the group, with the lifetimes left that it says; or fresh ones. */
void lab_ks_first_keys(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now,
                       bool fresh);
/* Set the rekey instants anew, after keys, role or members changed. */
void lab_ks_schedule(struct lab_ks *ks);
struct gv_time lab_ks_due(const struct lab_ks *ks);
void lab_ks_run(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now);
/* Rekey the KEK now, for whatever reason; nothing without keys. */
void lab_ks_rekey(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now);
/* Send `ks`'s newest KEK and TEK to its members, encrypted under the KEK `under`. */
void lab_ks_push(struct lab_fleet *fleet, struct lab_ks *ks, const struct lab_kek *under,
                 bool with_kek, struct gv_time now);
/* The member of that address; made where there is none and `make`. NULL otherwise. */
struct lab_member *lab_ks_member(struct lab_ks *ks, uint32_t address, bool make);

/* --- cooperation of the key servers of a group (coop.c) --- */

/* Announcements pass between the two at `now`. */
bool lab_coop_linked(const struct lab_ks *a, const struct lab_ks *b, struct gv_time now);
/* The group's key servers are cut off from each other at `now`. */
bool lab_coop_split(const struct lab_group *group, struct gv_time now);
/* Take over keys and sequence number of `from`. */
void lab_coop_sync(const struct lab_ks *from, struct lab_ks *to);
/* Hand the keys to every linked peer: after each rekey. */
void lab_coop_share(struct lab_ks *ks, struct gv_time now);
struct gv_time lab_coop_due(const struct lab_ks *ks);
void lab_coop_run(struct lab_fleet *fleet, struct lab_ks *ks, struct gv_time now);

/* --- one group member (gm.c) --- */

/* Hold the KS's keys as one that has been a member since the KEK was made. */
void lab_gm_begin(struct lab_fleet *fleet, struct lab_gm *gm, struct lab_ks *ks,
                  struct gv_time now);
/* Forget all and register soon: after a reboot. */
void lab_gm_restart(struct lab_fleet *fleet, struct lab_gm *gm, struct gv_time now);
struct gv_time lab_gm_due(const struct lab_gm *gm);
void lab_gm_run(struct lab_fleet *fleet, struct lab_gm *gm, struct gv_time now);
/* A rekey arrives. False where it cannot be taken: there is no acknowledgement then. */
bool lab_gm_rekey(struct lab_fleet *fleet, struct lab_gm *gm, const struct lab_ks *ks,
                  const struct lab_kek *under, bool with_kek, struct gv_time now);

#endif
