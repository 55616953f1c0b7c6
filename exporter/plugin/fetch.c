/* SPDX-License-Identifier: Apache-2.0 */
/* The document of an exporter. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "check/perf.h"
#include "config/secret_file.h"
#include "io/http.h"
#include "plugin/source.h"

enum { URL_MOST = 4096, USER_MOST = 256 };

struct fetch {
    const struct check_options *options;
    struct gv_loop *loop;
    struct gv_buf *document, *why;
    bool ok;
};

static bool fail(struct gv_buf *why, const char *what, const char *more)
{
    gv_buf_add_str(why, what);
    gv_buf_add_str(why, more);
    return false;
}

/* The base without what a path cannot follow; a login in it would stand in the process
 * list. */
static bool url_of(const struct check_options *options, struct gv_buf *url, struct gv_buf *why)
{
    struct gv_text base = gv_text(options->exporter);
    bool https = gv_text_starts(base, "https://");

    if (!https && !gv_text_starts(base, "http://"))
        return fail(why, "--exporter: expected http://HOST:PORT or https://HOST:PORT", "");
    if (strpbrk(options->exporter, "@?# ") != NULL)
        return fail(why,
                    "--exporter: no login, query or blank is expected; a login belongs "
                    "into --auth-file",
                    "");
    while (base.n > 0 && base.at[base.n - 1] == '/')
        base.n--;
    gv_buf_add_text(url, base);
    gv_check_path(&options->ask, url);
    return url->err == GV_OK || fail(why, "--exporter: too long", "");
}

/* "USER:PASSWORD": the password has any character but a line feed. */
static bool read_login(const struct check_options *options, char user[USER_MOST],
                       struct gv_secret **password, struct gv_buf *why)
{
    struct gv_secret *line = NULL;
    struct gv_text whole;
    size_t colon;
    bool ok;

    if (options->auth_file == NULL)
        return true;
    if (gv_secret_file_read(options->auth_file, options->insecure_perms, &line, why) != GV_OK)
        return false;
    whole = (struct gv_text){gv_secret_reveal(line), gv_secret_size(line)};
    colon = gv_text_index(whole, ':');
    ok = colon > 0 && colon < whole.n && colon < USER_MOST;
    if (ok) {
        memcpy(user, whole.at, colon);
        user[colon] = '\0';
        *password = gv_secret_new(whole.at + colon + 1, whole.n - colon - 1);
        ok = *password != NULL;
    }
    gv_secret_free(line);
    return ok || fail(why, options->auth_file, ": expected one line, USER:PASSWORD");
}

/* The file with our key is no one else's to read; where there is none, libcurl says so. */
static bool key_is_ours(const struct check_options *options, struct gv_buf *why)
{
    const char *file = options->key_file != NULL ? options->key_file : options->cert_file;
    struct stat info;

    if (file == NULL || options->insecure_perms || stat(file, &info) != 0 ||
        (info.st_mode & S_IROTH) == 0)
        return true;
    return fail(why, file, ": can be read by everybody; run chmod o= on it");
}

static const struct {
    unsigned status;
    const char *meaning;
} statuses[] = {
    {401, "the exporter wants another login (HTTP 401)"},
    {403, "the exporter forbids it (HTTP 403)"},
    {404, "the exporter does not know that device, or is none (HTTP 404)"},
    {503, "the exporter is not ready (HTTP 503)"},
};

static void explain_status(unsigned status, struct gv_buf *why)
{
    char text[64];

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status) {
            gv_buf_add_str(why, statuses[i].meaning);
            return;
        }
    (void)snprintf(text, sizeof(text), "the exporter answers with HTTP %u", status);
    gv_buf_add_str(why, text);
}

static void done(void *arg, const struct gv_http_answer *answer)
{
    struct fetch *fetch = arg;

    gv_loop_stop(fetch->loop);
    if (answer->err == GV_ERR_TOO_LARGE) {
        (void)fail(fetch->why, "the exporter's answer is too large", "");
    } else if (answer->err != GV_OK) {
        gv_buf_add_str(fetch->why, "the exporter does not answer: ");
        gv_clean_add(fetch->why, gv_text(answer->detail));
    } else if (answer->status != 200) {
        explain_status(answer->status, fetch->why);
    } else {
        gv_buf_add(fetch->document, answer->body.at, answer->body.n);
        fetch->ok = fetch->document->err == GV_OK || fail(fetch->why, "no memory", "");
    }
}

static bool ask(struct fetch *fetch, const char *url, const char *user,
                const struct gv_secret *password)
{
    const struct gv_dur limit = gv_secs(fetch->options->timeout_s);
    const struct gv_http_ask request = {
        .url = url,
        .plain = true,
        .accept = "application/json",
        .user = password != NULL ? user : NULL,
        .password = password,
        .ca_file = fetch->options->ca_file,
        .cert_file = fetch->options->cert_file,
        .key_file = fetch->options->key_file,
        .connect_limit = limit,
        .limit = limit,
        .most = GV_CHECK_DOCUMENT_MOST,
    };
    struct gv_http_client *client = gv_http_client_new(fetch->loop);

    if (client != NULL && gv_http_get(client, &request, done, fetch))
        gv_loop_run(fetch->loop);
    else
        (void)fail(
            fetch->why,
            "the request cannot be made: --ca-file, --cert-file, --key-file, or no memory", "");
    gv_http_client_free(client);
    return fetch->ok;
}

bool check_fetch(const struct check_options *options, struct gv_buf *document,
                 struct gv_buf *why)
{
    struct fetch fetch = {
        .options = options, .loop = gv_loop_new(), .document = document, .why = why};
    struct gv_buf url = gv_buf(URL_MOST);
    struct gv_secret *password = NULL;
    char user[USER_MOST] = "";
    bool ok = fetch.loop != NULL || fail(why, "no event loop", "");

    ok = ok && url_of(options, &url, why) && key_is_ours(options, why) &&
         read_login(options, user, &password, why) && ask(&fetch, url.at, user, password);
    gv_secret_free(password);
    gv_loop_free(fetch.loop);
    gv_buf_clear(&url);
    return ok;
}
