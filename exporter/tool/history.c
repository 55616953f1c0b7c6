/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool history: the rekeys that an exporter has seen. */
#include <stdio.h>
#include <time.h>

#include "config/schema.h"
#include "history/database.h"
#include "render/label.h"
#include "tool/command.h"

enum { STAMP = 32 };

struct row {
    const char *database, *group, *since;
    bool json;
};

static const struct gv_option options[] = {
    {"--database", GV_OPTION_TEXT, offsetof(struct row, database), "FILE",
     "the history of an exporter (history: in its configuration)"},
    {"--group", GV_OPTION_TEXT, offsetof(struct row, group), "G",
     "only this group: its name, its id or NAME/ID"},
    {"--since", GV_OPTION_TEXT, offsetof(struct row, since), "T",
     "2026-11-25, 2026-11-25T21:00:00Z, Unix seconds, or a span before now: 12h, 7d"},
    TOOL_JSON(row),
};

struct listing {
    json_t *rekeys; /* NULL: as text */
    size_t count;
    bool failed;
};

static bool digits(struct gv_text text, size_t from, size_t n, int *out)
{
    uint32_t value;

    if (from + n > text.n || !gv_text_u32((struct gv_text){text.at + from, n}, &value))
        return false;
    *out = (int)value;
    return true;
}

/* "2026-11-25", and perhaps "T21:00:00Z"; UTC. */
static bool date_read(struct gv_text text, int64_t *unix_s)
{
    struct tm tm = {.tm_isdst = 0};

    if (!digits(text, 0, 4, &tm.tm_year) || !digits(text, 5, 2, &tm.tm_mon) ||
        !digits(text, 8, 2, &tm.tm_mday) || text.at[4] != '-' || text.at[7] != '-')
        return false;
    if (text.n != 10 &&
        (text.n != 20 || text.at[10] != 'T' || text.at[13] != ':' || text.at[16] != ':' ||
         text.at[19] != 'Z' || !digits(text, 11, 2, &tm.tm_hour) ||
         !digits(text, 14, 2, &tm.tm_min) || !digits(text, 17, 2, &tm.tm_sec)))
        return false;
    if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
        tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    *unix_s = timegm(&tm);
    return true;
}

static bool since_read(const char *told, int64_t *since_ms)
{
    struct gv_text text = gv_text(told);
    struct gv_dur span;
    uint64_t n;
    int64_t unix_s;

    if (told == NULL) {
        *since_ms = INT64_MIN;
        return true;
    }
    if (gv_text_u64(text, &n) && n <= INT64_MAX / 1000) {
        *since_ms = (int64_t)n * 1000;
        return true;
    }
    if (date_read(text, &unix_s)) {
        *since_ms = unix_s * 1000;
        return true;
    }
    if (!gv_span_read(text, &span))
        return false;
    *since_ms = (int64_t)time(NULL) * 1000 - span.ms;
    return true;
}

static void set(struct listing *listing, json_t *o, const char *name, json_t *value)
{
    if (json_object_set_new(o, name, value) != 0)
        listing->failed = true;
}

static json_t *seconds(int64_t ms)
{
    return ms % 1000 == 0 ? json_integer(ms / 1000) : json_real((double)ms / 1000);
}

static void set_text(struct listing *listing, json_t *o, const char *name, const char *text)
{
    if (text != NULL)
        set(listing, o, name, tool_text_json(gv_text(text)));
}

static void put_json(struct listing *listing, const struct gv_rekey_record *rekey)
{
    json_t *o = json_object();

    set(listing, o, "time", seconds(rekey->time_ms));
    set_text(listing, o, "group", rekey->group);
    set_text(listing, o, "device", rekey->device);
    set_text(listing, o, "ks", rekey->ks);
    set_text(listing, o, "old_spi", rekey->old_spi);
    set_text(listing, o, "new_spi", rekey->new_spi);
    if (rekey->lead_known)
        set(listing, o, "lead_seconds", seconds(rekey->lead_ms));
    if (rekey->expected_known)
        set(listing, o, "expected_lead_seconds", seconds(rekey->expected_ms));
    set_text(listing, o, "verdict", rekey->verdict);
    if (json_array_append_new(listing->rekeys, o) != 0)
        listing->failed = true;
}

static void add_padded(struct gv_buf *out, const char *text, size_t width)
{
    size_t start = out->n;

    gv_visible_add(out, gv_text(text));
    for (size_t i = start; i < out->n; i++)
        if (out->at[i] == '\n')
            out->at[i] = '?';
    while (out->err == GV_OK && out->n - start < width)
        gv_buf_add_char(out, ' ');
    gv_buf_add_char(out, ' ');
}

static void print_text(const struct gv_rekey_record *rekey)
{
    struct gv_buf line = gv_buf(1 << 16);
    char stamp[STAMP] = "?";
    time_t unix_s = (time_t)(rekey->time_ms / 1000);
    struct tm utc;

    if (gmtime_r(&unix_s, &utc) != NULL)
        (void)strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
    add_padded(&line, stamp, 20);
    add_padded(&line, rekey->group, 12);
    add_padded(&line, rekey->device, 16);
    add_padded(&line, rekey->verdict, 12);
    gv_buf_add_str(&line, "lead ");
    if (rekey->lead_known)
        gv_buf_add_ms(&line, rekey->lead_ms);
    gv_buf_add_str(&line, rekey->lead_known ? " s" : "unknown");
    if (rekey->expected_known) {
        gv_buf_add_str(&line, ", expected ");
        gv_buf_add_ms(&line, rekey->expected_ms);
        gv_buf_add_str(&line, " s");
    }
    gv_buf_add_str(&line, ", KEK ");
    gv_buf_add_str(&line, rekey->old_spi != NULL ? rekey->old_spi : "?");
    gv_buf_add_str(&line, " -> ");
    gv_buf_add_str(&line, rekey->new_spi != NULL ? rekey->new_spi : "?");
    (void)puts(line.at != NULL ? line.at : "");
    gv_buf_clear(&line);
}

static void list(void *arg, const struct gv_rekey_record *rekey)
{
    struct listing *listing = arg;

    listing->count++;
    if (listing->rekeys != NULL)
        put_json(listing, rekey);
    else
        print_text(rekey);
}

static int answer(const struct row *row, struct listing *listing)
{
    if (!row->json) {
        if (listing->count == 0)
            (void)fputs("getvpntool: no such rekey\n", stderr);
        return TOOL_OK;
    }
    if (listing->failed) {
        json_decref(listing->rekeys);
        return tool_print_json(NULL, TOOL_NEGATIVE);
    }
    return tool_print_json(json_pack("{s:o}", "rekeys", listing->rekeys), TOOL_OK);
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {0};
    struct listing listing = {NULL, 0, false};
    struct gv_database *database;
    char why[GV_DATABASE_WHY];
    int64_t since_ms;
    enum gv_err err;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (row.database == NULL)
        return tool_usage(command, "--database is needed");
    if (!since_read(row.since, &since_ms))
        return tool_usage(command, "--since: expected 2026-11-25, 2026-11-25T21:00:00Z, Unix "
                                   "seconds, or a span (12h, 7d)");
    if (gv_database_open_read(row.database, &database, why) != GV_OK)
        return tool_fail(row.json, "database", why, TOOL_NEGATIVE);
    listing.rekeys = row.json ? json_array() : NULL;
    listing.failed = row.json && listing.rekeys == NULL;
    err = gv_database_rekeys(database, row.group, since_ms, -1, list, &listing, why);
    gv_database_close(database);
    if (err == GV_OK)
        return answer(&row, &listing);
    json_decref(listing.rekeys);
    return tool_fail(row.json, "database", why, TOOL_NEGATIVE);
}

const struct tool_command tool_history = {
    "history",
    "[--group G] [--since T] --database FILE",
    "the rekeys that an exporter has seen, from its history",
    "Reads only, and does not disturb an exporter that is writing. The oldest rekey comes "
    "first;\n"
    "time is the new KEK's birth, of a missed rekey the old KEK's expiry.\n\n"
    "Example:\n"
    "  getvpntool history --database /var/lib/getvpn-exporter/history.db --since 7d",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
