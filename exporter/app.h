/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter as a whole: configuration, store and poller held together, and
 * brought from one configuration to the next. */
#ifndef GV_APP_H
#define GV_APP_H

#include "ad_hoc.h"
#include "config/config.h"
#include "config/http_sd.h"
#include "events.h"
#include "history/history.h"
#include "options.h"
#include "poller/poller.h"
#include "poller/shard.h"
#include "probes/probes.h"
#include "render/render.h"
#include "store/store.h"

struct gv_http_server;
struct gv_web_config;
struct gv_web_files;

/* From the command line; outlives the application. */
struct gv_app_settings {
    const char *config_file;
    struct gv_option_texts listen, admin_listen;
    bool inherit; /* the service manager listens for us; `listen` has one name for that */
    const char *web_config_file; /* NULL: none */
    const char *telemetry_path;
    struct gv_shard shard;
    bool insecure_perms;
    bool once;    /* a single round: gv_app_once */
    bool sandbox; /* enter it once the configuration is read */
};

/* The last good text of one fetched target list; both on the heap. */
struct gv_app_list {
    struct gv_app_list *next;
    char *url;
    struct gv_buf text;
};

struct gv_app {
    const struct gv_app_settings *settings;
    struct gv_loop *loop;
    struct gv_config *config;
    struct gv_store *store;
    struct gv_poller *poller;
    struct gv_probes *probes;   /* NULL: none configured yet, or a single round */
    bool probes_off;            /* switched off, until an operator reloads */
    struct gv_ad_hoc *ad_hoc;   /* NULL: never configured, or a single round */
    struct gv_events *events;   /* NULL: nothing listened to yet, or a single round */
    struct gv_history *history; /* NULL: none configured, or a single round */
    struct gv_http_sd *sd;
    struct gv_http_server *server;  /* only while serving */
    struct gv_web_files *web_files; /* NULL: no web configuration */
    bool web_successful;            /* the last one that was read is in force */
    struct gv_app_list *lists;
    struct gv_timer *look_timer;  /* for changed target files */
    struct gv_timer *alive_timer; /* for the watchdog; NULL: nobody watches */
    uint64_t files_mark;
    struct gv_self self; /* what the last view pointed to */
    bool reload_successful;
};

/* Load the configuration and make store and poller; nothing is sent before the
 * loop runs. On failure `why` holds the faults, and gv_app_clear is still due. */
enum gv_err gv_app_init(struct gv_app *app, const struct gv_app_settings *settings,
                        struct gv_buf *why) GV_MUST_CHECK;
void gv_app_clear(struct gv_app *app);

/* Load the configuration anew. On failure the old one stays in force, `why`
 * holds the faults, and the metric of the last reload says so. `by_operator`:
 * asked for, not merely because a target list changed; then logins and probes
 * that were paused after refusals are tried again, and probes are switched on again. */
enum gv_err gv_app_reload(struct gv_app *app, bool by_operator,
                          struct gv_buf *why) GV_MUST_CHECK;

/* Switch the probes off, at once: nothing more is sent to a key server, a registration that is
 * under way included. */
void gv_app_probes_off(struct gv_app *app);

/* Fetch the target lists of the configuration from now on. */
void gv_app_fetch_lists(struct gv_app *app);

/* What is to be shown now; false where there is nothing yet. */
bool gv_app_view(struct gv_app *app, struct gv_render_in *in);

/* Log every line of `text`: as an error where `error`, warnings as warnings. */
void gv_app_log_lines(const struct gv_buf *text, bool error);

/* Read the web configuration, where there is one; *out is for gv_web_config_free. On failure
 * `why` holds the faults. */
enum gv_err gv_app_web_load(struct gv_app *app, struct gv_web_config **out,
                            struct gv_buf *why) GV_MUST_CHECK;
/* Read and check the web configuration, where there is one, without a server. */
enum gv_err gv_app_web_check(const struct gv_app_settings *settings,
                             struct gv_buf *why) GV_MUST_CHECK;
/* Take it anew if one of its files has changed; on failure the old one stays, and log and
 * metric say so. */
void gv_app_web_look(struct gv_app *app);

/* Serve until SIGTERM or SIGINT. The program's exit code. */
int gv_app_serve(struct gv_app *app);

/* Poll every target once, print the exposition on standard output and the
 * progress on standard error. The program's exit code: 0 only if every
 * collector succeeded. */
int gv_app_once(struct gv_app *app);

#endif
