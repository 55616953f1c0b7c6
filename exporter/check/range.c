/* SPDX-License-Identifier: Apache-2.0 */
#include "check/range.h"

enum { DIGITS_MOST = 12, DECIMALS = 3 };

/* "-12.5" as thousandths. */
static bool read_number(struct gv_text t, int64_t *out)
{
    bool negative = t.n > 0 && t.at[0] == '-';
    struct gv_text number = gv_text_from(t, negative ? 1 : 0);
    size_t point = gv_text_index(number, '.');
    struct gv_text decimals = gv_text_from(number, point + 1);
    uint64_t whole, part = 0;

    if (point > DIGITS_MOST || !gv_text_u64(gv_text_head(number, point), &whole))
        return false;
    if (point < number.n && (decimals.n > DECIMALS || !gv_text_u64(decimals, &part)))
        return false;
    for (size_t i = decimals.n; i < DECIMALS; i++)
        part *= 10;
    *out = (int64_t)(whole * 1000 + part);
    *out = negative ? -*out : *out;
    return true;
}

static bool read_start(struct gv_text t, struct gv_range *range)
{
    range->no_start = gv_text_is(t, "~");
    return range->no_start || t.n == 0 || read_number(t, &range->start);
}

static bool read_end(struct gv_text t, struct gv_range *range)
{
    range->no_end = t.n == 0;
    return range->no_end || read_number(t, &range->end);
}

enum gv_err gv_range_read(struct gv_text text, struct gv_range *out, const char **why)
{
    struct gv_range range = {.text = text, .inside = text.n > 0 && text.at[0] == '@'};
    struct gv_text limits = gv_text_from(text, range.inside ? 1 : 0);
    size_t colon = gv_text_index(limits, ':');
    struct gv_text end = colon < limits.n ? gv_text_from(limits, colon + 1) : limits;

    *why = "expected [@]START:END, for example 900: or ~:5 or @10:20; numbers have at most 12 "
           "digits and three decimals";
    if (limits.n == 0 || gv_text_is(limits, ":"))
        return GV_ERR_MALFORMED;
    if (colon < limits.n && !read_start(gv_text_head(limits, colon), &range))
        return GV_ERR_MALFORMED;
    if (!read_end(end, &range))
        return GV_ERR_MALFORMED;
    if (!range.no_start && !range.no_end && range.start > range.end) {
        *why = "START is beyond END";
        return GV_ERR_RANGE;
    }
    *out = range;
    return GV_OK;
}

bool gv_range_alerts(const struct gv_range *range, int64_t value)
{
    bool within =
        (range->no_start || value >= range->start) && (range->no_end || value <= range->end);

    return range->text.n > 0 && within == range->inside;
}
