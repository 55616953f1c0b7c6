/* SPDX-License-Identifier: Apache-2.0 */
/* Content negotiation: what the client would rather have.
 *
 * Pure. Source: RFC 9110, 12.4.2 (q), 12.5.1 (Accept), 12.5.3 (Accept-Encoding);
 * OpenMetrics 1.0, "Protocol Negotiation". */
#ifndef GV_HTTP_ACCEPT_H
#define GV_HTTP_ACCEPT_H

#include "base/text.h"
#include "base/time.h"
#include "render/render.h"

enum gv_accept_header { GV_ACCEPT, GV_ACCEPT_ENCODING };

enum gv_accept_offer { GV_OFFER_OPENMETRICS, GV_OFFER_TEXT, GV_OFFER_GZIP, GV_OFFER_COUNT };

/* What was said of each offer; all zero before the first header. */
struct gv_accept {
    struct {
        unsigned said_by; /* how specific the range was that said it; 0: nothing said */
        unsigned q;       /* thousandths */
    } offers[GV_OFFER_COUNT];
};

/* Take one header field into account. A part that breaks the grammar says nothing. */
void gv_accept_feed(struct gv_accept *accept, enum gv_accept_header header,
                    struct gv_text value);

/* OpenMetrics where it is asked for by name and not less than plain text;
 * plain text for everybody else. */
enum gv_exposition gv_accept_exposition(const struct gv_accept *accept);

/* Gzip is welcome: named, or meant by '*', and not with q=0. */
bool gv_accept_gzip(const struct gv_accept *accept);

/* Read seconds with or without a fraction, "10" or "9.5": the value of
 * X-Prometheus-Scrape-Timeout-Seconds. At most a day; false and *out untouched
 * for anything else. */
bool gv_accept_seconds(struct gv_text value, struct gv_dur *out);

#endif
