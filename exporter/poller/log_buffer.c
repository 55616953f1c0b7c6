/* SPDX-License-Identifier: Apache-2.0 */
#include "poller/log_buffer.h"

#include <string.h>

#include "base/hash.h"
#include "events/syslog.h"

enum { AHEAD_MS = 86400000 }; /* a clock may be wrong by a day before a year is guessed */

/* The lines that mean something here, the last GV_LOG_LINES of them. */
struct listing {
    struct gv_text lines[GV_LOG_LINES];
    uint64_t hashes[GV_LOG_LINES];
    size_t count;
};

/* Whoever writes the log can make two lines equal; that hides its own line. */
static uint64_t hash(struct gv_text line)
{
    return gv_hash(GV_HASH_BEGIN, line.at, line.n);
}

static void list(struct gv_text log, struct listing *listing)
{
    struct gv_text rest = log, line;
    struct gv_syslog told;
    size_t skip = 0;

    listing->count = 0;
    while (gv_text_line(&rest, &line))
        skip += gv_syslog_read(line, &told) == GV_OK;
    skip = skip > GV_LOG_LINES ? skip - GV_LOG_LINES : 0;
    while (gv_text_line(&log, &line)) {
        if (gv_syslog_read(line, &told) != GV_OK || (skip > 0 && skip-- > 0))
            continue;
        listing->lines[listing->count] = line;
        listing->hashes[listing->count++] = hash(line);
    }
}

/* How many lines of the listing's beginning are the end of what was read before: the buffer
 * only loses lines at its beginning. */
static size_t repeated(const struct gv_log_buffer *buffer, const struct listing *listing)
{
    for (size_t from = 0; from < buffer->count; from++) {
        size_t n = buffer->count - from;

        if (n <= listing->count &&
            memcmp(buffer->lines + from, listing->hashes, n * sizeof(uint64_t)) == 0)
            return n;
    }
    return 0;
}

static bool was_there(const struct gv_log_buffer *buffer, uint64_t line)
{
    for (size_t i = 0; i < buffer->count; i++)
        if (buffer->lines[i] == line)
            return true;
    return false;
}

/* A dated line that is not in its place was there before all the same: a line that broke into
 * the last answer, say. Each counts once. */
static bool taken_before(struct gv_log_buffer *buffer, uint64_t line)
{
    for (size_t i = 0; i < buffer->count; i++)
        if (buffer->lines[i] == line) {
            buffer->lines[i] = 0;
            return true;
        }
    return false;
}

static bool dated(const struct gv_stamp *stamp, const struct gv_log_buffer *buffer,
                  const struct gv_log_clock *clock, int64_t *at_ms)
{
    int64_t unix_ms;

    if (!gv_stamp_unix_ms(stamp, clock->unix_ms + AHEAD_MS, &unix_ms))
        return false;
    *at_ms = clock->now.ms - (clock->unix_ms - unix_ms) + buffer->shift_ms;
    return true;
}

/* The newest line tells how wrong the router's clock is, as far as that shows. */
static void set_clock(struct gv_log_buffer *buffer, const struct listing *listing, size_t from,
                      const struct gv_log_clock *clock)
{
    int64_t at_ms;

    for (size_t i = listing->count; i > from; i--) {
        struct gv_syslog told;

        if (was_there(buffer, listing->hashes[i - 1]) ||
            gv_syslog_read(listing->lines[i - 1], &told) != GV_OK ||
            !dated(&told.stamp, buffer, clock, &at_ms))
            continue;
        if (at_ms > clock->now.ms || (buffer->read && at_ms < buffer->read_at.ms))
            buffer->shift_ms += clock->now.ms - at_ms;
        return;
    }
}

static bool make_event(const struct gv_log_buffer *buffer, struct gv_text line,
                       const struct gv_log_clock *clock, struct gv_event *out)
{
    struct gv_syslog told;
    int64_t at_ms;
    bool known;

    if (gv_syslog_read(line, &told) != GV_OK)
        return false;
    known = dated(&told.stamp, buffer, clock, &at_ms);
    if (!buffer->read && (!known || told.stamp.unset))
        return false;
    *out = told.event;
    out->logged = true;
    out->at = clock->now;
    if (known) {
        out->has |= GV_EVENT_HAS_AT;
        out->at.ms = at_ms < clock->now.ms ? at_ms : clock->now.ms;
    }
    return true;
}

void gv_log_buffer_feed(struct gv_log_buffer *buffer, struct gv_text log,
                        struct gv_log_clock clock,
                        void (*event)(void *arg, const struct gv_event *event), void *arg)
{
    struct listing listing;
    struct gv_event told;
    size_t from;

    list(log, &listing);
    from = repeated(buffer, &listing);
    set_clock(buffer, &listing, from, &clock);
    for (size_t i = from; i < listing.count; i++) {
        int64_t at_ms;
        struct gv_syslog line;
        bool is_dated = gv_syslog_read(listing.lines[i], &line) == GV_OK &&
                        dated(&line.stamp, buffer, &clock, &at_ms);

        if (is_dated && taken_before(buffer, listing.hashes[i]))
            continue;
        if (make_event(buffer, listing.lines[i], &clock, &told))
            event(arg, &told);
    }
    memcpy(buffer->lines, listing.hashes, listing.count * sizeof(uint64_t));
    buffer->count = listing.count;
    buffer->read = true;
    buffer->read_at = clock.now;
}
