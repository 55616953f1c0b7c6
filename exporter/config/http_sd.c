/* SPDX-License-Identifier: Apache-2.0 */
#include "config/http_sd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/http.h"
#include "io/log.h"

enum { ANSWER_MOST = 8 << 20, CONNECT_S = 5, WHOLE_S = 10, REDIRECTS = 3 };

struct fetch {
    struct gv_http_sd *sd;
    char *url;
    struct gv_dur refresh;
    struct gv_timer *timer;
    bool failing;
};

struct gv_http_sd {
    struct gv_loop *loop;
    struct gv_http_client *client;
    gv_http_sd_fetched *fetched;
    void *arg;
    size_t count;
    struct fetch fetches[];
};

static void release(struct gv_http_sd *sd)
{
    gv_http_client_free(sd->client);
    for (size_t i = 0; i < sd->count; i++) {
        gv_timer_stop(sd->fetches[i].timer);
        free(sd->fetches[i].url);
    }
    free(sd);
}

/* What is wrong with the answer; NULL where nothing is. */
static const char *fault(const struct gv_http_answer *answer, char status[32])
{
    if (answer->err == GV_ERR_TOO_LARGE)
        return "larger than 8 MiB";
    if (answer->err != GV_OK)
        return answer->detail;
    if (answer->status < 400)
        return NULL;
    (void)snprintf(status, 32, "HTTP %u", answer->status);
    return status;
}

static void begin(void *arg);

static void done(void *arg, const struct gv_http_answer *answer)
{
    struct fetch *fetch = arg;
    struct gv_http_sd *sd = fetch->sd;
    char status[32];
    const char *why = fault(answer, status);

    if (why != NULL && !fetch->failing)
        gv_log(GV_LOG_WARN, NULL, "target list %s: %s; the last one stays", fetch->url, why);
    fetch->failing = why != NULL;
    fetch->timer = gv_timer_start(sd->loop, fetch->refresh, begin, fetch);
    /* The last thing done: what is told may stop us. */
    if (why == NULL)
        sd->fetched(sd->arg, fetch->url, answer->body);
}

static void begin(void *arg)
{
    struct fetch *fetch = arg;
    const struct gv_http_ask ask = {
        .url = fetch->url,
        .plain = true,
        .environment = true,
        .redirects = REDIRECTS,
        .connect_limit = gv_secs(CONNECT_S),
        .limit = gv_secs(WHOLE_S),
        .most = ANSWER_MOST,
    };

    fetch->timer = NULL;
    if (!gv_http_get(fetch->sd->client, &ask, done, fetch))
        fetch->timer = gv_timer_start(fetch->sd->loop, fetch->refresh, begin, fetch);
}

struct gv_http_sd *gv_http_sd_start(struct gv_loop *loop, const struct gv_config_url *urls,
                                    size_t count, gv_http_sd_fetched *fetched, void *arg)
{
    struct gv_http_sd *sd = calloc(1, sizeof(*sd) + count * sizeof(struct fetch));

    if (sd == NULL)
        return NULL;
    sd->loop = loop;
    sd->fetched = fetched;
    sd->arg = arg;
    sd->client = gv_http_client_new(loop);
    for (; sd->client != NULL && sd->count < count; sd->count++) {
        struct fetch *fetch = &sd->fetches[sd->count];

        *fetch = (struct fetch){
            .sd = sd, .url = strdup(urls[sd->count].url), .refresh = urls[sd->count].refresh};
        if (fetch->url == NULL)
            break;
    }
    if (sd->client == NULL || sd->count < count) {
        release(sd);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        sd->fetches[i].timer = gv_timer_start(loop, (struct gv_dur){0}, begin, &sd->fetches[i]);
    return sd;
}

void gv_http_sd_stop(struct gv_http_sd *sd)
{
    if (sd != NULL)
        release(sd);
}
