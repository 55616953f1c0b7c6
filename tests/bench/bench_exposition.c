/* SPDX-License-Identifier: Apache-2.0 */
/* What a scrape costs: about 100,000 series of group members, rendered, and
 * compressed as the HTTP server does it. Beside them what cannot be beaten:
 * copying the finished body. CPU time, the best of several rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/gzip.h"
#include "render/render.h"

enum { MEMBERS = 4550, ROUNDS = 7, MOST = 64 << 20, LABEL_SIZE = 24 };

#define KNOWN(v)                                                                               \
    {                                                                                          \
        true, (v)                                                                              \
    }
#define AT(ms)                                                                                 \
    {                                                                                          \
        true,                                                                                  \
        {                                                                                      \
            (ms)                                                                               \
        }                                                                                      \
    }

static struct gv_device_verdict devices[MEMBERS];
static struct gv_membership memberships[MEMBERS];
static struct gv_collector_verdict collectors[MEMBERS];
static char names[MEMBERS][LABEL_SIZE];
static struct gv_snapshot snapshot = {.devices = devices, .device_count = MEMBERS};

static void build(void)
{
    for (int i = 0; i < MEMBERS; i++) {
        const int64_t seen_ms = 1000000 + i * 7;

        (void)snprintf(names[i], LABEL_SIZE, "branch-%04d.example.net", i % 10000);
        collectors[i] = (struct gv_collector_verdict){.name = "snmp",
                                                      .polled = true,
                                                      .duration = {40 + i % 20},
                                                      .observed_at = AT(seen_ms)};
        memberships[i] = (struct gv_membership){
            .group = "BRANCH-WAN",
            .group_id = "3333",
            .type = GV_GROUP_GDOI,
            .transport = GV_REKEY_UNICAST,
            .has_gm = true,
            .gm_kek = {.present = true,
                       .lifetime_s = KNOWN(86400),
                       .expiry = AT(seen_ms + 40000000)},
            .gm_tek = {.present = true, .count = 2, .expiry = AT(seen_ms + 3000000)},
            .kek_in_sync = GV_YES,
            .registered = GV_YES,
            .reregistration_at = AT(seen_ms + 2900000),
            .last_rekey_at = AT(seen_ms - 600000),
            .registrations_attempted = KNOWN(4),
            .registrations_succeeded = KNOWN(4),
            .rekeys_received = KNOWN(1200 + (unsigned)i % 7),
            .double_registrations = KNOWN(0)};
        devices[i] = (struct gv_device_verdict){.name = names[i],
                                                .version = "15.2(4)M6",
                                                .gdoi_version = "1.0.4",
                                                .vendor = GV_VENDOR_CISCO,
                                                .os = GV_OS_IOS,
                                                .up = true,
                                                .collectors = &collectors[i],
                                                .collector_count = 1,
                                                .is_gm = true,
                                                .gm_behaviour = {.behaviour = GV_BEHAVIOUR_NEW},
                                                .memberships = &memberships[i],
                                                .membership_count = 1};
    }
}

static double cpu_ms(void)
{
    struct timespec ts = {0};

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void render(enum gv_exposition format, int64_t now_ms, struct gv_buf *out)
{
    const struct gv_self self = {.version = "bench"};
    const struct gv_render_in in = {.snapshot = &snapshot,
                                    .self = &self,
                                    .now = {now_ms},
                                    .wall_offset_ms = INT64_C(1764000000000)};

    gv_buf_reset(out);
    gv_render_metrics(format, &in, out);
}

static size_t series(const struct gv_buf *text)
{
    size_t n = 0;

    for (struct gv_text rest = {text->at, text->n}, line; gv_text_line(&rest, &line);)
        n += line.n > 0 && line.at[0] != '#' ? 1 : 0;
    return n;
}

struct best {
    double plain, gzip, copy;
};

static void keep_less(double *best, double ms)
{
    if (ms < *best)
        *best = ms;
}

static double copy_ms(const struct gv_buf *from, struct gv_buf *to)
{
    double start = cpu_ms();

    gv_buf_add(to, from->at, from->n);
    return cpu_ms() - start;
}

/* A cold buffer each time, as for each scrape. */
static size_t measure(enum gv_exposition format, struct best *best)
{
    struct gv_gzip *gzip = gv_gzip_new();
    size_t packed_n = 0;

    for (int i = 0; i < ROUNDS; i++) {
        struct gv_buf body = gv_buf(MOST), copy = gv_buf(MOST), packed = gv_buf(MOST);
        double start = cpu_ms();

        render(format, 1100000 + i * 1234, &body);
        keep_less(&best->plain, cpu_ms() - start);
        keep_less(&best->copy, copy_ms(&body, &copy));
        start = cpu_ms();
        if (gv_gzip_pack(gzip, &body, &packed))
            keep_less(&best->gzip, cpu_ms() - start);
        packed_n = packed.n;
        gv_buf_clear(&packed);
        gv_buf_clear(&body);
        gv_buf_clear(&copy);
    }
    gv_gzip_free(gzip);
    return packed_n;
}

int main(void)
{
    static const char *const names_of[] = {"Prometheus text 0.0.4", "OpenMetrics 1.0"};
    struct gv_buf body = gv_buf(MOST);

    build();
    for (int f = GV_PROMETHEUS_TEXT; f <= GV_OPENMETRICS; f++) {
        struct best best = {1e9, 1e9, 1e9};
        size_t packed_n = measure((enum gv_exposition)f, &best);

        render((enum gv_exposition)f, 1100000, &body);
        printf("%s: %zu series, %zu octets, gzip %zu\n", names_of[f], series(&body), body.n,
               packed_n);
        printf("  CPU ms: plain %.1f, with gzip %.1f, copy of the finished body %.1f\n",
               best.plain, best.plain + best.gzip, best.copy);
    }
    gv_buf_clear(&body);
    return 0;
}
