/* SPDX-License-Identifier: Apache-2.0 */
/* One poll of everything: for a first look, for the demo, for cron. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"

enum { EXPOSITION_MOST = 256 << 20 };

struct round {
    struct gv_app *app;
    size_t pending, polled, failed;
};

/* One target's part of the round. */
struct part {
    struct round *round;
    const char *name;
};

static void on_polled(void *arg, enum gv_err worst)
{
    struct part *part = arg;
    struct round *round = part->round;

    round->pending--;
    round->polled++;
    round->failed += worst != GV_OK;
    (void)fprintf(stderr, "polled %zu, waiting for %zu: %s: %s\n", round->polled,
                  round->pending, part->name, gv_err_name(worst));
    if (round->pending == 0)
        gv_loop_stop(round->app->loop);
}

static bool ask_all(struct round *round, struct part *parts)
{
    const struct gv_config *config = round->app->config;

    for (size_t i = 0; i < config->target_count; i++) {
        const char *name = config->targets[i].target.name;

        if (!gv_shard_holds(round->app->settings->shard, name))
            continue;
        parts[i] = (struct part){round, name};
        if (gv_poller_poll_now(round->app->poller, name, on_polled, &parts[i]) != GV_OK)
            return false;
        round->pending++;
    }
    return true;
}

/* Say of every collector that failed why it did. */
static void explain(const struct gv_snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->device_count; i++) {
        const struct gv_device_verdict *device = &snapshot->devices[i];

        for (size_t j = 0; j < device->collector_count; j++)
            if (device->collectors[j].err != GV_OK)
                (void)fprintf(stderr, "%s: %s: %s: %s\n", device->name,
                              device->collectors[j].name,
                              gv_err_name(device->collectors[j].err),
                              device->collectors[j].detail ? device->collectors[j].detail : "");
    }
}

static bool print(struct gv_app *app)
{
    struct gv_buf out = gv_buf(EXPOSITION_MOST);
    struct gv_render_in in;
    bool ok = gv_app_view(app, &in);

    if (ok) {
        explain(in.snapshot);
        gv_render_metrics(GV_PROMETHEUS_TEXT, &in, &out);
        ok = out.err == GV_OK && fwrite(out.at ? out.at : "", 1, out.n, stdout) == out.n &&
             fflush(stdout) == 0;
    }
    gv_buf_clear(&out);
    return ok;
}

int gv_app_once(struct gv_app *app)
{
    struct part *parts = calloc(app->config->target_count + 1, sizeof(*parts));
    struct round round = {.app = app};
    bool ok = parts != NULL && ask_all(&round, parts);

    if (ok && round.pending > 0)
        gv_loop_run(app->loop);
    ok = ok && print(app);
    if (!ok)
        (void)fprintf(stderr, "the round could not be finished or printed\n");
    (void)fprintf(stderr, "%zu targets polled, %zu with a failure\n", round.polled,
                  round.failed);
    /* The poller may still know of parts: it tells them when it ends. */
    gv_poller_free(app->poller);
    app->poller = NULL;
    free(parts);
    return ok && round.failed == 0 ? 0 : 1;
}
