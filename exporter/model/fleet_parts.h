/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that build a snapshot, in the order in which they run: devices, the
 * join of their groups, then each group. Only for fleet*.c. */
#ifndef GV_MODEL_FLEET_PARTS_H
#define GV_MODEL_FLEET_PARTS_H

#include "model/fleet.h"
#include "model/index.h"
#include "model/version.h"

/* One device in one group, beside the row of the snapshot that it fills. */
struct fleet_member {
    struct fleet_member *next; /* in the group */
    size_t group;              /* its number, where both name and id are told */
    const struct gv_fleet_device *device;
    const struct gv_group_obs *obs;
    const struct gv_group_track *learnt; /* NULL: nothing yet */
    struct gv_device_verdict *verdict;
    struct gv_membership *row;
};

/* A probe of a group, whose key server is at an address. */
struct fleet_probe {
    struct fleet_probe *next; /* in the group */
    const struct gv_probe_verdict *verdict;
    const char *address;
};

struct fleet_group {
    const char *name, *id, *label;
    struct fleet_member *members, *last;
    struct fleet_probe *probes;
    bool ks_known; /* one of its KSs is polled, even if it is silent now */
};

/* A key server that was ever polled, in one of its groups. */
struct fleet_server {
    const struct gv_fleet_device *device;
    const struct gv_track *track;
    const struct fleet_server *next; /* of the same group */
};

/* Who may lead a group, as its polled key servers tell. */
struct fleet_lead {
    const struct fleet_server *servers;
    size_t count, primaries, untold;    /* of them, by role */
    const struct fleet_server *primary; /* one of them; NULL */
};

/* What was concluded from a device's version strings. */
struct fleet_os {
    const struct gv_device_obs *device; /* NULL: nothing yet */
    struct gv_version_verdict verdict;
};

struct fleet {
    const struct gv_fleet_in *in;
    struct gv_snapshot *out;
    struct gv_arena scratch; /* what only the building needs */
    struct gv_buf text;      /* for sentences */
    bool failed;             /* out of memory: give up */
    struct fleet_member *members;
    size_t member_count;
    struct fleet_group *groups; /* in the order of first sight */
    size_t group_count, last_exact;
    struct fleet_os os;                         /* of the device before */
    const char *said[GV_EVIDENCE_SOURCE_COUNT]; /* the last sentence of each source */
    struct fleet_lead *leads;
    size_t lead_count;
    struct gv_index by_lead; /* name, or id, of a group -> number of its lead */
    struct gv_index
        pairs; /* (name, address) of a KS -> first device whose events prove it old */
    struct gv_index by_pair;    /* (name, id) of a group -> its number */
    struct gv_index by_address; /* (label, address) -> member of that group */
    struct gv_index by_target;  /* every known address of a target */
};

/* Zeroed memory in the snapshot, or in the scratch; NULL sets failed. */
void *fleet_alloc(struct fleet *fleet, size_t count, size_t size);
void *fleet_scratch(struct fleet *fleet, size_t count, size_t size);

/* The same text, or both NULL. */
bool fleet_equal(const char *a, const char *b);

/* A copy in the snapshot; NULL stays NULL. */
const char *fleet_text(struct fleet *fleet, const char *s);

/* A copy of fleet->text in the snapshot; never NULL. */
const char *fleet_sentence(struct fleet *fleet);

/* fleet_device.c: everything about one device that needs no other: its row, its
 * memberships, its behaviour. `members` receives one entry per membership. */
void fleet_device(struct fleet *fleet, const struct gv_fleet_device *device,
                  struct gv_device_verdict *out, struct fleet_member *members);

/* fleet_probe.c: the rows of the probes; before the devices, which ask for them: the first
 * probe that proves something of the key server with that label. NULL where none does. */
void fleet_probes(struct fleet *fleet);
const struct gv_probe_verdict *fleet_probe_of(const struct fleet *fleet, const char *ks);

/* fleet_lead.c: who leads which group; first of all. NULL where no key server of the group was
 * ever polled. */
void fleet_leads(struct fleet *fleet);

/* What this key server proves if it leads holds for it: its role is told, or whoever else may
 * lead is known to behave otherwise, or has the same software. */
bool fleet_own_proof(struct fleet *fleet, const struct gv_fleet_device *device,
                     const struct gv_group_track *learnt);

/* Whose doing it is that this member, which registered with the key server at that address, got
 * no new KEK in time at `at`: a device's, or one's at an address that is not polled. Both NULL
 * where that cannot be told. */
struct fleet_blame {
    const struct gv_fleet_device *device;
    const char *address;
};
struct fleet_blame fleet_blame(struct fleet *fleet, const struct gv_group_track *gm,
                               const char *ks, struct gv_when at);

/* fleet_heard.c: what was heard, indexed; before the devices. Whose doing it is what the events
 * of this member prove; both NULL where they prove nothing. Then whether events prove a GM new,
 * the key server of that name or at that address (NULL: none), or that device, old; and whether
 * it said itself that a GM is newer: with the sentence in fleet->text. */
enum fleet_pair { FLEET_NO_PAIR, FLEET_PAIR_LIKELY, FLEET_PAIR_CERTAIN };
void fleet_heard(struct fleet *fleet);
struct fleet_blame fleet_heard_blame(struct fleet *fleet, const struct gv_group_track *gm);
enum fleet_pair fleet_heard_gm(struct fleet *fleet, const struct gv_fleet_device *device);
enum fleet_pair fleet_heard_of(struct fleet *fleet, const char *name, const char *address);
enum fleet_pair fleet_heard_ks(struct fleet *fleet, const struct gv_fleet_device *device);
bool fleet_heard_newer_gm(struct fleet *fleet, const struct gv_fleet_device *device);

/* fleet_evidence.c: old or new, as KS or as GM, with all evidence; and the GDOI
 * version of that role, as the first group tells it, else the box. */
struct gv_behaviour_verdict fleet_behaviour(struct fleet *fleet,
                                            const struct gv_fleet_device *device, bool ks);
const char *fleet_gdoi_version(const struct gv_observation *obs, bool ks);

/* What the versions of a key server say of it, as last seen. */
enum gv_behaviour fleet_version_says(struct fleet *fleet, const struct gv_fleet_device *device);

/* A key server that tells nothing itself, by its label and its address: what a probe saw of it,
 * what its members' events say, and what the registrations prove that a polled GM counts (NULL:
 * none): that it is old, where there were two around the end of a KEK, and no rekey came in
 * time since. */
struct gv_behaviour_verdict fleet_silent_behaviour(struct fleet *fleet, const char *ks,
                                                   const char *address,
                                                   const struct fleet_member *gm);

/* The key server `ks` lists that polled GM with a GDOI version: evidence, where
 * the GM itself told nothing that decides. */
void fleet_listed(struct fleet *fleet, const struct fleet_member *gm, const char *ks,
                  const char *version);

/* How many groups of the device are followed. */
size_t fleet_groups_of(const struct gv_fleet_device *device);

/* fleet_join.c: which memberships are one group, and the groups' labels. */
void fleet_join(struct fleet *fleet);

/* fleet_group.c: everything about one group. */
void fleet_group(struct fleet *fleet, struct fleet_group *group, struct gv_group_verdict *out);

/* The polled device at that address in the group of that label; NULL. */
const struct fleet_member *fleet_at(const struct fleet *fleet, const char *label,
                                    const char *address);

#endif
