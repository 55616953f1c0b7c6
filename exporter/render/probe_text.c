/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe found, as plain text for people: /probe?debug=true. */
#include <string.h>

#include "render/label.h"
#include "render/render.h"

static void line(struct gv_buf *out, const char *what, const char *text)
{
    gv_buf_add_str(out, what);
    gv_visible_add(out, gv_text(text));
    gv_buf_add_char(out, '\n');
}

static void collector(const struct gv_render_in *in, const struct gv_collector_verdict *c,
                      struct gv_buf *out)
{
    line(out, "\ncollector: ", c->name);
    if (!c->polled) {
        gv_buf_add_str(out, "no poll has ended yet\n");
        return;
    }
    line(out, "last poll: ", gv_err_name(c->err));
    if (c->detail != NULL && c->detail[0] != '\0')
        line(out, "detail: ", c->detail);
    gv_buf_add_str(out, "took: ");
    gv_buf_add_ms(out, c->duration.ms);
    gv_buf_add_str(out, " s\n");
    if (!c->observed_at.known) {
        gv_buf_add_str(out, "last observation: none, or stale\n");
        return;
    }
    gv_buf_add_str(out, "last observation: ");
    gv_buf_add_ms(out, gv_time_diff(in->now, c->observed_at.at).ms);
    gv_buf_add_str(out, " s ago\n");
}

static const struct gv_device_verdict *find_device(const struct gv_render_in *in)
{
    for (size_t i = 0; i < in->snapshot->device_count; i++)
        if (in->device != NULL && strcmp(in->snapshot->devices[i].name, in->device) == 0)
            return &in->snapshot->devices[i];
    return NULL;
}

void gv_render_probe_text(const struct gv_render_in *in, enum gv_err worst, struct gv_text said,
                          struct gv_buf *out)
{
    const struct gv_device_verdict *d = find_device(in);

    if (d == NULL) {
        gv_buf_add_str(out, "the target is no longer configured\n");
        return;
    }
    line(out, "target: ", d->name);
    line(out, "address: ", d->address != NULL ? d->address : "");
    line(out, "probe: ",
         in->unanswered ? "no answer in time, the poll goes on" : gv_err_name(worst));
    for (size_t i = 0; i < d->collector_count; i++)
        collector(in, &d->collectors[i], out);
    if (said.n > 0)
        gv_buf_add_char(out, '\n');
    gv_visible_add(out, said);
}
