/* SPDX-License-Identifier: Apache-2.0 */
/* RESTCONF answers of IOS-XE (RFC 8040, RFC 7951) into an observation.
 *
 * Pure but for jansson: no clock, no I/O. What is asked for is a table of lists, what is
 * read of them are tables of leaves. Source: the project's notes on restconf-yang, and
 * Cisco-IOS-XE-crypto-oper, -crypto and -device-hardware-oper of 17.5 and later. */
#ifndef GV_RESTCONF_CODEC_H
#define GV_RESTCONF_CODEC_H

#include "observation.h"

/* Ceilings of one answer. A key server with 4,000 members sends about 2 MB and 50,000
 * values; jansson takes some 60 octets for a value, so the count bounds its memory. */
enum { GV_RESTCONF_OCTETS = 8 << 20, GV_RESTCONF_VALUES = 200000, GV_RESTCONF_DEPTH = 16 };

/* The device's own time, as it told it at the instant `at`. */
struct gv_restconf_clock {
    bool known;
    int64_t unix_ms;
    struct gv_time at;
};

struct gv_restconf_list {
    const char *name; /* "gdoi-ks-rekey": for people, and the answer's only member */
    const char *path; /* below /restconf/data/ */
};

enum { GV_RESTCONF_LISTS = 11 };
extern const struct gv_restconf_list gv_restconf_lists[GV_RESTCONF_LISTS];

/* Is list number `i` worth a request, after those before it have been read into `obs`? The
 * parts of a key server are asked of one that has such a group, those of a member likewise;
 * the configuration only where no operational list told the retransmissions. */
bool gv_restconf_wanted(size_t i, const struct gv_observation *obs);

/* Read the answer to list number `i` into `obs`, whose seen_at is the answer's arrival.
 * `clock`: what is known of the device's time, learnt from the answer where it tells it;
 * without it no birth time counts. GV_OK; GV_ERR_NO_DATA: an empty list; GV_ERR_MALFORMED:
 * no JSON, or not this list; GV_ERR_TOO_LARGE: a ceiling, what was read stays. A leaf that
 * is missing, null, of another type or out of range is absent. */
enum gv_err gv_restconf_read(size_t i, struct gv_text json, struct gv_restconf_clock *clock,
                             struct gv_observation *obs) GV_MUST_CHECK;

/* The first error of an `ietf-restconf:errors` document, "tag: message", as at most
 * size - 1 printable characters in `out`; empty where the text is no such document. */
void gv_restconf_error(struct gv_text json, char *out, size_t size);

/* A date-and-time (RFC 6991), "2026-01-31T23:59:59.5+01:00", as Unix time. False where it
 * is none, or before 1990: a clock that was never set. */
bool gv_restconf_date(struct gv_text text, int64_t *unix_ms);

#endif
