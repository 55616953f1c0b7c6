/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "http/server.h"
#include "io/log.h"
#include "process/process.h"
#include "process/sandbox.h"
#include "restconf/driver.h"
#include "ssh/driver.h"
#include "web/config.h"

enum { LIST_MOST = 8 << 20, GV_BOOT_MOST = 64 };

/* A new transport is a row here, and a budget below. */
static const struct gv_poller_transport transports[] = {
    {&gv_snmp_collector, gv_target_by_snmp, NULL},
    {&gv_ssh_collector, gv_target_by_ssh, gv_ssh_session_connected},
    {&gv_restconf_collector, gv_target_by_restconf, gv_restconf_session_connected},
};
enum { TRANSPORTS = sizeof(transports) / sizeof(transports[0]) };

/* Each RESTCONF poll logs in, so their pace is that of the polls: only refusals count. */
enum { UNPACED = 60000 };

/* Of a budget the addresses asked ad hoc have a quarter, where there are any. */
static unsigned share(const struct gv_config *config, unsigned whole, bool ad_hoc)
{
    unsigned part = whole > 4 ? whole / 4 : 1;

    if (config->ad_hoc_count == 0)
        return whole;
    return ad_hoc ? part : whole - part;
}

static struct gv_poller_policy poller_policy(const struct gv_app *app,
                                             const struct gv_config *config, bool ad_hoc)
{
    const struct gv_config_limits *limits = &config->limits;

    return (struct gv_poller_policy){
        .budgets = {{share(config, limits->in_flight, ad_hoc), 0},
                    {share(config, limits->ssh_in_flight, ad_hoc),
                     share(config, limits->logins_per_minute, ad_hoc)},
                    {share(config, limits->restconf_in_flight, ad_hoc), UNPACED}},
        .backoff_most = limits->backoff_most,
        .when_asked = app->settings->once,
    };
}

static struct gv_store_policy store_policy(const struct gv_config *config)
{
    return (struct gv_store_policy){
        .stale_after = config->limits.stale_after,
        .overrides = config->groups,
        .override_count = config->group_count,
    };
}

static int64_t unix_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Phases that differ from process to process; the quality hardly matters. */
static uint64_t draw_seed(void)
{
    uint64_t seed = 0;

    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        seed = (uint64_t)unix_ms();
    return seed;
}

void gv_app_log_lines(const struct gv_buf *text, bool error)
{
    struct gv_text rest = {text->at, text->n}, line;

    while (gv_text_line(&rest, &line)) {
        bool warning = gv_text_find(line, ": warning: ") < line.n;

        gv_log(error && !warning ? GV_LOG_ERROR : GV_LOG_WARN, NULL, "%.*s", (int)line.n,
               line.at);
    }
}

/* Load the file together with the lists fetched so far. */
static enum gv_err load(struct gv_app *app, struct gv_config **out, struct gv_buf *why)
{
    struct gv_config_options options = {.insecure_perms = app->settings->insecure_perms};
    struct gv_config_list *lists = NULL;
    enum gv_err err;

    for (const struct gv_app_list *list = app->lists; list != NULL; list = list->next)
        options.list_count++;
    if (options.list_count > 0) {
        size_t i = 0;

        lists = calloc(options.list_count, sizeof(*lists));
        if (lists == NULL)
            return GV_ERR_NO_MEMORY;
        for (const struct gv_app_list *list = app->lists; list != NULL; list = list->next)
            lists[i++] = (struct gv_config_list){list->url, {list->text.at, list->text.n}};
        options.lists = lists;
    }
    err = gv_config_load(app->settings->config_file, &options, out, why);
    free(lists);
    return err;
}

/* Hand this shard's targets to the store, then to the poller; *held: how many. */
static enum gv_err apply_targets(struct gv_app *app, const struct gv_config *config,
                                 const struct gv_target **targets, struct gv_poll_target *polls,
                                 size_t *held)
{
    struct gv_store_policy policy = store_policy(config);
    size_t count = 0;
    enum gv_err err;

    for (size_t i = 0; i < config->target_count; i++) {
        const struct gv_config_target *target = &config->targets[i];

        if (!gv_shard_holds(app->settings->shard, target->target.name))
            continue;
        targets[count] = &target->target;
        polls[count++] = (struct gv_poll_target){&target->target, target->interval};
    }
    *held = count;
    err = gv_store_set_targets(app->store, targets, count, &policy);
    return err == GV_OK ? gv_poller_set_targets(app->poller, polls, count) : err;
}

static int64_t wall_clock(void *arg)
{
    (void)arg;
    return unix_ms();
}

/* Which boot of the host this is; "" where the system does not tell. */
static void read_boot(char boot[GV_BOOT_MOST])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    boot[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(boot, GV_BOOT_MOST, file) == NULL)
        boot[0] = '\0';
    boot[strcspn(boot, "\n")] = '\0';
    (void)fclose(file);
}

/* Keep the history where the configuration says, or none. */
static enum gv_err apply_history(struct gv_app *app, const struct gv_config *config)
{
    char boot[GV_BOOT_MOST];
    bool wanted = config->history.database != NULL && !app->settings->once;

    if (wanted && app->history != NULL && gv_history_is(app->history, &config->history))
        return GV_OK;
    gv_history_free(app->history);
    app->history = NULL;
    if (!wanted)
        return GV_OK;
    read_boot(boot);
    app->history = gv_history_new(app->loop, app->store, &config->history,
                                  &(struct gv_history_clock){wall_clock, NULL, boot});
    return app->history != NULL ? GV_OK : GV_ERR_NO_MEMORY;
}

/* What the probes saw joins the evidence of the snapshots to come. */
static void probes_changed(void *arg)
{
    struct gv_app *app = arg;

    gv_store_probes(app->store, gv_probes_seen(app->probes), gv_probes_count(app->probes));
}

/* The key server's label is the target's name, where it is polled. */
static struct gv_time probes_busy_until(void *arg, const struct gv_probe_spec *spec,
                                        const char **why)
{
    const struct gv_app *app = arg;

    return gv_store_busy_until(app->store, spec->ks, why);
}

/* Hand this shard's probes over; none while they are switched off. */
static enum gv_err apply_probes(struct gv_app *app, const struct gv_config *config)
{
    struct gv_probe_spec *specs;
    size_t count = 0;
    enum gv_err err;

    if (app->settings->once || (app->probes == NULL && config->probe_count == 0))
        return GV_OK;
    specs = calloc(config->probe_count + 1, sizeof(*specs));
    if (app->probes == NULL && specs != NULL)
        app->probes =
            gv_probes_new(app->loop, config->state_directory,
                          &(struct gv_probes_owner){probes_changed, probes_busy_until, app});
    if (app->probes == NULL || specs == NULL) {
        free(specs);
        return GV_ERR_NO_MEMORY;
    }
    for (size_t i = 0; !app->probes_off && i < config->probe_count; i++)
        if (gv_shard_holds(app->settings->shard, config->probes[i].spec.name))
            specs[count++] = config->probes[i].spec;
    err = gv_probes_set(app->probes, specs, count);
    free(specs);
    probes_changed(app);
    return err;
}

static void on_event(void *arg, const char *target, const struct gv_event *event)
{
    struct gv_app *app = arg;

    gv_store_event(app->store, target, event);
    if (gv_event_is_change(event->kind))
        gv_poller_hint(app->poller, target);
}

/* A device that sends its messages has told of what stands in its log. */
static void on_logged(void *arg, const char *target, const struct gv_event *event)
{
    struct gv_app *app = arg;

    if (app->events == NULL || !gv_events_sends(app->events, target))
        gv_store_event(app->store, target, event);
}

/* Listen for the events of this shard's targets. */
static enum gv_err apply_events(struct gv_app *app, const struct gv_config *config,
                                const struct gv_target *const *targets, size_t count)
{
    const struct gv_events_spec spec = {config->syslog, config->syslog_count,
                                        config->traps,  config->trap_count,
                                        targets,        count};

    if (app->settings->once ||
        (app->events == NULL && config->syslog_count + config->trap_count == 0))
        return GV_OK;
    if (app->events == NULL)
        app->events = gv_events_new(app->loop, on_event, app, draw_seed());
    return app->events != NULL ? gv_events_set(app->events, &spec) : GV_ERR_NO_MEMORY;
}

/* Open what may be asked ad hoc. It holds on to `config`, so nothing may fail after it. */
static enum gv_err apply_ad_hoc(struct gv_app *app, const struct gv_config *config)
{
    struct gv_poller_policy polling = poller_policy(app, config, true);
    struct gv_store_policy keeping = store_policy(config);

    if (app->settings->once || (app->ad_hoc == NULL && config->ad_hoc_count == 0))
        return GV_OK;
    if (app->ad_hoc == NULL)
        app->ad_hoc = gv_ad_hoc_new(app->loop, transports, TRANSPORTS, draw_seed());
    if (app->ad_hoc == NULL)
        return GV_ERR_NO_MEMORY;
    return gv_ad_hoc_set(app->ad_hoc, config, app->settings->shard, &polling, &keeping);
}

void gv_app_probes_off(struct gv_app *app)
{
    app->probes_off = true;
    /* Fewer probes need no memory but for a list of none. */
    if (apply_probes(app, app->config) == GV_OK)
        gv_log(GV_LOG_WARN, NULL, "probes are switched off until a reload that is asked for");
}

static enum gv_err apply(struct gv_app *app, const struct gv_config *config)
{
    size_t room = config->target_count + 1;
    const struct gv_target **targets = calloc(room, sizeof(const struct gv_target *));
    struct gv_poll_target *polls = calloc(room, sizeof(*polls));
    struct gv_poller_policy policy = poller_policy(app, config, false);
    enum gv_err err = GV_ERR_NO_MEMORY;
    size_t count = 0;

    if (targets != NULL && polls != NULL)
        err = apply_targets(app, config, targets, polls, &count);
    if (err == GV_OK)
        err = apply_history(app, config);
    if (err == GV_OK)
        err = apply_probes(app, config);
    if (err == GV_OK)
        err = apply_events(app, config, targets, count);
    if (err == GV_OK)
        err = apply_ad_hoc(app, config);
    if (err == GV_OK)
        gv_poller_set_policy(app->poller, &policy);
    free(targets);
    free(polls);
    return err;
}

/* From here on `config` is in force, and owned. */
static void adopt(struct gv_app *app, struct gv_config *config)
{
    gv_config_free(app->config);
    app->config = config;
    app->files_mark = gv_config_files_mark(config);
    app->reload_successful = true;
}

/* The directories that the configuration has us write to, and nothing else; a reload that names
 * others needs a restart. */
static enum gv_err enter_sandbox(const struct gv_config *config)
{
    const char *writable[3] = {NULL};
    size_t n = 0;
    char *database = NULL;
    struct gv_sandbox got = {0, false};
    enum gv_err err;

    if (config->state_directory != NULL)
        writable[n++] = config->state_directory;
    if (config->history.database != NULL) {
        database = strdup(config->history.database);
        if (database == NULL)
            return GV_ERR_NO_MEMORY;
        writable[n] = dirname(database);
    }
    err = gv_sandbox_enter(writable, &got);
    free(database);
    if (err != GV_OK)
        gv_log(GV_LOG_ERROR, NULL, "the sandbox cannot be entered; --no-sandbox does without");
    else if (got.landlock == 0 || !got.seccomp)
        gv_log(GV_LOG_WARN, NULL, "this kernel has no %s%s%s",
               got.landlock == 0 ? "Landlock" : "",
               got.landlock == 0 && !got.seccomp ? ", no " : "", got.seccomp ? "" : "seccomp");
    return err;
}

enum gv_err gv_app_init(struct gv_app *app, const struct gv_app_settings *settings,
                        struct gv_buf *why)
{
    struct gv_poller_policy polling;
    struct gv_store_policy keeping;
    struct gv_config *config;
    enum gv_err err;

    *app = (struct gv_app){.settings = settings};
    err = load(app, &config, why);
    if (err != GV_OK)
        return err;
    adopt(app, config);
    if (settings->sandbox && enter_sandbox(config) != GV_OK)
        return GV_ERR_SYSTEM;
    polling = poller_policy(app, config, false);
    keeping = store_policy(config);
    app->loop = gv_loop_new();
    app->store = gv_store_new(&keeping);
    if (app->loop != NULL && app->store != NULL)
        app->poller =
            gv_poller_new(app->loop, app->store, transports, TRANSPORTS, &polling, draw_seed());
    if (app->poller != NULL)
        gv_poller_listen(app->poller, &(struct gv_poller_hooks){app, wall_clock, on_logged});
    err = app->poller != NULL ? apply(app, config) : GV_ERR_NO_MEMORY;
    if (err != GV_OK)
        gv_buf_add_str(why, "the system has no memory, or no event loop, for this fleet\n");
    return err;
}

void gv_app_clear(struct gv_app *app)
{
    gv_timer_stop(app->look_timer);
    gv_timer_stop(app->alive_timer);
    gv_http_sd_stop(app->sd);
    gv_poller_free(app->poller);
    gv_ad_hoc_free(app->ad_hoc);
    gv_probes_free(app->probes);
    gv_history_free(app->history);
    gv_events_free(app->events);
    gv_web_files_free(app->web_files);
    gv_store_free(app->store);
    gv_loop_free(app->loop);
    gv_config_free(app->config);
    while (app->lists != NULL) {
        struct gv_app_list *next = app->lists->next;

        gv_buf_clear(&app->lists->text);
        free(app->lists->url);
        free(app->lists);
        app->lists = next;
    }
}

static bool same_urls(const struct gv_config *a, const struct gv_config *b)
{
    if (a->url_count != b->url_count)
        return false;
    for (size_t i = 0; i < a->url_count; i++)
        if (strcmp(a->urls[i].url, b->urls[i].url) != 0 ||
            a->urls[i].refresh.ms != b->urls[i].refresh.ms)
            return false;
    return true;
}

enum gv_err gv_app_reload(struct gv_app *app, bool by_operator, struct gv_buf *why)
{
    struct gv_config *config;
    bool urls_changed;
    enum gv_err err = load(app, &config, why);

    if (err == GV_OK) {
        app->probes_off &= !by_operator;
        err = apply(app, config);
        if (err != GV_OK) {
            gv_buf_add_str(why, "no memory for this fleet; the old configuration stays\n");
            gv_config_free(config);
        }
    }
    if (err != GV_OK) {
        app->reload_successful = false;
        return err;
    }
    urls_changed = !same_urls(app->config, config);
    adopt(app, config);
    if (by_operator)
        gv_poller_resume(app->poller);
    if (by_operator && app->ad_hoc != NULL)
        gv_ad_hoc_resume(app->ad_hoc);
    if (by_operator && app->probes != NULL)
        gv_probes_resume(app->probes);
    if (urls_changed)
        gv_app_fetch_lists(app);
    gv_log(GV_LOG_INFO, NULL, "configuration loaded: %zu targets", config->target_count);
    return GV_OK;
}

static struct gv_app_list *find_list(struct gv_app *app, const char *url)
{
    struct gv_app_list *list = app->lists;

    while (list != NULL && strcmp(list->url, url) != 0)
        list = list->next;
    if (list != NULL)
        return list;
    list = calloc(1, sizeof(*list));
    if (list == NULL)
        return NULL;
    *list = (struct gv_app_list){app->lists, strdup(url), gv_buf(LIST_MOST)};
    if (list->url == NULL) {
        free(list);
        return NULL;
    }
    app->lists = list;
    return list;
}

/* Try the configuration with the new text of one list; where it fails, the last
 * good text comes back. */
static void on_fetched(void *arg, const char *url, struct gv_text text)
{
    struct gv_app *app = arg;
    struct gv_app_list *list = find_list(app, url);
    struct gv_buf why = gv_buf(GV_FAULT_TEXT), before;

    if (list == NULL || (text.n == list->text.n &&
                         (text.n == 0 || memcmp(text.at, list->text.at, text.n) == 0)))
        return;
    before = list->text;
    list->text = gv_buf(LIST_MOST);
    gv_buf_add_text(&list->text, text);
    if (list->text.err == GV_OK && gv_app_reload(app, false, &why) == GV_OK) {
        gv_buf_clear(&before);
    } else {
        gv_app_log_lines(&why, true);
        gv_buf_clear(&list->text);
        list->text = before;
    }
    gv_buf_clear(&why);
}

void gv_app_fetch_lists(struct gv_app *app)
{
    gv_http_sd_stop(app->sd);
    app->sd = NULL;
    if (app->config->url_count == 0)
        return;
    app->sd =
        gv_http_sd_start(app->loop, app->config->urls, app->config->url_count, on_fetched, app);
    if (app->sd == NULL)
        gv_log(GV_LOG_ERROR, NULL, "no memory to fetch target lists");
}

/* The offset between the clocks is taken anew each time, so that a stepped wall
 * clock changes what is shown and nothing that is decided. */
bool gv_app_view(struct gv_app *app, struct gv_render_in *in)
{
    struct gv_poller_stats stats = gv_poller_stats(app->poller);
    struct gv_time now = gv_loop_now(app->loop);

    app->self = (struct gv_self){
        .version = GV_VERSION,
        .reload_successful = app->reload_successful,
        .polls = stats.polls,
        .polls_in_flight = stats.in_flight,
        .queue_delay = stats.queue_delay,
        .groups_dropped = gv_store_groups_dropped(app->store),
    };
    if (app->ad_hoc != NULL) {
        struct gv_poller_stats ad_hoc = gv_ad_hoc_stats(app->ad_hoc);

        app->self.polls += ad_hoc.polls;
        app->self.polls_in_flight += ad_hoc.in_flight;
    }
    if (app->events != NULL) {
        struct gv_events_stats events = gv_events_stats(app->events);

        app->self.syslog_messages = events.messages;
        app->self.notifications = events.notifications;
        app->self.events = events.events;
        app->self.unknown_senders = events.unknown;
        app->self.events_refused = events.refused;
    }
    if (app->server != NULL) {
        struct gv_http_stats http = gv_http_server_stats(app->server);

        app->self.http_requests = http.requests;
        app->self.http_refused = http.refused;
        app->self.http_unauthorized = http.unauthorized;
        app->self.http_password_checks = http.password_checks;
        app->self.http_failed_handshakes = http.failed_handshakes;
        app->self.has_web = app->web_files != NULL;
        app->self.web_successful = app->web_successful;
        app->self.certificate_end_s = gv_http_server_certificate_end(app->server);
    }
    if (app->history != NULL) {
        struct gv_history_stats history = gv_history_stats(app->history);

        app->self.has_history = true;
        app->self.history_success = history.success;
        app->self.history_records = history.records;
        app->self.history_dropped = history.dropped;
        app->self.history_set_aside = history.set_aside;
        app->self.history_bytes = history.size;
    }
    *in = (struct gv_render_in){
        .snapshot = gv_store_snapshot(app->store, now),
        .self = &app->self,
        .now = now,
        .wall_offset_ms = unix_ms() - now.ms,
    };
    if (app->history != NULL)
        in->past = gv_history_rekeys(app->history, &in->past_count);
    gv_process_read(&app->self, in->wall_offset_ms);
    return in->snapshot != NULL;
}
