/* SPDX-License-Identifier: Apache-2.0 */
/* Serving: the HTTP server's hooks, signals, and a look at the target files. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "config/sd_json.h"
#include "http/limits.h"
#include "http/server.h"
#include "io/log.h"
#include "process/notify.h"
#include "web/config.h"

enum { LOOK_S = 10, WHY_SIZE = 512 };

static bool view(void *arg, struct gv_render_in *in)
{
    return gv_app_view(arg, in);
}

/* A probe under way: holds the name, which a reload may take from the configuration. */
struct probe {
    void (*done)(void *arg, enum gv_err worst);
    void *arg;
    char name[GV_HTTP_NAME_MOST + 1];
};

static void probe_done(void *arg, enum gv_err worst)
{
    struct probe *probe = arg;

    probe->done(probe->arg, worst);
    free(probe);
}

static enum gv_err probe(void *arg, const char *target, const char **name, struct gv_buf *said,
                         void (*done)(void *done_arg, enum gv_err worst), void *done_arg)
{
    struct gv_app *app = arg;
    const struct gv_config_target *found = gv_config_find_target(app->config, target);
    const char *asked = target;
    struct probe *probe;
    enum gv_err err = GV_ERR_NOT_FOUND;

    if (found == NULL && app->ad_hoc == NULL)
        return GV_ERR_NOT_FOUND;
    probe = malloc(sizeof(*probe));
    if (probe == NULL)
        return GV_ERR_NO_MEMORY;
    *probe = (struct probe){.done = done, .arg = done_arg};
    if (found != NULL)
        err = gv_poller_record_now(app->poller, asked = found->target.name, said, probe_done,
                                   probe);
    else
        err = gv_ad_hoc_poll(app->ad_hoc, target, &asked, said, probe_done, probe);
    if (err != GV_OK) {
        free(probe);
        return err;
    }
    (void)snprintf(probe->name, sizeof(probe->name), "%s", asked);
    *name = probe->name;
    return GV_OK;
}

/* What an address asked ad hoc said is no part of the fleet's snapshot. */
static bool probe_view(void *arg, const char *name, struct gv_render_in *in)
{
    struct gv_app *app = arg;

    if (!gv_app_view(app, in))
        return false;
    if (app->ad_hoc != NULL && gv_config_find_target(app->config, name) == NULL)
        in->snapshot = gv_ad_hoc_snapshot(app->ad_hoc, in->now);
    return in->snapshot != NULL;
}

static enum gv_err service_discovery(void *arg, struct gv_buf *out)
{
    const struct gv_app *app = arg;

    return gv_sd_json(app->config, app->settings->shard, out);
}

static enum gv_err show_config(void *arg, struct gv_buf *out)
{
    const struct gv_app *app = arg;

    gv_config_show(app->config, out);
    return out->err;
}

static enum gv_err reload(void *arg, struct gv_buf *why)
{
    static const char refused[] = "the configuration was not reloaded: the old one stays";
    enum gv_err err;

    gv_notify_reloading();
    err = gv_app_reload(arg, true, why);
    gv_app_log_lines(why, err != GV_OK);
    if (err != GV_OK)
        gv_log(GV_LOG_ERROR, NULL, "%s", refused);
    gv_notify_ready(err == GV_OK ? "serving" : refused);
    return err;
}

static void look_at_web(void *arg)
{
    gv_app_web_look(arg);
}

static bool ready(void *arg)
{
    const struct gv_app *app = arg;

    return gv_poller_stats(app->poller).unpolled == 0;
}

static void on_hup(void *arg)
{
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);

    /* Said already, in the log and in the metric. */
    (void)!reload(arg, &why);
    gv_buf_clear(&why);
}

static void on_usr2(void *arg)
{
    gv_app_probes_off(arg);
}

static void on_stop(void *arg)
{
    struct gv_app *app = arg;

    gv_log(GV_LOG_INFO, NULL, "stopping");
    gv_notify_stopping();
    gv_loop_stop(app->loop);
}

/* Target files are looked at, not watched: that works on every file system, and
 * when a directory is replaced as a whole. */
static void look(void *arg)
{
    struct gv_app *app = arg;
    uint64_t mark = gv_config_files_mark(app->config);
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);

    app->look_timer = gv_timer_start(app->loop, gv_secs(LOOK_S), look, app);
    if (mark == app->files_mark)
        return;
    app->files_mark = mark; /* a bad list is complained about once */
    gv_app_log_lines(&why, gv_app_reload(app, false, &why) != GV_OK);
    gv_buf_clear(&why);
}

/* Of the loop itself: where it no longer goes round, nobody says that we are alive. */
static void alive(void *arg)
{
    struct gv_app *app = arg;
    struct gv_dur every = gv_notify_watchdog();

    if (every.ms <= 0)
        return;
    app->alive_timer = gv_timer_start(app->loop, every, alive, app);
    gv_notify_alive();
}

static enum gv_err start_server(struct gv_app *app, const struct gv_web_config *web)
{
    const struct gv_config_limits *limits = &app->config->limits;
    const struct gv_http_policy policy = {
        .listen = app->settings->listen.at,
        .listen_count = app->settings->listen.count,
        .inherit = app->settings->inherit,
        .admin_listen = app->settings->admin_listen.at,
        .admin_count = app->settings->admin_listen.count,
        .web = web != NULL ? gv_web_config_get(web) : NULL,
        .telemetry_path = app->settings->telemetry_path,
        .connections = limits->connections,
        .connections_per_address = limits->connections_per_address,
        .request_deadline = limits->request_deadline,
        .response_deadline = limits->response_deadline,
    };
    const struct gv_http_hooks hooks = {
        app,         view,   probe, probe_view, service_discovery,
        show_config, reload, ready, look_at_web};
    char why[WHY_SIZE] = "";
    enum gv_err err =
        gv_http_server_start(app->loop, &policy, &hooks, &app->server, why, sizeof(why));

    if (err != GV_OK)
        gv_log(GV_LOG_ERROR, NULL, "%s", why);
    return err;
}

static bool catch_signals(struct gv_app *app)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, not our end */
    return gv_loop_signal(app->loop, SIGHUP, on_hup, app) == GV_OK &&
           gv_loop_signal(app->loop, SIGUSR2, on_usr2, app) == GV_OK &&
           gv_loop_signal(app->loop, SIGTERM, on_stop, app) == GV_OK &&
           gv_loop_signal(app->loop, SIGINT, on_stop, app) == GV_OK;
}

/* An expired certificate at the start: there is no other, and the client sees it too. */
static void check_certificate(const struct gv_app *app)
{
    int64_t end_s = gv_http_server_certificate_end(app->server);

    if (end_s > 0 && end_s < time(NULL))
        gv_log(GV_LOG_WARN, NULL, "the certificate has expired; clients will refuse it");
}

static enum gv_err start_with_web(struct gv_app *app)
{
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);
    struct gv_web_config *web = NULL;
    enum gv_err err = gv_app_web_load(app, &web, &why);

    gv_app_log_lines(&why, err != GV_OK);
    gv_buf_clear(&why);
    if (err == GV_OK)
        err = start_server(app, web);
    gv_web_config_free(web);
    app->web_successful = err == GV_OK;
    return err;
}

static void say_listening(const struct gv_app *app)
{
    const struct gv_option_texts *listen = &app->settings->listen,
                                 *admin = &app->settings->admin_listen;

    for (size_t i = 0; i < listen->count; i++)
        gv_log(GV_LOG_INFO, NULL, "listening on %s, port %u, with %zu targets", listen->at[i],
               gv_http_server_port(app->server, i), app->config->target_count);
    for (size_t i = 0; i < admin->count; i++)
        gv_log(GV_LOG_INFO, NULL, "admins at %s, port %u", admin->at[i],
               gv_http_server_port(app->server, listen->count + i));
}

int gv_app_serve(struct gv_app *app)
{
    if (!catch_signals(app)) {
        gv_log(GV_LOG_ERROR, NULL, "cannot catch signals");
        return 1;
    }
    if (start_with_web(app) != GV_OK)
        return 1;
    check_certificate(app);
    say_listening(app);
    gv_app_fetch_lists(app);
    look(app);
    alive(app);
    gv_notify_ready("serving");
    gv_loop_run(app->loop);
    gv_http_server_stop(app->server);
    app->server = NULL;
    return 0;
}
