/* SPDX-License-Identifier: Apache-2.0 */
/* The RESTCONF collector's HTTP client (io/http.h) to the lab's answers, without sockets and
 * TLS. Lost segments come later, as with TCP; who rebooted does not answer what was asked
 * before. Logins and certificates are tests/system's. */
#include <stdlib.h>
#include <string.h>

#include "io/http.h"
#include "restconf_print.h"
#include "stage.h"

enum {
    ANSWER_MOST = 32 << 20,
    CONNECT_ROUNDS = 3, /* round trips of TCP and TLS */
    OCTETS_A_MS = 1000,
    RESEND_MS = 1000, /* of a lost segment, doubled each time */
    RESENDS_MOST_MS = 32000,
    PATH_SIZE = 256,
};

/* The fleet's instant 0 by the boxes' clocks. */
static const int64_t epoch_s = 1764000000;

struct gv_http_request {
    struct gv_http_client *client;
    struct gv_http_request *next;
    struct gv_timer *travel, *limit;
    gv_http_done *done;
    void *arg;
    const struct lab_device *device;
    uint32_t boots; /* of the device, when it was asked */
    int64_t again_ms;
    char path[PATH_SIZE];
    bool answered;
    unsigned status;
    int64_t date_s;
    struct gv_buf body;
};

struct gv_http_client {
    struct gv_loop *loop;
    struct gv_http_request *requests;
    bool connected;
};

struct gv_http_client *gv_http_client_new(struct gv_loop *loop)
{
    struct gv_http_client *client = calloc(1, sizeof(*client));

    if (client != NULL)
        client->loop = loop;
    return client;
}

static void take_out(struct gv_http_request *request)
{
    struct gv_http_request **at = &request->client->requests;

    while (*at != request)
        at = &(*at)->next;
    *at = request->next;
    gv_timer_stop(request->travel);
    gv_timer_stop(request->limit);
}

static void request_free(struct gv_http_request *request)
{
    gv_buf_clear(&request->body);
    free(request);
}

void gv_http_client_free(struct gv_http_client *client)
{
    if (client == NULL)
        return;
    while (client->requests != NULL) {
        struct gv_http_request *first = client->requests;

        take_out(first);
        request_free(first);
    }
    free(client);
}

/* Tell, once; the client may be gone afterwards. */
static void end(struct gv_http_request *request, enum gv_err err)
{
    struct gv_http_answer answer = {
        .err = err,
        .status = request->status,
        .has_date = err == GV_OK,
        .date_unix_ms = request->date_s * 1000,
        .body = {request->body.at != NULL ? request->body.at : "", request->body.n},
        .detail = "no answer in time",
    };

    take_out(request);
    request->client->connected = err == GV_OK;
    request->done(request->arg, &answer);
    request_free(request);
}

static void limit_due(void *arg)
{
    struct gv_http_request *request = arg;

    request->limit = NULL;
    end(request, GV_ERR_TIMEOUT);
}

static void arrives(void *arg);

static void travel(struct gv_http_request *request, int64_t ms)
{
    request->travel =
        gv_timer_start(request->client->loop, (struct gv_dur){ms}, arrives, request);
    if (request->travel == NULL)
        abort();
}

/* What the box has to say to the path, into the body. */
static void answer(struct gv_http_request *request)
{
    struct gv_time now = stage_fleet_now(stage_now);
    struct lab_rest rest = {request->device, now, epoch_s + now.ms / 1000, &request->body};

    request->answered = true;
    request->status = lab_restconf_print(&rest, request->path) ? 200 : 404;
    request->date_s = rest.unix_s;
    if (request->body.err != GV_OK)
        abort();
}

/* A segment at its end, there or back; or it got lost, and is sent again. */
static void arrives(void *arg)
{
    struct gv_http_request *request = arg;
    int64_t again_ms = request->again_ms;

    request->travel = NULL;
    if (stage_loses(stage_now, request->device) || request->device->boots != request->boots) {
        request->again_ms = again_ms < RESENDS_MOST_MS ? 2 * again_ms : again_ms;
        travel(request, again_ms);
        return;
    }
    request->again_ms = RESEND_MS;
    if (request->answered) {
        end(request, GV_OK);
        return;
    }
    answer(request);
    travel(request, stage_now->settings.delay_ms + (int64_t)request->body.n / OCTETS_A_MS);
}

/* "https://127.1.0.1:443/restconf/data/PATH" */
static bool take_apart(struct gv_http_request *request, const char *url)
{
    static const char scheme[] = "https://", root[] = "/restconf/data/";
    const char *host = url + sizeof(scheme) - 1, *path = strstr(url, root);

    for (size_t i = 0; i < stage_now->fleet->device_count; i++) {
        const char *address = stage_now->fleet->devices[i].address;

        if (strncmp(host, address, strlen(address)) == 0 && host[strlen(address)] == ':')
            request->device = &stage_now->fleet->devices[i];
    }
    if (request->device == NULL || path == NULL || strlen(path) >= PATH_SIZE)
        return false;
    request->boots = request->device->boots;
    memcpy(request->path, path + sizeof(root) - 1, strlen(path) + 1 - (sizeof(root) - 1));
    return true;
}

bool gv_http_get(struct gv_http_client *client, const struct gv_http_ask *ask,
                 gv_http_done *done, void *arg)
{
    struct gv_http_request *request = calloc(1, sizeof(*request));
    int64_t rounds = client->connected ? 0 : CONNECT_ROUNDS;

    if (request == NULL)
        return false;
    *request = (struct gv_http_request){.client = client,
                                        .next = client->requests,
                                        .done = done,
                                        .arg = arg,
                                        .again_ms = RESEND_MS,
                                        .body = gv_buf(ANSWER_MOST)};
    if (!take_apart(request, ask->url))
        abort();
    client->requests = request;
    request->limit = gv_timer_start(client->loop, ask->limit, limit_due, request);
    travel(request, (2 * rounds + 1) * stage_now->settings.delay_ms);
    return true;
}
