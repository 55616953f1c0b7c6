/* SPDX-License-Identifier: Apache-2.0 */
/* A metric is a row: what the tables of metrics are made of.
 *
 * To the rest of the program this is private: see render.h. */
#ifndef GV_RENDER_METRIC_H
#define GV_RENDER_METRIC_H

#include <stddef.h>

#include "render/render.h"

enum gv_metric_type { GV_GAUGE, GV_COUNTER };

/* Which things a metric has a series for. Its labels and its `base` are those of
 * the table of scopes (scope.c). */
enum gv_scope {
    GV_SCOPE_DEVICE,     /* struct gv_device_verdict */
    GV_SCOPE_COLLECTOR,  /* struct gv_collector_verdict, of those that have polled */
    GV_SCOPE_DISAGREED,  /* struct gv_disagreed, of each device */
    GV_SCOPE_BEHAVIOUR,  /* struct gv_behaviour_verdict, of each role */
    GV_SCOPE_MEMBERSHIP, /* struct gv_membership */
    GV_SCOPE_KEK,        /* struct gv_kek_verdict, of each role */
    GV_SCOPE_TEK,        /* struct gv_tek_verdict, of each role */
    GV_SCOPE_REKEY,      /* struct gv_rekey_verdict_row, where published */
    GV_SCOPE_PEER,       /* struct gv_peer_verdict */
    GV_SCOPE_MEMBER,     /* struct gv_member_verdict */
    GV_SCOPE_GROUP,      /* struct gv_group_verdict */
    GV_SCOPE_INTEROP,    /* struct gv_interop_verdict */
    GV_SCOPE_PROBE,      /* struct gv_probe_verdict */
    GV_SCOPE_SELF,       /* struct gv_self */
    GV_SCOPE_COUNT
};

enum { GV_SCOPE_LABELS_MOST = 3 };

/* One thing: the values of its scope's labels, and the thing itself. */
struct gv_row {
    const struct gv_render_in *in;
    const char *labels[GV_SCOPE_LABELS_MOST];
    const void *base;
};

/* A value: whole, or milliseconds shown as seconds; or NaN. */
struct gv_value {
    bool is_nan, is_ms;
    uint64_t n;
    int64_t ms;
};

/* How a value is read where no function is needed: the type of the field at
 * `offset` in the base. */
enum gv_field {
    GV_FIELD_NONE,
    GV_FIELD_COUNT, /* struct gv_count */
    GV_FIELD_WHEN,  /* struct gv_when, shown as Unix time */
    GV_FIELD_TRI,   /* enum gv_tri: 1, 0, or no series */
    GV_FIELD_U64    /* uint64_t, always known */
};

/* The last label, where a row has one series for each of `count` values. */
struct gv_states {
    const char *label;
    unsigned count;
    const char *(*name)(unsigned state);
};

/* A label of an info metric; NULL from `text` leaves it out. */
struct gv_info_label {
    const char *name;
    const char *(*text)(const void *base);
};

enum {
    GV_INFO_LABELS_MOST = 4,
    GV_METRIC_NAME_MOST = 64,
    GV_METRIC_LABEL_MOST = 16 /* octets of a label's name */
};

struct gv_metric {
    const char *name; /* as in contract.md; counters with _total */
    enum gv_metric_type type;
    const char *unit; /* OpenMetrics; the name (without _total) ends with it. NULL: none */
    const char *help;
    enum gv_scope scope;
    enum gv_field field;
    size_t offset;
    /* Where there is no field. The value of the state-th series (0 without
     * states); false: no such series. */
    bool (*get)(const struct gv_row *row, unsigned state, struct gv_value *value);
    const struct gv_states *states;
    struct gv_info_label info[GV_INFO_LABELS_MOST];
    bool when_unanswered; /* shown also for a probe without an answer */
    bool untyped_in_text; /* the name ends as a histogram's does: see metrics_fleet.c */
};

extern const struct gv_metric gv_metrics_fleet[], gv_metrics_probe[], gv_metrics_self[];
extern const size_t gv_metrics_fleet_count, gv_metrics_probe_count, gv_metrics_self_count;

/* Octets of the family's name: OpenMetrics leaves a counter's _total off. */
size_t gv_metric_family_n(enum gv_exposition format, const struct gv_metric *metric);

/* What is wrong with the row by itself; NULL: nothing. gv_metrics_fault asks for
 * every row. */
const char *gv_metric_fault(const struct gv_metric *metric);

/* Names of the scope's labels, NULL after the last. */
const char *const *gv_scope_labels(enum gv_scope scope);

/* Call visit(arg, row) for each thing of that scope in the snapshot, in its
 * order; only those of in->device where that is given. */
void gv_scope_walk(enum gv_scope scope, const struct gv_render_in *in,
                   void (*visit)(void *arg, const struct gv_row *row), void *arg);

static inline bool gv_value_n(struct gv_value *value, uint64_t n)
{
    *value = (struct gv_value){.n = n};
    return true;
}

static inline bool gv_value_ms(struct gv_value *value, int64_t ms)
{
    *value = (struct gv_value){.is_ms = true, .ms = ms};
    return true;
}

/* Not known yet, of a series that a rekey would else give birth to: contract.md
 * wants none born at a rekey. Everything else that is not known is absent. */
static inline bool gv_value_nan(struct gv_value *value)
{
    *value = (struct gv_value){.is_nan = true};
    return true;
}

/* Unix time in ms of the instant `at`. */
static inline int64_t gv_unix_ms(const struct gv_render_in *in, struct gv_time at)
{
    return at.ms + in->wall_offset_ms;
}

#endif
