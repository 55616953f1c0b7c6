/* SPDX-License-Identifier: Apache-2.0 */
#include "http_sd.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "io/log.h"

enum { ANSWER_MOST = 8 << 20, CONNECT_S = 5, WHOLE_S = 10, REDIRECTS = 3 };

struct fetch {
    struct gv_http_sd *sd;
    char *url;
    struct gv_dur refresh;
    struct gv_timer *timer;
    struct gv_buf answer;
    char error[CURL_ERROR_SIZE];
    bool busy, ok, failing;
};

struct gv_http_sd {
    struct gv_loop *loop;
    gv_http_sd_fetched *fetched;
    void *arg;
    atomic_bool stopped; /* read by the worker threads */
    size_t busy, count;
    struct fetch fetches[];
};

static size_t take(char *at, size_t size, size_t n, void *arg)
{
    struct fetch *fetch = arg;

    gv_buf_add(&fetch->answer, at, size * n);
    return fetch->answer.err == GV_OK ? size * n : 0;
}

static int give_up(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct fetch *fetch = arg;

    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load(&fetch->sd->stopped);
}

static void set_up(CURL *curl, struct fetch *fetch)
{
    (void)curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS);
    (void)curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "getvpn_exporter/" GV_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->error);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, give_up);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, fetch);
}

/* In a worker thread: touches this fetch alone. */
static void run(void *arg)
{
    struct fetch *fetch = arg;
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;

    fetch->error[0] = '\0';
    if (curl != NULL) {
        set_up(curl, fetch);
        code = curl_easy_perform(curl);
        curl_easy_cleanup(curl);
    }
    fetch->ok = code == CURLE_OK;
    if (fetch->error[0] == '\0')
        (void)strncat(fetch->error, curl_easy_strerror(code), sizeof(fetch->error) - 1);
}

static void release(struct gv_http_sd *sd)
{
    for (size_t i = 0; i < sd->count; i++) {
        gv_buf_clear(&sd->fetches[i].answer);
        free(sd->fetches[i].url);
    }
    free(sd);
    curl_global_cleanup();
}

static void begin(void *arg);

static void done(void *arg)
{
    struct fetch *fetch = arg;
    struct gv_http_sd *sd = fetch->sd;

    fetch->busy = false;
    sd->busy--;
    if (atomic_load(&sd->stopped)) {
        if (sd->busy == 0)
            release(sd);
        return;
    }
    if (!fetch->ok && !fetch->failing)
        gv_log(GV_LOG_WARN, NULL, "target list %s: %s; the last one stays", fetch->url,
               fetch->answer.err == GV_ERR_TOO_LARGE ? "larger than 8 MiB" : fetch->error);
    fetch->failing = !fetch->ok;
    fetch->timer = gv_timer_start(sd->loop, fetch->refresh, begin, fetch);
    /* The last thing done: what is told may stop us. */
    if (fetch->ok)
        sd->fetched(
            sd->arg, fetch->url,
            (struct gv_text){fetch->answer.at ? fetch->answer.at : "", fetch->answer.n});
}

static void begin(void *arg)
{
    struct fetch *fetch = arg;

    fetch->timer = NULL;
    gv_buf_reset(&fetch->answer);
    if (gv_loop_work(fetch->sd->loop, run, done, fetch) != GV_OK) {
        fetch->timer = gv_timer_start(fetch->sd->loop, fetch->refresh, begin, fetch);
        return;
    }
    fetch->busy = true;
    fetch->sd->busy++;
}

struct gv_http_sd *gv_http_sd_start(struct gv_loop *loop, const struct gv_config_url *urls,
                                    size_t count, gv_http_sd_fetched *fetched, void *arg)
{
    struct gv_http_sd *sd = calloc(1, sizeof(*sd) + count * sizeof(struct fetch));

    /* Counted by libcurl; here, because worker threads may not be the first. */
    if (sd == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(sd);
        return NULL;
    }
    sd->loop = loop;
    sd->fetched = fetched;
    sd->arg = arg;
    for (; sd->count < count; sd->count++) {
        struct fetch *fetch = &sd->fetches[sd->count];

        *fetch = (struct fetch){.sd = sd,
                                .url = strdup(urls[sd->count].url),
                                .refresh = urls[sd->count].refresh,
                                .answer = gv_buf(ANSWER_MOST)};
        if (fetch->url == NULL) {
            release(sd);
            return NULL;
        }
    }
    for (size_t i = 0; i < count; i++)
        sd->fetches[i].timer = gv_timer_start(loop, (struct gv_dur){0}, begin, &sd->fetches[i]);
    return sd;
}

void gv_http_sd_stop(struct gv_http_sd *sd)
{
    if (sd == NULL)
        return;
    atomic_store(&sd->stopped, true);
    for (size_t i = 0; i < sd->count; i++) {
        gv_timer_stop(sd->fetches[i].timer);
        sd->fetches[i].timer = NULL;
    }
    if (sd->busy == 0)
        release(sd);
}
