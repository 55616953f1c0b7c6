/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ssh/show_fields.h"
#include "ssh/show_value.h"

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '#';
}

/* True if a comma or a run of blanks stands before t[i], and something before that. */
static bool wide_gap(struct gv_text t, size_t i)
{
    bool wide = t.at[i - 1] == ',' || t.at[i - 1] == '\t' || (i > 1 && blank(t.at[i - 2]));

    return wide && gv_text_trim(gv_text_head(t, i)).n > 0;
}

/* Where the label at the end of `before` begins, that is, the label of another pair:
 * behind a comma or a run of blanks, else at the longest run of words that is a known
 * label (blanks may have been squeezed). before.n where there is no label. */
static size_t second_label(const struct gv_show *s, struct gv_text before)
{
    enum { MOST_WORDS = 4, FARTHEST = 2 * GV_LABEL_MAX };
    size_t found = before.n, end = before.n, words = 0, stop;

    while (end > 0 && blank(before.at[end - 1]))
        end--;
    stop = end > FARTHEST ? end - FARTHEST : 0;
    for (size_t i = end; i > stop && words < MOST_WORDS; i--) {
        bool gap = blank(before.at[i - 1]) || before.at[i - 1] == ',';
        struct gv_label label;

        if (!gap || i == end || blank(before.at[i]))
            continue;
        words++;
        label = gv_label_read(gv_text_from(before, i));
        if (gv_show_field_find(s, &label) != NULL)
            found = i;
        if (!wide_gap(before, i))
            continue;
        return found < before.n || !letter(before.at[i]) ? found : i;
    }
    return found;
}

static struct gv_text without_comma(struct gv_text value)
{
    value = gv_text_trim(value);
    while (value.n > 0 && value.at[value.n - 1] == ',')
        value = gv_text_trim(gv_text_head(value, value.n - 1));
    return value;
}

/* The value at the start of *rest: up to the label of the next pair. Addresses hold
 * colons too, so each is tried. */
static struct gv_text take_value(const struct gv_show *s, struct gv_text *rest)
{
    size_t next = rest->n;
    struct gv_text value;

    for (size_t at = 0; at < rest->n && next == rest->n; at++) {
        size_t colon = at + gv_label_colon(gv_text_from(*rest, at));

        if (colon == rest->n)
            break;
        next = second_label(s, gv_text_head(*rest, colon));
        if (next == colon)
            next = rest->n;
        at = colon;
    }
    value = without_comma(gv_text_head(*rest, next));
    *rest = gv_text_from(*rest, next);
    return value;
}

/* Half a label, the other half of which is on the next lines (show-commands). */
static void note_half(struct gv_show *s, struct gv_text line)
{
    static const char *const halves[] = {"grouprekey", "sarekey", "groupretransmit"};
    struct gv_label label;

    if (line.n > GV_LABEL_MAX / 2) /* most lines without a colon are other lists */
        return;
    label = gv_label_read(line);
    for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++)
        if (gv_label_is(&label, halves[i]))
            s->pending = label;
}

/* The row of `label`, or of the label whose other half it is. */
static const struct gv_show_field *find(struct gv_show *s, const struct gv_label *label)
{
    struct gv_label whole = *label;
    const struct gv_show_field *field;

    gv_label_join(&s->pending, &whole);
    field = gv_show_field_find(s, &whole);
    if (field == NULL)
        s->pending.n = 0;
    return field != NULL || whole.n == label->n ? field : gv_show_field_find(s, label);
}

/* "GigabitEthernet0/0/1:" before the TEKs of a GM; several may share them. */
static void note_interface(struct gv_show *s, struct gv_text line)
{
    struct gv_text name = gv_text_trim(gv_text_head(line, line.n - 1));

    if (!(s->block & GV_IN_GM_TEK) || gv_text_index(name, ' ') < name.n)
        return;
    if (!s->interface_open)
        s->interface = name;
    s->interface_open = true;
    s->tek = NULL;
}

/* ks rekey numbers its SAs: "IPSec SA 1 lifetime (sec)". */
static bool numbered_sa(const struct gv_show *s, const struct gv_label *label)
{
    static const char head[] = "ipsecsa", tail[] = "lifetimesec";
    size_t n = sizeof(head) - 1 + sizeof(tail) - 1;

    return (s->block & GV_IN_REKEY) && label->n > n && label->n <= n + 3 &&
           memcmp(label->key, head, sizeof(head) - 1) == 0 &&
           memcmp(label->key + label->n - (sizeof(tail) - 1), tail, sizeof(tail) - 1) == 0;
}

/* Cut the next pair off *rest; true where its label was known. */
static bool take_pair(struct gv_show *s, struct gv_text *rest, size_t colon)
{
    struct gv_label label = gv_label_read(gv_text_head(*rest, colon));
    const struct gv_show_field *field = find(s, &label);
    struct gv_text value;

    *rest = gv_text_from(*rest, colon + 1);
    if (field != NULL && gv_show_field_is_name(field)) {
        value = gv_text_trim(*rest);
        *rest = gv_text_from(*rest, rest->n);
    } else {
        value = take_value(s, rest);
    }
    if (field != NULL && value.n > 0)
        gv_show_field_fill(s, field, value);
    else if (numbered_sa(s, &label))
        gv_value_tek_lifetime(s, value);
    return field != NULL;
}

bool gv_show_labels(struct gv_show *s, struct gv_text line)
{
    struct gv_text rest = line;
    size_t colon = gv_label_colon(rest);
    bool any = false;

    s->in_servers = false;
    if (colon == rest.n) {
        note_half(s, line);
        return false;
    }
    if (colon == line.n - 1)
        note_interface(s, line);
    for (; colon < rest.n; colon = gv_label_colon(rest))
        any |= take_pair(s, &rest, colon);
    return any;
}
