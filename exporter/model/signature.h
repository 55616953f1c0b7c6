/* SPDX-License-Identifier: Apache-2.0 */
/* Signature: what the events of one GM in one group say about its rekeys: two registrations
 * around one expiry (an old KS with a new GM), or a rekey that did not arrive.
 *
 * SNMP tells of registrations alone. Two anew, 40 to 270 s apart, the first of them complete
 * and no rekey in between, are its form of the pair: weaker, since the expiry is not seen.
 *
 * Pure. Source: the notes on syslog, "The double-registration signature"; rekey-behaviour,
 * chapter 2. Events come in order; where they carry instants, instants decide, else their
 * order alone. Told twice is not counted twice. A signature begins zeroed. */
#ifndef GV_MODEL_SIGNATURE_H
#define GV_MODEL_SIGNATURE_H

#include "events/event.h"
#include "model/when.h"

/* Seconds added to both windows: stamps of a second, the length of a registration. */
enum { GV_SIGNATURE_SLACK_S = 10 };

enum gv_finding_kind {
    GV_FINDING_NONE,
    GV_FINDING_DOUBLE, /* proves an old KS and a new GM */
    GV_FINDING_MISSED, /* a rekey did not arrive: lost, or the KS is out of reach */
};

struct gv_finding {
    enum gv_finding_kind kind;
    struct gv_when at;                     /* missed: of the expiry, else of the registration */
    struct gv_when first, expired, second; /* double: both begin there */
    bool inferred; /* double: by notifications, so `expired` is only a bound: `second` */
};

struct gv_signature {
    char ks[GV_EVENT_ADDRESS], gm[GV_EVENT_ADDRESS]; /* as last told; empty: never */

    /* The last registration. */
    struct {
        bool begun, again; /* again: the GM said that it registers anew */
        bool done;
        bool notified;  /* told by SNMP: then no expiry is, nor that there was none */
        bool rekeyed;   /* a rekey came since */
        bool alone;     /* nothing explains it yet but a lost rekey */
        bool other_kek; /* it brought another KEK than the one before */
        struct gv_when begun_at, done_at;
    } registration;

    /* The last KEK that expired, until the GM registers again. */
    struct {
        bool pending, with_registration; /* that is, with the same KEK, and complete */
        struct gv_when at, first;
        bool told; /* ever: this GM tells of its expiries */
    } expiry;

    bool rekey_missed; /* the GM said so, and has not registered again since */
    struct gv_when rekey_missed_at;
    bool kek_known;
    uint8_t kek_spi[GV_KEK_SPI_LEN];
    uint64_t doubles, missed; /* findings so far */
    struct gv_finding last_double;
    struct gv_dur cycle; /* from the pair before it; 0: the first */
};

/* Learn from one more event of this GM and group. At most one finding comes of it; one that
 * waits is taken first with gv_signature_due. */
struct gv_finding gv_signature_feed(struct gv_signature *signature,
                                    const struct gv_event *event);

/* The finding that time alone brings: a registration that no expiry followed. `now` unknown:
 * the events have ended. */
struct gv_finding gv_signature_due(struct gv_signature *signature, struct gv_when now);

#endif
