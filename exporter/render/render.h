/* SPDX-License-Identifier: Apache-2.0 */
/* Render: a snapshot as octets, for the instant `now`. Pure: decides nothing. */
#ifndef GV_RENDER_H
#define GV_RENDER_H

#include "base/buf.h"
#include "model/snapshot.h"

/* What the exporter says of itself. */
struct gv_self {
    const char *version;
    bool reload_successful;
    uint64_t polls;
    unsigned polls_in_flight;
    struct gv_dur queue_delay;
    uint64_t http_requests, http_refused;
};

struct gv_render_in {
    const struct gv_snapshot *snapshot;
    const struct gv_self *self; /* NULL: only the fleet */
    const char *device;         /* NULL: every device; else only this one (for /probe) */
    struct gv_time now;         /* the scrape's instant: remaining times are true for it */
    int64_t wall_offset_ms;     /* Unix time in ms minus gv_time.ms, as of now */
};

enum gv_exposition { GV_PROMETHEUS_TEXT, GV_OPENMETRICS };

/* Append every metric of contract.md that the snapshot can feed. */
void gv_render_metrics(enum gv_exposition format, const struct gv_render_in *in,
                       struct gv_buf *out);

/* The JSON documents of the API, pretty or not; GV_ERR_NOT_FOUND for an unknown
 * device or group. The layouts are documented in render/README.md. */
enum gv_err gv_render_fleet_json(const struct gv_render_in *in, struct gv_buf *out) GV_MUST_CHECK;
enum gv_err gv_render_group_json(const struct gv_render_in *in, const char *group,
                                 struct gv_buf *out) GV_MUST_CHECK;
enum gv_err gv_render_device_json(const struct gv_render_in *in, const char *device,
                                  struct gv_buf *out) GV_MUST_CHECK;
enum gv_err gv_render_rekeys_json(const struct gv_render_in *in, struct gv_buf *out) GV_MUST_CHECK;

/* An observation as in contract.md, "Observation (JSON)". */
enum gv_err gv_render_observation_json(const struct gv_observation *obs, struct gv_buf *out)
    GV_MUST_CHECK;

#endif
