/* SPDX-License-Identifier: Apache-2.0 */
/* The web configuration of the running program: read at the start, and anew whenever a
 * connection or a request comes and one of its files has changed. */
#include <time.h>

#include "app.h"
#include "http/server.h"
#include "io/log.h"
#include "web/config.h"

enum { WHY_SIZE = 512 };

enum gv_err gv_app_web_load(struct gv_app *app, struct gv_web_config **out, struct gv_buf *why)
{
    *out = NULL;
    if (app->settings->web_config_file == NULL)
        return GV_OK;
    if (app->web_files == NULL)
        app->web_files = gv_web_files_new(app->settings->web_config_file);
    if (app->web_files == NULL)
        return GV_ERR_NO_MEMORY;
    (void)gv_web_files_changed(app->web_files);
    return gv_web_config_load(app->web_files, app->settings->insecure_perms, out, why);
}

enum gv_err gv_app_web_check(const struct gv_app_settings *settings, struct gv_buf *why)
{
    struct gv_app app = {.settings = settings};
    struct gv_web_config *config = NULL;
    char fault[WHY_SIZE] = "";
    enum gv_err err = gv_app_web_load(&app, &config, why);

    if (err == GV_OK && config != NULL)
        err = gv_http_web_check(gv_web_config_get(config), fault, sizeof(fault));
    if (fault[0] != '\0') {
        gv_buf_add_str(why, settings->web_config_file);
        gv_buf_add_str(why, ": ");
        gv_buf_add_str(why, fault);
        gv_buf_add_char(why, '\n');
    }
    gv_web_config_free(config);
    gv_web_files_free(app.web_files);
    return err;
}

void gv_app_web_look(struct gv_app *app)
{
    struct gv_buf lines = gv_buf(GV_FAULT_TEXT);
    struct gv_web_config *config = NULL;
    char why[WHY_SIZE] = "out of memory";
    enum gv_err err;

    if (app->web_files == NULL || !gv_web_files_changed(app->web_files))
        return;
    err = gv_web_config_load(app->web_files, app->settings->insecure_perms, &config, &lines);
    gv_app_log_lines(&lines, err != GV_OK);
    gv_buf_clear(&lines);
    if (err == GV_OK) {
        err = gv_http_server_set_web(app->server, gv_web_config_get(config), time(NULL), why,
                                     sizeof(why));
        if (err != GV_OK)
            gv_log(GV_LOG_ERROR, NULL, "%s: %s", app->settings->web_config_file, why);
    }
    gv_web_config_free(config);
    app->web_successful = err == GV_OK;
    if (err == GV_OK)
        gv_log(GV_LOG_INFO, NULL, "web configuration loaded");
    else
        gv_log(GV_LOG_ERROR, NULL, "the web configuration was not reloaded: the old one stays");
}
