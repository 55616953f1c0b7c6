/* SPDX-License-Identifier: Apache-2.0 */
/* The answer: one line, and as many more as are asked for. */
#include "check/parts.h"

/* Which items stand below the line, by the number of -v; the worst first. */
static const enum gv_check_state order[] = {GV_CHECK_CRITICAL, GV_CHECK_WARNING,
                                            GV_CHECK_UNKNOWN, GV_CHECK_OK};
enum { ORDER = sizeof(order) / sizeof(order[0]), ROOM_LEFT = 256 };

static void add_title(const struct gv_check_mode *mode, enum gv_check_state state,
                      struct gv_buf *out)
{
    gv_buf_add_str(out, "GETVPN ");
    if (mode != NULL) {
        gv_buf_add_str(out, mode->title);
        gv_buf_add_char(out, ' ');
    }
    gv_buf_add_str(out, gv_check_state_name(state));
    gv_buf_add_str(out, " - ");
}

void gv_check_unknown(const struct gv_check_mode *mode, const char *what, const char *detail,
                      struct gv_buf *out)
{
    add_title(mode, GV_CHECK_UNKNOWN, out);
    gv_clean_add(out, gv_text(what));
    if (detail != NULL && detail[0] != '\0') {
        gv_buf_add_str(out, ": ");
        gv_clean_add(out, gv_text(detail));
    }
    gv_buf_add_char(out, '\n');
}

/* The most urgent item of that state that comes after `last` (NULL: the first of them); items
 * of one urgency come in the order in which they were noted. */
static const struct gv_check_item *next_urgent(const struct gv_check *check,
                                               enum gv_check_state state,
                                               const struct gv_check_item *last)
{
    const struct gv_check_item *best = NULL;
    bool passed = false;

    for (const struct gv_check_item *i = check->first; i != NULL; i = i->next) {
        bool after = last == NULL || i->urgency > last->urgency ||
                     (i->urgency == last->urgency && passed);

        passed = passed || i == last;
        if (i->state == state && i != last && after &&
            (best == NULL || i->urgency < best->urgency))
            best = i;
    }
    return best;
}

/* The items of the line's own state, the most urgent ones by name. Nagios makes colons of
 * semicolons, so there are none. Of an OK the first alone:
 * what it says of one key is true of all, only later. */
static void add_named(const struct gv_check *check, enum gv_check_state state,
                      struct gv_buf *out)
{
    const struct gv_check_item *item = next_urgent(check, state, NULL);
    size_t most = state == GV_CHECK_OK ? 1 : GV_CHECK_NAMED_MOST, named = 0;

    if (state == GV_CHECK_OK && check->total.n > 0) {
        gv_buf_add_text(out, (struct gv_text){check->total.at, check->total.n});
        return;
    }
    for (; item != NULL && named < most; item = next_urgent(check, state, item)) {
        gv_buf_add_str(out, named++ > 0 ? " and " : "");
        gv_buf_add_str(out, item->text);
    }
    if (check->counts[state] > named && state != GV_CHECK_OK) {
        gv_buf_add_str(out, " and ");
        gv_buf_add_u64(out, check->counts[state] - named);
        gv_buf_add_str(out, " more");
    }
}

/* " (1 critical, 2 warning, 28 ok)" where there is more than one item. */
static void add_counts(const struct gv_check *check, struct gv_buf *out)
{
    static const char *const words[GV_CHECK_STATES] = {
        [GV_CHECK_OK] = "ok",
        [GV_CHECK_WARNING] = "warning",
        [GV_CHECK_CRITICAL] = "critical",
        [GV_CHECK_UNKNOWN] = "unknown",
    };
    size_t said = 0;

    if (check->first == check->last)
        return;
    for (size_t i = 0; i < ORDER; i++) {
        if (check->counts[order[i]] == 0)
            continue;
        gv_buf_add_str(out, said++ == 0 ? " (" : ", ");
        gv_buf_add_u64(out, check->counts[order[i]]);
        gv_buf_add_char(out, ' ');
        gv_buf_add_str(out, words[order[i]]);
    }
    gv_buf_add_str(out, said > 0 ? ")" : "");
}

static void add_details(const struct gv_check *check, struct gv_buf *out)
{
    size_t states = check->ask->verbose == 0 ? 0 : check->ask->verbose == 1 ? ORDER - 1 : ORDER;

    for (size_t i = 0; i < states; i++)
        for (const struct gv_check_item *item = check->first; item != NULL; item = item->next) {
            if (item->state != order[i])
                continue;
            if (out->n + ROOM_LEFT + GV_CHECK_LINE_MOST > out->ceiling) {
                gv_buf_add_str(out, "and more, which finds no room\n");
                return;
            }
            gv_buf_add_str(out, gv_check_state_name(item->state));
            gv_buf_add_str(out, ": ");
            gv_buf_add_str(out, item->text);
            gv_buf_add_char(out, '\n');
        }
}

void gv_check_write(const struct gv_check *check, enum gv_check_state state, struct gv_buf *out)
{
    add_title(check->mode, state, out);
    if (check->partial)
        gv_buf_add_str(out, "more than can be judged, ");
    add_named(check, state, out);
    add_counts(check, out);
    if (check->perf.n > 0) {
        gv_buf_add_str(out, " | ");
        gv_buf_add_text(out, (struct gv_text){check->perf.at, check->perf.n});
    }
    gv_buf_add_char(out, '\n');
    add_details(check, out);
    if (check->ask->verbose > 2)
        gv_check_write_devices(check, out);
}
