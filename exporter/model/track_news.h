/* SPDX-License-Identifier: Apache-2.0 */
/* News: what one feed changed in a track, as the history tells it.
 *
 * Pure. */
#ifndef GV_MODEL_TRACK_NEWS_H
#define GV_MODEL_TRACK_NEWS_H

#include "model/track.h"

/* How a KEK's life ended. Names appear in the history: append only. */
enum gv_kek_end {
    GV_KEK_LIVES,
    GV_KEK_REKEYED,  /* by a rekey that was judged */
    GV_KEK_REPLACED, /* another one is in use, and nobody was judged for it */
    GV_KEK_REBOOTED, /* the device lost it */
    GV_KEK_EXPIRED,  /* without a successor: the missed rekey */
    GV_KEK_END_COUNT
};

/* "rekeyed", ...; NULL for GV_KEK_LIVES. */
const char *gv_kek_end_name(enum gv_kek_end end);

struct gv_track_news {
    enum gv_kek_end ended;  /* the KEK of `before` */
    bool began;             /* `after` has a KEK that `before` had not */
    bool grew;              /* the same KEK, of which more is known */
    bool rekeyed;           /* a rekey was judged: verdict and lead are those of `after` */
    bool missed;            /* the KEK of `after` ended without a successor */
    uint32_t registrations; /* how many more succeeded */
    uint64_t doubles;       /* double registrations more */
    bool role;              /* of the KS: another one, or the first */
    bool evidence;          /* another proof of the behaviour */
    bool any;               /* one of these, or anything else that no later poll tells anew */
};

struct gv_track_news gv_track_news(const struct gv_track *before, const struct gv_track *after);

#endif
