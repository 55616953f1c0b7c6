/* SPDX-License-Identifier: Apache-2.0 */
/* Truth: what really happened in the simulated fleet, kept beside it, to hold the
 * exporter's claims against. Looks at the fleet only, never at the product. */
#ifndef TRUTH_H
#define TRUTH_H

#include "fleet.h"

/* Verdicts on a rekey, by the table of rekey-behaviour, chapter 1; a set of bits, because
 * near a bound two are right. */
enum truth_verdict {
    TRUTH_EARLY = 1,
    TRUTH_ON_TIME = 2,
    TRUTH_LATE = 4,
    TRUTH_TOO_LATE = 8,
    TRUTH_AFTER_EXPIRY = 16,
    TRUTH_VERDICTS = 5
};

/* One key server in one group. */
struct truth_ks {
    const struct lab_ks *ks;
    uint8_t spi[LAB_KEK_SPI_LEN]; /* of its newest KEK */
    bool has_kek, expired;        /* expired: noted as missed */
    struct gv_time expiry;
    uint32_t boots;
    enum lab_behaviour behaviour, behaviour_before;
    struct gv_time behaviour_since;
    int64_t least_s, most_s;           /* the formula's lead, over the life of that KEK */
    uint64_t rekeys;                   /* of the KEK, as the primary */
    uint64_t verdicts[TRUTH_VERDICTS]; /* of them, those that may be called so */
    uint64_t missed;                   /* KEKs that ended without a successor */
    int64_t lead_ms;                   /* of the last one */
    struct gv_time rekeyed_at;
    struct gv_time in_use_expiry; /* of the KEK in use */
    struct gv_time changed_at;    /* a KEK came, or came into use, or its end was moved */
};

/* One member in one group. */
struct truth_gm {
    const struct lab_gm *gm;
    uint32_t registrations, attempts, boots;
    uint8_t spi[LAB_KEK_SPI_LEN];
    bool had_kek, first_done; /* it came back with the same KEK in the window */
    struct gv_time expiry;    /* of that KEK */
    uint64_t doubles;
    struct gv_time changed_at; /* as above */
    struct gv_time astray;     /* last instant at which no KS's KEK was its own */
    struct gv_time unhelped;   /* last instant without a registration */
    enum lab_behaviour behaviour, behaviour_before;
    struct gv_time behaviour_since;
};

struct truth_group {
    const struct lab_group *group;
    struct gv_time two_keks; /* last instant with two KEKs among its living KSs */
    struct gv_time two_primaries, no_primary;
};

struct truth {
    const struct lab_fleet *fleet;
    struct truth_ks *servers;
    struct truth_gm *members;
    struct truth_group *groups;
    size_t server_count, member_count, group_count;
};

/* False without memory. */
bool truth_open(struct truth *truth, const struct lab_fleet *fleet);
void truth_close(struct truth *truth);

/* The fleet has lived on by one event, or was changed. */
void truth_look(struct truth *truth);

/* NULL where there is none. Of a device `group` may be NULL: in any group. */
const struct truth_ks *truth_ks_of(const struct truth *truth, const char *device,
                                   const char *group);
const struct truth_gm *truth_gm_of(const struct truth *truth, const char *device,
                                   const char *group);
const struct truth_group *truth_group_of(const struct truth *truth, const char *group);

/* New members of the group, simulated or not, at this instant. */
size_t truth_new_members(const struct lab_group *group);

#endif
