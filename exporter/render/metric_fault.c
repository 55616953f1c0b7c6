/* SPDX-License-Identifier: Apache-2.0 */
/* What a row of the tables of metrics must not be.
 *
 * Source: OpenMetrics 1.0, "Suffixes" and "Units and Base Units". */
#include <string.h>

#include "render/metric.h"

static bool ends(const char *s, size_t n, const char *with)
{
    size_t with_n = strlen(with);

    return n >= with_n && memcmp(s + n - with_n, with, with_n) == 0;
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
    if (m->states != NULL && strlen(m->states->label) > GV_METRIC_LABEL_MOST)
        return false;
    for (size_t i = 0; i < GV_INFO_LABELS_MOST && m->info[i].name != NULL; i++)
        if (strlen(m->info[i].name) > GV_METRIC_LABEL_MOST)
            return false;
    return true;
}

const char *gv_metric_fault(const struct gv_metric *m)
{
    size_t n = strlen(m->name), family = gv_metric_family_n(GV_OPENMETRICS, m);
    size_t help_n = strlen(m->help);

    if (n > GV_METRIC_NAME_MOST || !labels_short(m))
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

/* The i-th row of all tables. */
static const struct gv_metric *metric(size_t i)
{
    if (i < gv_metrics_fleet_count)
        return &gv_metrics_fleet[i];
    i -= gv_metrics_fleet_count;
    return i < gv_metrics_probe_count ? &gv_metrics_probe[i]
                                      : &gv_metrics_self[i - gv_metrics_probe_count];
}

const char *gv_metrics_fault(const char **name)
{
    size_t count = gv_metrics_fleet_count + gv_metrics_probe_count + gv_metrics_self_count;

    for (size_t i = 0; i < count; i++) {
        const char *fault = gv_metric_fault(metric(i));

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
