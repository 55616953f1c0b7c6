/* SPDX-License-Identifier: Apache-2.0 */
#include "check/range.h"

#include "check.h"

/* The table of the guidelines, "Threshold and Ranges", then what is no range. */
static const struct row {
    const char *name, *text;
    enum gv_err err;
    int64_t quiet[3], alerting[3]; /* thousandths; 0 at the end may repeat a value */
} rows[] = {
    {"10: alert below 0, above 10", "10", GV_OK, {0, 10000, 5000}, {-1, 10001, 99000}},
    {"10:: alert below 10", "10:", GV_OK, {10000, 10001, INT64_MAX}, {9999, 0, -5}},
    {"~:10: alert above 10", "~:10", GV_OK, {INT64_MIN, 0, 10000}, {10001, 11000, INT64_MAX}},
    {"10:20: alert outside", "10:20", GV_OK, {10000, 20000, 15000}, {9999, 20001, 0}},
    {"@10:20: alert inside", "@10:20", GV_OK, {9999, 20001, 0}, {10000, 20000, 15000}},
    {"colon, no start", ":5", GV_OK, {0, 5000, 1}, {-1, 5001, 6000}},
    {"zero", "0", GV_OK, {0, 0, 0}, {1, -1, 1000}},
    {"below zero", "-5:-1.5", GV_OK, {-5000, -1500, -2000}, {-5001, -1499, 0}},
    {"decimals", "0.25:0.125", GV_ERR_RANGE, {0}, {0}},
    {"three decimals", "0.125:0.25", GV_OK, {125, 250, 200}, {124, 251, 0}},
    {"no end, inside", "@10:", GV_OK, {9999, 0, -1}, {10000, 99999, INT64_MAX}},
    {"everything, inside", "@~:5", GV_OK, {5001, 6000, 99999}, {5000, 0, INT64_MIN}},
    {"nothing ever alerts", "~:", GV_OK, {INT64_MIN, 0, INT64_MAX}, {0}},
    {"twelve digits",
     "999999999999:",
     GV_OK,
     {999999999999000, INT64_MAX, INT64_MAX},
     {0, 1, 2}},
    {"thirteen digits", "1000000000000", GV_ERR_MALFORMED, {0}, {0}},
    {"empty", "", GV_ERR_MALFORMED, {0}, {0}},
    {"an empty macro between colons", ":", GV_ERR_MALFORMED, {0}, {0}},
    {"@ alone", "@", GV_ERR_MALFORMED, {0}, {0}},
    {"~ alone", "~", GV_ERR_MALFORMED, {0}, {0}},
    {"~ as the end", "5:~", GV_ERR_MALFORMED, {0}, {0}},
    {"start beyond end", "20:10", GV_ERR_RANGE, {0}, {0}},
    {"two colons", "1:2:3", GV_ERR_MALFORMED, {0}, {0}},
    {"four decimals", "1.2345", GV_ERR_MALFORMED, {0}, {0}},
    {"point without digits", "1.", GV_ERR_MALFORMED, {0}, {0}},
    {"point first", ".5", GV_ERR_MALFORMED, {0}, {0}},
    {"two signs", "--5", GV_ERR_MALFORMED, {0}, {0}},
    {"plus", "+5", GV_ERR_MALFORMED, {0}, {0}},
    {"exponent", "1e3", GV_ERR_MALFORMED, {0}, {0}},
    {"hexadecimal", "0x10", GV_ERR_MALFORMED, {0}, {0}},
    {"unit", "15m", GV_ERR_MALFORMED, {0}, {0}},
    {"percent", "10%", GV_ERR_MALFORMED, {0}, {0}},
    {"blank before", " 5", GV_ERR_MALFORMED, {0}, {0}},
    {"blank behind", "5 ", GV_ERR_MALFORMED, {0}, {0}},
    {"comma", "1,5", GV_ERR_MALFORMED, {0}, {0}},
    {"@ in the middle", "1@:2", GV_ERR_MALFORMED, {0}, {0}},
    {"two @", "@@1", GV_ERR_MALFORMED, {0}, {0}},
    {"nan", "nan", GV_ERR_MALFORMED, {0}, {0}},
};

static void test_row(const struct row *row)
{
    struct gv_range range = {.inside = false};
    const char *why = NULL;

    CHECK_INT(row->name, gv_range_read(gv_text(row->text), &range, &why), row->err);
    if (row->err != GV_OK) {
        CHECK(row->name, why != NULL && range.text.n == 0);
        return;
    }
    CHECK(row->name, gv_text_is(range.text, row->text));
    for (size_t i = 0; i < 3; i++) {
        CHECK(row->name, !gv_range_alerts(&range, row->quiet[i]));
        if (strcmp(row->text, "~:") != 0)
            CHECK(row->name, gv_range_alerts(&range, row->alerting[i]));
    }
}

int main(void)
{
    const struct gv_range none = {.inside = false};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        test_row(&rows[i]);
    CHECK("no range never alerts", !gv_range_alerts(&none, INT64_MAX));
    return check_end();
}
