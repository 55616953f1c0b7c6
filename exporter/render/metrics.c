/* SPDX-License-Identifier: Apache-2.0 */
/* The two text formats, from the tables of metrics.
 *
 * Source: Prometheus text format 0.0.4; OpenMetrics 1.0, "Text Format". */
#include <string.h>

#include "render/label.h"
#include "render/metric.h"

enum {
    LABELS_MOST = GV_SCOPE_LABELS_MOST + GV_INFO_LABELS_MOST + 1,
    /* name="value", for each label, and braces around all */
    SERIES_MOST = GV_METRIC_NAME_MOST + 2 +
                  LABELS_MOST * (GV_METRIC_LABEL_MOST + 4 + GV_LABEL_ESCAPED_MOST)
};

/* name{labels as far as they are written. The bound holds by gv_metric_fault. */
struct series {
    size_t n, name_n;
    char at[SERIES_MOST];
};

/* One family under way. */
struct emit {
    enum gv_exposition format;
    const struct gv_metric *metric;
    struct gv_buf *out;
    bool headed;
    struct series series; /* of the row under way */
};

size_t gv_metric_family_n(enum gv_exposition format, const struct gv_metric *metric)
{
    size_t n = strlen(metric->name);

    return format == GV_OPENMETRICS && metric->type == GV_COUNTER ? n - strlen("_total") : n;
}

static void header_line(struct emit *e, const char *what, const char *text)
{
    gv_buf_add_str(e->out, what);
    gv_buf_add(e->out, e->metric->name, gv_metric_family_n(e->format, e->metric));
    gv_buf_add_char(e->out, ' ');
    gv_buf_add_str(e->out, text);
    gv_buf_add_char(e->out, '\n');
}

static void header(struct emit *e)
{
    const struct gv_metric *m = e->metric;
    const char *type = m->type == GV_COUNTER ? "counter" : "gauge";

    if (m->untyped_in_text && e->format == GV_PROMETHEUS_TEXT)
        type = "untyped";
    header_line(e, "# HELP ", m->help);
    header_line(e, "# TYPE ", type);
    if (m->unit != NULL && e->format == GV_OPENMETRICS)
        header_line(e, "# UNIT ", m->unit);
    e->headed = true;
}

static void put(struct series *s, const char *text, size_t n)
{
    memcpy(s->at + s->n, text, n);
    s->n += n;
}

static void put_label(struct series *s, const char *name, const char *value)
{
    put(s, s->n == s->name_n ? "{" : ",", 1);
    put(s, name, strlen(name));
    put(s, "=\"", 2);
    s->n += gv_label_escape(value, s->at + s->n);
    put(s, "\"", 1);
}

/* The name and all labels but the state. */
static void put_series(struct series *s, const struct gv_metric *m, const struct gv_row *row)
{
    const char *const *names = gv_scope_labels(m->scope);

    s->n = 0;
    put(s, m->name, strlen(m->name));
    s->name_n = s->n;
    for (size_t i = 0; names[i] != NULL; i++)
        put_label(s, names[i], row->labels[i]);
    for (size_t i = 0; i < GV_INFO_LABELS_MOST && m->info[i].name != NULL; i++) {
        const char *text = m->info[i].text(row->base);

        if (text != NULL && text[0] != '\0')
            put_label(s, m->info[i].name, text);
    }
}

static bool read_field(const struct gv_metric *m, const struct gv_row *row,
                       struct gv_value *value)
{
    const void *at = (const char *)row->base + m->offset;
    const struct gv_count *count = at;
    const struct gv_when *when = at;
    const enum gv_tri *tri = at;

    switch (m->field) {
    case GV_FIELD_COUNT:
        return count->known && gv_value_n(value, count->n);
    case GV_FIELD_WHEN:
        return when->known && gv_value_ms(value, gv_unix_ms(row->in, when->at));
    case GV_FIELD_TRI:
        return *tri != GV_UNKNOWN && gv_value_n(value, *tri == GV_YES);
    case GV_FIELD_U64:
        return gv_value_n(value, *(const uint64_t *)at);
    case GV_FIELD_NONE:
        break;
    }
    return false;
}

static void line(struct emit *e, unsigned state, struct gv_value value)
{
    const struct gv_states *states = e->metric->states;
    struct series *s = &e->series;
    size_t n = s->n;

    if (!e->headed)
        header(e);
    if (states != NULL)
        put_label(s, states->label, states->name(state));
    if (s->n > s->name_n)
        put(s, "}", 1);
    put(s, " ", 1);
    gv_buf_add(e->out, s->at, s->n);
    if (value.is_nan)
        gv_buf_add_str(e->out, "NaN");
    else if (value.is_ms)
        gv_buf_add_ms(e->out, value.ms);
    else
        gv_buf_add_u64(e->out, value.n);
    gv_buf_add_char(e->out, '\n');
    s->n = n;
}

static void emit_row(void *arg, const struct gv_row *row)
{
    struct emit *e = arg;
    const struct gv_metric *m = e->metric;
    unsigned count = m->states != NULL ? m->states->count : 1;
    bool begun = false;

    for (unsigned state = 0; state < count; state++) {
        struct gv_value value;
        bool there = m->get != NULL ? m->get(row, state, &value) : read_field(m, row, &value);

        if (!there)
            continue;
        if (!begun)
            put_series(&e->series, m, row);
        begun = true;
        line(e, state, value);
    }
}

static void emit_table(enum gv_exposition format, const struct gv_render_in *in,
                       const struct gv_metric *metrics, size_t count, struct gv_buf *out)
{
    struct emit e = {.format = format, .out = out};

    for (size_t i = 0; i < count; i++) {
        e.metric = &metrics[i];
        e.headed = false;
        if (!in->unanswered || metrics[i].when_unanswered)
            gv_scope_walk(metrics[i].scope, in, emit_row, &e);
    }
}

void gv_render_metrics(enum gv_exposition format, const struct gv_render_in *in,
                       struct gv_buf *out)
{
    emit_table(format, in, gv_metrics_fleet, gv_metrics_fleet_count, out);
    emit_table(format, in, gv_metrics_probe, gv_metrics_probe_count, out);
    emit_table(format, in, gv_metrics_self, gv_metrics_self_count, out);
    if (format == GV_OPENMETRICS)
        gv_buf_add_str(out, "# EOF\n");
}
