/* SPDX-License-Identifier: Apache-2.0 */
/* Impairment: what happens to one datagram, or to one block of a stream, on a
 * bad line. Pure and seeded: the same seed gives the same fates for ever.
 *
 * Every fate takes the same number of draws whatever the rates, so raising one
 * rate never changes which datagrams another one hits. */
#ifndef LAB_IMPAIR_H
#define LAB_IMPAIR_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"

enum { LAB_IMPAIR_ALWAYS = 1000000, LAB_IMPAIR_BLOCK = 1024 };

/* One direction of one line. Rates are parts per million; 0 throughout is a
 * perfect line. */
struct lab_impair {
    uint32_t drop_ppm;      /* UDP: lost. TCP: the connection is reset at once */
    uint32_t duplicate_ppm; /* UDP: sent twice */
    uint32_t reorder_ppm;   /* UDP: sent after the next datagram */
    uint32_t corrupt_ppm;   /* one bit flipped in a datagram, or in a block of a stream */
    uint32_t truncate_ppm;  /* UDP: the end is missing */
    uint32_t spoof_ppm;     /* UDP, back: a forged copy from another source goes ahead */
    uint32_t delay_ms;      /* fixed */
    uint32_t jitter_ms;     /* and up to this much more */
    uint32_t drip_ms;       /* TCP: one octet each so many milliseconds; 0 is off */
    uint32_t cut_octets;    /* TCP: closed after so many octets; 0 is off */
};

/* Both directions of the way to one server. */
struct lab_line {
    bool bad; /* else a perfect line, and no proxy is needed */
    struct lab_impair toward, back;
};

/* Read one setting: `key` is "drop", "duplicate", "reorder", "corrupt",
 * "truncate" or "spoof" (a rate from 0 to 1, "0.25"), "delay", "jitter", "drip"
 * (milliseconds) or "cut" (octets). GV_ERR_NOT_FOUND for another key,
 * GV_ERR_RANGE for a value that is none. */
enum gv_err lab_impair_read(struct gv_text key, struct gv_text value,
                            struct lab_impair *out) GV_MUST_CHECK;

/* A source of chance. */
struct lab_dice {
    uint64_t state;
};

/* The dice of stream number `stream` under `seed`; other streams are independent. */
struct lab_dice lab_dice(uint64_t seed, uint64_t stream);

/* The next draw: 64 even bits. */
uint64_t lab_dice_next(struct lab_dice *dice);

/* What becomes of one datagram of n octets (or of a block of a stream). */
struct lab_fate {
    bool drop, duplicate, reorder, corrupt, spoof;
    bool spoof_address;                /* forged from another address; else from another port */
    size_t keep;                       /* octets left of n */
    size_t corrupt_bit;                /* which bit is flipped, below 8 * keep */
    struct gv_dur delay, second_delay; /* of the datagram and of its duplicate */
};

/* Draw the fate of the next n octets. */
struct lab_fate lab_impair_next(const struct lab_impair *impair, struct lab_dice *dice,
                                size_t n);

#endif
