/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics of the probes, one row each; public interface (contract.md, "Metrics"). */
#include "render/metric.h"

static bool success(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_probe_verdict *p = row->base;

    (void)state;
    return p->tried && gv_value_n(value, p->success);
}

enum phase { PHASE_1, PULL, PHASE_COUNT };

static const char *phase_name(unsigned state)
{
    return state == PHASE_1 ? "phase1" : "pull";
}

/* Of the last registration that succeeded; an earlier phase 1 that was used again took no time.
 */
static bool phase_duration(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_probe_verdict *p = row->base;

    return p->timed && gv_value_ms(value, state == PHASE_1 ? p->phase1.ms : p->pull.ms);
}

static bool lead(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_probe_verdict *p = row->base;

    (void)state;
    return p->has_lead ? gv_value_ms(value, p->lead.ms) : gv_value_nan(value);
}

static const char *behaviour_name(unsigned state)
{
    return gv_behaviour_name((enum gv_behaviour)state);
}

static bool behaviour(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    const struct gv_probe_verdict *p = row->base;

    return gv_value_n(value, p->behaviour.behaviour == (enum gv_behaviour)state);
}

static const struct gv_states phases = {"phase", PHASE_COUNT, phase_name};
static const struct gv_states behaviours = {"behavior", GV_BEHAVIOUR_NEW + 1, behaviour_name};

#define AT(field) offsetof(struct gv_probe_verdict, field)

const struct gv_metric gv_metrics_probe[] = {
    {.name = "getvpn_probe_success",
     .help = "1 if the probe's last registration at the key server succeeded.",
     .scope = GV_SCOPE_PROBE,
     .get = success},
    {.name = "getvpn_probe_phase_duration_seconds",
     .unit = "seconds",
     .help = "How long each part of the probe's last good registration took.",
     .scope = GV_SCOPE_PROBE,
     .get = phase_duration,
     .states = &phases},
    {.name = "getvpn_probe_kek_expiry_timestamp_seconds",
     .unit = "seconds",
     .help = "When the KEK expires that the probe was given.",
     .scope = GV_SCOPE_PROBE,
     .field = GV_FIELD_WHEN,
     .offset = AT(kek_expiry)},
    {.name = "getvpn_probe_rekeys_received_total",
     .type = GV_COUNTER,
     .help = "Rekeys that the probe received with a valid signature.",
     .scope = GV_SCOPE_PROBE,
     .field = GV_FIELD_U64,
     .offset = AT(rekeys)},
    {.name = "getvpn_probe_bad_signatures_total",
     .type = GV_COUNTER,
     .help = "Rekeys that the probe received and whose signature was bad.",
     .scope = GV_SCOPE_PROBE,
     .field = GV_FIELD_U64,
     .offset = AT(bad_signatures)},
    {.name = "getvpn_probe_rekey_lead_seconds",
     .unit = "seconds",
     .help =
         "How long before expiry the last new KEK reached the probe; negative after it, NaN "
         "before the first.",
     .scope = GV_SCOPE_PROBE,
     .get = lead},
    {.name = "getvpn_probe_ks_behavior",
     .help = "KEK rekey behavior of the key server, by what the probe saw.",
     .scope = GV_SCOPE_PROBE,
     .get = behaviour,
     .states = &behaviours},
};
const size_t gv_metrics_probe_count = sizeof(gv_metrics_probe) / sizeof(gv_metrics_probe[0]);
