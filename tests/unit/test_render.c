/* SPDX-License-Identifier: Apache-2.0 */
/* The expositions: golden pairs, labels, and the table of metrics itself. */
#include "render/render.h"

#include <stdlib.h>

#include "check.h"
#include "fleet.h"
#include "render/label.h"
#include "render/metric.h"

enum { MOST = 1 << 20, RANDOM_LABELS = 20000 };

static const struct {
    const char *name, *text, *escaped;
} label_rows[] = {
    {"plain", "Group 1", "Group 1"},
    {"empty", "", ""},
    {"quote", "a\"b", "a\\\"b"},
    {"backslash", "a\\b", "a\\\\b"},
    {"line feed", "a\nb", "a\\nb"},
    {"UTF-8", "B\xc3\xbcro \xe2\x82\xac \xf0\x9f\x94\x91",
     "B\xc3\xbcro \xe2\x82\xac \xf0\x9f\x94\x91"},
    {"latin-1", "B\xfcro", "B\\\\xFCro"},
    {"cut-off character", "a\xe2\x82", "a\\\\xE2\\\\x82"},
    {"overlong", "\xc0\xaf", "\\\\xC0\\\\xAF"},
    {"surrogate", "\xed\xa0\x80", "\\\\xED\\\\xA0\\\\x80"},
    {"beyond Unicode", "\xf4\x90\x80\x80", "\\\\xF4\\\\x90\\\\x80\\\\x80"},
    {"terminal escape", "\x1b[31m", "\\\\x1B[31m"},
    {"C1 control",
     "\xc2\x9b"
     "31m",
     "\\\\xC2\\\\x9B31m"},
    {"carriage return", "a\rb", "a\\\\x0Db"},
    {"delete", "\x7f", "\\\\x7F"},
};

#define SEVEN "1234567"
#define HUNDRED                                                                                \
    "0123456789012345678901234567890123456789012345678901234567890123456789"                   \
    "012345678901234567890123456789"

static const struct {
    const char *name, *text;
    size_t n;
} cut_rows[] = {
    {"as long as may be", HUNDRED SEVEN SEVEN SEVEN SEVEN, 128},
    {"one more", HUNDRED SEVEN SEVEN SEVEN SEVEN "8", 128},
    {"character across the end", HUNDRED SEVEN SEVEN SEVEN "123456\xc3\xbc", 127},
    {"character up to the end", HUNDRED SEVEN SEVEN SEVEN "12345\xc3\xbc", 128},
    {"escape across the end", HUNDRED SEVEN SEVEN SEVEN "12345\xff", 126},
};

static const struct {
    const char *name, *file;
    enum gv_exposition format;
} golden_rows[] = {
    {"Prometheus text", GOLDEN "/fleet.prom", GV_PROMETHEUS_TEXT},
    {"OpenMetrics", GOLDEN "/fleet.om", GV_OPENMETRICS},
};

static void read_file(const char *path, struct gv_buf *out)
{
    FILE *file = fopen(path, "rb");
    char *to = gv_buf_room(out, MOST - 1);

    CHECK(path, file != NULL && to != NULL);
    if (file == NULL || to == NULL)
        return;
    gv_buf_grew(out, fread(to, 1, MOST - 1, file));
    (void)fclose(file);
}

/* Each octet at each place of a text long enough to be read eight at a time. */
static void test_label_octets(void)
{
    for (unsigned octet = 1; octet < 256; octet++)
        for (unsigned place = 0; place < 16; place++) {
            char text[] = "abcdefghijklmnopqrs", to[GV_LABEL_ESCAPED_MOST + 1];
            char want[sizeof(text) + sizeof(to)], alone[sizeof(to)];
            const char one[] = {(char)octet, '\0'};

            alone[gv_label_escape(one, alone)] = '\0';
            text[place] = (char)octet;
            (void)snprintf(want, sizeof(want), "%.*s%s%s", (int)place, text, alone,
                           text + place + 1);
            to[gv_label_escape(text, to)] = '\0';
            CHECK_STR(text, to, want);
        }
}

static void test_labels(void)
{
    char to[GV_LABEL_ESCAPED_MOST + 1];

    for (size_t i = 0; i < sizeof(label_rows) / sizeof(label_rows[0]); i++) {
        to[gv_label_escape(label_rows[i].text, to)] = '\0';
        CHECK_STR(label_rows[i].name, to, label_rows[i].escaped);
    }
    for (size_t i = 0; i < sizeof(cut_rows) / sizeof(cut_rows[0]); i++) {
        size_t n = gv_label_escape(cut_rows[i].text, to);
        size_t backslashes = 0;

        for (size_t j = 0; j < n; j++)
            backslashes += to[j] == '\\' ? 1u : 0u;
        CHECK_INT(cut_rows[i].name, n - backslashes, cut_rows[i].n - backslashes);
        CHECK(cut_rows[i].name, strncmp(to, cut_rows[i].text, 120) == 0);
    }
}

/* Read an escaped label back as Prometheus does. False: it could not. */
static bool unescape(const char *at, size_t n, struct gv_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        if (at[i] == '"' || at[i] == '\n')
            return false;
        if (at[i] != '\\') {
            gv_buf_add_char(out, at[i]);
            continue;
        }
        if (++i == n || (at[i] != '\\' && at[i] != '"' && at[i] != 'n'))
            return false;
        gv_buf_add_char(out, (char)(at[i] == 'n' ? '\n' : at[i]));
    }
    return true;
}

/* Whatever a device sends, Prometheus reads back what gv_visible_add shows, or
 * the beginning of it. Pseudo-random: octets that the rules single out, mostly. */
static void test_label_round_trip(void)
{
    static const char favourites[] =
        "\\\"\nx\x1b\xc3\xbc\xe2\x82\xac\xf0\x9f\xed\xa0\xc2\x80\xff";
    uint32_t random = 20251124;
    unsigned bad = 0;

    for (unsigned i = 0; i < RANDOM_LABELS; i++) {
        struct gv_buf shown = gv_buf(4096), back = gv_buf(4096);
        char text[200] = "", escaped[GV_LABEL_ESCAPED_MOST];
        size_t n = i % (sizeof(text) - 1), written;

        for (size_t j = 0; j < n; j++) {
            random = random * 1664525u + 1013904223u;
            text[j] =
                (char)(random >> 31 ? favourites[(random >> 16) % (sizeof(favourites) - 1)]
                                    : (char)(1 + (random >> 16) % 255));
        }
        gv_visible_add(&shown, gv_text(text));
        written = gv_label_escape(text, escaped);
        if (!unescape(escaped, written, &back) || back.n > GV_LABEL_MOST || back.n > shown.n ||
            (shown.n <= GV_LABEL_MOST && back.n != shown.n) ||
            (back.n > 0 && memcmp(back.at, shown.at, back.n) != 0))
            bad++;
        gv_buf_clear(&shown);
        gv_buf_clear(&back);
    }
    CHECK_INT("labels that did not come back", bad, 0);
}

static void test_golden(void)
{
    struct gv_render_in in = fleet_in();

    for (size_t i = 0; i < sizeof(golden_rows) / sizeof(golden_rows[0]); i++) {
        struct gv_buf got = gv_buf(MOST), want = gv_buf(MOST);

        gv_render_metrics(golden_rows[i].format, &in, &got);
        read_file(golden_rows[i].file, &want);
        CHECK_STR(golden_rows[i].name, got.at, want.at);
        gv_buf_clear(&got);
        gv_buf_clear(&want);
    }
}

/* A family under check: its name, and whether a sample may follow. */
struct family {
    struct gv_text name, type;
    struct gv_buf seen; /* every name so far, one a line */
};

/* "# TYPE NAME TEXT" and its siblings: the first begins a family, no name comes twice. */
static bool header_ok(struct gv_text line, struct family *f)
{
    struct gv_text hash, what, name;

    if (!gv_text_word(&line, &hash) || !gv_text_word(&line, &what) ||
        !gv_text_word(&line, &name) || gv_text_trim(line).n == 0)
        return false;
    if (gv_text_is(what, "HELP")) {
        char *again = NULL;

        gv_buf_add_char(&f->seen, '\n');
        again = memmem(f->seen.at, f->seen.n, name.at, name.n + 1);
        gv_buf_add(&f->seen, name.at, name.n + 1); /* the blank too */
        f->name = name;
        return again == NULL;
    }
    if (gv_text_is(what, "TYPE"))
        f->type = gv_text_trim(line);
    return name.n == f->name.n && memcmp(name.at, f->name.at, name.n) == 0;
}

/* The length of {name="value",...}; 0 where it breaks the grammar. */
static size_t labels_length(struct gv_text t)
{
    size_t i = 0;

    do {
        i++;
        while (i < t.n && t.at[i] != '=')
            i++;
        if (i + 1 >= t.n || t.at[i + 1] != '"')
            return 0;
        for (i += 2; i < t.n && t.at[i] != '"'; i++)
            i += t.at[i] == '\\' ? 1 : 0;
        i++;
    } while (i < t.n && t.at[i] == ',');
    return i < t.n && t.at[i] == '}' ? i + 1 : 0;
}

/* A sample of the family under way; a counter's name has _total added. */
static bool sample_ok(struct gv_text line, const struct family *f)
{
    static const char total[] = "_total";
    struct gv_text rest = gv_text_from(line, f->name.n);
    size_t labels;

    if (line.n <= f->name.n || memcmp(line.at, f->name.at, f->name.n) != 0)
        return false;
    if (gv_text_is(f->type, "counter")) {
        if (!gv_text_starts(rest, total))
            return false;
        rest = gv_text_from(rest, sizeof(total) - 1);
    }
    labels = rest.at[0] == '{' ? labels_length(rest) : 0;
    if (rest.at[0] == '{' && labels == 0)
        return false;
    rest = gv_text_from(rest, labels);
    for (size_t i = 1; i < rest.n; i++)
        if (strchr("0123456789.-NaN", rest.at[i]) == NULL)
            return false;
    return rest.n > 1 && rest.at[0] == ' ';
}

/* OpenMetrics 1.0: each family once and in one piece, its header first, and the
 * end marked. */
static void test_openmetrics_grammar(void)
{
    struct gv_render_in in = fleet_in();
    struct gv_buf out = gv_buf(MOST);
    struct family f = {.seen = gv_buf(MOST)};
    struct gv_text rest, line;
    bool ended = false;

    gv_render_metrics(GV_OPENMETRICS, &in, &out);
    rest = (struct gv_text){out.at, out.n};
    while (gv_text_line(&rest, &line)) {
        char shown[256] = "";

        memcpy(shown, line.at, line.n < sizeof(shown) ? line.n : sizeof(shown) - 1);
        CHECK(shown, !ended);
        if (gv_text_is(line, "# EOF"))
            ended = true;
        else
            CHECK(shown, line.at[0] == '#' ? header_ok(line, &f) : sample_ok(line, &f));
    }
    CHECK("# EOF", ended);
    gv_buf_clear(&f.seen);
    gv_buf_clear(&out);
}

/* The value of the first series that begins with `series`; NULL: no such series. */
static const char *value_of(const struct gv_buf *text, const char *series)
{
    static char value[64];
    const char *at = text->at != NULL ? strstr(text->at, series) : NULL;
    size_t n;

    if (at == NULL)
        return NULL;
    at = strchr(at, ' ') + 1;
    n = strcspn(at, "\n");
    memcpy(value, at, n);
    value[n] = '\0';
    return value;
}

static void test_instant(void)
{
    static const char remaining[] = "\ngetvpn_kek_remaining_seconds{device=\"ks-a\"";
    static const struct {
        const char *name;
        int64_t later_ms;
        const char *value;
    } rows[] = {{"now", 0, "787"},
                {"a moment later", 1250, "785.75"},
                {"at expiry", 787000, "0"},
                {"after", 900000, "0"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_render_in in = fleet_in();
        struct gv_buf out = gv_buf(MOST);

        in.now.ms += rows[i].later_ms;
        gv_render_metrics(GV_PROMETHEUS_TEXT, &in, &out);
        CHECK_STR(rows[i].name, value_of(&out, remaining), rows[i].value);
        CHECK_STR(rows[i].name,
                  value_of(&out, "\ngetvpn_kek_expiry_timestamp_seconds{device=\"ks-a\""),
                  "1764000787.25");
        gv_buf_clear(&out);
    }
}

/* contract.md: no series is born at a rekey, so the two that the first one would
 * give birth to are there before it; all else that is not known is absent. */
static void test_before_the_first_rekey(void)
{
    static const char lead[] = "\ngetvpn_kek_rekey_lead_observed_seconds{device=\"ks-a\"";
    static const char last[] = "\ngetvpn_gm_last_rekey_timestamp_seconds{device=\"gm-a\"";
    struct gv_render_in in = fleet_in();
    struct gv_device_verdict two[2] = {in.snapshot->devices[0], in.snapshot->devices[1]};
    struct gv_membership ks = two[0].memberships[0], gm = two[1].memberships[0];
    struct gv_snapshot snapshot = {.devices = two, .device_count = 2};
    struct gv_buf out = gv_buf(MOST);

    two[0].memberships = &ks;
    two[1].memberships = &gm;
    in.snapshot = &snapshot;
    ks.rekey.lead_observed_known = false;
    gm.last_rekey_at.known = false;
    gv_render_metrics(GV_PROMETHEUS_TEXT, &in, &out);
    CHECK_STR("no rekey seen yet", value_of(&out, lead), "NaN");
    CHECK_STR("none received yet", value_of(&out, last), "NaN");
    gv_buf_reset(&out);
    ks.rekey.published = false;
    gm.rekeys_received.known = false;
    gv_render_metrics(GV_PROMETHEUS_TEXT, &in, &out);
    CHECK("another device carries the group's rekeys", value_of(&out, lead) == NULL);
    CHECK("a member that does not tell its rekeys", value_of(&out, last) == NULL);
    gv_buf_clear(&out);
}

/* A stepped wall clock moves the instants that are shown, and nothing else. */
static void test_stepped_clock(void)
{
    static const struct {
        const char *name;
        int64_t step_s;
    } rows[] = {{"an hour on", 3600},
                {"an hour back", -3600},
                {"ten years on, past 2038", INT64_C(10) * 366 * 86400 * 2},
                {"ten years back", INT64_C(-10) * 365 * 86400}};
    struct gv_render_in in = fleet_in();
    struct gv_buf before = gv_buf(MOST);

    gv_render_metrics(GV_OPENMETRICS, &in, &before);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_buf after = gv_buf(MOST);
        struct gv_text a = {before.at, before.n}, b, line, stepped;

        in = fleet_in();
        in.wall_offset_ms += rows[i].step_s * 1000;
        gv_render_metrics(GV_OPENMETRICS, &in, &after);
        b = (struct gv_text){after.at, after.n};
        while (gv_text_line(&a, &line) && gv_text_line(&b, &stepped)) {
            bool same = line.n == stepped.n && memcmp(line.at, stepped.at, line.n) == 0;
            bool instant = gv_text_find(line, "_timestamp_seconds{") < line.n;

            CHECK(rows[i].name, same != instant);
        }
        CHECK(rows[i].name, a.n == 0 && b.n == 0);
        gv_buf_clear(&after);
    }
    gv_buf_clear(&before);
}

static void test_one_device(void)
{
    struct gv_render_in in = fleet_in();
    struct gv_buf out = gv_buf(MOST);

    in.device = "gm-a";
    in.self = NULL;
    gv_render_metrics(GV_PROMETHEUS_TEXT, &in, &out);
    CHECK_STR("the device", value_of(&out, "getvpn_up{device=\"gm-a\"}"), "1");
    CHECK("no other device", value_of(&out, "ks-a") == NULL);
    CHECK("no group", value_of(&out, "getvpn_coop_primaries") == NULL);
    CHECK("nothing of the exporter", value_of(&out, "getvpn_exporter") == NULL);
    gv_buf_reset(&out);
    in.unanswered = true;
    gv_render_metrics(GV_OPENMETRICS, &in, &out);
    CHECK_STR("unanswered", value_of(&out, "getvpn_up{device=\"gm-a\"}"), "0");
    CHECK("and nothing old", value_of(&out, "getvpn_kek") == NULL);
    gv_buf_clear(&out);
}

/* contract.md: at most 25 series for a group member, with both collectors. */
static void test_budget(void)
{
    struct gv_render_in in = fleet_in();
    struct gv_device_verdict d = in.snapshot->devices[1];
    struct gv_collector_verdict both[2] = {d.collectors[0], d.collectors[0]};
    struct gv_snapshot one = {.devices = &d, .device_count = 1};
    struct gv_buf out = gv_buf(MOST);
    unsigned series = 0;

    both[1].name = "ssh";
    d.collectors = both;
    d.collector_count = 2;
    d.ssh_profile = "default";
    in.snapshot = &one;
    in.self = NULL;
    gv_render_metrics(GV_PROMETHEUS_TEXT, &in, &out);
    for (struct gv_text rest = {out.at, out.n}, line; gv_text_line(&rest, &line);)
        series += line.n > 0 && line.at[0] != '#';
    CHECK_INT("series of a group member", series, 25);
    gv_buf_clear(&out);
}

static void test_probe_text(void)
{
    struct gv_render_in in = fleet_in();
    struct gv_buf out = gv_buf(MOST);

    in.device = "ks-a";
    gv_render_probe_text(&in, GV_ERR_TIMEOUT, gv_text("> show it\n\x07it\n"), &out);
    CHECK_STR("of a device", out.at,
              "target: ks-a\naddress: 192.0.2.1\nprobe: timeout\n"
              "\ncollector: snmp\nlast poll: ok\ntook: 0.12 s\nlast observation: 10 s ago\n"
              "\ncollector: ssh\nlast poll: timeout\ndetail: no prompt within 10 s\n"
              "took: 10 s\nlast observation: none, or stale\n"
              "\n> show it\n\\x07it\n");
    gv_buf_reset(&out);
    in.device = "silent";
    in.unanswered = true;
    gv_render_probe_text(&in, GV_OK, gv_text(NULL), &out);
    CHECK_STR("without an answer", out.at,
              "target: silent\naddress: 192.0.2.14\n"
              "probe: no answer in time, the poll goes on\n"
              "\ncollector: ssh\nno poll has ended yet\n");
    gv_buf_reset(&out);
    in.device = "gone";
    gv_render_probe_text(&in, GV_OK, gv_text(NULL), &out);
    CHECK_STR("gone meanwhile", out.at, "the target is no longer configured\n");
    gv_buf_clear(&out);
}

static bool nothing(const struct gv_row *row, unsigned state, struct gv_value *value)
{
    (void)row;
    (void)state;
    (void)value;
    return false;
}

static const struct gv_states long_states = {"a_label_beyond_sixteen", 1, NULL};

static const struct {
    const char *name;
    struct gv_metric metric;
    bool ok;
} fault_rows[] = {
    {"gauge", {.name = "a", .help = "A.", .get = nothing}, true},
    {"counter", {.name = "a_total", .type = GV_COUNTER, .help = "A.", .get = nothing}, true},
    {"unit", {.name = "a_seconds", .unit = "seconds", .help = "A.", .get = nothing}, true},
    {"unit of a counter",
     {.name = "a_seconds_total",
      .type = GV_COUNTER,
      .unit = "seconds",
      .help = "A.",
      .get = nothing},
     true},
    {"counter without _total",
     {.name = "a", .type = GV_COUNTER, .help = "A.", .get = nothing},
     false},
    {"gauge with _total", {.name = "a_total", .help = "A.", .get = nothing}, false},
    {"_bucket", {.name = "a_bucket", .help = "A.", .get = nothing}, false},
    {"_sum", {.name = "a_sum", .help = "A.", .get = nothing}, false},
    {"_created", {.name = "a_created", .help = "A.", .get = nothing}, false},
    {"_count", {.name = "a_count", .help = "A.", .get = nothing}, false},
    {"_count, known",
     {.name = "a_count", .help = "A.", .get = nothing, .untyped_in_text = true},
     true},
    {"untyped without need",
     {.name = "a", .help = "A.", .get = nothing, .untyped_in_text = true},
     false},
    {"another unit", {.name = "a_ms", .unit = "seconds", .help = "A.", .get = nothing}, false},
    {"unit not given", {.name = "a_seconds", .help = "A.", .get = nothing}, false},
    {"bytes not given", {.name = "a_bytes", .help = "A.", .get = nothing}, false},
    {"neither field nor function", {.name = "a", .help = "A."}, false},
    {"field and function",
     {.name = "a", .help = "A.", .get = nothing, .field = GV_FIELD_U64},
     false},
    {"no help", {.name = "a", .help = "", .get = nothing}, false},
    {"no sentence", {.name = "a", .help = "A", .get = nothing}, false},
    {"line feed in the help", {.name = "a", .help = "A\nb.", .get = nothing}, false},
    {"long name", {.name = HUNDRED, .help = "A.", .get = nothing}, false},
    {"long state label",
     {.name = "a", .help = "A.", .get = nothing, .states = &long_states},
     false},
    {"long info label",
     {.name = "a", .help = "A.", .get = nothing, .info = {{"a_label_beyond_sixteen", NULL}}},
     false},
};

static void test_table(void)
{
    const char *name = "no metric", *fault = gv_metrics_fault(&name);

    CHECK_STR(name, fault, NULL);
    for (size_t i = 0; i < sizeof(fault_rows) / sizeof(fault_rows[0]); i++)
        CHECK_INT(fault_rows[i].name, gv_metric_fault(&fault_rows[i].metric) == NULL,
                  fault_rows[i].ok);
}

/* Write the expositions, for promtool and to renew the golden files. */
static int print(enum gv_exposition format)
{
    struct gv_render_in in = fleet_in();
    struct gv_buf out = gv_buf(MOST);

    gv_render_metrics(format, &in, &out);
    (void)fwrite(out.at, 1, out.n, stdout);
    gv_buf_clear(&out);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--text") == 0)
        return print(GV_PROMETHEUS_TEXT);
    if (argc == 2 && strcmp(argv[1], "--openmetrics") == 0)
        return print(GV_OPENMETRICS);
    test_table();
    test_labels();
    test_label_octets();
    test_label_round_trip();
    test_golden();
    test_openmetrics_grammar();
    test_instant();
    test_before_the_first_rekey();
    test_stepped_clock();
    test_one_device();
    test_budget();
    test_probe_text();
    return check_end();
}
