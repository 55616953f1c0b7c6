/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool syslog: what a log of GMs and KSs says about their rekeys. */
#include <stdio.h>
#include <time.h>

#include "render/label.h"
#include "tool/command.h"
#include "tool/syslog_log.h"

struct row {
    struct gv_option_texts files;
    bool json;
};

static const struct gv_option options[] = {
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, files), NULL, NULL},
    TOOL_JSON(row),
};

static int64_t wall_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A member of an object, absent where there is nothing to say. */
static void put_text(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0')
        (void)json_object_set_new(object, key, tool_text_json(gv_text(text)));
}

static void put_when(json_t *object, const char *key, struct gv_when at)
{
    if (!at.known)
        return;
    (void)json_object_set_new(object, key,
                              at.at.ms % 1000 == 0 ? json_integer(at.at.ms / 1000)
                                                   : json_real((double)at.at.ms / 1000));
}

static struct gv_when event_when(const struct gv_event *event)
{
    return (struct gv_when){(event->has & GV_EVENT_HAS_AT) != 0, event->at};
}

static json_t *events_json(const struct gv_syslog_log *log)
{
    json_t *list = json_array();

    for (size_t i = 0; i < log->row_count; i++) {
        const struct gv_event *event = &log->rows[i].event;
        json_t *object = json_object();

        put_when(object, "time", event_when(event));
        put_text(object, "mnemonic", event->code);
        put_text(object, "group", event->group);
        put_text(object, "ks", event->ks);
        put_text(object, "gm", event->gm);
        (void)json_array_append_new(list, object);
    }
    return list;
}

static json_t *findings_json(const struct gv_syslog_log *log, enum gv_finding_kind kind)
{
    json_t *list = json_array();

    for (size_t i = 0; i < log->finding_count; i++) {
        const struct gv_syslog_finding *found = &log->findings[i];
        json_t *object;

        if (found->finding.kind != kind)
            continue;
        object = json_object();
        put_text(object, "group", found->group);
        put_text(object, "gm", found->gm);
        if (kind == GV_FINDING_DOUBLE)
            put_text(object, "ks", found->ks);
        put_when(object, "first", found->finding.first);
        put_when(object, "expired", found->finding.expired);
        put_when(object, "second", found->finding.second);
        put_when(object, "time", found->finding.at);
        (void)json_array_append_new(list, object);
    }
    return list;
}

static int print_json(const struct gv_syslog_log *log, json_t *error, int code)
{
    json_t *document = json_pack("{s:o, s:o, s:o}", "events", events_json(log),
                                 "double_registrations", findings_json(log, GV_FINDING_DOUBLE),
                                 "missed_rekeys", findings_json(log, GV_FINDING_MISSED));

    if (error != NULL)
        (void)json_object_set_new(document, "error", error);
    return tool_print_json(document, code);
}

static void add_when(struct gv_buf *out, struct gv_when at)
{
    time_t seconds = (time_t)(at.at.ms / 1000);
    struct tm parts;
    char text[32];

    if (!at.known || gmtime_r(&seconds, &parts) == NULL ||
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts) == 0)
        return;
    gv_buf_add_str(out, text);
    gv_buf_add_str(out, "  ");
}

static void add_named(struct gv_buf *out, const char *what, const char *name)
{
    if (name[0] == '\0')
        return;
    gv_buf_add_str(out, what);
    gv_visible_add(out, gv_text(name));
}

static void add_finding(struct gv_buf *out, const struct gv_syslog_finding *found)
{
    bool twice = found->finding.kind == GV_FINDING_DOUBLE;

    add_when(out, twice ? found->finding.expired : found->finding.at);
    gv_buf_add_str(out, twice ? "two registrations around one expiry: old KS, new GM"
                              : "a rekey did not arrive");
    add_named(out, "; group ", found->group);
    add_named(out, ", GM ", found->gm);
    add_named(out, ", KS ", found->ks);
    gv_buf_add_char(out, '\n');
}

static int print_text(const struct gv_syslog_log *log, int code)
{
    struct gv_buf out = gv_buf(TOOL_TEXT_MOST);

    for (size_t i = 0; i < log->row_count; i++) {
        const struct gv_event *event = &log->rows[i].event;

        add_when(&out, event_when(event));
        gv_visible_add(&out, gv_text(event->code));
        add_named(&out, "  group ", event->group);
        add_named(&out, "  GM ", event->gm);
        add_named(&out, "  KS ", event->ks);
        gv_buf_add_char(&out, '\n');
    }
    gv_buf_add_u64(&out, log->row_count);
    gv_buf_add_str(&out, " events\n");
    for (size_t i = 0; i < log->finding_count; i++)
        add_finding(&out, &log->findings[i]);
    (void)fputs(out.at != NULL ? out.at : "", stdout);
    gv_buf_clear(&out);
    return code;
}

static int judge(const struct row *row, struct gv_text text)
{
    struct gv_syslog_log log;
    enum gv_err err = gv_syslog_log_read(text, wall_ms(), &log);
    int code = err == GV_OK ? TOOL_OK : TOOL_NEGATIVE;
    const char *reason =
        err == GV_ERR_TOO_LARGE ? "too many events: the first are shown" : gv_err_name(err);
    json_t *error = NULL;

    if (err != GV_OK) {
        (void)fprintf(stderr, "getvpntool: syslog: %s\n", reason);
        error = row->json ? tool_error("syslog", reason) : NULL;
    }
    code = row->json ? print_json(&log, error, code) : print_text(&log, code);
    gv_syslog_log_clear(&log);
    return code;
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};
    struct gv_buf input = gv_buf(TOOL_INPUT_MOST);
    int code;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    code = tool_read_file(command, &row.files, row.json, &input);
    if (code == TOOL_OK)
        code = judge(&row, (struct gv_text){input.at != NULL ? input.at : "", input.n});
    gv_buf_clear(&input);
    return code;
}

const struct tool_command tool_syslog = {
    "syslog",
    "FILE",
    "find mismatches and lost rekeys in a log of GMs and KSs",
    "FILE holds syslog lines of one or many routers, or what `show logging` printed (- is\n"
    "standard input). It lists the messages of GETVPN in the order in which they happened, "
    "the\n"
    "GMs that registered twice around one KEK expiry (an old key server with a new member),\n"
    "and the rekeys that did not arrive. Stamps without a zone are taken as UTC; without any\n"
    "stamps the order alone decides.\n\n"
    "Example:\n"
    "  ssh gm-1 'show logging' | getvpntool syslog -",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
