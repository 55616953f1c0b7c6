/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics of the exporter itself, one row each. */
#include "render/metric.h"

static bool one(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    (void)row;
    (void)state;
    return gv_value_n(value, 1);
}

static const char *version(const void *base)
{
    return ((const struct gv_self *)base)->version;
}

static bool reload_successful(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    (void)state;
    return gv_value_n(value, ((const struct gv_self *)row->base)->reload_successful);
}

static bool in_flight(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    (void)state;
    return gv_value_n(value, ((const struct gv_self *)row->base)->polls_in_flight);
}

static bool queue_delay(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    (void)state;
    return gv_value_ms(value, ((const struct gv_self *)row->base)->queue_delay.ms);
}

/* Those of the web configuration are absent where there is none. */
static bool web_successful(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->has_web && gv_value_n(value, self->web_successful);
}

static bool certificate_end(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->certificate_end_s > 0 && gv_value_ms(value, self->certificate_end_s * 1000);
}

/* Those of the history are absent where none is configured. */
static bool history_success(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->has_history && gv_value_n(value, self->history_success);
}

static bool history_records(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->has_history && gv_value_n(value, self->history_records);
}

static bool history_dropped(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->has_history && gv_value_n(value, self->history_dropped);
}

static bool history_set_aside(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->has_history && gv_value_n(value, self->history_set_aside);
}

static bool history_bytes(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->has_history && gv_value_n(value, self->history_bytes);
}

/* The four of the process are absent where the system did not tell. */
static bool resident(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->resident_bytes > 0 && gv_value_n(value, self->resident_bytes);
}

static bool cpu(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->resident_bytes > 0 && gv_value_ms(value, (int64_t)self->cpu_ms);
}

static bool open_fds(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->open_fds > 0 && gv_value_n(value, self->open_fds);
}

static bool started(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_self *self = row->base;

    (void)state;
    return self->started_unix_ms > 0 && gv_value_ms(value, self->started_unix_ms);
}

const struct gv_metric gv_metrics_self[] = {
    {.name = "getvpn_exporter_build_info",
     .help = "The exporter's version.",
     .scope = GV_SCOPE_SELF,
     .get = one,
     .info = {{"version", version}}},
    {.name = "getvpn_exporter_config_last_reload_successful",
     .help = "1 if the configuration was valid when it was last read.",
     .scope = GV_SCOPE_SELF,
     .get = reload_successful},
    {.name = "getvpn_exporter_polls_total",
     .type = GV_COUNTER,
     .help = "Polls that have ended.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, polls)},
    {.name = "getvpn_exporter_polls_in_flight",
     .help = "Polls under way.",
     .scope = GV_SCOPE_SELF,
     .get = in_flight},
    {.name = "getvpn_exporter_poll_queue_delay_seconds",
     .unit = "seconds",
     .help = "How long after it was due the last poll began.",
     .scope = GV_SCOPE_SELF,
     .get = queue_delay},
    {.name = "getvpn_exporter_syslog_messages_total",
     .type = GV_COUNTER,
     .help = "Syslog messages of targets.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, syslog_messages)},
    {.name = "getvpn_exporter_notifications_total",
     .type = GV_COUNTER,
     .help = "SNMP notifications of targets that proved themselves.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, notifications)},
    {.name = "getvpn_exporter_events_total",
     .type = GV_COUNTER,
     .help = "Messages of targets that tell something of GETVPN.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, events)},
    {.name = "getvpn_exporter_unknown_senders_total",
     .type = GV_COUNTER,
     .help = "Messages whose sender is no target: not kept.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, unknown_senders)},
    {.name = "getvpn_exporter_events_refused_total",
     .type = GV_COUNTER,
     .help = "Messages and connections that were too many, too long, cut off or without proof.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, events_refused)},
    {.name = "getvpn_exporter_groups_dropped_total",
     .type = GV_COUNTER,
     .help = "Groups not followed, because their device showed too many.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, groups_dropped)},
    {.name = "getvpn_exporter_http_requests_total",
     .type = GV_COUNTER,
     .help = "HTTP requests answered.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, http_requests)},
    {.name = "getvpn_exporter_http_refused_total",
     .type = GV_COUNTER,
     .help = "HTTP connections refused or ended at a limit.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, http_refused)},
    {.name = "getvpn_exporter_http_unauthorized_total",
     .type = GV_COUNTER,
     .help = "HTTP requests without a right password.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, http_unauthorized)},
    {.name = "getvpn_exporter_http_password_checks_total",
     .type = GV_COUNTER,
     .help = "Password hashes worked out: new passwords, right and wrong.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, http_password_checks)},
    {.name = "getvpn_exporter_http_failed_handshakes_total",
     .type = GV_COUNTER,
     .help = "TLS connections that spoke and came to nothing.",
     .scope = GV_SCOPE_SELF,
     .field = GV_FIELD_U64,
     .offset = offsetof(struct gv_self, http_failed_handshakes)},
    {.name = "getvpn_exporter_web_config_last_reload_successful",
     .help = "1 if the web configuration's files, as they are now, are in force.",
     .scope = GV_SCOPE_SELF,
     .get = web_successful},
    {.name = "getvpn_exporter_web_certificate_expiry_timestamp_seconds",
     .unit = "seconds",
     .help = "When the certificate that is served ends.",
     .scope = GV_SCOPE_SELF,
     .get = certificate_end},
    {.name = "getvpn_exporter_history_success",
     .help = "1 if the last batch of the history was written.",
     .scope = GV_SCOPE_SELF,
     .get = history_success},
    {.name = "getvpn_exporter_history_records_total",
     .type = GV_COUNTER,
     .help = "Records written to the history.",
     .scope = GV_SCOPE_SELF,
     .get = history_records},
    {.name = "getvpn_exporter_history_dropped_total",
     .type = GV_COUNTER,
     .help = "Records given up because the history could not be written.",
     .scope = GV_SCOPE_SELF,
     .get = history_dropped},
    {.name = "getvpn_exporter_history_set_aside_total",
     .type = GV_COUNTER,
     .help = "Corrupt files of the history set aside for a new one.",
     .scope = GV_SCOPE_SELF,
     .get = history_set_aside},
    {.name = "getvpn_exporter_history_size_bytes",
     .unit = "bytes",
     .help = "Octets in use in the history's file.",
     .scope = GV_SCOPE_SELF,
     .get = history_bytes},
    {.name = "process_resident_memory_bytes",
     .unit = "bytes",
     .help = "Resident memory size in bytes.",
     .scope = GV_SCOPE_SELF,
     .get = resident},
    {.name = "process_cpu_seconds_total",
     .type = GV_COUNTER,
     .unit = "seconds",
     .help = "Total user and system CPU time spent in seconds.",
     .scope = GV_SCOPE_SELF,
     .get = cpu},
    {.name = "process_open_fds",
     .help = "Number of open file descriptors.",
     .scope = GV_SCOPE_SELF,
     .get = open_fds},
    {.name = "process_start_time_seconds",
     .unit = "seconds",
     .help = "Start time of the process since unix epoch in seconds.",
     .scope = GV_SCOPE_SELF,
     .get = started},
};
const size_t gv_metrics_self_count = sizeof(gv_metrics_self) / sizeof(gv_metrics_self[0]);
