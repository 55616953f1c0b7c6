/* SPDX-License-Identifier: Apache-2.0 */
#include "http/accept.h"

enum { Q_ONE = 1000, Q_DIGITS = 3, SECONDS_MOST = 86400 };

/* Ranges that speak of an offer; a version, where one is said, must be ours. */
static const struct {
    enum gv_accept_header header;
    const char *range, *version;
    enum gv_accept_offer offer;
    unsigned specific;
} ranges[] = {
    {GV_ACCEPT, "application/openmetrics-text", "1.0.0", GV_OFFER_OPENMETRICS, 3},
    {GV_ACCEPT, "text/plain", "0.0.4", GV_OFFER_TEXT, 3},
    {GV_ACCEPT, "text/*", NULL, GV_OFFER_TEXT, 2},
    {GV_ACCEPT, "*/*", NULL, GV_OFFER_TEXT, 1},
    {GV_ACCEPT_ENCODING, "gzip", NULL, GV_OFFER_GZIP, 2},
    {GV_ACCEPT_ENCODING, "x-gzip", NULL, GV_OFFER_GZIP, 2},
    {GV_ACCEPT_ENCODING, "*", NULL, GV_OFFER_GZIP, 1},
};

/* One part of the list. */
struct part {
    struct gv_text range, version;
    bool versioned;
    unsigned q;
};

/* Cut the next piece up to `separator` off *rest, trimmed. False at the end. */
static bool cut(struct gv_text *rest, char separator, struct gv_text *piece)
{
    size_t n = gv_text_index(*rest, separator);

    if (rest->n == 0)
        return false;
    *piece = gv_text_trim(gv_text_head(*rest, n));
    *rest = gv_text_from(*rest, n + 1);
    return true;
}

/* "12" or "12.5": whole part and thousandths. */
static bool read_thousandths(struct gv_text t, uint32_t most, uint32_t *out)
{
    size_t dot = gv_text_index(t, '.');
    struct gv_text digits = gv_text_from(t, dot + 1);
    struct gv_text fraction = gv_text_head(digits, Q_DIGITS);
    uint32_t whole, part = 0;
    uint64_t all;

    if (!gv_text_u32(gv_text_head(t, dot), &whole) || whole > most)
        return false;
    if (digits.n > 0 && (!gv_text_u64(digits, &all) || !gv_text_u32(fraction, &part)))
        return false;
    for (size_t i = fraction.n; i < Q_DIGITS; i++)
        part *= 10;
    *out = whole * Q_ONE + part;
    return true;
}

/* q=0.75, version=1.0.0, or something that does not matter. */
static bool read_part_param(struct gv_text param, struct part *part)
{
    size_t equals = gv_text_index(param, '=');
    struct gv_text name = gv_text_trim(gv_text_head(param, equals));
    struct gv_text value = gv_text_trim(gv_text_from(param, equals + 1));

    if (gv_text_is_nocase(name, "version")) {
        part->version = value;
        part->versioned = true;
    }
    if (!gv_text_is_nocase(name, "q"))
        return true;
    return read_thousandths(value, 1, &part->q) && part->q <= Q_ONE;
}

static bool read_part(struct gv_text text, struct part *part)
{
    struct gv_text param;

    *part = (struct part){.q = Q_ONE};
    if (!cut(&text, ';', &part->range))
        return false;
    while (cut(&text, ';', &param))
        if (!read_part_param(param, part))
            return false;
    return true;
}

/* The most specific range decides, and of two equal ones the kinder. */
static void take(struct gv_accept *accept, enum gv_accept_header header,
                 const struct part *part)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        unsigned *said_by = &accept->offers[ranges[i].offer].said_by;
        unsigned *q = &accept->offers[ranges[i].offer].q;

        if (ranges[i].header != header || !gv_text_is_nocase(part->range, ranges[i].range))
            continue;
        if (ranges[i].version != NULL && part->versioned &&
            !gv_text_is(part->version, ranges[i].version))
            continue;
        if (ranges[i].specific > *said_by || (ranges[i].specific == *said_by && part->q > *q)) {
            *said_by = ranges[i].specific;
            *q = part->q;
        }
    }
}

void gv_accept_feed(struct gv_accept *accept, enum gv_accept_header header,
                    struct gv_text value)
{
    struct gv_text text;

    while (cut(&value, ',', &text)) {
        struct part part;

        if (read_part(text, &part))
            take(accept, header, &part);
    }
}

enum gv_exposition gv_accept_exposition(const struct gv_accept *accept)
{
    unsigned openmetrics_q = accept->offers[GV_OFFER_OPENMETRICS].q;

    return openmetrics_q > 0 && openmetrics_q >= accept->offers[GV_OFFER_TEXT].q
               ? GV_OPENMETRICS
               : GV_PROMETHEUS_TEXT;
}

bool gv_accept_gzip(const struct gv_accept *accept)
{
    return accept->offers[GV_OFFER_GZIP].q > 0;
}

bool gv_accept_seconds(struct gv_text value, struct gv_dur *out)
{
    uint32_t ms;

    if (!read_thousandths(gv_text_trim(value), SECONDS_MOST, &ms))
        return false;
    *out = (struct gv_dur){ms};
    return true;
}
