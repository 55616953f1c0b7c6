/* SPDX-License-Identifier: Apache-2.0 */
/* The two text formats, from the tables of metrics.
 *
 * Source: Prometheus text format 0.0.4; OpenMetrics 1.0, "Text Format". */
#include <string.h>

#include "render/label.h"
#include "render/metric.h"

enum {
    NAME_MOST = 64,
    LABEL_NAME_MOST = 16,
    LABELS_MOST = GV_SCOPE_LABELS_MOST + GV_INFO_LABELS_MOST + 1,
    /* name="value", for each label, and braces around all */
    SERIES_MOST = NAME_MOST + 2 + LABELS_MOST * (LABEL_NAME_MOST + 4 + GV_LABEL_ESCAPED_MOST)
};

/* name{labels as far as they are written. The bound holds by gv_metrics_fault. */
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

static bool ends(const char *s, size_t n, const char *with)
{
    size_t with_n = strlen(with);

    return n >= with_n && memcmp(s + n - with_n, with, with_n) == 0;
}

/* Octets of the family's name: OpenMetrics leaves a counter's _total off. */
static size_t family_n(enum gv_exposition format, const struct gv_metric *metric)
{
    size_t n = strlen(metric->name);

    return format == GV_OPENMETRICS && metric->type == GV_COUNTER ? n - strlen("_total") : n;
}

static void header_line(struct emit *e, const char *what, const char *text)
{
    gv_buf_add_str(e->out, what);
    gv_buf_add(e->out, e->metric->name, family_n(e->format, e->metric));
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
    if (value.is_ms)
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
    emit_table(format, in, gv_metrics_self, gv_metrics_self_count, out);
    if (format == GV_OPENMETRICS)
        gv_buf_add_str(out, "# EOF\n");
}

/* Suffixes that OpenMetrics reserves for types that we do not use. */
static bool reserved(const struct gv_metric *m, size_t n)
{
    static const char *const suffixes[] = {"_bucket", "_sum", "_created", "_gcount", "_gsum"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        if (ends(m->name, n, suffixes[i]))
            return true;
    return ends(m->name, n, "_count") != m->untyped_in_text;
}

static bool labels_short(const struct gv_metric *m)
{
    if (m->states != NULL && strlen(m->states->label) > LABEL_NAME_MOST)
        return false;
    for (size_t i = 0; i < GV_INFO_LABELS_MOST && m->info[i].name != NULL; i++)
        if (strlen(m->info[i].name) > LABEL_NAME_MOST)
            return false;
    return true;
}

static const char *fault_of(const struct gv_metric *m)
{
    size_t n = strlen(m->name), family = family_n(GV_OPENMETRICS, m);
    size_t help_n = strlen(m->help);

    if (n > NAME_MOST || !labels_short(m))
        return "a name is too long";
    if (ends(m->name, n, "_total") != (m->type == GV_COUNTER))
        return "_total is for counters, and for every counter";
    if (reserved(m, family))
        return "the name ends with a reserved suffix";
    if (m->unit != NULL && !ends(m->name, family, m->unit))
        return "the name does not end with its unit";
    if (m->unit == NULL &&
        (ends(m->name, family, "_seconds") || ends(m->name, family, "_bytes")))
        return "the name ends with a unit that the row does not give";
    if ((m->get != NULL) == (m->field != GV_FIELD_NONE))
        return "a row has a field or a function";
    if (help_n == 0 || m->help[help_n - 1] != '.' || strchr(m->help, '\\') != NULL ||
        strchr(m->help, '\n') != NULL)
        return "the help is one sentence without backslash and line feed";
    return NULL;
}

/* The i-th row of both tables. */
static const struct gv_metric *metric(size_t i)
{
    return i < gv_metrics_fleet_count ? &gv_metrics_fleet[i]
                                      : &gv_metrics_self[i - gv_metrics_fleet_count];
}

const char *gv_metrics_fault(const char **name)
{
    size_t count = gv_metrics_fleet_count + gv_metrics_self_count;

    for (size_t i = 0; i < count; i++) {
        const char *fault = fault_of(metric(i));

        for (size_t j = 0; j < i && fault == NULL; j++)
            if (strcmp(metric(i)->name, metric(j)->name) == 0)
                fault = "the name is there twice";
        if (fault != NULL) {
            *name = metric(i)->name;
            return fault;
        }
    }
    return NULL;
}
