/* SPDX-License-Identifier: Apache-2.0 */
/* Render: a snapshot as octets, for the instant `now`. Pure: decides nothing. */
#ifndef GV_RENDER_H
#define GV_RENDER_H

#include "base/buf.h"
#include "model/rekey_record.h"
#include "model/snapshot.h"

/* What the exporter says of itself. */
struct gv_self {
    const char *version;
    bool reload_successful;
    uint64_t polls;
    unsigned polls_in_flight;
    struct gv_dur queue_delay;
    uint64_t http_requests, http_refused;
    uint64_t http_unauthorized, http_password_checks, http_failed_handshakes;
    bool has_web; /* there is a web configuration: */
    bool web_successful;
    int64_t certificate_end_s; /* Unix time; 0: no certificate */
    /* Messages of known senders, and of them events; of others; more than we take. */
    uint64_t syslog_messages, notifications, events, unknown_senders, events_refused;
    uint64_t groups_dropped; /* beyond the store's ceiling for one device */
    bool has_history;        /* one is configured: */
    bool history_success;    /* the last batch was written */
    uint64_t history_records, history_dropped, history_set_aside, history_bytes;
    /* The process, read by the caller (process.h); all 0 where it could not be. */
    uint64_t resident_bytes, cpu_ms, open_fds;
    int64_t started_unix_ms;
};

struct gv_render_in {
    const struct gv_snapshot *snapshot;
    const struct gv_self *self; /* NULL: only the fleet */
    const char *device;         /* NULL: every device; else only this one (for /probe) */
    bool unanswered;            /* /probe: `device` did not answer in time. Then getvpn_up is 0
                                 * and nothing older is shown in place of an answer */
    const struct gv_rekey_record *const *past; /* rekeys of the history, the oldest first */
    size_t past_count;
    struct gv_time now;     /* the scrape's instant: remaining times are true for it */
    int64_t wall_offset_ms; /* Unix time in ms minus gv_time.ms, as of now */
};

enum gv_exposition { GV_PROMETHEUS_TEXT, GV_OPENMETRICS };

/* Append every metric of contract.md that the snapshot can feed. What is not
 * known has no series, and a family without series no header. */
void gv_render_metrics(enum gv_exposition format, const struct gv_render_in *in,
                       struct gv_buf *out);

/* The first fault of the table of metrics (a name twice, a reserved suffix, a
 * unit that the name does not end with), NULL where there is none. The name of
 * the metric concerned is stored in *name. For the start of the program and for
 * tests. */
const char *gv_metrics_fault(const char **name);

/* Append what a probe of in->device found, as plain text for people: how it
 * ended (`worst`), then each collector's last poll, then what was `said`. */
void gv_render_probe_text(const struct gv_render_in *in, enum gv_err worst, struct gv_text said,
                          struct gv_buf *out);

/* The JSON documents of the API, pretty or not; GV_ERR_NOT_FOUND for an unknown
 * device or group. The layouts are documented in render/README.md. */
enum gv_err gv_render_fleet_json(const struct gv_render_in *in,
                                 struct gv_buf *out) GV_MUST_CHECK;
enum gv_err gv_render_group_json(const struct gv_render_in *in, const char *group,
                                 struct gv_buf *out) GV_MUST_CHECK;
enum gv_err gv_render_device_json(const struct gv_render_in *in, const char *device,
                                  struct gv_buf *out) GV_MUST_CHECK;
enum gv_err gv_render_rekeys_json(const struct gv_render_in *in,
                                  struct gv_buf *out) GV_MUST_CHECK;

/* An observation as in contract.md, "Observation (JSON)". */
enum gv_err gv_render_observation_json(const struct gv_observation *obs,
                                       struct gv_buf *out) GV_MUST_CHECK;

#endif
