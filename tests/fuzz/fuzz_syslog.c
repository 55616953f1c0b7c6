/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a log: each text of an event stands in its line, and a pair around an expiry is
 * found only where an expiry and a registration are. */
#include <stdlib.h>
#include <string.h>

#include "events/syslog.h"
#include "poller/log_buffer.h"
#include "tool/syslog_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(struct gv_text line, const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i + n <= line.n; i++)
        if (memcmp(line.at + i, text, n) == 0)
            return;
    abort();
}

static void count(void *arg, const struct gv_event *event)
{
    size_t *n = arg;

    if ((event->has & GV_EVENT_HAS_AT) && event->at.ms > 0)
        abort(); /* an instant to come */
    (*n)++;
}

/* Whatever a log holds, the second reading of the same tells nothing. */
static void read_twice(struct gv_text log)
{
    static struct gv_log_buffer buffer;
    const struct gv_log_clock clock = {{0}, 1795640400000};
    size_t first = 0, second = 0;

    buffer = (struct gv_log_buffer){.count = 0};
    gv_log_buffer_feed(&buffer, log, clock, count, &first);
    gv_log_buffer_feed(&buffer, log, clock, count, &second);
    if (first > GV_LOG_LINES || second > 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_text all = {(const char *)data, size}, rest = all, line;
    struct gv_syslog_log log;
    struct gv_syslog told;
    size_t expiries = 0, registrations = 0;

    while (gv_text_line(&rest, &line)) {
        if (gv_syslog_read(line, &told) != GV_OK)
            continue;
        expect(line, told.event.code);
        expect(line, told.event.group);
        expect(line, told.event.ks);
        expect(line, told.event.gm);
        if (told.severity > 7 || memchr(told.source, '\0', sizeof(told.source)) == NULL)
            abort();
        expiries += told.event.kind == GV_EVENT_GM_KEK_EXPIRED;
        registrations += told.event.kind == GV_EVENT_GM_REREGISTERS;
    }
    if (gv_syslog_log_read(all, 1795640400000, &log) == GV_OK) {
        for (size_t i = 0; i < log.finding_count; i++)
            if (log.findings[i].finding.kind == GV_FINDING_DOUBLE &&
                (expiries == 0 || registrations == 0))
                abort();
        for (size_t i = 1; i < log.row_count; i++)
            if (log.rows[i].order_ms < log.rows[i - 1].order_ms)
                abort();
    }
    gv_syslog_log_clear(&log);
    read_twice(all);
    return 0;
}
