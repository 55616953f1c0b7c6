/* SPDX-License-Identifier: Apache-2.0 */
/* Noting what was judged. */
#include "check/parts.h"

struct gv_buf *gv_check_begin(struct gv_check *check, const char *device, const char *group)
{
    struct gv_buf *line = &check->line;

    gv_buf_reset(line);
    gv_clean_add(line, gv_text(device));
    if (device != NULL && group != NULL)
        gv_buf_add_char(line, ' ');
    gv_clean_add(line, gv_text(group));
    if (device != NULL || group != NULL)
        gv_buf_add_str(line, ": ");
    return line;
}

void gv_check_end(struct gv_check *check, enum gv_check_state state, int64_t urgency)
{
    struct gv_check_item *item = gv_arena_alloc(&check->arena, sizeof(*item));
    const struct gv_text text = {check->line.at != NULL ? check->line.at : "", check->line.n};

    check->counts[state]++;
    if (item != NULL)
        item->text = gv_arena_text(&check->arena, text);
    if (item == NULL || item->text == NULL) {
        check->partial = true;
        return;
    }
    item->state = state;
    item->urgency = urgency;
    if (check->last != NULL)
        check->last->next = item;
    else
        check->first = item;
    check->last = item;
}

void gv_check_say_range(struct gv_check *check, enum gv_check_state state)
{
    const struct gv_range *range = state == GV_CHECK_CRITICAL  ? check->critical
                                   : state == GV_CHECK_WARNING ? check->warning
                                                               : NULL;

    if (range == NULL || range->text.n == 0)
        return;
    gv_buf_add_str(&check->line, state == GV_CHECK_CRITICAL ? " (critical " : " (warning ");
    gv_buf_add_text(&check->line, range->text);
    gv_buf_add_char(&check->line, ')');
}

enum gv_check_state gv_check_value(const struct gv_check *check, int64_t value)
{
    if (gv_range_alerts(check->critical, value))
        return GV_CHECK_CRITICAL;
    return gv_range_alerts(check->warning, value) ? GV_CHECK_WARNING : GV_CHECK_OK;
}

void gv_check_perf(struct gv_check *check, const struct gv_perf *perf)
{
    struct gv_perf whole = *perf;

    if (check->ask->mode != check->mode || check->values >= GV_CHECK_VALUES_MOST)
        return;
    check->values++;
    if (whole.ranged) {
        whole.warning = check->warning;
        whole.critical = check->critical;
    }
    gv_perf_add(&check->perf, &whole);
}

void gv_check_say_count(struct gv_buf *out, uint64_t n, const char *thing)
{
    gv_buf_add_u64(out, n);
    gv_buf_add_char(out, ' ');
    gv_buf_add_str(out, thing);
    if (n != 1)
        gv_buf_add_char(out, 's');
}
