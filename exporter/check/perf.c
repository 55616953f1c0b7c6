/* SPDX-License-Identifier: Apache-2.0 */
#include "check/perf.h"

#include "render/label.h"

static const struct {
    char from, to;
} replaced[] = {
    {'|', '/'}, {'\n', ' '}, {'~', '_'}, {'$', '_'}, {'&', '_'},
    {'"', '_'}, {'<', '_'},  {'>', '_'}, {'`', '_'},
};

static void replace_from(struct gv_buf *out, size_t start)
{
    for (size_t i = start; i < out->n; i++)
        for (size_t j = 0; j < sizeof(replaced) / sizeof(replaced[0]); j++)
            if (out->at[i] == replaced[j].from)
                out->at[i] = replaced[j].to;
}

static struct gv_text cut(struct gv_text t)
{
    size_t n = GV_CLEAN_MOST;

    if (t.n <= n)
        return t;
    while (n > GV_CLEAN_MOST - 4 && ((unsigned char)t.at[n] & 0xc0) == 0x80)
        n--;
    return gv_text_head(t, n);
}

void gv_clean_add(struct gv_buf *out, struct gv_text text)
{
    size_t start = out->n;

    gv_visible_add(out, cut(text));
    replace_from(out, start);
}

static void add_part(struct gv_buf *out, const char *part)
{
    if (part == NULL)
        return;
    gv_clean_add(out, gv_text(part));
    gv_buf_add_char(out, ' ');
}

static void add_range(struct gv_buf *out, const struct gv_range *range)
{
    gv_buf_add_char(out, ';');
    if (range != NULL)
        gv_buf_add_text(out, range->text);
}

void gv_perf_add(struct gv_buf *out, const struct gv_perf *perf)
{
    size_t start;

    if (out->n > 0)
        gv_buf_add_char(out, ' ');
    gv_buf_add_char(out, '\'');
    start = out->n;
    add_part(out, perf->device);
    add_part(out, perf->group);
    for (size_t i = start; i < out->n; i++)
        if (out->at[i] == '=' || out->at[i] == '\'')
            out->at[i] = '_';
    gv_buf_add_str(out, perf->name);
    gv_buf_add_str(out, "'=");
    gv_buf_add_ms(out, perf->value);
    gv_buf_add_str(out, perf->unit);
    add_range(out, perf->warning);
    add_range(out, perf->critical);
    gv_buf_add_str(out, perf->below_zero ? ";;" : ";0;");
    if (perf->has_most)
        gv_buf_add_ms(out, perf->most);
}

void gv_seconds_add(struct gv_buf *out, int64_t value)
{
    enum { SHORT = 10000 };

    gv_buf_add_ms(out, value >= SHORT || value <= -SHORT ? value - value % 1000 : value);
    gv_buf_add_str(out, " s");
}
